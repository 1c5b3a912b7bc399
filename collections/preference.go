package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// contacting is how a contact wants to be reached, over every tenant.
type contacting interface {
	SaveContact(ctx context.Context, world domain.WorldID, key []byte, wishes domain.Preferences) error
}

// A ContactCard is how the contact of a case is to be reached and what protects it. Kind and
// mode are what counts; a Source of "" says that nobody recorded them.
type ContactCard struct {
	Case          domain.CaseID
	Preferences   domain.Preferences
	Profile       Protection
	HardshipSince time.Time // zero: no hardship
}

func cardOf(f domain.CaseFacts) ContactCard {
	card := ContactCard{Case: f.Case.ID, Preferences: f.Preferences, Profile: ProfileOf(f.Relationship, f.Owed)}
	card.Preferences.Kind = KindOf(f.Relationship.Email, f.Preferences)
	if card.Preferences.Mode == "" {
		card.Preferences.Mode = domain.ModeEach
	}
	card.HardshipSince, _ = Hardship(f)
	if f.Preferences.By != f.Case.Factor { // what another one was told is kept, and how it knows is not shown (D-7)
		card.Preferences.Source, card.Preferences.At = "", time.Time{}
	}
	return card
}

// Contact returns how the contact of a factor's case is to be reached. It is the factor's
// only: what a debtor wants it may have told another seller's collector. It refuses with
// domain.ErrForbidden or ErrNotFound.
func (s *Service) Contact(ctx context.Context, by domain.Caller, id domain.CaseID) (ContactCard, error) {
	var card ContactCard
	if err := by.Must(domain.KindFactor); err != nil {
		return card, err
	}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		if _, err := tx.Case(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		f, err := tx.CaseLook(ctx, id)
		f.Now = by.Now
		card = cardOf(f)
		return err
	})
	return card, err
}

// SetContact records what a debtor said about how it wants to be reached, for every tenant
// of its world, with how we know and the day (C-101). The same again changes nothing. It
// refuses with domain.ErrForbidden, ErrNotFound or ErrInvalid.
func (s *Service) SetContact(ctx context.Context, by domain.Caller, id domain.CaseID, wishes domain.Preferences) (ContactCard, error) {
	var card ContactCard
	if err := by.Must(domain.KindFactor); err != nil {
		return card, err
	}
	wishes, err := checked(wishes)
	if err != nil {
		return card, err
	}
	ids := newTrailIDs()
	err = s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		f, err := contactOf(ctx, tx, by, id)
		if err != nil {
			return err
		}
		wishes.At, wishes.AskedAt, wishes.By = by.Now, f.Preferences.AskedAt, by.Organization
		for _, channel := range f.Preferences.OptedOut {
			if !slices.Contains(wishes.OptedOut, channel) {
				return domain.ErrInvalid.At("/opted_out", "taken-back", "the debtor does not want "+string(channel)+"; what was asked for is kept here, and not taken back")
			}
		}
		if sameWishes(f.Preferences, wishes) {
			card = cardOf(f)
			return nil
		}
		f.Preferences = wishes
		card = cardOf(f)
		if err := tx.SaveContact(ctx, f.Case.World, f.ContactKey, wishes); err != nil {
			return fmt.Errorf("save contact: %w", err)
		}
		if err := tx.WakeCase(ctx, id, by.Now); err != nil {
			return err
		}
		trail := ids.about(by, f.Case, "contact.recorded", id.UUID, domain.DealID{}, wishWords(f.Relationship.Name, wishes))
		trail.Audit = []domain.AuditRow{domain.Audited(ids.audit, by, "contact.recorded", "case", id.UUID, wishWords(f.Relationship.Name, wishes), wishes.Source)}
		return tx.SaveTrail(ctx, trail)
	})
	if err != nil {
		return ContactCard{}, fmt.Errorf("record contact of %s: %w", id, err)
	}
	return card, nil
}

// contactOf locks a factor's case and its contact, in this order, and returns its facts.
func contactOf(ctx context.Context, tx Tx, by domain.Caller, id domain.CaseID) (domain.CaseFacts, error) {
	if _, err := tx.LockCase(ctx, id, by.Organization); err != nil {
		return domain.CaseFacts{}, err
	}
	f, err := tx.CaseFacts(ctx, id)
	f.Now = by.Now
	return f, err
}

// checked refuses wishes that cannot be: who prefers a channel wants it.
func checked(wishes domain.Preferences) (domain.Preferences, error) {
	wishes.OptedOut = slices.Compact(slices.Sorted(slices.Values(wishes.OptedOut)))
	if wishes.Source = strings.TrimSpace(wishes.Source); wishes.Source == "" {
		return wishes, domain.ErrInvalid.At("/source", "required", "say how we know")
	}
	if slices.Contains(wishes.OptedOut, wishes.Prefers) {
		return wishes, domain.ErrInvalid.At("/prefers", "opted-out", "the debtor does not want this channel at all")
	}
	switch {
	case wishes.Language != "" && !slices.Contains(domain.Tongues(), wishes.Language):
		return wishes, domain.ErrInvalid.At("/language", "not-allowed", "there is no page in this language")
	case wishes.Hours != "" && wishes.Hours != domain.HoursMorning && wishes.Hours != domain.HoursAfternoon:
		return wishes, domain.ErrInvalid.At("/hours", "not-allowed", "there are no such hours")
	default:
		return wishes, nil
	}
}

func sameWishes(a, b domain.Preferences) bool {
	return a.Kind == b.Kind && a.Mode == b.Mode && a.Prefers == b.Prefers && a.Source == b.Source && slices.Equal(a.OptedOut, b.OptedOut) && a.By == b.By
}

// wishWords says what a debtor asked for, for factor and seller. It says all of it and never
// what changed, so that nothing shows of what another tenant recorded before.
func wishWords(debtor string, wishes domain.Preferences) string {
	asked := map[domain.ContactMode]string{
		domain.ModeDigest: "to be written to at most once a week", domain.ModePortalOnly: "to be written to on its page only",
	}
	var all []string
	if words, ok := asked[wishes.Mode]; ok {
		all = append(all, words)
	}
	if words, ok := map[domain.Hours]string{domain.HoursMorning: "to be reached in the morning", domain.HoursAfternoon: "to be reached in the afternoon"}[wishes.Hours]; ok {
		all = append(all, words)
	}
	for _, channel := range wishes.OptedOut {
		all = append(all, map[domain.Channel]string{domain.ChannelEmail: "not to be sent e-mail", domain.ChannelPhone: "not to be rung"}[channel])
	}
	if wishes.Prefers != "" {
		all = append(all, map[domain.Channel]string{domain.ChannelEmail: "to be written to rather than rung", domain.ChannelPhone: "to be rung rather than written to"}[wishes.Prefers])
	}
	switch {
	case len(all) > 0:
		return fmt.Sprintf("%s asked %s.", oneLine(debtor), strings.Join(all, ", and "))
	case wishes.Kind == domain.ContactRole:
		return fmt.Sprintf("The address of %s is a shared mailbox; it takes our messages as they come.", oneLine(debtor))
	default:
		return fmt.Sprintf("The address of %s is one person's; it takes our messages as they come.", oneLine(debtor))
	}
}
