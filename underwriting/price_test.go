package underwriting_test

import (
	"errors"
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// storyMandate is the mandate of story A: 3 % for 30 days, 1 % per started 10.
func storyMandate() domain.MandateTerms {
	return domain.MandateTerms{
		Currency:            "USD",
		AdvanceCap:          money.Percent(90),
		DilutionHaircut:     money.Percent(4),
		VerificationHaircut: money.Percent(2),
		Fee: domain.FeeTerms{
			FirstDays: 30, FirstRate: money.Percent(3), StepDays: 10, StepRate: money.Percent(1),
		},
		OriginationFixed:    money.Minor(25_00, "USD"),
		WireFee:             money.Minor(15_00, "USD"),
		RecourseDays:        90,
		MinFace:             money.Minor(100_00, "USD"),
		MaxFace:             money.Minor(1_000_000_00, "USD"),
		MaxExpectedDaysLate: 30,
	}
}

// storyAsk is invoice MP-1042 of story A, paid by ACH credit (hold 5).
func storyAsk() underwriting.Ask {
	return underwriting.Ask{
		Basis:      money.Minor(10_000_00, "USD"),
		Due:        domain.MustDate("2026-03-04"),
		FundedOn:   domain.MustDate("2026-02-05"),
		Banking:    domain.BankingDays("USD", "US"),
		RebateHold: 5,
	}
}

func storyDecision() underwriting.Decision {
	return underwriting.Decision{Model: underwriting.ModelV1, Outcome: underwriting.OutcomeOffer, ExpectedDaysLate: 5}
}

// TestPriceGivesTheOfferSheetOfStoryA holds C-211: now, later and cost in three scenarios, and two yearly rates.
func TestPriceGivesTheOfferSheetOfStoryA(t *testing.T) {
	terms, err := underwriting.Price(storyDecision(), storyMandate(), storyAsk())
	if err != nil {
		t.Fatal(err)
	}
	if got := terms.AdvanceRate.String() + " " + terms.Advance.Decimal() + " " + terms.Reserve.Decimal() + " " +
		terms.Now.Decimal(); got != "0.85 8500.00 1500.00 8460.00" {
		t.Errorf("rate, advance, reserve, now = %s", got)
	}
	want := []struct {
		name, paidOn             string
		day                      int
		fee, later, laterOn, all string
		nominal, effective       string
	}{
		{"on_time", "2026-03-04", 27, "300.00", "1200.00", "2026-03-12", "340.00", "54.33", "74.18"},
		{"expected", "2026-03-09", 32, "400.00", "1100.00", "2026-03-17", "440.00", "59.32", "81.60"},
		{"recourse_day", "2026-05-06", 90, "900.00", "-9400.00", "2026-05-06", "940.00", "45.06", "53.31"},
	}
	if len(terms.Scenarios) != len(want) {
		t.Fatalf("%d scenarios, want %d", len(terms.Scenarios), len(want))
	}
	for i, w := range want {
		s := terms.Scenarios[i]
		if s.Name != w.name || s.PaidOn.String() != w.paidOn || s.Day != w.day || s.LaterOn.String() != w.laterOn {
			t.Errorf("%s: paid %s (day %d), later %s; want %+v", s.Name, s.PaidOn, s.Day, s.LaterOn, w)
		}
		if s.Fee.Decimal() != w.fee || s.Later.Decimal() != w.later || s.TotalCost.Decimal() != w.all {
			t.Errorf("%s: fee %s, later %s, cost %s; want %+v", s.Name, s.Fee, s.Later, s.TotalCost, w)
		}
		if s.Nominal.PercentString() != w.nominal || s.Effective.PercentString() != w.effective || !s.EffectiveKnown() {
			t.Errorf("%s: nominal %s, effective %s; want %+v", s.Name, s.Nominal.PercentString(), s.Effective.PercentString(), w)
		}
	}
}

// TestAdvanceRateIsThatOfD9 holds the formula and both vectors of D-9.
func TestAdvanceRateIsThatOfD9(t *testing.T) {
	tests := map[string]struct {
		change func(*domain.MandateTerms)
		want   string
	}{
		"seller of the best grade": {func(*domain.MandateTerms) {}, "0.85"},
		"seller of grade C":        {func(m *domain.MandateTerms) { m.SellerHaircut = money.Percent(3) }, "0.82"},
		"a lower cap wins":         {func(m *domain.MandateTerms) { m.AdvanceCap = money.Percent(80) }, "0.8"},
		"cure days cost a band":    {func(m *domain.MandateTerms) { m.CureDays = 14 }, "0.83"},
		"cut down, never up":       {func(m *domain.MandateTerms) { m.DilutionHaircut = money.MustRate("0.04009") }, "0.8499"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := storyMandate()
			tc.change(&m)
			terms, err := underwriting.Price(storyDecision(), m, storyAsk())
			if err != nil {
				t.Fatal(err)
			}
			if got := terms.AdvanceRate.String(); got != tc.want {
				t.Errorf("advance rate %s, want %s", got, tc.want)
			}
		})
	}
}

func TestPriceRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*underwriting.Decision, *domain.MandateTerms, *underwriting.Ask)
		want   error
	}{
		"another currency": {func(_ *underwriting.Decision, _ *domain.MandateTerms, a *underwriting.Ask) {
			a.Basis = money.Minor(10_000_00, "EUR")
		}, domain.ErrOutsideMandate},
		"too small": {func(_ *underwriting.Decision, _ *domain.MandateTerms, a *underwriting.Ask) {
			a.Basis = money.Minor(99_99, "USD")
		}, domain.ErrOutsideMandate},
		"too large": {func(_ *underwriting.Decision, _ *domain.MandateTerms, a *underwriting.Ask) {
			a.Basis = money.Minor(1_000_000_01, "USD")
		}, domain.ErrOutsideMandate},
		"beyond all trade": {func(_ *underwriting.Decision, m *domain.MandateTerms, a *underwriting.Ask) {
			m.MaxFace = money.Minor(1_000_000_000_000_000, "USD")
			a.Basis = money.Minor(9_000_000_000_000_000, "USD")
		}, domain.ErrOutsideMandate},
		"due after the recourse day": {func(_ *underwriting.Decision, _ *domain.MandateTerms, a *underwriting.Ask) {
			a.Due = a.FundedOn.Plus(91)
		}, domain.ErrOutsideMandate},
		"expected later than the mandate takes": {func(d *underwriting.Decision, _ *domain.MandateTerms, _ *underwriting.Ask) {
			d.ExpectedDaysLate = 31
		}, domain.ErrTooLatePayer},
		"expected after the recourse day": {func(d *underwriting.Decision, m *domain.MandateTerms, _ *underwriting.Ask) {
			d.ExpectedDaysLate, m.RecourseDays = 30, 30
		}, domain.ErrTooLatePayer},
		"declined": {func(d *underwriting.Decision, _ *domain.MandateTerms, _ *underwriting.Ask) {
			d.Outcome = underwriting.OutcomeDecline
		}, domain.ErrTooLatePayer},
		"haircuts take everything": {func(_ *underwriting.Decision, m *domain.MandateTerms, _ *underwriting.Ask) {
			m.SellerHaircut = money.Percent(100)
		}, domain.ErrNothingToPayOut},
		"charges take everything": {func(_ *underwriting.Decision, m *domain.MandateTerms, _ *underwriting.Ask) {
			m.WireFee = money.Minor(8_475_00, "USD")
		}, domain.ErrNothingToPayOut},
		"charges leave one cent": {func(_ *underwriting.Decision, m *domain.MandateTerms, _ *underwriting.Ask) {
			m.WireFee = money.Minor(8_474_99, "USD")
		}, domain.ErrNothingToPayOut},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d, m, ask := storyDecision(), storyMandate(), storyAsk()
			tc.change(&d, &m, &ask)
			if _, err := underwriting.Price(d, m, ask); !errors.Is(err, tc.want) {
				t.Errorf("Price gives %v, want %v", err, tc.want)
			}
		})
	}
}

func TestMandatesThatMeanNothingAreFaults(t *testing.T) {
	tests := map[string]func(*domain.MandateTerms){
		"a negative haircut":        func(m *domain.MandateTerms) { m.DilutionHaircut = money.Percent(-1) },
		"a cap above the whole":     func(m *domain.MandateTerms) { m.AdvanceCap = money.Percent(101) },
		"a charge in another money": func(m *domain.MandateTerms) { m.WireFee = money.Minor(1, "EUR") },
		"a negative charge":         func(m *domain.MandateTerms) { m.WireFee = money.Minor(-1, "USD") },
		"no recourse day":           func(m *domain.MandateTerms) { m.RecourseDays = 0 },
		"no fee bands":              func(m *domain.MandateTerms) { m.Fee = domain.FeeTerms{} },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			m := storyMandate()
			change(&m)
			var refusal *domain.Refusal
			_, err := underwriting.Price(storyDecision(), m, storyAsk())
			if err == nil || errors.As(err, &refusal) || underwriting.CheckMandate(m) == nil {
				t.Errorf("Price gives %v, CheckMandate %v; want faults", err, underwriting.CheckMandate(m))
			}
		})
	}
}

// TestPaymentsFallOnBankingDays holds D-16: a due date on a day off rolls to the next banking day.
func TestPaymentsFallOnBankingDays(t *testing.T) {
	tests := map[string]struct {
		due, funded string
		daysLate    int
		hold        int
		scenario    int
		paid, later string
	}{
		"due on a Saturday rolls to Monday":      {"2026-03-07", "2026-02-05", 0, 0, 0, "2026-03-09", "2026-03-10"},
		"overdue is paid the day after funding":  {"2026-01-05", "2026-02-05", 0, 0, 0, "2026-02-06", "2026-02-09"},
		"overdue, funded on a Friday":            {"2026-01-05", "2026-02-06", 0, 0, 0, "2026-02-09", "2026-02-10"},
		"an early payer never pays before day 1": {"2026-03-04", "2026-02-05", -60, 0, 1, "2026-02-06", "2026-02-09"},
		"a holiday holds the payment up":         {"2026-05-22", "2026-04-22", 3, 0, 1, "2026-05-26", "2026-05-27"},
		"the hold of ACH is five banking days":   {"2026-03-04", "2026-02-05", 5, 5, 1, "2026-03-09", "2026-03-17"},
		"a hold over Memorial Day":               {"2026-05-20", "2026-04-22", 0, 5, 0, "2026-05-20", "2026-05-29"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d, ask := storyDecision(), storyAsk()
			d.ExpectedDaysLate = tc.daysLate
			ask.Due, ask.FundedOn, ask.RebateHold = domain.MustDate(tc.due), domain.MustDate(tc.funded), tc.hold
			terms, err := underwriting.Price(d, storyMandate(), ask)
			if err != nil {
				t.Fatal(err)
			}
			s := terms.Scenarios[tc.scenario]
			if s.PaidOn.String() != tc.paid || s.LaterOn.String() != tc.later {
				t.Errorf("%s is paid %s and its rebate %s, want %s and %s", s.Name, s.PaidOn, s.LaterOn, tc.paid, tc.later)
			}
		})
	}
}
