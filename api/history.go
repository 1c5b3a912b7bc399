package api

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
	"comity/money"
)

// HistoryRow is one invoice of a relationship that Comity knows.
type HistoryRow struct {
	InvoiceID      string  `json:"invoice_id" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Version        int     `json:"version" example:"1"`
	Source         string  `json:"source" enums:"import,native" example:"import"`
	Number         string  `json:"number" example:"2025-0711"`
	Amount         Money   `json:"amount"`
	IssueDate      string  `json:"issue_date" format:"date" example:"2025-11-03"`
	DueDate        string  `json:"due_date" format:"date" example:"2025-12-03"`
	PaidDate       *string `json:"paid_date" extensions:"x-nullable" format:"date" example:"2025-12-09"`
	Disputed       bool    `json:"disputed" example:"false"`
	Counted        bool    `json:"counted" example:"true"`
	Excluded       bool    `json:"excluded" example:"false"`
	ExcludedReason *string `json:"excluded_reason" extensions:"x-nullable" example:"Paid by the parent company, not by this customer"`
	CorrectedAt    *string `json:"corrected_at" extensions:"x-nullable" format:"date-time" example:"2026-02-05T14:12:00Z"`
} //	@name	HistoryRow

func historyRowOf(r domain.HistoryRow) HistoryRow {
	return HistoryRow{
		InvoiceID: r.ID.String(), Version: r.Version, Source: r.Source, Number: r.Reference, Amount: moneyOf(r.Amount),
		IssueDate: r.Issued.String(), DueDate: r.Due.String(), PaidDate: textOrNull(r.Paid.String()), Disputed: r.Disputed, Counted: r.Counted,
		Excluded: r.Excluded, ExcludedReason: textOrNull(r.ExcludedFor), CorrectedAt: momentOrNull(r.CorrectedAt),
	}
}

// listHistory lists what Comity knows of a debtor's invoices.
//
//	@Summary		List the known invoices of a debtor
//	@Description	Your own rows only: those of your imports (`import`) and those handed in here (`native`). Decisions rest on the rows that are `counted`: imported ones that are not excluded, and native ones that were sold.
//	@Tags			relationships
//	@Produce		json
//	@Security		Bearer
//	@Param			id		path		string	true	"relationship"
//	@Param			limit	query		int		false	"rows of a page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[HistoryRow]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/relationships/{id}/history [get]
func (s *Server) listHistory(c *gin.Context) error {
	id, p, err := pageOn(c, domain.ParseRelationshipID, domain.ParseInvoiceID)
	if err != nil {
		return err
	}
	rows, err := s.market.History(c.Request.Context(), caller(c), id, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, historyRowOf, func(r domain.HistoryRow) string { return r.ID.String() }))
}

// getHistoryRow answers one invoice of a relationship.
//
//	@Summary		Read one invoice of a debtor's history
//	@Description	The ETag names the version that a correction must name in If-Match.
//	@Tags			relationships
//	@Produce		json
//	@Security		Bearer
//	@Param			id			path		string	true	"relationship"
//	@Param			invoice_id	path		string	true	"the row's invoice_id"
//	@Success		200			{object}	HistoryRow
//	@Header			200			{string}	ETag	"id and version"
//	@Failure		400			{object}	Problem
//	@Failure		401			{object}	Problem
//	@Failure		403			{object}	Problem
//	@Failure		404			{object}	Problem
//	@Failure		503			{object}	Problem
//	@Router			/v1/relationships/{id}/history/{invoice_id} [get]
func (s *Server) getHistoryRow(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseRelationshipID)
	if err != nil {
		return err
	}
	name, err := domain.ParseInvoiceID(c.Param("invoice_id"))
	if err != nil {
		return domain.ErrNotFound
	}
	row, err := s.market.HistoryRow(c.Request.Context(), caller(c), id, name)
	if err != nil {
		return err
	}
	etag(c, row.ID.String(), strconv.Itoa(row.Version))
	return respond(c, http.StatusOK, historyRowOf(row))
}

// CorrectHistoryRequest is what becomes different in a row of history. A paid_date
// of null says that the invoice is not paid. A row that becomes excluded needs a
// reason. The amount is in the row's currency.
type CorrectHistoryRequest struct {
	Amount    merged[string] `json:"amount,omitempty" swaggertype:"string" example:"1250.00"`
	IssueDate merged[string] `json:"issue_date,omitempty" swaggertype:"string" example:"2025-11-03"`
	DueDate   merged[string] `json:"due_date,omitempty" swaggertype:"string" example:"2025-12-03"`
	PaidDate  merged[string] `json:"paid_date,omitempty" swaggertype:"string" extensions:"x-nullable" example:"2025-12-09"`
	Disputed  merged[bool]   `json:"disputed,omitempty" swaggertype:"boolean" example:"false"`
	Excluded  merged[bool]   `json:"excluded,omitempty" swaggertype:"boolean" example:"true"`
	Reason    string         `json:"reason,omitempty" example:"Paid by the parent company, not by this customer"`
} //	@name	CorrectHistoryRequest

// correctHistory corrects one row of imported history.
//
//	@Summary		Correct an imported invoice
//	@Description	A JSON merge patch (RFC 7396). For rows of your imports only; a row that was sold here, or handed in here, stays. What the row said before is kept. If-Match is the ETag of the row, `"<invoice_id>.<version>"`.
//	@Tags			relationships
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			id			path		string					true	"relationship"
//	@Param			invoice_id	path		string					true	"the row's invoice_id"
//	@Param			If-Match	header		string					true	"the ETag of the version that is corrected"
//	@Param			request		body		CorrectHistoryRequest	true	"what becomes different"
//	@Success		200			{object}	HistoryRow
//	@Header			200			{string}	ETag	"id and version"
//	@Failure		400			{object}	Problem
//	@Failure		401			{object}	Problem
//	@Failure		403			{object}	Problem
//	@Failure		404			{object}	Problem
//	@Failure		409			{object}	Problem
//	@Failure		412			{object}	Problem
//	@Failure		413			{object}	Problem
//	@Failure		415			{object}	Problem
//	@Failure		422			{object}	Problem
//	@Failure		428			{object}	Problem
//	@Failure		503			{object}	Problem
//	@Router			/v1/relationships/{id}/history/{invoice_id} [patch]
func (s *Server) correctHistory(c *gin.Context) error {
	name, err := rowName(c)
	if err != nil {
		return err
	}
	request, err := bodyOnly[CorrectHistoryRequest](c)
	if err != nil {
		return err
	}
	change, err := request.change()
	if err != nil {
		return err
	}
	row, err := s.market.CorrectHistory(c.Request.Context(), caller(c), name, change)
	if err != nil {
		return err
	}
	etag(c, row.ID.String(), strconv.Itoa(row.Version))
	return respond(c, http.StatusOK, historyRowOf(row))
}

// rowName reads which row of which relationship is meant, and in which version.
func rowName(c *gin.Context) (marketplace.RowName, error) {
	id, err := pathID(c, domain.ParseRelationshipID)
	if err != nil {
		return marketplace.RowName{}, err
	}
	row, err := domain.ParseInvoiceID(c.Param("invoice_id"))
	if err != nil {
		return marketplace.RowName{}, domain.ErrNotFound
	}
	version, err := matchedVersion(c, row.String())
	return marketplace.RowName{Relationship: id, Row: row, Version: version}, err
}

func (r CorrectHistoryRequest) change() (marketplace.HistoryPatch, error) {
	var k checker
	change := domain.HistoryChange{
		Issued:   checked(r.IssueDate.or(""), func(s string) domain.Date { return k.date("/"+domain.HistoryIssued, s) }),
		Due:      checked(r.DueDate.or(""), func(s string) domain.Date { return k.date("/"+domain.HistoryDue, s) }),
		Paid:     checked(r.PaidDate.or(""), func(s string) domain.Date { return k.dayOr("/"+domain.HistoryPaid, s) }),
		Disputed: r.Disputed.or(false), Excluded: r.Excluded.or(false),
		Reason: k.text("/reason", r.Reason, false, maxReason),
	}
	return marketplace.HistoryPatch{HistoryChange: change, AmountText: r.Amount.or("")}, k.err()
}

// Profile is how a debtor pays, from your own rows only.
type Profile struct {
	AsOf           string         `json:"as_of" format:"date" example:"2026-02-05"`
	KnownPayments  int            `json:"known_payments" example:"42"`
	MedianDaysLate *int           `json:"median_days_late" extensions:"x-nullable" example:"6"`
	P90DaysLate    *int           `json:"p90_days_late" extensions:"x-nullable" example:"21"`
	LatePayments   int            `json:"late_payments" example:"30"`
	LateShare      *string        `json:"late_share" extensions:"x-nullable" example:"0.714286"`
	Disputed       int            `json:"disputed" example:"1"`
	Habits         []ProfileHabit `json:"habits"`
	Trend          ProfileTrend   `json:"trend"`
	Open           []ProfileOpen  `json:"open"`
	Unknown        []string       `json:"unknown" example:"habits: they are told from 8 payments on, 3 known"`
} //	@name	Profile

// ProfileHabit is a way in which the debtor pays, with the numbers behind it.
type ProfileHabit struct {
	Code         string `json:"code" enums:"weekday,month-end" example:"weekday"`
	Sentence     string `json:"sentence" example:"pays on Fridays: 30 of 42 payments came on a Friday, one in 5 is usual"`
	Payments     int    `json:"payments" example:"30"`
	Of           int    `json:"of" example:"42"`
	Share        string `json:"share" example:"0.714286"`
	GeneralShare string `json:"general_share" example:"0.200000"`
} //	@name	ProfileHabit

// ProfileTrend compares the payments of the last 90 days with those before.
type ProfileTrend struct {
	Direction      string `json:"direction" enums:"later,earlier,same,unknown" example:"later"`
	Sentence       string `json:"sentence" example:"pays later than before: half of the last 90 days' 12 payments came by 9 days after due, half of the 30 before by 4 days after due"`
	RecentPayments int    `json:"recent_payments" example:"12"`
	BeforePayments int    `json:"before_payments" example:"30"`
	RecentMedian   *int   `json:"recent_median_days_late" extensions:"x-nullable" example:"9"`
	BeforeMedian   *int   `json:"before_median_days_late" extensions:"x-nullable" example:"4"`
} //	@name	ProfileTrend

// ProfileOpen is what the debtor owes in one currency, of the invoices known here.
type ProfileOpen struct {
	Invoices        int   `json:"invoices" example:"3"`
	Amount          Money `json:"amount"`
	OverdueInvoices int   `json:"overdue_invoices" example:"1"`
	OverdueAmount   Money `json:"overdue_amount"`
} //	@name	ProfileOpen

func profileOf(p domain.Profile) Profile {
	out := Profile{
		AsOf: p.Today.String(), KnownPayments: p.KnownPayments, MedianDaysLate: p.MedianDaysLate, P90DaysLate: p.P90DaysLate,
		LatePayments: p.LatePayments, LateShare: checked(p.LateShare, money.Ppm.String), Disputed: p.Disputed,
		Habits: []ProfileHabit{}, Open: []ProfileOpen{}, Unknown: append([]string{}, p.Unknown...),
		Trend: ProfileTrend{
			Direction: p.Trend.Direction, Sentence: p.Trend.Sentence, RecentPayments: p.Trend.Recent, BeforePayments: p.Trend.Before,
			RecentMedian: p.Trend.RecentMedian, BeforeMedian: p.Trend.BeforeMedian,
		},
	}
	for _, h := range p.Habits {
		out.Habits = append(out.Habits, ProfileHabit{
			Code: h.Code, Sentence: h.Sentence, Payments: h.Count, Of: h.Of, Share: h.Share.String(), GeneralShare: h.General.String(),
		})
	}
	for _, o := range p.Open {
		out.Open = append(out.Open, ProfileOpen{Invoices: o.Count, Amount: moneyOf(o.Amount), OverdueInvoices: o.Overdue, OverdueAmount: moneyOf(o.OverdueAmount)})
	}
	return out
}

// getProfile says how a debtor pays.
//
//	@Summary		Profile of a debtor
//	@Description	From your own rows only: what you imported and what was sold here. Days count from the due date; the median is the day by which half of the payments had come. What cannot be said is listed under `unknown`.
//	@Tags			relationships
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"relationship"
//	@Success		200	{object}	Profile
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/relationships/{id}/profile [get]
func (s *Server) getProfile(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseRelationshipID)
	if err != nil {
		return err
	}
	p, err := s.market.Profile(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, profileOf(p))
}
