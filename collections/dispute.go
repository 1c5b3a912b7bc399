package collections

import (
	"context"
	"fmt"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// agreeing is what debtor, seller and factor settle between them.
type agreeing interface {
	LockDispute(context.Context, domain.DisputeID, domain.OrganizationID, domain.OrganizationKind) (domain.Dispute, domain.Case, error)
	UpdateDispute(ctx context.Context, d domain.Dispute, answeredBy domain.UserID) error
	DisputeCase(context.Context, domain.DisputeID, domain.OrganizationID) (domain.CaseID, error)
	Notes(context.Context, domain.DisputeID) ([]domain.Note, error)
	SaveNote(context.Context, domain.Dispute, domain.Note) error
	SaveUpdate(context.Context, domain.Update) error
	ReleaseCause(ctx context.Context, id domain.CaseID, cause [16]byte, at time.Time) error
	DealFile(context.Context, domain.DealID) (domain.DealFile, error)
	Plans(context.Context, domain.CaseID) ([]domain.Plan, error)
	SavePlan(context.Context, domain.Plan) error
	PlanFile(context.Context, domain.PlanID, domain.OrganizationID) (domain.Plan, domain.DealFile, error)
	SaveMediation(context.Context, domain.Mediation) error
	DisputeMediation(context.Context, domain.DisputeID) (domain.Mediation, bool, error)
}

// A Complaint of a debtor about a part of an invoice.
type Complaint struct {
	Deal   domain.DealID
	Amount money.Amount
	Reason domain.DisputeReason
	Said   string
	Remedy string // what would put it right; may be empty
}

// Dispute records the part of an invoice that a debtor does not agree to; that part rests until
// it is resolved, and the rest is not reminded before the answer and seven days more. The debtor
// is told what happens now. It refuses with domain.ErrNotFound, ErrInvalid, ErrMoreThanOpen or
// ErrWrongState.
func (s *Service) Dispute(ctx context.Context, by domain.Caller, c Complaint, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	said, err := spoken(c.Said)
	if err != nil {
		return domain.Answer{}, err
	}
	if c.Remedy = strings.TrimSpace(c.Remedy); c.Remedy != "" {
		if c.Remedy, err = spoken(c.Remedy); err != nil {
			return domain.Answer{}, domain.ErrInvalid.At("/remedy", "too-long", fmt.Sprintf("at most %d characters", maxSaid))
		}
	}
	ids := newSaidIDs()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Dispute, deed, error) {
		return disputing(ctx, tx, page, account{deal: c.Deal, amount: c.Amount, words: said, reason: c.Reason, remedy: c.Remedy, at: by.Now}, ids)
	})
}

// Courteous checks what a party writes in a field that a debtor reads: some words, not
// endless, no bank details, no way to another place, and nothing that a friendly letter of ours may
// not say. It refuses with domain.ErrInvalid.
func Courteous(field, said string) (string, error) {
	said, err := spoken(said)
	switch {
	case err != nil:
		return "", err
	case bankDetails(strings.ToUpper(said)):
		return "", domain.ErrInvalid.Because("bank details stand in a notice only").At(field, "bank-details", "refer to the account in the notice")
	case leadsElsewhere(said):
		return "", domain.ErrInvalid.Because("the letter leads to the debtor's own page").At(field, "link", "no links, addresses or names of sites")
	}
	if findings := lintWords(friendly, said, "What was written"); len(findings) > 0 {
		return "", domain.ErrInvalid.Because("the debtor reads it").At(field, "tone", findings[0])
	}
	return said, nil
}

// A SellersAnswer is what a seller answers to a dispute.
type SellersAnswer struct {
	Position domain.Position
	Credit   money.Amount // that it would give, for PositionPartly
	Said     string
}

// AnswerDispute records the seller's answer; the debtor is told, and what was asked about rests
// for seven days more. It refuses with domain.ErrNotFound, ErrInvalid or ErrWrongState.
func (s *Service) AnswerDispute(ctx context.Context, by domain.Caller, id domain.DisputeID, answer SellersAnswer, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	said, err := Courteous("/said", answer.Said)
	if err != nil {
		return domain.Answer{}, err
	}
	ids, update, hold := newTrailIDs(), domain.New[domain.UpdateID](), domain.New[domain.HoldID]()
	return seated(ctx, s, by, once, func(tx Tx) (domain.Dispute, domain.Trail, error) {
		dispute, kase, err := tx.LockDispute(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return dispute, domain.Trail{}, err
		}
		if err := discreet(ctx, tx, by, kase, "/said", said); err != nil {
			return dispute, domain.Trail{}, err
		}
		if err := dispute.Answered(answer.Position, answer.Credit, said, by.Now); err != nil {
			return dispute, domain.Trail{}, err
		}
		if err := tx.UpdateDispute(ctx, dispute, by.User); err != nil {
			return dispute, domain.Trail{}, fmt.Errorf("save dispute: %w", err)
		}
		told := domain.Update{ID: update, Case: kase.ID, Deal: dispute.Deal, Kind: domain.UpdateDisputeAnswered, Subject: dispute.ID.UUID, At: by.Now}
		if err := tx.SaveUpdate(ctx, told); err != nil {
			return dispute, domain.Trail{}, fmt.Errorf("save update: %w", err)
		}
		rest := domain.Hold{
			ID: hold, Case: kase.ID, Deal: dispute.Deal, Code: domain.HoldQuery, CauseKind: causeDispute, Cause: dispute.ID.UUID,
			Until: by.Now.AddDate(0, 0, afterAnswer), CreatedAt: by.Now,
		}
		if err := tx.SaveHold(ctx, domain.DebtorPage{Case: kase.ID, FactorID: kase.Factor, SellerID: kase.Seller}, rest); err != nil {
			return dispute, domain.Trail{}, fmt.Errorf("save hold: %w", err)
		}
		if err := tx.WakeCase(ctx, kase.ID, by.Now); err != nil {
			return dispute, domain.Trail{}, err
		}
		return dispute, ids.about(by, kase, "dispute.answered", dispute.ID.UUID, dispute.Deal, fmt.Sprintf("The seller %s the dispute about %s, and would credit %s: %q.",
			positionWords[dispute.Position], dispute.Amount.Grouped(), dispute.Offered.Grouped(), oneLine(said))), nil
	})
}

var positionWords = map[domain.Position]string{
	domain.PositionAccepts: "accepts", domain.PositionPartly: "accepts a part of", domain.PositionRejects: "does not accept",
}

// AgreeDispute records on the debtor's page that it agrees to the seller's answer. It refuses with
// domain.ErrNotFound, or ErrWrongState where there is no answer.
func (s *Service) AgreeDispute(ctx context.Context, by domain.Caller, id domain.DisputeID, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Dispute, deed, error) {
		dispute, err := disputeOn(page, id)
		if err != nil {
			return dispute, deed{}, err
		}
		if err := dispute.Agreed("on its page", by.Now); err != nil {
			return dispute, deed{}, err
		}
		if err := tx.UpdateDispute(ctx, dispute, domain.UserID{}); err != nil {
			return dispute, deed{}, fmt.Errorf("save dispute: %w", err)
		}
		return hushOf(page).dispute(dispute), deed{"agrees", dispute.ID.UUID, dispute.Deal, fmt.Sprintf("%s agrees to the answer: %s is credited, %s is payable.",
			page.Debtor, dispute.Offered.Grouped(), dispute.Amount.Minus(dispute.Offered).Grouped())}, nil
	})
}

func disputeOn(page domain.DebtorPage, id domain.DisputeID) (domain.Dispute, error) {
	for _, d := range page.Disputes {
		if d.ID == id {
			return d, nil
		}
	}
	return domain.Dispute{}, domain.ErrNotFound
}

// NoteOnPage adds what a debtor says in the thread of a dispute. It refuses with
// domain.ErrNotFound, ErrInvalid, or ErrWrongState when the dispute is over.
func (s *Service) NoteOnPage(ctx context.Context, by domain.Caller, id domain.DisputeID, said string, once domain.Once[domain.Note]) (domain.Answer, error) {
	said, err := spoken(said)
	if err != nil {
		return domain.Answer{}, err
	}
	note := domain.Note{ID: domain.New[domain.NoteID](), Dispute: id, Side: "debtor", Said: said, At: by.Now}
	heard := domain.New[domain.EventID]()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Note, deed, error) {
		dispute, err := disputeOn(page, id)
		if err != nil {
			return note, deed{}, err
		}
		if err := noteOn(ctx, tx, dispute, note, heard); err != nil {
			return note, deed{}, err
		}
		return note, deed{"note", dispute.ID.UUID, dispute.Deal, fmt.Sprintf("%s adds about the disputed %s: %q.", page.Debtor, dispute.Amount.Grouped(), oneLine(said))}, nil
	})
}

// noteOn adds to the thread of a dispute; its neutral, where one helps, is told with the event heard.
func noteOn(ctx context.Context, tx Tx, dispute domain.Dispute, note domain.Note, heard domain.EventID) error {
	if !dispute.Live() {
		return domain.ErrWrongState.Because("the dispute is over").In(string(dispute.Status), string(domain.DisputeOpen), string(domain.DisputeAnswered))
	}
	if err := tx.SaveNote(ctx, dispute, note); err != nil {
		return fmt.Errorf("save note: %w", err)
	}
	if dispute.Status != domain.DisputeMediation {
		return nil
	}
	return tellNeutral(ctx, tx, dispute.ID, heard, fmt.Sprintf("The %s wrote in the dispute about %s", note.Side, dispute.Amount.Grouped()), note.At)
}

// NoteDispute adds what a seller or a factor says in the thread, which the debtor reads on its
// page. It refuses with domain.ErrNotFound, ErrInvalid, or ErrWrongState when the dispute is over.
func (s *Service) NoteDispute(ctx context.Context, by domain.Caller, id domain.DisputeID, said string, once domain.Once[domain.Note]) (domain.Answer, error) {
	said, err := Courteous("/said", said)
	if err != nil {
		return domain.Answer{}, err
	}
	ids := newTrailIDs()
	note := domain.Note{ID: domain.New[domain.NoteID](), Dispute: id, Side: string(by.Kind), User: by.User, Said: said, At: by.Now}
	heard := domain.New[domain.EventID]()
	return seated(ctx, s, by, once, func(tx Tx) (domain.Note, domain.Trail, error) {
		dispute, kase, err := tx.LockDispute(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return note, domain.Trail{}, err
		}
		if err := discreet(ctx, tx, by, kase, "/said", said); err != nil {
			return note, domain.Trail{}, err
		}
		if err := noteOn(ctx, tx, dispute, note, heard); err != nil {
			return note, domain.Trail{}, err
		}
		return note, ids.about(by, kase, "dispute.note", note.ID.UUID, dispute.Deal, fmt.Sprintf("The %s adds about the disputed %s: %q.", by.Kind, dispute.Amount.Grouped(), oneLine(said))), nil
	})
}

// HeardAgreement records that the debtor agreed to the seller's answer otherwise than on its page,
// and how the factor knows. It refuses with domain.ErrForbidden, ErrNotFound, ErrInvalid or ErrWrongState.
func (s *Service) HeardAgreement(ctx context.Context, by domain.Caller, id domain.DisputeID, how string, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	how, err := spoken(how)
	if err != nil {
		return domain.Answer{}, err
	}
	ids := newTrailIDs()
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Dispute, domain.Trail, error) {
		dispute, kase, err := tx.LockDispute(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return dispute, domain.Trail{}, err
		}
		if dispute.Status == domain.DisputeMediation {
			return dispute, domain.Trail{}, domain.ErrWrongState.Because("while a neutral helps, the debtor agrees on its page").In(string(dispute.Status), string(domain.DisputeAnswered))
		}
		if err := dispute.Agreed(how, by.Now); err != nil {
			return dispute, domain.Trail{}, err
		}
		if err := tx.UpdateDispute(ctx, dispute, domain.UserID{}); err != nil {
			return dispute, domain.Trail{}, fmt.Errorf("save dispute: %w", err)
		}
		return dispute, ids.about(by, kase, "dispute.agreed", dispute.ID.UUID, dispute.Deal, fmt.Sprintf("The debtor agreed to the answer about %s: %q.", dispute.Amount.Grouped(), oneLine(how))), nil
	})
}

// SetRootCause records the seller's finding about why a dispute came about, once it is over. It
// refuses with domain.ErrForbidden, ErrNotFound, ErrInvalid, or ErrWrongState while it is not.
func (s *Service) SetRootCause(ctx context.Context, by domain.Caller, id domain.DisputeID, cause string, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	cause, err := spoken(cause)
	if err != nil {
		return domain.Answer{}, err
	}
	ids := newTrailIDs()
	return seated(ctx, s, by, once, func(tx Tx) (domain.Dispute, domain.Trail, error) {
		dispute, kase, err := tx.LockDispute(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return dispute, domain.Trail{}, err
		}
		if dispute.Live() {
			return dispute, domain.Trail{}, domain.ErrWrongState.Because("the dispute is not over").In(string(dispute.Status), string(domain.DisputeResolved))
		}
		dispute.RootCause = cause
		if err := tx.UpdateDispute(ctx, dispute, domain.UserID{}); err != nil {
			return dispute, domain.Trail{}, fmt.Errorf("save dispute: %w", err)
		}
		return dispute, ids.about(by, kase, "dispute.root_cause", dispute.ID.UUID, dispute.Deal, fmt.Sprintf("Why the dispute about %s came about: %q.", dispute.Amount.Grouped(), oneLine(cause))), nil
	})
}

// A Thread is a dispute with what was said about it, and its clocks in the debtor's calendar.
type Thread struct {
	Dispute domain.Dispute
	Notes   []domain.Note
	Clocks  domain.DisputeClocks
	// The newest mediation; nil: none was offered.
	Mediation *domain.Mediation
}

// DisputeThread returns a dispute of the caller's, as factor or as seller.
func (s *Service) DisputeThread(ctx context.Context, by domain.Caller, id domain.DisputeID) (Thread, error) {
	var t Thread
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		kase, err := tx.DisputeCase(ctx, id, by.Organization)
		if err != nil {
			return err
		}
		if _, err := tx.Case(ctx, kase, by.Organization, by.Kind); err != nil {
			return err
		}
		f, err := tx.CaseLook(ctx, kase)
		if err != nil {
			return err
		}
		for _, d := range f.Disputes {
			if d.ID == id {
				t.Dispute = d
			}
		}
		for _, m := range f.Mediations {
			if m.Dispute == id {
				t.Mediation = &m
			}
		}
		t.Clocks = t.Dispute.Clocks(domain.BusinessDays(f.Relationship.Country), f.Relationship.Zone())
		t.Notes, err = tx.Notes(ctx, id)
		return err
	})
	return t, err
}
