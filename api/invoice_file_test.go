package api

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

func codeOf(err error) string {
	if refusal, ok := errors.AsType[*domain.Refusal](err); ok {
		return refusal.Code
	}
	return ""
}

func goodInvoice() CreateInvoiceRequest {
	return CreateInvoiceRequest{
		RelationshipID: "rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b", Number: "2026-0117", IssueDate: "2026-01-14", DueDate: "2026-02-13",
		Payable: Money{Amount: "10000.00", Currency: "USD"},
	}
}

// TestTypedInvoicesAreChecked holds C-31 among other fields: a due date is a day, and not before the issue date.
func TestTypedInvoicesAreChecked(t *testing.T) {
	tests := map[string]struct {
		change func(*CreateInvoiceRequest)
		at     string // pointer and code of a field, "" when it is right
	}{
		"as it should be":         {func(*CreateInvoiceRequest) {}, ""},
		"without a due date":      {func(r *CreateInvoiceRequest) { r.DueDate = "" }, ""},
		"a credit note":           {func(r *CreateInvoiceRequest) { r.TypeCode, r.Payable.Amount = "381", "-5.00" }, ""},
		"no relationship":         {func(r *CreateInvoiceRequest) { r.RelationshipID = "" }, "/relationship_id not-an-id"},
		"no number":               {func(r *CreateInvoiceRequest) { r.Number = "  " }, "/number required"},
		"a long number":           {func(r *CreateInvoiceRequest) { r.Number = strings.Repeat("7", 101) }, "/number too-long"},
		"NUL in the number":       {func(r *CreateInvoiceRequest) { r.Number = "1\x002" }, "/number control-character"},
		"a number of two lines":   {func(r *CreateInvoiceRequest) { r.Number = "1\n2" }, "/number control-character"},
		"NUL in the summary":      {func(r *CreateInvoiceRequest) { r.Summary = "a\x00b" }, "/summary control-character"},
		"a long summary":          {func(r *CreateInvoiceRequest) { r.Summary = strings.Repeat("é", 301) }, "/summary too-long"},
		"a type in words":         {func(r *CreateInvoiceRequest) { r.TypeCode = "invoice" }, "/type_code not-a-type-code"},
		"30 February":             {func(r *CreateInvoiceRequest) { r.IssueDate = "2026-02-30" }, "/issue_date not-a-date"},
		"a date with a time":      {func(r *CreateInvoiceRequest) { r.IssueDate = "2026-01-14T00:00:00Z" }, "/issue_date not-a-date"},
		"no issue date":           {func(r *CreateInvoiceRequest) { r.IssueDate = "" }, "/issue_date not-a-date"},
		"due in the year 9999":    {func(r *CreateInvoiceRequest) { r.DueDate = "9999-12-31" }, "/due_date not-a-date"},
		"due before it is issued": {func(r *CreateInvoiceRequest) { r.DueDate = "2026-01-13" }, "/due_date before-issue"},
		"retention, negative":     {func(r *CreateInvoiceRequest) { r.Retention = &Money{"-1.00", "USD"} }, "/retention/amount negative"},
		"retention in euros":      {func(r *CreateInvoiceRequest) { r.Retention = &Money{"1.00", "EUR"} }, "/retention/currency other-currency"},
		"withholding":             {func(r *CreateInvoiceRequest) { r.Withholding = &Money{"1.00", "USD"} }, ""},
		"a discount":              {func(r *CreateInvoiceRequest) { r.EarlyDiscounts = []EarlyDiscountRequest{{"0.02", "2026-01-24"}} }, ""},
		"two per cent, as 2": {
			func(r *CreateInvoiceRequest) { r.EarlyDiscounts = []EarlyDiscountRequest{{"2", "2026-01-24"}} },
			"/early_discounts/percent not-a-rate",
		},
		"a discount below nothing": {
			func(r *CreateInvoiceRequest) { r.EarlyDiscounts = []EarlyDiscountRequest{{"-0.02", "2026-01-24"}} },
			"/early_discounts/percent not-a-rate",
		},
		"a discount with a sign": {
			func(r *CreateInvoiceRequest) { r.EarlyDiscounts = []EarlyDiscountRequest{{"2%", "2026-01-24"}} },
			"/early_discounts/percent not-a-rate",
		},
		"a discount for ever": {
			func(r *CreateInvoiceRequest) { r.EarlyDiscounts = []EarlyDiscountRequest{{"0.02", ""}} },
			"/early_discounts/until not-a-date",
		},
		"21 discounts": {func(r *CreateInvoiceRequest) { r.EarlyDiscounts = make([]EarlyDiscountRequest, 21) }, "/early_discounts too-many"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			request := goodInvoice()
			tc.change(&request)
			_, err := request.draft()
			var found string
			if refusal, ok := errors.AsType[*domain.Refusal](err); ok {
				for _, field := range refusal.Fields {
					found += field.Pointer + " " + field.Code + "\n"
				}
			}
			if (tc.at == "") != (found == "") || !strings.Contains(found, tc.at) {
				t.Errorf("found %q, want %q", found, tc.at)
			}
		})
	}
}

func TestXMLInvoicesAreReadOrRefused(t *testing.T) {
	at := "/invoice?relationship_id=rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"
	tests := map[string]sent{
		"not XML":         {path: at, media: "application/xml", body: "hello", status: 415, code: "unsupported-media-type"},
		"broken XML":      {path: at, media: "application/xml", body: "<hello", status: 422, code: "X-XML"},
		"another root":    {path: at, media: "text/xml", body: "<a/>", status: 422, code: "X-ROOT"},
		"a doctype":       {path: at, media: "application/xml", body: `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, status: 422, code: "X-DOCTYPE"},
		"an empty one":    {path: at, media: "application/xml", body: `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>`, status: 422, code: "BR-02"},
		"no relationship": {path: "/invoice", media: "application/xml", body: "<a/>", status: 400, code: "relationship_id"},
		"an odd query":    {path: at + "&x=1", media: "application/xml", body: "<a/>", status: 400, code: "unknown-parameter"},
		"too long":        {path: at, media: "application/xml", body: "<a/>", length: 10<<20 + 1, status: 413, code: "too-large"},
		"JSON with it":    {path: at, body: "{}", status: 400, code: "unknown-parameter"},
		"a PDF":           {path: at, media: "application/pdf", body: "%PDF", status: 415, code: "unsupported-media-type"},
	}
	h := probe(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) { tc.check(t, h) })
	}
}

// TestDocumentTermsAreTakenOver holds C-32, C-126 and D-14 for e-invoices: terms and discounts are those of the
// document.
func TestDocumentTermsAreTakenOver(t *testing.T) {
	said := formats.EInvoice{
		Syntax: "ubl", TypeCode: "380", Number: "2026-0117", IssueDate: "2026-01-14", Currency: "EUR", Payable: "1000",
		Seller: formats.EParty{Name: "Marlow", VAT: "DE123", ID: "HRB 1"}, OrderReference: "PO 1",
		LineItems: []formats.ELine{{Name: "Menu A4", Quantity: "4000"}, {Name: "Room  directory", Quantity: "600.00"}, {Name: "Paper", Quantity: "2.50"}},
		Discounts: []formats.EDiscount{
			{Percent: "2.25", Days: 10}, {Percent: "3", Basis: "500.00", Until: "2026-01-20"}, {Amount: "12.5", Days: 14},
		},
	}
	draft, err := documentTerms(formats.EResult{Invoice: said})
	if err != nil {
		t.Fatal(err)
	}
	if draft.Invoice.Payable.String() != "1000.00 EUR" || draft.Invoice.SupplierTaxID != "DE123" || draft.Supplier.ID != "HRB 1" || draft.Unclear {
		t.Errorf("taken over as %+v", draft)
	}
	if want := "4,000 × Menu A4, 600 × Room directory, 2.5 × Paper"; draft.Invoice.Summary != want {
		t.Errorf("summary %q, want %q", draft.Invoice.Summary, want)
	}
	for i, want := range []string{"22.50 EUR until 2026-01-24", "15.00 EUR until 2026-01-20", "12.50 EUR until 2026-01-28"} {
		d := draft.Discounts[i]
		if got := d.Base.Times(d.Percent).String() + " until " + d.Until.String(); got != want {
			t.Errorf("discount %d is %s, want %s", i, got, want)
		}
	}
}

func TestDocumentAmountsAreNeverRounded(t *testing.T) {
	for _, tc := range []struct{ amount, currency, at string }{
		{"10.005", "EUR", "not-an-amount"}, {"10.00", "XTS", "unknown-currency"}, {"10.5", "JPY", "not-an-amount"}, {"10.500", "EUR", ""},
	} {
		var k checker
		k.exact("/", tc.amount, tc.currency)
		if refused := k.err() != nil; refused != (tc.at != "") || refused && k.refusal.Fields[0].Code != tc.at {
			t.Errorf("%s %s: %v", tc.amount, tc.currency, k.refusal)
		}
	}
}

// TestUnclearDiscountsTakeNothing holds D-14: what nobody can read takes nothing off.
func TestUnclearDiscountsTakeNothing(t *testing.T) {
	inv := domain.Invoice{Issued: domain.MustDate("2026-01-14"), Payable: money.Minor(100_00, "EUR")}
	for _, d := range []formats.EDiscount{{Percent: "two", Days: 10}, {Amount: "1.005", Days: 10}, {Percent: "2", Until: "soon"}, {Percent: "2", Basis: "x", Days: 3}} {
		discount, clear := documentDiscount(d, inv)
		if clear || !discount.Base.Times(discount.Percent).IsZero() {
			t.Errorf("%+v takes %v, clear %t", d, discount.Base, clear)
		}
	}
}

func TestSummariesAreBounded(t *testing.T) {
	lines := make([]formats.ELine, 200)
	for i := range lines {
		lines[i] = formats.ELine{Name: "Übergröße\x07 mit\nUmbruch", Quantity: "1000000"}
	}
	got := summary(formats.EInvoice{LineItems: lines})
	if utf8.RuneCountInString(got) > maxSummary || strings.ContainsAny(got, "\x07\n") || !strings.HasPrefix(got, "1,000,000 × Übergröße mit Umbruch, ") {
		t.Errorf("%d runes: %q", utf8.RuneCountInString(got), got)
	}
	if one := summary(formats.EInvoice{LineItems: []formats.ELine{{Name: strings.Repeat("x", 1000)}}}); utf8.RuneCountInString(one) > maxSummary {
		t.Errorf("one long line is %d runes", utf8.RuneCountInString(one))
	}
}
