package portal

import (
	"net/netip"
	"sync"
	"time"
)

const (
	mostGuesses   = 400 // far more than a person mistypes, and nothing against 128 bits
	guessWindow   = 5 * time.Minute
	mostAddresses = 10_000
)

// guesses counts links that led nowhere, by the address that they were tried from. A link
// with a right signature is never held back: it is no guess, and many people may come from
// one address. It is kept in the memory of one process: a second one doubles the guesses,
// no more.
type guesses struct {
	mu    sync.Mutex
	tried map[netip.Prefix]tally
}

type tally struct {
	count int
	until time.Time
}

// failed counts a guess and reports whether there were too many.
func (g *guesses) failed(remote string, now time.Time) bool {
	from := network(remote)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tried == nil || len(g.tried) >= mostAddresses {
		g.forget(now)
	}
	found := g.tried[from]
	if now.After(found.until) {
		found = tally{until: now.Add(guessWindow)}
	}
	found.count++
	g.tried[from] = found
	return found.count > mostGuesses
}

// forget drops what is over; when nothing is, it begins anew.
func (g *guesses) forget(now time.Time) {
	kept := map[netip.Prefix]tally{}
	for from, found := range g.tried {
		if !now.After(found.until) {
			kept[from] = found
		}
	}
	if len(kept) >= mostAddresses {
		kept = map[netip.Prefix]tally{}
	}
	g.tried = kept
}

// network is what one guesser can choose freely: an IPv4 address, or the half of an IPv6
// address that its provider gave it.
func network(remote string) netip.Prefix {
	at, err := netip.ParseAddr(remote)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 64
	if at.Unmap().Is4() {
		bits = 32
	}
	prefix, err := at.Unmap().WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
