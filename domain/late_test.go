package domain_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"comity/domain"
	"comity/money"
)

func day(text string) domain.Date { return domain.MustDate(text) }

func interest(t *testing.T, code string) domain.InterestRule {
	t.Helper()
	l := row(t, code)
	if l.Interest == nil {
		t.Fatalf("%s has no rule", code)
	}
	return *l.Interest
}

// lateB is story B: two disputes, a credit, four instalments of which the last comes short.
func lateB() domain.LateFacts {
	pounds := func(minor int64) money.Amount { return money.Minor(minor, "GBP") }
	return domain.LateFacts{
		Due: day("2026-04-01"), Until: day("2026-07-27"), Basis: pounds(1_200_000),
		Payments: []domain.LatePart{{day("2026-05-22"), pounds(270_000)}, {day("2026-06-05"), pounds(270_000)}, {day("2026-06-19"), pounds(270_000)}, {day("2026-07-03"), pounds(190_000)}},
		Gone:     []domain.LatePart{{day("2026-07-20"), pounds(80_000)}},
		Disputes: []domain.LateDispute{
			{day("2026-04-08"), day("2026-04-21"), pounds(180_000), pounds(120_000)},
			{day("2026-07-03"), day("2026-07-20"), pounds(80_000), pounds(0)},
		},
		Plans: []domain.LatePlan{{From: day("2026-05-12"), Through: day("2026-07-06"), Total: pounds(1_080_000)}}, // its last date came short
	}
}

// TestInterestOfStoryB holds D-26, C-11 and C-151: 247.62 to the penny, nothing on what is disputed, rounded once, and the fixed sum of a debt that is
// still 10,000 after the credit.
func TestInterestOfStoryB(t *testing.T) {
	charge, err := interest(t, "gb-late-payment").Charge(lateB())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range charge.Spans {
		got = append(got, fmt.Sprint(s.From, " ", s.Through, " ", s.Days, " ", s.Balance.Decimal(), " ", s.Rate))
	}
	want := []string{
		"2026-04-02 2026-04-07 6 10800.00 0.1175", "2026-04-08 2026-04-21 14 10200.00 0.1175", "2026-04-22 2026-05-22 31 10800.00 0.1175",
		"2026-05-23 2026-06-05 14 8100.00 0.1175", "2026-06-06 2026-06-19 14 5400.00 0.1175", "2026-06-20 2026-07-03 14 2700.00 0.1175",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
	if charge.Interest.String() != "247.62 GBP" || charge.Fixed.String() != "100.00 GBP" || charge.Total().String() != "347.62 GBP" {
		t.Errorf("interest %s, fixed sum %s", charge.Interest, charge.Fixed)
	}
}

// TestInterestVectors holds D-26, C-11 and C-20: the figures of both laws, and what bears nothing.
func TestInterestVectors(t *testing.T) {
	for _, tc := range []struct {
		name, law, currency string
		basis               int64
		due, paid, until    string
		want, fixed         string
		disputed, stop      string // from then on
		early               int64  // paid before the due date
		plan                string // accepted on that day
		running, short      bool   // the plan is not over; it ended short
		withdrawn           bool
		credited            int64 // of a dispute that was raised during the plan, and not paid
		unknown             bool
	}{
		{name: "in the United Kingdom", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-03-01", want: "46.68", fixed: "70.00"},
		{name: "in Germany, over the Basiszinssatz", law: "de-late-payment", currency: "EUR", basis: 500_000, due: "2026-01-31", paid: "2026-03-01", want: "40.80", fixed: "40.00"},
		{name: "a small debt", law: "gb-late-payment", currency: "GBP", basis: 99_999, due: "2026-01-31", paid: "2026-02-01", want: "0.32", fixed: "40.00"},
		{name: "in another currency there is no fixed sum", law: "gb-late-payment", currency: "EUR", basis: 500_000, due: "2026-01-31", paid: "2026-03-01", want: "46.68", fixed: "0.00"},
		{name: "paid on the due date", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-01-31", want: "0.00", fixed: "0.00"},
		{name: "disputed from the beginning", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", until: "2026-03-01", disputed: "2026-01-20", want: "0.00", fixed: "0.00"},
		{name: "while we let somebody wait", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-03-01", stop: "2026-02-02", want: "1.61", fixed: "70.00"},
		{name: "a plan runs", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", plan: "2026-02-02", running: true, want: "1.61", fixed: "70.00"},
		{name: "a plan was kept", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-03-01", plan: "2026-02-02", want: "1.61", fixed: "70.00"},
		{name: "a plan ended short", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-03-01", plan: "2026-02-02", short: true, want: "46.68", fixed: "70.00"},
		{name: "a plan ended short, and all was paid later", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-03-10", plan: "2026-02-02", want: "61.16", fixed: "70.00"},
		{name: "a plan was withdrawn", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-03-10", plan: "2026-02-02", withdrawn: true, want: "9.66", fixed: "70.00"},
		{name: "what was not paid of a plan was credited", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-01-31", paid: "2026-03-01", plan: "2026-02-02", credited: 100_000, want: "1.29", fixed: "70.00"},
		{name: "most of it was paid in time", law: "gb-late-payment", currency: "GBP", basis: 1_200_000, early: 1_190_000, due: "2026-01-31", paid: "2026-03-01", want: "0.93", fixed: "40.00"},
		{name: "the rate of the start is kept", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-06-29", paid: "2026-07-03", want: "6.44", fixed: "70.00"},
		{name: "a rate that nobody looked up", law: "gb-late-payment", currency: "GBP", basis: 500_000, due: "2026-06-30", paid: "2026-07-03", unknown: true},
		{name: "a half-year that nobody looked up", law: "de-late-payment", currency: "EUR", basis: 500_000, due: "2026-06-29", paid: "2026-07-03", unknown: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			amount := money.Minor(tc.basis, money.Currency(tc.currency))
			facts := domain.LateFacts{Due: day(tc.due), Until: day("2026-07-15"), Basis: amount}
			if tc.until != "" {
				facts.Until = day(tc.until)
			}
			if tc.paid != "" {
				facts.Payments = []domain.LatePart{{day("2026-01-20"), money.Minor(tc.early, amount.Currency())}, {day(tc.paid), money.Minor(tc.basis-tc.early, amount.Currency())}}
			}
			if tc.disputed != "" {
				facts.Disputes = []domain.LateDispute{{Raised: day(tc.disputed), Amount: amount, Credited: money.Minor(0, amount.Currency())}}
			}
			if tc.stop != "" {
				facts.Stops = []domain.FeeStop{{Cause: domain.FeeStopAnswer, From: day(tc.stop)}}
			}
			if tc.plan != "" {
				plan := domain.LatePlan{From: day(tc.plan), Through: day("2026-03-05"), Running: tc.running, Withdrawn: tc.withdrawn, Total: amount}
				if tc.short {
					plan.Total = amount.Plus(money.Minor(1, amount.Currency()))
				}
				facts.Plans = []domain.LatePlan{plan}
			}
			if tc.credited > 0 {
				part := money.Minor(tc.credited, amount.Currency())
				facts.Disputes = append(facts.Disputes, domain.LateDispute{Raised: day("2026-02-10"), Resolved: day("2026-02-20"), Amount: part, Credited: part})
				facts.Payments[1].Amount = facts.Payments[1].Amount.Minus(part)
			}
			charge, err := interest(t, tc.law).Charge(facts)
			if tc.unknown {
				if !errors.Is(err, domain.ErrUnknownRate) {
					t.Errorf("is charged %v, %v", charge, err)
				}
				return
			}
			if err != nil || charge.Interest.Decimal() != tc.want || charge.Fixed.Decimal() != tc.fixed {
				t.Errorf("interest %s, fixed sum %s, %v; want %s and %s", charge.Interest, charge.Fixed, err, tc.want, tc.fixed)
			}
		})
	}
}

// TestInterestIsTheSumOfItsSpans holds D-26: on random lives the interest is that of its spans, rounded
// once; it is never on more than what is left of the invoice, and a later day never makes it less.
func TestInterestIsTheSumOfItsSpans(t *testing.T) {
	rule, dice := interest(t, "gb-late-payment"), rand.New(rand.NewPCG(26, 1))
	for range 2000 {
		f := domain.LateFacts{Due: day("2026-01-15"), Until: day("2026-01-15").Plus(dice.IntN(150)), Basis: money.Minor(1+dice.Int64N(2_000_000), "GBP")}
		left := f.Basis.Units()
		part := func() money.Amount {
			n := dice.Int64N(left + 1)
			left -= n
			return money.Minor(n, "GBP")
		}
		for range dice.IntN(4) {
			on := f.Due.Plus(dice.IntN(160) - 20)
			switch amount := part(); dice.IntN(3) {
			case 0:
				f.Payments = append(f.Payments, domain.LatePart{On: on, Amount: amount})
			case 1:
				f.Gone = append(f.Gone, domain.LatePart{On: on, Amount: amount})
			default:
				d := domain.LateDispute{Raised: on, Amount: amount, Credited: money.Minor(dice.Int64N(amount.Units()+1), "GBP")}
				if dice.IntN(2) == 0 {
					d.Resolved = on.Plus(dice.IntN(60))
				}
				f.Disputes = append(f.Disputes, d)
			}
		}
		charge, err := rule.Charge(f)
		if err != nil {
			t.Fatal(err)
		}
		var sum money.Rate
		for _, s := range charge.Spans {
			sum = sum.Plus(s.Rate.TimesInt(s.Balance.Units()).TimesInt(int64(s.Days)))
			if f.Basis.Less(s.Balance) || !s.Balance.Positive() || s.Days != s.From.DaysUntil(s.Through)+1 {
				t.Fatalf("%+v has the span %+v", f, s)
			}
		}
		if want := money.Minor(1, "GBP").Share(sum, 1, 365); charge.Interest != want {
			t.Fatalf("%+v: %s of spans that make %s", f, charge.Interest, want)
		}
		planned := f
		planned.Plans = []domain.LatePlan{{From: f.Due.Plus(dice.IntN(60)), Through: f.Due.Plus(60 + dice.IntN(60)), Running: dice.IntN(2) == 0, Total: f.Basis}}
		if frozen, _ := rule.Charge(planned); charge.Interest.Less(frozen.Interest) {
			t.Fatalf("%+v: with a plan %s of %s", planned, frozen.Interest, charge.Interest)
		}
		later := f
		later.Until = f.Until.Plus(1)
		if next, _ := rule.Charge(later); next.Interest.Less(charge.Interest) {
			t.Fatalf("%+v: %s, and %s a day later", f, charge.Interest, next.Interest)
		}
	}
}

// TestNothingIsGuessed holds D-26, C-4 and C-20: without an owner, a law, counsel's signature or a rate nothing is
// computed, and it is said what is missing.
func TestNothingIsGuessed(t *testing.T) {
	law := row(t, "gb-late-payment")
	of := func(owner domain.LateOwner, place string, debtor domain.LegalType) domain.LateFile {
		f := domain.LateFile{Debtor: debtor, Facts: lateB()}
		f.Deal = domain.Deal{Due: f.Facts.Due, Basis: f.Facts.Basis, LateOwner: owner}
		f.Deal.Assignable.GoverningLaw = place
		return f
	}
	for _, tc := range []struct {
		file   domain.LateFile
		signed []domain.LawSignature
		today  string
		want   domain.LateState
	}{
		{of("", "GB-ENG", domain.Company), []domain.LawSignature{signed(law)}, "2026-06-01", domain.LateNobody},
		{of(domain.LateSeller, "", domain.Company), []domain.LawSignature{signed(law)}, "2026-06-01", domain.LateNoLaw},
		{of(domain.LateSeller, "FR", domain.Company), []domain.LawSignature{signed(law)}, "2026-06-01", domain.LateNoLaw},
		{of(domain.LateSeller, "GB-ENG", domain.SoleTrader), []domain.LawSignature{signed(law)}, "2026-06-01", domain.LateNoLaw},
		{of(domain.LateSeller, "GB-ENG", domain.Company), nil, "2026-06-01", domain.LateUnsigned},
		{of(domain.LateSeller, "GB-ENG", domain.Company), []domain.LawSignature{signed(law)}, "2026-07-01", domain.LateUnsigned}, // due for review
		{of(domain.LateFactor, "GB-ENG", domain.Company), []domain.LawSignature{signed(law)}, "2026-06-01", domain.LateComputed},
	} {
		a := tc.file.Answer(domain.Laws(), tc.signed, day(tc.today))
		if a.State != tc.want || (a.Missing == "") != (tc.want == domain.LateComputed) || a.Charge.Total().IsZero() == (tc.want == domain.LateComputed) {
			t.Errorf("%+v: %s, missing %q, %s", tc.file.Deal, a.State, a.Missing, a.Charge.Total())
		}
	}
}

// TestWhatIsWaivedStaysWaived holds D-26 and C-24: an owner says once that it asks for nothing; where nobody may
// ask, nobody can say so.
func TestWhatIsWaivedStaysWaived(t *testing.T) {
	law := row(t, "gb-late-payment")
	f := domain.LateFile{Debtor: domain.Company, Facts: lateB()}
	f.Deal = domain.Deal{Due: f.Facts.Due, Basis: f.Facts.Basis}
	f.Deal.Assignable.GoverningLaw = "GB-ENG"
	today, at := day("2026-06-01"), day("2026-06-01").At(10, 0, time.UTC)
	if _, err := f.Answer(domain.Laws(), nil, today).Waive(domain.UserID{}, at); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("nobody waives: %v", err)
	}
	f.Deal.LateOwner = domain.LateSeller
	first, err := f.Answer(domain.Laws(), nil, today).Waive(domain.UserID{}, at)
	if err != nil || first.Law != "" || !first.Interest.IsZero() {
		t.Errorf("before counsel signed: %+v, %v", first, err)
	}
	signatures := []domain.LawSignature{signed(law)}
	if f.Waiver, err = f.Answer(domain.Laws(), signatures, today).Waive(domain.UserID{}, at); err != nil || f.Waiver.Law != law.Code || !f.Waiver.Interest.Positive() {
		t.Errorf("waived: %+v, %v", f.Waiver, err)
	}
	if _, err := f.Answer(domain.Laws(), signatures, today).Waive(domain.UserID{}, at); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("waived twice: %v", err)
	}
}
