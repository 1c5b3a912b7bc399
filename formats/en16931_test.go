package formats_test

import (
	"testing"

	"comity/formats"

	"github.com/google/go-cmp/cmp"
)

// An einvoiceCase breaks one thing; old and new alternate in edits.
type einvoiceCase struct {
	edits []string
	want  []string
}

func runEInvoiceCases(t *testing.T, file string, cases map[string]einvoiceCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var edits []einvoiceEdit
			for i := 0; i+1 < len(tc.edits); i += 2 {
				edits = append(edits, einvoiceEdit{tc.edits[i], tc.edits[i+1]})
			}
			wantRules(t, einvoiceWith(t, file, edits...), tc.want...)
		})
	}
}

// TestUBLRules holds C-27, C-29, C-30 and C-33: what is missing, and every sum, by the rule of EN 16931 that it breaks.
func TestUBLRules(t *testing.T) {
	runEInvoiceCases(t, einvoiceUBL, map[string]einvoiceCase{
		"no specification":  {[]string{">urn:cen.eu:en16931:2017<", "> <"}, []string{"BR-01"}},
		"no number":         {[]string{"<ID>R-17</ID>", ""}, []string{"BR-02"}},
		"no issue date":     {[]string{"<IssueDate>2026-03-02+01:00</IssueDate>", ""}, []string{"BR-03"}},
		"no such day":       {[]string{"2026-03-02+01:00", "2026-02-30"}, []string{"BR-03"}},
		"no type":           {[]string{">380<", "><"}, []string{"BR-04"}},
		"no currency":       {[]string{"<DocumentCurrencyCode>EUR</DocumentCurrencyCode>", ""}, []string{"BR-05"}},
		"no seller name":    {[]string{"Mill &amp; Sons", ""}, []string{"BR-06"}},
		"no buyer name":     {[]string{"Bakery", " "}, []string{"BR-07"}},
		"no seller address": {[]string{"<a:PostalAddress><Street", "<a:X><Street", "</a:Country></a:PostalAddress>", "</a:Country></a:X>"}, []string{"BR-08"}},
		"no seller country": {[]string{"<IdentificationCode>AT<", "<IdentificationCode><"}, []string{"BR-09"}},
		"no buyer address":  {[]string{"<a:PostalAddress><a:Country><IdentificationCode>DE</IdentificationCode></a:Country></a:PostalAddress>", ""}, []string{"BR-10"}},
		"no buyer country":  {[]string{"<IdentificationCode>DE</IdentificationCode>", ""}, []string{"BR-11"}},
		"no line total":     {[]string{`<LineExtensionAmount currencyID="EUR">500.00</LineExtensionAmount>`, ""}, []string{"BR-12", "BR-CO-10", "BR-CO-13"}},
		"no net":            {[]string{`<TaxExclusiveAmount currencyID="EUR">480.00</TaxExclusiveAmount>`, ""}, []string{"BR-13", "BR-CO-13", "BR-CO-15"}},
		"no gross":          {[]string{`<TaxInclusiveAmount currencyID="EUR">576.00</TaxInclusiveAmount>`, ""}, []string{"BR-14", "BR-CO-15", "BR-CO-16"}},
		"no payable":        {[]string{`<PayableAmount currencyID="EUR">500.50</PayableAmount>`, ""}, []string{"BR-15", "BR-CO-16"}},
		"no totals at all":  {[]string{"<a:LegalMonetaryTotal>", "<a:X>", "</a:LegalMonetaryTotal>", "</a:X>"}, []string{"BR-12", "BR-13", "BR-14", "BR-15", "BR-CO-15"}},
		"no lines": {
			[]string{"<a:InvoiceLine>", "<a:X>", "</a:InvoiceLine>", "</a:X>", "<a:InvoiceLine>", "<a:X>", "</a:InvoiceLine>", "</a:X>"},
			[]string{"BR-16", "BR-CO-10", "BR-S-08"},
		},
		"no line id":         {[]string{"<a:InvoiceLine><ID>2</ID>", "<a:InvoiceLine>"}, []string{"BR-21"}},
		"no quantity":        {[]string{`<InvoicedQuantity unitCode="KGM">2</InvoicedQuantity>`, ""}, []string{"BR-22", "BR-23"}},
		"no unit":            {[]string{` unitCode="KGM"`, ""}, []string{"BR-23"}},
		"no line net":        {[]string{`<LineExtensionAmount currencyID="EUR">15.00</LineExtensionAmount>`, ""}, []string{"BR-24", "BR-CO-10", "BR-S-08"}},
		"no item name":       {[]string{"<Name>Salt</Name>", ""}, []string{"BR-25"}},
		"no price":           {[]string{`<PriceAmount currencyID="EUR">7.5000</PriceAmount>`, ""}, []string{"BR-26", "BR-27"}},
		"negative price":     {[]string{">7.5000<", ">-7.5<"}, []string{"BR-27"}},
		"line total":         {[]string{">15.00<", ">15.01<"}, []string{"BR-CO-10"}},
		"allowances":         {[]string{">50.00</AllowanceTotal", ">50.01</AllowanceTotal"}, []string{"BR-CO-11", "BR-CO-13"}},
		"charges":            {[]string{">30.00</ChargeTotal", ">30.01</ChargeTotal"}, []string{"BR-CO-12", "BR-CO-13"}},
		"no allowance total": {[]string{`<AllowanceTotalAmount currencyID="EUR">50.00</AllowanceTotalAmount>`, ""}, []string{"BR-CO-11", "BR-CO-13"}},
		"net total":          {[]string{">480.00</TaxExclusive", ">480.10</TaxExclusive"}, []string{"BR-CO-13", "BR-CO-15"}},
		"VAT total":          {[]string{">96.00<", ">96.10<"}, []string{"BR-CO-14", "BR-CO-15"}},
		"gross total":        {[]string{">576.00<", ">576.01<", ">500.50<", ">500.51<"}, []string{"BR-CO-15"}},
		"VAT in another currency": {[]string{`<TaxAmount currencyID="EUR">96.00</TaxAmount>
`, `<TaxAmount currencyID="SEK">96.00</TaxAmount>`}, []string{"BR-CO-15"}},
		"payable":                     {[]string{">500.50<", ">500.00<"}, []string{"BR-CO-16"}},
		"tax within one":              {[]string{">96.00<", ">96.99<", ">96.00<", ">96.99<", ">576.00<", ">576.99<", ">500.50<", ">501.49<"}, nil},
		"tax one off":                 {[]string{">96.00<", ">97.00<", ">96.00<", ">97.00<", ">576.00<", ">577.00<", ">500.50<", ">501.50<"}, []string{"BR-CO-17", "BR-S-09"}},
		"no breakdown":                {[]string{"<a:TaxSubtotal>", "<a:X>", "</a:TaxSubtotal>", "</a:X>"}, []string{"BR-CO-18"}},
		"taxable within one":          {[]string{">480.00</Taxable", ">480.99</Taxable"}, nil},
		"taxable one off":             {[]string{">480.00</Taxable", ">481.00</Taxable"}, []string{"BR-S-08"}},
		"no line of the rate":         {[]string{"<ID>S</ID><Percent>20</Percent><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal>", "<ID>S</ID><Percent>20.1</Percent><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal>"}, []string{"BR-S-08"}},
		"not VAT":                     {[]string{"<ID>VAT</ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal>", "<ID>GST</ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal>"}, []string{"BR-CO-17"}},
		"breakdown of nothing":        {[]string{"</a:TaxTotal>", `<a:TaxSubtotal><TaxableAmount currencyID="EUR">0.50</TaxableAmount><TaxAmount currencyID="EUR">0.00</TaxAmount><a:TaxCategory><ID>S</ID><Percent>10</Percent><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>`}, []string{"BR-S-08"}},
		"tax of a line":               {[]string{"<a:Item><Name>Salt", `<a:TaxTotal><TaxAmount currencyID="EUR">9</TaxAmount><a:TaxSubtotal><TaxableAmount currencyID="EUR">15.00</TaxableAmount><TaxAmount currencyID="EUR">9.001</TaxAmount><a:TaxCategory><ID>S</ID><Percent>20</Percent><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal></a:TaxTotal><a:Item><Name>Salt`}, []string{"BR-CO-17", "BR-DEC-20"}},
		"charge that does not say so": {[]string{"<ChargeIndicator>true", "<ChargeIndicator>yes"}, []string{"BR-CO-12", "BR-S-08"}},
		"an indicator in digits":      {[]string{"<ChargeIndicator>true", "<ChargeIndicator>1"}, nil},
	})
}

func TestUBLStructure(t *testing.T) {
	runEInvoiceCases(t, einvoiceUBL, map[string]einvoiceCase{
		"two numbers":          {[]string{"<ID>R-17</ID>", "<ID>R-17</ID><ID>R-18</ID>"}, []string{"X-TWICE-BT-1"}},
		"two issue dates":      {[]string{"<IssueDate>", "<IssueDate>2026-01-01</IssueDate><IssueDate>"}, []string{"X-TWICE-BT-2"}},
		"two types":            {[]string{"<InvoiceTypeCode>", "<CreditNoteTypeCode>381</CreditNoteTypeCode><InvoiceTypeCode>"}, []string{"X-TWICE-BT-3"}},
		"two currencies":       {[]string{"<DocumentCurrencyCode>", "<DocumentCurrencyCode>USD</DocumentCurrencyCode><DocumentCurrencyCode>"}, []string{"X-TWICE-BT-5"}},
		"two due dates":        {[]string{"<DueDate>", "<DueDate>2026-04-01</DueDate><DueDate>"}, []string{"X-TWICE-BT-9"}},
		"two line totals":      {[]string{`<LineExtensionAmount currencyID="EUR">500.00`, `<LineExtensionAmount>1</LineExtensionAmount><LineExtensionAmount currencyID="EUR">500.00`}, []string{"X-TWICE-BT-106"}},
		"two allowance totals": {[]string{"<AllowanceTotalAmount", "<AllowanceTotalAmount>1</AllowanceTotalAmount><AllowanceTotalAmount"}, []string{"X-TWICE-BT-107"}},
		"two charge totals":    {[]string{"<ChargeTotalAmount", "<ChargeTotalAmount>1</ChargeTotalAmount><ChargeTotalAmount"}, []string{"X-TWICE-BT-108"}},
		"two nets":             {[]string{"<TaxExclusiveAmount", "<TaxExclusiveAmount>1</TaxExclusiveAmount><TaxExclusiveAmount"}, []string{"X-TWICE-BT-109"}},
		"two VAT totals":       {[]string{"</a:TaxTotal>", `</a:TaxTotal><a:TaxTotal><TaxAmount currencyID="EUR">96.00</TaxAmount></a:TaxTotal>`}, []string{"BR-CO-15", "X-TWICE-BT-110"}},
		"two accounting VAT totals": {[]string{
			"</a:TaxTotal>", `</a:TaxTotal><a:TaxTotal><TaxAmount currencyID="SEK">1</TaxAmount></a:TaxTotal><a:TaxTotal><TaxAmount currencyID="SEK">2</TaxAmount></a:TaxTotal>`,
			"<BuyerReference>", "<TaxCurrencyCode>SEK</TaxCurrencyCode><BuyerReference>",
		}, []string{"X-TWICE-BT-111"}},
		"two gross":                     {[]string{"<TaxInclusiveAmount", "<TaxInclusiveAmount>1</TaxInclusiveAmount><TaxInclusiveAmount"}, []string{"X-TWICE-BT-112"}},
		"two prepaid":                   {[]string{"<PrepaidAmount", "<PrepaidAmount>1</PrepaidAmount><PrepaidAmount"}, []string{"X-TWICE-BT-113"}},
		"two roundings":                 {[]string{"<PayableRoundingAmount", "<PayableRoundingAmount>1</PayableRoundingAmount><PayableRoundingAmount"}, []string{"X-TWICE-BT-114"}},
		"two payables":                  {[]string{"</a:LegalMonetaryTotal>", "</a:LegalMonetaryTotal><a:LegalMonetaryTotal><PayableAmount>1.00</PayableAmount></a:LegalMonetaryTotal>"}, []string{"X-TWICE-BT-115"}},
		"another namespace is not ours": {[]string{"<DueDate>", `<y:DueDate xmlns:y="urn:other">1</y:DueDate><DueDate>`}, nil},
	})
	for _, amount := range []string{"", " 500.50", "500.50 ", "+500.50", "5.0e2", "NaN", "INF", "0x1F4", "500,50", "1.000,50", ".5", "5.", "--5", "٥٠٠", "500.50<x/>", "9999999999999999"} {
		t.Run("amount "+amount, func(t *testing.T) {
			wantRules(t, einvoiceWith(t, einvoiceUBL, einvoiceEdit{">500.50<", ">" + amount + "<"}), "X-AMOUNT")
		})
	}
}

func TestUBLDecimals(t *testing.T) {
	runEInvoiceCases(t, einvoiceUBL, map[string]einvoiceCase{
		"BT-92":  {[]string{`>50.00</Amount>`, `>50.000</Amount>`}, []string{"BR-DEC-01"}},
		"BT-93":  {[]string{">500.00</BaseAmount>", ">500.001</BaseAmount>"}, []string{"BR-DEC-02"}},
		"BT-99":  {[]string{">30.00</Amount>", ">30.000</Amount>"}, []string{"BR-DEC-05"}},
		"BT-100": {[]string{">300.00<", ">300.000<"}, []string{"BR-DEC-06"}},
		"BT-106": {[]string{">500.00</LineExtension", ">500.000</LineExtension"}, []string{"BR-DEC-09"}},
		"BT-107": {[]string{">50.00</AllowanceTotal", ">50.000</AllowanceTotal"}, []string{"BR-DEC-10"}},
		"BT-108": {[]string{">30.00</ChargeTotal", ">30.000</ChargeTotal"}, []string{"BR-DEC-11"}},
		"BT-109": {[]string{">480.00</TaxExclusive", ">480.000</TaxExclusive"}, []string{"BR-DEC-12"}},
		"BT-112": {[]string{">576.00<", ">576.000<"}, []string{"BR-DEC-14"}},
		"BT-113": {[]string{">76.00<", ">76.000<"}, []string{"BR-DEC-16"}},
		"BT-114": {[]string{">0.50<", ">0.500<"}, []string{"BR-DEC-17"}},
		"BT-115": {[]string{">500.50<", ">500.500<"}, []string{"BR-DEC-18"}},
		"BT-116": {[]string{">480.00</Taxable", ">480.000</Taxable"}, []string{"BR-DEC-19"}},
		"BT-117": {[]string{">480.00</TaxableAmount><TaxAmount currencyID=\"EUR\">96.00<", ">480.00</TaxableAmount><TaxAmount currencyID=\"EUR\">96.000<"}, []string{"BR-DEC-20"}},
		"BT-131": {[]string{">15.00<", ">15.000<"}, []string{"BR-DEC-23"}},
		"BT-136": {[]string{">20.00<", ">20.000<"}, []string{"BR-DEC-24"}},
		"BT-137": {[]string{">200.00<", ">200.000<"}, []string{"BR-DEC-25"}},
		"BT-141": {[]string{">5.00<", ">5.000<"}, []string{"BR-DEC-27"}},
		"BT-142": {[]string{">55.00<", ">55.000<"}, []string{"BR-DEC-28"}},
	})
}

// TestWarningsDoNotDecide: the invoice stays usable.
func TestWarningsDoNotDecide(t *testing.T) {
	tests := map[string]struct {
		edits []einvoiceEdit
		want  []string
	}{
		"unreadable due date":  {[]einvoiceEdit{{"2026-04-01", "1 April"}}, []string{"X-DATE-BT-9"}},
		"no due date or terms": {[]einvoiceEdit{{"<DueDate>2026-04-01</DueDate>", ""}, {"30 days net", ""}}, []string{"BR-CO-25"}},
		"no reason":            {[]einvoiceEdit{{"<AllowanceChargeReason>loyal</AllowanceChargeReason>", ""}}, []string{"BR-33"}},
		"no reason to charge":  {[]einvoiceEdit{{"<AllowanceChargeReason>freight</AllowanceChargeReason>", ""}}, []string{"BR-38"}},
		"no accounting VAT":    {[]einvoiceEdit{{"<BuyerReference>", "<TaxCurrencyCode>SEK</TaxCurrencyCode><BuyerReference>"}}, []string{"BR-53"}},
		"no category of a line": {[]einvoiceEdit{{
			"Flour</Name><a:ClassifiedTaxCategory><ID>S</ID><Percent>20</Percent><a:TaxScheme><ID>VAT</ID>",
			"Flour</Name><a:ClassifiedTaxCategory><ID>S</ID><Percent>20</Percent><a:TaxScheme><ID>GST</ID>",
		}}, []string{"BR-CO-04"}},
		"long accounting VAT": {[]einvoiceEdit{
			{"<BuyerReference>", "<TaxCurrencyCode>SEK</TaxCurrencyCode><BuyerReference>"},
			{"</a:TaxTotal>", `</a:TaxTotal><a:TaxTotal><TaxAmount currencyID="SEK">1000.001</TaxAmount></a:TaxTotal>`},
		}, []string{"BR-DEC-15"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := formats.ReadEInvoice(einvoiceWith(t, einvoiceUBL, tc.edits...))
			if diff := cmp.Diff(tc.want, got.Warnings); diff != "" || !got.OK() {
				t.Errorf("OK is %v, rules %v, warnings:\n%s", got.OK(), got.Rules, diff)
			}
		})
	}
}

func TestCreditNoteRules(t *testing.T) {
	runEInvoiceCases(t, einvoiceCreditNote, map[string]einvoiceCase{
		"different due dates": {[]string{"2026-04-05", "2026-04-06"}, []string{"X-TWICE-BT-9"}},
		"line":                {[]string{"<cac:CreditNoteLine><cbc:ID>1</cbc:ID>", "<cac:CreditNoteLine>"}, []string{"BR-21"}},
		"quantity":            {[]string{"<cbc:CreditedQuantity unitCode=\"C62\">1</cbc:CreditedQuantity>", ""}, []string{"BR-22", "BR-23"}},
		"line total":          {[]string{">100</cbc:LineExtensionAmount>\n    <cbc:TaxEx", ">101</cbc:LineExtensionAmount>\n    <cbc:TaxEx"}, []string{"BR-CO-10", "BR-CO-13"}},
		"VAT in one currency": {[]string{`currencyID="SEK">25<`, `currencyID="EUR">25<`}, []string{"BR-CO-15", "X-TWICE-BT-111"}},
	})
}
