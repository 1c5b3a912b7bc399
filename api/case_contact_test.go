package api_test

import (
	"strings"
	"testing"
)

// TestTheContactOfACaseIsTheFactorsOnly holds C-101, D-7 and D-27 over HTTP: what a debtor wants is
// read and recorded by its factor, field by field, and its seller is told in the timeline.
func TestTheContactOfACaseIsTheFactorsOnly(t *testing.T) {
	f := newTrade(t)
	path := "/v1/cases/" + f.sold("MP-1045").text("case_id") + "/contact"
	guess := f.must(200, f.factor, "GET", path, nil)
	if guess.text("kind") != "role" || guess.text("mode") != "each" || guess.text("profile") != "none" || guess.body["source"] != nil || guess.body["hardship_since"] != nil {
		t.Errorf("before anything was said: %s", guess.raw)
	}
	wish := map[string]any{"kind": "role", "mode": "portal_only", "opted_out": []string{"phone"}, "prefers": "email", "source": "Ms Vance by telephone"}
	set := f.must(200, f.factor, "PUT", path, wish)
	again := f.must(200, f.factor, "PUT", path, wish)
	if set.raw != again.raw || set.text("mode") != "portal_only" || set.text("prefers") != "email" || set.text("updated_at") == "" || set.raw != f.must(200, f.factor, "GET", path, nil).raw {
		t.Errorf("recorded %s, again %s", set.raw, again.raw)
	}
	timeline := f.must(200, f.seller, "GET", strings.Replace(path, "/contact", "/timeline", 1), nil).raw
	if strings.Count(timeline, "to be written to on its page only") != 1 {
		t.Errorf("the seller reads %s", timeline)
	}
	rival := f.join("factor", "Westbrook")
	for _, method := range []string{"GET", "PUT"} {
		var body any
		if method == "PUT" {
			body = wish
		}
		f.must(403, f.seller, method, path, body)
		f.must(404, rival, method, path, body)
		f.must(401, "", method, path, body)
	}
	for _, tc := range []struct {
		change map[string]any
		faults string
	}{
		{map[string]any{"kind": "desk"}, "/kind not-allowed"},
		{map[string]any{"mode": ""}, "/mode not-allowed"},
		{map[string]any{"opted_out": []string{"email", "fax"}}, "/opted_out/1 not-allowed"},
		{map[string]any{"prefers": "post"}, "/prefers not-allowed"},
		{map[string]any{"prefers": "phone"}, "/prefers opted-out"},
		{map[string]any{"source": " "}, "/source required"},
		{map[string]any{"kind": "", "source": ""}, "/kind not-allowed, /source required"},
	} {
		if got := f.must(422, f.factor, "PUT", path, changed(wish, tc.change)).faults(); got != tc.faults {
			t.Errorf("%v: faults %q, want %q", tc.change, got, tc.faults)
		}
	}
	f.must(400, f.factor, "PUT", path, changed(wish, map[string]any{"colour": "green"}))
}
