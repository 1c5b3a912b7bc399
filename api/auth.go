package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"comity/access"
	"comity/domain"
)

// SignUpRequest is a new organisation and its first user.
type SignUpRequest struct {
	JoinCode     string   `json:"join_code,omitempty" example:"sbx-3f9c…"`
	Kind         string   `json:"kind" enums:"seller,factor,mediator" example:"seller"`
	Name         string   `json:"name" example:"Marlow Print Works LLC"`
	LegalType    string   `json:"legal_type" enums:"company,partnership,sole_trader,public_body" example:"company"`
	Country      string   `json:"country" example:"US"`
	TimeZone     string   `json:"time_zone,omitempty" example:"America/New_York"`
	TaxIDs       []string `json:"tax_ids" example:"US-311234567"`
	UserName     string   `json:"user_name" example:"Jo Marlow"`
	UserEmail    string   `json:"user_email" example:"jo@marlow.example"`
	UserPassword string   `json:"user_password" example:"correct horse battery staple"`
} //	@name	SignUpRequest

// Organization is a seller, a factor or the platform.
type Organization struct {
	ID        string   `json:"id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind      string   `json:"kind" enums:"seller,factor,platform,mediator"`
	World     string   `json:"world,omitempty" example:"world_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Name      string   `json:"name"`
	LegalType string   `json:"legal_type"`
	Country   string   `json:"country"`
	TimeZone  string   `json:"time_zone"`
	TaxIDs    []string `json:"tax_ids"`
} //	@name	Organization

func organizationOf(o domain.Organization) Organization {
	out := Organization{
		ID: o.ID.String(), Kind: string(o.Kind), Name: o.Name, LegalType: string(o.LegalType),
		Country: o.Country, TimeZone: o.TimeZone, TaxIDs: append([]string{}, o.TaxIDs...),
	}
	if !o.World.IsZero() {
		out.World = o.World.String()
	}
	return out
}

// TokenResponse is an access token.
type TokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type" example:"Bearer"`
	ExpiresAt   string `json:"expires_at" format:"date-time" example:"2026-02-05T14:27:00Z"`
} //	@name	TokenResponse

// signUp makes a seller, a factor or a mediator.
//
//	@Summary		Sign up a seller, a factor or a mediator
//	@Description	Makes an organisation and its first user (role owner). A mediator, a neutral who helps in disputes, is appointed once the platform admitted it to the register. A join code puts it into a sandbox; without one it is in the live world.
//	@Tags			access
//	@Accept			json
//	@Produce		json
//	@Param			request	body		SignUpRequest	true	"organisation and first user"
//	@Success		201		{object}	Organization
//	@Failure		400		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/auth/sign-up [post]
func (s *Server) signUp(c *gin.Context) error {
	request, err := bodyOnly[SignUpRequest](c)
	if err != nil {
		return err
	}
	up, err := request.signUp()
	if err != nil {
		return err
	}
	org, _, err := s.access.SignUp(c.Request.Context(), up)
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, organizationOf(org))
}

func (r SignUpRequest) signUp() (access.SignUp, error) {
	var k checker
	up := access.SignUp{
		JoinCode: r.JoinCode,
		Organization: domain.Organization{
			Kind: domain.OrganizationKind(r.Kind), Name: k.text("/name", r.Name, true, 200),
			LegalType: domain.LegalType(r.LegalType), Country: k.country("/country", r.Country),
			TimeZone: k.timeZone("/time_zone", r.TimeZone, r.Country), TaxIDs: r.TaxIDs,
		},
		UserName: k.text("/user_name", r.UserName, true, 200), Email: k.email("/user_email", r.UserEmail, true),
		Password: k.password("/user_password", r.UserPassword),
	}
	if !slices.Contains([]domain.OrganizationKind{domain.KindSeller, domain.KindFactor, domain.KindMediator}, up.Organization.Kind) {
		k.wrong("/kind", "not-allowed", "seller, factor or mediator")
	}
	if !up.Organization.LegalType.Valid() {
		k.wrong("/legal_type", "not-allowed", "company, partnership, sole_trader or public_body")
	}
	if len(r.TaxIDs) > 20 {
		k.wrong("/tax_ids", "too-many", "at most 20")
	}
	for i, id := range r.TaxIDs {
		up.Organization.TaxIDs[i] = k.text("/tax_ids", id, true, 50)
	}
	return up, k.err()
}

// TokenRequest is an address and a password.
type TokenRequest struct {
	Email    string `json:"email" example:"jo@marlow.example"`
	Password string `json:"password" example:"correct horse battery staple"`
} //	@name	TokenRequest

// signIn answers an access token for an address and a password.
//
//	@Summary		Sign in
//	@Description	An access token lives 15 minutes. Sign-in takes no idempotency key.
//	@Tags			access
//	@Accept			json
//	@Produce		json
//	@Param			request	body		TokenRequest	true	"address and password"
//	@Success		200		{object}	TokenResponse
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		429		{object}	Problem
//	@Router			/v1/auth/token [post]
func (s *Server) signIn(c *gin.Context) error {
	request, err := bodyOnly[TokenRequest](c)
	if err == nil {
		request.Email, err = typedEmail(request.Email)
	}
	if err != nil {
		return err
	}
	from := c.ClientIP()
	pair := from + " " + strings.ToLower(request.Email)
	if !s.tries.open(from) || !s.tries.open(pair) {
		return domain.ErrThrottled
	}
	user, org, err := s.access.SignIn(c.Request.Context(), request.Email, request.Password)
	if err != nil {
		s.tries.failed(pair)
		s.tries.failed(from)
		return err
	}
	token, ends, err := s.tokens.issue(user, org)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, TokenResponse{AccessToken: token, TokenType: "Bearer", ExpiresAt: ends.Format(time.RFC3339)})
}

const maxEmail = 254

// typedEmail trims an address that somebody signs in with. One that nobody can
// have is refused before it is counted or looked up.
func typedEmail(typed string) (string, error) {
	email := strings.TrimSpace(typed)
	if len(email) > maxEmail || strings.ContainsRune(email, 0) {
		return "", domain.ErrUnreadable.At("/email", "not-an-address", "write an e-mail address")
	}
	return email, nil
}

// MeResponse is who the caller is.
type MeResponse struct {
	UserID       string       `json:"user_id"`
	Role         string       `json:"role" example:"owner"`
	Now          string       `json:"now" format:"date-time"`
	Organization Organization `json:"organization"`
} //	@name	MeResponse

// me answers who asks.
//
//	@Summary	Who am I
//	@Tags		access
//	@Produce	json
//	@Security	Bearer
//	@Success	200	{object}	MeResponse
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Router		/v1/me [get]
func (s *Server) me(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	by := caller(c)
	org, err := s.access.Me(c.Request.Context(), by)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, MeResponse{
		UserID: by.User.String(), Role: string(by.Role), Now: by.Now.Format(time.RFC3339), Organization: organizationOf(org),
	})
}

var plainEmail = regexp.MustCompile(`^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$`)

// email checks an address for mail.
func (k *checker) email(pointer, value string, required bool) string {
	if value == "" && !required {
		return ""
	}
	if !plainEmail.MatchString(value) || len(value) > maxEmail || strings.Contains(value, "..") {
		k.wrong(pointer, "not-an-address", "write an e-mail address")
	}
	return value
}

const minPassword, maxPassword = 12, 256

func (k *checker) password(pointer, value string) string {
	if n := len([]rune(value)); n < minPassword || n > maxPassword {
		k.wrong(pointer, "wrong-length", "%d to %d characters", minPassword, maxPassword)
	}
	return value
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

func (k *checker) country(pointer, value string) string {
	if !countryCode.MatchString(value) {
		k.wrong(pointer, "not-a-country", "write an ISO 3166-1 code of two capital letters")
	}
	return value
}

// timeZone checks an IANA name; an empty one is the country's.
func (k *checker) timeZone(pointer, value, country string) string {
	if value == "" {
		value = domain.ZoneOf(country)
	}
	if _, err := time.LoadLocation(value); err != nil || slices.Contains([]string{"", "Local"}, value) {
		k.wrong(pointer, "not-a-time-zone", "write an IANA name such as Europe/London")
	}
	return value
}
