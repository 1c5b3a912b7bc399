package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

func (s *Server) accountRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/bank-accounts", handle: s.createAccount},
		{method: http.MethodGet, path: "/v1/bank-accounts", handle: s.listAccounts},
		{method: http.MethodGet, path: "/v1/bank-accounts/:id", handle: s.getAccount},
	}
}

// CreateBankAccountRequest is a bank account: an IBAN, or the country US with a
// routing number and an account number.
type CreateBankAccountRequest struct {
	Purpose  string `json:"purpose" enums:"payout,operating,collection" example:"payout"`
	Currency string `json:"currency" example:"EUR"`
	Holder   string `json:"holder" example:"Marlow Print Works LLC"`
	// Of a collection account: the seller whose name it bears, who holds it for the factor. Its debtors are served confidentially.
	HeldBy        string `json:"held_by,omitempty" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	IBAN          string `json:"iban,omitempty" example:"DE89370400440532013000"`
	Country       string `json:"country,omitempty" enums:"US" example:"US"`
	RoutingNumber string `json:"routing_number,omitempty" example:"021000021"`
	AccountNumber string `json:"account_number,omitempty" example:"483920173"`
} //	@name	CreateBankAccountRequest

// BankAccount is a bank account of the caller's organisation. The numbers are
// null except where an owner asks for this one account.
type BankAccount struct {
	ID       string `json:"id" example:"acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Purpose  string `json:"purpose" enums:"payout,operating,collection" example:"payout"`
	Currency string `json:"currency" example:"EUR"`
	Holder   string `json:"holder" example:"Marlow Print Works LLC"`
	// The seller whose name the account bears and who holds it for the factor; null: it is the organisation's own.
	HeldBy        *string `json:"held_by" extensions:"x-nullable" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	Country       string  `json:"country" example:"DE"`
	Masked        string  `json:"masked" example:"•••• 3000"`
	IBAN          *string `json:"iban" extensions:"x-nullable" example:"DE89370400440532013000"`
	RoutingNumber *string `json:"routing_number" extensions:"x-nullable" example:"021000021"`
	AccountNumber *string `json:"account_number" extensions:"x-nullable" example:"483920173"`
	CreatedAt     string  `json:"created_at" format:"date-time" example:"2026-02-05T14:12:00Z"`
} //	@name	BankAccount

// maskedAccountOf shows an account without its numbers.
func maskedAccountOf(a domain.BankAccount) BankAccount {
	return BankAccount{
		ID: a.ID.String(), Purpose: string(a.Purpose), Currency: string(a.Currency), Holder: a.Holder, HeldBy: idOrNull(a.HeldBy),
		Country: a.Number.Country(), Masked: a.Number.Masked(), CreatedAt: moment(a.CreatedAt),
	}
}

// fullAccountOf shows an account as one who asks for it sees it: an owner sees
// the numbers.
func fullAccountOf(a domain.BankAccount, by domain.Caller) BankAccount {
	out := maskedAccountOf(a)
	if by.Role == domain.RoleOwner {
		out.IBAN, out.RoutingNumber = textOrNull(a.Number.IBAN()), textOrNull(a.Number.RoutingNumber())
		out.AccountNumber = textOrNull(a.Number.AccountNumber())
	}
	return out
}

func accountLocation(a domain.BankAccount) string { return "/v1/bank-accounts/" + a.ID.String() }

// createAccount adds a bank account.
//
//	@Summary		Add a bank account
//	@Description	A seller has pay-out accounts, a factor operating and collection accounts; one of these may be held by a seller, in its name. Check digits are checked; that money arrives is proven later. Only an owner may.
//	@Tags			accounts
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string						true	"names this request for ever"
//	@Param			request			body		CreateBankAccountRequest	true	"the account"
//	@Success		201				{object}	BankAccount
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/bank-accounts [post]
func (s *Server) createAccount(c *gin.Context) error {
	request, err := bodyOnly[CreateBankAccountRequest](c)
	if err != nil {
		return err
	}
	account, err := request.account()
	if err != nil {
		return err
	}
	once, err := once(c, answering(http.StatusCreated, maskedAccountOf, accountLocation))
	if err != nil {
		return err
	}
	answer, err := s.market.CreateAccount(c.Request.Context(), caller(c), account, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// maxHolder is how long a name may be in a SEPA payment (EPC 130-08, AT-01).
const maxHolder = 70

func (r CreateBankAccountRequest) account() (domain.BankAccount, error) {
	var k checker
	account := domain.BankAccount{
		Purpose: domain.AccountPurpose(r.Purpose), Currency: k.currency("/currency", r.Currency),
		Holder: k.oneLine("/holder", r.Holder, true, maxHolder), Number: r.number(&k),
	}
	switch account.Purpose {
	case domain.AccountPayout, domain.AccountOperating, domain.AccountCollection:
	default:
		k.wrong("/purpose", "not-allowed", "payout, operating or collection")
	}
	if r.HeldBy != "" {
		account.HeldBy = k.organization("/held_by", r.HeldBy)
	}
	if r.Country == "US" && account.Currency != "" && account.Currency != "USD" {
		k.wrong("/currency", "not-allowed", "an account with a routing number is in USD")
	}
	return account, k.err()
}

// number reads the one or the other kind of number. What was sent is never
// repeated: it is somebody's bank account.
func (r CreateBankAccountRequest) number(k *checker) domain.BankAccountNumber {
	american := r.Country != "" || r.RoutingNumber != "" || r.AccountNumber != ""
	switch {
	case r.IBAN == "" && !american:
		k.wrong("/iban", "required", "an IBAN, or the country US with routing_number and account_number")
	case r.IBAN != "" && american:
		k.wrong("/iban", "not-allowed", "either an IBAN, or country, routing_number and account_number")
	case r.IBAN != "":
		number, err := domain.ParseIBAN(r.IBAN)
		if err != nil {
			k.wrong("/iban", "not-an-account-number", "%s", spoken(err))
		}
		return number
	case r.Country != "US":
		k.wrong("/country", "not-allowed", "US; every other account is given by its IBAN")
	default:
		number, err := domain.ParseUSAccount(r.RoutingNumber, r.AccountNumber)
		if err != nil {
			pointer := "/routing_number"
			if strings.HasPrefix(err.Error(), "account number") {
				pointer = "/account_number"
			}
			k.wrong(pointer, "not-an-account-number", "%s", spoken(err))
		}
		return number
	}
	return domain.BankAccountNumber{}
}

// spoken returns the sentence of an account number's fault, which repeats at
// most the two letters of the country.
func spoken(err error) string {
	if !errors.Is(err, domain.ErrAccountNumber) {
		return domain.ErrAccountNumber.Error()
	}
	return strings.TrimSuffix(err.Error(), ": "+domain.ErrAccountNumber.Error())
}

// organization checks the id of an organisation.
func (k *checker) organization(pointer, value string) domain.OrganizationID {
	id, err := domain.ParseOrganizationID(value)
	if err != nil {
		k.wrong(pointer, "not-an-id", "write an id that begins with org_")
	}
	return id
}

// currency checks a currency that books are kept in.
func (k *checker) currency(pointer, code string) money.Currency {
	currency, err := money.ParseCurrency(code)
	if err != nil {
		k.wrong(pointer, "unknown-currency", "%q is not a currency that books are kept in", code)
	}
	return currency
}

// listAccounts lists the bank accounts of the caller's organisation.
//
//	@Summary	List bank accounts
//	@Tags		accounts
//	@Produce	json
//	@Security	Bearer
//	@Param		limit	query		int		false	"rows of a page"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[BankAccount]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	503		{object}	Problem
//	@Router		/v1/bank-accounts [get]
func (s *Server) listAccounts(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseAccountID)
	if err != nil {
		return err
	}
	rows, err := s.market.BankAccounts(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, maskedAccountOf, func(a domain.BankAccount) string { return a.ID.String() }))
}

// getAccount answers one bank account of the caller's organisation.
//
//	@Summary		Read a bank account
//	@Description	An owner sees the numbers here, and nowhere else.
//	@Tags			accounts
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"bank account"
//	@Success		200	{object}	BankAccount
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/bank-accounts/{id} [get]
func (s *Server) getAccount(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseAccountID)
	if err != nil {
		return err
	}
	account, err := s.market.BankAccount(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, fullAccountOf(account, caller(c)))
}
