package collections_test

import (
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// stated is a message by a template about everything of a case, which was sent.
func stated(f *domain.CaseFacts, template, when string) *domain.Touch {
	t := domain.Touch{
		ID: domain.New[domain.TouchID](), Cycle: 1, Step: "notice:" + template, Class: domain.ClassLegalNotice, Template: template, Status: domain.TouchSent,
		ClaimedAt: at(when), SentAt: at(when),
	}
	for _, item := range f.Items {
		t.Items = append(t.Items, item.Deal.ID)
	}
	f.Touches = append(f.Touches, t)
	return &f.Touches[len(f.Touches)-1]
}

// person makes the debtor a natural person, who can check what is asked since the notice of 5 February.
func person(f *domain.CaseFacts) {
	f.Relationship.LegalType = domain.SoleTrader
	stated(f, "notice_person@0", "2026-02-05 10:00")
}

// TestNothingIsAskedOfAPersonBeforeItsStatement holds D-27 in the gate: what we start about an invoice waits
// for the message that says what there is to check; only one that was sent and lists the invoice is one.
func TestNothingIsAskedOfAPersonBeforeItsStatement(t *testing.T) {
	type facts = *domain.CaseFacts
	by := func(template string, change func(*domain.Touch)) func(facts) {
		return func(f facts) { change(stated(f, template, "2026-02-05 10:00")) }
	}
	as := func(status domain.TouchStatus) func(*domain.Touch) {
		return func(t *domain.Touch) { t.Status = status }
	}
	for name, tc := range map[string]struct {
		change func(facts)
		codes  string
	}{
		"nothing":                      {func(facts) {}, "jurisdiction_rule"},
		"a notice that says less":      {by("notice@0", as(domain.TouchSent)), "jurisdiction_rule"},
		"the notice":                   {by("notice_person@0", as(domain.TouchSent)), ""},
		"the notice with a row of law": {by("notice_person@0+us@1", as(domain.TouchSent)), ""},
		"a letter of its own":          {by("validation@0", as(domain.TouchSent)), ""},
		"one that is on its way":       {by("validation@0", as(domain.TouchSending)), "jurisdiction_rule"},
		"one of which nobody knows":    {by("validation@0", as(domain.TouchUnknown)), "jurisdiction_rule"},
		"one that did not arrive":      {by("validation@0", as(domain.TouchFailed)), "jurisdiction_rule"},
		"one about another invoice":    {by("validation@0", func(t *domain.Touch) { t.Items = []domain.DealID{domain.New[domain.DealID]()} }), "jurisdiction_rule"},
		"a company":                    {func(f facts) { f.Relationship.LegalType = domain.Company }, ""},
		"a public body":                {func(f facts) { f.Relationship.LegalType = domain.PublicBody }, ""},
		"nobody knows what":            {func(f facts) { f.Relationship.LegalType = "" }, "jurisdiction_rule"},
		"a person in New York":         {func(f facts) { f.Relationship.Region = "US-NY" }, ""},
		"who owes more than the law":   {func(f facts) { f.Owed = []money.Amount{usd(50_000_001)} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, class := range everyClass {
				f, act := ringable()
				f.Relationship.LegalType, act.Class = domain.SoleTrader, class
				tc.change(&f)
				want := tc.codes
				if !class.Proactive() {
					want = "" // who asked us something, paid, or is told of the sale, is told
				}
				v := collections.Gate(f, act)
				if got := strings.Join(v.Codes, " "); got != want || want != "" && !strings.Contains(v.Facts, "invoice MP-1042: the validation statement was not sent yet") {
					t.Errorf("%s: codes %q, want %q (%s)", class, got, want, v.Facts)
				}
				sent := domain.Touch{Step: act.Step, Class: class, Tone: act.Tone, Items: act.Items, ClaimedAt: f.Now, Text: "USD 10,000.00"}
				if right := collections.StillRight(f, sent); right != (want == "") {
					t.Errorf("%s, claimed before: may still leave %t", class, right)
				}
			}
		})
	}
}

// TestNothingFirmSoonAfterTheStatement holds D-27: for thirty days after it nothing above a cordial tone leaves
// about an invoice, whoever agreed to it, nor the word that somebody external may be asked.
func TestNothingFirmSoonAfterTheStatement(t *testing.T) {
	for name, tc := range map[string]struct {
		sent  string
		class domain.MessageClass
		tone  int
		codes string
	}{
		"cordial, at once":            {"2026-03-08 10:00", domain.ClassReminder, 1, ""},
		"collaborative, at once":      {"2026-03-08 10:00", domain.ClassReminder, 2, "jurisdiction_rule"},
		"a call, on the last day":     {"2026-02-07 23:59", domain.ClassCall, 2, "jurisdiction_rule"},
		"collaborative, the last day": {"2026-02-07 00:00", domain.ClassReminder, 2, "jurisdiction_rule"},
		"collaborative, after it":     {"2026-02-06 23:59", domain.ClassReminder, 2, ""},
		"somebody external, at once":  {"2026-03-08 10:00", domain.ClassPriorNotice, 0, "jurisdiction_rule"},
		"somebody external, after it": {"2026-02-06 10:00", domain.ClassPriorNotice, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, act := ringable()
			f.Relationship.LegalType, act.Class, act.Tone = domain.SoleTrader, tc.class, tc.tone
			stated(&f, "validation@0", tc.sent)
			cordial := wrote(f, "post_due:1", "2026-03-01 09:30")
			cordial.Tone, cordial.Rung = 1, "how_it_is_made_up"
			f.Touches, f.Items[0].Deal.Due = append(f.Touches, cordial), day("2026-02-20")
			for _, region := range []string{"", "US-NY"} { // the day was told, and holds where the person turns out to live elsewhere
				f.Relationship.Region = region
				v := collections.Gate(f, act)
				if got := strings.Join(v.Codes, " "); got != tc.codes || tc.codes != "" && !strings.Contains(v.Facts, "nothing firm in the 30 days after the validation statement of") {
					t.Errorf("%s: codes %q, want %q (%s)", region, got, tc.codes, v.Facts)
				}
			}
		})
	}
}

// TestWhenThereIsWhatToCheck holds D-27 in the planner: the notice to a person says what there is to check;
// where it did not, a letter of its own comes before anything that asks, lists every open invoice whose
// statement is missing, is not written twice, and waits for nothing but its own delivery.
func TestWhenThereIsWhatToCheck(t *testing.T) {
	type facts = *domain.CaseFacts
	letter := func(status domain.TouchStatus, cycle int) func(facts) {
		return func(f facts) {
			sent := stated(f, "validation@0", "2026-03-05 10:00")
			sent.Status, sent.Cycle, sent.Step, sent.Class = status, cycle, "validation:"+f.Items[0].Deal.ID.String(), domain.ClassValidation
		}
	}
	for name, tc := range map[string]struct {
		now    string
		change func(facts)
		act    string // kind of the step and template; "" when it waits
		items  int
		reason string
	}{
		"a person's notice":             {"2026-02-05 10:00", func(f facts) { f.Items[0].NoticeAt = time.Time{} }, "notice notice_person", 1, ""},
		"a company's notice":            {"2026-02-05 10:00", func(f facts) { f.Items[0].NoticeAt, f.Relationship.LegalType = time.Time{}, domain.Company }, "notice ", 1, ""},
		"told without it":               {"2026-02-10 08:00", func(facts) {}, "validation validation", 1, ""},
		"told without it, at night":     {"2026-02-10 07:59", func(facts) {}, "", 0, "the letter with which a person can check what is asked"},
		"before a reminder that is due": {"2026-03-05 09:30", func(facts) {}, "validation validation", 1, ""},
		"one letter for all that is open": {"2026-02-10 08:00", func(f facts) {
			another(f, "MP-1043", "2026-03-11")
			another(f, "MP-1044", "2026-03-12").Deal.Open = usd(0)
			untold := another(f, "MP-1045", "2026-03-13")
			untold.NoticeAt, untold.IntroducedAt = time.Time{}, time.Time{}
		}, "validation validation", 2, ""},
		"whatever rests":      {"2026-02-10 08:00", func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldDisputed, money.Amount{})} }, "validation validation", 1, ""},
		"on its way":          {"2026-03-06 09:30", letter(domain.TouchUnknown, 1), "", 0, "the delivery of the letter with which a person can check what is asked"},
		"it did not arrive":   {"2026-03-06 09:30", letter(domain.TouchFailed, 1), "", 0, "the delivery of the letter with which a person can check what is asked"},
		"to another address":  {"2026-03-06 09:30", func(f facts) { letter(domain.TouchFailed, 1)(f); f.Case.Cycle = 2 }, "validation validation", 1, ""},
		"it arrived":          {"2026-03-06 09:30", letter(domain.TouchSent, 1), "post_due post_due_first", 1, ""},
		"a company":           {"2026-03-05 09:30", func(f facts) { f.Relationship.LegalType = domain.Company }, "post_due post_due_first", 1, ""},
		"not in this country": {"2026-03-05 09:30", func(f facts) { f.Relationship.Country, f.Relationship.TimeZone = "JP", "America/New_York" }, "post_due post_due_first", 1, ""},
		"a stop": {"2026-03-06 09:30", func(f facts) {
			stopped(domain.StopCease)(f)
			f.Refused = map[string]domain.LastRefusal{"validation:" + f.Items[0].Deal.ID.String(): {At: at("2026-03-05 09:30"), Codes: []string{"cease_requested"}}}
		}, "", 0, "a person to lift a stop"},
	} {
		t.Run(name, func(t *testing.T) {
			f := told()
			f.Now, f.Relationship.LegalType = at(tc.now), domain.SoleTrader
			tc.change(&f)
			plan := collections.Next(f)
			act, items := "", 0
			if plan.Act != nil {
				kind, _, _ := strings.Cut(plan.Act.Step, ":")
				act, items = kind+" "+plan.Act.Template, len(plan.Act.Items)
			}
			if act != tc.act || items != tc.items || plan.Reason != tc.reason {
				t.Errorf("%q with %d items, waits for %q; want %q, %d, %q", act, items, plan.Reason, tc.act, tc.items, tc.reason)
			}
		})
	}
}

// TestWhatStopsTheStatement holds D-27, D-3 and D-19: every stop of a person's holds the letter back, as nothing asks
// meanwhile; it keeps hours and the limits of the address, and neither the bank nor a wish does.
func TestWhatStopsTheStatement(t *testing.T) {
	type facts = *domain.CaseFacts
	tests := map[string]struct {
		change func(facts)
		codes  string
	}{
		"nothing":                 {func(facts) {}, ""},
		"paid in the meantime":    {func(f facts) { f.Items[0].Deal.Open = usd(0) }, "not_ours"},
		"at night":                {func(f facts) { f.Now = at("2026-03-09 22:00") }, "outside_hours"},
		"another letter that day": {func(f facts) { made(f, 0, domain.Contact{Daily: true, Own: true}) }, "one_per_day"},
		"seven in seven days":     {func(f facts) { f.Contacts = contacts(7, true, "2026-03-08 12:00") }, "ceiling_7_in_7"},
		"no address":              {func(f facts) { f.Relationship.Email = "" }, "no_usable_channel"},
		"no e-mail wanted":        {func(f facts) { f.Preferences.OptedOut = []domain.Channel{domain.ChannelEmail} }, ""},
		"a reminder yesterday":    {func(f facts) { f.Touches = []domain.Touch{reminded(*f, "2026-03-08 09:30")} }, ""},
		"the bank is silent":      {func(f facts) { f.Feeds = nil }, ""},
		"promised":                {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldPromise, money.Amount{})} }, ""},
	}
	for _, stop := range domain.StopCodes() {
		tests[string(stop)] = struct {
			change func(facts)
			codes  string
		}{stopped(stop), string(stop)}
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f, act := overdueA()
			f.Relationship.LegalType = domain.SoleTrader
			tc.change(&f)
			act.Step, act.Class, act.Template, act.Tone = "validation:x", domain.ClassValidation, "validation", 0
			if got := strings.Join(collections.Gate(f, act).Codes, " "); got != tc.codes {
				t.Errorf("codes %q, want %q", got, tc.codes)
			}
		})
	}
}

// TestThereIsWhatToCheck holds D-27 and D-6 in the words: who asks and for whom it was owed first; of each
// invoice number, date, amount, what was paid, credited and rests, and what is open; no interest; what the
// person can do and that no day ends it. The account stands in the notice alone.
func TestThereIsWhatToCheck(t *testing.T) {
	for template, account := range map[string]bool{"notice_person": true, "validation": false} {
		s := sceneOf(template, 0)
		s.Relationship.LegalType = domain.SoleTrader
		s.Items[0].Deal.Open, s.Items[0].Deal.Credited = usd(600_000), usd(150_000)
		s.dispute(100_000)
		letter := s.write(t)
		until := map[bool]string{true: "Saturday 7 March 2026", false: "Thursday 23 April 2026"}[account]
		says(t, template, letter, []string{
			"Who asks Eastbrook Factors, LLC, which bought this invoice from Marlow Print Works LLC", "To whom it was owed first Marlow Print Works LLC",
			"Invoice Date Amount Paid Credited Not asked for now Open", "MP-1042 2 February 2026 USD 10,000.00 USD 2,500.00 USD 1,500.00 USD 1,000.00 USD 6,000.00",
			"No interest and no charges were added", "do not agree to all of it or to a part", "We do not ask for that part until you have our answer", "Ask for a copy of the invoice", "Until " + until, "on any later day",
		}, "deadline", "must", "lose", "assume")
		if findings := letter.Lint(s.act.Class, 0); len(findings) > 0 {
			t.Errorf("%s: %s", template, strings.Join(findings, "\n"))
		}
		if has := strings.Contains(letter.Text, "4410023317"); has != account {
			t.Errorf("%s names the account: %t", template, has)
		}
		if !strings.HasPrefix(letter.Template, template+"@") {
			t.Errorf("%s is stored as %q", template, letter.Template)
		}
	}
	s := sceneOf("validation", 0)
	s.Relationship.LegalType, s.Case.Disclosure = domain.SoleTrader, domain.Confidential
	if _, err := collections.Write(s.CaseFacts, s.act, collections.Gate(s.CaseFacts, s.act)); err == nil {
		t.Error("a debtor who is not told reads who bought its invoice")
	}
}

// TestWhatCouldNotBeCheckedForLongStaysMild holds D-27 and D-19 in the planner: in the days after its statement an
// invoice is spoken of in its own cordial letters; what is more than cordial about another one leaves it out, and
// neither waits for the other for ever.
func TestWhatCouldNotBeCheckedForLongStaysMild(t *testing.T) {
	at := func(when string) time.Time { return must(time.ParseInLocation("2006-01-02 15:04", when, newYork)) }
	for name, tc := range map[string]struct {
		due, sent, now string // of the younger invoice: its due date, when it was last listed, and now
		numbers        string
		tone           int
	}{
		"its first word comes before a call about the older": {"2026-03-27", "", "2026-03-31 09:30", "MP-1090", 1},
		"then the older has its turn":                        {"2026-03-27", "2026-03-31 09:30", "2026-04-07 09:30", "MP-1042", 2},
		"nor is it listed as coming":                         {"2026-04-08", "", "2026-03-31 09:30", "MP-1042", 2},
		"after its days they go together":                    {"2026-03-27", "2026-04-20 09:30", "2026-04-30 09:30", "MP-1042 MP-1090", 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := climbed("did_it_reach_you", "how_it_is_made_up")
			person(&f)
			young := another(&f, "MP-1090", tc.due)
			sent := stated(&f, "validation@0", "2026-03-26 10:00")
			sent.Items = []domain.DealID{young.Deal.ID}
			if f.Now = at(tc.now); tc.sent != "" {
				first := took(f, collections.BuiltIn().After[0], at(tc.sent))
				first.Items = []domain.DealID{young.Deal.ID}
				f.Touches = append(f.Touches, first)
			}
			plan := collections.Next(f)
			if plan.Act == nil {
				t.Fatalf("it waits until %s for %s", plan.At, plan.Reason)
			}
			var numbers []string
			for _, id := range plan.Act.Items {
				item, _ := f.Item(id)
				numbers = append(numbers, item.Deal.InvoiceNumber)
			}
			if got := strings.Join(numbers, " "); got != tc.numbers || plan.Act.Tone != tc.tone {
				t.Errorf("%s about %q at tone %d, want %q at %d", plan.Act.Step, got, plan.Act.Tone, tc.numbers, tc.tone)
			}
		})
	}
}
