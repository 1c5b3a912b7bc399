package marketplace

import (
	"context"
	"fmt"
	"slices"

	"comity/domain"
)

// CreateAccount adds a bank account of the caller's organisation: a seller's
// for pay-outs, a factor's for paying from or for collecting. Only an owner
// may. It refuses with domain.ErrInvalid for a purpose of the other side, and
// with ErrConflict when the account is there already.
func (s *Service) CreateAccount(ctx context.Context, by domain.Caller, account domain.BankAccount, once domain.Once[domain.BankAccount]) (domain.Answer, error) {
	if err := by.Must(by.Kind, domain.RoleOwner); err != nil {
		return domain.Answer{}, err
	}
	if !slices.Contains(domain.PurposesOf(by.Kind), account.Purpose) {
		return domain.Answer{}, domain.ErrInvalid.At("/purpose", "not-allowed", fmt.Sprintf("a %s has no account for this", by.Kind))
	}
	account.ID, account.Organization, account.CreatedAt = domain.New[domain.AccountID](), by.Organization, by.Now
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, by.Own().Scope), func(tx Tx) (domain.Answer, error) {
		if err := tx.SaveAccount(ctx, account); err != nil {
			return domain.Answer{}, fmt.Errorf("save account: %w", err)
		}
		return once.Answer(account), tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(audit, by, "account.added", "account", account.ID.UUID, account.Purpose, account.Currency, account.Number.Key()),
		}})
	})
}

// BankAccount returns an account of the caller's organisation.
func (s *Service) BankAccount(ctx context.Context, by domain.Caller, id domain.AccountID) (domain.BankAccount, error) {
	var account domain.BankAccount
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		account, err = tx.OwnAccount(ctx, id, by.Organization)
		return err
	})
	return account, err
}

// BankAccounts lists the accounts of the caller's organisation.
func (s *Service) BankAccounts(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.BankAccount, error) {
	var accounts []domain.BankAccount
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		accounts, err = tx.AccountsPage(ctx, by.Organization, page)
		return err
	})
	return accounts, err
}
