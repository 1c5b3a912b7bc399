package underwriting

import (
	"maps"
	"slices"

	"comity/domain"
	"comity/underwriting/paytime"
)

// A Record is what a fitted model reads: how the debtor pays this seller, and what
// its register says. It holds the relationship's own rows only, and how the
// seller's other customers pay in the one figure of its book.
type Record struct {
	Profile  paytime.Profile
	SameDay  int               // invoices of the relationship issued on the same day, this one among them
	Register map[string]string // facts by name, such as country
}

// NewRecord reads what was found for a submission, as of a day.
func NewRecord(s Submission, today domain.Date) *Record {
	r := &Record{SameDay: max(s.SameDay, 1), Register: s.Register}
	q := paytime.Invoice{
		Today: paytime.DayOf(today), Issued: paytime.DayOf(s.Invoice.Issued), Due: paytime.DayOf(s.Invoice.Due),
		Band: paytime.BandOf(s.Invoice.Basis.Units()), SameDay: r.SameDay,
	}
	cal := almanacOf(s.Invoice.Basis.Currency(), s.Relationship.Country)
	paytime.Build(&r.Profile, &q, cal, s.Cells, s.OpenCells, s.Book)
	return r
}

// wireRecord is the stored form: places and numbers of the profile, facts by name.
type wireRecord struct {
	Profile  [][2]int64  `json:"profile"`
	SameDay  int         `json:"same_day"`
	Register [][2]string `json:"register"`
}

func (r *Record) wire() *wireRecord {
	if r == nil {
		return nil
	}
	w := &wireRecord{Profile: r.Profile.Sparse(), SameDay: r.SameDay, Register: [][2]string{}}
	for _, name := range slices.Sorted(maps.Keys(r.Register)) {
		if r.Register[name] != "" {
			w.Register = append(w.Register, [2]string{name, r.Register[name]})
		}
	}
	return w
}

func (w *wireRecord) record() *Record {
	if w == nil {
		return nil
	}
	r := &Record{SameDay: w.SameDay, Register: map[string]string{}}
	if !r.Profile.Fill(w.Profile) {
		return &Record{} // encodes to something else than was stored
	}
	for _, fact := range w.Register {
		r.Register[fact[0]] = fact[1]
	}
	return r
}
