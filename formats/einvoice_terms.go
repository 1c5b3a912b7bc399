package formats

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// einvSkonto is a line of BT-20 in the XRechnung form of an early-payment
// discount, "#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=100.00#".
var einvSkonto = regexp.MustCompile(`^#SKONTO#TAGE=([0-9]{1,4})#PROZENT=([0-9]{1,3}(?:\.[0-9]{1,4})?)#(?:BASISBETRAG=(-?[0-9]{1,15}(?:\.[0-9]{1,4})?)#)?$`)

// einvPercent is a per cent sign and the number before it, if there is one.
var einvPercent = regexp.MustCompile(`([0-9]{1,3}(?:[.,][0-9]{1,6})?)?[ \x{A0}\x{202F}]*[%٪％﹪]`)

const einvMaxDiscounts = 50

// discount keeps a discount of the structured fields; without a time limit it
// cannot be applied.
func (m *ruleModel) discount(d EDiscount) {
	if d.Percent == "" && d.Amount == "" {
		return
	}
	if d.Days == 0 && d.Until == "" {
		m.invoice.TermsUnclear = true
	}
	einvAddDiscount(&m.invoice, d)
}

// einvAddDiscount adds a discount that makes sense: plain numbers that are not
// negative, 100 per cent at most. One of nothing is none; any other makes the
// terms unclear.
func einvAddDiscount(inv *EInvoice, d EDiscount) {
	percent, okPercent := einvAmountOrNone(d.Percent)
	amount, okAmount := einvAmountOrNone(d.Amount)
	_, okBasis := einvAmountOrNone(d.Basis)
	switch {
	case !okPercent || !okAmount || !okBasis || percent.GreaterThan(ruleHundred):
		inv.TermsUnclear = true
	case percent.IsZero() && amount.IsZero():
	case len(inv.Discounts) == einvMaxDiscounts:
		inv.TermsUnclear = true
	default:
		inv.Discounts = append(inv.Discounts, d)
	}
}

func einvAmountOrNone(text string) (decimal.Decimal, bool) {
	if text == "" {
		return decimal.Decimal{}, true
	}
	value, plain := rulePlain(text)
	return value, plain && !value.IsNegative()
}

// einvReadTerms reads the discounts of BT-20 and decides whether a per cent
// sign is left that no discount explains.
func einvReadTerms(inv *EInvoice) {
	if len(inv.PaymentTermsText) > einvMaxText {
		inv.TermsUnclear = true
		return
	}
	var rest []string
	for line := range strings.SplitSeq(inv.PaymentTermsText, "\n") {
		found := einvSkonto.FindStringSubmatch(strings.TrimSpace(line))
		if found == nil {
			rest = append(rest, line)
			continue
		}
		days, err := strconv.Atoi(found[1])
		if err != nil {
			panic(err) // four digits at most
		}
		einvAddDiscount(inv, EDiscount{Percent: found[2], Days: days, Basis: found[3]})
	}
	left := strings.Join(rest, "\n")
	// A discount line that is not in the agreed form is a discount all the same.
	inv.TermsUnclear = inv.TermsUnclear || strings.Contains(strings.ToUpper(left), "#SKONTO#")
	for _, sign := range einvPercent.FindAllStringSubmatch(left, -1) {
		if inv.TermsUnclear = inv.TermsUnclear || !einvExplained(inv.Discounts, sign[1]); inv.TermsUnclear {
			return
		}
	}
}

// einvExplained reports whether a discount is of so many per cent.
func einvExplained(discounts []EDiscount, percent string) bool {
	said, ok := rulePlain(strings.Replace(percent, ",", ".", 1))
	for _, d := range discounts {
		if value, plain := rulePlain(d.Percent); ok && plain && value.Equal(said) {
			return true
		}
	}
	return false
}
