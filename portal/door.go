package portal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"comity/domain"
)

// A Door lets in who holds a link, and counts who guesses. The pages and the debtor's operations
// of the API share one, so that there is one count of guesses. It is for use by pointer.
type Door struct {
	Links
	FindLink func(context.Context, domain.LinkID) (domain.Link, domain.Caller, error)
	Now      func() time.Time // the real time, which is also the live world's

	guesses guesses
}

// Enter says whose link a token is, and as whom its holder acts. A token that is wrong, a link
// that has expired or was revoked, and one without the verb are all the same domain.ErrNotFound,
// or domain.ErrThrottled after too many of them from one network.
func (d *Door) Enter(ctx context.Context, token, verb, from string) (domain.Link, domain.Caller, error) {
	id, version, ok := d.Parse(token)
	if !ok {
		return domain.Link{}, domain.Caller{}, d.missed(from)
	}
	link, by, err := d.FindLink(ctx, id)
	switch {
	case errors.Is(err, domain.ErrNotFound) || err == nil && (link.KeyVersion != version || !slices.Contains(link.Verbs, verb)):
		return domain.Link{}, domain.Caller{}, d.missed(from)
	case err != nil:
		return domain.Link{}, domain.Caller{}, fmt.Errorf("find link: %w", err)
	}
	if by.Now.IsZero() {
		by.Now = d.Now().UTC().Truncate(time.Microsecond)
	}
	return link, by, nil
}

// missed answers a link that leads nowhere, in the same way whatever is wrong with it.
func (d *Door) missed(from string) error {
	if d.guesses.failed(from, d.Now()) {
		return domain.ErrThrottled
	}
	return domain.ErrNotFound
}
