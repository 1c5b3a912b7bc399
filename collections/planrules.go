package collections

import (
	"fmt"
	"slices"
	"time"

	"comity/domain"
	"comity/money"
)

const causePlan = "plan"

// EqualInstalments splits a sum into equal instalments by largest remainder, the first on a day
// and the others every so many days after it; days of 0 mean every month, on the same day of the
// month or on its last.
func EqualInstalments(total money.Amount, count int, first domain.Date, days int) []domain.Instalment {
	weights := make([]int64, count)
	for i := range weights {
		weights[i] = 1
	}
	list := make([]domain.Instalment, count)
	for i, part := range total.Split(weights...) {
		due := first.Plus(i * days)
		if days == 0 {
			due = monthsAfter(first, i)
		}
		list[i] = domain.Instalment{N: i + 1, DueOn: due, Amount: part}
	}
	return list
}

func monthsAfter(first domain.Date, months int) domain.Date {
	year, month := first.YearMonth()
	start := domain.OnDay(year, month+time.Month(months), 1)
	return domain.Earliest(start.Plus(domain.OnDay(year, month, 1).DaysUntil(first)), start.MonthEnd())
}

// CheckSchedule refuses instalments that are no plan of what is to be paid: days in order, none
// before today, amounts above nothing that sum to the whole, and no more of them and no later than
// the debtor's protection profile allows (D-27).
func CheckSchedule(list []domain.Instalment, total money.Amount, today domain.Date, profile Protection) error {
	most, days := domain.MostInstalments, domain.MostPlanDays
	if profile == ProtectionUK {
		most, days = domain.PersonInstalments, 364
	}
	if len(list) == 0 || len(list) > most {
		return domain.ErrInvalid.At("/instalments", "out-of-range", fmt.Sprintf("1 to %d instalments", most))
	}
	sum, last := money.Minor(0, total.Currency()), today.Plus(-1)
	for i, one := range list {
		at := fmt.Sprintf("/instalments/%d", i)
		switch {
		case one.Amount.Currency() != total.Currency():
			return domain.ErrInvalid.At(at+"/amount/currency", "other-currency", "the invoice is in "+string(total.Currency()))
		case !one.Amount.Positive():
			return domain.ErrInvalid.At(at+"/amount/amount", "not-positive", "an amount above zero is needed")
		case !last.Before(one.DueOn):
			return domain.ErrInvalid.At(at+"/due_on", "out-of-order", "days follow each other, the first today or later")
		case today.DaysUntil(one.DueOn) > days:
			return domain.ErrInvalid.At(at+"/due_on", "too-far", "the last day is "+today.Plus(days).Short())
		}
		sum, last = sum.Plus(one.Amount), one.DueOn
	}
	if sum != total {
		return domain.ErrInvalid.At("/instalments", "wrong-sum", fmt.Sprintf("they sum to %s; %s is open and not disputed", sum.Grouped(), total.Grouped()))
	}
	return nil
}

// SheetOf works out what follows from a plan for those who bear it (F-74): the recourse day, the
// fee, who bears what of the extra, and what the seller gets or owes.
func SheetOf(file domain.DealFile, p domain.Plan, business domain.Calendar) domain.PlanSheet {
	d, zone := file.Deal, file.Factor.Zone()
	active := p
	active.Status = domain.PlanActive
	s := domain.PlanSheet{
		RecourseBefore: domain.RecourseDay(d, file.Plans, business, zone),
		RecourseAfter:  domain.RecourseDay(d, append([]domain.Plan{active}, file.Plans...), business, zone),
	}
	course := d.Course().Ended(domain.DateOf(p.ProposedAt.In(zone))) // nobody counts on our being late
	kept := course
	kept.Moves = slices.Concat(course.Moves, p.Moves())
	owed := func(c domain.FeeCourse, on domain.Date) money.Amount { return d.Fee.OwedOver(c, d.Day(on)) }
	s.FeeBefore, s.FeeAfter = owed(course, s.RecourseBefore), owed(kept, p.Last())
	s.FeeExtra = money.Max(s.FeeAfter.Minus(owed(kept, s.RecourseBefore)), money.Minor(0, d.Basis.Currency()))
	s.FactorBears = s.FeeExtra.Times(p.FactorShare)
	s.SellerBears = s.FeeExtra.Minus(s.FactorBears)
	s.FactorForgives = p.FactorForgives
	s.SellerForgives = p.Forgiven.Minus(p.FactorForgives)
	s.SellerBefore = d.ReserveLeft().Minus(d.Open).Minus(s.FeeBefore)
	s.SellerAfter = d.ReserveLeft().Minus(s.FeeAfter).Plus(s.FactorBears).Minus(s.SellerForgives)
	s.Inside = d.Envelope.Holds(p, d.Due, s.RecourseBefore)
	return s
}

// JudgePlan says what became of a plan in force, by a deal and the disputes of its case. It is kept
// as soon as nothing of it is missing, not before the statements cover the last instalment's day
// unless all is paid; broken when an instalment is missing five business days after its day, by the
// bank's statements, or the last money came later than that. What is disputed is not missing. A
// settlement is kept when nothing is open: the last instalment, in time, takes the rest with it.
func JudgePlan(p domain.Plan, d domain.Deal, disputes []domain.Dispute, coveredThrough domain.Date, business domain.Calendar, zone *time.Location) domain.PlanStatus {
	if p.Status != domain.PlanActive {
		return p.Status
	}
	there := p.Paid(d.Open, disputes, coveredThrough, business, zone)
	switch {
	case d.Open.IsZero() && !d.PaidInFull.IsZero() && !p.InTime(d.PaidInFull, business):
		return domain.PlanBroken
	case d.Open.IsZero() || !p.Forgiven.Positive() && !there.Less(p.Total) && !coveredThrough.Before(p.Last()):
		return domain.PlanKept
	}
	for _, one := range p.Instalments {
		if !coveredThrough.Before(business.Add(one.DueOn, domain.PlanGraceDays)) && there.Less(p.DueBy(one.DueOn)) {
			return domain.PlanBroken
		}
	}
	if p.Forgiven.Positive() && !coveredThrough.Before(business.Add(p.Last(), domain.PlanGraceDays)) {
		return domain.PlanBroken // its last instalment came after its day, and nothing is forgiven
	}
	return domain.PlanActive
}

// disputedOf is what of a deal is disputed and not resolved.
func disputedOf(disputes []domain.Dispute, deal domain.DealID, open money.Amount) money.Amount {
	sum := money.Minor(0, open.Currency())
	for _, d := range disputes {
		if d.Deal == deal && d.Live() {
			sum = sum.Plus(d.Amount)
		}
	}
	return money.Min(sum, open)
}

// judgePlans decides the plans of a case: those in force by the bank's statements, those that
// were offered by the day until which they stand. It returns those that were decided, the holds
// that end with them, and the facts after it.
func judgePlans(f domain.CaseFacts) (domain.CaseFacts, []domain.Plan, []domain.HoldID) {
	var decided []domain.Plan
	var ended []domain.HoldID
	plans := append([]domain.Plan(nil), f.Plans...)
	l := localOf(&f)
	for i, p := range plans {
		item, ok := f.Item(p.Deal)
		if !ok || !p.Live() {
			continue
		}
		var through domain.Date
		if feed, known := f.Feed(item.Deal.Collection); known {
			through = domain.CoveredThrough(feed.Spans, bankingOf(&f, feed))
		}
		next, note := planNow(f, l, p, item, through)
		if next == p.Status {
			continue
		}
		p.Status, p.DecidedAt, p.Note = next, f.Now, note
		plans[i] = p
		decided = append(decided, p)
	}
	var left []domain.Hold
	for _, h := range f.Holds {
		over := false
		for _, p := range decided {
			over = over || h.CauseKind == causePlan && h.Cause == p.ID.UUID
		}
		if over {
			ended = append(ended, h.ID)
		} else {
			left = append(left, h)
		}
	}
	f.Plans, f.Holds = plans, left
	return f, decided, ended
}

// planNow says how a live plan stands, and why when it ends by itself.
func planNow(f domain.CaseFacts, l local, p domain.Plan, item domain.CaseItem, through domain.Date) (domain.PlanStatus, string) {
	switch {
	case item.Deal.Status == domain.DealChargedBack || item.Deal.Status == domain.DealWrittenOff:
		return domain.PlanWithdrawn, "the invoice went back to its seller"
	case p.Status == domain.PlanActive:
		next := JudgePlan(p, item.Deal, f.Disputes, through, l.cal, l.zone)
		if _, possible := unapplied(&f); possible && next == domain.PlanBroken {
			return p.Status, p.Note // what is missing may be there, and a person looks for whose it is
		}
		if next == domain.PlanBroken && besideCard(f, p, item.Deal, through, l) {
			return p.Status, p.Note // what is missing was paid by card, and is not booked yet
		}
		return next, p.Note
	case !item.Deal.Open.Positive():
		return domain.PlanWithdrawn, "nothing is open any more"
	case p.Status == domain.PlanOffered && p.AnswerBy.Before(l.today):
		return domain.PlanWithdrawn, "it was not answered by " + p.AnswerBy.Short()
	default:
		return p.Status, p.Note
	}
}

// besideCard reports whether a plan would not be broken with what was paid by card and is not booked yet.
func besideCard(f domain.CaseFacts, p domain.Plan, d domain.Deal, through domain.Date, l local) bool {
	before := d.Open
	d.Open = openBeside(&f, d.ID, d.Open)
	settles := p.Forgiven.Positive() && !p.Forgiven.Less(d.Open) // in time or not, its day says when it is booked
	return d.Open != before && (settles || JudgePlan(p, d, f.Disputes, through, l.cal, l.zone) != domain.PlanBroken)
}

// planWords says what became of a plan.
func planWords(f domain.CaseFacts, p domain.Plan) string {
	item, _ := f.Item(p.Deal)
	what := fmt.Sprintf("The plan of %d instalments for invoice %s", len(p.Instalments), item.Deal.InvoiceNumber)
	switch p.Status {
	case domain.PlanKept:
		return what + " was kept."
	case domain.PlanBroken:
		return what + fmt.Sprintf(" was not kept: an instalment was missing %d business days after its day.", domain.PlanGraceDays)
	default:
		return what + " is over: " + p.Note + "."
	}
}

// waits tells a debtor, once, that an answer which it was promised is not there yet: the seller's
// to a dispute after its five business days, anybody's word on a plan after two (D-10, C-152).
// Nothing of it is asked for meanwhile.
func waits(f *domain.CaseFacts, l local) []candidate {
	var all []candidate
	late := func(about fmt.Stringer, deal domain.DealID, after domain.Date, template string) *Act {
		act := &Act{
			Step: stepWaits + about.String(), Class: domain.ClassAnswer, Template: template, Items: []domain.DealID{deal},
			Why: "You wait for an answer that was to be there by now, and nothing is asked of you meanwhile.",
		}
		if !ever(f, act.Step) {
			all = append(all, again(f, candidate{l.slot(l.cal.Add(after, 1)), act, "the answer that a debtor waits for"}))
		}
		return act
	}
	for _, d := range f.Disputes {
		if item, ok := f.Item(d.Deal); ok && live(&item) && d.Status == domain.DisputeOpen {
			late(d.ID, d.Deal, d.Clocks(l.cal, l.zone).AnswerBy, "dispute_waits").Dispute = d.ID
		}
	}
	for _, p := range f.Plans {
		item, ok := f.Item(p.Deal)
		if !ok || !live(&item) || p.Status != domain.PlanRequested && p.Status != domain.PlanProposed {
			continue
		}
		since := p.MadeAt
		if p.Status == domain.PlanProposed {
			since = p.ProposedAt
		}
		late(p.ID, p.Deal, l.cal.Add(l.day(since), domain.PlanWordDays), "plan_waits").Plan = p.ID
	}
	return all
}

// instalments gives the agreed word two business days before each date of a plan in force, for
// what of it is not there yet.
func instalments(f *domain.CaseFacts, l local) []candidate {
	var all []candidate
	for _, p := range f.Plans {
		item, ok := f.Item(p.Deal)
		if !ok || p.Status != domain.PlanActive || !live(&item) {
			continue
		}
		there := p.Paid(openBeside(f, p.Deal, item.Deal.Open), f.Disputes, l.today, l.cal, l.zone)
		for _, one := range p.Instalments {
			step := fmt.Sprintf("%s%s:%d", stepInstalment, p.ID, one.N)
			if one.DueOn.Before(l.today) || !there.Less(p.DueBy(one.DueOn)) || ever(f, step) {
				continue
			}
			at := l.slot(l.cal.Add(one.DueOn, -domain.InstalmentNoticeDay))
			act := &Act{
				Step: step, Class: domain.ClassInstalment, Template: "instalment", Items: []domain.DealID{p.Deal}, Plan: p.ID, Instalment: one.N,
				Why: fmt.Sprintf("As agreed in the plan: instalment %d of %d is due on %s.", one.N, len(p.Instalments), one.DueOn.Short()),
			}
			all = append(all, again(f, candidate{at, act, "the word before an instalment"}))
			break
		}
		all = append(all, candidate{l.planJudged(p), nil, "the plan to be kept"})
	}
	for _, p := range f.Plans {
		if p.Status == domain.PlanOffered {
			all = append(all, candidate{latest(p.AnswerBy.Plus(1).At(0, 0, l.zone), l.now.Add(time.Minute)), nil, "the debtor's answer to the plan"})
		}
	}
	return all
}

// planJudged is the next morning on which a plan may be judged.
func (l local) planJudged(p domain.Plan) time.Time {
	for _, one := range p.Instalments {
		if at := l.slot(l.cal.Add(one.DueOn, domain.PlanGraceDays).Plus(1)); at.After(l.now) {
			return at
		}
	}
	return l.slotAfter()
}

// lateWords asks the seller again for the word that a debtor is told is still missing.
func lateWords(f domain.CaseFacts, act Act) (kind, said string) {
	item, _ := f.Item(firstDeal(act.Items))
	for _, d := range f.Disputes {
		if d.ID == act.Dispute && !act.Dispute.IsZero() {
			return "dispute.answer_late", fmt.Sprintf("%s waits for your answer about the disputed %s of invoice %s: please answer now. Without a cure within %d days the part may be given back to you.",
				oneLine(f.Relationship.Name), d.Amount.Grouped(), item.Deal.InvoiceNumber, domain.DisputeCureDays)
		}
	}
	for _, p := range f.Plans {
		if p.ID == act.Plan && act.Class == domain.ClassAnswer && p.Status == domain.PlanProposed && p.ConsentedAt.IsZero() {
			return "plan.consent_late", fmt.Sprintf("The plan for invoice %s waits for your word: your silence is no consent, and nobody writes to %s meanwhile.", item.Deal.InvoiceNumber, oneLine(f.Relationship.Name))
		}
	}
	return "", ""
}

// updates gives the letters about what changed for the debtor (F-76): an answer each, which
// leaves at any hour; the release is a notice.
func updates(f *domain.CaseFacts, l local) []candidate {
	var all []candidate
	for _, u := range f.Updates {
		step := stepUpdate + u.ID.String()
		if ever(f, step) || untold(f, u) {
			continue
		}
		act := &Act{Step: step, Class: domain.ClassAnswer, Template: string(u.Kind), Update: u.ID, Items: []domain.DealID{u.Deal}, Why: updateWhy[u.Kind]}
		at := f.Now
		if u.Kind == domain.UpdateReleased {
			act.Class, at = domain.ClassRelease, l.open(f.Now)
		}
		all = append(all, again(f, candidate{at, act, "the letter about what changed"}))
	}
	return all
}

// untold reports whether an update is about a sale of which the debtor is not told: that a part was given
// back, and the release, change nothing for it.
func untold(f *domain.CaseFacts, u domain.Update) bool {
	item, ok := f.Item(u.Deal)
	return ok && item.Deal.Mode() == domain.Confidential && (u.Kind == domain.UpdateGivenBack || u.Kind == domain.UpdateReleased)
}

var updateWhy = map[domain.UpdateKind]string{
	domain.UpdateDisputeRaised:   "You told us what is not right with an invoice, and this is what happens now.",
	domain.UpdateDisputeAnswered: "Your supplier answered what you told us.",
	domain.UpdateDisputeResolved: "What you did not agree to is cleared up.",
	domain.UpdatePlanRequested:   "You asked for a plan, and this is what we understood.",
	domain.UpdatePlanOffered:     "You asked for a plan, and everybody else agreed to this one.",
	domain.UpdatePlanActive:      "The plan is agreed, and this is its copy.",
	domain.UpdatePlanDeclined:    "You asked for a plan, and it could not be agreed as it was.",
	domain.UpdateGivenBack:       "A part of an invoice goes back to your supplier.",
	domain.UpdateReleased:        "The factor has no claim any more, and says so in writing.",

	domain.UpdateMediationOffered:   "What you told us is not cleared up yet, and a neutral person could help.",
	domain.UpdateMediationAppointed: "The neutral person was appointed.",
	domain.UpdateMediationDates:     "The neutral person proposes dates.",
	domain.UpdateMediationProposal:  "The neutral person proposes how to settle it.",
	domain.UpdateMediationEnded:     "The mediation is over, and this is what follows.",
}
