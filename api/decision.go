package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
	"comity/underwriting"
)

func (s *Server) decisionRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/decisions/:id", handle: s.getDecision},
		{method: http.MethodGet, path: "/v1/decisions/:id/replay", handle: s.replayDecision},
		{method: http.MethodPost, path: "/v1/decisions/:id/objections", handle: s.object},
		{method: http.MethodPost, path: "/v1/quotes", handle: s.quote},
	}
}

// decisionSaid is what a decision says, wherever it stands.
type decisionSaid struct {
	Model            string           `json:"model" example:"comity-1"`
	Outcome          string           `json:"outcome" enums:"offer,refer,decline" example:"offer"`
	Curve            []CurvePoint     `json:"curve"`
	Later            string           `json:"later" example:"0.012000"`
	ExpectedDaysLate int              `json:"expected_days_late" example:"9"`
	MedianDaysLate   int              `json:"median_days_late" example:"6"`
	P90DaysLate      int              `json:"p90_days_late" example:"30"`
	KnownPayments    int              `json:"known_payments" example:"42"`
	Reasons          []DecisionReason `json:"reasons"`
	// Score is the explained score of a fitted model in thousandths of a day: the points of all reasons.
	Score int `json:"score" example:"-1240"`
}

// Decision says when an invoice will probably be paid, and why.
type Decision struct {
	ID        string `json:"id" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceID string `json:"invoice_id" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	decisionSaid
	DecidedAt       string      `json:"decided_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	ObjectionID     *string     `json:"objection_id" extensions:"x-nullable" example:"obj_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	FirstDecisionID *string     `json:"first_decision_id" extensions:"x-nullable" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2a"`
	SideBySide      *SideBySide `json:"side_by_side,omitempty"`
} //	@name	Decision

// SideBySide is a decision that was objected to and the one that was made again on
// the corrected facts, as of the same day.
type SideBySide struct {
	First DecisionSide `json:"first"`
	Again DecisionSide `json:"again"`
} //	@name	SideBySide

// DecisionSide is one of two decisions that stand side by side.
type DecisionSide struct {
	ID string `json:"id" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	decisionSaid
	DecidedAt string `json:"decided_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
} //	@name	DecisionSide

// CurvePoint is the probability that the invoice is paid by the end of a day.
type CurvePoint struct {
	Day  int    `json:"day" example:"14"`
	Paid string `json:"paid" example:"0.831250"`
} //	@name	CurvePoint

// DecisionReason is one thing that moved a decision.
type DecisionReason struct {
	Code       string `json:"code" example:"own-history"`
	Value      string `json:"value" example:"42"`
	Comparison string `json:"comparison" example:"general table comity-1: 12 days after due"`
	Direction  string `json:"direction" enums:"better,worse,neutral" example:"better"`
	Sentence   string `json:"sentence" example:"42 payments known, on average 6 days after due"`
	// Points are thousandths of a day in the score; later is more.
	Points int `json:"points" example:"-820"`
	// Otherwise says what would be expected if this were as usual, from the model run again; empty where nothing was.
	Otherwise string `json:"otherwise" example:"if this were as usual, payment would be expected 3 days after due"`
} //	@name	DecisionReason

// audienceOf is who reads the reasons (D-8): a seller only what everybody reads, a
// factor's analysts and owners and the platform what analysts do; what is restricted is
// for none of them.
func audienceOf(by domain.Caller) string {
	switch {
	case by.Kind == domain.KindPlatform, by.Kind == domain.KindFactor && (by.Role == domain.RoleOwner || by.Role == domain.RoleAnalyst):
		return underwriting.AudienceAnalyst
	case by.Kind == domain.KindFactor:
		return underwriting.AudienceFactor
	default:
		return underwriting.AudienceAll
	}
}

// reasonsFor writes the reasons that somebody may read.
func reasonsFor(by domain.Caller, reasons []underwriting.Reason) []DecisionReason {
	out := []DecisionReason{}
	for _, r := range underwriting.ReasonsFor(audienceOf(by), reasons) {
		out = append(out, DecisionReason{
			Code: r.Code, Value: r.Value, Comparison: r.Comparison, Direction: r.Direction, Sentence: r.Sentence,
			Points: r.Points, Otherwise: r.Otherwise,
		})
	}
	return out
}

// said writes what a decision says to somebody.
func said(d underwriting.Decision, by domain.Caller) decisionSaid {
	out := decisionSaid{
		Model: d.Model, Outcome: d.Outcome, Curve: []CurvePoint{}, Later: d.Later.String(),
		ExpectedDaysLate: d.ExpectedDaysLate, MedianDaysLate: d.MedianDaysLate, P90DaysLate: d.P90DaysLate,
		KnownPayments: d.KnownPayments, Reasons: reasonsFor(by, d.Reasons), Score: d.Score,
	}
	for _, p := range d.Curve {
		out.Curve = append(out.Curve, CurvePoint{Day: p.Day, Paid: p.Paid.String()})
	}
	return out
}

// storedSaid writes what a stored decision says to somebody.
func storedSaid(d domain.Decision, by domain.Caller) (decisionSaid, error) {
	decoded, err := underwriting.DecodeDecision(d.Result)
	if err != nil {
		return decisionSaid{}, fmt.Errorf("decision %s: %w", d.ID, err)
	}
	return said(decoded, by), nil
}

func decisionOf(found marketplace.Beside, by domain.Caller) (Decision, error) {
	d := found.Decision
	stored, err := storedSaid(d, by)
	if err != nil {
		return Decision{}, err
	}
	out := Decision{
		ID: d.ID.String(), InvoiceID: d.Invoice.String(), decisionSaid: stored, DecidedAt: moment(d.DecidedAt),
		ObjectionID: idOrNull(d.Objection), FirstDecisionID: idOrNull(d.First),
	}
	if found.First != nil {
		out.SideBySide, err = sideBySideOf(*found.First, *found.Again, by)
	}
	return out, err
}

func sideBySideOf(first, again domain.Decision, by domain.Caller) (*SideBySide, error) {
	one, err := decisionSideOf(first, by)
	if err != nil {
		return nil, err
	}
	other, err := decisionSideOf(again, by)
	return &SideBySide{First: one, Again: other}, err
}

func decisionSideOf(d domain.Decision, by domain.Caller) (DecisionSide, error) {
	stored, err := storedSaid(d, by)
	return DecisionSide{ID: d.ID.String(), decisionSaid: stored, DecidedAt: moment(d.DecidedAt)}, err
}

// getDecision answers one decision.
//
//	@Summary		Get a decision
//	@Description	Days count from the due date; 181 means later than 180. `later` is the share not paid by day 180. Only the reasons that you may read are there. When the decision was made again after an objection, or was made in place of another, `side_by_side` holds both. For the seller, and for the platform.
//	@Tags			decisions
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the decision"
//	@Success		200	{object}	Decision
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/decisions/{id} [get]
func (s *Server) getDecision(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDecisionID)
	if err != nil {
		return err
	}
	d, err := s.market.Decision(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	out, err := decisionOf(d, caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, out)
}

// DecisionReplay says whether deciding again gives the same bytes.
type DecisionReplay struct {
	DecisionID string `json:"decision_id" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	SameBytes  bool   `json:"same_bytes" example:"true"`
	SHA256     string `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
} //	@name	DecisionReplay

// replayDecision decides again on the stored inputs.
//
//	@Summary		Replay a decision
//	@Description	Decides again on the stored inputs and compares byte by byte; `sha256` is the digest of the stored result as far as you may read it.
//	@Tags			decisions
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the decision"
//	@Success		200	{object}	DecisionReplay
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/decisions/{id}/replay [get]
func (s *Server) replayDecision(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDecisionID)
	if err != nil {
		return err
	}
	d, same, err := s.market.Replay(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	decided, err := underwriting.DecodeDecision(d.Result)
	if err != nil {
		return fmt.Errorf("decision %s: %w", d.ID, err)
	}
	decided.Reasons = underwriting.ReasonsFor(audienceOf(caller(c)), decided.Reasons)
	sum := sha256.Sum256(decided.Encode())
	return respond(c, http.StatusOK, DecisionReplay{DecisionID: d.ID.String(), SameBytes: same, SHA256: hex.EncodeToString(sum[:])})
}
