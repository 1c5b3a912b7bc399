package generator

import (
	"fmt"
	"time"

	"comity/domain"
	"comity/money"
)

// A Debtor is somebody that invoices are sent to.
type Debtor struct {
	ID        string
	Sellers   []string // who sends them, the usual one first
	Industry  string
	Country   string
	SizeClass string
	Currency  money.Currency
	Habit     Habit
	Invoices  int         // how many there are in the portfolio
	First     domain.Date // no invoice is issued before it

	trade *trade
	seed  uint64
	days  int // how long from First invoices are issued
	terms int // the usual ones
	level int // the usual rank of amounts, in ppm; -1: it has none
}

// Behaviour returns the behaviour with which the portfolio was made, at its
// beginning. Another seed gives another life of the same habit: [Habit.Begin].
func (d *Debtor) Behaviour() *Behaviour { return d.Habit.Begin(d.seed) }

// New draws the debtors of a portfolio. It refuses a Config without a profile or
// a first day, or with numbers that are out of range.
func New(c Config) (*Portfolio, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("generate a portfolio: %w", err)
	}
	master := seeded(c.Seed, 0)
	p := &Portfolio{start: c.Start, days: c.Start.DaysUntil(c.end()), debtors: make([]Debtor, c.Debtors)}
	order := master.shuffled(c.Debtors)
	done := 0
	for _, part := range parts(c) {
		draw := newDraw(p, c, part, &master)
		for rank, invoices := range part.volumes {
			d := &p.debtors[order[done]]
			d.ID, d.Invoices = "D"+padded(order[done]+1, 5), invoices
			draw.fill(d, rank)
			done++
		}
	}
	return p, nil
}

// A part is the debtors of one profile, the largest first.
type part struct {
	profile Profile
	trade   *trade
	volumes []int
}

// parts divides debtors and invoices among profiles.
func parts(c Config) []part {
	profiles, debtors := []Profile{c.Profile}, []int{c.Debtors}
	if c.Profile == Mixed {
		profiles, debtors = []Profile{DayDue, Runs}, []int{c.Debtors - c.Debtors/2, c.Debtors / 2}
	}
	made := make([]part, 0, len(profiles))
	natural := 0
	for i, profile := range profiles {
		t := trades[profile]
		volumes := t.natural(debtors[i])
		count := max(len(volumes), scale(sum(volumes), c.Months, t.months))
		natural += count
		made = append(made, part{profile, t, scaled(volumes, count)})
	}
	if c.Invoices == 0 {
		return made
	}
	left := c.Invoices
	for i := range made {
		count := left
		if i < len(made)-1 {
			count = scale(c.Invoices, sum(made[i].volumes), natural)
		}
		left -= count
		made[i].volumes = scaled(made[i].volumes, count)
	}
	return made
}

func sum(values []int) int {
	total := 0
	for _, value := range values {
		total += value
	}
	return total
}

// natural returns how many invoices so many debtors have in the trade's months,
// the largest first.
func (t *trade) natural(debtors int) []int {
	volumes := make([]int, debtors)
	for i := range volumes {
		volumes[i] = t.volumes.at(million - 1 - scale(2*i+1, million, 2*debtors))
	}
	if t.keyPPM > 0 && debtors > 1 {
		volumes[0] = max(volumes[0], scale(sum(volumes[1:]), t.keyPPM, million-t.keyPPM))
	}
	return volumes
}

// scaled changes volumes in proportion so that they sum to count. Each debtor
// keeps an invoice as long as there are enough.
func scaled(volumes []int, count int) []int {
	made := make([]int, len(volumes))
	least := 1
	if count < len(volumes) {
		least = 0
	}
	extra, spare := sum(volumes)-least*len(volumes), count-least*len(volumes)
	upTo, given := 0, 0
	for i, volume := range volumes {
		upTo += volume - least
		made[i] = least
		if extra > 0 {
			share := scale(upTo, spare, extra)
			made[i] += share - given
			given = share
		} else if i == 0 {
			made[i] += spare
		}
	}
	return made
}

// A draw makes the debtors of one part.
type draw struct {
	config    Config
	part      part
	portfolio *Portfolio
	dice      *dice
	late      spread
	early     spread
	terms     spread
	level     spread
	kind      spread
	sellers   int
}

func newDraw(p *Portfolio, c Config, of part, master *dice) *draw {
	return &draw{
		config: c, part: of, portfolio: p, dice: master, sellers: max(1, c.Debtors/debtorsOfSeller),
		late:  spread{master.pcg.Uint64(), stepLate},
		early: spread{master.pcg.Uint64(), stepEarly},
		terms: spread{master.pcg.Uint64(), stepTerms},
		level: spread{master.pcg.Uint64(), stepLevel},
		kind:  spread{master.pcg.Uint64(), stepKind},
	}
}

const (
	debtorsOfSeller = 25
	fewInvoices     = 10
	longTerms       = 420_000 // share of early debtors that settle early because their terms are long
	stopsTimes      = 50      // how much likelier than never to pay it is that a cash-poor debtor stops
)

// fill draws everything about the debtor of a rank.
func (w *draw) fill(d *Debtor, rank int) {
	t := w.part.trade
	d.trade, d.seed = t, w.dice.pcg.Uint64()
	key := rank == 0 && t.keyPPM > 0
	d.Sellers = w.sellersOf(d.Invoices)
	d.Industry = t.industries[w.dice.below(len(t.industries))]
	d.SizeClass = w.size(rank)
	at := t.place(w.dice)
	d.Country, d.Currency = at.country, at.currency
	d.level = w.level.ppm(rank)
	d.terms = t.terms[chosen(t.termsWeights, scale(w.terms.ppm(rank), sum(t.termsWeights), million))]
	d.Habit = w.habit(d, rank)
	if key {
		d.Country, d.Currency = t.countries[0].country, t.countries[0].currency
		d.terms, d.level, d.Habit = t.terms[0], -1, t.key
	}
	w.period(d, rank)
	w.unpaid(d)
}

func (t *trade) place(from *dice) place {
	weights := make([]int, len(t.countries))
	for i, p := range t.countries {
		weights[i] = p.weight
	}
	return t.countries[from.pick(weights)]
}

// sellersOf draws one to three sellers.
func (w *draw) sellersOf(invoices int) []string {
	names := make([]string, 1+w.dice.below(min(3, 1+invoices/fewInvoices)))
	for i := range names {
		names[i] = "S" + padded(1+w.dice.below(w.sellers), 4)
	}
	return names
}

var sizes = []string{"large", "medium", "small"}

// size draws a class that goes with the rank, in two cases of three.
func (w *draw) size(rank int) string {
	if w.dice.below(3) > 0 {
		return sizes[rank*len(sizes)/len(w.part.volumes)]
	}
	return sizes[w.dice.below(len(sizes))]
}

// habit draws type and shares.
func (w *draw) habit(d *Debtor, rank int) Habit {
	t := w.part.trade
	lateness := w.late.ppm(rank)
	if d.Invoices < fewInvoices {
		lateness += scale(million-lateness, t.smallPPM, million)
	}
	h := Habit{Profile: w.part.profile, LatePPM: t.late.at(lateness)}
	for _, b := range t.bands {
		if lateness < b.upTo {
			h.Type = b.types[chosen(b.weights, scale(w.kind.ppm(rank), sum(b.weights), million))]
			break
		}
	}
	h.EarlyPPM = scale(t.early.at(w.early.ppm(rank)), million-h.LatePPM, million)
	h.RunDay = workdays[w.dice.pick(t.runDays)]
	if h.Type == MonthEndRun && w.dice.below(2) > 0 {
		h.RunDay = time.Friday
	}
	if (h.Type == Prompt || h.Type == Silent) && h.EarlyPPM >= t.earlyType {
		h.Type = Early
		if t.rollsDue && w.dice.chance(longTerms) {
			h.SettleDays = 14 + w.dice.below(30)
			d.terms = 45 + 15*w.dice.below(6)
		}
	}
	return h
}

// period draws when the debtor begins; the large ones are there from the start.
func (w *draw) period(d *Debtor, rank int) {
	at := w.dice.ppm()
	at = scale(at, min(2*rank+1, len(w.part.volumes)), len(w.part.volumes))
	skipped := scale(w.portfolio.days, w.part.trade.begins.at(at), million)
	d.First, d.days = w.portfolio.start.Plus(skipped), w.portfolio.days-skipped
}

// unpaid makes a few debtors never pay, and some cash-poor ones stop.
func (w *draw) unpaid(d *Debtor) {
	ppm := w.config.UnpaidPPM
	never, stops := w.dice.chance(ppm), w.dice.chance(min(million, ppm*stopsTimes))
	last := 1 + w.dice.below(max(1, d.Invoices))
	switch {
	case never:
		d.Habit.Type = NeverPays
	case stops && d.Habit.Type == CashPoor:
		d.Habit.LastBill = last
	}
}
