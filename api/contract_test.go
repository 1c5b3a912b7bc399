package api

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/openapi"
)

func bare(t *testing.T) http.Handler {
	t.Helper()
	gin.SetMode(gin.TestMode)
	return New(Options{Now: time.Now, OpenAPI: openapi.Document})
}

var _ Cases = (*collections.Service)(nil)

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func fetch(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

var ginParameter = regexp.MustCompile(`:(\w+)`)

func TestContractIsTheRoutes(t *testing.T) {
	served := map[string]route{}
	for _, r := range (&Server{}).routes() {
		operation := r.method + " " + ginParameter.ReplaceAllString(r.path, "{$1}")
		if _, twice := served[operation]; twice {
			t.Errorf("%s is served twice", operation)
		}
		served[operation] = r
	}
	written := map[string]*openapi3.Operation{}
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			written[method+" "+path] = op
		}
	}
	for operation, r := range served {
		op, there := written[operation]
		if !there {
			t.Errorf("%s is served, but not in the contract", operation)
			continue
		}
		if signed := op.Security != nil && len(*op.Security) > 0; signed == r.open {
			t.Errorf("%s: open %t, in the contract signed in %t", operation, r.open, signed)
		}
	}
	for operation := range written {
		if _, there := served[operation]; !there {
			t.Errorf("%s is in the contract, but not served", operation)
		}
	}
}

func TestContractIsValid(t *testing.T) {
	doc := contract(t)
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	if doc.OpenAPI != "3.0.3" {
		t.Errorf("it is OpenAPI %s", doc.OpenAPI)
	}
}

// keyless are the POSTs that are done before anybody is known, those of which the second time
// changes nothing (where a clock goes, a notice's code), and one that only asks.
var keyless = []string{"/v1/auth/sign-up", "/v1/auth/token", "/v1/sandbox/clock", "/v1/quotes", "/v1/inbound/mail", "/v1/inbound/cards/{id}", "/v1/debtor/confirm"}

func TestOperationsKeepTheConventions(t *testing.T) {
	ids, tags := map[string]bool{}, map[string]bool{}
	doc := contract(t)
	for _, tag := range doc.Tags {
		tags[tag.Name] = true
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			name := method + " " + path
			if ids[op.OperationID] || op.OperationID == "" {
				t.Errorf("%s: operationId %q", name, op.OperationID)
			}
			ids[op.OperationID] = true
			if len(op.Tags) != 1 || !tags[op.Tags[0]] {
				t.Errorf("%s: tags %v", name, op.Tags)
			}
			key := op.Parameters.GetByInAndName("header", "Idempotency-Key")
			if wanted := method == http.MethodPost && !slices.Contains(keyless, path); wanted != (key != nil && key.Required) {
				t.Errorf("%s: Idempotency-Key required %t", name, !wanted)
			}
			checkAnswers(t, name, op)
		}
	}
}

func checkAnswers(t *testing.T, name string, op *openapi3.Operation) {
	t.Helper()
	for code, response := range op.Responses.Map() {
		problem := response.Value.Content["application/problem+json"]
		if (code >= "400") != (problem != nil) {
			t.Errorf("%s: %s answers with %v", name, code, response.Value.Content)
		}
		json := response.Value.Content["application/json"]
		if code < "400" && json != nil && strings.HasSuffix(json.Schema.Ref, "List") {
			for _, parameter := range []string{"limit", "cursor"} {
				if op.Parameters.GetByInAndName("query", parameter) == nil && !slices.Contains(short, op.OperationID) {
					t.Errorf("%s is a list without ?%s=", name, parameter)
				}
			}
		}
	}
}

// short are the lists that come whole: they are short by nature.
var short = []string{"getCasePromises", "getCasePlans", "getDealRecourses", "getCaseDisputes", "getCaseQuestions", "getCaseStops", "getCasePauses", "getCaseApprovals", "getDisputeEvidence", "getDebtorDisputeEvidence", "getModels", "getLaws", "getCaseEscalations", "getCaseLegalConsults", "getCaseProtectiveSteps", "getCaseDisclosings", "getRecourseReports", "getRecourseReminders"}

func TestRequestsTakeNoOtherMembers(t *testing.T) {
	for name, schema := range contract(t).Components.Schemas {
		closed := schema.Value.AdditionalProperties.Has != nil && !*schema.Value.AdditionalProperties.Has
		if request := strings.HasSuffix(name, "Request"); request != closed {
			t.Errorf("%s: request %t, closed %t", name, request, closed)
		}
	}
}

func TestInvoicesComeInTwoForms(t *testing.T) {
	content := contract(t).Paths.Value("/v1/invoices").Post.RequestBody.Value.Content
	for _, media := range []string{"application/json", "application/xml", "text/xml"} {
		if content[media] == nil {
			t.Errorf("%s is not there", media)
		}
	}
}

var refusalCode = regexp.MustCompile(`Refusal\{[^{}]*Code: "([a-z0-9-]+)"`)

func TestEveryRefusalHasAPage(t *testing.T) {
	var codes []string
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range refusalCode.FindAllStringSubmatch(string(source), -1) {
			codes = append(codes, found[1])
		}
		return err
	})
	if err != nil || len(codes) < 30 {
		t.Fatalf("%d codes found, %v", len(codes), err)
	}
	served := bare(t)
	all := refusals()
	for _, code := range codes {
		at := slices.IndexFunc(all, func(r *domain.Refusal) bool { return r.Code == code })
		if at < 0 {
			t.Errorf("%s has no page: it is not among the refusals", code)
			continue
		}
		w := fetch(t, served, "/problems/"+code)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), code) || whenOf(all[at]) == "" {
			t.Errorf("%s: status %d", code, w.Code)
		}
	}
	if w := fetch(t, served, "/problems/no-such-problem"); w.Code != http.StatusNotFound {
		t.Errorf("a problem that there is not: status %d", w.Code)
	}
}

func TestEveryWhenIsOfARefusal(t *testing.T) {
	for code := range when {
		if !slices.ContainsFunc(refusals(), func(r *domain.Refusal) bool { return r.Code == code }) {
			t.Errorf("%s is explained, but there is no such refusal", code)
		}
	}
}

var outside = regexp.MustCompile(`(src|href)="(https?:)?//|<script|@import|url\(`)

func TestDocsNeedNoOtherHost(t *testing.T) {
	served := bare(t)
	docs := fetch(t, served, "/docs")
	if docs.Code != http.StatusOK || docs.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("status %d, %s", docs.Code, docs.Header().Get("Content-Type"))
	}
	if found := outside.FindString(docs.Body.String()); found != "" {
		t.Errorf("the page asks another host: %s", found)
	}
	for path, item := range contract(t).Paths.Map() {
		for _, op := range item.Operations() {
			if !strings.Contains(docs.Body.String(), `id="`+op.OperationID+`"`) {
				t.Errorf("%s: %s is not on the page", path, op.OperationID)
			}
		}
	}
	if w := fetch(t, served, "/openapi.json"); w.Body.String() != string(openapi.Document) {
		t.Error("the contract is not served as it is committed")
	}
}

func TestUnknownPathsAndMethodsAreProblems(t *testing.T) {
	served := bare(t)
	for path, code := range map[string]string{"/v1/nowhere": "not-found", "/v1/auth/token": "method-not-allowed"} {
		w := fetch(t, served, path)
		if w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), `"code":"`+code+`"`) {
			t.Errorf("%s: %s %s", path, w.Header().Get("Content-Type"), w.Body)
		}
	}
}
