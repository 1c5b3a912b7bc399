package domain

import (
	"fmt"
	"time"

	"comity/money"
)

// A Standing is what a factor thinks of a seller as the second source of repayment
// (D-9). The zero one is no opinion, and is priced as the worst.
type Standing struct {
	Factor     OrganizationID
	Seller     OrganizationID
	Grade      string     // A to E; empty: none yet
	AdvanceCap money.Rate // highest advance rate for this seller; zero: none
	Reason     string
	Version    int // 0: never set
	SetAt      time.Time
}

// A Verification records how far a claim was found to be proven (D-33): who was asked
// by what means, what the answer was, and until when it counts.
type Verification struct {
	ID       VerificationID
	Seller   OrganizationID
	Invoice  InvoiceID
	Level    int // 0 to 6 of DOMAIN 3.5; 0 says that what was recorded before no longer counts
	Method   string
	Asked    string // whom
	Answer   string
	Evidence []byte // SHA-256 of what shows it; nil: nothing was kept
	Expires  Date   // the last day on which it counts
	By       OrganizationID
	User     UserID
	At       time.Time
}

// The levels of verification whose limits this room knows.
const (
	VerificationHighest  = 6
	VerificationBySeller = 2  // the highest that a seller records itself: whoever sells does not verify
	VerificationDays     = 30 // for which a verification counts unless it says otherwise
	verificationLongest  = 366
)

// Check refuses with [ErrInvalid] a level that is not the recorder's to give, or an
// expiry that is past or more than a year away.
func (v Verification) Check(by OrganizationKind, today Date) error {
	refusal := ErrInvalid
	if highest := VerificationBySeller; by == KindSeller && (v.Level < 1 || v.Level > highest) {
		refusal = refusal.At("/level", "not-yours-to-give", fmt.Sprintf("a seller records levels 1 to %d; more needs somebody who does not sell", highest))
	}
	if by == KindSeller && v.Level == VerificationBySeller && v.Evidence == nil {
		refusal = refusal.At("/evidence_sha256", "required", "proof of delivery is shown by something: give its digest")
	}
	if v.Expires.Before(today) || v.Expires.After(today.Plus(verificationLongest)) {
		refusal = refusal.At("/expires_on", "out-of-range", fmt.Sprintf("a day from %s to %s", today, today.Plus(verificationLongest)))
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}

// ForSeller returns v as its seller reads it: that the platform found an invoice not
// proven, and not what was found (D-8).
func (v Verification) ForSeller() Verification {
	if v.Level == 0 && v.By != v.Seller {
		v.Method, v.Asked, v.Answer, v.Evidence = "review", "", "", nil
	}
	return v
}

// A DilutionRecord is what one debtor took off a seller's sales otherwise than by
// paying, by month of sale, as the seller's books have it. The latest one of a currency
// counts.
type DilutionRecord struct {
	ID           DilutionRecordID
	Seller       OrganizationID
	Relationship RelationshipID
	Currency     money.Currency
	LagDays      int // within which nineteen in twenty credits come; negative: not said
	Months       []DilutionMonth
	User         UserID
	At           time.Time
}

// A DilutionMonth is the sales of one month and the credits on them, whenever they came.
type DilutionMonth struct {
	Start          Date // the first day of the month
	Sales, Credits money.Amount
}

// Bounds of a dilution record.
const (
	DilutionMonths  = 36  // months at most
	DilutionLagDays = 730 // at most
	dilutionOldest  = 1461
)

// Check refuses with [ErrInvalid] months that are not whole, not in order or not over
// yet, and credits beyond the sales they are on.
func (r DilutionRecord) Check(today Date) error {
	refusal := ErrInvalid
	for i, m := range r.Months {
		at := fmt.Sprintf("/months/%d", i)
		switch {
		case m.Start.Plus(-1).MonthEnd() != m.Start.Plus(-1):
			refusal = refusal.At(at+"/month", "not-a-month", "write a year and a month")
		case i > 0 && !r.Months[i-1].Start.Before(m.Start):
			refusal = refusal.At(at+"/month", "out-of-order", "months follow each other, each once")
		case !m.Start.MonthEnd().Before(today):
			refusal = refusal.At(at+"/month", "not-over", "only months that are over")
		case m.Start.Before(today.Plus(-dilutionOldest)):
			refusal = refusal.At(at+"/month", "too-old", "only months of the last four years")
		}
		if m.Sales.Less(m.Credits) {
			refusal = refusal.At(at+"/credits", "more-than-sales", "credits are on the sales of this month")
		}
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}
