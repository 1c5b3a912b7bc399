package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

type accountRow struct {
	ID        uuid.UUID     `json:"id"`
	Org       uuid.UUID     `json:"org_id"`
	Purpose   string        `json:"purpose"`
	Currency  string        `json:"currency"`
	Holder    string        `json:"holder"`
	HeldBy    uuid.NullUUID `json:"held_by"`
	IBAN      textCol       `json:"iban"`
	Routing   textCol       `json:"routing_number"`
	Account   textCol       `json:"account_number"`
	CreatedAt timeCol       `json:"created_at"`
}

func (r accountRow) account() domain.BankAccount {
	number, _ := domain.ParseIBAN(string(r.IBAN)) // the schema holds what we wrote
	if r.IBAN == "" {
		number, _ = domain.ParseUSAccount(string(r.Routing), string(r.Account))
	}
	return domain.BankAccount{
		ID: domain.AccountID{UUID: r.ID}, Organization: domain.OrganizationID{UUID: r.Org}, Purpose: domain.AccountPurpose(r.Purpose),
		Currency: money.Currency(r.Currency), Holder: r.Holder, HeldBy: idOf[domain.OrganizationID](r.HeldBy), Number: number, CreatedAt: r.CreatedAt.Time,
	}
}

const accountColumns = `id, org_id, purpose, currency, holder, held_by, iban, routing_number, account_number, created_at`

const (
	insertAccount = `
INSERT INTO bank_accounts (id, org_id, purpose, currency, holder, country, iban, routing_number, account_number, account_key, created_at, held_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	readAccount = `
SELECT ` + accountColumns + ` FROM bank_accounts WHERE id = $1`
	readOwnAccount = `
SELECT ` + accountColumns + ` FROM bank_accounts WHERE org_id = $2 AND id = $1`
	listAccounts = `
SELECT ` + accountColumns + ` FROM bank_accounts WHERE org_id = $1 ORDER BY id`
	pageAccounts = `
SELECT ` + accountColumns + ` FROM bank_accounts WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3`
)

// SaveAccount adds a bank account; it refuses with ErrConflict when the
// organisation has it already for the same purpose and currency.
func (tx *Tx) SaveAccount(ctx context.Context, a domain.BankAccount) error {
	err := tx.exec(ctx, insertAccount, a.ID.UUID, a.Organization.UUID, string(a.Purpose), string(a.Currency), a.Holder, a.Number.Country(),
		text(a.Number.IBAN()), text(a.Number.RoutingNumber()), text(a.Number.AccountNumber()), a.Number.Key(), instant(a.CreatedAt), orNull(a.HeldBy.UUID))
	if violates(err, "bank_accounts_org_id_account_key_currency_purpose_key") {
		return domain.ErrConflict.Because("this account is here already for %s in %s", a.Purpose, a.Currency)
	}
	return err
}

// Account returns a bank account that the scope may see.
func (tx *Tx) Account(ctx context.Context, id domain.AccountID) (domain.BankAccount, error) {
	var row accountRow
	if err := tx.get(ctx, &row, readAccount, id.UUID); err != nil {
		return domain.BankAccount{}, fmt.Errorf("read account %s: %w", id, err)
	}
	return row.account(), nil
}

// OwnAccount returns a bank account of an organisation.
func (tx *Tx) OwnAccount(ctx context.Context, id domain.AccountID, org domain.OrganizationID) (domain.BankAccount, error) {
	var row accountRow
	if err := tx.get(ctx, &row, readOwnAccount, id.UUID, org.UUID); err != nil {
		return domain.BankAccount{}, fmt.Errorf("read account %s: %w", id, err)
	}
	return row.account(), nil
}

// Accounts returns all bank accounts of an organisation.
func (tx *Tx) Accounts(ctx context.Context, org domain.OrganizationID) ([]domain.BankAccount, error) {
	var rows []accountRow
	if err := tx.list(ctx, &rows, listAccounts, org.UUID); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return mapped(rows, accountRow.account), nil
}

// AccountsPage returns a page of an organisation's bank accounts.
func (tx *Tx) AccountsPage(ctx context.Context, org domain.OrganizationID, page domain.Page) ([]domain.BankAccount, error) {
	var rows []accountRow
	if err := tx.list(ctx, &rows, pageAccounts, org.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return mapped(rows, accountRow.account), nil
}
