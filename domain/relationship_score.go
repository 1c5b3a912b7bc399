package domain

import "comity/money"

// A RelationshipReport is what was recovered of a pair of seller and debtor in a period, and beside it how
// the relationship stands (C-182): no recovery is shown without it.
type RelationshipReport struct {
	Relationship RelationshipID
	Seller       OrganizationID
	Debtor       string // as its seller calls it
	Recovered    []Recovered
	Paid         int // invoices that fell due in the period and are paid
	DaysLate     int // the median of theirs, the lower of two; negative: early
	Facts        RelationshipFacts
}

// Recovered is what fell due in the period in one currency, and what of it is paid.
type Recovered struct {
	Due, Paid money.Amount
}

// RelationshipFacts are what a relationship is judged by, in a period.
type RelationshipFacts struct {
	Promises, Kept        int  // days that were promised and are decided; of them, kept in full
	Disputes, Agreed      int  // that ended; of them, by agreement: credited, withdrawn, or as the debtor agreed
	Complaints            int  // about us
	Asked, Easy, HalfEasy int  // who said whether it was easy; of them yes, and partly
	OptedOut              bool // of mail or calls, whoever noted it
	ReachHidden           bool // that is not the reader's to know
	OnTimeRun             int  // invoices in a row that were paid on time, now
	PaidOnce              bool // an invoice was paid in full in the period
	SoldAgain             bool // an invoice of the pair was sold after that
}

// A RelationshipPart is what one kind of fact adds to the score.
type RelationshipPart struct {
	Code   string
	Weight int // what it may add, of 100 when all parts are known
	Points int // what it adds, in hundredths: from 0 to 100 times Weight
}

// The parts of the score of a relationship, and what each weighs. What nothing is known of is left out,
// and the others weigh more: nobody is marked down for a promise that it never had to make.
const (
	weightPromises   = 20 // kept of decided
	weightDisputes   = 15 // ended by agreement of those that ended
	weightComplaints = 20 // none: all; one: half; more: nothing
	weightFeedback   = 15 // easy, or partly, which is half
	weightReach      = 10 // the debtor lets itself be written to and called
	weightOnTime     = 10 // six in a row are all
	weightSoldAgain  = 10 // business went on after a payment
)

// Parts returns what each kind of fact adds to the score, in a fixed order; kinds of which nothing is
// known are not there.
func (f RelationshipFacts) Parts() []RelationshipPart {
	var parts []RelationshipPart
	add := func(code string, weight, got, of int) {
		if of > 0 {
			parts = append(parts, RelationshipPart{code, weight, 100 * weight * min(got, of) / of})
		}
	}
	one := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	const enoughOnTime, fewComplaints = 6, 2
	add("promises_kept", weightPromises, f.Kept, f.Promises)
	add("disputes_agreed", weightDisputes, f.Agreed, f.Disputes)
	add("no_complaints", weightComplaints, fewComplaints-min(f.Complaints, fewComplaints), fewComplaints)
	add("feedback", weightFeedback, 2*f.Easy+f.HalfEasy, 2*f.Asked)
	if !f.ReachHidden {
		add("reachable", weightReach, one(!f.OptedOut), 1)
	}
	add("on_time_run", weightOnTime, f.OnTimeRun, enoughOnTime)
	if f.PaidOnce {
		add("sold_again", weightSoldAgain, one(f.SoldAgain), 1)
	}
	return parts
}

// Score returns the relationship's score, from 0 to 100: the points of its parts over their weights, half
// up.
func (f RelationshipFacts) Score() int {
	points, weights := 0, 0
	for _, p := range f.Parts() {
		points, weights = points+p.Points, weights+p.Weight
	}
	return (2*points + weights) / (2 * weights) // complaints are always known: there is a weight
}
