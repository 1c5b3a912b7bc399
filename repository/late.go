package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

const (
	loadLate         = `SELECT late_facts($1)`
	insertLateWaiver = `
INSERT INTO late_waivers (deal_id, factor_id, seller_id, case_id, owner, law, currency, interest_minor, fixed_minor, waived_by, waived_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
)

type latePartRow struct {
	On     dateCol `json:"on"`
	Amount int64   `json:"amount"`
}

type lateDisputeRow struct {
	Raised   dateCol `json:"raised"`
	Resolved dateCol `json:"resolved"`
	Amount   int64   `json:"amount"`
	Credited int64   `json:"credited"`
}

type latePlanRow struct {
	From    dateCol `json:"from"`
	Through dateCol `json:"through"`
	Running bool    `json:"running"`
	Ended   bool    `json:"withdrawn"`
	Total   int64   `json:"total"`
}

type lateWaiverRow struct {
	Deal     uuid.UUID `json:"deal_id"`
	Owner    string    `json:"owner"`
	Law      string    `json:"law"`
	Currency string    `json:"currency"`
	Interest int64     `json:"interest_minor"`
	Fixed    int64     `json:"fixed_minor"`
	By       uuid.UUID `json:"waived_by"`
	At       timeCol   `json:"waived_at"`
}

func (r lateWaiverRow) waiver() domain.LateWaiver {
	return domain.LateWaiver{
		Deal: domain.DealID{UUID: r.Deal}, Owner: domain.LateOwner(r.Owner), Law: r.Law, Interest: amount(r.Interest, r.Currency), Fixed: amount(r.Fixed, r.Currency),
		By: domain.UserID{UUID: r.By}, At: r.At.Time,
	}
}

// LateFile returns what the interest on a deal of a party's depends on.
func (tx *Tx) LateFile(ctx context.Context, id domain.DealID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.LateFile, error) {
	deal, err := tx.Deal(ctx, id, org, kind)
	if err != nil {
		return domain.LateFile{}, err
	}
	var data []byte
	if err := tx.get(ctx, &data, loadLate, id.UUID); err != nil {
		return domain.LateFile{}, fmt.Errorf("load late payment of %s: %w", id, err)
	}
	var row struct {
		Zone      string           `json:"zone"`
		LegalType string           `json:"legal_type"`
		Payments  []latePartRow    `json:"payments"`
		Returned  []latePartRow    `json:"returned"`
		Forgiven  []latePartRow    `json:"forgiven"`
		Disputes  []lateDisputeRow `json:"disputes"`
		Plans     []latePlanRow    `json:"plans"`
		Waiver    lateWaiverRow    `json:"waiver"`
	}
	if err := loaded(data, &row); err != nil {
		return domain.LateFile{}, err
	}
	in := string(deal.Basis.Currency())
	part := func(r latePartRow) domain.LatePart {
		return domain.LatePart{On: r.On.Date, Amount: amount(r.Amount, in)}
	}
	file := domain.LateFile{
		Deal: deal, Zone: domain.Organization{TimeZone: row.Zone}.Zone(), Debtor: domain.LegalType(row.LegalType), Waiver: row.Waiver.waiver(),
		Facts: domain.LateFacts{
			Payments: mapped(row.Payments, part), Gone: append(mapped(row.Returned, part), mapped(row.Forgiven, part)...),
			Plans: mapped(row.Plans, func(r latePlanRow) domain.LatePlan {
				return domain.LatePlan{From: r.From.Date, Through: r.Through.Date, Running: r.Running, Withdrawn: r.Ended, Total: amount(r.Total, in)}
			}),
			Disputes: mapped(row.Disputes, func(r lateDisputeRow) domain.LateDispute {
				return domain.LateDispute{Raised: r.Raised.Date, Resolved: r.Resolved.Date, Amount: amount(r.Amount, in), Credited: amount(r.Credited, in)}
			}),
		},
	}
	return file, nil
}

// SaveLateWaiver records that an owner does not ask for what the law adds.
func (tx *Tx) SaveLateWaiver(ctx context.Context, w domain.LateWaiver, of domain.Deal) error {
	return tx.exec(ctx, insertLateWaiver, of.ID.UUID, of.Factor.UUID, of.Seller.UUID, of.Case.UUID, string(w.Owner), w.Law, string(w.Interest.Currency()),
		w.Interest.Units(), w.Fixed.Units(), w.By.UUID, instant(w.At))
}
