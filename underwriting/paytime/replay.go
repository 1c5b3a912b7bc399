package paytime

import (
	"slices"
)

// A Row is one invoice of a history.
type Row struct {
	ID       string
	Seller   int // index
	Debtor   int // index; a debtor of two sellers is two
	Issued   int // as [DayOf]
	Due      int
	Paid     int // NotPaid when no payment is known
	Observed int // last day on which Paid was looked for; 0 when that is not said
	Band     int
	Calendar int      // index into the calendars of a [History]
	Register []string // by column of the history
}

// observed returns the last day on which the row was looked at.
func (r *Row) observed() int {
	if r.Observed == 0 {
		return NotPaid
	}
	return max(r.Observed, r.Issued)
}

// NotPaid stands for a payment that is not known.
const NotPaid = 1 << 30

// A History is rows in the order of issue, and who owes them.
type History struct {
	Rows      []Row
	Names     []string // of the register columns
	Calendars []*Almanac
	byDebtor  [][]int32 // rows of each debtor, in order
	at        []int32   // where each row stands among its debtor's
	book      []*books  // by seller
}

// NewHistory sorts rows by day of issue, rows of one day by ID.
func NewHistory(rows []Row, names []string, calendars []*Almanac) *History {
	slices.SortStableFunc(rows, func(a, b Row) int {
		if a.Issued != b.Issued {
			return a.Issued - b.Issued
		}
		return compareText(a.ID, b.ID)
	})
	h := &History{Rows: rows, Names: names, Calendars: calendars, at: make([]int32, len(rows))}
	for i := range rows {
		for rows[i].Debtor >= len(h.byDebtor) {
			h.byDebtor = append(h.byDebtor, nil)
		}
		of := &h.byDebtor[rows[i].Debtor]
		h.at[i] = int32(len(*of))
		*of = append(*of, int32(i))
	}
	bySeller := [][]*Row{}
	for i := range rows {
		for rows[i].Seller >= len(bySeller) {
			bySeller = append(bySeller, nil)
		}
		bySeller[rows[i].Seller] = append(bySeller[rows[i].Seller], &rows[i])
	}
	for _, of := range bySeller {
		h.book = append(h.book, newBooks(of))
	}
	return h
}

func compareText(a, b string) int {
	if a < b {
		return -1
	} else if a > b {
		return 1
	}
	return 0
}

// mostEarlier bounds how many earlier invoices of one debtor a profile is read from:
// the latest ones. Reading is linear in them.
const mostEarlier = 20_000

// A Reader reads profiles out of a history. It is not safe to share.
type Reader struct {
	h    *History
	paid []Paid
	open []Open
}

// Reader returns a reader of h.
func (h *History) Reader() *Reader { return &Reader{h: h} }

// Read fills the profile of a row as of the day on which it was issued: with
// payments before that day and invoices issued before it, and nothing later but
// the number of the debtor's invoices of the same day.
func (r *Reader) Read(i int, p *Profile, q *Invoice) {
	row := &r.h.Rows[i]
	*q = Invoice{Today: row.Issued, Issued: row.Issued, Due: row.Due, Band: row.Band, SameDay: 1}
	r.paid, r.open = r.paid[:0], r.open[:0]
	mine := r.h.byDebtor[row.Debtor]
	for k := max(0, int(r.h.at[i])-mostEarlier); k < len(mine); k++ {
		o := &r.h.Rows[mine[k]]
		if o.Issued > row.Issued {
			break
		}
		if o.Issued == row.Issued {
			if k != int(r.h.at[i]) {
				q.SameDay++
			}
			continue
		}
		if o.Paid < row.Issued {
			r.paid = append(r.paid, Paid{Day: o.Paid, Late: o.Paid - o.Due, Term: o.Due - o.Issued, Band: o.Band, Count: 1})
		} else {
			r.open = append(r.open, Open{Due: o.Due, Term: o.Due - o.Issued, Band: o.Band, Count: 1})
		}
	}
	Build(p, q, r.h.Calendars[row.Calendar], r.paid, r.open, r.h.book[row.Seller].on(row.Issued))
}

// books counts, by day, invoices that fell due and those that were not paid then.
type books struct {
	first     int
	due, late []int32 // sums up to the day before
}

func newBooks(rows []*Row) *books {
	if len(rows) == 0 {
		return &books{due: make([]int32, 1), late: make([]int32, 1)}
	}
	first, last := rows[0].Due, rows[0].Due
	for i := range rows {
		first, last = min(first, rows[i].Due), max(last, rows[i].Due)
	}
	b := &books{first: first, due: make([]int32, last-first+2), late: make([]int32, last-first+2)}
	for i := range rows {
		b.due[rows[i].Due-first+1]++
		if rows[i].Paid > rows[i].Due {
			b.late[rows[i].Due-first+1]++
		}
	}
	for i := 1; i < len(b.due); i++ {
		b.due[i] += b.due[i-1]
		b.late[i] += b.late[i-1]
	}
	return b
}

// on returns the book as of the morning of a day: whether an invoice due before
// it was paid on its due day is known by then.
func (b *books) on(day int) Book {
	sum := func(of []int32, until int) int { return int(of[min(max(until-b.first, 0), len(of)-1)]) }
	return Book{
		Due30: sum(b.due, day) - sum(b.due, day-30), Late30: sum(b.late, day) - sum(b.late, day-30),
		Due365: sum(b.due, day) - sum(b.due, day-365), Late365: sum(b.late, day) - sum(b.late, day-365),
	}
}
