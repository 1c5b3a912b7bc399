package underwriting

import (
	"bytes"
	"fmt"

	"comity/domain"
	"comity/money"
)

// wireRisk is the stored form of what a price by risk rests on and says. Amounts are
// in minor units of the currency, shares in millionths.
type wireRisk struct {
	Currency   string       `json:"currency"`
	Haircuts   string       `json:"haircuts"`    // the tables' version
	LossPriors string       `json:"loss_priors"` // the beliefs' version
	Facts      wireFacts    `json:"facts"`
	Seen       wireSeen     `json:"seen"`
	Costs      wireCosts    `json:"costs"`
	FeeMinor   int64        `json:"fee_minor"`
	Cost       wireCost     `json:"cost"`
	Expected   wireReturn   `json:"expected"`
	Stressed   wireReturn   `json:"stressed"`
	Losses     [][3]int64   `json:"losses"` // mean, low, high, in the order of Losses
	Reasons    []wireReason `json:"reasons"`
}

type wireFacts struct {
	DilutionMean int64  `json:"dilution_mean"`
	DilutionLow  int64  `json:"dilution_low"`
	DilutionHigh int64  `json:"dilution_high"`
	D95          int64  `json:"d95"`
	Months       int    `json:"months"`
	Known        bool   `json:"known"`
	Verification int    `json:"verification"`
	Grade        string `json:"grade"`
	ProductCap   string `json:"product_cap"`
	SellerCap    string `json:"seller_cap"`

	Promises *[2]int `json:"promises,omitempty"` // broken, decided; none of prices from before they counted
}

type wireSeen struct {
	Defaults         int    `json:"defaults"`
	DebtorDays       int    `json:"debtor_days"`
	DefaultsRecorded bool   `json:"defaults_recorded"`
	Disputes         [3]int `json:"disputes"` // events, trials, 1 when recorded
	Frauds           [3]int `json:"frauds"`
	Repurchases      [3]int `json:"repurchases"`
	LostMinor        int64  `json:"lost_minor"`
	DefaultedMinor   int64  `json:"defaulted_minor"`
	Closed           int    `json:"closed"`
}

type wireCosts struct {
	FundsRate      string `json:"funds_rate"`
	ServicingMinor int64  `json:"servicing_minor"`
	ServicingRate  string `json:"servicing_rate"`
	MarginRate     string `json:"margin_rate"`
}

type wireCost struct {
	FundsMinor     int64    `json:"funds_minor"`
	ServicingMinor int64    `json:"servicing_minor"`
	MarginMinor    int64    `json:"margin_minor"`
	LossMinor      [5]int64 `json:"loss_minor"` // credit, repurchase, dispute, dilution, fraud
}

type wireReturn struct {
	FeeMinor         int64    `json:"fee_minor"`
	OriginationMinor int64    `json:"origination_minor"`
	ServicingMinor   int64    `json:"servicing_minor"`
	LossMinor        [5]int64 `json:"loss_minor"`
	FundsMinor       int64    `json:"funds_minor"`
	Yearly           string   `json:"yearly"`
}

// EncodeRisk returns the stored form of what a price by risk rests on and of what it
// says beside its terms: the same bytes for the same price. A cover is not stored: no
// deal has one yet.
func EncodeRisk(r Risk, p RiskPrice) []byte {
	versions := r.Versions.orToday()
	w := wireRisk{
		Currency: string(p.Fee.Currency()), Haircuts: versions.Haircuts, LossPriors: versions.LossPriors,
		Facts: wireFactsOf(r.Facts), Seen: wireSeenOf(r.Seen),
		Costs: wireCosts{
			FundsRate: r.Costs.FundsRate.String(), ServicingMinor: r.Costs.Servicing.Units(),
			ServicingRate: r.Costs.ServicingRate.String(), MarginRate: r.Costs.MarginRate.String(),
		},
		FeeMinor: p.Fee.Units(),
		Cost: wireCost{
			FundsMinor: p.Cost.Funds.Units(), ServicingMinor: p.Cost.Servicing.Units(), MarginMinor: p.Cost.Margin.Units(), LossMinor: wireLoss(p.Cost.Loss),
		},
		Expected: wireReturnOf(p.Expected), Stressed: wireReturnOf(p.Stressed), Reasons: []wireReason{},
	}
	for _, belief := range p.Losses.all() {
		w.Losses = append(w.Losses, [3]int64{int64(belief.Mean), int64(belief.Low), int64(belief.High)})
	}
	for _, reason := range p.Reasons {
		w.Reasons = append(w.Reasons, wireReason(reason))
	}
	return mustMarshal(w)
}

// DecodeRisk reads what [EncodeRisk] wrote; the price has no terms, which are stored
// beside. Anything else is [ErrStored].
func DecodeRisk(stored []byte) (Risk, RiskPrice, error) {
	var w wireRisk
	if err := unmarshal(stored, &w); err != nil {
		return Risk{}, RiskPrice{}, fmt.Errorf("risk: %w", err)
	}
	in := func(minor int64) money.Amount { return money.Minor(minor, money.Currency(w.Currency)) }
	rates, err := ratesOf(w.Facts.ProductCap, w.Facts.SellerCap, w.Costs.FundsRate, w.Costs.ServicingRate, w.Costs.MarginRate, w.Expected.Yearly, w.Stressed.Yearly)
	if err != nil {
		return Risk{}, RiskPrice{}, fmt.Errorf("risk: %w", err)
	}
	r := Risk{
		Facts: w.Facts.facts(rates[0], rates[1]), Seen: w.Seen.seen(in), Versions: RiskVersions{w.Haircuts, w.LossPriors},
		Costs: domain.Costs{FundsRate: rates[2], Servicing: in(w.Costs.ServicingMinor), ServicingRate: rates[3], MarginRate: rates[4]},
	}
	p := RiskPrice{
		Fee:      in(w.FeeMinor),
		Cost:     Cost{Funds: in(w.Cost.FundsMinor), Servicing: in(w.Cost.ServicingMinor), Margin: in(w.Cost.MarginMinor), Loss: lossOf(w.Cost.LossMinor, in)},
		Expected: w.Expected.earned(in, rates[5]), Stressed: w.Stressed.earned(in, rates[6]),
	}
	for i, belief := range p.Losses.all() {
		if len(w.Losses) > i {
			*belief = Posterior{Mean: ppm(int(w.Losses[i][0])), Low: ppm(int(w.Losses[i][1])), High: ppm(int(w.Losses[i][2]))}
		}
	}
	for _, reason := range w.Reasons {
		p.Reasons = append(p.Reasons, Reason(reason))
	}
	if !bytes.Equal(EncodeRisk(r, p), stored) {
		return Risk{}, RiskPrice{}, fmt.Errorf("risk is not in canonical form: %w", ErrStored)
	}
	return r, p, nil
}

// all returns the beliefs in the order in which they are stored.
func (l *Losses) all() []*Posterior {
	return []*Posterior{&l.Default, &l.LossGivenDefault, &l.Dispute, &l.Dilution, &l.Fraud, &l.NoRepurchase}
}

func wireFactsOf(f Facts) wireFacts {
	d := f.Dilution
	var promises *[2]int
	if f.Promises != (Promises{}) {
		promises = &[2]int{f.Promises.Broken, f.Promises.Decided}
	}
	return wireFacts{
		Promises:     promises,
		DilutionMean: int64(d.Share.Mean), DilutionLow: int64(d.Share.Low), DilutionHigh: int64(d.Share.High), D95: int64(d.D95),
		Months: d.Months, Known: d.Known, Verification: int(f.Verification), Grade: string(f.Grade),
		ProductCap: f.ProductCap.String(), SellerCap: f.SellerCap.String(),
	}
}

func (w wireFacts) facts(productCap, sellerCap money.Rate) Facts {
	var promises Promises
	if w.Promises != nil {
		promises = Promises{Broken: w.Promises[0], Decided: w.Promises[1]}
	}
	return Facts{
		Promises: promises,
		Dilution: Dilution{
			Share: Posterior{Mean: ppm(int(w.DilutionMean)), Low: ppm(int(w.DilutionLow)), High: ppm(int(w.DilutionHigh))},
			D95:   ppm(int(w.D95)), Months: w.Months, Known: w.Known,
		},
		Verification: Verification(w.Verification), Grade: SellerGrade(w.Grade),
		ProductCap: productCap, SellerCap: sellerCap,
	}
}

func wireSeenOf(s Seen) wireSeen {
	return wireSeen{
		Defaults: s.Defaults, DebtorDays: s.DebtorDays, DefaultsRecorded: s.DefaultsRecorded,
		Disputes: wireCount(s.Disputes), Frauds: wireCount(s.Frauds), Repurchases: wireCount(s.Repurchases),
		LostMinor: s.Lost.Units(), DefaultedMinor: s.Defaulted.Units(), Closed: s.Closed,
	}
}

func (w wireSeen) seen(in func(int64) money.Amount) Seen {
	return Seen{
		Defaults: w.Defaults, DebtorDays: w.DebtorDays, DefaultsRecorded: w.DefaultsRecorded,
		Disputes: countOf(w.Disputes), Frauds: countOf(w.Frauds), Repurchases: countOf(w.Repurchases),
		Lost: in(w.LostMinor), Defaulted: in(w.DefaultedMinor), Closed: w.Closed,
	}
}

func wireCount(c Count) [3]int {
	recorded := 0
	if c.Recorded {
		recorded = 1
	}
	return [3]int{c.Events, c.Trials, recorded}
}

func countOf(w [3]int) Count { return Count{Events: w[0], Trials: w[1], Recorded: w[2] == 1} }

func wireLoss(l Loss) [5]int64 {
	return [5]int64{l.Credit.Units(), l.Repurchase.Units(), l.Dispute.Units(), l.Dilution.Units(), l.Fraud.Units()}
}

func lossOf(w [5]int64, in func(int64) money.Amount) Loss {
	return Loss{Credit: in(w[0]), Repurchase: in(w[1]), Dispute: in(w[2]), Dilution: in(w[3]), Fraud: in(w[4])}
}

func wireReturnOf(r Return) wireReturn {
	return wireReturn{
		FeeMinor: r.Fee.Units(), OriginationMinor: r.Origination.Units(), ServicingMinor: r.Servicing.Units(),
		LossMinor: wireLoss(r.Loss), FundsMinor: r.Funds.Units(), Yearly: r.Yearly.String(),
	}
}

func (w wireReturn) earned(in func(int64) money.Amount, yearly money.Rate) Return {
	return Return{
		Fee: in(w.FeeMinor), Origination: in(w.OriginationMinor), Servicing: in(w.ServicingMinor),
		Loss: lossOf(w.LossMinor, in), Funds: in(w.FundsMinor), Yearly: yearly,
	}
}
