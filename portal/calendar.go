package portal

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// calendar answers what falls due as a file for the debtor's own calendar. It changes nothing.
func (p *portal) calendar(c *gin.Context, v visit) {
	page, ok := p.page(c, v)
	if !ok {
		return
	}
	doc := frameOf(c, v).of(page).T.calendar(page, v.by.Now)
	c.Header("Content-Disposition", doc.Disposition())
	c.Header("Content-Security-Policy", "sandbox; default-src 'none'")
	c.Header("Vary", "Accept-Language")
	c.Data(http.StatusOK, doc.MediaType, doc.Bytes)
}

// Calendar returns what falls due of a page as a calendar (RFC 5545), in the language that its debtor
// prefers, else in the best of ours that an Accept-Language header asks for. There is neither an account
// nor a link in it, and of parties only the seller: a calendar is shared with colleagues.
func Calendar(page domain.DebtorPage, accept string, now time.Time) domain.Document {
	return spoken(page.Preferences.Language, accept).calendar(page, now)
}

func (w *words) calendar(page domain.DebtorPage, now time.Time) domain.Document {
	today := domain.DateOf(now.In(page.Zone()))
	calendar := ics.NewCalendar()
	calendar.SetProductId("-//statement//calendar of what falls due//" + strings.ToUpper(w.Tag))
	calendar.SetXWRCalName(lined(string(w.Calendar.Title) + ": " + page.Seller))
	for _, fall := range collections.FallsDue(page, today) {
		event := calendar.AddEvent(fall.ID)
		event.SetDtStampTime(now)
		event.SetAllDayStartAt(fall.Day.At(0, 0, time.UTC))
		event.SetSummary(lined(w.falls(fall).With(
			"amount", w.sum(fall.Amount), "seller", page.Seller, "number", fall.Item.InvoiceNumber, "n", strconv.Itoa(fall.N), "of", strconv.Itoa(fall.Of),
		)))
		event.SetDescription(w.fallsMore(fall, today))
		event.SetClass(ics.ClassificationPrivate)
		event.SetTimeTransparency(ics.TransparencyTransparent) // it takes nobody's time
	}
	return domain.Document{FileName: "calendar.ics", MediaType: "text/calendar; charset=utf-8", Bytes: []byte(calendar.Serialize(ics.WithNewLineWindows))}
}

// falls is what an event is called.
func (w *words) falls(fall collections.Fall) phrase {
	switch fall.Kind {
	case collections.FallPromise:
		return w.Calendar.Promised
	case collections.FallInstalment:
		return w.Calendar.Instalment
	default:
		return w.Calendar.Due
	}
}

// fallsMore is what there is to know beside it, a sentence a line.
func (w *words) fallsMore(fall collections.Fall, today domain.Date) string {
	lines := []string{w.Calendar.Invoice.With("number", fall.Item.InvoiceNumber, "date", w.short(fall.Item.Issued))}
	if fall.Item.OrderReference != "" {
		lines = append(lines, w.Calendar.Order.With("order", fall.Item.OrderReference))
	}
	lines = append(lines, w.Calendar.Quote.With("reference", fall.Item.Reference.Grouped()))
	if fall.InParts {
		lines = append(lines, string(w.Calendar.DueInParts))
	}
	lines = append(lines, w.Calendar.Changes.With("date", w.short(today)))
	for i := range lines {
		lines[i] = lined(lines[i])
	}
	return strings.Join(lines, "\n")
}

// lined writes what somebody typed as one line without control characters: in a calendar a line ends a
// value, and the library escapes all else.
func lined(typed string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(typed, ""), func(r rune) bool {
		return unicode.IsControl(r) || r == ' ' || r == '\u2028' || r == '\u2029'
	}), " ")
}
