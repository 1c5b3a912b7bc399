package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// velocityFacts is what pair_velocity answers, in minor units of the invoice's
// currency.
type velocityFacts struct {
	Usual       int64   `json:"usual"`
	KnownDays   int     `json:"known_days"`
	Volume      int64   `json:"volume"`
	UsualVolume int64   `json:"usual_volume"`
	Earlier     []int64 `json:"earlier"`
}

func (f velocityFacts) into(s *underwriting.Submission) {
	c := string(s.Currency)
	s.Velocity = underwriting.Velocity{
		Usual: amount(f.Usual, c), KnownDays: f.KnownDays, Volume: amount(f.Volume, c), UsualVolume: amount(f.UsualVolume, c),
	}
	for _, minor := range f.Earlier {
		s.Velocity.Earlier = append(s.Velocity.Earlier, amount(minor, c))
	}
}

// riskFacts is what risk_facts answers; it is asked only where a mandate prices by risk.
type riskFacts struct {
	Level    int `json:"level"`
	Dilution *struct {
		Lag     *int      `json:"lag"`
		Months  []dateCol `json:"months"`
		Sales   []int64   `json:"sales"`
		Credits []int64   `json:"credits"`
	} `json:"dilution"`
	Over     map[uuid.UUID][2]int `json:"over"`
	Promises map[uuid.UUID][2]int `json:"promises"` // broken and decided, by factor
}

func (f riskFacts) into(s *underwriting.Submission) {
	s.Verification = underwriting.VerificationNone + underwriting.Verification(f.Level)
	s.CreditLag = -1
	s.Over = make(map[domain.OrganizationID]underwriting.Count, len(f.Over))
	for factor, over := range f.Over {
		s.Over[domain.OrganizationID{UUID: factor}] = underwriting.Count{Events: over[0], Trials: over[1], Recorded: true}
	}
	s.Promises = make(map[domain.OrganizationID]underwriting.Promises, len(f.Promises))
	for factor, decided := range f.Promises {
		s.Promises[domain.OrganizationID{UUID: factor}] = underwriting.Promises{Broken: decided[0], Decided: decided[1]}
	}
	if f.Dilution == nil {
		return
	}
	if f.Dilution.Lag != nil {
		s.CreditLag = *f.Dilution.Lag
	}
	for i, start := range f.Dilution.Months {
		s.Sales = append(s.Sales, underwriting.SaleMonth{
			Start: start.Date, Sales: amount(f.Dilution.Sales[i], string(s.Currency)), Credits: amount(f.Dilution.Credits[i], string(s.Currency)),
		})
	}
}

type standingRow struct {
	Factor     uuid.UUID `json:"factor_id"`
	Seller     uuid.UUID `json:"seller_id"`
	Grade      textCol   `json:"grade"`
	AdvanceCap rateCol   `json:"advance_cap"`
	Reason     string    `json:"reason"`
	Version    int       `json:"version"`
	SetAt      timeCol   `json:"set_at"`
}

func (r standingRow) standing() domain.Standing {
	return domain.Standing{
		Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller}, Grade: string(r.Grade),
		AdvanceCap: r.AdvanceCap.Rate, Reason: r.Reason, Version: r.Version, SetAt: r.SetAt.Time,
	}
}

const (
	// A factor grades the sellers of whom an invoice was priced in a currency that it buys in.
	readStanding = `
SELECT coalesce(s.factor_id, $1) AS factor_id, coalesce(s.seller_id, $2) AS seller_id, s.grade, coalesce(s.advance_cap, 0) AS advance_cap,
       coalesce(s.reason, '') AS reason, coalesce(s.version, 0) AS version, s.set_at
  FROM (SELECT WHERE EXISTS (SELECT FROM organizations g JOIN decisions d ON d.seller_id = g.id JOIN invoices i ON i.id = d.invoice_id
                                JOIN mandates m ON m.factor_id = $1 AND m.world_id = g.world_id AND m.currency = i.currency AND m.state <> 'draft'
                              WHERE g.id = $2)) asked
  LEFT JOIN seller_standings s ON s.factor_id = $1 AND s.seller_id = $2`
	setStanding = `
INSERT INTO seller_standings (factor_id, seller_id, grade, advance_cap, reason, version, set_by, set_at)
VALUES ($1, $2, $3, nullif($4::numeric, 0), $5, $6, $7, $8)
ON CONFLICT (factor_id, seller_id) DO UPDATE
   SET grade = excluded.grade, advance_cap = excluded.advance_cap, reason = excluded.reason, version = excluded.version, set_by = excluded.set_by, set_at = excluded.set_at
 WHERE seller_standings.version = excluded.version - 1
RETURNING version`
)

// Standing returns what a factor thinks of a seller, the zero opinion when it has
// none. It refuses with ErrNotFound for a seller of whom the factor never had an
// invoice to price.
func (tx *Tx) Standing(ctx context.Context, factor, seller domain.OrganizationID) (domain.Standing, error) {
	var row standingRow
	if err := tx.get(ctx, &row, readStanding, factor.UUID, seller.UUID); err != nil {
		return domain.Standing{}, fmt.Errorf("read standing of %s: %w", seller, err)
	}
	return row.standing(), nil
}

// SetStanding saves the next version of what a factor thinks of a seller. It refuses
// with ErrVersionStale when somebody else did so meanwhile.
func (tx *Tx) SetStanding(ctx context.Context, s domain.Standing, by domain.UserID) error {
	var version int
	err := tx.get(ctx, &version, setStanding, s.Factor.UUID, s.Seller.UUID, text(s.Grade), s.AdvanceCap.String(), s.Reason, s.Version, by.UUID, instant(s.SetAt))
	if errors.Is(err, domain.ErrNotFound) {
		return domain.ErrVersionStale
	}
	return err
}

type verificationRow struct {
	ID       uuid.UUID `json:"id"`
	Seller   uuid.UUID `json:"seller_id"`
	Invoice  uuid.UUID `json:"invoice_id"`
	Level    int       `json:"level"`
	Method   string    `json:"method"`
	Asked    string    `json:"asked"`
	Answer   string    `json:"answer"`
	Evidence bytesCol  `json:"evidence_sha256"`
	Expires  dateCol   `json:"expires_on"`
	ByOrg    uuid.UUID `json:"by_org"`
	ByUser   uuid.UUID `json:"by_user"`
	At       timeCol   `json:"recorded_at"`
}

func (r verificationRow) verification() domain.Verification {
	return domain.Verification{
		ID: domain.VerificationID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller}, Invoice: domain.InvoiceID{UUID: r.Invoice},
		Level: r.Level, Method: r.Method, Asked: r.Asked, Answer: r.Answer, Evidence: r.Evidence, Expires: r.Expires.Date,
		By: domain.OrganizationID{UUID: r.ByOrg}, User: domain.UserID{UUID: r.ByUser}, At: r.At.Time,
	}
}

const (
	insertVerification = `
INSERT INTO verifications (id, seller_id, invoice_id, level, method, asked, answer, evidence_sha256, expires_on, by_org, by_user, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::date, $10, $11, $12)`
	listVerifications = `
SELECT id, seller_id, invoice_id, level, method, asked, answer, evidence_sha256, expires_on, by_org, by_user, recorded_at
  FROM verifications WHERE invoice_id = $1 AND id > $2 ORDER BY id LIMIT $3`
)

// SaveVerification adds a record of how far an invoice is proven.
func (tx *Tx) SaveVerification(ctx context.Context, v domain.Verification) error {
	return tx.exec(ctx, insertVerification, v.ID.UUID, v.Seller.UUID, v.Invoice.UUID, v.Level, v.Method, v.Asked, v.Answer,
		orBytes(v.Evidence), day(v.Expires), v.By.UUID, v.User.UUID, instant(v.At))
}

// Verifications returns a page of the records about an invoice, oldest first.
func (tx *Tx) Verifications(ctx context.Context, invoice domain.InvoiceID, page domain.Page) ([]domain.Verification, error) {
	var rows []verificationRow
	if err := tx.list(ctx, &rows, listVerifications, invoice.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list verifications: %w", err)
	}
	return mapped(rows, verificationRow.verification), nil
}

type dilutionRow struct {
	ID           uuid.UUID     `json:"id"`
	Seller       uuid.UUID     `json:"seller_id"`
	Relationship uuid.UUID     `json:"relationship_id"`
	Currency     string        `json:"currency"`
	Lag          *int          `json:"lag_days"`
	Months       textsCol      `json:"months"`
	Sales        pq.Int64Array `json:"sales_minor"`
	Credits      pq.Int64Array `json:"credits_minor"`
	User         uuid.UUID     `json:"by_user"`
	At           timeCol       `json:"recorded_at"`
}

func (r dilutionRow) record() (domain.DilutionRecord, error) {
	record := domain.DilutionRecord{
		ID: domain.DilutionRecordID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller}, Relationship: domain.RelationshipID{UUID: r.Relationship},
		Currency: money.Currency(r.Currency), LagDays: -1, User: domain.UserID{UUID: r.User}, At: r.At.Time,
	}
	if r.Lag != nil {
		record.LagDays = *r.Lag
	}
	for i, month := range r.Months {
		start, err := domain.ParseDate(month)
		if err != nil {
			return record, fmt.Errorf("month of dilution record %s: %w", record.ID, err)
		}
		record.Months = append(record.Months, domain.DilutionMonth{Start: start, Sales: amount(r.Sales[i], r.Currency), Credits: amount(r.Credits[i], r.Currency)})
	}
	return record, nil
}

const (
	insertDilution = `
INSERT INTO dilution_records (id, seller_id, relationship_id, currency, lag_days, months, sales_minor, credits_minor, by_user, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6::date[], $7, $8, $9, $10)`
	listDilution = `
SELECT id, seller_id, relationship_id, currency, lag_days, months, sales_minor, credits_minor, by_user, recorded_at
  FROM dilution_records WHERE seller_id = $1 AND relationship_id = $2 AND id > $3 ORDER BY id LIMIT $4`
)

// SaveDilution adds a record of what a debtor took off.
func (tx *Tx) SaveDilution(ctx context.Context, r domain.DilutionRecord) error {
	months, sales, credits := make([]string, len(r.Months)), make([]int64, len(r.Months)), make([]int64, len(r.Months))
	for i, m := range r.Months {
		months[i], sales[i], credits[i] = m.Start.String(), m.Sales.Units(), m.Credits.Units()
	}
	var lag any
	if r.LagDays >= 0 {
		lag = r.LagDays
	}
	return tx.exec(ctx, insertDilution, r.ID.UUID, r.Seller.UUID, r.Relationship.UUID, string(r.Currency), lag,
		pq.Array(months), pq.Array(sales), pq.Array(credits), r.User.UUID, instant(r.At))
}

// DilutionRecords returns a page of the records of a seller's relationship, oldest first.
func (tx *Tx) DilutionRecords(ctx context.Context, relationship domain.RelationshipID, seller domain.OrganizationID, page domain.Page) ([]domain.DilutionRecord, error) {
	var rows []dilutionRow
	if err := tx.list(ctx, &rows, listDilution, seller.UUID, relationship.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list dilution records: %w", err)
	}
	records := make([]domain.DilutionRecord, len(rows))
	for i, row := range rows {
		var err error
		if records[i], err = row.record(); err != nil {
			return nil, err
		}
	}
	return records, nil
}

const readPaidOnDebtor = `
SELECT paid_on_debtor($1, r.debtor_id, $3, $4::date)
  FROM offers o JOIN invoices i ON i.id = o.invoice_id JOIN relationships r ON r.id = i.relationship_id WHERE o.factor_id = $1 AND o.id = $2`

// PaidOnDebtor returns what a factor's own deals say of the debtor of an offer of its,
// in the offer's currency, before a day.
func (tx *Tx) PaidOnDebtor(ctx context.Context, factor domain.OrganizationID, offer domain.Offer, today domain.Date) (underwriting.DebtorBook, error) {
	var data []byte
	currency := string(offer.Terms.Basis.Currency())
	if err := tx.get(ctx, &data, readPaidOnDebtor, factor.UUID, offer.ID.UUID, currency, day(today)); err != nil {
		return underwriting.DebtorBook{}, fmt.Errorf("read what the debtor of %s paid: %w", offer.ID, err)
	}
	var found struct {
		experienced
		Months []int64 `json:"months"`
		First  dateCol `json:"first"`
	}
	if err := loaded(data, &found); err != nil {
		return underwriting.DebtorBook{}, err
	}
	book := underwriting.DebtorBook{Today: today, Currency: money.Currency(currency), Since: found.First.Date, Paid: found.paid(), Open: found.open()}
	for _, minor := range found.Months {
		book.Months = append(book.Months, amount(minor, currency))
	}
	return book, nil
}

// experienced is what is counted of payments and of open invoices.
type experienced struct {
	Paid []struct {
		Late  int `json:"late"`
		Weeks int `json:"weeks"`
		Count int `json:"n"`
	} `json:"paid"`
	Open []struct {
		Past  int `json:"past"`
		Count int `json:"n"`
	} `json:"open"`
}

func (e experienced) paid() []underwriting.PaidBucket {
	var buckets []underwriting.PaidBucket
	for _, p := range e.Paid {
		buckets = append(buckets, underwriting.PaidBucket{LateDays: p.Late, WeeksAgo: p.Weeks, Count: p.Count})
	}
	return buckets
}

func (e experienced) open() []underwriting.OpenBucket {
	var buckets []underwriting.OpenBucket
	for _, o := range e.Open {
		buckets = append(buckets, underwriting.OpenBucket{DaysPastDue: o.Past, Count: o.Count})
	}
	return buckets
}
