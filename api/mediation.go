package api

import (
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) mediationRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/mediators", handle: s.listMediators},
		{method: http.MethodPut, path: "/v1/mediators/:id", handle: s.admitMediator},
		{method: http.MethodGet, path: "/v1/mediations", handle: s.listMediations},
		{method: http.MethodGet, path: "/v1/mediations/:id", handle: s.getMediation},
		{method: http.MethodPost, path: "/v1/disputes/:id/mediations", handle: s.askMediation},
		{method: http.MethodPost, path: "/v1/mediations/:id/answer", handle: s.answerMediation},
		{method: http.MethodPost, path: "/v1/mediations/:id/appoint", handle: s.appointMediator},
		{method: http.MethodPost, path: "/v1/mediations/:id/object", handle: s.objectMediator},
		{method: http.MethodPost, path: "/v1/mediations/:id/timetable", handle: s.proposeDates},
		{method: http.MethodPost, path: "/v1/mediations/:id/agree", handle: s.agreeDates},
		{method: http.MethodPost, path: "/v1/mediations/:id/notes", handle: s.noteMediation},
		{method: http.MethodPost, path: "/v1/mediations/:id/proposals", handle: s.proposeOutcome},
		{method: http.MethodPost, path: "/v1/mediations/:id/vote", handle: s.answerProposal},
		{method: http.MethodPost, path: "/v1/mediations/:id/end", handle: s.endMediation},
	}
}

// Mediation is the help of a neutral person in a dispute.
type Mediation struct {
	ID        string `json:"id" example:"med_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DisputeID string `json:"dispute_id" example:"dsp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	FactorID  string `json:"factor_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	SellerID  string `json:"seller_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2d"`
	// closed: the dispute ended otherwise.
	Status    string `json:"status" enums:"offered,agreed,appointed,scheduled,proposed,settled,declined,lapsed,ended_without_agreement,closed" example:"proposed"`
	AskedBy   string `json:"asked_by" enums:"clock,debtor,seller,factor" example:"clock"`
	OfferedAt string `json:"offered_at" format:"date-time" example:"2026-05-08T07:30:00Z"`
	// The last day for the answers of debtor and seller.
	AnswerBy string         `json:"answer_by" format:"date" example:"2026-05-22"`
	Answers  MediationWords `json:"answers"`
	AgreedAt *string        `json:"agreed_at" extensions:"x-nullable" format:"date-time" example:"2026-05-12T09:00:00Z"`
	// The last day for dates that all parties agreed to.
	BeginBy *string `json:"begin_by" extensions:"x-nullable" format:"date" example:"2026-06-24"`
	// The neutral; null: none is appointed.
	MediatorID   *string              `json:"mediator_id" extensions:"x-nullable" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	MediatorName *string              `json:"mediator_name" extensions:"x-nullable" example:"Fairway Dispute Resolution"`
	AppointedAt  *string              `json:"appointed_at" extensions:"x-nullable" format:"date-time" example:"2026-05-13T09:00:00Z"`
	Objections   []MediationObjection `json:"objections"`
	Timetable    *Timetable           `json:"timetable" extensions:"x-nullable"`
	Proposals    []MediationProposal  `json:"proposals"`
	EndedAt      *string              `json:"ended_at" extensions:"x-nullable" format:"date-time" example:"2026-06-05T09:00:00Z"`
	EndedWhy     *string              `json:"ended_why" extensions:"x-nullable" example:"all three accepted the proposal"`
} //	@name	Mediation

// MediationWords are what the parties said; null: nothing yet.
type MediationWords struct {
	Debtor *string `json:"debtor" extensions:"x-nullable" enums:"accepted,declined" example:"accepted"`
	Seller *string `json:"seller" extensions:"x-nullable" enums:"accepted,declined" example:"accepted"`
	Factor *string `json:"factor" extensions:"x-nullable" enums:"accepted,declined" example:"accepted"`
} //	@name	MediationWords

// MediationObjection is why a party did not want somebody as the neutral.
type MediationObjection struct {
	MediatorID string `json:"mediator_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	By         string `json:"by" enums:"debtor,seller,factor" example:"debtor"`
	Reason     string `json:"reason" example:"It works for our supplier's group."`
	At         string `json:"at" format:"date-time" example:"2026-05-14T09:00:00Z"`
} //	@name	MediationObjection

// Timetable is what happens when; it stands once all three parties agreed.
type Timetable struct {
	Number         int     `json:"number" example:"1"`
	PapersBy       string  `json:"papers_by" format:"date" example:"2026-05-20"`
	TalkOn         string  `json:"talk_on" format:"date" example:"2026-05-28"`
	ProposalBy     string  `json:"proposal_by" format:"date" example:"2026-06-05"`
	ProposedAt     string  `json:"proposed_at" format:"date-time" example:"2026-05-14T10:00:00Z"`
	DebtorAgreedAt *string `json:"debtor_agreed_at" extensions:"x-nullable" format:"date-time" example:"2026-05-15T10:00:00Z"`
	SellerAgreedAt *string `json:"seller_agreed_at" extensions:"x-nullable" format:"date-time" example:"2026-05-15T10:00:00Z"`
	FactorAgreedAt *string `json:"factor_agreed_at" extensions:"x-nullable" format:"date-time" example:"2026-05-15T10:00:00Z"`
} //	@name	Timetable

// MediationProposal is how the neutral would end the dispute.
type MediationProposal struct {
	Number       int            `json:"number" example:"1"`
	Credit       Money          `json:"credit"`
	Reasons      string         `json:"reasons" example:"One box was wet on arrival, the other was opened later."`
	RootCause    string         `json:"root_cause" example:"no inspection at handover"`
	MadeAt       string         `json:"made_at" format:"date-time" example:"2026-06-01T10:00:00Z"`
	Words        MediationWords `json:"words"`
	CreditNumber *string        `json:"credit_number" extensions:"x-nullable" example:"CN-0387"`
} //	@name	MediationProposal

func mediationWordsOf(w domain.Sides[domain.Word]) MediationWords {
	return MediationWords{textOrNull(string(w.Debtor)), textOrNull(string(w.Seller)), textOrNull(string(w.Factor))}
}

func mediationOf(m domain.Mediation) Mediation {
	out := Mediation{
		ID: m.ID.String(), DisputeID: m.Dispute.String(), FactorID: m.Factor.String(), SellerID: m.Seller.String(), Status: string(m.Status), AskedBy: string(m.AskedBy), OfferedAt: moment(m.OfferedAt), AnswerBy: m.AnswerBy.String(),
		Answers: mediationWordsOf(m.Answers), AgreedAt: momentOrNull(m.AgreedAt), BeginBy: dateOrNull(m.BeginBy), MediatorID: idOrNull(m.Mediator), MediatorName: textOrNull(m.MediatorName),
		AppointedAt: momentOrNull(m.AppointedAt), Objections: []MediationObjection{}, Proposals: []MediationProposal{}, EndedAt: momentOrNull(m.EndedAt), EndedWhy: textOrNull(m.EndedWhy),
	}
	for _, o := range m.Objections {
		out.Objections = append(out.Objections, MediationObjection{o.Mediator.String(), string(o.By), o.Reason, moment(o.At)})
	}
	if t := m.Timetable; t != nil {
		out.Timetable = &Timetable{
			Number: t.N, PapersBy: t.PapersBy.String(), TalkOn: t.TalkOn.String(), ProposalBy: t.ProposalBy.String(), ProposedAt: moment(t.At),
			DebtorAgreedAt: momentOrNull(t.Agreed.Debtor), SellerAgreedAt: momentOrNull(t.Agreed.Seller), FactorAgreedAt: momentOrNull(t.Agreed.Factor),
		}
	}
	for _, p := range m.Proposals {
		out.Proposals = append(out.Proposals, MediationProposal{
			p.N, moneyOf(p.Credit), p.Reasons, p.RootCause, moment(p.At), mediationWordsOf(p.Words), textOrNull(p.CreditNumber),
		})
	}
	return out
}

// MediationFile is what a mediation shows to its neutral and its parties. Nothing of the advance,
// the fee, or other invoices is in it.
type MediationFile struct {
	Mediation
	Debtor        string     `json:"debtor" example:"Harbor & Pine Hotels, Inc."`
	Seller        string     `json:"seller" example:"Marlow Print Works LLC"`
	Factor        string     `json:"factor" example:"Eastbrook Factors, LLC"`
	InvoiceNumber string     `json:"invoice_number" example:"MP-1042"`
	IssuedOn      string     `json:"issued_on" format:"date" example:"2026-02-02"`
	DueOn         string     `json:"due_on" format:"date" example:"2026-03-04"`
	Invoiced      Money      `json:"invoiced"`
	Open          Money      `json:"open"`
	Dispute       Dispute    `json:"dispute"`
	Notes         []Note     `json:"notes"`
	Evidence      []Evidence `json:"evidence"`
} //	@name	MediationFile

func mediationFileOf(v domain.MediationView) MediationFile {
	out := MediationFile{
		Mediation: mediationOf(v.Mediation), Debtor: v.DebtorName, Seller: v.SellerName, Factor: v.Factor, InvoiceNumber: v.InvoiceNumber, IssuedOn: v.IssuedOn.String(),
		DueOn: v.DueOn.String(), Invoiced: moneyOf(v.Invoiced), Open: moneyOf(v.Open), Dispute: disputeOf(v.Dispute), Notes: []Note{}, Evidence: []Evidence{},
	}
	for _, n := range v.Notes {
		out.Notes = append(out.Notes, noteOf(n))
	}
	for _, e := range v.Evidence {
		out.Evidence = append(out.Evidence, evidenceOf(e))
	}
	return out
}

// listMediations lists mediations.
//
//	@Summary		List mediations
//	@Description	A party's, those that a neutral is appointed to, and for the platform all, oldest first; those in the state agreed wait for a neutral. What was proposed is the parties' and the neutral's to read, not the platform's.
//	@Tags			mediations
//	@Produce		json
//	@Security		Bearer
//	@Param			status	query		string	false	"only those in this state"	Enums(offered, agreed, appointed, scheduled, proposed, settled, declined, lapsed, ended_without_agreement, closed)
//	@Param			limit	query		int		false	"rows of a page"			minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Mediation]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/mediations [get]
func (s *Server) listMediations(c *gin.Context) error {
	if err := onlyQuery(c, "status", "limit", "cursor"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.MediationMoves)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseMediationID)
	if err != nil {
		return err
	}
	rows, err := s.market.Mediations(c.Request.Context(), caller(c), status, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, mediationOf, func(m domain.Mediation) string { return m.ID.String() }))
}

// getMediation returns a mediation with what is before the neutral.
//
//	@Summary		Get a mediation
//	@Description	For its neutral, its seller and its factor: the dispute, the thread, the files, who the parties are, and the invoice.
//	@Tags			mediations
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the mediation"
//	@Success		200	{object}	MediationFile
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/mediations/{id} [get]
func (s *Server) getMediation(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseMediationID)
	if err != nil {
		return err
	}
	view, err := s.market.Mediation(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, mediationFileOf(view))
}

// Mediator is an entry of the register of neutrals.
type Mediator struct {
	OrganizationID string `json:"organization_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Name           string `json:"name" example:"Fairway Dispute Resolution"`
	// That accredited it.
	Body       string   `json:"body" example:"Centre for Effective Dispute Resolution"`
	Number     string   `json:"number" example:"CEDR-20871"`
	ValidUntil string   `json:"valid_until" format:"date" example:"2027-12-31"`
	Languages  []string `json:"languages" example:"en,de"`
	AdmittedAt string   `json:"admitted_at" format:"date-time" example:"2026-02-02T09:00:00Z"`
} //	@name	Mediator

func mediatorOf(m domain.Mediator) Mediator {
	return Mediator{m.Organization.String(), m.Name, m.Body, m.Number, m.ValidUntil.String(), append([]string{}, m.Languages...), moment(m.AdmittedAt)}
}

// listMediators lists the register of neutrals.
//
//	@Summary		List the register of neutrals
//	@Description	Whom the platform admitted, and until when, in the caller's world; for the platform in all.
//	@Tags			mediations
//	@Produce		json
//	@Security		Bearer
//	@Param			limit	query		int		false	"rows of a page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Mediator]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/mediators [get]
func (s *Server) listMediators(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseOrganizationID)
	if err != nil {
		return err
	}
	rows, err := s.market.Mediators(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, mediatorOf, func(m domain.Mediator) string { return m.Organization.String() }))
}

// AdmitMediatorRequest is an entry of the register.
type AdmitMediatorRequest struct {
	Body   string `json:"body" example:"Centre for Effective Dispute Resolution" maxLength:"200"`
	Number string `json:"number" example:"CEDR-20871" maxLength:"100"`
	// The last day on which it counts.
	ValidUntil string `json:"valid_until" format:"date" example:"2027-12-31"`
	// ISO 639-1.
	Languages []string `json:"languages" example:"en,de" minItems:"1" maxItems:"20"`
} //	@name	AdmitMediatorRequest

var languageCode = regexp.MustCompile(`^[a-z]{2}$`)

func (r AdmitMediatorRequest) read() (domain.Mediator, error) {
	var k checker
	m := domain.Mediator{
		Body: k.oneLine("/body", r.Body, true, 200), Number: k.oneLine("/number", r.Number, true, 100), ValidUntil: k.date("/valid_until", r.ValidUntil), Languages: r.Languages,
	}
	if len(r.Languages) == 0 || len(r.Languages) > 20 {
		k.wrong("/languages", "too-many", "from 1 to 20")
	}
	for _, language := range r.Languages {
		k.shaped("/languages", language, languageCode, "a code of ISO 639-1, such as en")
	}
	return m, k.err()
}

// admitMediator admit a neutral to the register.
//
//	@Summary		Admit a neutral to the register
//	@Description	By the platform: an organisation of the kind mediator, with its accreditation and how long that lasts. It replaces what was there; an entry that is over cannot be appointed.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			id				path		string	true	"id of the organisation"
//	@Param			request			body		AdmitMediatorRequest	true	"what is done"
//	@Success		200				{object}	Mediator
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediators/{id} [put]
func (s *Server) admitMediator(c *gin.Context) error {
	id, m, err := stepBody[AdmitMediatorRequest](c, domain.ParseOrganizationID)
	if err != nil {
		return err
	}
	m.Organization = id
	if m, err = s.market.AdmitMediator(c.Request.Context(), caller(c), m); err != nil {
		return err
	}
	return respond(c, http.StatusOK, mediatorOf(m))
}
