// Package backtest replays payment histories: it reads them from CSV, prices each
// invoice with what was known on the day it was issued, and says how well.
package backtest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"comity/domain"
	"comity/formats"
	"comity/money"
	"comity/underwriting/paytime"
)

// Bounds beyond which a row is refused.
const (
	largestAmount = 1_000_000_000_000 // minor units
)

// The first and last day on which anything can happen in a history.
var (
	firstDay = domain.MustDate("1990-01-01")
	lastDay  = domain.MustDate("2099-12-31")
)

// A Source is one CSV file of invoices with the columns of a payment history.
type Source struct {
	Name  string
	Rows  io.Reader
	Price bool // its rows are priced
	Also  bool // its rows are history that comes after the one a model is fitted on
}

// Refused is one row that was not used.
type Refused struct {
	Source string
	formats.RowError
}

// A Portfolio is everything that was read.
type Portfolio struct {
	History *paytime.History
	Priced  []Priced // in the order of their files
	Refused []Refused
	Used    map[string]int // rows by source
	// Cut is the day after the last day on which the history was observed; where the
	// files do not say, the day after its last issue or payment.
	Cut  int
	From domain.Date // first and last day of issue of rows that are not priced
	To   domain.Date
}

// A Priced row is one of which the curve is asked.
type Priced struct {
	ID     string
	Debtor string
	Row    int // in the history
	Minor  int64
	// Currency is that of Minor.
	Currency money.Currency
}

// reader collects rows.
type reader struct {
	p         *Portfolio
	rows      []paytime.Row
	sellers   map[string]int
	debtors   map[string]int // by seller and name
	names     []string       // by debtor index
	currency  []money.Currency
	seen      map[string]bool
	calendars []*paytime.Almanac
	calendar  map[string]int
	columns   []string
	column    map[string]int
	priced    []Priced
}

// Read reads histories, and the payments of rows that were open in them: updates
// may be nil. A row that makes no sense is refused and the rest is used; the error
// is a file that cannot be read.
func Read(sources []Source, updates io.Reader) (*Portfolio, error) {
	r := &reader{
		p: &Portfolio{Used: map[string]int{}, Cut: math.MinInt}, sellers: map[string]int{}, debtors: map[string]int{}, seen: map[string]bool{},
		calendar: map[string]int{}, column: map[string]int{},
	}
	for _, source := range sources {
		if err := r.source(source); err != nil {
			return nil, fmt.Errorf("read %s: %w", source.Name, err)
		}
	}
	if err := r.updates(updates); err != nil {
		return nil, fmt.Errorf("read updates: %w", err)
	}
	r.finish()
	return r.p, nil
}

// sellerColumn names whose invoices they are, in a history of several sellers. A
// debtor of two sellers is two: each knows its own record only.
const sellerColumn = "seller_id"

// otherColumns finds the columns that are no common ones, by name.
func (r *reader) otherColumns(header formats.HistoryHeader) (at []int) {
	for _, name := range header.Ignored() {
		if name == sellerColumn {
			continue
		}
		if _, known := r.column[name]; !known {
			r.column[name] = len(r.columns)
			r.columns = append(r.columns, name)
		}
	}
	at = make([]int, len(r.columns))
	for i, name := range r.columns {
		at[i] = slices.Index(header.Columns, name)
	}
	return at
}

func (r *reader) source(s Source) error {
	in, err := formats.NewHistoryReader(s.Rows)
	if err != nil {
		return err
	}
	others := r.otherColumns(in.Header())
	sellerAt := slices.Index(in.Header().Columns, sellerColumn)
	for {
		row, refused, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		seller := ""
		if sellerAt >= 0 && refused == nil {
			seller = in.Field(sellerAt)
		}
		if refused == nil {
			refused = r.rule(row, debtorKey(seller, row.DebtorID))
		}
		if refused != nil {
			r.p.Refused = append(r.p.Refused, Refused{s.Name, *refused})
			continue
		}
		register := make([]string, len(others))
		for i, at := range others {
			if at >= 0 {
				register[i] = strings.ToValidUTF8(in.Field(at), "\uFFFD") // as an artefact can hold it
			}
		}
		r.keep(s, row, seller, register)
	}
}

// rule returns why a row that parses is refused all the same.
func (r *reader) rule(row formats.HistoryRow, debtor string) *formats.RowError {
	refuse := func(column, rule, format string, args ...any) *formats.RowError {
		return &formats.RowError{Line: row.Line, Column: column, Rule: rule, Detail: fmt.Sprintf(format, args...)}
	}
	term := row.Issued.DaysUntil(row.Due)
	switch {
	case r.seen[row.InvoiceID]:
		return refuse("invoice_id", "duplicate", "%s stands in an earlier row", row.InvoiceID)
	case row.Issued.Before(firstDay) || row.Due.After(lastDay):
		return refuse("issue_date", "date-out-of-range", "from %s to %s is read, not %s to %s", firstDay, lastDay, row.Issued, row.Due)
	case term > domain.LongestTerms:
		return refuse("due_date", "term-too-long", "due %d days after issue; up to %d are read", term, domain.LongestTerms)
	case row.Amount.Units() > largestAmount:
		return refuse("amount", "amount-absurd", "%s is no invoice", row.Amount)
	case row.ObservedUntil.After(lastDay):
		return refuse("observed_until", "date-out-of-range", "%s is after %s", row.ObservedUntil, lastDay)
	case !row.Paid.IsZero() && row.Issued.DaysUntil(row.Paid) > paytime.LongestTerm:
		return refuse("paid_date", "paid-too-late", "paid %d days after issue; up to %d are read", row.Issued.DaysUntil(row.Paid), paytime.LongestTerm)
	}
	if at, known := r.debtors[debtor]; known && r.currency[at] != row.Amount.Currency() {
		return refuse("currency", "currency-mixed", "%s owes in %s in an earlier row", row.DebtorID, r.currency[at])
	}
	return nil
}

func debtorKey(seller, debtor string) string { return seller + "\x00" + debtor }

func (r *reader) keep(s Source, row formats.HistoryRow, seller string, register []string) {
	if _, known := r.sellers[seller]; !known {
		r.sellers[seller] = len(r.sellers)
	}
	at, known := r.debtors[debtorKey(seller, row.DebtorID)]
	if !known {
		at = len(r.names)
		r.debtors[debtorKey(seller, row.DebtorID)] = at
		r.names = append(r.names, row.DebtorID)
		r.currency = append(r.currency, row.Amount.Currency())
	}
	r.seen[row.InvoiceID] = true
	r.p.Used[s.Name]++
	kept := paytime.Row{
		ID: row.InvoiceID, Seller: r.sellers[seller], Debtor: at, Issued: paytime.DayOf(row.Issued), Due: paytime.DayOf(row.Due), Paid: paytime.NotPaid,
		Band: paytime.BandOf(row.Amount.Units()), Calendar: r.calendarOf(row.Amount.Currency()), Register: register,
	}
	if !row.ObservedUntil.IsZero() {
		kept.Observed = paytime.DayOf(row.ObservedUntil)
	}
	if !row.Paid.IsZero() {
		kept.Paid = paytime.DayOf(row.Paid)
	}
	r.rows = append(r.rows, kept)
	if s.Price {
		r.priced = append(r.priced, Priced{ID: row.InvoiceID, Debtor: row.DebtorID, Minor: row.Amount.Units(), Currency: row.Amount.Currency()})
	}
	if s.Price || s.Also {
		return
	}
	if r.p.From.IsZero() || row.Issued.Before(r.p.From) {
		r.p.From = row.Issued
	}
	r.p.To = domain.Latest(r.p.To, row.Issued)
	observed := domain.Latest(row.Issued, row.Paid)
	if !row.ObservedUntil.IsZero() {
		observed = row.ObservedUntil
	}
	r.p.Cut = max(r.p.Cut, paytime.DayOf(observed)+1)
}

// homes says in which country a currency's banks keep their holidays, for histories
// that do not say where a debtor is.
var homes = map[money.Currency]string{
	"BRL": "BR", "CAD": "CA", "AUD": "AU", "NZD": "NZ", "CHF": "CH", "SEK": "SE", "NOK": "NO", "DKK": "DK", "PLN": "PL",
	"CZK": "CZ", "HUF": "HU", "RON": "RO", "JPY": "JP", "ZAR": "ZA", "TRY": "TR", "MXN": "MX", "INR": "IN",
}

func (r *reader) calendarOf(currency money.Currency) int {
	if at, known := r.calendar[string(currency)]; known {
		return at
	}
	at := len(r.calendars)
	r.calendars = append(r.calendars, paytime.NewAlmanac(domain.BankingDays(currency, homes[currency])))
	r.calendar[string(currency)] = at
	return at
}

// updates reads invoice_id and paid_date of rows that were open. An empty file has
// none.
func (r *reader) updates(in io.Reader) error {
	if in == nil {
		return nil
	}
	rows := csv.NewReader(in)
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	header[0] = strings.TrimPrefix(header[0], "\uFEFF")
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(header[i]))
	}
	id, paid := slices.Index(header, "invoice_id"), slices.Index(header, "paid_date")
	if id < 0 || paid < 0 {
		return errors.New("it needs the columns invoice_id and paid_date")
	}
	at := make(map[string]int, len(r.rows))
	for i := range r.rows {
		at[r.rows[i].ID] = i
	}
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := rows.FieldPos(0)
		refused := &formats.RowError{Line: line, Rule: "too-few-fields", Detail: fmt.Sprintf("%d fields, the header has %d", len(fields), len(header))}
		if len(fields) > max(id, paid) {
			refused = r.update(at, fields[id], fields[paid], line)
		}
		if refused != nil {
			r.p.Refused = append(r.p.Refused, Refused{"updates", *refused})
		}
	}
}

func (r *reader) update(at map[string]int, id, paid string, line int) *formats.RowError {
	refuse := func(column, rule, detail string) *formats.RowError {
		return &formats.RowError{Line: line, Column: column, Rule: rule, Detail: detail}
	}
	i, known := at[id]
	if !known {
		return refuse("invoice_id", "unknown-invoice", fmt.Sprintf("no row has the identifier %q", id))
	}
	date, err := domain.ParseDate(paid)
	if err != nil {
		return refuse("paid_date", "not-a-date", err.Error())
	}
	row := &r.rows[i]
	day := paytime.DayOf(date)
	switch {
	case row.Paid != paytime.NotPaid:
		return refuse("invoice_id", "paid-already", id+" has a payment already")
	case day < row.Issued:
		return refuse("paid_date", "paid-before-issue", id+" is paid before it is issued")
	case day-row.Issued > paytime.LongestTerm:
		return refuse("paid_date", "paid-too-late", fmt.Sprintf("%s is paid %d days after it is issued", id, day-row.Issued))
	}
	row.Paid = day
	return nil
}

// byName returns the number of each index in the order of the names.
func byName(index map[string]int) []int {
	number := make([]int, len(index))
	for n, name := range slices.Sorted(maps.Keys(index)) {
		number[index[name]] = n
	}
	return number
}

// finish sorts the rows and finds the priced ones again. Sellers and debtors are
// numbered by name, so that the order of the rows does not matter.
func (r *reader) finish() {
	sellers, debtors := byName(r.sellers), byName(r.debtors)
	for i := range r.rows {
		r.rows[i].Seller, r.rows[i].Debtor = sellers[r.rows[i].Seller], debtors[r.rows[i].Debtor]
	}
	if r.p.Cut == math.MinInt {
		r.p.Cut = 0
	}
	for i := range r.rows { // rows of files that lack a column of another one
		for len(r.rows[i].Register) < len(r.columns) {
			r.rows[i].Register = append(r.rows[i].Register, "")
		}
	}
	r.p.History = paytime.NewHistory(r.rows, r.columns, r.calendars)
	at := make(map[string]int, len(r.rows))
	for i := range r.p.History.Rows {
		at[r.p.History.Rows[i].ID] = i
	}
	r.p.Priced = r.priced
	for i := range r.p.Priced {
		r.p.Priced[i].Row = at[r.p.Priced[i].ID]
	}
}
