package collections

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"comity/domain"
)

// blame is what no message below tone 3 says: threats, blame, hurry.
var blame = regexp.MustCompile(`(?i)\b(final (notice|reminder|demand)|legal (action|steps|proceedings)|lawyers?|attorneys?|court|lawsuit|sue|` +
	`(debt )?collect(ion|ions|ors?) agenc(y|ies)|credit (rating|bureau|score)|immediately|at once|without delay|urgent(ly)?|` +
	`fail(ed|ure)? to|you (must|have to|are required|owe)|demand|delinquen(t|cy)|in default|penalt(y|ies)|late (fee|charge)s?|consequences?|` +
	`you have not paid|you did not pay|overdue|past due|breach|negligen(t|ce)|excuse)\b`)

// ask words have no place in a receipt or thank-you.
var asking = regexp.MustCompile(`(?i)\b(please pay|kindly pay|is payable|please transfer|pay now|remind(er|ed)?)\b`)

var (
	ibanLike    = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b`)
	digitRun    = regexp.MustCompile(`\b[0-9](?:[ -]?[0-9]){7,17}\b`)
	isoDate     = regexp.MustCompile(`\b[12][0-9]{3}-[01][0-9]-[0-3][0-9]\b`)
	placeholder = regexp.MustCompile(`\{\{|<no value>|%!`)
)

// tokens are what a message of a class must say.
var tokens = map[domain.MessageClass][]string{
	domain.ClassLegalNotice: {"which has bought", "on the number that you already have", "type the code", "a link alone proves nothing", "{link}"},
	domain.ClassHeadsUp:     {"which has bought", "to the account in our notice", "{link}"},
	domain.ClassReminder:    {"which has bought", "to the account in our notice", "{link}"},
	domain.ClassReceipt:     {"which has bought", "received"},
	domain.ClassThankYou:    {"which has bought", "received", "thank you"},
	domain.ClassAnswer:      {"which has bought", "{link}"},
}

// Lint returns what is wrong with the words of a message: bank details outside
// a notice (D-6), blame and threats below tone 3, an ask in a thank-you, and
// what its class must say and does not. It reads past known, which is what
// others typed: names, numbers, what was delivered.
func Lint(class domain.MessageClass, tone int, text string, known ...string) []string {
	plain := strings.Join(strings.Fields(text), " ")
	var findings []string
	for _, token := range tokens[class] {
		if !strings.Contains(plain, token) {
			findings = append(findings, fmt.Sprintf("it does not say %q", token))
		}
	}
	own := withoutKnown(plain, known)
	if class != domain.ClassLegalNotice && (holdsIBAN(plain) || digitRun.MatchString(isoDate.ReplaceAllString(own, ""))) {
		findings = append(findings, "it carries bank details, which only a notice may")
	}
	if word := blame.FindString(own); word != "" && tone < 3 {
		findings = append(findings, fmt.Sprintf("%q is not said at tone %d", word, tone))
	}
	if word := asking.FindString(own); word != "" && (class == domain.ClassReceipt || class == domain.ClassThankYou) {
		findings = append(findings, fmt.Sprintf("%q is an ask", word))
	}
	if placeholder.MatchString(own) {
		findings = append(findings, "a place holder is left in it")
	}
	return findings
}

// withoutKnown takes out what others typed, the longest first, and references.
func withoutKnown(text string, known []string) string {
	known = slices.Clone(known)
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	for _, word := range known {
		if word = strings.Join(strings.Fields(word), " "); word != "" {
			text = strings.ReplaceAll(text, word, "…")
		}
	}
	return text
}

// bankDetails reports whether a text carries what may be an account number: a
// valid IBAN, or a run of eight and more digits.
func bankDetails(text string) bool {
	return holdsIBAN(text) || digitRun.MatchString(isoDate.ReplaceAllString(text, ""))
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
