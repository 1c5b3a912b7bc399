package portal

import (
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"comity/domain"
	"comity/money"
)

// tongues are the languages of the pages; the first is for who reads none of them.
var tongues = []*words{&english, &spanish, &french, &german, &portuguese}

var matcher = func() language.Matcher {
	var tags []language.Tag
	for _, w := range tongues {
		tags = append(tags, language.Make(w.Tag))
	}
	return language.NewMatcher(tags)
}()

// tongueOf returns the words in the language that was chosen on the page, else the
// one that the debtor prefers, else the best that its browser asks for. The second
// result is what was chosen, "" when nothing was: links carry it on.
func tongueOf(c *gin.Context, preferred string) (*words, string) {
	for _, w := range tongues {
		if c.Query("lang") == w.Tag {
			return w, w.Tag
		}
	}
	return spoken(preferred, c.GetHeader("Accept-Language")), ""
}

// spoken returns the words in the language that is preferred, else the best that an Accept-Language
// header asks for.
func spoken(preferred, accept string) *words {
	for _, w := range tongues {
		if preferred == w.Tag {
			return w
		}
	}
	asked, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return tongues[0]
	}
	_, i, confidence := matcher.Match(asked...)
	if confidence == language.No {
		return tongues[0]
	}
	return tongues[i]
}

// A manner is how a language writes days and amounts.
type manner struct {
	Months             [12]string
	Weekdays           [7]string // from Sunday
	Long, Short        string
	First              string // the first day of a month
	Thousands, Decimal string
	Sum                string
}

// long writes a day with its weekday: "Wednesday 4 March 2026".
func (w *words) long(d domain.Date) string { return w.Manner.day(w.Manner.Long, d) }

// short writes a day: "4 March 2026".
func (w *words) short(d domain.Date) string { return w.Manner.day(w.Manner.Short, d) }

func (m manner) day(pattern string, d domain.Date) string {
	t := d.At(0, 0, time.UTC)
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = m.First
	}
	return phrase(pattern).With("weekday", m.Weekdays[t.Weekday()], "day", day, "month", m.Months[t.Month()-1], "year", strconv.Itoa(t.Year()))
}

// when says how far a due date is, without blame.
func (w *words) when(today, due domain.Date) string {
	switch days := today.DaysUntil(due); {
	case days == 0:
		return string(w.Today)
	case days == 1:
		return string(w.Tomorrow)
	case days > 1:
		return w.InDays.With("days", strconv.Itoa(days))
	case days == -1:
		return string(w.Yesterday)
	default:
		return w.DaysAgo.With("days", strconv.Itoa(-days))
	}
}

// sum writes an amount with its currency: "EUR 12,345.60", "12.345,60 EUR".
func (w *words) sum(a money.Amount) string {
	whole, fraction, _ := strings.Cut(a.Decimal(), ".")
	var b strings.Builder
	for i, r := range whole {
		if left := len(whole) - i; i > 0 && left%3 == 0 && whole[i-1] != '-' {
			b.WriteString(w.Manner.Thousands)
		}
		b.WriteRune(r)
	}
	if fraction != "" {
		b.WriteString(w.Manner.Decimal + fraction)
	}
	return phrase(w.Manner.Sum).With("amount", b.String(), "currency", string(a.Currency()))
}

// typed writes an amount as it is typed into a form: "12345.60", "12345,60".
func (w *words) typed(a money.Amount) string {
	return strings.Replace(a.Decimal(), ".", w.Manner.Decimal, 1)
}
