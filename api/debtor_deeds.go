package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// DebtorPromise is a debtor's word to pay by a day.
type DebtorPromise struct {
	ID     string `json:"id" example:"prm_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status string `json:"status" enums:"active,kept,part_kept,broken,cancelled" example:"active"`
	Amount Money  `json:"amount"`
	On     string `json:"on" format:"date" example:"2026-02-23"`
} //	@name	DebtorPromise

func debtorPromiseOf(p domain.Promise) DebtorPromise {
	return DebtorPromise{ID: p.ID.String(), DealID: p.Deal.String(), Status: string(p.Status), Amount: moneyOf(p.Amount), On: p.PromisedOn.String()}
}

// DebtorPayment is an amount that a debtor says it has paid: it rests until then.
type DebtorPayment struct {
	DealID string  `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount Money   `json:"amount"`
	Until  *string `json:"until" extensions:"x-nullable" format:"date-time" example:"2026-02-25T05:00:00Z"`
} //	@name	DebtorPayment

func debtorPaymentOf(h domain.Hold) DebtorPayment {
	return DebtorPayment{DealID: h.Deal.String(), Amount: moneyOf(h.Amount), Until: momentOrNull(h.Until)}
}

// DebtorAsked is a question that was taken.
type DebtorAsked struct {
	DealID  *string `json:"deal_id" extensions:"x-nullable" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Topic   *string `json:"topic" extensions:"x-nullable" enums:"not_received,wrong_contact,complaint,proof" example:"proof"`
	AskedAt string  `json:"asked_at" format:"date-time" example:"2026-02-17T09:00:00Z"`
} //	@name	DebtorAsked

func debtorAskedOf(q domain.Question) DebtorAsked {
	return DebtorAsked{DealID: idOrNull(q.Deal), Topic: textOrNull(string(q.Topic)), AskedAt: moment(q.AskedAt)}
}

// DebtorPreferences is how the one whom the link was sent to wants to be reached.
type DebtorPreferences struct {
	Mode     string   `json:"mode" enums:"each,digest,portal_only" example:"digest"`
	OptedOut []string `json:"opted_out" enums:"email,phone" example:"phone"`
	Prefers  *string  `json:"prefers" extensions:"x-nullable" enums:"email,phone" example:"email"`
	Hours    *string  `json:"hours" extensions:"x-nullable" enums:"morning,afternoon" example:"morning"`
	// Of the page; null: what its browser asks for.
	Language *string `json:"language" extensions:"x-nullable" enums:"en,es,fr,de,pt" example:"de"`
} //	@name	DebtorPreferences

func debtorPreferencesOf(p domain.Preferences) DebtorPreferences {
	out := DebtorPreferences{
		Mode: string(p.Mode), OptedOut: []string{}, Prefers: textOrNull(string(p.Prefers)), Hours: textOrNull(string(p.Hours)), Language: textOrNull(p.Language),
	}
	if out.Mode == "" {
		out.Mode = string(domain.ModeEach)
	}
	for _, channel := range p.OptedOut {
		out.OptedOut = append(out.OptedOut, string(channel))
	}
	return out
}

// DebtorFeedback is an answer to our one question.
type DebtorFeedback struct {
	Ease string `json:"ease" enums:"yes,partly,no" example:"yes"`
} //	@name	DebtorFeedback

func debtorFeedbackOf(f domain.Feedback) DebtorFeedback { return DebtorFeedback{Ease: string(f.Ease)} }

// DebtorAmountRequest is an amount of an invoice and a day.
type DebtorAmountRequest struct {
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount Money  `json:"amount"`
	On     string `json:"on" format:"date" example:"2026-02-23"`
} //	@name	DebtorAmountRequest

type debtorAmount struct {
	deal   domain.DealID
	amount money.Amount
	on     domain.Date
}

func (r DebtorAmountRequest) read() (debtorAmount, error) {
	var k checker
	return debtorAmount{k.deal(r.DealID), k.amount("/amount", r.Amount), k.date("/on", r.On)}, k.err()
}

// DebtorQuestionRequest is a question about an invoice, or about everything.
type DebtorQuestionRequest struct {
	DealID string `json:"deal_id,omitempty" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Said   string `json:"said" example:"Which order does this invoice belong to?" maxLength:"2000"`
} //	@name	DebtorQuestionRequest

type debtorWords struct {
	deal domain.DealID
	said string
}

func (r DebtorQuestionRequest) read() (debtorWords, error) {
	var k checker
	out := debtorWords{said: k.said("/said", r.Said)}
	if r.DealID != "" {
		out.deal = k.deal(r.DealID)
	}
	return out, k.err()
}

// DebtorMissingRequest says which invoice did not arrive.
type DebtorMissingRequest struct {
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
} //	@name	DebtorMissingRequest

func (r DebtorMissingRequest) read() (domain.DealID, error) {
	var k checker
	return k.deal(r.DealID), k.err()
}

// DebtorSaidRequest is what a debtor says.
type DebtorSaidRequest struct {
	Said string `json:"said" example:"please send it by post" maxLength:"2000"`
} //	@name	DebtorSaidRequest

func (r DebtorSaidRequest) read() (string, error) {
	var k checker
	return k.said("/said", r.Said), k.err()
}

// DebtorContactRequest says that messages come to the wrong one.
type DebtorContactRequest struct {
	// company: it owes nothing of this; person: the company is right, the person is not.
	Mistake string `json:"mistake" enums:"company,person" example:"person"`
	Said    string `json:"said,omitempty" example:"Ms Ortiz pays our invoices" maxLength:"2000"`
} //	@name	DebtorContactRequest

type debtorMistake struct {
	mistake collections.Mistake
	said    string
}

func (r DebtorContactRequest) read() (debtorMistake, error) {
	var k checker
	return debtorMistake{oneOf(&k, "/mistake", collections.Mistake(r.Mistake), collections.MistakeCompany, collections.MistakePerson), k.said("/said", r.Said)}, k.err()
}

// DebtorPreferencesRequest is how the one whom the link was sent to wants to be reached.
type DebtorPreferencesRequest struct {
	Mode     string   `json:"mode" enums:"each,digest,portal_only" example:"digest"`
	OptedOut []string `json:"opted_out" enums:"email,phone" example:"phone"`
	Prefers  string   `json:"prefers,omitempty" enums:"email,phone" example:"email"`
	Hours    string   `json:"hours,omitempty" enums:"morning,afternoon" example:"morning"`
	Language string   `json:"language,omitempty" enums:"en,es,fr,de,pt" example:"de"`
} //	@name	DebtorPreferencesRequest

func (r DebtorPreferencesRequest) read() (domain.Preferences, error) {
	var k checker
	wishes := domain.Preferences{
		Mode:  oneOf(&k, "/mode", domain.ContactMode(r.Mode), domain.ModeEach, domain.ModeDigest, domain.ModePortalOnly),
		Hours: oneOf(&k, "/hours", domain.Hours(r.Hours), "", domain.HoursMorning, domain.HoursAfternoon), Language: r.Language,
		Prefers: oneOf(&k, "/prefers", domain.Channel(r.Prefers), "", domain.ChannelEmail, domain.ChannelPhone),
	}
	for i, channel := range r.OptedOut {
		wishes.OptedOut = append(wishes.OptedOut, oneOf(&k, "/opted_out/"+strconv.Itoa(i), domain.Channel(channel), domain.ChannelEmail, domain.ChannelPhone))
	}
	return wishes, k.err()
}

// DebtorFeedbackRequest answers our one question: was it easy to settle this?
type DebtorFeedbackRequest struct {
	Ease string `json:"ease" enums:"yes,partly,no" example:"yes"`
	Said string `json:"said,omitempty" example:"the page was quick" maxLength:"2000"`
} //	@name	DebtorFeedbackRequest

type debtorEase struct {
	ease domain.Ease
	said string
}

func (r DebtorFeedbackRequest) read() (debtorEase, error) {
	var k checker
	return debtorEase{oneOf(&k, "/ease", domain.Ease(r.Ease), domain.EaseYes, domain.EasePartly, domain.EaseNo), k.said("/said", r.Said)}, k.err()
}

// DebtorConfirmRequest is the code of a notice.
type DebtorConfirmRequest struct {
	Code string `json:"code" example:"7K3M-PQ2X" maxLength:"64"`
} //	@name	DebtorConfirmRequest

// said reads what a debtor writes: whether it must say something, the use case knows.
func (k *checker) said(pointer, value string) string { return k.text(pointer, value, false, maxSaid) }

// maxSaid is how many characters a debtor may write at once.
const maxSaid = 2000

// deal reads the id of the deal that a request is about.
func (k *checker) deal(value string) domain.DealID {
	id, err := domain.ParseDealID(value)
	if err != nil {
		k.wrong("/deal_id", "not-an-id", "write the id of a deal")
	}
	return id
}

// debtorDoes reads what a debtor asks for and does it once.
func debtorDoes[Q interface{ read() (V, error) }, V, T, R any](c *gin.Context, shown func(T) R, do func(context.Context, domain.Caller, V, domain.Once[T]) (domain.Answer, error)) error {
	request, err := bodyOnly[Q](c)
	if err != nil {
		return err
	}
	value, err := request.read()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, shown, nil))
	if err != nil {
		return err
	}
	answer, err := do(c.Request.Context(), caller(c), value, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// debtorPaid takes that a debtor has paid.
//
//	@Summary		Say that it was paid
//	@Description	The amount rests for five business days, twice at most for an invoice.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorAmountRequest	true	"what was paid, and on which day"
//	@Success		201				{object}	DebtorPayment
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/payments [post]
func (s *Server) debtorPaid(c *gin.Context) error {
	return debtorDoes[DebtorAmountRequest](c, debtorPaymentOf, func(ctx context.Context, by domain.Caller, v debtorAmount, once domain.Once[domain.Hold]) (domain.Answer, error) {
		return s.cases.Paid(ctx, by, v.deal, v.amount, v.on, once)
	})
}

// debtorPromise takes a debtor's word to pay by a day.
//
//	@Summary		Promise to pay
//	@Description	At most 14 days ahead; the amount rests until two business days after the day. It moves no due date.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorAmountRequest	true	"what will be paid, and by which day"
//	@Success		201				{object}	DebtorPromise
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/promises [post]
func (s *Server) debtorPromise(c *gin.Context) error {
	return debtorDoes[DebtorAmountRequest](c, debtorPromiseOf, func(ctx context.Context, by domain.Caller, v debtorAmount, once domain.Once[domain.Promise]) (domain.Answer, error) {
		return s.cases.Promise(ctx, by, v.deal, v.amount, v.on, once)
	})
}

// debtorAsk takes a debtor's question.
//
//	@Summary		Ask
//	@Description	A person answers. What it is about rests until seven days after the answer.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorQuestionRequest	true	"the question, and the invoice if it is about one"
//	@Success		201				{object}	DebtorAsked
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/questions [post]
func (s *Server) debtorAsk(c *gin.Context) error {
	return debtorDoes[DebtorQuestionRequest](c, debtorAskedOf, func(ctx context.Context, by domain.Caller, v debtorWords, once domain.Once[domain.Question]) (domain.Answer, error) {
		return s.cases.Ask(ctx, by, v.deal, v.said, once)
	})
}

// debtorMissing takes that an invoice did not arrive.
//
//	@Summary		Say that an invoice did not arrive
//	@Description	The first time it is sent again, the second time a person finds out, the third time it is a question about the contact. The due date stays what it is.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorMissingRequest	true	"which invoice"
//	@Success		201				{object}	DebtorAsked
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/not-received [post]
func (s *Server) debtorMissing(c *gin.Context) error {
	return debtorDoes[DebtorMissingRequest](c, debtorAskedOf, s.cases.NotReceived)
}

// debtorContact takes that messages come to the wrong one.
//
//	@Summary		Say that this is for somebody else
//	@Description	Everything rests until a person has found out who is right.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorContactRequest	true	"who is wrong"
//	@Success		201				{object}	DebtorAsked
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/wrong-contact [post]
func (s *Server) debtorContact(c *gin.Context) error {
	return debtorDoes[DebtorContactRequest](c, debtorAskedOf, func(ctx context.Context, by domain.Caller, v debtorMistake, once domain.Once[domain.Question]) (domain.Answer, error) {
		return s.cases.WrongContact(ctx, by, v.mistake, v.said, once)
	})
}

// debtorProof takes a request for proof of the assignment.
//
//	@Summary		Ask for proof
//	@Description	Nothing is asked for until it is answered, within five business days.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorSaidRequest	true	"what is wanted, which may be empty"
//	@Success		201				{object}	DebtorAsked
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/proof [post]
func (s *Server) debtorProof(c *gin.Context) error {
	return debtorDoes[DebtorSaidRequest](c, debtorAskedOf, s.cases.AskProof)
}

// debtorComplain takes a complaint.
//
//	@Summary		Complain
//	@Description	Messages rest until a person has answered and lifted the stop.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorSaidRequest	true	"the complaint"
//	@Success		201				{object}	DebtorAsked
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/complaints [post]
func (s *Server) debtorComplain(c *gin.Context) error {
	return debtorDoes[DebtorSaidRequest](c, debtorAskedOf, s.cases.Complain)
}

// debtorPrefer takes how a contact wants to be reached.
//
//	@Summary		Say how to be reached
//	@Description	For every seller and factor of this server. That a channel is wanted again needs a link on which the notice's code was typed.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorPreferencesRequest	true	"the wishes, whole"
//	@Success		201				{object}	DebtorPreferences
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/preferences [post]
func (s *Server) debtorPrefer(c *gin.Context) error {
	return debtorDoes[DebtorPreferencesRequest](c, debtorPreferencesOf, s.cases.Prefer)
}

// debtorFeedback takes the answer to our one question.
//
//	@Summary		Say how it was
//	@Description	Where `may_be_asked` is true.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorFeedbackRequest	true	"was it easy to settle this?"
//	@Success		201				{object}	DebtorFeedback
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/feedback [post]
func (s *Server) debtorFeedback(c *gin.Context) error {
	return debtorDoes[DebtorFeedbackRequest](c, debtorFeedbackOf, func(ctx context.Context, by domain.Caller, v debtorEase, once domain.Once[domain.Feedback]) (domain.Answer, error) {
		return s.cases.GiveFeedback(ctx, by, v.ease, v.said, once)
	})
}

// debtorConfirm takes the code of the notice.
//
//	@Summary		Confirm the notice
//	@Description	With the code that is typed from it. Then this link shows the account in full. A few wrong ones, and the link takes no more.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			request	body		DebtorConfirmRequest	true	"the code"
//	@Success		200		{object}	DebtorStatement
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Failure		429		{object}	Problem
//	@Router			/v1/debtor/confirm [post]
func (s *Server) debtorConfirm(c *gin.Context) error {
	request, err := bodyOnly[DebtorConfirmRequest](c)
	if err != nil {
		return err
	}
	if err := s.cases.Confirm(c.Request.Context(), caller(c), request.Code); err != nil {
		return err
	}
	return s.debtorStatement(c)
}
