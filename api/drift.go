package api

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

func (s *Server) driftRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/models/:name/comparison", handle: s.compareModel},
		{method: http.MethodGet, path: "/v1/models/:name/drift", handle: s.modelDrift},
	}
}

// ModelComparison says how far a shadow's scores are from the decisions beside which
// they stand.
type ModelComparison struct {
	Name              string          `json:"name" example:"paytime-9f86d081884c7d65"`
	Decisions         int             `json:"decisions" example:"1840"`
	MeanDaysApart     string          `json:"mean_days_apart" example:"0.842934"`
	OtherOutcomeShare string          `json:"other_outcome_share" example:"0.012500"`
	Furthest          []DecisionApart `json:"furthest"`
} //	@name	ModelComparison

// DecisionApart is a decision and what the shadow would have made of it.
type DecisionApart struct {
	DecisionID             string `json:"decision_id" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Model                  string `json:"model" example:"v1"`
	DecidedAt              string `json:"decided_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	Outcome                string `json:"outcome" enums:"offer,refer,decline" example:"offer"`
	ShadowOutcome          string `json:"shadow_outcome" enums:"offer,refer,decline" example:"refer"`
	ExpectedDaysLate       int    `json:"expected_days_late" example:"9"`
	ShadowExpectedDaysLate int    `json:"shadow_expected_days_late" example:"21"`
} //	@name	DecisionApart

// per returns a ratio with six places.
func per(sum int64, count int) string {
	return money.Ppm(sum * int64(money.Whole) / int64(max(count, 1))).String()
}

func comparisonOf(name string, found domain.Comparison) ModelComparison {
	out := ModelComparison{
		Name: name, Decisions: found.Count, MeanDaysApart: per(found.ApartDays, found.Count), OtherOutcomeShare: per(int64(found.OtherOutcomes), found.Count),
		Furthest: []DecisionApart{},
	}
	for _, a := range found.Furthest {
		out.Furthest = append(out.Furthest, DecisionApart{
			DecisionID: a.Decision.String(), Model: a.Model, DecidedAt: moment(a.DecidedAt), Outcome: a.Outcome, ShadowOutcome: a.ShadowOutcome,
			ExpectedDaysLate: a.Expected, ShadowExpectedDaysLate: a.ShadowExpected,
		})
	}
	return out
}

// compareModel answers how a shadow compares.
//
//	@Summary		Compare a model's scores as the shadow with the decisions
//	@Description	Over every decision of the live world beside which it scored: the mean difference of expected days, the share of which it would have made another outcome, and the furthest. For the platform.
//	@Tags			models
//	@Produce		json
//	@Security		Bearer
//	@Param			name	path		string	true	"name of the model"
//	@Success		200		{object}	ModelComparison
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/models/{name}/comparison [get]
func (s *Server) compareModel(c *gin.Context) error {
	name, err := modelName(c)
	if err != nil {
		return err
	}
	if err := onlyQuery(c); err != nil {
		return err
	}
	found, err := s.market.ModelComparison(c.Request.Context(), caller(c), name)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, comparisonOf(name, found))
}

// ModelDrift holds what a model said against what happened.
type ModelDrift struct {
	Name      string         `json:"name" example:"paytime-9f86d081884c7d65"`
	Outcomes  int            `json:"outcomes" example:"640"`
	Alert     *string        `json:"alert" extensions:"x-nullable" example:"of 640 invoices 0.512000 were paid by the due day, and 0.601000 were expected"`
	PIT       []string       `json:"pit" example:"0.103125"`
	ChiSquare string         `json:"chi_square" example:"9.120"`
	Horizons  []DriftHorizon `json:"horizons"`
} //	@name	ModelDrift

// DriftHorizon is what was said about one day after due and what became of it, in
// all and by tenths of what was said.
type DriftHorizon struct {
	Day    int          `json:"day" example:"7"`
	All    DriftGroup   `json:"all"`
	Tenths []DriftGroup `json:"tenths"`
} //	@name	DriftHorizon

// DriftGroup is invoices about which nearly the same was said.
type DriftGroup struct {
	Invoices  int    `json:"invoices" example:"64"`
	Predicted string `json:"predicted" example:"0.552000"`
	Paid      string `json:"paid" example:"0.546875"`
} //	@name	DriftGroup

func driftGroupOf(g domain.Group) DriftGroup {
	return DriftGroup{Invoices: g.Count, Predicted: g.PredictedShare().String(), Paid: g.PaidShare().String()}
}

func driftOf(name string, d domain.Drift) ModelDrift {
	out := ModelDrift{Name: name, Outcomes: d.Outcomes, Alert: textOrNull(d.Alert()), ChiSquare: fmt.Sprintf("%d.%03d", d.ChiSquare()/1000, d.ChiSquare()%1000)}
	for _, part := range d.PIT {
		out.PIT = append(out.PIT, money.Ppm(part/int64(max(d.Outcomes, 1))).String())
	}
	for _, h := range d.Horizons {
		horizon := DriftHorizon{Day: h.Day, All: driftGroupOf(h.All)}
		for _, tenth := range h.Tenths {
			horizon.Tenths = append(horizon.Tenths, driftGroupOf(tenth))
		}
		out.Horizons = append(out.Horizons, horizon)
	}
	return out
}

// modelDrift answers whether a model still says what happens.
//
//	@Summary		See whether a model drifts
//	@Description	Its newest 2,000 decisions of the live world whose invoices are due and were sold, or stand in an import. `horizons` hold the predicted and the observed share paid by 0, 7 and 30 days after due, of invoices that old; `pit` is where outcomes fell in what was said of them, of invoices 60 days past due, level when the model is right. `alert` says why the model is to be looked at. For the platform.
//	@Tags			models
//	@Produce		json
//	@Security		Bearer
//	@Param			name	path		string	true	"name of the model"
//	@Success		200		{object}	ModelDrift
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/models/{name}/drift [get]
func (s *Server) modelDrift(c *gin.Context) error {
	name, err := modelName(c)
	if err != nil {
		return err
	}
	if err := onlyQuery(c); err != nil {
		return err
	}
	found, err := s.market.ModelDrift(c.Request.Context(), caller(c), name)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, driftOf(name, found))
}
