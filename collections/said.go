package collections

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

// account is what a debtor told us about an invoice: on its page, or to a collector on the
// telephone.
type account struct {
	deal   domain.DealID
	amount money.Amount
	on     domain.Date
	words  string
	reason domain.DisputeReason // of a dispute
	remedy string               // what would put it right
	at     time.Time
	by     uuid.UUID // the link or the call that it came by
	phone  bool      // it was said on the telephone
}

// saidIDs are made before the transaction.
type saidIDs struct {
	promise  domain.PromiseID
	question domain.QuestionID
	dispute  domain.DisputeID
	hold     domain.HoldID
	update   domain.UpdateID
}

func newSaidIDs() saidIDs {
	return saidIDs{domain.New[domain.PromiseID](), domain.New[domain.QuestionID](), domain.New[domain.DisputeID](), domain.New[domain.HoldID](), domain.New[domain.UpdateID]()}
}

func promised(ctx context.Context, tx Tx, page domain.DebtorPage, t account, ids saidIDs) (domain.Promise, deed, error) {
	item, ok := page.Item(t.deal)
	if !ok {
		return domain.Promise{}, deed{}, domain.ErrNotFound
	}
	m, err := promiseOf(page, item, t.amount, t.on, t.at)
	if err != nil {
		return domain.Promise{}, deed{}, err
	}
	m.promise.ID = ids.promise
	if !t.phone {
		m.promise.Recipient, m.promise.Confirmed = page.Recipient, page.Confirmed
	}
	if err := tx.SavePromise(ctx, page, m.promise, m.replaces); err != nil {
		return domain.Promise{}, deed{}, fmt.Errorf("save promise: %w", err)
	}
	if m.hold != nil {
		m.hold.ID, m.hold.Cause = ids.hold, ids.promise.UUID
		if err := tx.SaveHold(ctx, page, *m.hold); err != nil {
			return domain.Promise{}, deed{}, fmt.Errorf("save hold: %w", err)
		}
	}
	return m.promise, deed{"promise", ids.promise.UUID, t.deal, fmt.Sprintf("%s promises %s for %s on invoice %s: %s. The due date stays what it is.",
		page.Debtor, t.amount.Grouped(), t.on.Short(), item.InvoiceNumber, m.why)}, nil
}

func asked(ctx context.Context, tx Tx, page domain.DebtorPage, t account, reason domain.Reason, ids saidIDs) (domain.Question, deed, error) {
	q := domain.Question{ID: ids.question, Case: page.Case, Deal: t.deal, ByPhone: t.phone, Said: t.words, Reason: reason, AskedAt: t.at}
	if waiting(page) >= maxWaiting {
		return q, deed{}, domain.ErrThrottled.Because("%d questions wait for an answer already", maxWaiting)
	}
	about := "everything"
	if !t.deal.IsZero() {
		item, ok := page.Item(t.deal)
		if !ok {
			return q, deed{}, domain.ErrNotFound
		}
		about = "invoice " + item.InvoiceNumber
	}
	if err := tx.SaveQuestion(ctx, page, q); err != nil {
		return q, deed{}, fmt.Errorf("save question: %w", err)
	}
	rest := domain.Hold{ID: ids.hold, Case: page.Case, Deal: t.deal, Code: domain.HoldQuery, CauseKind: causeQuestion, Cause: q.ID.UUID, CreatedAt: t.at}
	if err := tx.SaveHold(ctx, page, rest); err != nil {
		return q, deed{}, fmt.Errorf("save hold: %w", err)
	}
	return q, deed{"question", q.ID.UUID, t.deal, fmt.Sprintf("%s asks about %s: %q. It rests until seven days after our answer.", page.Debtor, about, oneLine(t.words))}, nil
}

func saidPaid(ctx context.Context, tx Tx, page domain.DebtorPage, t account, ids saidIDs) (domain.Hold, deed, error) {
	item, ok := page.Item(t.deal)
	if !ok {
		return domain.Hold{}, deed{}, domain.ErrNotFound
	}
	if err := payable(item, t.amount); err != nil {
		return domain.Hold{}, deed{}, err
	}
	if announced(page, t.deal) >= maxTold {
		return domain.Hold{}, deed{}, domain.ErrThrottled.Because("we know; a person looks for the payment with you")
	}
	today := domain.DateOf(t.at.In(page.Zone()))
	if t.on.After(today) {
		return domain.Hold{}, deed{}, domain.ErrInvalid.At("/paid_on", "in-the-future", "for a later day, make a promise")
	}
	hold := domain.Hold{
		ID: ids.hold, Case: page.Case, Deal: t.deal, Code: domain.HoldPaidOrPending, Amount: t.amount, CauseKind: causePaid, Cause: t.by, CreatedAt: t.at,
		Until: domain.BusinessDays(page.Country).Add(today, announcedPause).Plus(1).At(0, 0, page.Zone()),
	}
	if t.amount == item.Open {
		hold.Amount = money.Amount{} // the whole item
	}
	said := fmt.Sprintf("%s says that %s for invoice %s was paid on %s: it rests until %s.",
		page.Debtor, t.amount.Grouped(), item.InvoiceNumber, t.on.Short(), domain.DateOf(hold.Until.In(page.Zone())).Short())
	if announced(page, t.deal) >= maxAnnounced {
		hold.Until = t.at // it is on file, and pauses nothing more
		said = fmt.Sprintf("%s says again that %s for invoice %s was paid on %s: a person should look for it with the debtor.",
			page.Debtor, t.amount.Grouped(), item.InvoiceNumber, t.on.Short())
	}
	if err := tx.SaveHold(ctx, page, hold); err != nil {
		return domain.Hold{}, deed{}, fmt.Errorf("save hold: %w", err)
	}
	return hold, deed{"paid", ids.hold.UUID, t.deal, said}, nil
}

const maxDisputes = 5 // of one invoice that are not over

func disputesOf(page domain.DebtorPage, deal domain.DealID) int {
	live := 0
	for _, d := range page.Disputes {
		if d.Deal == deal && d.Live() {
			live++
		}
	}
	return live
}

func disputing(ctx context.Context, tx Tx, page domain.DebtorPage, t account, ids saidIDs) (domain.Dispute, deed, error) {
	dispute := domain.Dispute{
		ID: ids.dispute, Case: page.Case, Deal: t.deal, Status: domain.DisputeOpen, Amount: t.amount, Reason: t.reason, Said: t.words, Remedy: t.remedy, RaisedAt: t.at,
	}
	item, ok := page.Item(t.deal)
	if !ok {
		return dispute, deed{}, domain.ErrNotFound
	}
	if err := payable(item, t.amount); err != nil {
		return dispute, deed{}, err
	}
	if disputesOf(page, t.deal) >= maxDisputes {
		return dispute, deed{}, domain.ErrThrottled.Because("%d parts of this invoice are in dispute already", maxDisputes)
	}
	if !domain.KnownDisputeReason(t.reason) {
		return dispute, deed{}, domain.ErrInvalid.At("/reason", "not-allowed", "there is no such reason")
	}
	if left := item.Open.Minus(disputed(page, item)); left.Less(t.amount) {
		return dispute, deed{}, domain.ErrMoreThanOpen.Because("%s of what is open is not disputed yet", money.Max(left, money.Minor(0, left.Currency())).Grouped())
	}
	if err := tx.SaveDispute(ctx, page, dispute); err != nil {
		return dispute, deed{}, fmt.Errorf("save dispute: %w", err)
	}
	rest := domain.Hold{ID: ids.hold, Case: page.Case, Deal: t.deal, Code: domain.HoldDisputed, Amount: t.amount, CauseKind: causeDispute, Cause: dispute.ID.UUID, CreatedAt: t.at}
	if err := tx.SaveHold(ctx, page, rest); err != nil {
		return dispute, deed{}, fmt.Errorf("save hold: %w", err)
	}
	if !t.phone { // the letter after the call says it
		told := domain.Update{ID: ids.update, Case: page.Case, Deal: t.deal, Kind: domain.UpdateDisputeRaised, Subject: dispute.ID.UUID, At: t.at}
		if err := tx.SaveUpdate(ctx, told); err != nil {
			return dispute, deed{}, fmt.Errorf("save update: %w", err)
		}
	}
	return dispute, deed{"dispute", dispute.ID.UUID, t.deal, fmt.Sprintf("%s does not agree to %s of invoice %s, because %s: %q. That part rests until it is cleared up.",
		page.Debtor, t.amount.Grouped(), item.InvoiceNumber, t.reason.Words(), oneLine(t.words))}, nil
}
