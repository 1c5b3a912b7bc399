package collections

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// askedFor is a digest of what people agree to: which letter, how firm, by which version of
// the playbook, what it asks for of each overdue invoice, and the last thing that the debtor
// did. When any of it changes, a word that was given counts no more. It is "" where nobody
// agrees to anything.
func askedFor(f *domain.CaseFacts, l local, act Act) string {
	if _, waits := rowOf(f, act.Step); !waits && act.People == 0 && !wantsWord(f) {
		return ""
	}
	book := bookOf(f)
	var last time.Time
	var text strings.Builder
	fmt.Fprintln(&text, act.Step, act.Class, act.Template, act.Tone, act.Rung, act.People, book.ID, book.Version)
	for _, s := range saidBy(f, domain.DealID{}) {
		last = latest(last, s.at)
	}
	for i := range f.Items {
		item := &f.Items[i]
		if slices.Contains(act.Items, item.Deal.ID) && item.Deal.Due.Before(l.today) {
			fmt.Fprintln(&text, item.Deal.ID, ask(f, item, f.Now).Grouped())
		}
	}
	fmt.Fprintln(&text, last.UnixNano())
	digest := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(digest[:8])
}

// agreed counts the people of the factor who agreed to a step of this cycle as it is now.
func agreed(f *domain.CaseFacts, act Act) int {
	count := 0
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Cycle != f.Case.Cycle || t.Step != act.Step {
			continue
		}
		for _, a := range f.Approvals {
			if a.Touch == t.ID && a.Side == domain.KindFactor && a.Consent == domain.Approved && a.AskedFor == act.AskedFor {
				count++
			}
		}
	}
	return count
}

// refusedByPeople reports whether a person of the factor refused a rung since the last message
// and the last word of the debtor: until then it is not put before people again.
func refusedByPeople(f *domain.CaseFacts, rung string) bool {
	var since time.Time
	if t, ok := lastContact(f, func(*domain.Touch) bool { return true }); ok {
		since = claimed(t)
	}
	for _, s := range saidBy(f, domain.DealID{}) {
		since = latest(since, s.at)
	}
	return anyTouch(f, func(t *domain.Touch) bool {
		return t.Rung == rung && slices.ContainsFunc(f.Approvals, func(a domain.Approval) bool {
			return a.Touch == t.ID && a.Side == domain.KindFactor && a.Consent == domain.Declined && a.At.After(since)
		})
	})
}

// toneStage lets the tone of each invoice that a firm message lists rise by one step at most
// (C-159), whoever planned it; a mild one may list with others what is heard of for the first
// time.
func toneStage(f *domain.CaseFacts, act Act, v *Verdict) []string {
	if !strings.HasPrefix(act.Step, stepPostDue) || act.Tone <= ToneCordial {
		return nil
	}
	book, highest := bookOf(f), ToneInformative
	for _, id := range act.Items {
		_, heard := place(f, book, id)
		if highest = max(highest, heard); act.Tone >= ToneFirm && act.Tone > heard+1 {
			v.refuse(CodeToneLint, CodeToneLint)
			return []string{fmt.Sprintf("the tone would rise from %d to %d", heard, act.Tone)}
		}
	}
	if act.Tone > highest+1 {
		v.refuse(CodeToneLint, CodeToneLint)
		return []string{fmt.Sprintf("the tone would rise from %d to %d", highest, act.Tone)}
	}
	return nil
}

// humanStage asks for the people who have to agree; a call is one person's, who
// makes it.
func humanStage(f *domain.CaseFacts, act Act, v *Verdict) []string {
	if act.People == 0 {
		return nil
	}
	if act.Class == domain.ClassCall {
		if !act.Called {
			v.refuse(CodeAwaitingHuman, CodeAwaitingHuman)
		}
		return nil
	}
	have := agreed(f, act)
	if have < act.People {
		v.refuse(CodeAwaitingHuman, CodeAwaitingHuman)
	}
	return []string{fmt.Sprintf("%d of %d people agreed", have, act.People)}
}
