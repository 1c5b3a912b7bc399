package inbound

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"comity/money"
)

// figure is a number as people write one: 1,234.56 · 1.234,56 · 1 234,56 · 1'234.56.
const figure = `\d{1,3}(?:[,.'’ ]\d{3})+(?:[.,]\d{1,3})?|\d+(?:[.,]\d{1,3})?`

const mark = `US\$|C\$|CA\$|A\$|AU\$|R\$|[$€£¥₹]|zł|kr\b|[A-Za-z]{3}\b|(?i:dollars?|euros?|pounds?|francs?|franken|d[oó]lar(?:es)?|pesos?|reais)\b`

var (
	marked   = regexp.MustCompile(`(` + mark + `) ?(` + figure + `)(?: ?(k)\b)?`)
	trailing = regexp.MustCompile(`(` + figure + `)(?: ?(k))? ?(` + mark + `)`)
	bare     = regexp.MustCompile(figure)
	percent  = regexp.MustCompile(`\b(\d{1,3}) ?(?:%|per ?cent\b|prozent\b|pour cent\b|por ciento\b|por cento\b)`)
	// what follows a number that is not to be read without it
	larger = regexp.MustCompile(`(?i)^ ?(m|mm|mn|mio|mill?\w*|bn|b|billion\w*|thousand|tausend|tsd|mil|lakh|crore|%)\b|^ ?%|^[.,'’]?\d|^-\d`)
)

// byMark says which currencies a sign or word may stand for.
var byMark = map[string]string{
	"$": "USD CAD AUD NZD SGD HKD MXN TWD CLP COP ARS", "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "r$": "BRL", "€": "EUR", "£": "GBP EGP",
	"¥": "JPY CNY", "₹": "INR", "zł": "PLN", "kr": "SEK NOK DKK ISK", "dollar": "USD CAD AUD NZD SGD HKD", "euro": "EUR", "pound": "GBP EGP",
	"franc": "CHF XOF XAF", "franken": "CHF", "dólar": "USD", "dolar": "USD", "dólare": "USD", "dolare": "USD", "peso": "MXN CLP COP ARS PHP UYU DOP", "reai": "BRL",
}

// currencies lists those of the items, each once.
func (s *scan) currencies() []money.Currency {
	var list []money.Currency
	for _, item := range s.items {
		if c := item.Open.Currency(); c.Known() && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// currencyOf returns the one currency of the items that a sign stands for.
func (s *scan) currencyOf(sign string) (money.Currency, bool) {
	sign = strings.ToLower(sign)
	candidates, known := byMark[sign]
	if !known {
		candidates, known = byMark[strings.TrimSuffix(sign, "s")]
	}
	if !known {
		candidates = strings.ToUpper(sign)
	}
	var found money.Currency
	for _, c := range s.currencies() {
		if !slices.Contains(strings.Fields(candidates), string(c)) {
			continue
		}
		if found != "" {
			return "", false // "$" of two kinds of dollars
		}
		found = c
	}
	return found, found != ""
}

// exact reads a figure to the minor unit, or not at all.
func exact(figure string, thousands bool, c money.Currency) (money.Amount, bool) {
	figure = strings.NewReplacer(" ", "", "'", "", "’", "").Replace(figure)
	last := strings.LastIndexAny(figure, ".,")
	plain := figure
	if last >= 0 {
		separator := figure[last : last+1]
		whole, fraction := figure[:last], figure[last+1:]
		grouped := strings.Count(figure, separator) > 1
		switch {
		case len(fraction) == 3 && (grouped || c.Places() < 3 && !strings.ContainsAny(whole, ".,")):
			plain = strings.NewReplacer(".", "", ",", "").Replace(figure)
		case grouped || strings.Contains(whole, separator):
			return money.Amount{}, false
		default:
			plain = strings.NewReplacer(".", "", ",", "").Replace(whole) + "." + fraction
		}
	}
	if thousands {
		if strings.Contains(plain, ".") {
			return money.Amount{}, false
		}
		plain += "000"
	}
	if len(plain) > 15 {
		return money.Amount{}, false
	}
	amount, err := money.ParseExact(plain, c)
	return amount, err == nil && amount.Positive()
}

// findAmounts lists the sums in the text, in order.
func (s *scan) findAmounts() []FoundAmount {
	var found []FoundAmount
	for _, m := range marked.FindAllStringSubmatchIndex(s.text, -1) {
		found = s.addAmount(found, m[0], m[1], s.text[m[2]:m[3]], s.text[m[4]:m[5]], m[6] >= 0)
	}
	for _, m := range trailing.FindAllStringSubmatchIndex(s.text, -1) {
		found = s.addAmount(found, m[0], m[1], s.text[m[6]:m[7]], s.text[m[2]:m[3]], m[4] >= 0)
	}
	found = append(found, s.unmarked()...)
	found = append(found, s.relative()...)
	return sortFound(found, func(a FoundAmount) Evidence { return a.Evidence })
}

func (s *scan) addAmount(list []FoundAmount, start, end int, sign, figure string, thousands bool) []FoundAmount {
	if !s.apart(start, end) {
		return list
	}
	c, known := s.currencyOf(sign)
	if !known {
		return list
	}
	if amount, ok := exact(figure, thousands, c); ok {
		list = append(list, FoundAmount{Amount: amount, Evidence: s.evidence(start, end)})
	}
	return list
}

// apart reports whether nothing touches a number that would change it.
func (s *scan) apart(start, end int) bool {
	return !joined(s.text[:start]) && !larger.MatchString(s.text[end:min(end+20, len(s.text))])
}

// joined reports whether text ends within a word or number.
func joined(before string) bool {
	if before == "" {
		return false
	}
	last := before[len(before)-1]
	if (last == '.' || last == ',' || last == '-' || last == '/') && len(before) > 1 {
		return alphanumeric(before[len(before)-2])
	}
	return alphanumeric(last) || last >= 0x80 && !strings.HasSuffix(before, "–") && !strings.HasSuffix(before, "“")
}

func alphanumeric(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

var (
	paysBefore = set("pay paying paid transfer transferred send sending sent wire wired remit remitted settle owe zahlen zahle bezahlen bezahle uberweisen uberweise " +
		"payer paierons virer regler pagar pagaremos pagare transferir pagarei abonar deduct")
	passesOver = set("you about the a sum of only further another at least up to exactly ihnen zunachst vous les un importe de")
	goesOn     = set("on by now today tomorrow this next and in immediately of first then before within but monday tuesday wednesday thursday friday per each at yesterday last " +
		"am bis jetzt sofort heute morgen und le avant maintenant et el hoy manana y ahora em hoje amanha e agora which as for")
)

// unmarked reads numbers without a currency after a word of paying, if all
// items have one currency: "we can pay 5,000 on Friday", not "pay 40 chairs".
func (s *scan) unmarked() []FoundAmount {
	currencies := s.currencies()
	if len(currencies) != 1 {
		return nil
	}
	var found []FoundAmount
	for _, m := range bare.FindAllStringIndex(s.text, -1) {
		at := s.tokenAt(m[0])
		if m[1]-m[0] < 3 || at >= len(s.tokens) || s.tokens[at].start != m[0] || !s.apart(m[0], m[1]) || s.dated(m[0]) || s.signed(m[0], m[1]) {
			continue
		}
		i := at - 1
		for i >= 0 && i >= at-3 && passesOver[s.tokens[i].text] {
			i--
		}
		last := s.tokenAt(m[1] - 1)
		follows := last + 1
		if i < 0 || !paysBefore[s.tokens[i].text] || s.tokens[i].sentence != s.tokens[at].sentence ||
			follows < len(s.tokens) && s.tokens[follows].clause == s.tokens[at].clause && !goesOn[s.tokens[follows].text] {
			continue
		}
		if amount, ok := exact(s.text[m[0]:m[1]], false, currencies[0]); ok {
			found = append(found, FoundAmount{Amount: amount, Assumed: true, Evidence: s.evidence(m[0], m[1])})
		}
	}
	return found
}

// signed reports whether a currency's sign stands beside a number.
func (s *scan) signed(start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s.text[max(start-8, 0):start], " "))
	behind, _ := utf8.DecodeRuneInString(strings.TrimLeft(s.text[end:min(end+8, len(s.text))], " "))
	return unicode.Is(unicode.Sc, before) || unicode.Is(unicode.Sc, behind)
}

// dated reports whether a place belongs to a day that was found.
func (s *scan) dated(place int) bool {
	n, _ := slices.BinarySearchFunc(s.dates, place, func(d FoundDate, place int) int {
		if d.Evidence.End <= place {
			return -1
		}
		return 1
	})
	return n < len(s.dates) && s.dates[n].Evidence.Start <= place
}

// The marks of sums that are a share of what is open.
const (
	markHalf  Code = "half"
	markWhole Code = "whole"
)

// relative reads "half", "the whole amount" and "30 %" of the invoices named,
// or of all, if the share is a whole number of minor units.
func (s *scan) relative() []FoundAmount {
	base, ok := s.open()
	if !ok {
		return nil
	}
	var found []FoundAmount
	add := func(hundredths int64, start, end int) {
		units := base.Units()
		if hundredths > 0 && hundredths <= 100 && units*hundredths%100 == 0 {
			amount := money.Minor(units/100*hundredths+units%100*hundredths/100, base.Currency())
			found = append(found, FoundAmount{Amount: amount, Relative: true, Evidence: s.evidence(start, end)})
		}
	}
	for _, h := range s.hits {
		switch h.code {
		case markHalf:
			add(50, s.tokens[h.from].start, s.tokens[h.to-1].end)
		case markWhole:
			add(100, s.tokens[h.from].start, s.tokens[h.to-1].end)
		default:
		}
	}
	for _, m := range percent.FindAllStringSubmatchIndex(s.text, -1) {
		at := s.tokenAt(m[0])
		near := false
		for i := max(at-8, 0); i < len(s.tokens) && i < at; i++ {
			near = near || payWords[s.tokens[i].text] && s.tokens[i].sentence == s.tokens[at].sentence
		}
		if near && !joined(s.text[:m[0]]) {
			var hundredths int64
			for _, digit := range s.text[m[2]:m[3]] {
				hundredths = hundredths*10 + int64(digit-'0')
			}
			add(hundredths, m[0], m[1])
		}
	}
	return found
}

// open adds up the invoices that the text names, or all of them.
func (s *scan) open() (money.Amount, bool) {
	named := invoices(s.text, "", s.items)
	var sum money.Amount
	for _, item := range s.items {
		counts := len(named) == 0 || slices.ContainsFunc(named, func(f FoundInvoice) bool { return f.Invoice == item.Invoice })
		switch {
		case !counts || !item.Open.Positive() || item.Open.Units() > maxOpen:
		case sum.Currency() == "":
			sum = item.Open
		case sum.Currency() != item.Open.Currency() || sum.Units() > maxOpen:
			return money.Amount{}, false
		default:
			sum = sum.Plus(item.Open)
		}
	}
	return sum, sum.Positive() && sum.Units() <= maxOpen
}

// maxOpen keeps a percentage of what is open within an int64.
const maxOpen = 10_000_000_000_000_000

// invoices lists the items whose number stands in the text or the subject.
func invoices(text, subject string, items []Item) []FoundInvoice {
	var found []FoundInvoice
	for _, item := range items {
		number := strings.TrimSpace(item.Invoice)
		if number == "" || slices.ContainsFunc(found, func(f FoundInvoice) bool { return f.Invoice == item.Invoice }) {
			continue
		}
		for i, t := range []string{text, subject} {
			if at := indexNumber(t, number); at >= 0 && len(found) < MaxFound {
				found = append(found, FoundInvoice{item.Invoice, Evidence{i == 1, at, at + len(number), t[at : at+len(number)]}})
				break
			}
		}
	}
	return found
}

// indexNumber finds an invoice number that is not a part of a longer one. A
// short one of digits only must have a word for "invoice" before it.
func indexNumber(text, number string) int {
	lower, wanted := asciiLower(text), asciiLower(number)
	short := len(number) < 5 && strings.Trim(number, "0123456789") == ""
	for at := 0; ; {
		found := strings.Index(lower[at:], wanted)
		if found < 0 {
			return -1
		}
		found += at
		before, behind := text[:found], text[found+len(number):]
		if !joined(before) && !strings.HasSuffix(before, "$") && !continues(behind) &&
			(!short || invoiceBefore.MatchString(before[max(len(before)-40, 0):])) {
			return found
		}
		at = found + 1
	}
}

var invoiceBefore = regexp.MustCompile(`(?i)(invoices?|inv\.?|rechnung(en)?|re\.?|factures?|facturas?|faturas?|nota|nf)[ \t]*(nos?\.?|nr\.?|n[°º]|number|nummer|#|:)?[ \t]*(#|\d{1,6}( and | und | et | y | e |, ?))?$|#$`)

// continues reports whether a number goes on behind a place.
func continues(behind string) bool {
	if behind == "" {
		return false
	}
	if strings.IndexByte("-./,_", behind[0]) >= 0 && len(behind) > 1 {
		return alphanumeric(behind[1])
	}
	return alphanumeric(behind[0]) || behind[0] >= 0x80 && behind[0] != 0xe2 && behind[0] != 0xc2
}

// asciiLower keeps every byte in its place.
func asciiLower(s string) string {
	lower := []byte(s)
	for i, b := range lower {
		if b >= 'A' && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return string(lower)
}
