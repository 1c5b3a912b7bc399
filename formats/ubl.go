package formats

import (
	"slices"
	"strings"
)

// ublModel reads a UBL 2.1 Invoice or CreditNote.
func ublModel(root *einvNode) *ruleModel {
	m := &ruleModel{ubl: true}
	inv := &m.invoice
	inv.Syntax, inv.CreditNote = "ubl", root.name == "cn:CreditNote"
	m.specification = root.get("cbc:CustomizationID")
	m.number = m.onceText("BT-1", root.all("cbc:ID"))
	m.issued = m.onceText("BT-2", root.all("cbc:IssueDate"))
	m.issued.text = ruleISODate(m.issued.text)
	m.typeCode = m.onceText("BT-3", slices.Concat(root.all("cbc:InvoiceTypeCode"), root.all("cbc:CreditNoteTypeCode")))
	m.currency = m.onceText("BT-5", root.all("cbc:DocumentCurrencyCode"))
	m.taxCurrency = root.get("cbc:TaxCurrencyCode")
	m.dueDate(ublDueDates(m, root), ruleISODate)

	inv.Seller, m.seller = ublParty(root.first("cac:AccountingSupplierParty/cac:Party"))
	inv.Buyer, m.buyer = ublParty(root.first("cac:AccountingCustomerParty/cac:Party"))
	inv.OrderReference = root.get("cac:OrderReference/cbc:ID")
	inv.BuyerReference = root.get("cbc:BuyerReference")
	inv.PaymentReference = root.get("cac:PaymentMeans/cbc:PaymentID")
	inv.PayeeAccounts = einvValues(root.all("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"))
	inv.PaymentTermsText = einvJoin(root.all("cac:PaymentTerms/cbc:Note"))

	ublAmounts(m, root)
	for _, line := range slices.Concat(root.all("cac:InvoiceLine"), root.all("cac:CreditNoteLine")) {
		ublLine(m, line)
	}
	ublDiscounts(m, root)
	m.finish()
	return m
}

// ublDueDates: BT-9 is the DueDate of an invoice; a credit note, and older
// UBL, has it in the payment means or terms.
func ublDueDates(m *ruleModel, root *einvNode) []string {
	own := root.all("cbc:DueDate")
	if len(own) > 1 {
		m.twice("BT-9")
		return nil
	}
	for _, path := range []string{"cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:PaymentDueDate"} {
		if len(own) == 0 {
			own = root.all(path)
		}
	}
	return einvValues(own)
}

func ublParty(p *einvNode) (EParty, ruleParty) {
	party := EParty{
		Name:     p.get("cac:PartyLegalEntity/cbc:RegistrationName"),
		Country:  p.get("cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
		Street:   p.get("cac:PostalAddress/cbc:StreetName"),
		City:     p.get("cac:PostalAddress/cbc:CityName"),
		PostCode: p.get("cac:PostalAddress/cbc:PostalZone"),
		Email:    p.get("cac:Contact/cbc:ElectronicMail"),
	}
	rules := ruleParty{name: party.Name, country: party.Country, address: p.has("cac:PostalAddress")}
	if party.Name == "" {
		party.Name = p.get("cac:PartyName/cbc:Name")
	}
	for _, scheme := range p.all("cac:PartyTaxScheme") {
		id := scheme.get("cbc:CompanyID")
		switch {
		case ublIsVAT(scheme) && party.VAT == "":
			party.VAT = id
		case !ublIsVAT(scheme) && party.TaxNumber == "":
			party.TaxNumber = id
		}
	}
	party.ID = p.get("cac:PartyLegalEntity/cbc:CompanyID")
	if party.ID == "" {
		party.ID = party.TaxNumber
	}
	for _, id := range p.all("cac:PartyIdentification/cbc:ID") {
		// SEPA marks the direct debit creditor (BT-90), not a party's own id.
		if party.ID == "" && id.attr["schemeID"] != "SEPA" {
			party.ID = id.value()
		}
	}
	if endpoint := p.first("cbc:EndpointID"); party.Email == "" && endpoint != nil && endpoint.attr["schemeID"] == "EM" {
		party.Email = endpoint.value()
	}
	return party, rules
}

// ublIsVAT reports whether a tax category or party tax scheme is about VAT.
func ublIsVAT(node *einvNode) bool {
	return strings.EqualFold(node.get("cac:TaxScheme/cbc:ID"), "VAT")
}

func ublAmounts(m *ruleModel, root *einvNode) {
	total := func(term, name string) ruleNumber { return m.once(term, root.all("cac:LegalMonetaryTotal/cbc:"+name)) }
	m.totals = ruleTotals{
		exists:     root.has("cac:LegalMonetaryTotal"),
		lineNet:    total("BT-106", "LineExtensionAmount"),
		allowances: total("BT-107", "AllowanceTotalAmount"),
		charges:    total("BT-108", "ChargeTotalAmount"),
		net:        total("BT-109", "TaxExclusiveAmount"),
		gross:      total("BT-112", "TaxInclusiveAmount"),
		paid:       total("BT-113", "PrepaidAmount"),
		rounding:   total("BT-114", "PayableRoundingAmount"),
		payable:    total("BT-115", "PayableAmount"),
	}
	for _, tax := range root.all("cac:TaxTotal") {
		total := ruleTaxTotal{}
		if amount := tax.first("cbc:TaxAmount"); amount != nil {
			total.amount, total.currency = m.plain(amount), amount.attr["currencyID"]
		}
		for _, sub := range tax.all("cac:TaxSubtotal") {
			b := ublVAT(m, sub)
			m.breakdown = append(m.breakdown, b)
			total.subtotals = append(total.subtotals, b.tax)
		}
		m.taxTotals = append(m.taxTotals, total)
	}
	m.vatTotals(root.all("cac:TaxTotal/cbc:TaxAmount"))
	for _, kid := range root.kids {
		if kid.name != "cac:TaxTotal" {
			ublInnerVAT(m, kid)
		}
	}
	for _, a := range root.all("cac:AllowanceCharge") {
		if adjustment, ok := ublAdjustment(m, a); ok {
			m.adjustments = append(m.adjustments, adjustment)
		}
	}
}

// ublInnerVAT collects the subtotals of tax totals below the document's own,
// which the official rules on VAT arithmetic reach too.
func ublInnerVAT(m *ruleModel, node *einvNode) {
	for _, sub := range node.all("cac:TaxTotal/cac:TaxSubtotal") {
		m.lineBreakdown = append(m.lineBreakdown, ublVAT(m, sub))
	}
	for _, kid := range node.kids {
		ublInnerVAT(m, kid) // einvMaxDepth bounds it
	}
}

func ublVAT(m *ruleModel, sub *einvNode) ruleVAT {
	b := ruleVAT{taxable: m.plain(sub.first("cbc:TaxableAmount")), tax: m.plain(sub.first("cbc:TaxAmount"))}
	for _, c := range sub.all("cac:TaxCategory") {
		if ublIsVAT(c) && !b.isVAT {
			b.isVAT, b.category, b.rate = true, c.get("cbc:ID"), m.plain(c.first("cbc:Percent"))
		}
	}
	return b
}

func ublCategories(m *ruleModel, nodes []*einvNode) []ruleCategory {
	var found []ruleCategory
	for _, c := range nodes {
		found = append(found, ruleCategory{
			code: c.get("cbc:ID"), rate: m.plain(c.first("cbc:Percent")), isVAT: ublIsVAT(c),
		})
	}
	return found
}

// ublAdjustment reads an allowance or charge; ok is false when it does not
// say which of the two it is.
func ublAdjustment(m *ruleModel, a *einvNode) (adjustment ruleAdjustment, ok bool) {
	adjustment = ruleAdjustment{
		amount:     m.plain(a.first("cbc:Amount")),
		base:       m.plain(a.first("cbc:BaseAmount")),
		categories: ublCategories(m, a.all("cac:TaxCategory")),
		reason:     a.has("cbc:AllowanceChargeReason") || a.has("cbc:AllowanceChargeReasonCode"),
	}
	adjustment.charge, ok = einvBool(a.get("cbc:ChargeIndicator"))
	return adjustment, ok
}

func ublLine(m *ruleModel, line *einvNode) {
	quantity := line.first("cbc:InvoicedQuantity")
	if quantity == nil {
		quantity = line.first("cbc:CreditedQuantity")
	}
	l := ruleLine{
		id:         line.get("cbc:ID"),
		name:       line.get("cac:Item/cbc:Name"),
		quantity:   quantity != nil,
		net:        m.plain(line.first("cbc:LineExtensionAmount")),
		price:      m.plain(line.first("cac:Price/cbc:PriceAmount")),
		categories: ublCategories(m, line.all("cac:Item/cac:ClassifiedTaxCategory")),
	}
	shown := ELine{Description: line.get("cac:Item/cbc:Description")}
	if quantity != nil {
		shown.Quantity = quantity.value()
		shown.Unit, l.unit = quantity.attr["unitCode"], einvHasAttr(quantity, "unitCode")
	}
	for _, a := range line.all("cac:AllowanceCharge") {
		if adjustment, ok := ublAdjustment(m, a); ok {
			l.adjustments = append(l.adjustments, adjustment)
		}
	}
	m.addLine(l, shown)
}

func ublDiscounts(m *ruleModel, root *einvNode) {
	for _, terms := range root.all("cac:PaymentTerms") {
		d := EDiscount{
			Percent: terms.get("cbc:SettlementDiscountPercent"),
			Amount:  terms.get("cbc:SettlementDiscountAmount"),
			Basis:   terms.get("cbc:Amount"),
			Until:   ruleISODate(terms.get("cac:SettlementPeriod/cbc:EndDate")),
		}
		if measure := terms.first("cac:SettlementPeriod/cbc:DurationMeasure"); measure != nil && d.Until == "" {
			d.Days = einvDays(measure)
		}
		m.discount(d)
	}
}
