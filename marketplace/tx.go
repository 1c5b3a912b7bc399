package marketplace

import (
	"context"
	"time"

	"comity/domain"
	"comity/ledger"
	"comity/money"
	"comity/underwriting"
)

// trade is invoices, decisions and offers.
type trade interface {
	Kin(ctx context.Context, inv domain.Invoice, prints [][]byte) (domain.Kin, error)
	SaveInvoice(ctx context.Context, inv domain.Invoice, doc *domain.Document, prints [][]byte) error
	LockInvoice(context.Context, domain.InvoiceID, domain.OrganizationID) (domain.Invoice, error)
	UpdateInvoice(context.Context, domain.Invoice) error
	Invoice(context.Context, domain.InvoiceID, domain.OrganizationID) (domain.Invoice, error)
	Invoices(ctx context.Context, seller domain.OrganizationID, status string, page domain.Page) ([]domain.Invoice, error)
	Document(context.Context, domain.BlobID, domain.OrganizationID) (domain.Document, error)
	Events(context.Context, domain.OrganizationID, domain.OrganizationKind, domain.EventFilter, domain.Page) ([]domain.Event, error)

	Submission(ctx context.Context, id domain.InvoiceID, seller domain.OrganizationID, now time.Time) (underwriting.Submission, domain.ModelsInUse, error)
	SaveSubmission(ctx context.Context, inv domain.Invoice, decision domain.Decision, offers []domain.Offer, shadow domain.ShadowScore) error
	Prospect(ctx context.Context, seller domain.OrganizationID, of domain.Invoice, now time.Time) (underwriting.Submission, domain.ModelsInUse, error)
	PaymentsAsOf(ctx context.Context, inv domain.Invoice, today domain.Date, known time.Time) (underwriting.Submission, error)
	Decision(context.Context, domain.DecisionID, domain.OrganizationID, domain.OrganizationKind) (domain.Decision, error)
	MadeAgain(ctx context.Context, first domain.Decision) (domain.Decision, error)
	SaveDecision(context.Context, domain.Decision) error
	Offer(context.Context, domain.OfferID, domain.OrganizationID, domain.OrganizationKind) (domain.Offer, error)
	Offers(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, invoice domain.InvoiceID, status domain.OfferStatus, page domain.Page) ([]domain.Offer, error)
	LockOffer(context.Context, domain.OfferID, domain.OrganizationID) (domain.Offer, error)
	UpdateOffer(context.Context, domain.Offer) error
	EndOffers(context.Context, domain.Invoice, domain.OfferStatus) error
	SaveReview(context.Context, domain.Offer) error
	LockReferral(context.Context, domain.OfferID, domain.OrganizationID) (domain.Offer, error)
}

// risk is what prices by risk rest on.
type risk interface {
	Standing(ctx context.Context, factor, seller domain.OrganizationID) (domain.Standing, error)
	SetStanding(ctx context.Context, s domain.Standing, by domain.UserID) error
	SaveVerification(context.Context, domain.Verification) error
	Verifications(ctx context.Context, invoice domain.InvoiceID, page domain.Page) ([]domain.Verification, error)
	SaveDilution(context.Context, domain.DilutionRecord) error
	DilutionRecords(ctx context.Context, relationship domain.RelationshipID, seller domain.OrganizationID, page domain.Page) ([]domain.DilutionRecord, error)
	PaidOnDebtor(ctx context.Context, factor domain.OrganizationID, offer domain.Offer, today domain.Date) (underwriting.DebtorBook, error)
}

// models is the fitted models.
type models interface {
	SaveModel(ctx context.Context, m domain.Model, artefact []byte) error
	Model(ctx context.Context, name string) (domain.Model, error)
	Models(context.Context) ([]domain.Model, error)
	LockModels(ctx context.Context, name string) ([]domain.Model, error)
	UpdateModel(context.Context, domain.Model) error
	Artefact(ctx context.Context, name string) ([]byte, error)
	CompareShadow(ctx context.Context, model string, limit int) (domain.Comparison, error)
	Forecasts(ctx context.Context, model string, today domain.Date, limit int) ([]domain.Forecast, error)
	LastEvent(ctx context.Context, kind string) (time.Time, error)
}

// objections is what sellers say against decisions.
type objections interface {
	SaveObjection(context.Context, domain.Objection) error
	Objection(context.Context, domain.ObjectionID, domain.OrganizationID, domain.OrganizationKind) (domain.Objection, error)
	LockObjection(context.Context, domain.ObjectionID) (domain.Objection, error)
	Objections(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Objection, error)
	DecideObjection(context.Context, domain.Objection) error
}

// purchase is deals, their conditions, journals and orders.
type purchase interface {
	Acceptance(context.Context, domain.OfferID, domain.OrganizationID) (domain.Acceptance, error)
	SaveAcceptance(context.Context, domain.Deal, domain.Offer, domain.Invoice, domain.Case) error
	Post(context.Context, []ledger.Posted) error
	JournalsOf(context.Context, domain.DealID) ([]ledger.Posted, error)
	DealFile(context.Context, domain.DealID) (domain.DealFile, error)
	Deal(context.Context, domain.DealID, domain.OrganizationID, domain.OrganizationKind) (domain.Deal, error)
	Deals(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Deal, error)
	Conditions(context.Context, domain.DealID) ([]domain.Condition, error)
	SaveCondition(context.Context, domain.Deal, domain.Condition) error
	UpdateDeal(context.Context, domain.Deal) error
	CloseDeal(context.Context, domain.Deal, domain.Invoice) error
	WakeCase(context.Context, domain.CaseID, time.Time) error
	WorldOf(context.Context, domain.OrganizationID) (domain.World, error)
	SavePayouts(context.Context, []domain.Payout) error
	PayoutFile(context.Context, domain.PayoutID) (domain.DealFile, domain.Payout, error)
	Payout(context.Context, domain.PayoutID, domain.OrganizationID, domain.OrganizationKind) (domain.Payout, error)
	Payouts(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Payout, error)
}

// agreements is what ends a part of a deal: credits, and parts that are given back.
type agreements interface {
	DisputeFile(context.Context, domain.DisputeID, domain.OrganizationID) (domain.DisputeFile, error)
	EndDispute(context.Context, domain.Dispute, domain.Update) error
	SaveUpdate(context.Context, domain.Update) error
	SaveRecourse(context.Context, domain.Recourse) error
	UpdateRecourse(context.Context, domain.Recourse) error
	RecourseDeal(context.Context, domain.RecourseID, domain.OrganizationID) (domain.DealID, error)
	Recourses(context.Context, domain.DealID) ([]domain.Recourse, error)
	SaveReport(context.Context, domain.Recourse, domain.RecourseReport) error
	Reports(context.Context, domain.RecourseID) ([]domain.RecourseReport, error)
	SaveClaimPayment(ctx context.Context, r domain.Recourse, receipt domain.Receipt, paid money.Amount, id domain.AllocationID, at time.Time) error
	SaveEnding(ctx context.Context, d domain.Deal, inv domain.Invoice, payouts []domain.Payout, freed money.Amount, at time.Time) error
}

// bank is statements, their lines and receipts.
type bank interface {
	StatementsOfFile(context.Context, domain.OrganizationID, []byte) ([]domain.Statement, error)
	SaveStatements(context.Context, *domain.Document, []domain.Statement, []domain.StatementLine) error
	Statement(context.Context, domain.StatementID, domain.OrganizationID) (domain.Statement, error)
	Statements(context.Context, domain.OrganizationID, domain.Page) ([]domain.Statement, error)
	StatementLines(context.Context, domain.StatementID, domain.OrganizationID) ([]domain.StatementLine, error)
	Spans(context.Context, domain.AccountID) ([]domain.Span, error)
	WatchedAccount(context.Context, domain.AccountID) (domain.WatchedAccount, error)
	WatchFeed(context.Context, domain.AccountID, time.Time) error
	BeginWatch(context.Context, domain.AccountID, time.Time) error
	PendingLines(context.Context, domain.StatementID) ([]domain.LineID, error)
	LineFile(context.Context, domain.LineID) (domain.LineFile, error)
	MarkLine(ctx context.Context, id domain.LineID, state, outcome string) error
	WakePromises(context.Context, domain.StatementID, time.Time) error

	SaveReceipt(context.Context, ledger.ReceiptEffect, time.Time) error
	ReceiptFile(context.Context, domain.ReceiptID, domain.OrganizationID, domain.DealID) (domain.ReceiptFile, error)
	UndoAllocation(context.Context, domain.Receipt, domain.Allocation, domain.Deal, time.Time) error
	Receipt(context.Context, domain.ReceiptID, domain.OrganizationID) (domain.Receipt, error)
	Receipts(ctx context.Context, factor domain.OrganizationID, status string, page domain.Page) ([]domain.Receipt, error)
}

// reports reads the books.
type reports interface {
	TrialBalance(context.Context, domain.BookFilter) ([]ledger.Balances, error)
	Aging(context.Context, domain.BookFilter) ([]domain.OpenItem, error)
}
