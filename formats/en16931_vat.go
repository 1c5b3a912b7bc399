package formats

import "github.com/shopspring/decimal"

// A ruleVATKind is a VAT category (BT-118): the middle of its rule ids and
// whether it is taxed, so that its breakdown is per rate.
type ruleVATKind struct {
	id    string
	taxed bool
}

var ruleVATKinds = map[string]ruleVATKind{
	"S":  {"S", true},
	"Z":  {"Z", false},
	"E":  {"E", false},
	"AE": {"AE", false},
	"K":  {"IC", false},
	"G":  {"G", false},
	"O":  {"O", false},
	"L":  {"AF", true}, // IGIC, Canary Islands; BR-IG-… in the standard's first text
	"M":  {"AG", true}, // IPSI, Ceuta and Melilla; BR-IP-… there
}

// ruleVATCategories returns the broken BR-*-08 (taxable amount of a category)
// and BR-*-09 (its tax).
func ruleVATCategories(m *ruleModel) []string {
	var broken []string
	for _, b := range m.breakdown {
		kind, known := ruleVATKinds[b.category]
		scheme := b.isVAT || !m.ubl && (b.category == "S" || b.category == "Z")
		if !known || !scheme {
			continue
		}
		if ruleTaxableBroken(m, b, kind) {
			broken = append(broken, "BR-"+kind.id+"-08")
		}
		if ruleTaxBroken(m, b, kind) {
			broken = append(broken, "BR-"+kind.id+"-09")
		}
	}
	return broken
}

// ruleTaxableBroken: BT-116 = Σ BT-131 + Σ BT-99 − Σ BT-92 of the category,
// and of the rate where the category is taxed. Which sums may be off by less
// than one differs: in UBL those of the taxed categories, in CII those of the
// untaxed ones except O.
func ruleTaxableBroken(m *ruleModel, b ruleVAT, kind ruleVATKind) bool {
	if kind.taxed && !b.rate.seen || !ruleUsable(b.taxable, b.rate) {
		return false
	}
	s, ok := ruleSumCategory(m, b, kind)
	if !ok {
		return false
	}
	if !b.taxable.seen || m.ubl && !s.any(m, b) {
		return true
	}
	gap := b.taxable.value.Sub(s.want(m)).Abs()
	if tolerant := kind.taxed == m.ubl && b.category != "O"; tolerant {
		return gap.GreaterThanOrEqual(ruleOne)
	}
	return !gap.IsZero()
}

// A ruleCategorySum is what one VAT category adds up to.
type ruleCategorySum struct {
	lines, charges, allowances decimal.Decimal
	found                      bool // at least one line, allowance or charge
}

func ruleSumCategory(m *ruleModel, b ruleVAT, kind ruleVATKind) (s ruleCategorySum, ok bool) {
	of := func(categories []ruleCategory) bool { return ruleInCategory(categories, b, kind) }
	for _, l := range m.lines {
		if of(l.categories) {
			if !ruleUsable(l.net) {
				return s, false
			}
			s.lines, s.found = s.lines.Add(l.net.value), true
		}
	}
	for _, a := range m.adjustments {
		if !of(a.categories) {
			continue
		}
		if !ruleUsable(a.amount) {
			return s, false
		}
		s.found = true
		if a.charge {
			s.charges = s.charges.Add(a.amount.value)
		} else {
			s.allowances = s.allowances.Add(a.amount.value)
		}
	}
	return s, true
}

// any: UBL asks for something that is taxed so under S, and for lines of any
// kind under the other categories.
func (s ruleCategorySum) any(m *ruleModel, b ruleVAT) bool {
	if b.category == "S" {
		return s.found
	}
	return len(m.lines) > 0
}

// want is the expected taxable amount; CII rounds each of the three sums.
func (s ruleCategorySum) want(m *ruleModel) decimal.Decimal {
	if m.ubl {
		return s.lines.Add(s.charges).Sub(s.allowances)
	}
	return ruleRound(s.lines, 2).Add(ruleRound(s.charges, 2)).Sub(ruleRound(s.allowances, 2))
}

func ruleInCategory(categories []ruleCategory, b ruleVAT, kind ruleVATKind) bool {
	code, rate := false, !kind.taxed
	for _, c := range categories {
		code = code || c.code == b.category
		rate = rate || c.rate.plain && c.rate.value.Equal(b.rate.value)
	}
	return code && rate
}

// ruleTaxBroken: BT-117 is zero where the category is not taxed, else BT-116 ×
// BT-119 within less than one. CII leaves L and M to BR-CO-14.
func ruleTaxBroken(m *ruleModel, b ruleVAT, kind ruleVATKind) bool {
	if !ruleUsable(b.taxable, b.tax, b.rate) {
		return false
	}
	if !kind.taxed {
		return !b.tax.seen || !b.tax.value.IsZero()
	}
	if !m.ubl && b.category != "S" {
		return false
	}
	return !b.tax.seen || !b.taxable.seen || !b.rate.seen || ruleTaxGap(b).GreaterThanOrEqual(ruleOne)
}
