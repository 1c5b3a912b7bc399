package collections_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

var update = flag.Bool("update", false, "write the golden letters")

var newYork = must(time.LoadLocation("America/New_York"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// at is a moment in the debtor's zone.
func at(text string) time.Time {
	return must(time.ParseInLocation("2006-01-02 15:04", text, newYork)).UTC()
}

func day(text string) domain.Date { return domain.MustDate(text) }

func usd(minor int64) money.Amount { return money.Minor(minor, "USD") }

// storyA is the case of story A just after the notice was delivered.
func storyA() domain.CaseFacts {
	account := domain.BankAccount{
		ID: domain.New[domain.AccountID](), Purpose: domain.AccountCollection, Currency: "USD", Holder: "Eastbrook Factors, LLC",
		Number: must(domain.ParseUSAccount("021000021", "4410023317")),
	}
	kase := domain.Case{
		ID: domain.New[domain.CaseID](), World: domain.New[domain.WorldID](), Factor: domain.New[domain.OrganizationID](), Seller: domain.New[domain.OrganizationID](),
		Debtor: domain.New[domain.DebtorID](), Relationship: domain.New[domain.RelationshipID](), Status: domain.CaseOpen, Cycle: 1, OpenedAt: at("2026-02-05 09:12"),
	}
	deal := domain.Deal{
		ID: domain.New[domain.DealID](), World: kase.World, Factor: kase.Factor, Seller: kase.Seller, Case: kase.ID, Status: domain.DealPaidOut,
		InvoiceNumber: "MP-1042", Due: day("2026-03-04"), Basis: usd(1_000_000), Advance: usd(850_000), Reserve: usd(150_000), Open: usd(1_000_000),
		Collection: account.ID, NoticeCode: "7K3MPQ2X", Reference: domain.NewReference([]byte{1, 2, 3, 4, 5, 6, 7, 8}), MadeAt: kase.OpenedAt, Envelope: domain.UsualEnvelope,
	}
	return domain.CaseFacts{
		Case:   kase,
		Factor: domain.Organization{ID: kase.Factor, Name: "Eastbrook Factors, LLC", Country: "US", TimeZone: "America/New_York", Email: "ana@eastbrook.example"},
		Seller: domain.Organization{ID: kase.Seller, Name: "Marlow Print Works LLC", Country: "US", TimeZone: "America/New_York", Email: "accounts@marlow.example"},
		Relationship: domain.Relationship{
			ID: kase.Relationship, Name: "Harbor & Pine Hotels, Inc.", LegalType: domain.Company, Country: "US", TimeZone: "America/New_York", ContactName: "Dana Ruiz",
			Email: "dana@harborpine.example", TermsDays: 30,
		},
		ContactKey: []byte{1},
		Items: []domain.CaseItem{{
			Deal: deal, Issued: day("2026-02-02"), OrderReference: "HP-7731", Summary: "4,000 menus and 600 room directories",
			IntroducedAt: at("2026-02-03 09:00"),
		}},
		Feeds: []domain.Feed{{Account: account, Spans: statements("2026-02-04", "2026-02-24")}},
	}
}

// statements are daily statements of the banking days from one day to another.
func statements(from, to string) []domain.Span {
	var spans []domain.Span
	banking := domain.BankingDays("USD", "US")
	for d := day(from); !d.After(day(to)); d = banking.Add(d, 1) {
		spans = append(spans, domain.Span{From: d, To: d, Opening: usd(0), Closing: usd(0)})
	}
	return spans
}

// look takes a look and fails the test on a fault.
func look(t *testing.T, f domain.CaseFacts, now string) collections.Looked {
	t.Helper()
	done, err := collections.Look(f, at(now))
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func (w want) check(t *testing.T, when string, got collections.Looked) {
	t.Helper()
	sent, codes := "", ""
	if got.Touch != nil {
		sent = got.Touch.Step
	}
	if got.Gate != nil {
		codes = strings.Join(got.Gate.Codes, " ")
	}
	if !strings.HasPrefix(sent, w.sent) || w.sent == "" && sent != "" || codes != w.codes {
		t.Errorf("%s: sent %q, refused %q; want %q, %q (%+v)", when, sent, codes, w.sent, w.codes, got.Gate)
	}
	next := got.Case.NextActionAt.In(newYork).Format("2006-01-02 15:04")
	if got.Case.NextActionAt.IsZero() {
		next = ""
	}
	if next != w.next {
		t.Errorf("%s: looks again %q because of %q, want %q", when, next, got.Case.WaitsFor, w.next)
	}
}

type want struct{ sent, codes, next string }

// TestStoryADayByDay plays story A and reads its letters whole (C-42, C-46, C-47, C-178, C-183 and C-200): a note a week
// before, a cordial mail after, thanks with a question at the end, and nothing else.
func TestStoryADayByDay(t *testing.T) {
	f := storyA()
	step := func(now string, w want) collections.Looked {
		t.Helper()
		got := look(t, f, now)
		w.check(t, now, got)
		f = got.Facts
		return got
	}
	letters := map[string]*domain.Touch{}

	letters["A-2"] = step("2026-02-05 10:00", want{sent: "notice:"}).Touch
	step("2026-02-05 10:02", want{next: "2026-02-25 09:30"}) // delivered
	step("2026-02-18 09:30", want{next: "2026-02-25 09:30"}) // the heads-up is off
	letters["A-3"] = step("2026-02-25 09:30", want{sent: "pre_due:2026-03-04", next: "2026-03-05 09:30"}).Touch

	f.Feeds[0].Spans = statements("2026-02-04", "2026-03-04")
	step("2026-03-05 09:30", want{codes: "bank_feed_behind", next: "2026-03-06 09:30"})
	step("2026-03-06 09:30", want{codes: "bank_feed_behind", next: "2026-03-09 09:30"}) // the weekend is skipped, not refused
	step("2026-03-07 09:30", want{next: "2026-03-09 09:30"})

	f.Feeds[0].Spans = statements("2026-02-04", "2026-03-06")
	got := step("2026-03-09 09:30", want{sent: "post_due:1", next: "2026-03-16 09:30"}) // the clocks went forward on the 8th
	letters["A-4"] = got.Touch
	if f.Case.Tone != 1 {
		t.Errorf("tone is %d after the first message after the due date", f.Case.Tone)
	}

	id := f.Items[0].Deal.ID
	f.Holds = append(f.Holds, domain.Hold{ID: domain.New[domain.HoldID](), Deal: id, Code: domain.HoldPaidOrPending, Until: at("2026-03-18 00:00")})
	step("2026-03-10 14:10", want{next: "2026-03-18 09:30"}) // the item leaves

	f.Items[0].Deal.Open = usd(0)
	f.Unthanked = []domain.Allocation{{ID: domain.New[domain.AllocationID](), Deal: id, Minor: 1_000_000, ValueOn: day("2026-03-10"), AppliedAt: at("2026-03-11 06:40")}}
	step("2026-03-11 06:40", want{next: "2026-03-11 08:15"})
	letters["A-5"] = step("2026-03-11 08:15", want{sent: "thanks:", next: ""}).Touch
	step("2026-03-16 09:30", want{}) // nothing is open

	f.Items[0].Deal.Status = domain.DealSettled
	if got := step("2026-03-19 08:00", want{}); got.Case.Status != domain.CaseClosed {
		t.Errorf("the case is %s after the deal was settled", got.Case.Status)
	}
	checkLetters(t, letters)
}

// checkLetters holds the letters of story A to A.4 and to their golden files.
func checkLetters(t *testing.T, letters map[string]*domain.Touch) {
	t.Helper()
	const voice = "Eastbrook Factors, LLC, which has bought this invoice from Marlow Print Works LLC"
	details := []string{"021000021", "4410023317", "IBAN"}
	tests := map[string]struct{ must, mustNot []string }{
		"A-2": {[]string{
			"MP-1042", "full amount", "021000021", "4410023317", "on the number that you already have", "type the code 7K3MPQ2X",
			"a link alone proves nothing", "Signed for Marlow Print Works LLC and for Eastbrook Factors, LLC", voice,
		}, nil},
		"A-3": {[]string{
			"Wednesday 4 March 2026", "USD 10,000.00", "4,000 menus and 600 room directories", "HP-7731", "30 days from 2 February 2026",
			"by ACH or wire to the account in our notice of 5 February", "ask us", "{link}", voice,
		}, append(details, "late fee", "consequence")},
		"A-4": {[]string{
			"slipped by", "Did the invoice reach you?", "Received", "Not received", "Something is wrong", "Wednesday 4 March 2026",
			"5 February", "25 February", "{link}", voice,
		}, append(details, "late", "consequence", "must", "fail", "overdue")},
		"A-5": {[]string{
			"USD 10,000.00 was received on 10 March 2026 for invoice MP-1042", "Nothing more is due on it", "paid as each one says",
			"One question", "sends its thanks", voice,
		}, append(details, "please pay", "is payable", "{link}")},
	}
	for name, tc := range tests {
		touch := letters[name]
		if touch == nil {
			t.Errorf("%s was not sent", name)
			continue
		}
		flat := touch.Subject + " " + strings.Join(strings.Fields(touch.Text), " ")
		for _, words := range tc.must {
			if !strings.Contains(flat, words) {
				t.Errorf("%s does not say %q", name, words)
			}
		}
		for _, words := range tc.mustNot {
			if strings.Contains(flat, words) || strings.Contains(touch.HTML, ">"+words) {
				t.Errorf("%s says %q", name, words)
			}
		}
		golden(t, "story_"+name, touch.Subject+"\n("+touch.WhyNow+")\n\n"+touch.Text)
		golden(t, "story_"+name+"_html", touch.HTML)
	}
	if paragraphs := strings.Split(letters["A-3"].Text, "\n\n"); !strings.Contains(paragraphs[1], "10,000.00") || !strings.Contains(letters["A-3"].Subject, "Wednesday 4 March") {
		t.Errorf("the reminder's amount and date do not come first")
	}
	if got, want := letters["A-3"].WhyNow, "Seven days before the due date; the last message was 20 days ago."; got != want {
		t.Errorf("why now is %q, want %q", got, want)
	}
}

// golden compares a letter with its file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with -update)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs from %s; got\n%s", name, path, got)
	}
}
