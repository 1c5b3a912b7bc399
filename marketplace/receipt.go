package marketplace

import (
	"context"
	"fmt"
	"slices"
	"time"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// receiptIDs are the ids that one line or receipt may need. What is left of a payment when nothing
// is open any more may be for parts that were given back: a second step with ids of its own.
type receiptIDs struct {
	stepIDs
	receipt domain.ReceiptID
	update  domain.UpdateID
	given   stepIDs
	rest    domain.JournalID
	neutral domain.EventID // of a mediation that ends with it
}

// stepIDs are the ids that one use of money may need.
type stepIDs struct {
	allocations [mostHeld]domain.AllocationID
	journals    []domain.JournalID
	payouts     [2]domain.PayoutID
	audit       domain.AuditID
	events      [2]domain.EventID
	releases    [mostHeld]domain.UpdateID
}

func newReceiptIDs() receiptIDs {
	return receiptIDs{
		stepIDs: newStepIDs(), receipt: domain.New[domain.ReceiptID](), update: domain.New[domain.UpdateID](), given: newStepIDs(),
		rest: domain.New[domain.JournalID](), neutral: domain.New[domain.EventID](),
	}
}

func newStepIDs() stepIDs {
	ids := stepIDs{
		audit:   domain.New[domain.AuditID](),
		payouts: [2]domain.PayoutID{domain.New[domain.PayoutID](), domain.New[domain.PayoutID]()},
		events:  [2]domain.EventID{domain.New[domain.EventID](), domain.New[domain.EventID]()},
	}
	for i := range mostHeld {
		ids.allocations[i], ids.releases[i] = domain.New[domain.AllocationID](), domain.New[domain.UpdateID]()
	}
	for range 8 {
		ids.journals = append(ids.journals, domain.New[domain.JournalID]())
	}
	return ids
}

// confirm does what the bank's debit of an order of ours means: E3b for an
// advance, E7b for a rebate, nothing for a sweep, which was posted before.
func (s *Service) confirm(ctx context.Context, tx Tx, by domain.Caller, file domain.LineFile, ids receiptIDs) error {
	order, paid := *file.Payout, money.Minor(-file.Line.AmountMinor, money.Currency(file.Line.Currency))
	if order.Amount.Currency() != paid.Currency() || order.Amount != paid || order.From != file.Account.ID {
		return tx.MarkLine(ctx, file.Line.ID, "noted", "carries the id of an order of ours but not its amount or account")
	}
	if err := domain.PayoutMoves.Move(order.Status, domain.PayoutConfirmed); err != nil {
		return tx.MarkLine(ctx, file.Line.ID, "noted", "the order was "+string(order.Status)+" already")
	}
	order.Status, order.ValueDate = domain.PayoutConfirmed, file.Line.ValueOn
	deal, err := tx.DealFile(ctx, order.Deal)
	if err != nil {
		return err
	}
	journals, said, err := confirmed(&deal, order, file, by.Now, ids)
	if err != nil {
		return err
	}
	if err := tx.SavePayouts(ctx, []domain.Payout{order}); err != nil {
		return fmt.Errorf("save order: %w", err)
	}
	if err := tx.Post(ctx, journals); err != nil {
		return fmt.Errorf("post confirmation: %w", err)
	}
	if err := s.settleWhenDone(ctx, tx, &deal, order, by.Now); err != nil {
		return err
	}
	if err := tx.MarkLine(ctx, file.Line.ID, "applied", string(order.Kind)+" confirmed"); err != nil {
		return err
	}
	event := dealEvent(ids.events[0], by, deal.Deal, "payout.confirmed", said)
	return tx.SaveTrail(ctx, domain.Trail{
		Events: []domain.Event{event},
		Jobs:   mailAbout(event, order.Kind != domain.PaySweep),
	})
}

// mailAbout asks for a mail to the seller about an event, when it is worth one.
func mailAbout(event domain.Event, worth bool) []domain.Job {
	if !worth {
		return nil
	}
	return []domain.Job{{World: event.World, Kind: domain.JobMailParty, Ref: event.ID.UUID}}
}

// confirmed moves the deal and makes the journal of a confirmed order.
func confirmed(file *domain.DealFile, order domain.Payout, line domain.LineFile, now time.Time, ids receiptIDs) ([]ledger.Posted, string, error) {
	book := bookOf(file.Deal, "payout", order.ID.UUID, now)
	switch order.Kind {
	case domain.PayAdvance:
		if err := file.Deal.MoveTo(domain.DealPaidOut); err != nil {
			return nil, "", err
		}
		file.Deal.FundingDate = line.Line.ValueOn
		file.Deal.NextAccrual = line.Line.ValueOn.MonthEnd().Plus(1).At(0, 0, file.Factor.Zone())
		return []ledger.Posted{book(ids.journals[0], ledger.Disburse(line.Line.ValueOn, order.Amount))},
			fmt.Sprintf("%s for invoice %s was paid out on %s.", order.Amount.Grouped(), file.Deal.InvoiceNumber, line.Line.ValueOn.Short()), nil
	case domain.PayRebate:
		return []ledger.Posted{book(ids.journals[0], ledger.RebatePaid(line.Line.ValueOn, order.Amount))},
			fmt.Sprintf("The rebate of %s for invoice %s was paid on %s.", order.Amount.Grouped(), file.Deal.InvoiceNumber, line.Line.ValueOn.Short()), nil
	case domain.PayPassThrough:
		return []ledger.Posted{book(ids.journals[0], ledger.PassPaid(line.Line.ValueOn, order.Amount))},
			fmt.Sprintf("%s of invoice %s was passed on to the seller on %s.", order.Amount.Grouped(), file.Deal.InvoiceNumber, line.Line.ValueOn.Short()), nil
	default:
		return nil, fmt.Sprintf("%s was moved between the factor's own accounts.", order.Amount.Grouped()), nil
	}
}

// settleWhenDone saves what the bank's debit of an order changes of the deal: paid out by the
// advance; settled, when every balance-sheet account of it is at zero, by money of the seller.
func (s *Service) settleWhenDone(ctx context.Context, tx Tx, file *domain.DealFile, order domain.Payout, now time.Time) error {
	if order.Kind == domain.PaySweep {
		return nil
	}
	if order.Kind != domain.PayAdvance {
		for i := range file.Payouts {
			if file.Payouts[i].ID == order.ID {
				file.Payouts[i] = order
			}
		}
		e := ending{file: *file, now: now}
		if err := e.close(); err != nil || e.file.Deal.Status == file.Deal.Status {
			return err
		}
		return tx.CloseDeal(ctx, e.file.Deal, e.file.Invoice)
	}
	if err := tx.UpdateDeal(ctx, file.Deal); err != nil {
		return err
	}
	banking := domain.BankingDays(file.Deal.Basis.Currency(), file.Factor.Country)
	if err := tx.BeginWatch(ctx, file.Deal.Collection, nextMorning(now, file.Factor, banking)); err != nil {
		return err
	}
	return tx.WakeCase(ctx, file.Deal.Case, now)
}

// receive books money that arrived on a collection account: what a seller owes for what was
// given back to it (V4p); what names one item exactly pays what is open of it (E5), then the parts
// of it that were given back (V4d, V4e). What is more than both, and what names nothing, is
// unidentified (V8), with a suggestion if any: the item that was paid is not asked for again.
func (s *Service) receive(ctx context.Context, tx Tx, by domain.Caller, file domain.LineFile, ids receiptIDs) error {
	amount := money.Minor(file.Line.AmountMinor, money.Currency(file.Line.Currency))
	receipt := domain.Receipt{
		ID: ids.receipt, Factor: file.Line.Factor, Account: file.Line.Account, Line: file.Line.ID, Status: domain.ReceiptUnapplied,
		Amount: amount, Unapplied: amount, ValueDate: file.Line.ValueOn, Payer: file.Line.Counterparty,
		Reference: file.Line.Remittance + " " + file.Line.Reference, CreatedAt: by.Now,
	}
	if of, claim, found := claimOf(file, amount); found {
		_, _, err := s.claimPaid(ctx, tx, by, of, claim, incoming{receipt: receipt, amount: amount, fresh: true, line: file.Line.ID}, ids)
		return err
	}
	target, exact := match(file)
	if target != nil && exact {
		if takes := money.Min(amount, takes(*target)); takes.Positive() {
			used, err := use(*target, incoming{receipt: receipt, amount: takes, fresh: true, line: file.Line.ID}, by.Now, ids)
			if err != nil {
				return err
			}
			return s.saveUsed(ctx, tx, by, used, ids)
		}
	}
	effect := ledger.ReceiptEffect{Receipt: receipt, Line: file.Line.ID, Outcome: "a person must say what it is for"}
	if target != nil {
		effect.Receipt.Status, effect.Receipt.Suggested = domain.ReceiptSuggested, target.Deal.ID
	}
	effect.Journals = []ledger.Posted{unidentified(receipt, amount, by.Now, ids.journals[0])}
	return s.save(ctx, tx, by, effect, amount, ids.stepIDs)
}

// unidentified is the journal of money that nothing explains (V8).
func unidentified(r domain.Receipt, amount money.Amount, now time.Time, id domain.JournalID) ledger.Posted {
	return ledger.Posted{
		ID: id, Factor: r.Factor, CauseKind: "receipt", Cause: r.ID.UUID, KnownAt: now, Journal: ledger.Unidentified(r.ValueDate, amount),
	}
}

// incoming is what of a receipt is used for a deal: fresh from the bank, or unidentified until a
// person said what it is for.
type incoming struct {
	receipt domain.Receipt
	amount  money.Amount
	fresh   bool
	line    domain.LineID
	card    *charged // nil: it did not come by a card processor
}

// charged is how money came by a card processor: what of the amount the processor kept, and the day on
// which the card was charged.
type charged struct {
	kept money.Amount
	on   domain.Date
}

// kept is what of the amount never came to the bank.
func (in incoming) kept() money.Amount {
	if in.card == nil {
		return money.Minor(0, in.amount.Currency())
	}
	return in.card.kept
}

// paidOn is the day that counts for the debtor: the value date, or the day of its card.
func (in incoming) paidOn() domain.Date {
	if in.card == nil {
		return in.receipt.ValueDate
	}
	return in.card.on
}

// journal records that the money pays what is open.
func (in incoming) journal(today domain.Date) ledger.Journal {
	switch {
	case in.card != nil:
		return ledger.ApplyCard(today, in.amount, in.card.kept)
	case in.fresh:
		return ledger.Collect(in.receipt.ValueDate, in.amount)
	default:
		return ledger.ApplyUnidentified(today, in.amount)
	}
}

// account is where the money lies before it is used.
func (in incoming) account() ledger.Account {
	if in.fresh {
		return ledger.CashCollection
	}
	return ledger.UnappliedCash
}

// on is the day on which its use counts in the books: its value date, or the day of the person's word.
func (in incoming) on(today domain.Date) domain.Date {
	if in.fresh {
		return in.receipt.ValueDate
	}
	return today
}

// scribe writes the journals of the use of money.
func (in incoming) scribe(d domain.Deal, now time.Time, ids stepIDs) *ledger.Scribe {
	if in.fresh {
		return ledger.NewScribe(d, "receipt", in.receipt.ID.UUID, now, ids.journals)
	}
	return ledger.NewScribe(d, "allocation", ids.allocations[0].UUID, now, ids.journals)
}

// used is what money changed: of what is open, or, with the recourses, of what was given back.
type used struct {
	effect ledger.ReceiptEffect
	amount money.Amount
	back   []domain.Recourse
	held   int // for how many of them, the first ones, title was held
	said   string
}

// use decides what a debtor's money for a deal pays: first what is open, then what was given back.
// What is left of a fresh receipt is unidentified.
func use(file domain.DealFile, in incoming, now time.Time, ids receiptIDs) ([]used, error) {
	if file.Deal.Open.Currency() != in.amount.Currency() {
		return nil, domain.ErrInvalid.At("/amount/currency", "other-currency", "the deal is in "+string(file.Deal.Open.Currency()))
	}
	var all []used
	left := in.amount
	if open := money.Min(left, openOf(file)); open.Positive() {
		in.amount, left = open, left.Minus(open)
		effect, err := apply(file, in, now, ids.stepIDs)
		if err != nil {
			return nil, err
		}
		all = append(all, used{effect: effect, amount: open})
		file.Deal, file.Invoice, file.Payouts = *effect.Deal, *effect.Invoice, slices.Concat(file.Payouts, effect.Payouts)
		in.receipt = effect.Receipt
	}
	if left.Positive() {
		in.amount = left
		back, err := collectGivenBack(file, in, now, ids.given)
		if err != nil {
			return nil, err
		}
		all = append(all, back)
	}
	last := &all[len(all)-1].effect
	last.Line, last.Outcome = in.line, "applied to invoice "+file.Deal.InvoiceNumber
	if rest := last.Receipt.Unapplied; in.fresh && rest.Positive() {
		last.Journals = append(last.Journals, unidentified(last.Receipt, rest, now, ids.rest))
		last.Outcome += fmt.Sprintf("; %s is more than it takes: a person must say what that is for", rest.Grouped())
	}
	return all, nil
}

// saveUsed writes what money changed, step by step.
func (s *Service) saveUsed(ctx context.Context, tx Tx, by domain.Caller, all []used, ids receiptIDs) error {
	for _, u := range all {
		var err error
		if u.back == nil {
			err = s.save(ctx, tx, by, u.effect, u.amount, ids.stepIDs)
		} else {
			err = s.saveGiven(ctx, tx, by, u, ids.given)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// match finds the one deal that a line is for. It is exact by ISO 11649
// reference, or by an invoice number that a single open item of the account has.
func match(file domain.LineFile) (*domain.DealFile, bool) {
	references := domain.FindReferences(file.Line.Reference + " " + file.Line.Remittance)
	var byReference, byNumber []*domain.DealFile
	for i := range file.Deals {
		d := &file.Deals[i]
		for _, reference := range references {
			if reference == d.Deal.Reference {
				byReference = append(byReference, d)
				break
			}
		}
		if named(file.Line, d.Deal.InvoiceNumber) {
			byNumber = append(byNumber, d)
		}
	}
	switch {
	case len(byReference) == 1:
		return byReference[0], true
	case len(byReference) > 1 || len(references) > 0 && len(byNumber) == 0:
		return nil, false
	case len(byNumber) == 1: // a reference beside it names something else: a person decides
		return byNumber[0], !file.Ambiguous && len(references) == 0
	case len(byNumber) > 1:
		return byNumber[0], false
	default:
		return nil, false
	}
}

// openOf is what of a deal a debtor's money may pay: nothing before its advance is paid out.
func openOf(file domain.DealFile) money.Amount {
	if file.Deal.Status != domain.DealPaidOut {
		return money.Minor(0, file.Deal.Open.Currency())
	}
	return file.Deal.Open
}

// takes is how much of a debtor's money a deal can take: what is open, and what it did not pay of
// parts that were given back (D-11: more than that is for a person).
func takes(file domain.DealFile) money.Amount {
	sum := openOf(file)
	for _, r := range uncollected(file) {
		sum = sum.Plus(r.Uncollected())
	}
	return sum
}

// apply decides what an amount of a receipt changes on a deal: part payments stay what they
// are; the last one ends the fee clock, settles the reserve, and orders the rebate and the
// sweep. A fresh receipt brings its money in (E5) and is swept as far as it is the factor's own;
// one that was unidentified is in already (V8), and waits for the last one.
func apply(file domain.DealFile, in incoming, now time.Time, ids stepIDs) (ledger.ReceiptEffect, error) {
	receipt, amount, paidBefore := in.spent(), in.amount, !file.Deal.PaidInFull.IsZero()
	file = after(file, domain.Move{On: in.paidOn(), Open: amount.Negated(), Disputed: money.Minor(0, amount.Currency())})
	file.Deal.CardCost = cardCost(file.Deal).Plus(in.kept())
	// an older receipt may be applied after a later one
	e := ending{file: file, day: today(now, file.Factor.Zone()), now: now, lastMoney: domain.Latest(in.paidOn(), file.LastMoney)}
	e.books = in.scribe(file.Deal, now, ids)
	paidOn := domain.Latest(e.lastMoney, file.Deal.FundingDate)
	e.forgive(e.lastMoney)
	if !bears(e.file) {
		e.accrue(paidOn)
	}
	if !e.file.Deal.Open.Positive() {
		e.stop(paidOn)
	}
	e.books.Post(in.journal(e.day))
	e.postForgiven()
	if e.file.Deal.Open.Positive() {
		if in.fresh {
			e.sweep(money.Min(amount, e.own()), ids.payouts[0])
		}
	} else if err := e.settle(ids.payouts); err != nil {
		return ledger.ReceiptEffect{}, err
	}
	d := e.file.Deal
	effect := ledger.ReceiptEffect{
		Receipt: receipt, Deal: &d, Invoice: &e.file.Invoice, Payouts: e.payouts, Journals: e.books.Journals,
		Allocations: []domain.Allocation{in.allocated(allocation(d, receipt, amount, now, ids.allocations[0]))},
	}
	if !paidBefore && !d.PaidInFull.IsZero() {
		effect.Freed = d.Advance
	}
	return effect, nil
}

// allocation is an amount of a receipt applied to what is open of a deal.
func allocation(d domain.Deal, r domain.Receipt, amount money.Amount, now time.Time, id domain.AllocationID) domain.Allocation {
	return domain.Allocation{
		ID: id, Receipt: r.ID, Deal: d.ID, Case: d.Case, Factor: d.Factor, Seller: d.Seller, Minor: amount.Units(), ValueOn: r.ValueDate, AppliedAt: now,
	}
}

// allocated returns an allocation as it is of money that may have come by a card processor.
func (in incoming) allocated(a domain.Allocation) domain.Allocation {
	a.CostMinor, a.ValueOn = in.kept().Units(), in.paidOn()
	return a
}

// save writes what a receipt, or an amount of it, changed.
func (s *Service) save(ctx context.Context, tx Tx, by domain.Caller, effect ledger.ReceiptEffect, arrived money.Amount, ids stepIDs) error {
	if err := tx.SaveReceipt(ctx, effect, by.Now); err != nil {
		return fmt.Errorf("save receipt: %w", err)
	}
	if err := tx.Post(ctx, effect.Journals); err != nil {
		return fmt.Errorf("post receipt: %w", err)
	}
	trail := domain.Trail{Audit: []domain.AuditRow{domain.Audited(ids.audit, by, "receipt."+string(effect.Receipt.Status), "receipt", effect.Receipt.ID.UUID, effect.Receipt.Amount, effect.Receipt.Unapplied)}}
	if effect.Deal != nil {
		event := dealEvent(ids.events[0], by, *effect.Deal, "payment.received", fmt.Sprintf("%s arrived on %s for invoice %s; %s is open.",
			arrived.Grouped(), effect.Receipt.ValueDate.Short(), effect.Deal.InvoiceNumber, effect.Deal.Open.Grouped()))
		trail.Events, trail.Jobs = []domain.Event{event}, mailAbout(event, true)
	}
	return tx.SaveTrail(ctx, trail)
}

// Receipt returns one of the caller's receipts.
func (s *Service) Receipt(ctx context.Context, by domain.Caller, id domain.ReceiptID) (domain.Receipt, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Receipt{}, err
	}
	var receipt domain.Receipt
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		receipt, err = tx.Receipt(ctx, id, by.Organization)
		return err
	})
	return receipt, err
}

// Receipts lists the caller's receipts; status "" means all.
func (s *Service) Receipts(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Receipt, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return nil, err
	}
	var list []domain.Receipt
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		list, err = tx.Receipts(ctx, by.Organization, status, page)
		return err
	})
	return list, err
}
