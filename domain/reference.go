package domain

import (
	"slices"
	"strings"
	"unicode"
)

// A Reference is an ISO 11649 creditor reference: "RF", two check digits and up
// to 21 letters and digits. A debtor who quotes it tells us exactly what was
// paid. The zero Reference is none.
type Reference struct{ text string }

// referenceAlphabet is Crockford's base 32: no I, L, O or U, which people misread.
const referenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	maxReferenceSeed = 13 // bytes that fit into 21 characters of 5 bits
	minReference     = len("RF000")
	maxReference     = len("RF00") + 21
)

// NewReference returns the reference that seed always gives: 13 characters of
// body for 8 bytes, 21 for 13 bytes. Of a longer seed the last 13 bytes count,
// which hold all random bits of a UUIDv7. It panics if seed is empty.
func NewReference(seed []byte) Reference {
	if len(seed) == 0 {
		panic("domain: a reference needs a seed")
	}
	seed = seed[max(0, len(seed)-maxReferenceSeed):]
	var body []byte
	var bits, held uint
	for _, b := range slices.Backward(seed) {
		bits |= uint(b) << held
		for held += 8; held >= 5; held -= 5 {
			body = append(body, referenceAlphabet[bits&31])
			bits >>= 5
		}
	}
	if held > 0 {
		body = append(body, referenceAlphabet[bits&31])
	}
	slices.Reverse(body)
	return Reference{"RF" + checkDigits("RF", string(body)) + string(body)}
}

// ParseReference reads a reference, in groups or not, in either case. It says
// false when text is anything else or the check digits are wrong.
func ParseReference(text string) (Reference, bool) {
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if len(text) < minReference || len(text) > maxReference || !alphanumeric(text) ||
		!strings.HasPrefix(text, "RF") || !checkDigitsHold(text) {
		return Reference{}, false
	}
	return Reference{text}, true
}

// FindReferences returns the valid references inside free text, wherever banks
// broke them with spaces. Where a word may or may not belong to a reference and
// both readings have right check digits, both are returned, the longer first:
// look them up, do not trust the first.
func FindReferences(text string) []Reference {
	runes := []rune(strings.ToUpper(text))
	var found []Reference
	for i := range runes {
		if runes[i] != 'R' || (i > 0 && isAlphanumeric(runes[i-1])) {
			continue
		}
		for _, reference := range referencesAt(runes[i:]) {
			if !slices.Contains(found, reference) {
				found = append(found, reference)
			}
		}
	}
	return found
}

// referencesAt returns the references that start with text and end where a word
// ends, the longest first.
func referencesAt(text []rune) []Reference {
	var found []Reference
	var candidate strings.Builder
	for i := 0; i < len(text) && candidate.Len() < maxReference; i++ {
		switch {
		case isAlphanumeric(text[i]):
			candidate.WriteRune(text[i])
		case !unicode.IsSpace(text[i]):
			return found
		}
		wordEnds := i+1 == len(text) || !isAlphanumeric(text[i+1])
		if !wordEnds || !isAlphanumeric(text[i]) {
			continue
		}
		if reference, ok := ParseReference(candidate.String()); ok {
			found = slices.Insert(found, 0, reference)
		}
	}
	return found
}

// isAlphanumeric reports whether c is a digit or an upper-case ASCII letter.
func isAlphanumeric(c rune) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' }

// IsZero reports whether r is no reference.
func (r Reference) IsZero() bool { return r == Reference{} }

// String returns r as it stands in a file: "RF18539007547034".
func (r Reference) String() string { return r.text }

// Grouped returns r for people, in groups of four: "RF18 5390 0754 7034".
func (r Reference) Grouped() string {
	var grouped strings.Builder
	for i, c := range r.text {
		if i > 0 && i%4 == 0 {
			grouped.WriteByte(' ')
		}
		grouped.WriteRune(c)
	}
	return grouped.String()
}
