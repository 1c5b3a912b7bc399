package underwriting

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// The codes of reasons.
const (
	ReasonHistory     = "own-history"
	ReasonThin        = "thin-history"
	ReasonOpenOverdue = "open-overdue"
	ReasonThisOverdue = "this-overdue"
	ReasonDisputes    = "disputes"
	ReasonGeneral     = "general"
)

// fewestKnown is how many payments make a history (DOMAIN 3.1: fewer than three
// paid experiences are priced toward the segment's mean).
const fewestKnown = 3

// effectDay is the day after due at which the effect of a reason is measured.
const effectDay = 14

// noticeable is the least effect, in millionths, that counts as better or worse.
const noticeable = 1_000

// reasons returns what moved the decision, strongest first, with the line that
// every decision has at the end (D-7).
func reasons(in Inputs, s steps) []Reason {
	found := []Reason{historyReason(in, s)}
	if overdue, _ := openOlderThan(in.Open, 0); overdue > 0 {
		found = append(found, openReason(in, s))
	}
	if overdue := in.overdue(); overdue > 0 {
		r := effect(s.open, s.final)
		r.Code, r.Value = ReasonThisOverdue, strconv.Itoa(overdue)
		r.Sentence = "this invoice is " + counted(overdue, "day") + " past due itself"
		found = append(found, r)
	}
	if in.Disputed > 0 {
		found = append(found, Reason{
			Code: ReasonDisputes, Value: strconv.Itoa(in.Disputed), Direction: Worse, Audience: AudienceAll,
			Sentence: counted(in.Disputed, "invoice") + " of this customer disputed so far",
		})
	}
	slices.SortStableFunc(found, func(a, b Reason) int { return cmp.Compare(abs(b.EffectPpm), abs(a.EffectPpm)) })
	return append(found, Reason{
		Code: ReasonGeneral, Direction: Neutral, Audience: AudienceAll,
		Sentence: "what Comity knows of this company and of companies like it",
	})
}

func historyReason(in Inputs, s steps) Reason {
	r := effect(s.general, s.own)
	r.Value = strconv.Itoa(in.Payments)
	r.Comparison = "general table " + ModelV1 + ": " + relativeToDue(s.general.mean())
	count, late := 0, 0
	for _, b := range in.Paid {
		count += b.Count
		late += b.Count * b.LateDays
	}
	if count < fewestKnown {
		known := "no payment"
		if in.Payments > 0 {
			known = counted(in.Payments, "payment")
		}
		r.Code, r.Sentence = ReasonThin, "priced on the general table: "+known+" known"
		return r
	}
	r.Code = ReasonHistory
	r.Sentence = counted(in.Payments, "payment") + " known, on average " + relativeToDue(average(late, count))
	return r
}

func openReason(in Inputs, s steps) Reason {
	overdue, all := openOlderThan(in.Open, 0)
	oldest := in.Open[len(in.Open)-1].DaysPastDue // canonical: the last bucket is the oldest
	r := effect(s.own, s.open)
	r.Code, r.Value = ReasonOpenOverdue, strconv.Itoa(overdue)
	r.Comparison = strconv.Itoa(all) + " open"
	r.Sentence = fmt.Sprintf("%s past due, the oldest by %s", counted(overdue, "open invoice"), counted(oldest, "day"))
	if oldest == laterDay {
		r.Sentence = fmt.Sprintf("%s past due, the oldest by more than %d days", counted(overdue, "open invoice"), lastDay)
	}
	return r
}

// effect compares two curves at the effect day, for a reason that everybody may read.
func effect(before, after survival) Reason {
	r := Reason{Direction: Neutral, Audience: AudienceAll}
	r.EffectPpm = int(before.unpaid(effectDay)) - int(after.unpaid(effectDay))
	switch {
	case r.EffectPpm >= noticeable:
		r.Direction = Better
	case r.EffectPpm <= -noticeable:
		r.Direction = Worse
	}
	return r
}

// average returns sum over count, rounded half away from zero.
func average(sum, count int) int {
	return (2*sum + sign(sum)*count) / (2 * count)
}

func relativeToDue(late int) string {
	switch {
	case late > 0:
		return counted(late, "day") + " after due"
	case late < 0:
		return counted(-late, "day") + " before due"
	}
	return "on the due day"
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

func sign(n int) int { return cmp.Compare(n, 0) }

func abs(n int) int { return max(n, -n) }
