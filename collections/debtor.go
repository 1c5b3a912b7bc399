package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// What caused a hold.
const (
	causeQuestion = "question"
	causeDispute  = "dispute"
	causePaid     = "announced"
)

const (
	maxSaid      = 2000 // characters of a question or dispute
	maxAnnounced = 2    // times that "we have paid" pauses one invoice
	maxCodeTries = 10   // wrong codes that one link takes
	maxWaiting   = 20   // questions of one case that wait for an answer
	maxTold      = 10   // times that "we have paid" is taken down for one invoice
)

// byLink refuses anybody who did not come by a debtor's link.
func byLink(by domain.Caller) error {
	if by.Case.IsZero() || by.Link.IsZero() {
		return domain.ErrNotFound
	}
	return nil
}

// Page returns what a debtor sees by its link. It refuses with domain.ErrNotFound.
func (s *Service) Page(ctx context.Context, by domain.Caller) (domain.DebtorPage, error) {
	return seen(ctx, s, by, func(tx Tx) (domain.DebtorPage, error) {
		page, err := tx.DebtorPage(ctx, by.Link, false)
		return hushOf(page).page(page), err
	})
}

// seen reads what a debtor may see by its link. It refuses with domain.ErrNotFound who came by none.
func seen[T any](ctx context.Context, s *Service, by domain.Caller, look func(Tx) (T, error)) (T, error) {
	var found T
	if err := byLink(by); err != nil {
		return found, err
	}
	err := s.read(ctx, by.In(domain.ScopeDebtor), func(tx Tx) error {
		var err error
		found, err = look(tx)
		return err
	})
	return found, err
}

// Confirm checks a notice's code, typed by hand; the link shows the account in
// full from then on. It refuses with domain.ErrInvalid for a wrong code, and
// with ErrThrottled after ten of them.
func (s *Service) Confirm(ctx context.Context, by domain.Caller, code string) error {
	if err := byLink(by); err != nil {
		return err
	}
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	right, tries := false, 0
	err := s.read(ctx, by.In(domain.ScopeDebtor), func(tx Tx) error {
		page, err := tx.DebtorPage(ctx, by.Link, true)
		if err != nil {
			return err
		}
		if right, tries, err = tx.ConfirmLink(ctx, by.Link, codeKey(code)); err != nil || !right || page.Confirmed {
			return err
		}
		return tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "link.confirmed", "link", by.Link.UUID)},
			Events: []domain.Event{{
				ID: event, World: page.World, Kind: "debtor.confirmed", Factor: page.FactorID, Seller: page.SellerID, Case: page.Case,
				Said: fmt.Sprintf("%s typed the code of the notice: it has the notice, and sees the account in full.", page.Debtor), At: by.Now,
			}},
		})
	})
	switch {
	case err != nil:
		return fmt.Errorf("confirm link: %w", err)
	case right:
		return nil
	case tries >= maxCodeTries:
		return domain.ErrThrottled.Because("this link takes no more codes; the next message brings a new link")
	default:
		return domain.ErrInvalid.Because("that is not the code of the notice").At("/code", "wrong-code", "compare it with the notice, letter by letter")
	}
}

// codeKey is a code as it is compared: upper case, letters and digits only.
func codeKey(code string) string {
	if len(code) > 64 {
		return ""
	}
	return domain.TaxKey(code)
}

// A deed is what a debtor does on its page: its subject for the audit, and one
// sentence for seller and factor.
type deed struct {
	kind    string // "promise"
	subject [16]byte
	deal    domain.DealID
	said    string
}

// doing runs what a debtor does in one transaction: load and lock the case, let
// do decide and save, wake the case, leave the trail.
func doing[T any](ctx context.Context, s *Service, by domain.Caller, once domain.Once[T], do func(Tx, domain.DebtorPage) (T, deed, error)) (domain.Answer, error) {
	if err := byLink(by); err != nil {
		return domain.Answer{}, err
	}
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeDebtor), func(tx Tx) (domain.Answer, error) {
		page, err := tx.DebtorPage(ctx, by.Link, true)
		if err != nil {
			return domain.Answer{}, err
		}
		result, did, err := do(tx, page)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := tx.WakeCase(ctx, page.Case, by.Now); err != nil {
			return domain.Answer{}, fmt.Errorf("wake case: %w", err)
		}
		return once.Answer(result), tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "debtor."+did.kind, did.kind, did.subject, did.said)},
			Events: []domain.Event{{
				ID: event, World: page.World, Kind: "debtor." + did.kind, Factor: page.FactorID, Seller: page.SellerID,
				Case: page.Case, Deal: did.deal, Said: did.said, At: by.Now,
			}},
		})
	})
}

// Promise records a debtor's word to pay, within the bounds of D-18, and pauses
// what it earns in the same commit. It refuses with domain.ErrNotFound,
// ErrInvalid, ErrPromiseTooFar, ErrPromiseOpen, ErrMoreThanOpen or ErrWrongState.
func (s *Service) Promise(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Promise]) (domain.Answer, error) {
	ids := newSaidIDs()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Promise, deed, error) {
		return promised(ctx, tx, page, account{deal: deal, amount: amount, on: on, at: by.Now, by: by.Link.UUID}, ids)
	})
}

// Ask records a debtor's question, about one invoice or (a zero deal) about
// everything; what it is about rests until seven days after the answer. It
// refuses with domain.ErrNotFound, ErrInvalid, or ErrThrottled while twenty wait.
func (s *Service) Ask(ctx context.Context, by domain.Caller, deal domain.DealID, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	said, err := spoken(said)
	if err != nil {
		return domain.Answer{}, err
	}
	ids := newSaidIDs()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Question, deed, error) {
		return asked(ctx, tx, page, account{deal: deal, words: said, at: by.Now}, "", ids)
	})
}

func waiting(page domain.DebtorPage) int {
	count := 0
	for _, q := range page.Questions {
		if q.AnsweredAt.IsZero() && !q.ByMail {
			count++
		}
	}
	return count
}

// Paid records that a debtor says it has paid an amount on a day; the amount
// rests for five business days, twice at most. It refuses with
// domain.ErrNotFound, ErrInvalid, ErrMoreThanOpen or ErrWrongState.
func (s *Service) Paid(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Hold]) (domain.Answer, error) {
	ids := newSaidIDs()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Hold, deed, error) {
		return saidPaid(ctx, tx, page, account{deal: deal, amount: amount, on: on, at: by.Now, by: by.Link.UUID}, ids)
	})
}

func announced(page domain.DebtorPage, deal domain.DealID) int {
	count := 0
	for _, h := range page.Holds {
		if h.Deal == deal && h.Code == domain.HoldPaidOrPending && h.CauseKind == causePaid {
			count++
		}
	}
	return count
}

// disputed is the part of an item that is disputed and not resolved.
func disputed(page domain.DebtorPage, item domain.DebtorItem) money.Amount {
	sum := money.Minor(0, item.Open.Currency())
	for _, d := range page.Disputes {
		if d.Deal == item.Deal && d.Status != domain.DisputeResolved {
			sum = sum.Plus(d.Amount)
		}
	}
	return sum
}

// Spoken checks what somebody wrote: not empty, not endless. It refuses with domain.ErrInvalid.
func Spoken(said string) (string, error) { return spoken(said) }

// spoken checks what somebody wrote: not empty, not endless.
func spoken(said string) (string, error) {
	said = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(said, "\x00", ""), ""))
	switch n := len([]rune(said)); {
	case n == 0:
		return "", domain.ErrInvalid.At("/said", "empty", "a few words are needed")
	case n > maxSaid:
		return "", domain.ErrInvalid.At("/said", "too-long", fmt.Sprintf("at most %d characters", maxSaid))
	}
	return said, nil
}

// Paused is what of an item rests at a moment, and why, for the debtor's page.
type Paused struct {
	Code   domain.HoldCode
	Amount money.Amount // the whole of what is open when the hold says no amount
	Until  time.Time    // zero: until it is cleared up
	ByCard bool         // the processor has the money, and passes it on
}

// PausedParts returns what of an item rests now.
func PausedParts(page domain.DebtorPage, item domain.DebtorItem, now time.Time) []Paused {
	var parts []Paused
	for _, h := range page.Holds {
		if !h.Holds(item.Deal, now) {
			continue
		}
		amount := h.Amount
		if amount.IsZero() {
			amount = item.Open
		}
		parts = append(parts, Paused{h.Code, amount, h.Until, h.CauseKind == causeCard})
	}
	slices.SortStableFunc(parts, func(a, b Paused) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return parts
}
