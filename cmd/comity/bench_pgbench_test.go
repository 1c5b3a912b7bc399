package main

import (
	"testing"

	"github.com/google/uuid"
)

// TestTheBenchmarkGivesEveryParameter: a statement of the hot path that takes one more
// is no statement that pgbench can run.
func TestTheBenchmarkGivesEveryParameter(t *testing.T) {
	w := &benchWorld{}
	w.facts.Users, w.facts.Payouts = []uuid.UUID{uuid.Nil}, []uuid.UUID{uuid.Nil}
	for _, offered := range []bool{false, true} {
		if left := parameter.FindAllString(w.script(lane{offered: offered}), -1); len(left) > 0 {
			t.Errorf("offered %t: %v are not given", offered, left)
		}
	}
}
