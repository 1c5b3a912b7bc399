package collections_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// told is story A with its notice delivered.
func told() domain.CaseFacts {
	f := storyA()
	f.Items[0].NoticeAt = at("2026-02-05 10:02")
	f.Feeds[0].Spans = statements("2026-02-04", "2026-04-30")
	return f
}

// another adds an invoice like the first one with another due date.
func another(f *domain.CaseFacts, number, due string) *domain.CaseItem {
	item := f.Items[0]
	item.Deal.ID, item.Deal.InvoiceNumber, item.Deal.Due = domain.New[domain.DealID](), number, day(due)
	item.Issued = day(due).Plus(-30)
	f.Items = append(f.Items, item)
	return &f.Items[len(f.Items)-1]
}

// TestWhatIsNext holds C-42, C-43, C-45, C-49, C-53, C-171, D-6, D-19 and D-30: what comes next and when, and that a
// case which waits says for what.
func TestWhatIsNext(t *testing.T) {
	type facts = *domain.CaseFacts
	tests := map[string]struct {
		now    string
		change func(facts)
		act    string // the step's kind, "" when it waits
		items  int
		at     string // when it waits
	}{
		"the notice waits for a business day after the introduction": {"2026-02-03 10:00", func(f facts) { f.Items[0].NoticeAt = time.Time{} }, "", 0, "2026-02-04 09:00"},
		"introduced on a Friday evening, the notice waits for Monday evening, which is Tuesday": {"2026-02-06 19:00", func(f facts) {
			f.Items[0].NoticeAt, f.Items[0].IntroducedAt = time.Time{}, at("2026-02-06 18:30")
		}, "", 0, "2026-02-10 08:00"},
		"without an introduction nothing leaves": {"2026-02-25 09:30", func(f facts) { f.Items[0].NoticeAt, f.Items[0].IntroducedAt = time.Time{}, time.Time{} }, "", 0, ""},
		"one notice names every invoice that waits for one": {"2026-02-05 10:00", func(f facts) {
			f.Items[0].NoticeAt = time.Time{}
			another(f, "MP-1043", "2026-03-11")
		}, "notice", 2, ""},
		"a notice that is on its way is not sent twice": {"2026-02-06 10:00", func(f facts) {
			f.Items[0].NoticeAt = time.Time{}
			f.Touches = []domain.Touch{{Cycle: 1, Class: domain.ClassLegalNotice, Status: domain.TouchUnknown, Items: []domain.DealID{f.Items[0].Deal.ID}, ClaimedAt: at("2026-02-05 10:00")}}
		}, "", 0, ""},
		"the heads-up, where it is wanted":                       {"2026-02-18 09:30", func(f facts) { f.Relationship.HeadsUp = true }, "heads_up", 1, ""},
		"no heads-up for terms below thirty days":                {"2026-02-18 09:30", func(f facts) { f.Relationship.HeadsUp, f.Items[0].Issued = true, day("2026-02-03") }, "", 0, "2026-02-25 09:30"},
		"the reminder waits for its slot":                        {"2026-02-25 09:29", func(facts) {}, "", 0, "2026-02-25 09:30"},
		"the reminder, late in the day but in hours":             {"2026-02-25 16:00", func(facts) {}, "pre_due", 1, ""},
		"after hours it waits for the next morning":              {"2026-02-25 18:00", func(facts) {}, "", 0, "2026-02-26 09:30"},
		"on a weekend the business day before":                   {"2026-02-01 09:30", func(f facts) { f.Items[0].Deal.Due = day("2026-03-07") }, "", 0, "2026-02-27 09:30"},
		"nothing between T-5 and the due date":                   {"2026-02-28 09:30", func(facts) {}, "", 0, "2026-03-05 09:30"},
		"the last day of its window is T-5":                      {"2026-02-27 09:30", func(facts) {}, "pre_due", 1, ""},
		"one day serves what its window holds":                   {"2026-02-25 09:30", func(f facts) { another(f, "MP-1043", "2026-03-06") }, "pre_due", 2, ""},
		"a reminder that would displace a first one is dropped":  {"2026-03-02 09:30", func(f facts) { another(f, "MP-1043", "2026-03-10") }, "", 0, "2026-03-05 09:30"},
		"what is coming travels with a message after a due date": {"2026-03-09 09:30", func(f facts) { another(f, "MP-1043", "2026-03-16") }, "post_due", 2, ""},
		"the first message after the due date, on T + 1":         {"2026-03-05 09:30", func(facts) {}, "post_due", 1, ""},
		"then seven days after the last, on a business day":      {"2026-03-09 09:31", func(f facts) { f.Touches = []domain.Touch{wrote(*f, "post_due:1", "2026-03-07 09:30")} }, "", 0, "2026-03-16 09:30"},
		"the first keeps the gap to the reminder":                {"2026-03-05 09:30", func(f facts) { f.Touches = []domain.Touch{wrote(*f, "pre_due:2026-03-04", "2026-02-27 09:30")} }, "", 0, "2026-03-06 09:30"},
		"after a promise, the later of its end and the gap":      {"2026-03-10 09:30", promising("2026-03-14 00:00"), "", 0, "2026-03-16 09:30"},
		"a promise that ends later than the gap":                 {"2026-03-10 09:30", promising("2026-03-20 00:00"), "", 0, "2026-03-20 09:30"},
		"a dispute of the whole waits for a person":              {"2026-03-10 09:30", func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldDisputed, money.Amount{})} }, "", 0, ""},
		"an answer leaves at night": {"2026-03-04 23:30", func(f facts) {
			f.Questions = []domain.Question{{ID: domain.New[domain.QuestionID](), AnsweredAt: at("2026-03-04 23:29"), Answer: "yes"}}
		}, "answer", 0, ""},
		"thanks 15 minutes after the match":                        {"2026-03-04 11:00", paidAt("2026-03-04 11:00"), "", 0, "2026-03-04 11:15"},
		"thanks over the weekend":                                  {"2026-03-06 17:50", paidAt("2026-03-06 17:50"), "", 0, "2026-03-09 08:05"},
		"thanks before the next reminder":                          {"2026-03-05 09:45", paidAt("2026-03-05 09:30"), "thanks", 1, ""},
		"a step that was refused comes back when the gate said":    {"2026-03-05 14:00", refusedAt("post_due:1", "2026-03-06 09:30"), "", 0, "2026-03-06 09:30"},
		"a step refused for a stop waits for a person":             {"2026-03-06 09:30", func(f facts) { refusedAt("post_due:1", "")(f); stopped(domain.StopLegal)(f) }, "", 0, ""},
		"and comes back when the stop is lifted":                   {"2026-03-06 09:30", refusedAt("post_due:1", ""), "post_due", 1, ""},
		"Presidents' Day is no business day":                       {"2026-02-12 10:00", func(f facts) { f.Items[0].Deal.Due = day("2026-02-13"); f.Items[0].Deal.Open = usd(5) }, "", 0, "2026-02-17 09:30"},
		"a case whose deals ended closes, but not while it thanks": {"2026-03-05 07:00", func(f facts) { paidAt("2026-03-05 06:40")(f); f.Items[0].Deal.Status = domain.DealSettled }, "", 0, "2026-03-05 08:15"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := told()
			f.Now = at(tc.now)
			tc.change(&f)
			plan := collections.Next(f)
			kind, items := "", 0
			if plan.Act != nil {
				kind, items = strings.Split(plan.Act.Step, ":")[0], len(plan.Act.Items)
			}
			when := ""
			if !plan.At.IsZero() {
				when = plan.At.In(newYork).Format("2006-01-02 15:04")
			}
			if kind != tc.act || items != tc.items || when != tc.at || plan.Act == nil && plan.Reason == "" {
				t.Errorf("%q with %d items, waits until %q for %q; want %q, %d, %q", kind, items, when, plan.Reason, tc.act, tc.items, tc.at)
			}
		})
	}
}

func wrote(f domain.CaseFacts, step, when string) domain.Touch {
	return domain.Touch{ID: domain.New[domain.TouchID](), Cycle: 1, Step: step, Class: domain.ClassReminder, Status: domain.TouchSent, SentAt: at(when), Items: []domain.DealID{f.Items[0].Deal.ID}}
}

func promising(until string) func(*domain.CaseFacts) {
	return func(f *domain.CaseFacts) {
		f.Touches = []domain.Touch{wrote(*f, "post_due:1", "2026-03-09 09:30")}
		h := hold(*f, domain.HoldPromise, usd(1_000_000))
		h.Until = at(until)
		f.Holds = []domain.Hold{h}
	}
}

func paidAt(when string) func(*domain.CaseFacts) {
	return func(f *domain.CaseFacts) {
		f.Items[0].Deal.Open = usd(0)
		f.Unthanked = []domain.Allocation{{ID: domain.New[domain.AllocationID](), Deal: f.Items[0].Deal.ID, Minor: 1_000_000, ValueOn: day("2026-03-04"), AppliedAt: at(when)}}
	}
}

func refusedAt(step, again string) func(*domain.CaseFacts) {
	return func(f *domain.CaseFacts) {
		last := domain.LastRefusal{At: at("2026-03-05 09:30")}
		if again != "" {
			last.Again = at(again)
		}
		f.Refused = map[string]domain.LastRefusal{step: last}
	}
}

// TestPromisesAreJudgedByTheBanksStatements holds D-18: nothing is broken before the statement of its last day is
// loaded. It holds F-70.
func TestPromisesAreJudgedByTheBanksStatements(t *testing.T) {
	p := domain.Promise{Status: domain.PromiseActive, Amount: usd(500), OpenBefore: usd(1000), PromisedOn: day("2026-03-10"), JudgeOn: day("2026-03-12")}
	tests := map[string]struct {
		open    int64
		through string
		want    domain.PromiseStatus
	}{
		"the money is here":                        {500, "2026-03-09", domain.PromiseKept},
		"the statement of its day is not loaded":   {1000, "2026-03-11", domain.PromiseActive},
		"nothing came":                             {1000, "2026-03-12", domain.PromiseBroken},
		"a part came":                              {900, "2026-03-12", domain.PromisePartKept},
		"a part came, and the rest may still come": {900, "2026-03-11", domain.PromiseActive},
	}
	for name, tc := range tests {
		if got := collections.JudgePromise(p, usd(tc.open), day(tc.through)); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestACreditKeepsNoPromise: what a credit takes off the invoice meanwhile is not what was promised.
func TestACreditKeepsNoPromise(t *testing.T) {
	for name, tc := range map[string]struct {
		open, credited int64
		want           domain.PromiseStatus
	}{
		"credited, and nothing paid":      {400, 600, domain.PromiseBroken},
		"credited, and the promise paid":  {0, 500, domain.PromiseKept},
		"paid, and nothing credited":      {500, 0, domain.PromiseKept},
		"a part of it paid, and credited": {400, 300, domain.PromisePartKept},
	} {
		f := told()
		f.Now = at("2026-03-05 10:00")
		deal := f.Items[0].Deal.ID
		f.Items[0].Deal.Open = usd(tc.open)
		f.Promises = []domain.Promise{{Deal: deal, Status: domain.PromiseActive, Amount: usd(500), OpenBefore: usd(1000), MadeAt: f.Now.Add(-time.Hour), JudgeOn: day("2026-03-20")}}
		f.Disputes = []domain.Dispute{{Deal: deal, Status: domain.DisputeResolved, Outcome: domain.OutcomeCredited, Amount: usd(tc.credited), Credited: usd(tc.credited), ResolvedAt: f.Now}}
		if got := collections.Judged(f).Promises[0].Status; got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestTheBoundsOfPromises holds D-18: what a promise pauses, and for how long. It holds F-71.
func TestTheBoundsOfPromises(t *testing.T) {
	now := at("2026-03-05 10:00")
	broken := func(days int) domain.Promise {
		return domain.Promise{Deal: domain.New[domain.DealID](), Status: domain.PromiseBroken, DecidedAt: now.AddDate(0, 0, -days)}
	}
	active := func(deal domain.DealID, on string) domain.Promise {
		return domain.Promise{Deal: deal, Status: domain.PromiseActive, Amount: usd(100), PromisedOn: day(on), MadeAt: now.AddDate(0, 0, -1)}
	}
	tests := map[string]struct {
		minor  int64
		on     string
		before []domain.Promise
		refuse string
		until  string // "" pauses nothing
	}{
		"until two business days after its day":       {1_000_000, "2026-03-10", nil, "", "2026-03-13 00:00"},
		"over a weekend":                              {1_000_000, "2026-03-06", nil, "", "2026-03-11 00:00"},
		"at most fourteen days":                       {1_000_000, "2026-03-19", nil, "", "2026-03-20 00:00"},
		"fifteen days ahead is too far":               {1_000_000, "2026-03-20", nil, "promise-too-far", ""},
		"yesterday is no promise":                     {1_000_000, "2026-03-04", nil, "invalid", ""},
		"more than is open":                           {1_000_001, "2026-03-10", nil, "more-than-open", ""},
		"a quarter pauses":                            {250_000, "2026-03-10", nil, "", "2026-03-13 00:00"},
		"less than a quarter pauses nothing":          {249_999, "2026-03-10", nil, "", ""},
		"after one broken promise five business days": {1_000_000, "2026-03-18", []domain.Promise{broken(10)}, "", "2026-03-13 00:00"},
		"after two in ninety days nothing":            {1_000_000, "2026-03-10", []domain.Promise{broken(10), broken(80)}, "", ""},
		"one that was broken long ago is forgotten":   {1_000_000, "2026-03-10", []domain.Promise{broken(10), broken(91)}, "", "2026-03-13 00:00"},
		"one may be replaced before its day":          {1_000_000, "2026-03-10", []domain.Promise{active(domain.DealID{}, "2026-03-06")}, "", "2026-03-13 00:00"},
		"but not on its day":                          {1_000_000, "2026-03-10", []domain.Promise{active(domain.DealID{}, "2026-03-05")}, "promise-already-open", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			item := domain.DebtorItem{Deal: domain.New[domain.DealID](), Status: domain.DealPaidOut, Open: usd(1_000_000), Basis: usd(1_000_000)}
			for i := range tc.before {
				if tc.before[i].Deal.IsZero() {
					tc.before[i].Deal = item.Deal
				}
			}
			page := domain.DebtorPage{Country: "US", TimeZone: "America/New_York", Items: []domain.DebtorItem{item}, Promises: tc.before}
			_, replaces, pause, err := collections.PromiseOf(page, item, domain.Promise{Amount: usd(tc.minor), PromisedOn: day(tc.on)}, now)
			if tc.refuse != "" {
				var refusal *domain.Refusal
				if !asRefusal(err, &refusal) || refusal.Code != tc.refuse {
					t.Errorf("refused with %v, want %s", err, tc.refuse)
				}
				return
			}
			until := ""
			if pause != nil {
				until = pause.Until.In(newYork).Format("2006-01-02 15:04")
			}
			if err != nil || until != tc.until || (replaces != nil) != (len(tc.before) == 1 && tc.before[0].Status == domain.PromiseActive) {
				t.Errorf("pauses until %q (%v), replaces %v; want %q", until, err, replaces, tc.until)
			}
		})
	}
}

func asRefusal(err error, into **domain.Refusal) bool {
	return errors.As(err, into)
}
