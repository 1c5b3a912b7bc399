package marketplace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"comity/domain"
)

// CreateAccount adds a bank account of the caller's organisation: a seller's
// for pay-outs, a factor's for paying from or for collecting. Only an owner
// may. A factor's collection account may bear the name of a seller, who holds it for
// the factor. It refuses with domain.ErrInvalid for a purpose of the other side or a
// holder that is not that seller, and with ErrConflict when the account is there already.
func (s *Service) CreateAccount(ctx context.Context, by domain.Caller, account domain.BankAccount, once domain.Once[domain.BankAccount]) (domain.Answer, error) {
	if err := by.Must(by.Kind, domain.RoleOwner); err != nil {
		return domain.Answer{}, err
	}
	if !slices.Contains(domain.PurposesOf(by.Kind), account.Purpose) {
		return domain.Answer{}, domain.ErrInvalid.At("/purpose", "not-allowed", fmt.Sprintf("a %s has no account for this", by.Kind))
	}
	if !account.HeldBy.IsZero() && account.Purpose != domain.AccountCollection {
		return domain.Answer{}, domain.ErrInvalid.At("/held_by", "not-allowed", "only a collection account bears a seller's name")
	}
	account.ID, account.Organization, account.CreatedAt = domain.New[domain.AccountID](), by.Organization, by.Now
	audit := domain.New[domain.AuditID]()
	scope := by.Own().Scope
	if !account.HeldBy.IsZero() {
		scope = domain.ScopeMarket // the seller is looked up
	}
	return s.atomically(ctx, once.Entry(by, scope), func(tx Tx) (domain.Answer, error) {
		if err := heldBySeller(ctx, tx, by, account); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveAccount(ctx, account); err != nil {
			return domain.Answer{}, fmt.Errorf("save account: %w", err)
		}
		return once.Answer(account), tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(audit, by, "account.added", "account", account.ID.UUID, account.Purpose, account.Currency, account.Number.Key()),
		}})
	})
}

// heldBySeller refuses an account that is to bear a seller's name and does not, in the same words
// whether there is such a seller or not.
func heldBySeller(ctx context.Context, tx Tx, by domain.Caller, account domain.BankAccount) error {
	if account.HeldBy.IsZero() {
		return nil
	}
	seller, err := tx.Organization(ctx, account.HeldBy)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return fmt.Errorf("read seller %s: %w", account.HeldBy, err)
	}
	if err != nil || seller.World != by.World || seller.Kind != domain.KindSeller || !strings.EqualFold(seller.Name, account.Holder) {
		return domain.ErrInvalid.At("/held_by", "not-the-holder", "name the seller in whose name the account is, and its name as the holder")
	}
	return nil
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
