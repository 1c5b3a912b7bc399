package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

func (s *Server) appreciationRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/appreciation", handle: s.getAppreciation},
		{method: http.MethodPut, path: "/v1/appreciation", handle: s.setAppreciation},
		{method: http.MethodGet, path: "/v1/vouchers", handle: s.listVouchers},
		{method: http.MethodPost, path: "/v1/vouchers/:id/redeem", handle: s.redeemVoucher},
		{method: http.MethodGet, path: "/v1/reports/appreciation", handle: s.appreciationReport},
	}
}

const maxReference = 100

// VoucherTermsRequest is what a voucher of yours is worth: a percentage or an amount.
type VoucherTermsRequest struct {
	// Off the next order.
	Percent *int `json:"percent,omitempty" minimum:"1" maximum:"50" example:"5"`
	// Off the next order, instead.
	Amount *Money `json:"amount,omitempty"`
	// From the day of the letter on.
	ValidDays int `json:"valid_days" minimum:"14" maximum:"730" example:"90"`
	// What else holds of it, in one sentence; without links, bank details or demands.
	Note string `json:"note,omitempty" maxLength:"160" example:"It is good for everything that we print."`
} //	@name	VoucherTermsRequest

// SetAppreciationRequest is how you show that you notice who pays on time.
type SetAppreciationRequest struct {
	// Left out: the note alone.
	Voucher *VoucherTermsRequest `json:"voucher,omitempty" extensions:"x-nullable"`
	// Which part of recognised debtors gets a voucher beside the note, from 0 to 1; by six decimals. Drawn by the debtor's id: the rest shows what the voucher changes.
	Share string `json:"share,omitempty" default:"1" example:"0.5"`
} //	@name	SetAppreciationRequest

func (r SetAppreciationRequest) appreciation() (domain.Appreciation, error) {
	var k checker
	a := domain.Appreciation{Share: money.Whole}
	if r.Share != "" {
		rate := k.fraction("/share", r.Share)
		var err error
		if a.Share, err = money.PpmOf(rate); err != nil || a.Share.Rate().Compare(rate) != 0 {
			k.wrong("/share", "too-long", "at most six decimals, from 0 to 1")
		}
	}
	if v := r.Voucher; v != nil {
		a.Voucher = &domain.VoucherTerms{ValidDays: v.ValidDays, Note: k.oneLine("/voucher/note", v.Note, false, maxVoice)}
		if v.Percent != nil {
			a.Voucher.Percent = k.whole("/voucher/percent", *v.Percent, 1, domain.MostVoucherPercent)
		}
		if v.Amount != nil {
			if a.Voucher.Amount = k.amount("/voucher/amount", *v.Amount); !a.Voucher.Amount.Positive() {
				k.wrong("/voucher/amount/amount", "not-positive", "more than zero")
			}
		}
	}
	return a, k.err()
}

// VoucherTerms is what a voucher is worth.
type VoucherTerms struct {
	Percent   *int    `json:"percent" extensions:"x-nullable" example:"5"`
	Amount    *Money  `json:"amount" extensions:"x-nullable"`
	ValidDays int     `json:"valid_days" example:"90"`
	Note      *string `json:"note" extensions:"x-nullable" example:"It is good for everything that we print."`
} //	@name	VoucherTerms

func voucherTermsOf(t domain.VoucherTerms) VoucherTerms {
	out := VoucherTerms{ValidDays: t.ValidDays, Note: textOrNull(t.Note)}
	if t.Percent > 0 {
		out.Percent = &t.Percent
	} else {
		out.Amount = new(moneyOf(t.Amount))
	}
	return out
}

// Appreciation is how a seller shows that it notices who pays on time.
type Appreciation struct {
	// Null: the note alone.
	Voucher   *VoucherTerms `json:"voucher" extensions:"x-nullable"`
	Share     string        `json:"share" example:"0.500000"`
	UpdatedAt *string       `json:"updated_at" extensions:"x-nullable" format:"date-time" example:"2026-02-20T10:00:00Z"`
} //	@name	Appreciation

func appreciationOf(a domain.Appreciation) Appreciation {
	out := Appreciation{Share: a.Share.String(), UpdatedAt: momentOrNull(a.UpdatedAt)}
	if a.Voucher != nil {
		out.Voucher = new(voucherTermsOf(*a.Voucher))
	}
	return out
}

// Voucher is a voucher that went out with a letter about your invoices. It is yours to honour, and stands in no book of a factor: this list is what you book it by.
type Voucher struct {
	ID             string       `json:"id" example:"vch_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	RelationshipID string       `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Debtor         string       `json:"debtor" example:"Harbor Hotel Group"`
	Terms          VoucherTerms `json:"terms"`
	Code           string       `json:"code" example:"K7MX-4QPD"`
	Status         string       `json:"status" enums:"open,redeemed,expired" example:"open"`
	MadeAt         string       `json:"made_at" format:"date-time" example:"2026-02-20T10:00:00Z"`
	// The last day.
	ValidUntil string  `json:"valid_until" format:"date" example:"2026-05-21"`
	RedeemedAt *string `json:"redeemed_at" extensions:"x-nullable" format:"date-time" example:"2026-04-02T10:00:00Z"`
	// Your own, of what it was redeemed for.
	Reference *string `json:"reference" extensions:"x-nullable" example:"order 4711"`
} //	@name	Voucher

func voucherOn(today domain.Date) func(domain.Voucher) Voucher {
	return func(v domain.Voucher) Voucher {
		return Voucher{
			ID: v.ID.String(), RelationshipID: v.Relationship.String(), Debtor: v.Debtor, Terms: voucherTermsOf(v.Terms), Code: v.Code, Status: v.State(today),
			MadeAt: moment(v.MadeAt), ValidUntil: v.ValidUntil.String(), RedeemedAt: momentOrNull(v.RedeemedAt), Reference: textOrNull(v.Reference),
		}
	}
}

// RedeemVoucherRequest says what a voucher was used for.
type RedeemVoucherRequest struct {
	// Your own, such as the number of the order.
	Reference string `json:"reference" maxLength:"100" example:"order 4711"`
} //	@name	RedeemVoucherRequest

func (r RedeemVoucherRequest) read() (string, error) {
	var k checker
	return k.oneLine("/reference", r.Reference, true, maxReference), k.err()
}

// getAppreciation answers how the seller shows that it notices who pays on time.
//
//	@Summary	Read your appreciation
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Success	200	{object}	Appreciation
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Router		/v1/appreciation [get]
func (s *Server) getAppreciation(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	a, err := s.cases.Appreciation(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, appreciationOf(a))
}

// setAppreciation changes how the seller shows that it notices who pays on time.
//
//	@Summary		Set your appreciation
//	@Description	Who pays six of your invoices in a row on time gets a note with the thanks for the last, at most twice a year. A voucher can go with it, for a share of the debtors: never with a reminder, and never to a natural person who is protected. What was given stays as it is. It replaces what was there.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			request	body		SetAppreciationRequest	true	"the voucher, and who gets it"
//	@Success		200		{object}	Appreciation
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/appreciation [put]
func (s *Server) setAppreciation(c *gin.Context) error {
	request, err := bodyOnly[SetAppreciationRequest](c)
	if err != nil {
		return err
	}
	a, err := request.appreciation()
	if err != nil {
		return err
	}
	a, err = s.cases.SetAppreciation(c.Request.Context(), caller(c), a)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, appreciationOf(a))
}

// listVouchers answers the vouchers that went out.
//
//	@Summary		List vouchers
//	@Description	Those that went out with letters about your invoices, the oldest first: terms, state and what each was redeemed for.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Voucher]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/vouchers [get]
func (s *Server) listVouchers(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseVoucherID)
	if err != nil {
		return err
	}
	by := caller(c)
	list, err := s.cases.Vouchers(c.Request.Context(), by, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(list, p, voucherOn(domain.DateOf(by.Now.UTC())), func(v domain.Voucher) string { return v.ID.String() }))
}

// redeemVoucher notes that a voucher was used.
//
//	@Summary		Redeem a voucher
//	@Description	Once, with a reference of your own. One whose last day is over can be redeemed too: it is yours to honour.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string					true	"id of the voucher"
//	@Param			request			body		RedeemVoucherRequest	true	"what it was used for"
//	@Success		200				{object}	Voucher
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/vouchers/{id}/redeem [post]
func (s *Server) redeemVoucher(c *gin.Context) error {
	id, err := pathID(c, domain.ParseVoucherID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[RedeemVoucherRequest](c)
	if err != nil {
		return err
	}
	reference, err := request.read()
	if err != nil {
		return err
	}
	by := caller(c)
	guard, err := once(c, answering(http.StatusOK, voucherOn(domain.DateOf(by.Now.UTC())), nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.RedeemVoucher(c.Request.Context(), by, id, reference, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// AppreciationReport compares the note alone with the note and a voucher, among debtors that could have got either.
type AppreciationReport struct {
	NoteOnly       AppreciationEffect `json:"note_only"`
	NoteAndVoucher AppreciationEffect `json:"note_and_voucher"`
} //	@name	AppreciationReport

// AppreciationEffect is how one way to say thanks went.
type AppreciationEffect struct {
	// By the first such letter of each.
	Debtors int `json:"debtors" example:"12"`
	// Of them, those whose next invoice is paid, or overdue.
	NextInvoices int `json:"next_invoices" example:"9"`
	// The median of these invoices, the lower of two; negative: early. An overdue one counts with its days so far. Null: there is none.
	MedianDaysLate *int `json:"median_days_late" extensions:"x-nullable" example:"-2"`
} //	@name	AppreciationEffect

func appreciationEffectOf(e domain.AppreciationEffect) AppreciationEffect {
	out := AppreciationEffect{Debtors: e.Debtors, NextInvoices: e.Invoices}
	if e.Invoices > 0 {
		out.MedianDaysLate = &e.DaysLate
	}
	return out
}

// appreciationReport answers what vouchers change.
//
//	@Summary		What vouchers change
//	@Description	Of the debtors that were recognised while you gave vouchers: how late the next invoice was paid that was issued after it, with the note alone and with a voucher beside it.
//	@Tags			reports
//	@Produce		json
//	@Security		Bearer
//	@Success		200	{object}	AppreciationReport
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Router			/v1/reports/appreciation [get]
func (s *Server) appreciationReport(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	effects, err := s.cases.AppreciationEffects(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, AppreciationReport{NoteOnly: appreciationEffectOf(effects[0]), NoteAndVoucher: appreciationEffectOf(effects[1])})
}
