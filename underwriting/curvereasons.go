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
func (e CurveEngine) reasons(in Inputs, record *Record, cal *paytime.Almanac, w *curveWork) []Reason {
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
		e.model.Without(&w.space, family, &record.Profile, &w.invoice, cal, &w.without)
		compare(&r, &w.curve, &w.without)
		found = append(found, r)
	}
	if in.Disputed > 0 {
		found = append(found, Reason{
			Code: ReasonDisputes, Value: strconv.Itoa(in.Disputed), Direction: Worse, Audience: AudienceAll,
			Sentence: counted(in.Disputed, "invoice") + " of this customer disputed so far",
		})
	}
	if overdue := in.overdue(); overdue > 0 {
		found = append(found, Reason{
			Code: ReasonThisOverdue, Value: strconv.Itoa(overdue), Direction: Worse, Audience: AudienceAll,
			Sentence: "this invoice is " + counted(overdue, "day") + " past due itself",
		})
	}
	slices.SortStableFunc(found, func(a, b Reason) int { return cmp.Compare(abs(b.Points), abs(a.Points)) })
	return append(found, Reason{
		Code: ReasonGeneral, Direction: Neutral, Audience: AudienceAll, Points: int(rest),
		Sentence: "what is usual for every customer, and everything smaller",
	})
}

// compare says what a reason changes, by the curve that there would be without it.
func compare(r *Reason, with, without *paytime.Curve) {
	at := effectDay - paytime.FirstDay
	r.EffectPpm = int(with.PaidBy[at] - without.PaidBy[at])
	switch {
	case r.Points >= leastPoints:
		r.Direction = Worse
	case r.Points <= -leastPoints:
		r.Direction = Better
	default:
		r.Direction = Neutral
	}
	r.Otherwise = fmt.Sprintf("if this were as usual, payment would be expected %s", relativeToDue(average(int(without.Mean()), 1000)))
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
			Sentence: fmt.Sprintf("your customer for %s, %s in the last 30 days", counted(p.Tenure, "day"), counted(p.Issued30, "invoice")),
		}
	case paytime.FamilyBook, paytime.FamilyGeneral:
	}
	return describeBook(p)
}

func describeRecord(p *paytime.Profile) Reason {
	if p.Known <= fewestKnown {
		return Reason{
			Code: ReasonThin, Value: strconv.Itoa(p.Known), Comparison: "what is known of companies like it",
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

func describeRecent(p *paytime.Profile) Reason {
	all, recent, known := p.MeanLate()
	r := Reason{Code: ReasonRecent, Value: tenth(recent), Comparison: tenth(all) + " days late over all payments"}
	switch {
	case !known:
		r.Value, r.Comparison, r.Sentence = "", "", "no recent payment is known"
	case recent > all:
		r.Sentence = fmt.Sprintf("lately it pays %s days later than it used to", tenth(recent-all))
	case recent < all:
		r.Sentence = fmt.Sprintf("lately it pays %s days earlier than it used to", tenth(all-recent))
	default:
		r.Sentence = "it pays as it used to"
	}
	return r
}

func describeOpen(p *paytime.Profile) Reason {
	r := Reason{Code: ReasonOpenOverdue, Value: strconv.Itoa(p.Overdue), Comparison: strconv.Itoa(p.Opened) + " open"}
	switch {
	case p.Opened == 0:
		r.Sentence = "no other invoice is open"
	case p.Overdue == 0:
		r.Sentence = counted(p.Opened, "other invoice") + " open, none past due"
	default:
		r.Sentence = fmt.Sprintf("%s past due, the oldest by %s", counted(p.Overdue, "open invoice"), counted(p.MostOverdue, "day"))
	}
	return r
}

func describeTerm(in Inputs, p *paytime.Profile) Reason {
	days := in.Issued.DaysUntil(in.Due)
	r := Reason{Code: ReasonTerm, Value: strconv.Itoa(days), Sentence: "due " + counted(days, "day") + " after issue"}
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

// tenths says when, relative to the due day.
func tenths(late int) string {
	switch {
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
	r := Reason{Code: ReasonSegment, Sentence: "how companies like it pay"}
	var facts []string
	for _, fact := range record.wire().Register {
		facts = append(facts, strings.ReplaceAll(fact[0], "_", " ")+" "+fact[1])
	}
	if r.Value = strings.Join(facts, ", "); r.Value != "" {
		r.Sentence += " (" + r.Value + ")"
	}
	return r
}

func describeBook(p *paytime.Profile) Reason {
	b := p.Book
	share := func(late, due int) int { return 1000 * late / max(due, 1) }
	month, year := share(b.Late30, b.Due30), share(b.Late365, b.Due365)
	r := Reason{Code: ReasonBook, Value: tenth(month) + " %", Comparison: tenth(year) + " % over the year"}
	r.Sentence = fmt.Sprintf("of all your invoices %s %% were paid late in the last month, %s %% over the year", tenth(month), tenth(year))
	return r
}
