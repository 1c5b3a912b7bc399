package domain

import "comity/money"

// A ReviewArea is what a finding of a review is about (C-199).
type ReviewArea string

// The areas there are.
const (
	AreaInvoicing     ReviewArea = "invoicing"
	AreaCommunication ReviewArea = "communication"
	AreaTerms         ReviewArea = "terms"
)

// ReviewAreas lists every area.
func ReviewAreas() []ReviewArea {
	return []ReviewArea{AreaInvoicing, AreaCommunication, AreaTerms}
}

// A Finding is what a review found, and what could be done another time.
type Finding struct {
	Area       ReviewArea
	Code       string // stable, such as "not-received"
	Said       string // what happened
	Suggestion string
}

// A Review looks back on one invoice, from its purchase to its last payment (C-198).
type Review struct {
	Deal     Deal // ended: settled or given back
	DaysLate int  // from the due date to the last payment, negative when early; 0 where it was not paid in full

	BeforeDue int // messages that left: words before the due date,
	Reminders int // after it
	Calls     int
	Answers   int
	Firmest   int // tone of the firmest of them
	Bounced   int // messages that did not arrive

	Questions  int
	SlowestDay int // business days that the slowest answer took
	Disputes   int
	Disputed   money.Amount
	Kept       int // promises
	PartKept   int
	Broken     int
	Plans      int // that were in force
	LateDays   int // calendar days on which somebody waited for the factor, by what the fee did not count
	Complaint  bool
	Feedback   Feedback // the zero value: nobody was asked, or nobody answered
	Cost       money.Amount
	Findings   []Finding
}
