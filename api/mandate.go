package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

func (s *Server) mandateRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/mandates", handle: s.createMandate},
		{method: http.MethodGet, path: "/v1/mandates", handle: s.listMandates},
		{method: http.MethodGet, path: "/v1/mandates/:id", handle: s.getMandate},
		{method: http.MethodPost, path: "/v1/mandates/:id/activate", handle: s.activateMandate},
		{method: http.MethodPost, path: "/v1/mandates/:id/pause", handle: s.pauseMandate},
	}
}

// FeeTermsRequest is a fee of one of three families. Flat: the first rate, whenever
// the debtor pays. Banded: the first rate for the first days, then the step rate for
// each started step. Up-front and daily: a rate of the basis from the funding date on,
// and a daily rate of the advance. Rates are fractions of the basis but for the daily
// one. With `risk` the first or up-front rate is left out.
type FeeTermsRequest struct {
	FirstDays   int    `json:"first_days,omitempty" example:"30" minimum:"0" maximum:"366"`
	FirstRate   string `json:"first_rate,omitempty" example:"0.02"`
	StepDays    int    `json:"step_days,omitempty" example:"10" minimum:"0" maximum:"366"`
	StepRate    string `json:"step_rate,omitempty" example:"0.006"`
	UpfrontRate string `json:"upfront_rate,omitempty" example:"0.01"`
	DailyRate   string `json:"daily_rate,omitempty" example:"0.0004"`
} //	@name	FeeTermsRequest

// MandateRisk is what a mandate that prices by risk must earn. Rates are fractions.
type MandateRisk struct {
	// Yearly, simple on act/365, of the advance while it is out.
	CostOfFunds string `json:"cost_of_funds" example:"0.08"`
	// Of one invoice, in the mandate's currency.
	ServicingFixed string `json:"servicing_fixed" example:"20.00"`
	// Of the basis, added to it.
	ServicingRate string `json:"servicing_rate" example:"0.0005"`
	// Of the basis.
	Margin string `json:"margin" example:"0.005"`
} //	@name	MandateRisk

// MandateRiskRequest makes a mandate price by risk: its haircuts follow from dilution,
// verification and the seller's grade, and the free part of its fee is the least that
// covers these costs and the expected loss. Rates are fractions.
type MandateRiskRequest struct {
	// Yearly, simple on act/365, of the advance while it is out.
	CostOfFunds string `json:"cost_of_funds" example:"0.08"`
	// Of one invoice, in the mandate's currency.
	ServicingFixed string `json:"servicing_fixed,omitempty" example:"20.00"`
	// Of the basis, added to it.
	ServicingRate string `json:"servicing_rate,omitempty" example:"0.0005"`
	// Of the basis.
	Margin string `json:"margin" example:"0.005"`
} //	@name	MandateRiskRequest

// mandateTerms are what a mandate says on the wire besides its fee. Amounts are
// in the mandate's currency.
type mandateTerms struct {
	Currency            string `json:"currency" example:"USD"`
	AdvanceCap          string `json:"advance_cap" example:"0.85"`
	DilutionHaircut     string `json:"dilution_haircut,omitempty" example:"0.03"`
	VerificationHaircut string `json:"verification_haircut,omitempty" example:"0.02"`
	SellerHaircut       string `json:"seller_haircut,omitempty" example:"0.01"`
	OriginationRate     string `json:"origination_rate,omitempty" example:"0.0025"`
	OriginationFixed    string `json:"origination_fixed,omitempty" example:"10.00"`
	// Of the origination, where it is taxable: value added tax, for one.
	OriginationTaxRate  string `json:"origination_tax_rate,omitempty" example:"0.2"`
	WireFee             string `json:"wire_fee,omitempty" example:"15.00"`
	RecourseDays        int    `json:"recourse_days" example:"90" minimum:"1" maximum:"730"`
	CureDays            int    `json:"cure_days" example:"15" minimum:"0" maximum:"730"`
	MinFace             string `json:"min_face" example:"500.00"`
	MaxFace             string `json:"max_face" example:"250000.00"`
	DebtorLimit         string `json:"debtor_limit" example:"500000.00"`
	FacilityLimit       string `json:"facility_limit" example:"5000000.00"`
	OfferHours          *int   `json:"offer_hours,omitempty" example:"24" default:"24" minimum:"1" maximum:"720"`
	MaxExpectedDaysLate *int   `json:"max_expected_days_late" example:"45" minimum:"0" maximum:"365"`
	// The verification, 3 to 6, from which on the mandate buys what the debtor is not told of; 0: every debtor is told.
	ConfidentialLevel *int `json:"confidential_level,omitempty" example:"4" default:"0" minimum:"0" maximum:"6"`
	// Who may ask the debtor for what the law adds to a late payment; left out: nobody may.
	LateChargesOwner    string `json:"late_charges_owner,omitempty" enums:"seller,factor" example:"seller"`
	OperatingAccountID  string `json:"operating_account_id" example:"acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CollectionAccountID string `json:"collection_account_id" example:"acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
}

// CreateMandateRequest is a factor's commitment to buy.
type CreateMandateRequest struct {
	mandateTerms
	Fee  FeeTermsRequest     `json:"fee"`
	Risk *MandateRiskRequest `json:"risk,omitempty"`
	// Which plans need no consent of the seller; left out: 3 instalments, 30 days. It becomes a term of the offers and deals that are made under this mandate.
	Envelope *PlanEnvelopeRequest `json:"plan_envelope,omitempty"`
} //	@name	CreateMandateRequest

// Mandate is a factor's commitment to buy in one currency.
type Mandate struct {
	ID      string `json:"id" example:"man_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Version int    `json:"version" example:"1"`
	State   string `json:"state" enums:"draft,active,paused" example:"draft"`
	mandateTerms
	// A first or up-front rate that follows from the risk is "0".
	Fee FeeTerms `json:"fee"`
	// Only of a mandate that prices by risk.
	Risk      *MandateRisk `json:"risk,omitempty"`
	Envelope  PlanEnvelope `json:"plan_envelope"`
	CreatedAt string       `json:"created_at" format:"date-time" example:"2026-02-05T14:12:00Z"`
} //	@name	Mandate

func mandateOf(m domain.Mandate) Mandate {
	t := m.Terms
	out := Mandate{
		ID: m.ID.String(), Version: m.Version, State: string(m.State), CreatedAt: moment(m.CreatedAt), Fee: feeTermsOf(t.Fee),
		Envelope: envelopeOf(t.Envelope),
		mandateTerms: mandateTerms{
			Currency: string(t.Currency), AdvanceCap: t.AdvanceCap.String(), DilutionHaircut: t.DilutionHaircut.String(),
			VerificationHaircut: t.VerificationHaircut.String(), SellerHaircut: t.SellerHaircut.String(),
			OriginationRate: t.OriginationRate.String(), OriginationFixed: t.OriginationFixed.Decimal(), OriginationTaxRate: t.OriginationTax.String(), WireFee: t.WireFee.Decimal(),
			RecourseDays: t.RecourseDays, CureDays: t.CureDays, MinFace: t.MinFace.Decimal(), MaxFace: t.MaxFace.Decimal(),
			DebtorLimit: t.DebtorLimit.Decimal(), FacilityLimit: t.FacilityLimit.Decimal(), OfferHours: &t.OfferHours,
			MaxExpectedDaysLate: &t.MaxExpectedDaysLate, ConfidentialLevel: &t.ConfidentialLevel, LateChargesOwner: string(t.LateOwner),
			OperatingAccountID: m.Operating.String(), CollectionAccountID: m.Collection.String(),
		},
		Risk: mandateRiskOf(t),
	}
	if t.ByRisk { // they follow from the risk
		out.DilutionHaircut, out.VerificationHaircut, out.SellerHaircut = "", "", ""
	}
	return out
}

func mandateRiskOf(t domain.MandateTerms) *MandateRisk {
	if !t.ByRisk {
		return nil
	}
	return &MandateRisk{
		CostOfFunds: t.Costs.FundsRate.String(), ServicingFixed: t.Costs.Servicing.Decimal(), ServicingRate: t.Costs.ServicingRate.String(), Margin: t.Costs.MarginRate.String(),
	}
}

func mandateLocation(m domain.Mandate) string { return "/v1/mandates/" + m.ID.String() }

// createMandate adds a mandate as a draft.
//
//	@Summary		Add a mandate
//	@Description	A draft makes no offers until it is activated. The accounts are the factor's own, for operating and for collecting, in the mandate's currency.
//	@Tags			mandates
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"names this request for ever"
//	@Param			request			body		CreateMandateRequest	true	"the terms"
//	@Success		201				{object}	Mandate
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/mandates [post]
func (s *Server) createMandate(c *gin.Context) error {
	request, err := bodyOnly[CreateMandateRequest](c)
	if err != nil {
		return err
	}
	mandate, err := request.mandate()
	if err != nil {
		return err
	}
	once, err := once(c, answering(http.StatusCreated, mandateOf, mandateLocation))
	if err != nil {
		return err
	}
	answer, err := s.market.CreateMandate(c.Request.Context(), caller(c), mandate, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// What a mandate may say: underwriting and the schema hold the same bounds.
const (
	maxTermDays       = 730
	maxBandDays       = 366
	maxOfferHours     = 24 * 30
	defaultOfferHours = 24
	maxDaysLate       = 365
)

func (r CreateMandateRequest) mandate() (domain.Mandate, error) {
	var k checker
	currency := k.currency("/currency", r.Currency)
	if k.err() != nil {
		return domain.Mandate{}, k.err() // without it no amount can be read
	}
	m := domain.Mandate{
		Operating: k.accountID("/operating_account_id", r.OperatingAccountID), Collection: k.accountID("/collection_account_id", r.CollectionAccountID),
		Terms: domain.MandateTerms{
			Currency: currency, AdvanceCap: k.fraction("/advance_cap", r.AdvanceCap), DilutionHaircut: k.fractionOrNone("/dilution_haircut", r.DilutionHaircut),
			VerificationHaircut: k.fractionOrNone("/verification_haircut", r.VerificationHaircut), SellerHaircut: k.fractionOrNone("/seller_haircut", r.SellerHaircut),
			Fee: r.Fee.terms(&k, r.Risk != nil), OriginationRate: k.fractionOrNone("/origination_rate", r.OriginationRate),
			OriginationFixed: k.amountOrNone("/origination_fixed", r.OriginationFixed, currency), OriginationTax: k.fractionOrNone("/origination_tax_rate", r.OriginationTaxRate),
			WireFee:      k.amountOrNone("/wire_fee", r.WireFee, currency),
			RecourseDays: k.whole("/recourse_days", r.RecourseDays, 1, maxTermDays), CureDays: k.whole("/cure_days", r.CureDays, 0, maxTermDays),
			MinFace: k.amountIn("/min_face", r.MinFace, currency), MaxFace: k.amountIn("/max_face", r.MaxFace, currency),
			DebtorLimit: k.amountIn("/debtor_limit", r.DebtorLimit, currency), FacilityLimit: k.amountIn("/facility_limit", r.FacilityLimit, currency),
			OfferHours: defaultOfferHours, Envelope: k.envelope("/plan_envelope", r.Envelope),
		},
	}
	r.byRisk(&k, &m.Terms)
	if r.ConfidentialLevel != nil && *r.ConfidentialLevel != 0 {
		m.Terms.ConfidentialLevel = k.whole("/confidential_level", *r.ConfidentialLevel, domain.ConfidentialLevel, domain.VerificationHighest)
	}
	if r.LateChargesOwner != "" {
		m.Terms.LateOwner = domain.LateOwner(r.LateChargesOwner)
		if m.Terms.LateOwner != domain.LateSeller && m.Terms.LateOwner != domain.LateFactor {
			k.wrong("/late_charges_owner", "not-allowed", "seller or factor; left out, nobody may ask for any")
		}
	}
	if r.OfferHours != nil {
		m.Terms.OfferHours = k.whole("/offer_hours", *r.OfferHours, 1, maxOfferHours)
	}
	if r.MaxExpectedDaysLate == nil {
		k.wrong("/max_expected_days_late", "required", "a whole number from 0 to %d", maxDaysLate)
	} else {
		m.Terms.MaxExpectedDaysLate = k.whole("/max_expected_days_late", *r.MaxExpectedDaysLate, 0, maxDaysLate)
	}
	return m, k.err()
}

// dearestFunds bounds the yearly cost of funds, as underwriting does.
var dearestFunds = money.Percent(1_000)

// byRisk reads what a mandate that prices by risk must earn. What follows from the risk
// is not given beside it.
func (r CreateMandateRequest) byRisk(k *checker, t *domain.MandateTerms) {
	if r.Risk == nil {
		return
	}
	for _, haircut := range [][2]string{
		{"/dilution_haircut", r.DilutionHaircut}, {"/verification_haircut", r.VerificationHaircut}, {"/seller_haircut", r.SellerHaircut},
	} {
		if haircut[1] != "" {
			k.wrong(haircut[0], "follows-from-risk", "a mandate that prices by risk does not give its haircuts")
		}
	}
	t.ByRisk = true
	t.Costs = domain.Costs{
		FundsRate:     k.rate("/risk/cost_of_funds", r.Risk.CostOfFunds, money.Rate{}, dearestFunds),
		Servicing:     k.amountOrNone("/risk/servicing_fixed", r.Risk.ServicingFixed, t.Currency),
		ServicingRate: k.fractionOrNone("/risk/servicing_rate", r.Risk.ServicingRate), MarginRate: k.fraction("/risk/margin", r.Risk.Margin),
	}
}

// terms reads a fee. Its free part, the first or up-front rate, is there unless it
// follows from the risk.
func (f FeeTermsRequest) terms(k *checker, byRisk bool) domain.FeeTerms {
	if f.UpfrontRate != "" || f.DailyRate != "" {
		return f.daily(k, byRisk)
	}
	terms := domain.FeeTerms{
		FirstDays: k.whole("/fee/first_days", f.FirstDays, 1, maxBandDays), FirstRate: k.free("/fee/first_rate", f.FirstRate, byRisk),
		StepDays: k.whole("/fee/step_days", f.StepDays, 0, maxBandDays), StepRate: k.fractionOrNone("/fee/step_rate", f.StepRate),
	}
	if terms.StepDays == 0 && !terms.StepRate.IsZero() {
		k.wrong("/fee/step_days", "required", "a fee that steps up says how often")
	}
	return terms
}

func (f FeeTermsRequest) daily(k *checker, byRisk bool) domain.FeeTerms {
	terms := domain.FeeTerms{UpfrontRate: k.free("/fee/upfront_rate", f.UpfrontRate, byRisk), DailyRate: k.fraction("/fee/daily_rate", f.DailyRate)}
	for _, band := range []struct {
		name  string
		given bool
	}{{"first_days", f.FirstDays != 0}, {"first_rate", f.FirstRate != ""}, {"step_days", f.StepDays != 0}, {"step_rate", f.StepRate != ""}} {
		if band.given {
			k.wrong("/fee/"+band.name, "not-of-this-family", "an up-front and daily fee has no bands")
		}
	}
	if given, err := money.ParseRate(f.DailyRate); err == nil && given.IsZero() {
		k.wrong("/fee/daily_rate", "not-positive", "a fee that does not grow by the day is a flat one")
	}
	return terms
}

// free checks the free part of a fee.
func (k *checker) free(pointer, value string, byRisk bool) money.Rate {
	if !byRisk {
		return k.fraction(pointer, value)
	}
	if value != "" {
		k.wrong(pointer, "follows-from-risk", "a mandate that prices by risk does not give this rate")
	}
	return money.Rate{}
}

// ratePlaces is how many decimals the database keeps of a rate.
const ratePlaces = 12

// fraction checks a rate between 0 and 1.
func (k *checker) fraction(pointer, value string) money.Rate {
	r := k.rate(pointer, value, money.Rate{}, money.Percent(100))
	if len(value) > len("0.")+ratePlaces {
		k.wrong(pointer, "too-long", "at most %d decimals", ratePlaces)
	}
	return r
}

func (k *checker) fractionOrNone(pointer, value string) money.Rate {
	if value == "" {
		return money.Rate{}
	}
	return k.fraction(pointer, value)
}

// amountIn checks an amount, not negative, in a currency that is known.
func (k *checker) amountIn(pointer, value string, currency money.Currency) money.Amount {
	a, err := money.Parse(value, currency)
	if err != nil || a.Negative() {
		k.wrong(pointer, "not-an-amount", "write a plain decimal with exactly %d places", currency.Places())
		return money.Minor(0, currency)
	}
	return a
}

func (k *checker) amountOrNone(pointer, value string, currency money.Currency) money.Amount {
	if value == "" {
		return money.Minor(0, currency)
	}
	return k.amountIn(pointer, value, currency)
}

// accountID reads the id of an account, whose being there is asked elsewhere.
func (k *checker) accountID(pointer, value string) domain.AccountID {
	id, err := domain.ParseAccountID(value)
	if err != nil {
		k.wrong(pointer, "not-an-id", "write an id that begins with acct_")
	}
	return id
}

// listMandates lists the factor's mandates.
//
//	@Summary	List mandates
//	@Tags		mandates
//	@Produce	json
//	@Security	Bearer
//	@Param		state	query		string	false	"only in this state"	Enums(draft, active, paused)
//	@Param		limit	query		int		false	"rows of a page"		minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Mandate]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Failure	503		{object}	Problem
//	@Router		/v1/mandates [get]
func (s *Server) listMandates(c *gin.Context) error {
	if err := onlyQuery(c, "state", "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseMandateID)
	if err != nil {
		return err
	}
	state, given := c.GetQuery("state")
	if given && !slices.Contains(domain.MandateMoves.States(), domain.MandateState(state)) {
		return domain.ErrUnreadable.At("state", "not-allowed", "draft, active or paused")
	}
	rows, err := s.market.Mandates(c.Request.Context(), caller(c), state, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, mandateOf, func(m domain.Mandate) string { return m.ID.String() }))
}

// getMandate answers one of the factor's mandates.
//
//	@Summary	Read a mandate
//	@Tags		mandates
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"mandate"
//	@Success	200	{object}	Mandate
//	@Header		200	{string}	ETag	"id and version"
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Failure	503	{object}	Problem
//	@Router		/v1/mandates/{id} [get]
func (s *Server) getMandate(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseMandateID)
	if err != nil {
		return err
	}
	m, err := s.market.Mandate(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	etag(c, m.ID.String(), strconv.Itoa(m.Version))
	return respond(c, http.StatusOK, mandateOf(m))
}

// activateMandate lets a mandate make offers.
//
//	@Summary		Activate a mandate
//	@Description	One mandate of a factor is active in each currency.
//	@Tags			mandates
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"names this request for ever"
//	@Param			id				path		string	true	"mandate"
//	@Success		200				{object}	Mandate
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/mandates/{id}/activate [post]
func (s *Server) activateMandate(c *gin.Context) error {
	return doOn(c, domain.ParseMandateID, answering(http.StatusOK, mandateOf, nil), s.market.ActivateMandate)
}

// pauseMandate keeps a mandate from making offers.
//
//	@Summary		Pause a mandate
//	@Description	It makes no more offers; those that it made stand.
//	@Tags			mandates
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"names this request for ever"
//	@Param			id				path		string	true	"mandate"
//	@Success		200				{object}	Mandate
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/mandates/{id}/pause [post]
func (s *Server) pauseMandate(c *gin.Context) error {
	return doOn(c, domain.ParseMandateID, answering(http.StatusOK, mandateOf, nil), s.market.PauseMandate)
}
