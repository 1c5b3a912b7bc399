package collections

import (
	"context"
	"fmt"
	"slices"

	"comity/domain"
)

const stepProtective = "protective:"

// protectives gives the letters about steps that keep a right, in the hours of the debtor's day (D-25).
func protectives(f *domain.CaseFacts, l local) []candidate {
	var all []candidate
	for _, p := range f.Protective {
		step := stepProtective + p.ID.String()
		if p.Status != domain.ProtectiveApproved || ever(f, step) {
			continue
		}
		act := &Act{
			Step: step, Class: domain.ClassProtective, Template: "protective_step", Items: []domain.DealID{p.Deal}, Protective: p.ID, TwoPeople: true,
			Why: "A formal step keeps a right, and you are told of it in plain words.",
		}
		all = append(all, again(f, candidate{l.open(f.Now), act, "the letter about a step that keeps a right"}))
	}
	return all
}

// ProposeProtective is the first of two people who want a step filed that keeps a right and cannot wait.
// It refuses with domain.ErrNotFound, ErrInvalid, or ErrWrongState when the case is closed
// or its debtor is not told of the sale.
func (s *Service) ProposeProtective(ctx context.Context, by domain.Caller, id domain.CaseID, p domain.ProtectiveStep, once domain.Once[domain.ProtectiveStep]) (domain.Answer, error) {
	meaning, err := Courteous("/meaning", p.Meaning)
	if err != nil {
		return domain.Answer{}, err
	}
	ids := newTrailIDs()
	p.ID, p.Case, p.Status, p.Meaning, p.MadeBy, p.MadeAt = domain.New[domain.ProtectiveID](), id, domain.ProtectiveProposed, meaning, by.User, by.Now
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.ProtectiveStep, domain.Trail, error) {
		if _, err := tx.Case(ctx, id, by.Organization, by.Kind); err != nil {
			return p, domain.Trail{}, err
		}
		f, err := tx.CaseFacts(ctx, id)
		if err != nil {
			return p, domain.Trail{}, err
		}
		f.Now = by.Now
		if f.Case.Status != domain.CaseOpen {
			return p, domain.Trail{}, domain.ErrWrongState.Because("the case is closed").In(string(f.Case.Status), string(domain.CaseOpen))
		}
		if err := openly(f.Case); err != nil {
			return p, domain.Trail{}, err
		}
		item, ok := f.Item(p.Deal)
		if !ok || !live(&item) {
			return p, domain.Trail{}, domain.ErrInvalid.At("/deal_id", "not-in-the-case", "an invoice of the case that is still yours")
		}
		if err := p.Check(localOf(&f).today); err != nil {
			return p, domain.Trail{}, err
		}
		p.Factor, p.Seller = f.Case.Factor, f.Case.Seller
		if err := tx.SaveProtective(ctx, p); err != nil {
			return p, domain.Trail{}, fmt.Errorf("save protective step: %w", err)
		}
		return p, ids.about(by, factorsOnly(f.Case), "protective.proposed", p.ID.UUID, p.Deal, fmt.Sprintf("A step is to keep a right on invoice %s (%s): a second person must agree.", item.Deal.InvoiceNumber, protectiveWords[p.Kind])), nil
	})
}

// ApproveProtective is the second person's word: the step may be filed, the seller is told, and the
// debtor by a letter. It refuses with domain.ErrNotFound, ErrTwoPeople for the first person, ErrInvalid
// when its deadline is over, or ErrWrongState.
func (s *Service) ApproveProtective(ctx context.Context, by domain.Caller, id domain.ProtectiveID, once domain.Once[domain.ProtectiveStep]) (domain.Answer, error) {
	return s.decideProtective(ctx, by, id, domain.ProtectiveApproved, once)
}

// WithdrawProtective lets a step be before it was agreed to. It refuses with domain.ErrNotFound or
// ErrWrongState.
func (s *Service) WithdrawProtective(ctx context.Context, by domain.Caller, id domain.ProtectiveID, once domain.Once[domain.ProtectiveStep]) (domain.Answer, error) {
	return s.decideProtective(ctx, by, id, domain.ProtectiveWithdrawn, once)
}

func (s *Service) decideProtective(ctx context.Context, by domain.Caller, id domain.ProtectiveID, next domain.ProtectiveStatus, once domain.Once[domain.ProtectiveStep]) (domain.Answer, error) {
	ids := newTrailIDs()
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.ProtectiveStep, domain.Trail, error) {
		p, f, err := protectiveFile(ctx, tx, by, id)
		if err != nil {
			return p, domain.Trail{}, err
		}
		if err := domain.ProtectiveMoves.Move(p.Status, next); err != nil {
			return p, domain.Trail{}, err
		}
		item, _ := f.Item(p.Deal)
		kase, said := factorsOnly(f.Case), fmt.Sprintf("No step is filed about invoice %s.", item.Deal.InvoiceNumber)
		if next == domain.ProtectiveApproved {
			if p.MadeBy == by.User {
				return p, domain.Trail{}, domain.ErrTwoPeople.Because("you asked for it")
			}
			if err := p.Check(localOf(&f).today); err != nil {
				return p, domain.Trail{}, err
			}
			kase, said = f.Case, fmt.Sprintf("A step keeps a right on invoice %s: %s. It asks nothing of %s, who is told of it in plain words.", item.Deal.InvoiceNumber, protectiveWords[p.Kind], oneLine(f.Relationship.Name))
		}
		p.Status, p.CheckedBy, p.DecidedAt = next, by.User, by.Now
		if err := tx.SaveProtective(ctx, p); err != nil {
			return p, domain.Trail{}, fmt.Errorf("save protective step: %w", err)
		}
		if err := tx.WakeCase(ctx, p.Case, by.Now); err != nil {
			return p, domain.Trail{}, err
		}
		trail := ids.about(by, kase, "protective."+string(next), p.ID.UUID, p.Deal, said)
		if next == domain.ProtectiveApproved {
			trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobMailParty, Ref: ids.event.UUID})
		}
		return p, trail, nil
	})
}

// protectiveFile locks the case of a step, and returns both as they are then.
func protectiveFile(ctx context.Context, tx Tx, by domain.Caller, id domain.ProtectiveID) (domain.ProtectiveStep, domain.CaseFacts, error) {
	kase, err := tx.ProtectiveCase(ctx, id, by.Organization)
	if err != nil {
		return domain.ProtectiveStep{}, domain.CaseFacts{}, err
	}
	f, err := tx.CaseFacts(ctx, kase)
	if err != nil {
		return domain.ProtectiveStep{}, f, err
	}
	f.Now = by.Now
	i := slices.IndexFunc(f.Protective, func(p domain.ProtectiveStep) bool { return p.ID == id })
	if i < 0 {
		return domain.ProtectiveStep{}, f, domain.ErrNotFound
	}
	return f.Protective[i], f, nil
}

// ProtectiveSteps lists the steps of a case that keep a right. A seller sees those that two people of the
// factor agreed to.
func (s *Service) ProtectiveSteps(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.ProtectiveStep, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.ProtectiveStep, error) {
		f, err := tx.Outside(ctx, id)
		return slices.DeleteFunc(f.Protective, func(p domain.ProtectiveStep) bool { return notTheirs(by, p) }), err
	})
}

func notTheirs(by domain.Caller, p domain.ProtectiveStep) bool {
	return by.Kind == domain.KindSeller && p.Status != domain.ProtectiveApproved
}

// ProtectiveStep returns a step of one side's. It refuses with domain.ErrNotFound.
func (s *Service) ProtectiveStep(ctx context.Context, by domain.Caller, id domain.ProtectiveID) (domain.ProtectiveStep, error) {
	var found domain.ProtectiveStep
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		kase, err := tx.ProtectiveCase(ctx, id, by.Organization)
		if err != nil {
			return err
		}
		f, err := tx.Outside(ctx, kase)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(f.Protective, func(p domain.ProtectiveStep) bool { return p.ID == id })
		if i < 0 || notTheirs(by, f.Protective[i]) {
			return domain.ErrNotFound
		}
		found = f.Protective[i]
		return nil
	})
	return found, err
}
