package marketplace

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"comity/domain"
	"comity/money"
)

// A Draft is an invoice as a seller hands it in.
type Draft struct {
	Invoice   domain.Invoice // Relationship, Source, TypeCode, Number, dates, Payable, texts, Warnings
	Supplier  Supplier
	Document  *domain.Document // the original bytes, for UBL and CII
	Discounts []Discount       // early-payment discounts of D-14
	Retained  money.Amount
	Withheld  money.Amount
	Unclear   bool // payment terms that nothing read (D-14)
}

// A Supplier is who the document says sells.
type Supplier struct{ VAT, TaxNumber, ID, Name string }

// A Discount is what the debtor may take off if it pays by a day.
type Discount struct {
	Percent money.Rate // as a fraction
	Base    money.Amount
	Until   domain.Date
}

// CreateInvoice stores an invoice that a seller hands in. The same bytes are
// the same invoice; the same supplier and number again is stored and held, as
// is one that another seller brought, one whose supplier is not the seller and
// one whose payment terms are unclear. It refuses with domain.ErrNotFound for a
// relationship that is not the seller's.
func (s *Service) CreateInvoice(ctx context.Context, by domain.Caller, draft Draft, once domain.Once[Created]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	inv := draft.Invoice
	inv.ID, inv.Seller, inv.Version, inv.CreatedAt, inv.Status = domain.New[domain.InvoiceID](), by.Organization, 1, by.Now, domain.InvoiceDraft
	if draft.Document != nil {
		inv.DocumentSHA256, inv.Document = draft.Document.SHA256, draft.Document.ID
	}
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		inv := inv
		prints := s.prints(inv, draft.Supplier)
		kin, err := tx.Kin(ctx, inv, prints)
		if err != nil {
			return domain.Answer{}, fmt.Errorf("look around invoice: %w", err)
		}
		if kin.SameBytes != nil {
			return once.Answer(Created{*kin.SameBytes, true}), nil
		}
		complete(&inv, draft, kin, today(by.Now, kin.Organization.Zone()))
		if err := tx.SaveInvoice(ctx, inv, draft.Document, prints); err != nil {
			return domain.Answer{}, fmt.Errorf("save invoice: %w", err)
		}
		said := fmt.Sprintf("Invoice %s over %s was handed in.", inv.Number, inv.Payable.Grouped())
		if inv.Status == domain.InvoiceHeld {
			said = fmt.Sprintf("Invoice %s over %s was handed in and is held for review.", inv.Number, inv.Payable.Grouped())
		}
		return once.Answer(Created{inv, false}), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "invoice.created", "invoice", inv.ID.UUID, inv.Number, inv.Payable, inv.Status)},
			Events: []domain.Event{{ID: event, World: by.World, Kind: "invoice.created", Seller: inv.Seller, Invoice: inv.ID, Said: said, At: by.Now}},
		})
	})
}

// Created is a stored invoice, and whether it was there before.
type Created struct {
	Invoice domain.Invoice
	Before  bool
}

// complete fills in what the document leaves open and decides what holds it.
func complete(inv *domain.Invoice, draft Draft, kin domain.Kin, today domain.Date) {
	if inv.Due.IsZero() {
		inv.Due, inv.DueFromTerms = inv.Issued.Plus(kin.Relationship.TermsDays), true
	}
	inv.Basis = basis(draft, today)
	if draft.Document != nil && !supplies(draft.Supplier, kin.Organization) {
		inv.Hold(domain.HoldSupplier)
	}
	if draft.Unclear {
		inv.Hold(domain.HoldTermsUnclear)
	}
	if !kin.SameNumber.IsZero() {
		inv.Hold(domain.HoldDuplicate)
		inv.DuplicateOf = kin.SameNumber
	}
	if kin.Elsewhere {
		inv.Hold(domain.HoldUnderReview)
	}
}

// basis is what the debtor is expected to pay (D-14): payable less the largest
// discount still open today, retention and withholding.
func basis(draft Draft, today domain.Date) money.Amount {
	expected := draft.Invoice.Payable
	best := money.Minor(0, expected.Currency())
	for _, discount := range draft.Discounts {
		if !discount.Until.Before(today) {
			best = money.Max(best, discount.Base.Times(discount.Percent))
		}
	}
	expected = expected.Minus(best)
	for _, off := range []money.Amount{draft.Retained, draft.Withheld} {
		if off.Positive() {
			expected = expected.Minus(off)
		}
	}
	return expected
}

// supplies reports whether the document's supplier is the organisation: one of
// its tax numbers, or its name when the document has no number at all.
func supplies(supplier Supplier, org domain.Organization) bool {
	named := false
	for _, number := range []string{supplier.VAT, supplier.TaxNumber, supplier.ID} {
		if number == "" {
			continue
		}
		named = true
		if slices.ContainsFunc(org.TaxIDs, func(own string) bool { return domain.TaxKey(own) == domain.TaxKey(number) }) {
			return true
		}
	}
	return !named && domain.NameKey(supplier.Name) == domain.NameKey(org.Name)
}

// prints are the keyed digests under which an invoice is found again: supplier
// and number, and the document's bytes.
func (s *Service) prints(inv domain.Invoice, supplier Supplier) [][]byte {
	id := supplier.VAT
	if id == "" {
		id = supplier.TaxNumber
	}
	if id == "" {
		id = inv.SupplierTaxID
	}
	var prints [][]byte
	if id != "" {
		prints = append(prints, s.fingerprint("number\n"+domain.TaxKey(id)+"\n"+domain.NumberKey(inv.Number)+"\n"+inv.Issued.String()))
	}
	if inv.DocumentSHA256 != nil {
		prints = append(prints, s.fingerprint("bytes\n"+string(inv.DocumentSHA256)))
	}
	return prints
}

// ReleaseInvoice lets a held invoice go on after a person of the platform
// looked at it. It refuses with domain.ErrWrongState.
func (s *Service) ReleaseInvoice(ctx context.Context, by domain.Caller, id domain.InvoiceID, reason string, once domain.Once[domain.Invoice]) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		inv, err := tx.LockInvoice(ctx, id, domain.OrganizationID{})
		if err != nil {
			return domain.Answer{}, err
		}
		by, err := among(ctx, tx, by, inv.Seller)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := inv.MoveTo(domain.InvoiceDraft); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.UpdateInvoice(ctx, inv); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(inv), tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "invoice.released", "invoice", inv.ID.UUID, reason)},
			Events: []domain.Event{{
				ID: event, World: by.World, Kind: "invoice.released", Seller: inv.Seller, Invoice: inv.ID,
				Said: fmt.Sprintf("Invoice %s was looked at and may go on.", inv.Number), At: by.Now,
			}},
		})
	})
}

// Withdraw takes an unsold invoice back; its open offers end.
func (s *Service) Withdraw(ctx context.Context, by domain.Caller, id domain.InvoiceID, once domain.Once[domain.Invoice]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		inv, err := tx.LockInvoice(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := inv.MoveTo(domain.InvoiceWithdrawn); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.UpdateInvoice(ctx, inv); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.EndOffers(ctx, inv, domain.OfferWithdrawn); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(inv), tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "invoice.withdrawn", "invoice", inv.ID.UUID)},
			Events: []domain.Event{{
				ID: event, World: by.World, Kind: "invoice.withdrawn", Seller: inv.Seller, Invoice: inv.ID,
				Said: fmt.Sprintf("Invoice %s was withdrawn.", inv.Number), At: by.Now,
			}},
		})
	})
}

// Invoice returns one of the caller's invoices.
func (s *Service) Invoice(ctx context.Context, by domain.Caller, id domain.InvoiceID) (domain.Invoice, error) {
	var inv domain.Invoice
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		inv, err = tx.Invoice(ctx, id, by.Organization)
		return err
	})
	return inv, err
}

// Invoices lists the caller's invoices; status "" means all.
func (s *Service) Invoices(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Invoice, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var list []domain.Invoice
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		list, err = tx.Invoices(ctx, by.Organization, status, page)
		return err
	})
	return list, err
}

// InvoiceDocument returns the original bytes of an invoice that came as a file.
func (s *Service) InvoiceDocument(ctx context.Context, by domain.Caller, id domain.InvoiceID) (domain.Document, error) {
	var doc domain.Document
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		inv, err := tx.Invoice(ctx, id, by.Organization)
		if err != nil {
			return err
		}
		if inv.Document.IsZero() {
			return domain.ErrNotFound.Because("this invoice came without a file")
		}
		doc, err = tx.Document(ctx, inv.Document, by.Organization)
		return err
	})
	return doc, err
}

// NewDocument returns an upload under a fresh id, with its SHA-256.
func NewDocument(mediaType, fileName string, data []byte) *domain.Document {
	sum := sha256.Sum256(data)
	return &domain.Document{ID: domain.New[domain.BlobID](), MediaType: mediaType, FileName: fileName, Bytes: data, SHA256: sum[:]}
}

// Events lists what happened to one of the caller's things, oldest first.
func (s *Service) Events(ctx context.Context, by domain.Caller, about domain.EventFilter, page domain.Page) ([]domain.Event, error) {
	var events []domain.Event
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		events, err = tx.Events(ctx, by.Organization, by.Kind, about, page)
		return err
	})
	return events, err
}
