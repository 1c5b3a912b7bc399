package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

func (s *Server) reportRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/reports/trial-balance", handle: s.trialBalance},
		{method: http.MethodGet, path: "/v1/reports/aging", handle: s.aging},
		{method: http.MethodGet, path: "/v1/reports/reviews", handle: s.reviewReport},
		{method: http.MethodGet, path: "/v1/reports/relationships", handle: s.relationshipsReport},
		{method: http.MethodGet, path: "/v1/deals/:id/review", handle: s.dealReview},
	}
}

// TrialBalance is what every account of the caller's side of the books stands
// at, a debit being positive.
type TrialBalance struct {
	AsOf       string                 `json:"as_of" format:"date" example:"2026-02-28"`
	KnownAt    string                 `json:"known_at" format:"date-time" example:"2026-03-01T00:00:00Z"`
	Currencies []TrialBalanceCurrency `json:"currencies"`
} //	@name	TrialBalance

// TrialBalanceCurrency is the trial balance in one currency: the total is 0.00.
type TrialBalanceCurrency struct {
	Currency string           `json:"currency" example:"USD"`
	Accounts []AccountBalance `json:"accounts"`
	Total    Money            `json:"total"`
} //	@name	TrialBalanceCurrency

// AccountBalance is what one account stands at, a debit being positive.
type AccountBalance struct {
	Account string `json:"account" example:"factored_receivables"`
	Name    string `json:"name" example:"Factored receivables"`
	Type    string `json:"type" enums:"asset,liability,income,expense" example:"asset"`
	Balance Money  `json:"balance"`
} //	@name	AccountBalance

var accountTypes = map[ledger.AccountType]string{
	ledger.Asset: "asset", ledger.Liability: "liability", ledger.Income: "income", ledger.Expense: "expense",
}

func balanceOf(b ledger.Balances) TrialBalanceCurrency {
	out := TrialBalanceCurrency{Currency: string(b.Currency), Total: moneyOf(b.Net())}
	for _, a := range ledger.Chart() {
		out.Accounts = append(out.Accounts, AccountBalance{
			Account: string(a), Name: a.Name(), Type: accountTypes[a.Type()], Balance: moneyOf(b.Of(a)),
		})
	}
	return out
}

// bookFilter reads which part of the books is wanted. The other party is a
// seller to a factor and a factor to a seller.
func bookFilter(c *gin.Context) (domain.BookFilter, error) {
	by, other := caller(c), "seller_id"
	if by.Kind == domain.KindSeller {
		other = "factor_id"
	}
	of := domain.BookFilter{AsOf: domain.DateOf(by.Now.UTC()), KnownAt: by.Now}
	err := onlyQuery(c, "as_of", "known_at", "relationship_id", "deal_id", other)
	if err != nil {
		return of, err
	}
	if err := moments(c, &of); err != nil {
		return of, err
	}
	if of.Other, err = idQuery(c, other, domain.ParseOrganizationID); err != nil {
		return of, err
	}
	if of.Relationship, err = idQuery(c, "relationship_id", domain.ParseRelationshipID); err != nil {
		return of, err
	}
	of.Deal, err = idQuery(c, "deal_id", domain.ParseDealID)
	return of, err
}

// moments reads how far the books are looked at.
func moments(c *gin.Context, of *domain.BookFilter) error {
	var err error
	if text, given := c.GetQuery("as_of"); given {
		if of.AsOf, err = domain.ParseDate(text); err != nil {
			return domain.ErrUnreadable.At("as_of", "not-a-date", "write a day as YYYY-MM-DD")
		}
	}
	if text, given := c.GetQuery("known_at"); given {
		if of.KnownAt, err = time.Parse(time.RFC3339, text); err != nil {
			return domain.ErrUnreadable.At("known_at", "not-a-time", "write an instant as RFC 3339, such as 2026-03-01T00:00:00Z")
		}
	}
	return nil
}

// trialBalance answers the balances of the caller's side of the books.
//
//	@Summary		Trial balance
//	@Description	A factor's whole book, or what concerns a seller of every book, by currency. Accounts stand in the order of the chart; a debit is positive; the total is 0.00. `as_of` looks at value dates (default: today, UTC), `known_at` at when a journal was posted (default: now).
//	@Tags			reports
//	@Produce		json
//	@Security		Bearer
//	@Param			as_of			query		string	false	"effective on or before this day"				Format(date)
//	@Param			known_at		query		string	false	"known at or before this instant"				Format(date-time)
//	@Param			seller_id		query		string	false	"only this seller; for factors"
//	@Param			factor_id		query		string	false	"only this factor; for sellers"
//	@Param			relationship_id	query		string	false	"only this debtor"
//	@Param			deal_id			query		string	false	"only this deal"
//	@Success		200				{object}	TrialBalance
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Router			/v1/reports/trial-balance [get]
func (s *Server) trialBalance(c *gin.Context) error {
	of, err := bookFilter(c)
	if err != nil {
		return err
	}
	balances, err := s.market.TrialBalance(c.Request.Context(), caller(c), of)
	if err != nil {
		return err
	}
	out := TrialBalance{AsOf: of.AsOf.String(), KnownAt: moment(of.KnownAt), Currencies: []TrialBalanceCurrency{}}
	for _, b := range balances {
		out.Currencies = append(out.Currencies, balanceOf(b))
	}
	return respond(c, http.StatusOK, out)
}

// Aging is what debtors owed on a day, item by item and by days past due.
type Aging struct {
	AsOf    string       `json:"as_of" format:"date" example:"2026-02-28"`
	KnownAt string       `json:"known_at" format:"date-time" example:"2026-03-01T00:00:00Z"`
	Items   []AgingItem  `json:"items"`
	Totals  []AgingTotal `json:"totals"`
} //	@name	Aging

// AgingItem is what a debtor owed on one invoice.
type AgingItem struct {
	DealID         string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceNumber  string `json:"invoice_number" example:"2026-0117"`
	DueDate        string `json:"due_date" format:"date" example:"2026-02-13"`
	RelationshipID string `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	SellerID       string `json:"seller_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	FactorID       string `json:"factor_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Debtor         string `json:"debtor" example:"Harbor Hotel Group"`
	Open           Money  `json:"open"`
	Bucket         string `json:"bucket" enums:"not_due,1_30,31_60,61_90,over_90" example:"1_30"`
} //	@name	AgingItem

// AgingTotal is what is open in one currency, by days past due.
type AgingTotal struct {
	Currency string        `json:"currency" example:"USD"`
	Buckets  []AgingBucket `json:"buckets"`
	Total    Money         `json:"total"`
} //	@name	AgingTotal

// AgingBucket is what is open in one column of the report.
type AgingBucket struct {
	Bucket string `json:"bucket" enums:"not_due,1_30,31_60,61_90,over_90" example:"1_30"`
	Open   Money  `json:"open"`
} //	@name	AgingBucket

func agingOf(found []domain.OpenItem, of domain.BookFilter) Aging {
	out := Aging{AsOf: of.AsOf.String(), KnownAt: moment(of.KnownAt), Items: []AgingItem{}, Totals: []AgingTotal{}}
	sums := map[money.Currency]map[string]money.Amount{}
	var currencies []money.Currency
	for _, i := range found {
		if !of.Deal.IsZero() && i.Deal != of.Deal {
			continue
		}
		currency, bucket := i.Open.Currency(), i.AgeBucket(of.AsOf)
		out.Items = append(out.Items, AgingItem{
			DealID: i.Deal.String(), InvoiceNumber: i.InvoiceNumber, DueDate: i.Due.String(), RelationshipID: i.Relationship.String(),
			SellerID: i.Seller.String(), FactorID: i.Factor.String(), Debtor: i.Debtor, Open: moneyOf(i.Open), Bucket: bucket,
		})
		if sums[currency] == nil {
			currencies, sums[currency] = append(currencies, currency), map[string]money.Amount{}
			for _, b := range domain.AgeBuckets {
				sums[currency][b] = money.Minor(0, currency)
			}
		}
		sums[currency][bucket] = sums[currency][bucket].Plus(i.Open)
	}
	for _, currency := range currencies {
		out.Totals = append(out.Totals, agingTotalOf(currency, sums[currency]))
	}
	return out
}

func agingTotalOf(currency money.Currency, sums map[string]money.Amount) AgingTotal {
	total, all := AgingTotal{Currency: string(currency)}, money.Minor(0, currency)
	for _, b := range domain.AgeBuckets {
		total.Buckets = append(total.Buckets, AgingBucket{Bucket: b, Open: moneyOf(sums[b])})
		all = all.Plus(sums[b])
	}
	total.Total = moneyOf(all)
	return total
}

// aging answers what debtors owed on a day.
//
//	@Summary		Aging report
//	@Description	What debtors owed on the day according to the books, item by item, and the totals by days past due and currency.
//	@Tags			reports
//	@Produce		json
//	@Security		Bearer
//	@Param			as_of			query		string	false	"effective on or before this day"				Format(date)
//	@Param			known_at		query		string	false	"known at or before this instant"				Format(date-time)
//	@Param			seller_id		query		string	false	"only this seller; for factors"
//	@Param			factor_id		query		string	false	"only this factor; for sellers"
//	@Param			relationship_id	query		string	false	"only this debtor"
//	@Param			deal_id			query		string	false	"only this deal"
//	@Success		200				{object}	Aging
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Router			/v1/reports/aging [get]
func (s *Server) aging(c *gin.Context) error {
	of, err := bookFilter(c)
	if err != nil {
		return err
	}
	items, err := s.market.Aging(c.Request.Context(), caller(c), of)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, agingOf(items, of))
}
