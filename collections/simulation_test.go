package collections_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// TestACaseOverTenWeeks throws dice at a case, looks at it whenever it asks to
// be looked at and sometimes when it does not, and holds the policy to its word.
func TestACaseOverTenWeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := storyA()
		f.Relationship.HeadsUp = rapid.Bool().Draw(t, "heads up")
		f.Case.NextActionAt = at("2026-02-05 10:00")
		now, end := f.Case.NextActionAt, at("2026-04-20 00:00")
		for day := f.Case.OpenedAt; day.Before(end); day = day.AddDate(0, 0, 1) {
			f = anything(t, f, day)
			until := day.AddDate(0, 0, 1)
			if rapid.IntRange(0, 9).Draw(t, "woken") == 0 && f.Case.Status == domain.CaseOpen {
				f.Case.NextActionAt = day.Add(time.Duration(rapid.IntRange(1, 1439).Draw(t, "minute")) * time.Minute)
			}
			for looks := 0; !f.Case.NextActionAt.IsZero() && f.Case.NextActionAt.Before(until) && f.Case.Status == domain.CaseOpen; looks++ {
				if looks > 20 {
					t.Fatalf("the case asks to be looked at for ever: %s", f.Case.WaitsFor)
				}
				if now.Before(f.Case.NextActionAt) {
					now = f.Case.NextActionAt
				}
				f.Feeds[0].Spans = statements("2026-02-02", domain.BankingDays("USD", "US").Add(domain.DateOf(now.In(newYork)), -1-rapid.IntRange(0, 1).Draw(t, "behind")).String())
				done, err := collections.Look(f, now)
				if err != nil {
					t.Fatal(err)
				}
				holds(t, f, done, now)
				f = done.Facts
			}
		}
	})
}

// holds asks after each look what may never happen.
func holds(t *rapid.T, before domain.CaseFacts, done collections.Looked, now time.Time) {
	local := now.In(newYork)
	if done.Gate == nil && !done.Case.NextActionAt.IsZero() && !done.Case.NextActionAt.After(now) {
		t.Fatalf("it looks again at %s, which is not after %s", done.Case.NextActionAt, now)
	}
	if done.Gate != nil && (local.Weekday() == time.Saturday || local.Weekday() == time.Sunday) {
		t.Fatalf("a decision was stored on a %s: %+v", local.Weekday(), done.Gate)
	}
	if done.Touch == nil {
		return
	}
	for _, earlier := range before.Touches {
		days := domain.DateOf(earlier.SentAt.In(newYork)).DaysUntil(domain.DateOf(local))
		if earlier.Step == done.Touch.Step || days == 0 || days < 7 && earlier.Class.Proactive() && done.Touch.Class.Proactive() {
			t.Fatalf("%s left %d days after %s", done.Touch.Step, days, earlier.Step)
		}
	}
	if hour := local.Hour(); hour < 8 || hour >= 18 {
		t.Fatalf("%s left at %s", done.Touch.Step, local)
	}
	if len(done.Touch.Items) == 0 {
		t.Fatalf("%s is about nothing", done.Touch.Step)
	}
	_, legal := before.Stop(domain.StopLegal)
	if legal {
		t.Fatalf("%s left under a legal stop", done.Touch.Step)
	}
}

// anything is what may happen to a case on a day.
func anything(t *rapid.T, f domain.CaseFacts, day time.Time) domain.CaseFacts {
	i := rapid.IntRange(0, len(f.Items)-1).Draw(t, "item")
	items := append([]domain.CaseItem(nil), f.Items...)
	f.Items = items
	deal := &items[i].Deal
	switch rapid.IntRange(0, 24).Draw(t, "event") {
	case 0:
		item := items[0]
		item.Deal.ID, item.Deal.Due, item.Deal.Open, item.Deal.Status = domain.New[domain.DealID](), domain.DateOf(day).Plus(rapid.IntRange(3, 60).Draw(t, "terms")), usd(1_000_000), domain.DealPaidOut
		item.NoticeAt, item.Issued, item.IntroducedAt = time.Time{}, domain.DateOf(day), day.AddDate(0, 0, -3)
		f.Items = slices.Concat(items, []domain.CaseItem{item})
	case 1:
		paid := min(deal.Open.Units(), int64(rapid.SampledFrom([]int{400_000, 1_000_000}).Draw(t, "paid")))
		if paid > 0 {
			deal.Open = deal.Open.Minus(usd(paid))
			f.Unthanked = append(append([]domain.Allocation(nil), f.Unthanked...), domain.Allocation{ID: domain.New[domain.AllocationID](), Deal: deal.ID, Minor: paid, ValueOn: domain.DateOf(day), AppliedAt: day})
		}
	case 2:
		code := rapid.SampledFrom([]domain.HoldCode{domain.HoldPaidOrPending, domain.HoldPromise, domain.HoldDisputed}).Draw(t, "hold")
		f.Holds = append(append([]domain.Hold(nil), f.Holds...), domain.Hold{
			ID: domain.New[domain.HoldID](), Deal: deal.ID, Code: code, Until: day.AddDate(0, 0, rapid.IntRange(1, 14).Draw(t, "until")),
			Amount: rapid.SampledFrom([]money.Amount{{}, usd(300_000)}).Draw(t, "part"),
		})
	case 3:
		f.Stops = append(append([]domain.Stop(nil), f.Stops...), domain.Stop{Code: rapid.SampledFrom(domain.StopCodes()).Draw(t, "stop")})
	case 4, 5:
		f.Stops, f.Case.NextActionAt = nil, day
	case 6:
		f.Contacts = append(append([]domain.Contact(nil), f.Contacts...), domain.Contact{At: day.Add(13 * time.Hour), Counted: true, Daily: true})
	case 7:
		f.LastElsewhere = day
	}
	return f
}
