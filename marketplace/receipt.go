package marketplace

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// receiptIDs are the ids that one line or receipt may need.
type receiptIDs struct {
	receipt    domain.ReceiptID
	allocation domain.AllocationID
	journals   []domain.JournalID
	payouts    [2]domain.PayoutID
	audit      domain.AuditID
	events     [2]domain.EventID
	update     domain.UpdateID
	releases   [mostHeld]domain.UpdateID
}

func newReceiptIDs() receiptIDs {
	ids := receiptIDs{
		receipt: domain.New[domain.ReceiptID](), allocation: domain.New[domain.AllocationID](), audit: domain.New[domain.AuditID](),
		payouts: [2]domain.PayoutID{domain.New[domain.PayoutID](), domain.New[domain.PayoutID]()},
		events:  [2]domain.EventID{domain.New[domain.EventID](), domain.New[domain.EventID]()},
		update:  domain.New[domain.UpdateID](),
	}
	for i := range ids.releases {
		ids.releases[i] = domain.New[domain.UpdateID]()
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
// given back to it (V4p), what a debtor pays for an invoice that was given back (V4d, V4e), what
// names one open item exactly (E5); else it is unidentified (V8), with a suggestion if any.
func (s *Service) receive(ctx context.Context, tx Tx, by domain.Caller, file domain.LineFile, ids receiptIDs) error {
	amount := money.Minor(file.Line.AmountMinor, money.Currency(file.Line.Currency))
	receipt := domain.Receipt{
		ID: ids.receipt, Factor: file.Line.Factor, Account: file.Line.Account, Line: file.Line.ID, Status: domain.ReceiptUnapplied,
		Amount: amount, Unapplied: amount, ValueDate: file.Line.ValueOn, Payer: file.Line.Counterparty,
		Reference: file.Line.Remittance + " " + file.Line.Reference, CreatedAt: by.Now,
	}
	if of, claim, found := claimOf(file, amount); found {
		return s.claimPaid(ctx, tx, by, file, of, claim, receipt, ids)
	}
	target, exact := match(file)
	effect := ledger.ReceiptEffect{Receipt: receipt, Line: file.Line.ID}
	switch {
	case target != nil && exact && target.Deal.Status == domain.DealChargedBack:
		return s.collectGivenBack(ctx, tx, by, file, *target, receipt, ids)
	case target != nil && exact && takes(*target, amount):
		applied, err := apply(*target, receipt, amount, true, by.Now, ids)
		if err != nil {
			return err
		}
		effect = applied
		effect.Line, effect.Outcome = file.Line.ID, "applied to invoice "+target.Deal.InvoiceNumber
	default:
		if target != nil {
			effect.Receipt.Status, effect.Receipt.Suggested = domain.ReceiptSuggested, target.Deal.ID
		}
		effect.Outcome = "a person must say what it is for"
		effect.Journals = []ledger.Posted{{
			ID: ids.journals[0], Factor: receipt.Factor, CauseKind: "receipt", Cause: receipt.ID.UUID, KnownAt: by.Now,
			Journal: ledger.Unidentified(receipt.ValueDate, amount),
		}}
	}
	return s.save(ctx, tx, by, effect, ids)
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

// takes reports whether a deal can take an amount: paid out, and no more than
// is open (D-11: the rest of an overpayment is for a person).
func takes(file domain.DealFile, amount money.Amount) bool {
	return file.Deal.Status == domain.DealPaidOut && file.Deal.Open.Currency() == amount.Currency() &&
		!file.Deal.Open.Less(amount) && amount.Positive()
}

// apply decides what an amount of a receipt changes on a deal: part payments stay what they
// are; the last one ends the fee clock, settles the reserve, and orders the rebate and the
// sweep. A fresh receipt brings its money in (E5) and is swept as far as it is the factor's own;
// one that was unidentified is in already (V8), and waits for the last one.
func apply(file domain.DealFile, receipt domain.Receipt, amount money.Amount, fresh bool, now time.Time, ids receiptIDs) (ledger.ReceiptEffect, error) {
	file = after(file, domain.Move{On: receipt.ValueDate, Open: amount.Negated(), Disputed: money.Minor(0, amount.Currency())})
	receipt.Unapplied = receipt.Unapplied.Minus(amount)
	if receipt.Unapplied.IsZero() {
		receipt.Status = domain.ReceiptApplied
	}
	// an older receipt may be applied after a later one
	e := ending{file: file, day: today(now, file.Factor.Zone()), now: now, lastMoney: domain.Latest(receipt.ValueDate, file.LastMoney)}
	e.books = ledger.NewScribe(file.Deal, "receipt", receipt.ID.UUID, now, ids.journals)
	in := ledger.Collect(receipt.ValueDate, amount)
	if !fresh {
		e.books = ledger.NewScribe(file.Deal, "allocation", ids.allocation.UUID, now, ids.journals)
		in = ledger.ApplyUnidentified(e.day, amount)
	}
	paidOn := domain.Latest(e.lastMoney, file.Deal.FundingDate)
	e.forgive(e.lastMoney)
	if !bears(e.file) {
		e.accrue(paidOn)
	}
	if !e.file.Deal.Open.Positive() {
		e.stop(paidOn)
	}
	e.books.Post(in)
	e.postForgiven()
	if e.file.Deal.Open.Positive() {
		if fresh {
			e.sweep(money.Min(amount, e.own()), ids.payouts[0])
		}
	} else if err := e.settle(ids.payouts); err != nil {
		return ledger.ReceiptEffect{}, err
	}
	d := e.file.Deal
	return ledger.ReceiptEffect{
		Receipt: receipt, Deal: &d, Invoice: &e.file.Invoice, Payouts: e.payouts, Journals: e.books.Journals,
		Allocation: &domain.Allocation{
			ID: ids.allocation, Receipt: receipt.ID, Deal: d.ID, Case: d.Case, Factor: d.Factor, Seller: d.Seller,
			Minor: amount.Units(), ValueOn: receipt.ValueDate, AppliedAt: now,
		},
	}, nil
}

// save writes what a receipt changed.
func (s *Service) save(ctx context.Context, tx Tx, by domain.Caller, effect ledger.ReceiptEffect, ids receiptIDs) error {
	if err := tx.SaveReceipt(ctx, effect, by.Now); err != nil {
		return fmt.Errorf("save receipt: %w", err)
	}
	if err := tx.Post(ctx, effect.Journals); err != nil {
		return fmt.Errorf("post receipt: %w", err)
	}
	trail := domain.Trail{Audit: []domain.AuditRow{domain.Audited(ids.audit, by, "receipt."+string(effect.Receipt.Status), "receipt", effect.Receipt.ID.UUID, effect.Receipt.Amount, effect.Receipt.Unapplied)}}
	if effect.Deal != nil {
		arrived := money.Minor(effect.Allocation.Minor, effect.Receipt.Amount.Currency())
		event := dealEvent(ids.events[0], by, *effect.Deal, "payment.received", fmt.Sprintf("%s arrived on %s for invoice %s; %s is open.",
			arrived.Grouped(), effect.Receipt.ValueDate.Short(), effect.Deal.InvoiceNumber, effect.Deal.Open.Grouped()))
		trail.Events, trail.Jobs = []domain.Event{event}, mailAbout(event, true)
	}
	return tx.SaveTrail(ctx, trail)
}

// ApplyReceipt applies an amount of an unidentified receipt to a deal, by hand.
// It refuses with domain.ErrNotFound, ErrMoreThanOpen or ErrWrongState.
func (s *Service) ApplyReceipt(ctx context.Context, by domain.Caller, id domain.ReceiptID, deal domain.DealID, amount money.Amount, once domain.Once[ledger.ReceiptEffect]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	ids := newReceiptIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.ReceiptFile(ctx, id, by.Organization, deal)
		if err != nil {
			return domain.Answer{}, err
		}
		if file.Deal == nil {
			return domain.Answer{}, domain.ErrNotFound.Because("the deal is not yours")
		}
		if err := applicable(file, amount); err != nil {
			return domain.Answer{}, err
		}
		effect, err := apply(*file.Deal, file.Receipt, amount, false, by.Now, ids)
		if err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(effect), s.save(ctx, tx, by, effect, ids)
	})
}

func applicable(file domain.ReceiptFile, amount money.Amount) error {
	if amount.Currency() != file.Receipt.Amount.Currency() || amount.Currency() != file.Deal.Deal.Basis.Currency() {
		return domain.ErrInvalid.At("/amount/currency", "other-currency", "receipt and deal are in "+string(file.Deal.Deal.Basis.Currency()))
	}
	if file.Receipt.Account != file.Deal.Deal.Collection {
		return domain.ErrInvalid.At("/deal_id", "other-account", "the money lies on another account than the one that the notice of this deal names")
	}
	if file.Deal.Deal.Status != domain.DealPaidOut {
		return domain.ErrWrongState.Because("the deal is %s", file.Deal.Deal.Status).In(string(file.Deal.Deal.Status), string(domain.DealPaidOut))
	}
	if !amount.Positive() || file.Receipt.Unapplied.Less(amount) || file.Deal.Deal.Open.Less(amount) {
		return domain.ErrMoreThanOpen.Because("%s is left of the receipt and %s is open", file.Receipt.Unapplied, file.Deal.Deal.Open)
	}
	return nil
}

// UndoReceipt takes back what was applied of a receipt by hand, as long as it
// did not settle the deal. It refuses with domain.ErrAlreadySettled or
// ErrWrongState.
func (s *Service) UndoReceipt(ctx context.Context, by domain.Caller, id domain.ReceiptID, once domain.Once[domain.Receipt]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	ids := newReceiptIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.ReceiptFile(ctx, id, by.Organization, domain.DealID{})
		if err != nil {
			return domain.Answer{}, err
		}
		if file.Allocation == nil || file.Deal == nil {
			return domain.Answer{}, domain.ErrWrongState.Because("nothing of this receipt is applied").In(string(file.Receipt.Status))
		}
		back := money.Minor(file.Allocation.Minor, file.Receipt.Amount.Currency())
		if file.Deal.Deal.Status != domain.DealPaidOut || !file.Deal.Deal.PaidInFull.IsZero() || collected(*file.Deal).Minus(back).Less(swept(*file.Deal)) {
			return domain.Answer{}, domain.ErrAlreadySettled.Because("its money was moved to the operating account: a person asks the bank")
		}
		return s.undo(ctx, tx, by, file, ids, once)
	})
}

func (s *Service) undo(ctx context.Context, tx Tx, by domain.Caller, file domain.ReceiptFile, ids receiptIDs, once domain.Once[domain.Receipt]) (domain.Answer, error) {
	back := money.Minor(file.Allocation.Minor, file.Receipt.Amount.Currency())
	d := file.Deal.Deal
	d.Open = d.Open.Plus(back)
	file.Receipt.Unapplied, file.Receipt.Status = file.Receipt.Unapplied.Plus(back), domain.ReceiptUnapplied
	if err := tx.UndoAllocation(ctx, file.Receipt, *file.Allocation, d, by.Now); err != nil {
		return domain.Answer{}, fmt.Errorf("undo: %w", err)
	}
	day := today(by.Now, file.Factor.Zone())
	journal := bookOf(d, "allocation", file.Allocation.ID.UUID, by.Now)(ids.journals[0], ledger.Reverse(ledger.ApplyUnidentified(day, back), day))
	if err := tx.Post(ctx, []ledger.Posted{journal}); err != nil {
		return domain.Answer{}, fmt.Errorf("post undoing: %w", err)
	}
	return once.Answer(file.Receipt), tx.SaveTrail(ctx, domain.Trail{
		Audit: []domain.AuditRow{domain.Audited(ids.audit, by, "receipt.undone", "receipt", file.Receipt.ID.UUID, back)},
		Events: []domain.Event{dealEvent(ids.events[0], by, d, "payment.undone",
			fmt.Sprintf("%s that was applied to invoice %s was taken back: it was for something else.", back.Grouped(), d.InvoiceNumber))},
	})
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
