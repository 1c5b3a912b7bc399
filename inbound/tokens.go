package inbound

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is one word or number of a text: in lower case and without accents,
// and where it stands.
type token struct {
	text       string
	start, end int
	sentence   int  // its number
	clause     int  // a comma, a colon or "but" begins another
	asks       bool // its sentence ends with "?"
}

// tokenize divides text into words.
func tokenize(text string) []token {
	t := tokenizer{text: text}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			t.mark(r, at, at+size)
			at += size
			continue
		}
		end := t.wordEnd(at)
		t.add(at, end)
		at = end
	}
	return t.tokens
}

type tokenizer struct {
	text             string
	tokens           []token
	sentence, clause int
	first            int // token of the sentence
}

// wordEnd returns where the word or number at a place ends. A number keeps its
// points and commas, a word its apostrophe.
func (t *tokenizer) wordEnd(at int) int {
	first, _ := utf8.DecodeRuneInString(t.text[at:])
	number := unicode.IsDigit(first)
	for end := at; end < len(t.text); {
		r, size := utf8.DecodeRuneInString(t.text[end:])
		next, _ := utf8.DecodeRuneInString(t.text[end+size:])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
		case number && (r == '.' || r == ',') && unicode.IsDigit(next):
		case !number && (r == '\'' || r == '’') && unicode.IsLetter(next):
			if elided[strings.ToLower(t.text[at:end])] {
				return end
			}
		default:
			return end
		}
		end += size
	}
	return len(t.text)
}

// elided are the French words that lose their vowel: "l'accord" is two words.
var elided = set("l d n j s c m t qu")

func (t *tokenizer) add(start, end int) {
	word := fold(t.text[start:end])
	if turns[word] {
		t.clause++
	}
	t.tokens = append(t.tokens, token{text: word, start: start, end: end, sentence: t.sentence, clause: t.clause})
}

// turns are the words after which the sentence says something else.
var turns = set("but however although though yet aber jedoch sondern mais pero sino mas porem and und et y e")

// mark takes in what stands between words.
func (t *tokenizer) mark(r rune, at, end int) {
	next, _ := utf8.DecodeRuneInString(t.text[end:])
	open := end == len(t.text) || unicode.IsSpace(next) || strings.ContainsRune(`"'”’)»*_<`, next)
	switch {
	case r == '?' && open:
		for i := t.first; i < len(t.tokens); i++ {
			t.tokens[i].asks = true
		}
		t.endSentence()
	case (r == '!' || r == ';' || r == '…' || r == '•') && open, r == '。', r == '.' && open && !t.abbreviated(end):
		t.endSentence()
	case r == '\n' && (strings.HasPrefix(t.text[end:], "\n") || t.shortLine(at) && !unicode.IsLower(next) || next == '-' || next == '*'):
		t.endSentence()
	case strings.ContainsRune(",:()–—", r):
		t.clause++
	}
}

func (t *tokenizer) endSentence() {
	t.sentence++
	t.clause++
	t.first = len(t.tokens)
}

// abbreviated reports whether the full stop before a place belongs to the word
// before it, as in "approx." and "20. März".
func (t *tokenizer) abbreviated(at int) bool {
	if len(t.tokens) == 0 {
		return false
	}
	word := t.tokens[len(t.tokens)-1].text
	if strings.Contains(word, ".") && strings.Trim(word, "0123456789.") == "" {
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(cut(t.text[at:], 40), " \n"))
		return unicode.IsLower(next) // "am 5.3. überwiesen"
	}
	if dayNumber(word) > 0 {
		next := strings.TrimLeft(cut(t.text[at:], 40), " \n")
		end := strings.IndexFunc(next, func(r rune) bool { return !unicode.IsLetter(r) })
		if end < 0 {
			end = len(next)
		}
		return months[fold(next[:end])] != 0
	}
	return abbreviations[word]
}

var abbreviations = set("mr mrs ms dr st no nr inv approx ca bzw z zzgl inkl num fact ref art abs bsp usw sr sra dna mme m p")

// shortLine reports whether the line that ends at a place was ended on purpose.
func (t *tokenizer) shortLine(at int) bool {
	return at-1-strings.LastIndexByte(t.text[:at], '\n') < 45
}

// fold returns a word in lower case and without accents.
func fold(word string) string {
	word = strings.ToLower(word)
	ascii := true
	for i := range len(word) {
		ascii = ascii && word[i] < utf8.RuneSelf
	}
	if ascii {
		return word
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		if plain, known := accents[r]; known {
			return plain
		}
		return r
	}, strings.ReplaceAll(word, "ß", "ss"))
}

var accents = func() map[rune]rune {
	table := map[rune]rune{'’': '\''}
	for plain, letters := range map[rune]string{
		'a': "àáâãäå", 'c': "ç", 'e': "èéêë", 'i': "ìíîï", 'n': "ñ", 'o': "òóôõöø", 'u': "ùúûü", 'y': "ýÿ",
	} {
		for _, letter := range letters {
			table[letter] = plain
		}
	}
	return table
}()
