package collections

import (
	"context"
	"fmt"
	"slices"
	"time"

	"comity/domain"
)

// planning looks at many cases at once.
type planning interface {
	Agenda(ctx context.Context, world domain.WorldID, after domain.Due, until time.Time) ([]domain.CaseFacts, error)
	SaveWaits(context.Context, []domain.Case) error
}

// Ahead looks at one case of an agenda. A case that only waits gets the moment at which it is
// looked at again, and for what it waits. One in which anything is to be said, asked, decided,
// taken back or closed is a look of its own, under its lock and with all its facts: false.
func Ahead(f domain.CaseFacts) (domain.Case, bool) {
	if f.Case.Status != domain.CaseOpen {
		return f.Case, false
	}
	_, decided, ended := judge(f)
	unknown := slices.ContainsFunc(f.Promises, func(p domain.Promise) bool { // for what is settled
		_, there := f.Item(p.Deal)
		return p.Status == domain.PromiseActive && !there
	})
	_, plans, _ := judgePlans(f)
	unknown = unknown || slices.ContainsFunc(f.Plans, func(p domain.Plan) bool {
		_, there := f.Item(p.Deal)
		return p.Live() && !there
	})
	_, mediation := judgeMediation(f, domain.MediationID{})
	var seen decision
	seen.judgeOutside(f, outsideIDs{})
	if len(decided) > 0 || len(ended) > 0 || len(plans) > 0 || mediation != nil || unknown || seen.outside.escalation != nil {
		return f.Case, false
	}
	plan := Next(f)
	if plan.Act != nil || plan.Close {
		return f.Case, false
	}
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Status == domain.TouchPlanned && (t.Cycle != f.Case.Cycle || !slices.Contains(plan.Steps, t.Step) || t.AskedFor != "" && t.AskedFor != plan.Asks[t.Step]) {
			return f.Case, false
		}
	}
	f.Case.NextActionAt, f.Case.WaitsFor = plan.At, plan.Reason
	return f.Case, true
}

// A Day is a part of a day's plan.
type Day struct {
	Looked int          // cases that were looked at
	Acts   []domain.Due // those in which there is something to do now, the longest due first
	Last   domain.Due   // the last one: the next part comes after it
}

// Plan looks at the next thousand cases of a world that are due by a moment, the longest due
// first, after the one named, and saves what those wait for that only wait. It locks them
// while it does, passes over those that are locked, and sends nothing: that is
// [Service.Act]'s, for each of Acts. It may be stopped anywhere and made again: whatever
// was not saved is due as before.
func (s *Service) Plan(ctx context.Context, world domain.WorldID, after domain.Due, until, now time.Time) (Day, error) {
	var day Day
	by := domain.Caller{World: world, Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		due, err := tx.Agenda(ctx, world, after, until)
		if day = (Day{}); err != nil || len(due) == 0 { // it may run twice
			return err
		}
		day = Day{Looked: len(due), Last: dueCase(due[len(due)-1].Case)}
		var waits []domain.Case
		for _, f := range due {
			f.AnswersShared = s.options.ReplyHost != ""
			if kase, waiting := Ahead(f); waiting {
				waits = append(waits, kase)
			} else {
				day.Acts = append(day.Acts, dueCase(f.Case))
			}
		}
		if len(waits) == 0 {
			return nil
		}
		return tx.SaveWaits(ctx, waits)
	})
	if err != nil {
		return Day{}, fmt.Errorf("plan a day of %s: %w", world, err)
	}
	return day, nil
}

func dueCase(c domain.Case) domain.Due {
	return domain.Due{Kind: domain.DueCase, ID: c.ID.UUID, At: c.NextActionAt}
}
