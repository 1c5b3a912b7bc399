package domain

// The refusals of objections and of corrections to a seller's history.
var (
	// ErrObjectionOpen: a decision has one open objection at a time.
	ErrObjectionOpen = &Refusal{Kind: Conflict, Code: "objection-open", Title: "An objection to this decision is open already"}

	// ErrNotImported: what Comity recorded itself, a purchase for one, is not a
	// seller's to correct.
	ErrNotImported = &Refusal{Kind: Conflict, Code: "not-imported", Title: "Only history that you imported can be corrected"}
)
