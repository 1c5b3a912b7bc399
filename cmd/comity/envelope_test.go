package main

import (
	"strings"
	"testing"
)

// TestTheEnvelopeIsATermOfTheDeal holds D-10 and F-73: how many instalments, and how late, a factor may agree on
// alone is what the seller accepted with the offer. The same plan is offered to the debtor under a
// wide envelope and waits for the seller under a narrow one.
func TestTheEnvelopeIsATermOfTheDeal(t *testing.T) {
	twoByMarch := map[string]any{"count": 2, "first_on": "2026-03-10", "every_days": 14}
	tests := map[string]struct {
		envelope map[string]any
		plan     map[string]any
		status   string
		meaning  string
	}{
		"narrow": {map[string]any{"instalments": 1, "days_past_due": 10}, twoByMarch, "proposed", "one payment on another day, at most 10 days after the due date and not after the recourse day"},
		"wide": {
			map[string]any{"instalments": 6, "days_past_due": 60},
			map[string]any{"count": 6, "first_on": "2026-03-10", "every_days": 10},
			"offered",
			"up to 6 payments, the last at most 60 days after the due date",
		},
		"none": {map[string]any{"instalments": 0, "days_past_due": 0}, map[string]any{"count": 1, "first_on": "2026-03-04"}, "proposed", "without your consent in writing"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := newAgreedScene(t, map[string]any{"plan_envelope": tc.envelope})
			for what, path := range map[string]string{"the offer": "/v1/offers/" + s.offerID, "the deal": "/v1/deals/" + s.deal} {
				var got struct {
					envelopeOnWire
					Deal envelopeOnWire
				}
				s.must(s.alice.get(t.Context(), path, &got))
				if !strings.Contains(got.Envelope.Meaning+got.Deal.Envelope.Meaning, tc.meaning) {
					t.Errorf("%s tells the seller %+v", what, got)
				}
			}
			s.clock("2026-02-10T09:00:00Z")
			tc.plan["reason"], tc.plan["said"] = "cash_flow", "the season was slow"
			plan := s.propose(tc.plan)
			if plan.Status != tc.status {
				t.Fatalf("the plan is %s", plan.Status)
			}
			if tc.status == "offered" {
				return
			}
			s.must(s.second.post(t.Context(), "/v1/plans/"+plan.ID+"/approve", nil, nil))
			if got := s.planNow(plan.ID); got != "proposed" {
				t.Errorf("without the seller's word it is %s", got)
			}
			s.must(s.alice.post(t.Context(), "/v1/plans/"+plan.ID+"/consent", map[string]any{"consent": "approved"}, nil))
			if got := s.planNow(plan.ID); got != "offered" {
				t.Errorf("with the seller's word it is %s", got)
			}
		})
	}
}

type envelopeOnWire struct {
	Envelope struct{ Meaning string } `json:"plan_envelope"`
}
