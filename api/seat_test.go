package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

// TestASellerSaysHowItsDebtorIsWrittenTo holds F-67: which of our messages wait for the
// seller, whether it gets copies, where the debtor is and how a person calls it stand on
// the relationship, are checked field by field, and follow its country.
func TestASellerSaysHowItsDebtorIsWrittenTo(t *testing.T) {
	f := held(withCases(newFront(t)))
	seller := f.join("seller", "Marlow")
	plain := f.must(201, seller, "POST", "/v1/relationships", map[string]any{"code": "A", "name": "Ab Ltd"})
	if plain.body["approval"] != "none" || plain.body["copied"] != false || plain.body["region"] != nil || plain.body["phone"] != nil || plain.body["address"] != nil {
		t.Errorf("what nobody said: %s", plain.raw)
	}
	made := f.must(201, seller, "POST", "/v1/relationships", map[string]any{
		"code": "B", "name": "Cd Inc", "country": "US", "approval": "first_touch", "copied": true, "region": "US-CA", "phone": "+14155550123", "address": "12 Long Quay\nOakland, CA 94607",
	})
	if made.body["approval"] != "first_touch" || made.body["copied"] != true || made.body["region"] != "US-CA" || made.body["phone"] != "+14155550123" || made.body["address"] != "12 Long Quay\nOakland, CA 94607" {
		t.Errorf("made %s", made.raw)
	}
	path, tag := "/v1/relationships/"+made.text("id"), made.text("id")
	for body, faults := range map[string]string{
		`{"approval":"always"}`: "/approval not-allowed", `{"region":"California"}`: "/region malformed", `{"region":"us-ca"}`: "/region malformed", `{"region":"GB-ENG"}`: "/region another-country",
		`{"phone":"0415 555 0123"}`: "/phone malformed", `{"phone":"+0415"}`: "/phone malformed", `{"phone":"+1234567890123456"}`: "/phone malformed",
		`{"address":"1\n2\n3\n4\n5"}`: "/address malformed", `{"address":"a\n\nb"}`: "/address malformed", `{"address":"` + strings.Repeat("a", 61) + `"}`: "/address malformed",
		`{"approval":"x","region":"y","phone":"z"}`: "/approval not-allowed, /region malformed, /phone malformed",
	} {
		if got := f.must(422, seller, "PATCH", path, body, "If-Match", `"`+tag+`.1"`); got.faults() != faults {
			t.Errorf("%s: %s, want %s", body, got.faults(), faults)
		}
	}
	f.must(400, seller, "PATCH", path, `{"copied":"yes"}`, "If-Match", `"`+tag+`.1"`)
	if got := f.must(422, seller, "POST", "/v1/relationships", map[string]any{"code": "C", "name": "Ef", "region": "US-CA"}); got.faults() != "/region another-country" {
		t.Errorf("a region without a country: %s", got.faults())
	}
	changed := f.must(200, seller, "PATCH", path, map[string]any{"approval": "every_touch", "copied": nil, "phone": nil}, "If-Match", `"`+tag+`.1"`)
	if changed.body["approval"] != "every_touch" || changed.body["copied"] != false || changed.body["phone"] != nil || changed.body["region"] != "US-CA" {
		t.Errorf("changed %s", changed.raw)
	}
	moved := f.must(200, seller, "PATCH", path, map[string]any{"country": "GB", "approval": nil}, "If-Match", changed.header.Get("ETag"))
	if moved.body["region"] != nil || moved.body["approval"] != "none" {
		t.Errorf("moved to another country: %s", moved.raw)
	}
}

// TestTheSellersSeatOverHTTP holds F-67, D-7 and D-23 against the contract: pauses of both
// sides and their ends, words on a message that waits, the preview and the voice; with
// replays, the walls between tenants, and faults that name their field.
func TestTheSellersSeatOverHTTP(t *testing.T) {
	f := newTrade(t)
	sale := f.sold("MP-1042")
	deal, kase := idOf(sale.body["deal"]), sale.text("case_id")
	path, stranger := "/v1/cases/"+kase+"/pauses", f.join("seller", "Other")
	for body, faults := range map[string]string{
		`{"reason":""}`: "/reason required", `{"reason":"x","deal_id":"deal_1"}`: "/deal_id malformed", `{"reason":"x","until":"tomorrow"}`: "/until not-an-instant",
		`{"reason":"x","until":"2199-01-01T00:00:00Z"}`: "/until too-far", `{"reason":"x","until":"2020-01-01T00:00:00Z"}`: "/until in-the-past",
		`{"reason":"x","deal_id":"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"}`: "/deal_id not-in-the-case",
	} {
		if got := f.must(422, f.seller, "POST", path, body); got.faults() != faults {
			t.Errorf("%s: %s, want %s", body, got.faults(), faults)
		}
	}
	if got := f.must(422, f.factor, "POST", path, `{"reason":"x"}`); got.faults() != "/until required" {
		t.Errorf("a factor's pause without an end: %s", got.raw)
	}
	key := uuid.NewString()
	pause := f.must(201, f.seller, "POST", path, map[string]any{"deal_id": deal, "reason": "A new order"}, "Idempotency-Key", key)
	if again := f.must(201, f.seller, "POST", path, map[string]any{"deal_id": deal, "reason": "A new order"}, "Idempotency-Key", key); again.raw != pause.raw || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same key is another answer: %s", again.raw)
	}
	f.must(422, f.seller, "POST", path, map[string]any{"reason": "Another"}, "Idempotency-Key", key)
	if pause.text("side") != "seller" || pause.body["until"] != nil || pause.body["ended_at"] != nil {
		t.Errorf("the pause is %s", pause.raw)
	}
	f.must(409, f.seller, "POST", path, map[string]any{"deal_id": deal, "reason": "Again"})
	f.must(201, f.factor, "POST", path, map[string]any{"reason": "A holiday", "until": time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)})
	end := "/v1/pauses/" + pause.text("id") + "/end"
	f.must(403, f.factor, "POST", end, nil)
	f.must(404, stranger, "POST", end, nil)
	f.must(404, stranger, "POST", path, map[string]any{"reason": "Mine"})
	for _, list := range []string{path, "/v1/cases/" + kase + "/approvals", "/v1/cases/" + kase + "/preview"} {
		f.must(404, stranger, "GET", list, nil)
		f.must(404, f.join("factor", "Westbrook "+list[len(list)-4:]), "GET", list, nil)
	}
	for _, token := range []string{f.seller, f.factor} {
		if n := len(rows(f.must(200, token, "GET", path, nil))); n != 2 {
			t.Errorf("%d pauses, want 2", n)
		}
		if got := f.must(200, token, "GET", "/v1/cases/"+kase+"/preview", nil); got.text("waits_for") == "" && got.body["touch"] == nil {
			t.Errorf("the preview is %s", got.raw)
		}
	}
	if ended := f.must(200, f.seller, "POST", end, nil); ended.body["ended_at"] == nil {
		t.Errorf("ended %s", ended.raw)
	}
	f.must(409, f.seller, "POST", end, nil)
	f.words(kase, stranger)
	f.voice()
}

// words lets both sides speak on a message of a case that waits.
func (f *trade) words(kase, stranger string) {
	f.Helper()
	id, err := domain.ParseCaseID(kase)
	if err != nil {
		f.Fatal(err)
	}
	var touches []string
	for step := range 2 {
		touch := domain.New[domain.TouchID]()
		touches = append(touches, "/v1/touches/"+touch.String())
		if _, err := f.data.Owner(f).ExecContext(f.Context(), `INSERT INTO touches (id, world_id, case_id, factor_id, seller_id, relationship_id, cycle, step, class, tone, status, recipient, contact_key, created_at)
			SELECT $1, world_id, id, factor_id, seller_id, relationship_id, 1, 'post_due:' || $3, 'reminder', 1, 'planned', '', '', now() FROM cases WHERE id = $2`, touch.UUID, id.UUID, step+1); err != nil {
			f.Fatal(err)
		}
	}
	f.must(409, f.seller, "POST", touches[0]+"/approve", nil) // the relationship asks for nothing
	f.must(200, f.seller, "PATCH", "/v1/relationships/"+f.relationship, map[string]any{"approval": "every_touch"}, "If-Match", `"`+f.relationship+`.1"`)
	f.must(404, stranger, "POST", touches[0]+"/approve", nil)
	f.must(409, f.factor, "POST", touches[0]+"/approve", nil)
	if got := f.must(422, f.seller, "POST", touches[1]+"/decline", `{"note":" "}`); got.faults() != "/note required" {
		f.Errorf("a decline without a note: %s", got.raw)
	}
	key := uuid.NewString()
	said := f.must(200, f.seller, "POST", touches[0]+"/approve", nil, "Idempotency-Key", key)
	if again := f.must(200, f.seller, "POST", touches[0]+"/approve", nil, "Idempotency-Key", key); again.raw != said.raw || said.text("consent") != "approved" {
		f.Errorf("said %s, again %s", said.raw, again.raw)
	}
	f.must(409, f.seller, "POST", touches[0]+"/decline", map[string]any{"note": "no"})
	if got := f.must(200, f.seller, "POST", touches[1]+"/decline", map[string]any{"note": "New terms"}); got.text("consent") != "declined" || got.text("note") != "New terms" {
		f.Errorf("declined %s", got.raw)
	}
	f.must(409, f.seller, "POST", touches[1]+"/approve", nil)
	if got := f.must(200, f.factor, "GET", "/v1/cases/"+kase+"/approvals", nil); len(rows(got)) != 2 {
		f.Errorf("the words are %s", got.raw)
	}
	if n := f.count(`SELECT count(*) FROM touches WHERE status = 'cancelled'`); n != 1 {
		f.Errorf("%d cancelled, want the declined one", n)
	}
}

// voice lets the seller say how it sounds.
func (f *trade) voice() {
	f.Helper()
	if got := f.must(200, f.seller, "GET", "/v1/voice", nil); got.body["line"] != nil || got.body["updated_at"] != nil {
		f.Errorf("nobody said anything: %s", got.raw)
	}
	set := f.must(200, f.seller, "PUT", "/v1/voice", map[string]any{"line": "We print with care.", "informal": true})
	if set.text("line") != "We print with care." || set.body["thanks"] != nil || set.body["informal"] != true {
		f.Errorf("set %s", set.raw)
	}
	if got := f.must(422, f.seller, "PUT", "/v1/voice", map[string]any{"line": "Pay to DE89370400440532013000", "thanks": "See www.marlow.example for more"}); got.faults() != "/line bank-details, /thanks leads-away" {
		f.Errorf("refused for %s", got.faults())
	}
	if got := f.must(200, f.seller, "GET", "/v1/voice", nil); got.raw != set.raw {
		f.Errorf("read %s, set %s", got.raw, set.raw)
	}
	f.must(403, f.factor, "GET", "/v1/voice", nil)
	f.must(403, f.factor, "PUT", "/v1/voice", map[string]any{"line": "We are nice too."})
}
