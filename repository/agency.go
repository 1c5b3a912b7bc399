package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type agencyRow struct {
	ID              uuid.UUID `json:"id"`
	World           uuid.UUID `json:"world_id"`
	Version         int       `json:"version"`
	Name            string    `json:"name"`
	Countries       []string  `json:"countries"`
	Authority       string    `json:"licence_authority"`
	Number          string    `json:"licence_number"`
	LicenceUntil    dateCol   `json:"licence_valid_until"`
	CodeName        string    `json:"code_name"`
	SignedOn        dateCol   `json:"code_signed_on"`
	CodeUntil       dateCol   `json:"code_valid_until"`
	Email           string    `json:"email"`
	MadeAt          timeCol   `json:"made_at"`
	SuspendedAt     timeCol   `json:"suspended_at"`
	SuspendedReason string    `json:"suspended_reason"`
	Complaints      int       `json:"complaints"`
	HandOvers       int       `json:"hand_overs"`
	Today           dateCol   `json:"today"`
}

func (r agencyRow) agency() domain.Agency {
	return domain.Agency{
		ID: domain.AgencyID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Version: r.Version, Name: r.Name, Countries: r.Countries,
		Licence: domain.Licence{Authority: r.Authority, Number: r.Number, ValidUntil: r.LicenceUntil.Date},
		Code:    domain.CodeOfConduct{Name: r.CodeName, SignedOn: r.SignedOn.Date, ValidUntil: r.CodeUntil.Date},
		Email:   r.Email, MadeAt: r.MadeAt.Time, SuspendedAt: r.SuspendedAt.Time, SuspendedReason: r.SuspendedReason,
		Complaints: r.Complaints, HandOvers: r.HandOvers, Today: r.Today.Date,
	}
}

const (
	insertAgency = `
INSERT INTO agencies (id, world_id, name, countries, licence_authority, licence_number, licence_valid_until, code_name, code_signed_on, code_valid_until, email, made_by, made_at)
SELECT $1, w.id, $3, $4::text[], $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM worlds w WHERE w.id = $2`
	updateAgency = `
UPDATE agencies SET version = version + 1, name = $3, countries = $4::text[], licence_authority = $5, licence_number = $6, licence_valid_until = $7, code_name = $8,
  code_signed_on = $9, code_valid_until = $10, email = $11, suspended_at = $12, suspended_reason = $13 WHERE id = $1 AND version = $2`
	readAgency = `
SELECT agency_file(a, $3) AS file FROM agencies a WHERE a.id = $1 AND ($2::uuid IS NULL OR a.world_id = $2)`
	lockAgency = `
SELECT id FROM agencies WHERE id = $1 FOR UPDATE`
	listAgencies = `
SELECT agency_file(a, $4) AS file FROM agencies a WHERE ($1::uuid IS NULL OR a.world_id = $1) AND a.id > $2 ORDER BY a.id LIMIT $3`
	insertAgencyComplaint = `
INSERT INTO agency_complaints (id, agency_id, escalation_id, factor_id, side, said, made_by, at)
SELECT $1, e.agency_id, e.id, e.factor_id, $3, $4, $5, coalesce(w.clock_at, $6)
  FROM escalations e JOIN agencies a ON a.id = e.agency_id JOIN worlds w ON w.id = a.world_id WHERE e.id = $2`
	clearAgencyComplaints = `
UPDATE agency_complaints SET cleared_at = $2 WHERE agency_id = $1 AND cleared_at IS NULL`
)

// SaveAgency adds an agency to the register of a world. A world that there is not is ErrInvalid.
func (tx *Tx) SaveAgency(ctx context.Context, a domain.Agency, by domain.UserID) error {
	n, err := tx.count(ctx, insertAgency, a.ID.UUID, a.World.UUID, a.Name, pq.Array(a.Countries), a.Licence.Authority, a.Licence.Number, day(a.Licence.ValidUntil),
		a.Code.Name, day(a.Code.SignedOn), day(a.Code.ValidUntil), a.Email, by.UUID, instant(a.MadeAt))
	if err == nil && n == 0 {
		err = domain.ErrInvalid.At("/world", "unknown-world", "there is no such world")
	}
	return err
}

// UpdateAgency saves what is on file of an agency. One that was changed since is ErrVersionStale.
func (tx *Tx) UpdateAgency(ctx context.Context, a domain.Agency) error {
	n, err := tx.count(ctx, updateAgency, a.ID.UUID, a.Version, a.Name, pq.Array(a.Countries), a.Licence.Authority, a.Licence.Number, day(a.Licence.ValidUntil),
		a.Code.Name, day(a.Code.SignedOn), day(a.Code.ValidUntil), a.Email, instant(a.SuspendedAt), a.SuspendedReason)
	if err == nil && n == 0 {
		err = domain.ErrVersionStale
	}
	return err
}

// Agency returns an agency of a world; the zero world, which is the platform's, has all.
func (tx *Tx) Agency(ctx context.Context, id domain.AgencyID, world domain.WorldID) (domain.Agency, error) {
	var row jsonCol[agencyRow]
	if err := tx.get(ctx, &row, readAgency, id.UUID, orNull(world.UUID), instant(tx.entry.By.Now)); err != nil {
		return domain.Agency{}, fmt.Errorf("read agency %s: %w", id, err)
	}
	return row.Value.agency(), nil
}

// LockAgency locks an agency and returns it as it is then.
func (tx *Tx) LockAgency(ctx context.Context, id domain.AgencyID) (domain.Agency, error) {
	var locked uuid.UUID
	if err := tx.get(ctx, &locked, lockAgency, id.UUID); err != nil {
		return domain.Agency{}, fmt.Errorf("lock agency %s: %w", id, err)
	}
	return tx.Agency(ctx, id, domain.WorldID{})
}

// Agencies returns a page of the register of a world; the zero world, which is the platform's, has all.
func (tx *Tx) Agencies(ctx context.Context, world domain.WorldID, page domain.Page) ([]domain.Agency, error) {
	var rows []jsonCol[agencyRow]
	if err := tx.list(ctx, &rows, listAgencies, orNull(world.UUID), page.After, page.Limit, instant(tx.entry.By.Now)); err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	return mapped(rows, func(r jsonCol[agencyRow]) domain.Agency { return r.Value.agency() }), nil
}

// SaveAgencyComplaint adds what somebody said against how an agency treated the debtor of an escalation,
// at the time of its world.
func (tx *Tx) SaveAgencyComplaint(ctx context.Context, c domain.AgencyComplaint) error {
	return tx.exec(ctx, insertAgencyComplaint, c.ID.UUID, c.Escalation.UUID, c.Side, c.Said, orNull(c.By.UUID), instant(c.At))
}

// ClearAgencyComplaints lets what was said against an agency count no more.
func (tx *Tx) ClearAgencyComplaints(ctx context.Context, id domain.AgencyID, at time.Time) error {
	return tx.exec(ctx, clearAgencyComplaints, id.UUID, instant(at))
}
