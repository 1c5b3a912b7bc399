package domain_test

import (
	"testing"

	"pgregory.net/rapid"

	"comity/domain"
	"comity/money"
)

// planOn is a plan with an instalment on each of the days.
func planOn(days ...domain.Date) domain.Plan {
	p := domain.Plan{Forgiven: money.Minor(0, "EUR")}
	for i, on := range days {
		p.Instalments = append(p.Instalments, domain.Instalment{N: i + 1, DueOn: on, Amount: money.Minor(100, "EUR")})
	}
	return p
}

// TestAnEnvelope holds D-10: few instalments, the last of them soon after the due date and not past
// the recourse day; nothing that is forgiven, and no plan at all where the contract says so.
func TestAnEnvelope(t *testing.T) {
	due, recourse := domain.MustDate("2026-03-04"), domain.MustDate("2026-05-06")
	settlement := planOn(due)
	settlement.Forgiven = money.Minor(1, "EUR")
	tests := map[string]struct {
		envelope domain.Envelope
		plan     domain.Plan
		recourse domain.Date
		holds    bool
	}{
		"three, the last on the 30th day":    {domain.UsualEnvelope, planOn(due, due.Plus(10), due.Plus(30)), recourse, true},
		"three, the last on the 31st day":    {domain.UsualEnvelope, planOn(due, due.Plus(10), due.Plus(31)), recourse, false},
		"four":                               {domain.UsualEnvelope, planOn(due, due.Plus(1), due.Plus(2), due.Plus(3)), recourse, false},
		"on the recourse day":                {domain.UsualEnvelope, planOn(due.Plus(20)), due.Plus(20), true},
		"past the recourse day":              {domain.UsualEnvelope, planOn(due.Plus(21)), due.Plus(20), false},
		"a settlement":                       {domain.UsualEnvelope, settlement, recourse, false},
		"a wide one, at its bounds":          {domain.Envelope{Instalments: 4, DaysPastDue: 60}, planOn(due, due.Plus(1), due.Plus(2), due.Plus(60)), recourse, true},
		"a wide one, past the recourse day":  {domain.Envelope{Instalments: 12, DaysPastDue: 90}, planOn(recourse.Plus(1)), recourse, false},
		"one payment on another day":         {domain.Envelope{Instalments: 1, DaysPastDue: 10}, planOn(due.Plus(10)), recourse, true},
		"two where one is allowed":           {domain.Envelope{Instalments: 1, DaysPastDue: 10}, planOn(due, due.Plus(10)), recourse, false},
		"none, on the due date":              {domain.Envelope{}, planOn(due), recourse, false},
		"none, whatever the days":            {domain.Envelope{DaysPastDue: 90}, planOn(due), recourse, false},
		"until the due date":                 {domain.Envelope{Instalments: 2}, planOn(due.Plus(-5), due), recourse, true},
		"until the due date, and a day more": {domain.Envelope{Instalments: 2}, planOn(due, due.Plus(1)), recourse, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.envelope.Holds(tc.plan, due, tc.recourse); got != tc.holds {
				t.Errorf("it holds the plan: %t", got)
			}
		})
	}
}

// TestAWiderEnvelopeHoldsMore holds D-10: what needs no consent under an envelope needs none under a
// wider one, and never runs past the recourse day.
func TestAWiderEnvelopeHoldsMore(t *testing.T) {
	due := domain.MustDate("2026-03-04")
	draw := func(t *rapid.T, least domain.Envelope, name string) domain.Envelope {
		return domain.Envelope{
			Instalments: rapid.IntRange(least.Instalments, domain.MostEnvelopeInstalments).Draw(t, name+" instalments"),
			DaysPastDue: rapid.IntRange(least.DaysPastDue, domain.MostEnvelopeDays).Draw(t, name+" days"),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		narrow := draw(t, domain.Envelope{}, "narrow")
		wide := draw(t, narrow, "wide")
		if narrow.Check() != nil || wide.Check() != nil {
			t.Fatalf("%+v and %+v are refused", narrow, wide)
		}
		last, recourse := due, due.Plus(rapid.IntRange(-10, 120).Draw(t, "recourse"))
		var days []domain.Date
		for range rapid.IntRange(1, domain.MostEnvelopeInstalments+2).Draw(t, "count") {
			days = append(days, last)
			last = last.Plus(rapid.IntRange(1, 20).Draw(t, "gap"))
		}
		p := planOn(days...)
		if narrow.Holds(p, due, recourse) && (!wide.Holds(p, due, recourse) || p.Last().After(recourse)) {
			t.Fatalf("%+v holds %v until %s, and %+v does not", narrow, days, recourse, wide)
		}
	})
	for _, e := range []domain.Envelope{{Instalments: -1}, {Instalments: 13}, {DaysPastDue: -1}, {DaysPastDue: 91}} {
		if e.Check() == nil {
			t.Errorf("%+v is an envelope", e)
		}
	}
}
