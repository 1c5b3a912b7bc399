package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/ledger"
)

const insertJournals = `
WITH booked AS (
  INSERT INTO journals (id, factor_id, seller_id, debtor_id, deal_id, kind, currency, effective_on, known_at, cause_kind, cause_id, reverses)
  SELECT j.id, j.factor, nullif(j.seller, $17), nullif(j.debtor, $17), nullif(j.deal, $17), j.kind, j.currency, j.effective, $12, j.cause_kind, j.cause, nullif(j.reverses, $17)
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::date[], $9::text[], $10::uuid[], $11::uuid[])
      AS j(id, factor, seller, debtor, deal, kind, currency, effective, cause_kind, cause, reverses)
)
INSERT INTO postings (journal_id, n, factor_id, seller_id, account, amount_minor, currency)
SELECT p.journal, p.n, j.factor, nullif(j.seller, $17), p.account, p.minor, j.currency
  FROM unnest($13::uuid[], $14::int[], $15::text[], $16::bigint[]) AS p(journal, n, account, minor)
  JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[], $7::text[]) AS j(id, factor, seller, currency) ON j.id = p.journal`

// Post adds journals with their postings, in one statement. Each must balance:
// that is checked here, and by the database at commit. All of one call became
// known at the same time.
func (tx *Tx) Post(ctx context.Context, journals []ledger.Posted) error {
	if len(journals) == 0 {
		return nil
	}
	var ids, factors, sellers, debtors, deals, causes, reverses, of uuids
	var kinds, currencies, causeKinds, accounts []string
	var effective []domain.Date
	var lines []int64
	var minors []int64
	for _, j := range journals {
		if err := j.Check(); err != nil {
			return err
		}
		ids, factors, sellers = append(ids, j.ID.UUID), append(factors, j.Factor.UUID), append(sellers, j.Seller.UUID)
		debtors, deals, causes = append(debtors, j.Debtor.UUID), append(deals, j.Deal.UUID), append(causes, uuid.UUID(j.Cause))
		kinds, currencies = append(kinds, string(j.Kind)), append(currencies, string(j.Postings[0].Amount.Currency()))
		causeKinds, effective, reverses = append(causeKinds, j.CauseKind), append(effective, j.Effective), append(reverses, j.Reverses.UUID)
		for n, p := range j.Postings {
			of, lines = append(of, j.ID.UUID), append(lines, int64(n+1))
			accounts, minors = append(accounts, string(p.Account)), append(minors, p.Amount.Units())
		}
	}
	return tx.exec(ctx, insertJournals, ids.array(), factors.array(), sellers.array(), debtors.array(), deals.array(), pq.Array(kinds), pq.Array(currencies),
		dates(effective), pq.Array(causeKinds), causes.array(), reverses.array(), instant(journals[0].KnownAt),
		of.array(), pq.Array(lines), pq.Array(accounts), pq.Array(minors), uuid.Nil)
}

const listJournals = `
SELECT j.id, j.factor_id, j.seller_id, j.debtor_id, j.deal_id, j.kind, j.currency, j.effective_on, j.known_at, j.cause_kind, j.cause_id, j.reverses,
       p.account, p.amount_minor
  FROM journals j JOIN postings p ON p.journal_id = j.id
 WHERE j.deal_id = $1 ORDER BY j.id, p.n`

type journalLine struct {
	ID        uuid.UUID     `json:"id"`
	Factor    uuid.UUID     `json:"factor_id"`
	Seller    uuid.NullUUID `json:"seller_id"`
	Debtor    uuid.NullUUID `json:"debtor_id"`
	Deal      uuid.NullUUID `json:"deal_id"`
	Kind      string        `json:"kind"`
	Currency  string        `json:"currency"`
	Effective dateCol       `json:"effective_on"`
	KnownAt   timeCol       `json:"known_at"`
	CauseKind string        `json:"cause_kind"`
	Cause     uuid.UUID     `json:"cause_id"`
	Reverses  uuid.NullUUID `json:"reverses"`
	Account   string        `json:"account"`
	Minor     int64         `json:"amount_minor"`
}

// JournalsOf returns the journals of a deal, in the order in which they were posted.
func (tx *Tx) JournalsOf(ctx context.Context, deal domain.DealID) ([]ledger.Posted, error) {
	var lines []journalLine
	if err := tx.list(ctx, &lines, listJournals, deal.UUID); err != nil {
		return nil, fmt.Errorf("list journals of %s: %w", deal, err)
	}
	return journals(lines), nil
}

// journals gathers lines, which come in order, into journals.
func journals(lines []journalLine) []ledger.Posted {
	var out []ledger.Posted
	for _, l := range lines {
		if len(out) == 0 || out[len(out)-1].ID.UUID != l.ID {
			out = append(out, ledger.Posted{
				ID: domain.JournalID{UUID: l.ID}, Factor: domain.OrganizationID{UUID: l.Factor}, Seller: idOf[domain.OrganizationID](l.Seller),
				Debtor: idOf[domain.DebtorID](l.Debtor), Deal: idOf[domain.DealID](l.Deal), CauseKind: l.CauseKind, Cause: l.Cause,
				KnownAt: l.KnownAt.Time, Reverses: idOf[domain.JournalID](l.Reverses),
				Journal: ledger.Journal{Kind: ledger.Kind(l.Kind), Effective: l.Effective.Date},
			})
		}
		last := &out[len(out)-1]
		last.Postings = append(last.Postings, ledger.Posting{Account: ledger.Account(l.Account), Amount: amount(l.Minor, l.Currency)})
	}
	return out
}
