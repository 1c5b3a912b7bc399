package generator_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"comity/formats"
)

// measured is the facts of payment histories, by name.
type measured map[string]float64

// measure measures what testdata/facts.json names. Rows come in the order of issue.
func measure(rows []formats.HistoryRow) measured {
	m := measured{}
	byDebtor := map[string][]formats.HistoryRow{}
	for _, row := range rows {
		byDebtor[row.DebtorID] = append(byDebtor[row.DebtorID], row)
	}
	var debtors [][]formats.HistoryRow
	for _, of := range byDebtor {
		debtors = append(debtors, of)
	}
	slices.SortFunc(debtors, func(a, b []formats.HistoryRow) int { return len(b) - len(a) })
	m.lateness(rows)
	m.days(rows)
	m.debtors(debtors, len(rows))
	m.order(debtors)
	return m
}

func late(row formats.HistoryRow) float64 { return float64(row.Due.DaysUntil(row.Paid)) }

func (m measured) lateness(rows []formats.HistoryRow) {
	var days []float64
	shares := map[string]float64{}
	for _, row := range rows {
		days = append(days, late(row))
		switch l := late(row); {
		case l < 0:
			shares["paid early"]++
		case l == 0:
			shares["paid on the due day"]++
		case l <= 5:
			shares["paid 1-5 days late"]++
		case l <= 30:
			shares["paid 6-30 days late"]++
		case l <= 60:
			shares["paid 31-60 days late"]++
		case l <= 90:
			shares["paid 61-90 days late"]++
		default:
			shares["paid >90 days late"]++
		}
	}
	m.quantiles("days late", days, 1, 5, 10, 25, 50, 75, 90, 95, 99)
	for name, count := range shares {
		m[name] = count / float64(len(rows))
	}
	over := m["paid 31-60 days late"] + m["paid 61-90 days late"] + m["paid >90 days late"]
	m["more than 30 days late, of the late"] = over / (over + m["paid 1-5 days late"] + m["paid 6-30 days late"])
}

func (m measured) days(rows []formats.HistoryRow) {
	var terms, amounts []float64
	weekdays := map[time.Weekday]float64{}
	for _, row := range rows {
		terms = append(terms, float64(row.Issued.DaysUntil(row.Due)))
		amounts = append(amounts, float64(row.Amount.Units())/100)
		weekdays[row.Paid.Weekday()]++
	}
	m.quantiles("terms", terms, 5, 25, 50, 75, 95)
	m.quantiles("amount", amounts, 5, 25, 50, 75, 95, 99)
	for day := range time.Weekday(7) {
		m["paid on a "+day.String()] = weekdays[day] / float64(len(rows))
	}
}

func (m measured) debtors(debtors [][]formats.HistoryRow, rows int) {
	var sizes, rates, lates, tens []float64
	ten := 0.0
	for i, of := range debtors {
		n, k := float64(len(of)), 0.0
		for _, row := range of {
			if late(row) > 0 {
				k++
			}
		}
		sizes = append(sizes, n)
		if n >= 10 {
			rates, lates, tens = append(rates, k/n), append(lates, k), append(tens, n)
		}
		if i < 10 {
			ten += n
		}
	}
	m.quantiles("invoices per debtor", sizes, 10, 25, 50, 75, 90, 99)
	m.quantiles("late rate of debtors with 10 invoices", rates, 5, 10, 25, 50, 75, 90, 95)
	m["share of the largest debtor"] = sizes[0] / float64(rows)
	m["share of the ten largest"] = ten / float64(rows)
	m["beta-binomial of late, mean"], m["beta-binomial of late, rho"] = betaBinomial(lates, tens)
}

// order measures what depends on the order of a debtor's invoices.
func (m measured) order(debtors [][]formats.HistoryRow) {
	var together, rows, xy, xx, yy, x, y, pairs float64
	known, knownLate := map[string]float64{}, map[string]float64{}
	for _, of := range debtors {
		paidOn := map[string]float64{}
		paid := make([]int, len(of))
		mean := 0.0
		for i, row := range of {
			paidOn[row.Paid.String()]++
			paid[i] = of[0].Issued.DaysUntil(row.Paid)
			mean += clipped(row) / float64(len(of))
		}
		rows += float64(len(of))
		for _, n := range paidOn {
			if n > 1 {
				together += n
			}
		}
		slices.Sort(paid)
		for i, row := range of {
			before, _ := slices.BinarySearch(paid, of[0].Issued.DaysUntil(row.Issued))
			known[payments(before)]++
			if late(row) > 0 {
				knownLate[payments(before)]++
			}
			if i > 0 && len(of) >= 5 {
				a, b := clipped(of[i-1])-mean, clipped(row)-mean
				x, y, xy, xx, yy, pairs = x+a, y+b, xy+a*b, xx+a*a, yy+b*b, pairs+1
			}
		}
	}
	m["paid on a day with another of the debtor"] = together / rows
	m["lag-1 autocorrelation within debtors"] = (xy - x*y/pairs) / math.Sqrt((xx-x*x/pairs)*(yy-y*y/pairs))
	for name, n := range known {
		m["late at "+name+" known payments"] = knownLate[name] / n
	}
}

func clipped(row formats.HistoryRow) float64 { return min(181, max(-90, late(row))) }

func payments(known int) string {
	switch {
	case known == 0:
		return "0"
	case known < 4:
		return "1-3"
	case known < 10:
		return "4-9"
	default:
		return "10+"
	}
}

// quantiles keeps quantiles, straight between neighbours, under names such as
// "terms, 50 %".
func (m measured) quantiles(name string, values []float64, percents ...int) {
	values = slices.Sorted(slices.Values(values))
	for _, percent := range percents {
		at := float64(percent) / 100 * float64(len(values)-1)
		low := int(at)
		high := min(low+1, len(values)-1)
		m[fmt.Sprintf("%s, %d %%", name, percent)] = values[low] + (at-float64(low))*(values[high]-values[low])
	}
}

// betaBinomial returns mean and rho = 1/(a+b+1) of a beta-binomial with k late
// ones of n each, by the moments of Kleinman (1973) with weights n.
func betaBinomial(k, n []float64) (mean, rho float64) {
	var rows, late, squares, spread float64
	for i := range n {
		rows, late, squares = rows+n[i], late+k[i], squares+n[i]*n[i]
	}
	mean = late / rows
	for i := range n {
		spread += n[i] * (k[i]/n[i] - mean) * (k[i]/n[i] - mean)
	}
	free := float64(len(n) - 1)
	return mean, (spread/(mean*(1-mean)) - free) / (rows - squares/rows - free)
}
