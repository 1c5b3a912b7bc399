package marketplace

import (
	"context"

	"comity/domain"
)

// A PayoutOrder is everything that the file for a factor's bank says.
type PayoutOrder struct {
	Payout        domain.Payout
	From, To      domain.BankAccount
	Factor        domain.Organization // who sends the order, and whose day it is
	InvoiceNumber string
}

// ExecuteOn returns the day on which the bank is to carry the order out: that of
// its instruction, where the factor is.
func (o PayoutOrder) ExecuteOn() domain.Date {
	return today(o.Payout.InstructedAt, o.Factor.Zone())
}

// Payout returns an order on a deal of the caller's.
func (s *Service) Payout(ctx context.Context, by domain.Caller, id domain.PayoutID) (domain.Payout, error) {
	var order domain.Payout
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		order, err = tx.Payout(ctx, id, by.Organization, by.Kind)
		return err
	})
	return order, err
}

// Payouts lists the orders on the caller's deals; status "" means all. A seller
// sees none of the factor's own transfers.
func (s *Service) Payouts(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Payout, error) {
	var orders []domain.Payout
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		orders, err = tx.Payouts(ctx, by.Organization, by.Kind, status, page)
		return err
	})
	return orders, err
}

// PayoutFile returns what the file for the bank says, to the factor that orders.
// It refuses with domain.ErrNotFound, and with ErrWrongState while the order
// waits for its release.
func (s *Service) PayoutFile(ctx context.Context, by domain.Caller, id domain.PayoutID) (PayoutOrder, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return PayoutOrder{}, err
	}
	var order PayoutOrder
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		if _, err := tx.Payout(ctx, id, by.Organization, by.Kind); err != nil {
			return err // not the caller's order
		}
		file, payout, err := tx.PayoutFile(ctx, id)
		if err != nil {
			return err
		}
		if payout.InstructedAt.IsZero() {
			return domain.ErrWrongState.Because("the order waits for its release").In(string(payout.Status), string(domain.PayoutInstructed))
		}
		order = PayoutOrder{Payout: payout, Factor: file.Factor, InvoiceNumber: file.Deal.InvoiceNumber}
		if order.From, err = tx.Account(ctx, payout.From); err != nil {
			return err
		}
		order.To, err = tx.Account(ctx, payout.To)
		return err
	})
	return order, err
}
