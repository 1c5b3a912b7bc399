package underwriting_test

import (
	"slices"
	"strings"
	"testing"

	"comity/money"
	"comity/underwriting"
)

func amounts(minor ...int64) []money.Amount {
	var all []money.Amount
	for _, m := range minor {
		all = append(all, usd(m))
	}
	return all
}

func TestBustOutShapesGoToAnAnalyst(t *testing.T) {
	calm := underwriting.Velocity{
		Invoice: usd(1_000_00), Usual: usd(1_000_00), KnownDays: 400, Earlier: amounts(900_00, 1_100_00, 1_000_00),
		Volume: usd(3_000_00), UsualVolume: usd(2_900_00),
	}
	tests := map[string]struct {
		change func(*underwriting.Velocity)
		want   string
	}{
		"nothing sudden": {func(*underwriting.Velocity) {}, ""},
		"nothing known":  {func(v *underwriting.Velocity) { *v = underwriting.Velocity{Invoice: v.Invoice} }, ""},
		"a new debtor, larger each time": {func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier = 89, amounts(5_000_00, 500_00, 700_00)
		}, "velocity-new-and-rising"},
		"the same after ninety days": {func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier = 90, amounts(500_00, 700_00)
		}, ""},
		"new and rising a little":      {func(v *underwriting.Velocity) { v.KnownDays, v.Earlier = 20, amounts(501_00, 700_00) }, ""},
		"new and not each time larger": {func(v *underwriting.Velocity) { v.KnownDays, v.Earlier = 20, amounts(300_00, 300_00) }, ""},
		"new with one invoice":         {func(v *underwriting.Velocity) { v.KnownDays, v.Earlier = 20, amounts(100_00) }, ""},
		"a first invoice of three times the usual": {func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier, v.Invoice = 0, nil, usd(3_000_00)
		}, ""},
		"a first invoice of more": {func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier, v.Invoice = 0, nil, usd(3_000_01)
		}, "velocity-large-first"},
		"a later invoice of more": {func(v *underwriting.Velocity) { v.Invoice = usd(3_000_01) }, ""},
		"volume three times":      {func(v *underwriting.Velocity) { v.Volume = usd(8_700_00) }, ""},
		"volume beyond":           {func(v *underwriting.Velocity) { v.Volume = usd(8_700_01) }, "velocity-volume"},
		"everything at once": {func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier, v.Volume = 20, amounts(300_00, 500_00), usd(9_000_00)
		}, "velocity-new-and-rising velocity-volume"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v := calm
			tc.change(&v)
			var codes []string
			for _, r := range underwriting.Referrals(v) {
				codes = append(codes, r.Code)
				if r.Audience != underwriting.AudienceAnalyst || r.Direction != underwriting.Worse || underwriting.AllowsCounterfactual(r) {
					t.Errorf("%+v", r)
				}
			}
			if got := strings.Join(codes, " "); got != tc.want {
				t.Errorf("referred for %q, want %q", got, tc.want)
			}
		})
	}
}

func TestVelocityOverridesAnOffer(t *testing.T) {
	risk := storyRisk()
	risk.Velocity = underwriting.Velocity{Invoice: usd(10_000_00), Usual: usd(1_000_00)}
	p, err := underwriting.PriceRisk(assess(storyInputs()), storyMandate(), storyAsk(), risk)
	if err != nil {
		t.Fatal(err)
	}
	if last := p.Reasons[len(p.Reasons)-1]; p.Outcome != underwriting.OutcomeRefer || last.Code != underwriting.ReasonLargeFirst {
		t.Errorf("outcome %s, last reason %s", p.Outcome, last.Code)
	}
}

func TestReferringKeepsTheDecisionAndItsLastLine(t *testing.T) {
	d := assess(storyInputs())
	found := underwriting.Referrals(underwriting.Velocity{Invoice: usd(10_000_00), Usual: usd(1_000_00)})
	if got := underwriting.Refer(d, nil); string(got.Encode()) != string(d.Encode()) {
		t.Error("no referral changes the decision")
	}
	referred := underwriting.Refer(d, found)
	if referred.Outcome != underwriting.OutcomeRefer || d.Outcome != underwriting.OutcomeOffer || len(referred.Reasons) != len(d.Reasons)+1 {
		t.Errorf("outcome %s with %d reasons, before %s with %d", referred.Outcome, len(referred.Reasons), d.Outcome, len(d.Reasons))
	}
	if last := referred.Reasons[len(referred.Reasons)-1].Code; last != underwriting.ReasonGeneral {
		t.Errorf("last reason %s", last)
	}
	d.Outcome = underwriting.OutcomeDecline
	if got := underwriting.Refer(d, found).Outcome; got != underwriting.OutcomeDecline {
		t.Errorf("a decision to decline becomes %s", got)
	}
}

func TestWhoMayReadAReason(t *testing.T) {
	reasons := []underwriting.Reason{
		{Code: "own-history", Audience: underwriting.AudienceAll},
		{Code: "fee-of-costs", Audience: underwriting.AudienceFactor},
		{Code: "velocity-volume", Audience: underwriting.AudienceAnalyst},
		{Code: "restricted.list-hit", Audience: underwriting.AudienceAll},
		{Code: "of-nobody", Audience: "auditor"},
	}
	tests := map[string][]int{
		underwriting.AudienceAll: {0}, "auditor": {0}, underwriting.AudienceFactor: {0, 1},
		underwriting.AudienceAnalyst: {0, 1, 2}, underwriting.AudienceCompliance: {0, 1, 2, 3, 4},
	}
	for audience, want := range tests {
		var got []int
		for _, r := range underwriting.ReasonsFor(audience, reasons) {
			got = append(got, slices.Index(reasons, r))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s reads %v, want %v", audience, got, want)
		}
	}
	for i, want := range []bool{true, true, false, false, false} {
		if got := underwriting.AllowsCounterfactual(reasons[i]); got != want {
			t.Errorf("counterfactual of %s: %t", reasons[i].Code, got)
		}
	}
}
