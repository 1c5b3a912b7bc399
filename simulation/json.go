package simulation

import (
	"encoding/json"
	"io"

	"comity/ledger"
)

// The reports on the wire: amounts and rates are decimal strings.
type wireReports struct {
	Model   string       `json:"model"` // SHA-256 of the artefact
	Reports []wireReport `json:"reports"`
}

type wireReport struct {
	Policy   string        `json:"policy"`
	Version  int           `json:"version"`
	Scenario string        `json:"scenario"`
	Books    []wireResult  `json:"books"`
	NoBook   []wireRefused `json:"no_book"`
}

type wireRefused struct {
	Reason   string `json:"reason"`
	Currency string `json:"currency"`
	Invoices int    `json:"invoices"`
	Volume   string `json:"volume"`
}

type wireResult struct {
	Currency      string        `json:"currency"`
	From          string        `json:"from"`
	To            string        `json:"to"`
	Bought        int           `json:"bought"`
	Refused       []wireRefused `json:"refused"`
	Volume        string        `json:"volume"`
	Advanced      string        `json:"advanced"`
	AverageFunds  string        `json:"average_funds"`
	PeakFunds     string        `json:"peak_funds"`
	Utilisation   string        `json:"utilisation"`
	PeakUsage     string        `json:"peak_utilisation"`
	TurnDays      string        `json:"turn_days"`
	ExpectedDays  string        `json:"expected_days_out"`
	RealisedDays  string        `json:"realised_days_out"`
	ExpectedFee   string        `json:"expected_fee"`
	Fee           string        `json:"fee"`
	Charges       string        `json:"charges"`
	FundsCost     string        `json:"cost_of_funds"`
	Servicing     string        `json:"servicing"`
	AllowedLoss   string        `json:"loss_allowed_in_fees"`
	Loss          string        `json:"loss_in_scenario"`
	Recovered     string        `json:"recovered_in_scenario"`
	Net           string        `json:"net"`
	GrossYield    string        `json:"gross_yield"`
	FundsYield    string        `json:"cost_of_funds_yearly"`
	NetReturn     string        `json:"net_return"`
	Worst         *wireMonth    `json:"worst_month"`
	Months        []wireMonth   `json:"months"`
	LargestShare  string        `json:"largest_share"`
	Largest       []wireShare   `json:"largest"`
	ChargedBack   int           `json:"recourse_exercised"`
	Repurchased   int           `json:"seller_paid"`
	PaidWhileHeld int           `json:"debtor_paid_late"`
	WrittenOff    int           `json:"written_off"`
	Unpaid        int           `json:"never_paid_in_rows"`
	Defaulted     int           `json:"never_paid_in_scenario"`
	Journals      int           `json:"journals"`
	Trial         []wireBalance `json:"trial_balance"`
	TrialTotal    string        `json:"trial_total"`
}

type wireMonth struct {
	Month     string `json:"month"`
	Fee       string `json:"fee"`
	Charges   string `json:"charges"`
	Loss      string `json:"loss"`
	FundsCost string `json:"cost_of_funds"`
	Servicing string `json:"servicing"`
	Net       string `json:"net"`
	Return    string `json:"net_return"`
}

type wireShare struct {
	Debtor   string `json:"debtor"`
	Invoices int    `json:"invoices"`
	Volume   string `json:"volume"`
	Share    string `json:"share"`
	Peak     string `json:"peak_advance"`
}

type wireBalance struct {
	Account string `json:"account"`
	Balance string `json:"balance"` // debit positive
}

// WriteJSON writes the reports of policies on the curves of one model.
func WriteJSON(w io.Writer, model string, reports []Report) error {
	wire := wireReports{Model: model, Reports: []wireReport{}}
	for _, r := range reports {
		one := wireReport{
			Policy: r.Policy.Name, Version: r.Policy.Version, Scenario: r.Policy.Scenario.String(), Books: []wireResult{}, NoBook: refusedOf(r.NoBook),
		}
		for i := range r.Books {
			one.Books = append(one.Books, r.Books[i].wire())
		}
		wire.Reports = append(wire.Reports, one)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	return out.Encode(wire)
}

func (b *Book) wire() wireResult {
	w := wireResult{
		Currency: string(b.Currency), From: b.From.String(), To: b.To.String(), Bought: b.Bought, Refused: refusedOf(b.Refused),
		Volume: b.Volume.Decimal(), Advanced: b.Advanced.Decimal(), AverageFunds: b.AverageFunds.Decimal(), PeakFunds: b.PeakFunds.Decimal(),
		Utilisation: b.Utilisation.String(), PeakUsage: b.PeakUsage.String(), TurnDays: b.TurnDays.String(),
		ExpectedDays: b.ExpectedDays.String(), RealisedDays: b.RealisedDays.String(), ExpectedFee: b.ExpectedFee.Decimal(), Fee: b.Fee.Decimal(),
		Charges: b.Charges.Decimal(), FundsCost: b.FundsCost.Decimal(), Servicing: b.Servicing.Decimal(), AllowedLoss: b.AllowedLoss.Decimal(),
		Loss: b.Loss.Decimal(), Recovered: b.Recovered.Decimal(), Net: b.Net.Decimal(),
		GrossYield: b.GrossYield.String(), FundsYield: b.FundsYield.String(), NetReturn: b.NetReturn.String(),
		Months: []wireMonth{}, LargestShare: b.LargestShare.String(), Largest: []wireShare{},
		ChargedBack: b.ChargedBack, Repurchased: b.Repurchased, PaidWhileHeld: b.PaidWhileHeld, WrittenOff: b.WrittenOff, Unpaid: b.Unpaid, Defaulted: b.Defaulted,
		Journals: b.Journals, Trial: []wireBalance{}, TrialTotal: b.Trial.Net().Decimal(),
	}
	for _, m := range b.Months {
		w.Months = append(w.Months, m.wire())
	}
	if !b.Worst.First.IsZero() {
		worst := b.Worst.wire()
		w.Worst = &worst
	}
	for _, d := range b.Largest {
		w.Largest = append(w.Largest, wireShare{d.Debtor, d.Invoices, d.Volume.Decimal(), d.Share.String(), d.Peak.Decimal()})
	}
	for _, account := range ledger.Chart() {
		w.Trial = append(w.Trial, wireBalance{string(account), b.Trial.Of(account).Decimal()})
	}
	return w
}

func (m Month) wire() wireMonth {
	return wireMonth{
		Month: m.First.String()[:len("2006-01")], Fee: m.Fee.Decimal(), Charges: m.Charges.Decimal(), Loss: m.Loss.Decimal(),
		FundsCost: m.Funds.Decimal(), Servicing: m.Servicing.Decimal(), Net: m.Net.Decimal(), Return: m.Return.String(),
	}
}

func refusedOf(refused []Refused) []wireRefused {
	out := []wireRefused{}
	for _, r := range refused {
		out = append(out, wireRefused{r.Why, string(r.Volume.Currency()), r.Invoices, r.Volume.Decimal()})
	}
	return out
}
