package underwriting

import (
	"bytes"
	"fmt"

	"comity/domain"
	"comity/money"
)

// The outcomes of a decision, as they are stored.
const (
	OutcomeOffer   = "offer"   // mandates may price it
	OutcomeRefer   = "refer"   // a person looks at it first
	OutcomeDecline = "decline" // no mandate may price it
)

// The directions in which a reason moves a decision.
const (
	Better  = "better"
	Worse   = "worse"
	Neutral = "neutral"
)

// Who may read a reason. Those for everybody are computed from the seller's own
// rows only.
const (
	AudienceAll    = "all"
	AudienceFactor = "factor"
)

// A CurvePoint is the probability that the invoice is paid by the end of a day.
type CurvePoint struct {
	Day  int // relative to the due date; negative is before it
	Paid money.Ppm
}

// grid holds the days on which every decision states its curve.
var grid = []int{-90, -60, -30, -14, -7, -3, -1, 0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180}

// A Reason is one thing that moved a decision, in words that may be printed.
type Reason struct {
	Code       string // kebab-case, part of the API
	Value      string // what was found
	Comparison string // what it was held against; may be empty
	Direction  string // better, worse or neutral for the seller
	Sentence   string
	Audience   string // all or factor
	EffectPpm  int    // change of the probability of payment within 14 days after due, in millionths

	// What a fitted model adds. Points are thousandths of a day in its explained
	// score: those of all reasons add up to it exactly.
	Points    int
	Otherwise string // what would be expected if this were as usual; may be empty
}

// A Decision says when an invoice will probably be paid, and why.
type Decision struct {
	Model            string
	Outcome          string       // offer, refer or decline
	Curve            []CurvePoint // cumulative, from -90 to 180: on a fixed grid, or every day
	Later            money.Ppm    // not paid by day 180: unknown, never a probability of default (D-9)
	ExpectedDaysLate int          // mean days after due, -90 to 181
	MedianDaysLate   int          // day by which half is paid; 181 is later than 180
	P90DaysLate      int          // day by which nine in ten are paid; 181 is later than 180
	KnownPayments    int          // payments of the relationship that it rests on
	Reasons          []Reason     // strongest effect first, the general line last
	Score            int          // explained score of a fitted model, thousandths of a day: the points of all reasons
}

// ExpectedPayDay returns the day on which the debtor is expected to pay an invoice
// due on the given day: the expected days later, or the next day after that on
// which cal is open.
func (d Decision) ExpectedPayDay(due domain.Date, cal domain.Calendar) domain.Date {
	return cal.OnOrAfter(due.Plus(d.ExpectedDaysLate))
}

type wireDecision struct {
	Model            string       `json:"model"`
	Outcome          string       `json:"outcome"`
	Curve            [][2]int     `json:"curve"` // day, paid ppm
	LaterPpm         int          `json:"later_ppm"`
	ExpectedDaysLate int          `json:"expected_days_late"`
	MedianDaysLate   int          `json:"median_days_late"`
	P90DaysLate      int          `json:"p90_days_late"`
	KnownPayments    int          `json:"known_payments"`
	Reasons          []wireReason `json:"reasons"`
	Score            int          `json:"score,omitempty"`
}

type wireReason struct {
	Code       string `json:"code"`
	Value      string `json:"value"`
	Comparison string `json:"comparison"`
	Direction  string `json:"direction"`
	Sentence   string `json:"sentence"`
	Audience   string `json:"audience"`
	EffectPpm  int    `json:"effect_ppm"`
	Points     int    `json:"points,omitempty"`
	Otherwise  string `json:"otherwise,omitempty"`
}

// Encode returns the stored form of d: JSON of whole numbers and strings, the
// same bytes for the same decision.
func (d Decision) Encode() []byte {
	wire := wireDecision{
		Model: d.Model, Outcome: d.Outcome, Curve: [][2]int{}, LaterPpm: int(d.Later),
		ExpectedDaysLate: d.ExpectedDaysLate, MedianDaysLate: d.MedianDaysLate, P90DaysLate: d.P90DaysLate,
		KnownPayments: d.KnownPayments, Reasons: []wireReason{}, Score: d.Score,
	}
	for _, p := range d.Curve {
		wire.Curve = append(wire.Curve, [2]int{p.Day, int(p.Paid)})
	}
	for _, r := range d.Reasons {
		wire.Reasons = append(wire.Reasons, wireReason(r))
	}
	return mustMarshal(wire)
}

// DecodeDecision reads what [Decision.Encode] wrote. Anything else is [ErrStored].
func DecodeDecision(stored []byte) (Decision, error) {
	var wire wireDecision
	if err := unmarshal(stored, &wire); err != nil {
		return Decision{}, fmt.Errorf("decision: %w", err)
	}
	d := Decision{
		Model: wire.Model, Outcome: wire.Outcome, Later: ppm(wire.LaterPpm),
		ExpectedDaysLate: wire.ExpectedDaysLate, MedianDaysLate: wire.MedianDaysLate, P90DaysLate: wire.P90DaysLate,
		KnownPayments: wire.KnownPayments, Score: wire.Score,
	}
	for _, p := range wire.Curve {
		d.Curve = append(d.Curve, CurvePoint{Day: p[0], Paid: ppm(p[1])})
	}
	for _, r := range wire.Reasons {
		d.Reasons = append(d.Reasons, Reason(r))
	}
	if !bytes.Equal(d.Encode(), stored) {
		return Decision{}, fmt.Errorf("decision is not in canonical form: %w", ErrStored)
	}
	return d, nil
}

// ppm clips a stored share; one that was out of range fails the comparison that
// follows.
func ppm(n int) money.Ppm {
	return money.Ppm(clip(n, 0, int(money.Whole)))
}
