package api

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
)

func (s *Server) objectionRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/objections", handle: s.listObjections},
		{method: http.MethodGet, path: "/v1/objections/:id", handle: s.getObjection},
		{method: http.MethodPost, path: "/v1/objections/:id/decision", handle: s.answerObjection},
	}
}

const maxObjectionText, maxEvidence, maxReasonCode = 2000, 500, 100

// ObjectRequest is what a seller says against a decision.
type ObjectRequest struct {
	Reason     string        `json:"reason" example:"Two of the invoices were paid on time; the file had the wrong days" maxLength:"2000"`
	ReasonCode string        `json:"reason_code,omitempty" example:"own-history"`
	Facts      []FactRequest `json:"facts,omitempty" maxItems:"50"`
} //	@name	ObjectRequest

// FactRequest is one fact that a seller brings: `history` corrects one field of one
// row of its imports, once it is accepted; `statement` says anything else in words.
type FactRequest struct {
	Kind      string `json:"kind" enums:"history,statement" example:"history"`
	InvoiceID string `json:"invoice_id,omitempty" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Field     string `json:"field,omitempty" enums:"amount,issue_date,due_date,paid_date,disputed,excluded" example:"paid_date"`
	Value     string `json:"value,omitempty" example:"2025-12-03"`
	Text      string `json:"text,omitempty" example:"The customer changed its bank in November" maxLength:"2000"`
	Evidence  string `json:"evidence,omitempty" example:"Bank statement 12/2025, page 2" maxLength:"500"`
} //	@name	FactRequest

// Fact is one fact of an objection. `accepted` is null until it is answered.
type Fact struct {
	Number    int     `json:"number" example:"1"`
	Kind      string  `json:"kind" enums:"history,statement" example:"history"`
	InvoiceID *string `json:"invoice_id" extensions:"x-nullable" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Field     *string `json:"field" extensions:"x-nullable" example:"paid_date"`
	Value     *string `json:"value" extensions:"x-nullable" example:"2025-12-03"`
	Text      *string `json:"text" extensions:"x-nullable" example:"The customer changed its bank in November"`
	Evidence  *string `json:"evidence" extensions:"x-nullable" example:"Bank statement 12/2025, page 2"`
	Accepted  *bool   `json:"accepted" extensions:"x-nullable" example:"true"`
} //	@name	Fact

// objectionSaid is what an objection says, wherever it stands.
type objectionSaid struct {
	ID             string  `json:"id" example:"obj_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DecisionID     string  `json:"decision_id" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceID      string  `json:"invoice_id" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	RelationshipID string  `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status         string  `json:"status" enums:"received,accepted,partly_accepted,rejected" example:"received"`
	Reason         string  `json:"reason" example:"Two of the invoices were paid on time; the file had the wrong days"`
	ReasonCode     *string `json:"reason_code" extensions:"x-nullable" example:"own-history"`
	Facts          []Fact  `json:"facts"`
	Answer         *string `json:"answer" extensions:"x-nullable" example:"The bank statement shows it. Both days are corrected."`
	NewDecisionID  *string `json:"new_decision_id" extensions:"x-nullable" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	CreatedAt      string  `json:"created_at" format:"date-time" example:"2026-02-05T14:12:00Z"`
	DecidedAt      *string `json:"decided_at" extensions:"x-nullable" format:"date-time" example:"2026-02-06T09:30:00Z"`
}

// Objection is what a seller said against a decision, and the answer.
type Objection struct {
	objectionSaid
} //	@name	Objection

// ObjectionWithDecisions is an objection and its decisions side by side. `again` is
// null unless something was accepted.
type ObjectionWithDecisions struct {
	objectionSaid
	First DecisionSide  `json:"first"`
	Again *DecisionSide `json:"again" extensions:"x-nullable"`
	Next  *string       `json:"next" extensions:"x-nullable" example:"Offers do not change by it. Submit the invoice again for fresh ones."`
} //	@name	ObjectionWithDecisions

func factOf(f domain.Fact) Fact {
	out := Fact{
		Number: f.N, Kind: f.Kind, InvoiceID: idOrNull(f.Row), Field: textOrNull(f.Field), Text: textOrNull(f.Said), Evidence: textOrNull(f.Evidence), Accepted: f.Accepted,
	}
	if f.Kind == domain.FactHistory {
		out.Value = &f.Value
	}
	return out
}

func objectionSaidOf(o domain.Objection) objectionSaid {
	out := objectionSaid{
		ID: o.ID.String(), DecisionID: o.Decision.String(), InvoiceID: o.Invoice.String(), RelationshipID: o.Relationship.String(), Status: string(o.Status),
		Reason: o.Reason, ReasonCode: textOrNull(o.ReasonCode), Facts: []Fact{}, Answer: textOrNull(o.Answer), NewDecisionID: idOrNull(o.Again),
		CreatedAt: moment(o.RaisedAt), DecidedAt: momentOrNull(o.DecidedAt),
	}
	for _, f := range o.Facts {
		out.Facts = append(out.Facts, factOf(f))
	}
	return out
}

func objectionOf(o domain.Objection) Objection { return Objection{objectionSaidOf(o)} }

func contestedOf(found marketplace.Contested, by domain.Caller) (ObjectionWithDecisions, error) {
	out := ObjectionWithDecisions{objectionSaid: objectionSaidOf(found.Objection)}
	var err error
	if out.First, err = decisionSideOf(found.First, by); err != nil || found.Again == nil {
		return out, err
	}
	again, err := decisionSideOf(*found.Again, by)
	out.Again, out.Next = &again, new("Offers do not change by it. Submit the invoice again for fresh ones.")
	return out, err
}

// object takes an objection to a decision.
//
//	@Summary		Object to a decision
//	@Description	Say what is not right, to which reason if it is one, and bring facts. A fact about a row of your imports must be one that could stand: it is applied only when it is accepted. A decision has one open objection at a time.
//	@Tags			decisions
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string			true	"names this request for ever"
//	@Param			id				path		string			true	"id of the decision"
//	@Param			request			body		ObjectRequest	true	"what is not right"
//	@Success		201				{object}	Objection
//	@Header			201				{string}	Location	"the objection"
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/decisions/{id}/objections [post]
func (s *Server) object(c *gin.Context) error {
	id, err := pathID(c, domain.ParseDecisionID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[ObjectRequest](c)
	if err != nil {
		return err
	}
	objection, err := request.objection()
	if err != nil {
		return err
	}
	once, err := once(c, answering(http.StatusCreated, objectionOf, func(o domain.Objection) string { return "/v1/objections/" + o.ID.String() }))
	if err != nil {
		return err
	}
	answer, err := s.market.Object(c.Request.Context(), caller(c), id, objection, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

func (r ObjectRequest) objection() (domain.Objection, error) {
	var k checker
	out := domain.Objection{
		Reason: k.text("/reason", r.Reason, true, maxObjectionText), ReasonCode: k.oneLine("/reason_code", r.ReasonCode, false, maxReasonCode),
	}
	if len(r.Facts) > domain.MaxFacts {
		k.wrong("/facts", "too-many", "at most %d facts", domain.MaxFacts)
		return out, k.err()
	}
	for i, f := range r.Facts {
		out.Facts = append(out.Facts, f.fact(&k, i))
	}
	return out, k.err()
}

// fact reads a fact: what belongs to its kind is there, and nothing else is.
func (r FactRequest) fact(k *checker, i int) domain.Fact {
	at := func(member string) string { return fmt.Sprintf("/facts/%d/%s", i, member) }
	out := domain.Fact{N: i + 1, Kind: r.Kind, Evidence: k.oneLine(at("evidence"), r.Evidence, false, maxEvidence)}
	alien := map[string]string{}
	switch r.Kind {
	case domain.FactHistory:
		var err error
		if out.Row, err = domain.ParseInvoiceID(r.InvoiceID); err != nil {
			k.wrong(at("invoice_id"), "not-an-id", "the invoice_id of a row of your history")
		}
		if out.Field = r.Field; !slices.Contains(domain.HistoryFields(), r.Field) {
			k.wrong(at("field"), "not-allowed", "amount, issue_date, due_date, paid_date, disputed or excluded")
		}
		out.Value = k.oneLine(at("value"), r.Value, r.Field != domain.HistoryPaid, maxReasonCode)
		alien["text"] = r.Text
	case domain.FactStatement:
		out.Said = k.text(at("text"), r.Text, true, maxObjectionText)
		alien["invoice_id"], alien["field"], alien["value"] = r.InvoiceID, r.Field, r.Value
	default:
		k.wrong(at("kind"), "not-allowed", "history or statement")
	}
	for _, member := range []string{"invoice_id", "field", "value", "text"} {
		if alien[member] != "" {
			k.wrong(at(member), "not-allowed", "a fact of this kind has none")
		}
	}
	return out
}

// listObjections lists objections.
//
//	@Summary		List objections
//	@Description	A seller's own; for the platform everybody's, and of them the open ones unless `status` asks for others. Oldest first.
//	@Tags			objections
//	@Produce		json
//	@Security		Bearer
//	@Param			status	query		string	false	"only those in this state"	Enums(received, accepted, partly_accepted, rejected)
//	@Param			limit	query		int		false	"rows of a page"			minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Objection]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/objections [get]
func (s *Server) listObjections(c *gin.Context) error {
	if err := onlyQuery(c, "status", "limit", "cursor"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.ObjectionMoves)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseObjectionID)
	if err != nil {
		return err
	}
	rows, err := s.market.Objections(c.Request.Context(), caller(c), status, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, objectionOf, func(o domain.Objection) string { return o.ID.String() }))
}

// getObjection answers one objection.
//
//	@Summary		Read an objection
//	@Description	With the decision that was objected to and, once something was accepted, the one that was made again on the corrected facts. For its seller, and for the platform.
//	@Tags			objections
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"objection"
//	@Success		200	{object}	ObjectionWithDecisions
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/objections/{id} [get]
func (s *Server) getObjection(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseObjectionID)
	if err != nil {
		return err
	}
	found, err := s.market.Objection(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	out, err := contestedOf(found, caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, out)
}

// AnswerObjectionRequest is an analyst's answer. Accepted facts are named by their
// numbers; an objection that is accepted as a whole need not name them.
type AnswerObjectionRequest struct {
	Outcome       string `json:"outcome" enums:"accepted,partly_accepted,rejected" example:"partly_accepted"`
	Answer        string `json:"answer" example:"The bank statement shows the first payment. The second day could not be proven." maxLength:"2000"`
	AcceptedFacts []int  `json:"accepted_facts,omitempty" example:"1"`
} //	@name	AnswerObjectionRequest

// answerObjection gives an objection its answer.
//
//	@Summary		Answer an objection
//	@Description	For the platform. What is accepted is corrected at once and the decision is made again, as of its own day; the first one and all offers stay. The seller is told.
//	@Tags			objections
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"names this request for ever"
//	@Param			id				path		string					true	"objection"
//	@Param			request			body		AnswerObjectionRequest	true	"the answer"
//	@Success		200				{object}	ObjectionWithDecisions
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/objections/{id}/decision [post]
func (s *Server) answerObjection(c *gin.Context) error {
	id, err := pathID(c, domain.ParseObjectionID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[AnswerObjectionRequest](c)
	if err != nil {
		return err
	}
	verdict, err := request.verdict()
	if err != nil {
		return err
	}
	once, err := once(c, answering(http.StatusOK, answeredBy(caller(c)), nil))
	if err != nil {
		return err
	}
	answer, err := s.market.AnswerObjection(c.Request.Context(), caller(c), id, verdict, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

func (r AnswerObjectionRequest) verdict() (domain.Verdict, error) {
	var k checker
	out := domain.Verdict{Outcome: domain.ObjectionStatus(r.Outcome), Answer: k.text("/answer", r.Answer, true, maxObjectionText), Facts: r.AcceptedFacts}
	if !slices.Contains(domain.ObjectionMoves[domain.ObjectionReceived], out.Outcome) {
		k.wrong("/outcome", "not-allowed", "accepted, partly_accepted or rejected")
	}
	if len(r.AcceptedFacts) > domain.MaxFacts {
		k.wrong("/accepted_facts", "too-many", "at most %d facts", domain.MaxFacts)
	}
	return out, k.err()
}

// answeredBy writes an answer for whoever gave it. The use case read both decisions
// back before, so that they can be written.
func answeredBy(by domain.Caller) func(marketplace.Contested) ObjectionWithDecisions {
	return func(found marketplace.Contested) ObjectionWithDecisions {
		out, err := contestedOf(found, by)
		if err != nil {
			panic(fmt.Sprintf("api: a stored decision cannot be read: %v", err))
		}
		return out
	}
}
