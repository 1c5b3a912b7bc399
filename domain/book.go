package domain

import (
	"time"

	"comity/money"
)

// A BookFilter says whose books are read, and how far.
type BookFilter struct {
	Organization OrganizationID
	Kind         OrganizationKind
	Other        OrganizationID // the other party; zero: all
	Relationship RelationshipID // zero: all
	Deal         DealID         // zero: all
	AsOf         Date           // effective on or before
	KnownAt      time.Time      // known at or before
}

// An OpenItem is what a debtor owed on one invoice.
type OpenItem struct {
	Deal          DealID
	InvoiceNumber string
	Due           Date
	Relationship  RelationshipID
	Seller        OrganizationID
	Factor        OrganizationID
	Debtor        string
	Open          money.Amount
}

// AgeBuckets are the columns of an aging report: not due, then days past due.
var AgeBuckets = []string{"not_due", "1_30", "31_60", "61_90", "over_90"}

// AgeBucket returns the column of an aging report for an item on a day.
func (i OpenItem) AgeBucket(on Date) string {
	switch late := i.Due.DaysUntil(on); {
	case late <= 0:
		return AgeBuckets[0]
	case late <= 30:
		return AgeBuckets[1]
	case late <= 60:
		return AgeBuckets[2]
	case late <= 90:
		return AgeBuckets[3]
	default:
		return AgeBuckets[4]
	}
}
