package marketplace

import (
	"context"
	"errors"
	"fmt"

	"comity/domain"
	"comity/money"
)

// covered reports whether a credit could be booked now: it is open, and the reserve pays for it.
func covered(file domain.DealFile, credit money.Amount) bool {
	d := file.Deal
	return !credit.Positive() || d.Status == domain.DealPaidOut && !d.Open.Less(credit) && !file.ReserveFree().Less(credit)
}

// ProposeOutcome puts the neutral's way out before the three parties. It refuses with
// domain.ErrNotFound, ErrForbidden, ErrInvalid, ErrWrongState, or ErrNotCovered for a credit that
// could not be booked.
func (s *Service) ProposeOutcome(ctx context.Context, by domain.Caller, id domain.MediationID, p domain.MediationProposal, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	if _, err := sideOf(by, domain.SideNeutral); err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(_ Tx, by domain.Caller, f *domain.MediationFile, _ mediationIDs) (said, error) {
		p.At = by.Now
		if err := f.Mediation.Propose(p, f.Dispute); err != nil {
			return said{}, err
		}
		if !covered(f.Deal, p.Credit) {
			return said{}, domain.ErrNotCovered
		}
		words := fmt.Sprintf("The neutral proposes in %s that %s is credited and %s is payable: %q. It is settled once debtor, seller and factor accept.",
			disputed(f), p.Credit.Grouped(), f.Dispute.Amount.Minus(p.Credit).Grouped(), p.Reasons)
		return said{kind: "mediation.proposed", words: words, told: domain.UpdateMediationProposal, factor: words}, nil
	})
}

// AnswerProposal is a party's word on the proposal with a number. The third yes resolves the
// dispute in the same commit, as every resolution is booked (V1). It refuses with domain.ErrNotFound,
// ErrForbidden, ErrInvalid, ErrWrongState, or ErrNotCovered for a credit that cannot be booked.
func (s *Service) AnswerProposal(ctx context.Context, by domain.Caller, id domain.MediationID, n int, yes bool, number string, once domain.Once[domain.Mediation]) (domain.Answer, error) {
	side, err := sideOf(by, threeSides...)
	if err != nil {
		return domain.Answer{}, err
	}
	return s.mediating(ctx, by, id, once, func(tx Tx, by domain.Caller, f *domain.MediationFile, ids mediationIDs) (said, error) {
		proposal, _ := f.Mediation.Proposal()
		if err := f.Mediation.Vote(side, n, yes, number, by.Now); err != nil {
			return said{}, err
		}
		who := sideWords[side]
		switch {
		case f.Mediation.Status == domain.MediationSettled:
			return s.settleMediation(ctx, tx, by, f, ids)
		case !yes:
			words := fmt.Sprintf("%s does not accept proposal %d in %s: the neutral may propose again or end the mediation.", who, proposal.N, disputed(f))
			ask := fmt.Sprintf("%s does not accept proposal %d in %s. You may propose again or end the mediation, by %s.%s",
				who, proposal.N, disputed(f), f.Mediation.LastDay(f.Business()).Short(), before(f))
			return said{kind: "mediation.proposal_declined", words: words, trail: f.Mediation.TellNeutral(ids.neutral, "mediation.proposal_declined", ask, by.Now)}, nil
		default:
			return said{kind: "mediation.proposal_accepted", words: fmt.Sprintf("%s accepts proposal %d in %s.", who, proposal.N, disputed(f))}, nil
		}
	})
}

// settleMediation resolves the dispute as all three accepted.
func (s *Service) settleMediation(ctx context.Context, tx Tx, by domain.Caller, f *domain.MediationFile, ids mediationIDs) (said, error) {
	p := f.Mediation.Proposals[len(f.Mediation.Proposals)-1]
	if err := f.Dispute.Mediated(p, by.Now); err != nil {
		return said{}, err
	}
	if !covered(f.Deal, p.Credit) {
		return said{}, domain.ErrNotCovered
	}
	if err := s.credit(ctx, tx, by, f.Deal, f.Dispute, ids.receiptIDs); err != nil {
		return said{}, err
	}
	if err := tx.EndDispute(ctx, f.Dispute, domain.Update{
		ID: ids.update, Case: f.Dispute.Case, Deal: f.Dispute.Deal, Kind: domain.UpdateDisputeResolved, Subject: f.Dispute.ID.UUID, At: by.Now,
	}); err != nil {
		return said{}, fmt.Errorf("save dispute: %w", err)
	}
	words := fmt.Sprintf("Debtor, seller and factor accepted the neutral's proposal in %s: the mediation is over.", disputed(f))
	trail := resolvedTrail(by, f.Deal.Deal, f.Dispute, "in mediation", ids.receiptIDs)
	thanks := f.Mediation.TellNeutral(ids.neutral, "mediation.settled", fmt.Sprintf("Debtor, seller and factor accepted your proposal in %s: the mediation is over. Thank you for your help.", disputed(f)), by.Now)
	trail.Events, trail.Jobs = append(trail.Events, thanks.Events...), append(trail.Jobs, thanks.Jobs...)
	return said{kind: "mediation.settled", words: words, factor: words, trail: trail}, nil
}

// closeMediation ends the mediation of a dispute that ended otherwise, where one is open, and tells
// its neutral, with the event of an id.
func closeMediation(ctx context.Context, tx Tx, d domain.Dispute, why string, id domain.EventID) error {
	all, err := tx.LockMediations(ctx, d.ID)
	if err != nil {
		return err
	}
	m, open := domain.LiveMediation(all, d.ID)
	if !open {
		return nil
	}
	if err := m.End(domain.MediationClosed, why, d.ResolvedAt); err != nil {
		return err
	}
	if err := tx.SaveMediation(ctx, m); err != nil || m.Mediator.IsZero() {
		return err
	}
	return tx.SaveTrail(ctx, m.TellNeutral(id, "mediation.closed", fmt.Sprintf("Your mediation in the dispute about %s is over: %s. Thank you for your help.", d.Amount.Grouped(), why), d.ResolvedAt))
}

// NoteMediation adds what the neutral says in the thread of the dispute; all parties read it. It refuses
// with domain.ErrNotFound, ErrForbidden, or ErrWrongState once the mediation is over.
func (s *Service) NoteMediation(ctx context.Context, by domain.Caller, id domain.MediationID, text string, once domain.Once[domain.Note]) (domain.Answer, error) {
	if _, err := sideOf(by, domain.SideNeutral); err != nil {
		return domain.Answer{}, err
	}
	note, ids := domain.Note{ID: domain.New[domain.NoteID](), Side: string(domain.SideNeutral), User: by.User, Said: text, At: by.Now}, newReceiptIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.MediationFile(ctx, id, by.Organization, domain.CaseID{}, false)
		if err != nil {
			return domain.Answer{}, err
		}
		if !file.Mediation.UnderWay() {
			return domain.Answer{}, domain.ErrWrongState.Because("the mediation is over").In(string(file.Mediation.Status))
		}
		saved := note
		saved.Dispute = file.Dispute.ID
		if err := tx.SaveNote(ctx, file.Dispute, saved); err != nil {
			return domain.Answer{}, fmt.Errorf("save note: %w", err)
		}
		event := dealEvent(ids.events[0], by, file.Deal.Deal, "dispute.note", fmt.Sprintf("The neutral says about the disputed %s: %q.", file.Dispute.Amount.Grouped(), text))
		return once.Answer(saved), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(ids.audit, by, "dispute.note", "dispute", saved.ID.UUID, text)},
			Events: []domain.Event{event},
		})
	})
}

// Mediations lists the caller's mediations, as party or as neutral; the platform's are all of them.
func (s *Service) Mediations(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Mediation, error) {
	entry := by.Own()
	if by.Kind == domain.KindPlatform {
		entry = by.In(domain.ScopeMarket)
	}
	var list []domain.Mediation
	err := s.read(ctx, entry, func(tx Tx) error {
		var err error
		list, err = tx.Mediations(ctx, by.Organization, by.Kind, status, page)
		return err
	})
	for i := range list {
		if by.Kind == domain.KindPlatform {
			list[i].Proposals = nil // the parties' and the neutral's to read
		}
	}
	return list, err
}

// Mediation returns what a mediation shows to its neutral and its parties. It refuses with
// domain.ErrNotFound.
func (s *Service) Mediation(ctx context.Context, by domain.Caller, id domain.MediationID) (domain.MediationView, error) {
	var view domain.MediationView
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		view, err = tx.MediationView(ctx, id)
		return err
	})
	return view, err
}

// AdmitMediator enters an organisation in the register of neutrals, or changes its entry. Only the
// platform does. It refuses with domain.ErrNotFound what is no mediator.
func (s *Service) AdmitMediator(ctx context.Context, by domain.Caller, m domain.Mediator) (domain.Mediator, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return m, err
	}
	ids := newReceiptIDs()
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		org, err := tx.Organization(ctx, m.Organization)
		if err == nil && org.Kind != domain.KindMediator {
			err = domain.ErrNotFound
		}
		if err != nil {
			return err
		}
		now, err := among(ctx, tx, by, m.Organization)
		if err != nil {
			return err
		}
		m.World, m.Name, m.AdmittedBy, m.AdmittedAt = org.World, org.Name, by.User, now.Now
		if err := tx.SaveMediator(ctx, m); err != nil {
			return fmt.Errorf("save entry: %w", err)
		}
		return tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(ids.audit, now, "mediator.admitted", "mediator", m.Organization.UUID, m.Body, m.Number, m.ValidUntil.String()),
		}})
	})
	return m, err
}

// Mediators lists the register: the platform's whole, for others that of their world.
func (s *Service) Mediators(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Mediator, error) {
	world := by.World
	if by.Kind == domain.KindPlatform {
		world = domain.WorldID{}
	} else if world.IsZero() {
		return nil, domain.ErrForbidden
	}
	var list []domain.Mediator
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		var err error
		list, err = tx.Mediators(ctx, world, page)
		return err
	})
	return list, err
}

func isMissing(err error) bool { return errors.Is(err, domain.ErrNotFound) }
