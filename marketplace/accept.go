package marketplace

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// Accepted is what a sale made.
type Accepted struct {
	Deal     domain.Deal
	Offer    domain.Offer
	Invoice  domain.Invoice
	Case     domain.Case
	NewCase  bool
	Journals []ledger.Posted
}

type acceptIDs struct {
	deal     domain.DealID
	kase     domain.CaseID
	secret   domain.DealID // its random bits make the notice's code
	journals [2]domain.JournalID
	audit    domain.AuditID
	event    domain.EventID
}

// AcceptOffer sells an invoice on the terms of an offer: the deal, its journals
// E1 and E2, its case and everything that follows from it are one commit. The
// money waits for its conditions (D-4). It refuses with domain.ErrNotFound,
// ErrOfferExpired, ErrWrongState, ErrLimitUsed, ErrServedElsewhere, ErrConfidential, ErrNoAccount,
// ErrAssignmentForbidden or ErrAssignmentChanged.
func (s *Service) AcceptOffer(ctx context.Context, by domain.Caller, id domain.OfferID, once domain.Once[Accepted]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	ids := acceptIDs{
		deal: domain.New[domain.DealID](), secret: domain.New[domain.DealID](), kase: domain.New[domain.CaseID](), audit: domain.New[domain.AuditID](), event: domain.New[domain.EventID](),
		journals: [2]domain.JournalID{domain.New[domain.JournalID](), domain.New[domain.JournalID]()},
	}
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		found, err := tx.Acceptance(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, fmt.Errorf("load offer %s: %w", id, err)
		}
		done, err := sell(found, by, ids)
		if err == nil {
			err = stillAssignable(ctx, tx, by, found.Relationship, found.Offer)
		}
		if err != nil {
			return domain.Answer{}, err
		}
		answer := once.Answer(done)
		if err := tx.SaveAcceptance(ctx, done.Deal, done.Offer, done.Invoice, done.Case); err != nil {
			return domain.Answer{}, fmt.Errorf("save sale of %s: %w", id, err)
		}
		if err := tx.Post(ctx, done.Journals); err != nil {
			return domain.Answer{}, fmt.Errorf("post sale of %s: %w", id, err)
		}
		return answer, tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(ids.audit, by, "offer.accepted", "deal", done.Deal.ID.UUID, done.Offer.ID, done.Deal.Basis, done.Deal.Advance, done.Deal.Assignable)},
			Events: []domain.Event{{
				ID: ids.event, World: by.World, Kind: "deal.made", Factor: done.Deal.Factor, Seller: done.Deal.Seller,
				Invoice: done.Invoice.ID, Deal: done.Deal.ID, Case: done.Deal.Case, At: by.Now,
				Said: fmt.Sprintf("Invoice %s was sold to %s: %s now, up to %s later. The money leaves when every condition is met.",
					done.Invoice.Number, found.Factor.Name, done.Deal.Now().Grouped(), done.Deal.Reserve.Grouped()),
			}},
		})
	})
}

// sell decides the sale: everything it makes follows from what was found.
func sell(found domain.Acceptance, by domain.Caller, ids acceptIDs) (Accepted, error) {
	if found.Offer.Hidden {
		return Accepted{}, domain.ErrNotFound
	}
	if err := found.Offer.Accept(by.Now); err != nil {
		return Accepted{}, err
	}
	if err := found.Invoice.MoveTo(domain.InvoiceSold); err != nil {
		return Accepted{}, err
	}
	if err := room(found); err != nil {
		return Accepted{}, err
	}
	if err := quiet(found); err != nil {
		return Accepted{}, err
	}
	done := Accepted{Offer: found.Offer, Invoice: found.Invoice, NewCase: found.Case == nil}
	if found.Case != nil {
		done.Case = *found.Case
	} else {
		done.Case = domain.Case{
			ID: ids.kase, World: by.World, Factor: found.Offer.Factor, Seller: found.Offer.Seller, Debtor: found.Relationship.Debtor,
			Relationship: found.Relationship.ID, Status: domain.CaseOpen, Disclosure: found.Offer.Terms.Mode(), Cycle: 1, OpenedAt: by.Now,
		}
	}
	done.Case.NextActionAt = by.Now
	done.Deal = deal(found, by, ids, done.Case.ID)
	done.Journals = journalsOfSale(done.Deal, today(by.Now, found.Factor.Zone()), by.Now, ids)
	return done, nil
}

// room refuses a sale for which the factor, the pair or the invoice has no room.
func room(found domain.Acceptance) error {
	advance := found.Offer.Terms.Advance.Units()
	switch {
	case found.SoldElsewhere:
		return domain.ErrWrongState.Because("this invoice needs a review first").In(string(domain.InvoiceHeld))
	case !found.ServedBy.IsZero() && found.ServedBy != found.Offer.Factor:
		return domain.ErrServedElsewhere
	case found.Payout.IsZero():
		return domain.ErrNoAccount.Because("in %s", found.Offer.Terms.Basis.Currency())
	case found.DebtorUsed+advance > found.Mandate.Terms.DebtorLimit.Units(), found.FacilityUsed+advance > found.Mandate.Terms.FacilityLimit.Units():
		return domain.ErrLimitUsed
	default:
		return nil
	}
}

// quiet refuses a sale in another mode than the debtor is served in, or a confidential one without an
// account in the seller's name.
func quiet(found domain.Acceptance) error {
	how := found.Offer.Terms.Mode()
	switch {
	case how != found.Relationship.Mode():
		return domain.ErrWrongState.Because("the offer was made for a debtor that is %s: submit the invoice again", how).In(string(found.Relationship.Mode()))
	case found.Case != nil && found.Case.Telling():
		return domain.ErrWrongState.Because("the factor decided to tell this debtor: submit the invoice again once it has its notice").In("telling")
	case found.Case != nil && found.Case.Mode() != how:
		return domain.ErrWrongState.Because("what of this debtor is open was sold %s, and it hears with one voice", found.Case.Mode()).In(string(found.Case.Mode()))
	case how == domain.Confidential && found.Trust.IsZero():
		return domain.ErrConfidential.Because("there is no account in your name that is held for this factor")
	default:
		return nil
	}
}

func deal(found domain.Acceptance, by domain.Caller, ids acceptIDs, kase domain.CaseID) domain.Deal {
	terms := found.Offer.Terms
	none := money.Minor(0, terms.Basis.Currency())
	into := found.Mandate.Collection
	if terms.Mode() == domain.Confidential {
		into = found.Trust
	}
	return domain.Deal{
		ID: ids.deal, World: by.World, Factor: found.Offer.Factor, Seller: found.Offer.Seller, Relationship: found.Relationship.ID,
		Debtor: found.Relationship.Debtor, Invoice: found.Invoice.ID, Offer: found.Offer.ID, Case: kase, Mandate: found.Mandate.ID,
		Status: domain.DealMade, InvoiceNumber: found.Invoice.Number, DebtorName: found.Relationship.Name, Due: found.Invoice.Due,
		Basis: terms.Basis, Advance: terms.Advance, Reserve: terms.Reserve, Origination: terms.Origination, Wire: terms.Wire, Tax: terms.Tax,
		Open: terms.Basis, Fee: terms.Fee, RecourseDays: terms.RecourseDays, RebateHold: terms.RebateHold, Disclosure: terms.Mode(), Envelope: terms.Envelope, LateOwner: terms.LateOwner,
		Recognised: none, Credited: none, Forgiven: none, GivenBack: none, ReserveUsed: none,
		Reference: domain.NewReference(ids.deal.UUID[:]), NoticeCode: noticeCode(ids.secret),
		Operating: found.Mandate.Operating, Collection: into, Payout: found.Payout, MadeAt: by.Now,
		Assignable: found.Offer.Assignable,
	}
}

// noticeCode is the code that the notice prints and the debtor types by hand to
// see the account: eight letters and digits that are not taken for each other.
func noticeCode(id domain.DealID) string {
	const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	var code [8]byte
	for i := range code {
		code[i] = alphabet[int(id.UUID[8+i])%len(alphabet)]
	}
	return string(code[:])
}

// journalsOfSale makes E1 and E2.
func journalsOfSale(d domain.Deal, on domain.Date, known time.Time, ids acceptIDs) []ledger.Posted {
	book := bookOf(d, "deal", d.ID.UUID, known)
	journals := []ledger.Posted{book(ids.journals[0], ledger.Purchase(on, d.Basis, d.Advance))}
	if charges, any := ledger.Charges(on, d.Origination, d.Wire, d.Tax); any {
		journals = append(journals, book(ids.journals[1], charges))
	}
	return journals
}

// bookOf returns a function that puts journals of one cause into a deal's book.
func bookOf(d domain.Deal, kind string, cause [16]byte, known time.Time) func(domain.JournalID, ledger.Journal) ledger.Posted {
	return func(id domain.JournalID, j ledger.Journal) ledger.Posted {
		return ledger.Posted{
			ID: id, Factor: d.Factor, Seller: d.Seller, Debtor: d.Debtor, Deal: d.ID,
			CauseKind: kind, Cause: cause, KnownAt: known, Journal: j,
		}
	}
}

// DeclineOffer says no to an offer.
func (s *Service) DeclineOffer(ctx context.Context, by domain.Caller, id domain.OfferID, once domain.Once[domain.Offer]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		found, err := tx.Offer(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return domain.Answer{}, err
		}
		if _, err := tx.LockInvoice(ctx, found.Invoice, by.Organization); err != nil { // as a sale does: one of the two is first
			return domain.Answer{}, err
		}
		offer, err := tx.LockOffer(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := domain.OfferMoves.Move(offer.Status, domain.OfferDeclined); err != nil {
			return domain.Answer{}, err
		}
		offer.Status = domain.OfferDeclined
		if err := tx.UpdateOffer(ctx, offer); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(offer), tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "offer.declined", "offer", offer.ID.UUID)},
			Events: []domain.Event{{
				ID: event, World: by.World, Kind: "offer.declined", Factor: offer.Factor, Seller: offer.Seller,
				Invoice: offer.Invoice, Said: "The offer was declined.", At: by.Now,
			}},
		})
	})
}

// Offer returns an offer that the caller's organisation made or got.
func (s *Service) Offer(ctx context.Context, by domain.Caller, id domain.OfferID) (domain.Offer, error) {
	var offer domain.Offer
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		offer, err = tx.Offer(ctx, id, by.Organization, by.Kind)
		return err
	})
	return offer, err
}

// Offers lists the offers on an invoice of the caller's, or, for a factor, its
// own offers; a zero invoice and an empty status do not filter. A seller does not see
// those that wait for a person of the factor.
func (s *Service) Offers(ctx context.Context, by domain.Caller, invoice domain.InvoiceID, status domain.OfferStatus, page domain.Page) ([]domain.Offer, error) {
	var offers []domain.Offer
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		offers, err = tx.Offers(ctx, by.Organization, by.Kind, invoice, status, page)
		return err
	})
	return offers, err
}
