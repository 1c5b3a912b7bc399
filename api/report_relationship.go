package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

// RelationshipReport is what was recovered of a pair of seller and debtor in a period, and beside it how the relationship stands.
type RelationshipReport struct {
	RelationshipID string `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	SellerID       string `json:"seller_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	Debtor         string `json:"debtor" example:"Harbor Hotel Group"`
	// By currency, of your deals that fell due in the period and were paid out.
	Recovered []RelationshipRecovered `json:"recovered"`
	// Invoices that fell due in the period and are paid.
	Paid int `json:"paid" example:"7"`
	// The median of theirs, the lower of two; negative: early. Null: none is paid.
	MedianDaysLate *int                `json:"median_days_late" extensions:"x-nullable" example:"2"`
	Relationship   RelationshipOutcome `json:"relationship"`
} //	@name	RelationshipReport

// RelationshipRecovered is what fell due in one currency, and what of it was paid.
type RelationshipRecovered struct {
	FellDue Money `json:"fell_due"`
	Paid    Money `json:"paid"`
	// Paid of what fell due, to six decimals.
	Share string `json:"share" example:"0.925000"`
} //	@name	RelationshipRecovered

// RelationshipOutcome is how a relationship stands: what happened in the period, and a score that is the sum of its parts.
type RelationshipOutcome struct {
	// Points of the parts over their weights, in per cent.
	Score int                `json:"score" minimum:"0" maximum:"100" example:"88"`
	Parts []RelationshipPart `json:"parts"`
	// Decided in the period, and of them kept in full.
	Promises     int `json:"promises" example:"2"`
	PromisesKept int `json:"promises_kept" example:"2"`
	// Ended in the period, and of them by agreement: credited, withdrawn, or as the debtor agreed.
	Disputes       int `json:"disputes" example:"1"`
	DisputesAgreed int `json:"disputes_agreed" example:"1"`
	Complaints     int `json:"complaints" example:"0"`
	FeedbackYes    int `json:"feedback_yes" example:"1"`
	FeedbackPartly int `json:"feedback_partly" example:"0"`
	FeedbackNo     int `json:"feedback_no" example:"0"`
	// Of mail or calls. Null: to a seller, whose it is not to know.
	OptedOut *bool `json:"opted_out" extensions:"x-nullable" example:"false"`
	// Invoices in a row that were paid on time, now.
	OnTimeInRow int `json:"on_time_in_row" example:"6"`
	// An invoice was sold after the first that was paid in the period; null: none was paid.
	SoldAgain *bool `json:"sold_again" extensions:"x-nullable" example:"true"`
} //	@name	RelationshipOutcome

// RelationshipPart is what one kind of fact adds to the score; a kind of which nothing is known is not there, and the others weigh more.
type RelationshipPart struct {
	Code   string `json:"code" enums:"promises_kept,disputes_agreed,no_complaints,feedback,reachable,on_time_run,sold_again" example:"promises_kept"`
	Weight int    `json:"weight" example:"20"`
	// In hundredths: from 0 to 100 times the weight.
	Points int `json:"points" example:"2000"`
} //	@name	RelationshipPart

func relationshipReportOf(r domain.RelationshipReport) RelationshipReport {
	f := r.Facts
	out := RelationshipReport{
		RelationshipID: r.Relationship.String(), SellerID: r.Seller.String(), Debtor: r.Debtor, Recovered: each(r.Recovered, recoveredOf), Paid: r.Paid,
		Relationship: RelationshipOutcome{
			Score: f.Score(), Parts: each(f.Parts(), func(p domain.RelationshipPart) RelationshipPart { return RelationshipPart(p) }),
			Promises: f.Promises, PromisesKept: f.Kept, Disputes: f.Disputes, DisputesAgreed: f.Agreed, Complaints: f.Complaints,
			FeedbackYes: f.Easy, FeedbackPartly: f.HalfEasy, FeedbackNo: f.Asked - f.Easy - f.HalfEasy, OnTimeInRow: f.OnTimeRun,
		},
	}
	if r.Paid > 0 {
		out.MedianDaysLate = &r.DaysLate
	}
	if !f.ReachHidden {
		out.Relationship.OptedOut = &f.OptedOut
	}
	if f.PaidOnce {
		out.Relationship.SoldAgain = &f.SoldAgain
	}
	return out
}

func recoveredOf(r domain.Recovered) RelationshipRecovered {
	share, err := money.PpmOf(money.Ratio(money.Min(r.Paid, r.Due), r.Due))
	if err != nil {
		panic(err) // it is between 0 and 1
	}
	return RelationshipRecovered{FellDue: moneyOf(r.Due), Paid: moneyOf(r.Paid), Share: share.String()}
}

// dayQuery reads a day of the query, or the one that counts where none is given.
func dayQuery(c *gin.Context, name string, otherwise domain.Date) (domain.Date, error) {
	text, given := c.GetQuery(name)
	if !given {
		return otherwise, nil
	}
	day, err := domain.ParseDate(text)
	if err != nil {
		return day, domain.ErrUnreadable.At(name, "not-a-date", "write a day as YYYY-MM-DD")
	}
	return day, nil
}

const reportedDays = 365

// relationshipsReport answers recovery and relationship beside each other.
//
//	@Summary		Recovery and relationship
//	@Description	For each pair of seller and debtor that has a case of yours: what was recovered of what fell due from one day to another, and beside it how the relationship stands, with a score and all its parts. No recovery is shown alone. Weights: promises kept 20, disputes that ended by agreement 15, no complaints 20 (one: half), feedback 15 (partly: half), reachable 10, invoices on time in a row 10 (six are all), sold again 10; of what nothing is known is left out.
//	@Tags			reports
//	@Produce		json
//	@Security		Bearer
//	@Param			from	query		string	false	"the first day; left out: 365 days before the last"	Format(date)
//	@Param			to		query		string	false	"the last day; left out: today, UTC"				Format(date)
//	@Param			limit	query		int		false	"how many, at most 200"								minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[RelationshipReport]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/reports/relationships [get]
func (s *Server) relationshipsReport(c *gin.Context) error {
	if err := onlyQuery(c, "from", "to", "limit", "cursor"); err != nil {
		return err
	}
	by := caller(c)
	to, err := dayQuery(c, "to", domain.DateOf(by.Now.UTC()))
	if err != nil {
		return err
	}
	from, err := dayQuery(c, "from", to.Plus(-reportedDays))
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseRelationshipID)
	if err != nil {
		return err
	}
	list, err := s.cases.Relationships(c.Request.Context(), by, from, to, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(list, p, relationshipReportOf, func(r domain.RelationshipReport) string { return r.Relationship.String() }))
}
