package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
	"comity/marketplace"
	"comity/money"
)

// work plans something that a collector of the case's factor does, so many business days
// from now, in its hours.
func (y *yearTown) work(kase uuid.UUID, e yearEvent, days int) {
	f := y.factors[y.pairs[y.deals[yearNumber(kase)].pair].factor]
	on := f.cal.Add(domain.DateOf(y.now.In(f.zone)), days)
	at := on.At(10+y.dice(7, forHour, yearNumber(kase), int(y.now.Unix())), 5*y.dice(12, forHour, yearNumber(kase), days), f.zone)
	if !at.After(y.now) || !f.cal.IsBusinessDay(on) {
		at = f.cal.Add(on, 1).At(9, 30, f.zone)
	}
	y.at(at, e)
}

// collector is the first or the second collector of a case's factor.
func (y *yearTown) collector(factor, which int) domain.Caller {
	return domain.Caller{
		User: domain.UserID{UUID: yearID(yearUserID, 2*factor+which%2)}, Organization: domain.OrganizationID{UUID: yearID(yearOrgID, factor)},
		Kind: domain.KindFactor, Role: domain.RoleCollector, World: y.world, Sandbox: true, Now: y.now,
	}
}

func (y *yearTown) collectorOf(kase uuid.UUID, which int) domain.Caller {
	return y.collector(y.pairs[y.deals[yearNumber(kase)].pair].factor, which)
}

// seller is somebody of a case's seller.
func (y *yearTown) seller(kase uuid.UUID) domain.Caller {
	s := y.size.Factors + y.pairs[y.deals[yearNumber(kase)].pair].seller
	return domain.Caller{
		User: domain.UserID{UUID: yearID(yearUserID, 1_000_000+s)}, Organization: domain.OrganizationID{UUID: yearID(yearOrgID, s)},
		Kind: domain.KindSeller, Role: domain.RoleMember, World: y.world, Sandbox: true, Now: y.now,
	}
}

// happens does what somebody planned.
func (y *yearTown) happens(ctx context.Context, e yearEvent) error {
	switch e.kind {
	case yearSays:
		return y.says(ctx, e)
	case yearAnswers:
		return y.answers(ctx, e)
	case yearResolves:
		id, err := y.rows.Dispute(ctx, e.kase)
		if err != nil || id == uuid.Nil {
			return err
		}
		withdrawn := marketplace.Resolution{Outcome: "withdrawn"}
		_, err = y.market.ResolveDispute(ctx, y.collectorOf(e.kase, 0), domain.DisputeID{UUID: id}, withdrawn, yearOnce[domain.Dispute](y.key(e), nil))
		return y.count("collector resolves a dispute", err)
	case yearWorks:
		return y.desk(ctx, e.n)
	case yearCalls:
		return y.calls(ctx, e)
	case yearConsents:
		return y.consents(ctx, e)
	case yearSellerSays:
		return y.sellerSays(ctx, e)
	case yearAgain:
		_, err := y.cases.SendAgain(ctx, y.collectorOf(e.kase, 0), domain.CaseID{UUID: e.kase}, yearOnce[domain.Case](y.key(e), nil))
		return y.count("collector lets send again", err)
	case yearLifts:
		_, err := y.cases.LiftStop(ctx, y.collectorOf(e.kase, e.n), domain.CaseID{UUID: e.kase}, domain.StopCode(e.says), yearOnce[domain.Stop](y.key(e)+fmt.Sprint(e.n), nil))
		return y.count("collector lifts a stop", err)
	case yearUnpauses:
		id, err := y.rows.Pause(ctx, e.kase, y.now)
		if err != nil || id == uuid.Nil {
			return err
		}
		_, err = y.cases.EndPause(ctx, y.seller(e.kase), domain.PauseID{UUID: id}, yearOnce[domain.Pause](y.key(e), nil))
		return y.count("seller ends a pause", err)
	default:
		return fmt.Errorf("nobody does %d", e.kind)
	}
}

// answers is a collector who answers the oldest question of a case, or closes what came by
// mail and needs no letter.
func (y *yearTown) answers(ctx context.Context, e yearEvent) error {
	id, read, err := y.rows.Question(ctx, e.kase)
	if err != nil || id == uuid.Nil {
		return err
	}
	by, question, reply := y.collectorOf(e.kase, 0), domain.QuestionID{UUID: id}, domain.ReplyID{UUID: read}
	reason := domain.Reason("")
	if e.says == "asks for time" {
		reason = domain.ReasonCashFlow
	}
	once := yearOnce[domain.Question](y.key(e), nil)
	if !reply.IsZero() && y.dice(10, forWay, yearNumber(e.kase), int(y.now.Unix())) < 4 {
		_, err = y.cases.CloseQuestion(ctx, by, question, reply, "Read; nothing to answer.", reason, once)
		return y.count("collector closes a question", err)
	}
	_, err = y.cases.AnswerQuestion(ctx, by, question, reply, "It is about the delivery that your purchasing ordered.", collections.Understanding{Reason: reason}, once)
	return y.count("collector answers a question", err)
}

// desk is a morning at a factor: its people look at what waits for them and plan their day.
func (y *yearTown) desk(ctx context.Context, factor int) error {
	f := y.factors[factor]
	today := domain.DateOf(y.now.In(f.zone))
	y.at(f.cal.Add(today, 1).At(9, 0, f.zone), yearEvent{kind: yearWorks, n: factor})
	for page := (domain.Page{Limit: 200}); ; {
		tasks, err := y.cases.Tasks(ctx, y.collector(factor, 0), page)
		if err != nil {
			return y.count("look at the tasks", err)
		}
		for _, t := range tasks {
			y.takes(t)
			page.After = t.ID.UUID
		}
		if len(tasks) < page.Limit {
			return y.count("look at the tasks", nil)
		}
	}
}

// takes plans what is done about a task, today or, when there is no time, on no day of its
// own: it is looked at again tomorrow.
func (y *yearTown) takes(t domain.Touch) {
	kase := t.Case.UUID
	about := []int{forWork, yearNumber(kase), yearStep(t.Step), int(y.now.Unix())}
	share := y.dice(100, about...)
	switch {
	case t.Status == domain.TouchUnknown:
		// A case that goes on needs nobody; one of which a notice is unknown does not.
		if t.Class == domain.ClassLegalNotice && share < 40 && y.now.Sub(t.ClaimedAt) < 20*24*time.Hour {
			y.at(y.now.Add(time.Hour), yearEvent{kind: yearAgain, kase: kase})
		}
	case t.Status != domain.TouchPlanned || yearNumber(kase)%9 == 0 || share >= 60: // nobody finds the time for some
	case t.Class == domain.ClassCall:
		d := y.debtor(kase)
		on := d.cal.OnOrAfter(domain.DateOf(y.now.In(d.zone)))
		at := on.At(10+y.dice(6, append(about, 1)...), 0, d.zone)
		if !at.After(y.now) {
			at = d.cal.Add(on, 1).At(10, 0, d.zone)
		}
		y.at(at, yearEvent{kind: yearCalls, kase: kase, touch: t.ID.UUID, items: yearDeals(t.Items)})
	default:
		for which := range t.People {
			y.at(y.now.Add(time.Duration(1+which)*time.Hour), yearEvent{kind: yearConsents, kase: kase, touch: t.ID.UUID, n: which})
		}
	}
}

func yearDeals(ids []domain.DealID) []uuid.UUID {
	var found []uuid.UUID
	for _, id := range ids {
		found = append(found, id.UUID)
	}
	return found
}

// consents is a collector's word on a letter that needs one.
func (y *yearTown) consents(ctx context.Context, e yearEvent) error {
	word := domain.Approval{Consent: domain.Approved}
	if y.dice(100, forConsent, yearNumber(e.kase), int(y.now.Unix())) < 4 {
		word = domain.Approval{Consent: domain.Declined, Note: "they are about to pay"}
	}
	_, err := y.cases.Consent(ctx, y.collectorOf(e.kase, e.n), domain.TouchID{UUID: e.touch}, word, yearOnce[domain.Approval](y.key(e)+fmt.Sprint(e.n), nil))
	return y.count("collector says "+string(word.Consent), err)
}

// sellerSays is a seller's word on a message that it wants to see before; some never give it.
func (y *yearTown) sellerSays(ctx context.Context, e yearEvent) error {
	id, err := y.rows.Waiting(ctx, e.kase)
	share := y.dice(100, forConsent, yearNumber(e.kase), int(y.now.Unix()))
	if err != nil || id == uuid.Nil || share < 30 {
		return err
	}
	word := domain.Approval{Consent: domain.Approved}
	if share < 40 {
		word = domain.Approval{Consent: domain.Declined, Note: "new terms"}
	}
	_, err = y.cases.Consent(ctx, y.seller(e.kase), domain.TouchID{UUID: id}, word, yearOnce[domain.Approval](y.key(e), nil))
	return y.count("seller says "+string(word.Consent), err)
}

// yearResults are what comes of calls, with how often.
var yearResults = []struct {
	of     domain.CallResult
	weight int
}{
	{domain.CallNoAnswer, 34},
	{domain.CallLeftMessage, 14},
	{domain.CallWrongNumber, 2},
	{domain.CallPromised, 17},
	{domain.CallSaysPaid, 5},
	{domain.CallDisputes, 4},
	{domain.CallAsks, 7},
	{domain.CallHardship, 7},
	{domain.CallWillLook, 5},
	{domain.CallSpoke, 4},
	{domain.CallDoNotCall, 1},
}

// calls is a collector who takes a call, makes it, and writes down what came of it.
func (y *yearTown) calls(ctx context.Context, e yearEvent) error {
	by, clear := y.collectorOf(e.kase, 0), false
	touch := domain.TouchID{UUID: e.touch}
	_, err := y.cases.StartCall(ctx, by, touch, yearOnce(y.key(e), func(c collections.Call) { clear = c.Clear }))
	if err != nil {
		return y.count("collector takes a call", err)
	}
	if !clear {
		return y.count("collector takes a call: not now", nil)
	}
	d := y.debtor(e.kase)
	today := domain.DateOf(y.now.In(d.zone))
	about := []int{forResult, yearNumber(e.kase), int(y.now.Unix())}
	result := yearResults[y.pick(func(i int) int { return yearResults[i].weight }, len(yearResults), about...)].of
	report := collections.CallReport{Result: result, Note: "a short talk", Said: "which order is it?", On: today}
	deal, open := y.open(e.items)
	if !open {
		report.Result = domain.CallNoAnswer
	} else {
		report.Deal, report.Amount = domain.DealID{UUID: yearID(yearDealID, deal.n)}, money.Minor(deal.open, yearMoney(d.currency))
	}
	if report.Result == domain.CallPromised {
		report.On = y.promisedOn(deal, today, about)
	}
	_, err = y.cases.EndCall(ctx, by, touch, report, yearOnce[domain.Touch](y.key(e)+" end", nil))
	if err != nil { // such as a second promise for one invoice: the talk is written down without it
		if err := y.count("collector ends a call", err); err != nil {
			return err
		}
		report.Result = domain.CallSpoke
		_, err = y.cases.EndCall(ctx, by, touch, report, yearOnce[domain.Touch](y.key(e)+" end again", nil))
	}
	switch report.Result {
	case domain.CallAsks, domain.CallHardship:
		y.work(e.kase, yearEvent{kind: yearAnswers, kase: e.kase, says: map[bool]string{true: "asks for time"}[report.Result == domain.CallHardship]}, y.dice(4, about...))
	case domain.CallDisputes:
		y.work(e.kase, yearEvent{kind: yearResolves, kase: e.kase}, 3+y.dice(12, about...))
	default: // nobody waits for anything
	}
	return y.count("collector ends a call", err)
}

// parties is what seldom happens: a seller pauses, a collector stops, a contact has wishes.
func (y *yearTown) parties(ctx context.Context, e yearEvent) error {
	about := []int{forWay, yearNumber(e.kase), int(y.now.Unix())}
	id := domain.CaseID{UUID: e.kase}
	switch e.says {
	case "is paused":
		p := domain.Pause{Case: id, Reason: "a fair", Until: y.now.AddDate(0, 0, 4+y.dice(14, about...))}
		if deal, open := y.open(e.items); open && y.dice(2, about...) == 0 {
			p.Deal = domain.DealID{UUID: yearID(yearDealID, deal.n)}
		}
		_, err := y.cases.SetPause(ctx, y.seller(e.kase), p, yearOnce[domain.Pause](y.key(e), nil))
		if err == nil && y.dice(3, about...) == 0 {
			y.work(e.kase, yearEvent{kind: yearUnpauses, kase: e.kase}, 2)
		}
		return y.count("seller pauses", err)
	case "is stopped":
		codes := domain.StopCodes()
		code := codes[y.dice(len(codes), about...)]
		_, err := y.cases.SetStop(ctx, y.collectorOf(e.kase, 0), id, code, "a letter came", yearOnce[domain.Stop](y.key(e), nil))
		if err == nil {
			days := 3 + y.dice(10, about...)
			y.work(e.kase, yearEvent{kind: yearLifts, kase: e.kase, says: string(code)}, days)
			if code.NeedsTwo() {
				y.work(e.kase, yearEvent{kind: yearLifts, kase: e.kase, says: string(code), n: 1}, days+1)
			}
		}
		return y.count("collector stops", err)
	default:
		wishes := domain.Preferences{Kind: domain.ContactRole, Mode: domain.ModeDigest, Source: "on the telephone"}
		switch y.dice(6, about...) {
		case 0:
			wishes.Mode = domain.ModePortalOnly
		case 1:
			wishes.Mode, wishes.OptedOut = domain.ModeEach, []domain.Channel{domain.ChannelEmail}
		}
		_, err := y.cases.SetContact(ctx, y.collectorOf(e.kase, 0), id, wishes)
		return y.count("collector records a wish", err)
	}
}
