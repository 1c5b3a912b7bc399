package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
)

// A client is one person of the outside world with a browser or a script: it
// knows the API's address and, once signed in, a token.
type client struct {
	base     string
	mail     string // the mail catcher's page
	http     *http.Client
	email    string
	password string
	token    string
	until    time.Time
}

func newClient(base, mail string) *client {
	return &client{base: base, mail: mail, http: &http.Client{
		Timeout:       60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as returns a client that signs in as somebody.
func (c *client) as(email, password string) *client {
	other := *c
	other.email, other.password, other.token = email, password, ""
	return &other
}

// A refusal is a problem document that the API answered.
type refusal struct {
	Status int
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Pointer string `json:"pointer"`
		Code    string `json:"code"`
		Detail  string `json:"detail"`
	} `json:"errors"`
	RequestID string `json:"request_id"`
}

// Error implements error.
func (r *refusal) Error() string {
	text := fmt.Sprintf("%d %s: %s %s %s", r.Status, r.Code, r.Title, r.Detail, r.RequestID)
	for _, e := range r.Errors {
		text += fmt.Sprintf("\n    %s %s: %s", e.Pointer, e.Code, e.Detail)
	}
	return text
}

// A call is one request.
type call struct {
	method, path string
	body         any    // encoded as JSON, unless raw is set
	raw          []byte // with its media type
	media        string
	unkeyed      bool // sign-in, sign-up and the clock take no key
}

// do sends a request and decodes the answer into out.
func (c *client) do(ctx context.Context, req call, out any) error {
	if c.email != "" && time.Now().After(c.until) && req.path != "/v1/auth/token" {
		if err := c.signIn(ctx); err != nil {
			return err
		}
	}
	answer, err := c.send(ctx, req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", req.method, req.path, err)
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = answer
		return nil
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: %w", req.method, req.path, err)
	}
	return nil
}

func (c *client) send(ctx context.Context, req call) ([]byte, error) {
	payload, media := req.raw, req.media
	if req.body != nil {
		var err error
		if payload, err = json.Marshal(req.body); err != nil {
			return nil, err
		}
		media = "application/json"
	}
	r, err := http.NewRequestWithContext(ctx, req.method, c.base+req.path, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if req.method == http.MethodPost && !req.unkeyed {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	response, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		problem := &refusal{Status: response.StatusCode}
		if err := json.Unmarshal(answer, problem); err != nil {
			problem.Title = string(answer)
		}
		return nil, problem
	}
	return answer, nil
}

func (c *client) get(ctx context.Context, path string, out any) error {
	return c.do(ctx, call{method: http.MethodGet, path: path}, out)
}

func (c *client) post(ctx context.Context, path string, body, out any) error {
	return c.do(ctx, call{method: http.MethodPost, path: path, body: body}, out)
}

// signIn fetches a token; it is fetched again before its 15 minutes are over.
func (c *client) signIn(ctx context.Context) error {
	c.token = ""
	var answer struct {
		Token string    `json:"access_token"`
		Ends  time.Time `json:"expires_at"`
	}
	login := map[string]string{"email": c.email, "password": c.password}
	if err := c.do(ctx, call{method: http.MethodPost, path: "/v1/auth/token", body: login, unkeyed: true}, &answer); err != nil {
		return err
	}
	c.token, c.until = answer.Token, answer.Ends.Add(-time.Minute)
	return nil
}

// code returns the problem code of an error, or "".
func code(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.Code
	}
	return ""
}

// letters returns the mail that an address got.
func (c *client) letters(ctx context.Context, to string) ([]letter, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.mail+"/messages?to="+url.QueryEscape(to), http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	defer response.Body.Close()
	var letters []letter
	if err := json.NewDecoder(response.Body).Decode(&letters); err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return letters, nil
}

var (
	debtorLink = regexp.MustCompile(`https?://[^\s"<>]+/d/[A-Za-z0-9_-]+`)
	formNonce  = regexp.MustCompile(`name="nonce" value="([^"]+)"`)
)

// page opens a debtor's page as a browser without JavaScript does.
func (c *client) page(ctx context.Context, link string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return "", err
	}
	return c.browse(request)
}

// submit sends a form of the debtor's page.
func (c *client) submit(ctx context.Context, link, verb string, form url.Values) error {
	html, err := c.page(ctx, link+"/"+verb+"?"+url.Values{"deal": form["deal"], "dispute": form["dispute"], "plan": form["plan"], "mediation": form["mediation"]}.Encode())
	if err != nil {
		return err
	}
	nonce := formNonce.FindStringSubmatch(html)
	if nonce == nil {
		return errors.New("the debtor's page has no form")
	}
	form.Set("nonce", nonce[1])
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, link+"/"+verb, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, err = c.browse(request)
	return err
}

func (c *client) browse(request *http.Request) (string, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	html, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("%s %s: %s", request.Method, request.URL.Path, response.Status)
	}
	return string(html), nil
}
