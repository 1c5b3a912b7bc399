package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

const (
	loadDebtorPage = `
SELECT debtor_page($1, $2) AS page, debtor_agreements() || debtor_cards() || debtor_thanks($3) || case_mediations(app_case()) || debtor_outside() || debtor_proven() || debtor_late() AS beside`
	confirmLink = `
SELECT is_right, tries FROM confirm_link($1, $2)`
)

type debtorItemRow struct {
	Deal           uuid.UUID `json:"deal_id"`
	Status         string    `json:"status"`
	Number         string    `json:"invoice_number"`
	OrderReference string    `json:"order_reference"`
	Summary        string    `json:"summary"`
	Issued         dateCol   `json:"issued_on"`
	Due            dateCol   `json:"due_on"`
	Currency       string    `json:"currency"`
	Basis          int64     `json:"basis_minor"`
	Open           int64     `json:"open_minor"`
	Reference      string    `json:"reference"`
	PaidOn         dateCol   `json:"paid_on"`
	NoticeAt       timeCol   `json:"notice_at"`
	Account        uuid.UUID `json:"account_id"`
	HasDocument    bool      `json:"has_document"`
}

type debtorPageRow struct {
	Case         uuid.UUID     `json:"case_id"`
	World        uuid.UUID     `json:"world_id"`
	FactorID     uuid.UUID     `json:"factor_id"`
	SellerID     uuid.UUID     `json:"seller_id"`
	Confirmed    bool          `json:"confirmed"`
	Disclosure   string        `json:"disclosure"`
	Proof        uuid.NullUUID `json:"proof"`
	Factor       string        `json:"factor"`
	FactorEmail  string        `json:"factor_email"`
	Seller       string        `json:"seller"`
	SellerEmail  string        `json:"seller_email"`
	Relationship struct {
		Name     string  `json:"name"`
		Country  textCol `json:"country"`
		TimeZone textCol `json:"time_zone"`
	} `json:"relationship"`
	Items    []debtorItemRow `json:"items"`
	Accounts []struct {
		Account accountRow `json:"account"`
		Ends    string     `json:"ends"` // the last four characters of its number
	} `json:"accounts"`
	Holds      []holdRow      `json:"holds"`
	Promises   []promiseRow   `json:"promises"`
	Disputes   []disputeRow   `json:"disputes"`
	Plans      []planRow      `json:"plans"`
	Mediations []mediationRow `json:"mediations"`
	Notes      []noteRow      `json:"notes"`
	Questions  []questionRow  `json:"questions"`
	Outside    *struct {
		Agency    string  `json:"agency"`
		NoticedAt timeCol `json:"noticed_at"`
		AskedOn   dateCol `json:"asked_on"`
	} `json:"outside"`

	Recipient   string            `json:"recipient"`
	Preferences preferencesRow    `json:"preferences"`
	Stops       []domain.StopCode `json:"stops"`
	MayBeAsked  bool              `json:"may_be_asked"`
	InRow       int               `json:"in_row"`
	Letters     []debtorLetterRow `json:"letters"`

	LateWaived map[uuid.UUID]domain.LateOwner `json:"late_waived"`

	Cards        []cardRow `json:"cards"`
	CardsStopped bool      `json:"cards_stopped"`
}

func (r debtorPageRow) page() domain.DebtorPage {
	page := domain.DebtorPage{
		Case: domain.CaseID{UUID: r.Case}, World: domain.WorldID{UUID: r.World}, FactorID: domain.OrganizationID{UUID: r.FactorID},
		SellerID: domain.OrganizationID{UUID: r.SellerID}, Factor: r.Factor, FactorEmail: r.FactorEmail, Seller: r.Seller, SellerEmail: r.SellerEmail,
		Debtor: r.Relationship.Name, Country: string(r.Relationship.Country), TimeZone: string(r.Relationship.TimeZone), Confirmed: r.Confirmed,
		Disclosure: domain.Disclosure(r.Disclosure),
		Holds:      mapped(r.Holds, holdRow.hold), Promises: mapped(r.Promises, promiseRow.promise), Disputes: mapped(r.Disputes, disputeRow.dispute),
		Plans: mapped(r.Plans, planRow.plan), Mediations: mapped(r.Mediations, mediationRow.mediation), Notes: mapped(r.Notes, noteRow.note),
		Questions: mapped(r.Questions, questionRow.question), Proof: idOf[domain.QuestionID](r.Proof),
		Recipient: r.Recipient, Preferences: r.Preferences.preferences(), Stops: r.Stops, MayBeAsked: r.MayBeAsked, InRow: r.InRow, Letters: mapped(r.Letters, debtorLetterRow.letter),
		Cards: mapped(r.Cards, cardRow.card), CardsStopped: r.CardsStopped,
	}
	if o := r.Outside; o != nil {
		page.Outside = &domain.DebtorOutside{Agency: o.Agency, AskedOn: o.AskedOn.Date}
		if !o.NoticedAt.IsZero() {
			page.Outside.NoticeOn = domain.DateOf(o.NoticedAt.In(page.Zone()))
			page.Outside.From = domain.From(page.Outside.NoticeOn)
		}
	}
	accounts, ends := map[uuid.UUID]domain.BankAccount{}, map[uuid.UUID]string{}
	for _, a := range r.Accounts {
		accounts[a.Account.ID], ends[a.Account.ID] = a.Account.account(), a.Ends
	}
	for _, i := range r.Items {
		reference, _ := domain.ParseReference(i.Reference) // the schema holds what we wrote
		item := domain.DebtorItem{
			Deal: domain.DealID{UUID: i.Deal}, Status: domain.DealStatus(i.Status), InvoiceNumber: i.Number, OrderReference: i.OrderReference, Summary: i.Summary,
			Issued: i.Issued.Date, Due: i.Due.Date, Basis: amount(i.Basis, i.Currency), Open: amount(i.Open, i.Currency), Reference: reference,
			PaidOn: i.PaidOn.Date, Account: accounts[i.Account], AccountEnds: ends[i.Account], HasDocument: i.HasDocument, LateWaived: r.LateWaived[i.Deal],
		}
		if !i.NoticeAt.IsZero() {
			item.NoticeOn = domain.DateOf(i.NoticeAt.In(page.Zone()))
		}
		page.Items = append(page.Items, item)
	}
	return page
}

// DebtorPage returns what the debtor of this transaction's case may see by a
// link, locking the case when something is to be changed. A link that is not in
// force is ErrNotFound.
func (tx *Tx) DebtorPage(ctx context.Context, link domain.LinkID, lock bool) (domain.DebtorPage, error) {
	var data struct {
		Page   []byte `json:"page"`
		Beside []byte `json:"beside"`
	}
	if err := tx.get(ctx, &data, loadDebtorPage, link.UUID, lock, instant(tx.entry.By.Now)); err != nil {
		return domain.DebtorPage{}, fmt.Errorf("load debtor's page: %w", err)
	}
	var row debtorPageRow
	if err := errors.Join(loaded(data.Page, &row), loaded(data.Beside, &row)); err != nil {
		return domain.DebtorPage{}, err
	}
	if row.Case == uuid.Nil {
		return domain.DebtorPage{}, domain.ErrNotFound
	}
	return row.page(), nil
}

// ConfirmLink checks a notice's code on a link, and returns whether it is right
// and how many wrong ones were typed. A link that is not in force is ErrNotFound.
func (tx *Tx) ConfirmLink(ctx context.Context, link domain.LinkID, code string) (bool, int, error) {
	var row struct {
		Right bool `json:"is_right"`
		Tries int  `json:"tries"`
	}
	if err := tx.get(ctx, &row, confirmLink, link.UUID, code); err != nil {
		if errors.Is(err, domain.ErrNotFound) {
			return false, 0, err
		}
		return false, 0, fmt.Errorf("confirm link: %w", err)
	}
	return row.Right, row.Tries, nil
}
