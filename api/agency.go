package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) agencyRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/agencies", handle: s.listAgencies},
		{method: http.MethodPost, path: "/v1/agencies", handle: s.registerAgency},
		{method: http.MethodGet, path: "/v1/agencies/:id", handle: s.getAgency},
		{method: http.MethodPut, path: "/v1/agencies/:id", handle: s.renewAgency},
		{method: http.MethodPost, path: "/v1/agencies/:id/suspend", handle: s.suspendAgency},
		{method: http.MethodPost, path: "/v1/agencies/:id/reinstate", handle: s.reinstateAgency},
	}
}

// Licence is what lets an agency act.
type Licence struct {
	Authority string `json:"authority" example:"Landgericht Berlin" maxLength:"200"`
	Number    string `json:"number" example:"3712 E 1" maxLength:"100"`
	// The last day.
	ValidUntil string `json:"valid_until" format:"date" example:"2027-12-31"`
} //	@name	Licence

// CodeOfConduct is what an agency signed.
type CodeOfConduct struct {
	Name     string `json:"name" example:"CCAA code of ethics" maxLength:"200"`
	SignedOn string `json:"signed_on" format:"date" example:"2026-01-15"`
	// The last day.
	ValidUntil string `json:"valid_until" format:"date" example:"2027-01-14"`
} //	@name	CodeOfConduct

// AgencyRequest is what is on file of an agency.
type AgencyRequest struct {
	Name string `json:"name" example:"Anders & Partner Inkasso" maxLength:"200"`
	// ISO 3166-1 alpha-2, where its licence lets it act.
	Countries     []string      `json:"countries" example:"DE,AT"`
	Licence       Licence       `json:"licence"`
	CodeOfConduct CodeOfConduct `json:"code_of_conduct"`
	Email         string        `json:"email" example:"post@anders.example" maxLength:"254"`
} //	@name	AgencyRequest

// RegisterAgencyRequest enters an agency in the register of a world.
type RegisterAgencyRequest struct {
	// Of a sandbox; left out: the live world.
	World string `json:"world,omitempty" example:"world_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Name  string `json:"name" example:"Anders & Partner Inkasso" maxLength:"200"`
	// ISO 3166-1 alpha-2, where its licence lets it act.
	Countries     []string      `json:"countries" example:"DE,AT"`
	Licence       Licence       `json:"licence"`
	CodeOfConduct CodeOfConduct `json:"code_of_conduct"`
	Email         string        `json:"email" example:"post@anders.example" maxLength:"254"`
} //	@name	RegisterAgencyRequest

const maxCountries = 60

func (r AgencyRequest) read() (domain.Agency, error) {
	var k checker
	a := domain.Agency{
		Name: k.oneLine("/name", r.Name, true, 200),
		Licence: domain.Licence{
			Authority: k.oneLine("/licence/authority", r.Licence.Authority, true, 200), Number: k.oneLine("/licence/number", r.Licence.Number, true, 100),
			ValidUntil: k.date("/licence/valid_until", r.Licence.ValidUntil),
		},
		Code: domain.CodeOfConduct{
			Name: k.oneLine("/code_of_conduct/name", r.CodeOfConduct.Name, true, 200), SignedOn: k.date("/code_of_conduct/signed_on", r.CodeOfConduct.SignedOn),
			ValidUntil: k.date("/code_of_conduct/valid_until", r.CodeOfConduct.ValidUntil),
		},
		Email: k.email("/email", r.Email, true),
	}
	if len(r.Countries) > maxCountries {
		k.wrong("/countries", "too-many", "at most %d countries", maxCountries)
		return a, k.err()
	}
	for i, country := range r.Countries {
		if country = k.country("/countries/"+strconv.Itoa(i), country); !slices.Contains(a.Countries, country) {
			a.Countries = append(a.Countries, country)
		}
	}
	return a, k.err()
}

func (r RegisterAgencyRequest) read() (domain.Agency, error) {
	a, err := AgencyRequest{r.Name, r.Countries, r.Licence, r.CodeOfConduct, r.Email}.read()
	if err != nil {
		return a, err
	}
	a.World = domain.LiveWorld
	if r.World != "" {
		if a.World, err = domain.ParseWorldID(r.World); err != nil {
			return a, domain.ErrInvalid.At("/world", "not-an-id", "write the id of a world")
		}
	}
	return a, nil
}

// Agency is somebody external who may be asked to speak with debtors. Whether it is usable is counted when it is read, and is outside its version.
type Agency struct {
	ID            string        `json:"id" example:"agy_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Version       int           `json:"version" example:"1"`
	World         string        `json:"world" example:"world_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Name          string        `json:"name" example:"Anders & Partner Inkasso"`
	Countries     []string      `json:"countries" example:"DE,AT"`
	Licence       Licence       `json:"licence"`
	CodeOfConduct CodeOfConduct `json:"code_of_conduct"`
	Email         string        `json:"email" example:"post@anders.example"`
	// It may be asked today.
	Usable bool `json:"usable" example:"true"`
	// Why not.
	Reasons []string `json:"reasons" enums:"licence_expired,code_expired,suspended,complaints"`
	// Of the last twelve months, and not cleared by an operator. Three of them and more than one in twenty hand-overs block the agency.
	Complaints      int     `json:"complaints" example:"0"`
	HandOvers       int     `json:"hand_overs" example:"12"`
	SuspendedAt     *string `json:"suspended_at" extensions:"x-nullable" format:"date-time" example:"2026-05-12T10:05:00Z"`
	SuspendedReason *string `json:"suspended_reason" extensions:"x-nullable" example:"The licence is being looked at."`
	MadeAt          string  `json:"made_at" format:"date-time" example:"2026-02-05T14:12:00Z"`
} //	@name	Agency

func agencyOf(a domain.Agency) Agency {
	out := Agency{
		ID: a.ID.String(), Version: a.Version, World: a.World.String(), Name: a.Name, Countries: a.Countries,
		Licence:       Licence{a.Licence.Authority, a.Licence.Number, a.Licence.ValidUntil.String()},
		CodeOfConduct: CodeOfConduct{a.Code.Name, a.Code.SignedOn.String(), a.Code.ValidUntil.String()}, Email: a.Email, Reasons: []string{},
		Complaints: a.Complaints, HandOvers: a.HandOvers, SuspendedAt: momentOrNull(a.SuspendedAt), SuspendedReason: textOrNull(a.SuspendedReason), MadeAt: moment(a.MadeAt),
	}
	for _, why := range a.Unfit(a.Today) {
		out.Reasons = append(out.Reasons, string(why))
	}
	out.Usable = len(out.Reasons) == 0
	return out
}

func agencyLocation(a domain.Agency) string { return "/v1/agencies/" + a.ID.String() }

// listAgencies list agencies.
//
//	@Summary		List agencies
//	@Description	Those of your world; the platform sees all. Whether one may be asked, and why not, is as of today.
//	@Tags			agencies
//	@Produce		json
//	@Security		Bearer
//	@Param			limit	query	int	false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query	string	false	"next_cursor of the page before"
//	@Success		200	{object}	listOf[Agency]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/agencies [get]
func (s *Server) listAgencies(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseAgencyID)
	if err != nil {
		return err
	}
	list, err := s.cases.Agencies(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(list, p, agencyOf, func(a domain.Agency) string { return a.ID.String() }))
}

// registerAgency register an agency.
//
//	@Summary		Register an agency
//	@Description	By the platform, for one world.
//	@Tags			agencies
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			request	body	RegisterAgencyRequest	true	"the agency"
//	@Success		201	{object}	Agency
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/agencies [post]
func (s *Server) registerAgency(c *gin.Context) error {
	request, err := bodyOnly[RegisterAgencyRequest](c)
	if err != nil {
		return err
	}
	a, err := request.read()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, agencyOf, agencyLocation))
	if err != nil {
		return err
	}
	answer, err := s.cases.RegisterAgency(c.Request.Context(), caller(c), a, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// getAgency get an agency.
//
//	@Summary		Get an agency
//	@Tags			agencies
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the agency"
//	@Success		200	{object}	Agency
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/agencies/{id} [get]
func (s *Server) getAgency(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseAgencyID)
	if err != nil {
		return err
	}
	a, err := s.cases.Agency(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	etag(c, a.ID.String(), strconv.Itoa(a.Version))
	return respond(c, http.StatusOK, agencyOf(a))
}

// renewAgency renew what is on file of an agency.
//
//	@Summary		Renew what is on file of an agency
//	@Description	By the platform: a licence that was renewed, a code that was signed again. What is on file is replaced whole.
//	@Tags			agencies
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			If-Match	header	string	true	"the ETag that was read"
//	@Param			id	path	string	true	"id of the agency"
//	@Param			request	body	AgencyRequest	true	"what is on file from now on"
//	@Success		200	{object}	Agency
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		412		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Failure		428		{object}	Problem
//	@Router			/v1/agencies/{id} [put]
func (s *Server) renewAgency(c *gin.Context) error {
	id, err := pathID(c, domain.ParseAgencyID)
	if err != nil {
		return err
	}
	version, err := matchedVersion(c, id.String())
	if err != nil {
		return err
	}
	_, a, err := stepBody[AgencyRequest](c, domain.ParseAgencyID)
	if err != nil {
		return err
	}
	a.ID, a.Version = id, version
	if a, err = s.cases.RenewAgency(c.Request.Context(), caller(c), a); err != nil {
		return err
	}
	etag(c, a.ID.String(), strconv.Itoa(a.Version))
	return respond(c, http.StatusOK, agencyOf(a))
}

// suspendAgency suspend an agency.
//
//	@Summary		Suspend an agency
//	@Description	By the platform: nobody asks it until it is reinstated.
//	@Tags			agencies
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the agency"
//	@Param			request	body	SaidRequest	true	"why"
//	@Success		200		{object}	Agency
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/agencies/{id}/suspend [post]
func (s *Server) suspendAgency(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseAgencyID, answering(http.StatusOK, agencyOf, nil), s.cases.SuspendAgency)
}

// reinstateAgency reinstate an agency.
//
//	@Summary		Reinstate an agency
//	@Description	By the platform: ends a suspension, and lets the complaints so far count no more.
//	@Tags			agencies
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the agency"
//	@Param			request	body	SaidRequest	true	"why"
//	@Success		200		{object}	Agency
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/agencies/{id}/reinstate [post]
func (s *Server) reinstateAgency(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseAgencyID, answering(http.StatusOK, agencyOf, nil), s.cases.ReinstateAgency)
}
