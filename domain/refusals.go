package domain

// The refusals that any part of Comity may give. Their codes are part of the API.
var (
	ErrNotFound        = &Refusal{Kind: Missing, Code: "not-found", Title: "There is no such thing here"}
	ErrUnreadable      = &Refusal{Kind: Unreadable, Code: "unreadable", Title: "The request cannot be read"}
	ErrInvalid         = &Refusal{Kind: Invalid, Code: "invalid", Title: "The request breaks a rule"}
	ErrUnauthenticated = &Refusal{Kind: Unknown, Code: "unauthenticated", Title: "Sign in first"}
	ErrWrongPassword   = &Refusal{Kind: Unknown, Code: "wrong-credentials", Title: "The address or the password is wrong"}
	ErrForbidden       = &Refusal{Kind: Forbidden, Code: "forbidden", Title: "Your role may not do this"}
	ErrWrongState      = &Refusal{Kind: Conflict, Code: "wrong-state", Title: "That step is not open now"}
	ErrConflict        = &Refusal{Kind: Conflict, Code: "conflict", Title: "Something with the same identity is already here"}
	ErrTooLarge        = &Refusal{Kind: TooLarge, Code: "too-large", Title: "That is more than is taken here at once"}
	ErrUnsupported     = &Refusal{Kind: Unsupported, Code: "unsupported-media-type", Title: "Content of this type is not taken here"}
	ErrThrottled       = &Refusal{Kind: Throttled, Code: "too-many-tries", Title: "Too many tries: wait and try again", RetryAfter: 60}
	ErrUnavailable     = &Refusal{Kind: Unavailable, Code: "outcome-unknown", Title: "The outcome is unknown: repeat with the same key", RetryAfter: 1}

	ErrKeyMissing      = &Refusal{Kind: Unreadable, Code: "idempotency-key-missing", Title: "An Idempotency-Key header is required here"}
	ErrKeyInvalid      = &Refusal{Kind: Unreadable, Code: "idempotency-key-invalid", Title: "The Idempotency-Key header is not 1 to 200 printable characters"}
	ErrKeyReused       = &Refusal{Kind: Invalid, Code: "key-reused", Title: "This Idempotency-Key was used for another request"}
	ErrRequestInFlight = &Refusal{Kind: Conflict, Code: "request-in-flight", Title: "A request with this key is still being done", RetryAfter: 2}
	ErrVersionMissing  = &Refusal{Kind: Conflict, Code: "version-missing", Title: "An If-Match header with the version is required here"}
	ErrVersionStale    = &Refusal{Kind: Conflict, Code: "version-stale", Title: "It was changed by somebody else meanwhile"}

	ErrWrongJoinCode  = &Refusal{Kind: Invalid, Code: "wrong-join-code", Title: "There is no sandbox with this join code"}
	ErrAddressTaken   = &Refusal{Kind: Conflict, Code: "address-taken", Title: "This address cannot be used to sign up"}
	ErrClockRunning   = &Refusal{Kind: Conflict, Code: "clock-running", Title: "The clock is on its way to another time", RetryAfter: 1}
	ErrClockStopped   = &Refusal{Kind: Conflict, Code: "clock-stopped", Title: "The clock stopped because a task failed"}
	ErrClockBackwards = &Refusal{Kind: Invalid, Code: "clock-backwards", Title: "A sandbox clock only moves forward"}
	ErrNoSandbox      = &Refusal{Kind: Conflict, Code: "not-a-sandbox", Title: "Only a sandbox has a clock that can be moved"}

	ErrNotIdentified   = &Refusal{Kind: Invalid, Code: "debtor-not-identified", Title: "The debtor must be identified before its invoices are financed"}
	ErrNothingToBuy    = &Refusal{Kind: Invalid, Code: "nothing-to-finance", Title: "A credit note or an invoice without a positive amount is not financed"}
	ErrNoAccount       = &Refusal{Kind: Invalid, Code: "no-payout-account", Title: "A pay-out account in the invoice's currency is needed first"}
	ErrNotPaidYet      = &Refusal{Kind: Conflict, Code: "not-paid-out", Title: "The advance has not been paid out yet"}
	ErrOfferExpired    = &Refusal{Kind: Conflict, Code: "offer-expired", Title: "The offer has expired"}
	ErrLimitUsed       = &Refusal{Kind: Conflict, Code: "limit-used", Title: "The factor's limit is used up"}
	ErrServedElsewhere = &Refusal{Kind: Conflict, Code: "pair-served-elsewhere", Title: "Another factor serves this debtor for you while an invoice is open"}
	ErrConfidential    = &Refusal{Kind: Invalid, Code: "not-confidentially", Title: "This invoice is not bought confidentially"}
	ErrAlreadySettled  = &Refusal{Kind: Conflict, Code: "already-settled", Title: "The deal was settled on this money and cannot be undone here"}
	ErrMoreThanOpen    = &Refusal{Kind: Invalid, Code: "more-than-open", Title: "That is more than is open"}
	ErrTwoPeople       = &Refusal{Kind: Conflict, Code: "second-person-needed", Title: "A second person must do this"}

	ErrComesFirst = &Refusal{Kind: Conflict, Code: "preconditions-missing", Title: "Something has to come before anybody external is asked"}

	ErrPromiseTooFar = &Refusal{Kind: Invalid, Code: "promise-too-far", Title: "A promise may be at most 14 days ahead"}
	ErrPromiseOpen   = &Refusal{Kind: Conflict, Code: "promise-already-open", Title: "There is a promise for this invoice already"}
)

// Refusals lists every refusal, for the pages that explain them and for the
// tests that hold the API document to them.
func Refusals() []*Refusal {
	return []*Refusal{
		ErrNotFound, ErrUnreadable, ErrInvalid, ErrUnauthenticated, ErrWrongPassword, ErrForbidden, ErrWrongState,
		ErrConflict, ErrTooLarge, ErrUnsupported, ErrThrottled, ErrUnavailable,
		ErrKeyMissing, ErrKeyInvalid, ErrKeyReused, ErrRequestInFlight, ErrVersionMissing, ErrVersionStale,
		ErrWrongJoinCode, ErrAddressTaken, ErrClockRunning, ErrClockStopped, ErrClockBackwards, ErrNoSandbox,
		ErrNotIdentified, ErrNothingToBuy, ErrNoAccount, ErrNotPaidYet, ErrOfferExpired, ErrLimitUsed,
		ErrServedElsewhere, ErrConfidential, ErrAlreadySettled, ErrMoreThanOpen, ErrTwoPeople, ErrPromiseTooFar, ErrPromiseOpen, ErrNothingToPayOut, ErrOutsideMandate, ErrTooLatePayer,
		ErrObjectionOpen, ErrNotImported, ErrShadowTaken, ErrNotNeutral, ErrNotAdmitted, ErrNotCovered, ErrComesFirst,
		ErrAssignmentForbidden, ErrAssignmentChanged, ErrUnknownRate,
	}
}
