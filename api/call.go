package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

func (s *Server) callRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/tasks", handle: s.listTasks},
		{method: http.MethodPost, path: "/v1/touches/:id/call", handle: s.startCall},
		{method: http.MethodPost, path: "/v1/touches/:id/result", handle: s.endCall},
		{method: http.MethodPost, path: "/v1/touches/:id/settle", handle: s.settleUnknown},
	}
}

// listTasks lists what waits for people.
//
//	@Summary		List the tasks of a factor's people
//	@Description	Messages that people agree to first (`planned`, `people` > 0), calls to make (`class` call), calls without a result (`sending`), messages of which nobody knows whether they arrived (`unknown`), and those that an address refused for good (`failed`), until the address is looked at and `send-again` is called.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Touch]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/tasks [get]
func (s *Server) listTasks(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseTouchID)
	if err != nil {
		return err
	}
	tasks, err := s.cases.Tasks(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(tasks, p, touchOf, func(t domain.Touch) string { return t.ID.String() }))
}

// Call is what a person is told before ringing.
type Call struct {
	Touch Touch `json:"touch"`
	// The gate lets the call pass now; the script is in `touch.text`, and a result must follow.
	Clear bool     `json:"clear" example:"true"`
	Codes []string `json:"codes" example:"outside_hours"`
	Words string   `json:"words" example:"it is outside the hours in which we write"`
	// The number; empty when the call is not clear.
	Phone string `json:"phone" example:"+12125550142"`
} //	@name	Call

func callOf(call collections.Call) Call {
	out := Call{Touch: touchOf(call.Touch), Clear: call.Clear, Codes: append([]string{}, call.Codes...), Words: call.Words}
	if call.Clear {
		out.Phone = call.Touch.Recipient
	}
	return out
}

// startCall takes a call.
//
//	@Summary		Take a call
//	@Description	The gate is asked at this moment and its answer is stored. With `clear` the number and the script are given, the call counts as a contact, and its result must follow.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the planned call"
//	@Success		200				{object}	Call
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/touches/{id}/call [post]
func (s *Server) startCall(c *gin.Context) error {
	return doOn(c, domain.ParseTouchID, answering(http.StatusOK, callOf, nil), s.cases.StartCall)
}

// CallResultRequest is what came of a call.
type CallResultRequest struct {
	Result string `json:"result" enums:"no_answer,left_message,wrong_number,promised,says_paid,disputes,asks,hardship,will_look,spoke,do_not_call_again" example:"promised"`
	// How the conversation went, for the factor; needed when somebody was spoken to.
	Note string `json:"note,omitempty" example:"Friendly; the invoice was with the hotel manager" maxLength:"2000"`
	// The invoice that was promised, paid or disputed; a question may name one.
	DealID string `json:"deal_id,omitempty" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount *Money `json:"amount,omitempty"`
	// With promised: the day.
	PromisedOn string `json:"promised_on,omitempty" format:"date" example:"2026-02-23"`
	// With says_paid: the day.
	PaidOn string `json:"paid_on,omitempty" format:"date" example:"2026-02-16"`
	// With disputes, asks and hardship: what was said, in the debtor's words.
	Said string `json:"said,omitempty" example:"The second pallet was wet" maxLength:"2000"`
} //	@name	CallResultRequest

func (r CallResultRequest) report() (collections.CallReport, error) {
	var k checker
	report := collections.CallReport{
		Result: domain.CallResult(r.Result), Note: k.text("/note", r.Note, false, 2000), Said: k.text("/said", r.Said, false, 2000),
		Amount: money.Amount{},
	}
	if r.Amount != nil {
		report.Amount = k.amount("/amount", *r.Amount)
	}
	if r.DealID != "" {
		id, err := domain.ParseDealID(r.DealID)
		if err != nil {
			k.wrong("/deal_id", "malformed", "it is the id of a deal: deal_ and 32 hexadecimal digits")
		}
		report.Deal = id
	}
	switch {
	case r.PromisedOn != "" && r.PaidOn != "":
		k.wrong("/paid_on", "both", "a call has one result: promised or paid")
	case r.PromisedOn != "":
		report.On = k.date("/promised_on", r.PromisedOn)
	case r.PaidOn != "":
		report.On = k.date("/paid_on", r.PaidOn)
	}
	return report, k.err()
}

// endCall closes a call with its result.
//
//	@Summary		Record the result of a call
//	@Description	What the debtor promised, paid, disputes or asks is recorded as if it had come by its page and pauses as much, in the same commit. Who was spoken to gets a letter with what was agreed.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string				true	"id of the call"
//	@Param			request			body		CallResultRequest	true	"what came of it"
//	@Success		200				{object}	Touch
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/touches/{id}/result [post]
func (s *Server) endCall(c *gin.Context) error {
	id, err := pathID(c, domain.ParseTouchID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[CallResultRequest](c)
	if err != nil {
		return err
	}
	report, err := request.report()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, touchOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.EndCall(c.Request.Context(), caller(c), id, report, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// SettleUnknownRequest is what a person found out about a message.
type SettleUnknownRequest struct {
	Arrived *bool  `json:"arrived" example:"true"`
	Note    string `json:"note" example:"Ms Vance has it before her" maxLength:"2000"`
} //	@name	SettleUnknownRequest

// read returns whether the message arrived and how that was found out; a silence about either
// is no answer.
func (r SettleUnknownRequest) read() (arrived bool, note string, err error) {
	var k checker
	if r.Arrived == nil {
		k.wrong("/arrived", "required", "true or false")
	} else {
		arrived = *r.Arrived
	}
	note = k.text("/note", r.Note, true, 2000)
	return arrived, note, k.err()
}

// settleUnknown settles a message of which nobody knew whether it arrived.
//
//	@Summary		Settle an unknown message
//	@Description	For a message with the status `unknown`, after a person found out: it counts as sent (a notice as delivered), or as one that did not arrive.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string					true	"id of the message"
//	@Param			request			body		SettleUnknownRequest	true	"what was found out"
//	@Success		200				{object}	Touch
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/touches/{id}/settle [post]
func (s *Server) settleUnknown(c *gin.Context) error {
	id, err := pathID(c, domain.ParseTouchID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[SettleUnknownRequest](c)
	if err != nil {
		return err
	}
	arrived, note, err := request.read()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, touchOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.SettleUnknown(c.Request.Context(), caller(c), id, arrived, note, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
