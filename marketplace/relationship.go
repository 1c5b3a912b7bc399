package marketplace

import (
	"context"
	"fmt"
	"strings"
	"time"

	"comity/domain"
)

// CreateRelationship adds a debtor as the seller knows it, and finds out who it
// is as soon as there is enough to go by. It refuses with domain.ErrConflict
// when the seller has another debtor under the same code, and with ErrInvalid for
// a region of another country or a contract that cannot say what is given.
func (s *Service) CreateRelationship(ctx context.Context, by domain.Caller, r domain.Relationship, once domain.Once[domain.Relationship]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	if err := regional(r); err != nil {
		return domain.Answer{}, err
	}
	if err := r.Assignment.Check(today(by.Now, time.UTC)); err != nil {
		return domain.Answer{}, err
	}
	r.ID, r.Seller, r.Version, r.CreatedAt = domain.New[domain.RelationshipID](), by.Organization, 1, by.Now
	fresh, audit := domain.New[domain.DebtorID](), domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeSeller), func(tx Tx) (domain.Answer, error) {
		r := r
		if err := identify(ctx, tx, &r, fresh); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveRelationship(ctx, r); err != nil {
			return domain.Answer{}, fmt.Errorf("save relationship: %w", err)
		}
		return once.Answer(r), tx.SaveTrail(ctx, relationshipTrail(audit, by, "relationship.created", r))
	})
}

// regional refuses a region that does not lie in the relationship's country.
func regional(r domain.Relationship) error {
	if r.Region != "" && !strings.HasPrefix(r.Region, r.Country+"-") {
		return domain.ErrInvalid.At("/region", "another-country", "the region begins with the code of the debtor's country")
	}
	return nil
}

// identify finds the platform's debtor behind a relationship, or says that it
// is not known. Only the id is learnt, and it is never shown.
func identify(ctx context.Context, tx Tx, r *domain.Relationship, fresh domain.DebtorID) error {
	r.Debtor = domain.DebtorID{}
	if r.TimeZone == "" && r.Country != "" {
		r.TimeZone = domain.ZoneOf(r.Country)
	}
	if !r.Identifiable() {
		return nil
	}
	var err error
	r.Debtor, err = tx.ResolveDebtor(ctx, fresh, *r)
	return err
}

func relationshipTrail(id domain.AuditID, by domain.Caller, action string, r domain.Relationship) domain.Trail {
	return domain.Trail{Audit: []domain.AuditRow{domain.Audited(id, by, action, "relationship", r.ID.UUID,
		r.Version, r.Debtor, r.Code, r.Name, r.LegalType, r.Country, r.TaxID, r.ContactName, r.Email, r.TimeZone, r.TermsDays, r.HeadsUp, r.Industry, r.Size,
		r.Approval, r.Copied, r.Region, r.Phone, r.Address, r.Assignment, r.Mode())}}
}

// Relationship returns one of the caller's debtors.
func (s *Service) Relationship(ctx context.Context, by domain.Caller, id domain.RelationshipID) (domain.Relationship, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Relationship{}, err
	}
	var r domain.Relationship
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		r, err = tx.Relationship(ctx, id, by.Organization)
		return err
	})
	return r, err
}

// Relationships lists the caller's debtors. An empty code and a nil identified
// do not filter.
func (s *Service) Relationships(ctx context.Context, by domain.Caller, code string, identified *bool, page domain.Page) ([]domain.Relationship, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var all []domain.Relationship
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		all, err = tx.Relationships(ctx, by.Organization, code, identified, page)
		return err
	})
	return all, err
}

// A RelationshipChange says which parts of a relationship become what; nil
// leaves a part as it is, and an empty text removes it.
type RelationshipChange struct {
	Code, Name, TaxID, ContactName, Email *string
	LegalType                             *domain.LegalType
	Country, TimeZone, Industry, Size     *string
	TermsDays                             *int
	HeadsUp, Copied                       *bool
	Approval                              *domain.ApprovalMode
	Region, Phone, Address                *string
	Assignment                            func(domain.Assignment) domain.Assignment // nil: it stays
	Disclosure                            *domain.Disclosure
}

// ChangeRelationship changes a debtor as the seller knows it. It refuses with
// domain.ErrVersionStale when version is not the present one, with ErrConflict
// for a code that is taken, with ErrInvalid for a region of another country, and
// with ErrWrongState when an invoice of this debtor is sold and the change is
// about who it is. What is said of assignment while an invoice is sold is told to its factor.
func (s *Service) ChangeRelationship(ctx context.Context, by domain.Caller, id domain.RelationshipID, version int, change RelationshipChange) (domain.Relationship, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Relationship{}, err
	}
	fresh, audit, event := domain.New[domain.DebtorID](), domain.New[domain.AuditID](), domain.New[domain.EventID]()
	var changed domain.Relationship
	_, err := s.atomically(ctx, by.Own(), func(tx Tx) (domain.Answer, error) {
		before, err := tx.LockRelationship(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		if before.Version != version {
			return domain.Answer{}, domain.ErrVersionStale
		}
		if changed = change.of(before); changed == before {
			return domain.Answer{}, nil
		}
		if err := regional(changed); err != nil {
			return domain.Answer{}, err
		}
		if err := changed.Assignment.Check(today(by.Now, time.UTC)); err != nil {
			return domain.Answer{}, err
		}
		changed.Version++
		if err := reidentify(ctx, tx, before, &changed, fresh); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.UpdateRelationship(ctx, changed); err != nil {
			return domain.Answer{}, fmt.Errorf("update relationship %s: %w", id, err)
		}
		trail := relationshipTrail(audit, by, "relationship.changed", changed)
		if changed.Assignment != before.Assignment {
			if err := tellServing(ctx, tx, by, changed, event, &trail); err != nil {
				return domain.Answer{}, err
			}
		}
		return domain.Answer{}, tx.SaveTrail(ctx, trail)
	})
	return changed, err
}

// of returns a relationship as it is after the change. A time zone that was the
// old country's own becomes the new country's, and a region of it is forgotten.
func (c RelationshipChange) of(r domain.Relationship) domain.Relationship {
	if c.Country != nil && *c.Country != r.Country {
		r.Region = ""
	}
	if c.Country != nil && r.TimeZone == domain.ZoneOf(r.Country) {
		r.TimeZone = ""
	}
	set(&r.Code, c.Code)
	set(&r.Name, c.Name)
	set(&r.LegalType, c.LegalType)
	set(&r.Country, c.Country)
	set(&r.TaxID, c.TaxID)
	set(&r.ContactName, c.ContactName)
	set(&r.Email, c.Email)
	set(&r.TimeZone, c.TimeZone)
	set(&r.TermsDays, c.TermsDays)
	set(&r.HeadsUp, c.HeadsUp)
	set(&r.Industry, c.Industry)
	set(&r.Size, c.Size)
	set(&r.Approval, c.Approval)
	set(&r.Copied, c.Copied)
	set(&r.Region, c.Region)
	set(&r.Phone, c.Phone)
	set(&r.Address, c.Address)
	if c.Assignment != nil {
		r.Assignment = c.Assignment(r.Assignment)
	}
	set(&r.Disclosure, c.Disclosure)
	if r.TimeZone == "" && r.Country != "" {
		r.TimeZone = domain.ZoneOf(r.Country)
	}
	return r
}

func set[T any](part *T, value *T) {
	if value != nil {
		*part = *value
	}
}

// reidentify finds the debtor anew when a change says that it is somebody else,
// which it may not say while an invoice of it is sold; nor may it say then whether the debtor is told.
func reidentify(ctx context.Context, tx Tx, before domain.Relationship, changed *domain.Relationship, fresh domain.DebtorID) error {
	if !sameDebtor(before, *changed) || (before.Identified() && !changed.Identifiable()) {
		open, err := tx.HasOpenDeals(ctx, before)
		if err != nil {
			return err
		}
		if open {
			return domain.ErrWrongState.Because("an invoice of this debtor is sold: name, legal type, country and tax number stay, and an address is needed").In("sold")
		}
		return identify(ctx, tx, changed, fresh)
	}
	if before.Mode() != changed.Mode() {
		open, err := tx.HasOpenDeals(ctx, before)
		if err != nil {
			return err
		}
		if open {
			return domain.ErrWrongState.Because("an invoice of this debtor is sold or on offer: whether it is told stays as it is").In("sold")
		}
	}
	if before.Identified() {
		return nil
	}
	return identify(ctx, tx, changed, fresh)
}

// sameDebtor reports whether two states of a relationship name the same company.
func sameDebtor(a, b domain.Relationship) bool {
	return a.Name == b.Name && a.LegalType == b.LegalType && a.Country == b.Country && a.TaxID == b.TaxID
}
