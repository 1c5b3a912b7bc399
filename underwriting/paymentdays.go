package underwriting

import (
	"errors"
	"fmt"

	"comity/domain"
	"comity/money"
)

// ErrCurve reports a decision whose curve is no distribution: without points, with
// days out of order or range, or with shares that fall or do not add up with Later.
var ErrCurve = errors.New("the payment curve is no distribution")

// PaymentDays say when an invoice is paid, one day at a time: from 90 days before
// to 180 days after the due date, in whole millionths that add up to exactly one
// with [PaymentDays.Later]. The zero value is paid later than all that.
type PaymentDays struct {
	paid *cumulative // never changed; nil is nothing
}

// cumulative is what is paid by the end of each day; it never falls.
type cumulative [lastDay - firstDay + 1]money.Ppm

// PaymentDays returns the curve of d for every day. Between two points it is
// straight, each day cut down to a whole millionth, so that a curve which is nowhere
// below another on their points is nowhere below it. What is paid by the first
// point is paid on its day; after the last one nothing is. It gives [ErrCurve].
func (d Decision) PaymentDays() (PaymentDays, error) {
	var paid cumulative
	if len(d.Curve) == 0 || d.Curve[0].Day < firstDay {
		return PaymentDays{}, fmt.Errorf("%d points: %w", len(d.Curve), ErrCurve)
	}
	last := CurvePoint{Day: d.Curve[0].Day - 1}
	for _, next := range d.Curve {
		if next.Day <= last.Day || next.Day > lastDay || next.Paid < last.Paid {
			return PaymentDays{}, fmt.Errorf("%s by day %d after %s by day %d: %w", next.Paid, next.Day, last.Paid, last.Day, ErrCurve)
		}
		mass, length := int64(next.Paid-last.Paid), int64(next.Day-last.Day)
		for n := int64(1); n <= length; n++ {
			paid[last.Day+int(n)-firstDay] = last.Paid + money.Ppm(mass*n/length)
		}
		last = next
	}
	if last.Paid+d.Later != money.Whole || d.Later < 0 {
		return PaymentDays{}, fmt.Errorf("%s paid and %s later: %w", last.Paid, d.Later, ErrCurve)
	}
	for day := last.Day + 1; day <= lastDay; day++ {
		paid[day-firstDay] = last.Paid
	}
	return PaymentDays{&paid}, nil
}

// PaidBy returns the probability of being paid by the end of a day relative to the
// due date. It is nothing before day -90 and does not grow after day 180.
func (p PaymentDays) PaidBy(day int) money.Ppm {
	if day < firstDay || p.paid == nil {
		return 0
	}
	return p.paid[min(day, lastDay)-firstDay]
}

// On returns the probability of being paid on a day relative to the due date.
func (p PaymentDays) On(day int) money.Ppm { return p.PaidBy(day) - p.PaidBy(day-1) }

// Later returns the probability of not being paid by day 180. Nobody looked
// longer, so it says nothing about whether the invoice is ever paid (D-9).
func (p PaymentDays) Later() money.Ppm { return money.Whole - p.PaidBy(lastDay) }

// By returns the first day by which at least the given share is paid, 181 when
// that is later than day 180.
func (p PaymentDays) By(share money.Ppm) int {
	for day := firstDay; day <= lastDay; day++ {
		if p.PaidBy(day) >= share {
			return day
		}
	}
	return laterDay
}

// nineInTen is the share that is paid by the P90 day.
const nineInTen = money.Whole / 10 * 9

// Stressed returns the curve of a debtor that is never better than its own P90: who
// pays before the day by which nine in ten are paid pays on that day, and who pays
// after it pays as late as before.
func (p PaymentDays) Stressed() PaymentDays {
	var paid cumulative
	for day := p.By(nineInTen); day <= lastDay; day++ {
		paid[day-firstDay] = p.PaidBy(day)
	}
	return PaymentDays{&paid}
}

// AfterFunding returns the same days counted from the funding date of an invoice
// with a due date. An invoice bought on a day is known to be unpaid then, so what
// would have been paid by the funding date counts as paid on day 1.
func (p PaymentDays) AfterFunding(due, fundedOn domain.Date) FundedDays {
	return FundedDays{days: p, due: clip(fundedOn.DaysUntil(due), -longestTerm, longestTerm)}
}

// FundedDays say when an invoice is paid, in days after its funding date, from day
// 1 on. In whole millionths they add up to exactly one with [FundedDays.Later].
type FundedDays struct {
	days PaymentDays
	due  int // the due date, in days after the funding date; negative when it was past
}

// PaidBy returns the probability of being paid by the end of a day after funding.
// It is nothing before day 1 and does not grow after [FundedDays.Last].
func (f FundedDays) PaidBy(day int) money.Ppm {
	if day < 1 {
		return 0
	}
	return f.days.PaidBy(day - f.due)
}

// On returns the probability of being paid on a day after funding.
func (f FundedDays) On(day int) money.Ppm { return f.PaidBy(day) - f.PaidBy(day-1) }

// Last returns the last day after funding on which a payment is foreseen: 180 days
// after the due date, at least day 1.
func (f FundedDays) Last() int { return max(1, f.due+lastDay) }

// Later returns the probability of not being paid by the last day: unknown, as for
// [PaymentDays.Later].
func (f FundedDays) Later() money.Ppm { return money.Whole - f.PaidBy(f.Last()) }

// Stressed returns the days of [PaymentDays.Stressed].
func (f FundedDays) Stressed() FundedDays {
	return FundedDays{days: f.days.Stressed(), due: f.due}
}

// expect returns the mean of a value of days 1 to end, in millionths: each day
// with its probability, and whatever is paid on the end day, after it or later with
// the value of the end day. It is exact. When the value never falls from day to
// day, the mean never falls as payments get later.
func (f FundedDays) expect(end int, value func(day int) money.Rate) money.Rate {
	mean := money.Rate{}
	for day := 1; day < end && day <= f.Last(); day++ {
		if share := f.On(day); share > 0 {
			mean = mean.Plus(value(day).TimesInt(int64(share)))
		}
	}
	if rest := money.Whole - f.PaidBy(end-1); rest > 0 {
		mean = mean.Plus(value(end).TimesInt(int64(rest)))
	}
	return mean
}

// meanDays returns the mean number of days until payment, in millionths of a day,
// where nothing lasts longer than end days.
func (f FundedDays) meanDays(end int) int64 {
	sum := int64(0)
	for day := range end {
		sum += int64(money.Whole - f.PaidBy(day))
	}
	return sum
}

// ExpectedFee returns the mean of a fee over the days on which the debtor may pay
// (D-9: the fee of each day times its probability, never the fee of the mean day),
// rounded once. What is not paid before the recourse day is charged as on the
// recourse day, on which the seller may have to buy it back; so it is for what lies
// beyond day 180.
func ExpectedFee(fee domain.FeeTerms, basis, advance money.Amount, days FundedDays, recourseDay int) money.Amount {
	mean := days.expect(recourseDay, func(day int) money.Rate { return fee.Unrounded(basis, advance, day) })
	return money.Minor(1, basis.Currency()).Share(mean, 1, int64(money.Whole))
}
