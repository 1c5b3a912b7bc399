package collections

import (
	"cmp"
	"fmt"
	"slices"

	"comity/domain"
	"comity/money"
)

// FallKind says why something of an invoice falls on a day.
type FallKind string

// The kinds.
const (
	FallDue        FallKind = "due"        // as the invoice says
	FallPromise    FallKind = "promise"    // the debtor named the day
	FallInstalment FallKind = "instalment" // of a plan that is in force
)

// A Fall is an amount of an invoice and the day on which it falls due, is promised, or is an instalment.
type Fall struct {
	ID      string // the same each time that it is asked for
	Kind    FallKind
	Day     domain.Date
	Item    domain.DebtorItem
	Amount  money.Amount // positive
	N, Of   int          // of an instalment, from 1; else 0
	InParts bool         // a plan pays what is due, on days of its own
}

// FallsDue lists what of a page falls on which day, in order of the days: the due date of each open
// invoice also when it is over, each promised day that is not decided, and the instalments from today on
// of the plans in force, less what was paid of them ahead (C-181).
func FallsDue(page domain.DebtorPage, today domain.Date) []Fall {
	var all []Fall
	for _, item := range page.Items {
		if !item.Open.Positive() {
			continue
		}
		due := Fall{ID: item.Deal.String() + "-due", Kind: FallDue, Day: item.Due, Item: item, Amount: item.Open}
		for _, p := range page.Promises {
			if p.Deal == item.Deal && p.Status == domain.PromiseActive {
				all = append(all, Fall{ID: p.ID.String(), Kind: FallPromise, Day: p.PromisedOn, Item: item, Amount: money.Min(p.Amount, item.Open)})
			}
		}
		for _, p := range page.Plans {
			if p.Deal == item.Deal && p.Status == domain.PlanActive {
				due.InParts = true
				all = append(all, toCome(p, item, today)...)
			}
		}
		all = append(all, due)
	}
	slices.SortStableFunc(all, func(a, b Fall) int {
		return cmp.Or(b.Day.DaysUntil(a.Day), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// toCome lists what of a plan is still to come.
func toCome(p domain.Plan, item domain.DebtorItem, today domain.Date) []Fall {
	var all []Fall
	for _, i := range p.Instalments {
		after := p.Total.Minus(p.DueBy(i.DueOn)) // what the later ones pay
		left := money.Min(i.Amount, item.Open.Minus(after))
		if !i.DueOn.Before(today) && left.Positive() {
			all = append(all, Fall{
				ID: fmt.Sprintf("%s-%d", p.ID, i.N), Kind: FallInstalment, Day: i.DueOn, Item: item, Amount: left, N: i.N, Of: len(p.Instalments),
			})
		}
	}
	return all
}
