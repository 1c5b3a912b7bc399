package collections_test

import (
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// lasting is a case with a dispute that was raised on 5 March and answered.
func lasting() domain.CaseFacts {
	f := changed(domain.UpdateDisputeAnswered)
	f.Updates = nil
	f.Disputes[0].RaisedAt = at("2026-03-05 11:20")
	return f
}

// TestMediationIsOfferedInHours holds C-155 and F-77: on day 30, or the first business day after it, in the hours in which we
// write, once; nothing of it before, and nothing where the dispute or the invoice is over.
func TestMediationIsOfferedInHours(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*domain.CaseFacts)
		now    string
		want   bool
	}{
		"the day before":     {func(*domain.CaseFacts) {}, "2026-04-03 12:00", false},
		"a Saturday, day 30": {func(*domain.CaseFacts) {}, "2026-04-04 12:00", false},
		"the Monday, early":  {func(*domain.CaseFacts) {}, "2026-04-06 09:29", false},
		"the Monday":         {func(*domain.CaseFacts) {}, "2026-04-06 09:30", true},
		"the Monday, late":   {func(*domain.CaseFacts) {}, "2026-04-06 19:00", false},
		"weeks later":        {func(*domain.CaseFacts) {}, "2026-05-06 09:30", true},
		"offered before": {func(f *domain.CaseFacts) {
			f.Mediations = []domain.Mediation{{Dispute: f.Disputes[0].ID, Status: domain.MediationDeclined}}
		}, "2026-04-06 09:30", false},
		"agreed":               {func(f *domain.CaseFacts) { f.Disputes[0].AgreedAt = f.Now }, "2026-04-06 09:30", false},
		"resolved":             {func(f *domain.CaseFacts) { f.Disputes[0].Status = domain.DisputeResolved }, "2026-04-06 09:30", false},
		"the invoice was paid": {func(f *domain.CaseFacts) { f.Items[0].Deal.Open = usd(0) }, "2026-04-06 09:30", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := lasting()
			tc.change(&f)
			before := len(f.Mediations)
			done, err := collections.Look(f, at(tc.now))
			if err != nil {
				t.Fatal(err)
			}
			if offered := len(done.Facts.Mediations) > before; offered != tc.want {
				t.Fatalf("it is offered: %t", offered)
			}
			if !tc.want {
				return
			}
			if done.Touch == nil || !strings.Contains(done.Touch.Subject, "A neutral person could help") {
				t.Errorf("the debtor is told %+v", done.Touch)
			}
			f = done.Facts
			if done, err = collections.Look(f, at(tc.now)); err != nil || len(done.Facts.Mediations) != 1 || done.Touch != nil {
				t.Errorf("it is offered twice: %v", err)
			}
		})
	}
}

// TestMoneyEndsAMediation holds F-79: when nothing of the invoice is to be collected any more, its mediation is closed and the
// dispute is where it was; while something is open, it goes on.
func TestMoneyEndsAMediation(t *testing.T) {
	for open, want := range map[int64]domain.MediationStatus{0: domain.MediationClosed, 1: domain.MediationAppointed} {
		f := lasting()
		m := mediationIn(domain.UpdateMediationAppointed, f.Disputes[0])
		f.Disputes[0].Status, f.Mediations, f.Items[0].Deal.Open = domain.DisputeMediation, []domain.Mediation{m}, usd(open)
		if f.Items[0].Deal.Open.IsZero() {
			f.Items[0].Deal.PaidInFull = day("2026-03-20")
		}
		done, err := collections.Look(f, at("2026-03-23 09:30"))
		if err != nil || done.Facts.Mediations[0].Status != want {
			t.Errorf("%d is open, and it is %s: %v", open, done.Facts.Mediations[0].Status, err)
		}
		back := map[domain.MediationStatus]domain.DisputeStatus{domain.MediationClosed: domain.DisputeAnswered, domain.MediationAppointed: domain.DisputeMediation}[want]
		if got := done.Facts.Disputes[0].Status; got != back {
			t.Errorf("%d is open, and the dispute is %s", open, got)
		}
	}
}

// TestTheSellersSilenceHoldsTheRestBackInMediationToo holds D-20: a dispute that was not answered rests whole, also while a
// neutral helps.
func TestTheSellersSilenceHoldsTheRestBackInMediationToo(t *testing.T) {
	for answered, want := range map[bool]bool{true: true, false: false} {
		f := lasting()
		f.Disputes[0].Status = domain.DisputeMediation
		if !answered {
			f.Disputes[0].AnsweredAt = time.Time{}
		}
		f.Mediations = []domain.Mediation{mediationIn(domain.UpdateMediationAppointed, f.Disputes[0])}
		f.Now = at("2026-03-25 09:30")
		plan := collections.Next(f)
		asks := plan.Act != nil && plan.Act.Class == domain.ClassReminder
		if asks != want {
			t.Errorf("answered %t: a reminder comes: %t (%+v)", answered, asks, plan.Act)
		}
	}
}

// TestTimeEndsAMediation holds F-77 and F-79: the morning after the last day a mediation ends by itself, the dispute is where it
// was, and the debtor is told; an offer that lapses is told to nobody but seller and factor.
func TestTimeEndsAMediation(t *testing.T) {
	for kind, tc := range map[domain.UpdateKind]struct {
		before, after string
		want          domain.MediationStatus
		letter        string
	}{
		domain.UpdateMediationOffered:   {"2026-03-26 17:00", "2026-03-27 08:00", domain.MediationLapsed, ""},
		domain.UpdateMediationAppointed: {"2026-04-23 17:00", "2026-04-24 08:00", domain.MediationFailed, "is over"},
		domain.UpdateMediationProposal:  {"2026-04-16 17:00", "2026-04-17 08:00", domain.MediationFailed, "is over"},
	} {
		f := lasting()
		m := mediationIn(kind, f.Disputes[0])
		if f.Mediations = []domain.Mediation{m}; m.UnderWay() {
			f.Disputes[0].Status = domain.DisputeMediation
		}
		early, err := collections.Look(f, at(tc.before))
		if err != nil || early.Facts.Mediations[0].Status != m.Status {
			t.Fatalf("%s on its last day: %s, %v", kind, early.Facts.Mediations[0].Status, err)
		}
		done, err := collections.Look(early.Facts, at(tc.after))
		if err != nil || done.Facts.Mediations[0].Status != tc.want || done.Facts.Disputes[0].Status != domain.DisputeAnswered {
			t.Errorf("%s after it: %s, the dispute %s, %v", kind, done.Facts.Mediations[0].Status, done.Facts.Disputes[0].Status, err)
		}
		if told := done.Touch != nil && strings.Contains(done.Touch.Subject, "The mediation about"); told != (tc.letter != "") {
			t.Errorf("%s after it: the debtor is told %+v", kind, done.Touch)
		}
	}
}
