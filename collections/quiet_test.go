package collections_test

import (
	"errors"
	"html"
	"mime/quotedprintable"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
	"comity/repository"
)

// The factor of which a debtor is not told.
const (
	hiddenName  = "Quillfeather Capital"
	hiddenEmail = "desk@quillfeather.example"
)

// hush makes a case one whose debtor is not told (F-44).
func hush(f *domain.CaseFacts) {
	f.Case.Disclosure, f.Factor.Name, f.Factor.Email = domain.Confidential, hiddenName, hiddenEmail
	for i := range f.Items {
		f.Items[i].NoticeAt, f.Items[i].IntroducedAt = time.Time{}, time.Time{}
		f.Items[i].Deal.Disclosure, f.Items[i].Deal.FundingDate = domain.Confidential, day("2026-02-05")
	}
}

// saidOfASale are the words by which a debtor would know.
var saidOfASale = regexp.MustCompile(`(?i)quillfeather|\bfactor|\bassign|\bbought\b|\bsold\b|\bpurchase|\bnotice|\bfinanc|given back|handed? over`)

// tells fails when something that reaches the debtor names the factor or hints at a sale, however it is
// written.
func tells(t interface {
	Helper()
	Errorf(string, ...any)
}, what string, texts ...string,
) {
	t.Helper()
	for _, text := range texts {
		ways := []string{text, html.UnescapeString(text)}
		if decoded, err := readQuoted(text); err == nil {
			ways = append(ways, decoded)
		}
		for _, way := range ways {
			if found := saidOfASale.FindString(strings.Join(strings.Fields(way), " ")); found != "" {
				t.Errorf("%s says %q to a debtor that is not told:\n%s", what, found, way)
			}
		}
	}
}

func readQuoted(text string) (string, error) {
	var b strings.Builder
	buffer := make([]byte, 4096)
	r := quotedprintable.NewReader(strings.NewReader(text))
	for {
		n, err := r.Read(buffer)
		b.Write(buffer[:n])
		if err != nil {
			return b.String(), nil //nolint:nilerr // what cannot be read so is no such text
		}
	}
}

// A hushed is a letter to a debtor that is not told: where, and at which moment.
type hushed struct {
	facts domain.CaseFacts
	act   collections.Act
}

func quietScene(template string, tone int, change func(*scene)) hushed {
	s := sceneOf(template, tone)
	change(s)
	return hushed{s.CaseFacts, s.act}
}

func quietChange(kind domain.UpdateKind, change func(*domain.CaseFacts)) hushed {
	f := changed(kind)
	change(&f)
	return hushed{f, *collections.Next(f).Act}
}

// quietLetters are the letters of the confidential mode as a debtor may get them, each by the name of its
// template and, behind a dot, how it is.
func quietLetters() map[string]hushed {
	same := func(*domain.CaseFacts) {}
	late := func(kind domain.UpdateKind, now string) hushed {
		f := changed(kind)
		f.Updates, f.Now = nil, at(now)
		f.Holds = []domain.Hold{{Case: f.Case.ID, Deal: f.Items[0].Deal.ID, Code: domain.HoldQuery, CauseKind: "plan"}}
		return hushed{f, *collections.Next(f).Act}
	}
	plan := planned(domain.PlanActive)
	promise := promisedBy(domain.Promise{Recipient: storyA().Relationship.Email})
	all := map[string]hushed{
		"heads_up":       quietScene("heads_up", 0, func(s *scene) { s.nobody(); s.also("MP-1043", "2026-03-05") }),
		"pre_due":        quietScene("pre_due", 0, func(s *scene) { s.good() }),
		"post_due_first": quietScene("post_due_first", 1, func(s *scene) { s.Relationship.LegalType = domain.SoleTrader }),
		"post_due_next":  quietScene("post_due_next", 1, func(s *scene) { s.good(); s.dispute(100_000); s.wroteQuietly("2026-03-09 09:30") }),
		"new_timeline":   quietScene("new_timeline", 2, func(s *scene) { s.AnswersShared = true; s.call(domain.CallWillLook, "2026-03-23 11:00") }),
		"clear_ask": quietScene("clear_ask", 3, func(s *scene) {
			s.also("MP-1043", "2026-03-10")
			s.wroteQuietly("2026-03-09 09:30", "2026-03-16 09:30")
		}),
		"call": quietScene("call", 2, func(s *scene) {
			s.good()
			s.dispute(100_000)
			s.ask("Is this for Quillfeather Capital?", "")
			s.wroteQuietly("2026-03-09 09:30")
			s.Relationship.Phone = "+1 212 555 0100"
		}),
		"after_call":              quietScene("after_call", 0, func(*scene) {}),
		"answer":                  quietScene("answer", 0, func(*scene) {}),
		"answer.about_the_factor": quietScene("answer", 0, func(s *scene) { s.Questions[0].Said = "Who is QUILLFEATHER\nCapital?" }),
		"thank_you":               quietScene("thank_you", 0, func(s *scene) { s.good() }),
		"thank_you.in_part":       quietScene("thank_you", 0, func(s *scene) { s.Items[0].Deal.Open = usd(400_000) }),
		"recognition":             quietScene("recognition", 0, func(*scene) {}),
		"recognition.with_a_voucher": quietScene("recognition", 0, func(s *scene) {
			s.gives(domain.VoucherTerms{Percent: 5, ValidDays: 90, Note: "It is good for everything that we print."})
		}),
		"receipt":                  quietScene("receipt", 0, func(*scene) {}),
		"instalment":               {plan, *collections.Next(plan).Act},
		"dispute_raised":           quietChange(domain.UpdateDisputeRaised, same),
		"dispute_answered":         quietChange(domain.UpdateDisputeAnswered, same),
		"dispute_answered.accepts": quietChange(domain.UpdateDisputeAnswered, func(f *domain.CaseFacts) { f.Disputes[0].Position = domain.PositionAccepts }),
		"dispute_answered.rejects": quietChange(domain.UpdateDisputeAnswered, func(f *domain.CaseFacts) { f.Disputes[0].Position = domain.PositionRejects }),
		"dispute_resolved":         quietChange(domain.UpdateDisputeResolved, same),
		"dispute_resolved.paid_before": quietChange(domain.UpdateDisputeResolved, func(f *domain.CaseFacts) {
			f.Disputes[0].Credited, f.Items[0].Deal.Open = usd(20_000), usd(0)
		}),
		"dispute_waits":  late(domain.UpdateDisputeRaised, "2026-03-20 09:30"),
		"plan_waits":     late(domain.UpdatePlanRequested, "2026-03-17 09:30"),
		"plan_requested": quietChange(domain.UpdatePlanRequested, same),
		"plan_offered":   quietChange(domain.UpdatePlanOffered, same),
		"plan_active":    quietChange(domain.UpdatePlanActive, same),
		"plan_declined":  quietChange(domain.UpdatePlanDeclined, same),
		"promised":       {promise, *collections.Next(promise).Act},
	}
	for name, h := range all {
		hush(&h.facts)
		all[name] = h
	}
	return all
}

// wroteQuietly adds messages that went before, none of them a notice.
func (s *scene) wroteQuietly(whens ...string) {
	s.wrote(append([]string{"2026-01-01 10:00"}, whens...)...)
	s.Touches = slices.DeleteFunc(s.Touches, func(t domain.Touch) bool { return t.Class == domain.ClassLegalNotice })
}

// open is what a gate leaves of a letter: all of it.
func (h hushed) open() collections.Verdict {
	v := collections.Verdict{Clear: true}
	for _, id := range h.act.Items {
		if item, ok := h.facts.Item(id); ok {
			v.Items = append(v.Items, collections.ItemVerdict{Deal: id, Open: item.Deal.Open, Ask: item.Deal.Open})
		}
	}
	return v
}

// TestLettersToADebtorThatIsNotTold shows the letters of the confidential mode and holds F-44 and D-24 for them: they
// are the seller's, ask for payment to the account on its invoice, and do not name the factor or hint at a sale. Every
// letter there is either is one of them, or refuses to be written.
func TestLettersToADebtorThatIsNotTold(t *testing.T) {
	shown := map[string]bool{}
	for name, h := range quietLetters() {
		template, _, _ := strings.Cut(name, ".")
		shown[template] = true
		t.Run(name, func(t *testing.T) {
			h.act.Template = template
			letter, err := collections.Write(h.facts, h.act, h.open())
			if err != nil {
				t.Fatal(err)
			}
			if findings := letter.Lint(h.act.Class, h.act.Tone); len(findings) > 0 {
				t.Errorf("lint: %s", strings.Join(findings, "\n"))
			}
			says(t, name, letter, []string{"Marlow Print Works LLC accounts"}, "4410023317", "Marlow Print Works LLC adds", "Marlow Print Works LLC has")
			tells(t, name, letter.Subject, letter.Text, letter.HTML)
			if h.act.Class != domain.ClassCall {
				says(t, name, letter, []string{"reaches Marlow Print Works LLC"})
			}
			if asks := h.act.Class.Proactive() && h.act.Class != domain.ClassCall; asks {
				says(t, name, letter, []string{"to the account on our invoice"})
			}
			golden(t, "quiet_"+strings.ReplaceAll(name, ".", "_"), letter.Subject+"\n\n"+letter.Text)
		})
	}
	s := sceneOf("clear_ask", 3)
	hush(&s.CaseFacts)
	for _, name := range collections.LetterNames() {
		if shown[name] || name == collections.LetterStatement {
			continue
		}
		act := s.act
		act.Template = name
		if letter, err := collections.Write(s.CaseFacts, act, hushed{s.CaseFacts, act}.open()); !errors.Is(err, domain.ErrWrongState) {
			t.Errorf("%s is neither shown here nor refused (%v):\n%s", name, err, letter.Text)
		}
	}
}

// TestPaperToADebtorThatIsNotTold holds F-44 on paper: the statement and the copy of a plan are on the seller's
// letterhead alone, and introduction, notice, formal demand and release are not printed.
func TestPaperToADebtorThatIsNotTold(t *testing.T) {
	for kind, s := range paperScenes() {
		var from, questions string
		if kind == collections.LetterAgreement {
			s.act = *collections.Next(s.CaseFacts).Act
		}
		hush(&s.CaseFacts)
		s.Touches = nil
		var paper collections.Paper
		var err error
		switch kind {
		case collections.LetterStatement:
			s.Items[1].Deal.GivenBack = usd(50_000)
			paper, err = collections.StateAccount(s.CaseFacts, s.act.Items)
		case collections.LetterIntroduction:
			paper, err = collections.Introduce(s.CaseFacts, s.act.Items)
		case collections.LetterRelease:
			paper, err = collections.ReleaseUndone(s.CaseFacts, s.act.Items)
		case collections.LetterAgreement:
			letter := s.write(t)
			paper, err = collections.Printed(s.CaseFacts, domain.Touch{Class: s.act.Class, Disclosure: domain.Confidential, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML, Template: letter.Template, ClaimedAt: s.Now})
		default:
			class := map[string]domain.MessageClass{"notice": domain.ClassLegalNotice, "formal_demand": domain.ClassReminder, "release_given_back": domain.ClassRelease}[kind]
			paper, err = collections.Printed(s.CaseFacts, domain.Touch{Class: class, Disclosure: domain.Confidential, Tone: 4, HTML: "<p>x</p>", ClaimedAt: s.Now})
		}
		if kind != collections.LetterStatement && kind != collections.LetterAgreement {
			if !errors.Is(err, domain.ErrWrongState) {
				t.Errorf("%s is printed: %v", kind, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for _, head := range paper.Print.From {
			from += head.Name
		}
		for _, fact := range paper.Print.Facts {
			questions += fact[1] + " "
		}
		if from != "Marlow Print Works LLC" || !strings.Contains(questions, "accounts@marlow.example") || paper.Print.Footer != "Marlow Print Works LLC accounts" {
			t.Errorf("%s is from %q, questions to %q, with %q at its foot", kind, from, questions, paper.Print.Footer)
		}
		text := shown(paper.Print)
		tells(t, kind, text, paper.Name)
		if kind == collections.LetterStatement {
			if findings := paper.Letter.Lint("printed", 3); len(findings) > 0 {
				t.Errorf("lint: %v", findings)
			}
		}
		golden(t, "quiet_paper_"+kind, text)
		checkPaper(t, "quiet_"+kind, paper)
	}
}

// TestTheLintKeepsAFactorSecret holds F-44 for what people write: whoever names the factor in a letter to a debtor that
// is not told, it does not leave; what the debtor itself wrote is not repeated; a name that is part of the seller's own
// hides nothing; and what a seller sold may be said.
func TestTheLintKeepsAFactorSecret(t *testing.T) {
	tests := map[string]struct {
		change func(*scene)
		want   string // a part of the finding; "" when it may leave
	}{
		"an answer":         {func(s *scene) { s.Questions[0].Answer = "It was delivered to your front desk." }, ""},
		"the factor's name": {func(s *scene) { s.Questions[0].Answer = "Please ask QuillFeather  CAPITAL." }, `"quillfeather capital"`},
		"its address":       {func(s *scene) { s.Questions[0].Answer = "Write to Desk@Quillfeather.example." }, `"desk@quillfeather.example"`},
		"its name without a legal form": {func(s *scene) {
			s.Factor.Name, s.Questions[0].Answer = "Quillfeather Capital, LLC", "Quillfeather Capital has it."
		}, `"quillfeather capital"`},
		"its short name":             {func(s *scene) { s.Questions[0].Answer = "Please ask Quillfeather about it." }, `"quillfeather"`},
		"somebody else there":        {func(s *scene) { s.Questions[0].Answer = "Please write to bob@quillfeather.example." }, `"quillfeather.example"`},
		"a mailbox as anybody's":     {func(s *scene) { s.Factor.Email, s.Questions[0].Answer = "quill@gmail.com", "We have no gmail address." }, ""},
		"a domain as a word of ours": {func(s *scene) { s.Factor.Email = "desk@invoice.example" }, ""},
		"a sale":                     {func(s *scene) { s.Questions[0].Answer = "The invoice was sold in February." }, `"sold"`},
		"an assignment":              {func(s *scene) { s.Questions[0].Answer = "It was assigned to others." }, `"assigned"`},
		"a notice":                   {func(s *scene) { s.Questions[0].Answer = "The account is in our notice." }, `"our notice"`},
		"a factor":                   {func(s *scene) { s.Questions[0].Answer = "The factor looks at it." }, `"factor"`},
		"as understood":              {func(s *scene) { s.Questions[0].Understood = "You ask who the factor is" }, `"factor"`},
		"in the invoice's number":    {func(s *scene) { s.Items[0].Deal.InvoiceNumber = "Quillfeather Capital 7" }, `"quillfeather capital"`},
		"what was delivered is left out": {func(s *scene) {
			s.Items[0].Summary, s.act.Template, s.act.Class, s.act.Step = "books sold to Quillfeather Capital", "pre_due", domain.ClassReminder, "pre_due:2026-03-04"
		}, ""},
		"what was sold":             {func(s *scene) { s.Items[0].Deal.InvoiceNumber = "bought and sold 12" }, ""},
		"the debtor's own words":    {func(s *scene) { s.Questions[0].Said = "Are you Quillfeather Capital?" }, ""},
		"the seller bears the name": {func(s *scene) { s.Seller.Name, s.Factor.Name = "Quillfeather Capital Books", "Quillfeather Capital" }, ""},
		"a domain that both have": {func(s *scene) {
			s.Factor.Email, s.Questions[0].Answer = "desk@marlow.example", "Write to help@marlow.example."
		}, ""},
		"a word of another": {func(s *scene) { s.Factor.Name, s.Questions[0].Answer = "Ana", "The analysis is done." }, ""},
	}
	for name, tc := range tests {
		s := sceneOf("answer", 0)
		hush(&s.CaseFacts)
		tc.change(s)
		letter, err := collections.Write(s.CaseFacts, s.act, hushed{s.CaseFacts, s.act}.open())
		if err != nil {
			t.Fatal(err)
		}
		lint(t, name, tc.want, letter.Lint(s.act.Class, s.act.Tone))
	}
}

// TestEveryQuietLetterIsCleanWhateverTheFacts holds F-44 with the rules of every letter: whatever the facts and whatever
// people typed, a letter to a debtor that is not told passes the lint and does not name the factor.
func TestEveryQuietLetterIsCleanWhateverTheFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.Bool().Draw(t, "plain")
		s := drawn(t, func(what string) string {
			if plain {
				return map[string]string{"contact": "Dana Ruiz", "seller": "Marlow Print Works LLC", "debtor": "Harbor & Pine Hotels, Inc.", "number": "MP-1042", "summary": "4,000 menus"}[what]
			}
			return rapid.SampledFrom(hostile).Draw(t, what)
		})
		if s.act.Class.Legal() || s.act.Template == "formal_demand" {
			return // refused
		}
		s.Touches = slices.DeleteFunc(s.Touches, func(t domain.Touch) bool { return t.Class == domain.ClassLegalNotice })
		v := collections.Gate(s.CaseFacts, s.act)
		hush(&s.CaseFacts)
		letter, err := collections.Write(s.CaseFacts, s.act, v)
		if err != nil {
			t.Fatal(err)
		}
		if findings := letter.Lint(s.act.Class, s.act.Tone); len(findings) > 0 {
			t.Fatalf("%s at tone %d: %s\n%s\n%s", s.act.Template, s.act.Tone, strings.Join(findings, "\n"), letter.Subject, letter.Text)
		}
		if found := saidOfASale.FindString(letter.Text); plain && found != "" || strings.Contains(letter.HTML, hiddenName) {
			t.Fatalf("%s says %q:\n%s", s.act.Template, found, letter.Text)
		}
	})
}

// hush makes the house's case one whose debtor is not told, with its advance paid.
func (h *house) hush() {
	h.t.Helper()
	h.exec(`UPDATE organizations SET name = $2, email = $3 WHERE id = $1`, h.facts.Case.Factor.UUID, hiddenName, hiddenEmail)
	h.exec(`UPDATE cases SET disclosure = 'confidential'`)
	h.exec(`UPDATE deals SET disclosure = 'confidential', status = 'paid_out', funding_date = '2026-02-05'`)
	h.exec(`UPDATE bank_accounts SET holder = $2, held_by = $3 WHERE id = $1`, h.facts.Feeds[0].Account.ID.UUID, h.facts.Seller.Name, h.facts.Case.Seller.UUID)
}

// TestMailToADebtorThatIsNotToldIsTheSellers holds F-44 and D-24: it is from the seller's accounts at the seller's own
// address, answers come to the case or to the seller, and nothing of it names the factor.
func TestMailToADebtorThatIsNotToldIsTheSellers(t *testing.T) {
	for host, reply := range map[string]string{"": "accounts@marlow.example", "mail.test": "@mail.test"} {
		h := newHouse(t)
		h.cases = collections.New(repository.Atomically(h.db.DB, func(tx *repository.Tx) collections.Tx { return tx }), collections.Options{Host: "mail.test", ReplyHost: host, KeyVersion: 1})
		h.load("2026-02-04", "2026-02-24")
		h.hush()
		h.act("2026-02-25 09:30")
		out := h.send("2026-02-25 09:31")
		if out.FromName != "Marlow Print Works LLC accounts" || out.From != "accounts@marlow.example" || !strings.HasSuffix(out.ReplyTo, reply) || out.Paper != nil {
			t.Errorf("it is from %s <%s>, and answers go to %s", out.FromName, out.From, out.ReplyTo)
		}
		tells(t, "the mail", out.FromName, out.From, out.ReplyTo, out.Subject, out.Text, out.HTML, out.MessageID, out.InReplyTo, strings.Join(out.References, " "))
	}
}
