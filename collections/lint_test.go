package collections_test

import (
	"fmt"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// fine is a letter at tone 1 that the lint has nothing against.
const fine = `USD 9,000.00, due on Wednesday 4 March 2026 (5 days ago): how can we help?

Dear Dana Ruiz,

USD 9,000.00, due on Wednesday 4 March 2026, 5 days ago, is open on invoice MP-1042. We know that your days are full.

  Invoice  Original due date       Open
  MP-1042  Wednesday 4 March 2026  USD 9,000.00

Is there something in your way? Please tell us which day suits you: we are here to help you.

It is payable to the account in our notice of 5 February.

Say what suits you:
{link}

Answering this message reaches Eastbrook.

Eastbrook, which has bought this invoice from Marlow
`

// lint joins what the lint finds, and says whether it finds what is wanted; ""
// wants nothing at all.
func lint(t *testing.T, name, want string, findings []string) {
	t.Helper()
	got := strings.Join(findings, " ")
	if want == "" && got != "" || !strings.Contains(got, want) {
		t.Errorf("%s: %q, want %q", name, got, want)
	}
}

// TestLintKeepsBankDetailsAndThreatsOut holds C-13, C-57, C-65, C-83, C-161, D-6 and D-24: bank details, threats, blame,
// hurry, judgements, and in whose name.
func TestLintKeepsBankDetailsAndThreatsOut(t *testing.T) {
	firm := fine + "\nPlease pay by Monday 16 March 2026."
	tests := map[string]struct {
		class domain.MessageClass
		tone  int
		text  string
		known []string
		want  string // a part of the finding; "" when clean
	}{
		"clean":                               {domain.ClassReminder, 1, fine, nil, ""},
		"an IBAN":                             {domain.ClassReminder, 1, fine + "\nDE89 3704 0044 0532 0130 00", nil, "bank details"},
		"an IBAN that somebody typed":         {domain.ClassReminder, 1, fine + "\nDE89370400440532013000", []string{"DE89370400440532013000"}, "bank details"},
		"a US account":                        {domain.ClassReminder, 1, fine + "\n021000021 4410023317", nil, "bank details"},
		"a UK account":                        {domain.ClassReminder, 1, fine + "\n20-00-00 12345678", nil, "bank details"},
		"a long invoice number is no account": {domain.ClassReminder, 1, fine + "\n2026000123456", []string{"2026000123456"}, ""},
		"a day is no account":                 {domain.ClassReminder, 1, fine + "\n2026-03-09", nil, ""},
		"a threat":                            {domain.ClassReminder, 1, fine + "\nOur lawyers may write.", nil, `Paragraph 8 says "lawyers", which is legal vocabulary and is not said at tone 1: use a plain word.`},
		"blame":                               {domain.ClassReminder, 1, fine + "\nYou have failed to pay.", nil, `"You have failed", which is blame`},
		"blame in the subject":                {domain.ClassReminder, 1, "Overdue: " + fine, nil, `The subject says "Overdue"`},
		"blame at tone 3 is plain":            {domain.ClassReminder, 3, firm + "\nIt is long overdue.", nil, ""},
		"hurry":                               {domain.ClassReminder, 0, fine + "\nPay immediately.", nil, "immediately"},
		"hurry at tone 4":                     {domain.ClassReminder, 4, firm + "\nPay immediately.", nil, "name a day"},
		"a demand waits for tone 4":           {domain.ClassReminder, 3, firm + "\nThis is a final demand.", nil, "legal vocabulary"},
		"a demand at tone 4":                  {domain.ClassReminder, 4, firm + "\nThis is a formal demand.", nil, ""},
		"a judgement":                         {domain.ClassReminder, 4, firm + "\nThat is irresponsible.", nil, "a moral judgement"},
		"a guess at an intent":                {domain.ClassReminder, 4, firm + "\nYou refuse to pay.", nil, "a guess at an intent"},
		"a firm's name is not a threat":       {domain.ClassReminder, 1, fine + "\nCourt Hotels", []string{"Court Hotels"}, ""},
		"a short name hides no word of ours":  {domain.ClassReminder, 1, fine + "\nOur lawyers may write.", []string{"law", "yers", "L"}, "lawyers"},
		"in nobody's name":                    {domain.ClassReminder, 1, strings.Replace(fine, "Eastbrook, which has bought this invoice from Marlow", "Eastbrook", 1), nil, "in whose name"},
		"from nobody":                         {domain.ClassReminder, 1, strings.Replace(fine, "from Marlow", "from", 1), nil, "in whose name"},
		"a notice without a way to check":     {domain.ClassLegalNotice, 0, fine, nil, "on the number that you already have"},
		"an ask in a thank-you":               {domain.ClassThankYou, 0, fine + "\nThank you, received. Please pay the rest.", nil, "is an ask in a receipt"},
		"a place holder":                      {domain.ClassReminder, 1, fine + "\n{{.Name}}", nil, "empty token"},
	}
	for name, tc := range tests {
		lint(t, name, tc.want, collections.Lint(tc.class, tc.tone, tc.text, tc.known...))
	}
}

// TestLintRulesOfALetter holds each rule of how a letter is made, one change of a good letter at a time: C-14, C-34,
// C-47, C-63, C-64, C-67, C-69, C-72, C-76, C-84, C-85, C-88, C-89, C-90, C-93, C-103, C-105 and D-27.
func TestLintRulesOfALetter(t *testing.T) {
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(fine) }
	by := "\nPlease pay by Monday 16 March 2026."
	tests := map[string]struct {
		tone int
		text string
		want string
	}{
		"C-63 no greeting":                     {1, change("Dear Dana Ruiz,", "Dana Ruiz,"), "no greeting"},
		"C-90 a greeting of nobody":            {1, change("Dear Dana Ruiz,", "Dear ,"), "no greeting"},
		"C-90 a greeting without a space":      {1, change("Dear Dana Ruiz,", "Dear,"), `empty token at "Dear,"`},
		"C-90 a role":                          {1, change("Dear Dana Ruiz,", "Dear Accounts payable team,"), ""},
		"C-63 an exclamation mark":             {1, fine + "\nThank you!", "exclamation mark"},
		"C-63 capitals":                        {1, fine + "\nThis is IMPORTANT.", `shouting "IMPORTANT"`},
		"C-63 currencies and means are no cry": {1, fine + "\nBy ACH, SEPA or wire in USD or EUR, VAT and PDF included.", ""},
		"C-105 no way to a person":             {1, change("Answering this message reaches", "This is from"), "how to reach a person"},
		"C-76 C-103 no help":                   {1, change("we are here to help you", "you know us", "how can we help?", "a question"), "offers no help"},
		"C-64 no understanding":                {1, change("We know that your days are full.", ""), "no understanding"},
		"C-34 C-67 no amount in the subject":   {1, change("USD 9,000.00, due on Wednesday 4 March 2026 (", "Due on Wednesday 4 March 2026 ("), "The subject does not name the amount"},
		"C-34 C-67 no due date in the subject": {1, change("due on Wednesday 4 March 2026 (5 days ago): how", "open: how"), "The subject does not name the due date"},
		"C-34 C-72 the due date comes late": {
			1, change("due on Wednesday 4 March 2026, 5 days ago, is", "is"),
			"The beginning (200 characters) does not name the due date",
		},
		"C-34 the amount comes late":       {1, change("Dear Dana Ruiz,", "Dear Dana Ruiz,\n\n"+strings.Repeat("You had a good week. ", 10)), "200 characters"},
		"C-69 too long":                    {1, fine + strings.Repeat("\nYou can say so on the page now. ", 20), "160 are enough"},
		"C-69 a table is not counted":      {1, fine + "\n" + strings.Repeat("  You can say so on the page now.\n", 30), ""},
		"C-69 a firm letter may be longer": {3, fine + by + strings.Repeat("\nYou can say so on the page now. ", 20), ""},
		"C-14 hard to read": {1, fine + "\n" + strings.Repeat("Notwithstanding considerable organisational circumstances affecting administrative responsibilities throughout "+
			"international departments, accounting representatives communicate comprehensive documentation regarding transactions. ", 2), "school grade"},
		"C-88 about us":                        {1, fine + strings.Repeat("\nWe wrote of our week to our team. ", 3), "speak of the reader"},
		"C-88 only at tones 1 to 3":            {0, fine + strings.Repeat("\nWe wrote of our week to our team. ", 3), ""},
		"C-88 our cash flow":                   {0, fine + "\nIt helps our cash flow.", "about us and not about the reader"},
		"C-84 no ask":                          {2, change("Please tell us which", "Which"), "asks for nothing"},
		"C-84 no courtesy":                     {2, change("Please tell us which", "We ask you to say which"), "no word of courtesy"},
		"C-84 both":                            {2, fine, ""},
		"C-83 a firm letter without a day":     {3, fine, "names no day"},
		"C-83 a firm letter with its day":      {3, fine + by, ""},
		"C-89 nobody's letter":                 {1, "Hello\n\nDear team,\n\nPlease tell us more.", "could be anybody's"},
		"C-89 two spaces in the subject":       {1, change("USD 9,000.00, due", "USD 9,000.00,  due"), "The subject has an empty token"},
		"C-89 nothing before a comma":          {1, fine + "\nIt is for , as agreed.", `empty token at " ,"`},
		"C-89 no value":                        {1, fine + "\nIt is for <no value>.", "<no value>"},
		"C-93 good for both":                   {1, fine + "\nPaying on the day is good for both of us.", ""},
		"C-93 not beside a consequence":        {1, fine + "\nPaying on the day is good for both of us, otherwise it is not.", `beside the consequence "otherwise"`},
		"C-93 a consequence in another place":  {1, fine + "\nPaying on the day is good for both of us.\n\nUnless you write, all is well.", ""},
		"C-93 not at the firm tones":           {3, fine + by + "\n\nPaying on the day is good for both of us.", "a mutual benefit and is not said at tone 3"},
		"C-99 C-128 D-27 advertising":          {1, fine + "\nThere is a voucher for you.", "advertising in a reminder"},
		"C-13 two faults, a sentence for each": {1, fine + "\nPay NOW!", "shouting \"NOW\" in capitals: write it in small letters."},
	}
	for name, tc := range tests {
		lint(t, name, tc.want, collections.Lint(domain.ClassReminder, tc.tone, tc.text))
	}
}

// TestALetterWithoutPersonalWordsIsFound holds C-89 for every class: a letter that
// names no amount, no day and one name only could be anybody's.
func TestALetterWithoutPersonalWordsIsFound(t *testing.T) {
	for _, class := range []domain.MessageClass{domain.ClassReminder, domain.ClassHeadsUp, domain.ClassReceipt, domain.ClassThankYou} {
		findings := collections.Lint(class, 0, "News\n\nDear Dana Ruiz,\n\nThank you.", "Dana Ruiz")
		lint(t, string(class), "could be anybody's", findings)
	}
}

// TestFindingsArePlainSentences holds C-13: every finding begins with what it is
// about, ends with a full stop and brings a suggestion.
func TestFindingsArePlainSentences(t *testing.T) {
	bad := "PAY  now\n\nYou failed to pay! Our lawyers, unacceptable, refuse to pay, at once, our cash flow, or else. Court is good for both of us, a voucher. {{x}} 021000021 4410023317"
	findings := collections.Lint(domain.ClassReminder, 3, bad)
	if len(findings) < 15 {
		t.Errorf("only %d findings", len(findings))
	}
	for _, f := range findings {
		if !strings.HasPrefix(f, "The ") && !strings.HasPrefix(f, "Paragraph ") || !strings.HasSuffix(f, ".") || !strings.Contains(f, ": ") {
			t.Errorf("%q is no sentence with a suggestion", f)
		}
	}
}

// TestTheReadingGrade holds C-14: the grade of Flesch and Kincaid, in thousandths.
func TestTheReadingGrade(t *testing.T) {
	tests := []struct {
		prose     string
		low, high int
	}{
		{"", 0, 0},
		{"USD 10,000.00 MP-1042 4.", 0, 0},
		{"The cat sat on the mat.", -1_450, -1_450}, // 6 words, 6 syllables: 0.39·6 + 11.8 - 15.59
		{"We hope that you are well. Please tell us which day suits you.", -2_000, 2_000},
		{"Is there something in your way?", 2_000, 4_000},
		{"The administration of international organisations necessitates considerable responsibility.", 25_000, 40_000},
		{"You can name the day that suits you, say that it is paid, ask a question, or name a part that you do not agree to.", 7_000, 9_500},
	}
	for _, tc := range tests {
		if got := collections.Grade(tc.prose); got < tc.low || got > tc.high {
			t.Errorf("grade %d of %q, want %d to %d", got, tc.prose, tc.low, tc.high)
		}
	}
}

// TestLintOfAnAnswerReadsTheCollectorsWords holds C-145: what a collector writes
// passes the same word lists, however long or learned it is.
func TestLintOfAnAnswerReadsTheCollectorsWords(t *testing.T) {
	for said, want := range map[string]string{
		"The delivery note is attached. Thank you for your patience.":                    "",
		strings.Repeat("The documentation of the administration is comprehensive. ", 40): "",
		"You have not paid yet.":                   "blame",
		"Our lawyers will answer.":                 "legal vocabulary",
		"Please pay to DE89370400440532013000.":    "bank details",
		"Please pay to 021000021 4410023317.":      "bank details",
		"This is unacceptable.":                    "a moral judgement",
		"We will take action, or else.":            "a threat",
		"The PDF is on the page, with VAT.":        "",
		"Our SLA and your ERP agree on the dates.": "",
	} {
		f, act := overdueA()
		q := domain.Question{ID: domain.New[domain.QuestionID](), Said: "Where?", Answer: said, AskedAt: at("2026-03-06 10:00"), AnsweredAt: at("2026-03-06 11:00")}
		f.Questions = []domain.Question{q}
		act = collections.Act{Step: "answer:x", Class: domain.ClassAnswer, Items: act.Items, Question: q.ID}
		letter, err := collections.Write(f, act, collections.Gate(f, act))
		if err != nil {
			t.Fatal(err)
		}
		lint(t, fmt.Sprintf("%.40s", said), want, letter.Lint(act.Class, 0))
	}
}

// TestANoticeMayNameABankOfLetters holds that an IBAN with the letters of a bank in it, as those
// of the United Kingdom or the Netherlands, is no shouting: its notice would never leave. It holds F-40.
func TestANoticeMayNameABankOfLetters(t *testing.T) {
	f := storyA()
	f.Now = at("2026-02-05 10:00")
	number, err := domain.MakeIBAN("GB", "NWBK60161331926835")
	if err != nil {
		t.Fatal(err)
	}
	f.Feeds[0].Account.Number = number
	plan := collections.Next(f)
	letter, err := collections.Write(f, *plan.Act, collections.Gate(f, *plan.Act))
	if err != nil {
		t.Fatal(err)
	}
	if findings := letter.Lint(domain.ClassLegalNotice, 0); len(findings) > 0 || !strings.Contains(letter.Text, "NWBK 6016") {
		t.Errorf("%v:\n%s", findings, letter.Text)
	}
}
