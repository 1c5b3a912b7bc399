package inbound

import (
	"cmp"
	"slices"
	"strings"

	"comity/domain"
	"comity/money"
)

// A Code is a reason (C-109) or a flag that words of a debtor point to.
type Code string

// The reasons of C-109.
const (
	ReasonCashFlow        Code = "cash_flow"
	ReasonAdminHurdle     Code = "admin_hurdle"
	ReasonUnforeseen      Code = "unforeseen"
	ReasonApprovalPending Code = "approval_pending"
	ReasonInvoiceMissing  Code = "invoice_missing"
	ReasonDispute         Code = "dispute"
	ReasonOversight       Code = "oversight"
	ReasonOther           Code = "other" // a reason is given, and is none of these
)

// The flags: what else a reply may say that somebody must act on.
const (
	FlagSaysPaid     Code = "says_paid"
	FlagAsksQuestion Code = "asks_question"
	FlagWantsPlan    Code = "wants_plan"
	FlagHardship     Code = "hardship"
	FlagRefuses      Code = "refuses"
	FlagRepresented  Code = "represented"
	FlagCeaseContact Code = "cease_contact"
	FlagComplaint    Code = "complaint"
	FlagInsolvency   Code = "insolvency"
	FlagWrongContact Code = "wrong_contact"
	FlagAcknowledges Code = "acknowledgement_only"
)

// The marks that only help to understand the others.
const (
	markThanks    Code = "thanks"
	markCourtesy  Code = "courtesy"  // a question that asks nothing
	markWithholds Code = "withholds" // "we will not pay": a refusal, or a dispute if there is an "until"
	markBecause   Code = "because"
)

func reasons() []Code {
	return []Code{
		ReasonCashFlow, ReasonAdminHurdle, ReasonUnforeseen, ReasonApprovalPending, ReasonInvoiceMissing, ReasonDispute, ReasonOversight, ReasonOther,
	}
}

func flags() []Code {
	return []Code{
		FlagSaysPaid, FlagAsksQuestion, FlagWantsPlan, FlagHardship, FlagRefuses, FlagRepresented, FlagCeaseContact, FlagComplaint,
		FlagInsolvency, FlagWrongContact, FlagAcknowledges,
	}
}

// An Item is an open invoice that the reply may be about.
type Item struct {
	Invoice string // its number
	Open    money.Amount
}

// Evidence is the words that a finding rests on.
type Evidence struct {
	Subject    bool // they stand in the subject
	Start, End int  // bytes of the text that Triage was given
	Words      string
}

// A Finding is a code and the words that point to it, at most [MaxEvidence].
type Finding struct {
	Code     Code
	Evidence []Evidence
}

// A Role says what an amount or a day is said of.
type Role string

// What an amount or a day is for.
const (
	RolePay      Role = "pay"      // it is to be paid, or paid then
	RoleProposed Role = "proposed" // the debtor asks whether it may be paid, or paid then
	RolePaid     Role = "paid"     // it was paid, or paid then
	RoleDisputed Role = "disputed" // the debtor does not agree to it
	RoleDeclined Role = "declined" // it will not be paid, or not then
	RoleOther    Role = "other"
)

// A FoundAmount is a sum that the reply names.
type FoundAmount struct {
	Amount   money.Amount
	Role     Role
	Assumed  bool // no currency stood there, and all items have this one
	Relative bool // a share of the items: "half"
	Evidence Evidence
}

// A FoundDate is a day that the reply names. Ambiguous: it may be any of Days.
// Vague: a stretch of time was named, and the day is its last one.
type FoundDate struct {
	Days      []domain.Date
	Role      Role
	Ambiguous bool
	Vague     bool
	Evidence  Evidence
}

// A FoundInvoice is an invoice that the reply names, by its number as in the item.
type FoundInvoice struct {
	Invoice  string
	Evidence Evidence
}

// A Proposal is what a reply seems to say. Nothing follows from it before a
// person has confirmed it.
type Proposal struct {
	Reasons  []Finding
	Flags    []Finding
	Amounts  []FoundAmount
	Dates    []FoundDate
	Invoices []FoundInvoice

	Substantive         bool // an amount, a date, a reason, a question, a dispute, hardship (D-25)
	AcknowledgementOnly bool // it says that our mail arrived, and nothing else
	Cut                 bool // only the first MaxTriage bytes were read
}

// The bounds of a Proposal.
const (
	MaxTriage   = 64 << 10 // bytes of the text that are read
	MaxEvidence = 5
	MaxFound    = 50 // amounts, dates, invoices each
)

// Has reports whether p has a reason or a flag.
func (p Proposal) Has(code Code) bool {
	is := func(f Finding) bool { return f.Code == code }
	return slices.ContainsFunc(p.Reasons, is) || slices.ContainsFunc(p.Flags, is)
}

// Triage proposes what a reply says. Own is what the person wrote, as in
// Mail.Own. The subject counts as their words unless it answers ours ("Re:");
// invoice numbers in it always count.
func Triage(own, subject string, today domain.Date, items []Item) Proposal {
	p := Proposal{Cut: len(own) > MaxTriage}
	main := newScan(unquoted(cut(own, MaxTriage)), false, today, items)
	scans := []*scan{main}
	if subject = cut(subject, maxShort); !answers(subject) {
		scans = append(scans, newScan(subject, true, today, items))
	}
	found := map[Code][]Evidence{}
	for _, s := range scans {
		s.run()
		for code, evidence := range s.found {
			found[code] = append(found[code], evidence...)
		}
		p.Amounts = append(p.Amounts, s.amounts...)
		p.Dates = append(p.Dates, s.dates...)
	}
	p.Invoices = invoices(main.text, subject, items)
	p.Amounts = p.Amounts[:min(len(p.Amounts), MaxFound)]
	p.Dates = p.Dates[:min(len(p.Dates), MaxFound)]
	p.conclude(found, len(scans) == 1 && main.thanksOnly())
	return p
}

// conclude fills in the findings and what follows from all of them together.
func (p *Proposal) conclude(found map[Code][]Evidence, covered bool) {
	if len(found[markBecause]) > 0 && !slices.ContainsFunc(reasons(), func(c Code) bool { return len(found[c]) > 0 }) {
		found[ReasonOther] = found[markBecause]
	}
	for _, code := range reasons() {
		p.Reasons = appendFinding(p.Reasons, code, found[code])
	}
	for _, code := range flags() {
		p.Flags = appendFinding(p.Flags, code, found[code])
	}
	told := func(d FoundDate) bool { return d.Role != RoleOther }
	p.Substantive = len(p.Reasons) > 0 || len(p.Flags) > 0 || len(p.Amounts) > 0 || slices.ContainsFunc(p.Dates, told)
	if !p.Substantive && len(found[markThanks]) > 0 {
		p.AcknowledgementOnly = covered && !p.Cut
		p.Flags = appendFinding(p.Flags, FlagAcknowledges, found[markThanks])
	}
}

func appendFinding(list []Finding, code Code, evidence []Evidence) []Finding {
	if len(evidence) == 0 {
		return list
	}
	return append(list, Finding{code, evidence[:min(len(evidence), MaxEvidence)]})
}

// The words that begin a greeting, and those that end a mail.
var (
	greetings = set("hi hello dear good hey hallo guten liebe lieber sehr moin bonjour bonsoir cher chere hola buenos buenas estimada estimado ola bom boa caro cara prezado prezada")
	signOffs  = set("regards best kind sincerely cheers yours grusse grussen gruss vg lg mfg freundliche freundlichen cordialement salutations saludos atentamente cordialmente abraco atenciosamente cumprimentos")
)

const (
	maxThanks   = 40 // words of an acknowledgement
	maxGreeting = 5  // of a greeting, and of the name below the text
)

// thanksOnly reports whether every sentence acknowledges or greets. In a
// sentence that is not understood an objection may stand, in a language that
// nobody here reads.
func (s *scan) thanksOnly() bool {
	thanked := map[int]bool{}
	for _, h := range s.hits {
		if h.code == markThanks {
			thanked[s.tokens[h.from].sentence] = true
		}
	}
	if len(s.tokens) > maxThanks || strings.Contains(s.text, "/") || strings.Contains(s.text, "@") {
		return false
	}
	for i := 0; i < len(s.tokens); {
		end := i
		for end < len(s.tokens) && s.tokens[end].sentence == s.tokens[i].sentence {
			end++
		}
		switch {
		case signOffs[s.tokens[i].text]:
			return len(s.tokens)-i <= 2+maxGreeting
		case greetings[s.tokens[i].text] && (end-i <= maxGreeting || thanked[s.tokens[i].sentence]):
		case !thanked[s.tokens[i].sentence]:
			return false
		}
		i = end
	}
	return true
}

// answers reports whether a subject is our own, sent back.
func answers(subject string) bool {
	subject = strings.ToLower(strings.TrimSpace(subject))
	for _, prefix := range []string{"re:", "re :", "aw:", "antw:", "antwort:", "rv:", "res:", "ref:", "réf:", "wg:", "fw:", "fwd:", "tr:", "enc:", "sv:", "vs:"} {
		if strings.HasPrefix(subject, prefix) {
			return true
		}
	}
	return false
}

// unquoted puts spaces where lines are quoted, so that they count for nothing
// and every other word stays where it is.
func unquoted(text string) string {
	lines := strings.Split(text, "\n")
	for i, keep := range ownLines(lines) {
		if !keep {
			lines[i] = strings.Repeat(" ", len(lines[i]))
		}
	}
	return strings.Join(lines, "\n")
}

// scan is one text that is being understood.
type scan struct {
	text    string
	subject bool
	today   domain.Date
	items   []Item
	tokens  []token
	hits    []hit
	events  []event
	found   map[Code][]Evidence
	amounts []FoundAmount
	dates   []FoundDate
}

func newScan(text string, subject bool, today domain.Date, items []Item) *scan {
	return &scan{text: text, subject: subject, today: today, items: items, found: map[Code][]Evidence{}}
}

func (s *scan) run() {
	s.tokens = tokenize(s.text)
	s.findPhrases()
	s.dates = s.findDates()
	s.amounts = s.findAmounts()
	for _, h := range s.hits {
		s.note(h)
	}
	s.questions()
	s.events = s.findEvents()
	s.assignRoles()
}

// findPhrases keeps the phrases that mean what they say. A claim that is denied
// takes with it every reading of the same words: "should have been paid already".
func (s *scan) findPhrases() {
	denied := map[Code]map[int]bool{}
	found := phrases.find(s.tokens)
	for _, h := range found {
		if h.guard != claim || h.holds(s.tokens) {
			continue
		}
		if denied[h.code] == nil {
			denied[h.code] = map[int]bool{}
		}
		for i := h.from; i < h.to; i++ {
			denied[h.code][i] = true
		}
	}
	for _, h := range found {
		overlaps := false
		for i := h.from; i < h.to; i++ {
			overlaps = overlaps || denied[h.code][i]
		}
		if !overlaps && h.holds(s.tokens) {
			s.hits = append(s.hits, h)
		}
	}
}

// note files a phrase under its code. "We will not pay until it is repaired" is
// a dispute; "until Friday" is only a date.
func (s *scan) note(h hit) {
	code := h.code
	if code == markWithholds {
		switch s.condition(h.to) {
		case conditionDay:
			return
		case conditionEvent:
			code = ReasonDispute
		case conditionNone:
			code = FlagRefuses
		}
	}
	if code != FlagAsksQuestion {
		s.add(code, h.from, h.to)
	}
}

func (s *scan) add(code Code, from, to int) {
	evidence := s.evidence(s.tokens[from].start, s.tokens[to-1].end)
	if !slices.Contains(s.found[code], evidence) {
		s.found[code] = append(s.found[code], evidence)
	}
}

func (s *scan) evidence(start, end int) Evidence {
	return Evidence{s.subject, start, end, s.text[start:end]}
}

// questions notes sentences that ask, and requests without a question mark.
func (s *scan) questions() {
	courtesy := map[int]bool{}
	for _, h := range s.hits {
		if h.code == markCourtesy {
			courtesy[s.tokens[h.from].sentence] = true
		}
	}
	for i := 0; i < len(s.tokens); {
		last := i
		for last+1 < len(s.tokens) && s.tokens[last+1].sentence == s.tokens[i].sentence {
			last++
		}
		if s.tokens[i].asks && !courtesy[s.tokens[i].sentence] {
			s.add(FlagAsksQuestion, i, last+1)
		}
		i = last + 1
	}
	for _, h := range s.hits {
		if h.code == FlagAsksQuestion && !courtesy[s.tokens[h.from].sentence] && !s.tokens[h.from].asks {
			s.add(FlagAsksQuestion, h.from, h.to)
		}
	}
}

// sortFound orders what was found by place, the longest first, and drops what
// lies within something else.
func sortFound[T any](list []T, span func(T) Evidence) []T {
	slices.SortStableFunc(list, func(a, b T) int {
		return cmp.Or(cmp.Compare(span(a).Start, span(b).Start), cmp.Compare(span(b).End, span(a).End))
	})
	end := -1
	return slices.DeleteFunc(list, func(f T) bool {
		if span(f).Start < end {
			return true
		}
		end = span(f).End
		return false
	})
}
