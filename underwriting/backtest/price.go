package backtest

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"sync"

	"comity/underwriting/paytime"
)

// Price returns the curve of every priced row as of the day it was issued, in
// order. It reads no payment of that day or later. The result does not depend on
// how many workers there are, at least 1.
func Price(p *Portfolio, m *paytime.Model, workers int) []Result {
	out := make([]Result, len(p.Priced))
	var group sync.WaitGroup
	for worker := range max(workers, 1) {
		group.Go(func() {
			pricer := newPricer(p.History, m)
			for k := worker; k < len(out); k += max(workers, 1) {
				pricer.price(p.Priced[k], &out[k])
			}
		})
	}
	group.Wait()
	return out
}

type pricer struct {
	h        *paytime.History
	m        *paytime.Model
	reader   *paytime.Reader
	work     paytime.Workspace
	profile  paytime.Profile
	invoice  paytime.Invoice
	curve    paytime.Curve
	register map[string]string
}

func newPricer(h *paytime.History, m *paytime.Model) *pricer {
	return &pricer{h: h, m: m, reader: h.Reader(), register: map[string]string{}}
}

func (x *pricer) price(priced Priced, out *Result) {
	row := &x.h.Rows[priced.Row]
	x.reader.Read(priced.Row, &x.profile, &x.invoice)
	clear(x.register)
	for i, name := range x.h.Names {
		x.register[name] = row.Register[i]
	}
	x.m.Levels(&x.invoice, x.register)
	x.m.Assess(&x.work, &x.profile, &x.invoice, x.h.Calendars[row.Calendar], &x.curve)
	out.PaidBy = x.curve.PaidBy
	out.Minor = priced.Minor
	if out.Known = row.Paid != paytime.NotPaid; out.Known {
		out.Late = clipLate(row.Paid - row.Due)
	}
}

// WritePredictions writes the curves as CSV: invoice_id and F(g) for every day g
// from -90 to 180, in steps of a millionth.
func WritePredictions(w io.Writer, p *Portfolio, results []Result) error {
	out := bufio.NewWriter(w)
	line := []byte("invoice_id")
	for day := paytime.FirstDay; day <= paytime.LastDay; day++ {
		line = strconv.AppendInt(append(line, ','), int64(day), 10)
	}
	for i := range results {
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
		line = append(line[:0], quoted(p.Priced[i].ID)...)
		for _, paid := range results[i].PaidBy {
			line = appendMillionths(append(line, ','), paid)
		}
	}
	if _, err := out.Write(append(line, '\n')); err != nil {
		return err
	}
	return out.Flush()
}

// appendMillionths writes a share as a decimal without trailing zeros.
func appendMillionths(line []byte, millionths int32) []byte {
	if millionths == 0 || millionths == paytime.Million {
		return strconv.AppendInt(line, int64(millionths/paytime.Million), 10)
	}
	line = append(line, "0."...)
	for unit := int32(paytime.Million / 10); millionths > 0; unit /= 10 {
		line = append(line, byte('0'+millionths/unit))
		millionths %= unit
	}
	return line
}

// Baseline returns the one curve that the whole history gives, Kaplan and Meier's
// estimate over the rows that are not priced as known on the day before the cut,
// for every priced row: what a model is held against.
func Baseline(p *Portfolio, results []Result) []Result {
	priced := map[int]bool{}
	for _, row := range p.Priced {
		priced[row.Row] = true
	}
	var paid, open [paytime.Days + 1]int64
	for i := range p.History.Rows {
		row := &p.History.Rows[i]
		switch {
		case priced[i] || row.Issued >= p.Cut:
		case row.Paid < p.Cut:
			paid[clipLate(row.Paid-row.Due)-paytime.FirstDay]++
		default:
			open[clipLate(p.Cut-1-row.Due)-paytime.FirstDay]++
		}
	}
	atRisk := int64(0)
	for i := range paid {
		atRisk += paid[i] + open[i]
	}
	survive, curve := 1.0, [paytime.Days]int32{}
	for i := range curve {
		if atRisk > 0 {
			survive *= 1 - float64(paid[i])/float64(atRisk)
		}
		atRisk -= paid[i] + open[i]
		curve[i] = int32((1-survive)*paytime.Million + .5)
	}
	base := make([]Result, len(results))
	for i := range results {
		base[i] = Result{PaidBy: curve, Late: results[i].Late, Known: results[i].Known, Minor: results[i].Minor}
	}
	return base
}

// quoted returns a CSV field.
func quoted(field string) string {
	if !strings.ContainsAny(field, ",\"\r\n") {
		return field
	}
	return `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
}
