package marketplace

import (
	"context"

	"comity/domain"
	"comity/ledger"
)

// TrialBalance returns the balances of the caller's side of the books: a
// factor's whole book, or what concerns a seller of every book.
func (s *Service) TrialBalance(ctx context.Context, by domain.Caller, of domain.BookFilter) ([]ledger.Balances, error) {
	var balances []ledger.Balances
	err := s.readBooks(ctx, by, &of, func(tx Tx) error {
		var err error
		balances, err = tx.TrialBalance(ctx, of)
		return err
	})
	return balances, err
}

// Aging returns what debtors owed on the day, item by item.
func (s *Service) Aging(ctx context.Context, by domain.Caller, of domain.BookFilter) ([]domain.OpenItem, error) {
	var items []domain.OpenItem
	err := s.readBooks(ctx, by, &of, func(tx Tx) error {
		var err error
		items, err = tx.Aging(ctx, of)
		return err
	})
	return items, err
}

// readBooks fills in the filter from the caller: as of today and known now
// unless it says otherwise.
func (s *Service) readBooks(ctx context.Context, by domain.Caller, of *domain.BookFilter, do func(Tx) error) error {
	if by.Kind == domain.KindPlatform {
		return domain.ErrForbidden.Because("the books are the factors' and the sellers'")
	}
	of.Organization, of.Kind = by.Organization, by.Kind
	if of.KnownAt.IsZero() {
		of.KnownAt = by.Now
	}
	return s.read(ctx, by.Own(), do)
}
