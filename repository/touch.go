package repository

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type touchRow struct {
	ID           uuid.UUID     `json:"id"`
	World        uuid.UUID     `json:"world_id"`
	Case         uuid.UUID     `json:"case_id"`
	Factor       uuid.UUID     `json:"factor_id"`
	Seller       uuid.UUID     `json:"seller_id"`
	Relationship uuid.UUID     `json:"relationship_id"`
	Cycle        int           `json:"cycle"`
	Step         string        `json:"step"`
	Class        string        `json:"class"`
	Tone         int           `json:"tone"`
	Rung         string        `json:"rung"`
	People       int           `json:"people"`
	Playbook     uuid.NullUUID `json:"playbook_id"`
	Version      int           `json:"playbook_version"`
	Template     string        `json:"template"`
	Disclosure   string        `json:"disclosure"`
	AskedFor     string        `json:"asked_for"`
	Result       string        `json:"result"`
	Note         string        `json:"note"`
	Status       string        `json:"status"`
	Recipient    string        `json:"recipient"`
	ContactKey   bytesCol      `json:"contact_key"`
	Subject      string        `json:"subject"`
	Text         string        `json:"body_text"`
	HTML         string        `json:"body_html"`
	WhyNow       string        `json:"why_now"`
	Items        uuidsCol      `json:"items"`
	MessageID    string        `json:"message_id"`
	Link         uuid.NullUUID `json:"link_id"`
	ClaimedAt    timeCol       `json:"claimed_at"`
	SentAt       timeCol       `json:"sent_at"`
	Attempts     int           `json:"attempts"`
	Outcome      string        `json:"outcome"`
	CreatedAt    timeCol       `json:"created_at"`
}

func (r touchRow) touch() domain.Touch {
	return domain.Touch{
		ID: domain.TouchID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor},
		Seller: domain.OrganizationID{UUID: r.Seller}, Relationship: domain.RelationshipID{UUID: r.Relationship}, Cycle: r.Cycle, Step: r.Step,
		Class: domain.MessageClass(r.Class), Tone: r.Tone, Rung: r.Rung, People: r.People, Playbook: idOf[domain.PlaybookID](r.Playbook), Version: r.Version,
		Template: r.Template, Disclosure: domain.Disclosure(r.Disclosure), AskedFor: r.AskedFor, Result: domain.CallResult(r.Result), Note: r.Note, Status: domain.TouchStatus(r.Status), Recipient: r.Recipient, ContactKey: r.ContactKey,
		Subject: r.Subject, Text: r.Text, HTML: r.HTML, WhyNow: r.WhyNow, Items: dealIDs(r.Items), MessageID: r.MessageID, Link: idOf[domain.LinkID](r.Link),
		ClaimedAt: r.ClaimedAt.Time, SentAt: r.SentAt.Time, Attempts: r.Attempts, Outcome: r.Outcome, CreatedAt: r.CreatedAt.Time,
	}
}

func dealIDs(ids []uuid.UUID) []domain.DealID {
	return mapped(ids, func(id uuid.UUID) domain.DealID { return domain.DealID{UUID: id} })
}

// plain returns typed ids as uuids.
func plain[I ~struct{ uuid.UUID }](ids []I) uuids {
	return mapped(ids, func(id I) uuid.UUID { return struct{ uuid.UUID }(id).UUID })
}

const touchColumns = `t.id, t.world_id, t.case_id, t.factor_id, t.seller_id, t.relationship_id, t.cycle, t.step, t.class, t.tone, t.rung, t.people,
  t.playbook_id, t.playbook_version, t.template, t.disclosure, t.asked_for, t.result, t.note, t.status, t.recipient,
  t.contact_key, t.subject, t.body_text, t.body_html, t.why_now, t.items, t.message_id, t.link_id, t.claimed_at, t.sent_at, t.attempts, t.outcome, t.created_at`

const (
	saveTouch = `
WITH linked AS (
  INSERT INTO links (id, case_id, factor_id, seller_id, recipient, verbs, key_version, expires_at)
  VALUES ($20, $3, $4, $5, $11, $21, $22, now() + interval '180 days')
), counted AS (
  INSERT INTO contacts_made (world_id, contact_key, touch_id, seller_id, counted, daily, at)
  VALUES ($2, $12, $1, $5, $23, $24, $19)
  ON CONFLICT (world_id, contact_key, touch_id) DO UPDATE SET at = excluded.at
), thanked AS (
  UPDATE allocations SET thanked_by = $1 WHERE id = ANY ($25::uuid[])
)
INSERT INTO touches (id, world_id, case_id, factor_id, seller_id, relationship_id, cycle, step, class, tone, status, recipient, contact_key,
  subject, body_text, body_html, why_now, items, link_id, claimed_at, message_id, created_at, rung, people, playbook_id, playbook_version, template, disclosure)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'sending', $11, $12, $13, $14, $15, $16, $17::uuid[], $20, $19, $18, $26, $27, $28, $29, $30, $31, $32)
ON CONFLICT (case_id, cycle, step) DO UPDATE SET
  status = 'sending', class = excluded.class, tone = excluded.tone, recipient = excluded.recipient, contact_key = excluded.contact_key,
  subject = excluded.subject, body_text = excluded.body_text, body_html = excluded.body_html, why_now = excluded.why_now,
  items = excluded.items, link_id = excluded.link_id, claimed_at = excluded.claimed_at, message_id = excluded.message_id, outcome = '',
  rung = excluded.rung, people = excluded.people, playbook_id = excluded.playbook_id, playbook_version = excluded.playbook_version, template = excluded.template,
  disclosure = excluded.disclosure
 WHERE touches.id = excluded.id AND touches.status IN ('planned', 'cancelled')`
	// What waits for somebody holds no text: it is written when it leaves.
	planTouch = `
INSERT INTO touches (id, world_id, case_id, factor_id, seller_id, relationship_id, cycle, step, class, tone, status, recipient, contact_key, why_now, items,
  created_at, rung, people, playbook_id, playbook_version, template, asked_for)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'planned', $11, $12, $13, $14::uuid[], $15, $16, $17, $18, $19, $20, $21)
ON CONFLICT (case_id, cycle, step) DO UPDATE SET
  status = 'planned', class = excluded.class, tone = excluded.tone, recipient = excluded.recipient, contact_key = excluded.contact_key,
  subject = '', body_text = '', body_html = '', why_now = excluded.why_now, items = excluded.items, claimed_at = NULL, outcome = '', created_at = excluded.created_at,
  rung = excluded.rung, people = excluded.people, playbook_id = excluded.playbook_id, playbook_version = excluded.playbook_version, template = excluded.template,
  asked_for = excluded.asked_for
 WHERE touches.id = excluded.id AND touches.status = 'cancelled'`
	cancelTouches = `
UPDATE touches SET status = 'cancelled' WHERE id = ANY ($1::uuid[]) AND status = 'planned'`
	lockCaseOfTouch = `
SELECT c.status FROM cases c WHERE c.id = (SELECT t.case_id FROM touches t WHERE t.id = $1) FOR UPDATE`
	readTouchFile = `
SELECT ` + touchColumns + `, f.name AS factor_name, f.email AS factor_email, s.name AS seller_name, s.email AS seller_email, r.name AS debtor_name, r.copied,
       coalesce(w.kind = 'sandbox', false) AS sandbox, coalesce(l.key_version, 0) AS key_version,
       (SELECT coalesce(array_agg(e.message_id ORDER BY e.sent_at, e.id), '{}') FROM touches e
         WHERE e.case_id = t.case_id AND e.status = 'sent' AND e.id <> t.id AND e.message_id <> '') AS thread
  FROM touches t JOIN organizations f ON f.id = t.factor_id JOIN organizations s ON s.id = t.seller_id JOIN relationships r ON r.id = t.relationship_id
  JOIN cases k ON k.id = t.case_id JOIN worlds w ON w.id = t.world_id LEFT JOIN links l ON l.id = t.link_id
 WHERE t.id = $1 FOR UPDATE OF t`
	updateTouch = `
WITH unthanked AS (
  UPDATE allocations SET thanked_by = NULL WHERE $2 = 'planned' AND deal_id = ANY ($7::uuid[]) AND thanked_by = $1
)
UPDATE touches SET status = $2, message_id = $3, sent_at = $4, attempts = $5, outcome = $6 WHERE id = $1`
	noticeDelivered = `
UPDATE conditions SET evidence = $2, occurred_at = $3, set_at = $3
 WHERE deal_id = ANY ($1::uuid[]) AND code = 'notice_delivered' AND evidence IS NULL
RETURNING deal_id`
	// A notice that came back has proven nothing, unless a later one was delivered.
	noticeBounced = `
UPDATE conditions SET evidence = NULL, occurred_at = NULL, set_at = NULL
 WHERE deal_id = ANY ($1::uuid[]) AND code = 'notice_delivered' AND occurred_at = $2`
	listTouches = `
SELECT ` + touchColumns + ` FROM touches t WHERE t.case_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3`
)

// SaveTouch hands a message out: its text, its link, its place in the contact
// window, and the money that it acknowledges, in one statement. A step that was
// taken before is ErrConflict.
func (tx *Tx) SaveTouch(ctx context.Context, t domain.Touch, l domain.Link, counted, daily bool, thanked []domain.AllocationID) error {
	n, err := tx.count(ctx, saveTouch, t.ID.UUID, t.World.UUID, t.Case.UUID, t.Factor.UUID, t.Seller.UUID, t.Relationship.UUID, t.Cycle, t.Step,
		string(t.Class), t.Tone, t.Recipient, t.ContactKey, t.Subject, t.Text, t.HTML, t.WhyNow, plain(t.Items).array(), t.MessageID, instant(t.ClaimedAt),
		l.ID.UUID, pq.Array(l.Verbs), l.KeyVersion, counted, daily, plain(thanked).array(), instant(t.CreatedAt),
		t.Rung, t.People, orNull(t.Playbook.UUID), t.Version, t.Template, string(cmp.Or(t.Disclosure, domain.Notified)))
	if err == nil && n != 1 {
		return domain.ErrConflict.Because("step %s of %s was taken before", t.Step, t.Case)
	}
	return err
}

// PlanTouch keeps a message that waits for somebody's word, new or cancelled before.
// A step that is planned already, or was taken, is ErrConflict.
func (tx *Tx) PlanTouch(ctx context.Context, t domain.Touch) error {
	n, err := tx.count(ctx, planTouch, t.ID.UUID, t.World.UUID, t.Case.UUID, t.Factor.UUID, t.Seller.UUID, t.Relationship.UUID, t.Cycle, t.Step,
		string(t.Class), t.Tone, t.Recipient, t.ContactKey, t.WhyNow, plain(t.Items).array(), instant(t.CreatedAt),
		t.Rung, t.People, orNull(t.Playbook.UUID), t.Version, t.Template, t.AskedFor)
	if err == nil && n != 1 {
		return domain.ErrConflict.Because("step %s of %s is planned, or was taken before", t.Step, t.Case)
	}
	return err
}

// CancelTouches ends what was planned and is not wanted any more.
func (tx *Tx) CancelTouches(ctx context.Context, ids []domain.TouchID) error {
	return tx.exec(ctx, cancelTouches, plain(ids).array())
}

// TouchFile locks a message's case and the message, in this order, and returns
// it with what its sending needs.
func (tx *Tx) TouchFile(ctx context.Context, id domain.TouchID) (domain.TouchFile, error) {
	var status string
	if err := tx.get(ctx, &status, lockCaseOfTouch, id.UUID); err != nil {
		return domain.TouchFile{}, fmt.Errorf("lock case of %s: %w", id, err)
	}
	var row struct {
		touchRow
		FactorName  string   `json:"factor_name"`
		FactorEmail string   `json:"factor_email"`
		SellerName  string   `json:"seller_name"`
		SellerEmail string   `json:"seller_email"`
		DebtorName  string   `json:"debtor_name"`
		Copied      bool     `json:"copied"`
		Sandbox     bool     `json:"sandbox"`
		KeyVersion  int      `json:"key_version"`
		Thread      textsCol `json:"thread"`
	}
	if err := tx.get(ctx, &row, readTouchFile, id.UUID); err != nil {
		return domain.TouchFile{}, fmt.Errorf("lock message %s: %w", id, err)
	}
	touch := row.touch()
	return domain.TouchFile{
		Touch: touch, Factor: domain.Organization{ID: touch.Factor, Name: row.FactorName, Email: row.FactorEmail},
		Seller: domain.Organization{ID: touch.Seller, Name: row.SellerName, Email: row.SellerEmail}, Debtor: row.DebtorName,
		Sandbox: row.Sandbox, Copied: row.Copied, KeyVersion: row.KeyVersion, Thread: row.Thread, CaseStatus: domain.CaseStatus(status),
		HandedOut: touch.Outcome == domain.OutcomeHandedOut,
	}, nil
}

// UpdateTouch saves what became of a message. One that is planned again has
// acknowledged nothing.
func (tx *Tx) UpdateTouch(ctx context.Context, t domain.Touch) error {
	return tx.exec(ctx, updateTouch, t.ID.UUID, string(t.Status), t.MessageID, instant(t.SentAt), t.Attempts, t.Outcome, plain(t.Items).array())
}

// NoticeDelivered gives deals their evidence that the notice was delivered, and
// returns those that had none.
func (tx *Tx) NoticeDelivered(ctx context.Context, deals []domain.DealID, evidence string, at time.Time) ([]domain.DealID, error) {
	var ids []uuid.UUID
	if err := tx.list(ctx, &ids, noticeDelivered, plain(deals).array(), evidence, instant(at)); err != nil {
		return nil, err
	}
	return dealIDs(ids), nil
}

// NoticeBounced takes from deals the evidence that a notice was delivered which was sent
// at a moment.
func (tx *Tx) NoticeBounced(ctx context.Context, deals []domain.DealID, sentAt time.Time) error {
	return tx.exec(ctx, noticeBounced, plain(deals).array(), instant(sentAt))
}

// Touches returns a page of a case's messages, oldest first.
func (tx *Tx) Touches(ctx context.Context, id domain.CaseID, page domain.Page) ([]domain.Touch, error) {
	var rows []touchRow
	if err := tx.list(ctx, &rows, listTouches, id.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return mapped(rows, touchRow.touch), nil
}
