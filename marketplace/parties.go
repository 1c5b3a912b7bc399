package marketplace

import (
	"context"
	"time"

	"comity/domain"
)

// parties is who trades with whom, and on what standing terms: relationships
// and their history, bank accounts, mandates.
type parties interface {
	SaveRelationship(context.Context, domain.Relationship) error
	UpdateRelationship(context.Context, domain.Relationship) error
	Relationship(context.Context, domain.RelationshipID, domain.OrganizationID) (domain.Relationship, error)
	LockRelationship(context.Context, domain.RelationshipID, domain.OrganizationID) (domain.Relationship, error)
	Relationships(ctx context.Context, seller domain.OrganizationID, code string, identified *bool, page domain.Page) ([]domain.Relationship, error)
	HasOpenDeals(context.Context, domain.Relationship) (bool, error)
	Serving(context.Context, domain.Relationship) (domain.OrganizationID, domain.CaseID, error)
	ResolveDebtor(ctx context.Context, fresh domain.DebtorID, r domain.Relationship) (domain.DebtorID, error)

	SaveAccount(context.Context, domain.BankAccount) error
	Account(context.Context, domain.AccountID) (domain.BankAccount, error)
	OwnAccount(context.Context, domain.AccountID, domain.OrganizationID) (domain.BankAccount, error)
	Accounts(context.Context, domain.OrganizationID) ([]domain.BankAccount, error)
	AccountsPage(context.Context, domain.OrganizationID, domain.Page) ([]domain.BankAccount, error)

	SaveMandate(context.Context, domain.Mandate) error
	Mandate(context.Context, domain.MandateID, domain.OrganizationID) (domain.Mandate, error)
	LockMandate(context.Context, domain.MandateID, domain.OrganizationID) (domain.Mandate, error)
	Mandates(ctx context.Context, factor domain.OrganizationID, state string, page domain.Page) ([]domain.Mandate, error)
	UpdateMandate(context.Context, domain.Mandate) error

	imports
	histories
}

// histories is what a seller's own rows say of a debtor, and their corrections.
type histories interface {
	Organization(context.Context, domain.OrganizationID) (domain.Organization, error)
	History(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, page domain.Page) ([]domain.HistoryRow, error)
	HistoryRow(context.Context, domain.RelationshipID, domain.OrganizationID, domain.InvoiceID) (domain.HistoryRow, error)
	LockHistory(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, ids []domain.InvoiceID) ([]domain.HistoryRow, error)
	Native(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, rows []domain.HistoryRow) (map[domain.InvoiceID]bool, error)
	SaveCorrections(ctx context.Context, seller domain.OrganizationID, corrections []domain.Correction) error
	Profile(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, now time.Time) (domain.ProfileCounts, error)
}

// imports is files of payment history and the rows that are taken from them.
type imports interface {
	StagePiece(ctx context.Context, file domain.BlobID, owner domain.OrganizationID, n int, bytes []byte) error
	Piece(ctx context.Context, file domain.BlobID, owner domain.OrganizationID, n int) ([]byte, error)
	SaveImport(context.Context, domain.Import, domain.StagedFile) error
	Import(context.Context, domain.ImportID, domain.OrganizationID) (domain.Import, error)
	LockImport(context.Context, domain.ImportID) (domain.Import, error)
	UpdateImport(context.Context, domain.Import) error
	SaveImportResults(context.Context, domain.Import, []domain.ImportResult) error
	ImportResults(ctx context.Context, id domain.ImportID, seller domain.OrganizationID, line, limit int) ([]domain.ImportResult, error)

	RelationshipsByCode(ctx context.Context, seller domain.OrganizationID, codes []string) (map[string]domain.RelationshipID, error)
	AddUnidentified(ctx context.Context, seller domain.OrganizationID, ids []domain.RelationshipID, codes []string, at time.Time) error
	KnownHistory(ctx context.Context, seller domain.OrganizationID, rows []domain.PastInvoice) ([]domain.PastInvoice, error)
	SaveHistory(context.Context, domain.Import, []domain.PastInvoice) error
}
