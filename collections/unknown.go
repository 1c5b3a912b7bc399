package collections

import (
	"context"
	"fmt"
	"strings"

	"comity/domain"
)

// SettleUnknown is how a person settles a message of which nobody knew whether it arrived,
// with what they found out: it counts as sent, and a notice as delivered, or as one that
// did not arrive and may be sent again. It refuses with domain.ErrNotFound, ErrInvalid without a
// note, or ErrWrongState when it is not unknown.
func (s *Service) SettleUnknown(ctx context.Context, by domain.Caller, id domain.TouchID, arrived bool, note string, once domain.Once[domain.Touch]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	note = oneLine(strings.TrimSpace(note))
	if n := len([]rune(note)); n == 0 || n > maxSaid {
		return domain.Answer{}, domain.ErrInvalid.At("/note", "wrong-length", fmt.Sprintf("how it was found out, in 1 to %d characters", maxSaid))
	}
	ids := newTrailIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		file, err := tx.TouchFile(ctx, id)
		if err == nil && (file.Touch.Factor != by.Organization || file.Touch.World != by.World) {
			err = domain.ErrNotFound
		}
		if err != nil {
			return domain.Answer{}, err
		}
		f, err := tx.CaseFacts(ctx, file.Touch.Case)
		if err != nil {
			return domain.Answer{}, err
		}
		t := file.Touch
		next, said := domain.TouchFailed, "did not arrive"
		if arrived {
			next, said = domain.TouchSent, "arrived"
		}
		if t.Status != domain.TouchUnknown {
			return domain.Answer{}, domain.ErrWrongState.Because("the message is %s", t.Status).In(string(t.Status), string(domain.TouchUnknown))
		}
		if err := t.MoveTo(next); err != nil {
			return domain.Answer{}, err
		}
		if t.Outcome = "a person found out that it " + said + ": " + note; arrived {
			t.SentAt = t.ClaimedAt
		}
		trail := ids.about(by, f.Case, "touch."+string(next), id.UUID, firstDeal(t.Items), fmt.Sprintf("A person found out that the %s %q to %s %s: %q.", className[t.Class], t.Subject, file.Debtor, said, note))
		if err := tx.UpdateTouch(ctx, t); err != nil {
			return domain.Answer{}, err
		}
		if arrived && t.Class == domain.ClassLegalNotice {
			if err := tx.TellDebtor(ctx, t.Case); err != nil {
				return domain.Answer{}, fmt.Errorf("end confidentiality: %w", err)
			}
			delivered, err := tx.NoticeDelivered(ctx, t.Items, "a person found out: "+note, by.Now)
			if err != nil {
				return domain.Answer{}, fmt.Errorf("mark notice delivered: %w", err)
			}
			for _, deal := range delivered {
				trail.Jobs = append(trail.Jobs, domain.Job{World: t.World, Kind: domain.JobAdvance, Ref: deal.UUID})
			}
		}
		if err := tx.WakeCase(ctx, t.Case, by.Now); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(t), tx.SaveTrail(ctx, trail)
	})
}
