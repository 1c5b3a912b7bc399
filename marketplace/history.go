package marketplace

import (
	"context"
	"fmt"
	"slices"

	"comity/domain"
	"comity/money"
)

// History lists the invoices of one of the caller's relationships that Comity
// knows: those of imports and those handed in here.
func (s *Service) History(ctx context.Context, by domain.Caller, of domain.RelationshipID, page domain.Page) ([]domain.HistoryRow, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var rows []domain.HistoryRow
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.Relationship(ctx, of, by.Organization); err != nil {
			return err
		}
		var err error
		rows, err = tx.History(ctx, of, by.Organization, page)
		return err
	})
	return rows, err
}

// HistoryRow returns one of the invoices of one of the caller's relationships.
func (s *Service) HistoryRow(ctx context.Context, by domain.Caller, of domain.RelationshipID, id domain.InvoiceID) (domain.HistoryRow, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.HistoryRow{}, err
	}
	var row domain.HistoryRow
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		row, err = tx.HistoryRow(ctx, of, by.Organization, id)
		return err
	})
	return row, err
}

// Profile says how the debtor of one of the caller's relationships pays, from the
// caller's own rows and nobody else's (D-7).
func (s *Service) Profile(ctx context.Context, by domain.Caller, of domain.RelationshipID) (domain.Profile, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Profile{}, err
	}
	var counts domain.ProfileCounts
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		counts, err = tx.Profile(ctx, of, by.Organization, by.Now)
		return err
	})
	return domain.ProfileOf(counts), err
}

// A RowName says which version of which row of a relationship's history is meant.
type RowName struct {
	Relationship domain.RelationshipID
	Row          domain.InvoiceID
	Version      int
}

// A HistoryPatch is a change whose amount is still a text: it is in the currency of
// the row, which nobody knows yet.
type HistoryPatch struct {
	domain.HistoryChange
	AmountText *string
}

// in returns the change of a row in a currency.
func (p HistoryPatch) in(currency money.Currency) (domain.HistoryChange, error) {
	change := p.HistoryChange
	if p.AmountText == nil {
		return change, nil
	}
	read, fault := domain.HistoryChangeOf(domain.HistoryAmount, *p.AmountText, change.Reason, currency)
	if fault != nil {
		return change, domain.ErrInvalid.At("/"+domain.HistoryAmount, fault.Code, fault.Detail)
	}
	change.Amount = read.Amount
	return change, nil
}

// CorrectHistory corrects one row that the caller imported; what it said before is
// kept. It refuses with domain.ErrVersionStale when the version is not the present
// one, with ErrNotImported for a row that Comity recorded itself, and with
// ErrInvalid for a row that breaks a rule of an import.
func (s *Service) CorrectHistory(ctx context.Context, by domain.Caller, name RowName, patch HistoryPatch) (domain.HistoryRow, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.HistoryRow{}, err
	}
	correction := domain.Correction{ID: domain.New[domain.CorrectionID](), Reason: patch.Reason, By: by.User, At: by.Now}
	audit := domain.New[domain.AuditID]()
	var corrected domain.HistoryRow
	_, err := s.atomically(ctx, by.Own(), func(tx Tx) (domain.Answer, error) {
		c := correction
		day, err := dayOf(ctx, tx, by)
		if err != nil {
			return domain.Answer{}, err
		}
		rows, err := imported(ctx, tx, name.Relationship, by.Organization, []domain.InvoiceID{name.Row})
		if err != nil {
			return domain.Answer{}, err
		}
		if c.Before = rows[name.Row]; c.Before.Version != name.Version {
			return domain.Answer{}, domain.ErrVersionStale
		}
		change, err := patch.in(c.Before.Amount.Currency())
		if err != nil {
			return domain.Answer{}, err
		}
		c.After = change.Of(c.Before)
		corrected = c.After
		if faults := c.After.Faults(c.Before, day); len(faults) > 0 {
			return domain.Answer{}, invalid(faults, func(f domain.Field) string { return "/" + f.Pointer })
		}
		if c.After.Same(c.Before) {
			return domain.Answer{}, nil
		}
		corrected.Version, corrected.CorrectedAt, corrected.Counted = c.Before.Version+1, by.Now, !corrected.Excluded
		if err := tx.SaveCorrections(ctx, by.Organization, []domain.Correction{c}); err != nil {
			return domain.Answer{}, err
		}
		return domain.Answer{}, tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{correctionAudit(audit, by, c)}})
	})
	return corrected, err
}

// dayOf is the day it is for the caller.
func dayOf(ctx context.Context, tx Tx, by domain.Caller) (domain.Date, error) {
	org, err := tx.Organization(ctx, by.Organization)
	return today(by.Now, org.Zone()), err
}

// imported locks rows of a seller's imported history. It refuses with
// domain.ErrNotFound for one that is not there, and with ErrNotImported for one
// that Comity recorded itself.
func imported(ctx context.Context, tx Tx, of domain.RelationshipID, seller domain.OrganizationID, ids []domain.InvoiceID) (map[domain.InvoiceID]domain.HistoryRow, error) {
	locked, err := tx.LockHistory(ctx, of, seller, ids)
	if err != nil {
		return nil, err
	}
	rows := make(map[domain.InvoiceID]domain.HistoryRow, len(ids))
	for _, row := range locked {
		rows[row.ID] = row
	}
	asked := make([]domain.HistoryRow, len(ids)) // a row that is not there may be native
	for i, id := range ids {
		asked[i] = rows[id]
		asked[i].ID = id
	}
	native, err := tx.Native(ctx, of, seller, asked)
	if err != nil {
		return nil, err
	}
	for _, row := range asked {
		switch _, found := rows[row.ID]; {
		case native[row.ID] && found:
			return nil, domain.ErrNotImported.Because("invoice %s was sold here: Comity recorded what became of it", row.Reference)
		case native[row.ID]:
			return nil, domain.ErrNotImported.Because("this invoice was handed in here")
		case !found:
			return nil, domain.ErrNotFound
		}
	}
	return rows, nil
}

// invalid refuses with every rule that was broken.
func invalid(faults []domain.Field, pointer func(domain.Field) string) error {
	refusal := domain.ErrInvalid
	for _, fault := range faults {
		refusal = refusal.At(pointer(fault), fault.Code, fault.Detail)
	}
	return refusal
}

func correctionAudit(id domain.AuditID, by domain.Caller, c domain.Correction) domain.AuditRow {
	return domain.Audited(id, by, "history.corrected", "history", c.Before.ID.UUID, c.Before.Said(), c.After.Said(), c.Reason, c.Objection)
}

// corrections are the changes that facts make to rows, row by row in the order of
// the rows' ids. A fact that the row refuses is a fault.
func corrections(rows map[domain.InvoiceID]domain.HistoryRow, facts []domain.Fact, reason string, day domain.Date) ([]domain.Correction, error) {
	after := make(map[domain.InvoiceID]domain.HistoryRow, len(rows))
	last := map[domain.InvoiceID]int{} // the number of the last fact about a row
	for _, fact := range facts {
		row, found := after[fact.Row]
		if !found {
			row = rows[fact.Row]
		}
		change, fault := domain.HistoryChangeOf(fact.Field, fact.Value, reason, row.Amount.Currency())
		if fault != nil {
			return nil, invalid([]domain.Field{*fault}, func(f domain.Field) string { return fmt.Sprintf("/facts/%d/%s", fact.N-1, f.Pointer) })
		}
		after[fact.Row] = change.Of(row)
		last[fact.Row] = fact.N
	}
	var all []domain.Correction
	for id, row := range after {
		if faults := row.Faults(rows[id], day); len(faults) > 0 { // facts about one row go together
			return nil, invalid(faults, func(domain.Field) string { return fmt.Sprintf("/facts/%d/value", last[id]-1) })
		}
		if !row.Same(rows[id]) {
			all = append(all, domain.Correction{Before: rows[id], After: row, Reason: reason})
		}
	}
	slices.SortFunc(all, func(a, b domain.Correction) int { return slices.Compare(a.Before.ID.UUID[:], b.Before.ID.UUID[:]) })
	return all, nil
}
