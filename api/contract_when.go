package api

import "comity/domain"

type problemPage struct {
	Code, Title, When string
	Status            int
}

// whenOf says when a problem comes and what helps.
func whenOf(r *domain.Refusal) string {
	if text, told := when[r.Code]; told {
		return text
	}
	return kindWhen[r.Kind]
}

// kindWhen says what all refusals of a kind have in common.
var kindWhen = map[domain.Kind]string{
	domain.Unreadable:  "The request cannot be read as it stands: its syntax, a type, an unknown or duplicate member, or a query value. Repeating it unchanged gives the same answer.",
	domain.Unknown:     "Nobody is signed in, or no longer. Sign in and try again.",
	domain.Forbidden:   "You are signed in, but your side or your role may not do this.",
	domain.Missing:     "There is no such thing, or it is not yours: both read the same on purpose.",
	domain.Conflict:    "The thing is not in a state in which this can be done now. Where it applies, the problem names the state found and those allowed.",
	domain.TooLarge:    "The body has more bytes than this operation takes.",
	domain.Unsupported: "The body is of a type, or in an encoding, that this operation does not take.",
	domain.Invalid:     "The request was read, but it breaks a rule. Where a field is at fault, `errors` names it and the rule.",
	domain.Throttled:   "There were too many tries. Wait for Retry-After and try again.",
	domain.Unavailable: "The request may or may not have been done. Repeat it with the same Idempotency-Key: it is done once at most.",
}

// when says what is particular to single refusals.
var when = map[string]string{
	"internal":                "An error of ours. The problem has a `request_id`: quote it when you write to us. Repeat the request with the same Idempotency-Key.",
	"method-not-allowed":      "The path is there, but not for this method. The document at /openapi.json lists what is.",
	"e-invoice-broken":        "The UBL or CII document cannot be read, or breaks rules of EN 16931 that decide whether it is an invoice at all. `errors` has one entry for each rule. Nothing was stored.",
	"bank-file-refused":       "The camt.053 file is not such a message, breaks a rule, or does not add up. `errors` names the element and the rule. Nothing of it was stored.",
	"idempotency-key-missing": "Operations that create or move something are done once for each key. Make one key for each intended effect, such as a UUID, and send it again with every repetition.",
	"key-reused":              "The same key came before with another body, query or path. Use a fresh key for another request.",
	"request-in-flight":       "The first request with this key is still being done. Wait for Retry-After and repeat: you get its answer.",
	"version-missing":         "Read the thing first and send its ETag as If-Match.",
	"version-stale":           "Read the thing again, look at what changed and decide anew.",
	"debtor-not-identified":   "The relationship lacks a legal type, a country, an address to write to or a time zone, or was not identified yet.",
	"no-payout-account":       "Register a pay-out account in the invoice's currency.",
	"offer-expired":           "The offer was open until `expires_at`. Submit the invoice again for fresh ones.",
	"limit-used":              "Every offer is subject to the factor's limit, and the limit is used up. Another offer may still be open.",
	"pair-served-elsewhere":   "While an invoice of this debtor is open with another factor, that one alone follows up the debtor.",
	"not-confidentially":      "The debtor of this invoice is not to be told, and this factor does not buy it so: it tells every debtor, wants more verification, or has no account in your name. `detail` says which.",
	"already-settled":         "The debtor's money settled the deal: the rebate is on its way and cannot be undone here.",
	"more-than-open":          "The amount is more than what is left of the receipt or than what is open of the deal.",
	"second-person-needed":    "The first person has agreed; a second one must do the same.",
	"preconditions-missing":   "`errors` has one entry for everything that has to come before anybody external is asked: a code, and what it wants. `prior_notice_missing` is one of them.",
	"objection-open":          "Wait for the answer to the open objection. GET /v1/objections lists it.",
	"not-imported":            "The invoice was handed in or sold here, so that what became of it was recorded by Comity and is not yours to correct. If it is wrong, object to the decision with a statement.",
	"not-neutral":             "The organisation, or one of its people, has an address of the seller, the factor or the debtor, or a party objected to it. Appoint another one.",
	"not-admitted":            "Admit the organisation to the register with PUT /v1/mediators/{organization_id}, in the world of the mediation, until a day that has not passed.",
	"credit-not-covered":      "What the seller has left with the factor, or what is open of the invoice, does not cover the credit. The neutral may propose less.",
	"shadow-taken":            "One model at a time scores beside the live one. Retire it, or make it live, first.",
	"outside-mandate":         "The currency, the size or the term of the invoice is not one that the factor committed to buy.",
	"too-late-payer":          "The debtor is expected to pay later than the factor's mandate allows.",
	"assignment-forbidden":    "The contract, as the relationship says, forbids the assignment. The problem says what helps: the debtor's written consent, recorded with the relationship, or a law that overrides the clause and that counsel signed for (GET /v1/laws).",
	"assignment-changed":      "The seller said something else of the contract since, or the ground on which it could be assigned ended or changed. Submit the invoice again: its new offers say what is known now.",
	"nothing-to-pay-out":      "Haircuts, the highest fee and the charges leave no cash on the day of purchase.",
}
