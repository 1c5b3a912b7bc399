package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"comity/domain"
)

type wireEscalation struct {
	ID, Status string
	Cause      *string
	Noticed    *string `json:"notice_delivered_at"`
	FileSHA256 *string `json:"file_sha256"`
}

// endScene is a scene whose debtor was silent until the day after the formal demand's.
type endScene struct {
	*agreedScene
	agency string
}

// silent climbs the ladder to its end: Alice's debtor says nothing, and people do what the ladder asks of
// them. The formal demand names a day in May.
func silent(t *testing.T) *endScene {
	t.Helper()
	s := &endScene{agreedScene: newAgreedScene(t)}
	s.agency = s.made(s.platform, "/v1/agencies", s.scene.agency())
	s.change(`{"phone":"+497531123456","heads_up":false,"address":"Seestr. 1\n78464 Konstanz"}`, "1")
	s.missing("formal_demand_missing", "not_60_days_late", "nothing_to_hand_over", "fewer_than_5_touches")
	day := domain.MustDate("2026-02-06")
	for last := ""; last != "formal_demand"; day = day.Plus(1) {
		if day.After(domain.MustDate("2026-06-30")) {
			t.Fatalf("the ladder does not end: the last step is %q", last)
		}
		s.until(day.String(), day.Plus(1).String())
		touch := s.scene.newest()
		if touch.Rung != nil && touch.Status == "sent" {
			last = *touch.Rung
		}
		if touch.Status == "planned" {
			s.people(touch)
		}
	}
	s.until(day.String(), day.Plus(14).String())
	return s
}

// people agree to what waits for them, or ring in vain.
func (s *endScene) people(touch touched) {
	s.t.Helper()
	ctx := s.t.Context()
	s.must(s.second.signIn(ctx))
	if touch.Class == "call" {
		var taken struct{ Clear bool }
		s.must(s.eastbrook.post(ctx, "/v1/touches/"+touch.ID+"/call", nil, &taken))
		if taken.Clear {
			s.must(s.eastbrook.post(ctx, "/v1/touches/"+touch.ID+"/result", map[string]any{"result": "spoke", "note": "the manager is back on Friday"}, nil))
		}
		return
	}
	for _, c := range []*client{s.eastbrook, s.second}[:touch.People] {
		if err := c.post(ctx, "/v1/touches/"+touch.ID+"/approve", nil, nil); err != nil && code(err) != "conflict" && code(err) != "wrong-state" {
			s.t.Fatal(err)
		}
	}
	s.quiet()
}

// missing asks for an escalation, and wants it refused with every code that is named.
func (s *endScene) missing(want ...string) {
	s.t.Helper()
	codes := s.refused("/v1/cases/"+s.kase+"/escalations", map[string]any{"agency_id": s.agency, "reason": "no word came"})
	for _, code := range want {
		if !strings.Contains(codes, code) {
			s.t.Errorf("before comes %s, want %s too", codes, code)
		}
	}
}

// refused posts as a person of the factor, and returns the codes of what has to come before.
func (s *endScene) refused(path string, body any) string {
	s.t.Helper()
	s.must(s.eastbrook.signIn(s.t.Context()))
	data, err := json.Marshal(body)
	s.must(err)
	if body == nil {
		data = nil
	}
	response, answer := s.fetch(s.t, http.MethodPost, path, data, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+s.eastbrook.token)
		r.Header.Set("Idempotency-Key", secret(8))
		if data != nil {
			r.Header.Set("Content-Type", "application/json")
		}
	})
	var problem struct {
		Code   string
		Errors []struct{ Code string }
	}
	s.must(json.Unmarshal(answer, &problem))
	if response.StatusCode != http.StatusConflict || problem.Code != "preconditions-missing" {
		s.t.Fatalf("%s: %d %s", path, response.StatusCode, answer)
	}
	var codes []string
	for _, e := range problem.Errors {
		codes = append(codes, e.Code)
	}
	return strings.Join(codes, " ")
}

// now returns the newest escalation of the case, as somebody sees it.
func (s *endScene) now(as *client) wireEscalation {
	s.t.Helper()
	var list struct{ Data []wireEscalation }
	s.must(as.signIn(s.t.Context()))
	s.must(as.get(s.t.Context(), "/v1/cases/"+s.kase+"/escalations", &list))
	if len(list.Data) == 0 {
		return wireEscalation{}
	}
	return list.Data[len(list.Data)-1]
}

// announce lets two people agree, and the letter leave on the next business day.
func (s *endScene) announce(from string) string {
	s.t.Helper()
	ctx := s.t.Context()
	id := s.made(s.eastbrook, "/v1/cases/"+s.kase+"/escalations", map[string]any{"agency_id": s.agency, "reason": "four letters and a call brought no word"})
	if err := s.eastbrook.post(ctx, "/v1/escalations/"+id+"/approve", nil, nil); code(err) != "second-person-needed" {
		s.t.Errorf("one person announces: %v", err)
	}
	if seen := s.now(s.alice.client); seen.ID != "" {
		s.t.Errorf("before two people agreed the seller sees %+v", seen)
	}
	s.must(s.second.signIn(ctx))
	s.must(s.second.post(ctx, "/v1/escalations/"+id+"/approve", nil, nil))
	s.quiet()
	if letter := s.newest(); strings.Contains(letter.Subject, "anybody else") {
		s.t.Error("the debtor is told before the seller had a day")
	}
	if seen := s.now(s.alice.client); seen.Status != "announced" || seen.Noticed != nil {
		s.t.Errorf("the seller sees %+v", seen)
	}
	s.until(from, domain.MustDate(from).Plus(4).String())
	return id
}

// TestNobodyExternalKnowsBeforeTheDebtor plays the end of the ladder over HTTP: notice, ten full days, two people, the file, the page, and a payment
// that calls the agency back. It holds F-80, F-81, F-82, C-162, C-163, C-166, C-167 and C-168.
func TestNobodyExternalKnowsBeforeTheDebtor(t *testing.T) {
	s := silent(t)
	ctx := t.Context()
	var clock struct{ Now string }
	s.must(s.eastbrook.get(ctx, "/v1/sandbox/clock", &clock))
	today := domain.MustDate(clock.Now[:10])
	id := s.announce(today.String())
	letter := s.newest()
	if !strings.Contains(letter.Subject, "Before anybody else is asked") || !strings.Contains(letter.Text, "Anders & Partner") || !strings.Contains(letter.Text, "nobody else is asked") {
		t.Fatalf("the debtor was told: %q\n%s", letter.Subject, letter.Text)
	}
	noticed := domain.MustDate((*s.now(s.eastbrook).Noticed)[:10])
	link := debtorLink.FindString(letter.Text)
	page, err := s.page(ctx, link)
	s.must(err)
	if !strings.Contains(page, "one word from you") && !strings.Contains(page, "One word from you") {
		t.Error("the page does not say that somebody may be asked")
	}
	s.until(today.Plus(4).String(), noticed.Plus(10).String())
	if got := s.refused("/v1/escalations/"+id+"/hand-over", nil); got != "prior_notice_missing" {
		t.Errorf("after nine full days before comes %q", got)
	}
	s.until(noticed.Plus(10).String(), noticed.Plus(11).String())
	if err := s.rival.post(ctx, "/v1/escalations/"+id+"/hand-over", nil, nil); code(err) != "not-found" && code(err) != "unauthenticated" {
		t.Errorf("a rival hands over: %v", err)
	}
	s.must(s.eastbrook.post(ctx, "/v1/escalations/"+id+"/hand-over", nil, nil))
	if err := s.eastbrook.post(ctx, "/v1/escalations/"+id+"/hand-over", nil, nil); code(err) != "second-person-needed" {
		t.Errorf("one person hands over: %v", err)
	}
	s.must(s.second.signIn(ctx))
	s.must(s.second.post(ctx, "/v1/escalations/"+id+"/hand-over", nil, nil))
	s.handed(id, link)
	letters, err := s.letters(ctx, s.debtor)
	s.must(err)
	s.until(noticed.Plus(11).String(), noticed.Plus(25).String())
	if later, err := s.letters(ctx, s.debtor); err != nil || len(later) != len(letters) {
		t.Errorf("while somebody external is asked the debtor gets %d letters (%v)", len(later)-len(letters), err)
	}
	s.arrives(noticed.Plus(26).String(), 1_000_00, "111 part")
	s.quiet()
	if e := s.now(s.eastbrook); e.Status != "handed_over" {
		t.Errorf("a part payment leaves it %s", e.Status)
	}
	s.told(s.eastbrook, "Please tell Anders & Partner today")
	s.arrives(noticed.Plus(27).String(), 9_000_00, "111 the rest")
	s.quiet()
	if e := s.now(s.alice.client); e.Status != "returned" || *e.Cause != "paid" {
		t.Errorf("it was paid, and the escalation is %+v", e)
	}
	s.told(s.eastbrook, "Please call Anders & Partner back today")
	s.toldBoth("Anders & Partner does not speak with Hotel Seeblick AG for us any more: it was paid, or is said to be.")
	var kase struct{ External bool }
	s.must(s.alice.get(ctx, "/v1/cases/"+s.kase, &kase))
	if kase.External {
		t.Error("the case is still external")
	}
}

// handed checks what a hand-over made: the file, the case, the page.
func (s *endScene) handed(id, link string) {
	s.t.Helper()
	ctx := s.t.Context()
	e := s.now(s.eastbrook)
	response, file := s.fetch(s.t, http.MethodGet, "/v1/escalations/"+id+"/file", nil, header("Authorization", "Bearer "+s.eastbrook.token))
	text := string(file)
	if response.StatusCode != http.StatusOK || e.Status != "handed_over" || e.FileSHA256 == nil || hexSHA256(file) != *e.FileSHA256 {
		s.t.Fatalf("the file: %d, escalation %+v", response.StatusCode, e)
	}
	for _, must := range []string{`"open_undisputed": "10000.00"`, `"Hotel Seeblick AG"`, `"78464 Konstanz"`, `"days_between_contacts": 7`, id} {
		if !strings.Contains(text, must) {
			s.t.Errorf("the file does not say %s:\n%s", must, text)
		}
	}
	for _, mustNot := range []string{s.debtor, "+497531123456", "DE89", "IBAN"} {
		if strings.Contains(text, mustNot) {
			s.t.Errorf("the file says %s", mustNot)
		}
	}
	s.must(s.alice.signIn(ctx))
	if err := s.alice.get(ctx, "/v1/escalations/"+id+"/file", nil); code(err) != "forbidden" {
		s.t.Errorf("the seller reads the file: %v", err)
	}
	var kase struct{ External bool }
	s.must(s.alice.get(ctx, "/v1/cases/"+s.kase, &kase))
	page, err := s.page(ctx, link)
	s.must(err)
	if !kase.External || !strings.Contains(page, "was asked to speak with you for Eastbrook") {
		s.t.Errorf("external %t, and the page says it: %t", kase.External, strings.Contains(page, "was asked to speak with you"))
	}
}

// told checks that somebody reads a sentence in the case's timeline.
func (s *endScene) told(who *client, sentence string) {
	s.t.Helper()
	s.must(who.signIn(s.t.Context()))
	var list struct{ Data []struct{ Said string } }
	s.must(who.get(s.t.Context(), "/v1/cases/"+s.kase+"/timeline?limit=200", &list))
	for _, e := range list.Data {
		if strings.Contains(e.Said, sentence) {
			return
		}
	}
	s.t.Errorf("the timeline of the case does not say %q", sentence)
}

// TestAWordDuringTheTenDaysEndsIt plays a promise during the ten days and a complaint after a second announcement over HTTP: F-81, F-82, C-167, C-168, D-25.
func TestAWordDuringTheTenDaysEndsIt(t *testing.T) {
	s := silent(t)
	ctx := t.Context()
	var clock struct{ Now string }
	s.must(s.eastbrook.get(ctx, "/v1/sandbox/clock", &clock))
	today := domain.MustDate(clock.Now[:10])
	s.must(s.platform.signIn(ctx))
	s.must(s.platform.post(ctx, "/v1/agencies/"+s.agency+"/suspend", map[string]any{"said": "The licence is being looked at."}, nil))
	s.missing("agency_suspended")
	s.must(s.platform.post(ctx, "/v1/agencies/"+s.agency+"/reinstate", map[string]any{"said": "It is in order."}, nil))
	id := s.announce(today.String())
	link := debtorLink.FindString(s.newest().Text)
	s.must(s.submit(ctx, link, "promise", url.Values{"deal": {s.deal}, "currency": {"EUR"}, "amount": {"10000.00"}, "day": {today.Plus(10).String()}}))
	s.quiet()
	if e := s.now(s.alice.client); e.ID != id || e.Status != "withdrawn" || *e.Cause != "promise" {
		t.Errorf("a day was named, and the escalation is %+v", e)
	}
	s.toldBoth("Anders & Partner is not asked about Hotel Seeblick AG: the debtor named a day. We go on with Hotel Seeblick AG ourselves.")
	if err := s.eastbrook.post(ctx, "/v1/escalations/"+id+"/hand-over", nil, nil); code(err) != "wrong-state" {
		t.Errorf("what was withdrawn is handed over: %v", err)
	}
	s.missing("promise_open", "answered_lately")
	page, err := s.page(ctx, link)
	s.must(err)
	if strings.Contains(page, "Anders") {
		t.Error("the page still speaks of somebody external")
	}
}

// TestAComplaintCountsForTheAgency holds F-82 and C-168 over HTTP: what a debtor complains of on its page while an agency is asked calls the agency
// back and counts for it; an operator looks at it and lets it count no more.
func TestAComplaintCountsForTheAgency(t *testing.T) {
	s := newAgreedScene(t)
	ctx := t.Context()
	s.counts() // opens the owner's connection
	agency := s.made(s.platform, "/v1/agencies", s.agency())
	s.clock("2026-02-10T09:00:00Z")
	var id string
	s.must(s.owner.QueryRowContext(ctx, `WITH shown AS (UPDATE cases SET external = true)
INSERT INTO escalations (id, case_id, factor_id, seller_id, agency_id, agency_name, status, reason, deals, proposed_by, proposed_at, announced_at, handed_on, handed_at, file_sha256)
SELECT gen_random_uuid(), d.case_id, d.factor_id, d.seller_id, a.id, a.name, 'handed_over', 'a test', ARRAY[d.id], gen_random_uuid(), n.at, n.at, '2026-02-09', n.at, '\x00'
  FROM deals d, agencies a, (VALUES ('2026-02-09T09:00:00Z'::timestamptz)) n(at) RETURNING 'esc_' || replace(id::text, '-', '')`).Scan(&id))
	page, err := s.page(ctx, s.link())
	s.must(err)
	if !strings.Contains(page, "On 9 February 2026, Anders &amp; Partner was asked to speak with you for Eastbrook") {
		t.Error("the page does not say who was asked")
	}
	token := s.link()[strings.LastIndex(s.link(), "/")+1:]
	if status, body := s.asked(t, token, http.MethodGet, "/v1/debtor/statement", "", nil); status != http.StatusOK || !strings.Contains(body, `"outside":{"agency":"Anders & Partner"`) {
		t.Errorf("an app is told of nobody: %d %s", status, body)
	}
	s.must(s.submit(ctx, s.link(), "complaint", url.Values{"said": {"They called at night."}}))
	s.quiet()
	var e wireEscalation
	s.must(s.eastbrook.get(ctx, "/v1/escalations/"+id, &e))
	if e.Status != "returned" || *e.Cause != "complaint" {
		t.Errorf("the escalation is %+v", e)
	}
	s.made(s.eastbrook, "/v1/escalations/"+id+"/complaints", map[string]any{"said": "It called at night."})
	s.must(s.platform.signIn(ctx))
	s.made(s.platform, "/v1/escalations/"+id+"/complaints", map[string]any{"said": "We heard of it too."})
	counted := func() (complaints int, reasons []string) {
		var a struct {
			Complaints int
			Reasons    []string
		}
		s.must(s.eastbrook.get(ctx, "/v1/agencies/"+agency, &a))
		return a.Complaints, a.Reasons
	}
	if n, reasons := counted(); n != 3 || len(reasons) != 1 || reasons[0] != "complaints" {
		t.Errorf("after three complaints of one hand-over: %d, %v", n, reasons)
	}
	if err := s.eastbrook.post(ctx, "/v1/agencies/"+agency+"/reinstate", map[string]any{"said": "It is in order."}, nil); code(err) != "forbidden" {
		t.Errorf("a factor lets complaints count no more: %v", err)
	}
	s.must(s.platform.post(ctx, "/v1/agencies/"+agency+"/reinstate", map[string]any{"said": "The calls were another's."}, nil))
	if n, reasons := counted(); n != 0 || len(reasons) != 0 {
		t.Errorf("after an operator looked at it: %d, %v", n, reasons)
	}
}

// TestAStepThatKeepsARight plays a protective step over HTTP: two people, the seller, a letter in plain words. It holds D-25.
func TestAStepThatKeepsARight(t *testing.T) {
	s := newAgreedScene(t)
	ctx := t.Context()
	path := "/v1/cases/" + s.kase + "/protective-steps"
	s.clock("2026-02-10T09:00:00Z")
	for name, change := range map[string]map[string]any{
		"a deadline that is far away": {"deadline": "2026-03-13"}, "one that is over": {"deadline": "2026-02-09"}, "an unknown kind": {"kind": "lawsuit"},
		"a threat": {"meaning": "Pay now or we take legal action."}, "a ground without it": {"ground": "fraud"},
	} {
		body := s.protective()
		for member, value := range change {
			body[member] = value
		}
		if err := s.eastbrook.post(ctx, path, body, nil); code(err) != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	body := s.protective()
	body["deadline"] = "2026-03-12" // 30 days ahead
	id := s.made(s.eastbrook, path, body)
	if err := s.eastbrook.post(ctx, "/v1/protective-steps/"+id+"/approve", nil, nil); code(err) != "second-person-needed" {
		t.Errorf("one person agrees: %v", err)
	}
	s.must(s.alice.signIn(ctx))
	if err := s.alice.get(ctx, "/v1/protective-steps/"+id, nil); code(err) != "not-found" {
		t.Errorf("the seller sees what one person asked for: %v", err)
	}
	s.must(s.second.post(ctx, "/v1/protective-steps/"+id+"/approve", nil, nil))
	letter := s.newest()
	letter.Text = strings.Join(strings.Fields(letter.Text), " ")
	if !strings.Contains(letter.Subject, "a formal step about invoice") || !strings.Contains(letter.Text, "asks nothing of you") || !strings.Contains(letter.Text, "Thursday 12 March 2026") {
		t.Errorf("the letter: %q\n%s", letter.Subject, letter.Text)
	}
	var step struct {
		Status string
		Told   *string `json:"debtor_told_at"`
	}
	s.must(s.alice.get(ctx, "/v1/protective-steps/"+id, &step))
	if step.Status != "approved" || step.Told == nil {
		t.Errorf("the seller sees %+v", step)
	}
	if err := s.eastbrook.post(ctx, "/v1/protective-steps/"+id+"/withdraw", nil, nil); code(err) != "wrong-state" {
		t.Errorf("what was agreed to is withdrawn: %v", err)
	}
}

// TestTheRegisterIsThePlatforms holds F-82 and C-168 over HTTP: a world sees its own agencies and why one may not be asked, only the platform
// changes them, and a version counts.
func TestTheRegisterIsThePlatforms(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	id := s.made(s.platform, "/v1/agencies", s.agency())
	live := s.agency()
	delete(live, "world")
	s.made(s.platform, "/v1/agencies", live)
	type agency struct {
		ID      string
		Usable  bool
		Reasons []string
		Version int
	}
	listed := func(c *client) []agency {
		t.Helper()
		var list struct{ Data []agency }
		s.must(c.signIn(ctx))
		s.must(c.get(ctx, "/v1/agencies", &list))
		return list.Data
	}
	for name, c := range map[string]*client{"a factor": s.eastbrook, "a seller": s.alice.client} {
		if got := listed(c); len(got) != 1 || got[0].ID != id || !got[0].Usable {
			t.Errorf("%s sees %+v", name, got)
		}
	}
	if got := listed(s.platform); len(got) != 2 {
		t.Errorf("the platform sees %+v", got)
	}
	renewed := s.agency()
	delete(renewed, "world")
	renewed["licence"] = map[string]string{"authority": "Landgericht Berlin", "number": "3712 E 1", "valid_until": "2026-02-05"}
	put := func(version string) (int, string) {
		data, err := json.Marshal(renewed)
		s.must(err)
		response, answer := s.fetch(t, http.MethodPut, "/v1/agencies/"+id, data, func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+s.platform.token)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("If-Match", `"`+id+"."+version+`"`)
		})
		return response.StatusCode, string(answer)
	}
	if status, answer := put("1"); status != http.StatusOK || !strings.Contains(answer, `"version":2`) {
		t.Fatalf("renewed: %d %s", status, answer)
	}
	if status, answer := put("1"); status != http.StatusPreconditionFailed {
		t.Errorf("an old version: %d %s", status, answer)
	}
	if got := listed(s.eastbrook); got[0].Usable || len(got[0].Reasons) != 1 || got[0].Reasons[0] != "licence_expired" {
		t.Errorf("with a licence that is over: %+v", got)
	}
	nowhere := s.agency()
	nowhere["world"] = "world_" + strings.Repeat("1", 32)
	if err := s.platform.post(ctx, "/v1/agencies", nowhere, nil); code(err) != "invalid" {
		t.Errorf("in no world: %v", err)
	}
}

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// boundUntil checks until when the contact policy binds the seller of a deal, as its parties read it (D-25).
func (b *storyB) boundUntil(day string) {
	b.t.Helper()
	for _, c := range []*client{b.tarn, b.northgate} {
		var shown struct {
			Deal struct {
				Days  int    `json:"policy_days_after_recourse"`
				Until string `json:"policy_binds_until"`
			}
		}
		b.must(c.get(b.t.Context(), "/v1/deals/"+b.deal, &shown))
		if shown.Deal.Days != 90 || shown.Deal.Until != day {
			b.t.Errorf("the policy binds the seller: %+v", shown.Deal)
		}
	}
}
