package collections_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// hostile are things that people type.
var hostile = []string{
	"Court Hotels", "Immediately & Sons", "FINAL NOTICE", "lawyers", "must", "{{.Factor}}", "{link}", "| a | b", "= IBAN: none", "> Pay here", "- - x", "-", "<b>x</b>", "a\nb\n\n- c", "pay now!",
	"e", "Overdue, Inc.", "you", "which has bought this invoice from", "Dear", "%!s(int=1)", "<no value>", "x  y", " , ", "\u202egnol", "Very Long Name of a Company That Has Many Words in It and Then Some More",
	"Wednesday 4 March 2026", "USD 1.00", "…", "◦",
}

// drawn draws what the facts of a letter may be.
func drawn(t *rapid.T, name func(string) string) *scene {
	template := rapid.SampledFrom(slices.Sorted(func(yield func(string) bool) {
		for template := range classOf {
			if !yield(template) {
				return
			}
		}
	})).Draw(t, "template")
	var tones []int
	for tone := range 5 {
		if collections.Fits(template, classOf[template], tone) {
			tones = append(tones, tone)
		}
	}
	yes := func(what string) bool { return rapid.Bool().Draw(t, what) }
	s := sceneOf(template, rapid.SampledFrom(tones).Draw(t, "tone"))
	most := 5 // the last of them is not yet due, and no firm message lists it (D-19)
	if s.act.Tone >= 3 && s.act.Class == domain.ClassReminder {
		most = 4
	}
	for i := range rapid.IntRange(0, most).Draw(t, "more invoices") {
		item := s.also(fmt.Sprintf("MP-%d", 2000+i), []string{"2026-03-05", "2026-03-06", "2026-03-10", "2026-03-11", "2026-05-29"}[i])
		item.NoticeAt = at([]string{"2026-02-05 10:00", "2026-02-06 10:00", "2026-02-09 10:00", "2026-02-10 10:00", "2026-02-11 10:00"}[i])
		item.Deal.InvoiceNumber, item.OrderReference = name("number"), name("order")
		if yes("euro") {
			item.Deal.Basis, item.Deal.Open = money.Minor(1_234_567, "EUR"), money.Minor(1_234_567, "EUR")
		}
	}
	if yes("part paid") {
		s.Items[0].Deal.Open = usd(rapid.Int64Range(200_000, 999_999).Draw(t, "open"))
	}
	if yes("disputed") && s.Items[0].Deal.Open.Positive() {
		s.dispute(100_000)
		s.Disputes[0].Said = name("dispute")
	}
	if template == "answer" {
		s.Questions[0].Said = name("question")
	}
	if yes("old and good") {
		s.good()
	} else {
		s.KnownSince = rapid.SampledFrom([]domain.Date{{}, day("2026-01-01"), day("2025-01-01"), day("2019-01-01")}).Draw(t, "since")
		s.PaidOnTime = rapid.IntRange(0, 12).Draw(t, "on time")
	}
	if yes("earlier") {
		s.wrote("2026-02-05 10:00", "2025-12-09 09:30", "2025-12-16 09:30")
	}
	if yes("a talk") {
		call := s.act.Touch
		s.call(rapid.SampledFrom(domain.CallResults()).Draw(t, "result"), s.Now.AddDate(0, 0, -3).In(newYork).Format("2006-01-02 15:04"))
		s.act.Touch = call
	}
	if yes("nobody") {
		s.nobody()
	} else {
		s.Relationship.ContactName = name("contact")
	}
	s.AnswersShared = yes("shared")
	s.Relationship.LegalType = rapid.SampledFrom(domain.LegalTypes()).Draw(t, "legal type")
	s.Seller.Name, s.Relationship.Name, s.Items[0].Deal.InvoiceNumber = name("seller"), name("debtor"), name("number")
	s.Items[0].Summary, s.Items[0].OrderReference = name("summary"), name("order")
	return s
}

// TestAFirmLetterNamesNothingThatIsNotDue holds D-19: what is not yet due stands in
// no letter from tone 3 on, and a letter that was to name it is found unfaithful.
func TestAFirmLetterNamesNothingThatIsNotDue(t *testing.T) {
	for template, tone := range map[string]int{"clear_ask": 3, "formal_demand": 4} {
		s := sceneOf(template, tone)
		item := s.also("MP-1050", "2026-05-29")
		item.Deal.Open = usd(777_700)
		letter := s.write(t)
		says(t, template, letter, nil, "MP-1050", "7,777.00", "17,777.00")
		if collections.Faithful(s.CaseFacts, collections.Gate(s.CaseFacts, s.act), letter.Text) {
			t.Errorf("%s may leave though it does not say what it was to say", template)
		}
	}
}

// checkLetter holds what every letter keeps.
func checkLetter(t *rapid.T, s *scene) {
	letter := s.write(t)
	if findings := letter.Lint(s.act.Class, s.act.Tone); len(findings) > 0 {
		t.Fatalf("%s at tone %d: %s\n%s\n%s", s.act.Template, s.act.Tone, strings.Join(findings, "\n"), letter.Subject, letter.Text)
	}
	if s.act.Class.Proactive() && !collections.Faithful(s.CaseFacts, collections.Gate(s.CaseFacts, s.act), letter.Text) {
		t.Fatalf("%s does not say the amounts:\n%s", s.act.Template, letter.Text)
	}
}

// TestEveryLetterIsCleanWhateverTheFacts holds C-62, C-63, C-64, C-69, C-80, C-84, C-88, C-89 and
// C-98: every letter at every tone and register, with one and many invoices, with
// and without a contact, earlier messages, talks, disputed parts and part
// payments.
func TestEveryLetterIsCleanWhateverTheFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := map[string]string{"contact": "Dana Ruiz", "seller": "Marlow Print Works LLC", "debtor": "Harbor & Pine Hotels, Inc.", "number": "MP-1042", "order": "", "summary": "4,000 menus", "dispute": "Some came torn.", "question": "Where was it delivered?"}
		s := drawn(t, func(what string) string { return plain[what] })
		checkLetter(t, s)
		letter := s.write(t)
		if findings := collections.Lint(s.act.Class, s.act.Tone, letter.Subject+"\n"+letter.Text, letter.Known...); len(findings) > 0 {
			t.Fatalf("the text alone: %v\n%s\n%s", findings, letter.Subject, letter.Text)
		}
	})
}

// TestHostileNamesChangeNothing holds D-6, C-89 and C-63: what others type makes
// no letter pass or fail, and adds no table, list, link or line of its own.
func TestHostileNamesChangeNothing(t *testing.T) {
	count := func(s *scene, t *rapid.T) [6]int {
		letter := s.write(t)
		of := func(part string) int { return strings.Count(letter.HTML, part) }
		return [6]int{of("<table"), of("<tr"), of("<li"), of("<p "), of("<a "), strings.Count(letter.Text, "{link}")}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t, func(what string) string { return rapid.SampledFrom(hostile).Draw(t, what) })
		checkLetter(t, s)
		before, team := count(s, t), strings.Contains(s.write(t).Text, "Accounts payable team")
		s.Seller.Name, s.Relationship.Name = "Marlow", "Harbor"
		if s.Relationship.ContactName = "Dana Ruiz"; team {
			s.nobody()
		}
		if after := count(s, t); after != before {
			t.Fatalf("names changed the form of the letter from %v to %v", after, before)
		}
	})
}

// TestANameHidesNoWordOfACollector holds C-13: an order that is called "lawyers"
// lets no answer speak of lawyers.
func TestANameHidesNoWordOfACollector(t *testing.T) {
	s := sceneOf("answer", 0)
	s.Items[0].OrderReference, s.Relationship.ContactName = "lawyers", "Our lawyers decide."
	s.Questions[0].Answer = "Our lawyers decide."
	if findings := s.write(t).Lint(domain.ClassAnswer, 0); len(findings) != 1 || !strings.Contains(findings[0], "What was written by hand says \"lawyers\"") {
		t.Errorf("found %v", findings)
	}
	s = sceneOf("post_due_first", 1)
	s.Items[0].Deal.InvoiceNumber = "DE89370400440532013000"
	if findings := s.write(t).Lint(domain.ClassReminder, 1); len(findings) != 1 || !strings.Contains(findings[0], "bank details") {
		t.Errorf("an account as an invoice number: %v", findings)
	}
}
