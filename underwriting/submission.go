package underwriting

import (
	"comity/domain"
	"comity/underwriting/paytime"
)

// A Submission is everything that the price of one invoice depends on, as it
// was found and locked.
type Submission struct {
	Invoice      domain.Invoice
	Seller       domain.Organization
	Relationship domain.Relationship
	Paid         []PaidBucket // the relationship's own payments
	Open         []OpenBucket
	Payments     int
	Disputed     int
	Buyers       []domain.Buyer
	HasAccount   bool // the seller has a pay-out account in the invoice's currency

	// What a fitted model reads, see [NewRecord].
	Cells     []paytime.Paid
	OpenCells []paytime.Open
	Book      paytime.Book
	SameDay   int
	Register  map[string]string
}
