package repository

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type replyRow struct {
	ID          uuid.UUID     `json:"id"`
	Digest      bytesCol      `json:"digest"`
	World       uuid.NullUUID `json:"world_id"`
	Case        uuid.NullUUID `json:"case_id"`
	Factor      uuid.NullUUID `json:"factor_id"`
	Seller      uuid.NullUUID `json:"seller_id"`
	Touch       uuid.NullUUID `json:"touch_id"`
	Question    uuid.NullUUID `json:"question_id"`
	Kind        string        `json:"kind"`
	Because     string        `json:"because"`
	Sender      string        `json:"sender"`
	SenderKnown bool          `json:"sender_known"`
	MessageID   string        `json:"message_id"`
	Subject     string        `json:"subject"`
	Own         string        `json:"own"`
	Body        string        `json:"body"`
	Faults      textsCol      `json:"faults"`
	Files       textsCol      `json:"files"`
	HintKinds   textsCol      `json:"hint_kinds"`
	HintValues  textsCol      `json:"hint_values"`
	HintWords   textsCol      `json:"hint_words"`
	Acknowledge bool          `json:"acknowledgement"`
	Summary     string        `json:"summary"`
	ReceivedAt  timeCol       `json:"received_at"`
}

func (r replyRow) reply() domain.Reply {
	out := domain.Reply{
		ID: domain.ReplyID{UUID: r.ID}, Digest: r.Digest, World: idOf[domain.WorldID](r.World), Case: idOf[domain.CaseID](r.Case),
		Factor: idOf[domain.OrganizationID](r.Factor), Seller: idOf[domain.OrganizationID](r.Seller), Touch: idOf[domain.TouchID](r.Touch),
		Question: idOf[domain.QuestionID](r.Question), Kind: r.Kind, Because: r.Because, Sender: r.Sender, SenderKnown: r.SenderKnown,
		MessageID: r.MessageID, Subject: r.Subject, Own: r.Own, Text: r.Body, Faults: r.Faults, Files: r.Files, Acknowledge: r.Acknowledge,
		Summary: r.Summary, ReceivedAt: r.ReceivedAt.Time,
	}
	for i, kind := range r.HintKinds {
		out.Hints = append(out.Hints, domain.ReplyHint{Kind: kind, Value: r.HintValues[i], Words: r.HintWords[i]})
	}
	return out
}

// Lists carry the beginning of what was written.
var shortReply = strings.NewReplacer("own, body", "left(own, 2000) AS own, left(body, 2000) AS body").Replace(replyColumns)

const replyColumns = `id, digest, world_id, case_id, factor_id, seller_id, touch_id, question_id, kind, because, sender, sender_known, message_id, subject,
  own, body, faults, files, hint_kinds, hint_values, hint_words, acknowledgement, summary, received_at`

const (
	replyByDigest = `
SELECT ` + replyColumns + ` FROM replies WHERE digest = $1`
	// The first message of ours that is named and is there; without one, the one live open
	// case that we have written to the address in. A case that was closed since hands on to
	// the one that is open with the same debtor.
	replyTarget = `
SELECT k.touch_id, k.case_id, k.recipient, w.id AS world_id, w.kind = 'sandbox' AS sandbox, w.clock_at
  FROM (
    (SELECT t.id AS touch_id, coalesce(now_open.id, t.case_id) AS case_id, t.world_id, t.recipient
       FROM unnest($1::uuid[]) WITH ORDINALITY AS n(id, rank)
       JOIN touches t ON t.id = n.id JOIN cases c ON c.id = t.case_id
       LEFT JOIN cases now_open ON now_open.relationship_id = c.relationship_id AND now_open.status = 'open'
      ORDER BY n.rank LIMIT 1)
    UNION ALL
    (SELECT NULL, min(c.id::text)::uuid, min(c.world_id::text)::uuid, $2
       FROM relationships r JOIN cases c ON c.relationship_id = r.id AND c.status = 'open'
       JOIN worlds live ON live.id = c.world_id AND live.kind <> 'sandbox'
      WHERE lower(r.email) = lower($2) AND $2 <> '' AND EXISTS (SELECT FROM touches t WHERE t.case_id = c.id AND lower(t.recipient) = lower($2))
     HAVING count(*) = 1)) k
  JOIN worlds w ON w.id = k.world_id
 ORDER BY k.touch_id NULLS LAST LIMIT 1`
	insertReply = `
INSERT INTO replies (` + replyColumns + `, raw)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`
	readFactorReply = `
SELECT ` + replyColumns + `, raw FROM replies WHERE factor_id = $2 AND id = $1`
	readSellerReply = `
SELECT ` + replyColumns + `, raw FROM replies WHERE seller_id = $2 AND id = $1`
	readStrayReply = `
SELECT ` + replyColumns + `, raw FROM replies WHERE case_id IS NULL AND ($2::uuid IS NOT NULL) AND id = $1`
	acknowledgedBefore = `
SELECT EXISTS (SELECT FROM replies r WHERE r.touch_id = $1 AND r.case_id = (SELECT case_id FROM touches WHERE id = $1) AND r.acknowledgement) AS before`
	mailedAfter = `
SELECT EXISTS (SELECT FROM replies WHERE case_id = (SELECT case_id FROM questions WHERE id = $1) AND question_id = $1 AND id > $2) AS later`
)

var (
	listCaseReplies = `
SELECT ` + shortReply + ` FROM replies WHERE case_id = $1 AND id > $2 ORDER BY id LIMIT $3`
	listFactorReplies = `
SELECT ` + shortReply + ` FROM replies WHERE factor_id = $1 AND id > $2 ORDER BY id LIMIT $3`
	listSellerReplies = `
SELECT ` + shortReply + ` FROM replies WHERE seller_id = $1 AND id > $2 ORDER BY id LIMIT $3`
	listStrayReplies = `
SELECT ` + shortReply + ` FROM replies WHERE case_id IS NULL AND ($1::uuid IS NOT NULL) AND id > $2 ORDER BY id LIMIT $3`
)

// ReplyOf returns the reply that was made of a mail with a digest; the zero one when there
// is none.
func (tx *Tx) ReplyOf(ctx context.Context, digest []byte) (domain.Reply, error) {
	var row replyRow
	err := tx.get(ctx, &row, replyByDigest, digest)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Reply{}, nil
	}
	return row.reply(), err
}

// ReplyTarget returns the case that a mail is about: that of the first message of ours
// that it names, or the one open case of its sender. The zero target is none.
func (tx *Tx) ReplyTarget(ctx context.Context, touches []domain.TouchID, sender string) (domain.ReplyTarget, error) {
	var row struct {
		Touch     uuid.NullUUID `json:"touch_id"`
		Case      uuid.UUID     `json:"case_id"`
		Recipient string        `json:"recipient"`
		World     uuid.UUID     `json:"world_id"`
		Sandbox   bool          `json:"sandbox"`
		Clock     timeCol       `json:"clock_at"`
	}
	err := tx.get(ctx, &row, replyTarget, plain(touches).array(), sender)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.ReplyTarget{}, nil
	}
	return domain.ReplyTarget{
		Touch: idOf[domain.TouchID](row.Touch), Case: domain.CaseID{UUID: row.Case}, Recipient: row.Recipient,
		World: domain.World{ID: domain.WorldID{UUID: row.World}, Sandbox: row.Sandbox, Now: row.Clock.Time},
	}, err
}

// SaveReply adds a mail that came in. Another one with the same bytes at the same moment
// is ErrConflict.
func (tx *Tx) SaveReply(ctx context.Context, r domain.Reply, raw []byte) error {
	n := len(r.Hints)
	kinds, values, words := make([]string, n), make([]string, n), make([]string, n)
	for i, hint := range r.Hints {
		kinds[i], values[i], words[i] = hint.Kind, hint.Value, hint.Words
	}
	err := tx.exec(ctx, insertReply, r.ID.UUID, r.Digest, orNull(r.World.UUID), orNull(r.Case.UUID), orNull(r.Factor.UUID), orNull(r.Seller.UUID),
		orNull(r.Touch.UUID), orNull(r.Question.UUID), r.Kind, r.Because, r.Sender, r.SenderKnown, r.MessageID, r.Subject, r.Own, r.Text,
		pq.Array(notNil(r.Faults)), pq.Array(notNil(r.Files)), pq.Array(kinds), pq.Array(values), pq.Array(words), r.Acknowledge, r.Summary, instant(r.ReceivedAt), raw)
	if violates(err, "replies_digest_key") {
		return domain.ErrConflict.Because("this mail is being taken in already")
	}
	return err
}

// Acknowledged reports whether a message of ours was acknowledged before.
func (tx *Tx) Acknowledged(ctx context.Context, id domain.TouchID) (bool, error) {
	var row struct {
		Before bool `json:"before"`
	}
	if err := tx.get(ctx, &row, acknowledgedBefore, id.UUID); err != nil {
		return false, fmt.Errorf("look for acknowledgements: %w", err)
	}
	return row.Before, nil
}

// MailedAfter reports whether a mail later than one waits under the same question.
func (tx *Tx) MailedAfter(ctx context.Context, q domain.QuestionID, read domain.ReplyID) (bool, error) {
	var row struct {
		Later bool `json:"later"`
	}
	if err := tx.get(ctx, &row, mailedAfter, q.UUID, read.UUID); err != nil {
		return false, fmt.Errorf("look for later mails: %w", err)
	}
	return row.Later, nil
}

// Replies returns a page of the mails of a case, oldest first.
func (tx *Tx) Replies(ctx context.Context, id domain.CaseID, page domain.Page) ([]domain.Reply, error) {
	return tx.replies(ctx, listCaseReplies, id.UUID, page)
}

// RepliesOf returns a page of the mails of one side's; for the platform, those that
// belong to no case.
func (tx *Tx) RepliesOf(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, page domain.Page) ([]domain.Reply, error) {
	return tx.replies(ctx, bySide(kind, listSellerReplies, listFactorReplies, listStrayReplies), org.UUID, page)
}

func (tx *Tx) replies(ctx context.Context, query string, of uuid.UUID, page domain.Page) ([]domain.Reply, error) {
	var rows []replyRow
	if err := tx.list(ctx, &rows, query, of, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list replies: %w", err)
	}
	return mapped(rows, replyRow.reply), nil
}

// Reply returns a mail of one side's and its bytes; for the platform, one that belongs to
// no case.
func (tx *Tx) Reply(ctx context.Context, id domain.ReplyID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Reply, []byte, error) {
	var row struct {
		replyRow
		Raw []byte `json:"raw"`
	}
	if err := tx.get(ctx, &row, bySide(kind, readSellerReply, readFactorReply, readStrayReply), id.UUID, org.UUID); err != nil {
		return domain.Reply{}, nil, fmt.Errorf("read reply %s: %w", id, err)
	}
	return row.reply(), row.Raw, nil
}
