package formats_test

import "testing"

// TestCIIRules holds C-27 and C-33 for CII as TestUBLRules does.
func TestCIIRules(t *testing.T) {
	runEInvoiceCases(t, einvoiceCII, map[string]einvoiceCase{
		"no specification":  {[]string{"<ID>urn:cen.eu:en16931:2017</ID>", ""}, []string{"BR-01"}},
		"no number":         {[]string{">R-17<", "><"}, []string{"BR-02"}},
		"issue date format": {[]string{`format="102">20260302`, `format="203">20260302`}, []string{"BR-03"}},
		"no such day":       {[]string{"20260302", "20260230"}, []string{"BR-03"}},
		"no type":           {[]string{"<TypeCode>380</TypeCode>", ""}, []string{"BR-04"}},
		"no currency":       {[]string{"<InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>", ""}, []string{"BR-05"}},
		"no seller name":    {[]string{"<Name>Mill &amp; Sons</Name>", ""}, []string{"BR-06"}},
		"no buyer name":     {[]string{"<Name>Bakery</Name>", ""}, []string{"BR-07"}},
		"no seller address": {[]string{"<PostalTradeAddress><Post", "<X><Post", "</PostalTradeAddress>", "</X>"}, []string{"BR-08", "BR-09"}},
		"no seller country": {[]string{"<CountryID>AT</CountryID>", ""}, []string{"BR-09"}},
		"no buyer address":  {[]string{"<PostalTradeAddress><CountryID>DE</CountryID></PostalTradeAddress>", ""}, []string{"BR-10", "BR-11"}},
		"no buyer country":  {[]string{"<CountryID>DE</CountryID>", ""}, []string{"BR-11"}},
		"no line total":     {[]string{"<LineTotalAmount>500.00</LineTotalAmount>", ""}, []string{"BR-12", "BR-CO-10", "BR-CO-13"}},
		"no net":            {[]string{"<TaxBasisTotalAmount>480.00</TaxBasisTotalAmount>", ""}, []string{"BR-13", "BR-CO-13", "BR-CO-15"}},
		"no gross":          {[]string{"<GrandTotalAmount>576.00</GrandTotalAmount>", ""}, []string{"BR-14", "BR-CO-15", "BR-CO-16"}},
		"no payable":        {[]string{"<DuePayableAmount>500.50</DuePayableAmount>", ""}, []string{"BR-15", "BR-CO-16"}},
		"no line id":        {[]string{"<LineID>2</LineID>", ""}, []string{"BR-21"}},
		"no quantity":       {[]string{`<BilledQuantity unitCode="KGM">2</BilledQuantity>`, ""}, []string{"BR-22", "BR-23"}},
		"no unit":           {[]string{` unitCode="KGM"`, ""}, []string{"BR-23"}},
		"no line net":       {[]string{"<LineTotalAmount>15.00</LineTotalAmount>", ""}, []string{"BR-24", "BR-CO-10", "BR-S-08"}},
		"no item name":      {[]string{"<Name>Salt</Name>", ""}, []string{"BR-25"}},
		"no price":          {[]string{"<ChargeAmount>7.5000</ChargeAmount>", ""}, []string{"BR-26", "BR-27"}},
		"negative price":    {[]string{">7.5000<", ">-7.5<"}, []string{"BR-27"}},
		"line total":        {[]string{">15.00<", ">15.01<"}, []string{"BR-CO-10", "BR-S-08"}},
		"allowances":        {[]string{">50.00</AllowanceTotal", ">50.01</AllowanceTotal"}, []string{"BR-CO-11", "BR-CO-13"}},
		"charges":           {[]string{">30.00</ChargeTotal", ">30.01</ChargeTotal"}, []string{"BR-CO-12", "BR-CO-13"}},
		"net total":         {[]string{">480.00</TaxBasisTotal", ">480.10</TaxBasisTotal"}, []string{"BR-CO-13", "BR-CO-15"}},
		"VAT total":         {[]string{">96.00</TaxTotal", ">96.10</TaxTotal"}, []string{"BR-CO-14", "BR-CO-15"}},
		"gross total":       {[]string{">576.00<", ">576.01<", ">500.50<", ">500.51<"}, []string{"BR-CO-15"}},
		"payable":           {[]string{">500.50<", ">500.00<"}, []string{"BR-CO-16"}},
		"tax within one":    {[]string{">96.00<", ">96.99<", ">96.00<", ">96.99<", ">576.00<", ">576.99<", ">500.50<", ">501.49<"}, nil},
		"tax one off":       {[]string{">96.00<", ">97.00<", ">96.00<", ">97.00<", ">576.00<", ">577.00<", ">500.50<", ">501.50<"}, []string{"BR-S-09"}},
		"tax two off":       {[]string{">96.00<", ">98.00<", ">96.00<", ">98.00<", ">576.00<", ">578.00<", ">500.50<", ">502.50<"}, []string{"BR-CO-17", "BR-S-09"}},
		"no breakdown":      {[]string{"<ApplicableTradeTax><Calc", "<X><Calc", "20.00</RateApplicablePercent></ApplicableTradeTax>", "20.00</RateApplicablePercent></X>"}, []string{"BR-CO-14", "BR-CO-18"}},
		"taxable":           {[]string{"<BasisAmount>480.00<", "<BasisAmount>480.01<"}, []string{"BR-S-08"}},
	})
}

func TestCIIStructure(t *testing.T) {
	runEInvoiceCases(t, einvoiceCII, map[string]einvoiceCase{
		"two numbers":             {[]string{"<ID>R-17</ID>", "<ID>R-17</ID><ID>R-17</ID>"}, []string{"X-TWICE-BT-1"}},
		"two issue dates":         {[]string{"<IssueDateTime>", `<IssueDateTime><u:DateTimeString format="102">20260301</u:DateTimeString></IssueDateTime><IssueDateTime>`}, []string{"X-TWICE-BT-2"}},
		"two types":               {[]string{"<TypeCode>380</TypeCode>", "<TypeCode>380</TypeCode><TypeCode>381</TypeCode>"}, []string{"X-TWICE-BT-3"}},
		"two currencies":          {[]string{"<InvoiceCurrencyCode>", "<InvoiceCurrencyCode>USD</InvoiceCurrencyCode><InvoiceCurrencyCode>"}, []string{"X-TWICE-BT-5"}},
		"two due dates":           {[]string{"</SpecifiedTradePaymentTerms>", `</SpecifiedTradePaymentTerms><SpecifiedTradePaymentTerms><DueDateDateTime><u:DateTimeString format="102">20260402</u:DateTimeString></DueDateDateTime></SpecifiedTradePaymentTerms>`}, []string{"X-TWICE-BT-9"}},
		"one due date said twice": {[]string{"</SpecifiedTradePaymentTerms>", `</SpecifiedTradePaymentTerms><SpecifiedTradePaymentTerms><DueDateDateTime><u:DateTimeString format="102">20260401</u:DateTimeString></DueDateDateTime></SpecifiedTradePaymentTerms>`}, nil},
		"two line totals":         {[]string{"<LineTotalAmount>500.00", "<LineTotalAmount>1</LineTotalAmount><LineTotalAmount>500.00"}, []string{"X-TWICE-BT-106"}},
		"two allowances":          {[]string{"<AllowanceTotalAmount>", "<AllowanceTotalAmount>1</AllowanceTotalAmount><AllowanceTotalAmount>"}, []string{"X-TWICE-BT-107"}},
		"two charges":             {[]string{"<ChargeTotalAmount>", "<ChargeTotalAmount>1</ChargeTotalAmount><ChargeTotalAmount>"}, []string{"X-TWICE-BT-108"}},
		"two nets":                {[]string{"<TaxBasisTotalAmount>", "<TaxBasisTotalAmount>1</TaxBasisTotalAmount><TaxBasisTotalAmount>"}, []string{"X-TWICE-BT-109"}},
		"two VAT totals":          {[]string{"<TaxTotalAmount", `<TaxTotalAmount currencyID="EUR">96.00</TaxTotalAmount><TaxTotalAmount`}, []string{"BR-CO-15", "X-TWICE-BT-110"}},
		"two gross":               {[]string{"<GrandTotalAmount>", "<GrandTotalAmount>1</GrandTotalAmount><GrandTotalAmount>"}, []string{"X-TWICE-BT-112"}},
		"two prepaid":             {[]string{"<TotalPrepaidAmount>", "<TotalPrepaidAmount>1</TotalPrepaidAmount><TotalPrepaidAmount>"}, []string{"X-TWICE-BT-113"}},
		"two roundings":           {[]string{"<RoundingAmount>", "<RoundingAmount>1</RoundingAmount><RoundingAmount>"}, []string{"X-TWICE-BT-114"}},
		"two payables":            {[]string{"<DuePayableAmount>", "<DuePayableAmount>1</DuePayableAmount><DuePayableAmount>"}, []string{"X-TWICE-BT-115"}},
		"amount":                  {[]string{">500.50<", ">5e2<"}, []string{"X-AMOUNT"}},
		"accounting VAT":          {[]string{"<TaxTotalAmount", `<TaxTotalAmount currencyID="SEK">1000.00</TaxTotalAmount><TaxTotalAmount`, "<InvoiceCurrencyCode>", "<TaxCurrencyCode>SEK</TaxCurrencyCode><InvoiceCurrencyCode>"}, nil},
		"no accounting VAT":       {[]string{"<InvoiceCurrencyCode>", "<TaxCurrencyCode>SEK</TaxCurrencyCode><InvoiceCurrencyCode>"}, []string{"BR-DEC-15"}},
	})
}

func TestCIIDecimals(t *testing.T) {
	runEInvoiceCases(t, einvoiceCII, map[string]einvoiceCase{
		"BT-92":            {[]string{">50.00</ActualAmount>", ">50.000</ActualAmount>"}, []string{"BR-DEC-01"}},
		"BT-93":            {[]string{"<BasisAmount>500.00<", "<BasisAmount>500.000<"}, []string{"BR-DEC-02"}},
		"BT-99":            {[]string{">30.00</ActualAmount>", ">30.000</ActualAmount>"}, []string{"BR-DEC-05"}},
		"BT-100":           {[]string{">300.00<", ">300.000<"}, []string{"BR-DEC-06"}},
		"BT-106":           {[]string{">500.00</LineTotal", ">500.000</LineTotal"}, []string{"BR-DEC-09"}},
		"BT-107":           {[]string{">50.00</AllowanceTotal", ">50.000</AllowanceTotal"}, []string{"BR-DEC-10"}},
		"BT-108":           {[]string{">30.00</ChargeTotal", ">30.000</ChargeTotal"}, []string{"BR-DEC-11"}},
		"BT-109":           {[]string{">480.00</TaxBasisTotal", ">480.000</TaxBasisTotal"}, []string{"BR-DEC-12"}},
		"BT-110":           {[]string{">96.00</TaxTotal", ">96.001</TaxTotal"}, []string{"BR-CO-14", "BR-DEC-13"}},
		"BT-110, by value": {[]string{">96.00</TaxTotal", ">96.000</TaxTotal"}, nil},
		"BT-112":           {[]string{">576.00<", ">576.000<"}, []string{"BR-DEC-14"}},
		"BT-113":           {[]string{">76.00<", ">76.000<"}, []string{"BR-DEC-16"}},
		"BT-114":           {[]string{">0.50<", ">0.500<"}, []string{"BR-DEC-17"}},
		"BT-115":           {[]string{">500.50<", ">500.500<"}, []string{"BR-DEC-18"}},
		"BT-116":           {[]string{"<BasisAmount>480.00<", "<BasisAmount>480.000<"}, []string{"BR-DEC-19"}},
		"BT-117":           {[]string{"<CalculatedAmount>96.00<", "<CalculatedAmount>96.000<"}, []string{"BR-DEC-20"}},
		"BT-131":           {[]string{">15.00<", ">15.000<"}, []string{"BR-DEC-23"}},
		"BT-136":           {[]string{">20.00</ActualAmount>", ">20.000</ActualAmount>"}, []string{"BR-DEC-24"}},
		"BT-137":           {[]string{">200.00<", ">200.000<"}, []string{"BR-DEC-25"}},
		"BT-141":           {[]string{">5.00<", ">5.000<"}, []string{"BR-DEC-27"}},
		"BT-142":           {[]string{">55.00<", ">55.000<"}, []string{"BR-DEC-28"}},
	})
}
