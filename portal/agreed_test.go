package portal_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"comity/domain"
)

var agreedList = regexp.MustCompile(`(?s)<ul class="plain">(.*?)</ul>`)

// whoAgreed returns the lines of a page that say who agreed.
func whoAgreed(page string) []string {
	found := agreedList.FindStringSubmatch(page)
	if found == nil {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(found[1], "</li>", ""), "<li>") {
		if line = html.UnescapeString(strings.TrimSpace(line)); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestWhoAgreedIsOnThePage holds F-79 and C-156: under an offer, dates and a proposal stands who has agreed, the debtor
// first, and whose answer is missing, on the statement and on the form; who has answered is not asked again.
func TestWhoAgreedIsOnThePage(t *testing.T) {
	const seller, factor = "Marlow Print Works LLC", "Eastbrook Factors, LLC"
	yes := domain.WordAccepted
	dated := func(agreed domain.Sides[bool]) func(*domain.Mediation) {
		return func(m *domain.Mediation) {
			m.Status, m.MediatorName = domain.MediationAppointed, "Fairway"
			m.Timetable = &domain.Timetable{N: 1, PapersBy: domain.MustDate("2026-03-20"), TalkOn: domain.MustDate("2026-03-26"), ProposalBy: domain.MustDate("2026-04-02")}
			for _, side := range []domain.Side{domain.SideDebtor, domain.SideSeller, domain.SideFactor} {
				if *agreed.Of(side) {
					*m.Timetable.Agreed.Of(side) = now
				}
			}
		}
	}
	proposed := func(words domain.Sides[domain.Word]) func(*domain.Mediation) {
		return func(m *domain.Mediation) {
			m.Status, m.Proposals = domain.MediationProposed, []domain.MediationProposal{{N: 1, Credit: usd(100_000), Reasons: "torn", At: now, Words: words}}
		}
	}
	for name, tc := range map[string]struct {
		change func(*domain.Mediation)
		form   string // where the debtor's word is missing; its button is gone otherwise
		asked  bool
		want   []string
	}{
		"an offer":                     {func(*domain.Mediation) {}, "mediation-yes", true, nil},
		"an offer, the seller's yes":   {func(m *domain.Mediation) { m.Answers.Seller = yes }, "mediation-yes", true, []string{seller + " said yes."}},
		"an offer, the debtor's yes":   {func(m *domain.Mediation) { m.Answers.Debtor = yes }, "mediation-yes", false, nil},
		"a neutral without dates":      {func(m *domain.Mediation) { m.Status = domain.MediationAppointed }, "mediation-dates", false, nil},
		"dates":                        {dated(domain.Sides[bool]{}), "mediation-dates", true, []string{"Your answer is still missing.", "The answer of " + seller + " is still missing.", "The answer of " + factor + " is still missing."}},
		"dates, the debtor's yes":      {dated(domain.Sides[bool]{Debtor: true}), "mediation-dates", false, []string{"You agreed to these dates.", "The answer of " + seller + " is still missing.", "The answer of " + factor + " is still missing."}},
		"dates, the factor's yes":      {dated(domain.Sides[bool]{Factor: true}), "mediation-dates", true, []string{"Your answer is still missing.", "The answer of " + seller + " is still missing.", factor + " agreed to these dates."}},
		"a proposal":                   {proposed(domain.Sides[domain.Word]{}), "mediation-take", true, []string{"Your answer is still missing.", "The answer of " + seller + " is still missing.", "The answer of " + factor + " is still missing."}},
		"a proposal, two yeses":        {proposed(domain.Sides[domain.Word]{Debtor: yes, Factor: yes}), "mediation-take", false, []string{"You have accepted it.", "The answer of " + seller + " is still missing.", factor + " has accepted it."}},
		"a proposal, the seller's yes": {proposed(domain.Sides[domain.Word]{Seller: yes}), "mediation-take", true, []string{"Your answer is still missing.", seller + " has accepted it.", "The answer of " + factor + " is still missing."}},
		"an end":                       {func(m *domain.Mediation) { m.Status = domain.MediationSettled }, "mediation-take", false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			m := s.mediating()
			tc.change(&m)
			s.page.Mediations[0] = m
			body := s.get(s.path()).Body.String()
			if diff := cmp.Diff(tc.want, whoAgreed(body)); diff != "" {
				t.Errorf("the statement (-want +got):\n%s", diff)
			}
			if asked := strings.Contains(body, "/dispute/"+tc.form+"?"); asked != tc.asked {
				t.Errorf("the statement asks: %t, want %t", asked, tc.asked)
			}
			if !tc.asked {
				return
			}
			form := s.get(s.path() + "/dispute/" + tc.form + "?mediation=" + m.ID.String() + ".1").Body.String()
			if tc.form == "mediation-yes" {
				if told := strings.Contains(form, seller+" said yes: with your yes, a neutral person is appointed."); told != (tc.want != nil) {
					t.Errorf("the form says that the seller said yes: %t", told)
				}
			} else if diff := cmp.Diff(tc.want, whoAgreed(form)); diff != "" {
				t.Errorf("the form (-want +got):\n%s", diff)
			}
		})
	}
	for tag, want := range map[string]string{
		"es": "Usted la ha aceptado.|Falta todavía la respuesta de " + seller + ".|Falta todavía la respuesta de " + factor + ".", "fr": "Vous l’avez acceptée.|La réponse de " + seller + " manque encore.|La réponse de " + factor + " manque encore.",
		"de": "Sie haben ihn angenommen.|Die Antwort von " + seller + " fehlt noch.|Die Antwort von " + factor + " fehlt noch.", "pt": "Já a aceitou.|Falta ainda a resposta de " + seller + ".|Falta ainda a resposta de " + factor + ".",
	} {
		s := newSite()
		m := s.mediating()
		proposed(domain.Sides[domain.Word]{Debtor: yes})(&m)
		s.page.Mediations[0] = m
		if got := strings.Join(whoAgreed(s.get(s.path()+"?lang="+tag).Body.String()), "|"); got != want {
			t.Errorf("%s: %s, want %s", tag, got, want)
		}
	}
}
