package marketplace

import (
	"context"
	"fmt"
	"slices"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// A RecourseRequest asks to give a part of an invoice back to its seller.
type RecourseRequest struct {
	Reason   domain.RecourseReason
	Dispute  domain.DisputeID // for dispute_not_cured: what is given back is the disputed part
	Amount   money.Amount     // zero: all that is open; of a dispute its part
	Evidence string
}

// ProposeRecourse is the first of two people who give a part of an invoice back. Nothing is
// posted yet. It refuses with domain.ErrNotFound, ErrInvalid, ErrMoreThanOpen, or ErrWrongState
// while the reason does not hold or another recourse is under way.
func (s *Service) ProposeRecourse(ctx context.Context, by domain.Caller, id domain.DealID, asked RecourseRequest, once domain.Once[domain.Recourse]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	fresh, ids := domain.New[domain.RecourseID](), newReceiptIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		file, err := tx.DealFile(ctx, id)
		if err == nil && file.Deal.Factor != by.Organization {
			err = domain.ErrNotFound
		}
		if err != nil {
			return domain.Answer{}, err
		}
		proposed := func(r domain.Recourse) bool { return r.Status == domain.RecourseProposed }
		if slices.ContainsFunc(file.Recourses, proposed) || len(held(file)) == mostHeld {
			return domain.Answer{}, domain.ErrWrongState.Because("another recourse of this deal waits for a second person, or %d are not paid", mostHeld).In("under_way")
		}
		r := domain.Recourse{
			ID: fresh, Factor: file.Deal.Factor, Seller: file.Deal.Seller, Deal: id, Case: file.Deal.Case, Dispute: asked.Dispute, Status: domain.RecourseProposed,
			Reason: asked.Reason, Evidence: asked.Evidence, Part: asked.Amount, Claim: money.Minor(0, file.Deal.Basis.Currency()),
			Paid: money.Minor(0, file.Deal.Basis.Currency()), Collected: money.Minor(0, file.Deal.Basis.Currency()), Settled: money.Minor(0, file.Deal.Basis.Currency()), Reference: domain.NewReference(fresh.UUID[:]), MadeBy: by.User, MadeAt: by.Now,
		}
		if err := lawful(ctx, tx, by, file, &r); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveRecourse(ctx, r); err != nil {
			return domain.Answer{}, fmt.Errorf("save recourse: %w", err)
		}
		event := dealEvent(ids.events[0], by, file.Deal, "recourse.proposed", fmt.Sprintf("%s of invoice %s is to be given back (%s): a second person must agree.",
			r.Part.Grouped(), file.Deal.InvoiceNumber, recourseWords[r.Reason]))
		event.Seller = domain.OrganizationID{} // nothing happened to the seller yet
		return once.Answer(r), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(ids.audit, by, "recourse.proposed", "recourse", r.ID.UUID, string(r.Reason), r.Part, r.Evidence)},
			Events: []domain.Event{event},
		})
	})
}

var recourseWords = map[domain.RecourseReason]string{
	domain.RecourseDispute: "a dispute was not put right in time", domain.RecourseSlowPay: "it was not paid by the recourse day",
	domain.RecourseBreach: "the seller's warranties were broken", domain.RecourseFraud: "fraud",
}

// lawful checks a recourse on the facts of now, and fills in what of the invoice it takes.
func lawful(ctx context.Context, tx Tx, by domain.Caller, file domain.DealFile, r *domain.Recourse) error {
	d := file.Deal
	if d.Status != domain.DealPaidOut || !d.Open.Positive() {
		return domain.ErrWrongState.Because("%s is open on a deal that is %s", d.Open.Grouped(), d.Status).In(string(d.Status), string(domain.DealPaidOut))
	}
	var dispute *domain.Dispute
	if !r.Dispute.IsZero() {
		found, err := tx.DisputeFile(ctx, r.Dispute, by.Organization)
		if err != nil || found.Dispute.Deal != d.ID {
			return domain.ErrInvalid.At("/dispute_id", "not-of-the-deal", "the deal has no such dispute")
		}
		dispute = &found.Dispute
	}
	most := d.Open
	if r.Reason == domain.RecourseDispute && dispute != nil {
		most = money.Min(most, dispute.Amount)
	}
	if r.Part.IsZero() {
		r.Part = most
	}
	switch {
	case r.Part.Currency() != d.Open.Currency():
		return domain.ErrInvalid.At("/amount/currency", "other-currency", "the deal is in "+string(d.Open.Currency()))
	case !r.Part.Positive() || most.Less(r.Part):
		return domain.ErrMoreThanOpen.Because("%s may be given back", most.Grouped())
	case dispute != nil && r.Part != most:
		return domain.ErrInvalid.At("/amount", "not-the-part", "the disputed part is given back whole: "+most.Grouped())
	}
	if r.Reason == domain.RecourseDispute && dispute != nil && dispute.Status == domain.DisputeMediation {
		return domain.ErrWrongState.Because("a neutral helps the parties: nobody ends the dispute alone meanwhile").In(string(dispute.Status), string(domain.DisputeOpen), string(domain.DisputeAnswered))
	}
	if r.Reason == domain.RecourseDispute && dispute != nil && !dispute.AgreedAt.IsZero() && !file.ReserveFree().Less(dispute.Offered) {
		return domain.ErrWrongState.Because("debtor and seller agreed: resolve the dispute as they did").In("agreed")
	}
	zone, business := file.Factor.Zone(), domain.BusinessDays(file.Factor.Country)
	return domain.MayExercise(r.Reason, domain.RecourseDay(d, file.Plans, business, zone), today(by.Now, zone), dispute, zone)
}

// CheckRecourse is the second person's word. Agreed, the part is given back in one commit: what
// is open goes out of the receivables, the reserve pays for it first, and the seller owes the
// rest (V4; of a part while more is open, V2); title, notice and the right to collect stay with
// the factor until that is paid (D-5). It refuses with domain.ErrNotFound, ErrTwoPeople for the
// first person, or ErrWrongState.
func (s *Service) CheckRecourse(ctx context.Context, by domain.Caller, id domain.RecourseID, agreed bool, once domain.Once[domain.Recourse]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	ids := newReceiptIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		r, file, err := recourseFile(ctx, tx, by, id)
		if err != nil {
			return domain.Answer{}, err
		}
		next := map[bool]domain.RecourseStatus{true: domain.RecourseExercised, false: domain.RecourseWithdrawn}[agreed]
		if err := domain.RecourseMoves.Move(r.Status, next); err != nil {
			return domain.Answer{}, err
		}
		if agreed && r.MadeBy == by.User {
			return domain.Answer{}, domain.ErrTwoPeople.Because("you asked for it")
		}
		if !agreed {
			r.Status = domain.RecourseWithdrawn
			return once.Answer(r), s.withdrawRecourse(ctx, tx, by, file.Deal, r, ids)
		}
		if err := lawful(ctx, tx, by, file, &r); err != nil {
			return domain.Answer{}, err
		}
		r.CheckedBy = by.User
		e, err := exercise(file, &r, by, ids)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := s.saveExercised(ctx, tx, by, e, r, ids); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(r), tx.SaveTrail(ctx, exercisedTrail(by, e.file.Deal, r, ids))
	})
}

func recourseFile(ctx context.Context, tx Tx, by domain.Caller, id domain.RecourseID) (domain.Recourse, domain.DealFile, error) {
	deal, err := tx.RecourseDeal(ctx, id, by.Organization)
	if err != nil {
		return domain.Recourse{}, domain.DealFile{}, err
	}
	file, err := tx.DealFile(ctx, deal)
	if err != nil {
		return domain.Recourse{}, file, err
	}
	for _, r := range file.Recourses {
		if r.ID == id {
			return r, file, nil
		}
	}
	return domain.Recourse{}, file, domain.ErrNotFound
}

func (s *Service) withdrawRecourse(ctx context.Context, tx Tx, by domain.Caller, d domain.Deal, r domain.Recourse, ids receiptIDs) error {
	if err := tx.UpdateRecourse(ctx, r); err != nil {
		return fmt.Errorf("save recourse: %w", err)
	}
	event := dealEvent(ids.events[0], by, d, "recourse.withdrawn", fmt.Sprintf("Nothing of invoice %s is given back.", d.InvoiceNumber))
	event.Seller = domain.OrganizationID{}
	return tx.SaveTrail(ctx, domain.Trail{
		Audit:  []domain.AuditRow{domain.Audited(ids.audit, by, "recourse.withdrawn", "recourse", r.ID.UUID)},
		Events: []domain.Event{event},
	})
}

// exercise gives the part of a recourse back. Where nothing stays open the fee clock ends, and
// the claim is what was open and the fee less the reserve; else the free reserve pays for the part.
func exercise(file domain.DealFile, r *domain.Recourse, by domain.Caller, ids receiptIDs) (ending, error) {
	e := ending{file: file, day: today(by.Now, file.Factor.Zone()), now: by.Now, lastMoney: file.LastMoney}
	e.books = ledger.NewScribe(file.Deal, "recourse", r.ID.UUID, by.Now, ids.journals)
	none := money.Minor(0, r.Part.Currency())
	whole := !r.Part.Less(file.Deal.Open)
	if whole {
		end := clockEnd(file, *r, e.day)
		e.stop(domain.Latest(end, file.Deal.FundingDate))
		e.waive(end, domain.Date{}) // what is given back was not paid in time
	}
	e.file = after(e.file, domain.Move{On: e.day, Open: r.Part.Negated(), Disputed: none})
	d := &e.file.Deal
	d.GivenBack = d.GivenBack.Plus(r.Part)
	r.Status, r.ExercisedOn, r.ExercisedAt = domain.RecourseExercised, e.day, by.Now
	if whole {
		reserve := d.ReserveLeft()
		e.books.Post(ledger.ExerciseRecourse(e.day, r.Part, reserve, d.Recognised))
		r.Claim = money.Max(r.Part.Plus(d.Recognised).Minus(reserve), none)
		d.ReserveUsed = d.Reserve
		if err := d.MoveTo(domain.DealChargedBack); err != nil {
			return e, err
		}
		if rebate := reserve.Minus(r.Part).Minus(d.Recognised); rebate.Positive() {
			e.rebate(rebate, ids.payouts[1])
		}
		keep := money.Max(reserve.Minus(r.Part).Minus(d.Recognised), none)
		e.sweep(collected(e.file).Minus(swept(e.file)).Minus(keep), ids.payouts[0])
	} else {
		owed := e.clock().Owed(e.day)
		free := money.Max(e.file.ReserveFree().Minus(owed), none)
		taken := money.Min(r.Part, free)
		e.books.Post(ledger.GiveBackPart(e.day, r.Part, free))
		d.ReserveUsed, r.Claim = d.ReserveUsed.Plus(taken), r.Part.Minus(taken)
	}
	for i := range e.file.Recourses {
		if e.file.Recourses[i].ID == r.ID {
			e.file.Recourses[i] = *r
		}
	}
	return e, e.reassign(r)
}

// clockEnd is the day on which the fee clock of a deal ends that is given back. For slow payment,
// exercised by the business day after the recourse day, it is the recourse day itself: the offer
// said what that would cost, and the right only opens at its end (D-15, D-16).
func clockEnd(file domain.DealFile, r domain.Recourse, today domain.Date) domain.Date {
	if r.Reason != domain.RecourseSlowPay {
		return today
	}
	business := domain.BusinessDays(file.Factor.Country)
	day := domain.RecourseDay(file.Deal, file.Plans, business, file.Factor.Zone())
	if business.Add(day, 1).Before(today) {
		return today
	}
	return day
}

// reassign gives title back once nothing of the claim is owed.
func (e *ending) reassign(r *domain.Recourse) error {
	if !r.Held() || r.Owed().Positive() {
		return nil
	}
	r.Status, r.ReassignedAt, r.PolicyUntil = domain.RecourseReassigned, e.now, e.day.Plus(domain.PolicyTravels)
	for i := range e.file.Recourses {
		if e.file.Recourses[i].ID == r.ID {
			e.file.Recourses[i] = *r
		}
	}
	switch {
	case e.file.Deal.Status != domain.DealChargedBack:
		return e.close()
	case len(held(e.file)) > 0:
		return nil
	default:
		return e.file.Invoice.MoveTo(domain.InvoiceClosed)
	}
}

func (s *Service) saveExercised(ctx context.Context, tx Tx, by domain.Caller, e ending, r domain.Recourse, ids receiptIDs) error {
	if err := s.saveEnding(ctx, tx, e); err != nil {
		return err
	}
	if err := tx.UpdateRecourse(ctx, r); err != nil {
		return fmt.Errorf("save recourse: %w", err)
	}
	told := domain.Update{ID: ids.update, Case: r.Case, Deal: r.Deal, Kind: domain.UpdateGivenBack, Subject: r.ID.UUID, At: by.Now}
	if r.Status == domain.RecourseReassigned {
		told.Kind = domain.UpdateReleased // the reserve paid for it: one letter says both
	}
	if r.Dispute.IsZero() {
		return tx.SaveUpdate(ctx, told)
	}
	return s.endDispute(ctx, tx, by, r, told, ids.neutral)
}

// endDispute hands the dispute of a part that was given back to debtor and seller.
func (s *Service) endDispute(ctx context.Context, tx Tx, by domain.Caller, r domain.Recourse, told domain.Update, neutral domain.EventID) error {
	found, err := tx.DisputeFile(ctx, r.Dispute, by.Organization)
	if err != nil {
		return err
	}
	dispute := found.Dispute
	if err := dispute.Resolve(domain.OutcomeGivenBack, "", by.Now); err != nil {
		return err
	}
	if err := closeMediation(ctx, tx, dispute, "the disputed part was given back to the seller", neutral); err != nil {
		return err
	}
	return tx.EndDispute(ctx, dispute, told)
}

// released asks for the letter of release when title went back (F-42: within two business days;
// it leaves in the next hours for notices).
func (s *Service) released(ctx context.Context, tx Tx, by domain.Caller, r domain.Recourse, id domain.UpdateID) error {
	if r.Status != domain.RecourseReassigned {
		return nil
	}
	return tx.SaveUpdate(ctx, domain.Update{ID: id, Case: r.Case, Deal: r.Deal, Kind: domain.UpdateReleased, Subject: r.ID.UUID, At: by.Now})
}

func exercisedTrail(by domain.Caller, d domain.Deal, r domain.Recourse, ids receiptIDs) domain.Trail {
	event := dealEvent(ids.events[0], by, d, "recourse.exercised", exercisedWords(d, r))
	return domain.Trail{
		Audit:  []domain.AuditRow{domain.Audited(ids.audit, by, "recourse.exercised", "recourse", r.ID.UUID, string(r.Reason), r.Part, r.Claim, r.MadeBy, r.CheckedBy)},
		Events: []domain.Event{event}, Jobs: mailAbout(event, true),
	}
}

// exercisedWords tell the seller what was given back and how what is asked for it is made up, in words that the
// lint of letters takes (D-27).
func exercisedWords(d domain.Deal, r domain.Recourse) string {
	said := fmt.Sprintf("%s of invoice %s was given back, because %s.", r.Part.Grouped(), d.InvoiceNumber, recourseWords[r.Reason])
	if r.Status == domain.RecourseReassigned {
		return said + " The reserve paid for it: it is yours again. " + policyWords(r)
	}
	made, fees := r.Part.Grouped(), money.Minor(0, r.Part.Currency())
	if d.Status == domain.DealChargedBack { // the whole is given back, and with it the fee is due
		fees = d.Recognised
	}
	if fees.Positive() {
		made += fmt.Sprintf(" and %s of fees", fees.Grouped())
	}
	if reserve := r.Part.Plus(fees).Minus(r.Claim); reserve.Positive() {
		made += fmt.Sprintf(", less %s of the reserve", reserve.Grouped())
	}
	return fmt.Sprintf("%s Yours to pay is %s: %s. Please quote the reference %s. Until then the invoice stays with the factor, and the debtor is not asked for that part.",
		said, r.Claim.Grouped(), made, r.Reference.Grouped())
}

// policyWords say for how long the seller, as it accepted with the offer, keeps the contact policy.
func policyWords(r domain.Recourse) string {
	return fmt.Sprintf("Until %s the contact policy binds the seller and any agency that it names, as the terms of the deal say. The seller may go on by the same rules: Comity writes what it sends about it, and says when.", r.PolicyUntil.Short())
}

// Recourses lists what was given back of a deal of the caller's.
func (s *Service) Recourses(ctx context.Context, by domain.Caller, id domain.DealID) ([]domain.Recourse, error) {
	var list []domain.Recourse
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.Deal(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		var err error
		list, err = tx.Recourses(ctx, id)
		return err
	})
	if by.Kind == domain.KindSeller {
		list = slices.DeleteFunc(list, func(r domain.Recourse) bool { return r.ExercisedAt.IsZero() }) // not theirs to see before
	}
	return list, err
}
