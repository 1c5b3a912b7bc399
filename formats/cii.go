package formats

import (
	"slices"
	"strings"
	"time"
)

const (
	ciiAgreement  = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/"
	ciiSettlement = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/"
	ciiSummation  = ciiSettlement + "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
	ciiTerms      = ciiSettlement + "ram:SpecifiedTradePaymentTerms"
)

// ciiModel reads a UN/CEFACT CrossIndustryInvoice D16B.
func ciiModel(root *einvNode) *ruleModel {
	m := &ruleModel{}
	inv := &m.invoice
	inv.Syntax = "cii"
	m.specification = root.get("rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID")
	m.number = m.onceText("BT-1", root.all("rsm:ExchangedDocument/ram:ID"))
	m.issued = ciiIssued(m, root)
	m.typeCode = m.onceText("BT-3", root.all("rsm:ExchangedDocument/ram:TypeCode"))
	m.currency = m.onceText("BT-5", root.all(ciiSettlement+"ram:InvoiceCurrencyCode"))
	m.taxCurrency = root.get(ciiSettlement + "ram:TaxCurrencyCode")
	m.dueDate(ciiDueDates(m, root), ruleBasicDate)

	inv.Seller, m.seller = ciiParty(root.first(ciiAgreement + "ram:SellerTradeParty"))
	inv.Buyer, m.buyer = ciiParty(root.first(ciiAgreement + "ram:BuyerTradeParty"))
	inv.OrderReference = root.get(ciiAgreement + "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID")
	inv.BuyerReference = root.get(ciiAgreement + "ram:BuyerReference")
	inv.PaymentReference = root.get(ciiSettlement + "ram:PaymentReference")
	means := ciiSettlement + "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/"
	inv.PayeeAccounts = einvValues(slices.Concat(root.all(means+"ram:IBANID"), root.all(means+"ram:ProprietaryID")))
	inv.PaymentTermsText = einvJoin(root.all(ciiTerms + "/ram:Description"))

	ciiAmounts(m, root)
	for _, line := range root.all("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem") {
		ciiLine(m, line)
	}
	for _, d := range root.all(ciiTerms + "/ram:ApplicableTradePaymentDiscountTerms") {
		ciiDiscount(m, d)
	}
	m.finish()
	return m
}

// ciiDates returns the texts of dates in format 102, the only one EN 16931
// knows in CII.
func ciiDates(nodes []*einvNode) []*einvNode {
	var dates []*einvNode
	for _, node := range nodes {
		if node.attr["format"] == "102" {
			dates = append(dates, node)
		}
	}
	return dates
}

func ciiIssued(m *ruleModel, root *einvNode) ruleText {
	issued := m.onceText("BT-2", root.all("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"))
	if issued.twice {
		return issued
	}
	for _, date := range ciiDates(root.all("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString")) {
		return ruleText{text: ruleBasicDate(date.value())}
	}
	return ruleText{}
}

// ciiDueDates: several payment terms may repeat the date, one may not.
func ciiDueDates(m *ruleModel, root *einvNode) []string {
	for _, terms := range root.all(ciiTerms) {
		if len(terms.all("ram:DueDateDateTime/udt:DateTimeString")) > 1 {
			m.twice("BT-9")
			return nil
		}
	}
	all := root.all(ciiTerms + "/ram:DueDateDateTime/udt:DateTimeString")
	dates := ciiDates(all)
	if len(dates) < len(all) {
		m.warned = append(m.warned, "X-DATE-BT-9")
	}
	return einvValues(dates)
}

func ciiParty(p *einvNode) (EParty, ruleParty) {
	party := EParty{
		Name:     p.get("ram:Name"),
		Country:  p.get("ram:PostalTradeAddress/ram:CountryID"),
		Street:   p.get("ram:PostalTradeAddress/ram:LineOne"),
		City:     p.get("ram:PostalTradeAddress/ram:CityName"),
		PostCode: p.get("ram:PostalTradeAddress/ram:PostcodeCode"),
		Email:    p.get("ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"),
	}
	rules := ruleParty{name: party.Name, country: party.Country, address: p.has("ram:PostalTradeAddress")}
	if party.Name == "" {
		party.Name = p.get("ram:SpecifiedLegalOrganization/ram:TradingBusinessName")
	}
	for _, id := range p.all("ram:SpecifiedTaxRegistration/ram:ID") {
		switch scheme := id.attr["schemeID"]; {
		case scheme == "VA" && party.VAT == "":
			party.VAT = id.value()
		case scheme == "FC" && party.TaxNumber == "":
			party.TaxNumber = id.value()
		}
	}
	for _, id := range []string{p.get("ram:SpecifiedLegalOrganization/ram:ID"), party.TaxNumber, p.get("ram:ID"), p.get("ram:GlobalID")} {
		if party.ID == "" {
			party.ID = id
		}
	}
	address := p.first("ram:URIUniversalCommunication/ram:URIID")
	if party.Email == "" && address != nil && address.attr["schemeID"] == "EM" {
		party.Email = address.value()
	}
	return party, rules
}

func ciiAmounts(m *ruleModel, root *einvNode) {
	total := func(term, name string) ruleNumber { return m.once(term, root.all(ciiSummation+"/ram:"+name)) }
	m.totals = ruleTotals{
		exists:     root.has(ciiSummation),
		lineNet:    total("BT-106", "LineTotalAmount"),
		allowances: total("BT-107", "AllowanceTotalAmount"),
		charges:    total("BT-108", "ChargeTotalAmount"),
		net:        total("BT-109", "TaxBasisTotalAmount"),
		gross:      total("BT-112", "GrandTotalAmount"),
		paid:       total("BT-113", "TotalPrepaidAmount"),
		rounding:   total("BT-114", "RoundingAmount"),
		payable:    total("BT-115", "DuePayableAmount"),
	}
	taxes := root.all(ciiSummation + "/ram:TaxTotalAmount")
	for _, amount := range taxes {
		m.taxTotals = append(m.taxTotals, ruleTaxTotal{amount: m.plain(amount), currency: amount.attr["currencyID"]})
	}
	m.vatTotals(taxes)
	for _, tax := range root.all(ciiSettlement + "ram:ApplicableTradeTax") {
		c := ciiCategory(m, tax)
		b := ruleVAT{
			taxable: m.plain(tax.first("ram:BasisAmount")), tax: m.plain(tax.first("ram:CalculatedAmount")),
			category: c.code, isVAT: c.isVAT, rate: c.rate,
		}
		m.breakdown = append(m.breakdown, b)
	}
	for _, a := range root.all(ciiSettlement + "ram:SpecifiedTradeAllowanceCharge") {
		if adjustment, ok := ciiAdjustment(m, a); ok {
			m.adjustments = append(m.adjustments, adjustment)
		}
	}
}

func ciiCategory(m *ruleModel, tax *einvNode) ruleCategory {
	return ruleCategory{
		code:  tax.get("ram:CategoryCode"),
		rate:  m.plain(tax.first("ram:RateApplicablePercent")),
		isVAT: strings.EqualFold(tax.get("ram:TypeCode"), "VAT"),
	}
}

func ciiCategories(m *ruleModel, nodes []*einvNode) []ruleCategory {
	var found []ruleCategory
	for _, tax := range nodes {
		found = append(found, ciiCategory(m, tax))
	}
	return found
}

func ciiAdjustment(m *ruleModel, a *einvNode) (adjustment ruleAdjustment, ok bool) {
	adjustment = ruleAdjustment{
		amount:     m.plain(a.first("ram:ActualAmount")),
		base:       m.plain(a.first("ram:BasisAmount")),
		categories: ciiCategories(m, a.all("ram:CategoryTradeTax")),
		reason:     a.has("ram:Reason") || a.has("ram:ReasonCode"),
	}
	adjustment.charge, ok = einvBool(a.get("ram:ChargeIndicator/udt:Indicator"))
	return adjustment, ok
}

func ciiLine(m *ruleModel, line *einvNode) {
	const settlement = "ram:SpecifiedLineTradeSettlement/"
	quantity := line.first("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
	l := ruleLine{
		id:         line.get("ram:AssociatedDocumentLineDocument/ram:LineID"),
		name:       line.get("ram:SpecifiedTradeProduct/ram:Name"),
		quantity:   quantity != nil,
		net:        m.plain(line.first(settlement + "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount")),
		price:      m.plain(line.first("ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount")),
		categories: ciiCategories(m, line.all(settlement+"ram:ApplicableTradeTax")),
	}
	shown := ELine{Description: line.get("ram:SpecifiedTradeProduct/ram:Description")}
	if quantity != nil {
		shown.Quantity = quantity.value()
		shown.Unit, l.unit = quantity.attr["unitCode"], einvHasAttr(quantity, "unitCode")
	}
	for _, a := range line.all(settlement + "ram:SpecifiedTradeAllowanceCharge") {
		if adjustment, ok := ciiAdjustment(m, a); ok {
			l.adjustments = append(l.adjustments, adjustment)
		}
	}
	m.addLine(l, shown)
}

// ciiDiscount: a period counts from BasisDateTime when that is given, else
// from the issue date; BasisDateTime without a period is the last day itself.
func ciiDiscount(m *ruleModel, node *einvNode) {
	d := EDiscount{
		Percent: node.get("ram:CalculationPercent"),
		Amount:  node.get("ram:ActualDiscountAmount"),
		Basis:   node.get("ram:BasisAmount"),
	}
	if measure := node.first("ram:BasisPeriodMeasure"); measure != nil {
		d.Days = einvDays(measure)
	}
	for _, date := range ciiDates(node.all("ram:BasisDateTime/udt:DateTimeString")) {
		start, err := time.Parse(time.DateOnly, ruleBasicDate(date.value()))
		if err == nil && (d.Days > 0 || !node.has("ram:BasisPeriodMeasure")) {
			d.Until = start.AddDate(0, 0, d.Days).Format(time.DateOnly)
		}
	}
	m.discount(d)
}
