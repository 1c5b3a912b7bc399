package main

import (
	"bytes"
	"context"

	"comity/domain"
	"comity/money"
)

// trustAccount is what the story's bank calls the account in the seller's name that is held for the factor.
const trustAccount = "trust"

// heldNumber is the number of that account.
func heldNumber() domain.BankAccountNumber {
	const account = 990_001
	number, err := testIBAN(account)
	if err != nil {
		panic(err) // it is the same every time
	}
	return number
}

// quietPaper is an invoice that a debtor pays to that account, and of whose sale it is not told.
func quietPaper(name string, ubl []byte) paper {
	means := "<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount><cbc:ID>" + heldNumber().IBAN() + "</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
	tax := []byte("<cac:TaxTotal>") // comes behind it
	p := paperOf(name, bytes.Replace(ubl, tax, append([]byte(means), tax...), 1))
	p.mode = domain.Confidential
	return p
}

// confidentialLevel is from which verification on the factor buys what a debtor is not told of; zero when there is
// no such debtor.
func (s *story) confidentialLevel() int {
	for _, p := range s.papers {
		if p.mode == domain.Confidential {
			return domain.ConfidentialLevel
		}
	}
	return 0
}

// confide does what a confidential sale needs before it: the account that is held for the factor, and an
// invoice that is proven without a word to its debtor.
func (s *story) confide(ctx context.Context, p *played) error {
	if p.mode != domain.Confidential {
		return nil
	}
	currency := p.basis.Currency()
	if s.bank.account(trustAccount, currency) == nil {
		var me struct {
			Organization struct {
				ID string `json:"id"`
			} `json:"organization"`
		}
		if err := p.seller.get(ctx, "/v1/me", &me); err != nil {
			return err
		}
		var account struct {
			ID string `json:"id"`
		}
		if err := s.factor.post(ctx, "/v1/bank-accounts", map[string]any{
			"purpose": "collection", "currency": currency, "holder": p.seller.name, "held_by": me.Organization.ID, "iban": heldNumber().IBAN(),
		}, &account); err != nil {
			return err
		}
		s.bank.open(account.ID, trustAccount, heldNumber(), domain.MustDate(pageDay), money.Minor(0, currency))
	}
	return s.platform.post(ctx, "/v1/invoices/"+p.invoice+"/verifications", map[string]any{
		"level": domain.ConfidentialLevel, "method": "status in the debtor's portal", "asked": "the portal of " + p.read.Invoice.Buyer.Name, "answer": "approved for payment",
		"expires_on": domain.MustDate(pageDay).Plus(30).String(),
	}, nil)
}
