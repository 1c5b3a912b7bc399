package collections

import (
	"context"
	"fmt"
	"strings"
	"time"

	"comity/domain"
)

// className is what a class of message is called in sentences.
var className = map[domain.MessageClass]string{
	domain.ClassHeadsUp:     "heads-up before the due date",
	domain.ClassReminder:    "reminder",
	domain.ClassLegalNotice: "notice of assignment",
	domain.ClassAnswer:      "answer",
	domain.ClassReceipt:     "receipt",
	domain.ClassThankYou:    "receipt and thanks",
	domain.ClassCall:        "telephone call",
	domain.ClassInstalment:  "agreed word before an instalment",
	domain.ClassRelease:     "release",
	domain.ClassPriorNotice: "letter before anybody else is asked",
	domain.ClassProtective:  "letter about a step that keeps a right",
	domain.ClassValidation:  "letter with which a person can check what is asked",
}

// codeWords says in plain words what a code of the gate means; every party may
// read them.
var codeWords = map[string]string{
	CodePaid:                       "a payment is on its way or has arrived",
	CodePromise:                    "a promise to pay is running",
	CodePlan:                       "a plan is agreed and kept",
	CodeDisputed:                   "the debtor does not agree to it, and that is being cleared up",
	CodeQuery:                      "the debtor asked a question and waits for our answer",
	CodeNotOurs:                    "the invoice is not followed up here any more",
	CodeMismatch:                   "the message did not agree with the books, and a person looks at it",
	CodeNoNotice:                   "the notice of assignment has not been delivered yet",
	CodeUnapplied:                  "money has arrived that may be this payment, and a person identifies it first",
	CodeFeedBehind:                 "we wait for the bank's statement so as not to chase a payment on its way",
	CodeGap:                        "there are seven days between two messages of ours",
	CodeCeiling:                    "this address gets no more messages for now",
	CodeOnePerDay:                  "there was a message today already",
	CodeOutsideHours:               "it is outside the hours in which we write",
	CodeNoChannel:                  "there is no address or number that we may use now; a person looks",
	CodeOptedOut:                   "the debtor does not want to be reached in this way",
	CodeSpoken:                     "somebody spoke to the debtor in the last seven days",
	CodeJurisdiction:               "the law protects this debtor from this contact now",
	CodeToneLint:                   "the wording needs a person's look",
	CodeConsiderate:                "a considerate pause",
	CodeSellerApproval:             "it waits for the seller, who paused it or has not yet agreed to the message",
	CodeAwaitingHuman:              "a person of the factor paused it, or has to act first",
	string(domain.StopLegal):       "a legal stop is in force",
	string(domain.StopRepresented): "the debtor is represented, and we write to its representative only",
	string(domain.StopCease):       "the debtor asked not to be contacted",
	string(domain.StopComplaint):   "a complaint is open",
	string(domain.StopSanctions):   "a check is not finished",
	string(domain.StopProof):       "the debtor waits for the proof of assignment",
}

// refusalWords says in one sentence why nothing was sent.
func refusalWords(outward []string) string {
	var words []string
	for _, code := range outward {
		words = append(words, codeWords[code])
	}
	return strings.Join(words, "; ")
}

// judgedWords says what became of a promise.
func judgedWords(f domain.CaseFacts, p domain.Promise) string {
	item, _ := f.Item(p.Deal)
	what := fmt.Sprintf("The promise of %s for %s on invoice %s", p.Amount.Grouped(), p.PromisedOn.Short(), item.Deal.InvoiceNumber)
	switch p.Status {
	case domain.PromiseKept:
		return what + " was kept."
	case domain.PromisePartKept:
		return what + " was kept in part."
	default:
		return what + " was not kept; the bank's statements are complete until " + p.JudgeOn.Short() + "."
	}
}

// sentWords says what reached the debtor.
func sentWords(t domain.TouchFile) string {
	return fmt.Sprintf("The %s %q was sent to %s. Why now: %s", className[t.Touch.Class], t.Touch.Subject, t.Debtor, t.Touch.WhyNow)
}

// News is an event, and whom it is mailed to.
type News struct {
	Event   domain.Event
	To      domain.Organization
	Asks    domain.Organization // the factor that asks a natural person for money by it; zero: nobody does (D-27)
	Profile Protection          // of that person
}

// EventForParty returns an event and who is told of it by mail: its seller, or the
// factor of one that is the factor's alone.
func (s *Service) EventForParty(ctx context.Context, world domain.WorldID, id domain.EventID, now time.Time) (News, error) {
	var news News
	by := domain.Caller{World: world, Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		var err error
		if news.Event, err = tx.Event(ctx, id); err != nil {
			return err
		}
		told := news.Event.Seller
		switch {
		case !news.Event.Mediator.IsZero():
			told = news.Event.Mediator
		case told.IsZero():
			told = news.Event.Factor
		}
		if news.To, err = tx.Organization(ctx, told); err != nil {
			return err
		}
		return news.asks(ctx, tx)
	})
	return news, err
}

// neutralMail words what the neutral of a mediation is told by mail.
func neutralMail(event domain.Event, org domain.Organization) (subject, text string) {
	said, known := map[string]string{
		"mediation.appointed":         "You are the neutral in a dispute",
		"mediation.objected":          "Another neutral is looked for",
		"mediation.scheduled":         "The dates of a mediation stand",
		"mediation.papers":            "There is something new to read in a mediation",
		"mediation.proposal_declined": "Your proposal was not accepted",
		"mediation.settled":           "A mediation ended with an agreement",
	}[event.Kind]
	if !known {
		said = "A mediation is over"
	}
	return said, fmt.Sprintf("Hello %s,\n\n%s\n\nComity\n", oneLine(org.Name), wrapped(oneLine(event.Said)))
}

// PartyMail words what a seller or a factor is told by mail about an event, or the neutral of
// a mediation.
func PartyMail(news News) (subject, text string) {
	event, org := news.Event, news.To
	if !event.Mediator.IsZero() {
		return neutralMail(event, org)
	}
	subjects := map[string]string{
		"invoice.submitted": "You have offers",
		"offer.approved":    "You have an offer",
		"offer.referred":    "An offer waits for you",
		"payment.received":  "A payment arrived",
		"assignment.stated": "A seller says what its contract says",
		"payout.confirmed":  "Your advance was paid out",
		"payout.instructed": "Your advance is with the bank",
		"rebate.instructed": "Your rebate is with the bank",
		"rebate.confirmed":  "Your rebate was paid",

		"touch.awaits_seller": "A message waits for your word",
		"dispute.answer_late": "A customer waits for your answer",
		"dispute.resolved":    "A dispute was resolved",
		"plan.consent_late":   "A plan waits for your word",
		"plan.proposed":       "A plan waits for your word",
		"plan.offered":        "Your customer was offered a plan",
		"recourse.exercised":  "A part of an invoice goes back to you",
		"recourse.paid":       "Your payment arrived",
		"recourse.reassigned": "A part of an invoice is yours again",
		"case.stuck":          "A case needs a person",

		"mediation.offered":        "A neutral person is offered to you and your customer",
		"mediation.agreed":         "Mediation is agreed",
		"mediation.appointed":      "The neutral person was appointed",
		"mediation.dates_proposed": "Dates for a mediation wait for your word",
		"mediation.proposed":       "A proposal waits for your word",
		"mediation.settled":        "A mediation ended with an agreement",
		"mediation.ended":          "A mediation is over",
		"mediation.waits":          "News of a mediation",

		"escalation.announced":       "Your customer is told that somebody else may be asked",
		"escalation.handed_over":     "Somebody else was asked to speak with your customer",
		"escalation.withdrawn":       "Nobody else is asked about your customer",
		"escalation.returned":        "Nobody else speaks with your customer any more",
		"escalation.recall_required": "An agency must be called back",
		"escalation.adjusted":        "An agency must be told of a payment",
		"protective.approved":        "A step keeps a right",
	}
	subject = "News from Comity"
	if known, ok := subjects[event.Kind]; ok {
		subject = known
	}
	said := wrapped(oneLine(event.Said)) + news.checkable()
	return subject, fmt.Sprintf("Hello %s,\n\n%s\n\nThe whole timeline is on your page.\n\nComity\n", oneLine(org.Name), said)
}

// CopyForSeller returns a copy of a message that was sent, for its seller: as it left,
// but with {link} where the debtor's link was, which is the debtor's alone. It refuses
// with domain.ErrNotFound when the seller wants none (any more).
func (s *Service) CopyForSeller(ctx context.Context, world domain.WorldID, id domain.TouchID, now time.Time) (seller domain.Organization, subject, text string, err error) {
	by := domain.Caller{World: world, Now: now}
	err = s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		file, err := tx.TouchFile(ctx, id)
		if err != nil {
			return err
		}
		if !file.Copied || file.Touch.Status != domain.TouchSent {
			return domain.ErrNotFound.Because("no copy is wanted")
		}
		f, err := tx.CaseLook(ctx, file.Touch.Case)
		if err != nil {
			return err
		}
		if !ThirdPartyCopies(ProfileOf(f.Relationship, f.Owed)) {
			return domain.ErrNotFound.Because("a protected person's letters are not copied")
		}
		seller, err = tx.Organization(ctx, file.Touch.Seller)
		subject = "Copy: " + file.Touch.Subject
		text = fmt.Sprintf("Hello %s,\n\n%s\n\n%s", oneLine(seller.Name), wrapped(fmt.Sprintf(
			"this is what we sent to %s. Where it says {link}, the debtor has a link of its own.", oneLine(file.Debtor))), file.Touch.Text)
		return err
	})
	return seller, subject, text, err
}
