package marketplace

import (
	"context"
	"fmt"

	"comity/domain"
	"comity/underwriting"
)

// Beside is a decision, and the two that stand side by side when it was made
// again after an objection, or was made in place of another.
type Beside struct {
	Decision     domain.Decision
	First, Again *domain.Decision // both or none
}

// sees is what somebody may read beside its own: the platform reads any.
func sees(by domain.Caller) (domain.Entry, error) {
	switch by.Kind {
	case domain.KindSeller:
		return by.Own(), nil
	case domain.KindPlatform:
		return by.In(domain.ScopeMarket), nil
	default:
		return domain.Entry{}, domain.ErrForbidden.Because("this is for a seller and for the platform")
	}
}

// Decision returns a decision about one of the caller's invoices, and what came of
// it when it was made again; the platform reads any.
func (s *Service) Decision(ctx context.Context, by domain.Caller, id domain.DecisionID) (Beside, error) {
	entry, err := sees(by)
	if err != nil {
		return Beside{}, err
	}
	var found Beside
	err = s.read(ctx, entry, func(tx Tx) error {
		d, err := tx.Decision(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return err
		}
		found, err = beside(ctx, tx, by, d)
		return err
	})
	return found, err
}

// beside finds the other of the two that a decision stands beside.
func beside(ctx context.Context, tx Tx, by domain.Caller, d domain.Decision) (Beside, error) {
	if !d.First.IsZero() {
		first, err := tx.Decision(ctx, d.First, by.Organization, by.Kind)
		return Beside{d, &first, &d}, err
	}
	again, err := tx.MadeAgain(ctx, d)
	if err != nil || again.ID.IsZero() {
		return Beside{Decision: d}, err
	}
	return Beside{d, &d, &again}, nil
}

// Replay decides again on a decision's stored inputs, and says whether the same
// bytes came out.
func (s *Service) Replay(ctx context.Context, by domain.Caller, id domain.DecisionID) (domain.Decision, bool, error) {
	entry, err := sees(by)
	if err != nil {
		return domain.Decision{}, false, err
	}
	var d domain.Decision
	var again []byte
	err = s.read(ctx, entry, func(tx Tx) error {
		var err error
		if d, err = tx.Decision(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		if again, err = s.replay(ctx, tx, d.Model, d.Inputs); err != nil {
			return fmt.Errorf("replay %s: %w", id, err)
		}
		return nil
	})
	return d, string(again) == string(d.Result), err
}

// again makes a decision again, with the model of the first and as of its day, on
// payments that were looked up anew: the two differ by the facts only.
func (s *Service) again(ctx context.Context, tx Tx, first domain.Decision, inv domain.Invoice) (domain.Decision, error) {
	inputs, err := underwriting.DecodeInputs(first.Inputs)
	if err != nil {
		return domain.Decision{}, fmt.Errorf("read inputs of %s: %w", first.ID, err)
	}
	inv.Issued, inv.Due, inv.Basis = inputs.Issued, inputs.Due, inputs.Basis
	payments, err := tx.PaymentsAsOf(ctx, inv, inputs.Today, first.Known())
	if err != nil {
		return domain.Decision{}, fmt.Errorf("look up payments as of %s: %w", inputs.Today, err)
	}
	payments.Invoice, payments.Relationship.Country = inv, inputs.Country
	stored := paidAs(inputs, payments).Encode()
	result, err := s.replay(ctx, tx, first.Model, stored)
	if err != nil {
		return domain.Decision{}, fmt.Errorf("decide %s again: %w", first.ID, err)
	}
	decided, err := underwriting.DecodeDecision(result)
	if err != nil {
		return domain.Decision{}, fmt.Errorf("decide %s again: %w", first.ID, err)
	}
	return domain.Decision{
		Seller: first.Seller, Invoice: first.Invoice, Model: decided.Model, Outcome: decided.Outcome, Inputs: stored, Result: result,
		First: first.ID, KnownAt: first.Known(),
	}, nil
}
