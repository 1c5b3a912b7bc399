package inbound

import (
	"slices"
	"strings"
)

// A pattern is words in order. In its source "a|b" is either word, "pay*" a
// word that begins so, "?the" a word that may be missing, and "~3" up to three
// other words of the same sentence. A pattern in the list of a code stands on a
// line of its own.
type pattern struct {
	code  Code
	guard guard
	parts []element
}

type element struct {
	words    []string // with "*" at the end for a beginning
	optional bool
	gap      int
}

// A guard says what takes the meaning from a phrase.
type guard int

const (
	fixed guard = iota // nothing: the phrase carries its own "not"
	plain              // a "not" before, within or after it
	claim              // also an "if", a "will" or a question
)

// A phrasebook finds patterns by the beginning of their first word.
type phrasebook map[string][]pattern

const keyLength = 3

// rule is the phrases of one code in one language.
type rule struct {
	code    Code
	guard   guard
	phrases string
}

func compile(books ...[]rule) phrasebook {
	book := phrasebook{}
	for _, rules := range books {
		for _, r := range rules {
			for line := range strings.Lines(r.phrases) {
				parts := parsePattern(line)
				if len(parts) == 0 {
					continue
				}
				keys := map[string]bool{}
				for _, word := range parts[0].words {
					keys[key(strings.TrimSuffix(word, "*"))] = true
				}
				for k := range keys {
					book[k] = append(book[k], pattern{r.code, r.guard, parts})
				}
			}
		}
	}
	return book
}

func key(word string) string { return word[:min(len(word), keyLength)] }

func parsePattern(line string) []element {
	var parts []element
	for word := range strings.FieldsSeq(line) {
		switch word[0] {
		case '~':
			parts = append(parts, element{gap: int(word[1] - '0')})
		case '?':
			parts = append(parts, element{words: strings.Split(word[1:], "|"), optional: true})
		default:
			parts = append(parts, element{words: strings.Split(word, "|")})
		}
	}
	return parts
}

// hit is a phrase that was found: tokens from to before to, and those of them
// that the pattern only passed over.
type hit struct {
	code     Code
	guard    guard
	from, to int
	passed   []int
}

// find lists every phrase of the book, in the order of the text.
func (b phrasebook) find(tokens []token) []hit {
	var hits []hit
	for i, t := range tokens {
		for n := 1; n <= keyLength && n <= len(t.text); n++ {
			for _, p := range b[t.text[:n]] {
				if to, passed, ok := match(tokens, i, i, p.parts, nil); ok && !sameHit(hits, p.code, i, to) {
					hits = append(hits, hit{p.code, p.guard, i, to, passed})
				}
			}
		}
	}
	return hits
}

// sameHit reports whether the last hits already say so.
func sameHit(hits []hit, code Code, from, to int) bool {
	for i := len(hits) - 1; i >= 0 && hits[i].from == from; i-- {
		if hits[i].code == code && hits[i].to == to {
			return true
		}
	}
	return false
}

// match tries the rest of a pattern at token at; what was begun at token start
// must stay in its sentence.
func match(tokens []token, start, at int, parts []element, passed []int) (int, []int, bool) {
	if len(parts) == 0 {
		return at, passed, true
	}
	part := parts[0]
	if part.gap > 0 {
		for skip := 0; skip <= part.gap; skip++ {
			if skip > 0 && (at+skip > len(tokens) || tokens[at+skip-1].sentence != tokens[start].sentence) {
				return 0, nil, false
			}
			if skip > 0 {
				passed = append(passed[:len(passed):len(passed)], at+skip-1)
			}
			if to, all, ok := match(tokens, start, at+skip, parts[1:], passed); ok {
				return to, all, true
			}
		}
		return 0, nil, false
	}
	if at < len(tokens) && tokens[at].sentence == tokens[start].sentence && part.accepts(tokens[at].text) {
		if to, all, ok := match(tokens, start, at+1, parts[1:], passed); ok {
			return to, all, true
		}
	}
	if part.optional {
		return match(tokens, start, at, parts[1:], passed)
	}
	return 0, nil, false
}

func (e element) accepts(word string) bool {
	for _, w := range e.words {
		if beginning, open := strings.CutSuffix(w, "*"); w == word || open && strings.HasPrefix(word, beginning) {
			return true
		}
	}
	return false
}

// holds reports whether nothing around a phrase takes its meaning away.
func (h hit) holds(tokens []token) bool {
	if h.guard == fixed {
		return true
	}
	if negated(tokens, h.from, h.to) {
		return false
	}
	for _, i := range h.passed {
		if negates(tokens, i) || h.guard == claim && (unreal[tokens[i].text] || modal[tokens[i].text]) {
			return false
		}
	}
	return h.guard != claim || !supposed(tokens, h.from) && !h.happenedToThem(tokens)
}

// happenedToThem reads "we were paid" and "we have been paid": not by us, to them.
func (h hit) happenedToThem(tokens []token) bool {
	if h.from == 0 || tokens[h.from-1].text != "we" && tokens[h.from-1].text != "i" {
		return false
	}
	for i := h.from; i < h.to; i++ {
		if word := tokens[i].text; word == "been" || i == h.from && (word == "was" || word == "were" || word == "are") {
			return true
		}
	}
	return false
}

const (
	negationReach = 4 // words before a phrase
	negationAfter = 3 // words after it: "wir bestreiten das nicht"
	supposeReach  = 6
	modalReach    = 2
	maxClause     = 50
)

// negated reports a "not" close to the tokens from to before to.
func negated(tokens []token, from, to int) bool {
	for i := from - 1; i >= 0 && i >= from-negationReach && tokens[i].clause == tokens[from].clause; i-- {
		if negates(tokens, i) {
			return true
		}
	}
	for i := to; i < len(tokens) && i < to+negationAfter && tokens[i].clause == tokens[to-1].clause; i++ {
		if after[tokens[i].text] {
			return true
		}
	}
	return deniedAfter(tokens, to)
}

// deniedAfter reads "… is not the problem".
func deniedAfter(tokens []token, to int) bool {
	i := to
	next := func(words string) bool {
		if i < len(tokens) && tokens[i].sentence == tokens[to-1].sentence && slices.Contains(strings.Fields(words), tokens[i].text) {
			i++
			return true
		}
		return false
	}
	if next("is was are were") && !next("not") || i == to && !next("isn't wasn't aren't weren't") {
		return false
	}
	next("the a an our")
	return next("problem issue reason case point cause")
}

// negates reports whether token i turns what follows into its opposite.
func negates(tokens []token, i int) bool {
	word := tokens[i].text
	if !negators[word] && !strings.HasSuffix(word, "n't") && !strings.HasPrefix(word, "kein") {
		return false
	}
	if i+1 == len(tokens) || tokens[i+1].sentence != tokens[i].sentence {
		return true
	}
	next := tokens[i+1].text
	if word == "not" || word == "nicht" {
		return next != "only" && next != "just" && next != "nur"
	}
	return word != "no" || next != "we" && next != "i" && (next[0] < '0' || next[0] > '9') // "invoice no. 12"
}

// supposed reports that a claim is only an "if", a plan or a question.
func supposed(tokens []token, from int) bool {
	for i := from; i >= 0 && i >= from-supposeReach && tokens[i].sentence == tokens[from].sentence; i-- {
		if unreal[tokens[i].text] {
			return true
		}
		if i < from && i >= from-modalReach && modal[tokens[i].text] || i == from-1 && tokens[i].text == "to" {
			return true
		}
	}
	first := from
	for first > 0 && first > from-maxClause && tokens[first-1].clause == tokens[from].clause {
		first--
	}
	return tokens[from].asks && asking[tokens[first].text]
}

var (
	negators = set("not no never nobody none neither nor nothing without hardly cannot cant dont wont didnt havent hasnt isnt wasnt doesnt " +
		"nicht nie niemals ohne pas jamais sans ni nunca sin nao sem nenhum nenhuma ningun ninguna")
	after  = set("nicht pas")
	unreal = set("if whether unless once when until till assuming suppose soon wenn falls ob sobald bis si des lorsque quand jusqu cuando hasta quando se ate assim")
	modal  = set("will would shall should must could may might can cannot be being get gets getting got going expect expects want " +
		"werden wird wollen sollte sollten muss mussen serait sera seront devrait sera seran sera serao deve debe")
	asking = set("has have had did was were is are do does can could would will may might hat haben habe wurde ist est a avez avons ha han foi")
)
