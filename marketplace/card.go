package marketplace

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// cards is what card processors pass on.
type cards interface {
	LockCardPayout(context.Context, domain.CardPayoutID) (domain.CardPayout, error)
	UpdateCardPayout(context.Context, domain.CardPayout) error
	CardsPaid(context.Context, domain.OrganizationID, []domain.CardID) ([]domain.CardShare, error)
	AssignCardParts(ctx context.Context, payout domain.CardPayoutID, shares []domain.CardShare) error
	SharesLeft(context.Context, domain.CardPayoutID) (int, error)
	OpenCardPayouts(context.Context, domain.StatementID) ([]domain.CardPayoutID, error)
	ReceiptsForPayout(context.Context, domain.CardPayout) ([]domain.Receipt, int, error)
	SharesToApply(context.Context, domain.CardPayoutID) ([]domain.CardShare, error)
	LockShare(context.Context, domain.CardShare) error
	MarkShare(ctx context.Context, share domain.CardShare, at time.Time) error
}

// CardPayout returns a payout of which is not known yet what it holds; ErrNotFound when it is.
func (s *Service) CardPayout(ctx context.Context, world domain.WorldID, id domain.CardPayoutID, now time.Time) (domain.CardPayout, error) {
	var payout domain.CardPayout
	err := s.work(ctx, "card_payout", world, now, func(tx Tx, _ domain.Caller) error {
		var err error
		payout, err = tx.LockCardPayout(ctx, id)
		if err == nil && payout.Status != domain.CardPayoutAnnounced {
			err = domain.ErrNotFound.Because("the payout is %s", payout.Status)
		}
		return err
	})
	return payout, err
}

// ListCardPayout records what a processor's payout holds. What is not made of payments of ours
// alone, or does not add up, is a person's; why says that the processor did not even list it.
func (s *Service) ListCardPayout(ctx context.Context, world domain.WorldID, id domain.CardPayoutID, entries []domain.CardEntry, why string, now time.Time) error {
	event := domain.New[domain.EventID]()
	return s.work(ctx, "list_card_payout", world, now, func(tx Tx, by domain.Caller) error {
		payout, err := tx.LockCardPayout(ctx, id)
		if err != nil || payout.Status != domain.CardPayoutAnnounced {
			return err
		}
		var ids []domain.CardID
		for _, e := range entries {
			ids = append(ids, e.Card)
		}
		shares, err := tx.CardsPaid(ctx, payout.Factor, ids)
		if err != nil {
			return err
		}
		if why == "" {
			shares, why = shared(payout, entries, shares)
		}
		if why != "" {
			return handOver(ctx, tx, by, payout, event, why+" In it: "+listed(entries))
		}
		if err := payout.MoveTo(domain.CardPayoutListed); err != nil {
			return err
		}
		if err := tx.AssignCardParts(ctx, id, shares); err != nil {
			return fmt.Errorf("assign parts: %w", err)
		}
		return tx.UpdateCardPayout(ctx, payout)
	})
}

// shared splits the fees of a payout over the parts of its payments, or says why a person must
// look at it.
func shared(payout domain.CardPayout, entries []domain.CardEntry, parts []domain.CardShare) ([]domain.CardShare, string) {
	sum, paid := money.Minor(0, payout.Amount.Currency()), map[domain.CardID][]domain.CardShare{}
	for _, p := range parts {
		paid[p.Card] = append(paid[p.Card], p)
	}
	var shares []domain.CardShare
	for _, e := range entries {
		if e.Gross.Currency() != payout.Amount.Currency() {
			return nil, "It holds money of two currencies."
		}
		whole, weights := money.Minor(0, e.Gross.Currency()), []int64{}
		for _, p := range paid[e.Card] {
			if p.Amount.Currency() != whole.Currency() {
				return nil, "A payment in it is in another currency here."
			}
			whole, weights = whole.Plus(p.Amount), append(weights, p.Amount.Units())
		}
		if len(weights) == 0 || whole != e.Gross || e.Fee.Negative() || !e.Net().Positive() {
			return nil, "It holds something that is not one of the payments by card that wait for it."
		}
		for i, fee := range e.Fee.Split(weights...) {
			if !fee.Less(paid[e.Card][i].Amount) {
				return nil, "The fee is all of a part of a payment in it."
			}
			paid[e.Card][i].Fee = fee
		}
		shares = append(shares, paid[e.Card]...)
		delete(paid, e.Card) // a payment comes once
		sum = sum.Plus(e.Net())
	}
	if sum != payout.Amount {
		return nil, "What it holds does not add up to it."
	}
	return shares, ""
}

// listed says what a payout holds, for a person.
func listed(entries []domain.CardEntry) string {
	const most = 40
	var words []string
	for _, e := range entries[:min(len(entries), most)] {
		what := e.Type
		if !e.Card.IsZero() {
			what += " " + e.Card.String()
		}
		words = append(words, fmt.Sprintf("%s %s less %s", what, e.Gross, e.Fee))
	}
	if len(entries) > most {
		words = append(words, fmt.Sprintf("and %d more", len(entries)-most))
	}
	if len(words) == 0 {
		return "nothing that is known."
	}
	return strings.Join(words, "; ") + "."
}

// handOver gives a payout to a person.
func handOver(ctx context.Context, tx Tx, by domain.Caller, payout domain.CardPayout, event domain.EventID, why string) error {
	if err := payout.MoveTo(domain.CardPayoutPerson); err != nil {
		return err
	}
	if err := tx.UpdateCardPayout(ctx, payout); err != nil {
		return fmt.Errorf("save payout: %w", err)
	}
	return tx.SaveTrail(ctx, domain.Trail{Events: []domain.Event{{
		ID: event, World: payout.World, Kind: "card.payout_unclear", Factor: payout.Factor, At: by.Now,
		Said: fmt.Sprintf("The card processor's payout %s of %s must be applied by a person. %s", payout.Name, payout.Amount.Grouped(), why),
	}}})
}

// TakeCardPayout applies a payout to the deals that its payments are for, once its money is on
// the bank's statement: each part in a transaction of its own, so that it goes on where it was
// killed. It does nothing while the money is not there.
func (s *Service) TakeCardPayout(ctx context.Context, world domain.WorldID, id domain.CardPayoutID, now time.Time) error {
	var payout domain.CardPayout
	var shares []domain.CardShare
	event := domain.New[domain.EventID]()
	err := s.work(ctx, "take_card_payout", world, now, func(tx Tx, by domain.Caller) error {
		var err error
		if payout, err = tx.LockCardPayout(ctx, id); err != nil {
			return err
		}
		if err := arrived(ctx, tx, by, &payout, event); err != nil || payout.Status != domain.CardPayoutMatched {
			return err
		}
		shares, err = tx.SharesToApply(ctx, id)
		return err
	})
	if err != nil || payout.Status != domain.CardPayoutMatched {
		return err
	}
	why := ""
	for _, share := range shares {
		refused, err := s.takeShare(ctx, world, payout, share, now)
		if err != nil {
			return fmt.Errorf("apply %s of %s: %w", share.Deal, payout.Name, err)
		}
		if refused != "" {
			why = strings.TrimSpace(why + " " + refused)
		}
	}
	return s.endCardPayout(ctx, world, id, why, now)
}

// payoutDays is how long after its day a payout may be without its line on the bank's statement; then a
// person looks for it: the line may be applied by hand, on another account, or one of two that are alike.
const payoutDays = 14

// arrived matches a listed payout with the one receipt that it can be.
func arrived(ctx context.Context, tx Tx, by domain.Caller, payout *domain.CardPayout, event domain.EventID) error {
	if payout.Status != domain.CardPayoutListed {
		return nil
	}
	receipts, alike, err := tx.ReceiptsForPayout(ctx, *payout)
	if err != nil {
		return err
	}
	var found []domain.Receipt
	for _, r := range receipts {
		if speaksOf(r, *payout) {
			found = append(found, r)
		}
	}
	if len(found) != 1 || alike != 1 { // not there yet, or nobody can say which it is
		if !payout.ArrivesOn.Plus(payoutDays).Before(domain.DateOf(by.Now)) {
			return nil
		}
		return handOver(ctx, tx, by, *payout, event, fmt.Sprintf("No line of the bank's that is not used is it alone, %d days after it was to be there.", payoutDays))
	}
	payout.Receipt = found[0].ID
	if err := payout.MoveTo(domain.CardPayoutMatched); err != nil {
		return err
	}
	return tx.UpdateCardPayout(ctx, *payout)
}

// speaksOf reports whether the bank says that money came from the card processor: by the
// payout's name or text, or by the processor's own name.
func speaksOf(r domain.Receipt, payout domain.CardPayout) bool {
	text := strings.ToUpper(r.Payer + " " + r.Reference)
	for _, word := range []string{payout.Name, payout.Descriptor, "Stripe"} {
		if word != "" && strings.Contains(text, strings.ToUpper(word)) {
			return true
		}
	}
	return false
}

// takeShare applies one part of a payout: the debtor is credited with all that it paid, on the day on
// which its card was charged, so that the way through the processor costs the seller no fee
// (D-23). It returns in words why a deal cannot take its part.
func (s *Service) takeShare(ctx context.Context, world domain.WorldID, payout domain.CardPayout, share domain.CardShare, now time.Time) (string, error) {
	ids, refused := newReceiptIDs(), ""
	err := s.work(ctx, "take_card_payout", world, now, func(tx Tx, by domain.Caller) error {
		refused = ""
		file, err := tx.ReceiptFile(ctx, payout.Receipt, payout.Factor, share.Deal)
		if err != nil {
			return err
		}
		err = tx.LockShare(ctx, share)
		if errors.Is(err, domain.ErrNotFound) {
			return nil // it is in the books already
		}
		if err != nil {
			return err
		}
		net := share.Amount.Minus(share.Fee)
		if file.Deal == nil || file.Receipt.Account != file.Deal.Deal.Collection || file.Deal.Deal.Open.Currency() != share.Amount.Currency() || openOf(*file.Deal).Less(share.Amount) || file.Receipt.Unapplied.Less(net) {
			refused = fmt.Sprintf("%s of %s cannot be applied to %s any more.", share.Amount.Grouped(), share.Card, share.Deal)
			return nil
		}
		on := today(share.PaidAt, file.Factor.Zone())
		in := incoming{receipt: file.Receipt, amount: share.Amount, card: &charged{kept: share.Fee, on: on}}
		effect, err := apply(*file.Deal, in, by.Now, ids.stepIDs)
		if err != nil {
			return err
		}
		if err := s.save(ctx, tx, by, effect, share.Amount, ids.stepIDs); err != nil {
			return err
		}
		return tx.MarkShare(ctx, share, by.Now)
	})
	return refused, err
}

// endCardPayout ends a payout of which nothing is left to apply, or gives it to a person.
func (s *Service) endCardPayout(ctx context.Context, world domain.WorldID, id domain.CardPayoutID, why string, now time.Time) error {
	event := domain.New[domain.EventID]()
	return s.work(ctx, "take_card_payout", world, now, func(tx Tx, by domain.Caller) error {
		payout, err := tx.LockCardPayout(ctx, id)
		if err != nil || payout.Status != domain.CardPayoutMatched {
			return err
		}
		left, err := tx.SharesLeft(ctx, id)
		if err != nil {
			return err
		}
		if left > 0 && why == "" {
			why = "A payment in it went back to its payer before it was booked."
		}
		if why != "" {
			return handOver(ctx, tx, by, payout, event, why)
		}
		if err := payout.MoveTo(domain.CardPayoutApplied); err != nil {
			return err
		}
		return tx.UpdateCardPayout(ctx, payout)
	})
}

// takeCardPayouts applies the payouts of processors that a statement may have brought.
func (s *Service) takeCardPayouts(ctx context.Context, world domain.WorldID, id domain.StatementID, now time.Time) error {
	var open []domain.CardPayoutID
	err := s.work(ctx, "apply_statement", world, now, func(tx Tx, _ domain.Caller) error {
		var err error
		open, err = tx.OpenCardPayouts(ctx, id)
		return err
	})
	for _, payout := range open {
		if err == nil {
			err = s.TakeCardPayout(ctx, world, payout, now)
		}
	}
	return err
}
