package paytime

import "slices"

// The memories of a record: what is counted by lateness bucket, and how it fades.
const (
	memAll     = iota // every payment alike
	memLong           // half-life 150 days
	memShort          // 45 days
	memLast           // 14 days
	memTerm           // 300 days, invoices of like terms
	memAmount         // 300 days, invoices of like amounts
	memWeekday        // 300 days, invoices due on the same weekday
	memories
)

// Open days late, for the clock that stands still on closed days.
const (
	firstOpenDay = -31
	openDays     = 77
)

func openDayIndex(late int) int { return min(max(late-firstOpenDay, 0), openDays-1) }

// An Invoice is what is asked about.
type Invoice struct {
	Today   int // as [DayOf]: the day as of which everything is known
	Issued  int
	Due     int
	Band    int // of the amount
	SameDay int // invoices of the relationship issued on the same day, this one among them
	// Levels are the invoice's places in the model's register columns, from
	// [Model.Levels].
	Levels [MaxColumns]uint16
}

// Term returns the days from issue to due, 0 for an invoice due before its issue.
func (q *Invoice) Term() int { return max(q.Due-q.Issued, 0) }

// A Book is how the seller's customers pay now, this one among them: invoices that
// fell due in the last 30 and 365 days, and how many of them were not paid on the
// due day.
type Book struct {
	Due30, Late30, Due365, Late365 int
}

// A Profile is the record of one relationship read for one invoice. It is a value
// of fixed size that holds integers only.
type Profile struct {
	Paid     [memories][Buckets]int64 // in units, by lateness bucket
	Open     [Buckets]int64           // counts, by the bucket that yesterday was
	OpenLike [3][Buckets]int64        // of like terms, amount and due weekday, in units

	PaidOpenDays [2][openDays]int64 // by open days late: half-life 300 and 45 days
	OpenOpenDays [openDays]int64

	Weekday  [7]int64                // days of payment, half-life 240 days
	ToEnd    [31]int64               // by days to the end of the month
	OpenLeft [mostOpenLeft + 1]int64 // by open days left in the month
	Nth      [7 * 5]int64            // by weekday and week from the end of the month
	Parity   [7 * 2]int64            // by weekday and odd or even week
	Own      [Days]int64             // by day late, half-life 180 days

	Weight  [4]int64 // of all, 45 days, 14 days, like terms
	LateSum [4]int64 // days late from -30 to 60, weighted by Weight
	Late0   [3]int64 // weight of late payments: all, 45 days, 14 days
	Late5   int64    // payments more than five days late

	AmountWeight, AmountLate int64 // like amounts, whatever their age

	Known       int // payments
	Opened      int // open invoices
	Overdue     int // open invoices past due yesterday
	MostOverdue int // days, yesterday
	SumOverdue  int
	OverdueNow  int // open invoices past due today
	Aged        int // of them more than 60 days
	Last3       int // sum of days late, from -30 to 60, of the last three payments
	Last3Count  int
	Median      int
	Bands       int // sum over every earlier invoice
	BandCount   int
	Issued30    int // earlier invoices issued in the last 30 days
	Tenure      int // days since the first invoice
	SinceLast   int // days since the last payment, -1 when there is none
	Book        Book
}

// agedDays is how long past due an open invoice is aged (DOMAIN 3.4).
const agedDays = 60

// Build reads a record as of an invoice's Today: payments of that day and later,
// and invoices issued on it and later, are not looked at. The order of the cells
// does not matter.
func Build(p *Profile, q *Invoice, cal *Almanac, paid []Paid, open []Open, book Book) {
	*p = Profile{SinceLast: -1, Book: book}
	b := builder{p: p, q: q, cal: cal, weekday: cal.on(q.Due).weekday, first: q.Today}
	for i := range paid {
		if c := &paid[i]; c.Day < q.Today && c.issued() < q.Today {
			b.payment(c)
		}
	}
	for i := range open {
		if c := &open[i]; c.Due-c.Term < q.Today {
			b.unpaid(c)
		}
	}
	p.Tenure = q.Today - b.first
	b.lastOnes(paid)
}

type builder struct {
	p       *Profile
	q       *Invoice
	cal     *Almanac
	weekday uint8
	first   int // day of the first invoice
}

func (b *builder) earlier(issued, band, count int) {
	b.first = min(b.first, issued)
	b.p.Bands += band * count
	b.p.BandCount += count
	if issued >= b.q.Today-30 {
		b.p.Issued30 += count
	}
}

// like returns how alike an earlier invoice is in terms, amount and due weekday.
func (b *builder) like(term, band, due int) (w [3]int64) {
	if d := term - b.q.Term(); d >= -sameTerm && d <= sameTerm {
		w[0] = unit
	}
	w[1] = alike(band, b.q.Band)
	if b.cal.on(due).weekday == b.weekday {
		w[2] = unit
	}
	return w
}

func (b *builder) payment(c *Paid) {
	p, age, n := b.p, b.q.Today-c.Day, int64(c.Count)
	b.earlier(c.issued(), c.Band, c.Count)
	p.Known += c.Count
	if p.SinceLast < 0 || age < p.SinceLast {
		p.SinceLast = age
	}
	bucket, like := bucketOf(c.Late), b.like(c.Term, c.Band, c.due())
	short, last, year := sixWeeks.at(age), fortnight.at(age), months10.at(age)
	p.Paid[memAll][bucket] += n * unit
	p.Paid[memLong][bucket] += n * months5.at(age)
	p.Paid[memShort][bucket] += n * short
	p.Paid[memLast][bucket] += n * last
	for i, w := range like {
		p.Paid[memTerm+i][bucket] += n * (w * year / unit)
	}
	open := openDayIndex(b.cal.openLate(c.due(), c.Day))
	p.PaidOpenDays[0][open] += n * year
	p.PaidOpenDays[1][open] += n * short

	clipped := int64(min(max(c.Late, -30), 60))
	for i, w := range [4]int64{unit, short, last, like[0]} {
		p.Weight[i] += n * w
		p.LateSum[i] += n * w * clipped
		if i < len(p.Late0) && c.Late > 0 {
			p.Late0[i] += n * w
		}
	}
	if c.Late > 5 {
		p.Late5 += n * unit
	}
	p.AmountWeight += n * like[1]
	p.AmountLate += n * like[1] * clipped
	b.habits(c, n*months8.at(age))
	if c.Late >= FirstDay && c.Late <= LastDay {
		p.Own[c.Late-FirstDay] += n * months6.at(age)
	}
}

// habits counts the day of a payment by its place in week and month.
func (b *builder) habits(c *Paid, w int64) {
	day := b.cal.on(c.Day)
	b.p.Weekday[day.weekday] += w
	b.p.ToEnd[day.toEnd] += w
	b.p.OpenLeft[day.openLeft] += w
	b.p.Nth[day.nth] += w
	b.p.Parity[int(day.weekday)*2+weekOf(c.Day)] += w
}

// weekOf tells even weeks from odd ones.
func weekOf(day int) int { return max(day-almanacFirst, 0) / 7 % 2 }

func (b *builder) unpaid(c *Open) {
	p, n := b.p, int64(c.Count)
	b.earlier(c.Due-c.Term, c.Band, c.Count)
	yesterday := b.q.Today - 1
	bucket := bucketOf(yesterday - c.Due)
	p.Opened += c.Count
	p.Open[bucket] += n
	for i, w := range b.like(c.Term, c.Band, c.Due) {
		p.OpenLike[i][bucket] += n * w
	}
	p.OpenOpenDays[openDayIndex(b.cal.openLate(c.Due, yesterday))] += n
	if now := b.q.Today - c.Due; now > 0 {
		p.OverdueNow += c.Count
		if now > agedDays {
			p.Aged += c.Count
		}
	}
	if late := yesterday - c.Due; late > 0 {
		p.Overdue += c.Count
		p.MostOverdue = max(p.MostOverdue, late)
		p.SumOverdue += late * c.Count
	}
}

// lastOnes finds the last three payments, and the median of all.
func (b *builder) lastOnes(paid []Paid) {
	p, counts := b.p, [Days + 1]int{}
	var last [3]Paid
	for _, c := range paid {
		if c.Day >= b.q.Today || c.issued() >= b.q.Today {
			continue
		}
		counts[min(max(c.Late, FirstDay), Later)-FirstDay] += c.Count
		for range min(c.Count, len(last)) {
			insert(&last, c)
		}
	}
	for _, c := range last {
		if c.Count > 0 {
			p.Last3 += min(max(c.Late, -30), 60)
			p.Last3Count++
		}
	}
	for i, seen := 0, 0; i < len(counts); i++ {
		if seen += counts[i]; 2*seen > p.Known {
			p.Median = i + FirstDay
			break
		}
	}
}

// insert keeps the three latest payments, in order; of one day the latest ones.
func insert(last *[3]Paid, c Paid) {
	at := 0
	for at < len(last) && last[at].Count > 0 && comparePaid(last[at], c) >= 0 {
		at++
	}
	if at < len(last) {
		copy(last[at+1:], last[at:len(last)-1])
		last[at] = c
	}
}

// Canonical sorts and merges cells, clips them to their bounds and drops empty
// ones, so that equal records are equal cells. It works in place.
func Canonical(paid []Paid, open []Open) ([]Paid, []Open) {
	for i := range paid {
		paid[i].Late = min(max(paid[i].Late, -LongestTerm), LongestTerm)
		paid[i].Term = min(max(paid[i].Term, 0), LongestTerm)
	}
	slices.SortFunc(paid, comparePaid)
	slices.SortFunc(open, compareOpen)
	kept := paid[:0]
	for _, c := range paid {
		if n := len(kept); n > 0 && comparePaid(kept[n-1], c) == 0 {
			kept[n-1].Count = min(kept[n-1].Count+c.Count, MostInCell)
		} else if c.Count > 0 {
			kept = append(kept, c)
		}
	}
	left := open[:0]
	for _, c := range open {
		if n := len(left); n > 0 && compareOpen(left[n-1], c) == 0 {
			left[n-1].Count = min(left[n-1].Count+c.Count, MostInCell)
		} else if c.Count > 0 {
			left = append(left, c)
		}
	}
	return kept, left
}

// numbers lists everything that a profile holds, in a fixed order.
func (p *Profile) numbers() (arrays [][]int64, single []*int) {
	for m := range p.Paid {
		arrays = append(arrays, p.Paid[m][:])
	}
	arrays = append(arrays, p.Open[:])
	for i := range p.OpenLike {
		arrays = append(arrays, p.OpenLike[i][:])
	}
	arrays = append(arrays, p.PaidOpenDays[0][:], p.PaidOpenDays[1][:], p.OpenOpenDays[:],
		p.Weekday[:], p.ToEnd[:], p.OpenLeft[:], p.Nth[:], p.Parity[:], p.Own[:],
		p.Weight[:], p.LateSum[:], p.Late0[:])
	single = []*int{
		&p.Known, &p.Opened, &p.Overdue, &p.MostOverdue, &p.SumOverdue, &p.OverdueNow, &p.Aged, &p.Last3, &p.Last3Count, &p.Median,
		&p.Bands, &p.BandCount, &p.Issued30, &p.Tenure, &p.SinceLast,
		&p.Book.Due30, &p.Book.Late30, &p.Book.Due365, &p.Book.Late365,
	}
	return arrays, single
}

// Sparse returns the numbers of p that are not zero, each with its place: what a
// decision stores of a profile.
func (p *Profile) Sparse() [][2]int64 {
	sparse, at := [][2]int64{}, int64(0)
	put := func(v int64) {
		if v != 0 {
			sparse = append(sparse, [2]int64{at, v})
		}
		at++
	}
	arrays, single := p.numbers()
	for _, array := range arrays {
		for _, v := range array {
			put(v)
		}
	}
	for _, v := range []int64{p.Late5, p.AmountWeight, p.AmountLate} {
		put(v)
	}
	for _, v := range single {
		put(int64(*v))
	}
	return sparse
}

// Fill sets p from what [Profile.Sparse] returned. It reports whether every place
// exists and stands once, in order.
func (p *Profile) Fill(sparse [][2]int64) bool {
	*p = Profile{}
	arrays, single := p.numbers()
	var places []*int64
	for _, array := range arrays {
		for i := range array {
			places = append(places, &array[i])
		}
	}
	places = append(places, &p.Late5, &p.AmountWeight, &p.AmountLate)
	last := int64(-1)
	for _, pair := range sparse {
		at, v := pair[0], pair[1]
		if at <= last || at >= int64(len(places)+len(single)) || v == 0 {
			return false
		}
		if at < int64(len(places)) {
			*places[at] = v
		} else {
			*single[at-int64(len(places))] = int(v)
		}
		last = at
	}
	return true
}

// MeanLate returns the mean days late of all payments and of the recent ones (half-
// life 45 days), each payment counted from -30 to 60, in tenths of a day; ok is
// false where there is none.
func (p *Profile) MeanLate() (all, recent int, ok bool) {
	if p.Weight[0] == 0 || p.Weight[1] < unit/2 {
		return 0, 0, false
	}
	return int(10 * p.LateSum[0] / p.Weight[0]), int(10 * p.LateSum[1] / p.Weight[1]), true
}

// MeanLateLike is MeanLate of payments of like terms, and of like amounts.
func (p *Profile) MeanLateLike() (term, amount int, termKnown, amountKnown bool) {
	if p.Weight[3] > 0 {
		term, termKnown = int(10*p.LateSum[3]/p.Weight[3]), true
	}
	if p.AmountWeight >= unit/2 {
		amount, amountKnown = int(10*p.AmountLate/p.AmountWeight), true
	}
	return term, amount, termKnown, amountKnown
}

// LateShare returns how many in a thousand payments came after the due day.
func (p *Profile) LateShare() int {
	if p.Weight[0] == 0 {
		return 0
	}
	return int(1000 * p.Late0[0] / p.Weight[0])
}

// PayDay returns the weekday (Monday is 0) on which at least half of the payments
// came, weighted by how recent they are, when five and more are known.
func (p *Profile) PayDay() (weekday int, ok bool) {
	total := int64(0)
	for _, n := range p.Weekday {
		total += n
	}
	for k, n := range p.Weekday {
		if 2*n >= total && total > 0 && p.Known >= 5 {
			return k, true
		}
	}
	return 0, false
}
