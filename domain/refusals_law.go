package domain

// The refusals of what a contract says of assignment, and of what the law adds to a late payment.
var (
	// ErrAssignmentForbidden: the contract forbids the assignment, and neither the debtor nor
	// a law that counsel signed for lifts that.
	ErrAssignmentForbidden = &Refusal{Kind: Invalid, Code: "assignment-forbidden", Title: "The contract forbids the assignment of this invoice"}

	// ErrUnknownRate: interest is not computed from a rate that nobody looked up.
	ErrUnknownRate = &Refusal{Kind: Conflict, Code: "rate-unknown", Title: "The published rate is not known for these days"}

	// ErrAssignmentChanged: an offer is for what its factor saw.
	ErrAssignmentChanged = &Refusal{Kind: Conflict, Code: "assignment-changed", Title: "What is known of the assignment is not what the offer was made on"}
)
