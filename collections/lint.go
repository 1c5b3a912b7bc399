package collections

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"comity/domain"
)

const (
	maxWords  = 160 // of a message at tones 0 to 2 (C-69), the line that a law wants said apart
	firstSeen = 200 // characters that a reader sees before opening a message (C-34)
	personal  = "…" // stands for what others typed
	party     = "◦" // stands for the names of the factor and the seller
)

// The sets of phrases that messages of some tones must draw from.
var (
	askingFor  = phrases(`please (pay|let us (know|have)|choose|name|tell us)`, `would it be possible`, `could you`, `we ask you to`)
	courteous  = phrases(`please`, `thank you`, `kindly`, `we would be grateful`)
	assisting  = phrases(`here to help`, `(glad|happy) to help`, `how can we help`, `we will help`)
	empathic   = phrases(`we understand`, `we know (how|that)`, `things (can )?get hectic`, `slipped by`, `days are full`)
	greeting   = regexp.MustCompile(`^(Dear|Hello|Good day) [^\s,][^,]*,`)
	sender     = regexp.MustCompile(`[^\s,.], which ha[ds] bought (this invoice|these invoices|it) from [^\s,.]`)
	toReader   = phrases(`you`, `your`, `yours`, `yourself`)
	toUs       = phrases(`we`, `our`, `ours`, `us`)
	longDate   = regexp.MustCompile(`\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day [0-9]{1,2} [A-Z][a-z]+ [0-9]{4}\b`)
	anyDate    = regexp.MustCompile(`\b(?:[A-Z][a-z]+day )?[0-9]{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: [0-9]{4})?\b`)
	byDate     = regexp.MustCompile(`\bby ` + strings.TrimPrefix(longDate.String(), `\b`))
	sum3       = regexp.MustCompile(`\b[A-Z]{3} -?[0-9][0-9,]*(\.[0-9]+)?\b`)
	emptyToken = regexp.MustCompile(`  | [,.;:?]|\(\)|""|\b(Dear|Hello),|\{\{|<no value>|%!`)
	reaching   = regexp.MustCompile(`Answering this (?:message|letter) reaches`)
)

// asking words have no place in a receipt or thank-you.
var asking = regexp.MustCompile(`(?i)\b(please pay|kindly pay|is payable|please transfer|pay now|remind(er|ed)?)\b`)

var (
	ibanLike = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b`)
	digitRun = regexp.MustCompile(`\b[0-9](?:[ -]?[0-9]){7,17}\b`)
	isoDate  = regexp.MustCompile(`\b[12][0-9]{3}-[01][0-9]-[0-3][0-9]\b`)
)

// tokens are what a message of a class must say.
var tokens = map[domain.MessageClass][]string{
	domain.ClassLegalNotice: {"on the number that you already have", "type the code", "a link alone proves nothing", "{link}"},
	domain.ClassHeadsUp:     {"to the account in our notice", "{link}"},
	domain.ClassReminder:    {"to the account in our notice", "{link}"},
	domain.ClassReceipt:     {"received"},
	domain.ClassThankYou:    {"received", "thank you"},
	domain.ClassAnswer:      {"{link}"},
	domain.ClassInstalment:  {"to the account in our notice", "as agreed", "{link}"},
	domain.ClassRelease:     {"has no further claim", "do not pay"},
	domain.ClassPriorNotice: {"not before", "nobody else is asked", "a plan in parts", "here to help", "{link}"},
	domain.ClassProtective:  {"keeps a right", "asks nothing of you", "here to help", "{link}"},
	domain.ClassValidation:  {"no interest and no charges", "do not agree", "until you have our answer", "ask for a copy", "to whom it was owed first", "on any later day", "{link}"},
	domain.ClassCall:        {"how they are", "to the account in our notice"},
}

// Lint returns what is wrong with the words of a message, whose first line is its
// subject; each finding is one plain sentence. It reads past known, which is what
// others typed: names, numbers, what was delivered. A letter that was just
// written knows exactly where those stand: see [Letter.Lint].
func Lint(class domain.MessageClass, tone int, text string, known ...string) []string {
	m := message{class: class, tone: tone, text: flat(text), own: takenApart(text)}
	m.own.each(func(part string) string { return withoutKnown(part, known) })
	m.free = class == domain.ClassAnswer
	return m.findings()
}

// Lint returns what is wrong with the words of the letter, each finding one plain
// sentence. What others typed cannot make it pass or fail: their words are
// judged where they stand for themselves, as bank details or as an answer.
func (l Letter) Lint(class domain.MessageClass, tone int) []string {
	m := message{class: class, tone: tone, text: flat(l.Subject + "\n" + l.Text), own: takenApart(l.own), hides: l.hides, typed: l.typed}
	findings := m.findings()
	for _, typed := range l.typed {
		findings = append(findings, lintWords(tone, typed, "What was written by hand")...)
		if class != domain.ClassLegalNotice && digitRun.MatchString(isoDate.ReplaceAllString(typed, "")) {
			findings = append(findings, bankFinding)
		}
	}
	return findings
}

// A message is what the lint looks at.
type message struct {
	class domain.MessageClass
	tone  int
	text  string // as it is read, in one line
	own   parts  // without what others typed
	free  bool   // a part of it was written by hand: its style is not measured
	hides hides  // what it must not say
	typed []string
}

// parts are a message taken apart.
type parts struct {
	subject string
	prose   []string // paragraphs and lists, an item of a list a line
	rows    []string // of tables
}

// takenApart reads the text form of a letter: its subject is the first line, a
// table is indented.
func takenApart(text string) parts {
	subject, body, _ := strings.Cut(text, "\n")
	p := parts{subject: strings.TrimSpace(subject)}
	for part := range strings.SplitSeq(body, "\n\n") {
		part = strings.Trim(part, "\n")
		switch {
		case strings.HasPrefix(part, "  "):
			p.rows = append(p.rows, strings.Split(part, "\n")...)
		case strings.HasPrefix(part, "- "):
			var items []string
			for item := range strings.SplitSeq(strings.TrimPrefix(part, "- "), "\n- ") {
				items = append(items, flat(item))
			}
			p.prose = append(p.prose, strings.Join(items, "\n"))
		case strings.TrimSpace(part) != "":
			p.prose = append(p.prose, flat(part))
		}
	}
	return p
}

func (p *parts) each(change func(string) string) {
	p.subject = change(p.subject)
	for i := range p.prose {
		p.prose[i] = change(p.prose[i])
	}
	for i := range p.rows {
		p.rows[i] = change(p.rows[i])
	}
}

func (p parts) all() string {
	return strings.Join(slices.Concat([]string{p.subject}, p.prose, p.rows), " ")
}

func (p parts) body() string { return strings.Join(p.prose, "\n") }

func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// findings runs every rule.
func (m message) findings() []string {
	findings := m.mustSay()
	findings = append(findings, m.mustNotSay()...)
	findings = append(findings, m.mustHide()...)
	if m.class == domain.ClassCall {
		return findings
	}
	findings = append(findings, m.frame()...)
	findings = append(findings, m.style()...)
	if m.class == domain.ClassReminder || m.class == domain.ClassHeadsUp {
		findings = append(findings, m.request()...)
	}
	return findings
}

// mustSay holds the tokens of the class, and in whose name it speaks (D-24).
func (m message) mustSay() []string {
	var findings []string
	voice, who := sender, `"FACTOR, which has bought this invoice from SELLER"`
	if m.hides.any() {
		voice, who = quietSender, `"SELLER accounts"`
	}
	for _, token := range tokens[m.class] {
		if m.hides.any() {
			token = quietToken.Replace(token)
		}
		if !strings.Contains(strings.ToLower(m.text), strings.ToLower(token)) {
			findings = append(findings, fmt.Sprintf("The message does not say %q: add it.", token))
		}
	}
	if !voice.MatchString(m.own.all()) {
		findings = append(findings, "The message does not say in whose name it speaks: add "+who+".")
	}
	return findings
}

const bankFinding = "The message carries bank details, which only a notice may: name the account in our notice."

// mustNotSay holds the words of the tone, bank details, empty tokens, asks in a
// receipt and advertising in a reminder.
func (m message) mustNotSay() []string {
	var findings []string
	look := func(text, where string) {
		findings = append(findings, lintWords(m.tone, text, where)...)
		if !m.free {
			findings = append(findings, shouting(text, where)...)
		}
		if hole := emptyToken.FindString(text); hole != "" {
			findings = append(findings, fmt.Sprintf("%s has an empty token at %q: fill it, or leave its words out.", where, hole))
		}
	}
	look(m.own.subject, "The subject")
	for i, paragraph := range m.own.prose {
		look(paragraph, fmt.Sprintf("Paragraph %d", i+1))
	}
	for _, row := range m.own.rows {
		look(strings.Join(strings.Fields(row), " "), "The table")
	}
	all := m.own.all()
	if m.class != domain.ClassLegalNotice && (holdsIBAN(m.text) || digitRun.MatchString(isoDate.ReplaceAllString(flat(all), ""))) {
		findings = append(findings, bankFinding)
	}
	if word := asking.FindString(all); word != "" && (m.class == domain.ClassReceipt || m.class == domain.ClassThankYou) {
		findings = append(findings, fmt.Sprintf("The message says %q, which is an ask in a receipt: leave it out.", word))
	}
	if word := promotional.FindString(all); word != "" && (m.class == domain.ClassReminder || m.class == domain.ClassHeadsUp) {
		findings = append(findings, fmt.Sprintf("The message says %q, which is advertising in a reminder: leave it for a thank-you.", word))
	}
	return findings
}

// frame holds the greeting, the way to a person and what makes a letter its
// reader's own (C-63, C-89, C-105).
func (m message) frame() []string {
	var findings []string
	if len(m.own.prose) == 0 || !greeting.MatchString(m.own.prose[0]) {
		findings = append(findings, `The message has no greeting: begin with "Dear NAME," or "Dear Accounts payable team,".`)
	}
	if !reaching.MatchString(flat(m.own.all())) {
		findings = append(findings, `The message does not say how to reach a person: add "Answering this message reaches" and whom.`)
	}
	own := m.own.all()
	tokens := strings.Count(own, personal)
	for _, made := range []*regexp.Regexp{sum3, anyDate} {
		if made.MatchString(own) {
			tokens++
		}
	}
	if tokens < 2 && m.class != domain.ClassAnswer {
		findings = append(findings, "The message could be anybody's: name its reader, an invoice, an amount or a day.")
	}
	return findings
}

// style measures length, reading grade and whom it is about. Words of tables and
// of the subject do not count, nor does the link; a name or a number that others
// typed, an amount and a date count as one word, a seller's own line in full.
func (m message) style() []string {
	if m.free {
		return nil
	}
	var findings []string
	body := m.own.body()
	if n := wordCount(body); n > maxWords && m.tone <= 2 && m.class != domain.ClassLegalNotice && m.class != domain.ClassPriorNotice && m.class != domain.ClassValidation {
		findings = append(findings, fmt.Sprintf("The message has %d words and %d are enough at tone %d: shorten it.", n, maxWords, m.tone))
	}
	if grade := Grade(body); grade > maxGrade {
		findings = append(findings, fmt.Sprintf("The message asks for school grade %d.%d and %d is the most: use shorter sentences and words.", grade/1000, grade%1000/100, maxGrade/1000))
	}
	you, we := len(toReader.FindAllString(body, -1)), len(toUs.FindAllString(body, -1))
	if you < we && m.tone >= 1 && m.tone <= 3 {
		findings = append(findings, fmt.Sprintf("The message says we, us or our %d times and you or your %d times: speak of the reader.", we, you))
	}
	return findings
}

// request holds what a message that asks must bring: amount and day at once, a
// hand, empathy, and at the firm tones an ask and courtesy together.
func (m message) request() []string {
	var findings []string
	need := func(ok bool, finding string, args ...any) {
		if !ok {
			findings = append(findings, fmt.Sprintf(finding, args...))
		}
	}
	body := m.own.body()
	first := []rune(strings.Join(m.own.prose, " "))
	start := string(first[:min(len(first), firstSeen)])
	for _, place := range []struct{ where, text string }{{"subject", m.own.subject}, {fmt.Sprintf("beginning (%d characters)", firstSeen), start}} {
		need(sum3.MatchString(place.text), "The %s does not name the amount: put it there.", place.where)
		need(longDate.MatchString(place.text), "The %s does not name the due date: put it there, with its weekday and year.", place.where)
	}
	need(assisting.MatchString(body), "The message offers no help: add %q.", "we are here to help")
	if m.tone <= 3 {
		need(empathic.MatchString(body), "The message shows no understanding at tone %d: add %q.", m.tone, "We understand")
	}
	if m.tone == 2 || m.tone == 3 {
		need(askingFor.MatchString(body), "The message asks for nothing at tone %d: add %q.", m.tone, "Please let us know")
		need(courteous.MatchString(body), "The message has no word of courtesy at tone %d: add %q.", m.tone, "please")
	}
	if m.tone >= 3 {
		need(byDate.MatchString(body), "The message names no day for its ask at tone %d: add %q and the day.", m.tone, "by")
	}
	return findings
}

// wordCount counts what stands between spaces and holds a letter, a digit or a
// stand-in; an amount and a date are one word.
func wordCount(text string) int {
	n := 0
	text = whoAsks.ReplaceAllString(text, "")
	for word := range strings.FieldsSeq(anyDate.ReplaceAllString(sum3.ReplaceAllString(text, "0"), "0")) {
		if word != "{link}" && strings.ContainsFunc(word, func(r rune) bool {
			return unicode.IsLetter(r) || unicode.IsDigit(r) || string(r) == personal || string(r) == party
		}) {
			n++
		}
	}
	return n
}

// withoutKnown takes out what others typed, the longest first, where it stands as
// words of its own.
func withoutKnown(text string, known []string) string {
	known = slices.Clone(known)
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	for _, word := range known {
		if word = flat(word); word != "" {
			text = withoutWord(text, word)
		}
	}
	return text
}

func withoutWord(text, word string) string {
	var out strings.Builder
	for {
		i := strings.Index(text, word)
		if i < 0 {
			out.WriteString(text)
			return out.String()
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		out.WriteString(text[:i])
		if inWord(before) || inWord(after) {
			out.WriteString(word)
		} else {
			out.WriteString(personal)
		}
		text = text[i+len(word):]
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// bankDetails reports whether a text carries what may be an account number: a
// valid IBAN, or a run of eight and more digits.
func bankDetails(text string) bool {
	return holdsIBAN(text) || digitRun.MatchString(isoDate.ReplaceAllString(text, ""))
}

// A link or an address may stand anywhere in a word: with its scheme, or as a name that ends in a
// registry's.
var (
	linkLike   = regexp.MustCompile(`(?i)\bhttps?:|\bwww\.|[^\s@]@[^\s@]`)
	domainLike = regexp.MustCompile(`(?i)\b(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}\b`)
)

// leadsElsewhere reports whether a text carries a link, an e-mail address or the name of a site: a
// letter of ours leads to the debtor's own page and nowhere else (D-6).
func leadsElsewhere(text string) bool {
	return linkLike.MatchString(text) || slices.ContainsFunc(domainLike.FindAllString(text, -1), func(name string) bool {
		_, listed := publicsuffix.PublicSuffix(strings.ToLower(name))
		return listed
	})
}

func holdsIBAN(text string) bool {
	for _, found := range ibanLike.FindAllString(text, -1) {
		compact := strings.ReplaceAll(found, " ", "")
		for end := len(compact); end >= 15; end-- {
			if _, err := domain.ParseIBAN(compact[:end]); err == nil {
				return true
			}
		}
	}
	return false
}

// withoutBankDetails returns what somebody typed, or instead when it carries
// what may be an account number: nobody smuggles one into our letters (D-6).
func withoutBankDetails(typed, instead string) string {
	if bankDetails(strings.ToUpper(typed)) {
		return instead
	}
	return oneLine(typed)
}

// Faithful reports whether a message says the amounts that the gate left of each
// item, and their sum (facts_mismatch).
func Faithful(f domain.CaseFacts, v Verdict, text string) bool {
	for _, item := range v.Items {
		found, ok := f.Item(item.Deal)
		if !ok || item.Open != found.Deal.Open || item.Ask != item.Open.Minus(item.Held) || !strings.Contains(text, item.Ask.Grouped()) {
			return false
		}
	}
	return true
}
