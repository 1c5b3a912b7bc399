package collections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"comity/domain"
	"comity/money"
)

// causeCard is what caused the hold of an item that was paid by card.
const causeCard = "card"

const (
	mostParts    = 50 // invoices of one payment by card
	mostBegun    = 20 // payments that a case may begin by card in a day
	cardsForADay = 24 * time.Hour
)

// paying is payments by card.
type paying interface {
	SaveCard(context.Context, domain.CardPayment) error
	CardOrder(context.Context, domain.CardID, domain.OrganizationID) (domain.CardOrder, error)
	MakeReturnLink(context.Context, domain.CardID, domain.Link) error
	UpdateCard(context.Context, domain.CardPayment) error
	SaveCardEvent(context.Context, domain.OrganizationID, domain.CardEvent) (bool, error)
	CardOfIntent(ctx context.Context, factor domain.OrganizationID, intent string) (domain.CardID, error)
	CardWasReturned(ctx context.Context, factor domain.OrganizationID, intent string) (bool, error)
	EndCardHolds(context.Context, domain.CardPayment, time.Time) error
	SaveCardPayout(context.Context, domain.CardPayout, time.Time) (bool, error)
	WorldOf(context.Context, domain.OrganizationID) (domain.World, error)
}

// CardPayable returns what of an item can be paid by card: what is open of it and neither disputed
// nor on its way to us. It is nothing before the page knows that its reader has our notice
// (D-6), and while a stop forbids it.
func CardPayable(page domain.DebtorPage, item domain.DebtorItem, now time.Time) money.Amount {
	nothing := money.Minor(0, item.Open.Currency())
	if !page.Confirmed || page.CardsStopped || item.Status != domain.DealPaidOut {
		return nothing
	}
	left := item.Open.Minus(disputed(page, item))
	for _, h := range page.Holds {
		if h.Code != domain.HoldPaidOrPending || h.CauseKind == causeCard || !h.Holds(item.Deal, now) {
			continue
		}
		if h.Amount.IsZero() {
			return nothing
		}
		left = left.Minus(h.Amount)
	}
	for _, c := range page.Cards {
		for _, p := range c.Parts {
			if p.Deal == item.Deal && c.Status == domain.CardPaid {
				left = left.Minus(p.Amount)
			}
		}
	}
	return money.Max(left, nothing)
}

// CardAll returns the whole that can be paid by card in one payment: false when it is nothing,
// in two currencies, or for more invoices than one payment takes.
func CardAll(page domain.DebtorPage, now time.Time) (money.Amount, []domain.CardPart, bool) {
	var sum money.Amount
	var parts []domain.CardPart
	for _, item := range page.Items {
		left := CardPayable(page, item, now)
		if !left.Positive() {
			continue
		}
		if len(parts) == 0 {
			sum = money.Minor(0, left.Currency())
		}
		if left.Currency() != sum.Currency() || len(parts) == mostParts {
			return money.Amount{}, nil, false
		}
		sum = sum.Plus(left)
		parts = append(parts, domain.CardPart{Deal: item.Deal, Number: item.InvoiceNumber, Reference: item.Reference, Amount: left})
	}
	return sum, parts, len(parts) > 0
}

// openBeside is what is open of an invoice beside what its debtor paid by card and the processor has not
// passed on: what it promised or agreed to is not missing meanwhile.
func openBeside(f *domain.CaseFacts, deal domain.DealID, open money.Amount) money.Amount {
	for _, h := range f.Holds {
		if h.CauseKind == causeCard && h.Deal == deal {
			open = open.Minus(h.Amount)
		}
	}
	return money.Max(open, money.Minor(0, open.Currency()))
}

// cardParts decides what an amount pays: up to what can be paid by card of one invoice or, for a
// zero deal, the whole of the statement.
func cardParts(page domain.DebtorPage, deal domain.DealID, amount money.Amount, now time.Time) ([]domain.CardPart, error) {
	if deal.IsZero() {
		sum, parts, ok := CardAll(page, now)
		switch {
		case !ok:
			return nil, domain.ErrWrongState.Because("nothing can be paid by card now")
		case sum != amount:
			return nil, domain.ErrMoreThanOpen.Because("%s can be paid by card now", sum.Grouped())
		}
		return parts, nil
	}
	item, ok := page.Item(deal)
	if !ok {
		return nil, domain.ErrNotFound
	}
	if err := payable(item, amount); err != nil {
		return nil, err
	}
	switch left := CardPayable(page, item, now); {
	case !left.Positive():
		return nil, domain.ErrWrongState.Because("nothing of invoice %s can be paid by card now", item.InvoiceNumber)
	case left.Less(amount):
		return nil, domain.ErrMoreThanOpen.Because("%s can be paid by card now", left.Grouped())
	}
	return []domain.CardPart{{Deal: deal, Number: item.InvoiceNumber, Reference: item.Reference, Amount: amount}}, nil
}

// PayByCard begins a payment by card of an amount of one invoice or, for a zero deal, of all that can be
// paid so. The processor is asked for its page by a job; what was begun before and not paid is
// closed. It refuses with domain.ErrNotFound, ErrInvalid, ErrMoreThanOpen, ErrWrongState or ErrThrottled.
func (s *Service) PayByCard(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, once domain.Once[domain.CardPayment]) (domain.Answer, error) {
	id := domain.New[domain.CardID]()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.CardPayment, deed, error) {
		parts, err := cardParts(page, deal, amount, by.Now)
		if err != nil {
			return domain.CardPayment{}, deed{}, err
		}
		begun, trail := 0, domain.Trail{}
		for _, c := range page.Cards {
			if c.Live() {
				trail.Jobs = append(trail.Jobs, domain.Job{World: page.World, Kind: domain.JobCardClose, Ref: c.ID.UUID})
			}
			if c.AskedAt.Add(cardsForADay).After(by.Now) {
				begun++
			}
		}
		if begun >= mostBegun {
			return domain.CardPayment{}, deed{}, domain.ErrThrottled.Because("%d payments by card were begun today", begun)
		}
		trail.Jobs = append(trail.Jobs, domain.Job{World: page.World, Kind: domain.JobCardOpen, Ref: id.UUID})
		card := domain.CardPayment{
			ID: id, World: page.World, Case: page.Case, Factor: page.FactorID, Seller: page.SellerID, Link: by.Link, Status: domain.CardPreparing,
			Amount: amount, Parts: parts, AskedAt: by.Now,
		}
		if err := tx.SaveCard(ctx, card); err != nil {
			return card, deed{}, fmt.Errorf("save payment: %w", err)
		}
		if err := tx.SaveTrail(ctx, trail); err != nil {
			return card, deed{}, err
		}
		return card, deed{"card", id.UUID, deal, fmt.Sprintf("%s begins to pay %s by card. Nothing is paid yet.", page.Debtor, amount.Grouped())}, nil
	})
}

// CardOrder returns what the processor is asked for a payment that waits for its page, and makes
// the link that its page leads back by. It refuses with domain.ErrNotFound when it waits no more.
func (s *Service) CardOrder(ctx context.Context, world domain.WorldID, id domain.CardID, now time.Time) (domain.CardOrder, error) {
	back := domain.Link{ID: domain.New[domain.LinkID](), KeyVersion: s.options.KeyVersion}
	var order domain.CardOrder
	by := domain.Caller{World: world, Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		var err error
		if order, err = tx.CardOrder(ctx, id, domain.OrganizationID{}); err != nil {
			return err
		}
		if order.Status != domain.CardPreparing {
			return domain.ErrNotFound.Because("the payment is %s", order.Status)
		}
		if !order.Return.IsZero() {
			return nil // the same order again, word for word
		}
		back.Case, order.Return, order.Back = order.Case, back.ID, back
		return tx.MakeReturnLink(ctx, id, back)
	})
	return order, err
}

// CardReady records the processor's page of a payment. One that is over meanwhile stays so, and
// domain.ErrWrongState says that the page is to be closed.
func (s *Service) CardReady(ctx context.Context, world domain.WorldID, id domain.CardID, session domain.CardSession, now time.Time) error {
	return s.moveCard(ctx, world, id, now, func(c *domain.CardPayment) (string, error) {
		if c.Status == domain.CardReady || c.Status == domain.CardPaid {
			return "", nil
		}
		c.Session, c.URL = session.ID, session.URL
		return "", c.MoveTo(domain.CardReady)
	})
}

// CardFailed records that the processor gives no page for a payment. The factor is told why.
func (s *Service) CardFailed(ctx context.Context, world domain.WorldID, id domain.CardID, why string, now time.Time) error {
	return s.moveCard(ctx, world, id, now, func(c *domain.CardPayment) (string, error) {
		if c.Status != domain.CardPreparing {
			return "", nil
		}
		return fmt.Sprintf("The payment of %s by card could not begin: %s.", c.Amount.Grouped(), why), c.MoveTo(domain.CardFailed)
	})
}

// CardToClose returns a payment that the debtor is to begin no more; one without a page is
// over at once. It refuses with domain.ErrNotFound when there is nothing to close.
func (s *Service) CardToClose(ctx context.Context, world domain.WorldID, id domain.CardID, now time.Time) (domain.CardPayment, error) {
	var card domain.CardPayment
	err := s.moveCard(ctx, world, id, now, func(c *domain.CardPayment) (string, error) {
		var err error
		if c.Status == domain.CardPreparing {
			err = c.MoveTo(domain.CardExpired)
		}
		card = *c
		return "", err
	})
	if err == nil && card.Status != domain.CardReady {
		err = domain.ErrNotFound.Because("the payment is %s", card.Status)
	}
	return card, err
}

// CardClosed records that the processor closed the page of a payment that nobody made.
func (s *Service) CardClosed(ctx context.Context, world domain.WorldID, id domain.CardID, now time.Time) error {
	return s.moveCard(ctx, world, id, now, func(c *domain.CardPayment) (string, error) {
		if c.Status != domain.CardReady {
			return "", nil
		}
		return "", c.MoveTo(domain.CardExpired)
	})
}

// moveCard changes a payment by card; what move says is told to factor and seller.
func (s *Service) moveCard(ctx context.Context, world domain.WorldID, id domain.CardID, now time.Time, move func(*domain.CardPayment) (string, error)) error {
	ids := newCardIDs(0)
	by := domain.Caller{World: world, Now: now}
	return s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		order, err := tx.CardOrder(ctx, id, domain.OrganizationID{})
		if err != nil {
			return err
		}
		before := order.Status
		said, err := move(&order.CardPayment)
		if err != nil || order.Status == before {
			return err
		}
		if err := tx.UpdateCard(ctx, order.CardPayment); err != nil {
			return fmt.Errorf("save payment: %w", err)
		}
		return tx.SaveTrail(ctx, cardTrail(ids, by, order.CardPayment, said))
	})
}

// cardIDs are made before the transaction.
type cardIDs struct {
	audit  domain.AuditID
	event  domain.EventID
	payout domain.CardPayoutID
	holds  []domain.HoldID
}

func newCardIDs(holds int) cardIDs {
	ids := cardIDs{audit: domain.New[domain.AuditID](), event: domain.New[domain.EventID](), payout: domain.New[domain.CardPayoutID]()}
	for range holds {
		ids.holds = append(ids.holds, domain.New[domain.HoldID]())
	}
	return ids
}

// cardTrail is what a change of a payment by card leaves; "" is said to nobody.
func cardTrail(ids cardIDs, by domain.Caller, c domain.CardPayment, said string) domain.Trail {
	trail := domain.Trail{Audit: []domain.AuditRow{domain.Audited(ids.audit, by, "card."+string(c.Status), "card", c.ID.UUID, c.Amount, c.Session, said)}}
	if said != "" {
		event := domain.Event{ID: ids.event, World: c.World, Kind: "card." + string(c.Status), Factor: c.Factor, Seller: c.Seller, Case: c.Case, Said: said, At: by.Now}
		if len(c.Parts) == 1 {
			event.Deal = c.Parts[0].Deal
		}
		trail.Events = []domain.Event{event}
	}
	return trail
}

// CardNews does what a processor's news about a factor's account mean. The same news again do
// nothing. It refuses with domain.ErrInvalid news of money that is real in a sandbox, or is not
// outside one.
func (s *Service) CardNews(ctx context.Context, factor domain.OrganizationID, e domain.CardEvent, now time.Time) error {
	ids := newCardIDs(mostParts)
	by := domain.Caller{Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		world, err := tx.WorldOf(ctx, factor)
		if err != nil {
			return err
		}
		if e.Live == world.Sandbox {
			return domain.ErrInvalid.Because("it is about money of another world")
		}
		by.World, by.Now = world.ID, now
		if world.Sandbox {
			by.Now = world.Now
		}
		if fresh, err := tx.SaveCardEvent(ctx, factor, e); err != nil || !fresh {
			return err
		}
		if world.Sandbox {
			e.At = by.Now // the processor knows no other time than the real one
		}
		if e.Kind == domain.CardEventPayout {
			return announce(ctx, tx, by, factor, e, ids)
		}
		return news(ctx, tx, by, factor, e, ids)
	})
	if err != nil {
		return fmt.Errorf("take news %s: %w", e.ID, err)
	}
	return nil
}

// announce keeps a payout, and asks what it holds.
func announce(ctx context.Context, tx Tx, by domain.Caller, factor domain.OrganizationID, e domain.CardEvent, ids cardIDs) error {
	payout := e.Payout
	payout.ID, payout.World, payout.Factor = ids.payout, by.World, factor
	if fresh, err := tx.SaveCardPayout(ctx, payout, by.Now); err != nil || !fresh {
		return err
	}
	return tx.SaveTrail(ctx, domain.Trail{Jobs: []domain.Job{{World: by.World, Kind: domain.JobCardPayout, Ref: payout.ID.UUID}}})
}

// news does what is said about one payment. What is about none of ours is no matter of ours.
func news(ctx context.Context, tx Tx, by domain.Caller, factor domain.OrganizationID, e domain.CardEvent, ids cardIDs) error {
	id := e.Card
	if id.IsZero() && e.Intent != "" {
		var err error
		if id, err = tx.CardOfIntent(ctx, factor, e.Intent); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	if id.IsZero() {
		return nil
	}
	order, err := tx.CardOrder(ctx, id, factor)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	said := ""
	switch {
	case order.Session != "" && e.Session != "" && e.Session != order.Session:
		return nil // another page names our payment: it is not ours
	case e.Kind == domain.CardEventPaid:
		return cardPaid(ctx, tx, by, order, e, ids)
	case e.Kind == domain.CardEventExpired && order.Live():
		err = order.MoveTo(domain.CardExpired)
	case e.Kind == domain.CardEventRefunded && inPart(e.Amount, order.Amount):
		return unclear(ctx, tx, by, order.CardPayment, ids, fmt.Sprintf("The card processor says that %s of the %s that %s paid by card went back: what was paid rests as before, and a person should decide what is open.",
			e.Amount.Grouped(), order.Amount.Grouped(), order.Debtor))
	case (e.Kind == domain.CardEventRefunded || e.Kind == domain.CardEventDisputed) && (order.Status == domain.CardPaid || order.Status == domain.CardPassedOn):
		said, err = cardReturned(ctx, tx, by, &order, e.Amount)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.UpdateCard(ctx, order.CardPayment); err != nil {
		return fmt.Errorf("save payment: %w", err)
	}
	return tx.SaveTrail(ctx, cardTrail(ids, by, order.CardPayment, said))
}

// cardPaid lets what was paid rest until it is booked or goes back: the debtor has paid its factor's own
// processor, and how long the way from there takes is no matter of the debtor's. Nothing is booked: the money is the processor's until its payout
// is on the bank's statement. Another amount than was asked is a person's.
func cardPaid(ctx context.Context, tx Tx, by domain.Caller, order domain.CardOrder, e domain.CardEvent, ids cardIDs) error {
	card := &order.CardPayment
	if !slices.Contains(domain.CardMoves[card.Status], domain.CardPaid) {
		return nil
	}
	if e.Amount != card.Amount {
		said := fmt.Sprintf("The card processor says that %s was paid where %s was asked: a person should look at %s.", e.Amount.Grouped(), card.Amount.Grouped(), card.ID)
		return unclear(ctx, tx, by, *card, ids, said)
	}
	if err := card.MoveTo(domain.CardPaid); err != nil {
		return err
	}
	card.Session, card.Intent, card.PaidAt = e.Session, e.Intent, chargedAt(*card, e.At, by.Now)
	page := domain.DebtorPage{Case: card.Case, FactorID: card.Factor, SellerID: card.Seller}
	for i, p := range card.Parts {
		hold := domain.Hold{
			ID: ids.holds[i], Case: card.Case, Deal: p.Deal, Code: domain.HoldPaidOrPending, Amount: p.Amount, CauseKind: causeCard, Cause: card.ID.UUID, CreatedAt: by.Now,
		}
		if err := tx.SaveHold(ctx, page, hold); err != nil {
			return fmt.Errorf("save hold: %w", err)
		}
	}
	said := fmt.Sprintf("%s paid %s by card. The processor has it and passes it on; what was paid rests meanwhile, and is booked when it arrives.", order.Debtor, card.Amount.Grouped())
	returned, err := tx.CardWasReturned(ctx, card.Factor, e.Intent)
	if err != nil {
		return err
	}
	if returned { // we were told so before
		if said, err = cardReturned(ctx, tx, by, &order, card.Amount); err != nil {
			return err
		}
	}
	if err := tx.UpdateCard(ctx, *card); err != nil {
		return fmt.Errorf("save payment: %w", err)
	}
	if err := tx.WakeCase(ctx, card.Case, by.Now); err != nil {
		return fmt.Errorf("wake case: %w", err)
	}
	return tx.SaveTrail(ctx, cardTrail(ids, by, *card, said))
}

// inPart reports whether an amount is a part of another, and not all of it.
func inPart(part, whole money.Amount) bool {
	return part.Currency() == whole.Currency() && part.Less(whole)
}

// unclear tells what a person must look at, and changes nothing.
func unclear(ctx context.Context, tx Tx, by domain.Caller, c domain.CardPayment, ids cardIDs, said string) error {
	trail := cardTrail(ids, by, c, said)
	trail.Events[0].Kind = "card.unclear"
	return tx.SaveTrail(ctx, trail)
}

// chargedAt is when a card was charged, as the processor says: its news may come days after it, and a fee
// that runs meanwhile would be the seller's. It is within what we know ourselves.
func chargedAt(c domain.CardPayment, at, now time.Time) time.Time {
	switch {
	case at.After(now):
		return now
	case at.Before(c.AskedAt):
		return c.AskedAt
	default:
		return at
	}
}

// cardReturned opens what was paid by card again, and changes no tone: the factor is told, and a
// person talks with the debtor. What is booked already stays so until that person decides.
func cardReturned(ctx context.Context, tx Tx, by domain.Caller, order *domain.CardOrder, back money.Amount) (string, error) {
	booked := order.Status == domain.CardPassedOn
	if err := order.MoveTo(domain.CardReturned); err != nil {
		return "", err
	}
	if err := tx.EndCardHolds(ctx, order.CardPayment, by.Now); err != nil {
		return "", fmt.Errorf("end holds: %w", err)
	}
	if err := tx.WakeCase(ctx, order.Case, by.Now); err != nil {
		return "", fmt.Errorf("wake case: %w", err)
	}
	said := fmt.Sprintf("%s of the %s that %s paid by card went back to it, or is asked back at its bank: a person should talk with it. The invoices are open again as before.",
		back.Grouped(), order.Amount.Grouped(), order.Debtor)
	if booked {
		said = fmt.Sprintf("%s of the %s that %s paid by card went back to it, or is asked back at its bank, after it was booked: a person should decide with it what is open.",
			back.Grouped(), order.Amount.Grouped(), order.Debtor)
	}
	return said, nil
}
