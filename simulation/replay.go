package simulation

import (
	"cmp"
	"fmt"
	"slices"

	"comity/domain"
	"comity/ledger"
	"comity/money"
	"comity/underwriting"
	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

// Input is what is replayed.
type Input struct {
	Portfolio *backtest.Portfolio
	Curves    []backtest.Result // of the priced rows, as of the day of their issue: [backtest.Price]
	Workers   int               // that price at once; at least 1

	// Watch, when it is given, sees the books at the end of each day.
	Watch func(domain.Date, ledger.Balances)
}

// Replay plays the priced rows under a policy, one book per currency, until every
// deal is closed. On the day of its issue an invoice is priced on its curve; it is
// bought when the limits had room on the evening before. The day of payment of a row
// is looked at on that day and not earlier. Every journal balances, the books balance
// every evening and each deal closes (D-29): anything else is an error.
func Replay(in Input, p Policy) (Report, error) {
	if len(in.Curves) != len(in.Portfolio.Priced) {
		return Report{}, fmt.Errorf("replay: %d curves of %d rows", len(in.Curves), len(in.Portfolio.Priced))
	}
	quoted, err := quotes(in, p)
	if err != nil {
		return Report{}, fmt.Errorf("replay %s: %w", p.Name, err)
	}
	report := Report{Policy: p}
	for _, rows := range byCurrency(in.Portfolio) {
		currency := in.Portfolio.Priced[rows[0]].Currency
		terms, ours := p.book(currency)
		if !ours {
			report.NoBook = append(report.NoBook, noBook(currency, rows, quoted))
			continue
		}
		r := newRun(in, p, terms, dateOf(in.Portfolio.History.Rows[in.Portfolio.Priced[rows[0]].Row].Issued))
		if err := r.play(rows, quoted); err != nil {
			return Report{}, fmt.Errorf("replay %s in %s: %w", p.Name, currency, err)
		}
		report.Books = append(report.Books, r.finished())
	}
	return report, nil
}

// byCurrency returns the indexes of the priced rows, those of a currency together,
// in the order of their issue.
func byCurrency(p *backtest.Portfolio) [][]int {
	groups := map[money.Currency][]int{}
	for i, row := range p.Priced {
		groups[row.Currency] = append(groups[row.Currency], i)
	}
	var out [][]int
	for _, rows := range groups {
		slices.SortFunc(rows, func(a, b int) int { return p.Priced[a].Row - p.Priced[b].Row })
		out = append(out, rows)
	}
	slices.SortFunc(out, func(a, b []int) int { return cmp.Compare(p.Priced[a[0]].Currency, p.Priced[b[0]].Currency) })
	return out
}

// A run is a replay in one currency.
type run struct {
	in      Input
	policy  Policy
	terms   BookTerms
	banking domain.Calendar
	draws   *draws
	book    *book
	report  Book

	today    domain.Date
	agenda   map[domain.Date]*[stepRecourse + 1][]*deal
	accruing []*deal
	debtors  map[string]*debtor
	open     int          // deals that are not closed
	advanced money.Amount // on deals made and not released
	inUse    money.Amount // of it, what is paid out
	eligible money.Amount // basis
	refused  map[string]*Refused
	expected int64 // days out of the deals bought, millionths
	realised int64 // days
}

func newRun(in Input, p Policy, terms BookTerms, first domain.Date) *run {
	nothing := money.Minor(0, terms.Currency)
	return &run{
		in: in, policy: p, terms: terms, banking: domain.BankingDays(terms.Currency, terms.Country), draws: newDraws(p.Scenario, first),
		book: newBook(terms.Currency), report: emptyBook(terms, first),
		today: first, agenda: map[domain.Date]*[stepRecourse + 1][]*deal{}, debtors: map[string]*debtor{},
		advanced: nothing, inUse: nothing, eligible: nothing, refused: map[string]*Refused{},
	}
}

// play goes through the days. Invoices come first: what the day brings in is not
// there yet when they are looked at.
func (r *run) play(rows []int, quoted []quote) error {
	history := r.in.Portfolio.History.Rows
	for ; len(rows) > 0 || r.open > 0; r.today = r.today.Plus(1) {
		for len(rows) > 0 && dateOf(history[r.in.Portfolio.Priced[rows[0]].Row].Issued) == r.today {
			i := rows[0]
			if err := r.look(&quoted[i], r.in.Portfolio.Priced[i].Debtor, &history[r.in.Portfolio.Priced[i].Row]); err != nil {
				return err
			}
			rows = rows[1:]
		}
		if err := r.takeSteps(); err != nil {
			return err
		}
		if err := r.evening(); err != nil {
			return err
		}
		if len(rows) == 0 && len(r.agenda) == 0 && r.open > 0 {
			return fmt.Errorf("nothing is planned any more and %d deals are open", r.open)
		}
	}
	return nil
}

// takeSteps takes what is planned for today. A step may plan a later one of today.
func (r *run) takeSteps() error {
	planned := r.agenda[r.today]
	if planned == nil {
		return nil
	}
	for s := range planned {
		for _, d := range planned[s] {
			if err := r.take(step(s), d); err != nil {
				return err
			}
		}
	}
	delete(r.agenda, r.today)
	return nil
}

// plan has a step taken on a day, today at the earliest.
func (r *run) plan(on domain.Date, s step, d *deal) {
	if r.agenda[on] == nil {
		r.agenda[on] = &[stepRecourse + 1][]*deal{}
	}
	r.agenda[on][s] = append(r.agenda[on][s], d)
}

// evening accrues fees at a month end, counts the funds in use and checks the books.
func (r *run) evening() error {
	if r.today == r.today.MonthEnd() {
		r.accruing = slices.DeleteFunc(r.accruing, func(d *deal) bool { return d.Status != domain.DealPaidOut })
		for _, d := range r.accruing {
			if err := r.accrue(d); err != nil {
				return err
			}
		}
	}
	month := r.book.month(r.today)
	month.FundsDays = month.FundsDays.Plus(r.inUse)
	r.report.To, r.report.PeakFunds = r.today, money.Max(r.report.PeakFunds, r.inUse)
	if !r.book.balances.Net().IsZero() {
		return fmt.Errorf("on %s the books are off by %s", r.today, r.book.balances.Net())
	}
	if r.in.Watch != nil {
		r.in.Watch(r.today, r.book.balances)
	}
	return nil
}

// look decides on an invoice that is issued today, and buys it or not.
func (r *run) look(q *quote, name string, row *paytime.Row) error {
	owes := r.debtor(name)
	why := q.refused
	switch {
	case why != "":
	case r.draws.debtorDefault(name).Before(r.today):
		why = RefusedDefaulted
	default:
		why = r.noRoom(q, owes)
	}
	if why != "" {
		r.refuse(why, q.basis)
		return nil
	}
	d := &deal{id: row.ID, debtor: owes, quote: q, sellerPays: !r.draws.sellerFails(row.ID)}
	if row.Paid != paytime.NotPaid {
		d.paidOn = dateOf(row.Paid)
		if d.defaulted = r.draws.neverPaid(row.ID, name, d.paidOn); d.defaulted {
			d.paidOn = domain.Date{}
		}
	}
	return r.buy(d, dateOf(row.Due))
}

func (r *run) debtor(name string) *debtor {
	if r.debtors[name] == nil {
		nothing := money.Minor(0, r.terms.Currency)
		r.debtors[name] = &debtor{name: name, advanced: nothing, eligible: nothing, volume: nothing, peak: nothing}
	}
	return r.debtors[name]
}

// noRoom returns the limit that has no room for an invoice, or "". An invoice is
// bought whole or not at all: one of which a part is beyond the concentration limit
// is not. That limit is a share of the eligible base with this invoice in it (D-31),
// which is taken as the floor while a book is small.
func (r *run) noRoom(q *quote, owes *debtor) string {
	advance := q.terms.Advance
	base := money.Max(r.eligible.Plus(q.basis), r.terms.ConcentrationFloor)
	_, excess := underwriting.Eligible(q.basis, base.Times(r.policy.ConcentrationLimit).Minus(owes.eligible))
	switch {
	case r.terms.Capital.Less(r.advanced.Plus(advance)):
		return RefusedCapital
	case r.terms.DebtorLimit.Less(owes.advanced.Plus(advance)):
		return RefusedDebtorLimit
	case excess.Positive():
		return RefusedConcentration
	default:
		return ""
	}
}

func (r *run) refuse(why string, basis money.Amount) {
	if r.refused[why] == nil {
		r.refused[why] = &Refused{Why: why, Volume: money.Minor(0, basis.Currency())}
	}
	r.refused[why].Invoices++
	r.refused[why].Volume = r.refused[why].Volume.Plus(basis)
}

// commit takes the room that a deal needs.
func (r *run) commit(d *deal) {
	r.open++
	r.advanced, r.eligible = r.advanced.Plus(d.Advance), r.eligible.Plus(d.Basis)
	d.debtor.advanced, d.debtor.eligible = d.debtor.advanced.Plus(d.Advance), d.debtor.eligible.Plus(d.Basis)
	d.eligible, d.out = true, true
}

// release gives the room of a deal back: its advance came back, or is lost.
func (r *run) release(d *deal) {
	if d.Status != domain.DealCancelled {
		r.inUse = r.inUse.Minus(d.Advance)
		r.realised += int64(d.Day(r.today))
	}
	r.advanced, d.debtor.advanced = r.advanced.Minus(d.Advance), d.debtor.advanced.Minus(d.Advance)
	d.out = false
	r.age(d)
}

// age takes a deal out of the eligible base: it is collected, too old or charged back.
func (r *run) age(d *deal) {
	if d.eligible {
		r.eligible, d.debtor.eligible = r.eligible.Minus(d.Basis), d.debtor.eligible.Minus(d.Basis)
	}
	d.eligible = false
}

// agedDays is how many days past due an invoice counts in the eligible base.
const agedDays = 90

// bought counts a deal whose advance is paid out today.
func (r *run) bought(d *deal) {
	q, b := d.quote, &r.report
	r.inUse = r.inUse.Plus(d.Advance)
	r.accruing = append(r.accruing, d)
	r.expected += q.daysOut
	b.Bought++
	b.Volume, b.Advanced = b.Volume.Plus(d.Basis), b.Advanced.Plus(d.Advance)
	b.ExpectedFee, b.AllowedLoss = b.ExpectedFee.Plus(q.fee), b.AllowedLoss.Plus(q.allowed)
	switch {
	case d.defaulted:
		b.Defaulted++
	case d.paidOn.IsZero():
		b.Unpaid++
	default:
	}
	owes := d.debtor
	owes.deals++
	owes.volume, owes.peak = owes.volume.Plus(d.Basis), money.Max(owes.peak, owes.advanced)
	month := r.book.month(r.today)
	month.Bought++
	month.Servicing = month.Servicing.Plus(r.terms.Servicing).Plus(d.Basis.Times(r.policy.ServicingRate))
}
