package simulation

import (
	"cmp"
	"maps"
	"slices"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// A Report is what a policy came to.
type Report struct {
	Policy Policy
	Books  []Book    // by currency
	NoBook []Refused // by currency: rows that the policy has no book for
}

// Refused counts invoices that were not bought for one reason.
type Refused struct {
	Why      string
	Invoices int
	Volume   money.Amount
}

// A Book is what a policy came to in one currency. Servicing and the cost of funds
// are not in the books; everything else is read from them.
type Book struct {
	Currency money.Currency
	From, To domain.Date // first day of issue, and the day on which the last deal closed

	Bought   int // paid out
	Refused  []Refused
	Volume   money.Amount // basis bought
	Advanced money.Amount

	AverageFunds, PeakFunds    money.Amount // advances that are out, by day
	Utilisation, PeakUsage     money.Rate   // of the capital
	TurnDays                   money.Rate   // mean days that an advance is out, by amount
	ExpectedDays, RealisedDays money.Rate   // mean days that a deal is out, by number

	ExpectedFee money.Amount // on the curves
	Fee         money.Amount // earned
	Charges     money.Amount // origination and wire fees
	FundsCost   money.Amount
	Servicing   money.Amount
	AllowedLoss money.Amount // expected loss that priced fees cover: a belief
	Loss        money.Amount // in the scenario
	Recovered   money.Amount // of claims that were written off
	Net         money.Amount // Fee + Charges - FundsCost - Servicing - Loss

	// Yearly on the funds in use, simple, act/365, rounded to a basis point.
	GrossYield, FundsYield, NetReturn money.Rate

	Months []Month
	Worst  Month // the lowest net, the first of such; one that only runs off is not looked at

	Largest      []Share    // the ten largest debtors by basis bought
	LargestShare money.Rate // of the first of them

	ChargedBack   int // recourse exercised
	Repurchased   int // of them paid by the seller
	PaidWhileHeld int // of them paid by the debtor, late
	WrittenOff    int // of them paid by neither
	Unpaid        int // bought, and never paid in the rows
	Defaulted     int // bought, and never paid in the scenario

	Journals int
	Trial    ledger.Balances
}

// A Month is the result of a month.
type Month struct {
	First                                     domain.Date
	Fee, Charges, Loss, Funds, Servicing, Net money.Amount
	FundsDays                                 money.Amount // funds in use, summed over its days
	Return                                    money.Rate   // yearly
	Bought                                    int
	Losses                                    int // claims written off
}

// A Share is what was bought on one debtor.
type Share struct {
	Debtor   string
	Invoices int
	Volume   money.Amount
	Share    money.Rate   // of the volume
	Peak     money.Amount // highest advance on it
}

func emptyBook(terms BookTerms, first domain.Date) Book {
	nothing := money.Minor(0, terms.Currency)
	return Book{
		Currency: terms.Currency, From: first, To: first, Volume: nothing, Advanced: nothing, AverageFunds: nothing, PeakFunds: nothing,
		ExpectedFee: nothing, Fee: nothing, Charges: nothing, FundsCost: nothing, Servicing: nothing, AllowedLoss: nothing, Loss: nothing,
		Recovered: nothing, Net: nothing,
	}
}

func noBook(c money.Currency, rows []int, quoted []quote) Refused {
	none := Refused{Why: RefusedCurrency, Invoices: len(rows), Volume: money.Minor(0, c)}
	for _, i := range rows {
		none.Volume = none.Volume.Plus(quoted[i].basis)
	}
	return none
}

// finished sums up a run.
func (r *run) finished() Book {
	b := r.report
	for _, why := range slices.Sorted(maps.Keys(r.refused)) {
		b.Refused = append(b.Refused, *r.refused[why])
	}
	days, fundsDays := int64(b.From.DaysUntil(b.To)+1), money.Minor(0, b.Currency)
	for _, month := range slices.SortedFunc(maps.Values(r.book.months), func(x, y *Month) int { return y.First.DaysUntil(x.First) }) {
		month.close(r.policy.FundsRate)
		b.Months = append(b.Months, *month)
		b.Fee, b.Charges, b.Loss = b.Fee.Plus(month.Fee), b.Charges.Plus(month.Charges), b.Loss.Plus(month.Loss)
		b.FundsCost, b.Servicing = b.FundsCost.Plus(month.Funds), b.Servicing.Plus(month.Servicing)
		b.Net, fundsDays = b.Net.Plus(month.Net), fundsDays.Plus(month.FundsDays)
		if month.Bought+month.Losses > 0 && (b.Worst.First.IsZero() || month.Net.Less(b.Worst.Net)) {
			b.Worst = *month
		}
	}
	b.AverageFunds = fundsDays.Share(whole, 1, days)
	b.Utilisation, b.PeakUsage = part(b.AverageFunds, r.terms.Capital), part(b.PeakFunds, r.terms.Capital)
	b.TurnDays = part(fundsDays, b.Advanced)
	deals := money.Minor(int64(b.Bought), b.Currency)
	b.ExpectedDays = part(money.Minor(r.expected, b.Currency), deals.Times(whole.TimesInt(int64(money.Whole))))
	b.RealisedDays = part(money.Minor(r.realised, b.Currency), deals)
	b.GrossYield, b.FundsYield, b.NetReturn = yearly(b.Fee.Plus(b.Charges), fundsDays), yearly(b.FundsCost, fundsDays), yearly(b.Net, fundsDays)
	b.Largest = r.largest(b.Volume)
	if len(b.Largest) > 0 {
		b.LargestShare = b.Largest[0].Share
	}
	b.Journals, b.Trial = r.book.journals, r.book.balances
	return b
}

// close computes what follows from the sums of a month.
func (m *Month) close(fundsRate money.Rate) {
	m.Funds = m.FundsDays.Share(fundsRate, 1, yearDays)
	m.Net = m.Fee.Plus(m.Charges).Minus(m.Loss).Minus(m.Funds).Minus(m.Servicing)
	m.Return = yearly(m.Net, m.FundsDays)
}

var whole = money.Percent(100)

// yearly returns a gain on funds that were out so many days, as a yearly rate.
func yearly(gain, fundsDays money.Amount) money.Rate {
	return part(gain.Times(whole.TimesInt(yearDays)), fundsDays)
}

// part returns a of b to four places, nothing of nothing.
func part(a, b money.Amount) money.Rate {
	if b.IsZero() {
		return money.Rate{}
	}
	return money.Ratio(a, b).RoundPercent()
}

// tenLargest is how many debtors are named.
const tenLargest = 10

func (r *run) largest(volume money.Amount) []Share {
	debtors := slices.SortedFunc(maps.Values(r.debtors), func(a, b *debtor) int {
		return cmp.Or(b.volume.Compare(a.volume), cmp.Compare(a.name, b.name))
	})
	var out []Share
	for _, d := range debtors {
		if len(out) < tenLargest && d.deals > 0 {
			out = append(out, Share{Debtor: d.name, Invoices: d.deals, Volume: d.volume, Share: part(d.volume, volume), Peak: d.peak})
		}
	}
	return out
}
