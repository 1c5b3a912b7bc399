package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"comity/domain"
	"comity/money"
)

func usd(minor int64) money.Amount { return money.Minor(minor, "USD") }

// disputed adds a dispute that the seller has answered.
func (s *site) disputed() domain.Dispute {
	d := domain.Dispute{
		ID: domain.New[domain.DisputeID](), Deal: s.deal, Status: domain.DisputeAnswered, Amount: usd(300_000), Reason: domain.DisputeDamaged, Said: "40 menus <torn>",
		Remedy: "new ones", RaisedAt: now, Position: domain.PositionPartly, Offered: usd(120_000), Answer: "12 are ours.", AnsweredAt: now,
	}
	s.page.Disputes = []domain.Dispute{d}
	s.page.Notes = []domain.Note{{Dispute: d.ID, Side: "factor", Said: "We asked the carrier.", At: now}}
	return d
}

// planned adds a plan that is on offer.
func (s *site) planned() domain.Plan {
	p := domain.Plan{
		ID: domain.New[domain.PlanID](), Deal: s.deal, Status: domain.PlanOffered, Total: usd(1_000_000), AnswerBy: domain.MustDate("2026-03-12"),
		Instalments: []domain.Instalment{{N: 1, DueOn: domain.MustDate("2026-03-20"), Amount: usd(500_000)}, {N: 2, DueOn: domain.MustDate("2026-04-20"), Amount: usd(500_000)}},
		Forgiven:    usd(7_700),
		Sheet:       &domain.PlanSheet{FeeExtra: usd(16_200)},
	}
	s.page.Plans = []domain.Plan{p}
	return p
}

// TestADisputeHasAThreadAndAnOutcome holds C-107: what was said by whom, the seller's answer, what can be done about it,
// and how it ended. It holds F-84.
func TestADisputeHasAThreadAndAnOutcome(t *testing.T) {
	s := newSite()
	d := s.disputed()
	body := s.get(s.path()).Body.String()
	for _, want := range []string{
		"Not agreed: USD 3,000.00", "Goods are damaged", "40 menus &lt;torn&gt;", "new ones", "Marlow Print Works LLC credits USD 1,200.00. Payable stays USD 1,800.00.",
		"12 are ours.", "We asked the carrier.", "It is your turn", "/dispute/agree?dispute=" + d.ID.String(), "/dispute/note?dispute=" + d.ID.String(),
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	form := s.get(s.path() + "/dispute/agree?dispute=" + d.ID.String()).Body.String()
	if !strings.Contains(form, "Then USD 1,200.00 is credited, and USD 1,800.00 is payable.") || !strings.Contains(form, `name="dispute" value="`+d.ID.String()) {
		t.Errorf("what is agreed to is not said:\n%s", form)
	}
	for state, want := range map[domain.DisputeOutcome]string{
		domain.OutcomePartCredited: "Settled: USD 1,200.00 was credited", domain.OutcomePayable: "nothing was credited", domain.OutcomeWithdrawn: "you took it back",
		domain.OutcomeGivenBack: "between you and Marlow Print Works LLC",
	} {
		d.Status, d.Outcome, d.Credited = domain.DisputeResolved, state, usd(0)
		if state == domain.OutcomePartCredited {
			d.Credited = d.Offered
		}
		s.page.Disputes[0] = d
		if body := s.get(s.path()).Body.String(); !strings.Contains(body, want) || strings.Contains(body, "/dispute/agree") || strings.Contains(body, "/dispute/note") {
			t.Errorf("%s: no %q, or still something to do", state, want)
		}
	}
}

// TestAPlanIsAskedForAndAnswered holds C-85 and C-136: the instalments are there to be read before they are taken, and
// nothing of what follows for others. It holds F-84.
func TestAPlanIsAskedForAndAnswered(t *testing.T) {
	s := newSite()
	p := s.planned()
	body := s.get(s.path()).Body.String()
	for _, want := range []string{"USD 5,000.00 on Friday 20 March 2026", "USD 5,000.00 on Monday 20 April 2026", "answer by 12 March 2026", "USD 77.00 is not asked for any more once", "/plan/accept?plan=" + p.ID.String(), "/plan/decline?plan="} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if form := s.get(s.path() + "/plan/accept?plan=" + p.ID.String()).Body.String(); !strings.Contains(form, "Friday 20 March 2026") || strings.Contains(form+body, "162.00") {
		t.Errorf("the sheet of the plan:\n%s", form)
	}
	s.page.Plans[0].AnswerBy = domain.MustDate("2026-03-04")
	if body := s.get(s.path()).Body.String(); strings.Contains(body, "/plan/accept") {
		t.Error("a plan whose time is over can be taken")
	}
}

// TestWhatIsAgreedIsSentOnce walks the forms of disputes and plans (F-84).
func TestWhatIsAgreedIsSentOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		verb   string
		form   url.Values
		refuse error
		status int
		asked  string
	}{
		"a dispute with its reason": {"dispute", url.Values{"amount": {"10.00"}, "reason": {"damaged"}, "said": {"wet"}, "remedy": {"new"}}, nil, 303, "dispute 10.00 USD wet damaged new"},
		"agreed":                    {"dispute/agree", nil, nil, 303, "agree"},
		"agreed too late":           {"dispute/agree", nil, domain.ErrWrongState, 409, "agree"},
		"a note":                    {"dispute/note", url.Values{"said": {"one more"}}, nil, 303, "note one more"},
		"monthly":                   {"plan", url.Values{"count": {"3"}, "day": {"2026-03-20"}, "every": {"month"}, "reason": {"cash_flow"}, "said": {"late"}}, nil, 303, "plan 3 from 2026-03-20 every 0, cash_flow: late"},
		"fortnightly":               {"plan", url.Values{"count": {" 4 "}, "day": {"2026-03-20"}, "every": {"14"}, "reason": {"other"}}, nil, 303, "plan 4 from 2026-03-20 every 14, other:"},
		"no number":                 {"plan", url.Values{"count": {"three"}, "day": {"2026-03-20"}, "every": {"14"}}, nil, 422, ""},
		"no rhythm":                 {"plan", url.Values{"count": {"3"}, "day": {"2026-03-20"}, "every": {"0"}}, nil, 422, ""},
		"taken":                     {"plan/accept", nil, nil, 303, "plan agreed true"},
		"not taken":                 {"plan/decline", nil, nil, 303, "plan agreed false"},
		"a dispute of nobody":       {"dispute/agree", url.Values{"dispute": {"dsp_1"}}, nil, 404, ""},
		"a plan of nobody":          {"plan/accept", url.Values{"plan": {"x"}}, nil, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			s.refuse = tc.refuse
			form := url.Values{"nonce": {s.nonce(t)}, "deal": {s.deal.String()}, "currency": {"USD"}, "dispute": {s.disputed().ID.String()}, "plan": {s.planned().ID.String()}}
			for field, typed := range tc.form {
				form[field] = typed
			}
			w := s.post(s.path()+"/"+tc.verb, form)
			if w.Code != tc.status || strings.TrimSpace(strings.Join(s.asked, "|")) != tc.asked {
				t.Errorf("%d, asked %q, want %d and %q:\n%s", w.Code, s.asked, tc.status, tc.asked, w.Body)
			}
			if want := s.path() + "?done=" + url.QueryEscape(tc.verb) + "#word"; w.Code == http.StatusSeeOther && w.Header().Get("Location") != want {
				t.Errorf("leads to %s, want %s", w.Header().Get("Location"), want)
			}
		})
	}
}
