package domain

import "fmt"

// An AssignmentClause is what a contract says of assigning what is owed under it.
type AssignmentClause string

// The clauses there are; the empty one is that the seller has not said.
const (
	ClauseNone    AssignmentClause = "none"
	ClauseForbids AssignmentClause = "forbids"
)

// An Assignment is what the contract between a seller and its debtor says of assigning what is owed
// under it, in the seller's words (F-43). The zero one is that the seller has not said.
type Assignment struct {
	Clause       AssignmentClause
	GoverningLaw string // ISO 3166-1 alpha-2, or a part of it after ISO 3166-2; "": not known
	ContractOn   Date   // the day of the contract; zero: not known
	SmallSeller  bool   // the seller was a small or medium-sized business on that day
	Consent      DebtorConsent
}

// A DebtorConsent is a debtor's word that what it owes may be assigned all the same. The zero one is
// none.
type DebtorConsent struct {
	By       string // who gave it
	On       Date
	Evidence string // in which document
}

// Check refuses with [ErrInvalid] what a contract cannot say, or not yet on a day.
func (a Assignment) Check(today Date) error {
	switch {
	case a.Clause == "" && a != Assignment{}:
		return ErrInvalid.At("/assignment/clause", "required", "none or forbids")
	case a.ContractOn.After(today):
		return ErrInvalid.At("/assignment/contract_on", "in-the-future", "not after today")
	case a.Consent == DebtorConsent{}:
		return nil
	case a.Clause == ClauseNone:
		return ErrInvalid.At("/assignment/consent", "not-allowed", "where nothing is forbidden nobody consents")
	case a.Consent.By == "" || a.Consent.On.IsZero() || a.Consent.Evidence == "":
		return ErrInvalid.At("/assignment/consent", "required", "who consented, on which day, and in which document")
	case a.Consent.On.After(today):
		return ErrInvalid.At("/assignment/consent/on", "in-the-future", "not after today")
	default:
		return nil
	}
}

// An AssignmentGround is why something may be assigned.
type AssignmentGround string

// The grounds there are.
const (
	GroundNotStated AssignmentGround = "not_stated" // the seller has not said what the contract says
	GroundNoClause  AssignmentGround = "no_clause"
	GroundConsent   AssignmentGround = "consent" // the debtor's
	GroundLaw       AssignmentGround = "law"     // which overrides the clause
)

// An Assignable says what a contract says of assignment and why what is owed under it may be assigned
// all the same: what a factor sees before it buys, kept with the offer and the deal as it was then.
type Assignable struct {
	Assignment
	Ground    AssignmentGround
	Law       string // the code of the row of law; "" on other grounds, as what follows
	LawText   string
	Counsel   string // who signed it
	Reference string
	ReviewBy  Date // the signature's last day
}

// Assignable returns on which ground what a debtor of a legal type owes may be assigned on a day. It
// refuses with [ErrAssignmentForbidden] where the contract forbids it, the debtor has not consented and
// no signed row of law overrides the clause.
func (a Assignment) Assignable(debtor LegalType, laws []Law, signatures []LawSignature, today Date) (Assignable, error) {
	found := Assignable{Assignment: a}
	switch {
	case a.Clause == "":
		found.Ground = GroundNotStated
		return found, nil
	case a.Clause == ClauseNone:
		found.Ground = GroundNoClause
		return found, nil
	case a.Consent != DebtorConsent{}:
		found.Ground = GroundConsent
		return found, nil
	}
	for _, l := range laws {
		if !l.overrides(a, debtor) {
			continue
		}
		if state, signature := l.On(today, signatures); state == LawSigned {
			found.Ground, found.Law, found.LawText = GroundLaw, l.Code, l.Text
			found.Counsel, found.Reference, found.ReviewBy = signature.Counsel, signature.Reference, signature.ReviewBy
			return found, nil
		}
	}
	return found, ErrAssignmentForbidden.Because("%s", a.help(debtor, laws))
}

// overrides reports whether a row of law, once signed, lifts a contract's clause.
func (l Law) overrides(a Assignment, debtor LegalType) bool {
	return l.Kind == LawOverride && l.Covers(a.GoverningLaw) && l.Reaches(debtor) && (a.SmallSeller || !l.SmallSellers) &&
		(l.From.IsZero() || !a.ContractOn.IsZero() && !a.ContractOn.Before(l.From))
}

// help says what would let an invoice be sold whose contract forbids it.
func (a Assignment) help(debtor LegalType, laws []Law) string {
	said := "record the debtor's written consent with the relationship: who gave it, on which day, and in which document"
	if a.GoverningLaw == "" || a.ContractOn.IsZero() {
		return said + "; or say which law governs the contract and of which day it is, so that a law which overrides the clause can be found"
	}
	for _, l := range laws {
		if l.overrides(a, debtor) {
			return said + fmt.Sprintf("; the law of %s may override the clause, and no counsel's signature for it is in force here (%s)", a.GoverningLaw, l.Code)
		}
	}
	return said
}

// SameGround reports whether two stand on the same: the same words of the contract, and the same
// consent or row of law, whoever signed that.
func (a Assignable) SameGround(b Assignable) bool {
	return a.Assignment == b.Assignment && a.Ground == b.Ground && a.Law == b.Law
}
