package collections_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// says fails unless a letter says everything that it must, and nothing else of a
// list.
func says(t *testing.T, name string, letter collections.Letter, must []string, mustNot ...string) {
	t.Helper()
	text := letter.Subject + " " + strings.Join(strings.Fields(letter.Text), " ")
	for _, words := range must {
		if !strings.Contains(text, words) {
			t.Errorf("%s does not say %q:\n%s", name, words, letter.Text)
		}
	}
	for _, words := range mustNot {
		if strings.Contains(text, words) {
			t.Errorf("%s says %q:\n%s", name, words, letter.Text)
		}
	}
}

// TestExampleLettersOfEveryTone shows three letters of each tone as they are
// read, and the other classes: C-62, C-63, C-68, C-70, C-72, C-74, C-75, C-77,
// C-78, C-79, C-86, C-160.
func TestExampleLettersOfEveryTone(t *testing.T) {
	type example struct {
		template string
		tone     int
		change   func(*scene)
	}
	for name, e := range map[string]example{
		"tone_0_heads_up_to_a_team":        {"heads_up", 0, func(s *scene) { s.nobody(); s.also("MP-1043", "2026-03-05") }},
		"tone_0_pre_due_to_an_old_friend":  {"pre_due", 0, func(s *scene) { s.good(); s.wrote("2026-02-05 10:00") }},
		"tone_0_pre_due_to_a_new_customer": {"pre_due", 0, func(s *scene) { s.KnownSince = day("2026-01-01"); s.Items[0].Deal.Open = usd(400_000) }},
		"tone_1_first_of_three":            {"post_due_first", 1, func(s *scene) { s.good(); s.also("MP-1043", "2026-03-05"); s.also("MP-1050", "2026-03-16") }},
		"tone_1_first_to_a_sole_trader":    {"post_due_first", 1, func(s *scene) { s.good(); s.Relationship.LegalType = domain.SoleTrader }},
		"tone_1_next_with_a_disputed_part": {"post_due_next", 1, func(s *scene) { s.dispute(100_000); s.wrote("2026-02-05 10:00", "2026-03-09 09:30") }},
		"tone_2_timeline_after_a_talk":     {"new_timeline", 2, func(s *scene) { s.wrote("2026-02-05 10:00"); s.call(domain.CallWillLook, "2026-03-23 11:00") }},
		"tone_2_timeline_for_a_team":       {"new_timeline", 2, func(s *scene) { s.nobody(); s.KnownSince = domain.Date{}; s.also("MP-1043", "2026-03-10") }},
		"tone_2_next_to_an_old_friend":     {"post_due_next", 2, func(s *scene) { s.good(); s.Items[0].Deal.Open = usd(250_000) }},
		"tone_3_clear_ask": {"clear_ask", 3, func(s *scene) {
			s.wrote("2026-02-05 10:00", "2026-03-09 09:30", "2026-03-16 09:30", "2026-03-30 09:30")
		}},
		"tone_3_clear_ask_part_disputed": {"clear_ask", 3, func(s *scene) { s.nobody(); s.dispute(100_000); s.also("MP-1043", "2026-03-10") }},
		"tone_3_clear_ask_after_a_talk":  {"clear_ask", 3, func(s *scene) { s.good(); s.call(domain.CallWillLook, "2026-03-23 11:00") }},
		"tone_4_formal_demand": {"formal_demand", 4, func(s *scene) {
			s.wrote("2026-02-05 10:00", "2026-03-09 09:30", "2026-03-16 09:30", "2026-03-30 09:30")
		}},
		"tone_4_formal_demand_for_the_rest": {"formal_demand", 4, func(s *scene) { s.Items[0].Deal.Open = usd(600_000); s.also("MP-1043", "2026-03-10"); s.nobody() }},
		"tone_4_formal_demand_after_a_talk": {"formal_demand", 4, func(s *scene) { s.good(); s.wrote("2026-02-05 10:00"); s.call(domain.CallHardship, "2026-04-01 10:00") }},
		"call":                              {"call", 2, func(s *scene) { s.wrote("2026-02-05 10:00", "2026-03-09 09:30", "2026-03-16 09:30") }},
		"call_with_a_history": {"call", 2, func(s *scene) {
			s.good()
			s.nobody()
			s.also("MP-1043", "2026-03-10")
			s.dispute(100_000)
			s.ask("Who ordered this?", "")
			s.Promises = []domain.Promise{{Deal: s.Items[0].Deal.ID, Status: domain.PromiseBroken, Amount: usd(500_000), PromisedOn: day("2026-03-13"), MadeAt: at("2026-03-10 10:00")}}
			s.Relationship.Phone, s.LastPaidAt = "+1 212 555 0100", at("2026-03-01 10:00")
			s.wrote("2026-02-05 10:00", "2026-03-09 09:30")
			s.call(domain.CallWillLook, "2026-03-16 11:00")
		}},
		"notice_to_a_sole_trader": {"notice_person", 0, func(s *scene) { s.Relationship.LegalType = domain.SoleTrader; s.also("MP-1043", "2026-03-10") }},
		"validation": {"validation", 0, func(s *scene) {
			s.Relationship.LegalType = domain.SoleTrader
			s.Items[0].Deal.Open, s.Items[0].Deal.Credited = usd(600_000), usd(150_000)
			s.also("MP-1043", "2026-03-10")
			s.dispute(100_000)
		}},
		"validation_of_one_invoice":        {"validation", 0, func(s *scene) { s.Relationship.LegalType = domain.SoleTrader; s.nobody() }},
		"thank_you_with_the_sellers_words": {"thank_you", 0, func(s *scene) { s.good() }},
		"thank_you_for_a_row_on_time":      {"recognition", 0, func(*scene) {}},
		"thank_you_with_a_voucher": {"recognition", 0, func(s *scene) {
			s.gives(domain.VoucherTerms{Percent: 5, ValidDays: 90, Note: "It is good for everything that we print."})
		}},
		"thank_you_with_an_amount": {"recognition", 0, func(s *scene) { s.gives(domain.VoucherTerms{Amount: usd(5_000), ValidDays: 90}) }},
	} {
		t.Run(name, func(t *testing.T) {
			s := sceneOf(e.template, e.tone)
			e.change(s)
			letter := s.write(t)
			if findings := letter.Lint(s.act.Class, e.tone); len(findings) > 0 {
				t.Errorf("lint: %s", strings.Join(findings, "\n"))
			}
			golden(t, "letter_"+name, letter.Subject+"\n\n"+letter.Text)
		})
	}
}

// TestAFirmLetterAsksAndIsCourteous holds C-83, C-84 and C-85: a day about a week
// ahead that is a business day, an ask, courtesy, a way to another day; and it is
// D-19's firm message: nothing that is not yet due.
func TestAFirmLetterAsksAndIsCourteous(t *testing.T) {
	for now, by := range map[string]string{
		"2026-04-10 09:30": "Friday 17 April 2026",
		"2026-03-30 09:30": "Monday 6 April 2026",
		"2026-05-18 09:30": "Tuesday 26 May 2026",     // the 25th is Memorial Day
		"2026-06-27 09:30": "Monday 6 July 2026",      // the 4th is a Saturday
		"2026-12-18 09:30": "Monday 28 December 2026", // Christmas is a Friday
	} {
		s := sceneOf("clear_ask", 3)
		s.Now = at(now)
		letter := s.write(t)
		says(t, now, letter, []string{"please pay by " + by, "Please pay it by " + by, "Thank you for your time", "ask for a plan in parts", "name your day"},
			"demand", "must", "overdue", "Not due yet", "consequence")
	}
}

// TestAFormalDemandIsSoberAndOffersAWayBack holds C-10, C-73, C-160, C-161 and D-25: what is owed on each invoice and
// since when, what was said before and when, a day at least ten days ahead, a way back, and no agency, court or threat.
func TestAFormalDemandIsSoberAndOffersAWayBack(t *testing.T) {
	s := sceneOf("formal_demand", 4)
	s.also("MP-1043", "2026-03-10")
	s.wrote("2026-02-05 10:00", "2026-03-09 09:30", "2026-03-16 09:30")
	letter := s.write(t)
	says(t, "the formal demand", letter, []string{
		"USD 20,000.00", "Wednesday 4 March 2026", "47 days ago", "Tuesday 10 March 2026", "41 days ago", "5 February 2026: our notice", "9 March 2026: a message from us",
		"Please pay USD 20,000.00 by Thursday 30 April 2026, or send us a word by that day", "The way back is open", "ask for a plan in parts", "ask for a call", "Yours sincerely",
	}, "agency", "court", "lawyer", "legal", "consequence", "interest", "credit rating", "otherwise", "must", "We hope")
	if findings := collections.Lint(domain.ClassReminder, 3, letter.Subject+"\n"+letter.Text, letter.Known...); len(findings) == 0 {
		t.Error("a formal demand passes below tone 4")
	}
}

// TestAScriptBeginsWithThePerson holds C-86, C-87, C-110, C-113, C-114 and D-24: the wellbeing
// first, then the debtor's side, then who we are; no account and no voicemail.
func TestAScriptBeginsWithThePerson(t *testing.T) {
	s := sceneOf("call", 2)
	s.good()
	s.dispute(100_000)
	s.ask("Who ordered this?", "")
	s.wrote("2026-02-05 10:00")
	s.Promises = []domain.Promise{{Deal: s.Items[0].Deal.ID, Status: domain.PromiseBroken, Amount: usd(500_000), PromisedOn: day("2026-03-13"), MadeAt: at("2026-03-10 10:00")}}
	letter := s.write(t)
	text := strings.Join(strings.Fields(letter.Text), " ")
	last := -1
	for _, words := range []string{
		"Begin with the person: ask how they are", "how it looks from their side", `they asked about invoice MP-1042: "Who ordered this?"`, "do not agree to USD 1,000.00",
		"they named 13 March 2026 for USD 5,000.00", "5 February 2026: our notice", "4 invoices on time", "say your own name and no more",
		"I am calling for Eastbrook Factors, LLC, which has bought this invoice from Marlow Print Works LLC", "USD 9,000.00", "Is there something in the way", "What you may offer",
		"Give no account on the telephone", "We print what we would want to read", "Before you part", "when a machine answers",
	} {
		i := strings.Index(text, words)
		if i <= last {
			t.Errorf("%q stands at %d, after %d:\n%s", words, i, last, letter.Text)
		}
		last = i
	}
	if strings.Contains(text, "4410023317") || strings.Contains(text, "{link}") {
		t.Errorf("the script carries an account or a link:\n%s", text)
	}
}

// TestWhatWasAgreedIsRepeatedExactly holds C-108, C-111 and C-112: a letter after a call
// thanks for the time and says what the structured fields say, no more; the
// collector's note stays here.
func TestWhatWasAgreedIsRepeatedExactly(t *testing.T) {
	tests := map[domain.CallResult]struct {
		change func(*scene)
		must   []string
	}{
		domain.CallPromised: {func(s *scene) {
			old := domain.Promise{Deal: s.Items[0].Deal.ID, Amount: usd(100_000), PromisedOn: day("2026-03-20"), MadeAt: at("2026-03-10 09:00")}
			now := domain.Promise{Deal: s.Items[0].Deal.ID, Amount: usd(450_000), PromisedOn: day("2026-04-02"), MadeAt: at("2026-03-24 09:00")}
			s.Promises = []domain.Promise{now, old}
			h := hold(s.CaseFacts, domain.HoldPromise, usd(450_000))
			h.Until, h.CreatedAt = at("2026-04-07 00:00"), at("2026-03-24 09:00")
			s.Holds = []domain.Hold{h}
		}, []string{"You pay USD 4,500.00 on invoice MP-1042 by Thursday 2 April 2026.", "before Tuesday 7 April 2026"}},
		domain.CallSaysPaid: {func(s *scene) {
			h := hold(s.CaseFacts, domain.HoldPaidOrPending, money.Amount{})
			h.Until, h.CreatedAt = at("2026-03-31 00:00"), at("2026-03-24 09:00")
			s.Holds = []domain.Hold{h}
		}, []string{"You told us that a payment is on its way or has been made", "before Tuesday 31 March 2026"}},
		domain.CallDisputes: {func(s *scene) { s.dispute(100_000) }, []string{"You do not agree to USD 1,000.00 of invoice MP-1042", "That part rests"}},
		domain.CallAsks: {func(s *scene) {
			s.Questions = []domain.Question{{Deal: s.Items[0].Deal.ID, AskedAt: at("2026-03-24 09:00"), Understood: "You want to see who signed for it."}}
		}, []string{"You asked a question, and our answer comes in writing", `"You want to see who signed for it."`}},
		domain.CallHardship:  {func(*scene) {}, []string{"hard to pay as agreed", "ask for a plan"}},
		domain.CallWillLook:  {func(*scene) {}, []string{"You said that you will look into it. No day was agreed."}},
		domain.CallSpoke:     {func(*scene) {}, []string{"No day and no sum were agreed."}},
		domain.CallDoNotCall: {func(*scene) {}, []string{"You asked us not to call again. From now on you hear from us in writing."}},
	}
	for _, result := range domain.CallResults() {
		s := sceneOf("after_call", 0)
		s.Touches[0].Result = result
		tc, spoken := tests[result]
		if spoken != result.Spoken() {
			t.Errorf("%s: spoken is %t", result, result.Spoken())
		}
		if !spoken {
			if _, err := collections.Write(s.CaseFacts, s.act, collections.Gate(s.CaseFacts, s.act)); err == nil {
				t.Errorf("a letter thanks for a call that was %s", result)
			}
			continue
		}
		tc.change(s)
		letter := s.write(t)
		says(t, string(result), letter, append(tc.must, "Thank you for your time on the telephone on 24 March 2026, about invoice MP-1042.", "If we understood something wrongly"), "bad mood", "1,000.00 on")
		if findings := letter.Lint(domain.ClassAnswer, 0); len(findings) > 0 {
			t.Errorf("%s: %v", result, findings)
		}
		golden(t, "letter_after_call_"+string(result), letter.Subject+"\n\n"+letter.Text)
	}
	s := sceneOf("after_call", 0)
	s.Touches[0].Result = domain.CallPromised
	says(t, "a promise that is not on file", s.write(t), []string{"which you find on the page"}, "You pay")
}

// TestTheRegisterChangesTheGreetingAndNoFact holds C-94, C-95 and C-98: formal
// below six months, informal from 24 on, with three payments on time and the
// seller's word, neutral else; amounts, dates, numbers and names stay.
func TestTheRegisterChangesTheGreetingAndNoFact(t *testing.T) {
	facts := regexp.MustCompile(`USD [0-9,.]+|[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}|MP-[0-9]+|HP-[0-9]+|RF[0-9A-Z ]+|5 February`)
	tests := map[string]struct {
		since    string
		onTime   int
		informal bool
		tone     int
		greeting string
		closing  string
	}{
		"never before":                    {"", 9, true, 1, "Dear Dana Ruiz,", "Yours sincerely,"},
		"a day short of six months":       {"2025-09-10", 9, true, 1, "Dear Dana Ruiz,", "Yours sincerely,"},
		"six months":                      {"2025-09-09", 9, true, 1, "Dear Dana Ruiz,", "Kind regards,"},
		"a day short of 24 months":        {"2024-03-10", 9, true, 1, "Dear Dana Ruiz,", "Kind regards,"},
		"24 months":                       {"2024-03-09", 3, true, 1, "Hello Dana Ruiz,", "Best wishes,"},
		"not often enough on time":        {"2020-03-09", 2, true, 1, "Dear Dana Ruiz,", "Kind regards,"},
		"the seller does not allow it":    {"2020-03-09", 3, false, 1, "Dear Dana Ruiz,", "Kind regards,"},
		"nothing informal in a firm one":  {"2020-03-09", 3, true, 3, "Dear Dana Ruiz,", "Kind regards,"},
		"and a formal demand is formal":   {"2020-03-09", 3, true, 4, "Dear Dana Ruiz,", "Yours sincerely,"},
		"two collectors, the same letter": {"2024-03-09", 3, true, 1, "Hello Dana Ruiz,", "Best wishes,"},
	}
	said := map[string][]string{}
	for name, tc := range tests {
		template := map[int]string{1: "post_due_first", 3: "clear_ask", 4: "formal_demand"}[tc.tone]
		s := sceneOf(template, tc.tone)
		s.Now = at("2026-03-09 09:30")
		s.KnownSince, s.PaidOnTime, s.Voice.Informal = domain.Date{}, tc.onTime, tc.informal
		if tc.since != "" {
			s.KnownSince = day(tc.since)
		}
		letter := s.write(t)
		says(t, name, letter, []string{tc.greeting, tc.closing})
		if found := facts.FindAllString(strings.Join(strings.Fields(letter.Text), " "), -1); tc.tone == 1 {
			said[strings.Join(found, "; ")] = append(said[strings.Join(found, "; ")], name)
		}
		if again := s.write(t); again.Text != letter.Text {
			t.Errorf("%s: the same state gives another letter", name)
		}
	}
	if len(said) != 1 {
		t.Errorf("the register changed a fact: %v", said)
	}
}

// TestNoOpenerComesTwiceInARow holds C-66, also where the register changes
// between two messages.
func TestNoOpenerComesTwiceInARow(t *testing.T) {
	openers := regexp.MustCompile(`(We hope|We trust|Hope) [^.]*\.`)
	last, seen := "", map[string]bool{}
	for n := range 40 {
		s := sceneOf("post_due_next", 1)
		if n%3 == 0 {
			s.KnownSince = domain.Date{}
		}
		if n%5 == 0 {
			s.good()
		}
		for i := range n {
			s.wrote(fmt.Sprintf("2025-%02d-%02d 09:30", i/28+1, i%28+1))
			s.Touches[len(s.Touches)-1].Class = domain.ClassReminder
		}
		found := openers.FindString(strings.Join(strings.Fields(s.write(t).Text), " "))
		if found == "" || found == last {
			t.Errorf("after %d messages the opener is %q, and was %q", n, found, last)
		}
		last = found
		seen[found] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d openers", len(seen))
	}
}

// TestThanksForThePastAreTrueAndFriendly holds C-92 and C-176: from three invoices on time, at tones 0 to 2.
func TestThanksForThePastAreTrueAndFriendly(t *testing.T) {
	const thanks = "Thank you for paying"
	for template, tone := range map[string]int{"heads_up": 0, "pre_due": 0, "post_due_first": 1, "post_due_next": 1, "new_timeline": 2, "clear_ask": 3, "formal_demand": 4} {
		for n := range 6 {
			s := sceneOf(template, tone)
			s.PaidOnTime = n
			if letter := s.write(t); n >= 3 && tone <= 2 {
				says(t, template, letter, []string{fmt.Sprintf("%s %d invoices on time in the last twelve months.", thanks, n)})
			} else {
				says(t, template, letter, nil, thanks)
			}
		}
	}
}

// TestARecentConversationIsMentioned holds C-91: within 30 days, when somebody
// was spoken to.
func TestARecentConversationIsMentioned(t *testing.T) {
	for template, tone := range map[string]int{"heads_up": 0, "pre_due": 0, "post_due_first": 1, "post_due_next": 1, "new_timeline": 2, "clear_ask": 3, "formal_demand": 4, "call": 2} {
		for _, result := range domain.CallResults() {
			for _, ago := range []int{0, 1, 30, 31} {
				s := sceneOf(template, tone)
				when := s.Now.AddDate(0, 0, -ago)
				s.call(result, when.In(newYork).Format("2006-01-02 15:04"))
				want := domain.DateOf(when.In(newYork)).Short()
				want = "on " + strings.TrimSuffix(want, " 2026") + "."
				if letter := s.write(t); result.Spoken() && ago <= 30 {
					says(t, template+" "+string(result), letter, []string{want})
				} else {
					says(t, template+" "+string(result), letter, nil, "for speaking with us", "for the talk on")
				}
			}
		}
	}
}

// TestWithoutAContactTheTeamIsGreeted holds C-90 in every register.
func TestWithoutAContactTheTeamIsGreeted(t *testing.T) {
	for _, contact := range []string{"", "   ", "\n\t", "-", "\u202e"} {
		s := sceneOf("post_due_first", 1)
		s.Relationship.ContactName = contact
		says(t, contact, s.write(t), []string{"Dear Accounts payable team,"})
		s.good()
		says(t, contact, s.write(t), []string{"Hello Accounts payable team,"})
	}
}

// TestEarlierMessagesAreNamed holds C-73: the last two, with their dates; none on
// the first touch.
func TestEarlierMessagesAreNamed(t *testing.T) {
	s := sceneOf("post_due_next", 1)
	says(t, "the first", s.write(t), nil, "Before this")
	s.wrote("2026-02-05 10:00", "2026-02-25 09:30", "2026-03-09 09:30")
	says(t, "the fourth", s.write(t), []string{"Before this: a note of 25 February and a note of 9 March."})
}

// TestTheSellersWordsStandWhereTheyMay holds C-87, C-96, C-99, C-128, C-172, C-175, C-181, D-24 and D-27: one clean
// sentence, named as the seller's, at tones 0 to 2; thanks in a thank-you only; nothing to natural persons, nothing that
// advertises.
func TestTheSellersWordsStandWhereTheyMay(t *testing.T) {
	const line, thanks = "We print what we would want to read ourselves.", "Thank you, we enjoy printing for you."
	for template, class := range classOf {
		for tone := range 5 {
			if !collections.Fits(template, classOf[template], tone) {
				continue
			}
			s := sceneOf(template, tone)
			s.good()
			letter := s.write(t)
			has := strings.Contains(strings.Join(strings.Fields(letter.Text), " "), `"`+line+`"`)
			if want := class.Proactive() && tone <= 2; has != want {
				t.Errorf("%s at tone %d: the seller's line stands there: %t", template, tone, has)
			}
			if has := strings.Contains(letter.Text, thanks); has != (template == "thank_you" || template == "recognition") {
				t.Errorf("%s at tone %d: the seller's thanks stand there: %t", template, tone, has)
			}
			for _, legal := range []domain.LegalType{domain.SoleTrader, domain.Partnership} {
				s.Relationship.LegalType = legal
				says(t, template, s.write(t), nil, line, thanks)
			}
		}
	}
	for _, bad := range []string{
		"Two vouchers wait for you.", "Look at marlow.com.", "10% off your next order.", "Visit our shop.", "See www.marlow.example.", "Write to x@marlow.example.", "Pay immediately.", "Pay to DE89370400440532013000.",
		"Our customers say that we are the best.", "Thank you!", "WE PRINT", strings.Repeat("very ", 30) + "good.", "Our cash flow counts.", "Visit https://marlow.example.",
	} {
		for _, template := range []string{"post_due_first", "thank_you"} {
			s := sceneOf(template, 0)
			s.good()
			s.Voice.Line, s.Voice.Thanks = bad, bad
			letter := s.write(t)
			says(t, template, letter, nil, bad, "adds:")
			if findings := letter.Lint(s.act.Class, 0); len(findings) > 0 {
				t.Errorf("%q: %v", bad, findings)
			}
		}
	}
}

// TestALetterKnowsWhichWordsItUsed holds C-40: the version is the digest of the
// sources, the same for every letter of a template, another for another one.
func TestALetterKnowsWhichWordsItUsed(t *testing.T) {
	seen := map[string]bool{}
	form := regexp.MustCompile(`^[a-z_]+@[0-9a-f]{8}$`)
	for template := range classOf {
		for tone := range 5 {
			if collections.Fits(template, classOf[template], tone) {
				version := sceneOf(template, tone).write(t).Template
				if seen[version] = true; !form.MatchString(version) || !strings.HasPrefix(version, template+"@") {
					t.Errorf("%s has the version %q", template, version)
				}
			}
		}
	}
	if len(seen) != len(classOf) {
		t.Errorf("%d versions of %d letters", len(seen), len(classOf))
	}
	s := sceneOf("clear_ask", 3)
	s.act.Template = "no_such"
	if _, err := collections.Write(s.CaseFacts, s.act, collections.Gate(s.CaseFacts, s.act)); err == nil || collections.Fits("no_such", domain.ClassReminder, 3) {
		t.Error("a letter that does not exist was written")
	}
}

// TestEveryReminderHelps holds C-34, C-64, C-67, C-70, C-72, C-74, C-75, C-76, C-77, C-78, C-80, C-85, C-102, C-103,
// C-105, C-125 and D-24: in whose name, the amount that is open, the original due date and how far it is away in the
// subject and in line one, understanding, help, a way to answer, a person, and a way to settle that the letter before
// did not name.
func TestEveryReminderHelps(t *testing.T) {
	both := []string{"Eastbrook Factors, LLC, which has bought this invoice from Marlow Print Works LLC", "Answering this message reaches Eastbrook Factors, LLC", "USD 4,000.00", "Wednesday 4 March 2026", "to the account in our notice of 5 February"}
	for template, tc := range map[string]struct {
		tone  int
		since string
		must  []string
	}{
		"heads_up":       {0, "in 14 days", []string{"We know how hectic your days can get", "we are here to help", "nothing needs to be done now"}},
		"pre_due":        {0, "in 7 days", []string{"We know how hectic your days can get", "we are here to help", "4,000 menus and 600 room directories", "30 days from 2 February 2026"}},
		"post_due_first": {1, "5 days ago", []string{"We know how hectic your days can get", "slipped by", "We are here to help", "Received: name your day", "Not received", "Something is wrong"}},
		"post_due_next":  {1, "12 days ago", []string{"We know how hectic your days can get", "We are glad to help", "name the day that suits you", "USD 10,000.00 USD 6,000.00 USD 4,000.00"}},
		"new_timeline":   {2, "26 days ago", []string{"Would it be possible to find a new payment timeline that works for you?", "We understand", "In parts: ask for a plan", "All on one day: name it", "We are here to help"}},
		"clear_ask":      {3, "37 days ago", []string{"We understand", "a person calls you", "here to help", "name your day", "ask for a plan in parts"}},
		"formal_demand":  {4, "47 days ago", []string{"A person is here to help", "name a day", "ask for a plan in parts"}},
	} {
		s := sceneOf(template, tc.tone)
		s.Items[0].Deal.Open = usd(400_000)
		letter := s.write(t)
		says(t, template, letter, append(tc.must, both...), "4410023317", "0210", "cash flow", "must")
		first := strings.Join(strings.Fields(strings.Split(letter.Text, "\n\n")[1]), " ")
		for _, words := range []string{"USD 4,000.00", "Wednesday 4 March 2026", tc.since} {
			if !strings.Contains(letter.Subject, words) || !strings.Contains(first, words) {
				t.Errorf("%s: %q is not in the subject %q and the first lines %q", template, words, letter.Subject, first)
			}
		}
		if strings.Count(letter.Text, "{link}") != 1 {
			t.Errorf("%s has no page", template)
		}
	}
}

// TestWithoutAPlaybooksWordTheToneChoosesTheLetter holds C-159: a reminder after a
// due date finds its letter at every tone.
func TestWithoutAPlaybooksWordTheToneChoosesTheLetter(t *testing.T) {
	for tone, want := range map[int]string{1: "post_due_first", 2: "new_timeline", 3: "clear_ask", 4: "formal_demand"} {
		s := sceneOf(want, tone)
		s.act.Template = ""
		letter := s.write(t)
		if name, _, _ := strings.Cut(letter.Template, "@"); name != want || !collections.Fits(want, domain.ClassReminder, tone) || collections.Fits(want, domain.ClassThankYou, tone) {
			t.Errorf("at tone %d the letter is %q", tone, name)
		}
		if findings := letter.Lint(s.act.Class, tone); len(findings) > 0 {
			t.Errorf("tone %d: %v", tone, findings)
		}
	}
}
