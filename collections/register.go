package collections

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"comity/domain"
)

// A register is how formally a debtor is spoken to. It changes the greeting, the
// opener, the closing and a phrase or two; never a fact.
type register int

const (
	neutral  register = iota
	formal            // the relationship is new (C-95)
	informal          // long-standing, on time, and the seller allows it (C-94)
)

const (
	formalMonths   = 6
	informalMonths = 24
	onTimeEnough   = 3  // invoices paid on time that are worth thanks (C-92)
	friendly       = 2  // the highest tone with an opener, thanks for the past, a seller's line
	recentDays     = 30 // of a conversation that must be mentioned (C-91)
	firmDays       = 7  // ahead is the day that a firm message asks for
	formalDays     = 10 // and a formal demand
	mostLineWords  = 25 // of a seller's own line
)

// registerOf chooses the register for a message of a tone.
func registerOf(f domain.CaseFacts, today domain.Date, tone int) register {
	switch {
	case tone >= 4 || f.KnownSince.IsZero() || today.Before(months(f.KnownSince, formalMonths)):
		return formal
	case tone <= friendly && f.Voice.Informal && f.PaidOnTime >= onTimeEnough && !today.Before(months(f.KnownSince, informalMonths)):
		return informal
	default:
		return neutral
	}
}

func months(from domain.Date, n int) domain.Date {
	return domain.DateOf(from.At(0, 0, time.UTC).AddDate(0, n, 0))
}

// manner is how a register sounds. No opener stands in two of them, so that one
// does not come twice when the register changes in between (C-66).
type manner struct {
	greeting, closing, busy string
	openers                 []string
}

var mannersOf = map[register]manner{
	formal: {"Dear", "Yours sincerely,", "We understand that your days are full", []string{
		"We hope that you are well.", "We hope that this message finds you well.", "We trust that all is well with you.", "We hope that your week is a good one.",
	}},
	neutral: {"Dear", "Kind regards,", "We know how hectic your days can get", []string{
		"We hope all is well with you.", "We hope your week is going well.", "We hope everything is going well on your end.", "We hope this finds you well.",
	}},
	informal: {"Hello", "Best wishes,", "We know that things get hectic", []string{
		"Hope all is well with you.", "Hope your week is going well.", "Hope things are good on your end.", "Hope you are having a good week.",
	}},
}

// opener returns the next opener of a case: the one that this many letters before
// it did not just use.
func opener(f domain.CaseFacts, m manner) string {
	written := 0
	for i := range f.Touches {
		t := &f.Touches[i]
		if taken(t) && (t.Class == domain.ClassReminder || t.Class == domain.ClassHeadsUp) {
			written++
		}
	}
	return m.openers[written%len(m.openers)]
}

// speak fills in how the reader is spoken to.
func (data *letter) speak(f domain.CaseFacts, act Act, l local) {
	m := mannersOf[registerOf(f, l.today, act.Tone)]
	data.Greeting, data.Closing, data.Busy = m.greeting, m.closing, m.busy
	if act.Tone <= friendly {
		data.Opener = opener(f, m)
		if f.PaidOnTime >= onTimeEnough {
			data.OnTime = f.PaidOnTime
		}
	}
	data.Spoke = spokeOn(f, l)
	ahead := firmDays
	if act.Tone >= 4 {
		ahead = formalDays
	}
	data.AskBy = l.cal.OnOrAfter(l.today.Plus(ahead)).Long()
	if act.Class.Proactive() && act.Tone <= friendly {
		data.SellerLine = data.said(sellersLine(f, act.Tone, f.Voice.Line))
	}
	if data.Identity = IdentityLine(ProfileOf(f.Relationship, f.Owed)); data.Identity != "" && data.Quiet {
		data.Identity = quietIdentity
	}
	if act.Class == domain.ClassThankYou {
		data.SellerThanks = data.said(sellersLine(f, act.Tone, f.Voice.Thanks))
		data.InRow = f.InRow
	}
}

// Who says who asks, where a protection profile wants it said (D-27).
func (data letter) Who() string {
	return strings.NewReplacer("{factor}", data.Factor, "{seller}", data.Seller).Replace(data.Identity)
}

// spokeOn returns the day of the last conversation, when it is recent enough that
// a letter must speak of it.
func spokeOn(f domain.CaseFacts, l local) string {
	var last domain.Date
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Class == domain.ClassCall && t.Result.Spoken() {
			last = domain.Latest(last, l.day(claimed(t)))
		}
	}
	if last.IsZero() || last.DaysUntil(l.today) > recentDays {
		return ""
	}
	return days([]domain.Date{last}, l)
}

// sellersLine returns what a seller adds in its own words, or nothing: to a
// natural person (D-27), and where the words are none for a letter of ours.
func sellersLine(f domain.CaseFacts, tone int, typed string) string {
	if !Promotional(ProfileOf(f.Relationship, f.Owed)) || len(LintLine(tone, typed)) > 0 {
		return ""
	}
	return oneLine(typed)
}

// LintLine returns what keeps a seller's own sentence out of letters of a tone
// (C-87, D-24): words that are not said there, advertising, bank details, a way to
// somewhere else, or too many words. Nothing typed is nothing wrong.
func LintLine(tone int, typed string) []string {
	line := oneLine(typed)
	findings := LintPhrase(tone, line)
	if bankDetails(strings.ToUpper(line)) {
		findings = append(findings, "The line carries bank details, which only a notice may: leave them out.")
	}
	if n := len(strings.Fields(line)); n > mostLineWords {
		findings = append(findings, fmt.Sprintf("The line has %d words and %d are enough: shorten it.", n, mostLineWords))
	}
	if word := promotional.FindString(line) + percentOff.FindString(line); word != "" {
		findings = append(findings, fmt.Sprintf("The line says %q, which is advertising: say what you stand for.", word))
	}
	if elsewhere.MatchString(line) {
		findings = append(findings, "The line leads to another address: the letter has one page only.")
	}
	return findings
}

var elsewhere = regexp.MustCompile(`(?i)://|www\.|@|\b[a-z0-9-]+\.(com|net|org|io|shop|example)\b`)

// sinceDue says how far away a due date is.
func sinceDue(today, due domain.Date) string {
	switch n := today.DaysUntil(due); {
	case n == 0:
		return "today"
	case n == 1:
		return "tomorrow"
	case n == -1:
		return "yesterday"
	case n < 0:
		return counted(-n, "day") + " ago"
	default:
		return "in " + counted(n, "day")
	}
}
