package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestARowOnTimeIsSeen holds C-173, C-174 and C-180 over HTTP: six invoices paid on time, of which the seller's history
// tells, and this one: the thanks say so, once, and the debtor's page does.
func TestARowOnTimeIsSeen(t *testing.T) {
	s := newScene(t)
	rows := historyHeader
	for i := range 6 {
		rows += fmt.Sprintf("\nH-%d,B1,100.00,EUR,2025-%02d-01,2025-%02d-28,2025-%02d-%02d", i, i+5, i+5, i+5, 20+i%9)
	}
	s.must(s.alice.do(t.Context(), call{method: http.MethodPost, path: "/v1/imports", raw: []byte(rows + "\n"), media: "text/csv"}, nil))
	s.quiet()
	page := s.open(t, s.link()).body
	if !strings.Contains(page, "last 6 invoices from Alice GmbH were paid on time") {
		t.Errorf("the page does not say it:\n%s", page)
	}
	s.arrives("2026-02-10", 1_000_000, "111")
	s.clock("2026-02-11T12:00:00Z")
	letters, err := s.letters(t.Context(), s.debtor)
	s.must(err)
	last := letters[len(letters)-1]
	for _, word := range []string{"on time again", "7 invoices of Alice GmbH in a row", "Nothing more is due"} {
		if !strings.Contains(last.Subject+last.Text, word) {
			t.Errorf("the thanks do not say %q:\n%s\n%s", word, last.Subject, last.Text)
		}
	}
	if strings.Contains(last.Text, "One question") {
		t.Errorf("the thanks ask for something:\n%s", last.Text)
	}
}
