package collections_test

import (
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// TestASellerMayBeAPersonToo holds D-27: a seller that owes something for what was given back is looked at by the table
// that debtors are looked at by, as far as it is on file.
func TestASellerMayBeAPersonToo(t *testing.T) {
	for name, tc := range map[string]struct {
		legal   domain.LegalType
		country string
		owed    int64
		want    collections.Protection
	}{
		"a company":                 {domain.Company, "US", 1, collections.ProtectionNone},
		"a sole trader":             {domain.SoleTrader, "US", 50_000_000, collections.ProtectionCalifornia},
		"one that owes a cent more": {domain.SoleTrader, "US", 50_000_001, collections.ProtectionNone},
		"in Britain":                {domain.Partnership, "GB", 90_000_000, collections.ProtectionUK},
		"in Germany":                {domain.SoleTrader, "DE", 1, collections.ProtectionEU},
		"in Japan":                  {domain.SoleTrader, "JP", 1, collections.ProtectionNone},
		"of no known type":          {"", "US", 1, collections.ProtectionCalifornia},
	} {
		if got := collections.SellerProfile(domain.Organization{LegalType: tc.legal, Country: tc.country}, []money.Amount{usd(tc.owed)}); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestASellerCanCheckWhatIsAsked holds D-27 on rows: the mail that asks a seller who is a natural person for a claim says
// who asks, that it may not agree, and whom to write to, in words that the lint takes; one to a company, one about
// what the reserve paid for, and one in which nothing is asked do not.
func TestASellerCanCheckWhatIsAsked(t *testing.T) {
	for name, tc := range map[string]struct {
		legal domain.LegalType
		kind  string
		claim int
		other int // what it owes for other parts
		asked bool
	}{
		"a sole trader":                   {domain.SoleTrader, "recourse.exercised", 150_000, 0, true},
		"a company":                       {domain.Company, "recourse.exercised", 150_000, 0, false},
		"one that owes more than the law": {domain.SoleTrader, "recourse.exercised", 150_000, 50_000_000, false},
		"the reserve paid":                {domain.SoleTrader, "recourse.exercised", 0, 150_000, false},
		"it paid":                         {domain.SoleTrader, "recourse.paid", 150_000, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			k, deal := h.facts.Case, h.facts.Items[0].Deal.ID
			h.exec(`UPDATE organizations SET legal_type = $1 WHERE kind = 'seller'`, string(tc.legal))
			for i, claim := range []int{tc.claim, tc.other} {
				h.exec(`INSERT INTO recourses (id, factor_id, seller_id, deal_id, case_id, status, reason, evidence, currency, part_minor, claim_minor, reference, made_by, made_at, exercised_on, exercised_at)
					VALUES (gen_random_uuid(), $1, $2, $3, $4, 'exercised', 'slow_pay', '', 'USD', 200000, $5, $6, $1, $7, '2026-06-08', $7::timestamptz - make_interval(days => $8))`,
					k.Factor.UUID, k.Seller.UUID, deal.UUID, k.ID.UUID, claim, i, at("2026-06-08 10:00"), i)
			}
			event := domain.New[domain.EventID]()
			h.exec(`INSERT INTO events (id, world_id, kind, factor_id, seller_id, case_id, deal_id, said, at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'USD 2,000.00 of invoice MP-1042 was given back.', $8)`,
				event.UUID, k.World.UUID, tc.kind, k.Factor.UUID, k.Seller.UUID, k.ID.UUID, deal.UUID, at("2026-06-08 10:00"))
			news, err := h.cases.EventForParty(t.Context(), k.World, event, at("2026-06-08 10:01"))
			if err != nil {
				t.Fatal(err)
			}
			_, text := collections.PartyMail(news)
			flat := strings.Join(strings.Fields(text), " ")
			for _, words := range []string{
				"This message is from Eastbrook Factors, LLC, which bought the invoices named here from you. It is about their payment.",
				"say that you do not agree to all of it or to a part, or ask for a copy", "Please write to Eastbrook Factors, LLC (ana@eastbrook.example), and no reason is needed.",
			} {
				if strings.Contains(flat, words) != tc.asked {
					t.Errorf("says %q: %t\n%s", words, !tc.asked, text)
				}
			}
			if findings := collections.LintPhrase(collections.ToneCordial, text); len(findings) > 0 {
				t.Errorf("%s\n%s", strings.Join(findings, "\n"), text)
			}
		})
	}
}
