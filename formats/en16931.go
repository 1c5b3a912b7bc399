package formats

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// A ruleNumber is an amount, price or rate on the file. Absent ones have seen
// false; one that is no plain decimal, or stands twice, is seen but not plain,
// and no sum that needs it is judged: the file is refused for it already.
type ruleNumber struct {
	text        string
	value       decimal.Decimal
	seen, plain bool
}

// The digits of a plain decimal. Fifteen before the point is beyond any
// invoice and within every integer we compute with.
const (
	ruleMaxWhole    = 15
	ruleMaxFraction = 20
)

// rulePlain reads -?digits(.digits)? exactly; a sign "+", white space, an
// exponent, ".5" and "5." are refused, although xsd:decimal allows some.
func rulePlain(text string) (decimal.Decimal, bool) {
	digits := strings.TrimPrefix(text, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if !ruleDigits(whole, ruleMaxWhole) || point && !ruleDigits(fraction, ruleMaxFraction) {
		return decimal.Decimal{}, false
	}
	value, err := decimal.NewFromString(text)
	return value, err == nil
}

func ruleDigits(text string, most int) bool {
	if len(text) == 0 || len(text) > most {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// shown is the text for an EInvoice: a plain decimal, or nothing.
func (n ruleNumber) shown() string {
	if n.plain {
		return n.text
	}
	return ""
}

// decimals counts the digits after the point, as the official checks do.
func (n ruleNumber) decimals() int {
	if !n.plain {
		return 0
	}
	_, fraction, _ := strings.Cut(n.text, ".")
	return len(fraction)
}

// ruleMaxVAT bounds the VAT breakdowns, each of which is compared with every
// line; an invoice has one for each category and rate.
const ruleMaxVAT = 100

// ruleUsable reports whether no number is there without being readable.
func ruleUsable(numbers ...ruleNumber) bool {
	for _, n := range numbers {
		if n.seen && !n.plain {
			return false
		}
	}
	return true
}

func ruleSum(numbers []ruleNumber) decimal.Decimal {
	var sum decimal.Decimal
	for _, n := range numbers {
		sum = sum.Add(n.value)
	}
	return sum
}

var ruleHalf = decimal.New(5, -1)

// ruleRound rounds to places as XPath does: half towards plus infinity.
func ruleRound(d decimal.Decimal, places int32) decimal.Decimal {
	return d.Shift(places).Add(ruleHalf).Floor().Shift(-places)
}

// A ruleText is a text on the file; twice ones are empty.
type ruleText struct {
	text  string
	twice bool
}

func (t ruleText) missing() bool { return t.text == "" && !t.twice }

// A ruleModel is the invoice as the rules see it, the same for both syntaxes.
type ruleModel struct {
	invoice EInvoice
	ubl     bool
	broken  []string // X-AMOUNT and X-TWICE-…, found while mapping
	warned  []string

	specification                      string
	number, issued, typeCode, currency ruleText
	taxCurrency                        string
	seller, buyer                      ruleParty
	totals                             ruleTotals
	taxTotals                          []ruleTaxTotal // of the document
	breakdown                          []ruleVAT      // BG-23
	lineBreakdown                      []ruleVAT      // UBL only: of TaxTotals elsewhere
	adjustments                        []ruleAdjustment
	lines                              []ruleLine
}

type ruleParty struct {
	name, country string // as the rules want them, without our fallbacks
	address       bool
}

// ruleTotals is BG-22; exists is false when the whole group is missing.
type ruleTotals struct {
	exists                            bool
	lineNet, allowances, charges, net ruleNumber // BT-106 … BT-109
	vat, vatAccounting                ruleNumber // BT-110, BT-111
	gross, paid, rounding, payable    ruleNumber // BT-112 … BT-115
}

// A ruleTaxTotal is a total VAT amount; in CII it has no subtotals of its own.
type ruleTaxTotal struct {
	amount    ruleNumber
	currency  string
	subtotals []ruleNumber
}

// A ruleVAT is one VAT breakdown. isVAT is whether its tax scheme is VAT;
// rate is absent when it is not.
type ruleVAT struct {
	taxable, tax, rate ruleNumber
	category           string
	isVAT              bool
}

// A ruleAdjustment is an allowance (a negative one) or a charge.
type ruleAdjustment struct {
	charge       bool
	amount, base ruleNumber
	categories   []ruleCategory
	reason       bool
}

type ruleCategory struct {
	code  string
	rate  ruleNumber
	isVAT bool
}

type ruleLine struct {
	id, name       string
	quantity, unit bool
	net, price     ruleNumber
	categories     []ruleCategory
	adjustments    []ruleAdjustment
}

// plain reads a number and notes X-AMOUNT when it is none.
func (m *ruleModel) plain(node *einvNode) ruleNumber {
	if node == nil {
		return ruleNumber{}
	}
	n := ruleNumber{text: node.text, seen: true}
	n.value, n.plain = rulePlain(n.text)
	if !n.plain {
		m.broken = append(m.broken, einvRuleAmount)
	}
	return n
}

// once reads a number that may stand once, and notes X-TWICE-… when it stands
// more often: a second value never wins, nor does the first.
func (m *ruleModel) once(term string, nodes []*einvNode) ruleNumber {
	if len(nodes) > 1 {
		m.twice(term)
		for _, node := range nodes {
			m.plain(node)
		}
		return ruleNumber{seen: true}
	}
	if len(nodes) == 0 {
		return ruleNumber{}
	}
	return m.plain(nodes[0])
}

// onceText is once for texts.
func (m *ruleModel) onceText(term string, nodes []*einvNode) ruleText {
	if len(nodes) > 1 {
		m.twice(term)
		return ruleText{twice: true}
	}
	if len(nodes) == 0 {
		return ruleText{}
	}
	return ruleText{text: nodes[0].value()}
}

func (m *ruleModel) twice(term string) { m.broken = append(m.broken, einvRuleTwice+term) }

// dueDate sets BT-9 from the dates a file gives. The same date may stand in
// several groups (each payment means of a credit note has its own); different
// ones are no due date.
func (m *ruleModel) dueDate(texts []string, read func(string) string) {
	for _, text := range texts[min(1, len(texts)):] {
		if text != texts[0] {
			m.twice("BT-9")
			return
		}
	}
	if len(texts) == 0 || texts[0] == "" {
		return
	}
	if m.invoice.DueDate = read(texts[0]); m.invoice.DueDate == "" {
		m.warned = append(m.warned, "X-DATE-BT-9")
	}
}

// ruleISODate reads an xsd:date and drops its offset; "" when it is none.
func ruleISODate(text string) string {
	if len(text) < len(time.DateOnly) {
		return ""
	}
	day, offset := text[:len(time.DateOnly)], text[len(time.DateOnly):]
	if offset != "" && offset != "Z" {
		if _, err := time.Parse("-07:00", offset); err != nil {
			return ""
		}
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ""
	}
	return day
}

// ruleBasicDate reads a date in UN/CEFACT format 102, CCYYMMDD; "" when it is
// none.
func ruleBasicDate(text string) string {
	if len(text) != 8 || !ruleDigits(text, 8) {
		return ""
	}
	return ruleISODate(text[:4] + "-" + text[4:6] + "-" + text[6:])
}
