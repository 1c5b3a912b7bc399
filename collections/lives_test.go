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

// lived is a life under construction: what happens, on the debtor's days and hours.
type lived struct {
	life domain.Life
	zone *time.Location
}

// aLife begins with one invoice of 10,000.00, sold on 5 February and due on 4 March 2026, and
// statements of every banking day until the end of the year.
func aLife() *lived {
	f := storyA()
	f.Feeds[0].Spans = statements("2026-02-02", "2026-12-30")
	f.Relationship.Phone = "+12125550142"
	f.Case.ID = domain.CaseID{UUID: [16]byte{1}} // ids of the moments come from it
	return &lived{domain.Life{Facts: f}, newYork}
}

func (l *lived) at(text string) time.Time {
	return must(time.ParseInLocation("2006-01-02 15:04", "2026-"+text, l.zone)).UTC()
}

func (l *lived) item(n int) *domain.CaseItem { return &l.life.Facts.Items[n] }

// invoice adds one more invoice, sold and introduced on a day.
func (l *lived) invoice(number, sold, due string, minor int64) *lived {
	item := *l.item(0)
	item.Deal.ID, item.Deal.InvoiceNumber, item.Deal.Due, item.Deal.Basis = domain.New[domain.DealID](), number, day("2026-"+due), usd(minor)
	item.Deal.MadeAt, item.Issued, item.IntroducedAt = l.at(sold+" 09:00"), day("2026-"+sold), l.at(sold+" 08:00").AddDate(0, 0, -3)
	l.life.Facts.Items = append(l.life.Facts.Items, item)
	return l
}

func (l *lived) pays(n int, when string, minor int64) *lived {
	l.life.Paid = append(l.life.Paid, domain.Allocation{
		ID: domain.New[domain.AllocationID](), Deal: l.item(n).Deal.ID, Minor: minor, ValueOn: domain.DateOf(l.at(when).In(l.zone)).Plus(-1), AppliedAt: l.at(when),
	})
	return l
}

func (l *lived) hold(n int, code domain.HoldCode, when, until string, minor int64) *lived {
	h := domain.Hold{ID: domain.New[domain.HoldID](), Deal: l.item(n).Deal.ID, Code: code, CreatedAt: l.at(when)}
	if until != "" {
		h.Until = l.at(until)
	}
	if minor > 0 {
		h.Amount = usd(minor)
	}
	l.life.Facts.Holds = append(l.life.Facts.Holds, h)
	return l
}

// promises makes a promise with the hold that it earns.
func (l *lived) promises(n int, when, on, judged, until string, minor, open int64) *lived {
	p := domain.Promise{
		ID: domain.New[domain.PromiseID](), Deal: l.item(n).Deal.ID, Status: domain.PromiseActive, Amount: usd(minor), OpenBefore: usd(open),
		PromisedOn: day("2026-" + on), JudgeOn: day("2026-" + judged), MadeAt: l.at(when),
	}
	l.life.Facts.Promises = append(l.life.Facts.Promises, p)
	if until != "" {
		l.hold(n, domain.HoldPromise, when, until, minor)
		h := &l.life.Facts.Holds[len(l.life.Facts.Holds)-1]
		h.CauseKind, h.Cause = "promise", p.ID.UUID
	}
	return l
}

// asks asks about everything; answered is empty for a question that nobody answers.
func (l *lived) asks(when, answered string, reason domain.Reason) *lived {
	q := domain.Question{ID: domain.New[domain.QuestionID](), Said: "Which order is this about?", AskedAt: l.at(when), Reason: reason}
	h := domain.Hold{ID: domain.New[domain.HoldID](), Code: domain.HoldQuery, CauseKind: "question", Cause: q.ID.UUID, CreatedAt: q.AskedAt}
	if answered != "" {
		q.Answer, q.AnsweredAt = "It is about the menus of February.", l.at(answered)
		h.Until = q.AnsweredAt.AddDate(0, 0, 7)
	}
	l.life.Facts.Questions, l.life.Facts.Holds = append(l.life.Facts.Questions, q), append(l.life.Facts.Holds, h)
	return l
}

// disputes does not agree to a part until it is resolved.
func (l *lived) disputes(n int, when, resolved string, minor int64) *lived {
	d := domain.Dispute{ID: domain.New[domain.DisputeID](), Deal: l.item(n).Deal.ID, Status: domain.DisputeOpen, Amount: usd(minor), RaisedAt: l.at(when)}
	l.hold(n, domain.HoldDisputed, when, "", minor)
	if resolved != "" {
		d.Status, d.ResolvedAt = domain.DisputeResolved, l.at(resolved)
		l.life.Facts.Holds[len(l.life.Facts.Holds)-1].EndedAt = d.ResolvedAt
	}
	l.life.Facts.Disputes = append(l.life.Facts.Disputes, d)
	return l
}

func (l *lived) stop(code domain.StopCode, set, lifted string) *lived {
	s := domain.Stop{ID: domain.New[domain.StopID](), Code: code, SetAt: l.at(set)}
	if lifted != "" {
		s.LiftedAt = l.at(lifted)
	}
	l.life.Facts.Stops = append(l.life.Facts.Stops, s)
	return l
}

func (l *lived) acknowledges(when, until string) *lived {
	l.life.Facts.Replies = append(l.life.Facts.Replies, domain.ReplyFact{Kind: "human", Acknowledge: true, At: l.at(when)})
	l.life.Facts.Holds = append(l.life.Facts.Holds, domain.Hold{
		ID: domain.New[domain.HoldID](), Code: domain.HoldQuery, CauseKind: "reply", CreatedAt: l.at(when), Until: l.at(until),
	})
	return l
}

// together loads days as one statement, which comes the morning after the last.
func (l *lived) together(from, to string) *lived {
	feed := &l.life.Facts.Feeds[0]
	feed.Spans = slices.DeleteFunc(feed.Spans, func(s domain.Span) bool { return !s.From.Before(day("2026-"+from)) && !s.To.After(day("2026-"+to)) })
	feed.Spans = append(feed.Spans, domain.Span{From: day("2026-" + from), To: day("2026-" + to), Opening: usd(0), Closing: usd(0)})
	slices.SortFunc(feed.Spans, func(a, b domain.Span) int { return b.From.DaysUntil(a.From) })
	return l
}

// storyB is the hard story until the plan: Kestrel disputes, promises, cannot pay. The
// credit of 21 April is in the basis from the start, and every amount is in dollars.
func storyB() *lived {
	l := aLife()
	l.zone = must(time.LoadLocation("Europe/London"))
	f := &l.life.Facts
	f.Factor.Name, f.Factor.Country, f.Factor.TimeZone = "Northgate Receivables Ltd", "GB", "Europe/London"
	f.Seller.Name = "Tarn Joinery Ltd"
	f.Relationship.Name, f.Relationship.Country, f.Relationship.TimeZone, f.Relationship.HeadsUp, f.Relationship.ContactName = "Kestrel Lodges Ltd", "GB", "Europe/London", true, "Moira Kerr"
	item := l.item(0)
	item.Deal.InvoiceNumber, item.Deal.Due, item.Deal.Basis, item.Deal.MadeAt = "TJ-0387", day("2026-04-01"), usd(1_080_000), l.at("03-05 10:45")
	item.Issued, item.IntroducedAt, item.Summary, item.OrderReference = day("2026-03-02"), l.at("03-03 09:00"), "40 oak doors, hung", "K-118"
	f.Case.OpenedAt, f.Feeds[0].Account.Currency = l.at("03-05 10:45"), "GBP"
	f.Feeds[0].Spans = nil
	banking := domain.BankingDays("GBP", "GB")
	for d := day("2026-03-02"); d.Before(day("2026-07-31")); d = banking.Add(d, 1) {
		f.Feeds[0].Spans = append(f.Feeds[0].Spans, domain.Span{From: d, To: d, Opening: usd(0), Closing: usd(0)})
	}
	l.disputes(0, "04-08 11:20", "04-21 10:00", 180_000).asks("04-08 11:20", "04-14 15:00", "")
	l.promises(0, "04-21 10:40", "04-30", "05-05", "05-06 00:00", 1_080_000, 1_080_000)
	return l.asks("05-07 10:15", "05-08 10:00", domain.ReasonCashFlow)
}

// lives are twenty named lives. Each is played day by day; its file is what a reader of
// the timeline would see.
var lives = map[string]struct {
	of      func() *lived
	until   string
	nobody  bool // whom a step waits for does nothing
	because string
}{
	"story_a": {func() *lived {
		return aLife().together("03-05", "03-06").hold(0, domain.HoldPaidOrPending, "03-10 14:10", "03-18 00:00", 0).pays(0, "03-11 06:40", 1_000_000)
	}, "04-01", false, "story A of the acceptance stories: one reminder before, one after, thanks"},
	"story_b":                 {storyB, "05-22", false, "story B until its plan: dispute, promise broken, hardship; the tone never passes 2"},
	"prompt":                  {func() *lived { return aLife().pays(0, "03-05 06:30", 1_000_000) }, "04-01", false, "pays on the due day: the bank says so before we ask (D-21)"},
	"early":                   {func() *lived { return aLife().pays(0, "02-20 06:30", 1_000_000) }, "04-01", false, "pays before the reminder: there is none"},
	"forgetful":               {func() *lived { return aLife().pays(0, "03-12 06:30", 1_000_000) }, "04-15", false, "pays after the first message after the due date"},
	"silent":                  {aLife, "07-15", false, "never says a word: each step once, the formal demand last (C-159, C-164, C-165)"},
	"silent_and_nobody_acts":  {aLife, "07-01", true, "the people of the factor do nothing: the mild letter is repeated by day 14 (D-19)"},
	"silent_without_a_number": {func() *lived { l := aLife(); l.life.Facts.Relationship.Phone = ""; return l }, "06-15", false, "no telephone: the ladder has no call"},
	"part_payer": {func() *lived {
		return aLife().pays(0, "03-20 06:30", 400_000).pays(0, "04-10 06:30", 300_000).pays(0, "05-04 06:30", 300_000)
	}, "05-15", false, "pays in parts: each is acknowledged, and the tone does not rise"},
	"hardship": {func() *lived { return aLife().asks("03-17 10:00", "03-18 11:00", domain.ReasonCashFlow) }, "05-20", false, "cannot pay as agreed: longer gaps, no firmer tone for 14 days"},
	"promise_kept": {func() *lived {
		return aLife().promises(0, "03-10 10:00", "03-18", "03-20", "03-21 00:00", 1_000_000, 1_000_000).pays(0, "03-19 06:30", 1_000_000)
	}, "04-15", false, "promises and pays: not a word in between"},
	"promise_broken_twice": {func() *lived {
		return aLife().promises(0, "03-10 10:00", "03-13", "03-17", "03-18 00:00", 1_000_000, 1_000_000).promises(0, "03-20 10:00", "03-27", "03-31", "03-28 00:00", 1_000_000, 1_000_000)
	}, "05-20", false, "two promises broken: the tone rises by one for each"},
	"dispute_of_a_part":       {func() *lived { return aLife().disputes(0, "03-10 10:00", "04-20 10:00", 300_000) }, "05-20", false, "disputes a part: only the rest is asked for, and mildly afterwards"},
	"question_nobody_answers": {func() *lived { return aLife().asks("03-10 10:00", "", "") }, "06-01", false, "asks, and we do not answer: nobody is chased"},
	"looks_into_it":           {func() *lived { return aLife().acknowledges("03-10 10:00", "03-17 00:00") }, "05-10", false, "says that it looks into it: seven days, and no firmer for it (D-25)"},
	"one_of_two_promised": {func() *lived {
		return aLife().invoice("MP-1050", "02-10", "03-06", 500_000).promises(0, "03-10 09:00", "03-20", "03-24", "03-24 00:00", 1_000_000, 1_000_000)
	}, "04-20", false, "one invoice promised, the other not: the message lists the other only (D-20)"},
	"weekly_invoices": {func() *lived {
		return aLife().invoice("MP-1050", "02-12", "03-11", 200_000).invoice("MP-1051", "02-19", "03-18", 210_000).invoice("MP-1052", "02-26", "03-25", 220_000).invoice("MP-1053", "03-05", "04-01", 230_000)
	}, "04-10", false, "an invoice a week: one message for all, never two in a week (D-19)"},
	"new_invoice_late_in_the_ladder":    {func() *lived { return aLife().invoice("MP-1090", "04-01", "04-27", 500_000) }, "06-20", false, "a second invoice becomes overdue while the first is far up: it gets its own mild letter first (D-19)"},
	"first_heard_of_in_a_firmer_letter": {func() *lived { return aLife().invoice("B-1", "02-26", "03-25", 500_000) }, "06-01", false, "a second invoice is first listed in a firmer letter: its own next words are mild all the same (C-62)"},
	"misses_one_firm_step":              {aLife, "07-01", false, "the people agree to all but one step: its replacement is mild, and the ladder goes on from where it was (D-19)"},
	"a_person": {func() *lived {
		l := aLife()
		person(&l.life.Facts)
		l.life.Facts.Touches = nil
		l.item(0).Deal.Due = day("2026-02-13")
		return l
	}, "05-20", false, "a silent person: the notice says what there is to check, and nothing firmer than a cordial word leaves for 30 days (D-27)"},
	"a_person_with_a_new_invoice": {func() *lived {
		l := aLife().invoice("MP-1090", "04-01", "04-07", 500_000)
		person(&l.life.Facts)
		l.life.Facts.Touches = nil
		return l
	}, "06-10", false, "a person's second invoice is overdue while the first is further up: what is more than cordial leaves it out (D-27)"},
	"asked_not_to_be_contacted": {func() *lived { return aLife().stop(domain.StopCease, "03-10 10:00", "05-04 10:00") }, "06-01", false, "asked not to be contacted: nothing until a person lifts it"},
	"complaint_and_payment": {func() *lived {
		return aLife().stop(domain.StopComplaint, "03-10 10:00", "").pays(0, "03-16 06:30", 1_000_000)
	}, "04-10", false, "complains and pays: a neutral receipt, no thanks (D-30)"},
	"insolvent": {func() *lived {
		return aLife().stop(domain.StopLegal, "03-10 10:00", "").pays(0, "03-16 06:30", 200_000)
	}, "05-01", false, "a legal stop: no message of any class (D-3)"},
	"bank_is_silent": {func() *lived { return aLife().together("03-05", "03-20") }, "04-20", false, "the bank sends nothing for two weeks: we do not chase what may be paid (D-21)"},
}

// TestTheLivesOfDebtors plays named lives day by day and holds each to its file (D-20, C-42, C-45, C-48, C-49, C-50, C-52,
// C-98, C-104, C-159, C-164, C-165, C-177, D-25 and D-30: the same life gives the same days), and to the rules that hold
// for every life: seven days between what we start, tone up by one at most, no silence above 14 days that nothing
// explains.
func TestTheLivesOfDebtors(t *testing.T) {
	if len(lives) < 20 {
		t.Errorf("%d lives", len(lives))
	}
	for name, l := range lives {
		t.Run(name, func(t *testing.T) {
			life := l.of()
			act := func(domain.Touch) bool { return !l.nobody }
			if name == "misses_one_firm_step" {
				missed := false
				act = func(t domain.Touch) bool {
					first := !missed && t.Rung == "clear_ask"
					missed = missed || first
					return !first
				}
			}
			played, err := collections.PlayWith(life.life, collections.BuiltIn(), life.at(l.until+" 00:00"), act)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			fmt.Fprintf(&out, "%s: %s.\n\n", name, l.because)
			last, tones := domain.Date{}, map[domain.DealID]int{}
			for _, m := range played {
				local := m.At.In(life.zone)
				out.WriteString(line(m, local))
				if m.Sent == nil || !m.Sent.Class.Proactive() {
					continue
				}
				today := domain.DateOf(local)
				if !last.IsZero() && last.DaysUntil(today) < 7 {
					t.Errorf("%s: %d days after the message before", today, last.DaysUntil(today))
				}
				tone := 0
				for _, deal := range m.Sent.Items {
					tone = max(tone, tones[deal])
					if m.Sent.Rung != "" { // what replaces a step does not move the ladder
						tones[deal] = m.Sent.Tone
					}
				}
				if m.Sent.Tone > tone+1 {
					t.Errorf("%s: tone %d after %d", today, m.Sent.Tone, tone)
				}
				last = today
			}
			golden(t, "life_"+name, out.String())
		})
	}
}

// line is a moment as it stands in a file.
func line(m collections.Moment, local time.Time) string {
	var out strings.Builder
	when := local.Format("Mon 2 Jan 15:04")
	if m.Asked != nil {
		fmt.Fprintf(&out, "%-17s asked    %s (tone %d): %d to agree\n", when, m.Asked.Rung, m.Asked.Tone, m.Asked.People)
	}
	if s := m.Sent; s != nil {
		verb := "sent"
		if s.Class == domain.ClassCall {
			verb = "called"
		}
		fmt.Fprintf(&out, "%-17s %-8s %s (tone %d): %s\n%27s%s\n", when, verb, s.Class, s.Tone, s.Subject, "", s.WhyNow)
	}
	if g := m.Refused; g != nil {
		fmt.Fprintf(&out, "%-17s refused  %s: %s\n", when, g.Class, strings.Join(g.Codes, " "))
	}
	return out.String()
}
