package collections

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"comity/domain"
	"comity/money"
)

// settling runs what a factor or a seller does about a plan, once. It reads both sides' rows:
// every look-up in it names the caller's organisation.
func settling[T any](ctx context.Context, s *Service, by domain.Caller, kind domain.OrganizationKind, once domain.Once[T], do func(Tx) (T, domain.Trail, error)) (domain.Answer, error) {
	if err := by.Must(kind); err != nil {
		return domain.Answer{}, err
	}
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		result, trail, err := do(tx)
		if err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(result), tx.SaveTrail(ctx, trail)
	})
}

// A PlanRequest is a plan as somebody wants it: its instalments, or how many, from when and how
// often.
type PlanRequest struct {
	Deal        domain.DealID
	Reason      domain.Reason
	Said        string
	Instalments []domain.Instalment // none: equal ones, as the next three say
	Count       int
	FirstOn     domain.Date
	EveryDays   int // 0: every month

	FactorShare money.Rate // a factor's: what of the extra fee it bears once the plan is kept

	// A factor's: a settlement. What is forgiven is not asked for once the instalments, which sum to
	// the rest, are paid in time; the factor bears a part of it, the seller's reserve the rest.
	Forgiven       money.Amount
	FactorForgives money.Amount
}

// schedule returns the instalments of a request over a sum.
func (r PlanRequest) schedule(total money.Amount) ([]domain.Instalment, error) {
	if len(r.Instalments) > 0 {
		return r.Instalments, nil
	}
	switch {
	case r.Count < 1 || r.Count > domain.MostInstalments:
		return nil, domain.ErrInvalid.At("/count", "out-of-range", fmt.Sprintf("1 to %d instalments", domain.MostInstalments))
	case r.FirstOn.IsZero():
		return nil, domain.ErrInvalid.At("/first_on", "required", "the day of the first instalment")
	case r.EveryDays < 0 || r.EveryDays > 92:
		return nil, domain.ErrInvalid.At("/every_days", "out-of-range", "0 for every month, else 1 to 92 days")
	case total.Units() < int64(r.Count):
		return nil, domain.ErrInvalid.At("/count", "out-of-range", "every instalment is above zero")
	}
	return EqualInstalments(total, r.Count, r.FirstOn, r.EveryDays), nil
}

// RequestPlan records on its page that a debtor asks for a plan, or counters one that it was
// offered. Nobody writes about the invoice until it is answered; the due date stays what it is.
// It refuses with domain.ErrNotFound, ErrInvalid, or ErrWrongState while a plan is in force or
// others are asked about one.
func (s *Service) RequestPlan(ctx context.Context, by domain.Caller, r PlanRequest, once domain.Once[domain.Plan]) (domain.Answer, error) {
	said, err := spoken(r.Said)
	if err != nil {
		return domain.Answer{}, err
	}
	if _, err := (Understanding{Reason: r.Reason}).check(); err != nil || r.Reason == "" {
		return domain.Answer{}, domain.ErrInvalid.At("/reason", "required", "why the invoice cannot be paid as it says")
	}
	id, ids := domain.New[domain.PlanID](), newSaidIDs()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Plan, deed, error) {
		p, replaced, err := planAsked(page, r, by)
		if err != nil {
			return p, deed{}, err
		}
		p.ID, p.Said = id, said
		if err := replace(ctx, tx, replaced, by); err != nil {
			return p, deed{}, err
		}
		if err := tx.SavePlan(ctx, p); err != nil {
			return p, deed{}, err
		}
		rest := domain.Hold{ID: ids.hold, Case: page.Case, Deal: p.Deal, Code: domain.HoldQuery, CauseKind: causePlan, Cause: p.ID.UUID, CreatedAt: by.Now}
		if err := tx.SaveHold(ctx, page, rest); err != nil {
			return p, deed{}, fmt.Errorf("save hold: %w", err)
		}
		told := domain.Update{ID: ids.update, Case: page.Case, Deal: p.Deal, Kind: domain.UpdatePlanRequested, Subject: p.ID.UUID, At: by.Now}
		if err := tx.SaveUpdate(ctx, told); err != nil {
			return p, deed{}, fmt.Errorf("save update: %w", err)
		}
		item, _ := page.Item(p.Deal)
		return p, deed{"plan_requested", p.ID.UUID, p.Deal, fmt.Sprintf("%s asks to pay %s of invoice %s in %d instalments from %s to %s: %q. It rests until that is answered.",
			page.Debtor, p.Total.Grouped(), item.InvoiceNumber, len(p.Instalments), p.Instalments[0].DueOn.Short(), p.Last().Short(), oneLine(said))}, nil
	})
}

// planAsked makes the plan that a debtor asks for, and returns the one that it replaces.
func planAsked(page domain.DebtorPage, r PlanRequest, by domain.Caller) (domain.Plan, *domain.Plan, error) {
	item, ok := page.Item(r.Deal)
	if !ok {
		return domain.Plan{}, nil, domain.ErrNotFound
	}
	total := item.Open.Minus(disputedOf(page.Disputes, r.Deal, item.Open))
	if err := payable(item, total); err != nil {
		return domain.Plan{}, nil, err
	}
	var replaced *domain.Plan
	for i, p := range page.Plans {
		if p.Deal != r.Deal || !p.Live() {
			continue
		}
		if p.Status != domain.PlanOffered && p.Status != domain.PlanRequested {
			return domain.Plan{}, nil, domain.ErrWrongState.Because("a plan for this invoice is %s", p.Status).In(string(p.Status), string(domain.PlanOffered))
		}
		replaced = &page.Plans[i]
	}
	list, err := r.schedule(total)
	if err == nil {
		err = CheckSchedule(list, total, domain.DateOf(by.Now.In(page.Zone())), ProtectionNone) // the profile is asked when it is proposed
	}
	return domain.Plan{
		Case: page.Case, Factor: page.FactorID, Seller: page.SellerID, Deal: r.Deal, Status: domain.PlanRequested, Reason: r.Reason, Total: total,
		OpenBefore: item.Open, Instalments: list, MadeAt: by.Now, Forgiven: money.Minor(0, total.Currency()), FactorForgives: money.Minor(0, total.Currency()),
	}, replaced, err
}

// replace withdraws a plan that another takes the place of.
func replace(ctx context.Context, tx Tx, p *domain.Plan, by domain.Caller) error {
	if p == nil {
		return nil
	}
	p.Status, p.DecidedAt, p.Note = domain.PlanWithdrawn, by.Now, "another took its place"
	if err := tx.SavePlan(ctx, *p); err != nil {
		return err
	}
	return tx.ReleaseCause(ctx, p.Case, p.ID.UUID, by.Now)
}

// ProposePlan puts a plan forward for the factor: the debtor's as it asked for it, or another.
// What follows is worked out for who bears it. Inside the envelope of the deal the collector
// decides alone, and the debtor is offered it at once; outside, a second person of the factor and
// the seller agree first (D-10). Where the debtor is not told of the sale the seller is the factor's agent
// inside the same envelope, and proposes what lies in it. It refuses with domain.ErrForbidden,
// ErrNotFound, ErrInvalid, or ErrWrongState.
func (s *Service) ProposePlan(ctx context.Context, by domain.Caller, id domain.CaseID, r PlanRequest, once domain.Once[domain.Plan]) (domain.Answer, error) {
	fresh, ids, steps := domain.New[domain.PlanID](), newTrailIDs(), newSaidIDs()
	kind := domain.KindFactor
	if by.Kind == domain.KindSeller { // whether it may is the case's to say
		kind = domain.KindSeller
	}
	return settling(ctx, s, by, kind, once, func(tx Tx) (domain.Plan, domain.Trail, error) {
		file, f, err := planFacts(ctx, tx, by, id, r.Deal)
		if err != nil {
			return domain.Plan{}, domain.Trail{}, err
		}
		p, err := proposed(f, file, r, by)
		if err == nil {
			err = asAgent(by, r, p)
		}
		if err != nil {
			return p, domain.Trail{}, err
		}
		if p.ID.IsZero() {
			p.ID = fresh
			rest := domain.Hold{ID: steps.hold, Case: id, Deal: p.Deal, Code: domain.HoldQuery, CauseKind: causePlan, Cause: p.ID.UUID, CreatedAt: by.Now}
			if err := tx.SaveHold(ctx, domain.DebtorPage{Case: id, FactorID: p.Factor, SellerID: p.Seller}, rest); err != nil {
				return p, domain.Trail{}, fmt.Errorf("save hold: %w", err)
			}
		}
		said := fmt.Sprintf("A plan for invoice %s waits for a second person of the factor and for the seller: %d instalments until %s; the recourse day moves from %s to %s, and the extra fee is %s, of which the factor bears %s.",
			file.Deal.InvoiceNumber, len(p.Instalments), p.Last().Short(), p.Sheet.RecourseBefore.Short(), p.Sheet.RecourseAfter.Short(), p.Sheet.FeeExtra.Grouped(), p.Sheet.FactorBears.Grouped())
		if p.Sheet.Inside {
			said = fmt.Sprintf("A plan inside the envelope of the deal was offered for invoice %s: %d instalments until %s.", file.Deal.InvoiceNumber, len(p.Instalments), p.Last().Short())
			if err := offer(ctx, tx, f, &p, by, steps); err != nil {
				return p, domain.Trail{}, err
			}
		}
		if err := savePlanned(ctx, tx, p, by); err != nil {
			return p, domain.Trail{}, err
		}
		trail := ids.about(by, f.Case, "plan."+string(p.Status), p.ID.UUID, p.Deal, said)
		trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobMailParty, Ref: ids.event.UUID})
		return p, trail, nil
	})
}

// asAgent refuses a plan of a seller that is the factor's agent, where only the factor may: outside the
// envelope, or with something that the factor bears.
func asAgent(by domain.Caller, r PlanRequest, p domain.Plan) error {
	switch {
	case by.Kind != domain.KindSeller:
		return nil
	case r.FactorShare.Positive() || r.Forgiven.Positive() || r.FactorForgives.Positive():
		return domain.ErrForbidden.Because("what the factor bears or forgives is for the factor to propose")
	case !p.Sheet.Inside:
		return domain.ErrForbidden.Because("it lies outside the envelope of the deal: the factor proposes it")
	default:
		return nil
	}
}

// planFacts loads a case and the deal that a plan is for: a factor's, or a seller's that is its agent.
func planFacts(ctx context.Context, tx Tx, by domain.Caller, id domain.CaseID, deal domain.DealID) (domain.DealFile, domain.CaseFacts, error) {
	kase, err := tx.Case(ctx, id, by.Organization, by.Kind)
	if err == nil && by.Kind == domain.KindSeller && kase.Mode() != domain.Confidential {
		err = domain.ErrForbidden
	}
	if err != nil {
		return domain.DealFile{}, domain.CaseFacts{}, err
	}
	file, err := tx.DealFile(ctx, deal)
	if errors.Is(err, domain.ErrNotFound) || err == nil && file.Deal.Case != id {
		err = domain.ErrInvalid.At("/deal_id", "not-in-the-case", "the case has no such deal")
	}
	if err != nil {
		return file, domain.CaseFacts{}, err
	}
	f, err := tx.CaseLook(ctx, id)
	f.Now = by.Now
	return file, f, err
}

// proposed makes the plan that a factor puts forward, from the debtor's request where there is one.
func proposed(f domain.CaseFacts, file domain.DealFile, r PlanRequest, by domain.Caller) (domain.Plan, error) {
	d := file.Deal
	if d.Status != domain.DealPaidOut || !d.Open.Positive() {
		return domain.Plan{}, domain.ErrWrongState.Because("%s is open on a deal that is %s", d.Open.Grouped(), d.Status).In(string(d.Status), string(domain.DealPaidOut))
	}
	p := domain.Plan{Case: f.Case.ID, Factor: d.Factor, Seller: d.Seller, Deal: d.ID, Status: domain.PlanRequested, Reason: r.Reason, Said: oneLine(r.Said), MadeAt: by.Now}
	for _, other := range file.Plans {
		if other.Live() {
			p = other
		}
	}
	if err := domain.PlanMoves.Move(p.Status, domain.PlanProposed); err != nil {
		return p, err
	}
	if _, err := (Understanding{Reason: r.Reason}).check(); p.ID.IsZero() && (err != nil || r.Reason == "" || p.Said == "") {
		return p, domain.ErrInvalid.Because("a plan is offered after a reason was given").At("/reason", "required", "why the debtor cannot pay as the invoice says, and what it said")
	}
	total := d.Open.Minus(disputedOf(f.Disputes, d.ID, d.Open))
	if err := r.forgive(&p, d, total); err != nil {
		return p, err
	}
	total = total.Minus(p.Forgiven)
	list := p.Instalments
	if len(r.Instalments) > 0 || r.Count > 0 {
		var err error
		if list, err = r.schedule(total); err != nil {
			return p, err
		}
	}
	l := localOf(&f)
	if err := CheckSchedule(list, total, l.today, ProfileOf(f.Relationship, f.Owed)); err != nil {
		return p, err
	}
	p.Status, p.Instalments, p.Total, p.OpenBefore, p.FactorShare = domain.PlanProposed, list, total, d.Open, r.FactorShare
	p.ProposedBy, p.ProposedAt = by.User, by.Now
	sheet := SheetOf(file, p, domain.BusinessDays(file.Factor.Country)) // the calendar by which recourse is exercised
	p.Sheet, p.RecourseFrom = &sheet, sheet.RecourseBefore
	return p, nil
}

// forgive checks what a settlement forgives: less than the whole, nothing of it disputed, and the
// seller's part no more than what is left of its reserve.
func (r PlanRequest) forgive(p *domain.Plan, d domain.Deal, total money.Amount) error {
	none := money.Minor(0, d.Open.Currency())
	p.Forgiven, p.FactorForgives = none, none
	if r.Forgiven.IsZero() {
		return nil
	}
	factor := r.FactorForgives
	if factor.IsZero() {
		factor = none
	}
	switch {
	case r.Forgiven.Currency() != d.Open.Currency() || factor.Currency() != d.Open.Currency():
		return domain.ErrInvalid.At("/forgiven/currency", "other-currency", "the deal is in "+string(d.Open.Currency()))
	case r.Forgiven.Negative() || !r.Forgiven.Less(total):
		return domain.ErrInvalid.At("/forgiven", "out-of-range", "more than nothing and less than "+total.Grouped()+", what is open and not disputed")
	case total != d.Open:
		return domain.ErrWrongState.Because("a part is disputed: that is cleared up first, or credited").In("disputed")
	case factor.Negative() || r.Forgiven.Less(factor):
		return domain.ErrInvalid.At("/factor_forgives", "out-of-range", "at most "+r.Forgiven.Grouped())
	case d.ReserveLeft().Less(r.Forgiven.Minus(factor)):
		return domain.ErrInvalid.At("/factor_forgives", "out-of-range", d.ReserveLeft().Grouped()+" is left of the seller's reserve, and it bears no more than that")
	}
	p.Forgiven, p.FactorForgives = r.Forgiven, factor
	return nil
}

// offer puts a plan before the debtor, whose answer is waited for.
func offer(ctx context.Context, tx Tx, f domain.CaseFacts, p *domain.Plan, by domain.Caller, ids saidIDs) error {
	if err := domain.PlanMoves.Move(p.Status, domain.PlanOffered); err != nil {
		return err
	}
	l := localOf(&f)
	p.Status, p.OfferedAt, p.AnswerBy = domain.PlanOffered, by.Now, l.cal.Add(l.today, domain.PlanAnswerDays)
	told := domain.Update{ID: ids.update, Case: p.Case, Deal: p.Deal, Kind: domain.UpdatePlanOffered, Subject: p.ID.UUID, At: by.Now}
	if err := tx.SaveUpdate(ctx, told); err != nil {
		return fmt.Errorf("save update: %w", err)
	}
	return nil
}

func savePlanned(ctx context.Context, tx Tx, p domain.Plan, by domain.Caller) error {
	if err := tx.SavePlan(ctx, p); err != nil {
		return err
	}
	return tx.WakeCase(ctx, p.Case, by.Now)
}

// ApprovePlan is the second person's word of the factor on a plan outside the envelope. It
// refuses with domain.ErrNotFound, ErrTwoPeople for who proposed it, or ErrWrongState.
func (s *Service) ApprovePlan(ctx context.Context, by domain.Caller, id domain.PlanID, once domain.Once[domain.Plan]) (domain.Answer, error) {
	return s.consent(ctx, by, domain.KindFactor, id, once, func(p *domain.Plan) (string, error) {
		switch {
		case p.Status != domain.PlanProposed:
			return "", notProposed(*p)
		case p.ProposedBy == by.User:
			return "", domain.ErrTwoPeople.Because("you proposed it")
		case !p.ApprovedAt.IsZero():
			return "", domain.ErrWrongState.Because("a second person agreed already").In("approved")
		}
		p.ApprovedBy, p.ApprovedAt = by.User, by.Now
		return "A second person of the factor agrees to the plan for invoice %s.", nil
	})
}

// ConsentPlan is the seller's word on a plan, after it saw what follows for it. Declined, the plan
// is over and the debtor is told. It refuses with domain.ErrNotFound or ErrWrongState.
func (s *Service) ConsentPlan(ctx context.Context, by domain.Caller, id domain.PlanID, agreed bool, note string, once domain.Once[domain.Plan]) (domain.Answer, error) {
	if strings.TrimSpace(note) != "" {
		var err error
		if note, err = Courteous("/note", note); err != nil {
			return domain.Answer{}, err
		}
	}
	return s.consent(ctx, by, domain.KindSeller, id, once, func(p *domain.Plan) (string, error) {
		switch {
		case p.Status != domain.PlanProposed:
			return "", notProposed(*p)
		case !p.ConsentedAt.IsZero():
			return "", domain.ErrWrongState.Because("the seller agreed already").In("consented")
		case !agreed:
			p.Status, p.DecidedAt, p.Note = domain.PlanDeclined, by.Now, oneLine(note)
			return "The seller does not agree to the plan for invoice %s.", nil
		}
		p.ConsentedBy, p.ConsentedAt = by.User, by.Now
		return "The seller agrees in writing to the plan for invoice %s, its recourse day and its extra fee.", nil
	})
}

// WithdrawPlan takes a plan back that is not in force, or declines one that a debtor asked for;
// the debtor is told. It refuses with domain.ErrNotFound or ErrWrongState.
func (s *Service) WithdrawPlan(ctx context.Context, by domain.Caller, id domain.PlanID, note string, once domain.Once[domain.Plan]) (domain.Answer, error) {
	note, err := Courteous("/said", note)
	if err != nil {
		return domain.Answer{}, err
	}
	return s.consent(ctx, by, domain.KindFactor, id, once, func(p *domain.Plan) (string, error) {
		if err := domain.PlanMoves.Move(p.Status, domain.PlanDeclined); err != nil {
			return "", err
		}
		p.Status, p.DecidedAt, p.Note = domain.PlanDeclined, by.Now, oneLine(note)
		return "The factor does not go on with the plan for invoice %s.", nil
	})
}

// notProposed refuses a word on a plan that waits for none.
func notProposed(p domain.Plan) error {
	return domain.ErrWrongState.Because("the plan is %s", p.Status).In(string(p.Status), string(domain.PlanProposed))
}

// consent records one side's word on a plan, and what it leads to: the offer to the debtor when
// everybody else agreed, or its end.
func (s *Service) consent(ctx context.Context, by domain.Caller, kind domain.OrganizationKind, id domain.PlanID, once domain.Once[domain.Plan], say func(*domain.Plan) (string, error)) (domain.Answer, error) {
	ids, steps := newTrailIDs(), newSaidIDs()
	field := "/said"
	if kind == domain.KindSeller {
		field = "/note"
	}
	return settling(ctx, s, by, kind, once, func(tx Tx) (domain.Plan, domain.Trail, error) {
		p, file, err := tx.PlanFile(ctx, id, by.Organization)
		if err != nil {
			return p, domain.Trail{}, err
		}
		f, err := tx.CaseLook(ctx, p.Case)
		if err != nil {
			return p, domain.Trail{}, err
		}
		f.Now = by.Now
		said, err := say(&p)
		if err == nil {
			err = discreet(ctx, tx, by, f.Case, field, p.Note)
		}
		if err != nil {
			return p, domain.Trail{}, err
		}
		switch {
		case p.Status == domain.PlanDeclined:
			err = declined(ctx, tx, p, by, steps)
		case !p.ApprovedAt.IsZero() && !p.ConsentedAt.IsZero():
			err = offer(ctx, tx, f, &p, by, steps)
		}
		if err == nil {
			err = savePlanned(ctx, tx, p, by)
		}
		return p, ids.about(by, f.Case, "plan."+string(p.Status), p.ID.UUID, p.Deal, fmt.Sprintf(said, file.Deal.InvoiceNumber)), err
	})
}

// declined ends the rest that a plan gave its invoice, and has the debtor told.
func declined(ctx context.Context, tx Tx, p domain.Plan, by domain.Caller, ids saidIDs) error {
	if err := tx.ReleaseCause(ctx, p.Case, p.ID.UUID, by.Now); err != nil {
		return fmt.Errorf("end hold: %w", err)
	}
	rest := domain.Hold{
		ID: ids.hold, Case: p.Case, Deal: p.Deal, Code: domain.HoldQuery, CauseKind: causePlan, Cause: p.ID.UUID,
		Until: by.Now.AddDate(0, 0, afterAnswer), CreatedAt: by.Now,
	}
	if err := tx.SaveHold(ctx, domain.DebtorPage{Case: p.Case, FactorID: p.Factor, SellerID: p.Seller}, rest); err != nil {
		return fmt.Errorf("save hold: %w", err)
	}
	told := domain.Update{ID: ids.update, Case: p.Case, Deal: p.Deal, Kind: domain.UpdatePlanDeclined, Subject: p.ID.UUID, At: by.Now}
	return tx.SaveUpdate(ctx, told)
}

// AnswerPlan is the debtor's word on a plan that it was offered, on its page: taken, it is in
// force at once, nothing of it is reminded while it is kept, and its copy goes out; declined, it
// is over. It refuses with domain.ErrNotFound, or ErrWrongState when it is not on offer (any more).
func (s *Service) AnswerPlan(ctx context.Context, by domain.Caller, id domain.PlanID, agreed bool, once domain.Once[domain.Plan]) (domain.Answer, error) {
	ids := newSaidIDs()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Plan, deed, error) {
		p, err := offered(page, id, by)
		if err != nil {
			return p, deed{}, err
		}
		if err := tx.ReleaseCause(ctx, page.Case, p.ID.UUID, by.Now); err != nil {
			return p, deed{}, fmt.Errorf("end hold: %w", err)
		}
		item, _ := page.Item(p.Deal)
		if !agreed {
			p.Status, p.DecidedAt, p.Note = domain.PlanDeclined, by.Now, "the debtor did not take it"
			return p, deed{"plan_declined", p.ID.UUID, p.Deal, fmt.Sprintf("%s does not take the plan for invoice %s.", page.Debtor, item.InvoiceNumber)}, tx.SavePlan(ctx, p)
		}
		p.Status, p.AcceptedAt = domain.PlanActive, by.Now
		if err := tx.SavePlan(ctx, p); err != nil {
			return p, deed{}, err
		}
		hold := domain.Hold{ID: ids.hold, Case: page.Case, Deal: p.Deal, Code: domain.HoldPlan, Amount: p.Total.Plus(p.Forgiven), CauseKind: causePlan, Cause: p.ID.UUID, CreatedAt: by.Now}
		if err := tx.SaveHold(ctx, page, hold); err != nil {
			return p, deed{}, fmt.Errorf("save hold: %w", err)
		}
		told := domain.Update{ID: ids.update, Case: page.Case, Deal: p.Deal, Kind: domain.UpdatePlanActive, Subject: p.ID.UUID, At: by.Now}
		if err := tx.SaveUpdate(ctx, told); err != nil {
			return p, deed{}, fmt.Errorf("save update: %w", err)
		}
		return p, deed{"plan_accepted", p.ID.UUID, p.Deal, fmt.Sprintf("%s takes the plan for invoice %s: %d instalments until %s. Nothing of it is reminded while it is kept.",
			page.Debtor, item.InvoiceNumber, len(p.Instalments), p.Last().Short())}, nil
	})
}

// offered finds a plan that a debtor may answer.
func offered(page domain.DebtorPage, id domain.PlanID, by domain.Caller) (domain.Plan, error) {
	for _, p := range page.Plans {
		if p.ID != id {
			continue
		}
		if p.Status != domain.PlanOffered || p.AnswerBy.Before(domain.DateOf(by.Now.In(page.Zone()))) {
			return p, domain.ErrWrongState.Because("the plan is not on offer (any more)").In(string(p.Status), string(domain.PlanOffered))
		}
		return p, nil
	}
	return domain.Plan{}, domain.ErrNotFound
}

// Plans lists the plans of a case of the caller's.
func (s *Service) Plans(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Plan, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Plan, error) { return tx.Plans(ctx, id) })
}
