package collections

import (
	"context"
	"errors"
	"fmt"

	"comity/domain"
)

// appreciating is what a seller lets go with a recognition.
type appreciating interface {
	Appreciation(context.Context, domain.OrganizationID) (domain.Appreciation, error)
	SaveAppreciation(context.Context, domain.Appreciation) error
	SaveRecognition(context.Context, domain.Recognition) error
	Vouchers(context.Context, domain.OrganizationID, domain.Page) ([]domain.Voucher, error)
	LockVoucher(context.Context, domain.VoucherID, domain.OrganizationID) (domain.Voucher, error)
	RedeemVoucher(context.Context, domain.Voucher) error
	AppreciationEffects(ctx context.Context, seller domain.OrganizationID, today domain.Date) ([]domain.AppreciationEffect, error)
}

// appreciated returns what goes with a recognition of a step: nil where its seller gives no vouchers, or
// the debtor has a protection profile under which nothing may be praised to it (D-27); else as the draw
// says, a voucher or the note alone.
func appreciated(f *domain.CaseFacts, l local, step string) *domain.Recognition {
	a := f.Appreciation
	if a.Voucher == nil || a.Share == 0 || !Promotional(ProfileOf(f.Relationship, f.Owed)) {
		return nil
	}
	r := &domain.Recognition{Seller: f.Case.Seller, Relationship: f.Case.Relationship, At: f.Now}
	if a.Draws(f.Case.Relationship) {
		r.Voucher = &domain.Voucher{
			Seller: r.Seller, Relationship: r.Relationship, Terms: *a.Voucher, Code: domain.VoucherCode(f.Case.ID, step), ValidUntil: l.today.Plus(a.Voucher.ValidDays), MadeAt: f.Now,
		}
	}
	return r
}

// letterVoucher is what a letter says of a voucher.
type letterVoucher struct{ Worth, Until, Code, Note string }

// voucher fills in the voucher that goes with a recognition.
func (data *letter) voucher(act Act) {
	if act.Recognition == nil || act.Recognition.Voucher == nil {
		return
	}
	v := act.Recognition.Voucher
	data.Voucher = letterVoucher{Worth: fmt.Sprintf("%d %%", v.Terms.Percent), Until: v.ValidUntil.Short(), Code: v.Code}
	if v.Terms.Percent == 0 {
		data.Voucher.Worth = v.Terms.Amount.Grouped()
	}
	if len(lintNote(v.Terms.Note)) == 0 {
		data.Voucher.Note = data.said(data.quoted(oneLine(v.Terms.Note), ""))
	}
}

// lintNote returns what keeps a seller's sentence about its voucher out of a thank-you: all that keeps a
// sentence out of letters, but that it may speak of an offer.
func lintNote(text string) []string {
	if wrong := shaped(text); wrong != [2]string{} {
		return wrong[:]
	}
	if findings := LintPhrase(ToneInformative, text); text != "" && len(findings) > 0 {
		return []string{"not-said", findings[0]}
	}
	return nil
}

// Appreciation returns how the calling seller shows that it notices who pays on time; the zero
// Appreciation, which is a note, when it never said so.
func (s *Service) Appreciation(ctx context.Context, by domain.Caller) (domain.Appreciation, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Appreciation{}, err
	}
	a := domain.Appreciation{Seller: by.Organization}
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		found, err := tx.Appreciation(ctx, by.Organization)
		if errors.Is(err, domain.ErrNotFound) {
			return nil
		}
		a = found
		return err
	})
	return a, err
}

// SetAppreciation keeps how the calling seller shows that it notices who pays on time (C-175): what it
// gives from now on, and to which share. What was given stays as it is. It refuses with
// domain.ErrInvalid terms out of bounds, and a note that our letters do not say.
func (s *Service) SetAppreciation(ctx context.Context, by domain.Caller, a domain.Appreciation) (domain.Appreciation, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Appreciation{}, err
	}
	if a.Voucher != nil {
		if err := a.Voucher.Check(); err != nil {
			return domain.Appreciation{}, err
		}
		if wrong := lintNote(a.Voucher.Note); len(wrong) > 0 {
			return domain.Appreciation{}, domain.ErrInvalid.At("/voucher/note", wrong[0], wrong[1])
		}
	}
	a.Seller, a.UpdatedBy, a.UpdatedAt = by.Organization, by.User, by.Now
	audit := domain.New[domain.AuditID]()
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if err := tx.SaveAppreciation(ctx, a); err != nil {
			return fmt.Errorf("save appreciation: %w", err)
		}
		said := []any{a.Share.String()}
		if t := a.Voucher; t != nil {
			said = append(said, t.Percent, t.Amount.Units(), string(t.Amount.Currency()), t.ValidDays, t.Note)
		}
		return tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{domain.Audited(audit, by, "appreciation.changed", "organization", by.Organization.UUID, said...)}})
	})
	return a, err
}

// Vouchers returns a page of the vouchers that went out with letters about the calling seller's invoices.
func (s *Service) Vouchers(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Voucher, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var found []domain.Voucher
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		found, err = tx.Vouchers(ctx, by.Organization, page)
		return err
	})
	return found, err
}

// RedeemVoucher notes, once, that a voucher of the calling seller's was used, and for what: a reference of
// its own. One whose last day is over can be redeemed too: it is the seller's to honour. It refuses with
// domain.ErrNotFound, or ErrWrongState when it was redeemed before.
func (s *Service) RedeemVoucher(ctx context.Context, by domain.Caller, id domain.VoucherID, reference string, once domain.Once[domain.Voucher]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeSeller), func(tx Tx) (domain.Answer, error) {
		v, err := tx.LockVoucher(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		if !v.RedeemedAt.IsZero() {
			return domain.Answer{}, domain.ErrWrongState.Because("it was redeemed on %s", domain.DateOf(v.RedeemedAt.UTC())).In(domain.VoucherRedeemed)
		}
		v.RedeemedAt, v.RedeemedBy, v.Reference = by.Now, by.User, reference
		if err := tx.RedeemVoucher(ctx, v); err != nil {
			return domain.Answer{}, fmt.Errorf("redeem voucher: %w", err)
		}
		trail := domain.Trail{Audit: []domain.AuditRow{domain.Audited(audit, by, "voucher.redeemed", "voucher", v.ID.UUID, v.Code, reference)}}
		return once.Answer(v), tx.SaveTrail(ctx, trail)
	})
}

// AppreciationEffects returns how a note alone and a note with a voucher went for the calling seller, in
// this order (C-179).
func (s *Service) AppreciationEffects(ctx context.Context, by domain.Caller) ([2]domain.AppreciationEffect, error) {
	effects := [2]domain.AppreciationEffect{{}, {Voucher: true}}
	if err := by.Must(domain.KindSeller); err != nil {
		return effects, err
	}
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		found, err := tx.AppreciationEffects(ctx, by.Organization, domain.DateOf(by.Now.UTC()))
		for _, e := range found {
			if e.Voucher {
				effects[1] = e
			} else {
				effects[0] = e
			}
		}
		return err
	})
	return effects, err
}
