package domain

// The refusals of fitted models.
var (
	// ErrShadowTaken: one model at a time scores beside the live one.
	ErrShadowTaken = &Refusal{Kind: Conflict, Code: "shadow-taken", Title: "Another model is the shadow"}
)
