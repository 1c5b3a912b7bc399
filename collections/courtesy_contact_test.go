package collections_test

import (
	"context"

	"comity/domain"
)

// What the audit asks of C-101 and D-22: what a contact had asked for before a message was
// claimed, or handed to the mail server, was kept. Two things of one simulated moment have
// no order that a row would show.
const (
	unwished = `SELECT t.case_id, s.what, t.step, t.class, s.at, p.mode, p.opted_out, p.updated_at FROM seen s JOIN touches t ON t.id = s.touch_id
		JOIN contact_preferences p ON p.world_id = t.world_id AND p.contact_key = t.contact_key AND s.at > p.updated_at
		WHERE p.mode = 'portal_only' AND t.class IN ('heads_up', 'reminder') OR 'email' = ANY (p.opted_out) AND t.class NOT IN ('legal_notice', 'release', 'prior_notice', 'protective_notice', 'validation')`
	undigested = `SELECT a.case_id, a.step, a.day, b.case_id, b.step, b.day FROM messages a JOIN messages b
		ON a.address = b.address AND a.factor_id = b.factor_id AND a.id <> b.id AND b.day - a.day BETWEEN 0 AND 6
		JOIN touches t ON t.id = b.id JOIN contact_preferences p ON p.world_id = t.world_id AND p.contact_key = t.contact_key AND b.claimed_at > p.updated_at
		WHERE p.mode = 'digest' AND a.counted AND b.proactive AND a.claimed_at < b.claimed_at`
)

// wish is a collector who records how the debtor wants to be reached; most take their
// messages as they come.
func (w *town) wish(ctx context.Context, a action) error {
	wishes := domain.Preferences{Kind: domain.ContactRole, Mode: domain.ModeEach, Source: "on the telephone " + a.key}
	switch a.dice % 10 {
	case 0:
		wishes.Mode = domain.ModePortalOnly
	case 1, 2, 3:
		wishes.Mode = domain.ModeDigest
	case 5, 6:
		wishes.Prefers = domain.ChannelPhone
	case 4:
		wishes.OptedOut = []domain.Channel{domain.ChannelEmail}
	}
	_, err := w.cases.SetContact(ctx, w.collector(a), w.files[a.file].id, wishes)
	return err
}
