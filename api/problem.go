package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"comity/domain"
)

// A Problem is an RFC 9457 problem document: every answer that is not a success.
type Problem struct {
	Type      string         `json:"type" example:"/problems/offer-expired"`
	Title     string         `json:"title" example:"The offer has expired"`
	Status    int            `json:"status" example:"409"`
	Detail    string         `json:"detail,omitempty" example:"it was open until 2026-02-06T14:12:00Z"`
	Instance  string         `json:"instance" example:"/v1/offers/off_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b/accept"`
	Code      string         `json:"code" example:"offer-expired"`
	Errors    []ProblemError `json:"errors,omitempty"`
	State     string         `json:"state,omitempty" example:"sold"`
	Allowed   []string       `json:"allowed,omitempty"`
	RequestID string         `json:"request_id,omitempty"`
} //	@name	Problem

// A ProblemError says which field broke which rule.
type ProblemError struct {
	Pointer string `json:"pointer" example:"/amount"`
	Code    string `json:"code" example:"not-an-amount"`
	Detail  string `json:"detail" example:"write a plain decimal with exactly 2 places"`
} //	@name	ProblemError

var statusOf = map[domain.Kind]int{
	domain.Unreadable:  http.StatusBadRequest,
	domain.Unknown:     http.StatusUnauthorized,
	domain.Forbidden:   http.StatusForbidden,
	domain.Missing:     http.StatusNotFound,
	domain.Conflict:    http.StatusConflict,
	domain.TooLarge:    http.StatusRequestEntityTooLarge,
	domain.Unsupported: http.StatusUnsupportedMediaType,
	domain.Invalid:     http.StatusUnprocessableEntity,
	domain.Throttled:   http.StatusTooManyRequests,
	domain.Unavailable: http.StatusServiceUnavailable,
}

// status returns the HTTP status of a refusal; three have statuses of their own.
func status(r *domain.Refusal) int {
	switch r.Code {
	case errMethod.Code:
		return http.StatusMethodNotAllowed
	case domain.ErrVersionMissing.Code:
		return http.StatusPreconditionRequired
	case domain.ErrVersionStale.Code:
		return http.StatusPreconditionFailed
	default:
		return statusOf[r.Kind]
	}
}

// writeProblem answers with an error: a refusal is told, anything else is
// logged and answered with a number to quote.
func (s *Server) writeProblem(c *gin.Context, err error) {
	refusal, told := errors.AsType[*domain.Refusal](err)
	if !told {
		id := uuid.NewString()
		s.log.ErrorContext(c.Request.Context(), "request failed", "request_id", id, "route", c.FullPath(), "error", err)
		sendProblem(c, Problem{
			Type: "/problems/internal", Title: "Something is wrong on our side", Status: http.StatusInternalServerError,
			Code: "internal", RequestID: id,
		})
		return
	}
	if refusal.Kind == domain.Unavailable {
		s.log.WarnContext(c.Request.Context(), "outcome unknown", "route", c.FullPath(), "error", err)
	}
	problem := problemOf(refusal)
	if refusal.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(refusal.RetryAfter))
	}
	if refusal.Kind == domain.Unknown {
		c.Header("WWW-Authenticate", scheme(c)+` realm="comity"`)
	}
	sendProblem(c, problem)
}

// problemOf is what a refusal looks like on the wire.
func problemOf(refusal *domain.Refusal) Problem {
	problem := Problem{
		Type: "/problems/" + refusal.Code, Title: refusal.Title, Status: status(refusal), Detail: refusal.Detail,
		Code: refusal.Code, State: refusal.State, Allowed: refusal.Allowed,
	}
	for _, field := range refusal.Fields {
		problem.Errors = append(problem.Errors, ProblemError{Pointer: field.Pointer, Code: field.Code, Detail: field.Detail})
	}
	return problem
}

func sendProblem(c *gin.Context, problem Problem) {
	c.Abort() // nothing else answers, whatever happens below
	problem.Instance = strings.ToValidUTF8(c.Request.URL.Path, "\uFFFD")
	body, err := json.Marshal(problem)
	if err != nil { // a struct of strings always encodes
		c.Status(problem.Status)
		return
	}
	c.Data(problem.Status, "application/problem+json", body)
}

// scheme is how whoever asks an operation says who it is.
func scheme(c *gin.Context) string {
	if strings.HasPrefix(c.FullPath(), "/v1/debtor/") {
		return "Link"
	}
	return "Bearer"
}
