package collections_test

import (
	"slices"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

var reviewedDeal = domain.New[domain.DealID]()

// reviewed is story A after all was paid, with a story of a debtor that a test tells.
func reviewed(change func(*domain.CaseFacts, *domain.Deal, *domain.Feedback)) domain.Review {
	f := told()
	deal := f.Items[0].Deal
	deal.ID, deal.Status, deal.PaidInFull = reviewedDeal, domain.DealSettled, deal.Due
	var feedback domain.Feedback
	change(&f, &deal, &feedback)
	return collections.Review(domain.Life{Facts: f}, deal, feedback, nil)
}

func codesOf(r domain.Review) string {
	var codes []string
	for _, f := range r.Findings {
		codes = append(codes, f.Code)
	}
	return strings.Join(codes, " ")
}

// TestAReviewFindsWhatHappened holds C-198 and C-199: what was said, asked, disputed and promised about
// an invoice is counted, and each finding has its area and what could be done; nothing is found where all went well.
func TestAReviewFindsWhatHappened(t *testing.T) {
	deal := reviewedDeal
	sent := func(class domain.MessageClass, step string, tone int) domain.Touch {
		return domain.Touch{ID: domain.New[domain.TouchID](), Class: class, Step: step, Tone: tone, Status: domain.TouchSent, Items: []domain.DealID{deal}}
	}
	disputed := func(reason domain.DisputeReason) func(*domain.CaseFacts, *domain.Deal, *domain.Feedback) {
		return func(f *domain.CaseFacts, _ *domain.Deal, _ *domain.Feedback) {
			f.Disputes = []domain.Dispute{{Deal: deal, Amount: usd(30_000), Reason: reason}}
		}
	}
	topic := func(topic domain.Topic) func(*domain.CaseFacts, *domain.Deal, *domain.Feedback) {
		return func(f *domain.CaseFacts, _ *domain.Deal, _ *domain.Feedback) {
			f.Questions = []domain.Question{{Topic: topic, AskedAt: at("2026-03-02 10:00"), AnsweredAt: at("2026-03-05 10:00")}}
		}
	}
	late := func(days int, touches ...domain.Touch) func(*domain.CaseFacts, *domain.Deal, *domain.Feedback) {
		return func(f *domain.CaseFacts, d *domain.Deal, _ *domain.Feedback) {
			d.PaidInFull, f.Touches = d.Due.Plus(days), touches
		}
	}
	first := sent(domain.ClassReminder, "post_due:1", 1)
	tests := map[string]struct {
		change func(*domain.CaseFacts, *domain.Deal, *domain.Feedback)
		want   string
	}{
		"all went well":           {func(*domain.CaseFacts, *domain.Deal, *domain.Feedback) {}, ""},
		"it did not arrive":       {topic(domain.TopicMissing), "not-received"},
		"and said so by dispute":  {disputed(domain.DisputeNotReceived), "not-received"},
		"a wrong detail":          {disputed(domain.DisputeDetails), "details"},
		"damaged goods":           {disputed(domain.DisputeDamaged), "delivery"},
		"a discount":              {disputed(domain.DisputeDiscount), "deductions"},
		"the wrong person":        {topic(domain.TopicContact), "address"},
		"a complaint":             {topic(domain.TopicComplaint), "complaint"},
		"on its own day":          {late(8), "own-day"},
		"a day less says nothing": {late(7), ""},
		"forgotten":               {late(5, first), "forgotten"},
		"forgotten though told":   {late(5, sent(domain.ClassReminder, "pre_due:2026-03-04", 0), first), ""},
		"reached by telephone":    {late(7, first, first, sent(domain.ClassCall, "post_due:3", 2)), "by-telephone"},
		"another invoice's mail": {func(f *domain.CaseFacts, _ *domain.Deal, _ *domain.Feedback) {
			other := first
			other.Items, other.Status = []domain.DealID{domain.New[domain.DealID]()}, domain.TouchFailed
			f.Touches = []domain.Touch{other}
		}, ""},
		"a mail that came back": {func(f *domain.CaseFacts, _ *domain.Deal, _ *domain.Feedback) {
			back := first
			back.Status = domain.TouchFailed
			f.Touches = []domain.Touch{back}
		}, "address"},
		"a broken promise": {func(f *domain.CaseFacts, _ *domain.Deal, _ *domain.Feedback) {
			f.Promises = []domain.Promise{{Deal: deal, Status: domain.PromiseBroken}, {Deal: deal, Status: domain.PromiseKept}}
		}, "promise"},
		"a plan": {func(f *domain.CaseFacts, d *domain.Deal, _ *domain.Feedback) {
			d.PaidInFull = d.Due.Plus(60)
			f.Plans = []domain.Plan{{Deal: deal, Status: domain.PlanKept, AcceptedAt: at("2026-03-20 10:00")}}
		}, "in-parts"},
		"we were late": {func(_ *domain.CaseFacts, d *domain.Deal, _ *domain.Feedback) {
			d.Stops = []domain.FeeStop{{From: day("2026-03-05"), Through: day("2026-03-06")}}
		}, "waited-for-us"},
		"not easy": {func(_ *domain.CaseFacts, _ *domain.Deal, f *domain.Feedback) { f.Ease = domain.EaseNo }, "not-easy"},
		"easy":     {func(_ *domain.CaseFacts, _ *domain.Deal, f *domain.Feedback) { f.Ease = domain.EaseYes }, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := reviewed(tc.change)
			if got := codesOf(r); got != tc.want {
				t.Errorf("found %q, want %q", got, tc.want)
			}
			for _, f := range r.Findings {
				if !slices.Contains(domain.ReviewAreas(), f.Area) || !strings.HasSuffix(f.Said, ".") || !strings.HasSuffix(f.Suggestion, ".") {
					t.Errorf("%+v has no area or is no sentence", f)
				}
			}
		})
	}
}

// TestAReviewCounts holds C-198: days, tones, answers and costs are those of the one invoice.
func TestAReviewCounts(t *testing.T) {
	r := reviewed(func(f *domain.CaseFacts, d *domain.Deal, _ *domain.Feedback) {
		d.PaidInFull, d.Recognised, d.Origination, d.Wire, d.Tax = d.Due.Plus(-3), usd(40_000), usd(2_500), usd(1_500), usd(0)
		f.Questions = []domain.Question{
			{AskedAt: at("2026-02-27 10:00"), AnsweredAt: at("2026-03-03 10:00")}, // Friday to Tuesday
			{Deal: domain.New[domain.DealID](), AskedAt: at("2026-02-02 10:00"), AnsweredAt: at("2026-02-20 10:00")},
		}
	})
	if r.DaysLate != -3 || r.Questions != 1 || r.SlowestDay != 2 || r.Cost != usd(44_000) {
		t.Errorf("%d days late, %d questions, slowest %d, cost %s", r.DaysLate, r.Questions, r.SlowestDay, r.Cost)
	}
}

// TestAReviewKnowsThePayRun holds C-196: a debtor that paid late and pays on a day of its own gets the note before that day.
func TestAReviewKnowsThePayRun(t *testing.T) {
	f := told()
	deal := f.Items[0].Deal
	deal.Status, deal.DebtorName = domain.DealSettled, "Harbor & Pine Hotels, Inc."
	habits := []domain.Habit{{Code: domain.HabitWeekday, Sentence: "pays on Tuesdays: 20 of 24 payments came on a Tuesday, one in 5 is usual"}}
	for late, want := range map[int]string{0: "", 6: "pay-run"} {
		deal.PaidInFull = deal.Due.Plus(late)
		r := collections.Review(domain.Life{Facts: f}, deal, domain.Feedback{}, habits)
		if codesOf(r) != want {
			t.Errorf("%d days late: %q, want %q", late, codesOf(r), want)
		}
		if want != "" && r.Findings[0].Said != "Harbor & Pine Hotels, Inc pays on Tuesdays: 20 of 24 payments came on a Tuesday, one in 5 is usual." {
			t.Errorf("it says %q", r.Findings[0].Said)
		}
	}
}
