package underwriting

import (
	"comity/money"
)

// LossPriorsV1 names the beliefs of [Seen.Losses] in whatever is stored of them.
const LossPriorsV1 = "loss-priors/1"

// The beliefs before anything is seen. They are about things that no payment
// history records, so no history of payments ever changes them; a change to one
// figure is a new version.
var (
	// defaultV1 is that a debtor defaults within a year: 3 %, and 95 % sure that
	// not more than 7.7 %. There is no public evidence: every row of every public
	// set is a paid invoice, and the rates that are quoted on the web name no
	// source. It is conservative by choice and weighs as much as 50 debtor-years.
	// The mass beyond day 180 of a payment curve is never used for it (D-9).
	defaultV1 = Belief{Hits: 1_500_000, Misses: 48_500_000}

	// lossGivenDefaultV1 is the part of a defaulted claim that is never recovered:
	// 75 %. There is no public evidence; it is conservative by choice, for claims
	// of trade are unsecured.
	lossGivenDefaultV1 = Belief{Hits: 3 * oneObservation, Misses: 1 * oneObservation}

	// disputeV1 is that an invoice is disputed: 5 %. There is no public evidence of
	// real invoices: the one set that has disputes (23 %) is simulated. DOMAIN 3.3
	// has it that disputes are the vast majority of recourse returns, without a
	// rate. It is conservative by choice and weighs as much as 20 invoices.
	disputeV1 = Belief{Hits: 1 * oneObservation, Misses: 19 * oneObservation}

	// fraudV1 is that an invoice is not a claim: invented, sold twice, or by
	// parties in league. 0.25 % of invoices. There is no public evidence; D-9 calls
	// fraud the first cause of loss. It is conservative by choice.
	fraudV1 = Belief{Hits: 500_000, Misses: 199_500_000}
)

// Seen is what the platform saw of one debtor, pair and seller. The zero value saw
// nothing, and every belief is as it was before.
type Seen struct {
	Defaults         int  // of the debtor's segment
	DebtorDays       int  // days that debtors of the segment were watched
	DefaultsRecorded bool // the source would show a default

	Disputes    Count // of the pair's invoices
	Frauds      Count // of invoices bought
	Repurchases Count // events: the seller did not pay a chargeback; trials: chargebacks exercised

	Lost, Defaulted money.Amount // of defaulted claims whose recovery is over: what is lost, and all of it; none when zero
	Closed          int          // of those claims
}

// Losses are the beliefs that an expected loss rests on, with their 90 % credible
// intervals. None is derived from a payment curve.
type Losses struct {
	Default          Posterior // a debtor defaults within a year
	LossGivenDefault Posterior // of the covered claim
	Dispute          Posterior // an invoice is disputed
	Dilution         Posterior // of the basis
	Fraud            Posterior // an invoice is no claim
	NoRepurchase     Posterior // a seller of this grade does not pay a chargeback
}

// LossRates are one figure for each of [Losses].
type LossRates struct {
	Default, LossGivenDefault, Dispute, Dilution, Fraud, NoRepurchase money.Ppm
}

// Losses returns the beliefs after what was seen. The facts give the pair's
// dilution and the seller's grade: dilution that is not known is never better than
// the general belief, and a seller of no known grade is of the worst.
func (s Seen) Losses(f Facts) Losses {
	dilution := f.Dilution.Share
	if general := dilutionV1.Posterior(); !f.Dilution.Known {
		dilution.Mean, dilution.Low, dilution.High = max(dilution.Mean, general.Mean), max(dilution.Low, general.Low), max(dilution.High, general.High)
	}
	given := lossGivenDefaultV1
	if s.Closed > 0 && s.Defaulted.Positive() {
		given = given.WithShare(shareOf(s.Lost, s.Defaulted), min(s.Closed, mostInBucket))
	}
	return Losses{
		Default:          defaultV1.WithRate(s.Defaults, s.DebtorDays, s.DefaultsRecorded).Posterior(),
		LossGivenDefault: given.Posterior(),
		Dispute:          disputeV1.With(s.Disputes).Posterior(),
		Dilution:         dilution,
		Fraud:            fraudV1.With(s.Frauds).Posterior(),
		NoRepurchase:     f.Grade.row().failure.With(s.Repurchases).Posterior(),
	}
}

// Expected returns the means.
func (l Losses) Expected() LossRates {
	return LossRates{
		Default: l.Default.Mean, LossGivenDefault: l.LossGivenDefault.Mean, Dispute: l.Dispute.Mean,
		Dilution: l.Dilution.Mean, Fraud: l.Fraud.Mean, NoRepurchase: l.NoRepurchase.Mean,
	}
}

// Stressed returns the upper ends of the credible intervals.
func (l Losses) Stressed() LossRates {
	return LossRates{
		Default: l.Default.High, LossGivenDefault: l.LossGivenDefault.High, Dispute: l.Dispute.High,
		Dilution: l.Dilution.High, Fraud: l.Fraud.High, NoRepurchase: l.NoRepurchase.High,
	}
}

// What makes a covered claim fall due from the factor (D-28).
const (
	TriggerInsolvency = "insolvency"
	TriggerProtracted = "protracted_default" // unpaid some days after due
)

// A Cover is what a factor takes over of a debtor's failure to pay (D-28). The zero
// value covers nothing: that is full recourse.
type Cover struct {
	Trigger     string       // insolvency or protracted_default; both are priced alike, as default
	TriggerDays int          // of protracted_default: days after due
	LimitFree   money.Amount // of the approved limit, on the delivery date
	Share       money.Rate   // of what is inside the limit: covered_pct
	FirstLoss   money.Amount // that the seller bears before the cover
	Tax         money.Amount // in the basis and left out of the cover; nothing where tax is covered
	Suspended   bool         // by a dispute
}

// Covered returns the part of the basis that the factor bears: the share of
// what is inside the free limit, without tax, less the first loss. The rest
// follows recourse.
func (c Cover) Covered(basis money.Amount) money.Amount {
	nothing := money.Minor(0, basis.Currency())
	if c.Suspended || !c.LimitFree.Positive() {
		return nothing
	}
	inside := basis
	if c.Tax.Positive() {
		inside = inside.Minus(c.Tax)
	}
	covered := money.Min(c.LimitFree, inside).Times(c.Share)
	if c.FirstLoss.Positive() {
		covered = covered.Minus(c.FirstLoss)
	}
	return money.Max(covered, nothing)
}

// An Exposure is what a factor may lose on one purchase.
type Exposure struct {
	Basis   money.Amount
	Reserve money.Amount
	Fees    money.Amount // owed at the end of the cure period
	Cover   Cover
	OpenBy  int // days after funding at which recourse and cure are over: D-16 and D-9
}

// FromSeller returns what a chargeback of the whole uncovered part claims from the
// seller: that part and the fees, less the reserve (V4 and V5c of DOMAIN 3.8). For a
// purchase without cover that is the advance and the fees.
func (e Exposure) FromSeller() money.Amount {
	return e.claim(e.Cover.Covered(e.Basis))
}

func (e Exposure) claim(covered money.Amount) money.Amount {
	return money.Max(e.Basis.Minus(covered).Plus(e.Fees).Minus(e.Reserve), money.Minor(0, e.Basis.Currency()))
}

// A Loss is an expected loss by its cause.
type Loss struct {
	Credit     money.Amount // the debtor defaults on the covered part
	Repurchase money.Amount // unpaid when recourse and cure are over, and the seller does not pay either
	Dispute    money.Amount // disputed, and the seller does not pay the chargeback
	Dilution   money.Amount // credits on the invoice that the seller does not make good
	Fraud      money.Amount // no claim at all, and nobody to pay it back
}

// Total returns the sum of the causes.
func (l Loss) Total() money.Amount {
	return l.Credit.Plus(l.Repurchase).Plus(l.Dispute).Plus(l.Dilution).Plus(l.Fraud)
}

// ExpectedLoss returns what an exposure costs on average by cause, each rounded
// once (D-9, D-28). The payment curve says how long the claim stands and whether it
// is unpaid when recourse and cure are over; that is a matter of time only. Whether
// the debtor defaults, and how much is then lost, is a rate of its own: per year,
// over the days that the claim stands. Nothing is set off between causes. A loss
// never falls when payments get later, a rate rises or fees grow.
func ExpectedLoss(e Exposure, days FundedDays, rates LossRates) Loss {
	covered, nothing := e.Cover.Covered(e.Basis), money.Minor(0, e.Basis.Currency())
	unpaid := money.Whole - days.PaidBy(e.OpenBy)
	return Loss{
		Credit:     inBoth(covered, defaultWithin(e.standing(days), rates.Default), rates.LossGivenDefault),
		Repurchase: inBoth(e.claim(covered), unpaid, rates.NoRepurchase),
		Dispute:    inBoth(e.claim(nothing), rates.Dispute, rates.NoRepurchase),
		Dilution:   inBoth(e.Basis, rates.Dilution, rates.NoRepurchase),
		Fraud:      inBoth(e.Basis.Minus(e.Reserve), rates.Fraud, money.Whole),
	}
}

// standing returns the mean number of days that a claim stands, rounded up to whole
// days. One that is not paid by the last day foreseen, or by the end of the cure
// period if that is later, stands until then.
func (e Exposure) standing(days FundedDays) int64 {
	mean := days.meanDays(max(e.OpenBy, days.Last()+1))
	return (mean + int64(money.Whole) - 1) / int64(money.Whole)
}

// inBoth returns what is lost of an amount when two independent things happen.
func inBoth(of money.Amount, first, second money.Ppm) money.Amount {
	return of.Share(first.Rate().TimesInt(int64(second)), 1, int64(money.Whole))
}
