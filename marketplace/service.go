// Package marketplace is what sellers and factors do: relationships, imports,
// invoices, offers, deals, pay-outs and the money that comes back. One exported
// method is one transaction.
package marketplace

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
	"comity/underwriting"
)

// Tx is what the use cases of this room need of a transaction. Lookups that a
// decision rests on lock what may change.
type Tx interface {
	parties
	trade
	risk
	models
	objections
	counsels
	purchase
	agreements
	late
	mediations
	bank
	cards
	reports
	SaveTrail(context.Context, domain.Trail) error
}

// Atomically runs its argument in one transaction; it may run it twice.
type Atomically func(context.Context, domain.Entry, func(Tx) (domain.Answer, error)) (domain.Answer, error)

// Wide lists the use cases that see more than one organisation, and in which
// scope they do; a test holds the list to the code.
var Wide = map[string]domain.Scope{
	"CreateInvoice":    domain.ScopeMarket, // fingerprints of every seller
	"ReleaseInvoice":   domain.ScopeMarket, // the platform looks at a seller's invoice
	"Submit":           domain.ScopeMarket, // mandates of every factor
	"AcceptOffer":      domain.ScopeMarket, // both parties' rows
	"DeclineOffer":     domain.ScopeMarket,
	"CancelDeal":       domain.ScopeMarket,
	"SetCondition":     domain.ScopeMarket,
	"ApplyReceipt":     domain.ScopeMarket,
	"UndoReceipt":      domain.ScopeMarket,
	"ResolveDispute":   domain.ScopeMarket,
	"ProposeRecourse":  domain.ScopeMarket,
	"CheckRecourse":    domain.ScopeMarket,
	"ReportRecourse":   domain.ScopeMarket, // the books of the factor's deal are locked
	"WaiveLateCharges": domain.ScopeMarket,
	"Withdraw":         domain.ScopeMarket, // offers of several factors end
	"AskMediation":     domain.ScopeMarket, // what debtor, seller, factor and neutral do is saved in all their rows
	"mediating":        domain.ScopeMarket,
	"NoteMediation":    domain.ScopeMarket,
	"Mediations":       domain.ScopeMarket, // the platform appoints in any
	"AdmitMediator":    domain.ScopeMarket, // the register is the platform's, of every world
	"Mediators":        domain.ScopeMarket,
	"Advance":          domain.ScopeWork,
	"ApplyLine":        domain.ScopeWork,
	"AccrueFees":       domain.ScopeWork,
	"ReleasePayout":    domain.ScopeWork,
	"CheckFeed":        domain.ScopeWork,
	"CardPayout":       domain.ScopeWork,
	"ListCardPayout":   domain.ScopeWork,
	"TakeCardPayout":   domain.ScopeWork,
	"ImportBatch":      domain.ScopeWork,
	"Deal":             domain.ScopeMarket, // the platform reads any deal
	"Deals":            domain.ScopeMarket,
	"PayoutFile":       domain.ScopeMarket, // the seller's account
	"ModelComparison":  domain.ScopeMarket, // decisions of every seller
	"ModelDrift":       domain.ScopeMarket,
	"WatchModel":       domain.ScopeWork,
	"Quote":            domain.ScopeMarket, // mandates of every factor
	"Decision":         domain.ScopeMarket, // the platform reads any decision that is objected to
	"Replay":           domain.ScopeMarket,
	"Objection":        domain.ScopeMarket, // and any objection
	"Objections":       domain.ScopeMarket,
	"AnswerObjection":  domain.ScopeMarket, // the platform decides on a seller's rows
	"AnswerReferral":   domain.ScopeMarket, // a factor's answer moves a seller's invoice
	"VerifyInvoice":    domain.ScopeMarket, // the platform verifies a seller's invoice
	"DebtorLimit":      domain.ScopeMarket, // the debtor of a seller's invoice
	"Verifications":    domain.ScopeMarket, // the platform reads any
	"Standing":         domain.ScopeMarket, // whether a seller's invoice was priced
	"SetStanding":      domain.ScopeMarket,
	"OfferDecision":    domain.ScopeMarket, // the decision about a seller's invoice
	"Laws":             domain.ScopeMarket, // what counsel signed is the platform's, and everybody's to read
	"SignLaw":          domain.ScopeMarket,
}

// A Service is the use cases of this room.
type Service struct {
	atomically  Atomically
	engine      underwriting.Engine // decides while no fitted model is live
	fingerprint func(string) []byte
	fitted      fitted
}

// New returns the use cases. engine decides while no fitted model is live.
// fingerprint is a keyed digest, under which the
// same invoice is found across sellers without anybody's data being kept.
func New(atomically Atomically, engine underwriting.Engine, fingerprint func(string) []byte) *Service {
	return &Service{atomically: atomically, engine: engine, fingerprint: fingerprint, fitted: fitted{engines: map[string]underwriting.Engine{}}}
}

// read runs a use case that changes nothing.
func (s *Service) read(ctx context.Context, entry domain.Entry, do func(Tx) error) error {
	_, err := s.atomically(ctx, entry, func(tx Tx) (domain.Answer, error) { return domain.Answer{}, do(tx) })
	return err
}

// work runs a use case that answers nobody; its name stands where a request's
// route would.
func (s *Service) work(ctx context.Context, name string, world domain.WorldID, now time.Time, do func(Tx, domain.Caller) error) error {
	by := domain.Caller{World: world, Now: now}
	entry := by.In(domain.ScopeWork)
	entry.Route = name
	return s.read(ctx, entry, func(tx Tx) error { return do(tx, by) })
}

// among returns the caller as one in the world of an organisation: the platform
// stands outside worlds, and what it does happens in theirs, at their time.
func among(ctx context.Context, tx Tx, by domain.Caller, org domain.OrganizationID) (domain.Caller, error) {
	if by.Kind != domain.KindPlatform {
		return by, nil
	}
	world, err := tx.WorldOf(ctx, org)
	if err != nil {
		return by, fmt.Errorf("look up world: %w", err)
	}
	by.World, by.Sandbox = world.ID, world.Sandbox
	if world.Sandbox {
		by.Now = world.Now
	}
	return by, nil
}

// today is the day it is for somebody in zone.
func today(now time.Time, zone *time.Location) domain.Date { return domain.DateOf(now.In(zone)) }
