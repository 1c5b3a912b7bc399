package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"comity/repository/repositorytest"
)

// equipped gives every operation somebody who may ask it, ids of things that
// are there, and a body that would be taken.
func (s *scene) equipped(all []operation) []operation {
	s.t.Helper()
	ids := s.things()
	for _, c := range []*client{s.alice.client, s.eastbrook, s.platform, s.neutral} {
		s.must(c.signIn(s.t.Context()))
	}
	bodies, token := s.rightBodies(ids), s.link()
	token = token[strings.LastIndex(token, "/")+1:]
	for i, o := range all {
		all[i].as, all[i].real, all[i].body = s.asker(o), o.path, bodies[o.String()]
		if o.linked {
			all[i].link = token
		}
		for _, name := range []string{"{id}", "{code}", "{kind}", "{invoice_id}", "{name}"} {
			if strings.Contains(o.path, name) {
				id := ids[strings.Split(strings.Replace(o.path, "/v1/debtor/", "/v1/", 1), "/")[2]]
				if name != "{id}" && name != "{name}" && !strings.HasPrefix(o.path, "/v1/laws/") {
					id = ids[strings.Split(o.path, "/")[4]]
				} else if strings.Contains(o.path, "/conditions/") {
					id = ids["unpaid"]
				}
				if id == "" {
					s.t.Fatalf("%s: the scene has no such thing", o)
				}
				all[i].real = strings.Replace(all[i].real, name, id, 1)
			}
		}
		if slices.Contains(o.media, "application/json") && all[i].body == nil && !strings.HasPrefix(o.path, "/v1/inbound/") { // signed news are not judged by their members
			s.t.Errorf("%s: the test knows no right body", o)
		}
	}
	return all
}

// asker returns who may ask an operation.
func (s *scene) asker(o operation) *client {
	for _, part := range []string{"/organizations", "/sandboxes", "/release", "/objections/{id}/decision", "/models", "/mediators/", "/appoint", "/agencies", "/laws/{code}/signatures"} {
		if strings.Contains(o.path, part) {
			return s.platform
		}
	}
	for _, path := range []string{"/v1/mediations/{id}", "/v1/mediations/{id}/timetable", "/v1/mediations/{id}/notes", "/v1/mediations/{id}/proposals", "/v1/mediations/{id}/end"} {
		if o.path == path {
			return s.neutral
		}
	}
	for _, path := range []string{"/v1/disputes/{id}/answer", "/v1/disputes/{id}/root-cause", "/v1/plans/{id}/consent", "/v1/mediations/{id}/answer", "/v1/recourses/{id}/reports", "/v1/recourses/{id}/reminders"} {
		if o.path == path {
			return s.alice.client
		}
	}
	for _, part := range []string{
		"/replies", "/playbooks", "/tasks", "/call", "/touches/{id}/result", "/settle", "/approve", "/refuse", "/standing", "/offers/{id}/decision", "/debtor-limit", "/mandates", "/bank-statements", "/receipts", "/file", "/stops", "/gate-decisions", "/questions", "/disputes", "/send-again", "/cases", "/conditions", "/plans", "/recourses", "/mediations", "/escalations", "/legal-consults", "/protective-steps", "/disclosings",
	} {
		if strings.Contains(o.path, part) {
			return s.eastbrook
		}
	}
	return s.alice.client
}

// things returns one id of every kind of thing with a path of its own, and the
// codes in paths.
func (s *scene) things() map[string]string {
	s.t.Helper()
	ctx, link := s.t.Context(), s.link()
	for verb, form := range map[string]url.Values{
		"question": {"deal": {s.deal}, "said": {"Which order was it?"}}, "dispute": {"deal": {s.deal}, "currency": {"EUR"}, "amount": {"10.00"}, "said": {"wet boxes"}},
		"promise": {"deal": {s.deal}, "currency": {"EUR"}, "amount": {"100.00"}, "day": {"2026-02-12"}},
		"plan":    {"deal": {s.deal}, "count": {"3"}, "every": {"14"}, "day": {"2026-03-10"}, "reason": {"cash_flow"}, "said": {"the season was slow"}},
	} {
		s.must(s.submit(ctx, link, verb, form))
	}
	s.arrives("2026-02-10", 5_00, "no word of what for")
	s.must(s.alice.do(ctx, call{method: http.MethodPost, path: "/v1/imports", raw: []byte(historyHeader + "\nH-1,B1,100.00,EUR,2025-01-01,2025-02-01,2025-02-03\nH-2,B1,x\n"), media: "text/csv"}, nil))
	model := s.shadow()
	another := s.alice
	second := s.invoiceOf(s.alice, "SECOND")
	second["supplier_tax_id"] = "DE111"
	another.invoice = s.made(s.alice.client, "/v1/invoices", second)
	var unpaid struct {
		Deal struct{ ID string } `json:"deal"`
	}
	s.must(s.alice.post(ctx, "/v1/offers/"+s.offers(another)[0]+"/accept", nil, &unpaid))
	s.must(s.eastbrook.post(ctx, "/v1/cases/"+s.kase+"/stops", map[string]any{"code": "complaint_open", "reason": "a letter"}, nil))
	s.must(s.eastbrook.do(ctx, call{method: http.MethodPut, path: "/v1/cases/" + s.kase + "/contact", body: contactWish()}, nil))
	s.quiet()
	first := func(query string) string {
		var id string
		s.must(s.owner.QueryRowContext(ctx, query).Scan(&id))
		return strings.ReplaceAll(id, "-", "")
	}
	s.counts() // opens the owner's connection
	dispute := "dsp_" + first(`SELECT id FROM disputes`)
	s.made(s.eastbrook, "/v1/disputes/"+dispute+"/notes", map[string]any{"said": "We look at it."})
	recourse := s.made(s.eastbrook, "/v1/deals/"+s.deal+"/recourses", recourse())
	_, err := s.owner.ExecContext(ctx, `INSERT INTO claim_payments (id, factor_id, seller_id, recourse_id, receipt_id, amount_minor, value_on, at)
		SELECT gen_random_uuid(), r.factor_id, r.seller_id, r.id, p.id, 1, p.value_on, now() FROM recourses r, receipts p WHERE p.factor_id = r.factor_id LIMIT 1`)
	s.must(err)
	mediation := s.mediated(dispute)
	pause, touch := s.seated(), "tch_"+first(`SELECT touch_id FROM approvals`)
	seller := "org_" + first(`SELECT seller_id FROM deals`)
	s.thought(seller)
	var photo struct{ ID string }
	s.must(s.eastbrook.do(ctx, call{method: http.MethodPost, path: "/v1/disputes/" + dispute + "/evidence", raw: []byte("wet boxes"), media: "text/plain"}, &photo))
	objection, row := s.contested("dec_"+first(`SELECT id FROM decisions`), "inv_"+first(`SELECT id FROM history`))
	ids := map[string]string{
		"unpaid": unpaid.Deal.ID, "invoices": s.invoice, "offers": s.offerID, "deals": s.deal, "cases": s.kase, "relationships": s.rel, "bank-accounts": s.alice.account,
		"conditions": "verified", "letters": "notice", "stops": "complaint_open", "decisions": "dec_" + first(`SELECT id FROM decisions`), "imports": "imp_" + first(`SELECT id FROM imports`),
		"mandates": "man_" + first(`SELECT m.id FROM mandates m JOIN deals d ON d.mandate_id = m.id`), "payouts": "pay_" + first(`SELECT id FROM payouts`),
		"bank-statements": "stm_" + first(`SELECT statement_id FROM statement_lines`), "receipts": "rcp_" + first(`SELECT id FROM receipts`),
		"inbound": "org_" + first(`SELECT factor_id FROM deals`), "disputes": dispute, "mediations": mediation, "mediators": s.organization(s.neutral), "evidence": photo.ID, "plans": "plan_" + first(`SELECT id FROM plans`), "recourses": recourse, "questions": "qst_" + first(`SELECT id FROM questions`),
		"objections": objection, "history": row, "models": model, "sellers": seller, "replies": s.answered(),
		"laws": "de-notice", "cards": s.begun(), "vouchers": s.appreciated(), "pauses": pause, "touches": touch, "playbooks": s.made(s.eastbrook, "/v1/playbooks", playbook()),
	}
	maps.Copy(ids, s.outsideThings())
	return ids
}

// begun is a payment by card of a debtor whose factor took them once.
func (s *scene) begun() string {
	s.t.Helper()
	var id string
	s.must(s.owner.QueryRowContext(s.t.Context(), `INSERT INTO card_payments (id, world_id, case_id, factor_id, seller_id, link_id, status, currency, amount_minor, asked_at)
		SELECT gen_random_uuid(), k.world_id, k.id, k.factor_id, k.seller_id, l.id, 'expired', 'EUR', 100, now() FROM links l JOIN cases k ON k.id = l.case_id LIMIT 1
		RETURNING 'card_' || replace(id::text, '-', '')`).Scan(&id))
	return id
}

// mediated has a neutral admitted, and appointed in a dispute. It returns the mediation's id.
func (s *scene) mediated(dispute string) string {
	s.t.Helper()
	s.neutral = s.signUp("mediator", "Fairway Dispute Resolution", "DE")
	entry := call{method: http.MethodPut, path: "/v1/mediators/" + s.organization(s.neutral), body: admission()}
	s.must(s.platform.do(s.t.Context(), entry, nil))
	var id string
	s.must(s.owner.QueryRowContext(s.t.Context(), `INSERT INTO mediations (id, world_id, dispute_id, case_id, factor_id, seller_id, deal_id, status, asked_by, offered_at, answer_by, answers,
		agreed_at, begin_by, mediator_id, mediator_name, appointed_at) SELECT gen_random_uuid(), k.world_id, d.id, d.case_id, d.factor_id, d.seller_id, d.deal_id, 'appointed', 'clock', now(), '2027-01-01',
		'{"debtor":"accepted","seller":"accepted","factor":"accepted"}', now(), '2027-01-01', m.organization_id, m.name, now()
		FROM disputes d JOIN cases k ON k.id = d.case_id, mediators m WHERE 'dsp_' || replace(d.id::text, '-', '') = $1 RETURNING 'med_' || replace(id::text, '-', '')`, dispute).Scan(&id))
	return id
}

func admission() map[string]any {
	return map[string]any{"body": "CEDR", "number": "20871", "valid_until": "2027-12-31", "languages": []string{"en"}}
}

// thought records what prices by risk rest on: Eastbrook's opinion of Alice, and what
// Alice knows of her customer.
func (s *scene) thought(seller string) {
	s.t.Helper()
	path := "/v1/sellers/" + seller + "/standing"
	response, answer := s.fetch(s.t, http.MethodPut, path, []byte(`{"grade":"B","reason":"accounts seen"}`), func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+s.eastbrook.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", `"`+seller+`.0"`)
	})
	if response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, response.StatusCode, answer)
	}
	s.made(s.alice.client, "/v1/invoices/"+s.invoice+"/verifications", verification())
	s.made(s.alice.client, "/v1/relationships/"+s.rel+"/dilution", dilution())
}

// seated lets Alice take her seat: a pause, a voice and a word on a message. It
// returns the pause's id.
func (s *scene) seated() string {
	s.t.Helper()
	response, answer := s.fetch(s.t, http.MethodPut, "/v1/voice", []byte(`{"line":"We mean it."}`), func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+s.alice.token)
		r.Header.Set("Content-Type", "application/json")
	})
	if response.StatusCode != http.StatusOK {
		s.t.Fatalf("voice: %d %s", response.StatusCode, answer)
	}
	_, err := s.owner.ExecContext(s.t.Context(), `INSERT INTO approvals (id, touch_id, case_id, factor_id, seller_id, side, user_id, consent, note, at)
		SELECT gen_random_uuid(), id, case_id, factor_id, seller_id, 'seller', gen_random_uuid(), 'approved', '', now() FROM touches LIMIT 1`)
	s.must(err)
	return s.made(s.alice.client, "/v1/cases/"+s.kase+"/pauses", map[string]any{"deal_id": s.deal, "reason": "a new order"})
}

// answered lets the debtor answer by mail, and returns the reply's id.
func (s *scene) answered() string {
	s.t.Helper()
	mail := "From: " + s.debtor + "\r\nTo: " + s.replyTo() + "\r\nMessage-ID: <1@seeblick.example>\r\nSubject: A question\r\n\r\nWhich order was it?\r\n"
	reply, err := s.app.cases.Receive(s.t.Context(), []byte(mail), time.Now())
	s.must(err)
	if reply.Case.IsZero() {
		s.t.Fatalf("the mail of %s belongs to no case", s.debtor)
	}
	return reply.ID.String()
}

// playbook is a short one for a segment.
func playbook() map[string]any {
	return map[string]any{
		"name": "short", "level": "segment", "segment": "DE/company",
		"before": []any{map[string]any{"name": "pre_due", "days": 7, "early": 9, "late": 5, "min_terms": 0}},
		"after": []any{map[string]any{
			"name": "did_it_reach_you", "channel": "email", "tone": 1, "wait": 7, "template": "post_due_first", "people": 0, "min_late": 0, "min_quiet": 0,
		}},
	}
}

func recourse() map[string]any {
	return map[string]any{"reason": "breach", "amount": map[string]string{"amount": "5.00", "currency": "EUR"}, "evidence": "the goods were never sent"}
}

func contactWish() map[string]any {
	return map[string]any{"kind": "role", "mode": "each", "opted_out": []string{"phone"}, "prefers": "email", "source": "a letter"}
}

func verification() map[string]any {
	return map[string]any{
		"level": 2, "method": "signed delivery note", "asked": "goods inwards", "answer": "received", "evidence_sha256": strings.Repeat("ab", 32), "expires_on": "2026-03-01",
	}
}

func dilution() map[string]any {
	return map[string]any{"currency": "EUR", "credit_lag_days": 30, "months": []any{
		map[string]string{"month": "2025-10", "sales": "1000.00", "credits": "10.00"}, map[string]string{"month": "2025-11", "sales": "1000.00", "credits": "0.00"},
	}}
}

// shadow proposes a fitted model, lets it look on, and returns its name.
func (s *scene) shadow() string {
	s.t.Helper()
	by := atTheCommandLine()
	m, err := s.app.market.ProposeModel(s.t.Context(), by, repositorytest.Artefact(s.t, 1), "a test", nil)
	s.must(err)
	s.must(s.platform.post(s.t.Context(), "/v1/models/"+m.Name+"/moves", map[string]any{"to": "shadow"}, nil))
	return m.Name
}

// contested corrects a row of Alice's history and objects to a decision, with a
// fact about the same row.
func (s *scene) contested(decision, row string) (objection, corrected string) {
	s.t.Helper()
	s.must(s.alice.signIn(s.t.Context()))
	path := "/v1/relationships/" + s.rel + "/history/" + row
	response, answer := s.fetch(s.t, http.MethodPatch, path, []byte(`{"disputed":true}`), func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+s.alice.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", `"`+row+`.1"`)
	})
	if response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, response.StatusCode, answer)
	}
	return s.made(s.alice.client, "/v1/decisions/"+decision+"/objections", s.objection(row)), row
}

// objection is a right one about a row of history.
func (s *scene) objection(row string) map[string]any {
	return map[string]any{"reason": "it is not so", "reason_code": "general", "facts": []any{
		map[string]string{"kind": "history", "invoice_id": row, "field": "disputed", "value": "false", "evidence": "a letter"},
		map[string]string{"kind": "statement", "text": "they are nice"},
	}}
}

const historyHeader = "invoice_id,debtor_id,amount,currency,issue_date,due_date,paid_date"

// rightBodies returns a body that would be taken for every operation that takes
// JSON, with every member that there is.
func (s *scene) rightBodies(ids map[string]string) map[string]any {
	relationship := map[string]any{
		"code": "B9", "name": "Gasthof Zur Post", "legal_type": "company", "country": "DE", "tax_id": "DE999", "contact_name": "A. Post",
		"email": "post@gasthof.example", "time_zone": "Europe/Berlin", "terms_days": 30, "heads_up": true, "industry": "hotels", "size": "10-49",
		"approval": "first_touch", "copied": true, "region": "DE-BY", "phone": "+498912345678", "address": "Am See 1\n82319 Starnberg", "assignment": forbidding(),
	}
	invoice := s.invoiceOf(s.alice, "BODY-1")
	maps.Copy(invoice, map[string]any{
		"type_code": "380", "order_reference": "PO 1", "summary": "chairs", "supplier_tax_id": "DE111", "retention": map[string]string{"amount": "1.00", "currency": "EUR"},
		"withholding": map[string]string{"amount": "1.00", "currency": "EUR"}, "early_discounts": []any{map[string]string{"percent": "0.02", "until": "2026-02-12"}},
	})
	change := maps.Clone(relationship)
	reason := map[string]any{"reason": "a person looked"}
	bodies := map[string]any{
		"POST /v1/auth/sign-up": map[string]any{
			"join_code": s.joinCode, "kind": "seller", "name": "Carol GmbH", "legal_type": "company", "country": "DE", "time_zone": "Europe/Berlin", "tax_ids": []string{"DE1"},
			"user_name": "Carol", "user_email": "carol@carol.example", "user_password": "correct horse battery",
		},
		"POST /v1/auth/token":            map[string]any{"email": "nobody@example.org", "password": "correct horse battery"},
		"POST /v1/users":                 map[string]any{"email": "ada@alice.example", "name": "Ada", "role": "member", "password": "correct horse battery"},
		"POST /v1/relationships":         relationship,
		"POST /v1/invoices":              invoice,
		"POST /v1/sandboxes":             map[string]any{"name": "another", "starts_at": "2026-02-03T14:00:00Z"},
		"POST /v1/sandbox/clock":         map[string]any{"to": "2026-02-20T00:00:00Z", "world": s.world},
		"PATCH /v1/relationships/{id}":   change,
		"POST /v1/invoices/{id}/release": reason,
		"POST /v1/deals/{id}/cancel":     reason,
		"POST /v1/questions/{id}/close":  map[string]any{"reply_id": "rpl_" + strings.Repeat("0", 32), "note": "Read.", "reason": "oversight"},
		"POST /v1/questions/{id}/answer": map[string]any{"answer": "Order 1.", "reason": "cash_flow", "understood": "You look for the order."},
		"POST /v1/cases/{id}/stops":      map[string]any{"code": "represented", "reason": "a lawyer wrote"},
		"POST /v1/disputes/{id}/answer": map[string]any{
			"position": "partly", "credit": map[string]string{"amount": "1.00", "currency": "EUR"}, "said": "One box was ours.",
		},
		"POST /v1/disputes/{id}/notes":      map[string]any{"said": "We look at it."},
		"POST /v1/disputes/{id}/agreed":     map[string]any{"said": "On the telephone, 12 February."},
		"POST /v1/disputes/{id}/resolve":    map[string]any{"outcome": "agreed", "credit_number": "CN-1"},
		"POST /v1/disputes/{id}/root-cause": map[string]any{"said": "The lorry leaked."},
		"POST /v1/cases/{id}/plans": map[string]any{
			"deal_id": ids["deals"], "reason": "cash_flow", "said": "the season was slow", "count": 3, "first_on": "2026-03-10", "every_days": 14, "factor_share": "0.5",
			"instalments": []any{map[string]any{"due_on": "2026-03-10", "amount": map[string]string{"amount": "1.00", "currency": "EUR"}}},
		},
		"POST /v1/laws/{code}/signatures":    s.signature("de-notice"),
		"PUT /v1/mediators/{id}":             admission(),
		"POST /v1/mediations/{id}/answer":    map[string]any{"word": "accepted"},
		"POST /v1/mediations/{id}/appoint":   map[string]any{"organization_id": ids["mediators"]},
		"POST /v1/mediations/{id}/object":    map[string]any{"reason": "It works for their group."},
		"POST /v1/mediations/{id}/timetable": map[string]any{"papers_by": "2026-03-20", "talk_on": "2026-03-26", "proposal_by": "2026-04-02"},
		"POST /v1/mediations/{id}/agree":     map[string]any{"timetable": 1},
		"POST /v1/mediations/{id}/notes":     map[string]any{"said": "When were they opened?"},
		"POST /v1/mediations/{id}/proposals": map[string]any{"credit": map[string]string{"amount": "1.00", "currency": "EUR"}, "reasons": "One box was wet.", "root_cause": "No inspection."},
		"POST /v1/mediations/{id}/vote":      map[string]any{"proposal": 1, "word": "accepted", "credit_number": "CN-1"},
		"POST /v1/mediations/{id}/end":       map[string]any{"reason": "It cannot be settled."},
		"POST /v1/plans/{id}/consent":        map[string]any{"consent": "approved", "note": "good customers"},
		"POST /v1/plans/{id}/withdraw":       map[string]any{"said": "We need it sooner."},
		"POST /v1/deals/{id}/recourses": map[string]any{
			"reason": "breach", "dispute_id": ids["disputes"], "amount": map[string]string{"amount": "5.00", "currency": "EUR"}, "evidence": "never sent",
		},
		"POST /v1/recourses/{id}/reports": map[string]any{"kind": "paid", "amount": map[string]string{"amount": "1.00", "currency": "EUR"}, "on": "2026-02-20", "note": "by transfer"},
		"PUT /v1/cases/{id}/contact":      contactWish(),
		"POST /v1/cases/{id}/pauses":      map[string]any{"deal_id": ids["deals"], "reason": "a new order", "until": "2026-02-20T09:00:00Z"},
		"POST /v1/touches/{id}/decline":   map[string]any{"note": "a new order"},
		"POST /v1/touches/{id}/settle":    map[string]any{"arrived": true, "note": "They wrote back."},
		"POST /v1/touches/{id}/result": map[string]any{
			"result": "promised", "note": "friendly", "deal_id": ids["deals"], "amount": map[string]string{"amount": "1.00", "currency": "EUR"}, "promised_on": "2026-02-20",
		},
		"POST /v1/debtor/confirm":                map[string]any{"code": "nonsense"},
		"POST /v1/debtor/payments":               map[string]any{"deal_id": ids["deals"], "amount": map[string]string{"amount": "1.00", "currency": "EUR"}, "on": "2026-02-05"},
		"POST /v1/debtor/promises":               map[string]any{"deal_id": ids["deals"], "amount": map[string]string{"amount": "1.00", "currency": "EUR"}, "on": "2026-02-12"},
		"POST /v1/debtor/questions":              map[string]any{"deal_id": ids["deals"], "said": "Which order was it?"},
		"POST /v1/debtor/not-received":           map[string]any{"deal_id": ids["deals"]},
		"POST /v1/debtor/wrong-contact":          map[string]any{"mistake": "person", "said": "Ms Ortiz"},
		"POST /v1/debtor/proof":                  map[string]any{"said": "by post"},
		"POST /v1/debtor/complaints":             map[string]any{"said": "rude"},
		"POST /v1/debtor/preferences":            map[string]any{"mode": "digest", "opted_out": []string{"phone"}, "prefers": "email", "hours": "morning", "language": "de"},
		"POST /v1/debtor/feedback":               map[string]any{"ease": "yes", "said": "quick"},
		"POST /v1/debtor/disputes":               map[string]any{"deal_id": ids["deals"], "amount": map[string]string{"amount": "1.00", "currency": "EUR"}, "reason": "damaged", "said": "wet", "remedy": "new ones"},
		"POST /v1/debtor/disputes/{id}/notes":    map[string]any{"said": "Come and look."},
		"POST /v1/debtor/mediations/{id}/answer": map[string]any{"word": "accepted"},
		"POST /v1/debtor/mediations/{id}/object": map[string]any{"reason": "It works for their group."},
		"POST /v1/debtor/mediations/{id}/agree":  map[string]any{"timetable": 1},
		"POST /v1/debtor/mediations/{id}/vote":   map[string]any{"proposal": 1, "word": "accepted"},
		"POST /v1/debtor/cards":                  map[string]any{"deal_id": ids["deals"], "amount": map[string]string{"amount": "1.00", "currency": "EUR"}},
		"POST /v1/debtor/plans":                  map[string]any{"deal_id": ids["deals"], "reason": "cash_flow", "said": "slow", "count": 3, "first_on": "2026-03-10", "every_days": 14},
		"POST /v1/playbooks":                     playbook(),
		"PUT /v1/appreciation":                   appreciation(),
		"POST /v1/vouchers/{id}/redeem":          map[string]any{"reference": "order 4711"},
		"PUT /v1/voice":                          map[string]any{"line": "We mean it.", "thanks": "You keep us warm.", "informal": true},
		"POST /v1/receipts/{id}/apply":           map[string]any{"deal_id": ids["deals"], "amount": map[string]string{"amount": "1.00", "currency": "EUR"}},
		"PUT /v1/deals/{id}/conditions/{code}":   map[string]any{"evidence": "a call", "occurred_at": "2026-02-04T15:00:00Z", "expires_on": "2026-03-06"},
		"POST /v1/decisions/{id}/objections":     s.objection(ids["history"]),
		"POST /v1/objections/{id}/decision":      map[string]any{"outcome": "partly_accepted", "answer": "One of them.", "accepted_facts": []int{2}},
		"PATCH /v1/relationships/{id}/history/{invoice_id}": map[string]any{
			"amount": "90.00", "issue_date": "2025-01-02", "due_date": "2025-02-02", "paid_date": "2025-02-04", "disputed": false, "excluded": true, "reason": "a letter",
		},
		"PUT /v1/sellers/{id}/standing":        map[string]any{"grade": "C", "advance_cap": "0.8", "reason": "accounts seen"},
		"POST /v1/invoices/{id}/verifications": verification(),
		"POST /v1/relationships/{id}/dilution": dilution(),
		"POST /v1/offers/{id}/approve":         reason,
		"POST /v1/offers/{id}/refuse":          reason,
		"POST /v1/models/{name}/moves":         map[string]any{"to": "retired"},
		"POST /v1/quotes": map[string]any{
			"relationship_id": s.rel, "amount": "100.00", "currency": "EUR", "issue_date": "2026-02-02", "due_date": "2026-03-04", "verification": 3,
		},
		"POST /v1/bank-accounts": map[string]any{"purpose": "payout", "currency": "USD", "holder": "Alice", "country": "US", "routing_number": "021000021", "account_number": "12345678"},
		"POST /v1/mandates": map[string]any{
			"currency": "EUR", "advance_cap": "0.9", "dilution_haircut": "0.04", "verification_haircut": "0.02", "seller_haircut": "0",
			"fee":              map[string]any{"first_days": 30, "first_rate": "0.03", "step_days": 10, "step_rate": "0.01"},
			"origination_rate": "0.0025", "origination_fixed": "0.00", "origination_tax_rate": "0.19", "wire_fee": "0.00", "recourse_days": 90, "cure_days": 0, "min_face": "1.00",
			"max_face": "100000.00", "debtor_limit": "1000.00", "facility_limit": "1000.00", "offer_hours": 24, "max_expected_days_late": 60,
			"operating_account_id": s.alice.account, "collection_account_id": s.alice.account, "plan_envelope": map[string]any{"instalments": 2, "days_past_due": 20},
		},
	}
	maps.Copy(bodies, s.outsideBodies(ids))
	return bodies
}

// bodyShots send bodies that no operation takes.
func bodyShots(o operation) []shot {
	if o.method == http.MethodGet {
		return nil
	}
	huge := bytes.Repeat([]byte(" "), 2<<20)
	if len(o.media) == 0 { // a step that takes no body
		var shots []shot
		for _, text := range []string{"[]", "null", `{"reason":"x"}`, "x", "\xef\xbb\xbf{}", "{}{}", "\x00"} {
			shots = append(shots, shot{name: "body " + text, body: []byte(text), codes: []string{"unreadable"}})
		}
		return append(shots, shot{name: "2 MiB", body: append(huge, 'x'), codes: []string{"too-large"}})
	}
	var shots []shot
	for name, change := range map[string]func(*http.Request){
		"no type": header("Content-Type"), "a picture": header("Content-Type", "image/png"), "a form": header("Content-Type", "multipart/form-data; boundary=x"),
		"a broken type": header("Content-Type", ";;;"), "gzip": header("Content-Encoding", "gzip"), "two encodings": header("Content-Encoding", "identity, gzip"),
	} {
		shots = append(shots, shot{name: name, change: change, body: []byte("{}"), codes: []string{"unsupported-media-type"}})
	}
	if o.body == nil {
		return shots
	}
	return append(shots, jsonShots(o, huge)...)
}

// jsonShots break a right JSON body in every way there is.
func jsonShots(o operation, huge []byte) []shot {
	right, err := json.Marshal(o.body)
	if err != nil {
		panic(err)
	}
	unreadable := []string{"unreadable"}
	inside := func(member string) []byte { return append([]byte(`{`+member+`,`), right[1:]...) }
	first, _, _ := strings.Cut(string(right[1:]), ":")
	var shots []shot
	for name, body := range map[string][]byte{
		"empty": {}, "an array": []byte("[]"), "text": []byte(`"x"`), "a number": []byte("1"), "half": right[:len(right)-1], "trailing": append(slices.Clone(right), 'x'),
		"twice": append(slices.Clone(right), right...), "a BOM": append([]byte("\xef\xbb\xbf"), right...), "1,000 deep": []byte(strings.Repeat("[", 1000) + strings.Repeat("]", 1000)),
		"1,000 deep inside": inside(`"x":` + strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000)), "an unknown member": inside(`"nonsense":1`),
		"a read-only member": inside(`"status":"paid_out"`), "an owner": inside(`"seller_id":"org_x"`), "a duplicate member": inside(first + ":null"), "another case": inside(strings.ToUpper(first) + ":null"),
		"UTF-16": []byte("\xff\xfe{\x00}\x00"), "a comment": append([]byte("/* */"), right...), "a NUL": append([]byte{0}, right...), "a NUL member": inside(`"\u0000":1`),
	} {
		shots = append(shots, shot{name: name, body: body, codes: unreadable})
	}
	shots = append(shots, shot{name: "null", body: []byte("null"), codes: unreadable}, shot{name: "2 MiB", body: append(huge, right...), codes: []string{"too-large"}})
	for _, leaf := range leaves(nil, o.body) {
		for name, value := range map[string]string{
			"NUL": `"a\u0000b"`, "invalid UTF-8": "\"a\xffb\"", "a lone surrogate": `"\ud800"`, "200,000 characters": `"` + strings.Repeat("x", 200_000) + `"`, "control": `"\u0001\u001b[31m"`,
			"an object": "{}", "an array": "[[]]", "a large number": "1e999", "a fraction": "1.5", "true": `"true"`, "the year 0": `"0000-01-01T00:00:00Z"`, "the year 9999": `"9999-12-31T23:59:59-14:00"`,
			"NaN": `"NaN"`, "exponent": `"1e5"`, "30 digits": `"123456789012345678901234567890.00"`, "minus": `"-1.00"`, "a path": `"../../../etc/passwd"`,
		} {
			if slices.Contains(soft[leaf[len(leaf)-1]], name) {
				continue
			}
			shots = append(shots, shot{name: strings.Join(leaf, "/") + " is " + name, body: replaced(o.body, leaf, value)})
		}
	}
	return shots
}

// soft says which odd values a member takes, because it is any text.
var soft = func() map[string][]string {
	words := []string{"true", "the year 0", "the year 9999", "NaN", "exponent", "30 digits", "minus", "a path"}
	all := map[string][]string{}
	for _, member := range []string{
		"name", "user_name", "code", "tax_id", "contact_name", "address", "tax_ids", "number", "order_reference", "summary", "supplier_tax_id", "reason", "answer", "evidence", "holder", "account_number",
		"method", "asked", "industry", "size", "source", "understood", "said", "credit_number", "remedy", "body", "reasons", "root_cause", "authority", "counsel", "reference", "by", "who", "outcome", "meaning",
	} {
		all[member] = words
	}
	all["password"], all["user_password"] = words, words
	all["amount"] = []string{"minus"} // of an invoice: it reads, and is not financed
	return all
}()

// leaves returns the way to every value of a body that is no object.
func leaves(at []string, body any) [][]string {
	var out [][]string
	switch b := body.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(b)) {
			out = append(out, leaves(append(slices.Clone(at), name), b[name])...)
		}
	case map[string]string:
		for _, name := range slices.Sorted(maps.Keys(b)) {
			out = append(out, append(slices.Clone(at), name))
		}
	default:
		out = append(out, at)
	}
	return out
}

// replaced returns the JSON of a body with raw text in place of one value.
func replaced(body any, leaf []string, raw string) []byte {
	const mark = `"@@"`
	data, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	var copied map[string]any
	if err := json.Unmarshal(data, &copied); err != nil {
		panic(err)
	}
	at := copied
	for _, name := range leaf[:len(leaf)-1] {
		at, _ = at[name].(map[string]any)
	}
	last := leaf[len(leaf)-1]
	if _, list := at[last].([]any); list && strings.HasPrefix(raw, `"`) {
		at[last] = []any{"@@"}
	} else {
		at[last] = "@@"
	}
	if data, err = json.Marshal(copied); err != nil {
		panic(err)
	}
	return bytes.Replace(data, []byte(mark), []byte(raw), 1)
}

// TestMethodsAndAddressesThatAreNotThere holds T-32 and T-69.
func TestMethodsAndAddressesThatAreNotThere(t *testing.T) {
	h := newHouse(t, onDay{}, "2026-02-03T14:00:00Z")
	for _, path := range []string{"/debug/pprof/", "/metrics", "/swagger/index.html", "/.git/config", "/.env", "/v1", "/v1/", "/v1/invoices/", "//v1/me", "/v2/me", "/d", "/messages"} {
		if response, body := h.fetch(t, http.MethodGet, path, nil, nil); response.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d %.200s", path, response.StatusCode, body)
		}
	}
	for _, method := range []string{"TRACE", "PUT", "DELETE", "PROPFIND", "FOO"} {
		response, body := h.fetch(t, method, "/v1/invoices", nil, header("X-HTTP-Method-Override", "GET"))
		allow := response.Header.Get("Allow")
		if response.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(allow, "GET") || !bytes.Contains(body, []byte(`"method-not-allowed"`)) {
			t.Errorf("%s: %d, Allow %q: %.200s", method, response.StatusCode, allow, body)
		}
	}
	response, _ := h.fetch(t, http.MethodGet, "/v1/me", nil, header("Origin", "https://evil.example"))
	if response.Header.Get("Access-Control-Allow-Origin") != "" || response.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers of an answer: %v", response.Header)
	}
}
