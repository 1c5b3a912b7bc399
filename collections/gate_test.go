package collections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// overdueA is story A on T + 3 business days, when a reminder may leave.
func overdueA() (domain.CaseFacts, collections.Act) {
	f := storyA()
	f.Now = at("2026-03-09 09:30")
	f.Items[0].NoticeAt = at("2026-02-05 10:02")
	f.Feeds[0].Spans = statements("2026-02-04", "2026-03-06")
	return f, collections.Act{Step: "post_due:1", Class: domain.ClassReminder, Tone: 1, Items: []domain.DealID{f.Items[0].Deal.ID}}
}

func hold(f domain.CaseFacts, code domain.HoldCode, amount money.Amount) domain.Hold {
	return domain.Hold{ID: domain.New[domain.HoldID](), Deal: f.Items[0].Deal.ID, Code: code, Amount: amount}
}

func reminded(f domain.CaseFacts, when string) domain.Touch {
	return domain.Touch{Class: domain.ClassReminder, Status: domain.TouchSent, Cycle: 1, Step: "pre_due:2026-03-04", SentAt: at(when), Items: []domain.DealID{f.Items[0].Deal.ID}}
}

func contacts(n int, own bool, from string) []domain.Contact {
	var made []domain.Contact
	for i := range n {
		made = append(made, domain.Contact{At: at(from).AddDate(0, 0, -i%6), Own: own, Counted: true})
	}
	return made
}

// TestEveryCodeOfTheGate holds D-20 and D-21: each fact that stops a reminder, at its edges, and the code that the
// seller is shown.
func TestEveryCodeOfTheGate(t *testing.T) {
	type facts = *domain.CaseFacts
	tests := map[string]struct {
		change         func(facts)
		codes, outward string
	}{
		"nothing in the way":           {func(facts) {}, "", ""},
		"paid or pending":              {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldPaidOrPending, money.Amount{})} }, "paid_or_pending", "paid_or_pending"},
		"nothing open":                 {func(f facts) { f.Items[0].Deal.Open = usd(0) }, "paid_or_pending", "paid_or_pending"},
		"promised in full":             {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldPromise, usd(1_000_000))} }, "promise_active", "promise_active"},
		"promised in part":             {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldPromise, usd(400_000))} }, "", ""},
		"disputed in full":             {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldDisputed, usd(1_000_000))} }, "disputed_part", "disputed_part"},
		"a question about the invoice": {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldQuery, money.Amount{})} }, "query_unanswered_by_us", "query_unanswered_by_us"},
		"a question about everything":  {func(f facts) { f.Holds = []domain.Hold{{Code: domain.HoldQuery}} }, "query_unanswered_by_us", "query_unanswered_by_us"},
		"charged back":                 {func(f facts) { f.Items[0].Deal.Status = domain.DealChargedBack }, "not_ours", "not_ours"},
		"no notice":                    {func(f facts) { f.Items[0].NoticeAt = time.Time{} }, "notice_not_delivered", "notice_not_delivered"},
		"represented":                  {stopped(domain.StopRepresented), "represented", "represented"},
		"legal stop":                   {stopped(domain.StopLegal), "legal_stop", "legal_stop"},
		"asked not to be contacted":    {stopped(domain.StopCease), "cease_requested", "cease_requested"},
		"complaint":                    {stopped(domain.StopComplaint), "complaint_open", "complaint_open"},
		"sanctions":                    {stopped(domain.StopSanctions), "sanctions_hold", "considerate_pause"},
		"proof of assignment":          {stopped(domain.StopProof), "proof_pending", "proof_pending"},
		"no address":                   {func(f facts) { f.Relationship.Email = "" }, "no_usable_channel", "no_usable_channel"},
		"mail refused for good": {func(f facts) {
			f.Touches = []domain.Touch{{Status: domain.TouchFailed, Cycle: 1, Recipient: "Dana@harborpine.example", Class: domain.ClassLegalNotice}}
		}, "no_usable_channel", "no_usable_channel"},
		"too early in the day": {func(f facts) { f.Now = at("2026-03-09 07:59") }, "outside_hours", "outside_hours"},
		"too late in the day":  {func(f facts) { f.Now = at("2026-03-09 18:00") }, "outside_hours", "outside_hours"},
		"weekend":              {func(f facts) { f.Now = at("2026-03-14 09:30") }, "outside_hours bank_feed_behind", "outside_hours bank_feed_behind"},
		"six days after the last message": {
			func(f facts) { f.Touches = []domain.Touch{reminded(*f, "2026-03-03 09:30")} },
			"gap_lt_7d", "gap_lt_7d",
		},
		"seven days after the last message, with the clocks forward between": {func(f facts) { f.Touches = []domain.Touch{reminded(*f, "2026-03-02 09:30")} }, "", ""},
		"another factor wrote for the same seller":                           {func(f facts) { f.LastElsewhere = at("2026-03-05 09:30") }, "gap_lt_7d", "considerate_pause"},
		"seven messages of ours":                                             {func(f facts) { f.Contacts = contacts(7, true, "2026-03-08 12:00") }, "ceiling_7_in_7", "ceiling_7_in_7"},
		"seven messages of others":                                           {func(f facts) { f.Contacts = contacts(7, false, "2026-03-08 12:00") }, "ceiling_7_in_7", "considerate_pause"},
		"six messages":                                                       {func(f facts) { f.Contacts = contacts(6, false, "2026-03-08 12:00") }, "", ""},
		"another's message today": {
			func(f facts) { f.Contacts = []domain.Contact{{At: at("2026-03-09 08:30"), Daily: true}} },
			"one_per_day", "considerate_pause",
		},
		"an answer today": {func(f facts) { f.Contacts = []domain.Contact{{At: at("2026-03-09 08:30"), Own: true}} }, "", ""},
		"a day of statements is missing": {func(f facts) {
			f.Feeds[0].Spans = slices.Delete(f.Feeds[0].Spans, 5, 6)
		}, "bank_feed_behind", "bank_feed_behind"},
		"no feed": {func(f facts) { f.Feeds = nil }, "bank_feed_behind", "bank_feed_behind"},
		"statements until yesterday, but not a banking day after the due date": {func(f facts) {
			f.Now = at("2026-03-05 09:30")
			f.Feeds[0].Spans = statements("2026-02-04", "2026-03-04")
		}, "bank_feed_behind", "bank_feed_behind"},
		"unidentified money in its name":         {unidentified("HARBOR AND PINE HOTELS INC", 1), "unapplied_cash_possible", "unapplied_cash_possible"},
		"unidentified money with its name":       {unidentified("Harbor & Pine Hotels, Inc. AP", 1), "unapplied_cash_possible", "unapplied_cash_possible"},
		"unidentified money within two per cent": {unidentified("ACME", 985_000), "unapplied_cash_possible", "unapplied_cash_possible"},
		"unidentified money of another size":     {unidentified("ACME", 970_000), "", ""},
		"unidentified money five banking days old": {func(f facts) {
			unidentified("ACME", 1_000_000)(f)
			f.Unidentified[0].CreatedAt = at("2026-03-02 09:00")
		}, "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f, act := overdueA()
			tc.change(&f)
			v := collections.Gate(f, act)
			codes, outward := strings.Join(v.Codes, " "), strings.Join(v.Outward, " ")
			if codes != tc.codes || outward != tc.outward || v.Clear != (tc.codes == "") {
				t.Errorf("codes %q, outward %q, clear %t (%s); want %q, %q", codes, outward, v.Clear, v.Facts, tc.codes, tc.outward)
			}
		})
	}
}

func stopped(code domain.StopCode) func(*domain.CaseFacts) {
	return func(f *domain.CaseFacts) { f.Stops = append(f.Stops, domain.Stop{Code: code}) }
}

func unidentified(payer string, minor int64) func(*domain.CaseFacts) {
	return func(f *domain.CaseFacts) {
		f.Unidentified = []domain.Receipt{{
			Account: f.Feeds[0].Account.ID, Amount: usd(minor), Unapplied: usd(minor), Payer: payer, CreatedAt: at("2026-03-06 07:00"), ValueDate: day("2026-03-06"),
		}}
	}
}

func TestWhichCodesBindWhichClass(t *testing.T) {
	stops := map[domain.StopCode]string{ // classes that a stop leaves alone
		domain.StopLegal:       "",
		domain.StopSanctions:   "",
		domain.StopComplaint:   "answer legal_notice receipt",
		domain.StopRepresented: "answer legal_notice receipt thank_you",
		domain.StopCease:       "answer legal_notice receipt thank_you",
		domain.StopProof:       "answer legal_notice receipt thank_you",
	}
	classes := []domain.MessageClass{domain.ClassAnswer, domain.ClassHeadsUp, domain.ClassLegalNotice, domain.ClassReceipt, domain.ClassReminder, domain.ClassThankYou}
	clear := func(change func(*domain.CaseFacts)) string {
		var names []string
		for _, class := range classes {
			f, act := overdueA()
			change(&f)
			act.Class = class
			if collections.Gate(f, act).Clear {
				names = append(names, string(class))
			}
		}
		return strings.Join(names, " ")
	}
	for code, want := range stops {
		if got := clear(stopped(code)); got != want {
			t.Errorf("under %s %q may leave, want %q", code, got, want)
		}
	}
	tests := map[string]struct {
		change func(*domain.CaseFacts)
		want   string
	}{
		"at night":                    {func(f *domain.CaseFacts) { f.Now = at("2026-03-09 22:00") }, "answer"},
		"a message today":             {func(f *domain.CaseFacts) { f.Contacts = []domain.Contact{{At: f.Now, Daily: true}} }, "answer"},
		"seven in seven days":         {func(f *domain.CaseFacts) { f.Contacts = contacts(7, true, "2026-03-08 12:00") }, "answer receipt thank_you"},
		"a reminder three days ago":   {func(f *domain.CaseFacts) { f.Touches = []domain.Touch{reminded(*f, "2026-03-06 09:30")} }, "answer legal_notice receipt thank_you"},
		"the bank's statement behind": {func(f *domain.CaseFacts) { f.Feeds = nil }, "answer legal_notice receipt thank_you"},
	}
	for name, tc := range tests {
		if got := clear(tc.change); got != tc.want {
			t.Errorf("%s: %q may leave, want %q", name, got, tc.want)
		}
	}
	f, act := overdueA()
	stopped(domain.StopLegal)(&f)
	act.Class, act.TwoPeople = domain.ClassLegalNotice, true
	if v := collections.Gate(f, act); !v.Clear {
		t.Errorf("a legal notice that two people approved is refused under a legal stop: %v", v.Codes)
	}
}

// TestOnlyThePartThatIsHeldRests holds C-28, C-70 and D-20: what is disputed or promised is not asked for, the rest is,
// and a letter that says another amount than the books is found.
func TestOnlyThePartThatIsHeldRests(t *testing.T) {
	f, act := overdueA()
	f.Holds = []domain.Hold{hold(f, domain.HoldDisputed, usd(100_000)), hold(f, domain.HoldPromise, usd(400_000))}
	v := collections.Gate(f, act)
	if !v.Clear || len(v.Items) != 1 || v.Items[0].Ask != usd(500_000) || v.Items[0].Held != usd(500_000) {
		t.Fatalf("%+v", v)
	}
	letter, err := collections.Write(f, act, v)
	if err != nil || !strings.Contains(letter.Text, "USD 5,000.00") || strings.Contains(letter.Text, "10,000.00") || !collections.Faithful(f, v, letter.Text) {
		t.Errorf("%v\n%s", err, letter.Text)
	}
	v.Items[0].Ask = usd(600_000)
	if collections.Faithful(f, v, letter.Text) {
		t.Error("a message with another amount than the books' is called faithful")
	}
}

// TestTheGateNeverBreaksItsWord throws dice at the gate. Under a legal stop nothing leaves but a notice that two people
// approved (D-3).
func TestTheGateNeverBreaksItsWord(t *testing.T) {
	classes := []domain.MessageClass{domain.ClassHeadsUp, domain.ClassReminder, domain.ClassLegalNotice, domain.ClassAnswer, domain.ClassReceipt, domain.ClassThankYou}
	rapid.Check(t, func(t *rapid.T) {
		f, act := overdueA()
		f.Now = at("2026-03-02 00:00").Add(time.Duration(rapid.IntRange(0, 60*24*20).Draw(t, "minute")) * time.Minute)
		f.Feeds[0].Spans = statements("2026-02-04", "2026-03-31")
		act.Class = rapid.SampledFrom(classes).Draw(t, "class")
		act.TwoPeople = rapid.Bool().Draw(t, "two people")
		for _, code := range rapid.SliceOfDistinct(rapid.SampledFrom(domain.StopCodes()), rapid.ID[domain.StopCode]).Draw(t, "stops") {
			stopped(code)(&f)
		}
		counted := 0
		for i, hours := range rapid.SliceOfN(rapid.IntRange(1, 300), 0, 12).Draw(t, "contacts") {
			f.Contacts = append(f.Contacts, domain.Contact{At: f.Now.Add(-time.Duration(hours) * time.Hour), Own: i%2 == 0, Counted: true})
			if hours < 6*24 {
				counted++
			}
		}
		ago := rapid.IntRange(0, 20).Draw(t, "days ago")
		f.Touches = []domain.Touch{{Class: domain.ClassReminder, Status: domain.TouchSent, Cycle: 1, Step: "pre_due:x", SentAt: f.Now.AddDate(0, 0, -ago)}}
		v := collections.Gate(f, act)
		_, legal := f.Stop(domain.StopLegal)
		switch {
		case v.Clear != (len(v.Codes) == 0) || len(v.Codes) > 0 && len(v.Outward) == 0:
			t.Fatalf("clear %t with codes %v, outward %v", v.Clear, v.Codes, v.Outward)
		case v.Clear && legal && (act.Class != domain.ClassLegalNotice || !act.TwoPeople):
			t.Fatalf("%s left under a legal stop", act.Class)
		case v.Clear && act.Class.Proactive() && ago < 7:
			t.Fatalf("%s left %d days after the last one", act.Class, ago)
		case v.Clear && act.Class.Counted() && counted >= 7:
			t.Fatalf("%s left as message %d in six days", act.Class, counted+1)
		}
	})
}

// TestABankFarAwayDoesNotSilenceUs holds D-21 over time zones: where the bank of the factor
// is still in its night at the debtor's 09:30, its last statement is looked for on the same
// day, and not on the next morning, when it would be night again, and so for ever.
func TestABankFarAwayDoesNotSilenceUs(t *testing.T) {
	zones := []string{"America/Los_Angeles", "America/Chicago", "America/New_York", "Europe/London", "Europe/Berlin", "Asia/Dubai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"}
	again := 0
	for _, bank := range zones {
		for _, debtor := range zones {
			f, act := overdueA()
			f.Factor.TimeZone, f.Relationship.TimeZone = bank, debtor
			for n := range 365 {
				day := day("2026-03-10").Plus(n)
				if weekday := day.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
					continue
				}
				f.Now = day.At(9, 30, f.Relationship.Zone())
				v := loaded(&f, act)
				if !slices.Contains(v.Codes, collections.CodeFeedBehind) || slices.Contains(v.Codes, collections.CodeOutsideHours) {
					continue
				}
				again++
				at := collections.LookAgain(f, act, v)
				if f.Now = at; domain.DateOf(at.In(f.Relationship.Zone())) != day {
					t.Fatalf("%s, debtor in %s: refused for the statement on %s, looked at again at %s", bank, debtor, day, at)
				}
				if v := loaded(&f, act); !v.Clear {
					t.Fatalf("%s, debtor in %s: refused for the statement on %s, and for %v at %s", bank, debtor, day, v.Codes, at)
				}
			}
		}
	}
	if again < 1000 {
		t.Errorf("refused %d times: the test asks nothing", again)
	}
}

// loaded asks the gate with what a bank has sent that sends each day's statement at 07:00 of
// the next.
func loaded(f *domain.CaseFacts, act collections.Act) collections.Verdict {
	through := domain.DateOf(f.Now.In(f.Factor.Zone()).Add(-7 * time.Hour)).Plus(-1)
	f.Feeds[0].Spans = statements("2026-02-04", through.String())
	return collections.Gate(*f, act)
}

// TestWhatAnotherTenantDoesIsNotShown holds D-7: with another's contacts put in,
// the seller sees a pause and no number.
func TestWhatAnotherTenantDoesIsNotShown(t *testing.T) {
	f, act := overdueA()
	f.Contacts = contacts(9, false, "2026-03-08 12:00")
	v := collections.Gate(f, act)
	g := collections.ShownToSeller(domain.GateDecision{Codes: v.Codes, Outward: v.Outward, Facts: v.Facts})
	if got := strings.Join(g.Codes, " "); got != "considerate_pause" || strings.ContainsAny(g.Facts, "0123456789") {
		t.Errorf("the seller is shown %q, %q", got, g.Facts)
	}
}
