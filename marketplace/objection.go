package marketplace

import (
	"context"
	"fmt"
	"slices"

	"comity/domain"
	"comity/underwriting"
)

// Contested is an objection and the decisions that it is about, side by side.
type Contested struct {
	Objection domain.Objection
	First     domain.Decision
	Again     *domain.Decision // nil unless something was accepted
}

// Object records that the caller objects to a decision about one of its invoices:
// why, to which reason, and with which corrected facts. It refuses with
// domain.ErrObjectionOpen while another objection to it is open, with ErrNotImported
// for a fact about a row that Comity recorded itself, and with ErrInvalid for a fact
// that breaks a rule.
func (s *Service) Object(ctx context.Context, by domain.Caller, to domain.DecisionID, o domain.Objection, once domain.Once[domain.Objection]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	o.ID, o.World, o.Seller, o.Decision, o.Status = domain.New[domain.ObjectionID](), by.World, by.Organization, to, domain.ObjectionReceived
	o.RaisedBy, o.RaisedAt = by.User, by.Now
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeSeller), func(tx Tx) (domain.Answer, error) {
		o := o
		first, err := tx.Decision(ctx, to, by.Organization, by.Kind)
		if err != nil {
			return domain.Answer{}, err
		}
		inv, err := tx.Invoice(ctx, first.Invoice, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		o.Invoice, o.Relationship = inv.ID, inv.Relationship
		if err := arguable(ctx, tx, by, o, first); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveObjection(ctx, o); err != nil {
			return domain.Answer{}, fmt.Errorf("save objection to %s: %w", to, err)
		}
		return once.Answer(o), tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "objection.received", "objection", o.ID.UUID, to, o.Reason, o.ReasonCode, o.Facts)},
			Events: []domain.Event{{
				ID: event, World: by.World, Kind: "objection.received", Seller: o.Seller, Invoice: inv.ID, At: by.Now,
				Said: fmt.Sprintf("You objected to the decision about invoice %s. A person looks at it and answers.", inv.Number),
			}},
		})
	})
}

// arguable refuses an objection to a reason that the decision does not give its
// seller, and facts that could not be accepted.
func arguable(ctx context.Context, tx Tx, by domain.Caller, o domain.Objection, first domain.Decision) error {
	said, err := underwriting.DecodeDecision(first.Result)
	if err != nil {
		return fmt.Errorf("decision %s: %w", first.ID, err)
	}
	readable := underwriting.ReasonsFor(underwriting.AudienceAll, said.Reasons)
	if o.ReasonCode != "" && !slices.ContainsFunc(readable, func(r underwriting.Reason) bool { return r.Code == o.ReasonCode }) {
		return domain.ErrInvalid.At("/reason_code", "no-such-reason", "the decision has no such reason")
	}
	day, err := dayOf(ctx, tx, by)
	if err != nil {
		return err
	}
	_, err = corrected(ctx, tx, o, day)
	return err
}

// corrected returns the corrections that an objection's facts about history make:
// all of them while it is open, then those that were accepted.
func corrected(ctx context.Context, tx Tx, o domain.Objection, day domain.Date) ([]domain.Correction, error) {
	var facts []domain.Fact
	var ids []domain.InvoiceID
	for _, fact := range o.Facts {
		if fact.Kind != domain.FactHistory || fact.Accepted != nil && !*fact.Accepted {
			continue
		}
		facts = append(facts, fact)
		if !slices.Contains(ids, fact.Row) {
			ids = append(ids, fact.Row)
		}
	}
	if len(facts) == 0 {
		return nil, nil
	}
	rows, err := imported(ctx, tx, o.Relationship, o.Seller, ids)
	if err != nil {
		return nil, err
	}
	return corrections(rows, facts, o.Reason, day)
}

// Objection returns one of the caller's objections and its decisions side by side;
// the platform reads any.
func (s *Service) Objection(ctx context.Context, by domain.Caller, id domain.ObjectionID) (Contested, error) {
	entry, err := sees(by)
	if err != nil {
		return Contested{}, err
	}
	var found Contested
	err = s.read(ctx, entry, func(tx Tx) error {
		o, err := tx.Objection(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return err
		}
		found.Objection, found.Again = o, nil
		if found.First, err = tx.Decision(ctx, o.Decision, by.Organization, by.Kind); err != nil || o.Again.IsZero() {
			return err
		}
		again, err := tx.Decision(ctx, o.Again, by.Organization, by.Kind)
		found.Again = &again
		return err
	})
	return found, err
}

// Objections lists the caller's objections, oldest first; status "" means all. The
// platform reads every seller's, and of them the open ones unless it asks for others.
func (s *Service) Objections(ctx context.Context, by domain.Caller, status string, page domain.Page) ([]domain.Objection, error) {
	entry, err := sees(by)
	if err != nil {
		return nil, err
	}
	if by.Kind == domain.KindPlatform && status == "" {
		status = string(domain.ObjectionReceived)
	}
	var list []domain.Objection
	err = s.read(ctx, entry, func(tx Tx) error {
		var err error
		list, err = tx.Objections(ctx, by.Organization, by.Kind, status, page)
		return err
	})
	return list, err
}

type answerIDs struct {
	decision    domain.DecisionID
	audit, made domain.AuditID
	event       domain.EventID
	corrections []domain.CorrectionID
	audits      []domain.AuditID
}

func newAnswerIDs() answerIDs {
	ids := answerIDs{
		decision: domain.New[domain.DecisionID](), audit: domain.New[domain.AuditID](), made: domain.New[domain.AuditID](), event: domain.New[domain.EventID](),
	}
	for range domain.MaxFacts {
		ids.corrections = append(ids.corrections, domain.New[domain.CorrectionID]())
		ids.audits = append(ids.audits, domain.New[domain.AuditID]())
	}
	return ids
}

// AnswerObjection gives an objection its answer. What is accepted is corrected in
// the same transaction, and the decision is made again on the corrected facts as of
// its own day; the first one and every offer stay. Only the platform answers, which
// runs the engine and neither sells nor buys. It refuses with domain.ErrForbidden,
// ErrNotFound, ErrWrongState, ErrInvalid, and with ErrNotImported for an accepted
// fact about a row that was sold here meanwhile.
func (s *Service) AnswerObjection(ctx context.Context, by domain.Caller, id domain.ObjectionID, verdict domain.Verdict, once domain.Once[Contested]) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	ids := newAnswerIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		o, err := tx.LockObjection(ctx, id)
		if err != nil {
			return domain.Answer{}, err
		}
		by, err := among(ctx, tx, by, o.Seller)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := o.Decide(verdict, by); err != nil {
			return domain.Answer{}, err
		}
		inv, err := tx.Invoice(ctx, o.Invoice, o.Seller)
		if err != nil {
			return domain.Answer{}, err
		}
		first, err := tx.Decision(ctx, o.Decision, o.Seller, domain.KindSeller)
		if err != nil {
			return domain.Answer{}, err
		}
		done := Contested{Objection: o, First: first}
		trail := domain.Trail{}
		if o.Upheld() {
			if trail, err = s.uphold(ctx, tx, by, &done, inv, ids); err != nil {
				return domain.Answer{}, err
			}
		}
		if err := tx.DecideObjection(ctx, done.Objection); err != nil {
			return domain.Answer{}, fmt.Errorf("save answer to %s: %w", id, err)
		}
		return once.Answer(done), tx.SaveTrail(ctx, answerTrail(by, done, inv, ids, trail))
	})
}

// uphold applies what was accepted and makes the decision again.
func (s *Service) uphold(ctx context.Context, tx Tx, by domain.Caller, done *Contested, inv domain.Invoice, ids answerIDs) (domain.Trail, error) {
	o := &done.Objection
	seller, err := tx.Organization(ctx, o.Seller)
	if err != nil {
		return domain.Trail{}, err
	}
	all, err := corrected(ctx, tx, *o, today(by.Now, seller.Zone()))
	if err != nil {
		return domain.Trail{}, err
	}
	var trail domain.Trail
	for i := range all {
		all[i].ID, all[i].Objection, all[i].By, all[i].At = ids.corrections[i], o.ID, by.User, by.Now
		trail.Audit = append(trail.Audit, correctionAudit(ids.audits[i], by, all[i]))
	}
	if len(all) > 0 {
		if err := tx.SaveCorrections(ctx, o.Seller, all); err != nil {
			return domain.Trail{}, err
		}
	}
	made, err := s.again(ctx, tx, done.First, inv)
	if err != nil {
		return domain.Trail{}, err
	}
	made.ID, made.Objection, made.DecidedAt = ids.decision, o.ID, by.Now
	o.Again, done.Again = made.ID, &made
	trail.Audit = append(trail.Audit, domain.Audited(ids.made, by, "decision.made_again", "decision", made.ID.UUID, made.First, made.Outcome, made.Result))
	return trail, tx.SaveDecision(ctx, made)
}

// answerTrail tells the seller, on the invoice's timeline and by mail.
func answerTrail(by domain.Caller, done Contested, inv domain.Invoice, ids answerIDs, trail domain.Trail) domain.Trail {
	o := done.Objection
	words := map[domain.ObjectionStatus]string{
		domain.ObjectionAccepted: "was accepted", domain.ObjectionPartlyAccepted: "was accepted in part", domain.ObjectionRejected: "was not accepted",
	}
	said := fmt.Sprintf("Your objection to the decision about invoice %s %s. The answer: %s", inv.Number, words[o.Status], o.Answer)
	if done.Again != nil {
		said += " The decision was made again on the corrected facts; both stand side by side. Offers do not change by it."
		if domain.InvoiceMoves.Move(inv.Status, domain.InvoiceOffered) == nil {
			said += " You can submit the invoice again."
		}
	}
	trail.Audit = append(trail.Audit, domain.Audited(ids.audit, by, "objection."+string(o.Status), "objection", o.ID.UUID, o.Answer, o.Facts, o.Again))
	trail.Events = []domain.Event{{
		ID: ids.event, World: by.World, Kind: "objection." + string(o.Status), Seller: o.Seller, Invoice: inv.ID, Said: said, At: by.Now,
	}}
	trail.Jobs = []domain.Job{{World: by.World, Kind: domain.JobMailParty, Ref: ids.event.UUID}}
	return trail
}
