package api_test

import (
	"testing"
	"time"

	"comity/domain"
	"comity/repository/repositorytest"
)

// TestTheOperatorMovesModels walks a fitted model from its proposal to the decision
// that it makes and the replay of it.
func TestTheOperatorMovesModels(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	operator := f.operator()
	proposed, err := f.market.ProposeModel(t.Context(), domain.Caller{Kind: domain.KindPlatform, Now: time.Now().UTC()}, repositorytest.Artefact(t, 1), "rows until June", nil)
	if err != nil {
		t.Fatal(err)
	}
	path := "/v1/models/" + proposed.Name
	if all := rows(f.must(200, operator, "GET", "/v1/models", nil)); len(all) != 1 || member(all[0], "name") != proposed.Name || member(all[0], "status") != "proposed" {
		t.Errorf("models %v", all)
	}
	f.must(409, operator, "POST", path+"/moves", map[string]any{"to": "live"})
	f.must(422, operator, "POST", path+"/moves", map[string]any{"to": "proposed"})
	f.must(200, operator, "POST", path+"/moves", map[string]any{"to": "shadow"})
	f.judged("MP-1")
	if beside := f.must(200, operator, "GET", path+"/comparison", nil); beside.body["decisions"] != 1.0 || len(list(beside, "furthest")) != 1 {
		t.Errorf("comparison %s", beside.raw)
	}
	f.must(200, operator, "POST", path+"/moves", map[string]any{"to": "live"})
	_, decision := f.judged("MP-2")
	said := f.must(200, f.seller, "GET", "/v1/decisions/"+decision, nil)
	if said.text("model") != proposed.Name || len(list(said, "reasons")) == 0 {
		t.Errorf("decided %s", said.raw)
	}
	got := f.must(200, operator, "POST", path+"/moves", map[string]any{"to": "retired"})
	if got.text("status") != "retired" || got.text("live_at") == "" || got.text("note") != "rows until June" || len(list(reply{body: map[string]any{"c": member(got.body["trained"], "calibration")}}, "c")) == 0 {
		t.Errorf("retired %s", got.raw)
	}
	if again := f.must(200, f.seller, "GET", "/v1/decisions/"+decision+"/replay", nil); again.body["same_bytes"] != true {
		t.Errorf("replay %s", again.raw)
	}
	if drift := f.must(200, operator, "GET", path+"/drift", nil); drift.body["outcomes"] != 0.0 || drift.body["alert"] != nil || len(list(drift, "horizons")) != 3 || len(list(drift, "pit")) != 10 {
		t.Errorf("drift %s", drift.raw)
	}
	for _, at := range []string{"/v1/models", path, path + "/drift", path + "/comparison"} {
		f.must(403, f.seller, "GET", at, nil)
	}
	f.must(404, operator, "GET", "/v1/models/paytime-0000000000000000", nil)
	f.must(404, operator, "GET", "/v1/models/v1", nil)
}
