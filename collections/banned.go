package collections

import (
	"fmt"
	"regexp"
	"strings"

	"comity/money"
)

// A ban keeps words out of messages of some tones.
type ban struct {
	what     string // what the words are, as a finding calls them
	from, to int    // the tones at which they are not said
	words    *regexp.Regexp
	instead  string // what to say in their place
}

// bans are the words that no message says, tone by tone: legal vocabulary and
// threats wait for tone 4 (C-161), blame for tone 3 (C-57); intimidation,
// judgements, guesses at an intent (C-65), hurry and what is about us alone (C-88)
// are never said.
var bans = []ban{
	{"intimidation", 0, 4, phrases(`or else`, `you will regret`, `you('ll| will) be sorry`, `(last|final) warning`, `make you pay`, `we know where`,
		`name and shame`, `tell your (customers|clients|suppliers|neighbou?rs|bank)`, `ruin(ed|s)?`, `blacklist(ed|ing)?`, `come after you`), "say what is open, and ask for a day"},
	{"a threat", 0, 3, phrases(`(debt )?collect(ion|ions|ing|ors?) agenc(y|ies)`, `debt collectors?`, `credit (rating|bureau|score|report|file)s?`,
		`consequences?`, `final (notice|reminder)`, `last (chance|reminder|notice|opportunity)`, `(be )?forced to`, `no (other )?choice`,
		`no (other )?option but`, `escalat(e|es|ed|ing|ion)`, `(suspend|stop|withhold|cut off) (your|all|the|further) (services?|deliver(y|ies)|suppl(y|ies)|account)`,
		`(we|we'll|we will|we may|we might|we shall) (\w+ )?(take|consider|begin|start) (further |other |legal )?(action|steps|measures)`, `threats?`, `threaten(s|ed|ing)?`, `steps against you`, `put (you|your account) on hold`), "say what is open, and ask for a day"},
	{"legal vocabulary", 0, 3, phrases(`legal (action|steps?|proceedings?|department|team|measures)`, `take (this|it|you) to court`, `lawyers?`, `attorneys?`,
		`solicitors?`, `courts?`, `lawsuits?`, `litigat(e|ion)`, `su(e|ed|es|ing)`, `bailiffs?`, `statutory`, `breach(ed|es)?`, `in default`, `default(ed)? on`,
		`delinquen(t|cy)`, `penalt(y|ies)`, `late (fee|charge|payment fee)s?`, `interest (will|is|may)`, `enforce(d|ment|able)?`, `liab(le|ility)`, `hereby`,
		`pursuant`, `demand(s|ed|ing)?`, `judge?ment (against|will)`, `insolvency`, `creditors?`, `claim against you`, `without prejudice`), "use a plain word"},
	{"blame", 0, 2, phrases(`(you|your company|you people) (have |has )?(failed|neglected|omitted|forgotten)`, `fail(ed|ing|ure|s)? to`, `you (must|have to|are required|are obliged|owe)`, `you need to (pay|settle|transfer|reply|answer|respond)`,
		`you (have not|haven't|did not|didn't|never|still have not|still haven't|have yet to) (paid|pay|reply|replied|answer|answered|respond|responded|settle|settled|honou?r|honou?red|kept|keep)`,
		`(long |well )?overdue`, `past due`, `in arrears`, `your (fault|failure|mistake|delay|error|negligence)`, `(you|company|been|being) (have |has |had |keep |kept )?(been )?ignor(ed?|ing)`, `ignoring (our|us|the)`, `neglect(ed|s|ing)?`,
		`broken? (your )?(promises?|word)`, `broke (your )?(promise|word)`, `as you promised`, `despite (our|several|many|repeated|numerous)`, `yet again`,
		`(repeated|several|numerous|countless) (reminders|requests|letters|attempts)`, `how many times`, `once more we`, `still (unpaid|outstanding|waiting|have not heard)`), "say that it may have slipped by"},
	{"a moral judgement", 0, 4, phrases(`unacceptable`, `irresponsibl[ey]`, `disappoint(ed|ing|ment)`, `shame(ful|fully|less)?`, `dishono?u?rable`, `dishonest(y|ly)?`, `unfair(ly)?`,
		`bad faith`, `unprofessional(ly)?`, `careless(ly|ness)?`, `negligen(t|ce|tly)`, `inexcusable`, `excuses`, `no excuse`, `disrespect(ful|fully)?`, `rude(ly|ness)?`,
		`embarrass(ed|ing|ment)?`, `unreliable`, `untrustworthy`, `(you )?should know better`, `decency`, `moral(ly)?`, `honou?rable (people|businesses|companies)`, `lazy`, `(you|your company) lied`, `lying`, `liars?`, `cheat(s|ed|ing)?`, `steal(ing)?`, `thie(f|ves)`, `fed up`, `sick of`, `outrageous`), "say the fact only"},
	{"a guess at an intent", 0, 4, phrases(`refus(e|es|ed|ing|al) to (pay|answer|reply|respond|cooperate)`, `avoid(s|ed|ing)? (us|payment|paying|our|your obligations?)`, `unwilling`, `deliberate(ly)?`,
		`on purpose`, `do(es)? not (want|intend|mean) to pay`, `don't (want|intend|mean) to pay`, `playing for time`, `hid(e|ing) (from|behind)`, `stall(ing)?`, `pretend(s|ed|ing)?`), "ask what is in the way"},
	{"hurry", 0, 4, phrases(`immediate(ly)?`, `at once`, `urgent(ly)?`, `urgency`, `asap`, `as soon as possible`, `without (further |any )?delay`, `(pay|paid|settle|transfer|reply|answer us)( \w+){0,4} ((right|straight) away|right now)`, `(pay|paid|settle|reply)( \w+){0,4} by (the )?end of (today|the day|business)`, `pay now`, `act now`,
		`hurry( up)?`, `time is running out`, `within (24|48) hours`, `(no later than )?today at the latest`, `forthwith`, `instantly`), "name a day"},
	{"about us and not about the reader", 0, 4, phrases(`our (own )?(cash[- ]?flow|liquidity|bank requires|bank demands|targets?|quota|month[- ]end|bottom line|costs|accounting requires|finance team needs|policy (is|requires)|internal rules?|shareholders|budget)`,
		`we (need|want) (the|our|your|this) money`, `we (also )?have (bills|suppliers|staff|wages) to pay`, `it costs us`, `affects our`, `hurts our`, `our business (depends|suffers)`, `we rely on your payment`), "say what the reader can do"},
}

// mutual are the words that speak of paying on time as good for both (C-93).
var mutual = phrases(`(good|easy|easier|simple|simpler|better|works?( well)?) for (both|the two) (of us|sides)`, `both (of us|sides) (gain|win|benefit)`, `working together`, `(good|long) working relationship`,
	`partnership`, `mutual(ly)?( beneficial)?`)

// consequence are the words of what may follow; none stands beside a mutual one.
var consequence = phrases(`consequences?`, `interest`, `late fees?`, `charges?`, `court`, `agency`, `legal`, `otherwise`, `unless`, `or else`, `suspend(ed)?`, `stop(ped)? (deliver|supply|service)\w*`, `demand`, `by law`)

// promotional are the words of advertising: none in a reminder (D-27).
var promotional = phrases(`discounts?`, `vouchers?`, `coupons?`, `promo(tion|tions|tional)?`, `special offers?`, `offers?`, `on sale`, `bonus(es)?`, `free (gift|sample|trial|shipping)s?`, `gifts?`, `per ?cent off`, `testimonials?`,
	`(our )?customers say`, `refer a friend`, `upgrade`, `new (collection|catalogue|range|season|products?)`, `shop (now|online|with)`, `visit (our|us)`, `subscribe`, `newsletter`, `award[- ]winning`, `order (now|today)`, `don't miss`)

func phrases(patterns ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:\b(?:` + strings.Join(patterns, "|") + `)\b)`)
}

var percentOff = regexp.MustCompile(`(?i)[0-9] ?% (off|less)`)

// capital finds words of capitals; capitals says which are none: what things
// are called.
var (
	capital  = regexp.MustCompile(`\b[A-Z]{2,}\b`)
	capitals = map[string]bool{
		"ACH": true, "SEPA": true, "IBAN": true, "BIC": true, "SWIFT": true, "ABA": true, "PDF": true, "VAT": true, "PO": true, "AP": true, "EDI": true, "ERP": true, "ID": true,
		"OK": true, "UK": true, "US": true, "USA": true, "EU": true, "LLC": true, "LTD": true, "PLC": true, "AG": true, "RF": true, "AM": true, "PM": true, "CSV": true, "XML": true, "TV": true, "IT": true,
	}
)

// LintPhrase returns what is wrong with words that would be said at a tone, each
// finding one plain sentence with a suggestion (C-13): a seller's own line, an
// answer, a clause. It reads the words alone; [Lint] reads a whole message.
func LintPhrase(tone int, phrase string) []string {
	return append(lintWords(tone, phrase, "The text"), shouting(phrase, "The text")...)
}

// lintWords returns what is wrong with words that stand somewhere.
func lintWords(tone int, text, where string) []string {
	flat := strings.Join(strings.Fields(strings.ReplaceAll(text, "’", "'")), " ")
	var findings []string
	for _, b := range bans {
		if tone < b.from || tone > b.to {
			continue
		}
		if word := b.words.FindString(flat); word != "" {
			findings = append(findings, fmt.Sprintf("%s says %q, which is %s and is not said at tone %d: %s.", where, word, b.what, tone, b.instead))
		}
	}
	if word := mutual.FindString(flat); word != "" {
		switch {
		case tone > 2:
			findings = append(findings, fmt.Sprintf("%s says %q, which is a mutual benefit and is not said at tone %d: leave it out.", where, word, tone))
		case consequence.MatchString(flat):
			findings = append(findings, fmt.Sprintf("%s says %q, which is a mutual benefit, beside the consequence %q: leave one of them out.", where, word, consequence.FindString(flat)))
		}
	}
	if strings.Contains(flat, "!") {
		findings = append(findings, where+" has an exclamation mark: end the sentence with a full stop.")
	}
	return findings
}

// shouting finds words in capitals that are no names of things. The letters of a bank in an
// IBAN are none of ours.
func shouting(text, where string) []string {
	text = ibanLike.ReplaceAllString(text, " ")
	for token := range strings.FieldsSeq(text) {
		if strings.ContainsAny(token, "0123456789") {
			continue // a reference
		}
		for _, word := range capital.FindAllString(token, -1) {
			if !capitals[word] && !money.Currency(word).Known() {
				return []string{fmt.Sprintf("%s is shouting %q in capitals: write it in small letters.", where, word)}
			}
		}
	}
	return nil
}
