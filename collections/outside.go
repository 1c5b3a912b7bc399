package collections

import (
	"context"
	"fmt"
	"slices"
	"time"

	"comity/domain"
	"comity/money"
)

// outsideIDs are made before the transaction, since it may run twice.
type outsideIDs struct {
	event, recall domain.EventID
	complaint     domain.AgencyComplaintID
}

func newOutsideIDs() outsideIDs {
	return outsideIDs{domain.New[domain.EventID](), domain.New[domain.EventID](), domain.New[domain.AgencyComplaintID]()}
}

// outcome is what a look at a case changed about somebody external.
type outcome struct {
	escalation *domain.Escalation
	complaint  *domain.AgencyComplaint
}

// judgeOutside ends an escalation that something ended, and tells the factor of a part payment that the
// agency has to know of. It returns the facts as they are then.
func (d *decision) judgeOutside(f domain.CaseFacts, ids outsideIDs) domain.CaseFacts {
	e, ok := liveEscalation(&f)
	if !ok {
		return f
	}
	cause := Ended(f, e)
	switch {
	case cause != "":
		was := e.Status
		if err := e.End(cause, domain.UserID{}, "", f.Now); err != nil {
			return f
		}
		d.toldEnded(f, e, was, ids)
		if cause == domain.CauseComplaint && was == domain.EscalationHandedOver {
			d.outside.complaint = &domain.AgencyComplaint{
				ID: ids.complaint, Agency: e.Agency, Escalation: e.ID, Side: "debtor", Said: "a complaint is open in the case", At: f.Now,
			}
		}
	case e.Status == domain.EscalationHandedOver && f.LastPaidAt.After(latest(e.HandedAt, e.AdjustedAt)):
		e.AdjustedAt = f.LastPaidAt
		d.toldFactor(f, ids.recall, "escalation.adjusted", fmt.Sprintf("A part was paid of what %s was asked about: %s is left. Please tell %s today.", e.AgencyName, openSum(f, e), e.AgencyName))
	default:
		return f
	}
	d.outside.escalation = &e
	f.Escalations = slices.Clone(f.Escalations)
	for i := range f.Escalations {
		if f.Escalations[i].ID == e.ID {
			f.Escalations[i] = e
		}
	}
	return f
}

// toldEnded leaves the trail of an escalation that something ended: both sides read it, the seller gets
// a mail, and the factor another one where it has to call somebody back.
func (d *decision) toldEnded(f domain.CaseFacts, e domain.Escalation, was domain.EscalationStatus, ids outsideIDs) {
	event := caseEvent(ids.event, f, "escalation."+string(e.Status), domain.DealID{}, endedWords(f, e, was))
	d.trail.Events = append(d.trail.Events, event)
	if was != domain.EscalationProposed {
		d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobMailParty, Ref: event.ID.UUID})
	}
	if was == domain.EscalationHandedOver {
		d.toldFactor(f, ids.recall, "escalation.recall_required", fmt.Sprintf("Please call %s back today: %s. It may not write to %s or call there any more.", e.AgencyName, causeWords[e.Cause], oneLine(f.Relationship.Name)))
	}
}

func (d *decision) toldFactor(f domain.CaseFacts, id domain.EventID, kind, said string) {
	event := caseEvent(id, f, kind, domain.DealID{}, said)
	event.Seller = domain.OrganizationID{} // it is the factor's to do
	d.trail.Events = append(d.trail.Events, event)
	d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobMailParty, Ref: id.UUID})
}

func endedWords(f domain.CaseFacts, e domain.Escalation, was domain.EscalationStatus) string {
	name, why := oneLine(f.Relationship.Name), causeWords[e.Cause]
	if was == domain.EscalationHandedOver {
		return fmt.Sprintf("%s does not speak with %s for us any more: %s.", e.AgencyName, name, why)
	}
	return fmt.Sprintf("%s is not asked about %s: %s. We go on with %s ourselves.", e.AgencyName, name, why, name)
}

// causeWords say why an escalation ended; both sides may read them.
var causeWords = map[domain.EscalationCause]string{
	domain.CausePeople: "people of the factor decided so", domain.CauseLapsed: "nobody used the announcement in time", domain.CausePaid: "it was paid, or is said to be",
	domain.CausePartPaid: "a part was paid", domain.CausePromise: "the debtor named a day", domain.CausePlan: "there is a plan, or one is asked for", domain.CauseQuestion: "the debtor asked a question",
	domain.CauseDispute: "the debtor does not agree to a part", domain.CauseHardship: "the debtor told us of difficulties", domain.CauseComplaint: "the debtor complains",
	domain.CauseStop: "contact rests", domain.CauseInsolvency: "there is a sign of insolvency", domain.CauseMediation: "a neutral is offered or at work", domain.CauseGivenBack: "it is not the factor's any more",
	domain.CauseNotTold: "the letter that told the debtor of it did not arrive",
}

// openSum says what is open of an escalation.
func openSum(f domain.CaseFacts, e domain.Escalation) string {
	var open []money.Amount
	for _, id := range e.Deals {
		if item, ok := f.Item(id); ok && live(&item) {
			open = append(open, item.Deal.Open)
		}
	}
	return sum(open)
}

// save writes what a look changed about somebody external.
func (o outcome) save(ctx context.Context, tx Tx) error {
	if o.escalation != nil {
		if err := tx.SaveEscalation(ctx, *o.escalation); err != nil {
			return fmt.Errorf("save escalation: %w", err)
		}
	}
	if o.complaint != nil {
		if err := tx.SaveAgencyComplaint(ctx, *o.complaint); err != nil {
			return fmt.Errorf("save complaint: %w", err)
		}
	}
	return nil
}

// letterOutside is what a letter says about somebody external, or about a step that keeps a right.
type letterOutside struct {
	Agency, From, Until string
	GapDays             int
	Opens, Closes       string
	Number              string // of the invoice that a step is about
	Kind, Meaning       string
	Deadline            string
}

// outsider fills in who is spoken of and from when.
func (data *letter) outsider(f domain.CaseFacts, act Act, l local) {
	for _, e := range f.Escalations {
		if e.ID == act.Outside && !act.Outside.IsZero() {
			from := domain.From(l.today)
			data.Outside = letterOutside{
				Agency: writable(e.AgencyName, "an agency"), From: from.Long(), Until: from.Plus(-1).Long(), GapDays: gapDays,
				Opens: hour(anyHours.opens), Closes: hour(anyHours.closes),
			}
		}
	}
	for _, p := range f.Protective {
		if p.ID == act.Protective && !act.Protective.IsZero() {
			item, _ := f.Item(p.Deal)
			data.Outside = letterOutside{Number: writable(item.Deal.InvoiceNumber, noNumber), Kind: protectiveWords[p.Kind], Meaning: withoutBankDetails(p.Meaning, "")}
			if !p.Deadline.IsZero() {
				data.Outside.Deadline = p.Deadline.Long()
			}
		}
	}
}

func hour(h int) string { return time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC).Format("15:04") }

// protectiveWords say what a step is, to somebody who knows no law.
var protectiveWords = map[domain.ProtectiveKind]string{
	domain.LienNotice: "a note in a register about goods or a building that were paid late", domain.BondNotice: "a note to the company that stands behind a bond",
	domain.RetentionOfTitle: "a note that goods stay the supplier's until they are paid", domain.Limitation: "a paper that keeps the invoice from running out of time",
	domain.StatutoryTrust: "a note that keeps money apart for those who delivered", domain.ProofOfDebt: "a paper that enters the invoice in a list",
}
