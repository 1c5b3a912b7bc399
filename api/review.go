package api

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// Review looks back on one invoice, from its purchase to its last payment.
type Review struct {
	DealID        string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceNumber string `json:"invoice_number" example:"2026-0117"`
	// settled, or charged_back: given back to the seller.
	Ended        string  `json:"ended" enums:"settled,charged_back" example:"settled"`
	DueDate      string  `json:"due_date" format:"date" example:"2026-02-13"`
	PaidInFullOn *string `json:"paid_in_full_on" extensions:"x-nullable" format:"date" example:"2026-02-20"`
	// From the due date to the last payment; negative when it came early, null where it was not paid in full.
	DaysLate *int           `json:"days_late" extensions:"x-nullable" example:"7"`
	Messages ReviewMessages `json:"messages"`
	Words    ReviewWords    `json:"words"`
	// What its debtor answered to whether it was easy; null: nobody was asked, or nobody answered.
	Feedback *ReviewFeedback `json:"feedback" extensions:"x-nullable"`
	// What the seller paid: fee, origination, wire and tax.
	Cost     Money           `json:"cost"`
	Findings []ReviewFinding `json:"findings"`
} //	@name	Review

// ReviewMessages counts what left about an invoice.
type ReviewMessages struct {
	BeforeDue int `json:"before_due" example:"1"`
	Reminders int `json:"reminders" example:"1"`
	Calls     int `json:"calls" example:"0"`
	Answers   int `json:"answers" example:"0"`
	// 0 informative to 4 formal.
	FirmestTone int `json:"firmest_tone" example:"1"`
	Bounced     int `json:"bounced" example:"0"`
} //	@name	ReviewMessages

// ReviewWords counts what was asked, disputed and promised.
type ReviewWords struct {
	Questions int `json:"questions" example:"1"`
	// Business days of the factor that the slowest answer took.
	SlowestAnswerDays int   `json:"slowest_answer_days" example:"1"`
	Disputes          int   `json:"disputes" example:"0"`
	Disputed          Money `json:"disputed"`
	PromisesKept      int   `json:"promises_kept" example:"1"`
	PromisesPartKept  int   `json:"promises_part_kept" example:"0"`
	PromisesBroken    int   `json:"promises_broken" example:"0"`
	Plans             int   `json:"plans" example:"0"`
	// Days that the factor let somebody wait too long: the fee does not count them.
	DaysWaitedForFactor int  `json:"days_waited_for_factor" example:"0"`
	Complaint           bool `json:"complaint" example:"false"`
} //	@name	ReviewWords

// ReviewFeedback is what a debtor thinks of how it was treated.
type ReviewFeedback struct {
	Ease string `json:"ease" enums:"yes,partly,no" example:"yes"`
	Said string `json:"said" example:""`
} //	@name	ReviewFeedback

// ReviewFinding is what was found, and what could be done another time.
type ReviewFinding struct {
	Area       string `json:"area" enums:"invoicing,communication,terms" example:"invoicing"`
	Code       string `json:"code" example:"not-received"`
	Said       string `json:"said" example:"The customer said that the invoice had not arrived."`
	Suggestion string `json:"suggestion" example:"Ask where invoices should go, and send them there with a word that confirms their arrival."`
} //	@name	ReviewFinding

func reviewOf(r domain.Review) Review {
	d := r.Deal
	out := Review{
		DealID: d.ID.String(), InvoiceNumber: d.InvoiceNumber, Ended: string(d.Status), DueDate: d.Due.String(), PaidInFullOn: textOrNull(d.PaidInFull.String()),
		Messages: ReviewMessages{BeforeDue: r.BeforeDue, Reminders: r.Reminders, Calls: r.Calls, Answers: r.Answers, FirmestTone: r.Firmest, Bounced: r.Bounced},
		Words: ReviewWords{
			Questions: r.Questions, SlowestAnswerDays: r.SlowestDay, Disputes: r.Disputes, Disputed: moneyOf(r.Disputed),
			PromisesKept: r.Kept, PromisesPartKept: r.PartKept, PromisesBroken: r.Broken, Plans: r.Plans, DaysWaitedForFactor: r.LateDays, Complaint: r.Complaint,
		},
		Cost: moneyOf(r.Cost), Findings: []ReviewFinding{},
	}
	if !d.PaidInFull.IsZero() {
		out.DaysLate = &r.DaysLate
	}
	if r.Feedback.Ease != "" {
		out.Feedback = &ReviewFeedback{Ease: string(r.Feedback.Ease), Said: r.Feedback.Said}
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, ReviewFinding{Area: string(f.Area), Code: f.Code, Said: f.Said, Suggestion: f.Suggestion})
	}
	return out
}

// dealReview looks back on a deal that ended.
//
//	@Summary		Look back on a deal
//	@Description	For its seller and its factor, once it is settled or was given back: what was said and asked, how long that took, what it cost, and findings about invoicing, communication and terms, each with a suggestion. The same rows give the same review.
//	@Tags			deals
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the deal"
//	@Success		200	{object}	Review
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		409	{object}	Problem
//	@Router			/v1/deals/{id}/review [get]
func (s *Server) dealReview(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	review, err := s.cases.DealReview(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, reviewOf(review))
}

// ReviewReport counts what was found in the latest deals that ended.
type ReviewReport struct {
	Deals    int                  `json:"deals" example:"40"`
	OnTime   int                  `json:"on_time" example:"31"`
	Findings []ReviewReportCounts `json:"findings"`
} //	@name	ReviewReport

// ReviewReportCounts is how often one thing was found, and where it was found last.
type ReviewReportCounts struct {
	Area       string `json:"area" enums:"invoicing,communication,terms" example:"invoicing"`
	Code       string `json:"code" example:"not-received"`
	Deals      int    `json:"deals" example:"3"`
	Suggestion string `json:"suggestion" example:"Ask where invoices should go, and send them there with a word that confirms their arrival."`
	LastDealID string `json:"last_deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
} //	@name	ReviewReportCounts

func reviewReportOf(reviews []domain.Review) ReviewReport {
	out := ReviewReport{Deals: len(reviews), Findings: []ReviewReportCounts{}}
	at := map[string]int{}
	for _, r := range reviews { // newest first
		if !r.Deal.PaidInFull.IsZero() && r.DaysLate <= 0 {
			out.OnTime++
		}
		for _, f := range r.Findings {
			if _, known := at[f.Code]; !known {
				at[f.Code] = len(out.Findings)
				out.Findings = append(out.Findings, ReviewReportCounts{Area: string(f.Area), Code: f.Code, Suggestion: f.Suggestion, LastDealID: r.Deal.ID.String()})
			}
			out.Findings[at[f.Code]].Deals++
		}
	}
	slices.SortStableFunc(out.Findings, func(a, b ReviewReportCounts) int { return b.Deals - a.Deals })
	return out
}

// reviewReport counts what was found in the deals that ended.
//
//	@Summary		What could be done another time
//	@Description	Over the caller's latest deals that ended, at most 100: how many were paid in time, and what was found how often, the most frequent first.
//	@Tags			reports
//	@Produce		json
//	@Security		Bearer
//	@Success		200	{object}	ReviewReport
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Router			/v1/reports/reviews [get]
func (s *Server) reviewReport(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	reviews, err := s.cases.Reviews(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, reviewReportOf(reviews))
}
