package marketplace

import (
	"context"
	"fmt"

	"comity/domain"
)

// Standing returns what the caller thinks of a seller; the zero opinion when it never
// said. It refuses with domain.ErrNotFound for a seller of whom no invoice was priced in
// a currency that the caller buys in.
func (s *Service) Standing(ctx context.Context, by domain.Caller, seller domain.OrganizationID) (domain.Standing, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Standing{}, err
	}
	var found domain.Standing
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		var err error
		found, err = tx.Standing(ctx, by.Organization, seller)
		return err
	})
	return found, err
}

// SetStanding says what the caller thinks of a seller, in place of the given version.
// It counts for offers from then on. It refuses with domain.ErrVersionStale.
func (s *Service) SetStanding(ctx context.Context, by domain.Caller, opinion domain.Standing, version int) (domain.Standing, error) {
	if err := by.Must(domain.KindFactor, domain.RoleOwner, domain.RoleAnalyst); err != nil {
		return domain.Standing{}, err
	}
	opinion.Factor, opinion.Version, opinion.SetAt = by.Organization, version+1, by.Now
	audit := domain.New[domain.AuditID]()
	_, err := s.atomically(ctx, by.In(domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		before, err := tx.Standing(ctx, by.Organization, opinion.Seller)
		if err != nil {
			return domain.Answer{}, err
		}
		if before.Version != version {
			return domain.Answer{}, domain.ErrVersionStale
		}
		if err := tx.SetStanding(ctx, opinion, by.User); err != nil {
			return domain.Answer{}, fmt.Errorf("set standing of %s: %w", opinion.Seller, err)
		}
		return domain.Answer{}, tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(audit, by, "standing.set", "seller", opinion.Seller.UUID, opinion.Version, opinion.Grade, opinion.AdvanceCap, opinion.Reason),
		}})
	})
	return opinion, err
}

// VerifyInvoice records how far an invoice is proven: by its seller up to
// domain.VerificationBySeller, by the platform up to any level. It counts for prices
// that are asked for from then on. It refuses with domain.ErrInvalid.
func (s *Service) VerifyInvoice(ctx context.Context, by domain.Caller, v domain.Verification, once domain.Once[domain.Verification]) (domain.Answer, error) {
	if by.Kind != domain.KindSeller && by.Kind != domain.KindPlatform {
		return domain.Answer{}, domain.ErrForbidden.Because("this is for the invoice's seller and for the platform")
	}
	v.ID, v.By, v.User = domain.New[domain.VerificationID](), by.Organization, by.User
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		v, by := v, by
		inv, err := invoiceFor(ctx, tx, by, v.Invoice)
		if err != nil {
			return domain.Answer{}, err
		}
		if by, err = among(ctx, tx, by, inv.Seller); err != nil {
			return domain.Answer{}, err
		}
		seller, err := tx.Organization(ctx, inv.Seller)
		if err != nil {
			return domain.Answer{}, err
		}
		v.Seller, v.At = inv.Seller, by.Now
		now := today(by.Now, seller.Zone())
		if v.Expires.IsZero() {
			v.Expires = now.Plus(domain.VerificationDays)
		}
		if err := v.Check(by.Kind, now); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveVerification(ctx, v); err != nil {
			return domain.Answer{}, fmt.Errorf("save verification of %s: %w", inv.ID, err)
		}
		return once.Answer(v), tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "invoice.verified", "invoice", inv.ID.UUID, v.Level, v.Method, v.Asked, v.Answer, v.Expires)},
			Events: []domain.Event{{
				ID: event, World: by.World, Kind: "invoice.verified", Seller: inv.Seller, Invoice: inv.ID, At: by.Now,
				Said: verifiedWords(inv, v),
			}},
		})
	})
}

func verifiedWords(inv domain.Invoice, v domain.Verification) string {
	if v.Level == 0 {
		return fmt.Sprintf("Invoice %s: what was recorded of its verification does not count any more.", inv.Number)
	}
	return fmt.Sprintf("Invoice %s: verification level %d until %s.", inv.Number, v.Level, v.Expires.Short())
}

// invoiceFor returns a seller's own invoice; the platform reads any.
func invoiceFor(ctx context.Context, tx Tx, by domain.Caller, id domain.InvoiceID) (domain.Invoice, error) {
	if by.Kind == domain.KindPlatform {
		return tx.LockInvoice(ctx, id, domain.OrganizationID{})
	}
	return tx.Invoice(ctx, id, by.Organization)
}

// Verifications lists what was recorded of how far an invoice of the caller's is
// proven, oldest first; the platform reads any, and all of it.
func (s *Service) Verifications(ctx context.Context, by domain.Caller, invoice domain.InvoiceID, page domain.Page) ([]domain.Verification, error) {
	entry, err := sees(by)
	if err != nil {
		return nil, err
	}
	var found []domain.Verification
	err = s.read(ctx, entry, func(tx Tx) error {
		if _, err := invoiceFor(ctx, tx, by, invoice); err != nil {
			return err
		}
		var err error
		found, err = tx.Verifications(ctx, invoice, page)
		return err
	})
	for i := range found {
		if by.Kind == domain.KindSeller {
			found[i] = found[i].ForSeller()
		}
	}
	return found, err
}

// RecordDilution records what a debtor took off the caller's sales, by month of sale.
// It takes the place of the record before, of the same currency. It refuses with
// domain.ErrInvalid, naming the month.
func (s *Service) RecordDilution(ctx context.Context, by domain.Caller, r domain.DilutionRecord, once domain.Once[domain.DilutionRecord]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	r.ID, r.Seller, r.User, r.At = domain.New[domain.DilutionRecordID](), by.Organization, by.User, by.Now
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeSeller), func(tx Tx) (domain.Answer, error) {
		if _, err := tx.Relationship(ctx, r.Relationship, by.Organization); err != nil {
			return domain.Answer{}, err
		}
		seller, err := tx.Organization(ctx, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := r.Check(today(by.Now, seller.Zone())); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveDilution(ctx, r); err != nil {
			return domain.Answer{}, fmt.Errorf("save dilution of %s: %w", r.Relationship, err)
		}
		return once.Answer(r), tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(audit, by, "dilution.recorded", "relationship", r.Relationship.UUID, r.Currency, r.LagDays, fmt.Sprint(r.Months)),
		}})
	})
}

// DilutionRecords lists what the caller recorded of a debtor, oldest first: of each
// currency the last one counts.
func (s *Service) DilutionRecords(ctx context.Context, by domain.Caller, relationship domain.RelationshipID, page domain.Page) ([]domain.DilutionRecord, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var found []domain.DilutionRecord
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.Relationship(ctx, relationship, by.Organization); err != nil {
			return err
		}
		var err error
		found, err = tx.DilutionRecords(ctx, relationship, by.Organization, page)
		return err
	})
	return found, err
}
