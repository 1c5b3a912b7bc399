package repository

import (
	"context"

	"github.com/google/uuid"

	"comity/domain"
)

const (
	agendaEscalations = `
SELECT e.case_id, e.id, e.agency_name, e.status, array_send(e.deals) AS sent_deals, e.announced_at, delivered_at(e.case_id, 'outside:esc_' || replace(e.id::text, '-', '')) AS noticed_at,
       e.handed_on, e.handed_at, e.adjusted_at
  FROM escalations e WHERE e.case_id = ANY ($1::uuid[]) AND e.status IN ('proposed', 'announced', 'handed_over') ORDER BY e.id`
	agendaProtective = `
SELECT case_id, id, deal_id, status, ground FROM protective_steps WHERE case_id = ANY ($1::uuid[]) AND status = 'approved' ORDER BY id`
)

type agendaEscalation struct {
	Case        uuid.UUID `json:"case_id"`
	ID          uuid.UUID `json:"id"`
	AgencyName  string    `json:"agency_name"`
	Status      string    `json:"status"`
	Deals       sentUUIDs `json:"sent_deals"`
	AnnouncedAt timeCol   `json:"announced_at"`
	NoticedAt   timeCol   `json:"noticed_at"`
	HandedOn    dateCol   `json:"handed_on"`
	HandedAt    timeCol   `json:"handed_at"`
	AdjustedAt  timeCol   `json:"adjusted_at"`
}

type agendaStep struct {
	Case   uuid.UUID `json:"case_id"`
	ID     uuid.UUID `json:"id"`
	Deal   uuid.UUID `json:"deal_id"`
	Status string    `json:"status"`
	Ground string    `json:"ground"`
}

// outside loads who external is spoken of, and the steps that keep a right.
func (a *agenda) outside(ctx context.Context) error {
	err := each(ctx, a, agendaEscalations, func(r agendaEscalation) {
		f := a.at[r.Case]
		f.Escalations = append(f.Escalations, domain.Escalation{
			ID: domain.EscalationID{UUID: r.ID}, Case: f.Case.ID, AgencyName: r.AgencyName, Status: domain.EscalationStatus(r.Status),
			Deals:       mapped(r.Deals, func(id uuid.UUID) domain.DealID { return domain.DealID{UUID: id} }),
			AnnouncedAt: r.AnnouncedAt.Time, NoticedAt: r.NoticedAt.Time, HandedOn: r.HandedOn.Date, HandedAt: r.HandedAt.Time, AdjustedAt: r.AdjustedAt.Time,
		})
	})
	if err != nil {
		return err
	}
	return each(ctx, a, agendaProtective, func(r agendaStep) {
		f := a.at[r.Case]
		f.Protective = append(f.Protective, domain.ProtectiveStep{
			ID: domain.ProtectiveID{UUID: r.ID}, Case: f.Case.ID, Deal: domain.DealID{UUID: r.Deal}, Status: domain.ProtectiveStatus(r.Status), Ground: domain.ProtectiveGround(r.Ground),
		})
	})
}
