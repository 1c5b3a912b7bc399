package marketplace_test

import (
	"errors"
	"testing"

	"comity/domain"
	"comity/underwriting"
)

// TestAPersonApprovesNoForbiddenAssignment holds F-43 at the door of a referral: what the seller said of its contract
// since is looked at before a person's word makes the offer, and saying no is always open.
func TestAPersonApprovesNoForbiddenAssignment(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	_, id := m.referred("FB-1")
	answer := func(approve bool) error {
		_, err := m.service.AnswerReferral(t.Context(), m.as(m.factor), id, approve, "called", domain.Once[domain.Offer]{Answer: func(domain.Offer) domain.Answer { return domain.Answer{} }})
		return err
	}
	m.exec(`UPDATE relationships SET assignment = '{"clause":"forbids"}'`)
	if err := answer(true); !errors.Is(err, domain.ErrAssignmentForbidden) {
		t.Errorf("a forbidden assignment is approved: %v", err)
	}
	m.exec(`UPDATE relationships SET assignment = '{"clause":"forbids","consent":{"by":"Ms Okafor","on":"2026-01-20","evidence":"her letter"}}'`)
	if err := answer(true); !errors.Is(err, domain.ErrAssignmentChanged) {
		t.Errorf("approved on a ground that the person had not seen: %v", err)
	}
	must(t, answer(false))
}
