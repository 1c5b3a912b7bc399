package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// CaseContact is how the contact of a case is to be reached, and what protects it. A source
// of null says that nobody recorded it: then the kind is a guess by the address.
type CaseContact struct {
	CaseID        string   `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind          string   `json:"kind" enums:"person,role" example:"role"`
	Mode          string   `json:"mode" enums:"each,digest,portal_only" example:"digest"`
	OptedOut      []string `json:"opted_out" enums:"email,phone" example:"phone"`
	Prefers       *string  `json:"prefers" extensions:"x-nullable" enums:"email,phone" example:"email"`
	Source        *string  `json:"source" extensions:"x-nullable" example:"Ms Vance by telephone"`
	UpdatedAt     *string  `json:"updated_at" extensions:"x-nullable" format:"date-time" example:"2026-02-20T10:00:00Z"`
	Profile       string   `json:"profile" enums:"none,ca_covered_commercial,uk_individual,eu_individual" example:"none"`
	HardshipSince *string  `json:"hardship_since" extensions:"x-nullable" format:"date-time" example:"2026-02-18T09:00:00Z"`
} //	@name	CaseContact

func caseContactOf(c collections.ContactCard) CaseContact {
	p := c.Preferences
	out := CaseContact{
		CaseID: c.Case.String(), Kind: string(p.Kind), Mode: string(p.Mode), OptedOut: []string{}, Prefers: textOrNull(string(p.Prefers)), Source: textOrNull(p.Source),
		UpdatedAt: momentOrNull(p.At), Profile: string(c.Profile), HardshipSince: momentOrNull(c.HardshipSince),
	}
	for _, channel := range p.OptedOut {
		out.OptedOut = append(out.OptedOut, string(channel))
	}
	return out
}

// SetContactRequest is what the debtor said about how it wants to be reached, and how we
// know. The time is that of the request.
type SetContactRequest struct {
	Kind     string   `json:"kind" enums:"person,role" example:"role"`
	Mode     string   `json:"mode" enums:"each,digest,portal_only" example:"digest"`
	OptedOut []string `json:"opted_out" enums:"email,phone" example:"phone"`
	Prefers  string   `json:"prefers,omitempty" enums:"email,phone" example:"email"`
	Source   string   `json:"source" example:"Ms Vance by telephone"`
} //	@name	SetContactRequest

func (r SetContactRequest) wishes() (domain.Preferences, error) {
	var k checker
	wishes := domain.Preferences{
		Kind: oneOf(&k, "/kind", domain.ContactKind(r.Kind), domain.ContactPerson, domain.ContactRole),
		Mode: oneOf(&k, "/mode", domain.ContactMode(r.Mode), domain.ModeEach, domain.ModeDigest, domain.ModePortalOnly), Source: k.text("/source", r.Source, true, maxReason),
	}
	for i, channel := range r.OptedOut {
		wishes.OptedOut = append(wishes.OptedOut, oneOf(&k, "/opted_out/"+strconv.Itoa(i), domain.Channel(channel), domain.ChannelEmail, domain.ChannelPhone))
	}
	if r.Prefers != "" {
		wishes.Prefers = oneOf(&k, "/prefers", domain.Channel(r.Prefers), domain.ChannelEmail, domain.ChannelPhone)
	}
	return wishes, k.err()
}

// oneOf checks that a value is one of a few.
func oneOf[S ~string](k *checker, pointer string, value S, allowed ...S) S {
	if !slices.Contains(allowed, value) {
		k.wrong(pointer, "not-allowed", "%q is none of %v", value, allowed)
	}
	return value
}

// getContact answers how the contact of a case is to be reached.
//
//	@Summary		Get the contact of a case
//	@Description	For the factor only. What a debtor wants counts for its address, whoever writes to it; `profile` is what the law protects it by, `hardship_since` when it said last that it cannot pay as agreed.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the case"
//	@Success		200	{object}	CaseContact
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/cases/{id}/contact [get]
func (s *Server) getContact(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	card, err := s.cases.Contact(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, caseContactOf(card))
}

// setContact records how a debtor wants to be reached.
//
//	@Summary		Record how a debtor wants to be reached
//	@Description	All of what it said, and how we know. It counts for the address over every seller and factor from now on: `portal_only` means that nothing leaves that we start, `digest` at most one message a week of one factor. A notice that the law wants leaves in any case. The same again changes nothing; no idempotency key is taken.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			id		path		string				true	"id of the case"
//	@Param			request	body		SetContactRequest	true	"what the debtor said"
//	@Success		200		{object}	CaseContact
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/cases/{id}/contact [put]
func (s *Server) setContact(c *gin.Context) error {
	id, err := pathID(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[SetContactRequest](c)
	if err != nil {
		return err
	}
	wishes, err := request.wishes()
	if err != nil {
		return err
	}
	card, err := s.cases.SetContact(c.Request.Context(), caller(c), id, wishes)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, caseContactOf(card))
}
