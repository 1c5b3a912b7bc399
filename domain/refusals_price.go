package domain

// The refusals that pricing gives (package underwriting). Each is particular to
// one invoice under one mandate: another mandate may still buy it.
var (
	// ErrNothingToPayOut: haircuts, the highest fee and the charges leave the
	// seller no cash on the day of purchase.
	ErrNothingToPayOut = &Refusal{Kind: Invalid, Code: "nothing-to-pay-out", Title: "The terms leave nothing to pay out"}

	// ErrOutsideMandate: the currency, the size or the term of the invoice is
	// not one that the factor committed to buy.
	ErrOutsideMandate = &Refusal{Kind: Invalid, Code: "outside-mandate", Title: "The invoice is outside the factor's mandate"}

	// ErrTooLatePayer: the debtor is expected to pay later than the mandate
	// allows, or after the recourse day.
	ErrTooLatePayer = &Refusal{Kind: Invalid, Code: "too-late-payer", Title: "The debtor is expected to pay too late"}
)
