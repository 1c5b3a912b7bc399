package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"comity/domain"
)

// mediating adds a mediation of an answered dispute.
func (s *site) mediating() domain.Mediation {
	d := s.disputed()
	m := domain.Mediation{
		ID: domain.New[domain.MediationID](), Dispute: d.ID, Deal: d.Deal, Status: domain.MediationOffered, OfferedAt: now, AnswerBy: domain.MustDate("2026-03-20"),
		Answers: domain.Sides[domain.Word]{Factor: domain.WordAccepted},
	}
	s.page.Mediations = []domain.Mediation{m}
	return m
}

// TestAMediationIsOnThePage holds F-79, C-155 and C-156: what is offered, by whom, on which days and how it would end stands under its
// dispute, with the buttons of now and no others; each form says what follows, and is done once.
func TestAMediationIsOnThePage(t *testing.T) {
	s := newSite()
	m := s.mediating()
	link := func(deed, stage string) string {
		return "/dispute/" + deed + "?mediation=" + m.ID.String() + "." + stage
	}
	look := func(change func(*domain.Mediation), wants, nots []string) {
		t.Helper()
		change(&m)
		s.page.Mediations[0] = m
		body := s.get(s.path()).Body.String()
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("while it is %s, the page does not show %q", m.Status, want)
			}
		}
		for _, not := range nots {
			if strings.Contains(body, not) {
				t.Errorf("while it is %s, the page shows %q", m.Status, not)
			}
		}
	}
	look(func(*domain.Mediation) {}, []string{"It costs you nothing, and a no has no consequence", link("mediation-yes", "0"), link("mediation-no", "0")}, []string{"mediation-object", "dispute/mediate?"})
	look(func(m *domain.Mediation) { m.Answers.Debtor = domain.WordAccepted }, []string{"You said yes."}, []string{"mediation-yes"})
	look(func(m *domain.Mediation) {
		m.Status, m.Mediator, m.MediatorName = domain.MediationAppointed, domain.New[domain.OrganizationID](), "Fairway <b>"
		m.Timetable = &domain.Timetable{N: 2, PapersBy: domain.MustDate("2026-03-20"), TalkOn: domain.MustDate("2026-03-26"), ProposalBy: domain.MustDate("2026-04-02")}
	}, []string{"Fairway &lt;b&gt; is the neutral person", "We talk together: Thursday 26 March 2026", link("mediation-dates", "2"), link("mediation-object", "2")}, []string{"mediation-take"})
	look(func(m *domain.Mediation) {
		m.Status, m.Proposals = domain.MediationProposed, []domain.MediationProposal{{N: 1, Credit: usd(100_000), Reasons: "half of them were torn", At: now}}
	}, []string{"Proposal: USD 1,000.00 is credited, and USD 2,000.00 is payable.", "half of them were torn", link("mediation-take", "1"), link("mediation-leave", "1")}, []string{"mediation-object", "mediation-dates"})
	look(func(m *domain.Mediation) { m.Status = domain.MediationSettled }, []string{"Everybody accepted the proposal"}, []string{"mediation-take"})
}

// TestTheFormsOfAMediation: each is done by its own use case, for the stage that the form showed, and a refusal is said in
// words with the stage of now.
func TestTheFormsOfAMediation(t *testing.T) {
	s := newSite()
	m := s.mediating()
	m.Status, m.Proposals = domain.MediationProposed, []domain.MediationProposal{{N: 2, Credit: usd(100_000)}}
	s.page.Mediations[0] = m
	for verb, want := range map[string]string{
		"mediate": "mediate " + m.Dispute.String(), "mediation-yes": "answer true", "mediation-no": "answer false", "mediation-object": "object why <b>",
		"mediation-dates": "dates 2", "mediation-take": "vote 2 true", "mediation-leave": "vote 2 false",
	} {
		address := s.path() + "/dispute/" + verb
		query := url.Values{"mediation": {m.ID.String() + ".2"}, "dispute": {m.Dispute.String()}}
		form := s.get(address + "?" + query.Encode())
		nonce := nonceField.FindStringSubmatch(form.Body.String())
		if form.Code != http.StatusOK || nonce == nil {
			t.Fatalf("%s: %d, no form", verb, form.Code)
		}
		query.Set("nonce", nonce[1])
		query.Set("said", " why <b> ")
		s.asked = nil
		if w := s.post(address, query); w.Code != http.StatusSeeOther || len(s.asked) != 1 || s.asked[0] != want {
			t.Errorf("%s: %d, asked %v", verb, w.Code, s.asked)
		}
		s.refuse = domain.ErrWrongState
		w := s.post(address, query)
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "This has changed meanwhile") {
			t.Errorf("%s refused: %d", verb, w.Code)
		}
		s.refuse = nil
	}
	for _, wrong := range []string{"", "med_1.2", m.ID.String(), m.ID.String() + ".02", domain.New[domain.MediationID]().String() + ".2"} {
		if w := s.get(s.path() + "/dispute/mediation-take?mediation=" + wrong); w.Code != http.StatusNotFound {
			t.Errorf("%q: %d", wrong, w.Code)
		}
	}
}

func (f *cases) AskMediation(_ context.Context, _ domain.Caller, id domain.DisputeID, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	f.asked = append(f.asked, "mediate "+id.String())
	return once.Answer(domain.Mediation{}), f.refuse
}

func (f *cases) AnswerMediation(_ context.Context, _ domain.Caller, _ domain.MediationID, yes bool, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	f.asked = append(f.asked, fmt.Sprintf("answer %t", yes))
	return once.Answer(domain.Mediation{}), f.refuse
}

func (f *cases) ObjectMediator(_ context.Context, _ domain.Caller, _ domain.MediationID, reason string, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	f.asked = append(f.asked, "object "+reason)
	return once.Answer(domain.Mediation{}), f.refuse
}

func (f *cases) AgreeDates(_ context.Context, _ domain.Caller, _ domain.MediationID, n int, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	f.asked = append(f.asked, fmt.Sprintf("dates %d", n))
	return once.Answer(domain.Mediation{}), f.refuse
}

func (f *cases) AnswerProposal(_ context.Context, _ domain.Caller, _ domain.MediationID, n int, yes bool, _ string, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	f.asked = append(f.asked, fmt.Sprintf("vote %d %t", n, yes))
	return once.Answer(domain.Mediation{}), f.refuse
}
