package collections

import (
	"context"
	"slices"

	"comity/domain"
)

// Case returns a case of the caller's, as factor or as seller.
func (s *Service) Case(ctx context.Context, by domain.Caller, id domain.CaseID) (domain.Case, error) {
	var kase domain.Case
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		kase, err = tx.Case(ctx, id, by.Organization, by.Kind)
		return err
	})
	return shownCase(kase, by), err
}

// shownCase hides from a seller that a case waits for a stop: which one may be none of its
// business (D-8).
func shownCase(kase domain.Case, by domain.Caller) domain.Case {
	if by.Kind != domain.KindFactor && kase.WaitsFor == waitsForStop {
		kase.WaitsFor = codeWords[CodeConsiderate]
	}
	return kase
}

// Cases lists the caller's cases; status "" means all.
func (s *Service) Cases(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Case, error) {
	var list []domain.Case
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		list, err = tx.Cases(ctx, by.Organization, by.Kind, status, page)
		return err
	})
	for i := range list {
		list[i] = shownCase(list[i], by)
	}
	return list, err
}

// of reads a list that belongs to a case of the caller's.
func of[T any](ctx context.Context, s *Service, by domain.Caller, id domain.CaseID, list func(Tx) ([]T, error)) ([]T, error) {
	var found []T
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.Case(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		var err error
		found, err = list(tx)
		return err
	})
	return found, err
}

// Touches lists the messages of a case, oldest first. What a collector noted about a
// call is the factor's.
func (s *Service) Touches(ctx context.Context, by domain.Caller, id domain.CaseID, page domain.Page) ([]domain.Touch, error) {
	list, err := of(ctx, s, by, id, func(tx Tx) ([]domain.Touch, error) { return tx.Touches(ctx, id, page) })
	if by.Kind != domain.KindFactor {
		for i := range list {
			list[i].Note = ""
		}
	}
	return list, err
}

// GateDecisions lists what the send gate said, oldest first. A seller sees the
// outward codes only, and no facts where another tenant is behind one (D-7).
func (s *Service) GateDecisions(ctx context.Context, by domain.Caller, id domain.CaseID, page domain.Page) ([]domain.GateDecision, error) {
	list, err := of(ctx, s, by, id, func(tx Tx) ([]domain.GateDecision, error) { return tx.GateDecisions(ctx, id, page) })
	if by.Kind != domain.KindFactor {
		for i := range list {
			list[i] = shownToSeller(list[i])
		}
	}
	return list, err
}

// shownToSeller hides what a seller may not learn: counts of an address include
// what others wrote, so no facts with numbers leave.
func shownToSeller(g domain.GateDecision) domain.GateDecision {
	g.Codes, g.Facts = slices.Clone(g.Outward), refusalWords(g.Outward)
	return g
}

// Promises lists the promises of a case.
func (s *Service) Promises(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Promise, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Promise, error) { return tx.Promises(ctx, id) })
}

// Disputes lists the disputes of a case.
func (s *Service) Disputes(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Dispute, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Dispute, error) { return tx.Disputes(ctx, id) })
}

// Questions lists the questions of a case.
func (s *Service) Questions(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Question, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Question, error) { return tx.Questions(ctx, id) })
}

// Stops lists the stops of a case, lifted ones too. A seller does not see a
// sanctions hold, nor what a collector noted (D-8).
func (s *Service) Stops(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Stop, error) {
	list, err := of(ctx, s, by, id, func(tx Tx) ([]domain.Stop, error) { return tx.Stops(ctx, id) })
	if by.Kind != domain.KindFactor {
		list = slices.DeleteFunc(list, func(stop domain.Stop) bool { return stop.Code == domain.StopSanctions })
		for i := range list {
			list[i].Reason = ""
		}
	}
	return list, err
}
