package underwriting

import (
	"fmt"
	"slices"
	"strings"

	"comity/money"
)

// VelocityV1 names the rules of [Referrals] in whatever is stored of them.
const VelocityV1 = "velocity/1"

// Two more audiences of a reason (D-8). Each sees what those before it see.
const (
	AudienceAnalyst    = "analyst"
	AudienceCompliance = "compliance"
)

// The codes of the reasons why a person looks first.
const (
	ReasonNewAndRising = "velocity-new-and-rising"
	ReasonLargeFirst   = "velocity-large-first"
	ReasonVolumeJump   = "velocity-volume"
)

// The rules of v1. D-9 names them and gives the three times of a first invoice; the
// other figures are conservative by choice.
const (
	newDays      = 90 // days since the first invoice for which a pair is new
	fewestRising = 3  // invoices in a row that make a rise, this one among them
	risenTimes   = 2  // the last of them is at least so many times the first
	firstTimes   = 3  // a first invoice is more than so many times the seller's usual one
	volumeTimes  = 3  // 30 days are more than so many times the usual 30 days
)

// Velocity is how fast the business of a pair grows, in one currency. What is zero
// is unknown, and a rule that needs it is silent.
type Velocity struct {
	Invoice     money.Amount   // basis of the invoice that is asked about
	Usual       money.Amount   // median basis of the seller's invoices of the last 12 months
	KnownDays   int            // since the pair's first invoice; 0 when this is the first
	Earlier     []money.Amount // bases of the pair's earlier invoices, oldest first
	Volume      money.Amount   // of the pair in the last 30 days, with this invoice
	UsualVolume money.Amount   // mean of 30 days over the 180 days before those
}

// Referrals returns why a person looks at an invoice before it is offered for: the
// shapes of a bust-out, in which everything is paid promptly until it is not (D-9).
// They are for analysts only (D-8) and override every price.
func Referrals(v Velocity) []Reason {
	var found []Reason
	if rising(v) {
		first := v.Earlier[len(v.Earlier)-fewestRising+1]
		found = append(found, referral(ReasonNewAndRising, v.Invoice, first, fmt.Sprintf(
			"known for %s, and each of the last %d invoices is larger than the one before", counted(v.KnownDays, "day"), fewestRising)))
	}
	if len(v.Earlier) == 0 && moreThan(v.Invoice, firstTimes, v.Usual) {
		found = append(found, referral(ReasonLargeFirst, v.Invoice, v.Usual, fmt.Sprintf(
			"the first invoice to this customer is more than %d times the seller's usual one", firstTimes)))
	}
	if moreThan(v.Volume, volumeTimes, v.UsualVolume) {
		found = append(found, referral(ReasonVolumeJump, v.Volume, v.UsualVolume, fmt.Sprintf(
			"the last 30 days are more than %d times the usual 30 days", volumeTimes)))
	}
	return found
}

// rising reports whether a new pair's last invoices grow one by one and have grown
// to a multiple together.
func rising(v Velocity) bool {
	if v.KnownDays >= newDays || len(v.Earlier) < fewestRising-1 {
		return false
	}
	last := append(slices.Clone(v.Earlier[len(v.Earlier)-fewestRising+1:]), v.Invoice)
	for i := 1; i < len(last); i++ {
		if !last[i-1].Less(last[i]) {
			return false
		}
	}
	return v.Invoice.Compare(last[0].Times(money.Percent(100*risenTimes))) >= 0
}

// moreThan reports whether a is more than so many times a known b.
func moreThan(a money.Amount, times int64, b money.Amount) bool {
	return b.Positive() && b.Times(money.Percent(100*times)).Less(a)
}

func referral(code string, value, usual money.Amount, sentence string) Reason {
	return Reason{
		Code: code, Value: value.Decimal(), Comparison: usual.Decimal(), Direction: Worse,
		Sentence: sentence, Audience: AudienceAnalyst,
	}
}

// Refer returns d as a decision to refer, with the referrals before its last,
// general line. Without referrals it is d; a decision to decline stays one.
func Refer(d Decision, referrals []Reason) Decision {
	if len(referrals) == 0 {
		return d
	}
	if d.Outcome == OutcomeOffer {
		d.Outcome = OutcomeRefer
	}
	d.Reasons = slices.Insert(slices.Clone(d.Reasons), max(0, len(d.Reasons)-1), referrals...)
	return d
}

// audiences are in the order of how much they see.
var audiences = []string{AudienceAll, AudienceFactor, AudienceAnalyst, AudienceCompliance}

// restrictedCodes is the family of codes that only compliance may read (D-8).
const restrictedCodes = "restricted."

// ReasonsFor returns the reasons that an audience may read, in their order. One of
// the restricted family is for compliance whatever its own audience says, and so is
// one of an unknown audience. An unknown audience reads what everybody reads.
func ReasonsFor(audience string, reasons []Reason) []Reason {
	var readable []Reason
	for _, r := range reasons {
		if rankOf(r) <= max(0, slices.Index(audiences, audience)) {
			readable = append(readable, r)
		}
	}
	return readable
}

func rankOf(r Reason) int {
	rank := slices.Index(audiences, r.Audience)
	if rank < 0 || strings.HasPrefix(r.Code, restrictedCodes) {
		return len(audiences) - 1
	}
	return rank
}

// AllowsCounterfactual reports whether somebody may be told what would have to
// change. It is never computed for a restricted reason (D-8), nor for one that
// analysts alone read: it would teach how to pass the rule.
func AllowsCounterfactual(r Reason) bool { return rankOf(r) < slices.Index(audiences, AudienceAnalyst) }
