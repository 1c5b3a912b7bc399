package collections

import (
	"fmt"
	"slices"

	"comity/domain"
)

// The bounds of playbooks. A factor may be gentler than the built-in one within
// them, and never rougher.
const (
	gapDays     = 7  // at least between two contacts that we start (C-48)
	silenceDays = 14 // at most, once the first message after a due date left (D-19)
	formalLate  = 45 // days past due before a formal demand (C-165)
	formalQuiet = 3  // messages that nobody answered before it (C-164)
	peopleDays  = 3  // business days that people have at least, after a long pause
	mostRungs   = 12
)

// BuiltIn is the playbook of every case for which no other is active: the
// reference policy of COURTESY. It has a version, as all have.
func BuiltIn() domain.Playbook {
	return domain.Playbook{
		Level: domain.LevelDefault, Name: "Comity", Version: 1, Status: domain.PlaybookActive,
		Before: []domain.BeforeStep{
			{Name: "heads_up", Days: 14, Early: 17, Late: 11, MinTerms: 30},
			{Name: "pre_due", Days: 7, Early: 9, Late: 5},
		},
		After: []domain.AfterStep{
			{Name: "did_it_reach_you", Channel: domain.ChannelEmail, Tone: ToneCordial, Wait: 7, Template: "post_due_first"},
			{Name: "how_it_is_made_up", Channel: domain.ChannelEmail, Tone: ToneCordial, Wait: 7, Template: "post_due_next"},
			{Name: "call", Channel: domain.ChannelPhone, Tone: ToneCollaborative, Wait: 7, Template: "call", People: 1},
			{Name: "new_timeline", Channel: domain.ChannelEmail, Tone: ToneCollaborative, Wait: 10, Template: "new_timeline", People: 1},
			{Name: "clear_ask", Channel: domain.ChannelEmail, Tone: ToneFirm, Wait: 10, Template: "clear_ask", People: 1},
			{Name: "formal_demand", Channel: domain.ChannelEmail, Tone: ToneFormal, Wait: 10, Template: "formal_demand", People: 2, MinLate: formalLate, MinQuiet: formalQuiet},
		},
	}
}

// builtIn is read at every look, and never written.
var builtIn = BuiltIn()

// rungLetters are the letters and scripts that a rung may use.
var rungLetters = []string{"post_due_first", "post_due_next", "new_timeline", "clear_ask", "formal_demand", "call"}

// CheckPlaybook refuses a playbook that breaks a rule of courtesy, with
// domain.ErrInvalid naming the step and the rule.
func CheckPlaybook(p domain.Playbook) error {
	for i, s := range p.Before {
		if err := checkBefore(p.Before[:i], s, fmt.Sprintf("/before/%d", i)); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(p.Before, func(s domain.BeforeStep) bool { return s.Name == "pre_due" }) {
		return domain.ErrInvalid.At("/before", "no-reminder", "there is a reminder before the due date: pre_due")
	}
	if len(p.After) == 0 || len(p.After) > mostRungs {
		return domain.ErrInvalid.At("/after", "how-many", fmt.Sprintf("there are 1 to %d steps after the due date", mostRungs))
	}
	for i, s := range p.After {
		if err := checkAfter(p.After[:i], s, fmt.Sprintf("/after/%d", i)); err != nil {
			return err
		}
	}
	return nil
}

// beforeWindows are the windows that D-19 gives the messages before a due date.
var beforeWindows = map[string][2]int{"heads_up": {17, 11}, "pre_due": {9, 5}}

func checkBefore(earlier []domain.BeforeStep, s domain.BeforeStep, at string) error {
	window, known := beforeWindows[s.Name]
	switch {
	case !known:
		return domain.ErrInvalid.At(at+"/name", "unknown", "it is heads_up or pre_due")
	case slices.ContainsFunc(earlier, func(e domain.BeforeStep) bool { return e.Name == s.Name }):
		return domain.ErrInvalid.At(at+"/name", "twice", "each is there once")
	case s.Early > window[0] || s.Late < window[1] || s.Days > s.Early || s.Days < s.Late:
		return domain.ErrInvalid.At(at+"/days", "outside-window", fmt.Sprintf("%s leaves %d to %d days before the due date", s.Name, window[1], window[0]))
	case s.MinTerms < 0 || s.MinTerms > 365 || s.Name == "heads_up" && s.MinTerms < 30 || s.Name == "pre_due" && s.MinTerms > 0:
		return domain.ErrInvalid.At(at+"/min_terms", "out-of-range", "a heads-up is for terms of 30 days and more, the reminder for all")
	default:
		return nil
	}
}

func checkAfter(earlier []domain.AfterStep, s domain.AfterStep, at string) error {
	last := ToneInformative
	if len(earlier) > 0 {
		last = earlier[len(earlier)-1].Tone
	}
	switch {
	case s.Name == "" || len(s.Name) > 40 || !isName(s.Name):
		return domain.ErrInvalid.At(at+"/name", "not-a-name", "a name is 1 to 40 of a-z, 0-9 and _")
	case slices.ContainsFunc(earlier, func(e domain.AfterStep) bool { return e.Name == s.Name }):
		return domain.ErrInvalid.At(at+"/name", "twice", "each step has a name of its own")
	case !slices.Contains(rungLetters, s.Template):
		return domain.ErrInvalid.At(at+"/template", "unknown", "there is no such letter or script")
	case (s.Channel == domain.ChannelPhone) != (s.Template == "call"):
		return domain.ErrInvalid.At(at+"/channel", "other-channel", "a call uses the script, a letter the mail")
	case s.Channel != domain.ChannelPhone && s.Channel != domain.ChannelEmail:
		return domain.ErrInvalid.At(at+"/channel", "unknown", "it is email or phone")
	case !Fits(s.Template, classOf(s), s.Tone):
		return domain.ErrInvalid.At(at+"/tone", "other-tone", fmt.Sprintf("%s is not written at tone %d", s.Template, s.Tone))
	case s.Tone > last+1 || s.Tone < last:
		return domain.ErrInvalid.At(at+"/tone", "skips", "the tone rises by one at most, and does not fall by itself")
	case len(earlier) < 2 && s.Tone > ToneCordial:
		return domain.ErrInvalid.At(at+"/tone", "too-soon", "the first two contacts after the due date are cordial")
	case len(earlier) == 0 && (s.Channel == domain.ChannelPhone || s.People > 0):
		return domain.ErrInvalid.At(at+"/people", "not-automatic", "the first step is a mail that leaves by itself, so that nobody is forgotten")
	case s.Wait < gapDays || s.Wait > silenceDays:
		return domain.ErrInvalid.At(at+"/wait", "out-of-range", "7 to 14 days lie between two contacts")
	default:
		return checkPeople(s, at)
	}
}

// classOf is the class of the message that takes a step.
func classOf(s domain.AfterStep) domain.MessageClass {
	if s.Channel == domain.ChannelPhone {
		return domain.ClassCall
	}
	return domain.ClassReminder
}

// checkPeople holds a step to who must agree: nobody to what is cordial, one
// person from tone 2 and to every call, two to a formal demand (C-56, C-164, C-165).
func checkPeople(s domain.AfterStep, at string) error {
	least := 0
	switch {
	case s.Tone == ToneFormal:
		least = 2
	case s.Tone >= ToneCollaborative || s.Channel == domain.ChannelPhone:
		least = 1
	}
	switch {
	case s.People < least || s.People > 2 || s.Channel == domain.ChannelPhone && s.People != 1:
		return domain.ErrInvalid.At(at+"/people", "out-of-range", fmt.Sprintf("at least %d and at most 2 people agree to it; one person makes a call", least))
	case s.Tone == ToneFormal && (s.MinLate < formalLate || s.MinQuiet < formalQuiet):
		return domain.ErrInvalid.At(at+"/min_late", "too-soon", fmt.Sprintf("a formal demand needs %d days past due and %d messages that nobody answered", formalLate, formalQuiet))
	case s.Tone < ToneFirm && (s.MinLate != 0 || s.MinQuiet != 0):
		return domain.ErrInvalid.At(at+"/min_late", "not-below-firm", "what is mild waits for nothing but its turn")
	case s.MinLate < 0 || s.MinLate > 365 || s.MinQuiet < 0 || s.MinQuiet > 20:
		return domain.ErrInvalid.At(at+"/min_late", "out-of-range", "0 to 365 days, 0 to 20 messages")
	default:
		return nil
	}
}

func isName(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// bookOf is the playbook in force for a case.
func bookOf(f *domain.CaseFacts) domain.Playbook {
	if len(f.Playbook.After) == 0 {
		return builtIn
	}
	return f.Playbook
}
