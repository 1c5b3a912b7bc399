package formats

import (
	"strconv"
	"strings"
)

const einvMaxShownLines = 200

// einvCreditCodes are the type codes (BT-3, UNTDID 1001) of credit notes.
var einvCreditCodes = map[string]bool{
	"81": true, "83": true, "261": true, "262": true, "296": true, "308": true, "381": true,
	"396": true, "420": true, "458": true, "502": true, "503": true, "532": true,
}

func einvValues(nodes []*einvNode) []string {
	var texts []string
	for _, node := range nodes {
		texts = append(texts, node.value())
	}
	return texts
}

// einvJoin joins the texts that are not empty, one on a line.
func einvJoin(nodes []*einvNode) string {
	var texts []string
	for _, text := range einvValues(nodes) {
		if text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n")
}

func einvHasAttr(node *einvNode, name string) bool {
	_, ok := node.attr[name]
	return ok
}

// einvBool reads an xsd:boolean.
func einvBool(text string) (value, ok bool) {
	switch text {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// einvDays reads a period in days or weeks; 0 for anything else.
func einvDays(measure *einvNode) int {
	text := measure.value()
	if whole, fraction, found := strings.Cut(text, "."); found && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	if !ruleDigits(text, 4) {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	switch measure.attr["unitCode"] {
	case "DAY", "":
		return n
	case "WEE":
		return 7 * n
	}
	return 0
}

// vatTotals sets BT-110 and BT-111: the tax totals in the currency of the
// invoice and, if it is another one, in that of the VAT accounting.
func (m *ruleModel) vatTotals(amounts []*einvNode) {
	var own, accounting []*einvNode
	for _, amount := range amounts {
		switch currency := amount.attr["currencyID"]; currency {
		case "":
		case m.currency.text:
			own = append(own, amount)
		case m.taxCurrency:
			accounting = append(accounting, amount)
		}
	}
	m.totals.vat = m.once("BT-110", own)
	m.totals.vatAccounting = m.once("BT-111", accounting)
}

// addLine counts a line and keeps the first ones for display.
func (m *ruleModel) addLine(l ruleLine, shown ELine) {
	m.lines = append(m.lines, l)
	m.invoice.Lines++
	if len(m.invoice.LineItems) < einvMaxShownLines {
		shown.ID, shown.Name = l.id, l.name
		shown.Price, shown.Net = l.price.shown(), l.net.shown()
		m.invoice.LineItems = append(m.invoice.LineItems, shown)
	}
}

// finish copies to the invoice what the rules have established.
func (m *ruleModel) finish() {
	inv := &m.invoice
	inv.Number, inv.IssueDate = m.number.text, m.issued.text
	inv.CreditNote = inv.CreditNote || einvCreditCodes[m.typeCode.text]
	inv.TypeCode, inv.Currency = m.typeCode.text, m.currency.text
	inv.Payable, inv.Prepaid = m.totals.payable.shown(), m.totals.paid.shown()
	inv.Net, inv.VAT, inv.Gross = m.totals.net.shown(), m.totals.vat.shown(), m.totals.gross.shown()
	inv.VATAccountingTotal = m.totals.vatAccounting.shown()
	einvReadTerms(inv)
}
