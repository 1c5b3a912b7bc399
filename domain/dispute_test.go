package domain_test

import (
	"errors"
	"testing"
	"time"

	"comity/domain"
	"comity/money"

	"pgregory.net/rapid"
)

// TestTheClocksOfADispute holds F-77: one business day to acknowledge, five for the seller, fourteen
// days to cure and thirty to mediation, from the day it was raised where the debtor is.
func TestTheClocksOfADispute(t *testing.T) {
	london, eastern := zoneOf(t, "Europe/London"), zoneOf(t, "America/New_York")
	for name, tc := range map[string]struct {
		raised                  string // UTC
		business                domain.Calendar
		zone                    *time.Location
		ack, answer, cure, talk string
	}{
		"story B, over Easter":    {"2026-04-02T09:00:00Z", domain.BusinessDays("GB"), london, "2026-04-07", "2026-04-13", "2026-04-16", "2026-05-02"},
		"an evening, in its zone": {"2026-03-06T03:30:00Z", domain.BusinessDays("US"), eastern, "2026-03-06", "2026-03-12", "2026-03-19", "2026-04-04"},
		"on a Sunday":             {"2026-05-10T12:00:00Z", domain.BusinessDays("GB"), london, "2026-05-11", "2026-05-15", "2026-05-24", "2026-06-09"},
	} {
		t.Run(name, func(t *testing.T) {
			raised, err := time.Parse(time.RFC3339, tc.raised)
			if err != nil {
				t.Fatal(err)
			}
			got := domain.Dispute{RaisedAt: raised}.Clocks(tc.business, tc.zone)
			want := domain.DisputeClocks{
				AcknowledgeBy: domain.MustDate(tc.ack), AnswerBy: domain.MustDate(tc.answer), CureBy: domain.MustDate(tc.cure), MediateFrom: domain.MustDate(tc.talk),
			}
			if got != want {
				t.Errorf("the clocks are %+v, want %+v", got, want)
			}
		})
	}
}

// TestADisputeEndsAsItWasAgreed: whatever is said in whatever order, what is credited is what the
// seller offered and the debtor agreed to, never less than it was told, never more than the disputed
// part, and with a credit note; without an agreement nothing is; what is agreed is not taken back,
// and what is over stays as it ended. It holds F-75.
func TestADisputeEndsAsItWasAgreed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Minor(rapid.Int64Range(1, 1_000_00).Draw(t, "amount"), "GBP")
		d, at := domain.Dispute{Amount: amount, Status: domain.DisputeOpen}, time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
		for range rapid.IntRange(1, 8).Draw(t, "deeds") {
			before, err := d, error(nil)
			switch rapid.IntRange(0, 3).Draw(t, "deed") {
			case 0:
				position := rapid.SampledFrom([]domain.Position{domain.PositionAccepts, domain.PositionPartly, domain.PositionRejects, "perhaps"}).Draw(t, "position")
				offered := money.Minor(rapid.Int64Range(-1, 1_200_00).Draw(t, "offered"), rapid.SampledFrom([]money.Currency{"GBP", "EUR"}).Draw(t, "currency"))
				err = d.Answered(position, offered, "so it was", at)
			case 1:
				err = d.Agreed("on its page", at)
			default:
				outcome := rapid.SampledFrom([]domain.DisputeOutcome{domain.OutcomeCredited, domain.OutcomeWithdrawn, domain.OutcomeGivenBack, "perhaps"}).Draw(t, "outcome")
				err = d.Resolve(outcome, rapid.SampledFrom([]string{"", "CN-7"}).Draw(t, "number"), at)
			}
			if refused := (*domain.Refusal)(nil); err != nil && (!errors.As(err, &refused) || d != before) {
				t.Fatalf("%v, and the dispute went from %+v to %+v", err, before, d)
			}
			if before.Status == domain.DisputeAnswered && d.Offered.Less(before.Offered) {
				t.Fatalf("the debtor was told %s, and reads %s", before.Offered, d.Offered)
			}
			if before.Status == domain.DisputeResolved && d != before {
				t.Fatalf("what was over became %+v", d)
			}
		}
		if d.Status != domain.DisputeResolved {
			return
		}
		if !d.AgreedAt.IsZero() && d.Outcome == domain.OutcomeWithdrawn {
			t.Fatal("what was agreed is taken back")
		}
		agreed := !d.AgreedAt.IsZero() && d.Outcome != domain.OutcomeWithdrawn && d.Outcome != domain.OutcomeGivenBack
		switch {
		case !agreed && !d.Credited.IsZero():
			t.Fatalf("%s is credited and nobody agreed: %+v", d.Credited, d)
		case agreed && d.Credited != d.Offered, amount.Less(d.Credited), d.Credited.Positive() && d.CreditNumber == "":
			t.Fatalf("credited %s of %s offered and %s disputed, note %q", d.Credited, d.Offered, amount, d.CreditNumber)
		}
	})
}

func zoneOf(t *testing.T, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
