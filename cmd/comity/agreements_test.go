package main

import (
	"net/url"
	"strings"
	"testing"
)

// agreed is a scene with a second person of the factor and the newest link of Alice's debtor.
type agreedScene struct {
	*scene
	second *client
}

func newAgreedScene(t *testing.T, terms ...map[string]any) *agreedScene {
	t.Helper()
	s := &agreedScene{scene: newScene(t, terms...)}
	s.second = s.secondOf()
	return s
}

// secondOf is a second person of the scene's factor.
func (s *scene) secondOf() *client {
	s.t.Helper()
	password := secret(8)
	s.must(s.eastbrook.post(s.t.Context(), "/v1/users", map[string]any{"email": "second@eastbrook.example", "name": "Second", "role": "owner", "password": password}, nil))
	return s.as("second@eastbrook.example", password)
}

// newest returns the newest letter that Alice's debtor got.
func (s *agreedScene) newest() letter {
	s.t.Helper()
	s.quiet()
	letters, err := s.letters(s.t.Context(), s.debtor)
	s.must(err)
	return letters[len(letters)-1]
}

func (s *agreedScene) propose(body map[string]any) wirePlan {
	s.t.Helper()
	var plan wirePlan
	body["deal_id"] = s.deal
	s.must(s.eastbrook.post(s.t.Context(), "/v1/cases/"+s.kase+"/plans", body, &plan))
	return plan
}

func (s *agreedScene) planNow(id string) string {
	s.t.Helper()
	var list struct{ Data []wirePlan }
	s.must(s.alice.get(s.t.Context(), "/v1/cases/"+s.kase+"/plans", &list))
	for _, p := range list.Data {
		if p.ID == id {
			return p.Status
		}
	}
	return "not there"
}

// TestAPlanInsideTheEnvelope holds D-10: few instalments, soon after the due date, are the
// collector's alone; the seller reads it the same day; the debtor has the last word, and an offer
// that it does not answer is over. It holds F-73.
func TestAPlanInsideTheEnvelope(t *testing.T) {
	s := newAgreedScene(t)
	ctx := t.Context()
	s.clock("2026-02-10T09:00:00Z")
	unasked := map[string]any{"deal_id": s.deal, "count": 2, "first_on": "2026-03-10", "every_days": 14}
	if err := s.eastbrook.post(ctx, "/v1/cases/"+s.kase+"/plans", unasked, nil); code(err) != "invalid" {
		t.Errorf("a plan without a reason: %v", err)
	}
	plan := s.propose(map[string]any{"reason": "cash_flow", "said": "the season was slow", "count": 2, "first_on": "2026-03-10", "every_days": 14})
	if plan.Status != "offered" {
		t.Fatalf("inside the envelope it is %s", plan.Status)
	}
	if err := s.second.post(ctx, "/v1/plans/"+plan.ID+"/approve", nil, nil); code(err) != "wrong-state" {
		t.Errorf("what needs nobody is approved: %v", err)
	}
	link := debtorLink.FindString(s.newest().Text)
	s.must(s.submit(ctx, link, "plan/decline", url.Values{"plan": {plan.ID}}))
	if got := s.planNow(plan.ID); got != "declined" {
		t.Errorf("the debtor declined, and it is %s", got)
	}
	if err := s.submit(ctx, link, "plan/accept", url.Values{"plan": {plan.ID}}); err == nil || !strings.Contains(err.Error(), "409") {
		t.Errorf("a plan that is over is taken: %v", err)
	}
	second := s.propose(map[string]any{"reason": "cash_flow", "said": "the season was slow", "count": 1, "first_on": "2026-03-20"})
	s.clock("2026-02-19T09:00:00Z")
	s.quiet()
	if got := s.planNow(second.ID); got != "withdrawn" {
		t.Errorf("an offer that nobody answered for more than five business days is %s", got)
	}
}

// TestASellersSilenceIsNoConsent holds D-10 and assertion 6 of story B: outside the envelope there is
// no offer before the seller agrees, nobody is chased meanwhile, and its no is told to the debtor. It holds F-73.
func TestASellersSilenceIsNoConsent(t *testing.T) {
	s := newAgreedScene(t)
	ctx := t.Context()
	s.clock("2026-02-10T09:00:00Z")
	asked := url.Values{"deal": {s.deal}, "count": {"6"}, "every": {"month"}, "day": {"2026-03-31"}, "reason": {"cash_flow"}, "said": {"the season was slow"}}
	s.must(s.submit(ctx, s.link(), "plan", asked))
	if got := s.newest().Subject; !strings.Contains(got, "in instalments") {
		t.Errorf("the request is answered with %q", got)
	}
	plan := s.propose(map[string]any{})
	s.must(s.second.post(ctx, "/v1/plans/"+plan.ID+"/approve", nil, nil))
	s.clock("2026-03-20T09:00:00Z")
	s.quiet()
	letters, err := s.letters(ctx, s.debtor)
	s.must(err)
	for _, l := range letters {
		if strings.Contains(l.Subject, "due") {
			t.Errorf("while the seller is silent the debtor is written to: %q", l.Subject)
		}
	}
	if got := s.planNow(plan.ID); got != "proposed" {
		t.Errorf("a silent seller makes it %s", got)
	}
	for _, stranger := range []*client{s.bob.client, s.rival} {
		if err := stranger.post(ctx, "/v1/plans/"+plan.ID+"/consent", map[string]any{"consent": "approved"}, nil); code(err) != "not-found" && code(err) != "forbidden" {
			t.Errorf("a stranger consents: %v", err)
		}
	}
	s.must(s.alice.post(ctx, "/v1/plans/"+plan.ID+"/consent", map[string]any{"consent": "declined", "note": "we need a half of it now"}, nil))
	if l := s.newest(); !strings.Contains(l.Text, "we need a half of it now") || !strings.Contains(l.Text, "propose another plan") {
		t.Errorf("the debtor is told:\n%s", l.Text)
	}
}

// TestASettlement holds C-141 and D-10 over HTTP: the factor proposes, everybody who bears a part
// agrees, the debtor takes it, and with the payment in time the rest is off the invoice. It holds F-73.
func TestASettlement(t *testing.T) {
	s := newAgreedScene(t)
	ctx := t.Context()
	s.clock("2026-02-10T09:00:00Z")
	euro := func(amount string) map[string]string { return map[string]string{"amount": amount, "currency": "EUR"} }
	body := map[string]any{"deal_id": s.deal, "reason": "dispute", "said": "we would pay at once for a small discount", "count": 1, "first_on": "2026-02-16", "forgiven": euro("5000.00")}
	if err := s.eastbrook.post(ctx, "/v1/cases/"+s.kase+"/plans", body, nil); code(err) != "invalid" {
		t.Errorf("the seller forgives more than its reserve: %v", err)
	}
	body["forgiven"], body["factor_forgives"] = euro("300.00"), euro("100.00")
	plan := s.propose(body)
	if plan.Status != "proposed" || plan.Sheet.SellerForgives.Amount != "200.00" || plan.Sheet.FactorForgives.Amount != "100.00" {
		t.Fatalf("the sheet is %+v", plan)
	}
	s.must(s.second.post(ctx, "/v1/plans/"+plan.ID+"/approve", nil, nil))
	s.must(s.alice.post(ctx, "/v1/plans/"+plan.ID+"/consent", map[string]any{"consent": "approved"}, nil))
	offer := s.newest()
	if !strings.Contains(strings.Join(strings.Fields(offer.Text), " "), "the other EUR 300.00 of the invoice is not asked of you any more") {
		t.Errorf("the offer says\n%s", offer.Text)
	}
	s.must(s.submit(ctx, debtorLink.FindString(offer.Text), "plan/accept", url.Values{"plan": {plan.ID}}))
	s.arrives("2026-02-13", 970_000, "111")
	var got struct {
		Deal struct{ Open, Forgiven wireMoney }
	}
	s.must(s.alice.get(ctx, "/v1/deals/"+s.deal, &got))
	if got.Deal.Open.Amount != "0.00" || got.Deal.Forgiven.Amount != "300.00" {
		t.Errorf("%s is open, %s forgiven", got.Deal.Open.Amount, got.Deal.Forgiven.Amount)
	}
	s.quiet()
	if got := s.planNow(plan.ID); got != "kept" {
		t.Errorf("the settlement is %s", got)
	}
}

// TestOurDelayIsNotTheSellers holds D-23: the days that a debtor waits for an answer of the factor
// beyond two business days do not count for the seller's fee, and the deal says which they are.
func TestOurDelayIsNotTheSellers(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	s.clock("2026-03-02T09:00:00Z")
	s.must(s.submit(ctx, s.link(), "question", url.Values{"said": {"Which order is this?"}}))
	stopped := func() string {
		var got struct {
			Deal struct {
				FeeSoFar struct {
					Owed    wireMoney
					Stopped []struct{ Cause, From, Through string }
				} `json:"fee_so_far"`
			}
		}
		s.must(s.alice.get(ctx, "/v1/deals/"+s.deal, &got))
		said := got.Deal.FeeSoFar.Owed.Amount
		for _, stop := range got.Deal.FeeSoFar.Stopped {
			said += strings.Join([]string{"", stop.Cause, stop.From, stop.Through}, " ")
		}
		return said
	}
	look := func(now, want string) {
		t.Helper()
		s.clock(now)
		if got := stopped(); got != want {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
	}
	look("2026-03-04T09:00:00Z", "300.00")
	look("2026-03-10T09:00:00Z", "300.00 answer_late 2026-03-05 ")
	s.clock("2026-03-12T09:00:00Z")
	var list struct{ Data []struct{ ID string } }
	s.must(s.eastbrook.get(ctx, "/v1/cases/"+s.kase+"/questions", &list))
	s.must(s.eastbrook.post(ctx, "/v1/questions/"+list.Data[0].ID+"/answer", map[string]any{"answer": "It is order PO 4471."}, nil))
	look("2026-03-15T09:00:00Z", "300.00 answer_late 2026-03-05 2026-03-12")
	s.arrives("2026-03-20", 10_000_00, "111")
	s.quiet()
	// Day 43 is the 35th that counts: 3 per cent, and one further band; its rest is the seller's.
	if got, want := s.paid(s.deal), "paid_out, 0.00 open, paid 2026-03-20, fee 400.00"; got != want {
		t.Errorf("the deal is %s, want %s", got, want)
	}
	s.right()
}

// TestAPlanInForceIsNobodysToTakeBack: a seller's no comes before the offer or not at all, its words
// to the debtor are courteous and lead nowhere else, and what it agreed to stays written down.
func TestAPlanInForceIsNobodysToTakeBack(t *testing.T) {
	s := newAgreedScene(t)
	ctx := t.Context()
	s.clock("2026-02-10T09:00:00Z")
	plan := s.propose(map[string]any{"reason": "cash_flow", "said": "the season was slow", "count": 5, "first_on": "2026-03-10"})
	s.must(s.second.post(ctx, "/v1/plans/"+plan.ID+"/approve", nil, nil))
	for _, note := range []string{"Final warning, or we take you to court!", "Pay us at https://pay.alice.example/now instead", "write to boss@alice.example", "see pay-alice.com", "pay to DE89 3704 0044 0532 0130 00"} {
		if err := s.alice.post(ctx, "/v1/plans/"+plan.ID+"/consent", map[string]any{"consent": "declined", "note": note}, nil); code(err) != "invalid" {
			t.Errorf("the debtor would read %q: %v", note, err)
		}
	}
	s.must(s.alice.post(ctx, "/v1/plans/"+plan.ID+"/consent", map[string]any{"consent": "approved"}, nil))
	s.must(s.submit(ctx, debtorLink.FindString(s.newest().Text), "plan/accept", url.Values{"plan": {plan.ID}}))
	if err := s.alice.post(ctx, "/v1/plans/"+plan.ID+"/consent", map[string]any{"consent": "declined", "note": "we changed our mind"}, nil); code(err) != "wrong-state" {
		t.Errorf("the seller takes back a plan in force: %v", err)
	}
	var list struct{ Data []wirePlan }
	s.must(s.alice.get(ctx, "/v1/cases/"+s.kase+"/plans", &list))
	if got := list.Data[0]; got.Status != "active" || got.Sheet.RecourseAfter != plan.Sheet.RecourseAfter || got.Sheet.RecourseAfter == "" {
		t.Errorf("the plan is %s, and its sheet %+v", got.Status, got.Sheet)
	}
	if err := s.eastbrook.post(ctx, "/v1/cases/"+s.kase+"/plans", map[string]any{"deal_id": s.deal, "reason": "laziness", "said": "so it is", "count": 2, "first_on": "2026-03-10"}, nil); code(err) != "wrong-state" && code(err) != "invalid" {
		t.Errorf("a reason that there is not: %v", err)
	}
}
