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

// mostHeld is for how many parts of a deal title may be held at once.
const mostHeld = 4

// held returns the recourses of a deal for which title is held, oldest first.
func held(file domain.DealFile) []domain.Recourse {
	return slices.DeleteFunc(slices.Clone(file.Recourses), func(r domain.Recourse) bool { return !r.Held() })
}

// uncollected returns the parts of a deal that were given back and not paid by its debtor, oldest
// first, at most as many as one receipt may pay.
func uncollected(file domain.DealFile) []domain.Recourse {
	parts := slices.DeleteFunc(slices.Clone(file.Recourses), func(r domain.Recourse) bool { return !r.Uncollected().Positive() })
	return parts[:min(len(parts), mostHeld)]
}

// claimOf returns the recourse whose reference a line carries, with its deal, when the line is no
// more than what the seller owes for it.
func claimOf(file domain.LineFile, amount money.Amount) (domain.DealFile, domain.Recourse, bool) {
	for _, reference := range domain.FindReferences(file.Line.Reference + " " + file.Line.Remittance) {
		for i := range file.Deals {
			for _, r := range file.Deals[i].Recourses {
				if r.Reference == reference && r.Held() && r.Claim.Currency() == amount.Currency() && !r.Owed().Less(amount) {
					return file.Deals[i], r, true
				}
			}
		}
	}
	return domain.DealFile{}, domain.Recourse{}, false
}

// claimPaid books what a seller paid of its claim (V4p) and sweeps it. Paid in full, the part is
// reassigned in the same commit, and the release goes out (D-5). It returns the receipt and the
// deal as they are then.
func (s *Service) claimPaid(ctx context.Context, tx Tx, by domain.Caller, of domain.DealFile, r domain.Recourse, in incoming, ids receiptIDs) (domain.Receipt, domain.Deal, error) {
	e := ending{file: of, day: today(by.Now, of.Factor.Zone()), now: by.Now, lastMoney: of.LastMoney}
	e.books = in.scribe(of.Deal, by.Now, ids.stepIDs)
	r.Paid = r.Paid.Plus(in.amount)
	e.books.Post(ledger.RecoursePaid(in.on(e.day), in.account(), in.amount))
	e.sweep(in.amount, ids.payouts[0])
	if err := e.reassign(&r); err != nil {
		return in.receipt, of.Deal, err
	}
	receipt := in.spent()
	effect := ledger.ReceiptEffect{Receipt: receipt, Line: in.line, Outcome: "paid what was owed for invoice " + of.Deal.InvoiceNumber}
	if err := tx.SaveReceipt(ctx, effect, by.Now); err != nil {
		return receipt, of.Deal, fmt.Errorf("save receipt: %w", err)
	}
	if err := tx.SaveClaimPayment(ctx, r, receipt, in.amount, ids.allocations[0], by.Now); err != nil {
		return receipt, of.Deal, fmt.Errorf("save claim payment: %w", err)
	}
	if err := tx.SaveEnding(ctx, e.file.Deal, e.file.Invoice, e.payouts, money.Minor(0, in.amount.Currency()), by.Now); err != nil {
		return receipt, of.Deal, fmt.Errorf("save deal: %w", err)
	}
	if err := tx.Post(ctx, e.books.Journals); err != nil {
		return receipt, of.Deal, fmt.Errorf("post: %w", err)
	}
	return receipt, e.file.Deal, s.savePaid(ctx, tx, by, e.file.Deal, []domain.Recourse{r}, 1, fmt.Sprintf("%s arrived on %s for what was given back of invoice %s; %s is owed.",
		in.amount.Grouped(), receipt.ValueDate.Short(), of.Deal.InvoiceNumber, r.Owed().Grouped()), ids.stepIDs)
}

// spent is the receipt after the amount was used.
func (in incoming) spent() domain.Receipt {
	r := in.receipt
	r.Unapplied = r.Unapplied.Minus(in.amount.Minus(in.kept()))
	if r.Unapplied.IsZero() {
		r.Status = domain.ReceiptApplied
	}
	return r
}

// savePaid writes how the recourses stand that money paid, and the release of each whose claim is
// paid in full: of the first ones title was held till now.
func (s *Service) savePaid(ctx context.Context, tx Tx, by domain.Caller, d domain.Deal, paid []domain.Recourse, held int, said string, ids stepIDs) error {
	kind, until, sums := "recourse.paid", "", []any{}
	for i, r := range paid {
		if err := tx.UpdateRecourse(ctx, r); err != nil {
			return fmt.Errorf("save recourse: %w", err)
		}
		if i < held && r.Status == domain.RecourseReassigned {
			if err := s.released(ctx, tx, by, r, ids.releases[i]); err != nil {
				return err
			}
			kind, until = "recourse.reassigned", policyWords(r)
		}
		sums = append(sums, r.Paid, r.Claim, r.Collected)
	}
	if kind == "recourse.reassigned" {
		said += " The part is the seller's again, and the debtor is told. " + until
	}
	event := dealEvent(ids.events[0], by, d, kind, said)
	return tx.SaveTrail(ctx, domain.Trail{
		Audit:  []domain.AuditRow{domain.Audited(ids.audit, by, kind, "deal", d.ID.UUID, sums...)},
		Events: []domain.Event{event}, Jobs: mailAbout(event, true),
	})
}

// collectGivenBack decides what a debtor's money for what was given back pays: while title is held
// what the seller owes, and the rest is the seller's (V4d); after that all of it is (V4e). What is
// the seller's is passed on at once. It is for the named parts, or for those not collected yet, the
// oldest first; what sellers owe is paid in that order too.
func collectGivenBack(file domain.DealFile, in incoming, now time.Time, ids stepIDs, named ...domain.Recourse) (used, error) {
	parts, owing := named, held(file)
	if named == nil {
		parts = uncollected(file)
	} else {
		owing = slices.DeleteFunc(owing, func(r domain.Recourse) bool { return r.ID != named[0].ID })
	}
	e := ending{file: file, day: today(now, file.Factor.Zone()), now: now, lastMoney: file.LastMoney}
	e.books = ledger.NewScribe(file.Deal, "allocation", ids.allocations[0].UUID, now, ids.journals) // the receipt may have paid what is open
	owed := money.Minor(0, in.amount.Currency())
	for _, r := range owing {
		owed = owed.Plus(r.Owed())
	}
	taken := money.Min(in.amount, owed)
	e.books.Post(ledger.CollectHeld(in.on(e.day), in.account(), in.amount, owed))
	e.sweep(taken, ids.payouts[0])
	if rest := in.amount.Minus(taken); rest.Positive() {
		e.books.Post(ledger.PassInstruct(e.day, rest))
		e.payouts = append(e.payouts, order(file.Deal, domain.PayPassThrough, rest, now, ids.payouts[1]))
	}
	back, allocations, err := e.share(in, taken, parts, owing, ids)
	receipt, d := in.spent(), &e.file.Deal
	return used{
		amount: in.amount, back: back, held: len(owing),
		effect: ledger.ReceiptEffect{Receipt: receipt, Deal: d, Invoice: &e.file.Invoice, Allocations: allocations, Payouts: e.payouts, Journals: e.books.Journals},
		said: fmt.Sprintf("The debtor paid %s on %s for what was given back of invoice %s: %s of it is the seller's and on its way.",
			in.amount.Grouped(), receipt.ValueDate.Short(), d.InvoiceNumber, in.amount.Minus(taken).Grouped()),
	}, err
}

// share spreads an amount over the parts that it pays, and what is taken of it over what is owed;
// what is owed no more is reassigned. It returns the recourses that changed, first those for which
// title was held.
func (e *ending) share(in incoming, taken money.Amount, parts, owing []domain.Recourse, ids stepIDs) ([]domain.Recourse, []domain.Allocation, error) {
	var allocations []domain.Allocation
	changed := slices.Clone(owing)
	at := func(r domain.Recourse) *domain.Recourse {
		i := slices.IndexFunc(changed, func(c domain.Recourse) bool { return c.ID == r.ID })
		if i < 0 {
			changed, i = append(changed, r), len(changed)
		}
		return &changed[i]
	}
	left := in.amount
	for _, part := range parts {
		amount := money.Min(left, part.Uncollected())
		if !amount.Positive() {
			break
		}
		r := at(part)
		r.Collected, left = r.Collected.Plus(amount), left.Minus(amount)
		a := allocation(e.file.Deal, in.receipt, amount, e.now, ids.allocations[len(allocations)])
		a.Recourse = r.ID
		allocations = append(allocations, a)
	}
	for _, claim := range owing {
		amount := money.Min(taken, claim.Owed())
		r := at(claim)
		r.Paid, taken = r.Paid.Plus(amount), taken.Minus(amount)
	}
	for i := range changed {
		if err := e.reassign(&changed[i]); err != nil {
			return nil, nil, err
		}
	}
	return changed, allocations, nil
}

// saveGiven writes what a debtor's money for what was given back changed.
func (s *Service) saveGiven(ctx context.Context, tx Tx, by domain.Caller, u used, ids stepIDs) error {
	if err := tx.SaveReceipt(ctx, u.effect, by.Now); err != nil {
		return fmt.Errorf("save receipt: %w", err)
	}
	if err := tx.Post(ctx, u.effect.Journals); err != nil {
		return fmt.Errorf("post receipt: %w", err)
	}
	return s.savePaid(ctx, tx, by, *u.effect.Deal, u.back, u.held, u.said, ids)
}
