package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"comity/money"
)

// mediatedScene is a scene with a dispute of Alice's debtor about 500.00 and two neutrals, one of
// whom the platform has admitted.
type mediatedScene struct {
	*agreedScene
	dispute           string
	other             *client // a neutral that the platform has not admitted
	neutralID, second string
}

type wireMediation struct {
	ID, Status   string
	AnswerBy     string  `json:"answer_by"`
	MediatorName *string `json:"mediator_name"`
	Timetable    *struct{ Number int }
	Proposals    []struct {
		Number int
		Credit wireMoney
	}
}

func newMediatedScene(t *testing.T) *mediatedScene {
	t.Helper()
	s := &mediatedScene{agreedScene: newAgreedScene(t)}
	s.clock("2026-02-10T09:00:00Z")
	s.must(s.submit(t.Context(), s.link(), "dispute", url.Values{"deal": {s.deal}, "currency": {"EUR"}, "amount": {"500.00"}, "reason": {"damaged"}, "said": {"wet boxes"}}))
	var list struct{ Data []wireDispute }
	s.must(s.eastbrook.get(t.Context(), "/v1/cases/"+s.kase+"/disputes", &list))
	s.dispute = list.Data[0].ID
	s.neutral, s.other = s.signUp("mediator", "Fairway Dispute Resolution", "DE"), s.signUp("mediator", "Mitte Schlichtung", "DE")
	s.neutralID, s.second = s.organization(s.neutral), s.organization(s.other)
	s.admit(s.neutralID, "2027-12-31")
	return s
}

func (h *house) organization(c *client) string {
	h.t.Helper()
	var me struct{ Organization struct{ ID string } }
	h.must(c.get(h.t.Context(), "/v1/me", &me))
	return me.Organization.ID
}

func (s *mediatedScene) admit(org, until string) {
	s.t.Helper()
	body := admission()
	body["valid_until"] = until
	s.must(s.platform.do(s.t.Context(), call{method: http.MethodPut, path: "/v1/mediators/" + org, body: body}, nil))
}

// answered lets the seller answer the dispute.
func (s *mediatedScene) answered() {
	s.t.Helper()
	s.must(s.alice.post(s.t.Context(), "/v1/disputes/"+s.dispute+"/answer", map[string]any{"position": "rejects", "said": "They left our house dry."}, nil))
}

// now returns the dispute's newest mediation, and the dispute's state.
func (s *mediatedScene) now() (wireMediation, string) {
	s.t.Helper()
	var got struct {
		Status    string
		Mediation *wireMediation
	}
	s.must(s.alice.get(s.t.Context(), "/v1/disputes/"+s.dispute, &got))
	if got.Mediation == nil {
		return wireMediation{}, got.Status
	}
	return *got.Mediation, got.Status
}

// is checks both states.
func (s *mediatedScene) is(when, mediation, dispute string) wireMediation {
	s.t.Helper()
	s.quiet()
	m, d := s.now()
	if m.Status != mediation || d != dispute {
		s.t.Fatalf("%s: the mediation is %q and the dispute %q, want %q and %q", when, m.Status, d, mediation, dispute)
	}
	return m
}

// page sends a form of the debtor's page about a mediation, as its newest letter leads there.
func (s *mediatedScene) page(verb string, m wireMediation, n int, more ...string) error {
	s.t.Helper()
	form := url.Values{"mediation": {fmt.Sprintf("%s.%d", m.ID, n)}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return s.submit(s.t.Context(), debtorLink.FindString(s.newest().Text), "dispute/"+verb, form)
}

func (s *mediatedScene) step(by *client, m wireMediation, what string, body map[string]any) error {
	return by.post(s.t.Context(), "/v1/mediations/"+m.ID+"/"+what, body, nil)
}

// refused checks that a step is refused with a code.
func (s *mediatedScene) refused(by *client, m wireMediation, what string, body map[string]any, want string) {
	s.t.Helper()
	if err := s.step(by, m, what, body); code(err) != want {
		s.t.Errorf("%s with %v: %v, want %s", what, body, err, want)
	}
}

func (s *mediatedScene) letterSays(want ...string) {
	s.t.Helper()
	l := s.newest()
	text := strings.Join(strings.Fields(l.Subject+" "+l.Text), " ")
	for _, w := range want {
		if !strings.Contains(text, w) {
			s.t.Errorf("the newest letter does not say %q:\n%s\n%s", w, l.Subject, l.Text)
		}
	}
}

// inMediation plays until both accepted and the first neutral was appointed.
func (s *mediatedScene) inMediation() wireMediation {
	s.t.Helper()
	s.clock("2026-03-12T09:00:00Z")
	m := s.is("on day 30", "offered", "answered")
	s.must(s.page("mediation-yes", m, 0))
	s.must(s.step(s.alice.client, m, "answer", map[string]any{"word": "accepted"}))
	m = s.is("both accepted", "agreed", "mediation")
	s.must(s.step(s.platform, m, "appoint", map[string]any{"organization_id": s.neutralID}))
	return s.is("appointed", "appointed", "mediation")
}

var marchDates = map[string]any{"papers_by": "2026-03-20", "talk_on": "2026-03-26", "proposal_by": "2026-04-02"}

func outcome(amount string) map[string]any {
	return map[string]any{"credit": map[string]string{"amount": amount, "currency": "EUR"}, "reasons": "One box was wet on arrival, the other was opened later.", "root_cause": "No inspection at handover."}
}

// TestADisputeIsMediated holds F-79, F-77, C-155 and C-156 over HTTP: on day 30 a neutral is offered, both accept, one
// neutral is objected to, dates stand, a first proposal is declined, and the second ends the dispute in
// the same commit, credited and balanced.
func TestADisputeIsMediated(t *testing.T) {
	s := newMediatedScene(t)
	ctx := t.Context()
	s.answered()
	s.clock("2026-03-11T12:00:00Z")
	if m, d := s.now(); m.ID != "" || d != "answered" {
		t.Fatalf("before day 30 mediation is %q", m.Status)
	}
	m := s.inMediation()
	s.letterSays("Fairway Dispute Resolution is the neutral person", "It costs you nothing")
	s.refused(s.eastbrook, m, "answer", map[string]any{"word": "declined"}, "forbidden")
	s.must(s.page("mediation-object", m, 0, "said", "It worked for our supplier."))
	m = s.is("the debtor objected", "agreed", "mediation")
	if err := s.neutral.get(ctx, "/v1/mediations/"+m.ID, nil); code(err) != "not-found" {
		t.Errorf("who was objected to still reads it: %v", err)
	}
	s.refused(s.platform, m, "appoint", map[string]any{"organization_id": s.neutralID}, "not-neutral")
	s.refused(s.platform, m, "appoint", map[string]any{"organization_id": s.second}, "not-admitted")
	s.admit(s.second, "2026-03-11")
	s.refused(s.platform, m, "appoint", map[string]any{"organization_id": s.second}, "not-admitted")
	s.admit(s.second, "2026-12-31")
	s.must(s.step(s.platform, m, "appoint", map[string]any{"organization_id": s.second}))
	m = s.is("another one", "appointed", "mediation")
	if err := s.page("mediation-object", m, 0, "said", "Nor this one."); err == nil || !strings.Contains(err.Error(), "409") {
		t.Errorf("the debtor objects twice: %v", err)
	}
	m = s.scheduled(m)
	m = s.declinedOnce(m)
	s.must(s.step(s.other, m, "proposals", outcome("200.00")))
	s.letterSays("EUR 200.00 is credited, and EUR 300.00 is payable")
	s.must(s.page("mediation-take", m, 2))
	s.must(s.step(s.eastbrook, m, "vote", map[string]any{"proposal": 2, "word": "accepted"}))
	s.refused(s.alice.client, m, "vote", map[string]any{"proposal": 2, "word": "accepted"}, "invalid") // no credit note
	s.must(s.step(s.alice.client, m, "vote", map[string]any{"proposal": 2, "word": "accepted", "credit_number": "CN-7"}))
	s.is("all three accepted", "settled", "resolved")
	s.settledRight()
}

// scheduled lets everybody agree to dates.
func (s *mediatedScene) scheduled(m wireMediation) wireMediation {
	s.t.Helper()
	s.refused(s.other, m, "proposals", outcome("200.00"), "wrong-state")
	s.refused(s.other, m, "timetable", map[string]any{"papers_by": "2026-03-26", "talk_on": "2026-03-20", "proposal_by": "2026-04-02"}, "invalid")
	s.refused(s.other, m, "timetable", map[string]any{"papers_by": "2026-03-20", "talk_on": "2026-03-26", "proposal_by": "2026-08-02"}, "invalid")
	s.must(s.step(s.other, m, "timetable", marchDates))
	s.letterSays("Mitte Schlichtung proposes these dates", "Thursday 26 March 2026")
	for _, by := range []*client{s.eastbrook, s.alice.client} {
		s.must(s.step(by, m, "agree", map[string]any{"timetable": 1}))
	}
	s.is("two agreed", "appointed", "mediation")
	s.refused(s.eastbrook, m, "agree", map[string]any{"timetable": 2}, "wrong-state")
	s.must(s.page("mediation-dates", m, 1))
	m = s.is("three agreed", "scheduled", "mediation")
	s.must(s.step(s.other, m, "notes", map[string]any{"said": "Please tell me when the boxes were opened."}))
	s.refused(s.other, m, "notes", map[string]any{"said": "Pay to DE89 3704 0044 0532 0130 00 at once!"}, "invalid")
	var seen struct{ Notes []struct{ Side, Said string } }
	s.must(s.eastbrook.get(s.t.Context(), "/v1/disputes/"+s.dispute, &seen))
	if len(seen.Notes) != 1 || seen.Notes[0].Side != "mediator" {
		s.t.Errorf("the thread is %+v", seen.Notes)
	}
	return m
}

// declinedOnce makes a proposal that the seller declines; meanwhile nobody ends the dispute alone.
func (s *mediatedScene) declinedOnce(m wireMediation) wireMediation {
	s.t.Helper()
	ctx := s.t.Context()
	s.refused(s.other, m, "proposals", outcome("500.01"), "invalid")
	s.must(s.step(s.other, m, "proposals", outcome("400.00")))
	m = s.is("proposed", "proposed", "mediation")
	for path, body := range map[string]map[string]any{
		"/v1/disputes/" + s.dispute + "/resolve": {"outcome": "agreed", "credit_number": "CN-1"},
		"/v1/disputes/" + s.dispute + "/agreed":  {"said": "On the telephone."},
		"/v1/deals/" + s.deal + "/recourses":     {"reason": "dispute_not_cured", "dispute_id": s.dispute, "evidence": "no cure"},
	} {
		if err := s.eastbrook.post(ctx, path, body, nil); code(err) != "wrong-state" {
			s.t.Errorf("the factor alone, %s: %v", path, err)
		}
	}
	s.must(s.page("mediation-take", m, 1))
	s.must(s.step(s.alice.client, m, "vote", map[string]any{"proposal": 1, "word": "declined"}))
	s.refused(s.eastbrook, m, "vote", map[string]any{"proposal": 1, "word": "accepted"}, "wrong-state")
	return s.is("declined", "scheduled", "mediation")
}

// settledRight checks what the agreement did to the deal and the books.
func (s *mediatedScene) settledRight() {
	s.t.Helper()
	var got struct {
		Deal struct{ Open, Credited wireMoney }
	}
	s.must(s.alice.get(s.t.Context(), "/v1/deals/"+s.deal, &got))
	if got.Deal.Credited.Amount != "200.00" || got.Deal.Open.Amount != "9800.00" {
		s.t.Errorf("%s is credited, %s open", got.Deal.Credited.Amount, got.Deal.Open.Amount)
	}
	var d struct {
		Outcome, RootCause, CreditNumber *string
		Root                             string `json:"root_cause"`
		Number                           string `json:"credit_number"`
	}
	s.must(s.alice.get(s.t.Context(), "/v1/disputes/"+s.dispute, &d))
	if *d.Outcome != "part_credited" || d.Root != "No inspection at handover." || d.Number != "CN-7" {
		s.t.Errorf("the dispute ended as %+v", d)
	}
	s.letterSays("CN-7", "EUR 200.00")
	s.right()
}

// TestTheNeutralSeesItsMediationOnly holds F-79: a neutral reads what is before it and nothing of the price; another one
// reads nothing at all, and no party's organisation can be one.
func TestTheNeutralSeesItsMediationOnly(t *testing.T) {
	s := newMediatedScene(t)
	ctx := t.Context()
	s.answered()
	var photo struct{ ID string }
	s.must(s.alice.do(ctx, call{method: http.MethodPost, path: "/v1/disputes/" + s.dispute + "/evidence", raw: []byte("dry boxes"), media: "text/plain"}, &photo))
	m := s.inMediation()
	var view, list []byte
	s.must(s.neutral.do(ctx, call{method: http.MethodGet, path: "/v1/mediations/" + m.ID}, &view))
	s.must(s.neutral.do(ctx, call{method: http.MethodGet, path: "/v1/mediations"}, &list))
	for _, want := range []string{"Hotel Seeblick AG", "Alice GmbH", "Eastbrook", `"invoice_number":"111"`, "10000.00", "wet boxes", "They left our house dry.", photo.ID} {
		if !strings.Contains(string(view), want) {
			t.Errorf("the neutral does not see %s in %s", want, view)
		}
	}
	for _, not := range []string{"advance", "fee", "reserve", "margin", "rate", "reference"} {
		if regexp.MustCompile(`"[a-z_]*` + not + `[a-z_]*":`).Match(view) {
			t.Errorf("the neutral sees %q in %s", not, view)
		}
	}
	if !strings.Contains(string(list), m.ID) {
		t.Errorf("its list is %s", list)
	}
	var file []byte
	s.must(s.neutral.do(ctx, call{method: http.MethodGet, path: "/v1/evidence/" + photo.ID + "/file"}, &file))
	if string(file) != "dry boxes" {
		t.Errorf("the file is %q", file)
	}
	for _, path := range []string{"/v1/mediations/" + m.ID, "/v1/evidence/" + photo.ID + "/file"} {
		for name, stranger := range map[string]*client{"another neutral": s.other, "a rival": s.rival, "another seller": s.bob.client} {
			if err := stranger.get(ctx, path, nil); code(err) != "not-found" {
				t.Errorf("%s reads %s: %v", name, path, err)
			}
		}
	}
	for _, path := range []string{"/v1/disputes/" + s.dispute, "/v1/cases/" + s.kase, "/v1/deals/" + s.deal, "/v1/deals/" + s.deal + "/ledger", "/v1/disputes/" + s.dispute + "/evidence"} {
		if err := s.neutral.get(ctx, path, nil); code(err) != "not-found" && code(err) != "forbidden" {
			t.Errorf("the neutral reads %s: %v", path, err)
		}
	}
	for _, path := range []string{"/v1/invoices", "/v1/relationships", "/v1/deals", "/v1/cases", "/v1/events", "/v1/offers", "/v1/payouts", "/v1/mandates", "/v1/receipts", "/v1/bank-accounts", "/v1/objections"} {
		var found struct{ Data []any }
		if err := s.neutral.get(ctx, path, &found); len(found.Data) > 0 || err != nil && code(err) != "forbidden" {
			t.Errorf("the neutral lists %s: %d, %v", path, len(found.Data), err)
		}
	}
	s.refused(s.other, m, "end", map[string]any{"reason": "It is late."}, "not-found")
	s.refused(s.bob.client, m, "object", map[string]any{"reason": "It is late."}, "not-found")
	if err := s.platform.do(ctx, call{method: http.MethodPut, path: "/v1/mediators/" + s.organization(s.rival), body: admission()}, nil); code(err) != "not-found" {
		t.Errorf("a factor is admitted: %v", err)
	}
	var register []byte
	s.must(s.alice.do(ctx, call{method: http.MethodGet, path: "/v1/mediators"}, &register))
	if !strings.Contains(string(register), "Fairway Dispute Resolution") || strings.Contains(string(register), "Mitte") {
		t.Errorf("the register is %s", register)
	}
}

// TestWhoBelongsToAPartyIsNoNeutral holds F-79: an address of the debtor, however it is written, is none of a neutral's.
func TestWhoBelongsToAPartyIsNoNeutral(t *testing.T) {
	s := newMediatedScene(t)
	ctx := t.Context()
	s.answered()
	password := secret(8)
	s.must(s.other.post(ctx, "/v1/users", map[string]any{"email": strings.ToUpper(s.debtor), "name": "Two hats", "role": "owner", "password": password}, nil))
	s.admit(s.second, "2027-12-31")
	s.clock("2026-03-12T09:00:00Z")
	m := s.is("on day 30", "offered", "answered")
	s.refused(s.platform, m, "appoint", map[string]any{"organization_id": s.neutralID}, "wrong-state")
	s.must(s.page("mediation-yes", m, 0))
	s.must(s.step(s.alice.client, m, "answer", map[string]any{"word": "accepted"}))
	s.refused(s.platform, m, "appoint", map[string]any{"organization_id": s.second}, "not-neutral")
	s.refused(s.eastbrook, m, "appoint", map[string]any{"organization_id": s.neutralID}, "forbidden")
	s.must(s.step(s.platform, m, "appoint", map[string]any{"organization_id": s.neutralID}))
	s.must(s.step(s.neutral, m, "end", map[string]any{"reason": "The parties see it too differently."}))
	s.is("ended by the neutral", "ended_without_agreement", "answered")
	s.letterSays("has ended without an agreement")
	var again wireMediation
	s.must(s.eastbrook.post(ctx, "/v1/disputes/"+s.dispute+"/mediations", nil, &again))
	s.must(s.page("mediation-no", again, 0))
	s.is("once more", "declined", "answered")
	if err := s.eastbrook.post(ctx, "/v1/disputes/"+s.dispute+"/mediations", nil, nil); code(err) != "wrong-state" {
		t.Errorf("a third offer: %v", err)
	}
}

// TestSilenceLapses holds F-77 and C-156: an offer that nobody answers ends by itself after ten business days, and nothing else
// changes; a timetable that nobody agrees to, and money that pays it all, end a mediation too.
func TestSilenceLapses(t *testing.T) {
	s := newMediatedScene(t)
	ctx := t.Context()
	if err := s.alice.post(ctx, "/v1/disputes/"+s.dispute+"/mediations", nil, nil); code(err) != "wrong-state" {
		t.Errorf("mediation before the seller's days are over: %v", err)
	}
	s.clock("2026-03-12T09:00:00Z")
	m := s.is("on day 30", "offered", "open")
	if m.AnswerBy != "2026-03-26" {
		t.Errorf("it is answered by %s", m.AnswerBy)
	}
	var owner bool
	s.must(s.data.Owner(t).QueryRowContext(ctx, `SELECT mediation_open(case_id) FROM mediations`).Scan(&owner))
	if !owner {
		t.Error("mediation_open says no")
	}
	s.clock("2026-03-26T20:00:00Z")
	s.is("on the last day", "offered", "open")
	s.clock("2026-03-27T09:00:00Z")
	s.is("after it", "lapsed", "open")
	if err := s.page("mediation-yes", m, 0); err == nil || !strings.Contains(err.Error(), "409") {
		t.Errorf("an offer that lapsed is taken: %v", err)
	}
	s.must(s.data.Owner(t).QueryRowContext(ctx, `SELECT mediation_open(case_id) FROM mediations`).Scan(&owner))
	if owner {
		t.Error("mediation_open says yes")
	}
	s.must(s.submit(ctx, debtorLink.FindString(s.newest().Text), "dispute/mediate", url.Values{"dispute": {s.dispute}}))
	m = s.is("the debtor asks", "offered", "open")
	s.must(s.step(s.alice.client, m, "answer", map[string]any{"word": "accepted"}))
	s.is("the seller accepts", "agreed", "mediation")
	s.arrives("2026-03-30", money.Minor(10_000_00, "EUR").Units(), "111")
	s.is("paid in full", "closed", "open")
	s.right()
}

// TestWhatEndsADisputeEndsItsMediation holds F-79: what debtor and seller agree to between them, and what the debtor takes back,
// ends a mediation in the same commit, and nothing can be done in it any more.
func TestWhatEndsADisputeEndsItsMediation(t *testing.T) {
	for name, how := range map[string]map[string]any{
		"agreed": {"outcome": "agreed", "credit_number": "CN-9"}, "withdrawn": {"outcome": "withdrawn", "how": "Their mail of 13 March"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newMediatedScene(t)
			s.answered()
			s.inMediation()
			better := map[string]any{"position": "partly", "credit": map[string]string{"amount": "50.00", "currency": "EUR"}, "said": "We looked again: one box was wet."}
			s.must(s.alice.post(t.Context(), "/v1/disputes/"+s.dispute+"/answer", better, nil))
			s.is("the seller gives more", "appointed", "mediation")
			if name == "agreed" {
				s.must(s.submit(t.Context(), debtorLink.FindString(s.newest().Text), "dispute/agree", url.Values{"dispute": {s.dispute}}))
			}
			s.must(s.eastbrook.post(t.Context(), "/v1/disputes/"+s.dispute+"/resolve", how, nil))
			m := s.is("resolved", "closed", "resolved")
			s.refused(s.neutral, m, "end", map[string]any{"reason": "It is late."}, "wrong-state")
			s.refused(s.neutral, m, "notes", map[string]any{"said": "It is late."}, "wrong-state")
			s.right()
		})
	}
}

// TestTheNeutralGetsMail holds F-79: what waits for the neutral reaches it by mail, once each and never with what a party
// wrote; who was objected to hears that, and nothing more; and the mails stand in nobody's list of events.
func TestTheNeutralGetsMail(t *testing.T) {
	s := newMediatedScene(t)
	ctx := t.Context()
	s.answered()
	m := s.inMediation()
	s.mailed(s.neutral, "You are the neutral in a dispute", "EUR 500.00 of invoice 111", "GET /v1/mediations/"+m.ID)
	s.must(s.page("mediation-object", m, 0, "said", "It worked for our supplier."))
	s.mailed(s.neutral, "You are the neutral in a dispute", "Another neutral is looked for", "You need do nothing more in it")
	s.admit(s.second, "2026-12-31")
	s.must(s.step(s.platform, m, "appoint", map[string]any{"organization_id": s.second}))
	m = s.scheduled(m)
	s.mailed(s.other, "You are the neutral in a dispute", "The dates of a mediation stand", "the talk on 26 March 2026")
	s.must(s.submit(ctx, debtorLink.FindString(s.newest().Text), "dispute/note", url.Values{"dispute": {s.dispute}, "said": {"They were wet on the lorry."}}))
	s.made(s.eastbrook, "/v1/disputes/"+s.dispute+"/notes", map[string]any{"said": "We asked the carrier."})
	s.must(s.alice.do(ctx, call{method: http.MethodPost, path: "/v1/disputes/" + s.dispute + "/evidence", raw: []byte("dry boxes"), media: "text/plain"}, nil))
	s.mailed(s.other, "", "The debtor wrote in the dispute", "The factor wrote in the dispute", "The seller attached a file")
	m = s.declinedOnce(m)
	s.mailed(s.other, "", "Your proposal was not accepted", "The seller does not accept proposal 1")
	s.must(s.step(s.other, m, "proposals", outcome("200.00")))
	better := map[string]any{"position": "accepts", "said": "We looked again: all were wet."}
	s.must(s.alice.post(ctx, "/v1/disputes/"+s.dispute+"/answer", better, nil))
	s.must(s.submit(ctx, debtorLink.FindString(s.newest().Text), "dispute/agree", url.Values{"dispute": {s.dispute}}))
	s.must(s.eastbrook.post(ctx, "/v1/disputes/"+s.dispute+"/resolve", map[string]any{"outcome": "agreed", "credit_number": "CN-9"}, nil))
	s.is("agreed between them", "closed", "resolved")
	mails := s.mailed(s.other, "", "A mediation is over", "resolved as debtor and seller agreed")
	for _, not := range []string{"lorry", "carrier", "supplier", "Hotel", "advance", "fee", "dry"} {
		if strings.Contains(mails, not) {
			t.Errorf("the neutral is mailed %q:\n%s", not, mails)
		}
	}
	if n := strings.Count(mails, "Subject: "); n != 7 {
		t.Errorf("it got %d mails, one for each thing:\n%s", n, mails)
	}
	if n := strings.Count(s.mailed(s.neutral, ""), "Subject: "); n != 2 {
		t.Errorf("who was objected to got %d mails", n)
	}
	for name, c := range map[string]*client{"the neutral": s.other, "the platform": s.platform, "the factor": s.eastbrook, "the seller": s.alice.client} {
		var list []byte
		if err := c.do(ctx, call{method: http.MethodGet, path: "/v1/events?limit=200"}, &list); err != nil && code(err) != "forbidden" {
			t.Error(err)
		}
		if strings.Contains(string(list), "You are the neutral") || strings.Contains(string(list), "/v1/mediations/") {
			t.Errorf("%s lists the neutral's mail: %s", name, list)
		}
	}
}

// mailed returns what somebody was mailed, and checks that it says something.
func (s *mediatedScene) mailed(to *client, want ...string) string {
	s.t.Helper()
	s.quiet()
	letters, err := s.letters(s.t.Context(), to.email)
	s.must(err)
	var all strings.Builder
	for _, l := range letters {
		all.WriteString("Subject: " + l.Subject + " " + strings.Join(strings.Fields(l.Text), " ") + "\n")
	}
	for _, w := range want {
		if !strings.Contains(all.String(), w) {
			s.t.Errorf("%s was not mailed %q:\n%s", to.email, w, all.String())
		}
	}
	return all.String()
}
