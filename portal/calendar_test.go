package portal_test

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"comity/domain"
	"comity/money"
	"comity/portal"
)

// readBack parses a calendar as a debtor's own does.
func readBack(t *testing.T, file []byte) []*ics.VEvent {
	t.Helper()
	for line := range bytes.SplitSeq(bytes.TrimSuffix(file, []byte("\r\n")), []byte("\r\n")) {
		if len(line) > 75 || bytes.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	calendar, err := ics.ParseCalendar(bytes.NewReader(file))
	if err != nil || !bytes.HasSuffix(file, []byte("END:VCALENDAR\r\n")) {
		t.Fatalf("it is no calendar: %v\n%s", err, file)
	}
	return calendar.Events()
}

func told(t *testing.T, e *ics.VEvent, name ics.ComponentProperty) string {
	t.Helper()
	property := e.GetProperty(name)
	if property == nil {
		t.Fatalf("the event has no %s: %v", name, e)
	}
	return property.Value
}

// planned is a site whose invoice is paid in parts, with a day that was named for the first of them.
func planned() *site {
	s := newSite()
	s.page.Promises = []domain.Promise{{ID: domain.New[domain.PromiseID](), Deal: s.deal, Status: domain.PromiseActive, Amount: money.Minor(100_000, "USD"), PromisedOn: domain.MustDate("2026-03-09")}}
	s.page.Plans = []domain.Plan{{ID: domain.New[domain.PlanID](), Deal: s.deal, Status: domain.PlanActive, Total: money.Minor(1_000_000, "USD"), Instalments: []domain.Instalment{
		{N: 1, DueOn: domain.MustDate("2026-03-20"), Amount: money.Minor(400_000, "USD")}, {N: 2, DueOn: domain.MustDate("2026-04-20"), Amount: money.Minor(600_000, "USD")},
	}}}
	return s
}

// TestWhatFallsDueGoesIntoTheirCalendar holds C-181 on the page: a file that any calendar reads, with a day for what is
// due, promised or an instalment, that replaces itself when it is loaded again; no account and no link stand in it.
func TestWhatFallsDueGoesIntoTheirCalendar(t *testing.T) {
	s := planned()
	s.page.Confirmed = true
	s.page.Items[0].Account.Number, _ = domain.ParseUSAccount("021000021", "4410023317")
	if body := s.get(s.path()).Body.String(); !strings.Contains(body, `<a href="`+s.path()+`/calendar">Calendar of what falls due</a>`) {
		t.Errorf("the statement does not lead to it:\n%s", body)
	}
	w := s.get(s.path() + "/calendar")
	for name, want := range map[string]string{
		"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Content-Disposition": `attachment; filename="calendar.ics"; filename*=UTF-8''calendar.ics`,
	} {
		if got := w.Header().Get(name); w.Code != http.StatusOK || got != want {
			t.Errorf("%d %s: %q, want %q", w.Code, name, got, want)
		}
	}
	var got []string
	events := readBack(t, w.Body.Bytes())
	for _, e := range events {
		start, err := e.GetAllDayStartAt()
		if err != nil || e.GetProperty(ics.ComponentPropertyDtEnd) != nil {
			t.Errorf("not a whole day: %v, %v", err, e)
		}
		got = append(got, start.Format(time.DateOnly)+" "+told(t, e, ics.ComponentPropertySummary))
	}
	if diff := cmp.Diff([]string{
		"2026-03-04 USD 10,000.00 due to Marlow Print Works LLC, invoice MP-1042",
		"2026-03-09 USD 1,000.00 to Marlow Print Works LLC on the day that you named, invoice MP-1042",
		"2026-03-20 USD 4,000.00 to Marlow Print Works LLC, instalment 1 of 2, invoice MP-1042",
		"2026-04-20 USD 6,000.00 to Marlow Print Works LLC, instalment 2 of 2, invoice MP-1042",
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("Invoice MP-1042 of 2 February 2026.\nOrder HP-7731.\nPlease quote the reference RF18 5390 0754 7034.\n"+
		"A plan is agreed for this invoice: what counts are the days of its instalments.\nAs it stood on 5 March 2026. Your statement shows what has changed since.",
		told(t, events[0], ics.ComponentPropertyDescription)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	unfolded := strings.ReplaceAll(w.Body.String(), "\r\n ", "")
	for _, secret := range []string{"/d/", links.Token(s.link), "http", "3317", "021000021", "Eastbrook"} {
		if strings.Contains(unfolded, secret) {
			t.Errorf("the calendar has %q:\n%s", secret, unfolded)
		}
	}
	s.later(24 * time.Hour)
	for i, e := range readBack(t, s.get(s.path()+"/calendar").Body.Bytes()) {
		if e.Id() != events[i].Id() || e.Id() == events[(i+1)%len(events)].Id() {
			t.Errorf("the next day the event is %s, not %s", e.Id(), events[i].Id())
		}
	}
	s.page.Items[0].Open = money.Minor(0, "USD")
	if body := s.get(s.path()).Body.String(); strings.Contains(body, "/calendar") || len(readBack(t, s.get(s.path()+"/calendar").Body.Bytes())) > 0 {
		t.Errorf("nothing is open, and there is a calendar of it")
	}
}

// TestNamesInACalendarStayNames holds C-181 for what somebody else typed: it is read back as one text, and makes neither a
// line nor a property of its own, in whatever alphabet it is folded.
func TestNamesInACalendarStayNames(t *testing.T) {
	for _, name := range []string{
		"A, B; C: D\\n", "X\r\nATTENDEE:mailto:x@example.com", "X\nEND:VEVENT\nEND:VCALENDAR", "X\u2028Y\u2029Z", "\"quoted\"", strings.Repeat("ÄöÜ株式会社", 30), "\xff\xfe", "a\x00b\tc",
	} {
		s := planned()
		s.page.Seller, s.page.Items[0].InvoiceNumber, s.page.Items[0].OrderReference = name, name, name
		events := readBack(t, s.get(s.path()+"/calendar").Body.Bytes())
		plain := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(name, ""), func(r rune) bool { return strings.ContainsRune("\r\n\t\x00\u2028\u2029 ", r) }), " ")
		if len(events) != 4 {
			t.Fatalf("%q makes %d events", name, len(events))
		}
		if got, want := told(t, events[0], ics.ComponentPropertySummary), strings.TrimSpace(fmt.Sprintf("USD 10,000.00 due to %s, invoice %s", plain, plain)); got != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%q is read back as %q, want %q", name, got, want)
		}
		for _, e := range events {
			for _, p := range e.Properties {
				if !slices.Contains(strings.Fields("UID DTSTAMP DTSTART SUMMARY DESCRIPTION CLASS TRANSP"), p.IANAToken) {
					t.Errorf("%q made a %s", name, p.IANAToken)
				}
			}
		}
	}
}

// TestACalendarSpeaksTheDebtorsLanguage holds C-181 and C-123: what it prefers, else what it asks for; and to a debtor that
// is not told of a sale (F-44) it says nothing of one, in any language.
func TestACalendarSpeaksTheDebtorsLanguage(t *testing.T) {
	s := quietSite()
	s.page.Promises[0].ID = domain.New[domain.PromiseID]()
	for tag, want := range map[string]string{"en": "due to", "es": "vence la factura", "fr": "échéance", "de": "fällig", "pt": "vence a fatura"} {
		for _, file := range [][]byte{portal.Calendar(s.page, tag, now).Bytes, s.get(s.path() + "/calendar?lang=" + tag).Body.Bytes()} {
			readBack(t, file)
			unfolded := html.UnescapeString(strings.ReplaceAll(string(file), "\r\n ", ""))
			if found := ofASale[tag].FindString(unfolded); found != "" || !strings.Contains(unfolded, want) {
				t.Errorf("%s: says %q, want %q:\n%s", tag, found, want, unfolded)
			}
		}
	}
	s.page.Preferences.Language = "de"
	if file := string(portal.Calendar(s.page, "fr", now).Bytes); !strings.Contains(file, "fällig") {
		t.Errorf("it is not in the language that is preferred:\n%s", file)
	}
}
