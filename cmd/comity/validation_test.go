package main

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"comity/domain"
)

// toCheck are words of the statement of what is asked of a person.
var toCheck = []string{
	"Who asks Eastbrook Factors, LLC, which bought this invoice from Marlow Print Works LLC", "To whom it was owed first Marlow Print Works LLC",
	"MP-1042 2 February 2026 USD 10,000.00 USD 0.00 USD 10,000.00", "No interest and no charges were added", "Say that you do not agree to all of it or to a part",
}

// person plays story A with a sole trader as its debtor, until its advance is paid out.
func person(t *testing.T, region string) *storyA {
	t.Helper()
	a := &storyA{house: newHouse(t, onDay{payday: domain.MustDate("2026-03-09")}, "2026-02-03T14:00:00Z")}
	a.parties(map[string]any{"legal_type": "sole_trader", "region": region})
	a.offer()
	a.sale()
	return a
}

// checkable returns of each letter that Dana got whether it says what there is to check.
func (a *storyA) checkable() []bool {
	a.t.Helper()
	a.quiet()
	letters, err := a.letters(a.t.Context(), danaMail)
	a.must(err)
	var all []bool
	for _, l := range letters {
		text := strings.Join(strings.Fields(l.Text), " ")
		all = append(all, !slices.ContainsFunc(toCheck, func(words string) bool { return !strings.Contains(text, words) }))
	}
	return all
}

// left returns what left, class by class, in its order.
func (a *storyA) left() []string {
	a.t.Helper()
	var list struct {
		Data []struct {
			Class string `json:"class"`
			Sent  bool   `json:"sent"`
			Codes []string
		} `json:"data"`
	}
	a.must(a.eastbrook.get(a.t.Context(), "/v1/cases/"+a.kase+"/gate-decisions", &list))
	var all []string
	for _, d := range list.Data {
		if d.Sent {
			all = append(all, d.Class)
		} else {
			all = append(all, d.Class+" "+strings.Join(d.Codes, " "))
		}
	}
	return all
}

// TestAPersonsNoticeSaysWhatThereIsToCheck holds D-27 over HTTP: the notice to a sole trader in California carries the
// statement, in the mail and on paper, and the reminders follow as they do to anybody.
func TestAPersonsNoticeSaysWhatThereIsToCheck(t *testing.T) {
	a := person(t, "US-CA")
	if got := a.checkable(); !slices.Equal(got, []bool{true}) {
		t.Fatalf("letters that say what there is to check: %v", got)
	}
	s := &scene{storyA: a}
	s.alice.client = a.marlow
	response, onPaper := s.printed(a.marlow, "notice")
	if response.StatusCode != http.StatusOK || !bytes.Equal(onPaper, s.attached("notice-2026-02-05.pdf")) {
		t.Errorf("on paper: %d, %d bytes", response.StatusCode, len(onPaper))
	}
	a.reminders()
	if got := a.checkable(); !slices.Equal(got, []bool{true, false, false}) {
		t.Errorf("after the reminders: %v", got)
	}
}

// TestAPersonReadsWhatThereIsToCheckFirst holds D-27 over HTTP: where the law of a place begins to protect a person after
// its notice, since its region was put right, the statement leaves in a letter of its own, without the account, and
// the reminder that was due waits for it.
func TestAPersonReadsWhatThereIsToCheckFirst(t *testing.T) {
	a := person(t, "US-NY")
	a.clock("2026-02-20T15:00:00Z")
	a.must(a.marlow.signIn(t.Context()))
	response, answer := a.fetch(t, http.MethodPatch, "/v1/relationships/"+a.rel, []byte(`{"region":"US-CA"}`), func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+a.marlow.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", `"`+a.rel+`.1"`)
	})
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the region: %d %s", response.StatusCode, answer)
	}
	a.files("2026-02-24")
	a.clock("2026-02-25T15:00:00Z") // the reminder was to leave at 14:30
	if got := a.checkable(); !slices.Equal(got, []bool{false, true}) {
		t.Fatalf("letters that say what there is to check: %v; the gate: %v", got, a.left())
	}
	letters, err := a.letters(t.Context(), danaMail)
	a.must(err)
	if own := letters[1]; strings.Contains(own.Text, "888000333") || !strings.Contains(own.Text, "asks nothing of you") || !strings.HasPrefix(own.Subject, "For you to check: USD 10,000.00 on invoice MP-1042") {
		t.Errorf("the letter says\n%s\n%s", own.Subject, own.Text)
	}
	a.files("2026-02-25")
	a.clock("2026-02-26T15:00:00Z")
	if got := a.checkable(); !slices.Equal(got, []bool{false, true, false}) {
		t.Errorf("then the reminder: %v", got)
	}
	if got := a.left(); !slices.Equal(got, []string{"legal_notice", "validation", "reminder one_per_day", "reminder"}) {
		t.Errorf("the gate said %v", got)
	}
}
