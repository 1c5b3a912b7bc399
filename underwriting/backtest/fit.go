package backtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"comity/underwriting/paytime"
)

// Fit learns a model from everything of a portfolio that was known before its cut,
// and writes into it what it was fitted on and how it does there.
func Fit(p *Portfolio) (*paytime.Model, error) {
	m, err := paytime.Fit(p.History, p.Cut)
	if err != nil {
		return nil, err
	}
	t := &m.Trained
	sum := sha256.New()
	debtors := map[int]bool{}
	for i := range p.History.Rows {
		r := &p.History.Rows[i]
		debtors[r.Debtor] = true
		t.Rows++
		paid := r.Paid
		if r.Paid >= p.Cut {
			paid = paytime.NotPaid
			t.Censored++
		}
		fmt.Fprintf(sum, "%q %d %d %d %d %d %q\n", r.ID, r.Debtor, r.Issued, r.Due, paid, r.Band, r.Register)
	}
	t.Debtors, t.From, t.Until = len(debtors), p.From.String(), p.To.String()
	t.Fingerprint = hex.EncodeToString(sum.Sum(nil))
	measureInSample(p, m)
	return m, nil
}

// mostInSample bounds the rows on which a fitted model is looked at.
const mostInSample = 10_000

// measureInSample prices the latest rows whose payment is known.
func measureInSample(p *Portfolio, m *paytime.Model) {
	known := &Portfolio{History: p.History}
	for i := len(p.History.Rows) - 1; i >= 0 && len(known.Priced) < mostInSample; i-- {
		if p.History.Rows[i].Paid < p.Cut {
			known.Priced = append(known.Priced, Priced{Row: i, Minor: 1})
		}
	}
	results := Price(known, m, 1)
	measured := Measure(results)
	m.Trained.CRPS = toPlaces(measured.CRPS)
	m.Trained.LogLossLate = toPlaces(measured.After[0].LogLoss)
	m.Trained.Calibration = calibration(results)
}
