package marketplace

import (
	"context"
	"fmt"
	"slices"
	"time"

	"comity/domain"
	"comity/ledger"
)

// Evidence is what somebody says to meet a condition.
type Evidence struct {
	Text       string
	OccurredAt time.Time   // when it happened, in the world's time; zero: now
	Expires    domain.Date // zero: it does not expire
}

// SetCondition records the evidence for a condition precedent (D-4): the
// platform's, the factor's or the seller's, each its own. It refuses with
// domain.ErrForbidden for another side's condition, ErrNotFound, or
// ErrWrongState once the money has left.
func (s *Service) SetCondition(ctx context.Context, by domain.Caller, id domain.DealID, code string, evidence Evidence) (domain.Condition, error) {
	setter, known := domain.ConditionSetters[code]
	if !known {
		return domain.Condition{}, domain.ErrNotFound
	}
	if err := by.Must(setter); err != nil {
		return domain.Condition{}, err
	}
	var condition domain.Condition
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		file, err := tx.DealFile(ctx, id)
		if err != nil {
			return err
		}
		if !partyTo(file.Deal, by) {
			return domain.ErrNotFound
		}
		by, err := among(ctx, tx, by, file.Deal.Seller)
		if err != nil {
			return err
		}
		if condition, err = evidenced(id, code, evidence, by); err != nil {
			return err
		}
		if !slices.Contains(file.Deal.Disclosure.Conditions(), code) {
			return domain.ErrNotFound.Because("this deal does not wait for it")
		}
		if file.Deal.Status != domain.DealMade {
			return domain.ErrWrongState.Because("the deal is %s", file.Deal.Status).In(string(file.Deal.Status), string(domain.DealMade))
		}
		if err := tx.SaveCondition(ctx, file.Deal, condition); err != nil {
			return fmt.Errorf("save condition: %w", err)
		}
		if err := tx.WakeCase(ctx, file.Deal.Case, by.Now); err != nil {
			return err
		}
		return tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "condition.set", "deal", id.UUID, code, evidence.Text, evidence.Expires)},
			Events: []domain.Event{dealEvent(event, by, file.Deal, "condition.set",
				fmt.Sprintf("Invoice %s: %s is evidenced.", file.Deal.InvoiceNumber, conditionName[code]))},
			Jobs: []domain.Job{{World: file.Deal.World, Kind: domain.JobAdvance, Ref: id.UUID}},
		})
	})
	return condition, err
}

// evidenced makes the condition that evidence meets; what is said to have
// happened without a time happened now.
func evidenced(id domain.DealID, code string, evidence Evidence, by domain.Caller) (domain.Condition, error) {
	if evidence.OccurredAt.After(by.Now) {
		return domain.Condition{}, domain.ErrInvalid.At("/occurred_at", "in-the-future", "what has not happened is no evidence")
	}
	if evidence.OccurredAt.IsZero() {
		evidence.OccurredAt = by.Now
	}
	return domain.Condition{
		Deal: id, Code: code, Evidence: evidence.Text, OccurredAt: evidence.OccurredAt, Expires: evidence.Expires, SetBy: by.User, SetAt: by.Now,
	}, nil
}

var conditionName = map[string]string{
	domain.ConditionSellerApproved:  "the seller's approval",
	domain.ConditionAccountProven:   "the proof of the pay-out account",
	domain.ConditionIntroduced:      "the seller's introduction of the factor",
	domain.ConditionVerified:        "the verification of the invoice",
	domain.ConditionNoticeDelivered: "the delivery of the notice",
	domain.ConditionTrustProven:     "the account that is held for the factor",
	domain.ConditionSenderProven:    "the seller's own sender address",
}

// partyTo reports whether the caller may act on the deal: its seller, its
// factor, or the platform.
func partyTo(d domain.Deal, by domain.Caller) bool {
	return by.Kind == domain.KindPlatform || by.Organization == d.Seller || by.Organization == d.Factor
}

func dealEvent(id domain.EventID, by domain.Caller, d domain.Deal, kind, said string) domain.Event {
	return domain.Event{
		ID: id, World: d.World, Kind: kind, Factor: d.Factor, Seller: d.Seller, Invoice: d.Invoice, Deal: d.ID, Case: d.Case,
		Said: said, At: by.Now,
	}
}

// Advance instructs the pay-out of a deal once every condition has its
// evidence: E3a is posted when the instruction is written. Until then, and ever
// after, it does nothing.
func (s *Service) Advance(ctx context.Context, world domain.WorldID, id domain.DealID, now time.Time) error {
	payout, journal, event := domain.New[domain.PayoutID](), domain.New[domain.JournalID](), domain.New[domain.EventID]()
	return s.work(ctx, "advance", world, now, func(tx Tx, by domain.Caller) error {
		file, err := tx.DealFile(ctx, id)
		if err != nil {
			return err
		}
		d, day := file.Deal, today(now, file.Factor.Zone())
		if d.Status != domain.DealMade || len(file.Payouts) > 0 || !d.Disclosure.AllMet(file.Conditions, now, day) {
			return nil
		}
		order := domain.Payout{
			ID: payout, World: d.World, Factor: d.Factor, Seller: d.Seller, Deal: d.ID, Kind: domain.PayAdvance,
			Status: domain.PayoutInstructed, Amount: d.Now(), From: d.Operating, To: d.Payout,
			EndToEnd: endToEnd(payout), InstructedAt: now, CreatedAt: now,
		}
		if err := tx.SavePayouts(ctx, []domain.Payout{order}); err != nil {
			return fmt.Errorf("save pay-out: %w", err)
		}
		book := bookOf(d, "payout", payout.UUID, now)
		if err := tx.Post(ctx, []ledger.Posted{book(journal, ledger.Instruct(day, order.Amount))}); err != nil {
			return fmt.Errorf("post instruction: %w", err)
		}
		return tx.SaveTrail(ctx, domain.Trail{Events: []domain.Event{dealEvent(event, by, d, "payout.instructed",
			fmt.Sprintf("Every condition is met: %s for invoice %s is with the bank.", order.Amount.Grouped(), d.InvoiceNumber))}})
	})
}

// endToEnd is the id under which a bank reports an order back: at most 35
// characters (ISO 20022 Max35Text).
func endToEnd(id domain.PayoutID) string {
	return "CM" + id.String()[len("pay_"):]
}

// CancelDeal ends a deal whose conditions cannot be met: E1 and E2 are reversed
// and the invoice may be sold again. It refuses with domain.ErrWrongState once
// the pay-out is instructed.
func (s *Service) CancelDeal(ctx context.Context, by domain.Caller, id domain.DealID, reason string, once domain.Once[domain.Deal]) (domain.Answer, error) {
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	fresh := []domain.JournalID{domain.New[domain.JournalID](), domain.New[domain.JournalID]()}
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.DealFile(ctx, id)
		if err != nil {
			return domain.Answer{}, err
		}
		if !partyTo(file.Deal, by) {
			return domain.Answer{}, domain.ErrNotFound
		}
		if by, err = among(ctx, tx, by, file.Deal.Seller); err != nil {
			return domain.Answer{}, err
		}
		if len(file.Payouts) > 0 {
			return domain.Answer{}, domain.ErrWrongState.Because("the pay-out is with the bank").In(string(file.Deal.Status))
		}
		if err := file.Deal.MoveTo(domain.DealCancelled); err != nil {
			return domain.Answer{}, err
		}
		if err := file.Invoice.MoveTo(domain.InvoiceSubmitted); err != nil {
			return domain.Answer{}, err
		}
		posted, err := tx.JournalsOf(ctx, id)
		if err != nil {
			return domain.Answer{}, fmt.Errorf("read journals: %w", err)
		}
		if err := tx.Post(ctx, reversals(posted, file, by.Now, fresh)); err != nil {
			return domain.Answer{}, fmt.Errorf("post reversal: %w", err)
		}
		if err := tx.CloseDeal(ctx, file.Deal, file.Invoice); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(file.Deal), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "deal.cancelled", "deal", id.UUID, reason)},
			Events: []domain.Event{dealEvent(event, by, file.Deal, "deal.cancelled", fmt.Sprintf("The sale of invoice %s was cancelled: %s.", file.Deal.InvoiceNumber, reason))},
		})
	})
}

// reversals takes back every journal that was not taken back yet.
func reversals(posted []ledger.Posted, file domain.DealFile, now time.Time, fresh []domain.JournalID) []ledger.Posted {
	book := bookOf(file.Deal, "deal", file.Deal.ID.UUID, now)
	day := today(now, file.Factor.Zone())
	gone := map[domain.JournalID]bool{}
	for _, p := range posted {
		gone[p.Reverses] = true
	}
	var back []ledger.Posted
	for _, p := range posted {
		if p.Kind == ledger.KindReversal || gone[p.ID] || len(back) == len(fresh) {
			continue
		}
		reversal := book(fresh[len(back)], ledger.Reverse(p.Journal, day))
		reversal.Reverses = p.ID
		back = append(back, reversal)
	}
	return back
}

// AccrueFees posts E4 of a deal at a month end; due is the first moment of the
// next month in the factor's zone.
func (s *Service) AccrueFees(ctx context.Context, world domain.WorldID, id domain.DealID, due time.Time) error {
	journal := domain.New[domain.JournalID]()
	return s.work(ctx, "accrue_fees", world, due, func(tx Tx, _ domain.Caller) error {
		file, err := tx.DealFile(ctx, id)
		if err != nil {
			return err
		}
		d := file.Deal
		if d.NextAccrual.IsZero() || d.NextAccrual.After(due) {
			return nil
		}
		monthEnd := today(d.NextAccrual, file.Factor.Zone()).Plus(-1)
		if accrued, any := ledger.AccrueFee(clockOf(file), monthEnd); any {
			if err := tx.Post(ctx, []ledger.Posted{bookOf(d, "month_end", d.ID.UUID, d.NextAccrual)(journal, accrued)}); err != nil {
				return fmt.Errorf("post accrual: %w", err)
			}
			d.Recognised = d.Fee.RecognisedOver(d.Course(), d.Day(monthEnd))
		}
		d.NextAccrual = monthEnd.Plus(1).MonthEnd().Plus(1).At(0, 0, file.Factor.Zone())
		return tx.UpdateDeal(ctx, d)
	})
}

// clockOf is the deal's fee clock.
func clockOf(file domain.DealFile) ledger.FeeClock {
	d := file.Deal
	return ledger.FeeClock{Fee: d.Fee, FeeCourse: d.Course(), Booked: d.Recognised}
}

// ReleasePayout instructs a rebate whose hold is over (E7a).
func (s *Service) ReleasePayout(ctx context.Context, world domain.WorldID, id domain.PayoutID, now time.Time) error {
	journal, event := domain.New[domain.JournalID](), domain.New[domain.EventID]()
	return s.work(ctx, "release_payout", world, now, func(tx Tx, by domain.Caller) error {
		file, order, err := tx.PayoutFile(ctx, id)
		if err != nil {
			return err
		}
		if order.Status != domain.PayoutQueued {
			return nil
		}
		order.Status, order.InstructedAt = domain.PayoutInstructed, now
		if err := tx.SavePayouts(ctx, []domain.Payout{order}); err != nil {
			return fmt.Errorf("save pay-out: %w", err)
		}
		day := today(now, file.Factor.Zone())
		if err := tx.Post(ctx, []ledger.Posted{bookOf(file.Deal, "payout", id.UUID, now)(journal, ledger.RebateInstruct(day, order.Amount))}); err != nil {
			return fmt.Errorf("post rebate: %w", err)
		}
		return tx.SaveTrail(ctx, domain.Trail{Events: []domain.Event{dealEvent(event, by, file.Deal, "rebate.instructed",
			fmt.Sprintf("The rebate of %s for invoice %s is with the bank.", order.Amount.Grouped(), file.Deal.InvoiceNumber))}})
	})
}

// Deal returns a deal of the caller's, with its conditions.
func (s *Service) Deal(ctx context.Context, by domain.Caller, id domain.DealID) (domain.Deal, []domain.Condition, error) {
	var d domain.Deal
	var conditions []domain.Condition
	entry := by.Own()
	if by.Kind == domain.KindPlatform {
		entry = by.In(domain.ScopeMarket)
	}
	err := s.read(ctx, entry, func(tx Tx) error {
		var err error
		if d, err = tx.Deal(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		conditions, err = tx.Conditions(ctx, id)
		return err
	})
	return d, conditions, err
}

// Deals lists the caller's deals; status "" means all. The platform sees all.
func (s *Service) Deals(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Deal, error) {
	entry := by.Own()
	if by.Kind == domain.KindPlatform {
		entry = by.In(domain.ScopeMarket)
	}
	var deals []domain.Deal
	err := s.read(ctx, entry, func(tx Tx) error {
		var err error
		deals, err = tx.Deals(ctx, by.Organization, by.Kind, status, page)
		return err
	})
	return deals, err
}

// Journals lists the journals of a deal of the caller's, in the order in which
// they became known.
func (s *Service) Journals(ctx context.Context, by domain.Caller, id domain.DealID) ([]ledger.Posted, error) {
	var journals []ledger.Posted
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.Deal(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		var err error
		journals, err = tx.JournalsOf(ctx, id)
		return err
	})
	return journals, err
}
