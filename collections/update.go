package collections

import (
	"comity/domain"
)

// letterDispute is what a letter says about a dispute.
type letterDispute struct {
	Number, Amount, Rest, Reason, Said, Remedy string
	AnswerBy, CureBy                           string
	Accepts, Rejects                           bool
	Offered, Payable, Answer, RestsUntil       string
	Credited, CreditNumber, Refund, Open       string
	Withdrawn, StillOpen                       bool
}

// letterPlan is what a letter says about a plan.
type letterPlan struct {
	Number, Total, By, Reason, Note string
	Instalments                     []letterInstalment
	N, Count                        int    // of the instalment that is spoken of
	Amount, Day, Left               string // its own: what is still to come of it, its day, what is left after it
	Forgiven, Last                  string // what is forgiven once it is paid by a day
	BySeller                        bool   // the seller's word is missing, and nobody else's
}

type letterInstalment struct {
	N           int
	Day, Amount string
}

// update fills in what a letter about a change says.
func (data *letter) update(f domain.CaseFacts, act Act, l local) {
	if act.Class == domain.ClassInstalment {
		data.instalment(f, act, l)
		return
	}
	for _, d := range f.Disputes {
		if d.ID == act.Dispute && !act.Dispute.IsZero() {
			data.dispute(f, d, l)
		}
	}
	for _, p := range f.Plans {
		if p.ID == act.Plan && !act.Plan.IsZero() {
			data.plan(f, p)
			data.Plan.BySeller = p.Status == domain.PlanProposed && !p.ApprovedAt.IsZero() && p.ConsentedAt.IsZero()
		}
	}
	for _, u := range f.Updates {
		if u.ID != act.Update || act.Update.IsZero() {
			continue
		}
		for _, d := range f.Disputes {
			if d.ID.UUID == u.Subject {
				data.dispute(f, d, l)
			}
		}
		for _, m := range f.Mediations {
			if m.ID.UUID == u.Subject {
				data.mediation(f, m, l)
			}
		}
		for _, p := range f.Plans {
			if p.ID.UUID == u.Subject {
				data.plan(f, p)
			}
		}
		for _, r := range f.Recourses {
			if r.ID.UUID == u.Subject {
				data.Part = r.Part.Grouped()
				if !r.PolicyUntil.IsZero() {
					data.PolicyUntil, data.PolicyGap = r.PolicyUntil.Long(), gapDays
				}
				if item, ok := f.Item(r.Deal); ok && live(&item) && item.Deal.Open.Positive() {
					data.Left = item.Deal.Open.Grouped()
				}
			}
		}
	}
}

func (data *letter) dispute(f domain.CaseFacts, d domain.Dispute, l local) {
	item, _ := f.Item(d.Deal)
	clocks := d.Clocks(l.cal, l.zone)
	open, payable := item.Deal.Open, d.Amount
	data.Dispute = letterDispute{
		Number: writable(item.Deal.InvoiceNumber, noNumber), Amount: d.Amount.Grouped(), Reason: d.Reason.Words(), Said: data.quoted(d.Said, "(as you wrote)"),
		Remedy: data.quoted(d.Remedy, ""), AnswerBy: clocks.AnswerBy.Long(), CureBy: clocks.CureBy.Long(), Accepts: d.Position == domain.PositionAccepts,
		Rejects: d.Position == domain.PositionRejects, Answer: withoutBankDetails(d.Answer, ""), CreditNumber: oneLine(d.CreditNumber), Open: open.Grouped(),
		Withdrawn: d.Outcome == domain.OutcomeWithdrawn, StillOpen: open.Positive(),
	}
	if rest := open.Minus(disputedOf(f.Disputes, d.Deal, open)); rest.Positive() {
		data.Dispute.Rest = rest.Grouped()
	}
	if d.Offered.Positive() {
		data.Dispute.Offered = d.Offered.Grouped()
		payable = payable.Minus(d.Offered)
	}
	if payable.Positive() {
		data.Dispute.Payable = payable.Grouped()
	}
	if d.Credited.Positive() {
		data.Dispute.Credited = d.Credited.Grouped()
	}
	if refund := d.Refund(); refund.Positive() {
		data.Dispute.Refund = refund.Grouped()
	}
	if !d.AnsweredAt.IsZero() {
		data.Dispute.RestsUntil = l.day(d.AnsweredAt).Plus(afterAnswer).Short()
	}
}

func (data *letter) plan(f domain.CaseFacts, p domain.Plan) {
	item, _ := f.Item(p.Deal)
	data.Plan = letterPlan{
		Number: writable(item.Deal.InvoiceNumber, noNumber), Total: p.Total.Grouped(), Reason: reasonWords[p.Reason], Note: withoutBankDetails(p.Note, ""), Count: len(p.Instalments),
	}
	if p.Forgiven.Positive() {
		data.Plan.Forgiven, data.Plan.Last = p.Forgiven.Grouped(), p.Last().Long()
	}
	if !p.AnswerBy.IsZero() {
		data.Plan.By = p.AnswerBy.Long()
	}
	for _, one := range p.Instalments {
		data.Plan.Instalments = append(data.Plan.Instalments, letterInstalment{one.N, one.DueOn.Long(), one.Amount.Grouped()})
	}
}

// instalment fills in the agreed word before a date of a plan: what of the plan is due by then
// and not there yet.
func (data *letter) instalment(f domain.CaseFacts, act Act, l local) {
	for _, p := range f.Plans {
		if p.ID != act.Plan || act.Instalment < 1 || act.Instalment > len(p.Instalments) {
			continue
		}
		data.plan(f, p)
		item, _ := f.Item(p.Deal)
		one := p.Instalments[act.Instalment-1]
		there := p.Paid(item.Deal.Open, f.Disputes, l.today, l.cal, l.zone)
		due := p.DueBy(one.DueOn).Minus(there)
		data.Plan.N, data.Plan.Amount, data.Plan.Day = one.N, due.Grouped(), one.DueOn.Long()
		if left := p.Total.Minus(there).Minus(due); left.Positive() {
			data.Plan.Left = left.Grouped()
		}
	}
}

// reasonWords says why something is late, to the debtor who said so.
var reasonWords = map[domain.Reason]string{
	domain.ReasonCashFlow: "money comes later than planned", domain.ReasonAdmin: "a step of your own is still missing", domain.ReasonUnforeseen: "something unforeseen happened",
	domain.ReasonApproval: "it waits for an approval", domain.ReasonMissing: "the invoice was missing", domain.ReasonDispute: "something was not right with it",
	domain.ReasonOversight: "it was overlooked", domain.ReasonOther: "a reason of your own",
}
