package collections_test

import (
	"errors"
	"testing"

	"comity/collections"
	"comity/domain"
)

// TestTheToneIsAMachineOfAnswers tries every answer at every tone (C-62, C-82, C-97, C-146 and C-159): only silence and
// a broken promise raise it, by one; nothing raises it by more; who is in difficulty, pays a part or asks is never met
// with a firmer word. It holds F-72.
func TestTheToneIsAMachineOfAnswers(t *testing.T) {
	raises := map[collections.Answer]bool{collections.AnswerSilence: true, collections.AnswerBroken: true}
	softens := map[collections.Answer]bool{
		collections.AnswerAsked: true, collections.AnswerDisputed: true, collections.AnswerHardship: true, collections.AnswerUnforeseen: true,
		collections.AnswerKept: true, collections.AnswerPaidPart: true, collections.AnswerPartKept: true,
	}
	for _, answer := range collections.Answers() {
		for tone := collections.ToneInformative; tone <= collections.ToneFormal; tone++ {
			next := collections.Turn(tone, answer)
			switch {
			case next > min(tone+1, collections.ToneFormal):
				t.Errorf("%s at %d: tone %d skips a step", answer, tone, next)
			case next > tone && !raises[answer]:
				t.Errorf("%s at %d: tone rises to %d", answer, tone, next)
			case raises[answer] && next != min(tone+1, collections.ToneFormal):
				t.Errorf("%s at %d: tone is %d", answer, tone, next)
			case softens[answer] && tone > collections.ToneCollaborative && next > collections.ToneCollaborative:
				t.Errorf("%s at %d: tone stays firm at %d", answer, tone, next)
			case next < collections.ToneInformative:
				t.Errorf("%s at %d: tone %d", answer, tone, next)
			}
		}
	}
}

// TestAPlaybookMayBeGentlerAndNeverRougher holds playbooks to the rules (C-17, C-43, C-46, C-48, C-52, C-56, C-62,
// C-100, C-159, C-164, C-165 and D-19): each breach is refused with the step and the rule.
func TestAPlaybookMayBeGentlerAndNeverRougher(t *testing.T) {
	if err := collections.CheckPlaybook(collections.BuiltIn()); err != nil {
		t.Errorf("the built-in one: %v", err)
	}
	tests := map[string]struct {
		change  func(*domain.Playbook)
		pointer string
		code    string
	}{
		"a gap below seven days":         {func(p *domain.Playbook) { p.After[1].Wait = 6 }, "/after/1/wait", "out-of-range"},
		"a silence above fourteen days":  {func(p *domain.Playbook) { p.After[1].Wait = 15 }, "/after/1/wait", "out-of-range"},
		"a tone that skips":              {func(p *domain.Playbook) { p.After[2] = p.After[4] }, "/after/2/tone", "skips"},
		"a tone that falls by itself":    {func(p *domain.Playbook) { p.After[5] = p.After[1]; p.After[5].Name = "again" }, "/after/5/tone", "skips"},
		"a firm first word":              {func(p *domain.Playbook) { p.After = p.After[3:] }, "/after/0/tone", "skips"},
		"a collaborative second word":    {func(p *domain.Playbook) { p.After = append(p.After[:1], p.After[3:]...) }, "/after/1/tone", "too-soon"},
		"a call before any mail":         {func(p *domain.Playbook) { p.After = p.After[2:]; p.After[0].Tone = 1 }, "/after/0/people", "not-automatic"},
		"a first step that people hold":  {func(p *domain.Playbook) { p.After[0].People = 1 }, "/after/0/people", "not-automatic"},
		"a firm letter without a person": {func(p *domain.Playbook) { p.After[4].People = 0 }, "/after/4/people", "out-of-range"},
		"one person for a formal demand": {func(p *domain.Playbook) { p.After[5].People = 1 }, "/after/5/people", "out-of-range"},
		"a formal demand after 44 days":  {func(p *domain.Playbook) { p.After[5].MinLate = 44 }, "/after/5/min_late", "too-soon"},
		"a formal demand after 2 mails":  {func(p *domain.Playbook) { p.After[5].MinQuiet = 2 }, "/after/5/min_late", "too-soon"},
		"a letter that does not exist":   {func(p *domain.Playbook) { p.After[1].Template = "final_notice" }, "/after/1/template", "unknown"},
		"a letter at another tone":       {func(p *domain.Playbook) { p.After[1].Template = "clear_ask" }, "/after/1/tone", "other-tone"},
		"a call by mail":                 {func(p *domain.Playbook) { p.After[2].Channel = domain.ChannelEmail }, "/after/2/channel", "other-channel"},
		"a step twice":                   {func(p *domain.Playbook) { p.After[1].Name = p.After[0].Name }, "/after/1/name", "twice"},
		"a name that is none":            {func(p *domain.Playbook) { p.After[1].Name = "Now: pay" }, "/after/1/name", "not-a-name"},
		"nothing before the due date":    {func(p *domain.Playbook) { p.Before = p.Before[:1] }, "/before", "no-reminder"},
		"a reminder the day before":      {func(p *domain.Playbook) { p.Before[1].Days, p.Before[1].Late = 1, 1 }, "/before/1/days", "outside-window"},
		"a heads-up for short terms":     {func(p *domain.Playbook) { p.Before[0].MinTerms = 14 }, "/before/0/min_terms", "out-of-range"},
		"nothing after the due date":     {func(p *domain.Playbook) { p.After = nil }, "/after", "how-many"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p := collections.BuiltIn()
			tc.change(&p)
			var refusal *domain.Refusal
			if err := collections.CheckPlaybook(p); !errors.As(err, &refusal) || len(refusal.Fields) == 0 || refusal.Fields[0].Pointer != tc.pointer || refusal.Fields[0].Code != tc.code {
				t.Errorf("it is refused with %+v", err)
			}
		})
	}
}
