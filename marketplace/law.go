package marketplace

import (
	"context"
	"errors"
	"fmt"
	"time"

	"comity/domain"
)

// counsels is what was signed of the rows of law.
type counsels interface {
	SaveLawSignature(context.Context, domain.LawSignature) error
	LawSignatures(context.Context, domain.WorldID) ([]domain.LawSignature, error)
	WorldLook(context.Context, domain.WorldID) (domain.World, error)
}

// Laws returns the rows of law as they stand today in the caller's world. The platform, which stands
// outside worlds, names one; the zero world is the live one. It refuses with domain.ErrInvalid a world
// that there is not, or one that is named by somebody who has its own.
func (s *Service) Laws(ctx context.Context, by domain.Caller, world domain.WorldID) ([]domain.LawFile, error) {
	if by.Kind != domain.KindPlatform && !world.IsZero() {
		return nil, domain.ErrInvalid.At("world", "not-allowed", "you have a world of your own")
	}
	if world.IsZero() {
		world = by.World
	}
	var files []domain.LawFile
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		in, err := lawWorld(ctx, tx, world, "world", by.Now)
		if err != nil {
			return err
		}
		files, err = lawFiles(ctx, tx, in)
		return err
	})
	return files, err
}

// Law returns one row of law, as [Service.Laws] does. It refuses with domain.ErrNotFound.
func (s *Service) Law(ctx context.Context, by domain.Caller, code string, world domain.WorldID) (domain.LawFile, error) {
	files, err := s.Laws(ctx, by, world)
	if err != nil {
		return domain.LawFile{}, err
	}
	return lawFile(files, code)
}

// SignLaw records that counsel signed a row of law for a world; the zero world is the live one. A
// person of the platform does. It refuses with domain.ErrForbidden, ErrNotFound, or with ErrInvalid for
// a world that there is not, another text, or days out of order.
func (s *Service) SignLaw(ctx context.Context, by domain.Caller, signature domain.LawSignature, once domain.Once[domain.LawFile]) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	law, ok := domain.LawOf(signature.Law)
	if !ok {
		return domain.Answer{}, domain.ErrNotFound.Because("there is no such row of law")
	}
	signature.ID, signature.By = domain.New[domain.LawSignatureID](), by.User
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		in, err := lawWorld(ctx, tx, signature.World, "/world", by.Now)
		if err != nil {
			return domain.Answer{}, err
		}
		signature := signature
		signature.World, signature.At = in.ID, in.Now
		if err := signature.Check(law, today(in.Now, time.UTC)); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveLawSignature(ctx, signature); err != nil {
			return domain.Answer{}, fmt.Errorf("save signature of %s: %w", law.Code, err)
		}
		files, err := lawFiles(ctx, tx, in)
		if err != nil {
			return domain.Answer{}, err
		}
		file, err := lawFile(files, law.Code)
		if err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(file), tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{domain.Audited(audit, by, "law.signed", "law_signature", signature.ID.UUID,
			signature.World, signature.Law, signature.SHA256, signature.Counsel, signature.Reference, signature.SignedOn, signature.ReviewBy)}})
	})
}

// lawWorld finds the world that a request names at a place of it, and the time that it is there; the
// zero world is the live one.
func lawWorld(ctx context.Context, tx Tx, id domain.WorldID, pointer string, now time.Time) (domain.World, error) {
	if id.IsZero() {
		id = domain.LiveWorld
	}
	world, err := tx.WorldLook(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return world, domain.ErrInvalid.At(pointer, "unknown-world", "there is no such world")
	}
	if !world.Sandbox {
		world.Now = now
	}
	return world, err
}

func lawFiles(ctx context.Context, tx Tx, world domain.World) ([]domain.LawFile, error) {
	signatures, err := tx.LawSignatures(ctx, world.ID)
	if err != nil {
		return nil, err
	}
	day := today(world.Now, time.UTC)
	var files []domain.LawFile
	for _, l := range domain.Laws() {
		file := domain.LawFile{Law: l}
		file.State, file.Signature = l.On(day, signatures)
		files = append(files, file)
	}
	return files, nil
}

func lawFile(files []domain.LawFile, code string) (domain.LawFile, error) {
	for _, file := range files {
		if file.Code == code {
			return file, nil
		}
	}
	return domain.LawFile{}, domain.ErrNotFound.Because("there is no such row of law")
}

// assignable returns on which ground what a debtor owes may be assigned now. What counsel signed is
// looked up only where a contract forbids it. It refuses with domain.ErrAssignmentForbidden, and
// returns what is known of the contract then too.
func assignable(ctx context.Context, tx Tx, by domain.Caller, r domain.Relationship) (domain.Assignable, error) {
	var signatures []domain.LawSignature
	if r.Assignment.Clause == domain.ClauseForbids {
		var err error
		if signatures, err = tx.LawSignatures(ctx, by.World); err != nil {
			return domain.Assignable{}, err
		}
	}
	return r.Assignment.Assignable(r.LegalType, domain.Laws(), signatures, today(by.Now, time.UTC))
}

// stillAssignable refuses what is not assignable any more, or not on the ground that an offer was made
// on: its factor has to see another one before it buys.
func stillAssignable(ctx context.Context, tx Tx, by domain.Caller, r domain.Relationship, o domain.Offer) error {
	now, err := assignable(ctx, tx, by, r)
	if err != nil {
		return err
	}
	if !now.SameGround(o.Assignable) {
		return domain.ErrAssignmentChanged.Because("submit the invoice again for offers that are made on what is known now")
	}
	return nil
}

// tellServing tells the factor of what is sold that its seller says something else of the contract now:
// what was sold stays sold, and whether money may still leave is the factor's to judge.
func tellServing(ctx context.Context, tx Tx, by domain.Caller, r domain.Relationship, id domain.EventID, trail *domain.Trail) error {
	factor, kase, err := tx.Serving(ctx, r)
	if err != nil || factor.IsZero() {
		return err
	}
	now, err := assignable(ctx, tx, by, r)
	if err != nil && !errors.Is(err, domain.ErrAssignmentForbidden) {
		return err
	}
	said := map[domain.AssignmentGround]string{
		"":                     "it forbids assignment, and nothing that is known here lifts that",
		domain.GroundNotStated: "nothing about assignment",
		domain.GroundNoClause:  "nothing forbids assignment",
		domain.GroundConsent:   fmt.Sprintf("it forbids assignment, and the debtor consented: %s on %s, %s", r.Assignment.Consent.By, r.Assignment.Consent.On.Short(), r.Assignment.Consent.Evidence),
		domain.GroundLaw:       fmt.Sprintf("it forbids assignment, and a law that counsel signed for overrides that (%s)", now.Law),
	}[now.Ground]
	trail.Events = append(trail.Events, domain.Event{
		ID: id, World: by.World, Kind: "assignment.stated", Factor: factor, Case: kase, At: by.Now,
		Said: fmt.Sprintf("The seller says of its contract with %s now: %s. An invoice of it is with you; please look at it before more money leaves.", r.Name, said),
	})
	trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobMailParty, Ref: id.UUID})
	return nil
}
