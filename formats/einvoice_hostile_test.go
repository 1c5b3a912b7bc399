package formats_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"comity/formats"
)

// einvoiceUTF16 encodes text in UTF-16 with a byte order mark.
func einvoiceUTF16(text string, bigEndian bool) []byte {
	var out []byte
	for _, unit := range append([]uint16{0xFEFF}, utf16.Encode([]rune(text))...) {
		if bigEndian {
			out = append(out, byte(unit>>8), byte(unit))
		} else {
			out = append(out, byte(unit), byte(unit>>8))
		}
	}
	return out
}

func TestEncodings(t *testing.T) {
	declared := func(label string) string {
		return strings.Replace(einvoiceUBL, `encoding="UTF-8"`, `encoding="`+label+`"`, 1)
	}
	tests := map[string]struct {
		data []byte
		want []string
	}{
		"UTF-8 with a mark":              {[]byte("\uFEFF" + einvoiceUBL), nil},
		"lower case":                     {[]byte(declared("utf-8")), nil},
		"no declaration":                 {[]byte("<x:" + strings.SplitN(einvoiceUBL, "<x:", 2)[1]), nil},
		"UTF-16, big end first":          {einvoiceUTF16(declared("UTF-16"), true), nil},
		"UTF-16, little end first":       {einvoiceUTF16(declared("UTF-16"), false), nil},
		"UTF-16 without saying so":       {einvoiceUTF16(declared("UTF-8"), false), []string{"X-XML"}},
		"UTF-16, cut in a character":     {einvoiceUTF16(declared("UTF-16"), false)[:101], []string{"X-XML"}},
		"UTF-16, half a pair":            {append(einvoiceUTF16(declared("UTF-16"), false), 0x00, 0xD8), []string{"X-XML"}},
		"UTF-16 without a mark":          {einvoiceUTF16(declared("UTF-16"), false)[2:], []string{"X-XML"}},
		"UTF-8 that says UTF-16":         {[]byte(declared("UTF-16")), []string{"X-XML"}},
		"UTF-8 that says ISO-8859-1":     {[]byte(declared("ISO-8859-1")), []string{"X-XML"}},
		"UTF-7":                          {[]byte(declared("UTF-7")), []string{"X-XML"}},
		"not UTF-8":                      {[]byte(strings.Replace(einvoiceUBL, "Bakery", "B\xE4cker", 1)), []string{"X-XML"}},
		"NUL":                            {[]byte(strings.Replace(einvoiceUBL, "Bakery", "B\x00", 1)), []string{"X-XML"}},
		"beyond the basic plane, UTF-16": {einvoiceUTF16(strings.Replace(declared("utf-16"), "Bakery", "B\U0001F956", 1), true), nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) { wantRules(t, tc.data, tc.want...) })
	}
}

// TestHostileFiles: each is refused by its rule, and at once.
func TestHostileFiles(t *testing.T) {
	open := `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:c="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">`
	attributes := func() string {
		var b strings.Builder
		for i := range 200_000 {
			fmt.Fprintf(&b, ` a%d="1"`, i)
		}
		return b.String()
	}
	tests := map[string]struct {
		data string
		want string
	}{
		"empty":             {"", "X-XML"},
		"text":              {"%PDF-1.7", "X-XML"},
		"unclosed":          {open, "X-XML"},
		"wrong end":         {open + "<c:ID></c:Id></Invoice>", "X-XML"},
		"two roots":         {open + "</Invoice>" + open + "</Invoice>", "X-XML"},
		"text after":        {open + "</Invoice>x", "X-XML"},
		"entity":            {open + "<c:ID>&x;</c:ID></Invoice>", "X-XML"},
		"undeclared prefix": {open + "<z:ID>1</z:ID></Invoice>", "X-XML"},
		"attribute twice":   {open + `<c:ID a="1" a="2"/></Invoice>`, "X-XML"},
		"late declaration":  {" <?xml version='1.0'?>" + open + "</Invoice>", "X-XML"},
		"doctype":           {`<!DOCTYPE Invoice SYSTEM "file:///etc/passwd">` + open + "</Invoice>", "X-DOCTYPE"},
		"laughs":            {`<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>` + open + "<c:ID>&b;</c:ID></Invoice>", "X-DOCTYPE"},
		"inner directive":   {open + `<!ENTITY a "b"></Invoice>`, "X-DOCTYPE"},
		"another document":  {`<html xmlns="http://www.w3.org/1999/xhtml"/>`, "X-ROOT"},
		"no namespace":      {`<Invoice/>`, "X-ROOT"},
		"ZUGFeRD 1":         {`<CrossIndustryDocument xmlns="urn:ferd:CrossIndustryDocument:invoice:1p0"/>`, "X-ROOT"},
		"deep":              {open + strings.Repeat("<c:a>", 200_000) + strings.Repeat("</c:a>", 200_000) + "</Invoice>", "X-XML"},
		"many attributes":   {open + "<c:ID" + attributes() + "/></Invoice>", "X-XML"},
		"huge text":         {open + "<c:ID>" + strings.Repeat("9", 8_000_000) + "</c:ID></Invoice>", "X-XML"},
		"many elements":     {open + strings.Repeat("<c:a/>", 600_000) + "</Invoice>", "X-XML"},
		"many breakdowns":   {open + strings.Repeat("<a:TaxTotal><a:TaxSubtotal/></a:TaxTotal>", 50_000) + "</Invoice>", "X-XML"},
		"too many bytes":    {open + strings.Repeat(" ", 33<<20) + "</Invoice>", "X-XML"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			wantRules(t, []byte(tc.data), tc.want)
			if took := time.Since(started); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestAttachmentsMayBeLong: only embedded files are, and they are not kept.
func TestAttachmentsMayBeLong(t *testing.T) {
	long := "<a:AdditionalDocumentReference><a:Attachment><EmbeddedDocumentBinaryObject>" + strings.Repeat("QUJD", 100_000) +
		"</EmbeddedDocumentBinaryObject></a:Attachment></a:AdditionalDocumentReference><a:PaymentTerms>"
	wantRules(t, einvoiceWith(t, einvoiceUBL, einvoiceEdit{"<a:PaymentTerms>", long}))
}

// TestDenseInvoicesAreQuick: work grows with the size of the file only.
func TestDenseInvoicesAreQuick(t *testing.T) {
	line := einvoiceUBL[strings.LastIndex(einvoiceUBL, "<a:InvoiceLine>"):strings.LastIndex(einvoiceUBL, "</x:Invoice>")]
	subtotal := einvoiceUBL[strings.Index(einvoiceUBL, "<a:TaxSubtotal>"):strings.Index(einvoiceUBL, "</a:TaxTotal>")]
	data := einvoiceWith(t, einvoiceUBL,
		einvoiceEdit{"</x:Invoice>", strings.Repeat(line, 20_000) + "</x:Invoice>"},
		einvoiceEdit{"</a:TaxTotal>", strings.Repeat(subtotal, 99) + "</a:TaxTotal>"},
		einvoiceEdit{"30 days net", strings.Repeat("#SKONTO#TAGE=14#PROZENT=2.00#\n", 1000) + strings.Repeat("2%", 10_000)})
	started := time.Now()
	got := formats.ReadEInvoice(data)
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if got.Err != "" || got.Invoice.Lines != 20_002 || len(got.Invoice.LineItems) != 200 || !got.Invoice.TermsUnclear {
		t.Errorf("%q, %d lines, %d kept", got.Err, got.Invoice.Lines, len(got.Invoice.LineItems))
	}
}

// FuzzReadEInvoice: nothing panics, an unread file is empty, and an invoice
// that passes says what everybody needs.
func FuzzReadEInvoice(f *testing.F) {
	for _, seed := range []string{einvoiceUBL, einvoiceCreditNote, einvoiceCII, "", "<!DOCTYPE a>", "\xFF\xFE<\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := formats.ReadEInvoice(data)
		inv := got.Invoice
		if got.OK() && (inv.Number == "" || inv.IssueDate == "" || inv.Currency == "" || inv.Payable == "" || inv.Lines == 0) {
			t.Errorf("passes without a mandatory field: %+v", inv)
		}
		if got.Err != "" && (inv.Syntax != "" || len(got.Rules) != 1) {
			t.Errorf("unread, but says %+v", got)
		}
		if len(got.JSONLine("f")) == 0 {
			t.Error("no line")
		}
	})
}
