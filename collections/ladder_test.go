package collections_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// took is a message that took a rung and was delivered.
func took(f domain.CaseFacts, s domain.AfterStep, when time.Time) domain.Touch {
	t := domain.Touch{
		ID: domain.New[domain.TouchID](), Step: fmt.Sprintf("post_due:%d", len(f.Touches)+1), Class: domain.ClassReminder, Tone: s.Tone, Rung: s.Name, People: s.People,
		Cycle: f.Case.Cycle, Status: domain.TouchSent, Items: []domain.DealID{f.Items[0].Deal.ID}, ClaimedAt: when, SentAt: when,
	}
	if s.Channel == domain.ChannelPhone {
		t.Class = domain.ClassCall
	}
	return t
}

// climbed is the case of story A after rungs of the built-in playbook, by name, each met with
// silence, eleven days apart; now it is eleven days after the last.
func climbed(rungs ...string) domain.CaseFacts {
	f := storyA()
	f.Relationship.LegalType, f.Relationship.Phone = domain.Company, "+12125550142"
	f.Items[0].NoticeAt, f.Items[0].Deal.Open = at("2026-02-05 10:02"), usd(1_000_000)
	f.Feeds[0].Spans = statements("2026-02-04", "2026-07-31")
	f.Now = at("2026-03-09 09:30")
	for _, name := range rungs {
		i := slices.IndexFunc(collections.BuiltIn().After, func(s domain.AfterStep) bool { return s.Name == name })
		f.Touches = append(f.Touches, took(f, collections.BuiltIn().After[i], f.Now))
		f.Now = f.Now.AddDate(0, 0, 11)
	}
	return f
}

// coming is the rung that a case asks for next, when it is looked at as often as it wants.
func coming(t *testing.T, f domain.CaseFacts) (string, int) {
	t.Helper()
	for range 40 {
		plan := collections.Next(f)
		if plan.Act != nil {
			return plan.Act.Rung, plan.Act.Tone
		}
		if plan.At.IsZero() {
			t.Fatalf("it waits for %s", plan.Reason)
		}
		f.Now = plan.At
	}
	t.Fatal("nothing comes")
	return "", 0
}

// TestTheTelephoneIsNoSilence holds C-97, D-25 and F-68: what a debtor says on the telephone is an
// answer; a call that reached nobody is no message that was left unanswered, and nothing firmer
// follows from it.
func TestTheTelephoneIsNoSilence(t *testing.T) {
	steep := collections.BuiltIn()
	steep.After = append(steep.After[:3], steep.After[4:]...) // a firm letter right after the call
	if err := collections.CheckPlaybook(steep); err != nil {
		t.Fatal(err)
	}
	for _, result := range domain.CallResults() {
		f := climbed("did_it_reach_you", "how_it_is_made_up", "call")
		call := &f.Touches[2]
		call.Result = result
		if result == domain.CallHardship {
			f.Questions = []domain.Question{{Reason: domain.ReasonCashFlow, AskedAt: call.ClaimedAt.Add(time.Minute), Answer: "here is a way", AnsweredAt: call.ClaimedAt.AddDate(0, 0, 1)}}
		}
		f.Now = call.ClaimedAt.AddDate(0, 0, 1)
		f.Playbook = steep
		rung, tone := coming(t, f)
		switch {
		case !result.Spoken() && tone > collections.ToneCollaborative:
			t.Errorf("after a call with %s: %s at tone %d, though nobody heard of it", result, rung, tone)
		case result == domain.CallHardship && tone > collections.ToneCordial:
			t.Errorf("after hardship: %s at tone %d", rung, tone)
		}
		f.Playbook = domain.Playbook{}
		if rung, _ := coming(t, f); !result.Spoken() && rung != "new_timeline" {
			t.Errorf("after a call with %s: %s", result, rung)
		}
	}
}

// TestTheToneIsFrozen holds C-82 and C-97 at their edges: for 14 days after hardship or the
// unforeseen the tone does not rise, whatever silence there is; then it may.
func TestTheToneIsFrozen(t *testing.T) {
	for _, reason := range []domain.Reason{domain.ReasonCashFlow, domain.ReasonUnforeseen} {
		for days, want := range map[int]int{13: 1, 14: 2} {
			f := climbed("did_it_reach_you", "how_it_is_made_up")
			f.Relationship.Phone = ""
			asked := f.Touches[1].ClaimedAt.Add(-time.Hour)
			f.Questions = []domain.Question{{Reason: reason, AskedAt: asked, AnsweredAt: asked}}
			f.Now = asked.AddDate(0, 0, days).Add(2 * time.Hour)
			tone := collections.ToneCordial // nothing yet: a repeat waits longer
			if plan := collections.Next(f); plan.Act != nil {
				tone = plan.Act.Tone
			}
			if tone != want {
				t.Errorf("%s, %d days: tone %d, want %d", reason, days, tone, want)
			}
		}
	}
}

// TestAFormalDemandIsTheLast holds C-156, C-164, C-165, D-25 and F-80: it comes after 45 days and three
// messages that nobody answered, with nothing in dispute or promised, once.
func TestAFormalDemandIsTheLast(t *testing.T) {
	all := []string{"did_it_reach_you", "how_it_is_made_up", "new_timeline", "clear_ask"}
	tests := map[string]struct {
		change func(*domain.CaseFacts)
		want   string
	}{
		"silent": {func(*domain.CaseFacts) {}, "formal_demand"},
		"a dispute": {func(f *domain.CaseFacts) {
			f.Disputes = []domain.Dispute{{Deal: domain.New[domain.DealID](), Status: domain.DisputeOpen}}
		}, "clear_ask"},
		"a promise": {func(f *domain.CaseFacts) {
			f.Promises = []domain.Promise{{Deal: domain.New[domain.DealID](), Status: domain.PromiseActive, JudgeOn: day("2026-12-01")}}
		}, "clear_ask"},
		"a mediation": {func(f *domain.CaseFacts) {
			f.Mediations = []domain.Mediation{{Deal: f.Items[0].Deal.ID, Status: domain.MediationOffered, AnswerBy: day("2026-12-01")}}
		}, "clear_ask"},
		"one that lapsed": {func(f *domain.CaseFacts) {
			f.Mediations = []domain.Mediation{{Deal: f.Items[0].Deal.ID, Status: domain.MediationLapsed}}
		}, "formal_demand"},
		"a debtor that is not told": {untold, "clear_ask"},
		"one before": {func(f *domain.CaseFacts) {
			f.Touches = append(f.Touches, took(*f, collections.BuiltIn().After[5], f.Now))
			f.Now = f.Now.AddDate(0, 0, 20)
		}, "clear_ask"},
	}
	for due, want := range map[string]string{"2026-03-07": "", "2026-03-06": "formal_demand"} { // 44 and 45 days before 20 April
		f := climbed(all...)
		f.Playbook, f.Items[0].Deal.Due, f.Now = collections.BuiltIn(), day(due), at("2026-04-20 09:30")
		for i := range f.Playbook.After {
			f.Playbook.After[i].Wait = 7
		}
		got := ""
		if plan := collections.Next(f); plan.Act != nil {
			got = plan.Act.Rung
		}
		if got != want {
			t.Errorf("due on %s: %q on 20 April, want %q", due, got, want)
		}
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := climbed(all...)
			tc.change(&f)
			if rung, _ := coming(t, f); rung != tc.want {
				t.Errorf("next comes %s, want %s", rung, tc.want)
			}
		})
	}
}

// TestPeopleAgreeToWhatTheySaw holds C-56, C-164 and D-10: a step has as many different people as it
// needs, their words count for what was asked only, and a seller's are not the factor's.
func TestPeopleAgreeToWhatTheySaw(t *testing.T) {
	f := climbed("did_it_reach_you", "how_it_is_made_up", "new_timeline", "clear_ask")
	plan := collections.Next(f)
	if plan.Act == nil || plan.Act.Rung != "formal_demand" {
		t.Fatalf("next is %+v", plan)
	}
	act := *plan.Act
	row := domain.Touch{ID: domain.New[domain.TouchID](), Step: act.Step, Rung: act.Rung, People: 2, Cycle: 1, Status: domain.TouchPlanned, AskedFor: act.AskedFor, CreatedAt: f.Now}
	f.Touches = append(f.Touches, row)
	word := func(side domain.OrganizationKind, asked string) domain.Approval {
		return domain.Approval{Touch: row.ID, Side: side, User: domain.New[domain.UserID](), Consent: domain.Approved, AskedFor: asked, At: f.Now}
	}
	us := word(domain.KindFactor, act.AskedFor)
	tests := map[string]struct {
		said []domain.Approval
		want string
	}{
		"nobody":                   {nil, "awaiting_human"},
		"one":                      {[]domain.Approval{us}, "awaiting_human"},
		"two":                      {[]domain.Approval{us, word(domain.KindFactor, act.AskedFor)}, ""},
		"one, and the seller":      {[]domain.Approval{us, word(domain.KindSeller, act.AskedFor)}, "awaiting_human"},
		"one of them to another":   {[]domain.Approval{us, word(domain.KindFactor, "what it was yesterday")}, "awaiting_human"},
		"both to another":          {[]domain.Approval{word(domain.KindFactor, "x"), word(domain.KindFactor, "x")}, "awaiting_human"},
		"two, and one who refused": {[]domain.Approval{us, word(domain.KindFactor, act.AskedFor), {Touch: row.ID, Side: domain.KindFactor, Consent: domain.Declined, AskedFor: act.AskedFor, At: f.Now}}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := f
			g.Approvals = tc.said
			if got := strings.Join(collections.Gate(g, act).Codes, " "); got != tc.want {
				t.Errorf("codes %q, want %q", got, tc.want)
			}
		})
	}
	t.Run("what is asked changes", func(t *testing.T) {
		g := f
		g.Replies = []domain.ReplyFact{{Kind: "human", Acknowledge: true, At: f.Now.Add(-time.Hour)}}
		for _, asked := range collections.Next(g).Asks {
			if asked == act.AskedFor {
				t.Error("a word of the debtor leaves what was agreed to as it is")
			}
		}
	})
	t.Run("one refused it", func(t *testing.T) {
		g := f
		g.Approvals = []domain.Approval{{Touch: row.ID, Side: domain.KindFactor, Consent: domain.Declined, At: f.Now}}
		plan := collections.Next(g)
		for step := range plan.Asks {
			if strings.HasSuffix(step, ":formal_demand") {
				t.Errorf("it is put before people again: %s", step)
			}
		}
	})
}

// TestTheGateLetsNoToneSkip holds C-159 whoever planned: a firm letter about what has heard cordial
// words only, or nothing, is refused.
func TestTheGateLetsNoToneSkip(t *testing.T) {
	f := climbed("did_it_reach_you", "how_it_is_made_up")
	for tone, want := range map[int]string{1: "", 2: "", 3: "tone_lint", 4: "tone_lint"} {
		act := collections.Act{Step: "post_due:9", Class: domain.ClassReminder, Tone: tone, Items: []domain.DealID{f.Items[0].Deal.ID}}
		if got := strings.Join(collections.Gate(f, act).Codes, " "); got != want {
			t.Errorf("tone %d after two cordial ones: codes %q, want %q", tone, got, want)
		}
	}
	other := f.Items[0]
	other.Deal.ID, other.Deal.InvoiceNumber = domain.New[domain.DealID](), "NEW-1"
	g := climbed("did_it_reach_you", "how_it_is_made_up", "new_timeline")
	g.Items = append(g.Items, other)
	act := collections.Act{Step: "post_due:9", Class: domain.ClassReminder, Tone: 3, Items: []domain.DealID{g.Items[0].Deal.ID, other.Deal.ID}}
	if got := strings.Join(collections.Gate(g, act).Codes, " "); !strings.Contains(got, "tone_lint") {
		t.Errorf("a firm letter with an invoice that was never mentioned: codes %q", got)
	}
}
