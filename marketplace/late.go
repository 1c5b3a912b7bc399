package marketplace

import (
	"context"
	"fmt"

	"comity/domain"
)

// late is what the law adds to late payments.
type late interface {
	LateFile(ctx context.Context, id domain.DealID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.LateFile, error)
	SaveLateWaiver(ctx context.Context, w domain.LateWaiver, of domain.Deal) error
}

// LateCharges says what the law adds to the late payment of a deal until today in the factor's zone, or
// what is missing to say so. It refuses with domain.ErrNotFound.
func (s *Service) LateCharges(ctx context.Context, by domain.Caller, id domain.DealID) (domain.LateAnswer, error) {
	var answer domain.LateAnswer
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		answer, err = lateAnswer(ctx, tx, by, id)
		return err
	})
	return answer, err
}

func lateAnswer(ctx context.Context, tx Tx, by domain.Caller, id domain.DealID) (domain.LateAnswer, error) {
	file, err := tx.LateFile(ctx, id, by.Organization, by.Kind)
	if err != nil {
		return domain.LateAnswer{}, err
	}
	signatures, err := tx.LawSignatures(ctx, file.Deal.World)
	if err != nil {
		return domain.LateAnswer{}, err
	}
	return file.Answer(domain.Laws(), signatures, today(by.Now, file.Zone)), nil
}

// WaiveLateCharges is the owner's word that it does not ask the debtor for interest or a fixed sum, in
// one action and for good. Nothing is posted: nothing was in the books. It refuses with
// domain.ErrNotFound, ErrForbidden for who is not the owner, or ErrWrongState.
func (s *Service) WaiveLateCharges(ctx context.Context, by domain.Caller, id domain.DealID, once domain.Once[domain.LateAnswer]) (domain.Answer, error) {
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.DealFile(ctx, id) // which locks it
		if err == nil && !partyTo(file.Deal, by) {
			err = domain.ErrNotFound
		}
		if err != nil {
			return domain.Answer{}, err
		}
		answer, err := lateAnswer(ctx, tx, by, id)
		if err != nil {
			return domain.Answer{}, err
		}
		if owner := answer.Deal.LateOwner; owner != "" && string(owner) != string(by.Kind) {
			return domain.Answer{}, domain.ErrForbidden.Because("the %s may ask for it, and alone may say that it does not", owner)
		}
		if answer.Waiver, err = answer.Waive(by.User, by.Now); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveLateWaiver(ctx, answer.Waiver, answer.Deal); err != nil {
			return domain.Answer{}, fmt.Errorf("save waiver: %w", err)
		}
		said := fmt.Sprintf("The %s does not ask for what the law adds to the late payment of invoice %s.", answer.Deal.LateOwner, answer.Deal.InvoiceNumber)
		return once.Answer(answer), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "late_charges.waived", "deal", id.UUID, answer.Waiver.Law, answer.Waiver.Interest, answer.Waiver.Fixed)},
			Events: []domain.Event{dealEvent(event, by, answer.Deal, "late_charges.waived", said)},
		})
	})
}
