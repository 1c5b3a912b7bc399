package domain

// The refusals of mediations.
var (
	// ErrNotNeutral: who belongs to a party, or was objected to, is no neutral in the dispute.
	ErrNotNeutral = &Refusal{Kind: Conflict, Code: "not-neutral", Title: "This organisation cannot be the neutral in this dispute"}

	// ErrNotAdmitted: only an entry of the register that is valid may be appointed.
	ErrNotAdmitted = &Refusal{Kind: Invalid, Code: "not-admitted", Title: "This organisation is not admitted as a neutral"}

	// ErrNotCovered: what would be credited is more than can be paid back now. How much can be is
	// the seller's and the factor's to know.
	ErrNotCovered = &Refusal{Kind: Conflict, Code: "credit-not-covered", Title: "This credit cannot be booked now"}
)
