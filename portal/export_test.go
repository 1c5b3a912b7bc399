package portal

import (
	"reflect"

	"comity/domain"
	"comity/money"
)

// A Phrase is one sentence of one language, by its name.
type Phrase struct{ Name, Text string }

// Phrases lists everything that the pages say, by language.
func Phrases() map[string][]Phrase {
	all := map[string][]Phrase{}
	for _, w := range tongues {
		all[w.Tag] = phrases("", reflect.ValueOf(*w))
	}
	return all
}

// QuietPhrases lists what the pages say to a debtor that is not told of a sale, by language.
func QuietPhrases() map[string][]Phrase {
	all := map[string][]Phrase{}
	for tag, w := range quietly {
		all[tag] = phrases("", reflect.ValueOf(*w))
	}
	return all
}

func phrases(name string, value reflect.Value) []Phrase {
	var all []Phrase
	switch value.Kind() {
	case reflect.String:
		return []Phrase{{name, value.String()}}
	case reflect.Struct:
		for i := range value.NumField() {
			all = append(all, phrases(name+"/"+value.Type().Field(i).Name, value.Field(i))...)
		}
	case reflect.Array:
		for i := range value.Len() {
			all = append(all, phrases(name, value.Index(i))...)
		}
	case reflect.Map:
		for _, key := range keysOf(value.Type().Key()) {
			text := value.MapIndex(reflect.ValueOf(key).Convert(value.Type().Key()))
			if !text.IsValid() {
				text = reflect.ValueOf("")
			}
			all = append(all, phrases(name+"/"+key, text)...)
		}
	default:
		panic("a catalogue of words holds words only: " + name)
	}
	return all
}

// keysOf lists what a map of words must hold.
func keysOf(kind reflect.Type) []string {
	var keys []string
	switch kind {
	case reflect.TypeFor[domain.DisputeReason]():
		for _, reason := range domain.DisputeReasons() {
			keys = append(keys, string(reason))
		}
	case reflect.TypeFor[domain.Reason]():
		for _, reason := range planReasons {
			keys = append(keys, string(reason))
		}
	default:
		return refusalKeys
	}
	return keys
}

// Written returns a day and an amount as a language writes them.
func Written(tag string, d domain.Date, a money.Amount) (long, short, sum, typed string) {
	for _, w := range tongues {
		if w.Tag == tag {
			return w.long(d), w.short(d), w.sum(a), w.typed(a)
		}
	}
	return "", "", "", ""
}

// RefusedAs returns the name of the phrase that says a refusal, and its field.
func RefusedAs(verb string, r *domain.Refusal) (key, field string) { return english.refused(verb, r) }

// Transfer is the text of an invoice's payment code.
func Transfer(page domain.DebtorPage, item domain.DebtorItem) string { return transfer(page, item) }

// TypedAmount reads an amount as a debtor types it.
func TypedAmount(typed string, c money.Currency) (money.Amount, error) { return typedAmount(typed, c) }
