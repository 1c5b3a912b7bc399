package formats

// ruleDecimals lists BR-DEC-…: at most two decimals, which is judged on the
// text ("1.100" has three) except for the CII tax totals.
var ruleDecimals = []rule{
	{"BR-DEC-01", ruleLong(ruleAdjusted(false, ruleAmountOf))},
	{"BR-DEC-02", ruleLong(ruleAdjusted(false, ruleBaseOf))},
	{"BR-DEC-05", ruleLong(ruleAdjusted(true, ruleAmountOf))},
	{"BR-DEC-06", ruleLong(ruleAdjusted(true, ruleBaseOf))},
	{"BR-DEC-09", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.lineNet }))},
	{"BR-DEC-10", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.allowances }))},
	{"BR-DEC-11", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.charges }))},
	{"BR-DEC-12", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.net }))},
	{"BR-DEC-13", func(m *ruleModel) bool {
		return !m.ubl && m.currency.text != "" && ruleLongTaxTotals(m, m.currency.text, true)
	}},
	{"BR-DEC-14", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.gross }))},
	{"BR-DEC-15", func(m *ruleModel) bool {
		return !m.ubl && m.taxCurrency != "" && ruleLongTaxTotals(m, m.taxCurrency, false)
	}},
	{"BR-DEC-16", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.paid }))},
	{"BR-DEC-17", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.rounding }))},
	{"BR-DEC-18", ruleLong(ruleTotal(func(t ruleTotals) ruleNumber { return t.payable }))},
	{"BR-DEC-19", func(m *ruleModel) bool {
		return ruleAnyVAT(m, func(_ *ruleModel, b ruleVAT) bool { return b.taxable.decimals() > 2 })
	}},
	{"BR-DEC-20", func(m *ruleModel) bool {
		return ruleAnyVAT(m, func(_ *ruleModel, b ruleVAT) bool { return b.tax.decimals() > 2 })
	}},
	{"BR-DEC-23", ruleAnyLine(func(l ruleLine) bool { return l.net.decimals() > 2 })},
	{"BR-DEC-24", ruleLong(ruleLineAdjusted(false, ruleAmountOf))},
	{"BR-DEC-25", ruleLong(ruleLineAdjusted(false, ruleBaseOf))},
	{"BR-DEC-27", ruleLong(ruleLineAdjusted(true, ruleAmountOf))},
	{"BR-DEC-28", ruleLong(ruleLineAdjusted(true, ruleBaseOf))},
}

// ruleLong finds a number with more than two decimals among those picked.
func ruleLong(pick func(*ruleModel) []ruleNumber) func(*ruleModel) bool {
	return func(m *ruleModel) bool {
		for _, n := range pick(m) {
			if n.decimals() > 2 {
				return true
			}
		}
		return false
	}
}

func ruleTotal(of func(ruleTotals) ruleNumber) func(*ruleModel) []ruleNumber {
	return func(m *ruleModel) []ruleNumber { return []ruleNumber{of(m.totals)} }
}

func ruleAmountOf(a ruleAdjustment) ruleNumber { return a.amount }
func ruleBaseOf(a ruleAdjustment) ruleNumber   { return a.base }

func ruleAdjusted(charge bool, of func(ruleAdjustment) ruleNumber) func(*ruleModel) []ruleNumber {
	return func(m *ruleModel) []ruleNumber { return rulePick(nil, m.adjustments, charge, of) }
}

func ruleLineAdjusted(charge bool, of func(ruleAdjustment) ruleNumber) func(*ruleModel) []ruleNumber {
	return func(m *ruleModel) []ruleNumber {
		var found []ruleNumber
		for _, l := range m.lines {
			found = rulePick(found, l.adjustments, charge, of)
		}
		return found
	}
}

func rulePick(to []ruleNumber, from []ruleAdjustment, charge bool, of func(ruleAdjustment) ruleNumber) []ruleNumber {
	for _, a := range from {
		if a.charge == charge {
			to = append(to, of(a))
		}
	}
	return to
}

// ruleLongTaxTotals: of the CII tax totals at least one must be in the
// currency with two decimals by value, or (othersPass) in another currency.
func ruleLongTaxTotals(m *ruleModel, currency string, othersPass bool) bool {
	for _, t := range m.taxTotals {
		switch {
		case !ruleUsable(t.amount):
			return false
		case t.currency != currency && othersPass:
			return false
		case t.currency == currency && ruleTwoDecimals(t.amount):
			return false
		}
	}
	return len(m.taxTotals) > 0
}

func ruleTwoDecimals(n ruleNumber) bool { return n.value.Equal(ruleRound(n.value, 2)) }
