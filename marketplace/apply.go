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

// An Application says what an amount of an unidentified receipt is for.
type Application struct {
	Deal     domain.DealID
	Amount   money.Amount
	Recourse domain.RecourseID // zero: the debtor's money for the deal; else for this part that was given back
	Seller   bool              // its seller pays what it owes for the part
}

// Applied is a receipt after an amount of it was applied.
type Applied struct {
	Receipt domain.Receipt
	Deal    domain.Deal
	Amount  money.Amount
}

// ApplyReceipt applies an amount of an unidentified receipt by hand: to what is open of a deal and
// then to what was given back of it; to one part that was given back; or to what its seller owes
// for it. It refuses with domain.ErrNotFound, ErrInvalid, ErrMoreThanOpen or ErrWrongState.
func (s *Service) ApplyReceipt(ctx context.Context, by domain.Caller, id domain.ReceiptID, how Application, once domain.Once[Applied]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	ids := newReceiptIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.ReceiptFile(ctx, id, by.Organization, how.Deal)
		if err != nil {
			return domain.Answer{}, err
		}
		if file.Deal == nil {
			return domain.Answer{}, domain.ErrNotFound.Because("the deal is not yours")
		}
		part, err := applicable(file, how)
		if err != nil {
			return domain.Answer{}, err
		}
		in := incoming{receipt: file.Receipt, amount: how.Amount}
		if how.Seller {
			paid, deal, err := s.claimPaid(ctx, tx, by, *file.Deal, part, in, ids)
			return once.Answer(Applied{Receipt: paid, Deal: deal, Amount: how.Amount}), err
		}
		used, err := useByHand(*file.Deal, part, in, by.Now, ids)
		if err != nil {
			return domain.Answer{}, err
		}
		last := used[len(used)-1].effect
		return once.Answer(Applied{Receipt: last.Receipt, Deal: *last.Deal, Amount: how.Amount}), s.saveUsed(ctx, tx, by, used, ids)
	})
}

// useByHand uses a debtor's money as a person says: for one part that was given back, or as it would have been used.
func useByHand(file domain.DealFile, part domain.Recourse, in incoming, now time.Time, ids receiptIDs) ([]used, error) {
	if part.ID.IsZero() {
		return use(file, in, now, ids)
	}
	back, err := collectGivenBack(file, in, now, ids.given, part)
	return []used{back}, err
}

// applicable checks that an amount of a receipt may be used as a person says, and returns the part
// that was given back if it is for one.
func applicable(file domain.ReceiptFile, how Application) (domain.Recourse, error) {
	d, amount := file.Deal.Deal, how.Amount
	if amount.Currency() != file.Receipt.Amount.Currency() || amount.Currency() != d.Basis.Currency() {
		return domain.Recourse{}, domain.ErrInvalid.At("/amount/currency", "other-currency", "receipt and deal are in "+string(d.Basis.Currency()))
	}
	if file.Receipt.Account != d.Collection {
		return domain.Recourse{}, domain.ErrInvalid.At("/deal_id", "other-account", "the money lies on another account than the one that the notice of this deal names")
	}
	most := takes(*file.Deal)
	var part domain.Recourse
	if !how.Recourse.IsZero() {
		at := slices.IndexFunc(file.Deal.Recourses, func(r domain.Recourse) bool { return r.ID == how.Recourse })
		if at < 0 {
			return part, domain.ErrInvalid.At("/recourse_id", "not-of-the-deal", "nothing of the deal was given back under this id")
		}
		part = file.Deal.Recourses[at]
		most = part.Uncollected()
	}
	if how.Seller {
		if !part.Held() {
			return part, domain.ErrInvalid.At("/recourse_id", "nothing-owed", "name the part for which the seller owes something")
		}
		most = part.Owed()
	} else if part.ID.IsZero() && !most.Positive() && d.Status != domain.DealPaidOut {
		return part, domain.ErrWrongState.Because("the deal is %s", d.Status).In(string(d.Status), string(domain.DealPaidOut))
	}
	if !amount.Positive() || file.Receipt.Unapplied.Less(amount) || most.Less(amount) {
		return part, domain.ErrMoreThanOpen.Because("%s is left of the receipt and %s may be applied", file.Receipt.Unapplied, most)
	}
	return part, nil
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
		if file.Allocation.CostMinor > 0 {
			return domain.Answer{}, domain.ErrWrongState.Because("a card processor passed it on: a person takes it back with the processor").In(string(file.Receipt.Status))
		}
		back := money.Minor(file.Allocation.Minor, file.Receipt.Amount.Currency())
		if !file.Allocation.Recourse.IsZero() || file.Deal.Deal.Status != domain.DealPaidOut || !file.Deal.Deal.PaidInFull.IsZero() || collected(*file.Deal).Minus(back).Less(swept(*file.Deal)) {
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
