package domain

import (
	"slices"
	"time"
)

// A ProtectiveStatus is how far a protective step has come.
type ProtectiveStatus string

// The states of a protective step (D-25).
const (
	ProtectiveProposed  ProtectiveStatus = "proposed" // a first person asks for it
	ProtectiveApproved  ProtectiveStatus = "approved" // a second one agreed; it may be filed, and the debtor is told
	ProtectiveWithdrawn ProtectiveStatus = "withdrawn"
)

// ProtectiveMoves says which state may follow which.
var ProtectiveMoves = Machine[ProtectiveStatus]{
	ProtectiveProposed:  {ProtectiveApproved, ProtectiveWithdrawn},
	ProtectiveApproved:  {},
	ProtectiveWithdrawn: {},
}

// A ProtectiveKind is a filing that keeps a right and asks nothing of anybody.
type ProtectiveKind string

// The kinds there are.
const (
	LienNotice       ProtectiveKind = "lien_notice"
	BondNotice       ProtectiveKind = "bond_notice"
	RetentionOfTitle ProtectiveKind = "retention_of_title"
	Limitation       ProtectiveKind = "limitation"
	StatutoryTrust   ProtectiveKind = "statutory_trust"
	ProofOfDebt      ProtectiveKind = "proof_of_debt"
)

// ProtectiveKinds lists every kind.
func ProtectiveKinds() []ProtectiveKind {
	return []ProtectiveKind{LienNotice, BondNotice, RetentionOfTitle, Limitation, StatutoryTrust, ProofOfDebt}
}

// A ProtectiveGround is why a step cannot wait.
type ProtectiveGround string

// The grounds there are (D-25).
const (
	GroundDeadline    ProtectiveGround = "statutory_deadline"
	GroundInsolvency  ProtectiveGround = "insolvency"
	GroundFraud       ProtectiveGround = "fraud"
	GroundDissipation ProtectiveGround = "dissipation"
)

// ProtectiveGrounds lists every ground.
func ProtectiveGrounds() []ProtectiveGround {
	return []ProtectiveGround{GroundDeadline, GroundInsolvency, GroundFraud, GroundDissipation}
}

// DeadlineDays are how many days ahead a statutory deadline may be for a step that does not wait.
const DeadlineDays = 30

// A ProtectiveStep is a filing that keeps a right of the factor's. It is no threat, asks for nothing,
// and no agency takes it.
type ProtectiveStep struct {
	ID        ProtectiveID
	Case      CaseID
	Factor    OrganizationID
	Seller    OrganizationID
	Deal      DealID
	Status    ProtectiveStatus
	Kind      ProtectiveKind
	Ground    ProtectiveGround
	Deadline  Date   // zero: the ground is another one
	Evidence  string // for the factor and the seller
	Meaning   string // in plain words, as the debtor reads it
	MadeBy    UserID
	MadeAt    time.Time
	CheckedBy UserID
	DecidedAt time.Time
	ToldAt    time.Time // a mail server took the letter to the debtor; zero: not yet
}

// Check refuses with [ErrInvalid] a kind or a ground that there is not, and a deadline that is over,
// missing, or further away than a step needs that does not wait.
func (p ProtectiveStep) Check(today Date) error {
	switch {
	case !slices.Contains(ProtectiveKinds(), p.Kind):
		return ErrInvalid.At("/kind", "not-allowed", "one of lien_notice, bond_notice, retention_of_title, limitation, statutory_trust, proof_of_debt")
	case !slices.Contains(ProtectiveGrounds(), p.Ground):
		return ErrInvalid.At("/ground", "not-allowed", "one of statutory_deadline, insolvency, fraud, dissipation")
	case p.Ground != GroundDeadline && !p.Deadline.IsZero():
		return ErrInvalid.At("/deadline", "not-allowed", "a deadline belongs to the ground statutory_deadline")
	case p.Ground != GroundDeadline:
		return nil
	case p.Deadline.IsZero():
		return ErrInvalid.At("/deadline", "required", "the day on which the right would end")
	case p.Deadline.Before(today):
		return ErrInvalid.At("/deadline", "in-the-past", "today or a later day")
	case today.DaysUntil(p.Deadline) > DeadlineDays:
		return ErrInvalid.At("/deadline", "too-far", "a step that does not wait has a deadline at most 30 days ahead")
	default:
		return nil
	}
}
