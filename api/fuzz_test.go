package api

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// FuzzBody holds that a body is read or refused, and never a fault: whatever
// bytes come, the caller is told.
func FuzzBody(f *testing.F) {
	for _, text := range []string{`{"number":"1"}`, `{"number":"1","number":"2"}`, `[]`, `null`, "\ufeff{}", `{"a":{"b":[[[]]]}}`, `{"payable":{"amount":1e2}}`, "\x00", `{"number":"\ud800"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(data))
		c.Request.Header.Set("Content-Type", "application/json")
		request, err := body[CreateInvoiceRequest](c)
		if err == nil {
			_, err = request.draft()
		}
		if refusal, told := errors.AsType[*domain.Refusal](err); err != nil && (!told || status(refusal) < 400) {
			t.Errorf("%q is a fault: %v", data, err)
		}
	})
}
