package collections_test

import (
	"fmt"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// TestProfiles holds C-216 and D-27: who is protected by legal type, residence and what it owes in all.
func TestProfiles(t *testing.T) {
	usd, eur := func(units int64) money.Amount { return money.Minor(units, "USD") }, func(units int64) money.Amount { return money.Minor(units, "EUR") }
	little := []money.Amount{usd(1_000_000)}
	tests := map[string]struct {
		legal           domain.LegalType
		country, region string
		owed            []money.Amount
		want            collections.Protection
	}{
		"a company in California":         {domain.Company, "US", "US-CA", little, collections.ProtectionNone},
		"a public body in Germany":        {domain.PublicBody, "DE", "", little, collections.ProtectionNone},
		"a sole trader in California":     {domain.SoleTrader, "US", "US-CA", little, collections.ProtectionCalifornia},
		"a partnership there":             {domain.Partnership, "US", "US-CA", little, collections.ProtectionCalifornia},
		"who owes as much as the law has": {domain.SoleTrader, "US", "US-CA", []money.Amount{usd(50_000_000)}, collections.ProtectionCalifornia},
		"who owes a cent more":            {domain.SoleTrader, "US", "US-CA", []money.Amount{usd(50_000_001)}, collections.ProtectionNone},
		"who owes more in two sums":       {domain.SoleTrader, "US", "US-CA", []money.Amount{usd(50_000_000), usd(1)}, collections.ProtectionNone},
		"who owes more in euros":          {domain.SoleTrader, "US", "US-CA", []money.Amount{usd(1), eur(90_000_000)}, collections.ProtectionCalifornia},
		"who owes nothing yet":            {domain.SoleTrader, "US", "US-CA", nil, collections.ProtectionCalifornia},
		"a sole trader in New York":       {domain.SoleTrader, "US", "US-NY", little, collections.ProtectionNone},
		"somewhere in the United States":  {domain.SoleTrader, "US", "", little, collections.ProtectionCalifornia},
		"a region that is no code":        {domain.SoleTrader, "US", "California", little, collections.ProtectionCalifornia},
		"nobody knows where":              {domain.SoleTrader, "", "", little, collections.ProtectionCalifornia},
		"nobody knows what":               {"", "US", "US-CA", little, collections.ProtectionCalifornia},
		"nobody knows what, in France":    {"", "FR", "", little, collections.ProtectionEU},
		"what is no legal type":           {"cooperative", "GB", "", little, collections.ProtectionUK},
		"a sole trader in Britain":        {domain.SoleTrader, "GB", "GB-SCT", []money.Amount{usd(90_000_000)}, collections.ProtectionUK},
		"a partnership in Poland":         {domain.Partnership, "PL", "", nil, collections.ProtectionEU},
		"a sole trader in Norway":         {domain.SoleTrader, "NO", "", nil, collections.ProtectionEU},
		"a sole trader in Japan":          {domain.SoleTrader, "JP", "", nil, collections.ProtectionNone},
		"a company that nobody places":    {domain.Company, "", "", nil, collections.ProtectionNone},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := collections.ProfileOf(domain.Relationship{LegalType: tc.legal, Country: tc.country, Region: tc.region}, tc.owed); got != tc.want {
				t.Errorf("profile %s, want %s", got, tc.want)
			}
		})
	}
}

// TestWhatAProfileSwitches holds D-27: copies, praise, the line that says who asks, the statement with its
// days, and the person who must look; what is not known is as strict as what is.
func TestWhatAProfileSwitches(t *testing.T) {
	profiles := []collections.Protection{collections.ProtectionNone, collections.ProtectionCalifornia, collections.ProtectionUK, collections.ProtectionEU}
	for _, profile := range append(profiles, "unheard_of") {
		free := profile == collections.ProtectionNone
		if collections.ThirdPartyCopies(profile) != free || collections.Promotional(profile) != free || (collections.IdentityLine(profile) == "") != free {
			t.Errorf("%s: copies %t, promotional %t, line %q", profile, collections.ThirdPartyCopies(profile), collections.Promotional(profile), collections.IdentityLine(profile))
		}
		if got := collections.StatementDays(profile); got != map[bool]int{true: 0, false: 30}[free] {
			t.Errorf("%s: %d days after a statement", profile, got)
		}
		for tone := range 5 {
			if got := collections.NeedsHuman(profile, tone); got != (!free && tone >= 3) {
				t.Errorf("%s, tone %d: needs a person %t", profile, tone, got)
			}
		}
	}
	for _, rule := range collections.ProtectionRules() {
		if rule.Source == "" || rule.Counsel != "unsigned" || rule.Since.IsZero() {
			t.Errorf("%s: source %q, counsel %q, since %s", rule.Profile, rule.Source, rule.Counsel, rule.Since)
		}
		if line := rule.Identity; line != "" && (!strings.Contains(line, "{factor}") || !strings.Contains(line, "{seller}")) {
			t.Errorf("%s: nobody is named in %q", rule.Profile, line)
		}
	}
	if got := len(collections.ProtectionRules()); got != len(profiles) {
		t.Errorf("%d rows for %d profiles", got, len(profiles))
	}
}

// TestNothingFirmLeavesToAPersonByItself holds D-27 in the gate: a firm message to a natural
// person needs somebody who agreed; one to a company is the playbook's matter.
func TestNothingFirmLeavesToAPersonByItself(t *testing.T) {
	for name, tc := range map[string]struct {
		legal        domain.LegalType
		tone, people int
		codes        string
	}{
		"firm to a company":              {domain.Company, 3, 0, ""},
		"cordial to a person":            {domain.SoleTrader, 2, 0, ""},
		"firm to a person":               {domain.SoleTrader, 3, 0, "jurisdiction_rule"},
		"firm to nobody knows whom":      {"", 3, 0, "jurisdiction_rule"},
		"firm, and somebody has to look": {domain.SoleTrader, 3, 1, "awaiting_human"},
	} {
		t.Run(name, func(t *testing.T) {
			f, act := overdueA()
			stated(&f, "notice_person@0", "2026-02-05 10:00")
			f.Relationship.LegalType, act.Tone, act.People = tc.legal, tc.tone, tc.people
			f.Items[0].Deal.Due = day("2026-01-20")
			act.Step = "post_due:4"
			for i, rung := range []string{"did_it_reach_you", "how_it_is_made_up", "new_timeline"}[:tc.tone] {
				when := f.Now.AddDate(0, 0, 10*(i-tc.tone))
				f.Touches = append(f.Touches, domain.Touch{
					Step: fmt.Sprintf("post_due:%d", i+1), Class: domain.ClassReminder, Tone: []int{1, 1, 2}[i], Rung: rung, Cycle: f.Case.Cycle,
					Status: domain.TouchSent, Items: act.Items, ClaimedAt: when, SentAt: when,
				})
			}
			if got := strings.Join(collections.Gate(f, act).Codes, " "); got != tc.codes {
				t.Errorf("codes %q, want %q", got, tc.codes)
			}
		})
	}
}
