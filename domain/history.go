package domain

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"comity/money"
)

// The sources of a row of history.
const (
	HistoryImported = "import" // a file of the seller's
	HistoryNative   = "native" // handed in here as an invoice
)

// The fields of history that may be corrected, as they stand on the wire.
const (
	HistoryAmount   = "amount"
	HistoryIssued   = "issue_date"
	HistoryDue      = "due_date"
	HistoryPaid     = "paid_date"
	HistoryDisputed = "disputed"
	HistoryExcluded = "excluded"
)

// HistoryFields lists the fields of history that may be corrected.
func HistoryFields() []string {
	return []string{HistoryAmount, HistoryIssued, HistoryDue, HistoryPaid, HistoryDisputed, HistoryExcluded}
}

// LongestTerms is how many days of terms a row of history may have: more is a typing
// error. What is learned from knows no longer ones either.
const LongestTerms = 730

// A HistoryRow is one invoice of a relationship that Comity knows, imported or
// handed in here.
type HistoryRow struct {
	PastInvoice
	ID          InvoiceID
	Source      string // import or native
	Counted     bool   // decisions rest on it
	Excluded    bool   // the seller or an analyst took it out
	ExcludedFor string // why
	Version     int
	CorrectedAt time.Time // zero: never
}

// Said returns what a row says, for the digest of an audit row.
func (r HistoryRow) Said() string {
	return fmt.Sprint(r.Version, " ", r.Amount, " ", r.Issued, " ", r.Due, " ", r.Paid, " ", r.Disputed, " ", r.Excluded, " ", r.ExcludedFor)
}

// Same reports whether two states of a row say the same, whatever their versions.
func (r HistoryRow) Same(other HistoryRow) bool {
	column, _ := r.difference(other.PastInvoice)
	return column == "" && r.Excluded == other.Excluded && r.ExcludedFor == other.ExcludedFor
}

// Faults returns the rules that a row breaks on a day and did not break before:
// which field, and how. They are those of an import, and that nothing is from the
// future.
func (r HistoryRow) Faults(before HistoryRow, today Date) []Field {
	known := before.faults(today)
	return slices.DeleteFunc(r.faults(today), func(f Field) bool { return slices.Contains(known, f) })
}

func (r HistoryRow) faults(today Date) []Field {
	var faults []Field
	wrong := func(field, code, format string, args ...any) {
		faults = append(faults, Field{Pointer: field, Code: code, Detail: fmt.Sprintf(format, args...)})
	}
	if !r.Amount.Positive() {
		wrong(HistoryAmount, "amount-not-positive", "%s is not more than nothing", r.Amount)
	}
	if r.Issued.After(today) {
		wrong(HistoryIssued, "in-the-future", "issued on %s, which is still to come", r.Issued)
	}
	switch {
	case r.Due.Before(r.Issued):
		wrong(HistoryDue, "due-before-issue", "due on %s, issued on %s", r.Due, r.Issued)
	case r.Issued.DaysUntil(r.Due) > LongestTerms:
		wrong(HistoryDue, "terms-too-long", "due %d days after issue, at most %d", r.Issued.DaysUntil(r.Due), LongestTerms)
	}
	switch {
	case r.Paid.IsZero():
	case r.Paid.Before(r.Issued):
		wrong(HistoryPaid, "paid-before-issue", "paid on %s, issued on %s", r.Paid, r.Issued)
	case r.Paid.After(today):
		wrong(HistoryPaid, "in-the-future", "paid on %s, which is still to come", r.Paid)
	}
	if r.Excluded && r.ExcludedFor == "" {
		wrong("reason", "required", "say why the row is left out")
	}
	return faults
}

// A HistoryChange says what a row of history becomes; nil leaves a part as it is.
type HistoryChange struct {
	Amount             *money.Amount
	Issued, Due        *Date
	Paid               *Date // the zero Date: it is not paid
	Disputed, Excluded *bool
	Reason             string // why; a row is not left out without one
}

// Of returns a row as it is after the change.
func (c HistoryChange) Of(row HistoryRow) HistoryRow {
	put(&row.Amount, c.Amount)
	put(&row.Issued, c.Issued)
	put(&row.Due, c.Due)
	put(&row.Paid, c.Paid)
	put(&row.Disputed, c.Disputed)
	put(&row.Excluded, c.Excluded)
	if c.Excluded != nil {
		row.ExcludedFor = ""
		if *c.Excluded {
			row.ExcludedFor = c.Reason
		}
	}
	return row
}

func put[T any](part *T, value *T) {
	if value != nil {
		*part = *value
	}
}

// HistoryChangeOf reads the change of one field from its text: a plain decimal in
// the row's currency, a day, "true" or "false"; a paid_date of "" says that the
// invoice is not paid. It answers with the rule that the text breaks, or nil.
func HistoryChangeOf(field, value, reason string, currency money.Currency) (HistoryChange, *Field) {
	change := HistoryChange{Reason: reason}
	var err error
	switch field {
	case HistoryAmount:
		change.Amount, err = read(value, func(text string) (money.Amount, error) { return money.Parse(text, currency) })
	case HistoryIssued:
		change.Issued, err = read(value, ParseDate)
	case HistoryDue:
		change.Due, err = read(value, ParseDate)
	case HistoryPaid:
		if change.Paid = new(Date); value != "" {
			change.Paid, err = read(value, ParseDate)
		}
	case HistoryDisputed:
		change.Disputed, err = read(value, flag)
	case HistoryExcluded:
		change.Excluded, err = read(value, flag)
	default:
		return change, &Field{Pointer: "field", Code: "not-allowed", Detail: "amount, issue_date, due_date, paid_date, disputed or excluded"}
	}
	if err != nil {
		return change, &Field{Pointer: "value", Code: valueCodes[field], Detail: err.Error()}
	}
	return change, nil
}

var valueCodes = map[string]string{
	HistoryAmount: "not-an-amount", HistoryIssued: "not-a-date", HistoryDue: "not-a-date", HistoryPaid: "not-a-date",
	HistoryDisputed: "not-a-flag", HistoryExcluded: "not-a-flag",
}

func read[T any](text string, parse func(string) (T, error)) (*T, error) {
	value, err := parse(text)
	return &value, err
}

func flag(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, fmt.Errorf("%s is neither true nor false", strconv.Quote(text))
	}
	return text == "true", nil
}

// A Correction is a row of history before and after, and whose word it is.
type Correction struct {
	ID            CorrectionID
	Before, After HistoryRow
	Reason        string
	Objection     ObjectionID // zero: the seller's own correction
	By            UserID
	At            time.Time
}

// An Example is a past invoice that a model may be fitted on, with what is known of
// its debtor.
type Example struct {
	PastInvoice
	ID        InvoiceID
	Seller    OrganizationID
	Country   string
	LegalType LegalType
	Industry  string
	Size      string
}
