package formats_test

import (
	_ "embed"
	"encoding/json"
	"strings"
	"testing"

	"comity/formats"

	"github.com/google/go-cmp/cmp"
)

var (
	//go:embed testdata/einvoice/ubl-invoice.xml
	einvoiceUBL string
	//go:embed testdata/einvoice/ubl-creditnote.xml
	einvoiceCreditNote string
	//go:embed testdata/einvoice/cii-invoice.xml
	einvoiceCII string
)

// An einvoiceEdit changes the first place where old stands.
type einvoiceEdit struct{ old, new string }

func einvoiceWith(t *testing.T, file string, edits ...einvoiceEdit) []byte {
	t.Helper()
	for _, e := range edits {
		if !strings.Contains(file, e.old) {
			t.Fatalf("the file has no %q", e.old)
		}
		file = strings.Replace(file, e.old, e.new, 1)
	}
	return []byte(file)
}

func TestReadsUBLInvoice(t *testing.T) {
	got := formats.ReadEInvoice([]byte(einvoiceUBL))
	want := formats.EInvoice{
		Syntax: "ubl", TypeCode: "380", Number: "R-17", IssueDate: "2026-03-02", DueDate: "2026-04-01",
		Currency: "EUR", Payable: "500.50", Net: "480.00", VAT: "96.00", Gross: "576.00", Prepaid: "76.00",
		Seller: formats.EParty{
			Name: "Mill & Sons", Country: "AT", VAT: "ATU1", TaxNumber: "46-123", ID: "FN 1a",
			Street: "Quay 1", City: "Linz", PostCode: "4020", Email: "money@mill.example",
		},
		Buyer: formats.EParty{Name: "Bakery", Country: "DE", ID: "C-5"},
		Lines: 2, LineItems: []formats.ELine{
			{ID: "1", Name: "Flour", Description: "fine", Quantity: "10", Unit: "C62", Price: "50.00", Net: "485.00"},
			{ID: "2", Name: "Salt", Quantity: "2", Unit: "KGM", Price: "7.5000", Net: "15.00"},
		},
		OrderReference: "PO-9", BuyerReference: "DEPT-4", PaymentTermsText: "30 days net", PaymentReference: "R-17/C-5",
		PayeeAccounts: []string{"AT61 1904 3002 3457 3201"},
	}
	if diff := cmp.Diff(formats.EResult{Invoice: want}, got); diff != "" {
		t.Errorf("result differs (-want +got):\n%s", diff)
	}
}

func TestReadsCIIInvoiceLikeUBL(t *testing.T) {
	ubl, cii := formats.ReadEInvoice([]byte(einvoiceUBL)), formats.ReadEInvoice([]byte(einvoiceCII))
	ubl.Invoice.Syntax = "cii"
	ubl.Invoice.LineItems[0].Description = ""
	ubl.Invoice.Seller.ID, ubl.Invoice.Buyer.ID = "46-123", "400" // no legal registration there
	if diff := cmp.Diff(ubl, cii); diff != "" {
		t.Errorf("CII differs from UBL:\n%s", diff)
	}
}

func TestReadsUBLCreditNote(t *testing.T) {
	got := formats.ReadEInvoice([]byte(einvoiceCreditNote))
	inv := got.Invoice
	if !got.OK() || !inv.CreditNote || inv.DueDate != "2026-04-05" || inv.IssueDate != "2026-03-05" ||
		inv.VAT != "25" || inv.VATAccountingTotal != "2.27" || inv.Seller.ID != "S-1" || inv.Buyer.VAT != "DE1" {
		t.Errorf("got %+v", got)
	}
}

func TestJSONLine(t *testing.T) {
	got := string(formats.ReadEInvoice([]byte(einvoiceUBL)).JSONLine("a <b>.xml"))
	want := `{"file":"a <b>.xml","ok":true,"syntax":"ubl","type_code":"380","number":"R-17","issue_date":"2026-03-02",` +
		`"due_date":"2026-04-01","currency":"EUR","payable":"500.50","lines":2,` +
		`"seller":{"name":"Mill & Sons","country":"AT","vat":"ATU1","id":"FN 1a"},` +
		`"buyer":{"name":"Bakery","country":"DE","vat":"","id":"C-5"},"rules":[],"warnings":[],"error":""}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var unread struct {
		OK    bool
		Rules []string
		Error string
	}
	line := formats.ReadEInvoice([]byte("<a\n>b</c>")).JSONLine("x\ny")
	if err := json.Unmarshal(line, &unread); err != nil || strings.Contains(string(line), "\n") {
		t.Fatalf("%s: %v", line, err)
	}
	if unread.OK || !cmp.Equal(unread.Rules, []string{"X-XML"}) || unread.Error == "" {
		t.Errorf("got %+v", unread)
	}
}

// TestZeroRatedCategories turns the whole invoice to each untaxed category.
func TestZeroRatedCategories(t *testing.T) {
	for code, id := range map[string]string{"Z": "Z", "E": "E", "AE": "AE", "K": "IC", "G": "G", "O": "O"} {
		for name, file := range map[string]string{"ubl": einvoiceUBL, "cii": einvoiceCII} {
			t.Run(name+" "+code, func(t *testing.T) {
				file := strings.NewReplacer(
					">S<", ">"+code+"<", "Percent>20.00<", "Percent>0<", "Percent>20.0<", "Percent>0<", "Percent>20<", "Percent>0<",
					">96.00<", ">0.00<", ">576.00<", ">480.00<", ">500.50<", ">404.50<",
				).Replace(file)
				wantRules(t, []byte(file))
				for _, off := range []einvoiceEdit{{">480.00<", ">481.00<"}, {">15.00<", ">14.00<"}} {
					got := formats.ReadEInvoice(einvoiceWith(t, file, off)).Rules
					if !strings.Contains(strings.Join(got, ","), "BR-"+id+"-08") {
						t.Errorf("%v breaks %v", off, got)
					}
				}
				got := formats.ReadEInvoice(einvoiceWith(t, file, einvoiceEdit{">0.00<", ">0.10<"}, einvoiceEdit{">0.00<", ">0.10<"})).Rules
				if !strings.Contains(strings.Join(got, ","), "BR-"+id+"-09") {
					t.Errorf("tax breaks %v", got)
				}
			})
		}
	}
}

// TestSmallGapsInUntaxedCategories: CII tolerates less than one except under
// O, UBL nothing.
func TestSmallGapsInUntaxedCategories(t *testing.T) {
	exempt := func(file, code string) string {
		return strings.NewReplacer(">S<", ">"+code+"<", "Percent>20.00<", "Percent>0<", "Percent>20.0<", "Percent>0<", "Percent>20<", "Percent>0<",
			">96.00<", ">0.00<", ">576.00<", ">480.00<", ">500.50<", ">404.50<").Replace(file)
	}
	cii := einvoiceEdit{"<BasisAmount>480.00", "<BasisAmount>480.50"}
	wantRules(t, einvoiceWith(t, exempt(einvoiceCII, "E"), cii))
	wantRules(t, einvoiceWith(t, exempt(einvoiceCII, "O"), cii), "BR-O-08")
	wantRules(t, einvoiceWith(t, exempt(einvoiceUBL, "E"), einvoiceEdit{">480.00</Taxable", ">480.50</Taxable"}), "BR-E-08")
}

// TestIGICAndIPSI: taxed like S under rules of their own names.
func TestIGICAndIPSI(t *testing.T) {
	for code, id := range map[string]string{"L": "AF", "M": "AG"} {
		ubl := strings.ReplaceAll(einvoiceUBL, ">S<", ">"+code+"<")
		cii := strings.ReplaceAll(einvoiceCII, ">S<", ">"+code+"<")
		wantRules(t, []byte(ubl))
		wantRules(t, []byte(cii))
		far := einvoiceEdit{"<TaxableAmount currencyID=\"EUR\">480.00", "<TaxableAmount currencyID=\"EUR\">470.00"}
		wantRules(t, einvoiceWith(t, ubl, far), "BR-"+id+"-08", "BR-"+id+"-09", "BR-CO-17")
		wantRules(t, einvoiceWith(t, cii, einvoiceEdit{"<BasisAmount>480.00", "<BasisAmount>480.01"}), "BR-"+id+"-08")
	}
}

// TestTerms holds C-32 and D-14: discounts in a text of terms, and what holds an invoice because nothing read it.
func TestTerms(t *testing.T) {
	tests := map[string]struct {
		text    string
		want    []formats.EDiscount
		unclear bool
	}{
		"plain":                 {"30 days net", nil, false},
		"skonto":                {"#SKONTO#TAGE=14#PROZENT=2.25#", []formats.EDiscount{{Percent: "2.25", Days: 14}}, false},
		"two, with a basis":     {"a\n #SKONTO#TAGE=7#PROZENT=3#BASISBETRAG=99.50# \n#SKONTO#TAGE=14#PROZENT=2.00#", []formats.EDiscount{{Percent: "3", Days: 7, Basis: "99.50"}, {Percent: "2.00", Days: 14}}, false},
		"repeated in words":     {"#SKONTO#TAGE=14#PROZENT=2.00#\n2 % within 14 days", []formats.EDiscount{{Percent: "2.00", Days: 14}}, false},
		"another one in words":  {"#SKONTO#TAGE=14#PROZENT=2.00#\n3 % within 7 days", []formats.EDiscount{{Percent: "2.00", Days: 14}}, true},
		"words only":            {"2% within 10 days", nil, true},
		"of nothing":            {"#SKONTO#TAGE=30#PROZENT=0.00#", nil, false},
		"negative basis":        {"#SKONTO#TAGE=14#PROZENT=1.00#BASISBETRAG=-3.21#", nil, true},
		"malformed":             {"#SKONTO#TAGE=14#PROZENT=2,5#", nil, true},
		"late interest is none": {"#VERZUG#TAGE=30#PROZENT=9.00#", nil, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, file := range []string{einvoiceUBL, einvoiceCII} {
				inv := formats.ReadEInvoice(einvoiceWith(t, file, einvoiceEdit{"30 days net", tc.text})).Invoice
				if diff := cmp.Diff(tc.want, inv.Discounts); diff != "" || inv.TermsUnclear != tc.unclear {
					t.Errorf("unclear %v, discounts:\n%s", inv.TermsUnclear, diff)
				}
			}
		})
	}
}

// TestStructuredDiscounts holds C-126 and D-14: the discounts of both syntaxes.
func TestStructuredDiscounts(t *testing.T) {
	ciiTerms := func(inner string) []byte {
		return einvoiceWith(t, einvoiceCII, einvoiceEdit{
			"30 days net</Description>",
			"2% early</Description><ApplicableTradePaymentDiscountTerms>" + inner + "<CalculationPercent>2.00</CalculationPercent></ApplicableTradePaymentDiscountTerms>",
		})
	}
	day := `<BasisDateTime><u:DateTimeString format="102">20260310</u:DateTimeString></BasisDateTime>`
	period := `<BasisPeriodMeasure unitCode="DAY">10</BasisPeriodMeasure>`
	tests := map[string]struct {
		data    []byte
		want    formats.EDiscount
		unclear bool
	}{
		"cii period":  {ciiTerms(period), formats.EDiscount{Percent: "2.00", Days: 10}, false},
		"cii from":    {ciiTerms(day + period + "<BasisAmount>100.00</BasisAmount>"), formats.EDiscount{Percent: "2.00", Days: 10, Until: "2026-03-20", Basis: "100.00"}, false},
		"cii until":   {ciiTerms(day), formats.EDiscount{Percent: "2.00", Until: "2026-03-10"}, false},
		"cii no time": {ciiTerms(""), formats.EDiscount{Percent: "2.00"}, true},
		"ubl until": {
			einvoiceWith(t, einvoiceUBL, einvoiceEdit{
				"30 days net</Note>",
				"early</Note><SettlementDiscountPercent>3</SettlementDiscountPercent><a:SettlementPeriod><EndDate>2026-03-12</EndDate></a:SettlementPeriod>",
			}),
			formats.EDiscount{Percent: "3", Until: "2026-03-12"},
			false,
		},
		"ubl period": {
			einvoiceWith(t, einvoiceUBL, einvoiceEdit{
				"30 days net</Note>",
				`early</Note><SettlementDiscountPercent>3</SettlementDiscountPercent><a:SettlementPeriod><DurationMeasure unitCode="WEE">2</DurationMeasure></a:SettlementPeriod>`,
			}),
			formats.EDiscount{Percent: "3", Days: 14},
			false,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			inv := formats.ReadEInvoice(tc.data).Invoice
			if diff := cmp.Diff([]formats.EDiscount{tc.want}, inv.Discounts); diff != "" || inv.TermsUnclear != tc.unclear {
				t.Errorf("unclear %v, discounts:\n%s", inv.TermsUnclear, diff)
			}
		})
	}
}

// wantRules fails unless the file breaks exactly these rules.
func wantRules(t *testing.T, data []byte, want ...string) {
	t.Helper()
	got := formats.ReadEInvoice(data)
	if diff := cmp.Diff(append([]string{}, want...), append([]string{}, got.Rules...)); diff != "" {
		t.Errorf("rules differ (-want +got):\n%s%s", diff, got.Err)
	}
	if got.OK() != (len(want) == 0) {
		t.Errorf("OK is %v", got.OK())
	}
}
