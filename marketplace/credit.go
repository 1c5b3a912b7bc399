package marketplace

import (
	"context"
	"fmt"
	"strings"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// Resolution is how a factor ends a dispute: agreed, as the seller offered and the debtor
// accepted, or withdrawn by the debtor.
type Resolution struct {
	Outcome      string // "agreed" or "withdrawn"
	CreditNumber string // of the seller's credit note, when it credits something
	How          string // for withdrawn: how that is known
}

// ResolveDispute ends a dispute, in one commit with what follows: the hold ends; what the seller
// credits is taken off the invoice and paid from its reserve (V1), and the rest is payable again;
// the debtor is told. It refuses with domain.ErrNotFound, ErrInvalid, or ErrWrongState while the
// debtor has not agreed, or when the credit is more than what is left of the reserve. What of an
// agreed credit had been paid already is the seller's to return: nothing of it is booked (D-12).
func (s *Service) ResolveDispute(ctx context.Context, by domain.Caller, id domain.DisputeID, how Resolution, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	ids := newReceiptIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		found, err := tx.DisputeFile(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		dispute := found.Dispute
		outcome := map[string]domain.DisputeOutcome{"agreed": domain.OutcomeCredited, "withdrawn": domain.OutcomeWithdrawn}[how.Outcome]
		if err := dispute.Resolve(outcome, how.CreditNumber, by.Now); err != nil {
			return domain.Answer{}, err
		}
		dispute.Booked(found.Deal.Deal.Open)
		if err := s.credit(ctx, tx, by, found.Deal, dispute, ids); err != nil {
			return domain.Answer{}, err
		}
		if err := closeMediation(ctx, tx, dispute, "the dispute was "+resolvedWords[how.Outcome], ids.neutral); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.EndDispute(ctx, dispute, domain.Update{
			ID: ids.update, Case: dispute.Case, Deal: dispute.Deal, Kind: domain.UpdateDisputeResolved, Subject: dispute.ID.UUID, At: by.Now,
		}); err != nil {
			return domain.Answer{}, fmt.Errorf("save dispute: %w", err)
		}
		return once.Answer(dispute), tx.SaveTrail(ctx, resolvedTrail(by, found.Deal.Deal, dispute, how.How, ids))
	})
}

var resolvedWords = map[string]string{"agreed": "resolved as debtor and seller agreed", "withdrawn": "taken back"}

// resolvedTrail says how a dispute ended.
func resolvedTrail(by domain.Caller, d domain.Deal, dispute domain.Dispute, how string, ids receiptIDs) domain.Trail {
	refund := dispute.Refund()
	said := fmt.Sprintf("The dispute about %s of invoice %s was resolved: %s is credited, %s is payable again.",
		dispute.Amount.Grouped(), d.InvoiceNumber, dispute.Credited.Grouped(), dispute.Amount.Minus(dispute.Credited).Minus(refund).Grouped())
	if refund.Positive() {
		said = fmt.Sprintf("The dispute about %s of invoice %s was resolved: %s is credited. The debtor had paid %s of what was agreed already, and you have that money: return it to your customer yourself.",
			dispute.Amount.Grouped(), d.InvoiceNumber, dispute.Credited.Grouped(), refund.Grouped())
	}
	if dispute.Outcome == domain.OutcomeWithdrawn {
		said = fmt.Sprintf("The dispute about %s of invoice %s was taken back: %s.", dispute.Amount.Grouped(), d.InvoiceNumber, strings.TrimSuffix(how, "."))
	}
	event := dealEvent(ids.events[0], by, d, "dispute.resolved", said)
	return domain.Trail{
		Audit:  []domain.AuditRow{domain.Audited(ids.audit, by, "dispute.resolved", "dispute", dispute.ID.UUID, string(dispute.Outcome), dispute.Credited, dispute.CreditNumber, how)},
		Events: []domain.Event{event}, Jobs: mailAbout(event, true),
	}
}

// credit takes a credit note off a deal, and settles it when nothing is open then.
func (s *Service) credit(ctx context.Context, tx Tx, by domain.Caller, file domain.DealFile, dispute domain.Dispute, ids receiptIDs) error {
	if !dispute.Credited.Positive() {
		return tx.WakeCase(ctx, dispute.Case, by.Now)
	}
	d := file.Deal
	if d.Status != domain.DealPaidOut || d.Open.Less(dispute.Credited) {
		return domain.ErrWrongState.Because("%s is open on a deal that is %s", d.Open.Grouped(), d.Status).In(string(d.Status), string(domain.DealPaidOut))
	}
	if file.ReserveFree().Less(dispute.Credited) {
		return domain.ErrWrongState.Because("%s is free of the reserve: give the disputed part back to the seller instead", file.ReserveFree().Grouped()).In(string(d.Status))
	}
	e := ending{file: file, day: today(by.Now, file.Factor.Zone()), now: by.Now, lastMoney: file.LastMoney}
	e.books = ledger.NewScribe(d, "dispute", dispute.ID.UUID, by.Now, ids.journals)
	e.file = after(e.file, domain.Move{On: e.day, Open: dispute.Credited.Negated(), Disputed: dispute.Amount.Negated()})
	reserve := d.ReserveLeft()
	e.file.Deal.Credited = d.Credited.Plus(dispute.Credited)
	e.file.Deal.ReserveUsed = d.ReserveUsed.Plus(dispute.Credited)
	e.forgive(file.LastMoney)
	if e.file.Deal.Open.IsZero() {
		e.lastMoney = domain.Latest(e.lastMoney, e.day)
		e.stop(domain.Latest(e.day, d.FundingDate))
	}
	e.books.Post(ledger.Credit(e.day, dispute.Credited, reserve))
	e.postForgiven()
	if e.file.Deal.Open.IsZero() {
		if err := e.settle(ids.payouts); err != nil {
			return err
		}
	}
	return s.saveEnding(ctx, tx, e)
}

// saveEnding writes what an ending changed.
func (s *Service) saveEnding(ctx context.Context, tx Tx, e ending) error {
	d := e.file.Deal
	freed := money.Minor(0, d.Basis.Currency())
	if !d.PaidInFull.IsZero() || d.Status == domain.DealChargedBack {
		freed = d.Advance
	}
	if err := tx.SaveEnding(ctx, d, e.file.Invoice, e.payouts, freed, e.now); err != nil {
		return fmt.Errorf("save deal: %w", err)
	}
	if err := tx.Post(ctx, e.books.Journals); err != nil {
		return fmt.Errorf("post: %w", err)
	}
	return nil
}
