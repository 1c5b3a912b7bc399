package paytime

import (
	"slices"
	"sort"
	"strconv"

	"comity/domain"
)

// MaxColumns is how many register columns a model can have.
const MaxColumns = 24

// The kinds of a register column.
const (
	kindNumber = "number"
	kindDate   = "date" // read as days before the invoice is issued
	kindLevel  = "level"
)

// The columns that every invoice has.
const (
	columnTerm   = "term_days"
	columnAmount = "amount_band"

	registerColumns = 2 // where the columns of the register begin
)

// A Column is a fact about the debtor or the invoice that is known on the day of
// the decision, cut into levels. Level 0 is "not known".
type Column struct {
	Name   string    `json:"name"`
	Kind   string    `json:"kind"`
	Cuts   []float64 `json:"cuts,omitempty"`   // numbers and dates: levels 1 and on lie between them
	Levels []string  `json:"levels,omitempty"` // level i+1 is the text at i; sorted
}

func (c *Column) size() int {
	if c.Kind == kindLevel {
		return len(c.Levels) + 1
	}
	return len(c.Cuts) + 2
}

// number returns the level of a number.
func (c *Column) number(x float64) uint16 {
	return uint16(1 + sort.SearchFloat64s(c.Cuts, x))
}

// level returns the level of a field as it was sent; issued dates a date.
func (c *Column) level(field string, issued int) uint16 {
	switch c.Kind {
	case kindLevel:
		if at, found := slices.BinarySearch(c.Levels, field); found {
			return uint16(at + 1)
		}
		return 0
	case kindDate:
		if date, err := domain.ParseDate(field); err == nil {
			return c.number(float64(issued - DayOf(date)))
		}
		return 0
	}
	if x, err := strconv.ParseFloat(field, 64); err == nil && x-x == 0 {
		return c.number(x)
	}
	return 0
}

// Levels places an invoice in the model's columns. register holds the fields of the
// debtor's register by name; a field that is missing or makes no sense is "not
// known". q's Issued, Due and Band must be set.
func (m *Model) Levels(q *Invoice, register map[string]string) {
	for i := range m.Columns {
		c := &m.Columns[i]
		switch c.Name {
		case columnTerm:
			q.Levels[i] = c.number(float64(q.Term()))
		case columnAmount:
			q.Levels[i] = c.number(float64(q.Band))
		default:
			q.Levels[i] = c.level(register[c.Name], q.Issued)
		}
	}
}

// quantiles returns the values at the given shares of a sample, without repetition.
func quantiles(values []float64, shares []float64) []float64 {
	values = slices.Clone(values)
	slices.Sort(values)
	var cuts []float64
	for _, share := range shares {
		v := values[int(share*float64(len(values)-1))]
		if len(cuts) == 0 || v > cuts[len(cuts)-1] {
			cuts = append(cuts, v)
		}
	}
	return cuts
}

// The rules by which a field of training rows becomes a column.
const (
	mostLevels    = 12  // a number with fewer values is a code
	fewestDebtors = 8   // a code shared by fewer debtors says who, not what
	mostCodes     = 400 // in all columns together
)

var (
	termShares   = []float64{.05, .2, .4, .6, .8, .95}
	amountShares = []float64{.1, .3, .5, .7, .9}
	numberShares = []float64{.1, .25, .4, .55, .7, .85, .95}
	dateShares   = []float64{.05, .15, .3, .5, .7, .85}
)

// columns finds the register columns of training rows, of which payments before cut
// are known.
func columns(rows []*Row, names []string, cut int) []Column {
	levels := 0
	term, amount := make([]float64, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		term[i], amount[i] = float64(r.Due-r.Issued), float64(r.Band)
	}
	found := []Column{
		{Name: columnTerm, Kind: kindNumber, Cuts: quantiles(term, termShares)},
		{Name: columnAmount, Kind: kindNumber, Cuts: quantiles(amount, amountShares)},
	}
	for at, name := range names {
		if name == "" || name == columnTerm || name == columnAmount || len(found) == MaxColumns || tellsOutcome(rows, at, cut) {
			continue
		}
		if c, useful := column(rows, at, name); useful && levels+len(c.Levels) <= mostCodes {
			found = append(found, c)
			levels += len(c.Levels)
		}
	}
	return found
}

// tellsOutcome reports whether a field is one that is filled in when an invoice is
// paid: a date after its issue, or a field that is empty on every open row and on
// hardly any other. What is not known on the day of issue is no column.
func tellsOutcome(rows []*Row, at, cut int) bool {
	open, openFilled, paid, paidFilled := 0, 0, 0, 0
	for _, r := range rows {
		field := r.Register[at]
		if date, err := domain.ParseDate(field); err == nil && DayOf(date) > r.Issued {
			return true
		}
		filled := 0
		if field != "" {
			filled = 1
		}
		if r.Paid < cut {
			paid, paidFilled = paid+1, paidFilled+filled
		} else {
			open, openFilled = open+1, openFilled+filled
		}
	}
	return open > 0 && openFilled == 0 && 2*paidFilled > paid
}

// column reads one field of all rows: a date, a number or a code.
func column(rows []*Row, at int, name string) (Column, bool) {
	debtors := map[string]map[int]bool{}
	var numbers, ages []float64
	known := 0
	for _, r := range rows {
		field := r.Register[at]
		if field == "" {
			continue
		}
		known++
		if debtors[field] == nil {
			debtors[field] = map[int]bool{}
		}
		debtors[field][r.Debtor] = true
		if x, err := strconv.ParseFloat(field, 64); err == nil && x-x == 0 {
			numbers = append(numbers, x)
		} else if date, err := domain.ParseDate(field); err == nil {
			ages = append(ages, float64(r.Issued-DayOf(date)))
		}
	}
	switch {
	case known == 0:
		return Column{}, false
	case len(ages) == known:
		return Column{Name: name, Kind: kindDate, Cuts: quantiles(ages, dateShares)}, true
	case len(numbers) == known && len(debtors) > mostLevels:
		return Column{Name: name, Kind: kindNumber, Cuts: quantiles(numbers, numberShares)}, true
	}
	c := Column{Name: name, Kind: kindLevel}
	for field, who := range debtors {
		if len(who) >= fewestDebtors {
			c.Levels = append(c.Levels, field)
		}
	}
	slices.Sort(c.Levels)
	return c, len(c.Levels) > 0
}
