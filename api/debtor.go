package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// DebtorCases is what a debtor does by its link.
type DebtorCases interface {
	Page(context.Context, domain.Caller) (domain.DebtorPage, error)
	Confirm(ctx context.Context, by domain.Caller, code string) error
	Promise(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Promise]) (domain.Answer, error)
	Ask(ctx context.Context, by domain.Caller, deal domain.DealID, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	Paid(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Hold]) (domain.Answer, error)
	Dispute(context.Context, domain.Caller, collections.Complaint, domain.Once[domain.Dispute]) (domain.Answer, error)
	AgreeDispute(context.Context, domain.Caller, domain.DisputeID, domain.Once[domain.Dispute]) (domain.Answer, error)
	NoteOnPage(ctx context.Context, by domain.Caller, id domain.DisputeID, said string, once domain.Once[domain.Note]) (domain.Answer, error)
	RequestPlan(context.Context, domain.Caller, collections.PlanRequest, domain.Once[domain.Plan]) (domain.Answer, error)
	AnswerPlan(ctx context.Context, by domain.Caller, id domain.PlanID, agreed bool, once domain.Once[domain.Plan]) (domain.Answer, error)
	NotReceived(ctx context.Context, by domain.Caller, deal domain.DealID, once domain.Once[domain.Question]) (domain.Answer, error)
	WrongContact(ctx context.Context, by domain.Caller, mistake collections.Mistake, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	AskProof(ctx context.Context, by domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	Complain(ctx context.Context, by domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	Prefer(ctx context.Context, by domain.Caller, wishes domain.Preferences, once domain.Once[domain.Preferences]) (domain.Answer, error)
	GiveFeedback(ctx context.Context, by domain.Caller, ease domain.Ease, said string, once domain.Once[domain.Feedback]) (domain.Answer, error)
	DebtorDocument(ctx context.Context, by domain.Caller, deal domain.DealID) (domain.Document, error)
	DebtorProof(context.Context, domain.Caller) (domain.Document, error)
	PayByCard(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, once domain.Once[domain.CardPayment]) (domain.Answer, error)
}

func (s *Server) debtorRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/debtor/statement", handle: s.debtorStatement, verb: domain.VerbView},
		{method: http.MethodGet, path: "/v1/debtor/deals/:id/document", handle: s.debtorDocument, verb: domain.VerbView},
		{method: http.MethodGet, path: "/v1/debtor/proof", handle: s.debtorProofLetter, verb: domain.VerbView},
		{method: http.MethodGet, path: "/v1/debtor/calendar", handle: s.debtorCalendar, verb: domain.VerbView},
		{method: http.MethodPost, path: "/v1/debtor/confirm", handle: s.debtorConfirm, verb: domain.VerbConfirm},
		{method: http.MethodPost, path: "/v1/debtor/payments", handle: s.debtorPaid, verb: domain.VerbPaid},
		{method: http.MethodPost, path: "/v1/debtor/promises", handle: s.debtorPromise, verb: domain.VerbPromise},
		{method: http.MethodPost, path: "/v1/debtor/questions", handle: s.debtorAsk, verb: domain.VerbQuestion},
		{method: http.MethodPost, path: "/v1/debtor/not-received", handle: s.debtorMissing, verb: domain.VerbMissing},
		{method: http.MethodPost, path: "/v1/debtor/wrong-contact", handle: s.debtorContact, verb: domain.VerbContact},
		{method: http.MethodPost, path: "/v1/debtor/proof", handle: s.debtorProof, verb: domain.VerbProof},
		{method: http.MethodPost, path: "/v1/debtor/complaints", handle: s.debtorComplain, verb: domain.VerbComplaint},
		{method: http.MethodPost, path: "/v1/debtor/preferences", handle: s.debtorPrefer, verb: domain.VerbPreferences},
		{method: http.MethodPost, path: "/v1/debtor/feedback", handle: s.debtorFeedback, verb: domain.VerbFeedback},
		{method: http.MethodPost, path: "/v1/debtor/disputes", handle: s.debtorDispute, verb: domain.VerbDispute},
		{method: http.MethodPost, path: "/v1/debtor/disputes/:id/agree", handle: s.debtorAgree, verb: domain.VerbDispute},
		{method: http.MethodPost, path: "/v1/debtor/disputes/:id/notes", handle: s.debtorNote, verb: domain.VerbDispute},
		{method: http.MethodGet, path: "/v1/debtor/disputes/:id/evidence", handle: s.debtorEvidence, verb: domain.VerbView},
		{method: http.MethodPost, path: "/v1/debtor/disputes/:id/evidence", handle: s.debtorAttach, verb: domain.VerbDispute},
		{method: http.MethodGet, path: "/v1/debtor/evidence/:id/file", handle: s.debtorEvidenceFile, verb: domain.VerbView},
		{method: http.MethodPost, path: "/v1/debtor/disputes/:id/mediations", handle: s.debtorMediate, verb: domain.VerbDispute},
		{method: http.MethodPost, path: "/v1/debtor/mediations/:id/answer", handle: s.debtorAnswerMediation, verb: domain.VerbDispute},
		{method: http.MethodPost, path: "/v1/debtor/mediations/:id/object", handle: s.debtorObject, verb: domain.VerbDispute},
		{method: http.MethodPost, path: "/v1/debtor/mediations/:id/agree", handle: s.debtorAgreeDates, verb: domain.VerbDispute},
		{method: http.MethodPost, path: "/v1/debtor/mediations/:id/vote", handle: s.debtorVote, verb: domain.VerbDispute},
		{method: http.MethodPost, path: "/v1/debtor/cards", handle: s.debtorPayByCard, verb: domain.VerbPaid},
		{method: http.MethodGet, path: "/v1/debtor/cards/:id", handle: s.debtorCard, verb: domain.VerbView},
		{method: http.MethodPost, path: "/v1/debtor/plans", handle: s.debtorPlan, verb: domain.VerbPlan},
		{method: http.MethodPost, path: "/v1/debtor/plans/:id/accept", handle: s.debtorAcceptPlan, verb: domain.VerbPlan},
		{method: http.MethodPost, path: "/v1/debtor/plans/:id/decline", handle: s.debtorDeclinePlan, verb: domain.VerbPlan},
	}
}

// DebtorStatement is what a debtor sees by its link: the invoices of one case, and what is talked
// about. Nothing of other sellers or factors is in it, and nothing of prices.
type DebtorStatement struct {
	// Who bought the invoices and is paid; null: the seller is, at the account on its invoice.
	Factor *string `json:"factor" extensions:"x-nullable" example:"Eastbrook Factors, LLC"`
	// Where it is reached; null: no address is known, or it is the seller's.
	FactorEmail *string `json:"factor_email" extensions:"x-nullable" example:"ana@eastbrook.example"`
	Seller      string  `json:"seller" example:"Marlow Print Works LLC"`
	Debtor      string  `json:"debtor" example:"Harbor Hotel Group"`
	// The notice's code was typed on this link: accounts are shown in full.
	Confirmed bool `json:"confirmed" example:"false"`
	// What this link may be used for.
	May []string `json:"may" enums:"view,confirm,promise,paid,question,dispute,plan,not-received,wrong-contact,proof,preferences,feedback,complaint" example:"promise"`
	// That a complaint or a request for proof holds all messages back.
	Stops []string `json:"stops" enums:"complaint_open,proof_pending" example:"proof_pending"`
	// Invoices of the seller that were paid on time one after the other, in the last twelve months.
	OnTimeInRow int `json:"on_time_in_row" example:"7"`
	// Our one question may be asked: POST /v1/debtor/feedback.
	MayBeAsked  bool              `json:"may_be_asked" example:"false"`
	Invoices    []DebtorInvoice   `json:"invoices"`
	Promises    []DebtorPromise   `json:"promises"`
	Disputes    []DebtorDispute   `json:"disputes"`
	Plans       []DebtorPlan      `json:"plans"`
	Questions   []DebtorQuestion  `json:"questions"`
	Preferences DebtorPreferences `json:"preferences"`
	// Who external may be asked to speak with the debtor, or was; null: nobody.
	Outside *DebtorOutside `json:"outside" extensions:"x-nullable"`
	// All that can be paid by card at once: POST /v1/debtor/cards without a deal. Null: it is not offered,
	// or in two currencies.
	CardPayable *Money       `json:"card_payable" extensions:"x-nullable"`
	Cards       []DebtorCard `json:"cards"`
} //	@name	DebtorStatement

// DebtorOutside is somebody external of whom the debtor was told. A word on the page, or here, is enough
// that nobody is asked, or calls back who was.
type DebtorOutside struct {
	Agency string `json:"agency" example:"Anders & Partner"`
	// When the debtor was told.
	NoticeOn *string `json:"notice_on" extensions:"x-nullable" format:"date" example:"2026-05-06"`
	// The first day on which it may be asked.
	From *string `json:"from" extensions:"x-nullable" format:"date" example:"2026-05-17"`
	// Null: it was not asked.
	AskedOn *string `json:"asked_on" extensions:"x-nullable" format:"date" example:"2026-05-18"`
} //	@name	DebtorOutside

func debtorOutsideOf(o *domain.DebtorOutside) *DebtorOutside {
	if o == nil {
		return nil
	}
	return &DebtorOutside{Agency: o.Agency, NoticeOn: dateOrNull(o.NoticeOn), From: dateOrNull(o.From), AskedOn: dateOrNull(o.AskedOn)}
}

// DebtorInvoice is one invoice as its debtor sees it.
type DebtorInvoice struct {
	DealID         string  `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceNumber  string  `json:"invoice_number" example:"MP-1042"`
	OrderReference *string `json:"order_reference" extensions:"x-nullable" example:"HP-7731"`
	Summary        *string `json:"summary" extensions:"x-nullable" example:"menus"`
	IssueDate      string  `json:"issue_date" format:"date" example:"2026-02-02"`
	DueDate        string  `json:"due_date" format:"date" example:"2026-03-04"`
	Amount         Money   `json:"amount"`
	Open           Money   `json:"open"`
	PaidOn         *string `json:"paid_on" extensions:"x-nullable" format:"date" example:"2026-03-10"`
	// To be quoted with a payment (ISO 11649).
	Reference string `json:"reference" example:"RF18539007547034"`
	// The day of the notice, which names the account; null: there was none yet.
	NoticeOn *string       `json:"notice_on" extensions:"x-nullable" format:"date" example:"2026-02-05"`
	Account  DebtorAccount `json:"account"`
	// What of it can be paid by card; null: nothing.
	CardPayable *Money `json:"card_payable" extensions:"x-nullable"`
	HasDocument bool   `json:"has_document" example:"true"`
	// Who could ask for interest and a fixed sum chose not to.
	LateWaived bool         `json:"late_charges_waived" example:"false"`
	Rests      []DebtorRest `json:"rests"`
} //	@name	DebtorInvoice

// DebtorAccount is where an invoice is paid to; its numbers are shown once the notice's code was typed.
type DebtorAccount struct {
	Holder        *string `json:"holder" extensions:"x-nullable" example:"Eastbrook Factors, LLC"`
	EndsWith      string  `json:"ends_with" example:"3317"`
	IBAN          *string `json:"iban" extensions:"x-nullable" example:"DE89370400440532013000"`
	RoutingNumber *string `json:"routing_number" extensions:"x-nullable" example:"021000021"`
	AccountNumber *string `json:"account_number" extensions:"x-nullable" example:"483920173"`
} //	@name	DebtorAccount

// DebtorRest is a part of an invoice that nobody asks for now, and why.
type DebtorRest struct {
	Code   string `json:"code" enums:"paid_or_pending,promise_active,disputed_part,query_unanswered_by_us,plan_current" example:"promise_active"`
	Amount Money  `json:"amount"`
	// Null: until it is cleared up.
	Until *string `json:"until" extensions:"x-nullable" format:"date-time" example:"2026-02-25T05:00:00Z"`
} //	@name	DebtorRest

// DebtorQuestion is what was asked by this link or another of the case, with its answer.
type DebtorQuestion struct {
	DealID *string `json:"deal_id" extensions:"x-nullable" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// Null: a question in the debtor's own words.
	Topic   *string `json:"topic" extensions:"x-nullable" enums:"not_received,wrong_contact,complaint,proof" example:"proof"`
	Said    string  `json:"said" example:"Which order does this invoice belong to?"`
	AskedAt string  `json:"asked_at" format:"date-time" example:"2026-02-17T09:00:00Z"`
	// The last day for the answer.
	AnswerBy   string  `json:"answer_by" format:"date" example:"2026-02-19"`
	Answer     *string `json:"answer" extensions:"x-nullable" example:"Order PO 4471 of 9 January."`
	AnsweredAt *string `json:"answered_at" extensions:"x-nullable" format:"date-time" example:"2026-02-17T11:00:00Z"`
	// The latest confirmation of the sale went with this answer, as a letter: GET /v1/debtor/proof.
	HasLetter bool `json:"has_letter" example:"true"`
} //	@name	DebtorQuestion

func debtorInvoiceOf(page domain.DebtorPage, by domain.Caller, cards bool) func(domain.DebtorItem) DebtorInvoice {
	return func(i domain.DebtorItem) DebtorInvoice {
		out := DebtorInvoice{
			DealID: i.Deal.String(), InvoiceNumber: i.InvoiceNumber, OrderReference: textOrNull(i.OrderReference), Summary: textOrNull(i.Summary),
			IssueDate: i.Issued.String(), DueDate: i.Due.String(), Amount: moneyOf(i.Basis), Open: moneyOf(i.Open), PaidOn: dateOrNull(i.PaidOn),
			Reference: i.Reference.String(), NoticeOn: dateOrNull(i.NoticeOn), HasDocument: i.HasDocument, LateWaived: i.LateWaived != "", Rests: []DebtorRest{},
			Account: DebtorAccount{
				Holder: textOrNull(i.Account.Holder), EndsWith: i.AccountEnds, IBAN: textOrNull(i.Account.Number.IBAN()),
				RoutingNumber: textOrNull(i.Account.Number.RoutingNumber()), AccountNumber: textOrNull(i.Account.Number.AccountNumber()),
			},
		}
		if left := collections.CardPayable(page, i, by.Now); cards && left.Positive() {
			out.CardPayable = new(moneyOf(left))
		}
		for _, part := range collections.PausedParts(page, i, by.Now) {
			out.Rests = append(out.Rests, DebtorRest{Code: string(part.Code), Amount: moneyOf(part.Amount), Until: momentOrNull(part.Until)})
		}
		return out
	}
}

func debtorQuestionOf(page domain.DebtorPage) func(domain.Question) DebtorQuestion {
	return func(q domain.Question) DebtorQuestion {
		_, said := collections.Own(q)
		return DebtorQuestion{
			DealID: idOrNull(q.Deal), Topic: textOrNull(string(q.Topic)), Said: said, AskedAt: moment(q.AskedAt),
			AnswerBy: collections.AnswerBy(page, q.Topic, q.AskedAt).String(), Answer: textOrNull(q.Answer), AnsweredAt: momentOrNull(q.AnsweredAt),
			HasLetter: !page.Proof.IsZero() && q.ID == page.Proof,
		}
	}
}

func (s *Server) debtorStatementOf(page domain.DebtorPage, link domain.Link, by domain.Caller) DebtorStatement {
	cards := s.takesCards.Offer(page, link, by)
	out := DebtorStatement{
		Factor: textOrNull(page.Factor), FactorEmail: textOrNull(page.FactorEmail), Seller: page.Seller, Debtor: page.Debtor, Confirmed: page.Confirmed,
		May: slices.Clone(link.Verbs), Stops: []string{}, MayBeAsked: page.MayBeAsked, OnTimeInRow: page.InRow, Invoices: each(page.Items, debtorInvoiceOf(page, by, cards)),
		Promises: each(page.Promises, debtorPromiseOf), Disputes: each(page.Disputes, debtorDisputeOf(page)),
		Plans:       each(slices.DeleteFunc(slices.Clone(page.Plans), func(p domain.Plan) bool { return p.Status == domain.PlanWithdrawn }), debtorPlanOf),
		Questions:   each(slices.DeleteFunc(slices.Clone(page.Questions), func(q domain.Question) bool { return q.ByMail }), debtorQuestionOf(page)),
		Preferences: debtorPreferencesOf(page.Preferences), Outside: debtorOutsideOf(page.Outside), Cards: each(page.Cards, s.debtorCardOf(page, link, by)),
	}
	if page.Disclosure == domain.Confidential { // F-44: nothing says that there is one
		out.Factor, out.FactorEmail = nil, nil
	}
	if sum, _, ok := collections.CardAll(page, by.Now); cards && ok {
		out.CardPayable = new(moneyOf(sum))
	}
	for _, code := range page.Stops {
		out.Stops = append(out.Stops, string(code))
	}
	return out
}

// each maps a list, an empty one to an empty one.
func each[T, R any](list []T, one func(T) R) []R {
	out := make([]R, len(list))
	for i, item := range list {
		out[i] = one(item)
	}
	return out
}

// debtorStatement answers what a debtor sees by its link.
//
//	@Summary		See the statement
//	@Description	Everything that the debtor's page shows: what is open, what rests, what is talked about, and what this link may be used for.
//	@Tags			debtor
//	@Produce		json
//	@Security		Link
//	@Success		200	{object}	DebtorStatement
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		429	{object}	Problem
//	@Router			/v1/debtor/statement [get]
func (s *Server) debtorStatement(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	page, err := s.cases.Page(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, s.debtorStatementOf(page, linkOf(c), caller(c)))
}

// debtorDocument answers with an invoice as its seller handed it in.
//
//	@Summary	Get the document of an invoice
//	@Tags		debtor
//	@Produce	octet-stream
//	@Security	Link
//	@Param		id	path		string	true	"id of the deal"
//	@Success	200	{file}		file
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Failure	429	{object}	Problem
//	@Router		/v1/debtor/deals/{id}/document [get]
func (s *Server) debtorDocument(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	document, err := s.cases.DebtorDocument(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	download(c, document)
	return nil
}

// debtorProofLetter answers with the confirmation of the sale, as it was sent.
//
//	@Summary		Get the confirmation of the sale
//	@Description	The letter that went with the latest answer to a request for proof, as it was sent. Not found: no such answer has left yet.
//	@Tags			debtor
//	@Produce		application/pdf
//	@Security		Link
//	@Success		200	{file}		file
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		429	{object}	Problem
//	@Router			/v1/debtor/proof [get]
func (s *Server) debtorProofLetter(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	letter, err := s.cases.DebtorProof(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	download(c, letter)
	return nil
}
