package collections

import (
	"slices"
	"time"

	"comity/domain"
)

// The tones of messages (C-62 … C-99). Before a due date it is informative.
const (
	ToneInformative   = 0
	ToneCordial       = 1
	ToneCollaborative = 2
	ToneFirm          = 3
	ToneFormal        = 4
)

// An Answer is what a debtor did after a message of ours, the latest thing counting.
type Answer string

// The answers there are. Silence is one too: five business days after a message
// was delivered without a word or a payment (D-25).
const (
	AnswerNone         Answer = "none" // too early to call it silence
	AnswerSilence      Answer = "silence"
	AnswerAcknowledged Answer = "acknowledged" // it arrived, and nothing else
	AnswerSaidPaid     Answer = "said_paid"
	AnswerAsked        Answer = "asked"
	AnswerDisputed     Answer = "disputed"
	AnswerHardship     Answer = "hardship"
	AnswerUnforeseen   Answer = "unforeseen"
	AnswerPaidPart     Answer = "paid_part"
	AnswerPromised     Answer = "promised"
	AnswerKept         Answer = "kept"
	AnswerPartKept     Answer = "part_kept"
	AnswerBroken       Answer = "broken"
)

// Answers lists every answer.
func Answers() []Answer {
	return []Answer{
		AnswerNone, AnswerSilence, AnswerAcknowledged, AnswerSaidPaid, AnswerAsked, AnswerDisputed, AnswerHardship, AnswerUnforeseen,
		AnswerPaidPart, AnswerPromised, AnswerKept, AnswerPartKept, AnswerBroken,
	}
}

// turns is the state machine of tone (C-97): the row of an answer holds what
// each tone becomes. Only silence and a broken promise raise it, by one; who talks
// to us, pays a part or is in difficulty is met with a milder one.
var turns = map[Answer][5]int{
	AnswerNone:         {0, 1, 2, 3, 4},
	AnswerSilence:      {1, 2, 3, 4, 4},
	AnswerAcknowledged: {0, 1, 2, 3, 4},
	AnswerSaidPaid:     {0, 1, 2, 3, 3},
	AnswerAsked:        {0, 1, 1, 1, 1},
	AnswerDisputed:     {0, 1, 1, 1, 1},
	AnswerHardship:     {0, 1, 1, 1, 1},
	AnswerUnforeseen:   {0, 1, 1, 1, 1},
	AnswerPaidPart:     {0, 1, 1, 2, 2},
	AnswerPromised:     {0, 1, 2, 3, 3},
	AnswerKept:         {0, 1, 1, 1, 1},
	AnswerPartKept:     {0, 1, 1, 2, 2},
	AnswerBroken:       {1, 2, 3, 4, 4},
}

// Turn returns the firmest tone that may follow a message of a tone after an
// answer. It never depends on days.
func Turn(tone int, answer Answer) int {
	return turns[answer][min(max(tone, ToneInformative), ToneFormal)]
}

const (
	quietDays  = 5  // business days without a word that make silence (D-25)
	frozenDays = 14 // after hardship or the unforeseen the tone does not rise (C-82, C-97)
)

// said is one thing that a debtor did.
type said struct {
	answer Answer
	at     time.Time
}

// saidBy lists what a debtor did about an invoice or about everything, in no order; without an
// invoice, whatever it did in the case. What was disputed is spoken of mildly again when it has
// been cleared up.
func saidBy(f *domain.CaseFacts, deal domain.DealID) []said {
	var all []said
	about := func(other domain.DealID) bool { return deal.IsZero() || other.IsZero() || other == deal }
	for _, p := range f.Promises {
		if !about(p.Deal) {
			continue
		}
		all = append(all, said{AnswerPromised, p.MadeAt})
		switch p.Status {
		case domain.PromiseKept:
			all = append(all, said{AnswerKept, p.DecidedAt})
		case domain.PromisePartKept:
			all = append(all, said{AnswerPartKept, p.DecidedAt})
		case domain.PromiseBroken:
			all = append(all, said{AnswerBroken, p.DecidedAt})
		case domain.PromiseActive, domain.PromiseCancelled: // not decided
		}
	}
	for _, q := range f.Questions {
		if about(q.Deal) {
			all = append(all, said{answerOf(q.Reason), q.AskedAt})
		}
	}
	for _, p := range f.Plans {
		if about(p.Deal) {
			all = append(all, saidInPlan(p)...)
		}
	}
	for _, d := range f.Disputes {
		if about(d.Deal) {
			all = append(all, said{AnswerDisputed, d.RaisedAt}, said{AnswerDisputed, d.ResolvedAt})
		}
	}
	for _, h := range f.Holds {
		if h.Code == domain.HoldPaidOrPending && about(h.Deal) {
			all = append(all, said{AnswerSaidPaid, h.CreatedAt})
		}
	}
	for _, r := range f.Replies {
		if r.Acknowledge {
			all = append(all, said{AnswerAcknowledged, r.At})
		}
	}
	for i := range f.Touches {
		t := &f.Touches[i]
		if answer, ok := onThePhone[t.Result]; ok && t.Class == domain.ClassCall {
			all = append(all, said{answer, claimed(t).Add(time.Nanosecond)}) // in the call itself
		}
	}
	if !f.LastPaidAt.IsZero() {
		all = append(all, said{AnswerPaidPart, f.LastPaidAt})
	}
	return all
}

// onThePhone are the results of calls that are answers by themselves; the others are
// recorded as promises, disputes and questions.
var onThePhone = map[domain.CallResult]Answer{
	domain.CallWillLook: AnswerAcknowledged, domain.CallSpoke: AnswerAcknowledged, domain.CallDoNotCall: AnswerAcknowledged, domain.CallHardship: AnswerHardship,
}

func answerOf(reason domain.Reason) Answer {
	switch reason {
	case domain.ReasonCashFlow:
		return AnswerHardship
	case domain.ReasonUnforeseen:
		return AnswerUnforeseen
	default:
		return AnswerAsked
	}
}

// saidInPlan lists what a plan says of its debtor.
func saidInPlan(p domain.Plan) []said {
	all := []said{{answerOf(p.Reason), p.MadeAt}, {answerOf(p.Reason), p.AcceptedAt}}
	switch p.Status {
	case domain.PlanKept:
		return append(all, said{AnswerKept, p.DecidedAt})
	case domain.PlanBroken:
		return append(all, said{AnswerBroken, p.DecidedAt})
	default: // not decided by what was paid
		return all
	}
}

// answerTo returns the latest thing that a debtor did about an invoice after a message of
// ours: at the same moment, the milder one counts.
func answerTo(f *domain.CaseFacts, l local, t *domain.Touch, deal domain.DealID) said {
	latest := said{answer: AnswerNone}
	for _, s := range saidBy(f, deal) {
		if s.at.After(claimed(t)) && (s.at.After(latest.at) || s.at.Equal(latest.at) && Turn(ToneFirm, s.answer) < Turn(ToneFirm, latest.answer)) {
			latest = s
		}
	}
	switch latest.answer {
	case AnswerNone:
		latest.at = claimed(t)
	case AnswerAcknowledged: // without a word of substance since, it is silence again
	default:
		return latest
	}
	if t.Status == domain.TouchSent && !l.today.Before(l.cal.Add(l.day(latest.at), quietDays)) {
		latest.answer = AnswerSilence
	}
	return latest
}

// frozen reports whether the tone may not rise whatever came last: within 14 days of
// hardship or the unforeseen, after a part payment since our last message, and while a
// question of theirs waits for us.
func frozen(f *domain.CaseFacts, l local, since time.Time, deal domain.DealID) bool {
	for _, s := range saidBy(f, deal) {
		hard := s.answer == AnswerHardship || s.answer == AnswerUnforeseen
		if hard && l.day(s.at).DaysUntil(l.today) < frozenDays || (hard || s.answer == AnswerPaidPart) && s.at.After(since) {
			return true
		}
	}
	for _, q := range f.Questions {
		if q.AnsweredAt.IsZero() {
			return true
		}
	}
	return false
}

// silences counts the messages about an invoice that we sent after its due date,
// were delivered, and met silence since the last word of substance (D-25).
func silences(f *domain.CaseFacts, l local, deal domain.DealID) int {
	var last time.Time
	for _, s := range saidBy(f, deal) {
		if s.answer != AnswerAcknowledged && s.answer != AnswerBroken && s.at.After(last) {
			last = s.at
		}
	}
	count := 0
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Status == domain.TouchSent && t.Class == domain.ClassReminder && isPostDue(t) && slices.Contains(t.Items, deal) && claimed(t).After(last) &&
			!l.today.Before(l.cal.Add(l.day(claimed(t)), quietDays)) {
			count++
		}
	}
	return count
}
