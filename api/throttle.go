package api

import (
	"sync"
	"time"
)

const (
	triesPerWindow = 20
	tryWindow      = 5 * time.Minute
	maxAddresses   = 10_000
)

// A throttle counts failed tries by address and by account. It is kept in
// memory of one process: a second process doubles the tries, no more.
type throttle struct {
	mu    sync.Mutex
	now   func() time.Time
	tries map[string]tally
}

type tally struct {
	count int
	until time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, tries: map[string]tally{}}
}

// open reports whether another try is allowed for a key.
func (t *throttle) open(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	found, counted := t.tries[key]
	return !counted || t.now().After(found.until) || found.count < triesPerWindow
}

// failed counts a failed try.
func (t *throttle) failed(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if len(t.tries) >= maxAddresses {
		for k, v := range t.tries {
			if now.After(v.until) {
				delete(t.tries, k)
			}
		}
	}
	found := t.tries[key]
	if now.After(found.until) {
		found = tally{until: now.Add(tryWindow)}
	}
	found.count++
	t.tries[key] = found
}
