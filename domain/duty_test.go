package domain

import (
	"slices"
	"testing"
)

// TestWhoStandsBehindWhat holds C-212, D-10 and D-24: each class of message has a sender and each act
// somebody who grants it; where the debtor is not told, nothing leaves in the factor's name or can only
// come from it, and whoever bears a loss consents in either mode.
func TestWhoStandsBehindWhat(t *testing.T) {
	for _, mode := range Disclosures() {
		for _, m := range mode.MessageDuties() {
			if len(m.Sender) == 0 || m.Writer == "" || m.Replies == "" {
				t.Errorf("%s: nobody stands behind %+v", mode, m)
			}
			if mode == Confidential && (slices.Contains(m.Sender, KindFactor) || m.Replies == KindFactor || m.Class.Legal()) {
				t.Errorf("the debtor is not told, and reads %+v", m)
			}
		}
		for _, a := range mode.ActDuties() {
			bears := a.Act == ActPlanOutside || a.Act == ActSettlement
			if len(a.Grants) == 0 || a.People < 1 || bears && (a.People < 2 || !slices.Contains(a.Consents, KindSeller)) {
				t.Errorf("%s: %+v", mode, a)
			}
		}
	}
}

// TestWhoBuysInWhichMode holds F-44 and D-27: a table of what a confidential purchase wants, in the order in which a
// seller can mend it.
func TestWhoBuysInWhichMode(t *testing.T) {
	number, err := ParseIBAN("DE89 3704 0044 0532 0130 00")
	if err != nil {
		t.Fatal(err)
	}
	buyer := Buyer{Mandate: Mandate{Terms: MandateTerms{ConfidentialLevel: 4}}, Trust: BankAccount{ID: New[AccountID](), Number: number}}
	tests := map[string]struct {
		change func(*Buyer)
		how    Disclosure
		debtor LegalType
		level  int
		paidTo []string
		want   bool
	}{
		"told, whoever buys":     {func(b *Buyer) { *b = Buyer{} }, Notified, Company, 0, nil, true},
		"told, nothing said":     {func(b *Buyer) { *b = Buyer{} }, "", Company, 0, nil, true},
		"all that it takes":      {func(*Buyer) {}, Confidential, Company, 4, []string{Written("de89 3704 0044 0532 0130 00")}, true},
		"more than it takes":     {func(*Buyer) {}, Confidential, Company, 6, []string{number.IBAN()}, true},
		"a sole trader":          {func(*Buyer) {}, Confidential, SoleTrader, 6, []string{number.IBAN()}, false},
		"a partnership":          {func(*Buyer) {}, Confidential, Partnership, 6, []string{number.IBAN()}, false},
		"a public body":          {func(*Buyer) {}, Confidential, PublicBody, 6, []string{number.IBAN()}, true},
		"a trader that is told":  {func(*Buyer) {}, Notified, SoleTrader, 0, nil, true},
		"not offered":            {func(b *Buyer) { b.Mandate.Terms.ConfidentialLevel = 0 }, Confidential, Company, 6, []string{number.IBAN()}, false},
		"verified too little":    {func(*Buyer) {}, Confidential, Company, 3, []string{number.IBAN()}, false},
		"no account":             {func(b *Buyer) { b.Trust = BankAccount{} }, Confidential, Company, 4, []string{number.IBAN()}, false},
		"no account on it":       {func(*Buyer) {}, Confidential, Company, 4, nil, false},
		"another account on it":  {func(*Buyer) {}, Confidential, Company, 4, []string{"DE02120300000000202051"}, false},
		"that one and a second":  {func(*Buyer) {}, Confidential, Company, 4, []string{number.IBAN(), "DE02120300000000202051"}, false},
		"an empty account on it": {func(*Buyer) {}, Confidential, Company, 4, []string{""}, false},
	}
	for name, tc := range tests {
		b := buyer
		tc.change(&b)
		if err := b.Buys(tc.how, tc.debtor, tc.level, tc.paidTo); (err == nil) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
