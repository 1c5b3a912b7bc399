package underwriting

import (
	"cmp"
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
	firstTimes   = 3  // an invoice of a pair of which none is paid is more than so many times the seller's usual one
	volumeTimes  = 3  // 30 days are more than so many times the usual 30 days
	volumeDays   = 30
)

// Velocity is how fast the business of a pair grows, in one currency, without the
// invoice that is asked about. What is zero is unknown, and a rule that needs it is
// silent.
type Velocity struct {
	Rules       string         // the version of the rules; that of today when empty
	Usual       money.Amount   // median basis of the seller's latest invoices of 12 months; looked up while no invoice of the pair is paid
	KnownDays   int            // since the pair's first invoice; 90 is that or more
	Earlier     []money.Amount // bases of the pair's latest two invoices, the older first; of a pair known for less than 90 days
	Volume      money.Amount   // of the pair in the last 30 days
	UsualVolume money.Amount   // mean of 30 days over the 180 days before those; unknown of fewer than six invoices in them
}

// Referrals returns why a person looks at an invoice before it is offered for: the
// shapes of a bust-out, in which everything is paid promptly until it is not (D-9).
// They are for analysts only (D-8) and override every price. An invoice counts into the
// last 30 days when it was issued in them.
func Referrals(in Inputs) []Reason {
	if in.Velocity == nil {
		return nil
	}
	v, invoice := *in.Velocity, in.Basis
	var found []Reason
	if rising(invoice, v) {
		first := v.Earlier[len(v.Earlier)-fewestRising+1]
		found = append(found, referral(ReasonNewAndRising, invoice, first, fmt.Sprintf(
			"known for %s, and each of the last %d invoices is larger than the one before", counted(v.KnownDays, "day"), fewestRising)))
	}
	if in.canonical().Payments == 0 && moreThan(invoice, firstTimes, v.Usual) {
		found = append(found, referral(ReasonLargeFirst, invoice, v.Usual, fmt.Sprintf(
			"no invoice to this customer is paid yet, and this one is more than %d times the seller's usual one", firstTimes)))
	}
	volume := invoice
	if v.Volume.Positive() {
		volume = volume.Plus(v.Volume)
	}
	if in.Issued.After(in.Today.Plus(-volumeDays)) && moreThan(volume, volumeTimes, v.UsualVolume) {
		found = append(found, referral(ReasonVolumeJump, volume, v.UsualVolume, fmt.Sprintf(
			"the last 30 days are more than %d times the usual 30 days", volumeTimes)))
	}
	return found
}

// rising reports whether a new pair's last invoices grow one by one and have grown
// to a multiple together.
func rising(invoice money.Amount, v Velocity) bool {
	if v.KnownDays >= newDays || len(v.Earlier) < fewestRising-1 {
		return false
	}
	last := append(slices.Clone(v.Earlier[len(v.Earlier)-fewestRising+1:]), invoice)
	for i := 1; i < len(last); i++ {
		if !last[i-1].Less(last[i]) {
			return false
		}
	}
	return invoice.Compare(last[0].Times(money.Percent(100*risenTimes))) >= 0
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

// ReasonPerson is the code of the reason that everybody reads of a decision to refer.
const ReasonPerson = "a-person-looks"

// Decide returns what an engine decides on inputs, and sends to a person what the
// rules of velocity find in them. A decision to decline stays one. Every decision to
// refer says so in the same words, whatever its cause: those that a seller may not read
// cannot be told from those that it may (D-8).
func Decide(e Engine, in Inputs) Decision {
	d := e.Assess(in)
	if in.Velocity == nil {
		return d
	}
	d = refer(d, Referrals(in))
	if d.Outcome == OutcomeRefer {
		d.Reasons = beforeLast(d.Reasons, Reason{
			Code: ReasonPerson, Direction: Neutral, Audience: AudienceAll, Sentence: "a person looks at it before an offer is made",
		})
	}
	return d
}

// refer returns d as a decision to refer, with the referrals before its last, general
// line. Without referrals it is d.
func refer(d Decision, referrals []Reason) Decision {
	if len(referrals) == 0 {
		return d
	}
	if d.Outcome == OutcomeOffer {
		d.Outcome = OutcomeRefer
	}
	d.Reasons = beforeLast(d.Reasons, referrals...)
	return d
}

func beforeLast(reasons []Reason, more ...Reason) []Reason {
	return slices.Insert(slices.Clone(reasons), max(0, len(reasons)-1), more...)
}

// wireVelocity is the stored form, in minor units of the basis's currency.
type wireVelocity struct {
	Rules            string  `json:"rules"`
	UsualMinor       int64   `json:"usual_minor"`
	KnownDays        int     `json:"known_days"`
	EarlierMinor     []int64 `json:"earlier_minor"`
	VolumeMinor      int64   `json:"volume_minor"`
	UsualVolumeMinor int64   `json:"usual_volume_minor"`
}

func (v *Velocity) wire() *wireVelocity {
	if v == nil {
		return nil
	}
	w := &wireVelocity{
		Rules: cmp.Or(v.Rules, VelocityV1), UsualMinor: v.Usual.Units(), KnownDays: v.KnownDays, EarlierMinor: []int64{},
		VolumeMinor: v.Volume.Units(), UsualVolumeMinor: v.UsualVolume.Units(),
	}
	for _, earlier := range v.Earlier {
		w.EarlierMinor = append(w.EarlierMinor, earlier.Units())
	}
	return w
}

func (w *wireVelocity) velocity(c money.Currency) *Velocity {
	if w == nil {
		return nil
	}
	v := &Velocity{
		Rules: w.Rules, Usual: money.Minor(w.UsualMinor, c), KnownDays: w.KnownDays,
		Volume: money.Minor(w.VolumeMinor, c), UsualVolume: money.Minor(w.UsualVolumeMinor, c),
	}
	for _, earlier := range w.EarlierMinor {
		v.Earlier = append(v.Earlier, money.Minor(earlier, c))
	}
	return v
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
