package portal

import "maps"

// What the pages say to a debtor that is not told of a sale (F-44): they are its supplier's own, and
// know no factor, no notice and no code.

// quietly are those words, by language.
var quietly = map[string]*words{
	english.Tag: &quietEnglish, spanish.Tag: &quietSpanish, french.Tag: &quietFrench, german.Tag: &quietGerman, portuguese.Tag: &quietPortuguese,
}

// in returns the words of a language with some of them said in the seller's voice.
func in(w words, say func(*words)) words {
	w.Refusals = maps.Clone(w.Refusals)
	say(&w)
	return w
}
