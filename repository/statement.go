package repository

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type statementRow struct {
	ID       uuid.UUID `json:"id"`
	Factor   uuid.UUID `json:"factor_id"`
	Account  uuid.UUID `json:"account_id"`
	Blob     uuid.UUID `json:"blob_id"`
	SHA256   bytesCol  `json:"file_sha256"`
	Number   string    `json:"number"`
	From     dateCol   `json:"from_on"`
	To       dateCol   `json:"to_on"`
	Currency string    `json:"currency"`
	Opening  int64     `json:"opening_minor"`
	Closing  int64     `json:"closing_minor"`
	Lines    int       `json:"line_count"`
	Pending  int       `json:"pending"`
	LoadedAt timeCol   `json:"loaded_at"`
}

func (r statementRow) statement() domain.Statement {
	return domain.Statement{
		ID: domain.StatementID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, Account: domain.AccountID{UUID: r.Account},
		File: domain.BlobID{UUID: r.Blob}, FileSHA256: r.SHA256, Number: r.Number, Lines: r.Lines, Pending: r.Pending, LoadedAt: r.LoadedAt.Time,
		Span: r.span(),
	}
}

// span is what a statement covers.
func (r statementRow) span() domain.Span {
	return domain.Span{From: r.From.Date, To: r.To.Date, Opening: amount(r.Opening, r.Currency), Closing: amount(r.Closing, r.Currency)}
}

const statementColumns = `s.id, s.factor_id, s.account_id, s.blob_id, s.file_sha256, s.number, s.from_on, s.to_on, s.currency, s.opening_minor,
  s.closing_minor, s.line_count, s.loaded_at,
  (SELECT count(*) FROM statement_lines l WHERE l.statement_id = s.id AND l.state = 'pending') AS pending`

const (
	statementsOfFile = `
SELECT ` + statementColumns + ` FROM statements s WHERE s.factor_id = $1 AND s.file_sha256 = $2 ORDER BY s.id`
	readStatement = `
SELECT ` + statementColumns + ` FROM statements s WHERE s.factor_id = $2 AND s.id = $1`
	listStatements = `
SELECT ` + statementColumns + ` FROM statements s WHERE s.factor_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3`
	// Sixty statements are a quarter of banking days: an older gap was a person's matter then.
	listSpans = `
SELECT from_on, to_on, currency, opening_minor, closing_minor FROM (
  SELECT id, from_on, to_on, currency, opening_minor, closing_minor FROM statements WHERE account_id = $1 ORDER BY to_on DESC, id DESC LIMIT 60
) AS latest ORDER BY from_on, id`
	lockAccounts = `
SELECT id FROM bank_accounts WHERE org_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE`
	findOverlap = `
SELECT s.number || ' of ' || s.from_on || ' to ' || s.to_on
  FROM statements s JOIN unnest($1::uuid[], $2::date[], $3::date[]) AS n(account, from_on, to_on)
    ON s.account_id = n.account AND s.from_on <= n.to_on AND s.to_on >= n.from_on
 ORDER BY s.from_on LIMIT 1`
	insertStatements = `
WITH doc AS (
  INSERT INTO blobs (id, org_id, media_type, file_name, size, sha256) VALUES ($1, $2, $3, $4, $5, $6)
), parts AS (
  INSERT INTO blob_parts (blob_id, org_id, n, bytes)
  SELECT $1::uuid, $2::uuid, p.n, p.bytes FROM unnest($7::bytea[]) WITH ORDINALITY AS p(bytes, n)
)
INSERT INTO statements (id, factor_id, account_id, blob_id, file_sha256, number, from_on, to_on, currency, opening_minor, closing_minor, line_count, loaded_at)
SELECT s.id, $2, s.account, $1, $6, s.number, s.from_on, s.to_on, s.currency, s.opening, s.closing, s.lines, $16
  FROM unnest($8::uuid[], $9::uuid[], $10::text[], $11::date[], $12::date[], $13::text[], $14::bigint[], $15::bigint[], $17::int[])
    AS s(id, account, number, from_on, to_on, currency, opening, closing, lines)`
	insertLines = `
INSERT INTO statement_lines (id, statement_id, factor_id, account_id, n, amount_minor, currency, booked_on, value_on, reversal, end_to_end_id,
  reference, remittance, counterparty, counter_account)
SELECT l.id, l.statement, $1, l.account, l.n, l.minor, l.currency, l.booked, l.value, l.reversal, l.e2e, l.reference, l.remittance, l.party, l.party_account
  FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::bigint[], $7::text[], $8::date[], $9::date[], $10::boolean[], $11::text[],
    $12::text[], $13::text[], $14::text[], $15::text[])
    AS l(id, statement, account, n, minor, currency, booked, value, reversal, e2e, reference, remittance, party, party_account)`
)

// StatementsOfFile returns what was loaded from a file with the same bytes.
func (tx *Tx) StatementsOfFile(ctx context.Context, factor domain.OrganizationID, sha []byte) ([]domain.Statement, error) {
	var rows []statementRow
	if err := tx.list(ctx, &rows, statementsOfFile, factor.UUID, sha); err != nil {
		return nil, fmt.Errorf("read statements of a file: %w", err)
	}
	return mapped(rows, statementRow.statement), nil
}

// SaveStatements adds a bank file: its bytes, statements and lines.
func (tx *Tx) SaveStatements(ctx context.Context, file *domain.Document, statements []domain.Statement, lines []domain.StatementLine) error {
	var ids, accounts uuids
	var numbers, currencies []string
	var from, to []domain.Date
	var opening, closing, counts []int64
	for _, s := range statements {
		ids, accounts, numbers = append(ids, s.ID.UUID), append(accounts, s.Account.UUID), append(numbers, s.Number)
		from, to, currencies = append(from, s.Span.From), append(to, s.Span.To), append(currencies, string(s.Span.Opening.Currency()))
		opening, closing, counts = append(opening, s.Span.Opening.Units()), append(closing, s.Span.Closing.Units()), append(counts, int64(s.Lines))
	}
	factor := tx.entry.By.Organization.UUID
	if err := tx.mustBeNew(ctx, accounts, from, to); err != nil {
		return err
	}
	err := tx.exec(ctx, insertStatements, file.ID.UUID, factor, file.MediaType, file.FileName, len(file.Bytes), file.SHA256, pq.ByteaArray(pieces(file.Bytes)),
		ids.array(), accounts.array(), pq.Array(numbers), dates(from), dates(to), pq.Array(currencies), pq.Array(opening), pq.Array(closing),
		instant(tx.entry.By.Now), pq.Array(counts))
	if violates(err, "statements_once") {
		return domain.ErrConflict.Because("a statement with this number and first day was loaded with other bytes")
	}
	if err != nil {
		return err
	}
	return tx.saveLines(ctx, lines)
}

// mustBeNew refuses days that a loaded statement of the account covers already:
// the same movements under another number would be booked twice.
func (tx *Tx) mustBeNew(ctx context.Context, accounts uuids, from, to []domain.Date) error {
	var locked []uuid.UUID
	if err := tx.list(ctx, &locked, lockAccounts, tx.entry.By.Organization.UUID, accounts.array()); err != nil {
		return fmt.Errorf("lock accounts: %w", err)
	}
	var found []string
	if err := tx.list(ctx, &found, findOverlap, accounts.array(), dates(from), dates(to)); err != nil {
		return fmt.Errorf("look for the same days: %w", err)
	}
	if len(found) > 0 {
		return domain.ErrConflict.Because("statement %s of the account covers these days already, with other bytes", found[0])
	}
	return nil
}

func (tx *Tx) saveLines(ctx context.Context, lines []domain.StatementLine) error {
	if len(lines) == 0 {
		return nil
	}
	var ids, statements, accounts uuids
	var ns, minors []int64
	var booked, value []domain.Date
	var reversals []bool
	var currencies, ends, references, remittances, parties, partyAccounts []string
	for _, l := range lines {
		ids, statements, accounts = append(ids, l.ID.UUID), append(statements, l.Statement.UUID), append(accounts, l.Account.UUID)
		ns, minors, currencies = append(ns, int64(l.N)), append(minors, l.AmountMinor), append(currencies, l.Currency)
		booked, value, reversals = append(booked, l.BookedOn), append(value, l.ValueOn), append(reversals, l.Reversal)
		ends, references, remittances = append(ends, l.EndToEnd), append(references, l.Reference), append(remittances, l.Remittance)
		parties, partyAccounts = append(parties, l.Counterparty), append(partyAccounts, l.CounterAccount)
	}
	return tx.exec(ctx, insertLines, tx.entry.By.Organization.UUID, ids.array(), statements.array(), accounts.array(), pq.Array(ns), pq.Array(minors),
		pq.Array(currencies), dates(booked), dates(value), pq.Array(reversals), pq.Array(ends), pq.Array(references), pq.Array(remittances),
		pq.Array(parties), pq.Array(partyAccounts))
}

// Statement returns a statement of a factor's.
func (tx *Tx) Statement(ctx context.Context, id domain.StatementID, factor domain.OrganizationID) (domain.Statement, error) {
	var row statementRow
	if err := tx.get(ctx, &row, readStatement, id.UUID, factor.UUID); err != nil {
		return domain.Statement{}, fmt.Errorf("read statement %s: %w", id, err)
	}
	return row.statement(), nil
}

// Statements returns a page of a factor's statements.
func (tx *Tx) Statements(ctx context.Context, factor domain.OrganizationID, page domain.Page) ([]domain.Statement, error) {
	var rows []statementRow
	if err := tx.list(ctx, &rows, listStatements, factor.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list statements: %w", err)
	}
	return mapped(rows, statementRow.statement), nil
}

// Spans returns what an account's latest statements cover, in order.
func (tx *Tx) Spans(ctx context.Context, account domain.AccountID) ([]domain.Span, error) {
	var rows []statementRow
	if err := tx.list(ctx, &rows, listSpans, account.UUID); err != nil {
		return nil, fmt.Errorf("list spans: %w", err)
	}
	return mapped(rows, statementRow.span), nil
}

type lineRow struct {
	ID             uuid.UUID `json:"id"`
	Statement      uuid.UUID `json:"statement_id"`
	Factor         uuid.UUID `json:"factor_id"`
	Account        uuid.UUID `json:"account_id"`
	N              int       `json:"n"`
	Amount         int64     `json:"amount_minor"`
	Currency       string    `json:"currency"`
	BookedOn       dateCol   `json:"booked_on"`
	ValueOn        dateCol   `json:"value_on"`
	Reversal       bool      `json:"reversal"`
	EndToEnd       string    `json:"end_to_end_id"`
	Reference      string    `json:"reference"`
	Remittance     string    `json:"remittance"`
	Counterparty   string    `json:"counterparty"`
	CounterAccount string    `json:"counter_account"`
	State          string    `json:"state"`
	Outcome        string    `json:"outcome"`
}

func (r lineRow) line() domain.StatementLine {
	return domain.StatementLine{
		ID: domain.LineID{UUID: r.ID}, Statement: domain.StatementID{UUID: r.Statement}, Factor: domain.OrganizationID{UUID: r.Factor},
		Account: domain.AccountID{UUID: r.Account}, N: r.N, AmountMinor: r.Amount, Currency: r.Currency, BookedOn: r.BookedOn.Date, ValueOn: r.ValueOn.Date,
		Reversal: r.Reversal, EndToEnd: r.EndToEnd, Reference: r.Reference, Remittance: r.Remittance, Counterparty: r.Counterparty,
		CounterAccount: r.CounterAccount, State: r.State, Outcome: r.Outcome,
	}
}

const (
	listLines = `
SELECT id, statement_id, factor_id, account_id, n, amount_minor, currency, booked_on, value_on, reversal, end_to_end_id, reference, remittance,
       counterparty, counter_account, state, outcome
  FROM statement_lines WHERE factor_id = $2 AND statement_id = $1 ORDER BY n`
	pendingLines = `
SELECT id FROM statement_lines WHERE statement_id = $1 AND state = 'pending' ORDER BY n`
	loadLine = `SELECT load_line($1, $2)`
	markLine = `
UPDATE statement_lines SET state = $2, outcome = $3 WHERE id = $1`
	wakePromises = `
UPDATE cases SET next_action_at = $2
 WHERE status = 'open' AND id IN (
   SELECT p.case_id FROM promises p JOIN deals d ON d.id = p.deal_id
     JOIN statements s ON s.account_id = d.collection_account_id
    WHERE s.id = $1 AND p.status = 'active' AND p.judge_on <= s.to_on)`
)

// StatementLines returns the lines of a factor's statement.
func (tx *Tx) StatementLines(ctx context.Context, id domain.StatementID, factor domain.OrganizationID) ([]domain.StatementLine, error) {
	var rows []lineRow
	if err := tx.list(ctx, &rows, listLines, id.UUID, factor.UUID); err != nil {
		return nil, fmt.Errorf("list lines: %w", err)
	}
	return mapped(rows, lineRow.line), nil
}

// PendingLines returns the lines of a statement that were not applied yet.
func (tx *Tx) PendingLines(ctx context.Context, id domain.StatementID) ([]domain.LineID, error) {
	var rows []uuid.UUID
	if err := tx.list(ctx, &rows, pendingLines, id.UUID); err != nil {
		return nil, fmt.Errorf("list pending lines: %w", err)
	}
	return mapped(rows, func(id uuid.UUID) domain.LineID { return domain.LineID{UUID: id} }), nil
}

// LineFile locks a line, and the invoices, deals and cases that it may belong
// to, in this order.
func (tx *Tx) LineFile(ctx context.Context, id domain.LineID) (domain.LineFile, error) {
	line, err := tx.line(ctx, id)
	if err != nil {
		return domain.LineFile{}, err
	}
	var texts []string
	for _, r := range domain.FindReferences(line.Reference + " " + line.Remittance) {
		texts = append(texts, r.String())
	}
	var data []byte
	if err := tx.get(ctx, &data, loadLine, id.UUID, pq.Array(notNil(texts))); err != nil {
		return domain.LineFile{}, fmt.Errorf("load line %s: %w", id, err)
	}
	var found struct {
		Line      lineRow         `json:"line"`
		Account   accountRow      `json:"account"`
		Factor    organizationRow `json:"factor"`
		Payout    *payoutRow      `json:"payout"`
		Deals     []dealFileRow   `json:"deals"`
		Ambiguous bool            `json:"ambiguous"`
	}
	if err := loaded(data, &found); err != nil {
		return domain.LineFile{}, err
	}
	file := domain.LineFile{
		Line: found.Line.line(), Account: found.Account.account(), Factor: found.Factor.organization(), Ambiguous: found.Ambiguous,
		Deals: mapped(found.Deals, dealFileRow.file),
	}
	if found.Payout != nil {
		p := found.Payout.payout()
		file.Payout = &p
	}
	return file, nil
}

const lockLine = `
SELECT id, statement_id, factor_id, account_id, n, amount_minor, currency, booked_on, value_on, reversal, end_to_end_id, reference, remittance,
       counterparty, counter_account, state, outcome
  FROM statement_lines WHERE id = $1 FOR UPDATE`

func (tx *Tx) line(ctx context.Context, id domain.LineID) (domain.StatementLine, error) {
	var row lineRow
	if err := tx.get(ctx, &row, lockLine, id.UUID); err != nil {
		return domain.StatementLine{}, fmt.Errorf("lock line %s: %w", id, err)
	}
	return row.line(), nil
}

// MarkLine says what became of a line.
func (tx *Tx) MarkLine(ctx context.Context, id domain.LineID, state, outcome string) error {
	return tx.exec(ctx, markLine, id.UUID, state, strings.TrimSpace(outcome))
}

// WakePromises lets the cases be looked at whose promises a statement decides.
func (tx *Tx) WakePromises(ctx context.Context, id domain.StatementID, at time.Time) error {
	return tx.exec(ctx, wakePromises, id.UUID, instant(at))
}
