package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// Cases is what the API asks of the follow-up of debtors.
type Cases interface {
	Cases(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Case, error)
	Case(context.Context, domain.Caller, domain.CaseID) (domain.Case, error)
	Touches(context.Context, domain.Caller, domain.CaseID, domain.Page) ([]domain.Touch, error)
	GateDecisions(context.Context, domain.Caller, domain.CaseID, domain.Page) ([]domain.GateDecision, error)
	DebtorCases
	Promises(context.Context, domain.Caller, domain.CaseID) ([]domain.Promise, error)
	Disputes(context.Context, domain.Caller, domain.CaseID) ([]domain.Dispute, error)
	Questions(context.Context, domain.Caller, domain.CaseID) ([]domain.Question, error)
	Stops(context.Context, domain.Caller, domain.CaseID) ([]domain.Stop, error)

	AnswerQuestion(ctx context.Context, by domain.Caller, id domain.QuestionID, read domain.ReplyID, answer string, u collections.Understanding, once domain.Once[domain.Question]) (domain.Answer, error)
	CloseQuestion(ctx context.Context, by domain.Caller, id domain.QuestionID, read domain.ReplyID, note string, reason domain.Reason, once domain.Once[domain.Question]) (domain.Answer, error)
	DisputeThread(context.Context, domain.Caller, domain.DisputeID) (collections.Thread, error)
	AnswerDispute(context.Context, domain.Caller, domain.DisputeID, collections.SellersAnswer, domain.Once[domain.Dispute]) (domain.Answer, error)
	NoteDispute(ctx context.Context, by domain.Caller, id domain.DisputeID, said string, once domain.Once[domain.Note]) (domain.Answer, error)
	HeardAgreement(ctx context.Context, by domain.Caller, id domain.DisputeID, how string, once domain.Once[domain.Dispute]) (domain.Answer, error)
	SetRootCause(ctx context.Context, by domain.Caller, id domain.DisputeID, cause string, once domain.Once[domain.Dispute]) (domain.Answer, error)
	Plans(context.Context, domain.Caller, domain.CaseID) ([]domain.Plan, error)
	ProposePlan(context.Context, domain.Caller, domain.CaseID, collections.PlanRequest, domain.Once[domain.Plan]) (domain.Answer, error)
	ApprovePlan(context.Context, domain.Caller, domain.PlanID, domain.Once[domain.Plan]) (domain.Answer, error)
	ConsentPlan(ctx context.Context, by domain.Caller, id domain.PlanID, agreed bool, note string, once domain.Once[domain.Plan]) (domain.Answer, error)
	WithdrawPlan(ctx context.Context, by domain.Caller, id domain.PlanID, note string, once domain.Once[domain.Plan]) (domain.Answer, error)
	SetStop(ctx context.Context, by domain.Caller, id domain.CaseID, code domain.StopCode, reason string, once domain.Once[domain.Stop]) (domain.Answer, error)
	LiftStop(context.Context, domain.Caller, domain.CaseID, domain.StopCode, domain.Once[domain.Stop]) (domain.Answer, error)
	Tasks(context.Context, domain.Caller, domain.Page) ([]domain.Touch, error)
	StartCall(context.Context, domain.Caller, domain.TouchID, domain.Once[collections.Call]) (domain.Answer, error)
	EndCall(ctx context.Context, by domain.Caller, id domain.TouchID, report collections.CallReport, once domain.Once[domain.Touch]) (domain.Answer, error)
	SettleUnknown(ctx context.Context, by domain.Caller, id domain.TouchID, arrived bool, note string, once domain.Once[domain.Touch]) (domain.Answer, error)
	Playbooks(context.Context, domain.Caller, domain.Page) ([]domain.Playbook, error)
	MakePlaybook(ctx context.Context, by domain.Caller, draft domain.Playbook, whose collections.PlaybookFor, once domain.Once[domain.Playbook]) (domain.Answer, error)
	PlaybookOf(context.Context, domain.Caller, domain.CaseID) (domain.Playbook, error)
	SimulatePlaybook(context.Context, domain.Caller, domain.PlaybookID, domain.Once[collections.Simulation]) (domain.Answer, error)
	ActivatePlaybook(context.Context, domain.Caller, domain.PlaybookID, domain.Once[domain.Playbook]) (domain.Answer, error)
	EndPlaybook(context.Context, domain.Caller, domain.PlaybookID, domain.Once[domain.Playbook]) (domain.Answer, error)
	SendAgain(context.Context, domain.Caller, domain.CaseID, domain.Once[domain.Case]) (domain.Answer, error)
	Contact(context.Context, domain.Caller, domain.CaseID) (collections.ContactCard, error)
	SetContact(ctx context.Context, by domain.Caller, id domain.CaseID, wishes domain.Preferences) (collections.ContactCard, error)

	SetPause(context.Context, domain.Caller, domain.Pause, domain.Once[domain.Pause]) (domain.Answer, error)
	CasesOutside
	CasesDisclosing

	EndPause(context.Context, domain.Caller, domain.PauseID, domain.Once[domain.Pause]) (domain.Answer, error)
	Pauses(context.Context, domain.Caller, domain.CaseID) ([]domain.Pause, error)
	Consent(ctx context.Context, by domain.Caller, id domain.TouchID, word domain.Approval, once domain.Once[domain.Approval]) (domain.Answer, error)
	Approvals(context.Context, domain.Caller, domain.CaseID) ([]domain.Approval, error)
	Preview(context.Context, domain.Caller, domain.CaseID) (collections.Preview, error)
	Attach(ctx context.Context, by domain.Caller, id domain.DisputeID, up collections.Upload, once domain.Once[collections.Attached]) (domain.Answer, error)
	Evidence(context.Context, domain.Caller, domain.DisputeID) ([]domain.Evidence, error)
	EvidenceFile(context.Context, domain.Caller, domain.EvidenceID) (domain.Document, error)
	DealReview(context.Context, domain.Caller, domain.DealID) (domain.Review, error)
	Reviews(context.Context, domain.Caller) ([]domain.Review, error)
	DealLetter(ctx context.Context, by domain.Caller, id domain.DealID, kind string) (domain.Document, error)
	RemindOwn(ctx context.Context, by domain.Caller, id domain.RecourseID, once domain.Once[collections.OwnAnswer]) (domain.Answer, error)
	OwnReminders(ctx context.Context, by domain.Caller, id domain.RecourseID) ([]domain.OwnReminder, error)
	DealLetterWords(ctx context.Context, by domain.Caller, id domain.DealID, kind string) (domain.Document, error)
	Voice(context.Context, domain.Caller) (domain.Voice, error)
	SetVoice(context.Context, domain.Caller, domain.Voice) (domain.Voice, error)
	Appreciation(context.Context, domain.Caller) (domain.Appreciation, error)
	SetAppreciation(context.Context, domain.Caller, domain.Appreciation) (domain.Appreciation, error)
	Vouchers(context.Context, domain.Caller, domain.Page) ([]domain.Voucher, error)
	RedeemVoucher(ctx context.Context, by domain.Caller, id domain.VoucherID, reference string, once domain.Once[domain.Voucher]) (domain.Answer, error)
	AppreciationEffects(context.Context, domain.Caller) ([2]domain.AppreciationEffect, error)
	Relationships(ctx context.Context, by domain.Caller, from, to domain.Date, page domain.Page) ([]domain.RelationshipReport, error)

	CardNews(ctx context.Context, factor domain.OrganizationID, news domain.CardEvent, now time.Time) error
	Receive(ctx context.Context, mail []byte, now time.Time) (domain.Reply, error)
	Replies(context.Context, domain.Caller, domain.CaseID, domain.Page) ([]domain.Reply, error)
	AllReplies(context.Context, domain.Caller, domain.Page) ([]domain.Reply, error)
	Reply(context.Context, domain.Caller, domain.ReplyID) (domain.Reply, error)
	RawReply(context.Context, domain.Caller, domain.ReplyID) (domain.Document, error)
}

func (s *Server) caseRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/cases", handle: s.listCases},
		{method: http.MethodGet, path: "/v1/cases/:id", handle: s.getCase},
		{method: http.MethodGet, path: "/v1/cases/:id/timeline", handle: s.caseTimeline},
		{method: http.MethodGet, path: "/v1/cases/:id/touches", handle: s.listTouches},
		{method: http.MethodGet, path: "/v1/cases/:id/gate-decisions", handle: s.listGateDecisions},
		{method: http.MethodGet, path: "/v1/cases/:id/promises", handle: s.listPromises},
		{method: http.MethodGet, path: "/v1/cases/:id/disputes", handle: s.listDisputes},
		{method: http.MethodGet, path: "/v1/cases/:id/questions", handle: s.listQuestions},
		{method: http.MethodPost, path: "/v1/cases/:id/send-again", handle: s.sendAgain},
		{method: http.MethodGet, path: "/v1/cases/:id/stops", handle: s.listStops},
		{method: http.MethodPost, path: "/v1/cases/:id/stops", handle: s.setStop},
		{method: http.MethodPost, path: "/v1/cases/:id/stops/:code/lift", handle: s.liftStop},
		{method: http.MethodGet, path: "/v1/cases/:id/contact", handle: s.getContact},
		{method: http.MethodPut, path: "/v1/cases/:id/contact", handle: s.setContact},
		{method: http.MethodPost, path: "/v1/questions/:id/answer", handle: s.answerQuestion},
		{method: http.MethodPost, path: "/v1/questions/:id/close", handle: s.closeQuestion},
	}
}

// Case is everything that follows up one debtor for one seller and factor.
type Case struct {
	ID             string  `json:"id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status         string  `json:"status" enums:"open,closed" example:"open"`
	FactorID       string  `json:"factor_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	SellerID       string  `json:"seller_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	RelationshipID string  `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Tone           int     `json:"tone" example:"1"`
	Cycle          int     `json:"cycle" example:"1"`
	NextActionAt   *string `json:"next_action_at" extensions:"x-nullable" format:"date-time" example:"2026-02-16T14:00:00Z"`
	WaitsFor       string  `json:"waits_for" example:"the first business day after the due date"`
	// Somebody external was asked to speak with the debtor, and is not called back yet.
	External bool `json:"external" example:"false"`
	// Whether the debtor is told that its invoices were sold.
	Disclosure string `json:"disclosure" enums:"notified,confidential" example:"notified"`
	// When two people of the factor decided to tell the debtor. The case is notified once the notice was sent.
	TellingAt *string `json:"telling_at" extensions:"x-nullable" format:"date-time" example:"2026-03-20T09:00:00Z"`
	OpenedAt  string  `json:"opened_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	ClosedAt  *string `json:"closed_at" extensions:"x-nullable" format:"date-time" example:"2026-03-02T09:00:00Z"`
} //	@name	Case

func caseOf(k domain.Case) Case {
	return Case{
		ID: k.ID.String(), Status: string(k.Status), FactorID: k.Factor.String(), SellerID: k.Seller.String(), RelationshipID: k.Relationship.String(),
		Tone: k.Tone, Cycle: k.Cycle, NextActionAt: momentOrNull(k.NextActionAt), WaitsFor: k.WaitsFor, External: k.External, Disclosure: string(k.Mode()), TellingAt: momentOrNull(k.TellingAt), OpenedAt: moment(k.OpenedAt),
		ClosedAt: momentOrNull(k.ClosedAt),
	}
}

// listCases lists the caller's cases.
//
//	@Summary	List cases
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		status	query		string	false	"only those in this state"	Enums(open,closed)
//	@Param		limit	query		int		false	"how many, at most 200"		minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Case]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Router		/v1/cases [get]
func (s *Server) listCases(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor", "status"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.CaseMoves)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	cases, err := s.cases.Cases(c.Request.Context(), caller(c), status, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(cases, p, caseOf, func(k domain.Case) string { return k.ID.String() }))
}

// getCase answers one case.
//
//	@Summary	Get a case
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the case"
//	@Success	200	{object}	Case
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/cases/{id} [get]
func (s *Server) getCase(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	k, err := s.cases.Case(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, caseOf(k))
}

// sendAgain begins a new cycle of a case.
//
//	@Summary		Send again
//	@Description	After a person looked at it: what failed, or whose outcome is unknown, may be sent anew.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the case"
//	@Success		200				{object}	Case
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/cases/{id}/send-again [post]
func (s *Server) sendAgain(c *gin.Context) error {
	return doOn(c, domain.ParseCaseID, answering(http.StatusOK, caseOf, nil), s.cases.SendAgain)
}
