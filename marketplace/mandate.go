package marketplace

import (
	"context"
	"fmt"

	"comity/domain"
	"comity/underwriting"
)

// CreateMandate adds a factor's commitment to buy, as a draft. It refuses with
// domain.ErrInvalid, naming the field, when an account is not the factor's own
// of the right purpose and currency, or when no contract could mean the terms.
func (s *Service) CreateMandate(ctx context.Context, by domain.Caller, m domain.Mandate, once domain.Once[domain.Mandate]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor, domain.RoleOwner, domain.RoleAnalyst); err != nil {
		return domain.Answer{}, err
	}
	if err := checkTerms(m.Terms); err != nil {
		return domain.Answer{}, err
	}
	m.ID, m.Factor, m.World, m.State, m.Version, m.CreatedAt = domain.New[domain.MandateID](), by.Organization, by.World, domain.MandateDraft, 1, by.Now
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeFactor), func(tx Tx) (domain.Answer, error) {
		accounts, err := tx.Accounts(ctx, by.Organization)
		if err != nil {
			return domain.Answer{}, fmt.Errorf("read accounts: %w", err)
		}
		if err := checkAccounts(m, accounts); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveMandate(ctx, m); err != nil {
			return domain.Answer{}, fmt.Errorf("save mandate: %w", err)
		}
		return once.Answer(m), tx.SaveTrail(ctx, mandateTrail(audit, by, "mandate.created", m))
	})
}

func mandateTrail(id domain.AuditID, by domain.Caller, action string, m domain.Mandate) domain.Trail {
	return domain.Trail{Audit: []domain.AuditRow{
		domain.Audited(id, by, action, "mandate", m.ID.UUID, m.State, m.Version, m.Operating, m.Collection, fmt.Sprintf("%+v", m.Terms)),
	}}
}

// checkTerms says which field of the terms no contract could mean.
func checkTerms(t domain.MandateTerms) error {
	if err := t.Fee.Check(); err != nil {
		return domain.ErrInvalid.At("/fee", "not-a-fee", err.Error())
	}
	if err := underwriting.CheckMandate(t); err != nil {
		return domain.ErrInvalid.At("", "not-a-mandate", err.Error())
	}
	refusal := domain.ErrInvalid
	if t.MaxFace.Less(t.MinFace) {
		refusal = refusal.At("/max_face", "less-than-min-face", "the largest face value is at least the smallest")
	}
	if !t.AdvanceCap.Positive() {
		refusal = refusal.At("/advance_cap", "not-positive", "a mandate that advances nothing buys nothing")
	}
	if !t.DebtorLimit.Positive() || t.FacilityLimit.Less(t.DebtorLimit) {
		refusal = refusal.At("/debtor_limit", "out-of-range", "more than nothing, and at most the facility limit")
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}

// checkAccounts says which of a mandate's accounts is not the factor's own for
// that purpose and currency: in the same words whether there is such an account
// or not.
func checkAccounts(m domain.Mandate, own []domain.BankAccount) error {
	refusal := domain.ErrInvalid
	fits := func(id domain.AccountID, purpose domain.AccountPurpose) bool {
		for _, account := range own {
			if account.ID == id {
				return account.Purpose == purpose && account.HeldBy.IsZero() && account.Currency == m.Terms.Currency
			}
		}
		return false
	}
	if !fits(m.Operating, domain.AccountOperating) {
		refusal = refusal.At("/operating_account_id", "not-such-an-account", fmt.Sprintf("name an operating account of yours in %s", m.Terms.Currency))
	}
	if !fits(m.Collection, domain.AccountCollection) {
		refusal = refusal.At("/collection_account_id", "not-such-an-account", fmt.Sprintf("name a collection account of yours in %s", m.Terms.Currency))
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}

// ActivateMandate lets a mandate make offers. It refuses with domain.ErrConflict
// when another of the factor's is active in the same currency.
func (s *Service) ActivateMandate(ctx context.Context, by domain.Caller, id domain.MandateID, once domain.Once[domain.Mandate]) (domain.Answer, error) {
	return s.moveMandate(ctx, by, id, domain.MandateActive, once)
}

// PauseMandate keeps a mandate from making offers; those that were made stand.
func (s *Service) PauseMandate(ctx context.Context, by domain.Caller, id domain.MandateID, once domain.Once[domain.Mandate]) (domain.Answer, error) {
	return s.moveMandate(ctx, by, id, domain.MandatePaused, once)
}

func (s *Service) moveMandate(ctx context.Context, by domain.Caller, id domain.MandateID, next domain.MandateState, once domain.Once[domain.Mandate]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor, domain.RoleOwner, domain.RoleAnalyst); err != nil {
		return domain.Answer{}, err
	}
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeFactor), func(tx Tx) (domain.Answer, error) {
		m, err := tx.LockMandate(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := domain.MandateMoves.Move(m.State, next); err != nil {
			return domain.Answer{}, err
		}
		m.State = next
		m.Version++
		if err := tx.UpdateMandate(ctx, m); err != nil {
			return domain.Answer{}, fmt.Errorf("update mandate %s: %w", id, err)
		}
		return once.Answer(m), tx.SaveTrail(ctx, mandateTrail(audit, by, "mandate."+string(next), m))
	})
}

// Mandate returns a mandate of the caller's.
func (s *Service) Mandate(ctx context.Context, by domain.Caller, id domain.MandateID) (domain.Mandate, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Mandate{}, err
	}
	var m domain.Mandate
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		m, err = tx.Mandate(ctx, id, by.Organization)
		return err
	})
	return m, err
}

// Mandates lists the caller's mandates; an empty state does not filter.
func (s *Service) Mandates(ctx context.Context, by domain.Caller, state string, page domain.Page) ([]domain.Mandate, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return nil, err
	}
	var all []domain.Mandate
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		all, err = tx.Mandates(ctx, by.Organization, state, page)
		return err
	})
	return all, err
}
