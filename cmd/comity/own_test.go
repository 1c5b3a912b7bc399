package main

import (
	"slices"
	"strings"
	"testing"

	"comity/domain"
)

type wireOwn struct {
	Clear                    bool
	Recipient, Subject, Text string
	Codes                    []string
	LookAgain                string `json:"look_again_at"`
}

// TestASellerGoesOnUnderTheSameCase holds D-25 and D-24 over HTTP: what a seller writes about a part that is its own again
// passes the gate that ours did, is written in its name, counts for everybody, and ends after three; Comity sends none of it.
func TestASellerGoesOnUnderTheSameCase(t *testing.T) {
	h := newHouse(t, onDay{payday: domain.MustDate("2026-04-10")}, "2026-03-02T09:00:00Z")
	b := &storyB{storyA: &storyA{house: h}}
	b.parties()
	b.sale()
	b.firstDispute()
	b.brokenPromise()
	b.planned()
	b.instalments()
	b.secondDispute()
	b.exercised()
	ctx := t.Context()
	path := "/v1/recourses/" + b.recourse + "/reminders"
	if err := b.tarn.post(ctx, path, nil, nil); code(err) != "wrong-state" {
		t.Errorf("while title is held: %v", err)
	}
	b.repaid()
	if err := b.northgate.post(ctx, path, nil, nil); code(err) != "forbidden" {
		t.Errorf("the factor goes on: %v", err)
	}
	ask := func(at string, codes ...string) wireOwn {
		t.Helper()
		b.clock(at)
		var got wireOwn
		b.must(b.tarn.post(ctx, path, nil, &got))
		slices.Sort(got.Codes)
		if !slices.Equal(got.Codes, codes) || got.Clear != (len(codes) == 0) {
			t.Errorf("%s: clear %t, %v; want %v", at, got.Clear, got.Codes, codes)
		}
		return got
	}
	if again := ask("2026-07-27T10:00:00Z", "one_per_day").LookAgain; !strings.HasPrefix(again, "2026-07-28T") { // the release left that morning
		t.Errorf("it may be asked again at %s", again)
	}
	first := ask("2026-07-28T09:00:00Z")
	text := strings.Join(strings.Fields(first.Subject+" "+first.Text), " ")
	for _, said := range []string{"GBP 800.00 of invoice TJ-0387", "Wednesday 1 April 2026", "Dear Moira Shaw", "to the account on our invoice", "Tarn Joinery Ltd accounts", "glad to help"} {
		if !strings.Contains(text, said) {
			t.Errorf("the letter does not say %q:\n%s", said, text)
		}
	}
	if strings.Contains(text, "Northgate") || first.Recipient != moiraMail {
		t.Errorf("not in the seller's own name, or to %s:\n%s", first.Recipient, text)
	}
	ask("2026-07-28T13:00:00Z", "ceiling_7_in_7", "gap_lt_7d", "one_per_day")   // Moira had told of her difficulty: two in fourteen days
	ask("2026-08-02T09:00:00Z", "ceiling_7_in_7", "gap_lt_7d", "outside_hours") // a Sunday
	ask("2026-08-04T09:00:00Z", "ceiling_7_in_7")
	ask("2026-08-11T09:00:00Z")
	ask("2026-08-18T09:00:00Z")
	ask("2026-08-26T09:00:00Z", "awaiting_human")
	b.got("nothing is sent for the seller", 23)
	var touches struct {
		Data []struct {
			Subject, Outcome string
			Disclosure       string
		}
	}
	b.must(b.northgate.get(ctx, "/v1/cases/"+b.kase+"/touches?limit=200", &touches))
	own := 0
	for _, touch := range touches.Data {
		if strings.HasPrefix(touch.Outcome, "for the seller to send") {
			own++
			if touch.Subject != "" {
				t.Errorf("the factor reads %q", touch.Subject)
			}
		}
	}
	if own != 3 {
		t.Errorf("the case has %d messages of the seller's", own)
	}
	b.must(b.tarn.post(ctx, "/v1/recourses/"+b.recourse+"/reports", map[string]any{"kind": "paid", "amount": map[string]string{"amount": "800.00", "currency": "GBP"}, "on": "2026-08-25"}, nil))
	if err := b.tarn.post(ctx, path, nil, nil); code(err) != "wrong-state" {
		t.Errorf("when nothing is left: %v", err)
	}
}
