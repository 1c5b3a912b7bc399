package underwriting

import (
	"fmt"
	"slices"
	"strconv"

	"comity/domain"
	"comity/money"
)

// HaircutsV1 names the tables of haircuts in whatever is stored of them.
const HaircutsV1 = "haircuts/1"

// A Verification is how far a claim is proven: the levels 0 to 6 of DOMAIN 3.5, one
// more, so that the zero value is unknown.
type Verification int

// The levels of verification.
const (
	VerificationUnknown   Verification = iota // nobody can say; an invoice that nobody verified is at level 0
	VerificationNone                          // level 0
	VerificationDocuments                     // level 1: invoice and order of the seller
	VerificationDelivery                      // level 2: proof of delivery or signed time sheet
	VerificationStatus                        // level 3: written status from the debtor's verified domain or portal
	VerificationCallBack                      // level 4: call back to an independently found number, named person
	VerificationEstoppel                      // level 5: signed acknowledgement without set-off
	VerificationAccepted                      // level 6: irrevocable acceptance
)

// verificationV1 holds V(level) of D-9 by level, in basis points of the basis.
// Level 3 is the 2 % of the vectors of D-9 and of the stories. For the others there
// is no public evidence but their order; they are conservative by choice.
var verificationV1 = []int64{1_000, 600, 400, 200, 100, 50, 0}

// Level returns the level, 0 to 6; of one that nobody can say, 0.
func (v Verification) Level() int { return max(int(v-VerificationNone), 0) }

// Haircut returns V(level) of D-9, as a fraction of the basis. What is not a level
// is unknown and has the haircut of the worst quartile of levels.
func (v Verification) Haircut() money.Rate {
	if v < VerificationNone || v > VerificationAccepted {
		return money.BasisPoints(WorstQuartile(verificationV1))
	}
	return money.BasisPoints(verificationV1[v-VerificationNone])
}

// A SellerGrade says how good a seller is as the second source of repayment, from A
// to E; what else it says is unknown.
type SellerGrade string

// gradeRow is what a grade means.
type gradeRow struct {
	grade   SellerGrade
	haircut int64  // S(grade) of D-9, in basis points of the basis
	failure Belief // that a chargeback is not paid; weighs as much as ten chargebacks
}

// gradesV1 is the table of grades, worst last. A (0 %) and C (3 %) are the haircuts
// of the vectors of D-9. For the other haircuts, and for how often sellers fail to
// buy back, there is no public evidence; they are conservative by choice.
var gradesV1 = []gradeRow{
	{"A", 0, Belief{Hits: 200_000, Misses: 9_800_000}},
	{"B", 100, Belief{Hits: 400_000, Misses: 9_600_000}},
	{"C", 300, Belief{Hits: 800_000, Misses: 9_200_000}},
	{"D", 600, Belief{Hits: 1_500_000, Misses: 8_500_000}},
	{"E", 1_000, Belief{Hits: 3_000_000, Misses: 7_000_000}},
}

// Known reports whether g is a grade of the table.
func (g SellerGrade) Known() bool {
	return slices.ContainsFunc(gradesV1, func(r gradeRow) bool { return r.grade == g })
}

// Haircut returns S(grade) of D-9, as a fraction of the basis. A grade that is not
// known has the haircut of the worst one (D-9).
func (g SellerGrade) Haircut() money.Rate { return money.BasisPoints(g.row().haircut) }

func (g SellerGrade) row() gradeRow {
	for _, r := range gradesV1 {
		if r.grade == g {
			return r
		}
	}
	return gradesV1[len(gradesV1)-1]
}

// Promises are those of a pair's debtor to pay by a day that statements of the bank decided in the
// last twelve months. Nobody has to promise anything: none is no bad sign, and neither is one that
// was kept in part.
type Promises struct {
	Broken  int // of those decided
	Decided int // kept, kept in part or broken
}

// fewestPromises is how many decided promises say something of a debtor.
const fewestPromises = 3

// Tell reports whether there are enough of them to say something.
func (p Promises) Tell() bool { return p.Decided >= fewestPromises }

// Haircut returns what is kept of the basis for promises that were not kept (F-72): 1 % where more
// than a fourth of them were broken, 2 % where it is more than a half. There is no public evidence
// for the sums but their order; they are half of what one level of verification moves.
func (p Promises) Haircut() money.Rate {
	switch {
	case !p.Tell() || p.Broken*4 <= p.Decided:
		return money.BasisPoints(0)
	case p.Broken*2 <= p.Decided:
		return money.BasisPoints(100)
	default:
		return money.BasisPoints(200)
	}
}

// WorstQuartile returns the least of the values that are among the highest fourth
// of those known: what the unknown is priced at (D-33). It is zero of none.
func WorstQuartile[T ~int32 | ~int64](known []T) T {
	if len(known) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(known))[len(known)*3/4]
}

// Facts are what the haircuts of D-9 rest on. The zero value knows nothing.
type Facts struct {
	Dilution     Dilution // of the pair
	Verification Verification
	Grade        SellerGrade
	Promises     Promises   // of the pair's debtor, to the factor that asks
	ProductCap   money.Rate // highest advance rate of the product; none when zero
	SellerCap    money.Rate // and of the seller
}

// The codes of the reasons of an advance rate.
const (
	ReasonDilution            = "dilution"
	ReasonDilutionUnknown     = "dilution-unknown"
	ReasonVerification        = "verification"
	ReasonVerificationUnknown = "verification-unknown"
	ReasonGrade               = "seller-grade"
	ReasonGradeUnknown        = "seller-grade-unknown"
	ReasonPromises            = "promises"
	ReasonAdvanceCap          = "advance-cap"
)

// D95 returns the haircut D95(pair) of D-9. A pair of which fewer than three months
// are complete is unknown: it never does better than a bad month of the general belief,
// nor than its own credits so far. That is worse than the worst quartile of what is
// known would be (D-33), and moves with no other pair (D-7).
func (f Facts) D95() money.Ppm {
	own := f.Dilution.D95
	if f.Dilution.Known {
		return own
	}
	return max(own, dilutionV1.P95())
}

// Haircut returns m with the haircuts of the facts in place of its own and its cap
// cut down to those of product and seller, and a reason for each haircut.
func (f Facts) Haircut(m domain.MandateTerms) (domain.MandateTerms, []Reason) {
	m.DilutionHaircut = f.D95().Rate()
	m.VerificationHaircut = f.Verification.Haircut()
	m.SellerHaircut = f.Grade.Haircut()
	m.PromiseHaircut = f.Promises.Haircut()
	reasons := []Reason{
		f.dilutionReason(m.DilutionHaircut), f.verificationReason(m.VerificationHaircut), f.gradeReason(m.SellerHaircut),
	}
	if f.Promises.Tell() {
		reasons = append(reasons, f.promiseReason(m.PromiseHaircut))
	}
	for _, limit := range []money.Rate{f.ProductCap, f.SellerCap} {
		if limit.Positive() && limit.Less(m.AdvanceCap) {
			m.AdvanceCap = limit
		}
	}
	return m, reasons
}

// capReason says that the cap decides the advance rate, if it does.
func (f Facts) capReason(m domain.MandateTerms) []Reason {
	if AdvanceRate(m).Less(m.AdvanceCap.FloorBasisPoints()) {
		return nil
	}
	r := kept(ReasonAdvanceCap, m.AdvanceCap)
	r.Direction = Neutral
	r.Sentence = "no more than " + m.AdvanceCap.PercentString() + " % is advanced on any invoice of this kind"
	if f.SellerCap.Positive() && f.SellerCap == m.AdvanceCap {
		r.Sentence = "no more than " + m.AdvanceCap.PercentString() + " % is advanced on an invoice of yours"
	}
	return []Reason{r}
}

func (f Facts) dilutionReason(haircut money.Rate) Reason {
	r := kept(ReasonDilution, haircut)
	r.Comparison = counted(f.Dilution.Months, "complete month") + " of sales"
	r.Sentence = haircut.PercentString() + " % is kept for what this customer takes off your invoices in a bad month"
	if !f.Dilution.Known {
		r.Code = ReasonDilutionUnknown
		r.Sentence = fmt.Sprintf("%s %% is kept for deductions: %s of sales known, so a bad month of what is believed of any customer counts",
			haircut.PercentString(), counted(f.Dilution.Months, "complete month"))
	}
	return r
}

func (f Facts) verificationReason(haircut money.Rate) Reason {
	r := kept(ReasonVerification, haircut)
	if f.Verification < VerificationNone || f.Verification > VerificationAccepted {
		r.Code = ReasonVerificationUnknown
		r.Sentence = haircut.PercentString() + " % is kept because it is not known how the invoice was verified: the worst quarter counts"
		return r
	}
	level := strconv.Itoa(int(f.Verification - VerificationNone))
	r.Comparison = "verification level " + level + " of 6"
	r.Sentence = haircut.PercentString() + " % is kept at verification level " + level
	return r
}

func (f Facts) gradeReason(haircut money.Rate) Reason {
	r := kept(ReasonGrade, haircut)
	r.Comparison = "grade " + string(f.Grade)
	r.Sentence = haircut.PercentString() + " % is kept for a seller of grade " + string(f.Grade)
	if !f.Grade.Known() {
		r.Code, r.Comparison = ReasonGradeUnknown, ""
		r.Sentence = haircut.PercentString() + " % is kept because the seller has no grade yet: the worst grade counts"
	}
	return r
}

func (f Facts) promiseReason(haircut money.Rate) Reason {
	r := kept(ReasonPromises, haircut)
	r.Comparison = fmt.Sprintf("%d of %d broken", f.Promises.Broken, f.Promises.Decided)
	r.Sentence = fmt.Sprintf("%s %% is kept: of %d promises of this customer to pay, %d were not kept", haircut.PercentString(), f.Promises.Decided, f.Promises.Broken)
	return r
}

// kept starts a reason whose value is a part of the basis, for everybody. It does
// not move the payment curve, so its effect on it is nothing.
func kept(code string, part money.Rate) Reason {
	r := Reason{Code: code, Value: part.String(), Direction: Neutral, Audience: AudienceAll}
	if part.Positive() {
		r.Direction = Worse
	}
	return r
}

// Eligible splits a basis at the room that a limit leaves: what may be financed,
// and the excess, which is ineligible. Concentration is such a limit and never a
// haircut (D-9); the limit is taken once, on the eligible base (D-31).
func Eligible(basis, room money.Amount) (eligible, excess money.Amount) {
	eligible = money.Max(money.Min(basis, room), money.Minor(0, basis.Currency()))
	return eligible, basis.Minus(eligible)
}
