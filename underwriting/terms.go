package underwriting

import (
	"bytes"
	"cmp"
	"fmt"

	"comity/domain"
	"comity/money"
)

type wireTerms struct {
	Currency         string         `json:"currency"`
	BasisMinor       int64          `json:"basis_minor"`
	AdvanceRate      string         `json:"advance_rate"`
	AdvanceMinor     int64          `json:"advance_minor"`
	ReserveMinor     int64          `json:"reserve_minor"`
	OriginationMinor int64          `json:"origination_minor"`
	WireMinor        int64          `json:"wire_minor"`
	TaxMinor         int64          `json:"tax_minor,omitempty"` // none: nothing
	NowMinor         int64          `json:"now_minor"`
	FirstDays        int            `json:"first_days"`
	FirstRate        string         `json:"first_rate"`
	StepDays         int            `json:"step_days"`
	StepRate         string         `json:"step_rate"`
	UpfrontRate      string         `json:"upfront_rate,omitempty"` // with daily_rate, of an up-front and daily fee only
	DailyRate        string         `json:"daily_rate,omitempty"`
	RecourseDays     int            `json:"recourse_days"`
	RebateHold       int            `json:"rebate_hold"`
	Envelope         *wireEnvelope  `json:"envelope,omitempty"`   // none: the usual one, 3 instalments and 30 days
	Disclosure       string         `json:"disclosure,omitempty"` // none: the debtor is told
	LateOwner        string         `json:"late_owner,omitempty"` // none: nobody may ask for late charges
	Scenarios        []wireScenario `json:"scenarios"`
}

type wireEnvelope struct {
	Instalments int `json:"instalments"`
	DaysPastDue int `json:"days_past_due"`
}

type wireScenario struct {
	Name       string `json:"name"`
	FundedOn   string `json:"funded_on"`
	PaidOn     string `json:"paid_on"`
	Day        int    `json:"day"`
	FeeMinor   int64  `json:"fee_minor"`
	LaterMinor int64  `json:"later_minor"`
	LaterOn    string `json:"later_on"`
	CostMinor  int64  `json:"cost_minor"`
	Nominal    string `json:"nominal"`
	Effective  string `json:"effective"`
}

// EncodeTerms returns the stored form of a price: JSON of whole numbers and
// strings, the same bytes for the same price.
func EncodeTerms(t domain.OfferTerms) []byte {
	wire := wireTerms{
		Currency: string(t.Basis.Currency()), BasisMinor: t.Basis.Units(), AdvanceRate: t.AdvanceRate.String(),
		AdvanceMinor: t.Advance.Units(), ReserveMinor: t.Reserve.Units(), OriginationMinor: t.Origination.Units(),
		WireMinor: t.Wire.Units(), TaxMinor: t.Tax.Units(), NowMinor: t.Now.Units(), FirstDays: t.Fee.FirstDays, FirstRate: t.Fee.FirstRate.String(),
		StepDays: t.Fee.StepDays, StepRate: t.Fee.StepRate.String(), RecourseDays: t.RecourseDays, RebateHold: t.RebateHold, Disclosure: string(t.Disclosure), LateOwner: string(t.LateOwner),
		Scenarios: []wireScenario{},
	}
	if t.Fee.Family() == domain.FeeDaily {
		wire.UpfrontRate, wire.DailyRate = t.Fee.UpfrontRate.String(), t.Fee.DailyRate.String()
	}
	if t.Envelope != domain.UsualEnvelope {
		wire.Envelope = &wireEnvelope{t.Envelope.Instalments, t.Envelope.DaysPastDue}
	}
	for _, s := range t.Scenarios {
		wire.Scenarios = append(wire.Scenarios, wireScenario{
			Name: s.Name, FundedOn: s.FundedOn.String(), PaidOn: s.PaidOn.String(), Day: s.Day, FeeMinor: s.Fee.Units(),
			LaterMinor: s.Later.Units(), LaterOn: s.LaterOn.String(), CostMinor: s.TotalCost.Units(),
			Nominal: s.Nominal.String(), Effective: s.Effective.String(),
		})
	}
	return mustMarshal(wire)
}

// DecodeTerms reads what [EncodeTerms] wrote. Anything else is [ErrStored].
func DecodeTerms(stored []byte) (domain.OfferTerms, error) {
	var wire wireTerms
	if err := unmarshal(stored, &wire); err != nil {
		return domain.OfferTerms{}, fmt.Errorf("terms: %w", err)
	}
	in := func(minor int64) money.Amount { return money.Minor(minor, money.Currency(wire.Currency)) }
	rates, err := ratesOf(wire.AdvanceRate, wire.FirstRate, wire.StepRate, cmp.Or(wire.UpfrontRate, "0"), cmp.Or(wire.DailyRate, "0"))
	if err != nil {
		return domain.OfferTerms{}, fmt.Errorf("terms: %w", err)
	}
	t := domain.OfferTerms{
		Basis: in(wire.BasisMinor), AdvanceRate: rates[0], Advance: in(wire.AdvanceMinor), Reserve: in(wire.ReserveMinor),
		Origination: in(wire.OriginationMinor), Wire: in(wire.WireMinor), Tax: in(wire.TaxMinor), Now: in(wire.NowMinor),
		Fee: domain.FeeTerms{
			FirstDays: wire.FirstDays, FirstRate: rates[1], StepDays: wire.StepDays, StepRate: rates[2],
			UpfrontRate: rates[3], DailyRate: rates[4],
		},
		RecourseDays: wire.RecourseDays, RebateHold: wire.RebateHold, Envelope: domain.UsualEnvelope, Disclosure: domain.Disclosure(wire.Disclosure), LateOwner: domain.LateOwner(wire.LateOwner),
	}
	if e := wire.Envelope; e != nil {
		t.Envelope = domain.Envelope{Instalments: e.Instalments, DaysPastDue: e.DaysPastDue}
	}
	for _, w := range wire.Scenarios {
		s, err := w.scenario(in)
		if err != nil {
			return domain.OfferTerms{}, fmt.Errorf("terms: %w", err)
		}
		t.Scenarios = append(t.Scenarios, s)
	}
	if !bytes.Equal(EncodeTerms(t), stored) {
		return domain.OfferTerms{}, fmt.Errorf("terms are not in canonical form: %w", ErrStored)
	}
	return t, nil
}

func (w wireScenario) scenario(in func(int64) money.Amount) (domain.Scenario, error) {
	rates, err := ratesOf(w.Nominal, w.Effective)
	if err != nil {
		return domain.Scenario{}, err
	}
	s := domain.Scenario{
		Name: w.Name, Day: w.Day, Fee: in(w.FeeMinor), Later: in(w.LaterMinor), TotalCost: in(w.CostMinor),
		Nominal: rates[0], Effective: rates[1],
	}
	s.FundedOn, s.PaidOn, s.LaterOn, err = threeDates(w.FundedOn, w.PaidOn, w.LaterOn)
	return s, err
}

func ratesOf(texts ...string) ([]money.Rate, error) {
	rates := make([]money.Rate, len(texts))
	for i, text := range texts {
		rate, err := money.ParseRate(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrStored, err)
		}
		rates[i] = rate
	}
	return rates, nil
}
