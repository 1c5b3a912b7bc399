package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// Promise is a debtor's word to pay a sum by a day.
type Promise struct {
	ID         string  `json:"id" example:"prm_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID     string  `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID     string  `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status     string  `json:"status" enums:"active,kept,part_kept,broken,cancelled" example:"kept"`
	Amount     Money   `json:"amount"`
	OpenBefore Money   `json:"open_before"`
	PromisedOn string  `json:"promised_on" format:"date" example:"2026-02-23"`
	JudgeOn    string  `json:"judge_on" format:"date" example:"2026-02-25"`
	MadeAt     string  `json:"made_at" format:"date-time" example:"2026-02-17T09:00:00Z"`
	DecidedAt  *string `json:"decided_at" extensions:"x-nullable" format:"date-time" example:"2026-02-24T08:00:00Z"`
} //	@name	Promise

func promiseOf(p domain.Promise) Promise {
	return Promise{
		ID: p.ID.String(), CaseID: p.Case.String(), DealID: p.Deal.String(), Status: string(p.Status), Amount: moneyOf(p.Amount),
		OpenBefore: moneyOf(p.OpenBefore), PromisedOn: p.PromisedOn.String(), JudgeOn: p.JudgeOn.String(), MadeAt: moment(p.MadeAt),
		DecidedAt: momentOrNull(p.DecidedAt),
	}
}

// Question is what a debtor asked, about one invoice or about everything.
type Question struct {
	ID     string  `json:"id" example:"qst_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID string  `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID *string `json:"deal_id" extensions:"x-nullable" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// It stands for the mails of the case that wait to be read: GET /v1/cases/{id}/replies.
	ByMail bool `json:"by_mail" example:"false"`
	// What it is about, where the debtor's page asked by a form of its own; null: the debtor's own words alone. An answer to proof ends the stop proof_pending; a complaint's is lifted by a person.
	Topic *string `json:"topic" extensions:"x-nullable" enums:"not_received,wrong_contact,complaint,proof" example:"proof"`
	Said  string  `json:"said" example:"Which order does this invoice belong to?"`
	// What a collector understood of it and confirmed; null: nothing.
	Reason     *string `json:"reason" extensions:"x-nullable" enums:"cash_flow,admin_hurdle,unforeseen,approval_pending,invoice_missing,dispute,oversight,other" example:"admin_hurdle"`
	Understood *string `json:"understood" extensions:"x-nullable" example:"the invoice waits for the signature of the hotel's manager until Friday"`
	AskedAt    string  `json:"asked_at" format:"date-time" example:"2026-02-17T09:00:00Z"`
	Answer     *string `json:"answer" extensions:"x-nullable" example:"Order PO 4471 of 9 January, delivered on 13 January."`
	AnsweredAt *string `json:"answered_at" extensions:"x-nullable" format:"date-time" example:"2026-02-17T11:00:00Z"`
} //	@name	Question

func questionOf(q domain.Question) Question {
	return Question{
		ID: q.ID.String(), CaseID: q.Case.String(), DealID: idOrNull(q.Deal), ByMail: q.ByMail, Topic: textOrNull(string(q.Topic)), Said: q.Said, Reason: textOrNull(string(q.Reason)), Understood: textOrNull(q.Understood), AskedAt: moment(q.AskedAt),
		Answer: textOrNull(q.Answer), AnsweredAt: momentOrNull(q.AnsweredAt),
	}
}

// whole makes a page that holds a short list whole.
func whole[T, R any](rows []T, respond func(T) R) listOf[R] {
	return listing(rows, domain.Page{Limit: len(rows) + 1}, respond, func(T) string { return "" })
}

// listPromises lists the promises of a case.
//
//	@Summary	List the promises of a case
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the case"
//	@Success	200	{object}	listOf[Promise]
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/cases/{id}/promises [get]
func (s *Server) listPromises(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	promises, err := s.cases.Promises(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(promises, promiseOf))
}

// listDisputes lists the disputes of a case.
//
//	@Summary	List the disputes of a case
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the case"
//	@Success	200	{object}	listOf[Dispute]
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/cases/{id}/disputes [get]
func (s *Server) listDisputes(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	disputes, err := s.cases.Disputes(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(disputes, disputeOf))
}

// listQuestions lists the questions of a case.
//
//	@Summary	List the questions of a case
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the case"
//	@Success	200	{object}	listOf[Question]
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/cases/{id}/questions [get]
func (s *Server) listQuestions(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	questions, err := s.cases.Questions(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(questions, questionOf))
}

// AnswerQuestionRequest is what the debtor is told.
type AnswerQuestionRequest struct {
	Answer string `json:"answer" example:"Order PO 4471 of 9 January, delivered on 13 January."`
	// For a question that came by mail: the newest mail that was read. With a later one in the case nothing is answered.
	ReplyID string `json:"reply_id,omitempty" example:"rpl_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// Why the debtor is late, as you understood it: it decides the tone of what follows.
	Reason string `json:"reason,omitempty" enums:"cash_flow,admin_hurdle,unforeseen,approval_pending,invoice_missing,dispute,oversight,other" example:"admin_hurdle"`
	// What you understood, in one sentence: the letter says it back to the debtor.
	Understood string `json:"understood,omitempty" example:"the invoice waits for the signature of the hotel's manager until Friday" maxLength:"500"`
} //	@name	AnswerQuestionRequest

func (r AnswerQuestionRequest) read() (domain.ReplyID, string, error) {
	var k checker
	text := k.text("/answer", r.Answer, true, 4000)
	k.text("/understood", r.Understood, false, 500)
	if r.ReplyID == "" {
		return domain.ReplyID{}, text, k.err()
	}
	return k.reply("/reply_id", r.ReplyID), text, k.err()
}

func (k *checker) reply(pointer, value string) domain.ReplyID {
	id, err := domain.ParseReplyID(value)
	if err != nil {
		k.wrong(pointer, "malformed", "it is the id of a mail: rpl_ and 32 hexadecimal digits")
	}
	return id
}

// answerQuestion answers a debtor.
//
//	@Summary		Answer a question
//	@Description	The answer is sent to the debtor, at any hour; then the case goes on.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string					true	"id of the question"
//	@Param			request			body		AnswerQuestionRequest	true	"the answer"
//	@Success		200				{object}	Question
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/questions/{id}/answer [post]
func (s *Server) answerQuestion(c *gin.Context) error {
	id, err := pathID(c, domain.ParseQuestionID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[AnswerQuestionRequest](c)
	if err != nil {
		return err
	}
	read, text, err := request.read()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, questionOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.AnswerQuestion(c.Request.Context(), caller(c), id, read, text, collections.Understanding{Reason: domain.Reason(request.Reason), Words: request.Understood}, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// CloseQuestionRequest says what was read, and why nobody has to be told anything.
type CloseQuestionRequest struct {
	// The newest of the mails that were read; with a later one in the case nothing is closed.
	ReplyID string `json:"reply_id" example:"rpl_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Note    string `json:"note" example:"They will pay on Friday; nothing to answer."`
	// Why the debtor is late, as you understood it: it decides the tone of what follows.
	Reason string `json:"reason,omitempty" enums:"cash_flow,admin_hurdle,unforeseen,approval_pending,invoice_missing,dispute,oversight,other" example:"admin_hurdle"`
} //	@name	CloseQuestionRequest

func (r CloseQuestionRequest) read() (domain.ReplyID, string, error) {
	var k checker
	note := k.text("/note", r.Note, true, 2000)
	return k.reply("/reply_id", r.ReplyID), note, k.err()
}

// closeQuestion puts aside what came by mail.
//
//	@Summary		Close a question that came by mail
//	@Description	For mails that were read and need no letter; the case goes on at once. A question that was asked on the debtor's page is answered instead.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string					true	"id of the question"
//	@Param			request			body		CloseQuestionRequest	true	"what was read"
//	@Success		200				{object}	Question
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/questions/{id}/close [post]
func (s *Server) closeQuestion(c *gin.Context) error {
	id, err := pathID(c, domain.ParseQuestionID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[CloseQuestionRequest](c)
	if err != nil {
		return err
	}
	read, note, err := request.read()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, questionOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.CloseQuestion(c.Request.Context(), caller(c), id, read, note, domain.Reason(request.Reason), guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
