package domain

import (
	"slices"
)

// A Machine says, per state, which states may follow. It is the only list of
// moves there is: tests hold the schema and the diagrams to it.
type Machine[S ~string] map[S][]S

// Move returns nil when to may follow from, and [ErrWrongState] naming the
// state found and the moves allowed when it may not.
func (m Machine[S]) Move(from, to S) error {
	if slices.Contains(m[from], to) {
		return nil
	}
	allowed := make([]string, len(m[from]))
	for i, next := range m[from] {
		allowed[i] = string(next)
	}
	return ErrWrongState.Because("it is %s", from).In(string(from), allowed...)
}

// States returns every state of the machine, sorted.
func (m Machine[S]) States() []S {
	states := make([]S, 0, len(m))
	for state := range m {
		states = append(states, state)
	}
	slices.Sort(states)
	return states
}
