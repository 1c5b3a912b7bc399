package formats

import "github.com/shopspring/decimal"

// A rule is one business rule of EN 16931. The details (what a missing term
// does, where ±1 is tolerated) follow the European Commission's published
// validation artefacts for UBL and CII, which differ; what they accept is not
// called broken here.
type rule struct {
	id     string
	broken func(*ruleModel) bool
}

// ruleDeciding lists the rules that decide whether an invoice can be used,
// apart from the tables of VAT categories, decimals and our own structure.
var ruleDeciding = []rule{
	{"BR-01", func(m *ruleModel) bool { return m.specification == "" }},
	{"BR-02", func(m *ruleModel) bool { return m.number.missing() }},
	{"BR-03", func(m *ruleModel) bool { return m.issued.missing() }},
	{"BR-04", func(m *ruleModel) bool { return m.typeCode.missing() }},
	{"BR-05", func(m *ruleModel) bool { return m.currency.missing() }},
	{"BR-06", func(m *ruleModel) bool { return m.seller.name == "" }},
	{"BR-07", func(m *ruleModel) bool { return m.buyer.name == "" }},
	{"BR-08", func(m *ruleModel) bool { return !m.seller.address }},
	{"BR-09", func(m *ruleModel) bool { return ruleNoCountry(m, m.seller) }},
	{"BR-10", func(m *ruleModel) bool { return !m.buyer.address }},
	{"BR-11", func(m *ruleModel) bool { return ruleNoCountry(m, m.buyer) }},
	{"BR-12", func(m *ruleModel) bool { return !m.totals.lineNet.seen }},
	{"BR-13", func(m *ruleModel) bool { return !m.totals.net.seen }},
	{"BR-14", func(m *ruleModel) bool { return !m.totals.gross.seen }},
	{"BR-15", func(m *ruleModel) bool { return !m.totals.payable.seen }},
	{"BR-16", func(m *ruleModel) bool { return len(m.lines) == 0 }},
	{"BR-21", ruleAnyLine(func(l ruleLine) bool { return l.id == "" })},
	{"BR-22", ruleAnyLine(func(l ruleLine) bool { return !l.quantity })},
	{"BR-23", ruleAnyLine(func(l ruleLine) bool { return !l.unit })},
	{"BR-24", ruleAnyLine(func(l ruleLine) bool { return !l.net.seen })},
	{"BR-25", ruleAnyLine(func(l ruleLine) bool { return l.name == "" })},
	{"BR-26", ruleAnyLine(func(l ruleLine) bool { return !l.price.seen })},
	{"BR-27", ruleAnyLine(func(l ruleLine) bool { return !l.price.seen || l.price.value.IsNegative() })},
	{"BR-CO-10", ruleLineTotal},
	{"BR-CO-11", func(m *ruleModel) bool { return ruleAdjustmentTotal(m, m.totals.allowances, false) }},
	{"BR-CO-12", func(m *ruleModel) bool { return ruleAdjustmentTotal(m, m.totals.charges, true) }},
	{"BR-CO-13", ruleNetTotal},
	{"BR-CO-14", ruleVATTotal},
	{"BR-CO-15", ruleGrossTotal},
	{"BR-CO-16", rulePayable},
	{"BR-CO-17", func(m *ruleModel) bool { return ruleAnyVAT(m, ruleCategoryTax) }},
	{"BR-CO-18", func(m *ruleModel) bool { return len(m.breakdown) == 0 && (m.ubl || len(m.lines) > 0) }},
}

// ruleJudge runs every rule over the model.
func ruleJudge(m *ruleModel) EResult {
	r := EResult{Invoice: m.invoice, Rules: m.broken, Warnings: m.warned}
	for _, rule := range ruleDeciding {
		if rule.broken(m) {
			r.Rules = append(r.Rules, rule.id)
		}
	}
	r.Rules = append(r.Rules, ruleVATCategories(m)...)
	for _, d := range ruleDecimals {
		if d.broken(m) {
			r.Rules = append(r.Rules, d.id)
		}
	}
	for _, rule := range ruleWarning {
		if rule.broken(m) {
			r.Warnings = append(r.Warnings, rule.id)
		}
	}
	r.Rules, r.Warnings = einvSorted(r.Rules), einvSorted(r.Warnings)
	return r
}

func ruleAnyLine(broken func(ruleLine) bool) func(*ruleModel) bool {
	return func(m *ruleModel) bool {
		for _, l := range m.lines {
			if broken(l) {
				return true
			}
		}
		return false
	}
}

// ruleNoCountry: in UBL a missing address breaks BR-08 or BR-10 only.
func ruleNoCountry(m *ruleModel, p ruleParty) bool {
	return p.country == "" && (p.address || !m.ubl)
}

// ruleLineTotal: BT-106 = Σ BT-131.
func ruleLineTotal(m *ruleModel) bool {
	nets := make([]ruleNumber, 0, len(m.lines))
	for _, l := range m.lines {
		nets = append(nets, l.net)
	}
	total := m.totals.lineNet
	if !m.totals.exists || !ruleUsable(total) || !ruleUsable(nets...) {
		return false
	}
	return !total.seen || !total.value.Equal(ruleRound(ruleSum(nets), 2))
}

// ruleAdjustmentTotal: BT-107 = Σ BT-92 and BT-108 = Σ BT-99.
func ruleAdjustmentTotal(m *ruleModel, total ruleNumber, charges bool) bool {
	var amounts []ruleNumber
	for _, a := range m.adjustments {
		if a.charge == charges {
			amounts = append(amounts, a.amount)
		}
	}
	if !m.totals.exists || !ruleUsable(total) || !ruleUsable(amounts...) {
		return false
	}
	if !total.seen {
		return len(amounts) > 0
	}
	return !total.value.Equal(ruleRound(ruleSum(amounts), 2))
}

// ruleNetTotal: BT-109 = BT-106 − BT-107 + BT-108.
func ruleNetTotal(m *ruleModel) bool {
	t := m.totals
	if !t.exists || !ruleUsable(t.net, t.lineNet, t.allowances, t.charges) {
		return false
	}
	want := t.lineNet.value.Sub(t.allowances.value).Add(t.charges.value)
	if !m.ubl || t.allowances.seen || t.charges.seen {
		want = ruleRound(want, 2)
	}
	return !t.net.seen || !t.lineNet.seen || !t.net.value.Equal(want)
}

// ruleVATTotal: BT-110 = Σ BT-117. UBL sums each total's own subtotals, and
// has nothing to say about a total without any.
func ruleVATTotal(m *ruleModel) bool {
	all := make([]ruleNumber, 0, len(m.breakdown))
	for _, b := range m.breakdown {
		all = append(all, b.tax)
	}
	for _, t := range m.taxTotals {
		parts := t.subtotals
		if !m.ubl {
			parts = all
		}
		judged := m.ubl && len(parts) > 0 || !m.ubl && t.currency != "" && t.currency == m.currency.text
		if !judged || !ruleUsable(t.amount) || !ruleUsable(parts...) {
			continue
		}
		if !t.amount.seen || !t.amount.value.Equal(ruleRound(ruleSum(parts), 2)) {
			return true
		}
	}
	return false
}

// ruleGrossTotal: BT-112 = BT-109 + BT-110, with exactly one BT-110 in the
// currency of the invoice; CII needs none where BT-112 equals BT-109.
func ruleGrossTotal(m *ruleModel) bool {
	t := m.totals
	if m.currency.text == "" || !ruleUsable(t.gross, t.net) {
		return false
	}
	if !t.gross.seen || !t.net.seen {
		return true
	}
	if !m.ubl && t.gross.value.Equal(t.net.value) {
		return false
	}
	var vat []ruleNumber
	for _, total := range m.taxTotals {
		if total.amount.seen && total.currency == m.currency.text {
			vat = append(vat, total.amount)
		}
	}
	if len(vat) != 1 {
		return true
	}
	return ruleUsable(vat...) && !t.gross.value.Equal(ruleRound(t.net.value.Add(vat[0].value), 2))
}

// rulePayable: BT-115 = BT-112 − BT-113 + BT-114.
func rulePayable(m *ruleModel) bool {
	t := m.totals
	if !t.exists || !ruleUsable(t.payable, t.gross, t.paid, t.rounding) {
		return false
	}
	if !t.payable.seen || !t.gross.seen {
		return true
	}
	due, want := t.payable.value.Sub(t.rounding.value), t.gross.value.Sub(t.paid.value)
	if m.ubl && t.rounding.seen {
		due = ruleRound(due, 2)
	}
	if m.ubl && t.paid.seen {
		want = ruleRound(want, 2)
	}
	return !due.Equal(want)
}

// ruleCategoryTax: BT-117 = BT-116 × BT-119, give or take less than one (in
// CII one at most).
func ruleCategoryTax(m *ruleModel, b ruleVAT) bool {
	if !ruleUsable(b.taxable, b.tax, b.rate) {
		return false
	}
	noTax := b.tax.seen && ruleRound(b.tax.value, 0).IsZero()
	if !b.rate.seen || ruleRound(b.rate.value, 0).IsZero() {
		return !noTax
	}
	if !b.tax.seen || !b.taxable.seen {
		return true
	}
	gap := ruleTaxGap(b)
	return gap.GreaterThan(ruleOne) || m.ubl && gap.Equal(ruleOne)
}

var (
	ruleOne     = decimal.New(1, 0)
	ruleHundred = decimal.New(100, 0)
)

// ruleTaxGap is how far the tax is from the taxable amount at its rate,
// signs apart.
func ruleTaxGap(b ruleVAT) decimal.Decimal {
	want := ruleRound(b.taxable.value.Abs().Mul(b.rate.value).Shift(-2), 2)
	return b.tax.value.Abs().Sub(want).Abs()
}

// ruleAnyVAT runs a rule over every VAT breakdown; UBL's check reaches those
// of the lines too. In CII the breakdowns of O, L and M have rules of their
// own instead.
func ruleAnyVAT(m *ruleModel, broken func(*ruleModel, ruleVAT) bool) bool {
	for _, b := range m.breakdown {
		own := !m.ubl && b.isVAT && (b.category == "O" || b.category == "L" || b.category == "M")
		if !own && broken(m, b) {
			return true
		}
	}
	for _, b := range m.lineBreakdown {
		if broken(m, b) {
			return true
		}
	}
	return false
}
