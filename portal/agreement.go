package portal

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"comity/collections"
	"comity/domain"
)

// What is done in the thread of a dispute and with a plan that is offered.
const (
	deedAgree   = domain.VerbDispute + "/agree"
	deedNote    = domain.VerbDispute + "/note"
	deedAccept  = domain.VerbPlan + "/accept"
	deedDecline = domain.VerbPlan + "/decline"
)

func (p *portal) aboutAgreements() []deed {
	return []deed{
		{
			domain.VerbPlan, aboutInvoice,
			[]string{"count", "day", "every", "reason", "said"},
			func(w *words) phrase { return w.Plan },
			func(w *words) phrase { return w.DonePlan },
			layPlan, p.plan,
		},
		{
			domain.VerbDispute, aboutInvoice,
			[]string{"amount", "reason", "said", "remedy"},
			func(w *words) phrase { return w.Dispute },
			func(w *words) phrase { return w.DoneDispute },
			layDispute, p.dispute,
		},
		{
			deedAgree, aboutDispute, nil,
			func(w *words) phrase { return w.Agree },
			func(w *words) phrase { return w.DoneAgree },
			layAgree, p.agree,
		},
		{
			deedNote, aboutDispute,
			[]string{"said"},
			func(w *words) phrase { return w.Note },
			func(w *words) phrase { return w.DoneNote },
			layNote, p.note,
		},
		{
			deedAccept, aboutPlan, nil,
			func(w *words) phrase { return w.AcceptPlan },
			func(w *words) phrase { return w.DoneAccept },
			layPlanAnswer, p.planAnswer(true),
		},
		{
			deedDecline, aboutPlan, nil,
			func(w *words) phrase { return w.DeclinePlan },
			func(w *words) phrase { return w.DoneDecline },
			layPlanAnswer, p.planAnswer(false),
		},
	}
}

func (p *portal) dispute(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	reason := domain.DisputeReason(f.typed["reason"])
	if reason == "" {
		reason = domain.DisputeOther
	}
	return p.Cases.Dispute(ctx, by, collections.Complaint{Deal: f.deal, Amount: f.amount, Reason: reason, Said: f.typed["said"], Remedy: f.typed["remedy"]}, once[domain.Dispute](f))
}

func layDispute(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.Dispute), string(s.T.DisputeNote), string(s.T.PaidButton)
	s.amount(s.T.DisputeAmount, "")
	var reasons []option
	for _, reason := range domain.DisputeReasons() {
		reasons = append(reasons, option{string(reason), string(s.T.Reasons[reason])})
	}
	s.add(field{Name: "reason", Label: string(s.T.DisputeReason), Kind: "select", Options: reasons, Value: string(domain.DisputeOther)})
	s.words(s.T.DisputeSaid, false)
	s.add(field{Name: "remedy", Label: s.T.Optional.With("label", string(s.T.DisputeRemedy)), Kind: "words", Length: maxSaid, Optional: true})
}

func (p *portal) agree(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	id, err := domain.ParseDisputeID(f.typed["dispute"])
	if err != nil {
		return domain.Answer{}, domain.ErrNotFound
	}
	return p.Cases.AgreeDispute(ctx, by, id, once[domain.Dispute](f))
}

func layAgree(s *sheet) {
	d := s.dispute
	s.Heading, s.Button = string(s.T.Agree), string(s.T.Agree)
	s.Note = s.T.AgreeNote.With("amount", s.T.sum(d.Offered), "rest", s.T.sum(d.Amount.Minus(d.Offered)))
}

func (p *portal) note(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	id, err := domain.ParseDisputeID(f.typed["dispute"])
	if err != nil {
		return domain.Answer{}, domain.ErrNotFound
	}
	return p.Cases.NoteOnPage(ctx, by, id, f.typed["said"], once[domain.Note](f))
}

func layNote(s *sheet) {
	s.Heading, s.Button = string(s.T.Note), string(s.T.Send)
	s.Note = s.T.NoteNote.With("seller", s.Seller, "factor", s.Factor)
	s.words(s.T.NoteSaid, false)
}

// months is what a form says instead of a number of days.
const months = "month"

// plan asks for equal instalments: how many, from when, and how often.
func (p *portal) plan(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	r := collections.PlanRequest{Deal: f.deal, Reason: domain.Reason(f.typed["reason"]), Said: f.typed["said"], FirstOn: f.day}
	var err error
	if r.Count, err = strconv.Atoi(f.typed["count"]); err != nil {
		return domain.Answer{}, domain.ErrInvalid.At("/count", "not-a-number", "how many instalments, such as 3")
	}
	if every := f.typed["every"]; every != months {
		if r.EveryDays, err = strconv.Atoi(every); err != nil || r.EveryDays == 0 {
			return domain.Answer{}, domain.ErrInvalid.At("/every", "not-chosen", "every week, every two weeks or every month")
		}
	}
	return p.Cases.RequestPlan(ctx, by, r, once[domain.Plan](f))
}

// planReasons are those that are offered for a plan; the others have forms of their own.
var planReasons = []domain.Reason{domain.ReasonCashFlow, domain.ReasonApproval, domain.ReasonAdmin, domain.ReasonUnforeseen, domain.ReasonOther}

func layPlan(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.Plan), string(s.T.PlanNote), string(s.T.Send)
	s.add(field{Name: "count", Label: string(s.T.PlanCount), Kind: "number", Value: "3", Length: 2})
	s.add(field{Name: "day", Label: string(s.T.PlanFirst), Kind: "date", Min: s.today.String(), Max: s.today.Plus(domain.MostPlanDays).String()})
	s.choose("every", s.T.PlanEvery, "", months, option{months, string(s.T.EveryMonth)}, option{"14", string(s.T.EveryTwoWeeks)}, option{"7", string(s.T.EveryWeek)})
	var reasons []option
	for _, reason := range planReasons {
		reasons = append(reasons, option{string(reason), string(s.T.PlanReasons[reason])})
	}
	s.choose("reason", s.T.PlanReason, "", "", reasons...)
	s.words(s.T.PlanSaid, false)
}

// planAnswer takes or declines a plan that is on offer.
func (p *portal) planAnswer(taken bool) func(context.Context, domain.Caller, form) (domain.Answer, error) {
	return func(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
		id, err := domain.ParsePlanID(f.typed["plan"])
		if err != nil {
			return domain.Answer{}, domain.ErrNotFound
		}
		return p.Cases.AnswerPlan(ctx, by, id, taken, once[domain.Plan](f))
	}
}

func layPlanAnswer(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.AcceptPlan), string(s.T.AcceptNote), string(s.T.AcceptPlan)
	if s.Action == deedDecline {
		s.Heading, s.Note, s.Button = string(s.T.DeclinePlan), string(s.T.DeclineNote), string(s.T.DeclinePlan)
	}
	s.Listed = s.T.instalments(s.plan)
}

// instalments lists what is paid when, and what is forgiven then.
func (w *words) instalments(p domain.Plan) []string {
	var all []string
	for _, one := range p.Instalments {
		all = append(all, w.PlanPart.With("amount", w.sum(one.Amount), "date", w.long(one.DueOn)))
	}
	if p.Forgiven.Positive() {
		all = append(all, w.PlanForgives.With("amount", w.sum(p.Forgiven)))
	}
	return all
}

// find looks up what a sheet is about beside an invoice; false when it is not on the page.
func (s *sheet) find(a about) bool {
	switch a {
	case aboutDispute:
		i := slices.IndexFunc(s.page.Disputes, func(d domain.Dispute) bool { return d.ID.String() == s.filled.typed["dispute"] })
		if i < 0 || s.Quiet && s.Action == deedMediate {
			return false
		}
		s.dispute = s.page.Disputes[i]
		s.Hidden = map[string]string{"dispute": s.dispute.ID.String()}
		return s.on(s.dispute.Deal)
	case aboutPlan:
		i := slices.IndexFunc(s.page.Plans, func(p domain.Plan) bool { return p.ID.String() == s.filled.typed["plan"] })
		if i < 0 {
			return false
		}
		s.plan = s.page.Plans[i]
		s.Hidden = map[string]string{"plan": s.plan.ID.String()}
		return s.on(s.plan.Deal)
	case aboutMediation:
		return s.findMediation()
	default:
		return true
	}
}

// A viewTalk is a dispute or a plan with what came of it.
type viewTalk struct {
	Title  string
	Said   []viewSaid
	Listed []string // instalments
	State  string
	Agreed []string // who did, and whose word is missing
	Links  []viewLink
}

// A viewSaid is what one of the parties said, and when.
type viewSaid struct{ When, Said string }

// talks lists what is talked about for one invoice.
func (f frame) talks(page domain.DebtorPage, deal domain.DealID, now time.Time, may func(verb string) bool) []viewTalk {
	var all []viewTalk
	for _, d := range page.Disputes {
		if d.Deal == deal {
			all = append(all, f.thread(page, d, now, may(domain.VerbDispute)))
			all = append(all, f.mediated(page, d, domain.DateOf(now.In(page.Zone())), may(domain.VerbDispute))...)
		}
	}
	for _, p := range page.Plans {
		if p.Deal == deal && p.Status != domain.PlanWithdrawn {
			all = append(all, f.planned(p, domain.DateOf(now.In(page.Zone())), may(domain.VerbPlan)))
		}
	}
	return all
}

// thread is a dispute with its notes, the seller's answer and the outcome (C-107).
func (f frame) thread(page domain.DebtorPage, d domain.Dispute, now time.Time, may bool) viewTalk {
	w := f.T
	day := func(at time.Time) string { return w.short(domain.DateOf(at.In(page.Zone()))) }
	talk := viewTalk{Title: w.ThreadTitle.With("amount", w.sum(d.Amount))}
	first := strings.Join(slices.DeleteFunc([]string{string(w.Reasons[d.Reason]), d.Said, d.Remedy}, func(s string) bool { return s == "" }), "\n")
	talk.Said = append(talk.Said, viewSaid{w.OnAbout.With("date", day(d.RaisedAt), "about", string(w.SideDebtor)), first})
	if !d.AnsweredAt.IsZero() {
		talk.Said = append(talk.Said, viewSaid{w.OnAbout.With("date", day(d.AnsweredAt), "about", page.Seller), w.position(page, d) + "\n" + d.Answer})
	}
	sides := map[string]string{"debtor": string(w.SideDebtor), "seller": f.Seller, "factor": f.Factor, string(domain.SideNeutral): string(w.SideNeutral)}
	for _, n := range page.Notes {
		if n.Dispute == d.ID {
			talk.Said = append(talk.Said, viewSaid{w.OnAbout.With("date", day(n.At), "about", sides[n.Side]), n.Said})
		}
	}
	talk.State = w.disputeState(page, d)
	if may && d.Live() && !d.AnsweredAt.IsZero() && d.AgreedAt.IsZero() {
		talk.Links = append(talk.Links, viewLink{f.To(deedAgree, "dispute", d.ID.String()), string(w.Agree)})
	}
	talk.Links = append(talk.Links, viewLink{f.To("disputes/" + d.ID.String()), string(w.Files)})
	if may && d.Live() {
		talk.Links = append(talk.Links, viewLink{f.To(deedNote, "dispute", d.ID.String()), string(w.Note)})
	}
	if may && mayMediate(page, d, now) {
		talk.Links = append(talk.Links, viewLink{f.To(deedMediate, "dispute", d.ID.String()), string(w.Mediate)})
	}
	return talk
}

// position says what a seller answered.
func (w *words) position(page domain.DebtorPage, d domain.Dispute) string {
	said := map[domain.Position]phrase{domain.PositionAccepts: w.ThreadAccepts, domain.PositionPartly: w.ThreadPartly, domain.PositionRejects: w.ThreadRejects}[d.Position]
	return said.With("seller", page.Seller, "amount", w.sum(d.Offered), "rest", w.sum(d.Amount.Minus(d.Offered)))
}

// disputeState says how far a dispute has come.
func (w *words) disputeState(page domain.DebtorPage, d domain.Dispute) string {
	switch {
	case d.Status == domain.DisputeResolved && d.Outcome == domain.OutcomeWithdrawn:
		return string(w.ThreadWithdrawn)
	case d.Status == domain.DisputeResolved && d.Outcome == domain.OutcomeGivenBack:
		return w.ThreadGivenBack.With("seller", page.Seller)
	case d.Status == domain.DisputeResolved && d.Refund().Positive():
		return w.ThreadCredited.With("amount", w.sum(d.Offered)) + " " + w.ThreadRefund.With("amount", w.sum(d.Refund()), "seller", page.Seller)
	case d.Status == domain.DisputeResolved && d.Credited.Positive():
		return w.ThreadCredited.With("amount", w.sum(d.Credited))
	case d.Status == domain.DisputeResolved:
		return string(w.ThreadPayable)
	case !d.AgreedAt.IsZero():
		return string(w.ThreadAgreed)
	case d.AnsweredAt.IsZero():
		by := d.Clocks(domain.BusinessDays(page.Country), page.Zone()).AnswerBy
		return w.ThreadAnswerBy.With("seller", page.Seller, "date", w.short(by))
	default:
		return string(w.ThreadYourTurn)
	}
}

// planned is a plan with its dates and how far it has come.
func (f frame) planned(p domain.Plan, today domain.Date, may bool) viewTalk {
	w := f.T
	state, known := map[domain.PlanStatus]phrase{
		domain.PlanRequested: w.PlanRequested, domain.PlanProposed: w.PlanProposed, domain.PlanOffered: w.PlanOffered, domain.PlanActive: w.PlanActive,
		domain.PlanKept: w.PlanKept, domain.PlanBroken: w.PlanBroken, domain.PlanDeclined: w.PlanDeclined,
	}[p.Status]
	talk := viewTalk{Title: string(w.PlanTitle), Listed: w.instalments(p)}
	if known {
		talk.State = state.With("date", w.short(p.AnswerBy))
	}
	if may && p.Status == domain.PlanOffered && !p.AnswerBy.Before(today) {
		talk.Links = []viewLink{
			{f.To(deedAccept, "plan", p.ID.String()), string(w.AcceptPlan)},
			{f.To(deedDecline, "plan", p.ID.String()), string(w.DeclinePlan)},
		}
	}
	return talk
}
