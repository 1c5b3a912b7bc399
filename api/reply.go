package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"comity/domain"
	"comity/inbound"
)

// mailsAtOnce is how many mails are taken in at a time: each may be 25 MiB.
const mailsAtOnce = 4

func (s *Server) replyRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/inbound/mail", handle: s.receiveMail, open: true},
		{method: http.MethodGet, path: "/v1/replies", handle: s.listReplies},
		{method: http.MethodGet, path: "/v1/replies/:id", handle: s.getReply},
		{method: http.MethodGet, path: "/v1/replies/:id/mail", handle: s.getReplyMail},
		{method: http.MethodGet, path: "/v1/cases/:id/replies", handle: s.listCaseReplies},
	}
}

// Reply is a mail that came in. What it seems to say is proposed and never decided: when
// a person may have written it, `question_id` is what a collector answers or closes, and
// until then its case rests.
type Reply struct {
	ID         string  `json:"id" example:"rpl_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID     *string `json:"case_id" extensions:"x-nullable" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	TouchID    *string `json:"touch_id" extensions:"x-nullable" example:"tch_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	QuestionID *string `json:"question_id" extensions:"x-nullable" example:"qst_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// What its headers say of it; they prove nothing.
	Kind    string `json:"kind" enums:"human,out_of_office,bounce,complaint,list_or_bulk,automatic" example:"human"`
	Because string `json:"because" example:"Auto-Submitted: auto-replied"`
	From    string `json:"from" example:"ap@northwind.example"`
	// Whether it came from the address that we write to. Anybody can claim to.
	FromKnown bool   `json:"from_known" example:"true"`
	Subject   string `json:"subject" example:"Re: Invoice MP-1042"`
	// What the sender wrote, without what is quoted; in lists the first 2,000 characters.
	Said string `json:"said" example:"We will pay 5,000.00 on Friday; the rest waits for approval."`
	// Everything that can be read of it; in lists the first 2,000 characters.
	Text  string      `json:"text" example:"We will pay 5,000.00 on Friday; the rest waits for approval."`
	Hints []ReplyHint `json:"hints"`
	// What was understood, in words that may go back to the sender once a person has confirmed them.
	Summary             string   `json:"summary" example:"You told us that you expect to pay USD 5,000.00 on Friday 13 March 2026."`
	AcknowledgementOnly bool     `json:"acknowledgement_only" example:"false"`
	Attachments         []string `json:"attachments" example:"scan.pdf (application/pdf, 52104 bytes)"`
	Faults              []string `json:"faults" example:"the mail is larger than 25 MiB"`
	ReceivedAt          string   `json:"received_at" format:"date-time" example:"2026-03-10T14:12:00Z"`
} //	@name	Reply

// ReplyHint is one thing that a mail seems to say, and the words that it rests on.
type ReplyHint struct {
	Kind  string `json:"kind" enums:"reason,flag,amount,date,invoice" example:"reason"`
	Value string `json:"value" example:"approval_pending"`
	Words string `json:"words" example:"waits for approval"`
} //	@name	ReplyHint

func replyOf(r domain.Reply) Reply {
	out := Reply{
		ID: r.ID.String(), CaseID: idOrNull(r.Case), TouchID: idOrNull(r.Touch), QuestionID: idOrNull(r.Question), Kind: r.Kind, Because: r.Because,
		From: r.Sender, FromKnown: r.SenderKnown, Subject: r.Subject, Said: r.Own, Text: r.Text, Hints: []ReplyHint{}, Summary: r.Summary,
		AcknowledgementOnly: r.Acknowledge, Attachments: append([]string{}, r.Files...), Faults: append([]string{}, r.Faults...), ReceivedAt: moment(r.ReceivedAt),
	}
	for _, h := range r.Hints {
		out.Hints = append(out.Hints, ReplyHint(h))
	}
	return out
}

func replyID(r domain.Reply) string { return r.ID.String() }

// ReceivedMail says under which name a mail is kept.
type ReceivedMail struct {
	ReplyID string `json:"reply_id" example:"rpl_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
} //	@name	ReceivedMail

// receiveMail takes in a mail from whoever receives it for us.
//
//	@Summary		Take in a mail
//	@Description	For the service that receives mail: the mail as it came (RFC 5322), at most 25 MiB, signed after Standard Webhooks with the secret that it was given. The same mail again is the same reply and changes nothing. A mail that belongs to no case is kept too. Without a secret there is no such door.
//	@Tags			cases
//	@Accept			message/rfc822
//	@Produce		json
//	@Param			webhook-id			header		string	true	"names this delivery"
//	@Param			webhook-timestamp	header		string	true	"seconds since 1970; at most five minutes off"
//	@Param			webhook-signature	header		string	true	"v1 and the HMAC-SHA-256 of id, timestamp and body"
//	@Param			mail				body		string	true	"the mail"
//	@Success		202					{object}	ReceivedMail
//	@Failure		400					{object}	Problem
//	@Failure		401					{object}	Problem
//	@Failure		404					{object}	Problem
//	@Failure		409					{object}	Problem
//	@Failure		413					{object}	Problem
//	@Failure		415					{object}	Problem
//	@Failure		503					{object}	Problem
//	@Router			/v1/inbound/mail [post]
func (s *Server) receiveMail(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	if err := mediaType(c, "message/rfc822"); err != nil {
		return err
	}
	if s.inbound == nil {
		return domain.ErrNotFound
	}
	raw, err := s.signedMail(c)
	if err != nil {
		return err
	}
	reply, err := s.cases.Receive(c.Request.Context(), raw, s.now().UTC())
	if err != nil {
		return err
	}
	return respond(c, http.StatusAccepted, ReceivedMail{ReplyID: reply.ID.String()})
}

// signedMail reads a mail that a deliverer signed. Without a signature nothing of the body
// is read, and only few bodies are held at a time.
func (s *Server) signedMail(c *gin.Context) ([]byte, error) {
	unsigned := domain.ErrUnauthenticated.Because("the signature is missing, old or wrong")
	for _, name := range []string{webhooks.HeaderWebhookID, webhooks.HeaderWebhookTimestamp, webhooks.HeaderWebhookSignature} {
		if c.GetHeader(name) == "" {
			return nil, unsigned
		}
	}
	select {
	case s.mailDoor <- struct{}{}:
		defer func() { <-s.mailDoor }()
	default:
		return nil, domain.ErrUnavailable.Because("other mails are being taken in; try again")
	}
	raw, err := readBody(c, inbound.MaxBytes)
	if err != nil {
		return nil, err
	}
	if err := s.inbound.Verify(raw, c.Request.Header); err != nil {
		return nil, unsigned
	}
	return raw, nil
}

// listReplies lists the mails to the caller's side.
//
//	@Summary		List mails that came in
//	@Description	Those of the caller's cases, oldest first; for the platform, those that belong to no case.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Reply]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Router			/v1/replies [get]
func (s *Server) listReplies(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseReplyID)
	if err != nil {
		return err
	}
	rows, err := s.cases.AllReplies(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, replyOf, replyID))
}

// listCaseReplies lists the mails of a case.
//
//	@Summary	List the mails of a case
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"id of the case"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Reply]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/cases/{id}/replies [get]
func (s *Server) listCaseReplies(c *gin.Context) error {
	id, p, err := pageOn(c, domain.ParseCaseID, domain.ParseReplyID)
	if err != nil {
		return err
	}
	rows, err := s.cases.Replies(c.Request.Context(), caller(c), id, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, replyOf, replyID))
}

// getReply answers a mail that came in.
//
//	@Summary	Read a mail that came in
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the reply"
//	@Success	200	{object}	Reply
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/replies/{id} [get]
func (s *Server) getReply(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseReplyID)
	if err != nil {
		return err
	}
	reply, err := s.cases.Reply(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, replyOf(reply))
}

// getReplyMail answers a mail as it came.
//
//	@Summary	Read a mail as it came
//	@Tags		cases
//	@Produce	message/rfc822
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the reply"
//	@Success	200	{string}	string	"the mail"
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/replies/{id}/mail [get]
func (s *Server) getReplyMail(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseReplyID)
	if err != nil {
		return err
	}
	mail, err := s.cases.RawReply(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	download(c, mail)
	return nil
}
