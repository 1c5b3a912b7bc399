package domain

import (
	"cmp"
	"slices"
	"time"
)

// A Disclosure says whether a debtor is told that its invoice was sold (F-44).
type Disclosure string

// The two modes. In the confidential one the debtor hears from its supplier's accounts alone, pays to
// an account in the supplier's name that is held for the factor, and nothing that reaches it names the
// factor (D-24).
const (
	Notified     Disclosure = "notified"
	Confidential Disclosure = "confidential"
)

// Disclosures lists every mode.
func Disclosures() []Disclosure { return []Disclosure{Notified, Confidential} }

// mode reads a mode; one that nobody set is [Notified].
func mode(d Disclosure) Disclosure { return cmp.Or(d, Notified) }

// ConfidentialLevel is the lowest verification that a mandate may ask of what it buys confidentially: written status from
// the debtor's own domain or portal. Nobody but the seller can ask the debtor afterwards.
const ConfidentialLevel = 3

// Buys says whether a buyer takes an invoice in a mode: confidentially only who offers it, from a company or
// a public body (a natural person is owed the name of who asks, D-27), for a claim that is proven as far as its mandate asks, paid into an account in the seller's name that the invoice
// itself names: the debtor is told of no other. It refuses with [ErrConfidential].
func (b Buyer) Buys(how Disclosure, debtor LegalType, level int, paidTo []string) error {
	other := func(written string) bool { return !b.Trust.Number.Is(written) }
	switch {
	case how != Confidential:
		return nil
	case b.Mandate.Terms.ConfidentialLevel == 0:
		return ErrConfidential.Because("this factor tells every debtor")
	case debtor.Natural():
		return ErrConfidential.Because("the debtor is, or may be, a natural person, who has to know who asks it for money")
	case level < b.Mandate.Terms.ConfidentialLevel:
		return ErrConfidential.Because("the invoice is verified to level %d, and level %d is needed", max(level, 0), b.Mandate.Terms.ConfidentialLevel)
	case b.Trust.ID.IsZero():
		return ErrConfidential.Because("there is no account in your name that is held for this factor yet")
	case len(paidTo) == 0:
		return ErrConfidential.Because("the invoice does not say to which account it is paid: it must be the one that you hold for this factor, ending in %s", b.Trust.Number.Masked())
	case slices.ContainsFunc(paidTo, other):
		return ErrConfidential.Because("the invoice is to be paid to another account than the one that you hold for this factor, ending in %s", b.Trust.Number.Masked())
	default:
		return nil
	}
}

// PaidInto returns the account that a debtor pays to what a buyer takes in a mode.
func (b Buyer) PaidInto(how Disclosure) BankAccount {
	if how == Confidential {
		return b.Trust
	}
	return b.Collection
}

// A DisclosingStatus is how far a decision to tell a debtor after all has come.
type DisclosingStatus string

// The states there are.
const (
	DisclosingAsked     DisclosingStatus = "asked" // by one person of the factor
	DisclosingDone      DisclosingStatus = "done"  // a second one agreed: the mode is notified from then on
	DisclosingWithdrawn DisclosingStatus = "withdrawn"
)

// A DisclosingReason is why a factor tells a debtor after all.
type DisclosingReason string

// The reasons there are.
const (
	DisclosingSellerAsks DisclosingReason = "seller_asks"
	DisclosingDiverted   DisclosingReason = "payment_diverted"  // the seller took what is the factor's, or re-directed the debtor
	DisclosingInsolvent  DisclosingReason = "seller_insolvent"  // or about to be
	DisclosingUnanswered DisclosingReason = "debtor_unanswered" // what comes next can only come from the owner of the claim
	DisclosingDisputed   DisclosingReason = "disputed"          // a neutral person, or a court, has to know whose the claim is
)

// DisclosingReasons lists every reason.
func DisclosingReasons() []DisclosingReason {
	return []DisclosingReason{DisclosingSellerAsks, DisclosingDiverted, DisclosingInsolvent, DisclosingUnanswered, DisclosingDisputed}
}

// A Disclosing is the decision of two people of a factor to tell a debtor that its invoices were sold.
type Disclosing struct {
	ID         DisclosingID
	Case       CaseID
	Factor     OrganizationID
	Seller     OrganizationID
	Status     DisclosingStatus
	Reason     DisclosingReason
	Note       string // what it rests on; for the factor only
	AskedBy    UserID
	AskedAt    time.Time
	ApprovedBy UserID
	ApprovedAt time.Time
}

// Decide lets a second person agree, or anybody of the factor take the request back. It refuses with
// [ErrWrongState] what is decided already, and with [ErrTwoPeople] the agreement of who asked.
func (d *Disclosing) Decide(agreed bool, by Caller) error {
	switch {
	case d.Status != DisclosingAsked:
		return ErrWrongState.Because("it is decided already").In(string(d.Status))
	case !agreed:
		d.Status = DisclosingWithdrawn
	case d.AskedBy == by.User:
		return ErrTwoPeople
	default:
		d.Status = DisclosingDone
	}
	d.ApprovedBy, d.ApprovedAt = by.User, by.Now
	return nil
}
