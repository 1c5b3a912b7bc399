package repository

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

type lawSignatureRow struct {
	ID        uuid.UUID `json:"id"`
	World     uuid.UUID `json:"world_id"`
	Law       string    `json:"law"`
	SHA256    bytesCol  `json:"sha256"`
	Counsel   string    `json:"counsel"`
	Reference string    `json:"reference"`
	SignedOn  dateCol   `json:"signed_on"`
	ReviewBy  dateCol   `json:"review_by"`
	By        uuid.UUID `json:"recorded_by"`
	At        timeCol   `json:"at"`
}

func (r lawSignatureRow) signature() domain.LawSignature {
	return domain.LawSignature{
		ID: domain.LawSignatureID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Law: r.Law, SHA256: r.SHA256, Counsel: r.Counsel, Reference: r.Reference,
		SignedOn: r.SignedOn.Date, ReviewBy: r.ReviewBy.Date, By: domain.UserID{UUID: r.By}, At: r.At.Time,
	}
}

const (
	insertLawSignature = `
INSERT INTO law_signatures (id, world_id, law, sha256, counsel, reference, signed_on, review_by, recorded_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	// Of each row the last one, which alone counts.
	listLawSignatures = `
SELECT DISTINCT ON (law) id, world_id, law, sha256, counsel, reference, signed_on, review_by, recorded_by, at
  FROM law_signatures WHERE world_id = $1 ORDER BY law, id DESC`
	lookAtWorld = `
SELECT w.id, w.kind, w.name, w.clock_at, w.target_at, w.runner_state, coalesce(w.runner_reason, '') AS runner_reason FROM worlds w WHERE w.id = $1`
)

// SaveLawSignature adds counsel's signature under a row of law.
func (tx *Tx) SaveLawSignature(ctx context.Context, s domain.LawSignature) error {
	return tx.exec(ctx, insertLawSignature, s.ID.UUID, s.World.UUID, s.Law, s.SHA256, s.Counsel, s.Reference, day(s.SignedOn), day(s.ReviewBy), s.By.UUID, instant(s.At))
}

// LawSignatures returns the last signature of every row of law that was signed in a world.
func (tx *Tx) LawSignatures(ctx context.Context, world domain.WorldID) ([]domain.LawSignature, error) {
	var rows []lawSignatureRow
	if err := tx.list(ctx, &rows, listLawSignatures, world.UUID); err != nil {
		return nil, fmt.Errorf("list signatures of laws: %w", err)
	}
	return mapped(rows, lawSignatureRow.signature), nil
}

// WorldLook returns a world, and locks nothing.
func (tx *Tx) WorldLook(ctx context.Context, id domain.WorldID) (domain.World, error) {
	var row worldRow
	if err := tx.get(ctx, &row, lookAtWorld, id.UUID); err != nil {
		return domain.World{}, fmt.Errorf("look at world %s: %w", id, err)
	}
	return row.world(), nil
}

// assignmentRow is what a contract says of assignment, as it is stored in one column.
type assignmentRow struct {
	Clause       string      `json:"clause,omitempty"`
	GoverningLaw string      `json:"governing_law,omitempty"`
	ContractOn   string      `json:"contract_on,omitempty"`
	SmallSeller  bool        `json:"small_seller,omitempty"`
	Consent      *consentRow `json:"consent,omitempty"`
}

type consentRow struct {
	By       string `json:"by"`
	On       string `json:"on"`
	Evidence string `json:"evidence"`
}

func (r assignmentRow) assignment() domain.Assignment {
	a := domain.Assignment{Clause: domain.AssignmentClause(r.Clause), GoverningLaw: r.GoverningLaw, ContractOn: storedDay(r.ContractOn), SmallSeller: r.SmallSeller}
	if r.Consent != nil {
		a.Consent = domain.DebtorConsent{By: r.Consent.By, On: storedDay(r.Consent.On), Evidence: r.Consent.Evidence}
	}
	return a
}

func assignmentRowOf(a domain.Assignment) assignmentRow {
	row := assignmentRow{Clause: string(a.Clause), GoverningLaw: a.GoverningLaw, ContractOn: a.ContractOn.String(), SmallSeller: a.SmallSeller}
	if a.Consent != (domain.DebtorConsent{}) {
		row.Consent = &consentRow{a.Consent.By, a.Consent.On.String(), a.Consent.Evidence}
	}
	return row
}

// assignmentArg is the stored form of what a contract says; one that says nothing is NULL.
func assignmentArg(a domain.Assignment) (any, error) {
	if a.Clause == "" {
		return nil, nil //nolint:nilnil // NULL is an answer
	}
	data, err := json.Marshal(assignmentRowOf(a))
	return string(data), err
}

// assignableRow is on which ground something was assignable, as it is stored in one column.
type assignableRow struct {
	assignmentRow

	Ground    string `json:"ground"`
	Law       string `json:"law,omitempty"`
	LawText   string `json:"law_text,omitempty"`
	Counsel   string `json:"counsel,omitempty"`
	Reference string `json:"reference,omitempty"`
	ReviewBy  string `json:"review_by,omitempty"`
}

func (r assignableRow) assignable() domain.Assignable {
	ground := domain.AssignmentGround(r.Ground)
	if ground == "" { // made before anybody asked
		ground = domain.GroundNotStated
	}
	return domain.Assignable{
		Assignment: r.assignment(), Ground: ground, Law: r.Law, LawText: r.LawText, Counsel: r.Counsel, Reference: r.Reference, ReviewBy: storedDay(r.ReviewBy),
	}
}

// assignableArg is the stored form of a ground.
func assignableArg(a domain.Assignable) ([]byte, error) {
	return json.Marshal(assignableRow{assignmentRowOf(a.Assignment), string(a.Ground), a.Law, a.LawText, a.Counsel, a.Reference, a.ReviewBy.String()})
}

// storedDay reads a day that we wrote; "" is none.
func storedDay(text string) domain.Date {
	d, _ := domain.ParseDate(text) // the schema holds what we wrote
	return d
}
