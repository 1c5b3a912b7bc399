package main

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
	"comity/marketplace"
	"comity/money"
	"comity/repository"
)

// A yearTown is the world of a year while it is lived.
type yearTown struct {
	size    yearSize
	world   domain.WorldID
	db      *repository.DB
	rows    *repository.Year
	cases   *collections.Service
	market  *marketplace.Service
	now     time.Time
	end     time.Time
	debtors []yearDebtor
	pairs   []yearPair
	deals   []yearDeal
	factors []yearFactor
	feeds   []yearFeed

	mu    sync.Mutex
	queue yearQueue
	done  map[string]int
}

// A yearFactor is where a factor's collectors work.
type yearFactor struct {
	zone *time.Location
	cal  domain.Calendar
}

// A yearFeed is a collection account: what is to be shown on its statements.
type yearFeed struct {
	factor   int
	currency string
	banking  domain.Calendar
	money    map[domain.Date][]yearPayment
}

type yearPayment struct {
	deal  int
	minor int64
}

func yearMoney(currency string) money.Currency { return money.Currency(currency) }

func newYearTown(size yearSize) *yearTown {
	begins := yearBegins.At(0, 0, time.UTC)
	return &yearTown{
		size: size, world: domain.WorldID{UUID: yearID(yearWorldID, 1)}, now: begins, end: begins.AddDate(0, 0, size.Days), done: map[string]int{},
	}
}

// What happens by itself or because somebody does it, in the order of one moment.
type yearKind int

const (
	yearMakesDeal yearKind = iota // n: the deal
	yearStatement                 // n: the account; on: its day
	yearIdentifies
	yearEnds // n: the deal
	yearSays // debtors and people from here on
	yearAnswers
	yearResolves
	yearWorks // n: the factor
	yearCalls
	yearConsents
	yearSellerSays
	yearAgain
	yearLifts
	yearUnpauses
)

// A yearEvent is something that will happen.
type yearEvent struct {
	at    int64 // unix seconds
	kind  yearKind
	n     int
	kase  uuid.UUID
	touch uuid.UUID
	items []uuid.UUID
	says  string
	on    domain.Date
}

// yearQueue is a heap of events by time; what is of one moment is sorted when it comes.
type yearQueue []yearEvent

func (q yearQueue) Len() int           { return len(q) }
func (q yearQueue) Less(i, j int) bool { return q[i].at < q[j].at }
func (q yearQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *yearQueue) Push(e any) {
	if event, ok := e.(yearEvent); ok {
		*q = append(*q, event)
	}
}

// Pop implements heap.Interface.
func (q *yearQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// at plans an event.
func (y *yearTown) at(when time.Time, e yearEvent) {
	e.at = when.Unix()
	y.mu.Lock()
	defer y.mu.Unlock()
	heap.Push(&y.queue, e)
}

// count counts what was done, or refused on purpose; other errors are faults.
func (y *yearTown) count(name string, err error) error {
	var refusal *domain.Refusal
	switch {
	case err == nil:
	case errors.As(err, &refusal) && refusal.Code != domain.ErrUnavailable.Code:
		name += ": " + refusal.Code
	default:
		return fmt.Errorf("%s at %s: %w", name, y.now.Format(time.RFC3339), err)
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.done[name]++
	return nil
}

const yearGrid = 900 // seconds: things happen at every full quarter of an hour

// live lives the days: whatever is due first comes first.
func (y *yearTown) live(ctx context.Context) error {
	month := ""
	for {
		at, err := y.rows.NextLook(ctx)
		if err != nil {
			return err
		}
		next := at.Unix()
		if len(y.queue) > 0 && (at.IsZero() || y.queue[0].at < next) {
			next = y.queue[0].at
		}
		next = max((next+yearGrid-1)/yearGrid*yearGrid, y.now.Unix())
		y.now = time.Unix(next, 0).UTC()
		if !y.now.Before(y.end) {
			y.now = y.end
			return y.rows.Clock(ctx, y.end)
		}
		if name := y.now.Format("January 2006"); name != month {
			month = name
			say("%s: %d looks so far, and %d among many", month, y.done["look"], y.done["look among many"])
			if err := y.rows.Analyze(ctx); err != nil {
				return err
			}
		}
		if err := y.moment(ctx); err != nil {
			return err
		}
	}
}

const yearLooks = 40 // looks of one moment, until a case that stays due is a fault

// moment lets happen what is due now, and lets the engine look and send until it rests.
func (y *yearTown) moment(ctx context.Context) error {
	if err := y.rows.Clock(ctx, y.now); err != nil {
		return err
	}
	var due []yearEvent
	for len(y.queue) > 0 && y.queue[0].at <= y.now.Unix() {
		due = append(due, y.queue[0])
		heap.Pop(&y.queue)
	}
	slices.SortFunc(due, func(a, b yearEvent) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.n, b.n), cmp.Compare(yearNumber(a.kase), yearNumber(b.kase)), cmp.Compare(a.says, b.says))
	})
	first := slices.IndexFunc(due, func(e yearEvent) bool { return e.kind >= yearSays })
	if first < 0 {
		first = len(due)
	}
	if err := y.banks(ctx, due[:first]); err != nil {
		return err
	}
	err := together(ctx, y, due[first:], func(e yearEvent) int { return y.group(e) }, y.happens)
	if err != nil {
		return err
	}
	for looks := 0; ; looks++ {
		cases, err := y.rows.Due(ctx, y.now)
		if err == nil && len(cases) > fewCases && looks == 0 {
			if err = y.ahead(ctx); err == nil {
				cases, err = y.rows.Due(ctx, y.now)
			}
		}
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			return y.jobs(ctx)
		}
		if looks > yearLooks {
			return fmt.Errorf("%s: case %s stays due", y.now, cases[0].ID)
		}
		err = together(ctx, y, cases, func(c repository.YearCase) int { return yearNumber(c.Debtor) }, func(ctx context.Context, c repository.YearCase) error {
			return y.count("look", y.cases.Act(ctx, y.world, domain.CaseID{UUID: c.ID}, y.now))
		})
		if err == nil {
			err = y.jobs(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// ahead looks at all that is due together; what is left is to be acted on.
func (y *yearTown) ahead(ctx context.Context) error {
	for after := (domain.Due{}); ; {
		day, err := y.cases.Plan(ctx, y.world, after, y.now, y.now)
		if err != nil || day.Looked == 0 {
			return err
		}
		after = day.Last
		y.done["look among many"] += day.Looked - len(day.Acts)
	}
}

// group is who an event is about: things of one debtor come one after the other, in order.
func (y *yearTown) group(e yearEvent) int {
	if e.kind == yearWorks {
		return -1 - e.n
	}
	return y.pairs[y.deals[yearNumber(e.kase)].pair].debtor
}

// together does things with several workers; those of one group in order, by one worker.
func together[T any](ctx context.Context, y *yearTown, things []T, group func(T) int, do func(context.Context, T) error) error {
	var order []int
	groups := map[int][]T{}
	for _, thing := range things {
		g := group(thing)
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], thing)
	}
	work := make(chan []T)
	faults := make(chan error, y.size.Workers)
	var working sync.WaitGroup
	for range min(y.size.Workers, len(order)) {
		working.Go(func() {
			var failed error
			for some := range work {
				for _, thing := range some {
					if failed == nil {
						failed = do(ctx, thing)
					}
				}
			}
			faults <- failed
		})
	}
	for _, g := range order {
		work <- groups[g]
	}
	close(work)
	working.Wait()
	close(faults)
	var all []error
	for err := range faults {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// jobs does what the engine asked for: messages leave, deals are paid out, sellers are asked.
func (y *yearTown) jobs(ctx context.Context) error {
	jobs, err := y.rows.Jobs(ctx)
	if err != nil {
		return err
	}
	var paidOut []uuid.UUID
	var send []repository.YearJob
	for _, j := range jobs {
		switch domain.JobKind(j.Kind) {
		case domain.JobAdvance:
			paidOut = append(paidOut, j.Ref)
		case domain.JobSend:
			send = append(send, j)
		case domain.JobMailParty:
			if j.Case.Valid {
				y.at(y.now.Add(time.Duration(1+y.dice(30, forConsent, yearNumber(j.Case.UUID), int(y.now.Unix())))*time.Hour), yearEvent{kind: yearSellerSays, kase: j.Case.UUID})
			}
		default:
			y.done["job "+j.Kind]++
		}
	}
	if len(paidOut) > 0 {
		if err := y.rows.PayOut(ctx, paidOut, y.now); err != nil {
			return err
		}
	}
	return together(ctx, y, send, func(j repository.YearJob) int { return y.group(yearEvent{kase: j.Case.UUID}) }, y.send)
}

// yearStep makes dice of a step, without the ids that are others in every run.
func yearStep(step string) int {
	if kind, about, _ := strings.Cut(step, ":"); len(about) > len("0000-00-00:how_it_is_made_up") {
		step = kind
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(step)) // it never fails
	return int(h.Sum32())
}
