package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type debtorLetterRow struct {
	Class     string      `json:"class"`
	Recipient string      `json:"recipient"`
	At        timeCol     `json:"at"`
	Items     []uuid.UUID `json:"items"`
}

func (r debtorLetterRow) letter() domain.DebtorLetter {
	return domain.DebtorLetter{Class: domain.MessageClass(r.Class), Recipient: r.Recipient, At: r.At.Time, Items: dealIDs(r.Items)}
}

// documentRow is a file with its bytes.
type documentRow struct {
	MediaType string   `json:"media_type"`
	FileName  string   `json:"file_name"`
	SHA256    bytesCol `json:"sha256"`
	Bytes     []byte   `json:"bytes"`
}

func (r documentRow) document() domain.Document {
	return domain.Document{MediaType: r.MediaType, FileName: r.FileName, SHA256: r.SHA256, Bytes: r.Bytes}
}

const (
	saveDebtorWishes = `
SELECT save_debtor_wishes($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	insertFeedback = `
INSERT INTO feedback (id, case_id, factor_id, seller_id, link_id, ease, said, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	readDebtorDocument = `
SELECT media_type, file_name, sha256, bytes FROM debtor_document($1, $2)`
)

// SaveDebtorWishes keeps how whoever a link was sent to wants to be reached, for every
// tenant. The caller has locked the page's case.
func (tx *Tx) SaveDebtorWishes(ctx context.Context, link domain.LinkID, p domain.Preferences) error {
	optedOut := mapped(p.OptedOut, func(c domain.Channel) string { return string(c) })
	return tx.exec(ctx, saveDebtorWishes, link.UUID, string(p.Kind), string(p.Mode), pq.Array(notNil(optedOut)), string(p.Prefers), p.Language, string(p.Hours),
		p.Source, instant(p.At))
}

// SaveFeedback adds what a debtor thinks of us.
func (tx *Tx) SaveFeedback(ctx context.Context, page domain.DebtorPage, link domain.LinkID, f domain.Feedback) error {
	return tx.exec(ctx, insertFeedback, f.ID.UUID, page.Case.UUID, page.FactorID.UUID, page.SellerID.UUID, link.UUID, string(f.Ease), f.Said, instant(f.At))
}

// DebtorDocument returns the file that an invoice came as, to a debtor that was told of it;
// ErrNotFound when there is none.
func (tx *Tx) DebtorDocument(ctx context.Context, link domain.LinkID, deal domain.DealID) (domain.Document, error) {
	var row documentRow
	if err := tx.get(ctx, &row, readDebtorDocument, link.UUID, deal.UUID); err != nil {
		return domain.Document{}, fmt.Errorf("read the document of %s: %w", deal, err)
	}
	return row.document(), nil
}
