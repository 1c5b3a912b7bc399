package collections

import (
	"regexp"
	"slices"
	"strings"

	"comity/domain"
	"comity/money"
)

// A Protection is the profile under which the law protects a natural person who is asked
// for money (D-27): a debtor, or a seller that a part is given back to. Guarantors are on no file, and
// nobody is asked as one.
type Protection string

// The profiles there are.
const (
	ProtectionNone       Protection = "none"
	ProtectionCalifornia Protection = "ca_covered_commercial"
	ProtectionUK         Protection = "uk_individual"
	ProtectionEU         Protection = "eu_individual"
)

// A ProtectionRule is one row of the table of profiles: what a profile switches, where that
// comes from, and which counsel signed it. What nobody has signed is on, at its strictest.
type ProtectionRule struct {
	Profile       Protection
	Since         domain.Date  // of the law; the row binds every claim, older ones too
	Most          money.Amount // owed to one creditor in all; zero: whatever is owed
	CallDays      int          // days between two attempts to call
	Copies        bool         // third parties may be copied in without consent
	Promotional   bool         // stories, vouchers and extras may stand in a letter that asks for money
	HumanFrom     int          // the tone from which a person must agree to each message
	Identity      string       // who asks, with {factor} and {seller} to be filled in; "": the line of D-24 is enough
	StatementDays int          // after the validation statement, for which nothing firm leaves; zero: the profile wants no statement
	Source        string
	Counsel       string // who signed the row and when
}

const unsigned = "unsigned"

// checkDays is for how many days after its statement a person can check what is asked before anything firm.
const checkDays = 30

// individual is what every profile of a natural person switches until counsel says that less
// is enough. Hours have no column: 08:00 to 18:00 of its business days, as we keep them with
// everybody, is stricter than any law named here. The statement and its days are Regulation F's (12 CFR
// 1006.34), which binds nobody here: it is the model of what a person may want to check.
func individual(profile Protection, since, source string) ProtectionRule {
	return ProtectionRule{
		Profile: profile, Since: domain.MustDate(since), CallDays: 7, HumanFrom: 3, StatementDays: checkDays,
		Identity: "This message is from {factor}, which bought the invoices named here from {seller}. It is about their payment.",
		Source:   source + "; the statement: 12 CFR 1006.34 (Regulation F), as a model that nobody has to follow", Counsel: unsigned,
	}
}

// quietIdentity is the identity line to a debtor that is not told of a sale: who asks is the seller (D-24).
const quietIdentity = "This message is from {seller} accounts. It is about the payment of the invoices named here."

// whoAsks finds the identity line in a letter.
var whoAsks = regexp.MustCompile(`(?s)This message is from .+?(?:, which bought the invoices named here from .+?\. It is about their\s+payment| accounts\. It is about the payment of the\s+invoices named here)\.`)

// ProtectionRules lists the table of profiles as it is in force.
func ProtectionRules() []ProtectionRule {
	california := individual(ProtectionCalifornia, "2025-07-01",
		"Cal. Civ. Code 1788 et seq. as amended by SB 1286 (2024): natural persons who owe or guarantee at most 500,000 in all to one creditor")
	california.Most = money.Minor(50_000_000, "USD")
	return []ProtectionRule{
		{Profile: ProtectionNone, Since: domain.MustDate("2026-01-01"), Copies: true, Promotional: true, Source: "our own rules only", Counsel: unsigned},
		california,
		individual(ProtectionUK, "2003-12-11", "Consumer Credit Act 1974 s. 189 (sole traders and partnerships of two or three); PECR 2003 reg. 22 (individual subscribers)"),
		individual(ProtectionEU, "2018-05-25", "Regulation (EU) 2016/679 (data of natural persons in trade); Directive 2002/58/EC art. 13 as each state applies it"),
	}
}

// rule returns the row of a profile; one that is not known has the strictest.
func (p Protection) rule() ProtectionRule {
	rules := ProtectionRules()
	if i := slices.IndexFunc(rules, func(r ProtectionRule) bool { return r.Profile == p }); i >= 0 {
		return rules[i]
	}
	return individual(p, "2026-01-01", "")
}

// individuals are the countries of eu_individual: the Union and the rest of the EEA.
const individuals = " AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO "

// ProfileOf returns the profile of who is asked from its legal type, its residence and what it
// owes to the same creditor in all. Sole traders and partnerships are natural persons, and
// so is whoever's type is not known. In the United States only California has a profile; a
// region that is not known may be California, and a country that is not known may be the
// United States. The threshold is counted in its own currency: other currencies never lift
// a debtor above it.
func ProfileOf(rel domain.Relationship, owed []money.Amount) Protection {
	if !rel.LegalType.Natural() {
		return ProtectionNone
	}
	country, region := strings.ToUpper(rel.Country), strings.ToUpper(rel.Region)
	switch {
	case country == "GB":
		return ProtectionUK
	case country != "" && strings.Contains(individuals, " "+country+" "):
		return ProtectionEU
	case country != "" && country != "US", strings.HasPrefix(region, "US-") && region != "US-CA":
		return ProtectionNone
	}
	most := ProtectionCalifornia.rule().Most
	total := money.Minor(0, most.Currency())
	for _, amount := range owed {
		if amount.Currency() == most.Currency() {
			total = total.Plus(amount)
		}
	}
	if most.Less(total) {
		return ProtectionNone
	}
	return ProtectionCalifornia
}

// ThirdPartyCopies reports whether others than the person may get copies of what it is sent.
func ThirdPartyCopies(profile Protection) bool { return profile.rule().Copies }

// Promotional reports whether a letter that asks for money may praise anything.
func Promotional(profile Protection) bool { return profile.rule().Promotional }

// IdentityLine returns the sentence that says who asks, with {factor} and {seller} where
// their names go; "" when the line of every message is enough (D-24).
func IdentityLine(profile Protection) string { return profile.rule().Identity }

// NeedsHuman reports whether a message of a tone leaves only after a person agreed to it.
func NeedsHuman(profile Protection, tone int) bool {
	from := profile.rule().HumanFrom
	return from > 0 && tone >= from
}

// StatementDays returns for how many days after its validation statement nothing firm leaves to a person;
// zero: the profile wants no statement.
func StatementDays(profile Protection) int { return profile.rule().StatementDays }
