package collections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// ownScene is a part of an invoice that is its seller's again, on a morning on which nothing stands in the way.
func ownScene() (domain.CaseFacts, domain.Deal, domain.Recourse) {
	s := sceneOf("post_due_next", 1)
	f := s.CaseFacts
	deal := f.Items[0].Deal
	deal.Status, deal.Open = domain.DealChargedBack, usd(0)
	f.Items[0].Deal, f.Feeds, f.Touches, f.Contacts = deal, nil, nil, nil
	r := domain.Recourse{ID: domain.New[domain.RecourseID](), Deal: deal.ID, Status: domain.RecourseReassigned, Part: usd(80_000), Collected: usd(0), Settled: usd(0)}
	return f, deal, r
}

// TestTheGateBindsASellerToo holds D-25: what a seller writes about a part that is its own again stops for everything that
// stops a message of ours, but for our bank's statements, which know nothing of its account; after three it stops by itself.
func TestTheGateBindsASellerToo(t *testing.T) {
	f, deal, r := ownScene()
	if v := collections.GateOwn(f, deal, r); !v.Clear || len(v.Items) != 1 || v.Items[0].Ask != r.Part {
		t.Fatalf("nothing stands in the way, and the gate says %+v", v)
	}
	sent := func(days int, step string) domain.Touch {
		return domain.Touch{
			ID: domain.New[domain.TouchID](), Class: domain.ClassReminder, Status: domain.TouchSent, Step: step, Cycle: f.Case.Cycle, Recipient: f.Relationship.Email,
			Items: []domain.DealID{deal.ID}, ClaimedAt: f.Now.AddDate(0, 0, -days), SentAt: f.Now.AddDate(0, 0, -days),
		}
	}
	step := "own:" + r.ID.String()
	for name, tc := range map[string]struct {
		change func(*domain.CaseFacts, *domain.Recourse)
		codes  []string
	}{
		"a message of ours six days ago": {func(f *domain.CaseFacts, _ *domain.Recourse) { f.Touches = []domain.Touch{sent(6, "post_due:1")} }, []string{"gap_lt_7d"}},
		"of its own":                     {func(f *domain.CaseFacts, _ *domain.Recourse) { f.Touches = []domain.Touch{sent(6, step+":1")} }, []string{"gap_lt_7d"}},
		"three of its own": {func(f *domain.CaseFacts, _ *domain.Recourse) {
			f.Touches = []domain.Touch{sent(40, step+":1"), sent(30, step+":2"), sent(20, step+":3")}
		}, []string{"awaiting_human"}},
		"three about another part": {func(f *domain.CaseFacts, _ *domain.Recourse) {
			f.Touches = []domain.Touch{sent(40, "own:a:1"), sent(30, "own:a:2"), sent(20, "own:a:3")}
		}, nil},
		"somebody else today": {func(f *domain.CaseFacts, _ *domain.Recourse) { f.Contacts = []domain.Contact{{At: f.Now, Daily: true}} }, []string{"one_per_day"}},
		"seven in seven days": {func(f *domain.CaseFacts, _ *domain.Recourse) {
			f.Contacts = slices.Repeat([]domain.Contact{{At: f.Now.AddDate(0, 0, -1), Counted: true}}, 7)
		}, []string{"ceiling_7_in_7"}},
		"at night":        {func(f *domain.CaseFacts, _ *domain.Recourse) { f.Now = f.Now.Add(14 * time.Hour) }, []string{"outside_hours"}},
		"no more, please": {func(f *domain.CaseFacts, _ *domain.Recourse) { f.Stops = []domain.Stop{{Code: domain.StopCease}} }, []string{"cease_requested"}},
		"a complaint":     {func(f *domain.CaseFacts, _ *domain.Recourse) { f.Stops = []domain.Stop{{Code: domain.StopComplaint}} }, []string{"complaint_open"}},
		"a question": {func(f *domain.CaseFacts, _ *domain.Recourse) {
			f.Holds = []domain.Hold{{Code: domain.HoldQuery, Deal: deal.ID}}
		}, []string{"query_unanswered_by_us"}},
		"no mail": {func(f *domain.CaseFacts, _ *domain.Recourse) {
			f.Preferences.OptedOut = []domain.Channel{domain.ChannelEmail}
		}, []string{"opted_out_channel"}},
		"nothing is left of it": {func(_ *domain.CaseFacts, r *domain.Recourse) { r.Settled = r.Part }, []string{"paid_or_pending"}},
		"a half is left of it":  {func(_ *domain.CaseFacts, r *domain.Recourse) { r.Settled = usd(40_000) }, nil},
		"our bank says nothing": {func(f *domain.CaseFacts, _ *domain.Recourse) { f.Feeds = nil }, nil},
	} {
		g, s := f, r
		tc.change(&g, &s)
		if v := collections.GateOwn(g, deal, s); !slices.Equal(v.Codes, tc.codes) || v.Clear != (len(tc.codes) == 0) {
			t.Errorf("%s: %v, want %v (%s)", name, v.Codes, tc.codes, v.Facts)
		}
	}
}

// TestASellersOwnReminder holds D-24 and D-25: it is written in the seller's name alone, as mildly as a first reminder of
// ours, and the lint finds nothing.
func TestASellersOwnReminder(t *testing.T) {
	f, deal, r := ownScene()
	letter, err := collections.WriteOwn(f, deal, r, collections.GateOwn(f, deal, r))
	if err != nil {
		t.Fatal(err)
	}
	if findings := collections.LintOwn(letter); len(findings) > 0 {
		t.Errorf("lint: %s", strings.Join(findings, "\n"))
	}
	golden(t, "own_reminder", letter.Subject+"\n\n"+letter.Text)
	if strings.Contains(letter.Subject+letter.Text, f.Factor.Name) {
		t.Errorf("the factor is named:\n%s", letter.Text)
	}
}
