package portal

import (
	"context"
	"strconv"
	"strings"
	"time"

	"comity/collections"
	"comity/domain"
)

// What is done about the help of a neutral person in a dispute.
const (
	deedMediate = domain.VerbDispute + "/mediate"

	deedMediation    = domain.VerbDispute + "/mediation" // the beginning of those below
	deedMediationYes = deedMediation + "-yes"
	deedMediationNo  = deedMediation + "-no"
	deedObject       = deedMediation + "-object"
	deedDates        = deedMediation + "-dates"
	deedProposalYes  = deedMediation + "-take"
	deedProposalNo   = deedMediation + "-leave"
)

// Mediations is what the pages ask of the help of a neutral person.
type Mediations interface {
	AskMediation(context.Context, domain.Caller, domain.DisputeID, domain.Once[domain.Mediation]) (domain.Answer, error)
	AnswerMediation(ctx context.Context, by domain.Caller, id domain.MediationID, yes bool, once domain.Once[domain.Mediation]) (domain.Answer, error)
	ObjectMediator(ctx context.Context, by domain.Caller, id domain.MediationID, reason string, once domain.Once[domain.Mediation]) (domain.Answer, error)
	AgreeDates(ctx context.Context, by domain.Caller, id domain.MediationID, n int, once domain.Once[domain.Mediation]) (domain.Answer, error)
	AnswerProposal(ctx context.Context, by domain.Caller, id domain.MediationID, n int, yes bool, number string, once domain.Once[domain.Mediation]) (domain.Answer, error)
}

func (p *portal) aboutMediation() []deed {
	of := func(verb string, fields []string, title, done func(*words) phrase, lay func(*sheet), do func(context.Context, domain.Caller, stage, form) (domain.Answer, error)) deed {
		return deed{verb, aboutMediation, fields, title, done, lay, func(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
			at, ok := stageOf(f.typed["mediation"])
			if !ok {
				return domain.Answer{}, domain.ErrNotFound
			}
			return do(ctx, by, at, f)
		}}
	}
	answer := func(yes bool) func(context.Context, domain.Caller, stage, form) (domain.Answer, error) {
		return func(ctx context.Context, by domain.Caller, at stage, f form) (domain.Answer, error) {
			return p.Mediations.AnswerMediation(ctx, by, at.id, yes, once[domain.Mediation](f))
		}
	}
	vote := func(yes bool) func(context.Context, domain.Caller, stage, form) (domain.Answer, error) {
		return func(ctx context.Context, by domain.Caller, at stage, f form) (domain.Answer, error) {
			return p.Mediations.AnswerProposal(ctx, by, at.id, at.n, yes, "", once[domain.Mediation](f))
		}
	}
	return []deed{
		{deedMediate, aboutDispute, nil, func(w *words) phrase { return w.Mediate }, func(w *words) phrase { return w.DoneMediate }, layMediate, p.mediate},
		of(deedMediationYes, nil, func(w *words) phrase { return w.MediationYes }, func(w *words) phrase { return w.DoneMediationYes }, layMediationAnswer, answer(true)),
		of(deedMediationNo, nil, func(w *words) phrase { return w.MediationNo }, func(w *words) phrase { return w.DoneMediationNo }, layMediationAnswer, answer(false)),
		of(deedObject, []string{"said"}, func(w *words) phrase { return w.Objection }, func(w *words) phrase { return w.DoneObjection }, layObjection, p.object),
		of(deedDates, nil, func(w *words) phrase { return w.AgreeDates }, func(w *words) phrase { return w.DoneAgreeDates }, layDates, p.agreeDates),
		of(deedProposalYes, nil, func(w *words) phrase { return w.ProposalYes }, func(w *words) phrase { return w.DoneProposalYes }, layProposal, vote(true)),
		of(deedProposalNo, nil, func(w *words) phrase { return w.ProposalNo }, func(w *words) phrase { return w.DoneProposalNo }, layProposal, vote(false)),
	}
}

// A stage is a mediation as a form knew it: its dates or its proposal had this number.
type stage struct {
	id domain.MediationID
	n  int
}

// stageOf reads a stage as it stands in forms and addresses: "med_….2".
func stageOf(text string) (stage, bool) {
	id, number, _ := strings.Cut(text, ".")
	parsed, err := domain.ParseMediationID(id)
	n, err2 := strconv.Atoi(number)
	return stage{parsed, n}, err == nil && err2 == nil && n >= 0 && number == strconv.Itoa(n)
}

// stageNow writes the stage of a mediation as it is now.
func stageNow(m domain.Mediation) string {
	n := 0
	if p, waits := m.Proposal(); waits {
		n = p.N
	} else if m.Timetable != nil {
		n = m.Timetable.N
	}
	return m.ID.String() + "." + strconv.Itoa(n)
}

func (p *portal) mediate(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	id, err := domain.ParseDisputeID(f.typed["dispute"])
	if err != nil {
		return domain.Answer{}, domain.ErrNotFound
	}
	return p.Mediations.AskMediation(ctx, by, id, once[domain.Mediation](f))
}

func (p *portal) object(ctx context.Context, by domain.Caller, at stage, f form) (domain.Answer, error) {
	said, err := collections.Spoken(f.typed["said"])
	if err != nil {
		return domain.Answer{}, err
	}
	return p.Mediations.ObjectMediator(ctx, by, at.id, said, once[domain.Mediation](f))
}

func (p *portal) agreeDates(ctx context.Context, by domain.Caller, at stage, f form) (domain.Answer, error) {
	return p.Mediations.AgreeDates(ctx, by, at.id, at.n, once[domain.Mediation](f))
}

func layMediate(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.Mediate), string(s.T.MediateNote), string(s.T.Mediate)
}

func layMediationAnswer(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.MediationYes), s.T.MediationYesNote.With("seller", s.page.Seller), string(s.T.MediationYes)
	if s.mediation.Answers.Seller == domain.WordAccepted {
		s.Note = s.T.MediationYesLast.With("seller", s.page.Seller)
	}
	if s.Action == deedMediationNo {
		s.Heading, s.Note, s.Button = string(s.T.MediationNo), string(s.T.MediationNoNote), string(s.T.MediationNo)
	}
}

func layObjection(s *sheet) {
	s.Heading, s.Button = string(s.T.Objection), string(s.T.Send)
	s.Note = s.T.ObjectionNote.With("neutral", s.mediation.MediatorName)
	s.words(s.T.ObjectionSaid, false)
}

func layDates(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.AgreeDates), string(s.T.AgreeDatesNote), string(s.T.AgreeDates)
	s.Listed, s.Agreed = s.T.dates(s.mediation), s.T.agreed(s.page, s.mediation)
}

func layProposal(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.ProposalYes), string(s.T.ProposalYesNote), string(s.T.ProposalYes)
	s.Agreed = s.T.agreed(s.page, s.mediation)
	if s.Action == deedProposalNo {
		s.Heading, s.Note, s.Button = string(s.T.ProposalNo), string(s.T.ProposalNoNote), string(s.T.ProposalNo)
	}
	if n := len(s.mediation.Proposals); n > 0 {
		s.Listed = []string{s.T.proposal(s.mediation.Proposals[n-1], s.dispute)}
	}
}

// findMediation looks up the mediation of a form; the form goes on from how it is now.
func (s *sheet) findMediation() bool {
	at, ok := stageOf(s.filled.typed["mediation"])
	for _, m := range s.page.Mediations {
		if !ok || m.ID != at.id {
			continue
		}
		for _, d := range s.page.Disputes {
			if d.ID == m.Dispute {
				s.dispute, s.mediation = d, m
			}
		}
		s.Hidden = map[string]string{"mediation": stageNow(m)}
		return s.on(m.Deal)
	}
	return false
}

// dates lists the days of a timetable.
func (w *words) dates(m domain.Mediation) []string {
	t := m.Timetable
	if t == nil {
		return nil
	}
	return []string{w.DatesPapers.With("date", w.long(t.PapersBy)), w.DatesTalk.With("date", w.long(t.TalkOn)), w.DatesProposal.With("date", w.long(t.ProposalBy))}
}

// proposal says what a neutral proposes.
func (w *words) proposal(p domain.MediationProposal, d domain.Dispute) string {
	return w.ProposalWords.With("amount", w.sum(p.Credit), "rest", w.sum(d.Amount.Minus(p.Credit)))
}

// mediated lists the mediations of a dispute, with what the debtor can do about each.
func (f frame) mediated(page domain.DebtorPage, d domain.Dispute, today domain.Date, may bool) []viewTalk {
	w, zone := f.T, page.Zone()
	var all []viewTalk
	for _, m := range page.Mediations {
		if m.Dispute != d.ID {
			continue
		}
		talk := viewTalk{Title: string(w.MediationTitle), State: w.mediationState(page, m), Listed: w.dates(m), Agreed: w.agreed(page, m)}
		for _, p := range m.Proposals {
			when := w.OnAbout.With("date", w.short(domain.DateOf(p.At.In(zone))), "about", m.MediatorName)
			talk.Said = append(talk.Said, viewSaid{when, w.proposal(p, d) + "\n" + p.Reasons})
		}
		if may {
			talk.Links = f.mediationLinks(m, today)
		}
		all = append(all, talk)
	}
	return all
}

// mediationLinks lead to what a debtor can do about a mediation now.
func (f frame) mediationLinks(m domain.Mediation, today domain.Date) []viewLink {
	var links []viewLink
	add := func(deed string, title phrase) {
		links = append(links, viewLink{f.To(deed, "mediation", stageNow(m)), string(title)})
	}
	if m.Status == domain.MediationOffered && m.Answers.Debtor == "" && !m.AnswerBy.Before(today) {
		add(deedMediationYes, f.T.MediationYes)
		add(deedMediationNo, f.T.MediationNo)
	}
	if m.Status == domain.MediationAppointed && m.Timetable != nil && m.Timetable.Agreed.Debtor.IsZero() {
		add(deedDates, f.T.AgreeDates)
	}
	if p, waits := m.Proposal(); waits && p.Words.Debtor == "" {
		add(deedProposalYes, f.T.ProposalYes)
		add(deedProposalNo, f.T.ProposalNo)
	}
	if m.MayObject(domain.SideDebtor) {
		add(deedObject, f.T.Objection)
	}
	return links
}

// mediationState says how far a mediation has come.
func (w *words) mediationState(page domain.DebtorPage, m domain.Mediation) string {
	said := map[domain.MediationStatus]phrase{
		domain.MediationAgreed: w.MediationAgreed, domain.MediationAppointed: w.MediationAppointed, domain.MediationScheduled: w.MediationScheduled,
		domain.MediationProposed: w.MediationProposed, domain.MediationSettled: w.MediationSettled, domain.MediationDeclined: w.MediationDeclined,
		domain.MediationLapsed: w.MediationLapsed, domain.MediationFailed: w.MediationFailed, domain.MediationClosed: w.MediationClosed,
		domain.MediationOffered: w.MediationOffered,
	}[m.Status]
	if m.Status == domain.MediationOffered && m.Answers.Debtor != "" {
		said = w.MediationWaits
	}
	return said.With("seller", page.Seller, "neutral", m.MediatorName, "date", w.short(m.AnswerBy))
}

// mayMediate reports whether a debtor may ask for a neutral person now.
func mayMediate(page domain.DebtorPage, d domain.Dispute, now time.Time) bool {
	if page.Disclosure == domain.Confidential {
		return false // whose the claim is has to be told first
	}
	business, zone := domain.BusinessDays(page.Country), page.Zone()
	_, err := domain.OfferMediation(domain.MediationID{}, d, page.Mediations, domain.SideDebtor, d.Clocks(business, zone), business, domain.DateOf(now.In(zone)), now)
	return err == nil
}
