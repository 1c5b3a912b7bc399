package api

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

func (s *Server) playbookRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/playbooks", handle: s.listPlaybooks},
		{method: http.MethodGet, path: "/v1/playbooks/built-in", handle: s.builtInPlaybook},
		{method: http.MethodGet, path: "/v1/cases/:id/playbook", handle: s.casePlaybook},
		{method: http.MethodPost, path: "/v1/playbooks", handle: s.makePlaybook},
		{method: http.MethodPost, path: "/v1/playbooks/:id/simulate", handle: s.simulatePlaybook},
		{method: http.MethodPost, path: "/v1/playbooks/:id/activate", handle: s.activatePlaybook},
		{method: http.MethodPost, path: "/v1/playbooks/:id/retire", handle: s.retirePlaybook},
	}
}

// BeforeStep is a message before a due date: `days` ahead, at the earliest `early` and at
// the latest `late` days ahead, for invoices with at least `min_terms` days to pay.
type BeforeStep struct {
	Name     string `json:"name" enums:"heads_up,pre_due" example:"pre_due"`
	Days     int    `json:"days" example:"7"`
	Early    int    `json:"early" example:"9"`
	Late     int    `json:"late" example:"5"`
	MinTerms int    `json:"min_terms" example:"0"`
} //	@name	BeforeStep

// AfterStep is a step after a due date: a letter or a call, how firm, how many days after
// the last contact, and how many people agree to it first.
type AfterStep struct {
	Name     string `json:"name" example:"how_it_is_made_up" minLength:"1" maxLength:"40"`
	Channel  string `json:"channel" enums:"email,phone" example:"email"`
	Tone     int    `json:"tone" minimum:"1" maximum:"4" example:"1"`
	Wait     int    `json:"wait" minimum:"7" maximum:"14" example:"7"`
	Template string `json:"template" enums:"post_due_first,post_due_next,new_timeline,clear_ask,formal_demand,call" example:"post_due_next"`
	People   int    `json:"people" minimum:"0" maximum:"2" example:"0"`
	MinLate  int    `json:"min_late" example:"0"`
	MinQuiet int    `json:"min_quiet" example:"0"`
} //	@name	AfterStep

// MakePlaybookRequest is a draft: for the factor, a seller, a segment, or by one of its
// cases a debtor or a relationship.
type MakePlaybookRequest struct {
	Name     string       `json:"name" example:"Hotels, patiently" maxLength:"80"`
	Level    string       `json:"level" enums:"factor,seller,segment,debtor,relationship" example:"segment"`
	SellerID string       `json:"for_seller_id,omitempty" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Segment  string       `json:"segment,omitempty" example:"DE/sole_trader"`
	CaseID   string       `json:"for_case_id,omitempty" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Before   []BeforeStep `json:"before"`
	After    []AfterStep  `json:"after"`
} //	@name	MakePlaybookRequest

func (r MakePlaybookRequest) draft() (domain.Playbook, collections.PlaybookFor, error) {
	var k checker
	whose := collections.PlaybookFor{Level: domain.PlaybookLevel(r.Level), Segment: r.Segment}
	if r.SellerID != "" || r.Level == string(domain.LevelSeller) {
		id, err := domain.ParseOrganizationID(r.SellerID)
		if err != nil {
			k.wrong("/for_seller_id", "malformed", "it is the id of a seller: org_ and 32 hexadecimal digits")
		}
		whose.Seller = id
	}
	if r.CaseID != "" || r.Level == string(domain.LevelDebtor) || r.Level == string(domain.LevelRelationship) {
		id, err := domain.ParseCaseID(r.CaseID)
		if err != nil {
			k.wrong("/for_case_id", "malformed", "it is the id of a case: case_ and 32 hexadecimal digits")
		}
		whose.Case = id
	}
	p := domain.Playbook{Name: k.oneLine("/name", r.Name, true, 80)}
	for _, s := range r.Before {
		p.Before = append(p.Before, domain.BeforeStep(s))
	}
	for _, s := range r.After {
		p.After = append(p.After, domain.AfterStep{
			Name: s.Name, Channel: domain.Channel(s.Channel), Tone: s.Tone, Wait: s.Wait, Template: s.Template, People: s.People, MinLate: s.MinLate, MinQuiet: s.MinQuiet,
		})
	}
	return p, whose, k.err()
}

// Playbook is one version of a playbook.
type Playbook struct {
	ID          *string      `json:"id" extensions:"x-nullable" example:"pbk_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Name        string       `json:"name" example:"Hotels, patiently"`
	Level       string       `json:"level" enums:"default,factor,seller,segment,debtor,relationship" example:"segment"`
	Segment     *string      `json:"segment" extensions:"x-nullable" example:"DE/sole_trader"`
	Version     int          `json:"version" example:"3"`
	Status      string       `json:"status" enums:"draft,active,retired" example:"active"`
	Before      []BeforeStep `json:"before"`
	After       []AfterStep  `json:"after"`
	MadeAt      *string      `json:"made_at" extensions:"x-nullable" format:"date-time" example:"2026-02-16T14:00:00Z"`
	SimulatedAt *string      `json:"simulated_at" extensions:"x-nullable" format:"date-time" example:"2026-02-16T14:02:00Z"`
	ActivatedAt *string      `json:"activated_at" extensions:"x-nullable" format:"date-time" example:"2026-02-16T14:10:00Z"`
	RetiredAt   *string      `json:"retired_at" extensions:"x-nullable" format:"date-time" example:"2026-05-02T09:00:00Z"`
} //	@name	Playbook

func playbookOf(p domain.Playbook) Playbook {
	out := Playbook{
		ID: idOrNull(p.ID), Name: p.Name, Level: string(p.Level), Version: p.Version, Status: string(p.Status), Before: []BeforeStep{}, After: []AfterStep{},
		MadeAt: momentOrNull(p.MadeAt), SimulatedAt: momentOrNull(p.SimulatedAt), ActivatedAt: momentOrNull(p.ActivatedAt), RetiredAt: momentOrNull(p.RetiredAt),
	}
	if p.Level == domain.LevelSegment {
		out.Segment = textOrNull(p.Subject)
	}
	for _, s := range p.Before {
		out.Before = append(out.Before, BeforeStep(s))
	}
	for _, s := range p.After {
		out.After = append(out.After, AfterStep{
			Name: s.Name, Channel: string(s.Channel), Tone: s.Tone, Wait: s.Wait, Template: s.Template, People: s.People, MinLate: s.MinLate, MinQuiet: s.MinQuiet,
		})
	}
	return out
}

// listPlaybooks lists a factor's playbooks.
//
//	@Summary		List the playbooks of a factor
//	@Description	Every version, oldest first. The most particular one that is active counts for a case: relationship, debtor, segment, seller, factor; else the built-in one.
//	@Tags			playbooks
//	@Produce		json
//	@Security		Bearer
//	@Param			limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Playbook]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/playbooks [get]
func (s *Server) listPlaybooks(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParsePlaybookID)
	if err != nil {
		return err
	}
	found, err := s.cases.Playbooks(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(found, p, playbookOf, func(p domain.Playbook) string { return p.ID.String() }))
}

// builtInPlaybook answers the playbook that counts where no other does.
//
//	@Summary	Get the built-in playbook
//	@Tags		playbooks
//	@Produce	json
//	@Security	Bearer
//	@Success	200	{object}	Playbook
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Router		/v1/playbooks/built-in [get]
func (s *Server) builtInPlaybook(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	return respond(c, http.StatusOK, playbookOf(collections.BuiltIn()))
}

// casePlaybook answers which playbook counts for a case.
//
//	@Summary		Get the playbook of a case
//	@Description	The one that decides what is said next, for factor and seller; `level` says where it was found: for the relationship, else its debtor, segment, seller, the factor, else the built-in one. A touch keeps the version that it was planned under.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the case"
//	@Success		200	{object}	Playbook
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/cases/{id}/playbook [get]
func (s *Server) casePlaybook(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	p, err := s.cases.PlaybookOf(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, playbookOf(p))
}

// makePlaybook saves a draft.
//
//	@Summary		Make a playbook
//	@Description	A draft, the next version for what it is for. A playbook may be gentler than the built-in one within the rules of courtesy, and never rougher: what breaks a rule is refused with the step and the rule.
//	@Tags			playbooks
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"makes a repetition harmless for 7 days"
//	@Param			request			body		MakePlaybookRequest	true	"the draft"
//	@Success		201				{object}	Playbook
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/playbooks [post]
func (s *Server) makePlaybook(c *gin.Context) error {
	request, err := bodyOnly[MakePlaybookRequest](c)
	if err != nil {
		return err
	}
	draft, whose, err := request.draft()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, playbookOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.MakePlaybook(c.Request.Context(), caller(c), draft, whose, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// PlaybookSimulation is what a playbook would have done in a factor's own cases of a year.
type PlaybookSimulation struct {
	Playbook Playbook `json:"playbook"`
	Since    string   `json:"since" format:"date-time" example:"2025-02-16T14:00:00Z"`
	Cases    int      `json:"cases" example:"42"`
	// How many messages and calls, by class and tone.
	Sent []Counted `json:"sent"`
	// What the gate would have refused, by code.
	Refused []Counted `json:"refused"`
	// Steps that people would have been asked to agree to or to make.
	Asked   int             `json:"asked" example:"17"`
	Highest int             `json:"highest_tone" example:"2"`
	Lives   []SimulatedCase `json:"lives"`
} //	@name	PlaybookSimulation

// Counted is one thing and how often it came.
type Counted struct {
	What  string `json:"what" example:"reminder 1"`
	Count int    `json:"count" example:"61"`
} //	@name	Counted

// SimulatedCase is what would have been said in one case.
type SimulatedCase struct {
	CaseID  string            `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Debtor  string            `json:"debtor" example:"Harbor & Pine Hotels, Inc."`
	Moments []SimulatedMoment `json:"moments"`
} //	@name	SimulatedCase

// SimulatedMoment is one message, call or refusal of a simulation.
type SimulatedMoment struct {
	At    string `json:"at" format:"date-time" example:"2026-02-25T14:30:00Z"`
	What  string `json:"what" enums:"sent,refused,asked" example:"sent"`
	Step  string `json:"step" example:"pre_due:2026-03-04"`
	Class string `json:"class" enums:"heads_up,reminder,legal_notice,validation,answer,receipt,thank_you,call,instalment,prior_notice,protective_notice,release" example:"reminder"`
	Tone  int    `json:"tone" example:"0"`
	// The letter of the playbook; null: one that is the same in every playbook.
	Template *string  `json:"template" extensions:"x-nullable" example:"post_due_next"`
	WhyNow   *string  `json:"why_now" extensions:"x-nullable" example:"Seven days before the due date; the last message was 20 days ago."`
	Codes    []string `json:"codes" example:"bank_feed_behind"`
} //	@name	SimulatedMoment

func simulationOf(done collections.Simulation) PlaybookSimulation {
	out := PlaybookSimulation{
		Playbook: playbookOf(done.Playbook), Since: moment(done.Since), Cases: done.Cases, Sent: counted(done.Sent), Refused: counted(done.Refused),
		Asked: done.Asked, Highest: done.Highest, Lives: []SimulatedCase{},
	}
	for _, life := range done.Lives {
		lived := SimulatedCase{CaseID: life.Case.String(), Debtor: life.Debtor, Moments: []SimulatedMoment{}}
		for _, m := range life.Moments {
			lived.Moments = append(lived.Moments, momentsOf(m)...)
		}
		out.Lives = append(out.Lives, lived)
	}
	return out
}

func momentsOf(m collections.Moment) []SimulatedMoment {
	var out []SimulatedMoment
	touched := func(what string, t *domain.Touch) {
		out = append(out, SimulatedMoment{
			At: moment(m.At), What: what, Step: t.Step, Class: string(t.Class), Tone: t.Tone, Template: textOrNull(t.Template), WhyNow: textOrNull(t.WhyNow), Codes: []string{},
		})
	}
	if m.Asked != nil {
		touched("asked", m.Asked)
	}
	if m.Sent != nil {
		touched("sent", m.Sent)
	}
	if g := m.Refused; g != nil {
		out = append(out, SimulatedMoment{At: moment(m.At), What: "refused", Step: g.Step, Class: string(g.Class), Codes: append([]string{}, g.Codes...)})
	}
	return out
}

func counted(counts map[string]int) []Counted {
	out := []Counted{}
	for what, n := range counts {
		out = append(out, Counted{what, n})
	}
	slices.SortFunc(out, func(a, b Counted) int { return cmp.Compare(a.What, b.What) })
	return out
}

// simulatePlaybook plays the factor's own cases again.
//
//	@Summary		Simulate a playbook
//	@Description	Plays the factor's latest cases of a year that this version is for (at most 100) again under it: what would have been sent, when, to whom, and what the gate would have refused. Answers and payments come as they came; people agree at once, and nobody is reached by telephone. A draft is simulated before it is activated.
//	@Tags			playbooks
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the version"
//	@Success		200				{object}	PlaybookSimulation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/playbooks/{id}/simulate [post]
func (s *Server) simulatePlaybook(c *gin.Context) error {
	return doOn(c, domain.ParsePlaybookID, answering(http.StatusOK, simulationOf, nil), s.cases.SimulatePlaybook)
}

// activatePlaybook makes a draft the version that counts.
//
//	@Summary		Activate a playbook
//	@Description	From the next look at each case on; the version before is retired. It needs to have been simulated, and an owner of the factor.
//	@Tags			playbooks
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the draft"
//	@Success		200				{object}	Playbook
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/playbooks/{id}/activate [post]
func (s *Server) activatePlaybook(c *gin.Context) error {
	return doOn(c, domain.ParsePlaybookID, answering(http.StatusOK, playbookOf, nil), s.cases.ActivatePlaybook)
}

// retirePlaybook ends a version.
//
//	@Summary		Retire a playbook
//	@Description	What is less particular counts again.
//	@Tags			playbooks
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the version"
//	@Success		200				{object}	Playbook
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/playbooks/{id}/retire [post]
func (s *Server) retirePlaybook(c *gin.Context) error {
	return doOn(c, domain.ParsePlaybookID, answering(http.StatusOK, playbookOf, nil), s.cases.EndPlaybook)
}
