package domain

import (
	"crypto/sha256"
	"strings"
	"time"
)

// A Relationship is a debtor as one seller knows it: with the seller's own
// name, address, contact and history. Who else knows the same debtor is not its
// business.
type Relationship struct {
	ID          RelationshipID
	Seller      OrganizationID
	Debtor      DebtorID // zero until identified
	Code        string   // the seller's own code
	Name        string
	LegalType   LegalType
	Country     string
	TaxID       string
	ContactName string
	Email       string
	TimeZone    string
	TermsDays   int
	HeadsUp     bool         // the note 14 days before a due date, for terms of 30 days and more
	Industry    string       // what the debtor does, in the words that the seller's register uses; may be empty
	Size        string       // how large it is, likewise
	Approval    ApprovalMode // which of our messages the seller wants to see before
	Copied      bool         // the seller gets a copy of what we send
	Region      string       // ISO 3166-2, such as US-CA; "": not known
	Phone       string       // for a person to call; "": none
	Disclosure  Disclosure   // whether the debtor is told when its invoices are sold
	Address     string       // where post goes, a line each, without the name; "": not known
	Assignment  Assignment   // what its contract says of assigning what it owes
	Version     int
	CreatedAt   time.Time
}

// Place returns where the debtor is in law: its region, or its country as long as that is all that is known.
func (r Relationship) Place() string {
	if r.Region != "" {
		return r.Region
	}
	return r.Country
}

// Mode returns whether the debtor is told when its invoices are sold.
func (r Relationship) Mode() Disclosure { return mode(r.Disclosure) }

// Identified reports whether the debtor behind the relationship is known, so
// that its invoices can be financed.
func (r Relationship) Identified() bool { return !r.Debtor.IsZero() }

// Identifiable reports whether everything that identification needs is there:
// legal type, country, an address to write to and a time zone.
func (r Relationship) Identifiable() bool {
	return r.LegalType != "" && r.Country != "" && r.Email != "" && r.TimeZone != "" && r.Name != ""
}

// Zone returns the debtor's time zone.
func (r Relationship) Zone() *time.Location { return zone(r.TimeZone) }

// ContactKey is the digest under which contacts with one address are counted,
// over every tenant of its world.
func ContactKey(world WorldID, email string) []byte {
	sum := sha256.Sum256([]byte(world.String() + "\n" + strings.ToLower(strings.TrimSpace(email))))
	return sum[:]
}
