package collections

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
)

// A mediated is what a look at a case changed of one mediation: it was offered because its day
// came, or time or money ended it.
type mediated struct {
	mediation domain.Mediation
	dispute   *domain.Dispute   // where it moved too
	kindTold  domain.UpdateKind // "": the debtor is told nothing
	told      domain.Update
	kind      string // of the event
	said      string
}

// save writes what a look changed of a mediation.
func (m mediated) save(ctx context.Context, tx Tx) error {
	if err := tx.SaveMediation(ctx, m.mediation); err != nil {
		return fmt.Errorf("save mediation: %w", err)
	}
	if m.dispute != nil {
		if err := tx.UpdateDispute(ctx, *m.dispute, domain.UserID{}); err != nil {
			return fmt.Errorf("save dispute: %w", err)
		}
	}
	if m.kindTold == "" {
		return nil
	}
	if err := tx.SaveUpdate(ctx, m.told); err != nil {
		return fmt.Errorf("save update: %w", err)
	}
	return nil
}

// offerAt is when mediation is offered in a dispute that lasts: on its day, in the hours in which
// we write to the debtor.
func offerAt(l local, d domain.Dispute) time.Time {
	return l.open(l.slotOn(l.cal.OnOrAfter(d.Clocks(l.cal, l.zone).MediateFrom)))
}

// mediationOver is when time alone ends a mediation as it is.
func mediationOver(l local, m domain.Mediation) time.Time {
	return l.open(m.LastDay(l.cal).Plus(1).At(0, 0, l.zone))
}

// mayOffer reports whether the clock is to offer mediation in a dispute, now or later.
func mayOffer(f *domain.CaseFacts, l local, d domain.Dispute) bool {
	clocks := d.Clocks(l.cal, l.zone)
	item, ok := f.Item(d.Deal)
	return ok && f.Case.Mode() != domain.Confidential && live(&item) && item.Deal.Open.Positive() && domain.MayBeOffered(d, f.Mediations, clocks, domain.Latest(l.today, clocks.MediateFrom))
}

// judgeMediation decides the first mediation of a case that is due, and returns the facts as they
// are then; nil: none is. A look decides one, and the next look follows at once.
func judgeMediation(f domain.CaseFacts, fresh domain.MediationID) (domain.CaseFacts, *mediated) {
	l := localOf(&f)
	for i, m := range f.Mediations {
		if !m.Live() {
			continue
		}
		if done := endMediation(f, l, m); done != nil {
			f.Mediations = append([]domain.Mediation(nil), f.Mediations...)
			f.Mediations[i] = done.mediation
			f.Disputes = append([]domain.Dispute(nil), f.Disputes...)
			for n := range f.Disputes {
				if done.dispute != nil && f.Disputes[n].ID == done.dispute.ID {
					f.Disputes[n] = *done.dispute
				}
			}
			return f, done
		}
	}
	for _, d := range f.Disputes {
		if !mayOffer(&f, l, d) || offerAt(l, d).After(f.Now) {
			continue
		}
		m, err := domain.OfferMediation(fresh, d, f.Mediations, domain.SideClock, d.Clocks(l.cal, l.zone), l.cal, l.today, f.Now)
		if err != nil {
			continue // it was offered before
		}
		m.World, m.Factor, m.Seller, m.Case = f.Case.World, f.Case.Factor, f.Case.Seller, f.Case.ID
		f.Mediations = append(append([]domain.Mediation(nil), f.Mediations...), m)
		item, _ := f.Item(d.Deal)
		return f, &mediated{mediation: m, kindTold: domain.UpdateMediationOffered, kind: "mediation.offered", said: fmt.Sprintf(
			"The dispute about %s of invoice %s lasts %d days: mediation is offered. A neutral person would help; it costs the debtor nothing, and a no has no consequence. Debtor and seller may accept it until %s; the factor has said yes in its policy.",
			d.Amount.Grouped(), item.Deal.InvoiceNumber, domain.DisputeMediateDays, m.AnswerBy.Short())}
	}
	return f, nil
}

// endMediation ends a mediation whose last day is over, or of which nothing is left to settle.
func endMediation(f domain.CaseFacts, l local, m domain.Mediation) *mediated {
	next, why := m.ByClock(l.cal, l.today)
	item, ok := f.Item(m.Deal)
	switch {
	case !ok || !live(&item) || !item.Deal.Open.Positive():
		next, why = domain.MediationClosed, "nothing of the invoice is to be collected here any more"
	case next == m.Status || mediationOver(l, m).After(f.Now):
		return nil
	}
	done := mediated{kind: "mediation." + string(next)}
	if next == domain.MediationFailed {
		done.kind, done.kindTold = "mediation.ended", domain.UpdateMediationEnded
	}
	underWay := m.UnderWay()
	if m.End(next, why, f.Now) != nil {
		return nil
	}
	for _, d := range f.Disputes {
		if d.ID == m.Dispute && underWay && d.Unmediated() == nil {
			done.dispute = &d
		}
	}
	done.mediation, done.said = m, fmt.Sprintf("The mediation in the dispute about invoice %s is over: %s.", item.Deal.InvoiceNumber, why)
	return &done
}

// mediations gives the moments at which a mediation is offered, or ended by time.
func mediations(f *domain.CaseFacts, l local) []candidate {
	var all []candidate
	for _, m := range f.Mediations {
		switch {
		case m.Status == domain.MediationOffered:
			all = append(all, candidate{mediationOver(l, m), nil, "the answer to mediation, by " + m.AnswerBy.Short()})
		case m.Live():
			all = append(all, candidate{mediationOver(l, m), nil, "the mediation"})
		}
	}
	for _, d := range f.Disputes {
		if mayOffer(f, l, d) {
			all = append(all, candidate{offerAt(l, d), nil, "what is disputed to be cleared up"})
		}
	}
	return all
}

// tellNeutral tells the neutral of a dispute, where one helps, that a party wrote or attached something.
func tellNeutral(ctx context.Context, tx Tx, dispute domain.DisputeID, id domain.EventID, did string, at time.Time) error {
	m, found, err := tx.DisputeMediation(ctx, dispute)
	if err != nil || !found || !m.UnderWay() || m.Mediator.IsZero() {
		return err
	}
	return tx.SaveTrail(ctx, m.TellNeutral(id, "mediation.papers", fmt.Sprintf("%s. You find it at GET /v1/mediations/%s.", did, m.ID), at))
}

// letterMediation is what a letter says about a mediation.
type letterMediation struct {
	AnswerBy, Neutral, PapersBy, TalkOn, ProposalBy string
	Proposed, Payable, Reasons, Why                 string
}

func (data *letter) mediation(f domain.CaseFacts, m domain.Mediation, l local) {
	for _, d := range f.Disputes {
		if d.ID != m.Dispute {
			continue
		}
		data.dispute(f, d, l)
		if n := len(m.Proposals); n > 0 {
			p := m.Proposals[n-1]
			data.Mediation.Reasons = withoutBankDetails(p.Reasons, "")
			if p.Credit.Positive() {
				data.Mediation.Proposed = p.Credit.Grouped()
			}
			if rest := d.Amount.Minus(p.Credit); rest.Positive() {
				data.Mediation.Payable = rest.Grouped()
			}
		}
	}
	data.Mediation.AnswerBy, data.Mediation.Neutral = m.AnswerBy.Long(), writable(m.MediatorName, "a neutral person")
	if t := m.Timetable; t != nil {
		data.Mediation.PapersBy, data.Mediation.TalkOn, data.Mediation.ProposalBy = t.PapersBy.Long(), t.TalkOn.Long(), t.ProposalBy.Long()
	}
}
