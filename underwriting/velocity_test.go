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

// TestBustOutShapesGoToAnAnalyst holds D-9: sudden growth is looked at by a person, whatever the history.
func TestBustOutShapesGoToAnAnalyst(t *testing.T) {
	calm := underwriting.Velocity{
		Usual: usd(1_000_00), KnownDays: 400, Earlier: amounts(1_100_00, 1_000_00),
		Volume: usd(2_000_00), UsualVolume: usd(2_900_00),
	}
	tests := map[string]struct {
		invoice int64
		change  func(*underwriting.Velocity)
		want    string
	}{
		"nothing sudden": {1_000_00, func(*underwriting.Velocity) {}, ""},
		"nothing known":  {1_000_00, func(v *underwriting.Velocity) { *v = underwriting.Velocity{} }, ""},
		"a new debtor, larger each time": {1_000_00, func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier = 89, amounts(500_00, 700_00)
		}, "velocity-new-and-rising"},
		"the same after ninety days": {1_000_00, func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier = 90, amounts(500_00, 700_00)
		}, ""},
		"new and rising a little":      {1_000_00, func(v *underwriting.Velocity) { v.KnownDays, v.Earlier = 20, amounts(501_00, 700_00) }, ""},
		"new and not each time larger": {1_000_00, func(v *underwriting.Velocity) { v.KnownDays, v.Earlier = 20, amounts(300_00, 300_00) }, ""},
		"new with one invoice":         {1_000_00, func(v *underwriting.Velocity) { v.KnownDays, v.Earlier = 20, amounts(100_00) }, ""},
		"a first invoice of three times the usual": {3_000_00, func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier = 0, nil
		}, ""},
		"a first invoice of more": {3_000_01, func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier = 0, nil
		}, "velocity-large-first"},
		"a later invoice of more": {3_000_01, func(*underwriting.Velocity) {}, ""},
		"volume three times":      {1_000_00, func(v *underwriting.Velocity) { v.Volume = usd(7_700_00) }, ""},
		"volume beyond":           {1_000_01, func(v *underwriting.Velocity) { v.Volume = usd(7_700_00) }, "velocity-volume"},
		"an old invoice beyond":   {1_000_01, func(v *underwriting.Velocity) { v.Volume = usd(7_700_00) }, ""},
		"everything at once": {1_000_00, func(v *underwriting.Velocity) {
			v.KnownDays, v.Earlier, v.Volume = 20, amounts(300_00, 500_00), usd(9_000_00)
		}, "velocity-new-and-rising velocity-volume"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v, in := calm, storyInputs()
			tc.change(&v)
			in.Velocity, in.Basis, in.Issued = &v, usd(tc.invoice), in.Today
			if strings.Contains(name, "first invoice") {
				in.Paid, in.Payments = nil, 0
			}
			if strings.Contains(name, "an old invoice") {
				in.Issued = in.Today.Plus(-30)
			}
			var codes []string
			for _, r := range underwriting.Referrals(in) {
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

func TestVelocityOverridesAnOfferAndReplays(t *testing.T) {
	in := storyInputs()
	calm := underwriting.Decide(underwriting.EngineV1{}, in)
	in.Velocity = &underwriting.Velocity{KnownDays: 20, Earlier: amounts(1_000_00, 2_000_00), Volume: usd(3_000_00)}
	d := underwriting.Decide(underwriting.EngineV1{}, in)
	if d.Outcome != underwriting.OutcomeRefer || calm.Outcome != underwriting.OutcomeOffer || len(d.Reasons) != len(calm.Reasons)+2 {
		t.Errorf("outcome %s with %d reasons, before %s with %d", d.Outcome, len(d.Reasons), calm.Outcome, len(calm.Reasons))
	}
	var last []string
	for _, r := range d.Reasons[len(d.Reasons)-3:] {
		last = append(last, r.Code+" for "+r.Audience)
	}
	if got := strings.Join(last, ", "); got != "velocity-new-and-rising for analyst, a-person-looks for all, general for all" {
		t.Errorf("last reasons: %s", got)
	}
	again, err := underwriting.Replay(underwriting.ModelV1, in.Encode())
	if err != nil || string(again) != string(d.Encode()) {
		t.Errorf("%v: replayed %s, decided %s", err, again, d.Encode())
	}
	in.Due = in.Today.Plus(-91)
	if got := underwriting.Decide(underwriting.EngineV1{}, in).Outcome; got != underwriting.OutcomeDecline {
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
