package simulation

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"comity/ledger"
	"comity/money"
)

// A figure is one line of a book, by its name.
type figure struct{ name, value string }

// figures are what books are compared by.
func (b *Book) figures() []figure {
	percent := func(r money.Rate) string { return r.PercentString() + " %" }
	return []figure{
		{"deals bought", strconv.Itoa(b.Bought)},
		{"invoices refused", strconv.Itoa(count(b.Refused))},
		{"volume bought", b.Volume.Decimal()},
		{"advanced", b.Advanced.Decimal()},
		{"average funds in use", b.AverageFunds.Decimal()},
		{"capital utilisation", percent(b.Utilisation)},
		{"  at its highest", percent(b.PeakUsage)},
		{"turn, days", b.TurnDays.String()},
		{"days out, expected", b.ExpectedDays.String()},
		{"days out, realised", b.RealisedDays.String()},
		{"fee, expected", b.ExpectedFee.Decimal()},
		{"fee, realised", b.Fee.Decimal()},
		{"origination and wire", b.Charges.Decimal()},
		{"cost of funds", b.FundsCost.Decimal()},
		{"servicing", b.Servicing.Decimal()},
		{"loss in the scenario", b.Loss.Decimal()},
		{"  that fees allow for", b.AllowedLoss.Decimal()},
		{"net result", b.Net.Decimal()},
		{"gross yield p.a.", percent(b.GrossYield)},
		{"cost of funds p.a.", percent(b.FundsYield)},
		{"net return p.a.", percent(b.NetReturn)},
		{"worst month", b.worstMonth()},
		{"  its net result", b.worstNet()},
		{"largest debtor", percent(b.LargestShare)},
		{"never paid in the rows", strconv.Itoa(b.Unpaid)},
		{"  in the scenario", strconv.Itoa(b.Defaulted)},
		{"recourse exercised", strconv.Itoa(b.ChargedBack)},
		{"  the seller paid", strconv.Itoa(b.Repurchased)},
		{"  the debtor paid late", strconv.Itoa(b.PaidWhileHeld)},
		{"  nobody paid", strconv.Itoa(b.WrittenOff)},
	}
}

func (b *Book) worstMonth() string {
	if b.Worst.First.IsZero() {
		return "none"
	}
	return b.Worst.First.String()[:len("2006-01")]
}

func (b *Book) worstNet() string {
	if b.Worst.First.IsZero() {
		return "none"
	}
	return b.Worst.Net.Decimal()
}

func count(refused []Refused) int {
	n := 0
	for _, r := range refused {
		n += r.Invoices
	}
	return n
}

// String says what a scenario assumes.
func (s *Scenario) String() string {
	if s == nil {
		return "no credit scenario: the rows hold no loss, and none is assumed"
	}
	who := fmt.Sprintf("%d in a million invoices are never paid", s.Invoice)
	if s.DebtorYear > 0 {
		who = fmt.Sprintf("%d in a million debtors a year stop paying", s.DebtorYear)
	}
	return fmt.Sprintf("credit scenario, assumed and not learned: %s, %d in a million sellers do not buy back, %s %% of such a claim is lost, seed %d",
		who, s.NoRepurchase, s.LossGivenDefault.PercentString(), s.Seed)
}

// title names a policy and its version.
func (p Policy) title() string { return fmt.Sprintf("%s v%d", p.Name, p.Version) }

// WriteText prints the reports of several policies on the same rows, side by side.
func WriteText(w io.Writer, reports []Report) error {
	out := bufio.NewWriter(w)
	for _, r := range reports {
		fmt.Fprintf(out, "policy %s: %s\n", r.Policy.title(), r.Policy.Scenario)
		for _, none := range r.NoBook {
			fmt.Fprintf(out, "  no book in %s: %d invoices of %s are not looked at\n", none.Volume.Currency(), none.Invoices, none.Volume.Decimal())
		}
	}
	for _, currency := range currencies(reports) {
		writeCurrency(out, currency, reports)
	}
	return out.Flush()
}

// currencies returns those in which any policy has a book, in order.
func currencies(reports []Report) []money.Currency {
	var all []money.Currency
	for _, r := range reports {
		for _, b := range r.Books {
			all = append(all, b.Currency)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func writeCurrency(out io.Writer, currency money.Currency, reports []Report) {
	var titles []string
	var books []Book
	for _, r := range reports {
		for _, b := range r.Books {
			if b.Currency == currency {
				titles, books = append(titles, r.Policy.title()), append(books, b)
			}
		}
	}
	var columns [][]figure
	for i := range books {
		columns = append(columns, books[i].figures())
	}
	fmt.Fprintln(out)
	writeRow(out, string(currency), titles)
	for line := range columns[0] {
		var values []string
		for _, column := range columns {
			values = append(values, column[line].value)
		}
		writeRow(out, columns[0][line].name, values)
	}
	for i := range books {
		fmt.Fprintf(out, "\n%s, %s to %s\n", titles[i], books[i].From, books[i].To)
		writeBook(out, &books[i])
	}
}

func writeRow(out io.Writer, name string, values []string) {
	line := fmt.Sprintf("%-24s", name)
	for _, value := range values {
		line += fmt.Sprintf(" %20s", value)
	}
	fmt.Fprintln(out, strings.TrimRight(line, " "))
}

// writeBook prints what is a book's own: why it refused, its debtors, its months, and
// the trial balance.
func writeBook(out io.Writer, b *Book) {
	for _, r := range b.Refused {
		fmt.Fprintf(out, "  refused %-22s %7d %20s\n", r.Why, r.Invoices, r.Volume.Decimal())
	}
	for _, d := range b.Largest {
		fmt.Fprintf(out, "  debtor  %-22s %7d %20s %7s %%  peak %s\n", d.Debtor, d.Invoices, d.Volume.Decimal(), d.Share.PercentString(), d.Peak.Decimal())
	}
	for _, m := range b.Months {
		fmt.Fprintf(out, "  month   %-22s %28s %7s %% p.a.\n", m.First.String()[:len("2006-01")], m.Net.Decimal(), m.Return.PercentString())
	}
	for _, account := range ledger.Chart() {
		if balance := b.Trial.Of(account); !balance.IsZero() {
			fmt.Fprintf(out, "  account %-22s %28s\n", account.Name(), balance.Decimal())
		}
	}
	fmt.Fprintf(out, "  trial balance of %d journals %30s\n", b.Journals, b.Trial.Net().Decimal())
}
