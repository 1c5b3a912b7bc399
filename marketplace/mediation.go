package marketplace

import (
	"context"
	"fmt"

	"comity/domain"
)

// mediations is what the help of a neutral person in a dispute needs of a transaction.
type mediations interface {
	MediationFile(ctx context.Context, id domain.MediationID, org domain.OrganizationID, kase domain.CaseID, any bool) (domain.MediationFile, error)
	DisputeMediations(ctx context.Context, id domain.DisputeID, org domain.OrganizationID, kase domain.CaseID) (domain.MediationFile, error)
	LockMediations(context.Context, domain.DisputeID) ([]domain.Mediation, error)
	SaveMediation(context.Context, domain.Mediation) error
	UpdateDispute(ctx context.Context, d domain.Dispute, answeredBy domain.UserID) error
	SaveNote(context.Context, domain.Dispute, domain.Note) error
	Mediations(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Mediation, error)
	MediationView(context.Context, domain.MediationID) (domain.MediationView, error)
	Partial(ctx context.Context, org domain.OrganizationID, m domain.Mediation, debtor domain.DebtorID) (bool, error)
	SaveMediator(context.Context, domain.Mediator) error
	Mediator(context.Context, domain.OrganizationID) (domain.Mediator, error)
	Mediators(context.Context, domain.WorldID, domain.Page) ([]domain.Mediator, error)
	Organization(context.Context, domain.OrganizationID) (domain.Organization, error)
}

// sideOf says for whom a caller speaks in a dispute: a party's organisation, the neutral, or the
// debtor who came by its link. It refuses everybody else, and a side that is not one of those given.
func sideOf(by domain.Caller, sides ...domain.Side) (domain.Side, error) {
	side := map[domain.OrganizationKind]domain.Side{
		domain.KindSeller: domain.SideSeller, domain.KindFactor: domain.SideFactor, domain.KindMediator: domain.SideNeutral,
	}[by.Kind]
	if by.Kind == "" && !by.Case.IsZero() && !by.Link.IsZero() {
		side = domain.SideDebtor
	}
	for _, s := range sides {
		if s == side {
			return side, nil
		}
	}
	if by.Kind == "" {
		return "", domain.ErrNotFound
	}
	return "", domain.ErrForbidden.Because("this is not for a %s", by.Kind)
}

var threeSides = []domain.Side{domain.SideDebtor, domain.SideSeller, domain.SideFactor}

// mediationIDs are the ids that one step of a mediation may need, and the end of its dispute.
type mediationIDs struct {
	receiptIDs
	step   domain.AuditID
	told   [2]domain.EventID
	letter domain.UpdateID
}

func newMediationIDs() mediationIDs {
	return mediationIDs{
		receiptIDs: newReceiptIDs(), step: domain.New[domain.AuditID](), told: [2]domain.EventID{domain.New[domain.EventID](), domain.New[domain.EventID]()},
		letter: domain.New[domain.UpdateID](),
	}
}

// said is what a step of a mediation leaves behind beside its row.
type said struct {
	kind    string // of the event
	words   string // that every party may read
	told    domain.UpdateKind
	factor  string // what the factor is asked to do; "": nothing
	dispute bool   // it moved too
	trail   domain.Trail
}

// mediating runs one step of a mediation, in one transaction: everything that it may rest on is
// locked, do decides, and what changed is saved with its trail.
func (s *Service) mediating(ctx context.Context, by domain.Caller, id domain.MediationID, once domain.Once[domain.Mediation], do func(Tx, domain.Caller, *domain.MediationFile, mediationIDs) (said, error)) (domain.Answer, error) {
	ids := newMediationIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.MediationFile(ctx, id, by.Organization, by.Case, by.Kind == domain.KindPlatform)
		if err != nil {
			return domain.Answer{}, err
		}
		now, err := among(ctx, tx, by, file.Mediation.Factor)
		if err != nil {
			return domain.Answer{}, err
		}
		did, err := do(tx, now, &file, ids)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := saveStep(ctx, tx, now, file, did, ids); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(file.Mediation), nil
	})
}

// saveStep writes what a step changed, and tells those whom it concerns.
func saveStep(ctx context.Context, tx Tx, by domain.Caller, file domain.MediationFile, did said, ids mediationIDs) error {
	m, d := file.Mediation, file.Deal.Deal
	if err := tx.SaveMediation(ctx, m); err != nil {
		return fmt.Errorf("save mediation: %w", err)
	}
	if did.dispute {
		if err := tx.UpdateDispute(ctx, file.Dispute, domain.UserID{}); err != nil {
			return fmt.Errorf("save dispute: %w", err)
		}
	}
	if did.told != "" {
		told := domain.Update{ID: ids.letter, Case: m.Case, Deal: m.Deal, Kind: did.told, Subject: m.ID.UUID, At: by.Now}
		if err := tx.SaveUpdate(ctx, told); err != nil {
			return fmt.Errorf("save update: %w", err)
		}
	}
	if err := tx.WakeCase(ctx, m.Case, by.Now); err != nil {
		return fmt.Errorf("wake case: %w", err)
	}
	event, trail := dealEvent(ids.told[0], by, d, did.kind, did.words), did.trail
	trail.Audit = append(trail.Audit, domain.Audited(ids.step, by, did.kind, "mediation", m.ID.UUID, string(m.Status), did.words))
	trail.Events = append(trail.Events, event)
	trail.Jobs = append(trail.Jobs, mailAbout(event, by.Kind != domain.KindSeller)...)
	if did.factor != "" && by.Kind != domain.KindFactor {
		asks := dealEvent(ids.told[1], by, d, "mediation.waits", did.factor)
		asks.Seller = domain.OrganizationID{} // its mail is the factor's
		trail.Events = append(trail.Events, asks)
		trail.Jobs = append(trail.Jobs, mailAbout(asks, true)...)
	}
	return tx.SaveTrail(ctx, trail)
}

// before says where a neutral reads what is before it.
func before(f *domain.MediationFile) string {
	return fmt.Sprintf(" What is before you is at GET /v1/mediations/%s.", f.Mediation.ID)
}

// disputed names the dispute of a file in a sentence.
func disputed(f *domain.MediationFile) string {
	return fmt.Sprintf("the dispute about %s of invoice %s", f.Dispute.Amount.Grouped(), f.Deal.Deal.InvoiceNumber)
}

var sideWords = map[domain.Side]string{domain.SideDebtor: "The debtor", domain.SideSeller: "The seller", domain.SideFactor: "The factor", domain.SideNeutral: "The neutral"}

// mediable refuses mediation about a deal of which the debtor is not told: a neutral has to know every
// party, and so have they. The debtor's words do not tell it.
func mediable(d domain.Deal, asks domain.Side) error {
	switch {
	case d.Mode() != domain.Confidential:
		return nil
	case asks == domain.SideDebtor:
		return domain.ErrWrongState.Because("no neutral person is offered here: please write what would put it right")
	default:
		return domain.ErrWrongState.Because("the debtor is not told of the sale, and a neutral person has to know every party: two people of the factor tell it first").In(string(domain.Confidential), string(domain.Notified))
	}
}

// AskMediation offers mediation in a dispute because a party asks for it, before its day or once
// more. It refuses with domain.ErrNotFound, ErrForbidden, or ErrWrongState where it may not be offered.
func (s *Service) AskMediation(ctx context.Context, by domain.Caller, id domain.DisputeID, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	side, err := sideOf(by, threeSides...)
	if err != nil {
		return domain.Answer{}, err
	}
	fresh, ids := domain.New[domain.MediationID](), newMediationIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.DisputeMediations(ctx, id, by.Organization, by.Case)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := mediable(file.Deal.Deal, side); err != nil {
			return domain.Answer{}, err
		}
		business, zone := file.Business(), file.Debtor.Zone()
		m, err := domain.OfferMediation(fresh, file.Dispute, file.Others, side, file.Dispute.Clocks(business, zone), business, today(by.Now, zone), by.Now)
		if err != nil {
			return domain.Answer{}, err
		}
		m.World = file.Deal.Deal.World
		file.Mediation = m
		words := fmt.Sprintf("%s asked for mediation in %s. A neutral person would help; it costs the debtor nothing, and a no has no consequence. It can be accepted until %s.",
			sideWords[side], disputed(&file), m.AnswerBy.Short())
		did := said{kind: "mediation.offered", words: words, told: domain.UpdateMediationOffered, factor: words}
		if err := saveStep(ctx, tx, by, file, did, ids); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(m), nil
	})
}

// AnswerMediation is the debtor's or the seller's word on an offer: with both accepted the dispute
// goes into mediation. It refuses with domain.ErrNotFound, ErrForbidden or ErrWrongState.
func (s *Service) AnswerMediation(ctx context.Context, by domain.Caller, id domain.MediationID, yes bool, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	side, err := sideOf(by, threeSides...)
	if err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(_ Tx, by domain.Caller, f *domain.MediationFile, _ mediationIDs) (said, error) {
		if err := f.Mediation.Answer(side, yes, f.Business(), today(by.Now, f.Debtor.Zone()), by.Now); err != nil {
			return said{}, err
		}
		who := sideWords[side]
		switch f.Mediation.Status {
		case domain.MediationDeclined:
			return said{kind: "mediation.declined", words: fmt.Sprintf("%s does not want mediation in %s. Nothing follows from it.", who, disputed(f))}, nil
		case domain.MediationAgreed:
			words := fmt.Sprintf("Debtor and seller agree to mediation in %s: a neutral is to be appointed.", disputed(f))
			return said{kind: "mediation.agreed", words: words, factor: words, dispute: true}, f.Dispute.Mediate()
		default:
			return said{kind: "mediation.accepted", words: fmt.Sprintf("%s would like mediation in %s.", who, disputed(f))}, nil
		}
	})
}

// AppointMediator makes an organisation of the register the neutral. Only the platform does. It refuses
// with domain.ErrNotFound, ErrForbidden, ErrNotAdmitted, ErrNotNeutral or ErrWrongState.
func (s *Service) AppointMediator(ctx context.Context, by domain.Caller, id domain.MediationID, org domain.OrganizationID, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(tx Tx, by domain.Caller, f *domain.MediationFile, ids mediationIDs) (said, error) {
		neutral, err := tx.Mediator(ctx, org)
		if err != nil && !isMissing(err) {
			return said{}, err
		}
		if err := f.Mediation.Appoint(neutral, f.Business(), today(by.Now, f.Debtor.Zone()), by.Now); err != nil {
			return said{}, err
		}
		partial, err := tx.Partial(ctx, org, f.Mediation, f.Deal.Deal.Debtor)
		if err == nil && partial {
			err = domain.ErrNotNeutral.Because("an address of it is one of the seller's, the factor's or the debtor's")
		}
		words := fmt.Sprintf("%s is the neutral in %s. Each party may object once, with a reason, before the first proposal.", neutral.Name, disputed(f))
		ask := fmt.Sprintf("You are the neutral in %s. Please propose dates; they are to stand by %s. Until your first proposal each party may object once.%s", disputed(f), f.Mediation.BeginBy.Short(), before(f))
		trail := f.Mediation.TellNeutral(ids.neutral, "mediation.appointed", ask, by.Now)
		return said{kind: "mediation.appointed", words: words, told: domain.UpdateMediationAppointed, factor: words, trail: trail}, err
	})
}

// ObjectMediator takes the neutral out because a party objects: another one is to be appointed. It
// refuses with domain.ErrNotFound, ErrForbidden, or ErrWrongState a second time or after a proposal.
func (s *Service) ObjectMediator(ctx context.Context, by domain.Caller, id domain.MediationID, reason string, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	side, err := sideOf(by, threeSides...)
	if err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(_ Tx, by domain.Caller, f *domain.MediationFile, ids mediationIDs) (said, error) {
		name, had := f.Mediation.MediatorName, f.Mediation
		if err := f.Mediation.Object(side, reason, by.Now); err != nil {
			return said{}, err
		}
		words := fmt.Sprintf("%s objects to %s as the neutral in %s: another one is to be appointed.", sideWords[side], name, disputed(f))
		trail := had.TellNeutral(ids.neutral, "mediation.objected", fmt.Sprintf("A party would rather have another neutral in %s. You need do nothing more in it. Thank you for your readiness.", disputed(f)), by.Now)
		return said{kind: "mediation.objected", words: words, factor: words, trail: trail}, nil
	})
}

// ProposeDates is the neutral's: it stands once debtor, seller and factor agreed. It refuses with
// domain.ErrNotFound, ErrForbidden, ErrInvalid or ErrWrongState.
func (s *Service) ProposeDates(ctx context.Context, by domain.Caller, id domain.MediationID, t domain.Timetable, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	if _, err := sideOf(by, domain.SideNeutral); err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(_ Tx, by domain.Caller, f *domain.MediationFile, _ mediationIDs) (said, error) {
		t.At = by.Now
		if err := f.Mediation.Schedule(t, today(by.Now, f.Debtor.Zone())); err != nil {
			return said{}, err
		}
		words := fmt.Sprintf("The neutral proposes dates in %s: papers by %s, the talk on %s, a proposal by %s. They stand once all three parties agreed.",
			disputed(f), t.PapersBy.Short(), t.TalkOn.Short(), t.ProposalBy.Short())
		return said{kind: "mediation.dates_proposed", words: words, told: domain.UpdateMediationDates, factor: words}, nil
	})
}

// AgreeDates is a party's yes to the dates with a number. It refuses with domain.ErrNotFound,
// ErrForbidden, or ErrWrongState where others were proposed since.
func (s *Service) AgreeDates(ctx context.Context, by domain.Caller, id domain.MediationID, n int, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	side, err := sideOf(by, threeSides...)
	if err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(_ Tx, by domain.Caller, f *domain.MediationFile, ids mediationIDs) (said, error) {
		if err := f.Mediation.AgreeDates(side, n, by.Now); err != nil {
			return said{}, err
		}
		if f.Mediation.Status == domain.MediationScheduled {
			t := f.Mediation.Timetable
			ask := fmt.Sprintf("Your dates in %s stand: papers by %s, the talk on %s, your proposal by %s.%s", disputed(f), t.PapersBy.Short(), t.TalkOn.Short(), t.ProposalBy.Short(), before(f))
			return said{
				kind: "mediation.scheduled", words: fmt.Sprintf("The dates of the mediation in %s stand: all three parties agreed.", disputed(f)),
				trail: f.Mediation.TellNeutral(ids.neutral, "mediation.scheduled", ask, by.Now),
			}, nil
		}
		return said{kind: "mediation.dates_agreed", words: fmt.Sprintf("%s agrees to the dates of the mediation in %s.", sideWords[side], disputed(f))}, nil
	})
}

// EndMediation ends a mediation without an agreement, by its neutral: the dispute goes on as before.
// It refuses with domain.ErrNotFound, ErrForbidden or ErrWrongState.
func (s *Service) EndMediation(ctx context.Context, by domain.Caller, id domain.MediationID, reason string, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	if _, err := sideOf(by, domain.SideNeutral); err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(_ Tx, by domain.Caller, f *domain.MediationFile, _ mediationIDs) (said, error) {
		if err := f.Mediation.End(domain.MediationFailed, reason, by.Now); err != nil {
			return said{}, err
		}
		words := fmt.Sprintf("The mediation in %s ended without an agreement: %q. The dispute goes on as before it.", disputed(f), reason)
		return said{kind: "mediation.ended", words: words, told: domain.UpdateMediationEnded, factor: words, dispute: true}, f.Dispute.Unmediated()
	})
}
