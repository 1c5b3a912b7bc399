package marketplace

import (
	"context"
	"errors"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// A WhatIf is an invoice that is only thought of: of a relationship, or one that is
// here with other parts. Zero parts of the latter stay as they are.
type WhatIf struct {
	Relationship domain.RelationshipID
	Invoice      domain.InvoiceID
	Amount       money.Amount // of a relationship: what the debtor is expected to pay
	AmountText   string       // of an invoice: the same, in its own currency
	Issued, Due  domain.Date
	Verified     *underwriting.Verification // in place of each mandate's own; nil: as the mandate has it
}

// Quoted is what would come of submitting an invoice now. Nothing of it is stored.
type Quoted struct {
	Priced
	Invoice  domain.Invoice // with the parts that were thought of; its id is zero for one of a relationship
	Verified *underwriting.Verification
	Needed   []*domain.Refusal // what a submission would be refused for
}

// Quote says what would come of submitting an invoice now: it is priced as a
// submission is, and nothing is stored or locked. It refuses with
// domain.ErrNotFound for what is not the caller's, with ErrInvalid for dates out of
// order and with ErrNothingToBuy.
func (s *Service) Quote(ctx context.Context, by domain.Caller, of WhatIf) (Quoted, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return Quoted{}, err
	}
	var quoted Quoted
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		m, use, err := tx.Prospect(ctx, by.Organization, domain.Invoice{ID: of.Invoice, Relationship: of.Relationship, Basis: of.Amount, Issued: of.Issued}, by.Now)
		if err != nil {
			return err
		}
		if m, err = of.put(m); err != nil {
			return err
		}
		_, forbidden := assignable(ctx, tx, by, m.Relationship)
		quoted = Quoted{Invoice: m.Invoice, Verified: of.Verified}
		if quoted.Needed, err = needed(m, forbidden); err != nil {
			return err
		}
		m.Velocity = underwriting.Velocity{} // a quote does not say what a person would look at: asked often enough it would teach it
		if quoted.Priced, err = s.price(ctx, tx, m, use, by.Now); quoted.Decision.Outcome != underwriting.OutcomeOffer {
			quoted.Bids = nil // what a person has to look at first is nobody's to quote
		}
		return err
	})
	return quoted, err
}

// put returns what a price depends on, with the parts that were thought of.
func (w WhatIf) put(m underwriting.Submission) (underwriting.Submission, error) {
	inv := &m.Invoice
	inv.Seller, inv.Relationship = m.Seller.ID, m.Relationship.ID
	if w.Invoice.IsZero() {
		inv.Basis = w.Amount
	} else if w.AmountText != "" {
		basis, err := money.Parse(w.AmountText, inv.Basis.Currency())
		if err != nil {
			return m, domain.ErrInvalid.At("/changes/amount", "not-an-amount", "write a plain decimal as "+string(inv.Basis.Currency())+" has it")
		}
		inv.Basis = basis
	}
	if !w.Issued.IsZero() {
		inv.Issued = w.Issued
	}
	if !w.Due.IsZero() {
		inv.Due = w.Due
	}
	if w.Verified != nil {
		m.Verification = *w.Verified
		for i := range m.Buyers {
			m.Buyers[i].Mandate.Terms.VerificationHaircut = w.Verified.Haircut()
		}
	}
	if err := inv.Financeable(); err != nil {
		return m, err
	}
	row := domain.HistoryRow{PastInvoice: domain.PastInvoice{Amount: inv.Basis, Issued: inv.Issued, Due: inv.Due}}
	if faults := row.Faults(domain.HistoryRow{}, inv.Issued); len(faults) > 0 {
		return m, invalid(faults, func(f domain.Field) string { return w.pointer() + f.Pointer })
	}
	return m, nil
}

func (w WhatIf) pointer() string {
	if w.Invoice.IsZero() {
		return "/"
	}
	return "/changes/"
}

// needed is what a submission would be refused for; forbidden is what assignable said.
func needed(m underwriting.Submission, forbidden error) ([]*domain.Refusal, error) {
	var all []*domain.Refusal
	if !m.Relationship.Identified() {
		all = append(all, domain.ErrNotIdentified.Because("give %s a legal type, a country, an address and a time zone", m.Relationship.Name))
	}
	if !m.HasAccount {
		all = append(all, domain.ErrNoAccount.Because("in %s", m.Invoice.Basis.Currency()))
	}
	if refusal, refused := errors.AsType[*domain.Refusal](forbidden); refused {
		return append(all, refusal), nil
	}
	return all, forbidden
}
