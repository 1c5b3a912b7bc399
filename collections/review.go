package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// Review looks back on a deal that ended (C-198, C-199): what was said and asked about its invoice,
// how long that took, what it cost the seller, and what could be done another time. It is a plain
// function of the case as it was lived: the same rows give the same review. Habits are the debtor's,
// from the seller's own history, and for its seller only (D-7).
func Review(life domain.Life, deal domain.Deal, feedback domain.Feedback, habits []domain.Habit) domain.Review {
	r := domain.Review{Deal: deal, Feedback: feedback, Disputed: money.Minor(0, deal.Basis.Currency())}
	r.Cost = deal.Recognised.Plus(deal.Origination).Plus(deal.Wire).Plus(deal.Tax)
	if !deal.PaidInFull.IsZero() {
		r.DaysLate = deal.Due.DaysUntil(deal.PaidInFull)
	}
	countMessages(&r, life.Facts)
	countWords(&r, life.Facts)
	for _, stop := range deal.Stops {
		if !stop.Through.IsZero() {
			r.LateDays += stop.From.DaysUntil(stop.Through) + 1
		}
	}
	for _, rule := range findings {
		if f, found := rule(r, life.Facts); found {
			r.Findings = append(r.Findings, f)
		}
	}
	if r.DaysLate > 0 && len(habits) > 0 {
		r.Findings = append(r.Findings, payRun(deal, habits[0]))
	}
	return r
}

// payRun is what follows from the day on which a debtor pays.
func payRun(deal domain.Deal, h domain.Habit) domain.Finding {
	f := domain.Finding{
		Area: domain.AreaCommunication, Code: "pay-run", Said: fmt.Sprintf("%s %s.", strings.TrimSuffix(deal.DebtorName, "."), h.Sentence),
		Suggestion: "Let the note before the due date come on the Friday before its run.",
	}
	if h.Code == domain.HabitMonthEnd {
		f.Suggestion = "Let the note before the due date come a week before the end of the month."
	}
	return f
}

func countMessages(r *domain.Review, f domain.CaseFacts) {
	for _, t := range f.Touches {
		if !slices.Contains(t.Items, r.Deal.ID) {
			continue
		}
		if t.Status == domain.TouchFailed {
			r.Bounced++
		}
		if t.Status != domain.TouchSent {
			continue
		}
		switch {
		case t.Class == domain.ClassHeadsUp || strings.HasPrefix(t.Step, stepPreDue):
			r.BeforeDue++
		case t.Class == domain.ClassReminder:
			r.Reminders++
		case t.Class == domain.ClassCall:
			r.Calls++
		case t.Class == domain.ClassAnswer:
			r.Answers++
		default:
			continue
		}
		r.Firmest = max(r.Firmest, t.Tone)
	}
}

func countWords(r *domain.Review, f domain.CaseFacts) {
	business, zone := domain.BusinessDays(f.Factor.Country), f.Factor.Zone()
	for _, q := range f.Questions {
		if !concerns(q.Deal, r.Deal.ID) {
			continue
		}
		r.Questions++
		r.Complaint = r.Complaint || q.Topic == domain.TopicComplaint
		if !q.AnsweredAt.IsZero() {
			r.SlowestDay = max(r.SlowestDay, business.Between(domain.DateOf(q.AskedAt.In(zone)), domain.DateOf(q.AnsweredAt.In(zone))))
		}
	}
	for _, d := range f.Disputes {
		if d.Deal == r.Deal.ID {
			r.Disputes++
			r.Disputed = r.Disputed.Plus(d.Amount)
		}
	}
	for _, p := range f.Promises {
		if p.Deal != r.Deal.ID {
			continue
		}
		switch p.Status {
		case domain.PromiseKept:
			r.Kept++
		case domain.PromisePartKept:
			r.PartKept++
		case domain.PromiseBroken:
			r.Broken++
		case domain.PromiseActive, domain.PromiseCancelled: // no statement decided it
		}
	}
	for _, p := range f.Plans {
		if p.Deal == r.Deal.ID && !p.AcceptedAt.IsZero() {
			r.Plans++
		}
	}
}

// concerns reports whether something that is about one deal, or about everything, is about this one.
func concerns(what, deal domain.DealID) bool { return what.IsZero() || what == deal }

// A findingRule says whether it found something.
type findingRule func(domain.Review, domain.CaseFacts) (domain.Finding, bool)

// findings are the rules of a review, in the order in which they are read.
var findings = []findingRule{
	notReceived, detailsWrong, deliveryWrong, addressWrong,
	discountUnclear, paysAtItsOwnDay, paysInParts,
	forgotten, spokenTo, promiseBroken, answeredLate, complained, notEasy,
}

// disputedFor returns the reason of the first dispute of a deal that has one of some reasons.
func disputedFor(r domain.Review, f domain.CaseFacts, reasons ...domain.DisputeReason) (domain.Dispute, bool) {
	at := slices.IndexFunc(f.Disputes, func(d domain.Dispute) bool { return d.Deal == r.Deal.ID && slices.Contains(reasons, d.Reason) })
	if at < 0 {
		return domain.Dispute{}, false
	}
	return f.Disputes[at], true
}

func topicRaised(r domain.Review, f domain.CaseFacts, topic domain.Topic) bool {
	return slices.ContainsFunc(f.Questions, func(q domain.Question) bool { return concerns(q.Deal, r.Deal.ID) && q.Topic == topic })
}

func notReceived(r domain.Review, f domain.CaseFacts) (domain.Finding, bool) {
	_, disputed := disputedFor(r, f, domain.DisputeNotReceived)
	return domain.Finding{
		Area: domain.AreaInvoicing, Code: "not-received",
		Said:       "The customer said that the invoice had not arrived.",
		Suggestion: "Ask where invoices should go, and send them there with a word that confirms their arrival.",
	}, disputed || topicRaised(r, f, domain.TopicMissing)
}

func detailsWrong(r domain.Review, f domain.CaseFacts) (domain.Finding, bool) {
	d, found := disputedFor(r, f, domain.DisputeDetails, domain.DisputeDuplicate, domain.DisputeCreditDue, domain.DisputeProof)
	return domain.Finding{
		Area: domain.AreaInvoicing, Code: "details",
		Said:       fmt.Sprintf("%s were disputed: %s.%s", d.Amount.Grouped(), d.Reason.Words(), causeOf(d)),
		Suggestion: "Check order number, sums and credit notes before an invoice leaves, and send the proof of delivery with it.",
	}, found
}

func deliveryWrong(r domain.Review, f domain.CaseFacts) (domain.Finding, bool) {
	d, found := disputedFor(r, f, domain.DisputeDelivery, domain.DisputeGoods, domain.DisputeDamaged, domain.DisputeReturned, domain.DisputeRefused)
	return domain.Finding{
		Area: domain.AreaInvoicing, Code: "delivery",
		Said:       fmt.Sprintf("%s were disputed: %s.%s", d.Amount.Grouped(), d.Reason.Words(), causeOf(d)),
		Suggestion: "Have the customer accept the goods when they are handed over, and invoice what was accepted.",
	}, found
}

// causeOf is what the seller found to be the cause of a dispute (C-154).
func causeOf(d domain.Dispute) string {
	if d.RootCause == "" {
		return ""
	}
	return fmt.Sprintf(" The seller found: %s.", oneLine(d.RootCause))
}

func addressWrong(r domain.Review, f domain.CaseFacts) (domain.Finding, bool) {
	return domain.Finding{
		Area: domain.AreaInvoicing, Code: "address",
		Said:       "Messages did not arrive, or went to the wrong person.",
		Suggestion: "Ask once a year who pays invoices and at which address.",
	}, r.Bounced > 0 || topicRaised(r, f, domain.TopicContact)
}

func discountUnclear(r domain.Review, f domain.CaseFacts) (domain.Finding, bool) {
	d, found := disputedFor(r, f, domain.DisputeDiscount, domain.DisputeOffset, domain.DisputeDeduction, domain.DisputeCounterClaim)
	return domain.Finding{
		Area: domain.AreaTerms, Code: "deductions",
		Said:       fmt.Sprintf("%s were disputed: %s.%s", d.Amount.Grouped(), d.Reason.Words(), causeOf(d)),
		Suggestion: "Write discounts and deductions that were agreed into the terms and onto the invoice.",
	}, found
}

// ownDay is from how many days after the due date on a payment that nothing held up says something
// of the terms.
const ownDay = 8

func paysAtItsOwnDay(r domain.Review, _ domain.CaseFacts) (domain.Finding, bool) {
	quiet := r.Questions == 0 && r.Disputes == 0 && r.Broken == 0 && r.PartKept == 0 && r.Plans == 0 && r.Bounced == 0
	return domain.Finding{
		Area: domain.AreaTerms, Code: "own-day",
		Said:       fmt.Sprintf("It was paid %d days after the due date, and nobody had asked or disputed anything.", r.DaysLate),
		Suggestion: "Ask on which days the customer pays its invoices, and agree on a due date that fits, or put the wait into the price.",
	}, quiet && r.DaysLate >= ownDay
}

func paysInParts(r domain.Review, _ domain.CaseFacts) (domain.Finding, bool) {
	return domain.Finding{
		Area: domain.AreaTerms, Code: "in-parts",
		Said:       "It was paid by a plan.",
		Suggestion: "Where an order is large for the customer, agree on parts before it is delivered.",
	}, r.Plans > 0
}

func forgotten(r domain.Review, f domain.CaseFacts) (domain.Finding, bool) {
	return domain.Finding{
		Area: domain.AreaCommunication, Code: "forgotten",
		Said:       "It was paid after the first reminder.",
		Suggestion: "A note a week before the due date would have helped: switch it on for this customer.",
	}, r.BeforeDue == 0 && r.Reminders == 1 && r.Calls == 0 && r.DaysLate > 0 && r.DaysLate < 2*ownDay && !f.Relationship.HeadsUp
}

func spokenTo(r domain.Review, _ domain.CaseFacts) (domain.Finding, bool) {
	return domain.Finding{
		Area: domain.AreaCommunication, Code: "by-telephone",
		Said:       fmt.Sprintf("It took %s and a call.", counted(r.Reminders, "reminder")),
		Suggestion: "Ring earlier: this customer is reached better by telephone than by mail.",
	}, r.Calls > 0 && r.Reminders >= 2 && !r.Deal.PaidInFull.IsZero()
}

func promiseBroken(r domain.Review, _ domain.CaseFacts) (domain.Finding, bool) {
	return domain.Finding{
		Area: domain.AreaCommunication, Code: "promise",
		Said:       notKept(r.Broken),
		Suggestion: "Offer a plan where a first promise was not kept: smaller sums on days that the customer chooses.",
	}, r.Broken > 0
}

func notKept(n int) string {
	if n == 1 {
		return "A promise to pay was not kept."
	}
	return fmt.Sprintf("%d promises to pay were not kept.", n)
}

func answeredLate(r domain.Review, _ domain.CaseFacts) (domain.Finding, bool) {
	return domain.Finding{
		Area: domain.AreaCommunication, Code: "waited-for-us",
		Said:       fmt.Sprintf("Somebody waited for the factor for %s too long; the fee did not count them.", counted(r.LateDays, "day")),
		Suggestion: "The factor answers within the days that its page promises.",
	}, r.LateDays > 0
}

func complained(r domain.Review, _ domain.CaseFacts) (domain.Finding, bool) {
	return domain.Finding{
		Area: domain.AreaCommunication, Code: "complaint",
		Said:       "The customer complained.",
		Suggestion: "Read the complaint and its answer together, seller and factor, and say what will be done differently.",
	}, r.Complaint
}

func notEasy(r domain.Review, _ domain.CaseFacts) (domain.Finding, bool) {
	words := "The customer found it partly easy to settle this."
	if r.Feedback.Ease == domain.EaseNo {
		words = "The customer did not find it easy to settle this."
	}
	return domain.Finding{
		Area: domain.AreaCommunication, Code: "not-easy", Said: words,
		Suggestion: "Its own words stand beside this: ask what would have made it easier.",
	}, r.Feedback.Ease == domain.EasePartly || r.Feedback.Ease == domain.EaseNo
}

// reviewing is what a look back needs.
type reviewing interface {
	EndedDeals(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, most int) ([]domain.Deal, error)
	Profile(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, now time.Time) (domain.ProfileCounts, error)
	LivesOf(ctx context.Context, cases []domain.CaseID) (map[domain.CaseID]domain.Life, map[domain.CaseID]domain.Feedback, error)
}

// DealReview looks back on a deal of the caller's, as seller or as factor. It refuses with
// domain.ErrNotFound, or ErrWrongState while the deal has not ended.
func (s *Service) DealReview(ctx context.Context, by domain.Caller, id domain.DealID) (domain.Review, error) {
	if by.Kind != domain.KindSeller && by.Kind != domain.KindFactor {
		return domain.Review{}, domain.ErrForbidden.Because("this is for a seller or a factor")
	}
	var review domain.Review
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		deal, err := tx.Deal(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return err
		}
		if deal.Status != domain.DealSettled && deal.Status != domain.DealChargedBack {
			return domain.ErrWrongState.Because("the deal is %s", deal.Status).In(string(deal.Status), string(domain.DealSettled), string(domain.DealChargedBack))
		}
		var habits []domain.Habit
		if by.Kind == domain.KindSeller {
			counts, err := tx.Profile(ctx, deal.Relationship, by.Organization, by.Now)
			if err != nil {
				return err
			}
			habits = domain.ProfileOf(counts).Habits
		}
		reviews, err := reviewsOf(ctx, tx, []domain.Deal{deal}, habits)
		if err == nil {
			review = reviews[0]
		}
		return err
	})
	return review, err
}

// mostReviewed is how many deals one look back over several takes: the latest that ended.
const mostReviewed = 100

// Reviews looks back on the latest deals of the caller's that ended, at most 100, newest first.
func (s *Service) Reviews(ctx context.Context, by domain.Caller) ([]domain.Review, error) {
	if by.Kind != domain.KindSeller && by.Kind != domain.KindFactor {
		return nil, domain.ErrForbidden.Because("this is for a seller or a factor")
	}
	var reviews []domain.Review
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		deals, err := tx.EndedDeals(ctx, by.Organization, by.Kind, mostReviewed)
		if err == nil {
			reviews, err = reviewsOf(ctx, tx, deals, nil)
		}
		return err
	})
	return reviews, err
}

func reviewsOf(ctx context.Context, tx Tx, deals []domain.Deal, habits []domain.Habit) ([]domain.Review, error) {
	var cases []domain.CaseID
	for _, d := range deals {
		if !slices.Contains(cases, d.Case) {
			cases = append(cases, d.Case)
		}
	}
	lives, feedback, err := tx.LivesOf(ctx, cases)
	if err != nil {
		return nil, err
	}
	reviews := make([]domain.Review, len(deals))
	for i, d := range deals {
		reviews[i] = Review(lives[d.Case], d, feedback[d.Case], habits)
	}
	return reviews, nil
}
