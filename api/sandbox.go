package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"

	"comity/access"
	"comity/domain"
)

func (s *Server) sandboxRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/sandboxes", handle: s.createSandbox},
		{method: http.MethodGet, path: "/v1/sandbox/clock", handle: s.getClock},
		{method: http.MethodPost, path: "/v1/sandbox/clock", handle: s.moveClock},
	}
}

// CreateSandboxRequest is a world of its own, whose clock stands still.
type CreateSandboxRequest struct {
	Name     string `json:"name" example:"Marlow rehearsal"`
	StartsAt string `json:"starts_at" format:"date-time" example:"2026-02-02T09:00:00Z"`
} //	@name	CreateSandboxRequest

// Sandbox is a world of its own. The join code is shown once.
type Sandbox struct {
	ID       string  `json:"id" example:"world_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Name     string  `json:"name" example:"Marlow rehearsal"`
	Now      string  `json:"now" format:"date-time" example:"2026-02-02T09:00:00Z"`
	JoinCode *string `json:"join_code" extensions:"x-nullable" example:"3f9c1b7a5d2e4c60"`
} //	@name	Sandbox

// sandboxOf shows a sandbox as it is stored: without its join code.
func sandboxOf(box access.Sandbox) Sandbox {
	return Sandbox{ID: box.World.ID.String(), Name: box.World.Name, Now: moment(box.World.Now)}
}

// createSandbox makes a sandbox.
//
//	@Summary		Make a sandbox
//	@Description	Only the platform may. Whoever signs up with the join code is in this world; the code is shown in this answer and never again, not in a replay either.
//	@Tags			sandbox
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"names this request for ever"
//	@Param			request			body		CreateSandboxRequest	true	"the sandbox"
//	@Success		201				{object}	Sandbox
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/sandboxes [post]
func (s *Server) createSandbox(c *gin.Context) error {
	request, err := bodyOnly[CreateSandboxRequest](c)
	if err != nil {
		return err
	}
	world, err := request.world()
	if err != nil {
		return err
	}
	once, err := once(c, answering(http.StatusCreated, sandboxOf, nil))
	if err != nil {
		return err
	}
	box := access.Sandbox{World: world, JoinCode: s.secret()}
	answer, err := s.access.MakeSandbox(c.Request.Context(), caller(c), box, once)
	if err != nil {
		return err
	}
	if answer, err = withCode(answer, box.JoinCode); err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// withCode adds the join code to the first answer; what was stored has none.
func withCode(stored domain.Answer, code string) (domain.Answer, error) {
	if stored.Replayed {
		return stored, nil
	}
	var shown Sandbox
	if err := json.Unmarshal(stored.Body, &shown); err != nil {
		return stored, err
	}
	shown.JoinCode = &code
	var err error
	stored.Body, err = json.Marshal(shown)
	return stored, err
}

func (r CreateSandboxRequest) world() (domain.World, error) {
	var k checker
	world := domain.World{Name: k.oneLine("/name", r.Name, true, 200), Now: k.instant("/starts_at", r.StartsAt)}
	return world, k.err()
}

// Worlds live in the years that days are read in.
const firstYear, lastYear = 1970, 2199

// instant reads an instant, to the microsecond that the database keeps.
func (k *checker) instant(pointer, value string) time.Time {
	at, err := time.Parse(time.RFC3339, value)
	at = at.UTC()
	if err != nil || at.Year() < firstYear || at.Year() > lastYear {
		k.wrong(pointer, "not-an-instant", "write an instant as RFC 3339 does, such as 2026-02-02T09:00:00Z, from %d to %d", firstYear, lastYear)
	}
	return at.Truncate(time.Microsecond)
}

// Clock is the clock of a sandbox.
type Clock struct {
	World  string  `json:"world" example:"world_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Now    string  `json:"now" format:"date-time" example:"2026-02-05T14:12:00Z"`
	Target *string `json:"target" extensions:"x-nullable" format:"date-time" example:"2026-03-07T09:00:00Z"`
	State  string  `json:"state" enums:"idle,running,stopped" example:"running"`
	Reason *string `json:"reason" extensions:"x-nullable" example:"a task failed three times: send"`
} //	@name	Clock

// clockOf shows a world's clock; the live world has none that can be moved.
func clockOf(w domain.World) (Clock, error) {
	if !w.Sandbox {
		return Clock{}, domain.ErrNoSandbox
	}
	out := Clock{World: w.ID.String(), Now: moment(w.Now), State: string(w.State), Reason: textOrNull(w.Reason)}
	if w.State != domain.ClockIdle {
		out.Target = momentOrNull(w.Target)
	}
	return out, nil
}

// getClock answers what time it is in a sandbox.
//
//	@Summary	Read a sandbox's clock
//	@Tags		sandbox
//	@Produce	json
//	@Security	Bearer
//	@Param		world	query		string	false	"the world; only the platform names one"
//	@Success	200		{object}	Clock
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Failure	409		{object}	Problem
//	@Failure	422		{object}	Problem
//	@Failure	503		{object}	Problem
//	@Router		/v1/sandbox/clock [get]
func (s *Server) getClock(c *gin.Context) error {
	if err := onlyQuery(c, "world"); err != nil {
		return err
	}
	world, err := idQuery(c, "world", domain.ParseWorldID)
	if err != nil {
		return err
	}
	found, err := s.access.Clock(c.Request.Context(), caller(c), world)
	if err != nil {
		return err
	}
	shown, err := clockOf(found)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, shown)
}

// MoveClockRequest is where a sandbox's clock is to go; only the platform names
// the world.
type MoveClockRequest struct {
	To    string `json:"to" format:"date-time" example:"2026-03-07T09:00:00Z"`
	World string `json:"world,omitempty" example:"world_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
} //	@name	MoveClockRequest

// moveClock sends a sandbox's clock to a later time.
//
//	@Summary		Move a sandbox's clock
//	@Description	The clock goes forward to the time given, and everything that is due on the way happens on the way. The answer comes at once; ask for the clock to see where it is.
//	@Tags			sandbox
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			request	body		MoveClockRequest	true	"where to"
//	@Success		202		{object}	Clock
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/sandbox/clock [post]
func (s *Server) moveClock(c *gin.Context) error {
	request, err := bodyOnly[MoveClockRequest](c)
	if err != nil {
		return err
	}
	world, to, err := request.move()
	if err != nil {
		return err
	}
	found, err := s.access.MoveClock(c.Request.Context(), caller(c), world, to)
	if err != nil {
		return err
	}
	shown, err := clockOf(found)
	if err != nil {
		return err
	}
	return respond(c, http.StatusAccepted, shown)
}

func (r MoveClockRequest) move() (domain.WorldID, time.Time, error) {
	var k checker
	var world domain.WorldID
	if r.World != "" {
		var err error
		if world, err = domain.ParseWorldID(r.World); err != nil {
			k.wrong("/world", "not-an-id", "write an id that begins with world_")
		}
	}
	to := k.instant("/to", r.To)
	return world, to, k.err()
}
