package access

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

// PlatformID is the one platform organisation, which stands outside worlds.
var PlatformID = domain.OrganizationID{UUID: uuid.MustParse("00000000-0000-7000-8000-000000000002")}

// A Sandbox is a new world and the code with which organisations join it. The
// code is shown once.
type Sandbox struct {
	World    domain.World
	JoinCode string
}

// MakeSandbox makes a world with a frozen clock that starts at the given time.
// Only the platform may. code is a fresh secret made by the caller.
func (s *Service) MakeSandbox(ctx context.Context, by domain.Caller, box Sandbox, once domain.Once[Sandbox]) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	box.World.ID, box.World.Sandbox, box.World.State = domain.New[domain.WorldID](), true, domain.ClockIdle
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopePlatform), func(tx Tx) (domain.Answer, error) {
		if err := tx.SaveWorld(ctx, box.World, codeHash(box.JoinCode)); err != nil {
			return domain.Answer{}, fmt.Errorf("make sandbox: %w", err)
		}
		return once.Answer(box), tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(audit, by, "sandbox.made", "world", box.World.ID.UUID, box.World.Name),
		}})
	})
}

// Clock returns the clock of the caller's world, or, for the platform, of the
// world named. It refuses with domain.ErrNoSandbox in the live world.
func (s *Service) Clock(ctx context.Context, by domain.Caller, world domain.WorldID) (domain.World, error) {
	id, err := clockOf(by, world)
	if err != nil {
		return domain.World{}, err
	}
	var w domain.World
	_, err = s.atomically(ctx, by.In(domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		w, err = tx.World(ctx, id)
		return domain.Answer{}, err
	})
	return w, err
}

// MoveClock sends a sandbox's clock to a later time; its runner does on the way
// everything that is due. It refuses with domain.ErrClockRunning,
// ErrClockStopped, ErrClockBackwards or ErrNoSandbox. A stopped clock may be
// sent on: that is the way to try again.
func (s *Service) MoveClock(ctx context.Context, by domain.Caller, world domain.WorldID, to time.Time) (domain.World, error) {
	id, err := clockOf(by, world)
	if err != nil {
		return domain.World{}, err
	}
	var w domain.World
	_, err = s.atomically(ctx, by.In(domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		if w, err = tx.World(ctx, id); err != nil {
			return domain.Answer{}, err
		}
		if w.State == domain.ClockRunning {
			return domain.Answer{}, domain.ErrClockRunning.Because("it is on its way to %s", w.Target.Format(time.RFC3339))
		}
		if to.Before(w.Now) {
			return domain.Answer{}, domain.ErrClockBackwards.Because("it is %s", w.Now.Format(time.RFC3339))
		}
		w.Target, w.State, w.Reason = to, domain.ClockRunning, ""
		return domain.Answer{}, tx.SetClockTarget(ctx, id, to)
	})
	return w, err
}

// clockOf returns the world whose clock the caller may see and move: owners of
// a sandbox's organisations, and the platform.
func clockOf(by domain.Caller, world domain.WorldID) (domain.WorldID, error) {
	if by.Kind == domain.KindPlatform {
		if world.IsZero() {
			return world, domain.ErrInvalid.At("world", "required", "the platform stands outside worlds: name one")
		}
		if world == domain.LiveWorld {
			return world, domain.ErrNoSandbox
		}
		return world, nil
	}
	if !by.Sandbox {
		return by.World, domain.ErrNoSandbox
	}
	if !world.IsZero() && world != by.World {
		return world, domain.ErrNotFound
	}
	if by.Role != domain.RoleOwner {
		return world, domain.ErrForbidden.Because("your role is %s", by.Role)
	}
	return by.World, nil
}

func codeHash(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}
