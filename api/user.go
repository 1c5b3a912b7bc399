package api

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) userRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/users", handle: s.addUser},
		{method: http.MethodGet, path: "/v1/users", handle: s.listUsers},
		{method: http.MethodGet, path: "/v1/organizations", handle: s.listOrganizations},
	}
}

// CreateUserRequest is a person who is to sign in for the caller's organisation.
type CreateUserRequest struct {
	Email    string `json:"email" example:"ada@marlow.example"`
	Name     string `json:"name" example:"Ada Byrne"`
	Role     string `json:"role" enums:"owner,member,analyst,collector,operator" example:"member"`
	Password string `json:"password" example:"correct horse battery staple"`
} //	@name	CreateUserRequest

// User is a person who signs in for an organisation.
type User struct {
	ID        string `json:"id" example:"user_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Email     string `json:"email" example:"ada@marlow.example"`
	Name      string `json:"name" example:"Ada Byrne"`
	Role      string `json:"role" enums:"owner,member,analyst,collector,operator" example:"member"`
	Disabled  bool   `json:"disabled" example:"false"`
	CreatedAt string `json:"created_at" format:"date-time" example:"2026-02-05T14:12:00Z"`
} //	@name	User

func userOf(u domain.User) User {
	return User{
		ID: u.ID.String(), Email: u.Email, Name: u.Name, Role: string(u.Role), Disabled: u.Disabled, CreatedAt: moment(u.CreatedAt),
	}
}

// addUser makes another user of the caller's organisation.
//
//	@Summary		Add a user
//	@Description	An owner, or an operator of the platform, adds a user of its own organisation. A seller has owners and members, a factor owners, analysts and collectors, the platform operators.
//	@Tags			access
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"names this request for ever"
//	@Param			request			body		CreateUserRequest	true	"the user"
//	@Success		201				{object}	User
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/users [post]
func (s *Server) addUser(c *gin.Context) error {
	request, err := bodyOnly[CreateUserRequest](c)
	if err != nil {
		return err
	}
	user, err := request.user(caller(c))
	if err != nil {
		return err
	}
	forgetPassword(c, user)
	once, err := once(c, answering(http.StatusCreated, userOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.access.AddUser(c.Request.Context(), caller(c), user, request.Password, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

func (r CreateUserRequest) user(by domain.Caller) (domain.User, error) {
	var k checker
	user := domain.User{Email: k.email("/email", r.Email, true), Name: k.oneLine("/name", r.Name, true, 200), Role: domain.Role(r.Role)}
	k.password("/password", r.Password)
	if roles := domain.RolesOf(by.Kind); !slices.Contains(roles, user.Role) {
		k.wrong("/role", "not-allowed", "a %s has the roles %v", by.Kind, roles)
	}
	return user, k.err()
}

// forgetPassword makes the digest that goes with the idempotency key one of
// everything but the password: the stored digest of a body that holds it could
// be searched for it far faster than its argon2id hash.
func forgetPassword(c *gin.Context, user domain.User) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", user.Email, user.Name, user.Role))
	c.Set(hashKey, sum[:])
}

// listUsers lists the users of the caller's organisation.
//
//	@Summary	List users
//	@Tags		access
//	@Produce	json
//	@Security	Bearer
//	@Param		limit	query		int		false	"rows of a page"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[User]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	503		{object}	Problem
//	@Router		/v1/users [get]
func (s *Server) listUsers(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseUserID)
	if err != nil {
		return err
	}
	rows, err := s.access.Users(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, userOf, func(u domain.User) string { return u.ID.String() }))
}

// listOrganizations lists every organisation, for the platform.
//
//	@Summary	List organisations
//	@Tags		access
//	@Produce	json
//	@Security	Bearer
//	@Param		limit	query		int		false	"rows of a page"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Organization]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Failure	503		{object}	Problem
//	@Router		/v1/organizations [get]
func (s *Server) listOrganizations(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseOrganizationID)
	if err != nil {
		return err
	}
	rows, err := s.access.Organizations(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, organizationOf, func(o domain.Organization) string { return o.ID.String() }))
}
