package inbound

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"comity/domain"
)

var (
	isoDay   = regexp.MustCompile(`\b(\d{4})-(\d{1,2})-(\d{1,2})\b`)
	fullDay  = regexp.MustCompile(`\b(\d{1,2})([./-])(\d{1,2})([./-])(\d{4}|\d{2})\b`)
	shortDay = regexp.MustCompile(`\b(\d{1,2})(?:/(\d{1,2})\b|\.(\d{1,2})\.)`)
)

// findDates lists the days in the text, in order.
func (s *scan) findDates() []FoundDate {
	var found []FoundDate
	for _, m := range isoDay.FindAllStringSubmatchIndex(s.text, -1) {
		if d, ok := day(s.number(m[2], m[3]), s.number(m[4], m[5]), s.number(m[6], m[7])); ok && s.alone(m[0], m[1]) {
			found = append(found, FoundDate{Days: []domain.Date{d}, Evidence: s.evidence(m[0], m[1])})
		}
	}
	for _, m := range fullDay.FindAllStringSubmatchIndex(s.text, -1) {
		if s.text[m[4]:m[5]] != s.text[m[8]:m[9]] || !s.alone(m[0], m[1]) {
			continue
		}
		year := s.number(m[10], m[11])
		if year < 100 {
			year += 2000
		}
		found = s.addOrders(found, m[0], m[1], s.number(m[2], m[3]), s.number(m[6], m[7]), s.text[m[4]:m[5]] == ".", func(month, d int) (domain.Date, bool) {
			return day(year, month, d)
		})
	}
	for _, m := range shortDay.FindAllStringSubmatchIndex(s.text, -1) {
		second, dots := m[4:6], false
		if m[4] < 0 {
			second, dots = m[6:8], true
		}
		if !s.alone(m[0], m[1]) || !dots && !s.dayWordBefore(m[0]) {
			continue
		}
		found = s.addOrders(found, m[0], m[1], s.number(m[2], m[3]), s.number(second[0], second[1]), dots, s.inSomeYear)
	}
	for i := range s.tokens {
		if d, to, ok := s.wordedDay(i); ok {
			d.Evidence = s.evidence(s.tokens[i].start, s.tokens[to-1].end)
			found = append(found, d)
		}
	}
	found = sortFound(found, func(d FoundDate) Evidence { return d.Evidence })
	return s.mergeWeekdays(found)
}

func (s *scan) number(start, end int) int {
	n, _ := strconv.Atoi(s.text[start:end]) // digits that a pattern has counted
	return n
}

// alone reports whether a date is not a part of a longer number.
func (s *scan) alone(start, end int) bool {
	return !joined(s.text[:start]) && !continues(s.text[end:])
}

// addOrders adds a day whose month may stand first or second.
func (s *scan) addOrders(list []FoundDate, start, end, first, second int, dayFirst bool, make func(month, day int) (domain.Date, bool)) []FoundDate {
	var days []domain.Date
	if d, ok := make(second, first); ok {
		days = append(days, d)
	}
	if d, ok := make(first, second); ok && !dayFirst && first != second {
		days = append(days, d)
	}
	if len(days) == 0 {
		return list
	}
	return append(list, FoundDate{Days: days, Ambiguous: len(days) > 1, Evidence: s.evidence(start, end)})
}

// day returns a day that exists.
func day(year, month, d int) (domain.Date, bool) {
	if year < 1990 || year > 2199 || month < 1 || month > 12 || d < 1 || d > 31 {
		return domain.Date{}, false
	}
	on := domain.OnDay(year, time.Month(month), d)
	if _, m := on.YearMonth(); m != time.Month(month) {
		return domain.Date{}, false
	}
	return on, true
}

// The days that a date without a year may lie in, from today.
const (
	yearBack  = 120
	yearAhead = 245
)

// inSomeYear returns the day of the year that is meant: a little in the past or
// further in the future.
func (s *scan) inSomeYear(month, d int) (domain.Date, bool) {
	year, _ := s.today.YearMonth()
	for y := year - 1; y <= year+1; y++ {
		if on, ok := day(y, month, d); ok && s.today.DaysUntil(on) >= -yearBack && s.today.DaysUntil(on) <= yearAhead {
			return on, true
		}
	}
	return domain.Date{}, false
}

var dayWords = set("on by before until till from since the to am bis vor zum ab seit den le avant au du des el antes hasta para em ate dia dated")

// dayWordBefore reports whether "3/4" follows a word such as "on": else it is a share.
func (s *scan) dayWordBefore(start int) bool {
	at := s.tokenAt(start)
	return at > 0 && at < len(s.tokens) && (dayWords[s.tokens[at-1].text] || weekdays[s.tokens[at-1].text] != 0)
}

// wordedDay reads a day in words that begins at token i and ends before token to.
func (s *scan) wordedDay(i int) (d FoundDate, to int, ok bool) {
	for _, read := range []func(int) (FoundDate, int, bool){s.monthDay, s.fixedPhrase, s.countedDays, s.weekday, s.dayOfMonth} {
		if d, to, ok = read(i); ok {
			return d, to, true
		}
	}
	return d, to, false
}

func (s *scan) word(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.tokens[i].text
}

// dayNumber reads "14", "14th", "1er".
func dayNumber(word string) int {
	digits := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyzº°ª")
	if len(digits) == 0 || len(digits) > 2 {
		return 0
	}
	switch word[len(digits):] {
	case "", "st", "nd", "rd", "th", "er", "º", "°", "o":
	default:
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > 31 {
		return 0
	}
	return n
}

// monthDay reads "14 March 2026", "March 14th", "14. März", "14 de marzo de 2026".
func (s *scan) monthDay(i int) (FoundDate, int, bool) {
	at, d, month := i, 0, 0
	if month = months[s.word(i)]; month != 0 {
		at++
		if s.word(at) == "the" {
			at++
		}
		d = dayNumber(s.word(at))
		at++
	} else if d = dayNumber(s.word(i)); d != 0 {
		at++
		for s.word(at) == "of" || s.word(at) == "de" || s.word(at) == "do" {
			at++
		}
		month = months[s.word(at)]
		at++
	}
	if d == 0 || month == 0 {
		return FoundDate{}, 0, false
	}
	end := at
	if s.word(at) == "de" || s.word(at) == "do" || s.word(at) == "del" {
		at++
	}
	if year, err := strconv.Atoi(s.word(at)); err == nil && len(s.word(at)) == 4 && year > 1990 && year < 2200 {
		on, ok := day(year, month, d)
		return FoundDate{Days: []domain.Date{on}}, at + 1, ok
	}
	on, ok := s.inSomeYear(month, d)
	return FoundDate{Days: []domain.Date{on}}, end, ok
}

// mergeWeekdays joins "Friday, 13 March" into one date. If the two do not agree
// it is ambiguous.
func (s *scan) mergeWeekdays(list []FoundDate) []FoundDate {
	var merged []FoundDate
	for _, d := range list {
		if n := len(merged); n > 0 {
			last := &merged[n-1]
			wanted := weekdays[fold(last.Evidence.Words)]
			between := strings.Trim(s.text[last.Evidence.End:d.Evidence.Start], " ,.(\n")
			if wanted != 0 && !d.Vague && (between == "" || joiners[strings.ToLower(between)]) && weekdays[fold(d.Evidence.Words)] == 0 {
				evidence := s.evidence(last.Evidence.Start, d.Evidence.End)
				*last = agree(d, time.Weekday(wanted%7))
				last.Evidence = evidence
				continue
			}
		}
		merged = append(merged, d)
	}
	return merged
}

var joiners = set("the den der dem le el dia em")

// agree keeps the days of d that fall on the weekday; if none does, the nearest
// one that does is another candidate.
func agree(d FoundDate, wanted time.Weekday) FoundDate {
	fits := func(on domain.Date) bool { return on.Weekday() == wanted }
	if slices.ContainsFunc(d.Days, fits) {
		d.Days = slices.DeleteFunc(d.Days, func(on domain.Date) bool { return !fits(on) })
		d.Ambiguous = len(d.Days) > 1
		return d
	}
	shift := (int(wanted) - int(d.Days[0].Weekday()) + 7) % 7
	if shift > 3 {
		shift -= 7
	}
	d.Days = append(d.Days, d.Days[0].Plus(shift))
	d.Ambiguous = true
	return d
}
