package repository

import (
	"encoding/json"

	"github.com/google/uuid"

	"comity/domain"
)

// playbookSteps is how the steps of a playbook are stored.
type playbookSteps struct {
	Before []beforeRow `json:"before"`
	After  []afterRow  `json:"after"`
}

type beforeRow struct {
	Name     string `json:"name"`
	Days     int    `json:"days"`
	Early    int    `json:"early"`
	Late     int    `json:"late"`
	MinTerms int    `json:"min_terms"`
}

type afterRow struct {
	Name     string `json:"name"`
	Channel  string `json:"channel"`
	Tone     int    `json:"tone"`
	Wait     int    `json:"wait"`
	Template string `json:"template"`
	People   int    `json:"people"`
	MinLate  int    `json:"min_late"`
	MinQuiet int    `json:"min_quiet"`
}

// Scan implements sql.Scanner.
func (s *playbookSteps) Scan(src any) error {
	data, _ := src.([]byte)
	return json.Unmarshal(data, s)
}

func stepsOf(p domain.Playbook) playbookSteps {
	return playbookSteps{
		Before: mapped(p.Before, func(s domain.BeforeStep) beforeRow { return beforeRow(s) }),
		After: mapped(p.After, func(s domain.AfterStep) afterRow {
			return afterRow{s.Name, string(s.Channel), s.Tone, s.Wait, s.Template, s.People, s.MinLate, s.MinQuiet}
		}),
	}
}

type playbookRow struct {
	ID          uuid.UUID     `json:"id"`
	Factor      uuid.UUID     `json:"factor_id"`
	Level       string        `json:"level"`
	Subject     string        `json:"subject"`
	Name        string        `json:"name"`
	Version     int           `json:"version"`
	Status      string        `json:"status"`
	Steps       playbookSteps `json:"steps"`
	MadeBy      uuid.UUID     `json:"made_by"`
	MadeAt      timeCol       `json:"made_at"`
	SimulatedAt timeCol       `json:"simulated_at"`
	ActivatedBy uuid.NullUUID `json:"activated_by"`
	ActivatedAt timeCol       `json:"activated_at"`
	RetiredAt   timeCol       `json:"retired_at"`
}

func (r playbookRow) playbook() domain.Playbook {
	return domain.Playbook{
		ID: domain.PlaybookID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, Level: domain.PlaybookLevel(r.Level), Subject: r.Subject,
		Name: r.Name, Version: r.Version, Status: domain.PlaybookStatus(r.Status),
		Before: mapped(r.Steps.Before, func(s beforeRow) domain.BeforeStep { return domain.BeforeStep(s) }),
		After: mapped(r.Steps.After, func(s afterRow) domain.AfterStep {
			return domain.AfterStep{
				Name: s.Name, Channel: domain.Channel(s.Channel), Tone: s.Tone, Wait: s.Wait, Template: s.Template, People: s.People, MinLate: s.MinLate, MinQuiet: s.MinQuiet,
			}
		}),
		MadeBy: domain.UserID{UUID: r.MadeBy}, MadeAt: r.MadeAt.Time, SimulatedAt: r.SimulatedAt.Time, ActivatedBy: idOf[domain.UserID](r.ActivatedBy), ActivatedAt: r.ActivatedAt.Time,
		RetiredAt: r.RetiredAt.Time,
	}
}

type approvalRow struct {
	ID       uuid.UUID `json:"id"`
	Touch    uuid.UUID `json:"touch_id"`
	Case     uuid.UUID `json:"case_id"`
	Side     string    `json:"side"`
	User     uuid.UUID `json:"user_id"`
	Consent  string    `json:"consent"`
	AskedFor string    `json:"asked_for"`
	Note     string    `json:"note"`
	At       timeCol   `json:"at"`
}

func (r approvalRow) approval() domain.Approval {
	return domain.Approval{
		ID: domain.ApprovalID{UUID: r.ID}, Touch: domain.TouchID{UUID: r.Touch}, Case: domain.CaseID{UUID: r.Case}, Side: domain.OrganizationKind(r.Side),
		User: domain.UserID{UUID: r.User}, Consent: domain.Consent(r.Consent), AskedFor: r.AskedFor, Note: r.Note, At: r.At.Time,
	}
}

type pauseRow struct {
	ID      uuid.UUID     `json:"id"`
	Case    uuid.UUID     `json:"case_id"`
	Deal    uuid.NullUUID `json:"deal_id"`
	Side    string        `json:"side"`
	Reason  string        `json:"reason"`
	SetBy   uuid.UUID     `json:"set_by"`
	SetAt   timeCol       `json:"set_at"`
	Until   timeCol       `json:"until_at"`
	EndedBy uuid.NullUUID `json:"ended_by"`
	EndedAt timeCol       `json:"ended_at"`
}

func (r pauseRow) pause() domain.Pause {
	return domain.Pause{
		ID: domain.PauseID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Deal: idOf[domain.DealID](r.Deal), Side: domain.OrganizationKind(r.Side),
		Reason: r.Reason, SetBy: domain.UserID{UUID: r.SetBy}, SetAt: r.SetAt.Time, Until: r.Until.Time, EndedBy: idOf[domain.UserID](r.EndedBy), EndedAt: r.EndedAt.Time,
	}
}

type voiceRow struct {
	Seller    uuid.UUID `json:"seller_id"`
	Line      string    `json:"line"`
	Thanks    string    `json:"thanks"`
	Informal  bool      `json:"informal"`
	UpdatedBy uuid.UUID `json:"updated_by"`
	UpdatedAt timeCol   `json:"updated_at"`
}

func (r voiceRow) voice() domain.Voice {
	return domain.Voice{
		Seller: domain.OrganizationID{UUID: r.Seller}, Line: r.Line, Thanks: r.Thanks, Informal: r.Informal, UpdatedBy: domain.UserID{UUID: r.UpdatedBy}, UpdatedAt: r.UpdatedAt.Time,
	}
}

type preferencesRow struct {
	Kind     string        `json:"kind"`
	Mode     string        `json:"mode"`
	OptedOut textsCol      `json:"opted_out"`
	Prefers  string        `json:"prefers"`
	Language string        `json:"language"`
	Hours    string        `json:"hours"`
	Source   string        `json:"source"`
	By       uuid.NullUUID `json:"recorded_by"`
	AskedAt  timeCol       `json:"asked_at"`
	At       timeCol       `json:"updated_at"`
}

func (r preferencesRow) preferences() domain.Preferences {
	return domain.Preferences{
		Kind: domain.ContactKind(r.Kind), Mode: domain.ContactMode(r.Mode), OptedOut: mapped(r.OptedOut, func(c string) domain.Channel { return domain.Channel(c) }),
		Prefers: domain.Channel(r.Prefers), Language: r.Language, Hours: domain.Hours(r.Hours), Source: r.Source, By: idOf[domain.OrganizationID](r.By), AskedAt: r.AskedAt.Time, At: r.At.Time,
	}
}

type replyFactRow struct {
	Kind        string  `json:"kind"`
	Acknowledge bool    `json:"acknowledgement"`
	At          timeCol `json:"at"`
}

func (r replyFactRow) fact() domain.ReplyFact {
	return domain.ReplyFact{Kind: r.Kind, Acknowledge: r.Acknowledge, At: r.At.Time}
}

type owedRow struct {
	Currency string `json:"currency"`
	Minor    int64  `json:"minor"`
}
