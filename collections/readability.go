package collections

import (
	"regexp"
	"strings"
	"unicode"
)

// maxGrade is the highest school grade that a letter may need, in thousandths
// (C-14).
const maxGrade = 9_000

var sentenceEnd = regexp.MustCompile(`[.!?:;]+(?:["”)]+)?(?:\s|$)|\n`)

// Grade returns the school grade that prose asks of its reader, in thousandths:
// 0.39 words a sentence + 11.8 syllables a word - 15.59 (Flesch and Kincaid,
// 1975). Numbers, amounts, references and addresses are read at a glance, so
// they are neither words nor syllables; a line break ends a sentence. Prose
// without words needs no grade: 0.
func Grade(prose string) int {
	words, sentences, syllables := 0, 0, 0
	for _, sentence := range sentenceEnd.Split(prose, -1) {
		before := words
		for _, word := range strings.Fields(sentence) {
			if word = aloud(word); word != "" {
				words++
				syllables += syllablesOf(word)
			}
		}
		if words > before {
			sentences++
		}
	}
	if words == 0 {
		return 0
	}
	return (390*words*words + 11_800*syllables*sentences - 15_590*words*sentences) / (words * sentences)
}

// aloud returns the letters of a word that is read aloud, in lower case; "" for
// numbers, codes and addresses.
func aloud(word string) string {
	word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(word) > 1 && word == strings.ToUpper(word) || strings.ContainsAny(word, "0123456789@{}/") {
		return ""
	}
	return strings.ToLower(word)
}

// heard are the letters after which an ending is a syllable of its own.
var heard = map[string]string{"e": "l", "es": "csxzg", "ed": "td"}

// syllablesOf counts groups of vowels, less an e that is not heard.
func syllablesOf(word string) int {
	count, inVowel := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouyäöüáéíóúàèìòùâêîôû", r)
		if vowel && !inVowel {
			count++
		}
		inVowel = vowel
	}
	for _, silent := range []string{"e", "es", "ed"} {
		stem, ends := strings.CutSuffix(word, silent)
		if !ends || stem == "" || count < 2 || strings.ContainsAny(stem[len(stem)-1:], "aeiouy") {
			continue
		}
		last := stem[len(stem)-1:]
		if !strings.Contains(heard[silent], last) {
			count--
		}
		break
	}
	return max(count, 1)
}
