package simulation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// A PolicyError says which field of a policy's document no policy could have.
type PolicyError struct {
	Field  string // as it stands in the document: "fee.first_days", "books[0].capital"
	Detail string
}

// Error implements error.
func (e *PolicyError) Error() string { return fmt.Sprintf("policy: %s: %s", e.Field, e.Detail) }

// The document. Rates and amounts are decimal strings; what may be left out is
// a pointer or may be empty.
type wirePolicy struct {
	Name                string        `json:"name"`
	Version             *int          `json:"version"`
	AdvanceCap          string        `json:"advance_cap"`
	SellerGrade         string        `json:"seller_grade"`       // none: unknown, the worst
	VerificationLevel   *int          `json:"verification_level"` // none: unknown, the worst quarter
	Dilution            *wireDilution `json:"dilution"`           // none: unknown
	Fee                 wireFee       `json:"fee"`
	OriginationRate     string        `json:"origination_rate"` // none: nothing
	FundsRate           string        `json:"funds_rate"`
	ServicingRate       string        `json:"servicing_rate"` // none: nothing
	RecourseDays        *int          `json:"recourse_days"`
	CureDays            *int          `json:"cure_days"`
	RebateHoldDays      int           `json:"rebate_hold_days"`
	MaxExpectedDaysLate *int          `json:"max_expected_days_late"`
	ConcentrationLimit  string        `json:"concentration_limit"`
	Books               []wireBook    `json:"books"`
	CreditScenario      *wireScenario `json:"credit_scenario"` // none: nothing is lost
}

type wireDilution struct {
	D95  string `json:"d95"`
	Mean string `json:"mean"`
}

type wireFee struct {
	Family       string `json:"family"`
	FirstDays    int    `json:"first_days"`
	FirstRate    string `json:"first_rate"`
	StepDays     int    `json:"step_days"`
	StepRate     string `json:"step_rate"`
	UpfrontRate  string `json:"upfront_rate"`
	DailyRate    string `json:"daily_rate"`
	TargetMargin string `json:"target_margin"` // in place of first_rate or upfront_rate
}

type wireBook struct {
	Currency           string `json:"currency"`
	Country            string `json:"country"`
	Capital            string `json:"capital"`
	DebtorLimit        string `json:"debtor_limit"`
	ConcentrationFloor string `json:"concentration_floor"`
	Origination        string `json:"origination"`
	Wire               string `json:"wire"`
	Servicing          string `json:"servicing"`
	MinInvoice         string `json:"min_invoice"`
	MaxInvoice         string `json:"max_invoice"`
}

type wireScenario struct {
	PerInvoice    *int   `json:"default_ppm_per_invoice"`
	PerDebtorYear *int   `json:"default_ppm_per_debtor_year"`
	LGD           string `json:"lgd"`
	NoRepurchase  *int   `json:"no_repurchase_ppm"`
	Seed          *int64 `json:"seed"`
}

// Bounds of a policy. They keep the sum of funds in use over every day of a history
// inside 64 bits.
const (
	longestName     = 60
	mostCapital     = 100_000_000_000_000 // minor units
	largestInvoice  = 1_000_000_000_000
	longestRecourse = 365
	longestHold     = 30
	latest          = 181
)

// ReadPolicy reads the JSON document of a policy. A document that no policy could
// be is refused with a [*PolicyError] that names the first such field.
func ReadPolicy(in io.Reader) (Policy, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return Policy{}, fmt.Errorf("read policy: %w", err)
	}
	var w wirePolicy
	if err := decode(text, &w); err != nil {
		return Policy{}, err
	}
	r := &reading{}
	p := Policy{
		Name: w.Name, Version: r.whole("version", w.Version, 1, 1_000_000),
		AdvanceCap: r.rate("advance_cap", w.AdvanceCap), Facts: r.facts(w), Margin: r.optionalRate("fee.target_margin", w.Fee.TargetMargin),
		Priced: w.Fee.TargetMargin != "", Fee: r.fee(w.Fee), OriginationRate: r.optionalRate("origination_rate", w.OriginationRate),
		FundsRate: r.rate("funds_rate", w.FundsRate), ServicingRate: r.optionalRate("servicing_rate", w.ServicingRate),
		RecourseDays: r.whole("recourse_days", w.RecourseDays, 1, longestRecourse), CureDays: r.whole("cure_days", w.CureDays, 0, longestRecourse),
		RebateHold:          r.whole("rebate_hold_days", &w.RebateHoldDays, 0, longestHold),
		MaxExpectedDaysLate: r.whole("max_expected_days_late", w.MaxExpectedDaysLate, underwritingFirst, latest),
		ConcentrationLimit:  r.rate("concentration_limit", w.ConcentrationLimit),
		Scenario:            r.scenario(w.CreditScenario),
	}
	r.unless(w.Name != "" && len(w.Name) <= longestName && w.Name == strings.TrimSpace(w.Name), "name", "not a name of 1 to %d characters", longestName)
	r.unless(!p.AdvanceCap.IsZero(), "advance_cap", "nothing would be advanced")
	r.unless(len(w.Books) > 0, "books", "there is no currency to buy in")
	for i, b := range w.Books {
		p.Books = append(p.Books, r.book(fmt.Sprintf("books[%d].", i), b, p.Books))
	}
	if r.err != nil {
		return Policy{}, r.err
	}
	for _, b := range p.Books {
		if err := underwriting.CheckMandate(p.mandate(b)); err != nil { // whatever was forgotten here
			return Policy{}, &PolicyError{"books", err.Error()}
		}
	}
	return p, nil
}

// underwritingFirst is the earliest day of a payment curve.
const underwritingFirst = -90

// decode reads one JSON value and nothing after it, every field a known one.
func decode(text []byte, into *wirePolicy) error {
	if err := fieldsOnce(json.NewDecoder(bytes.NewReader(text))); err != nil {
		return err
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	err := in.Decode(into)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return &PolicyError{kind.Field, fmt.Sprintf("a %s is not %s", kind.Value, kind.Type)}
	case err != nil && strings.Contains(err.Error(), "unknown field "):
		_, name, _ := strings.Cut(err.Error(), "unknown field ")
		return &PolicyError{strings.Trim(name, `"`), "there is no such field"}
	case err != nil:
		return &PolicyError{"document", err.Error()}
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return &PolicyError{"document", "something follows it"}
	}
	return nil
}

// fieldsOnce refuses a field that stands twice in an object, and one in other letters,
// which would be taken for the one in small letters.
func fieldsOnce(in *json.Decoder) error {
	var objects []map[string]bool // of an array it is nil
	isName := false
	for {
		token, err := in.Token()
		if err != nil {
			return nil //nolint:nilerr // what is no JSON is refused by who decodes it
		}
		within := len(objects) > 0 && objects[len(objects)-1] != nil
		switch name, isText := token.(string); {
		case token == json.Delim('{'):
			objects = append(objects, map[string]bool{})
		case token == json.Delim('['):
			objects = append(objects, nil)
		case token == json.Delim('}'), token == json.Delim(']'):
			objects = objects[:len(objects)-1]
		case within && isName && isText:
			names := objects[len(objects)-1]
			if name != strings.ToLower(name) {
				return &PolicyError{name, "there is no such field"}
			} else if names[name] {
				return &PolicyError{name, "it is given twice"}
			}
			names[name], isName = true, false
			continue
		}
		isName = len(objects) > 0 && objects[len(objects)-1] != nil
	}
}

// reading keeps the first error of a document.
type reading struct{ err error }

func (r *reading) unless(fine bool, field, format string, args ...any) {
	if !fine && r.err == nil {
		r.err = &PolicyError{field, fmt.Sprintf(format, args...)}
	}
}

func (r *reading) whole(field string, n *int, low, high int) int {
	if n == nil {
		r.unless(false, field, "it is missing")
		return low
	}
	r.unless(*n >= low && *n <= high, field, "%d is not %d to %d", *n, low, high)
	return *n
}

func (r *reading) rate(field, text string) money.Rate {
	r.unless(text != "", field, "it is missing")
	return r.optionalRate(field, text)
}

func (r *reading) optionalRate(field, text string) money.Rate {
	if text == "" {
		return money.Rate{}
	}
	rate, err := money.ParseRate(text)
	r.unless(err == nil, field, "%q is not a plain decimal fraction", text)
	r.unless(err != nil || !rate.Negative() && !money.Percent(100).Less(rate), field, "%s is not between 0 and 1", text)
	return rate
}

func (r *reading) facts(w wirePolicy) underwriting.Facts {
	f := underwriting.Facts{Grade: underwriting.SellerGrade(w.SellerGrade)}
	r.unless(w.SellerGrade == "" || f.Grade.Known(), "seller_grade", "there is no grade %q", w.SellerGrade)
	if w.VerificationLevel != nil {
		highest := int(underwriting.VerificationAccepted - underwriting.VerificationNone)
		f.Verification = underwriting.VerificationNone + underwriting.Verification(r.whole("verification_level", w.VerificationLevel, 0, highest))
	}
	if w.Dilution != nil {
		d95, mean := r.share("dilution.d95", w.Dilution.D95), r.share("dilution.mean", w.Dilution.Mean)
		r.unless(mean <= d95, "dilution.mean", "%s is more than d95", w.Dilution.Mean)
		f.Dilution = underwriting.Dilution{
			Share: underwriting.Posterior{Mean: mean, Low: mean, High: d95}, D95: d95, Months: fullYear, Known: true,
		}
	}
	return f
}

// fullYear is how many months a dilution is said to rest on that a policy states.
const fullYear = 12

func (r *reading) share(field, text string) money.Ppm {
	share, err := money.PpmOf(r.rate(field, text))
	r.unless(err == nil, field, "it is not between 0 and 1")
	return share
}

func (r *reading) fee(w wireFee) domain.FeeTerms {
	f := domain.FeeTerms{
		FirstDays: w.FirstDays, FirstRate: r.optionalRate("fee.first_rate", w.FirstRate),
		StepDays: w.StepDays, StepRate: r.optionalRate("fee.step_rate", w.StepRate),
		UpfrontRate: r.optionalRate("fee.upfront_rate", w.UpfrontRate), DailyRate: r.optionalRate("fee.daily_rate", w.DailyRate),
	}
	families := []domain.FeeFamily{domain.FeeFlat, domain.FeeBanded, domain.FeeDaily}
	family := domain.FeeFamily(w.Family)
	r.unless(slices.Contains(families, family), "fee.family", "%q is none of %s, %s and %s", w.Family, families[0], families[1], families[2])
	if family == domain.FeeDaily {
		r.unless(f.FirstDays == 0, "fee.first_days", "an up-front and daily fee has no bands")
		r.unless(w.FirstRate == "", "fee.first_rate", "an up-front and daily fee has no bands")
		r.unless(f.DailyRate.Positive(), "fee.daily_rate", "an up-front and daily fee needs one")
		r.unless((w.UpfrontRate == "") == (w.TargetMargin != ""), "fee.upfront_rate", "either it or target_margin is given")
	} else {
		r.unless(w.UpfrontRate == "", "fee.upfront_rate", "only an up-front and daily fee has one")
		r.unless(w.DailyRate == "", "fee.daily_rate", "only an up-front and daily fee has one")
		r.unless((w.FirstRate == "") == (w.TargetMargin != ""), "fee.first_rate", "either it or target_margin is given")
		r.whole("fee.first_days", &f.FirstDays, 1, longestRecourse)
	}
	if family == domain.FeeBanded {
		r.whole("fee.step_days", &f.StepDays, 1, longestRecourse)
		r.unless(w.StepRate != "", "fee.step_rate", "it is missing")
		return f
	}
	r.unless(f.StepDays == 0, "fee.step_days", "only a banded fee has steps")
	r.unless(w.StepRate == "", "fee.step_rate", "only a banded fee has steps")
	return f
}

func (r *reading) book(at string, w wireBook, before []BookTerms) BookTerms {
	currency, err := money.ParseCurrency(w.Currency)
	r.unless(err == nil, at+"currency", "%q is no currency", w.Currency)
	r.unless(!slices.ContainsFunc(before, func(b BookTerms) bool { return b.Currency == currency }), at+"currency", "%s has a book already", currency)
	r.unless(w.Country == "" || domain.BusinessDays(w.Country).KnowsHolidays(), at+"country", "no holidays of %q are known", w.Country)
	amount := func(name, text string, missing, most int64) money.Amount {
		if text == "" {
			r.unless(missing >= 0, at+name, "it is missing")
			return money.Minor(missing, currency)
		}
		a, err := money.Parse(text, currency)
		r.unless(err == nil, at+name, "%q is not an amount in %s", text, currency)
		r.unless(err != nil || !a.Negative() && a.Units() <= most, at+name, "%s is not 0 to %s", text, money.Minor(most, currency))
		return a
	}
	b := BookTerms{
		Currency: currency, Country: w.Country,
		Capital: amount("capital", w.Capital, -1, mostCapital), DebtorLimit: amount("debtor_limit", w.DebtorLimit, -1, mostCapital),
		ConcentrationFloor: amount("concentration_floor", w.ConcentrationFloor, -1, mostCapital),
		Origination:        amount("origination", w.Origination, 0, largestInvoice), Wire: amount("wire", w.Wire, 0, largestInvoice),
		Servicing: amount("servicing", w.Servicing, 0, largestInvoice),
		Smallest:  amount("min_invoice", w.MinInvoice, 0, largestInvoice), Largest: amount("max_invoice", w.MaxInvoice, largestInvoice, largestInvoice),
	}
	r.unless(b.Capital.Positive(), at+"capital", "there is nothing to buy with")
	r.unless(r.err != nil || !b.Largest.Less(b.Smallest), at+"min_invoice", "%s is more than max_invoice", w.MinInvoice)
	return b
}

func (r *reading) scenario(w *wireScenario) *Scenario {
	if w == nil {
		return nil
	}
	s := &Scenario{LossGivenDefault: r.rate("credit_scenario.lgd", w.LGD)}
	r.unless((w.PerInvoice == nil) != (w.PerDebtorYear == nil), "credit_scenario.default_ppm_per_invoice",
		"either it or default_ppm_per_debtor_year is given")
	if w.PerInvoice != nil {
		s.Invoice = money.Ppm(r.whole("credit_scenario.default_ppm_per_invoice", w.PerInvoice, 0, int(money.Whole)))
	}
	if w.PerDebtorYear != nil {
		s.DebtorYear = money.Ppm(r.whole("credit_scenario.default_ppm_per_debtor_year", w.PerDebtorYear, 0, int(money.Whole)))
	}
	s.NoRepurchase = money.Ppm(r.whole("credit_scenario.no_repurchase_ppm", w.NoRepurchase, 0, int(money.Whole)))
	r.unless(w.Seed != nil && *w.Seed >= 0, "credit_scenario.seed", "it is missing or negative")
	if w.Seed != nil {
		s.Seed = uint64(*w.Seed)
	}
	return s
}
