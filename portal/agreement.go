package portal

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// What is done in the thread of a dispute and with a plan; each is told to the page by name.
const (
	deedAgree   = "dispute/agree"
	deedNote    = "dispute/note"
	deedAccept  = "plan/accept"
	deedDecline = "plan/decline"
)

func (p *portal) dispute(c *gin.Context, v visit) {
	f, err := p.read(c, v, domain.VerbDispute)
	if f.Reason == "" {
		f.Reason = string(domain.DisputeOther)
	}
	if err == nil {
		err = f.sum(c.PostForm("currency"))
	}
	var answer domain.Answer
	if err == nil {
		answer, err = p.Cases.Dispute(c.Request.Context(), v.by, collections.Complaint{
			Deal: f.deal, Amount: f.amount, Reason: domain.DisputeReason(f.Reason), Said: f.Said, Remedy: f.Remedy,
		}, once[domain.Dispute](f))
	}
	p.answer(c, v, answer, err, f)
}

func (p *portal) agree(c *gin.Context, v visit) {
	f, err := p.read(c, v, deedAgree)
	var answer domain.Answer
	if err == nil {
		var id domain.DisputeID
		if id, err = domain.ParseDisputeID(f.Dispute); err != nil {
			err = domain.ErrNotFound
		} else {
			answer, err = p.Cases.AgreeDispute(c.Request.Context(), v.by, id, once[domain.Dispute](f))
		}
	}
	p.answer(c, v, answer, err, f)
}

func (p *portal) note(c *gin.Context, v visit) {
	f, err := p.read(c, v, deedNote)
	var answer domain.Answer
	if err == nil {
		var id domain.DisputeID
		if id, err = domain.ParseDisputeID(f.Dispute); err != nil {
			err = domain.ErrNotFound
		} else {
			answer, err = p.Cases.NoteOnPage(c.Request.Context(), v.by, id, f.Said, once[domain.Note](f))
		}
	}
	p.answer(c, v, answer, err, f)
}

// months is what a form says instead of a number of days.
const months = "month"

// plan asks for equal instalments: how many, from when, and how often.
func (p *portal) plan(c *gin.Context, v visit) {
	f, err := p.read(c, v, domain.VerbPlan)
	if err == nil {
		err = f.date()
	}
	var answer domain.Answer
	if err == nil {
		r := collections.PlanRequest{Deal: f.deal, Reason: domain.Reason(f.Reason), Said: f.Said, FirstOn: f.day}
		if r.Count, err = strconv.Atoi(strings.TrimSpace(f.Count)); err != nil {
			err = domain.ErrInvalid.At("/count", "not-a-number", "how many instalments, such as 3")
		} else if f.Every != months {
			if r.EveryDays, err = strconv.Atoi(f.Every); err != nil || r.EveryDays == 0 {
				err = domain.ErrInvalid.At("/every_days", "not-allowed", "every week, every two weeks or every month")
			}
		}
		if err == nil {
			answer, err = p.Cases.RequestPlan(c.Request.Context(), v.by, r, once[domain.Plan](f))
		}
	}
	p.answer(c, v, answer, err, f)
}

// planAnswer takes or declines a plan that is on offer.
func (p *portal) planAnswer(taken bool) func(*gin.Context, visit) {
	deed := map[bool]string{true: deedAccept, false: deedDecline}[taken]
	return func(c *gin.Context, v visit) {
		f, err := p.read(c, v, deed)
		var answer domain.Answer
		if err == nil {
			var id domain.PlanID
			if id, err = domain.ParsePlanID(f.Plan); err != nil {
				err = domain.ErrNotFound
			} else {
				answer, err = p.Cases.AnswerPlan(c.Request.Context(), v.by, id, taken, once[domain.Plan](f))
			}
		}
		p.answer(c, v, answer, err, f)
	}
}
