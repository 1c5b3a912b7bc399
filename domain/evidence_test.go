package domain_test

import (
	"errors"
	"strings"
	"testing"

	"comity/domain"
)

// TestFileNamesAreMadeSafe holds T-57: what is left of a name leads to no other folder, breaks no
// header and reads in one direction.
func TestFileNamesAreMadeSafe(t *testing.T) {
	tests := map[string]string{
		"invoice-7.xml":               "invoice-7.xml",
		"../../etc/passwd":            "passwd",
		`C:\Users\jo\Rechnung Ä.xml`:  "Rechnung Ä.xml",
		"a\x00b\r\nc.xml":             "abc.xml",
		"":                            "invoice.xml",
		"..":                          "invoice.xml",
		"evil\u202egpj.xml":           "evilgpj.xml",
		strings.Repeat("n", 300):      strings.Repeat("n", 150),
		"\xff\xfe.xml":                "xml",
		`"quoted<script>".xml`:        "quotedscript.xml",
		"folder/":                     "invoice.xml",
		"  spaces around .xml  ":      "spaces around .xml",
		"two words and 発票.xml":        "two words and 発票.xml",
		"tab\there\vand\u00a0there.x": "tabhereandthere.x",
	}
	for given, want := range tests {
		if got := domain.FileName(given, "invoice.xml"); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

// TestEvidenceIsCalledAsItIs holds T-55 and T-57: a name ends as the content does.
func TestEvidenceIsCalledAsItIs(t *testing.T) {
	for given, want := range map[[2]string]string{
		{"photo.JPEG", "image/jpeg"}:                 "photo.JPEG",
		{"photo.png", "image/jpeg"}:                  "photo.png.jpg",
		{"../../page.html", "text/plain"}:            "page.html.txt",
		{"=cmd|'/C calc'!A0.pdf", "application/pdf"}: "C calc'!A0.pdf",
		{"", "application/pdf"}:                      "evidence.pdf",
		{"delivery", "image/png"}:                    "delivery.png",
	} {
		if got := domain.EvidenceName(given[0], given[1]); got != want {
			t.Errorf("%q as %s is called %q, want %q", given[0], given[1], got, want)
		}
	}
}

// TestWhatADisputeTakes: ten files of each side while it is not resolved, and no side takes another's place.
func TestWhatADisputeTakes(t *testing.T) {
	for status, left := range map[domain.DisputeStatus]error{
		domain.DisputeOpen: nil, domain.DisputeAnswered: nil, domain.DisputeMediation: nil, domain.DisputeResolved: domain.ErrWrongState,
	} {
		d := domain.Disputed{Status: status}
		if err := d.Takes("seller"); !errors.Is(err, left) {
			t.Errorf("%s: %v", status, err)
		}
		for range domain.MaxEvidenceFiles {
			d.Evidence = append(d.Evidence, domain.Evidence{Side: "debtor"})
		}
		if err := d.Takes("debtor"); err == nil {
			t.Errorf("%s takes an eleventh file", status)
		}
		if err := d.Takes("seller"); !errors.Is(err, left) {
			t.Errorf("%s: the debtor's files keep the seller's out: %v", status, err)
		}
	}
}
