package domain

import (
	"fmt"
	"slices"
	"time"
)

// An ObjectionStatus is what has become of an objection.
type ObjectionStatus string

// The states of an objection.
const (
	ObjectionReceived       ObjectionStatus = "received"
	ObjectionAccepted       ObjectionStatus = "accepted"
	ObjectionPartlyAccepted ObjectionStatus = "partly_accepted"
	ObjectionRejected       ObjectionStatus = "rejected"
)

// ObjectionMoves says which state may follow which.
var ObjectionMoves = Machine[ObjectionStatus]{
	ObjectionReceived:       {ObjectionAccepted, ObjectionPartlyAccepted, ObjectionRejected},
	ObjectionAccepted:       {},
	ObjectionPartlyAccepted: {},
	ObjectionRejected:       {},
}

// The kinds of facts that an objection may bring.
const (
	FactHistory   = "history"   // one field of one imported row
	FactStatement = "statement" // anything else, in words
)

// MaxFacts is how many facts one objection may bring.
const MaxFacts = 50

// A Fact is one thing that a seller says is so.
type Fact struct {
	N            int    // counted from 1 inside its objection
	Kind         string // history or statement
	Row          InvoiceID
	Field, Value string // of a history fact: what becomes what
	Said         string // of a statement
	Evidence     string // where the proof is; may be empty
	Accepted     *bool  // nil until the objection is decided
}

// String says what a fact says, for the digest of an audit row.
func (f Fact) String() string {
	verdict := "open"
	if f.Accepted != nil {
		verdict = fmt.Sprint(*f.Accepted)
	}
	return fmt.Sprintf("%d %s %s %s %q %q %q %s", f.N, f.Kind, f.Row, f.Field, f.Value, f.Said, f.Evidence, verdict)
}

// An Objection is a seller's "that is not right" to a decision.
type Objection struct {
	ID           ObjectionID
	World        WorldID
	Seller       OrganizationID
	Decision     DecisionID
	Invoice      InvoiceID
	Relationship RelationshipID
	Reason       string
	ReasonCode   string // which reason of the decision it disputes; may be empty
	Facts        []Fact
	Status       ObjectionStatus
	Answer       string
	Again        DecisionID // the decision made again; zero unless something was accepted
	RaisedBy     UserID
	RaisedAt     time.Time
	DecidedBy    UserID
	DecidedAt    time.Time
}

// A Verdict is an analyst's answer to an objection.
type Verdict struct {
	Outcome ObjectionStatus
	Answer  string // in plain words
	Facts   []int  // the numbers of those that are accepted
}

// Decide gives the objection its answer. Accepted means every fact, in part means
// some and not all, rejected means none. It refuses with [ErrForbidden] whoever
// belongs to the organisation that objects, with [ErrWrongState] when it was
// answered before, and with [ErrInvalid] for facts that do not fit the outcome.
func (o *Objection) Decide(v Verdict, by Caller) error {
	if by.Organization == o.Seller {
		return ErrForbidden.Because("nobody decides on an objection of its own organisation")
	}
	if err := ObjectionMoves.Move(o.Status, v.Outcome); err != nil {
		return err
	}
	accepted, err := o.accepted(v)
	if err != nil {
		return err
	}
	facts := slices.Clone(o.Facts)
	for i := range facts {
		facts[i].Accepted = &accepted[i]
	}
	o.Facts, o.Status, o.Answer, o.DecidedBy, o.DecidedAt = facts, v.Outcome, v.Answer, by.User, by.Now
	return nil
}

// accepted says of each fact whether it is accepted.
func (o *Objection) accepted(v Verdict) ([]bool, error) {
	accepted := make([]bool, len(o.Facts))
	for i, n := range v.Facts {
		pointer := fmt.Sprintf("/accepted_facts/%d", i)
		if n < 1 || n > len(o.Facts) {
			return nil, ErrInvalid.At(pointer, "no-such-fact", "the objection has no fact of this number")
		}
		if accepted[n-1] {
			return nil, ErrInvalid.At(pointer, "named-twice", "a fact may stand once")
		}
		accepted[n-1] = true
	}
	named := len(v.Facts)
	switch v.Outcome {
	case ObjectionRejected:
		if named > 0 {
			return nil, ErrInvalid.At("/accepted_facts", "not-allowed", "a rejected objection has no accepted facts")
		}
	case ObjectionPartlyAccepted:
		if named == 0 || named == len(o.Facts) {
			return nil, ErrInvalid.At("/accepted_facts", "not-a-part", "accepted in part means some of the facts and not all")
		}
	case ObjectionAccepted:
		if named > 0 && named < len(o.Facts) {
			return nil, ErrInvalid.At("/accepted_facts", "not-all", "accepted means every fact: name all or none, or accept in part")
		}
		for i := range accepted {
			accepted[i] = true
		}
	case ObjectionReceived:
	}
	return accepted, nil
}

// Upheld reports whether the objection was accepted, at least in part.
func (o *Objection) Upheld() bool {
	return o.Status == ObjectionAccepted || o.Status == ObjectionPartlyAccepted
}
