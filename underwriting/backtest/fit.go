package backtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"comity/underwriting/paytime"
)

// Fit learns a model from everything of a portfolio that was known before its cut,
// and writes into it the SHA-256 of the rows and how it does on them.
func Fit(p *Portfolio) (*paytime.Model, error) {
	m, err := paytime.Fit(p.History, p.Cut)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	for i := range p.History.Rows {
		r := &p.History.Rows[i]
		paid := r.Paid
		if r.Paid >= p.Cut {
			paid = paytime.NotPaid
		}
		fmt.Fprintf(sum, "%q %d %d %d %d %d %d %d %q\n", r.ID, r.Seller, r.Debtor, r.Issued, r.Due, paid, r.Observed, r.Band, r.Register)
	}
	m.Trained.Fingerprint = hex.EncodeToString(sum.Sum(nil))
	measureInSample(p, m)
	return m, nil
}

// The rows on which a fitted model is looked at: the latest ones that were issued so
// long before the cut that hardly any of them is open. Rows that are paid already
// among later ones would be the prompt ones.
const (
	mostInSample   = 10_000
	oldestInSample = 120 // days before the cut
)

// measureInSample prices rows whose payment is known.
func measureInSample(p *Portfolio, m *paytime.Model) {
	known := &Portfolio{History: p.History}
	for i := len(p.History.Rows) - 1; i >= 0 && len(known.Priced) < mostInSample; i-- {
		if r := &p.History.Rows[i]; r.Issued < p.Cut-oldestInSample && r.Paid < p.Cut {
			known.Priced = append(known.Priced, Priced{Row: i, Minor: 1})
		}
	}
	results := Price(known, m, 1)
	measured := Measure(results)
	m.Trained.CRPS = toPlaces(measured.CRPS)
	m.Trained.LogLossLate = toPlaces(measured.After[0].LogLoss)
	m.Trained.Calibration = Calibration(results)
}
