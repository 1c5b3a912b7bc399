package inbound

import (
	"strconv"
	"strings"
	"time"

	"comity/domain"
)

// numbered gives each word of a line its line's number, from 1.
func numbered(lines ...string) map[string]int {
	table := map[string]int{}
	for n, line := range lines {
		for _, word := range strings.Fields(line) {
			table[word] = n + 1
		}
	}
	return table
}

var months = numbered(
	"january jan januar janner janvier enero ene janeiro", "february feb februar fevrier fevr febrero fevereiro fev", "march mar marz maerz mrz mars marzo marco",
	"april apr avril avr abril abr", "may mai mayo maio", "june jun juni juin junio junho", "july jul juli juillet juil julio julho",
	"august aug aout agosto", "september sep sept septembre septiembre setembro", "october oct oktober okt octobre octubre outubro",
	"november nov novembre noviembre novembro", "december dec dezember dez decembre diciembre dic dezembro", //nolint:misspell // French
)

// weekdays number Monday 1 to Sunday 7.
var weekdays = numbered(
	"monday mon montag lundi lunes segunda-feira segunda", "tuesday tue tues dienstag mardi martes terca", "wednesday wed mittwoch mercredi miercoles quarta",
	"thursday thu thur thurs donnerstag jeudi jueves quinta", "friday fri freitag vendredi viernes sexta", "saturday samstag sonnabend samedi sabado", "sunday sonntag dimanche domingo",
)

var counts = numbered(
	"1 one a an einer einem ein une un uma um una", "2 two zwei deux dos dois duas", "3 three drei trois tres", "4 four vier quatre cuatro quatro", "5 five funf cinq cinco",
	"6 six sechs seis", "7 seven sieben sept siete sete", "8 eight acht huit ocho oito", "9 nine neun neuf nueve nove", "10 ten zehn dix diez dez",
)

// phraseDay is words for a day, and how to find it from today.
type phraseDay struct {
	parts []element
	vague bool
	find  func(today domain.Date) []domain.Date
}

func plus(n int) func(domain.Date) []domain.Date {
	return func(today domain.Date) []domain.Date { return []domain.Date{today.Plus(n)} }
}

func monthEnd(ahead int) func(domain.Date) []domain.Date {
	return func(today domain.Date) []domain.Date {
		year, month := today.YearMonth()
		return []domain.Date{domain.OnDay(year, month+time.Month(ahead)+1, 0)}
	}
}

func firstOfNextMonth(today domain.Date) []domain.Date {
	return []domain.Date{today.MonthEnd().Plus(1)}
}

// fridayOf returns the Friday of the week that lies ahead weeks after this one.
// On a weekend this week's Friday is gone: the next one is meant.
func fridayOf(ahead int) func(domain.Date) []domain.Date {
	return func(today domain.Date) []domain.Date {
		n := int(time.Friday) - isoWeekday(today)
		if n < 0 && ahead == 0 {
			n += 7
		}
		return []domain.Date{today.Plus(n + 7*ahead)}
	}
}

func yearEnd(today domain.Date) []domain.Date {
	year, _ := today.YearMonth()
	return []domain.Date{domain.OnDay(year, time.December, 31)}
}

func quarterEnd(today domain.Date) []domain.Date {
	year, month := today.YearMonth()
	return []domain.Date{domain.OnDay(year, (month+2)/3*3+1, 0)}
}

func isoWeekday(d domain.Date) int { return (int(d.Weekday())+6)%7 + 1 }

// fixedDays are the phrases, the longer ones first where one begins another.
var fixedDays = func() []phraseDay {
	var list []phraseDay
	add := func(vague bool, find func(domain.Date) []domain.Date, phrases ...string) {
		for _, p := range phrases {
			list = append(list, phraseDay{parsePattern(p), vague, find})
		}
	}
	add(false, plus(2), "?the day after tomorrow", "ubermorgen", "apres demain", "pasado manana", "depois de amanha")
	add(false, plus(-2), "?the day before yesterday", "vorgestern", "avant hier", "anteayer", "anteontem")
	add(false, plus(0), "today", "tonight", "this morning|afternoon|evening", "end of ?the ?business day", "eod", "heute", "aujourd'hui", "hoy", "hoje")
	add(false, plus(1), "tomorrow", "morgen", "demain", "manana", "amanha")
	add(false, plus(-1), "yesterday", "gestern", "hier", "ayer", "ontem")
	add(false, monthEnd(1), "end of ?the next|following month", "ende ?des nachsten|kommenden monats", "fin du mois prochain", "fin|final|finales del|de mes que viene",
		"fin|finales del|de proximo mes", "fim|final do|de proximo mes")
	add(false, firstOfNextMonth, "beginning|start|first of ?the next month", "anfang ?des nachsten|kommenden monats", "debut du mois prochain", "principios del proximo mes", "inicio do proximo mes")
	add(false, monthEnd(0), "end of ?the|this ?current month", "month end", "month's end", "eom", "monatsende", "ende ?des|dieses monats|monat", "fin du|de mois", "fin|final|finales de|del ?este mes",
		"fim|final do|deste|de mes")
	add(true, fridayOf(1), "end of ?the next week", "next week", "nachste|nachster|nachsten|kommende|kommenden|kommender woche", "semaine prochaine", "proxima semana", "semana que vem|viene", "semana proxima")
	add(true, fridayOf(0), "end of ?the|this ?current week", "this week", "eow", "week's end", "ende der woche", "diese|dieser woche", "fin de ?la semaine", "cette semaine", "fin de ?la|esta semana",
		"esta semana", "fim|final da|desta semana", "nesta|desta semana")
	add(true, monthEnd(1), "next month", "nachsten|kommenden monat", "mois prochain", "proximo mes", "mes que vem|viene")
	add(true, monthEnd(0), "this month", "diesen|diesem monat", "ce mois", "este mes", "neste mes")
	add(false, yearEnd, "end of ?the|this year", "year end", "jahresende", "fin de ?l annee", "fin de|del ano", "fim|final do ano")
	add(false, quarterEnd, "end of ?the|this quarter", "quartalsende", "fin du trimestre")
	return list
}()

// fixedStarts are the first words of the phrases above, and how they may begin.
var fixedStarts = func() map[string]bool {
	starts := map[string]bool{}
	for _, p := range fixedDays {
		for _, part := range p.parts {
			for _, word := range part.words {
				starts[word] = true
			}
			if !part.optional {
				break
			}
		}
	}
	return starts
}()

// fixedPhrase reads "tomorrow", "the end of the month", "next week".
func (s *scan) fixedPhrase(i int) (FoundDate, int, bool) {
	word := s.word(i)
	if !fixedStarts[word] || s.word(i-1) == "guten" || s.word(i-1) == "every" || word == "morgen" && strings.HasPrefix(s.word(i-1), "gut") {
		return FoundDate{}, 0, false
	}
	if (word == "manana" || word == "demain" || word == "hier") && (s.word(i-1) == "la" || s.word(i-1) == "wir") || word == "hier" && !s.french() {
		return FoundDate{}, 0, false
	}
	if at := i + 1; endWords[word] {
		for s.word(at) == "of" || s.word(at) == "de" || s.word(at) == "the" || s.word(at) == "month" {
			at++
		}
		if month := months[s.word(at)]; month != 0 {
			first, ok := s.inSomeYear(month, 28)
			return FoundDate{Days: []domain.Date{first.MonthEnd()}}, at + 1, ok
		}
	}
	for _, p := range fixedDays {
		if to, _, ok := match(s.tokens, i, i, p.parts, nil); ok {
			return FoundDate{Days: p.find(s.today), Vague: p.vague}, to, true
		}
	}
	return FoundDate{}, 0, false
}

var endWords = set("end ende fin final finales fim")

// french tells "hier", yesterday, from the German word for "here".
func (s *scan) french() bool {
	for _, t := range s.tokens[:min(len(s.tokens), 200)] {
		switch t.text {
		case "nous", "vous", "le", "la", "avons", "ai":
			return true
		case "wir", "die", "der", "ist":
			return false
		}
	}
	return false
}

var (
	within  = set("in within after innerhalb binnen dans sous en em dentro daqui under")
	skipped = set("of von de d d'ici a the next den nachsten about approximately ca circa etwa environ les unos cerca")
	units   = map[string]int{
		"day": 1, "days": 1, "tag": 1, "tage": 1, "tagen": 1, "jour": 1, "jours": 1, "dia": 1, "dias": 1,
		"week": 7, "weeks": 7, "woche": 7, "wochen": 7, "semaine": 7, "semaines": 7, "semana": 7, "semanas": 7, "fortnight": 14,
		"month": 30, "months": 30, "monat": 30, "monate": 30, "monaten": 30, "mois": 30, "mes": 30, "meses": 30,
		"werktage": 1, "werktagen": 1, "arbeitstage": 1, "arbeitstagen": 1, "bankarbeitstagen": 1,
	}
	working = set("business working banking bank work werktage werktagen arbeitstage arbeitstagen bankarbeitstagen ouvrables ouvres habiles laborables uteis")
)

// countedDays reads "in two weeks", "within 5 business days", "3 days ago".
func (s *scan) countedDays(i int) (FoundDate, int, bool) {
	if s.word(i) == "vor" || s.word(i) == "hace" || s.word(i) == "ha" || s.word(i) == "il" && s.word(i+1) == "y" && s.word(i+2) == "a" {
		at := i
		if s.word(i) == "il" {
			at += 2
		}
		if n, unit, to, _ := s.duration(at + 1); n > 0 {
			return FoundDate{Days: []domain.Date{moved(s.today, -n, unit)}}, to, true
		}
		return FoundDate{}, 0, false
	}
	at, ahead := i, within[s.word(i)]
	if ahead {
		at++
		for at < i+4 && skipped[s.word(at)] && counts[s.word(at)] == 0 {
			at++
		}
	}
	n, unit, to, business := s.duration(at)
	switch {
	case n == 0:
		return FoundDate{}, 0, false
	case !ahead && s.word(to) == "ago":
		return FoundDate{Days: []domain.Date{moved(s.today, -n, unit)}}, to + 1, true
	case !ahead && s.word(to) == "from" && (s.word(to+1) == "now" || s.word(to+1) == "today"):
		to += 2
	case !ahead:
		return FoundDate{}, 0, false
	}
	if business {
		return FoundDate{Days: []domain.Date{businessDays(s.today, n)}, Vague: true}, to, true
	}
	return FoundDate{Days: []domain.Date{moved(s.today, n, unit)}}, to, true
}

const maxCount = 400

// duration reads "two weeks" at token i.
func (s *scan) duration(i int) (n, unit, to int, business bool) {
	if n = counts[s.word(i)]; n == 0 {
		n, _ = strconv.Atoi(s.word(i)) // no number is no duration
	}
	if n <= 0 || n > maxCount {
		return 0, 0, 0, false
	}
	at := i + 1
	if working[s.word(at)] && units[s.word(at)] == 0 {
		business = true
		at++
	}
	unit = units[s.word(at)]
	business = business || working[s.word(at)]
	at++
	if working[s.word(at)] && unit == 1 {
		business = true
		at++
	}
	if unit == 0 {
		return 0, 0, 0, false
	}
	return n, unit, at, business && unit == 1
}

// moved returns the day n units away; a month is a calendar month.
func moved(today domain.Date, n, unit int) domain.Date {
	if unit != 30 {
		return today.Plus(n * unit)
	}
	year, month := today.YearMonth()
	last := domain.OnDay(year, month+time.Month(n)+1, 0)
	return domain.OnDay(year, month+time.Month(n), min(dayOf(today), dayOf(last)))
}

func dayOf(d domain.Date) int {
	year, month := d.YearMonth()
	return domain.OnDay(year, month, 1).DaysUntil(d) + 1
}

// businessDays counts Monday to Friday; holidays are not known here.
func businessDays(today domain.Date, n int) domain.Date {
	for n > 0 {
		today = today.Plus(1)
		if isoWeekday(today) <= 5 {
			n--
		}
	}
	return today
}

var (
	nextWords = set("next nachsten nachster nachste proximo proxima prochain")
	thisWords = set("this diesen dieser coming kommenden kommender ce cette este esta nesta neste")
	lastWords = set("last past letzten letzter vergangenen ultimo ultima pasado passada passado dernier derniere")
)

// weekday reads "Friday", "next Friday", "last Friday". "Next Friday" is the
// coming one or that of the next week: both are candidates.
func (s *scan) weekday(i int) (FoundDate, int, bool) {
	at, said := i, ""
	if w := s.word(i); nextWords[w] || thisWords[w] || lastWords[w] {
		at, said = i+1, w
	}
	wanted := weekdays[s.word(at)]
	if wanted == 0 || shortWeekday[s.word(at)] && at == i && !dayWords[s.word(at-1)] {
		return FoundDate{}, 0, false
	}
	to := at + 1
	if s.word(to) == "feira" {
		to++
	} else if portugueseWeekday[s.word(at)] && said == "" && !dayWords[s.word(at-1)] && s.word(at-1) != "na" {
		return FoundDate{}, 0, false
	}
	if w := s.word(to); said == "" && (nextWords[w] || lastWords[w] || s.word(to) == "week" || w == "que") {
		said = w
		to++
		if w == "que" {
			to++
		}
	}
	ahead := (wanted - isoWeekday(s.today) + 7) % 7
	if ahead == 0 && !thisWords[said] {
		ahead = 7
	}
	days := []domain.Date{s.today.Plus(ahead)}
	switch {
	case lastWords[said]:
		days[0] = s.today.Plus(ahead - 7)
	case said == "week":
		days[0] = s.today.Plus(ahead + 7)
	case nextWords[said] && isoWeekday(s.today)+ahead <= 7:
		days = append(days, s.today.Plus(ahead+7)) // it lies in this week
	case said == "" && ahead == 7:
		days = []domain.Date{s.today, s.today.Plus(7)} // "Friday", said on a Friday
	}
	return FoundDate{Days: days, Ambiguous: len(days) > 1}, to, true
}

var (
	shortWeekday      = set("mon tue tues wed thu thur thurs fri")
	portugueseWeekday = set("segunda terca quarta quinta sexta")
)

// dayOfMonth reads "the 15th" and "am 15.": the next such day.
func (s *scan) dayOfMonth(i int) (FoundDate, int, bool) {
	word := s.word(i)
	d := dayNumber(word)
	ordinal := d > 0 && len(word) > 2 && (strings.HasSuffix(word, "th") || strings.HasSuffix(word, "st") || strings.HasSuffix(word, "nd") || strings.HasSuffix(word, "rd"))
	dotted := d > 0 && (s.word(i-1) == "am" || s.word(i-1) == "zum") && strings.HasPrefix(s.text[s.tokens[i].end:], ".")
	if !ordinal && !dotted || ordinal && !dayWords[s.word(i-1)] {
		return FoundDate{}, 0, false
	}
	to := i + 1
	year, month := s.today.YearMonth()
	ahead := 0
	if d < dayOf(s.today) {
		ahead = 1
	}
	if s.word(to) == "of" && s.word(to+2) == "month" && (s.word(to+1) == "next" || s.word(to+1) == "this" || s.word(to+1) == "the") {
		if s.word(to+1) == "next" {
			ahead = 1
		}
		to += 3
	} else if s.word(to) == "of" {
		return FoundDate{}, 0, false
	}
	first := domain.OnDay(year, month+time.Month(ahead), 1)
	year, month = first.YearMonth()
	on, ok := day(year, int(month), d)
	return FoundDate{Days: []domain.Date{on}}, to, ok
}
