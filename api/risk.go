package api

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

func (s *Server) riskRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/sellers/:id/standing", handle: s.getStanding},
		{method: http.MethodPut, path: "/v1/sellers/:id/standing", handle: s.setStanding},
		{method: http.MethodPost, path: "/v1/invoices/:id/verifications", handle: s.verifyInvoice},
		{method: http.MethodGet, path: "/v1/invoices/:id/verifications", handle: s.listVerifications},
	}
}

// Standing is what a factor thinks of a seller as the second source of repayment. A
// grade of null is none yet, and is priced as the worst.
type Standing struct {
	SellerID   string  `json:"seller_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	Version    int     `json:"version" example:"1"`
	Grade      *string `json:"grade" extensions:"x-nullable" enums:"A,B,C,D,E" example:"B"`
	AdvanceCap *string `json:"advance_cap" extensions:"x-nullable" example:"0.8"`
	Reason     *string `json:"reason" extensions:"x-nullable" example:"Accounts of 2025 seen; eight years trading; one lender, released."`
	SetAt      *string `json:"set_at" extensions:"x-nullable" format:"date-time" example:"2026-02-04T14:12:00Z"`
} //	@name	Standing

// SetStandingRequest is what a factor thinks of a seller, whole: what is left out is
// none.
type SetStandingRequest struct {
	Grade      string `json:"grade,omitempty" enums:"A,B,C,D,E" example:"B"`
	AdvanceCap string `json:"advance_cap,omitempty" example:"0.8"`
	Reason     string `json:"reason" example:"Accounts of 2025 seen; eight years trading; one lender, released." maxLength:"1000"`
} //	@name	SetStandingRequest

func standingOf(o domain.Standing) Standing {
	out := Standing{
		SellerID: o.Seller.String(), Version: o.Version, Grade: textOrNull(o.Grade), Reason: textOrNull(o.Reason), SetAt: momentOrNull(o.SetAt),
	}
	if o.AdvanceCap.Positive() {
		out.AdvanceCap = new(o.AdvanceCap.String())
	}
	return out
}

// getStanding answers what the factor thinks of a seller.
//
//	@Summary		Read a seller's standing
//	@Description	Of a seller of whom an invoice was priced in a currency that the factor buys in. The ETag names the version that a change must name in If-Match; version 0 is no opinion yet.
//	@Tags			offers
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the seller"
//	@Success		200	{object}	Standing
//	@Header			200	{string}	ETag	"id and version"
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/sellers/{id}/standing [get]
func (s *Server) getStanding(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseOrganizationID)
	if err != nil {
		return err
	}
	found, err := s.market.Standing(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondStanding(c, found)
}

func respondStanding(c *gin.Context, o domain.Standing) error {
	etag(c, o.Seller.String(), strconv.Itoa(o.Version))
	return respond(c, http.StatusOK, standingOf(o))
}

// setStanding says what the factor thinks of a seller.
//
//	@Summary		Set a seller's standing
//	@Description	For an owner or an analyst. It takes the place of the opinion before and counts for offers that are priced by risk from now on. The seller reads the haircut and the grade among the reasons of such an offer.
//	@Tags			offers
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			id			path		string				true	"id of the seller"
//	@Param			If-Match	header		string				true	"the ETag of the version that is replaced"
//	@Param			request		body		SetStandingRequest	true	"the opinion"
//	@Success		200			{object}	Standing
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
//	@Router			/v1/sellers/{id}/standing [put]
func (s *Server) setStanding(c *gin.Context) error {
	id, err := pathID(c, domain.ParseOrganizationID)
	if err != nil {
		return err
	}
	version, err := matchedVersion(c, id.String())
	if err != nil {
		return err
	}
	request, err := bodyOnly[SetStandingRequest](c)
	if err != nil {
		return err
	}
	opinion, err := request.standing(id)
	if err != nil {
		return err
	}
	set, err := s.market.SetStanding(c.Request.Context(), caller(c), opinion, version)
	if err != nil {
		return err
	}
	return respondStanding(c, set)
}

func (r SetStandingRequest) standing(seller domain.OrganizationID) (domain.Standing, error) {
	var k checker
	out := domain.Standing{Seller: seller, Grade: r.Grade, AdvanceCap: k.fractionOrNone("/advance_cap", r.AdvanceCap), Reason: k.text("/reason", r.Reason, true, maxReason)}
	if r.Grade != "" && !slices.Contains([]string{"A", "B", "C", "D", "E"}, r.Grade) {
		k.wrong("/grade", "not-allowed", "A to E, or left out")
	}
	if given, err := money.ParseRate(r.AdvanceCap); err == nil && given.IsZero() {
		k.wrong("/advance_cap", "not-positive", "a seller of whom nothing is advanced is one to whom no offer is made")
	}
	return out, k.err()
}

// VerifyRequest records how far an invoice is proven.
type VerifyRequest struct {
	Level  *int   `json:"level" example:"2" minimum:"0" maximum:"6"`
	Method string `json:"method" example:"signed delivery note" maxLength:"200"`
	Asked  string `json:"asked" example:"Dana Ruiz, goods inwards" maxLength:"200"`
	Answer string `json:"answer" example:"20 doors received, none damaged" maxLength:"1000"`
	// SHA-256 of what shows it, 64 hex digits.
	EvidenceSHA256 string `json:"evidence_sha256,omitempty" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	// The last day on which it counts; 30 days from today unless it is given, and at most 366.
	ExpiresOn string `json:"expires_on,omitempty" format:"date" example:"2026-03-06"`
} //	@name	VerifyRequest

// Verification is a record of how far an invoice is proven, from level 0, not at all,
// over 1 the seller's documents, 2 proof of delivery, 3 a written status from the
// debtor, 4 a call back, 5 a signed acknowledgement, to 6 irrevocable acceptance.
type Verification struct {
	ID             string  `json:"id" example:"ver_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceID      string  `json:"invoice_id" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Level          int     `json:"level" example:"2"`
	Method         string  `json:"method" example:"signed delivery note"`
	Asked          string  `json:"asked" example:"Dana Ruiz, goods inwards"`
	Answer         string  `json:"answer" example:"20 doors received, none damaged"`
	EvidenceSHA256 *string `json:"evidence_sha256" extensions:"x-nullable" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	ExpiresOn      string  `json:"expires_on" format:"date" example:"2026-03-06"`
	RecordedBy     string  `json:"recorded_by" enums:"seller,platform" example:"seller"`
	RecordedAt     string  `json:"recorded_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
} //	@name	Verification

func verificationOf(v domain.Verification) Verification {
	out := Verification{
		ID: v.ID.String(), InvoiceID: v.Invoice.String(), Level: v.Level, Method: v.Method, Asked: v.Asked, Answer: v.Answer,
		EvidenceSHA256: textOrNull(hex.EncodeToString(v.Evidence)), ExpiresOn: v.Expires.String(), RecordedBy: "platform", RecordedAt: moment(v.At),
	}
	if v.By == v.Seller {
		out.RecordedBy = "seller"
	}
	return out
}

// verifyInvoice records how far an invoice is proven.
//
//	@Summary		Record a verification
//	@Description	The seller records levels 1 and 2; more needs somebody who does not sell: the platform. The highest level that has not expired counts for prices by risk from now on; level 0 says that what was recorded before no longer counts, and after it only what the platform records does. Proof of delivery needs the digest of what shows it.
//	@Tags			invoices
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string			true	"names this request for ever"
//	@Param			id				path		string			true	"id of the invoice"
//	@Param			request			body		VerifyRequest	true	"what was found"
//	@Success		201				{object}	Verification
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/invoices/{id}/verifications [post]
func (s *Server) verifyInvoice(c *gin.Context) error {
	id, err := pathID(c, domain.ParseInvoiceID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[VerifyRequest](c)
	if err != nil {
		return err
	}
	v, err := request.verification(id)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, verificationOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.VerifyInvoice(c.Request.Context(), caller(c), v, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

func (r VerifyRequest) verification(invoice domain.InvoiceID) (domain.Verification, error) {
	var k checker
	if r.Level == nil {
		k.wrong("/level", "required", "a whole number from 0 to %d", domain.VerificationHighest)
		r.Level = new(int)
	}
	v := domain.Verification{
		Invoice: invoice, Level: k.whole("/level", *r.Level, 0, domain.VerificationHighest), Method: k.oneLine("/method", r.Method, true, 200),
		Asked: k.oneLine("/asked", r.Asked, true, 200), Answer: k.text("/answer", r.Answer, true, maxReason), Expires: k.dayOr("/expires_on", r.ExpiresOn),
	}
	if r.EvidenceSHA256 != "" {
		sum, err := hex.DecodeString(r.EvidenceSHA256)
		if err != nil || len(sum) != 32 {
			k.wrong("/evidence_sha256", "not-a-digest", "write a SHA-256 as 64 hex digits")
		}
		v.Evidence = sum
	}
	return v, k.err()
}

// listVerifications lists what was recorded of how far an invoice is proven.
//
//	@Summary	List verifications
//	@Tags		invoices
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"id of the invoice"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Verification]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/invoices/{id}/verifications [get]
func (s *Server) listVerifications(c *gin.Context) error {
	id, p, err := pageOn(c, domain.ParseInvoiceID, domain.ParseVerificationID)
	if err != nil {
		return err
	}
	rows, err := s.market.Verifications(c.Request.Context(), caller(c), id, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, verificationOf, func(v domain.Verification) string { return v.ID.String() }))
}

// DilutionRequest is what a debtor took off sales otherwise than by paying, by month
// of sale, as the seller's books have it.
type DilutionRequest struct {
	Currency string `json:"currency" example:"USD"`
	// Days from a sale within which nineteen in twenty credits come. Left out, 90 are waited for.
	CreditLagDays *int                   `json:"credit_lag_days,omitempty" example:"45" minimum:"0" maximum:"730"`
	Months        []DilutionMonthRequest `json:"months" maxItems:"36"`
} //	@name	DilutionRequest

// DilutionMonthRequest is the sales of one month, gross, and the credits on them
// whenever they came.
type DilutionMonthRequest struct {
	Month   string `json:"month" example:"2026-01"`
	Sales   string `json:"sales" example:"40000.00"`
	Credits string `json:"credits" example:"1200.00"`
} //	@name	DilutionMonthRequest

// Dilution is what a debtor took off sales, by month of sale.
type Dilution struct {
	ID            string          `json:"id" example:"dil_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Currency      string          `json:"currency" example:"USD"`
	CreditLagDays *int            `json:"credit_lag_days" extensions:"x-nullable" example:"45"`
	Months        []DilutionMonth `json:"months"`
	RecordedAt    string          `json:"recorded_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
} //	@name	Dilution

// DilutionMonth is one month of sales and the credits on them.
type DilutionMonth struct {
	Month   string `json:"month" example:"2026-01"`
	Sales   string `json:"sales" example:"40000.00"`
	Credits string `json:"credits" example:"1200.00"`
} //	@name	DilutionMonth

func dilutionOf(r domain.DilutionRecord) Dilution {
	out := Dilution{ID: r.ID.String(), Currency: string(r.Currency), Months: []DilutionMonth{}, RecordedAt: moment(r.At)}
	if r.LagDays >= 0 {
		out.CreditLagDays = &r.LagDays
	}
	for _, m := range r.Months {
		out.Months = append(out.Months, DilutionMonth{Month: m.Start.String()[:len("2006-01")], Sales: m.Sales.Decimal(), Credits: m.Credits.Decimal()})
	}
	return out
}

// recordDilution records what a debtor took off the seller's sales.
//
//	@Summary		Record a debtor's dilution
//	@Description	Returns, allowances and other credits by month of sale. It takes the place of the record before of the same currency, and counts for prices by risk from now on. A pair of which fewer than three months are complete is priced at the worst that is believed.
//	@Tags			relationships
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string			true	"names this request for ever"
//	@Param			id				path		string			true	"relationship"
//	@Param			request			body		DilutionRequest	true	"sales and credits by month"
//	@Success		201				{object}	Dilution
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/relationships/{id}/dilution [post]
func (s *Server) recordDilution(c *gin.Context) error {
	id, err := pathID(c, domain.ParseRelationshipID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[DilutionRequest](c)
	if err != nil {
		return err
	}
	record, err := request.record(id)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, dilutionOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.RecordDilution(c.Request.Context(), caller(c), record, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

func (r DilutionRequest) record(relationship domain.RelationshipID) (domain.DilutionRecord, error) {
	var k checker
	currency := k.currency("/currency", r.Currency)
	if k.err() != nil {
		return domain.DilutionRecord{}, k.err() // without it no amount can be read
	}
	record := domain.DilutionRecord{Relationship: relationship, Currency: currency, LagDays: -1}
	if r.CreditLagDays != nil {
		record.LagDays = k.whole("/credit_lag_days", *r.CreditLagDays, 0, domain.DilutionLagDays)
	}
	if len(r.Months) == 0 || len(r.Months) > domain.DilutionMonths {
		k.wrong("/months", "out-of-range", "1 to %d months", domain.DilutionMonths)
		return record, k.err()
	}
	for i, m := range r.Months {
		at := fmt.Sprintf("/months/%d", i)
		start, err := domain.ParseDate(m.Month + "-01")
		if err != nil {
			k.wrong(at+"/month", "not-a-month", "write a year and a month as YYYY-MM")
		}
		record.Months = append(record.Months, domain.DilutionMonth{
			Start: start, Sales: k.amountIn(at+"/sales", m.Sales, currency), Credits: k.amountIn(at+"/credits", m.Credits, currency),
		})
	}
	return record, k.err()
}

// listDilution lists what the seller recorded of a debtor's dilution.
//
//	@Summary	List a debtor's dilution records
//	@Tags		relationships
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"relationship"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Dilution]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/relationships/{id}/dilution [get]
func (s *Server) listDilution(c *gin.Context) error {
	id, p, err := pageOn(c, domain.ParseRelationshipID, domain.ParseDilutionRecordID)
	if err != nil {
		return err
	}
	rows, err := s.market.DilutionRecords(c.Request.Context(), caller(c), id, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, dilutionOf, func(r domain.DilutionRecord) string { return r.ID.String() }))
}
