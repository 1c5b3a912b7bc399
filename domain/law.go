package domain

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A LawKind is what a row of law is for.
type LawKind string

// The kinds there are.
const (
	LawOverride LawKind = "assignment_override" // a clause that forbids an assignment does not stop it
	LawNotice   LawKind = "notice_form"         // what a notice of assignment says beside what every notice says
	LawInterest LawKind = "late_payment"        // what is added to a late payment
)

// A LawEvidence says how sure we are of what a row says, before counsel signs it.
type LawEvidence string

// The degrees there are.
const (
	LawPrimary   LawEvidence = "primary"   // the text of the law itself was read
	LawSecondary LawEvidence = "secondary" // somebody else's account of it was read
	LawMemory    LawEvidence = "memory"    // nobody looked it up yet
)

// A Law is one row of law: what the law of one place says of assignments or of late payments, as far as Comity acts on it.
// Rows are code, so that every change of them is reviewed; see [Laws]. An unsigned row changes
// nothing: what a row says counts once counsel has signed exactly these words, and until the signature
// is due for review.
type Law struct {
	Code         string // lower case with hyphens; never renamed
	Kind         LawKind
	Jurisdiction string      // ISO 3166-1 alpha-2, or a part of it after ISO 3166-2, such as GB-ENG; parts of it are covered too
	From         Date        // the first day of a contract that it covers; zero: of any day
	Debtors      []LegalType // those that it covers; none: all
	SmallSellers bool        // it covers those who were small when they made the contract, and no others
	Text         string      // in plain words; of a notice form, the paragraph that the notice carries, with {factor} and {seller}
	Source       string      // where it stands
	Evidence     LawEvidence
	Interest     *InterestRule // of a late payment; nil in rows of another kind
}

// Covers reports whether the row speaks of a place: its own, or a part of it.
func (l Law) Covers(place string) bool {
	return place != "" && (place == l.Jurisdiction || strings.HasPrefix(place, l.Jurisdiction+"-"))
}

// Reaches reports whether the row's classes hold a debtor; one whose legal type is not known is in none.
func (l Law) Reaches(debtor LegalType) bool {
	return len(l.Debtors) == 0 || slices.Contains(l.Debtors, debtor)
}

// TextToSign returns the whole row in words: what counsel reads and signs, so that a row with
// another reach, or other words, has to be signed again.
func (l Law) TextToSign() string {
	debtors, sellers, from := "all", "all", "any day"
	if len(l.Debtors) > 0 {
		words := make([]string, len(l.Debtors))
		for i, t := range l.Debtors {
			words[i] = string(t)
		}
		debtors = strings.Join(words, ", ")
	}
	if l.SmallSellers {
		sellers = "those who were small when they made the contract"
	}
	if !l.From.IsZero() {
		from = l.From.String() + " on"
	}
	text := fmt.Sprintf("%s (%s)\nJurisdiction: %s\nContracts made from: %s\nDebtors: %s\nSellers: %s\nSource: %s\n\n%s\n",
		l.Code, l.Kind, l.Jurisdiction, from, debtors, sellers, l.Source, l.Text)
	if l.Interest != nil {
		text += "\n" + l.Interest.words() + "\n"
	}
	return text
}

// Digest returns the SHA-256 of [Law.TextToSign].
func (l Law) Digest() []byte {
	sum := sha256.Sum256([]byte(l.TextToSign()))
	return sum[:]
}

// A LawSignature is counsel's word that a row says what the law is. None is ever changed: another one
// is added after it.
type LawSignature struct {
	ID        LawSignatureID
	World     WorldID
	Law       string // the row's code
	SHA256    []byte // of the text that was signed
	Counsel   string // who signed
	Reference string // of counsel's opinion
	SignedOn  Date
	ReviewBy  Date // the last day on which it counts
	By        UserID
	At        time.Time
}

// Check refuses with [ErrInvalid] a signature of another text than the row's, one that is not made yet
// on a day, or one that is due for review as soon as it is made.
func (s LawSignature) Check(l Law, today Date) error {
	switch {
	case !bytes.Equal(s.SHA256, l.Digest()):
		return ErrInvalid.At("/sha256", "another-text", "the SHA-256 of text_to_sign as it is now, in hexadecimal")
	case s.SignedOn.After(today):
		return ErrInvalid.At("/signed_on", "in-the-future", "not after today, which is "+today.String()+" there")
	case !s.ReviewBy.After(s.SignedOn):
		return ErrInvalid.At("/review_by", "out-of-order", "after the day on which it was signed")
	default:
		return nil
	}
}

// A LawState is how a row of law stands on a day.
type LawState string

// The states there are; a row counts while it is signed, and in no other.
const (
	LawUnsigned  LawState = "unsigned"     // nobody signed it, or not yet on that day
	LawSigned    LawState = "signed"       // exactly as it is, and not due for review
	LawChanged   LawState = "text_changed" // another text was signed
	LawReviewDue LawState = "review_due"   // the signature is past its last day
)

// On returns how the row stands on a day, and its last signature; of a row that nobody signed the zero
// one. The last signature counts alone: who wants one to end before its day adds another.
func (l Law) On(day Date, signatures []LawSignature) (LawState, LawSignature) {
	var last LawSignature
	for _, s := range signatures {
		if s.Law == l.Code && bytes.Compare(s.ID.UUID[:], last.ID.UUID[:]) > 0 { // ids are ordered by time
			last = s
		}
	}
	switch {
	case last.ID.IsZero() || day.Before(last.SignedOn):
		return LawUnsigned, last
	case !bytes.Equal(last.SHA256, l.Digest()):
		return LawChanged, last
	case day.After(last.ReviewBy):
		return LawReviewDue, last
	default:
		return LawSigned, last
	}
}

// NoticeForm returns the row of law whose paragraph a notice to a debtor carries on a day: a signed
// one of its place, the most particular there is. A place that is not known has none.
func NoticeForm(laws []Law, signatures []LawSignature, place string, debtor LegalType, day Date) (Law, bool) {
	var found Law
	for _, l := range laws {
		if l.Kind != LawNotice || !l.Covers(place) || !l.Reaches(debtor) || len(l.Jurisdiction) <= len(found.Jurisdiction) {
			continue
		}
		if state, _ := l.On(day, signatures); state == LawSigned {
			found = l
		}
	}
	return found, found.Code != ""
}

// A LawFile is a row of law as it stands in a world on a day.
type LawFile struct {
	Law
	State     LawState
	Signature LawSignature // the last one; zero: none
}
