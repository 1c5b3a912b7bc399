package formats

// ruleWarning lists the rules that never decide and are cheap to notice. The
// list is not complete: a warning that is missing says nothing.
var ruleWarning = []rule{
	{"BR-33", ruleAnyAdjustment(false, func(a ruleAdjustment) bool { return !a.reason })},
	{"BR-31", ruleAnyAdjustment(false, func(a ruleAdjustment) bool { return !a.amount.seen })},
	{"BR-32", ruleAnyAdjustment(false, ruleNoCategory)},
	{"BR-36", ruleAnyAdjustment(true, func(a ruleAdjustment) bool { return !a.amount.seen })},
	{"BR-37", ruleAnyAdjustment(true, ruleNoCategory)},
	{"BR-38", ruleAnyAdjustment(true, func(a ruleAdjustment) bool { return !a.reason })},
	{"BR-45", func(m *ruleModel) bool {
		return ruleAnyVAT(m, func(_ *ruleModel, b ruleVAT) bool { return !b.taxable.seen })
	}},
	{"BR-46", func(m *ruleModel) bool {
		return ruleAnyVAT(m, func(_ *ruleModel, b ruleVAT) bool { return !b.tax.seen })
	}},
	{"BR-47", func(m *ruleModel) bool {
		return ruleAnyVAT(m, func(_ *ruleModel, b ruleVAT) bool { return !b.isVAT || b.category == "" })
	}},
	{"BR-48", func(m *ruleModel) bool {
		return ruleAnyVAT(m, func(_ *ruleModel, b ruleVAT) bool { return !b.rate.seen && (!b.isVAT || b.category != "O") })
	}},
	{"BR-53", func(m *ruleModel) bool { return m.taxCurrency != "" && !ruleHasTaxTotal(m, m.taxCurrency) }},
	{"BR-CO-04", ruleAnyLine(func(l ruleLine) bool { return ruleNoCategory(ruleAdjustment{categories: l.categories}) })},
	{"BR-CO-25", func(m *ruleModel) bool {
		return m.totals.payable.value.IsPositive() && m.invoice.DueDate == "" && m.invoice.PaymentTermsText == "" && !m.invoice.CreditNote
	}},
	// Where UBL's official check cannot see the tax total, the standard's own
	// words still hold, as a warning.
	{"BR-DEC-13", func(m *ruleModel) bool { return m.ubl && m.totals.vat.decimals() > 2 }},
	{"BR-DEC-15", func(m *ruleModel) bool { return m.ubl && m.totals.vatAccounting.decimals() > 2 }},
}

func ruleAnyAdjustment(charge bool, broken func(ruleAdjustment) bool) func(*ruleModel) bool {
	return func(m *ruleModel) bool {
		for _, a := range m.adjustments {
			if a.charge == charge && broken(a) {
				return true
			}
		}
		return false
	}
}

func ruleNoCategory(a ruleAdjustment) bool {
	for _, c := range a.categories {
		if c.isVAT && c.code != "" {
			return false
		}
	}
	return true
}

func ruleHasTaxTotal(m *ruleModel, currency string) bool {
	for _, t := range m.taxTotals {
		if t.amount.seen && t.currency == currency {
			return true
		}
	}
	return false
}
