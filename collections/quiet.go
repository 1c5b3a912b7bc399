package collections

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"comity/domain"
)

// What reaches a debtor that is not told of a sale (F-44) is written in its supplier's voice, and
// without a word of the factor: any mention of it would break a contract (D-24).

// quietLetters are the letters that there are in the seller's voice. Every other one speaks of the
// factor, or of what only the owner of a claim does.
var quietLetters = []string{
	"heads_up", "pre_due", "post_due_first", "post_due_next", "new_timeline", "clear_ask", "call", "after_call", "answer", "instalment",
	"dispute_raised", "dispute_answered", "dispute_waits", "dispute_resolved", "plan_requested", "plan_offered", "plan_waits", "plan_active", "plan_declined", "promised",
	"thank_you", "recognition", "receipt", LetterStatement, LetterAgreement,
}

// isQuiet reports whether the debtor of a case is not told of a sale.
func isQuiet(k domain.Case) bool { return k.Mode() == domain.Confidential }

// spokenOf refuses with domain.ErrWrongState a letter that there is not in the mode of a case.
func spokenOf(k domain.Case, name string) error {
	if slices.Contains(quietLetters, name) || name == LetterIntroduction && k.Telling() { // the seller may speak first
		return nil
	}
	return openly(k)
}

// writer is who the letters of a case come from.
func writer(f domain.CaseFacts) domain.Organization {
	if isQuiet(f.Case) {
		return f.Seller
	}
	return f.Factor
}

// hides is what a debtor that is not told must not read. The zero hides nothing.
type hides struct{ said *regexp.Regexp }

func (h hides) any() bool { return h.said != nil }

// hiding lists the names by which a debtor would know a factor: as it is registered, without its legal
// form, its address, and the domain of that with its own label, unless we write that word ourselves or it is the seller's too: a domain that both have tells nobody of a sale. The seller's own name may be read, also where the factor's is contained in it.
func hiding(factor, seller domain.Organization) hides {
	const shortest = 5 // of a name that nobody writes by chance
	var names []string
	plain := legalForm.ReplaceAllString(flat(factor.Name), "")
	if len(plain) < shortest {
		plain = ""
	}
	host, label := ownDomain(factor.Email)
	if theirs, _ := ownDomain(seller.Email); theirs == host {
		host, label = "", ""
	}
	if len(label) < shortest || ownWords()[label] {
		label = ""
	}
	for _, name := range []string{factor.Name, plain, factor.Email, host, label} {
		if name = spelled(name); name != "" {
			names = append(names, name)
		}
	}
	own := spelled(seller.Name)
	if own == "" {
		own = `\z.` // which is never found
	}
	if len(names) == 0 {
		names = []string{`\z.`}
	}
	return hides{regexp.MustCompile(`(?i)(` + own + `)|(?:` + strings.Join(names, "|") + `)`)}
}

// shared are the domains of mailboxes that anybody may have.
var shared = regexp.MustCompile(`(?i)^(?:[a-z0-9-]+\.)?(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|aol|gmx|web|t-online|freenet|orange|free|laposte|wanadoo|libero|proton|protonmail|zoho|mail|fastmail)\.[a-z.]+$`)

// ownDomain returns the domain of an address and its first label, in lower case; nothing of one that
// anybody's mailboxes have.
func ownDomain(email string) (host, label string) {
	_, host, _ = strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	if host == "" || shared.MatchString(host) {
		return "", ""
	}
	label, _, _ = strings.Cut(host, ".")
	return host, label
}

// ownWords are the words of our letters: a factor that is named as one of them is known by its whole name.
var ownWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	files, err := templates.ReadDir("templates")
	if err != nil {
		panic(err) // they are embedded
	}
	for _, file := range files {
		source, err := templates.ReadFile("templates/" + file.Name())
		if err != nil {
			panic(err) // it was listed just above
		}
		for _, word := range strings.FieldsFunc(strings.ToLower(string(source)), func(r rune) bool { return !inWord(r) }) {
			words[word] = true
		}
	}
	return words
})

var legalForm = regexp.MustCompile(`(?i),? (?:llc|l\.l\.c\.|ltd\.?|limited|plc|inc\.?|incorporated|corp\.?|gmbh|ag|kg|se|s\.?a\.?|s\.?a\.?s\.?|s\.?l\.?|lda\.?|b\.?v\.?)$`)

// spelled is the pattern of a name, however its words are spaced.
func spelled(name string) string {
	words := strings.Fields(name)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return strings.Join(words, `[\s\p{Z}]+`)
}

// in returns the name that a text holds as words of its own, as it stands there, or "".
func (h hides) in(text string) string {
	name := ""
	h.each(text, func(found string) { name = found })
	return flat(name)
}

// out returns a text without the names.
func (h hides) out(text string) string { return h.each(text, func(string) {}) }

// each calls found for every name that a text holds as words of its own, and returns the text without
// them.
func (h hides) each(text string, found func(string)) string {
	if h.said == nil {
		return text
	}
	var out strings.Builder
	end := 0
	for _, at := range h.said.FindAllStringSubmatchIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if at[2] >= 0 || inWord(before) || inWord(after) {
			continue // the seller's, or a part of another word
		}
		found(text[at[0]:at[1]])
		out.WriteString(text[end:at[0]] + personal)
		end = at[1]
	}
	return out.String() + text[end:]
}

// hush lets a letter to a debtor that is not told know nobody but the seller.
func (data *letter) hush(f domain.CaseFacts) {
	if isQuiet(f.Case) {
		data.Quiet, data.Factor, data.FactorEmail = true, data.Seller, oneLine(f.Seller.Email)
		data.hides = hiding(f.Factor, f.Seller)
	}
}

// Payable reports whether the debtor knows the account by a paper that names it.
func (data letter) Payable() bool { return data.Quiet || data.NoticeDays != "" }

// quoted returns what somebody else typed, or instead where a letter may not repeat it: with bank
// details (D-6), or with the name of a factor of which the debtor is not told.
func (data *letter) quoted(typed, instead string) string {
	if data.hides.in(typed) != "" {
		return instead
	}
	return withoutBankDetails(typed, instead)
}

// said makes a sentence of the seller's one of its own letter: there it is not quoted.
func (data *letter) said(line string) string {
	if data.Quiet && line != "" && !strings.ContainsAny(line[len(line)-1:], ".?") {
		line += "."
	}
	return line
}

var (
	quietSender = regexp.MustCompile(`[^\s,.] accounts\b`)
	quietToken  = strings.NewReplacer("in our notice", "on our invoice")
	// what nobody says to a debtor that is not told
	hidden = phrases(`notices? of assignment`, `(?:our|the|a) notices?`, `assign(?:s|ed|ment|ments|ee|or)?`, `bought`, `sold`, `purchased`, `factor(?:s|ed|ing)?`, `financ(?:ed|ier|iers)`)
)

// mustHide keeps the factor out of what a debtor that is not told would read: its names wherever they
// stand and whoever typed them, and the words of a sale in what we wrote and in what was written by
// hand. What a seller sold, or bought, stands in its own invoice and is no such word.
func (m message) mustHide() []string {
	if !m.hides.any() {
		return nil
	}
	var findings []string
	if name := m.hides.in(m.text); name != "" {
		findings = append(findings, fmt.Sprintf("The message says %q, and the debtor is not told of the sale: leave it out.", strings.ToLower(name)))
	}
	for _, text := range append([]string{m.own.all()}, m.typed...) {
		if word := hidden.FindString(text); word != "" {
			findings = append(findings, fmt.Sprintf("The message says %q, and the debtor is not told of the sale: leave it out.", word))
		}
	}
	return findings
}
