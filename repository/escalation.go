package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

type escalationRow struct {
	ID          uuid.UUID     `json:"id"`
	Case        uuid.UUID     `json:"case_id"`
	Factor      uuid.UUID     `json:"factor_id"`
	Seller      uuid.UUID     `json:"seller_id"`
	Agency      uuid.UUID     `json:"agency_id"`
	AgencyName  string        `json:"agency_name"`
	Status      string        `json:"status"`
	Reason      string        `json:"reason"`
	Deals       []uuid.UUID   `json:"deals"`
	ProposedBy  uuid.UUID     `json:"proposed_by"`
	ProposedAt  timeCol       `json:"proposed_at"`
	ApprovedBy  uuid.NullUUID `json:"approved_by"`
	AnnouncedAt timeCol       `json:"announced_at"`
	NoticedAt   timeCol       `json:"noticed_at"`
	HandingBy   uuid.NullUUID `json:"handing_by"`
	HandingAt   timeCol       `json:"handing_at"`
	HandedBy    uuid.NullUUID `json:"handed_by"`
	HandedOn    dateCol       `json:"handed_on"`
	HandedAt    timeCol       `json:"handed_at"`
	AdjustedAt  timeCol       `json:"adjusted_at"`
	FileSHA256  bytesCol      `json:"file_sha256"`
	EndedBy     uuid.NullUUID `json:"ended_by"`
	EndedAt     timeCol       `json:"ended_at"`
	Cause       string        `json:"cause"`
	Note        string        `json:"note"`
}

func (r escalationRow) escalation() domain.Escalation {
	return domain.Escalation{
		ID: domain.EscalationID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Agency: domain.AgencyID{UUID: r.Agency}, AgencyName: r.AgencyName, Status: domain.EscalationStatus(r.Status), Reason: r.Reason,
		Deals:      mapped(r.Deals, func(id uuid.UUID) domain.DealID { return domain.DealID{UUID: id} }),
		ProposedBy: domain.UserID{UUID: r.ProposedBy}, ProposedAt: r.ProposedAt.Time, ApprovedBy: idOf[domain.UserID](r.ApprovedBy), AnnouncedAt: r.AnnouncedAt.Time,
		NoticedAt: r.NoticedAt.Time, HandingBy: idOf[domain.UserID](r.HandingBy), HandingAt: r.HandingAt.Time, HandedBy: idOf[domain.UserID](r.HandedBy),
		HandedOn: r.HandedOn.Date, HandedAt: r.HandedAt.Time, AdjustedAt: r.AdjustedAt.Time, FileSHA256: r.FileSHA256, EndedBy: idOf[domain.UserID](r.EndedBy),
		EndedAt: r.EndedAt.Time, Cause: domain.EscalationCause(r.Cause), Note: r.Note,
	}
}

type consultRow struct {
	ID      uuid.UUID `json:"id"`
	Case    uuid.UUID `json:"case_id"`
	Who     string    `json:"who"`
	On      dateCol   `json:"held_on"`
	Outcome string    `json:"outcome"`
	By      uuid.UUID `json:"recorded_by"`
	At      timeCol   `json:"at"`
}

func (r consultRow) consult() domain.LegalConsult {
	return domain.LegalConsult{
		ID: domain.ConsultID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Who: r.Who, On: r.On.Date, Outcome: r.Outcome, By: domain.UserID{UUID: r.By}, At: r.At.Time,
	}
}

const escalationColumns = `id, case_id, factor_id, seller_id, agency_id, agency_name, status, reason, deals, proposed_by, proposed_at, approved_by, announced_at,
  handing_by, handing_at, handed_by, handed_on, handed_at, adjusted_at, file_sha256, ended_by, ended_at, cause, note`

const (
	// A case says itself whether somebody external was asked.
	saveEscalation = `
WITH shown AS (
  UPDATE cases SET external = ($7 = 'handed_over') WHERE id = $2 AND external <> ($7 = 'handed_over')
)
INSERT INTO escalations (` + escalationColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::uuid[], $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, approved_by = excluded.approved_by, announced_at = excluded.announced_at, handing_by = excluded.handing_by,
  handing_at = excluded.handing_at, handed_by = excluded.handed_by, handed_on = excluded.handed_on, handed_at = excluded.handed_at, adjusted_at = excluded.adjusted_at,
  file_sha256 = excluded.file_sha256, ended_by = excluded.ended_by, ended_at = excluded.ended_at, cause = excluded.cause, note = excluded.note`
	findEscalation = `
SELECT case_id FROM escalations WHERE id = $1 AND (factor_id = $2 OR seller_id = $2)`
	findAnyEscalation = `
SELECT case_id FROM escalations WHERE id = $1 AND $2::uuid IS NOT NULL`
	readOutside = `
SELECT case_outside($1)`
	insertEscalationFile = `
INSERT INTO escalation_files (escalation_id, factor_id, content, sha256) VALUES ($1, $2, $3, $4)`
	readEscalationFile = `
SELECT content, sha256 FROM escalation_files WHERE factor_id = $2 AND escalation_id = $1`
	insertConsult = `
INSERT INTO legal_consults (id, case_id, factor_id, seller_id, who, held_on, outcome, recorded_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
)

// SaveEscalation adds an escalation, or saves how it stands; its case is locked. A second one that has
// not ended is ErrConflict.
func (tx *Tx) SaveEscalation(ctx context.Context, e domain.Escalation) error {
	var digest any
	if len(e.FileSHA256) > 0 {
		digest = e.FileSHA256
	}
	err := tx.exec(ctx, saveEscalation, e.ID.UUID, e.Case.UUID, e.Factor.UUID, e.Seller.UUID, e.Agency.UUID, e.AgencyName, string(e.Status), e.Reason, plain(e.Deals).array(),
		e.ProposedBy.UUID, instant(e.ProposedAt), orNull(e.ApprovedBy.UUID), instant(e.AnnouncedAt), orNull(e.HandingBy.UUID), instant(e.HandingAt), orNull(e.HandedBy.UUID),
		day(e.HandedOn), instant(e.HandedAt), instant(e.AdjustedAt), digest, orNull(e.EndedBy.UUID), instant(e.EndedAt), string(e.Cause), e.Note)
	if violates(err, "escalations_one_live") {
		return domain.ErrConflict.Because("another escalation of this case is under way")
	}
	return err
}

// EscalationCase returns the case of a party's escalation; the platform has all.
func (tx *Tx) EscalationCase(ctx context.Context, id domain.EscalationID, party domain.OrganizationID, kind domain.OrganizationKind) (domain.CaseID, error) {
	var kase uuid.UUID
	if err := tx.get(ctx, &kase, bySide(kind, findEscalation, findEscalation, findAnyEscalation), id.UUID, party.UUID); err != nil {
		return domain.CaseID{}, fmt.Errorf("find escalation %s: %w", id, err)
	}
	return domain.CaseID{UUID: kase}, nil
}

type outsideRow struct {
	Escalations []escalationRow `json:"escalations"`
	Consults    []consultRow    `json:"consults"`
	Protective  []protectiveRow `json:"protective"`
}

// into adds what is about anybody external to the facts of a case.
func (r outsideRow) into(f *domain.CaseFacts) {
	f.Escalations, f.Consults = mapped(r.Escalations, escalationRow.escalation), mapped(r.Consults, consultRow.consult)
	f.Protective = mapped(r.Protective, protectiveRow.step)
}

// Outside returns what of a case is about anybody external, and about steps that keep a right; the
// rest of the facts is zero.
func (tx *Tx) Outside(ctx context.Context, id domain.CaseID) (domain.CaseFacts, error) {
	var row jsonCol[outsideRow]
	if err := tx.get(ctx, &row, readOutside, id.UUID); err != nil {
		return domain.CaseFacts{}, fmt.Errorf("read what is outside of case %s: %w", id, err)
	}
	var f domain.CaseFacts
	row.Value.into(&f)
	return f, nil
}

// SaveEscalationFile stores what was handed over.
func (tx *Tx) SaveEscalationFile(ctx context.Context, file domain.EscalationFile) error {
	return tx.exec(ctx, insertEscalationFile, file.Escalation.UUID, file.Factor.UUID, file.Content, file.SHA256)
}

// EscalationFile returns what was handed over of a factor's escalation.
func (tx *Tx) EscalationFile(ctx context.Context, id domain.EscalationID, factor domain.OrganizationID) (domain.EscalationFile, error) {
	var row struct {
		Content []byte `json:"content"`
		SHA256  []byte `json:"sha256"`
	}
	if err := tx.get(ctx, &row, readEscalationFile, id.UUID, factor.UUID); err != nil {
		return domain.EscalationFile{}, fmt.Errorf("read file of escalation %s: %w", id, err)
	}
	return domain.EscalationFile{Escalation: id, Factor: factor, Content: row.Content, SHA256: row.SHA256}, nil
}

// SaveConsult adds a talk with somebody who knows the law.
func (tx *Tx) SaveConsult(ctx context.Context, k domain.Case, c domain.LegalConsult) error {
	return tx.exec(ctx, insertConsult, c.ID.UUID, k.ID.UUID, k.Factor.UUID, k.Seller.UUID, c.Who, day(c.On), c.Outcome, c.By.UUID, instant(c.At))
}
