package api_test

import (
	"testing"
)

// TestASellerSaysHowItsDebtorIsWrittenTo holds F-67: which of our messages wait for the
// seller, whether it gets copies, where the debtor is and how a person calls it stand on
// the relationship, are checked field by field, and follow its country.
func TestASellerSaysHowItsDebtorIsWrittenTo(t *testing.T) {
	f := held(withCases(newFront(t)))
	seller := f.join("seller", "Marlow")
	plain := f.must(201, seller, "POST", "/v1/relationships", map[string]any{"code": "A", "name": "Ab Ltd"})
	if plain.body["approval"] != "none" || plain.body["copied"] != false || plain.body["region"] != nil || plain.body["phone"] != nil {
		t.Errorf("what nobody said: %s", plain.raw)
	}
	made := f.must(201, seller, "POST", "/v1/relationships", map[string]any{
		"code": "B", "name": "Cd Inc", "country": "US", "approval": "first_touch", "copied": true, "region": "US-CA", "phone": "+14155550123",
	})
	if made.body["approval"] != "first_touch" || made.body["copied"] != true || made.body["region"] != "US-CA" || made.body["phone"] != "+14155550123" {
		t.Errorf("made %s", made.raw)
	}
	path, tag := "/v1/relationships/"+made.text("id"), made.text("id")
	for body, faults := range map[string]string{
		`{"approval":"always"}`: "/approval not-allowed", `{"region":"California"}`: "/region malformed", `{"region":"us-ca"}`: "/region malformed", `{"region":"GB-ENG"}`: "/region another-country",
		`{"phone":"0415 555 0123"}`: "/phone malformed", `{"phone":"+0415"}`: "/phone malformed", `{"phone":"+1234567890123456"}`: "/phone malformed",
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
