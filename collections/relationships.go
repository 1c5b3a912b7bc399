package collections

import (
	"context"

	"comity/domain"
)

// relating reads how relationships stand.
type relating interface {
	RelationshipReports(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, from, to domain.Date, page domain.Page) ([]domain.RelationshipReport, error)
}

// Relationships returns a page of the calling seller's or factor's pairs of seller and debtor: what was
// recovered of what fell due from one day to another, and beside it how the relationship stands (C-182).
func (s *Service) Relationships(ctx context.Context, by domain.Caller, from, to domain.Date, page domain.Page) ([]domain.RelationshipReport, error) {
	if by.Kind != domain.KindSeller && by.Kind != domain.KindFactor {
		return nil, domain.ErrForbidden.Because("this is for a seller or a factor")
	}
	if to.Before(from) {
		return nil, domain.ErrUnreadable.At("to", "out-of-order", "not before the first day")
	}
	var reports []domain.RelationshipReport
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		var err error
		reports, err = tx.RelationshipReports(ctx, by.Organization, by.Kind, from, to, page)
		return err
	})
	for i := range reports { // how a contact wants to be reached was noted by any factor, and is shown to factors only
		reports[i].Facts.ReachHidden = by.Kind != domain.KindFactor
	}
	return reports, err
}
