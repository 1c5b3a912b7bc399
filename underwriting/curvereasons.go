package underwriting

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"comity/domain"
	"comity/underwriting/paytime"
)

// The codes of reasons that only a fitted model gives.
const (
	ReasonRecent   = "recent-payments"
	ReasonTerm     = "terms"
	ReasonAmount   = "amount"
	ReasonCalendar = "due-day"
	ReasonRuns     = "payment-days"
	ReasonSegment  = "segment"
	ReasonVolume   = "volume"
	ReasonBook     = "other-customers"
)

// leastPoints is the least contribution to the explained score, in thousandths of
// a day, that is said by itself; the rest goes into the general line.
const leastPoints = 50

// reasons returns what moved the decision of a fitted model, strongest first; the
// general line at the end holds the rest, so that all points add up to the score.
func (e CurveEngine) reasons(in Inputs, record *Record, w *curveWork) []Reason {
	var found []Reason
	rest := w.curve.Base
	for family := range paytime.Family(paytime.Families) {
		points := w.curve.Effect[family]
		said := family == paytime.FamilyRecord || points >= leastPoints || points <= -leastPoints
		if !said || family == paytime.FamilyGeneral {
			rest += points
			continue
		}
		r := describe(family, in, record)
		r.Points, r.Audience = int(points), AudienceAll
		e.model.Without(&w.space, family, &record.Profile, &w.invoice, &w.without)
		compare(&r, &w.curve, &w.without, in.overdue())
		found = append(found, r)
	}
	if in.Disputed > 0 {
		found = append(found, Reason{
			Code: ReasonDisputes, Value: strconv.Itoa(in.Disputed), Direction: Worse, Audience: AudienceAll,
			Sentence: counted(in.Disputed, "invoice") + " of this customer disputed so far",
		})
	}
	slices.SortStableFunc(found, func(a, b Reason) int { return cmp.Compare(abs(b.Points), abs(a.Points)) })
	if overdue := in.overdue(); overdue > 0 {
		found = slices.Insert(found, 0, describeOverdue(overdue, w))
	}
	return append(found, Reason{
		Code: ReasonGeneral, Direction: Neutral, Audience: AudienceAll, Points: int(rest),
		Sentence: "what is usual for every customer, and everything smaller",
	})
}

// noticeableDays is the least change of the expected day, in thousandths of a day,
// that counts as better or worse.
const noticeableDays = 100

// compare says what a reason changes, by the curve that there would be without it.
func compare(r *Reason, with, without *paytime.Curve, overdue int) {
	at := min(max(effectDay, overdue+effectDay), lastDay) - paytime.FirstDay
	r.EffectPpm = int(with.PaidBy[at] - without.PaidBy[at])
	r.Direction = Neutral
	mean := without.Mean()
	switch moved := with.Mean() - mean; {
	case moved >= noticeableDays:
		r.Direction = Worse
	case moved <= -noticeableDays:
		r.Direction = Better
	}
	r.Otherwise = "if this were as usual, payment would be expected " + expectedBy(mean)
}

// expectedBy says when a curve with a mean, in thousandths of a day, expects payment.
func expectedBy(mean int64) string {
	if day := average(int(mean), 1000); day < laterDay {
		return relativeToDue(day)
	}
	return fmt.Sprintf("more than %d days after due", lastDay)
}

// describeOverdue says what it means that this invoice was not paid yet. It is no
// part of the score, which is of the hazards, but of the curve.
func describeOverdue(overdue int, w *curveWork) Reason {
	r := Reason{
		Code: ReasonThisOverdue, Value: strconv.Itoa(overdue), Audience: AudienceAll,
		Sentence: "this invoice is " + counted(overdue, "day") + " past due itself",
	}
	compare(&r, &w.curve, &w.fresh, overdue)
	r.Otherwise = "if it were new, payment would be expected " + expectedBy(w.fresh.Mean())
	return r
}

// describe says what was found of one family.
func describe(family paytime.Family, in Inputs, record *Record) Reason {
	p := &record.Profile
	switch family {
	case paytime.FamilyRecord:
		return describeRecord(p)
	case paytime.FamilyRecent:
		return describeRecent(p)
	case paytime.FamilyOpen:
		return describeOpen(p)
	case paytime.FamilyTerm:
		return describeTerm(in, p)
	case paytime.FamilyAmount:
		return describeAmount(in, p)
	case paytime.FamilyCalendar:
		return describeDueDay(in)
	case paytime.FamilyRuns:
		return describeRuns(p)
	case paytime.FamilySegment:
		return describeSegment(record)
	case paytime.FamilyVolume:
		return Reason{
			Code: ReasonVolume, Value: strconv.Itoa(p.Issued30), Comparison: counted(p.Tenure, "day") + " of trade",
			Sentence: describeTrade(p),
		}
	case paytime.FamilyBook, paytime.FamilyGeneral:
	}
	return describeBook(p)
}

func describeTrade(p *paytime.Profile) string {
	if p.Tenure == 0 {
		return "the first invoice to this customer that is known"
	}
	return fmt.Sprintf("a customer for %s, %s in the last 30 days", counted(p.Tenure, "day"), counted(p.Issued30, "invoice"))
}

func describeRecord(p *paytime.Profile) Reason {
	if p.Known <= fewestKnown {
		return Reason{
			Code: ReasonThin, Value: strconv.Itoa(p.Known), Comparison: "what is known of customers like it",
			Sentence: "priced on segment: " + knownPayments(p.Known) + " known",
		}
	}
	return Reason{
		Code: ReasonHistory, Value: strconv.Itoa(p.Known), Comparison: tenth(p.LateShare()) + " % late",
		Sentence: fmt.Sprintf("%s known, half of them paid by %s, %s %% after the due day",
			counted(p.Known, "payment"), beside(p.Median), tenth(p.LateShare())),
	}
}

func knownPayments(n int) string {
	if n == 0 {
		return "no payment"
	}
	return counted(n, "payment")
}

// beside names a day relative to the due day, as the end of a span.
func beside(late int) string {
	switch {
	case late == 0:
		return "the due day"
	case late > lastDay:
		return fmt.Sprintf("some day later than %d days after it is due", lastDay)
	case late > 0:
		return counted(late, "day") + " after it is due"
	}
	return counted(-late, "day") + " before it is due"
}

// tenth writes tenths as a decimal.
func tenth(n int) string {
	sign := ""
	if n < 0 {
		sign = "-"
	}
	return sign + strconv.Itoa(abs(n)/10) + "." + strconv.Itoa(abs(n)%10)
}

// describeRecent says how late the recent payments came. That is what is scored:
// the recent level against what is usual for everybody, not against the debtor's own.
func describeRecent(p *paytime.Profile) Reason {
	all, recent, known := p.MeanLate()
	if !known {
		return Reason{Code: ReasonRecent, Sentence: "no recent payment is known"}
	}
	return Reason{
		Code: ReasonRecent, Value: tenth(recent), Comparison: tenth(all) + " over all payments",
		Sentence: "recent payments came " + tenths(recent) + ", all of them " + tenths(all),
	}
}

func describeOpen(p *paytime.Profile) Reason {
	r := Reason{Code: ReasonOpenOverdue, Value: strconv.Itoa(p.OverdueNow), Comparison: strconv.Itoa(p.Opened) + " open"}
	switch {
	case p.Opened == 0:
		r.Sentence = "no other invoice is open"
	case p.OverdueNow == 0:
		r.Sentence = counted(p.Opened, "other invoice") + " open, none past due"
	default: // MostOverdue is of yesterday
		r.Sentence = fmt.Sprintf("%s past due, the oldest by %s", counted(p.OverdueNow, "open invoice"), counted(p.MostOverdue+1, "day"))
	}
	return r
}

func describeTerm(in Inputs, p *paytime.Profile) Reason {
	days := in.Issued.DaysUntil(in.Due)
	r := Reason{Code: ReasonTerm, Value: strconv.Itoa(days), Sentence: "due " + counted(days, "day") + " after issue"}
	if days <= 0 {
		r.Sentence = "due at once"
	}
	if term, _, known, _ := p.MeanLateLike(); known {
		r.Comparison = tenth(term) + " days late on such terms"
		r.Sentence += ": on such terms it pays " + tenths(term)
	}
	return r
}

func describeAmount(in Inputs, p *paytime.Profile) Reason {
	r := Reason{Code: ReasonAmount, Value: in.Basis.Grouped(), Sentence: "an invoice of " + in.Basis.Grouped()}
	if _, amount, _, known := p.MeanLateLike(); known {
		r.Comparison = tenth(amount) + " days late on such amounts"
		r.Sentence += ": such amounts it pays " + tenths(amount)
	}
	return r
}

// mostAveraged is what a later payment counts as in an average.
const mostAveraged = 60

// tenths says when, relative to the due day.
func tenths(late int) string {
	switch {
	case late >= 10*mostAveraged:
		return fmt.Sprintf("%d days after due and more", mostAveraged)
	case late > 0:
		return tenth(late) + " days after due on average"
	case late < 0:
		return tenth(-late) + " days before due on average"
	}
	return "on the due day on average"
}

func describeDueDay(in Inputs) Reason {
	day := in.Due.Weekday().String()
	r := Reason{Code: ReasonCalendar, Value: day, Sentence: "due on a " + day}
	if !domain.BankingDays(in.Basis.Currency(), in.Country).IsBusinessDay(in.Due) {
		r.Comparison = "banks are closed"
		r.Sentence += " on which banks are closed"
	}
	return r
}

func describeRuns(p *paytime.Profile) Reason {
	r := Reason{Code: ReasonRuns, Sentence: "the days on which it usually pays"}
	if weekday, known := p.PayDay(); known {
		r.Value = time.Weekday((weekday + 1) % 7).String()
		r.Sentence = "it mostly pays on " + r.Value + "s"
	}
	return r
}

func describeSegment(record *Record) Reason {
	r := Reason{Code: ReasonSegment, Sentence: "how customers like it pay"}
	var facts []string
	for _, fact := range record.wire().Register {
		facts = append(facts, strings.ReplaceAll(fact[0], "_", " ")+" "+strings.ReplaceAll(fact[1], "_", " "))
	}
	if r.Value = strings.Join(facts, ", "); r.Value != "" {
		r.Sentence += " (" + r.Value + ")"
	}
	return r
}

// describeBook says how the seller's customers pay now. It gives no figure: whoever
// buys from this seller reads it too, and with two customers the figure would be the
// other one's (D-7).
func describeBook(p *paytime.Profile) Reason {
	b := p.Book
	r := Reason{Code: ReasonBook, Sentence: "the seller's customers pay as they did over the year"}
	switch month, year := b.Late30*b.Due365, b.Late365*b.Due30; {
	case month > year:
		r.Sentence = "the seller's customers pay later than they did over the year"
	case month < year:
		r.Sentence = "the seller's customers pay earlier than they did over the year"
	}
	return r
}
