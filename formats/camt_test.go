package formats_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// bankValues lets cmp compare the opaque values that a bank file is made of.
var bankValues = cmp.Options{
	cmpopts.EquateComparable(money.Amount{}, domain.Date{}, domain.BankAccountNumber{}),
	cmpopts.EquateEmpty(),
}

// camtFile is a small statement that is right: 100.00 and three entries, of which
// one is only expected, give 130.00.
const camtFile = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
<BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-11T06:40:00+01:00</CreDtTm></GrpHdr>
<Stmt>
<Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-03-11T06:00:00+01:00</CreDtTm>
<FrToDt><FrDtTm>2026-03-10T00:00:00</FrDtTm><ToDtTm>2026-03-11T00:00:00</ToDtTm></FrToDt>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-09</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">130.0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy="JPY">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal>
<Ntry><NtryRef>E1</NtryRef><Amt Ccy="EUR">50.000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2026-03-10T23:30:00-05:00</DtTm></BookgDt><ValDt><Dt>2026-03-11</Dt></ValDt><AcctSvcrRef>B1</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>Kestrel &amp; Co</Nm></Dbtr><DbtrAcct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>Invoice 12</Ustrd><Ustrd>thank you</Ustrd><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>
</TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-03-10</Dt></BookgDt><BkTxCd><Prtry><Cd>544</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Took it back</Nm></Dbtr><Cdtr><Nm>Ourselves</Nm></Cdtr></RltdPties></TxDtls></NtryDtls>
<AddtlNtryInf>Return</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">999.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><BkTxCd/></Ntry>
</Stmt>
</BkToCstmrStmt>
</Document>`

func eur(cents int64) money.Amount { return money.Minor(cents, "EUR") }

func iban(t *testing.T, text string) domain.BankAccountNumber {
	t.Helper()
	number, err := domain.ParseIBAN(text)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func TestAStatementIsReadWithEveryValue(t *testing.T) {
	payer := formats.BankAccount{Number: iban(t, "GB29NWBK60161331926819"), Text: "GB29NWBK60161331926819"}
	want := []formats.BankStatement{{
		ID:        "S1",
		Sequence:  7,
		CreatedAt: time.Date(2026, 3, 11, 5, 0, 0, 0, time.UTC),
		Account:   formats.BankAccount{Number: iban(t, "DE89370400440532013000"), Text: "DE89370400440532013000"},
		Currency:  "EUR",
		Opening:   formats.BankBalance{Amount: eur(100_00), On: domain.MustDate("2026-03-09")},
		Closing:   formats.BankBalance{Amount: eur(130_00), On: domain.MustDate("2026-03-10")},
		From:      domain.MustDate("2026-03-10"),
		To:        domain.MustDate("2026-03-10"),
		Lines: []formats.BankLine{{
			Entry: 1, EntryRef: "E1", ServicerRef: "B1", Amount: eur(50_00),
			Booked: domain.MustDate("2026-03-10"), Value: domain.MustDate("2026-03-11"), Code: "PMNT/RCDT/ESCT",
			Remittance: "Invoice 12 thank you", References: []string{"RF18539007547034"},
			Counterparty: "Kestrel & Co", CounterpartyAccount: payer,
		}, {
			Entry: 2, Amount: eur(-20_00), Reversal: true,
			Booked: domain.MustDate("2026-03-10"), Value: domain.MustDate("2026-03-10"), Code: "544",
			Remittance: "Return", Counterparty: "Took it back",
		}},
	}}
	got, err := formats.ReadCamt053([]byte(camtFile))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, bankValues); diff != "" {
		t.Errorf("read differs (-want +got):\n%s", diff)
	}
}

func TestABrokenStatementIsRefusedWhole(t *testing.T) {
	tests := map[string]struct {
		change, to string // every occurrence of change becomes to
		rule       string
	}{
		"a closing balance that is a cent off":  {"130.0<", "130.01<", "balance-mismatch"},
		"a debit booked as credit":              {"DBIT", "CRDT", "balance-mismatch"},
		"a pending entry counted":               {"PDNG", "BOOK", "date-missing"},
		"no closing balance":                    {"CLBD", "XPCD", "balance-missing"},
		"no opening balance":                    {"OPBD", "OPAV", "balance-missing"},
		"two closing balances":                  {"CLAV", "CLBD", "duplicate-balance"},
		"a closing balance in another currency": {`"EUR">130`, `"USD">130`, "currency-mixed"},
		"an entry in another currency":          {`"EUR">50`, `"USD">50`, "currency-mixed"},
		"an account in another currency":        {"<Ccy>EUR", "<Ccy>USD", "currency-mixed"},
		"a currency that nobody keeps":          {`Ccy="EUR"`, `Ccy="XXX"`, "currency-unknown"},
		"no currency":                           {` Ccy="EUR"`, ``, "currency-unknown"},
		"an exponent":                           {"50.000", "5e1", "not-an-amount"},
		"not a number":                          {"50.000", "NaN", "not-an-amount"},
		"a tenth of a cent":                     {"50.000", "50.001", "not-an-amount"},
		"a comma":                               {"50.000", "50,00", "not-an-amount"},
		"a negative amount":                     {"50.000", "-50.00", "not-an-amount"},
		"thirty digits":                         {"50.000", strings.Repeat("9", 30), "not-an-amount"},
		"an empty amount":                       {"50.000", "", "not-an-amount"},
		"two amounts in one entry":              {"50.000</Amt>", `50.00</Amt><Amt Ccy="EUR">50.00</Amt>`, "duplicate-element"},
		"two signs":                             {"<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>DBIT</CdtDbtInd><CdtDbtInd>CRDT</CdtDbtInd>", "duplicate-element"},
		"a sign that is none":                   {"DBIT", "MINUS", "not-a-sign"},
		"two statement ids":                     {"<Id>S1</Id>", "<Id>S1</Id><Id>S2</Id>", "duplicate-element"},
		"no statement id":                       {"<Id>S1</Id>", "", "missing-element"},
		"a currency that stands twice":          {`Ccy="EUR">50`, `Ccy="EUR" Ccy="USD">50`, "duplicate-attribute"},
		"a day that is none":                    {"2026-03-09", "2026-02-30", "not-a-date"},
		"a flag that is neither":                {"<RvslInd>true", "<RvslInd>perhaps", "not-a-flag"},
		"no status":                             {"<Sts>PDNG</Sts>", "", "missing-element"},
		"a period that runs backwards":          {"2026-03-11T00:00:00", "2026-03-01T00:00:00", "period-reversed"},
		"no statement":                          {"Stmt>", "Other>", "missing-element"},
		"a statement in another namespace":      {"<Stmt>", `<Stmt xmlns="urn:other">`, "no-statement"},
		"a notification":                        {"camt.053", "camt.054", "message-unsupported"},
		"a version that we do not know":         {"camt.053.001.02", "camt.053.001.99", "message-unsupported"},
		"a DOCTYPE":                             {"<Document", "<!DOCTYPE Document [<!ENTITY x 'y'>]><Document", "doctype"},
		"an entity that was never declared":     {"thank you", "&x;", "not-xml"},
		"a NUL":                                 {"thank you", "\x00", "not-xml"},
		"bytes that are not UTF-8":              {"thank you", "caf\xe9", "not-xml"},
		"another encoding":                      {"UTF-8", "UTF-16", "not-xml"},
		"an end that is missing":                {"</Stmt>", "", "not-xml"},
		"a second document":                     {"</Document>", "</Document><Document/>", "not-xml"},
		"two messages":                          {"</BkToCstmrStmt>", "</BkToCstmrStmt><BkToCstmrStmt/>", "duplicate-element"},
		"elements nested for ever":              {"thank you", strings.Repeat("<a>", 40), "too-deep"},
		"a text without end":                    {"thank you", strings.Repeat("x", 70_000), "text-too-long"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			broken := strings.ReplaceAll(camtFile, tc.change, tc.to)
			if broken == camtFile {
				t.Fatalf("%q is not in the file", tc.change)
			}
			statements, err := formats.ReadCamt053([]byte(broken))
			if statements != nil {
				t.Error("statements were returned together with a refusal")
			}
			wantRule(t, err, tc.rule)
		})
	}
}

// wantRule checks that err is a FileError of the rule that says where.
func wantRule(t *testing.T, err error, rule string) {
	t.Helper()
	var refused *formats.FileError
	if !errors.As(err, &refused) {
		t.Fatalf("got error %v, want a refusal with rule %s", err, rule)
	}
	if refused.Rule != rule || refused.Detail == "" {
		t.Errorf("refused with %v, want rule %s and a detail", err, rule)
	}
	if refused.Line == 0 && rule != "file-too-large" {
		t.Errorf("the refusal names no line: %v", err)
	}
}

func TestSumsThatNoNumberHoldsAreRefused(t *testing.T) {
	entry := `<Ntry><Amt Ccy="EUR">99999999999999.99</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-10</Dt></BookgDt><BkTxCd/></Ntry>`
	huge := strings.ReplaceAll(camtFile, "</Stmt>", strings.Repeat(entry, 2000)+"</Stmt>")
	_, err := formats.ReadCamt053([]byte(huge))
	wantRule(t, err, "amount-too-large")
}

func TestWhatIsWrittenDifferentlyButMeansTheSameIsRead(t *testing.T) {
	tests := map[string]struct{ change, to string }{
		"the previous closing balance alone": {"OPBD", "PRCD"},
		"a byte order mark":                  {"<?xml", "\ufeff<?xml"},
		"a plus sign and leading zeros":      {"50.000", "+0050.0"},
		"spaces around an amount":            {"50.000", " 50.00\n"},
		"a balance that we do not use twice": {"</Acct>", `</Acct><Bal><Tp><CdOrPrtry><Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1</Amt></Bal>`},
		"elements of another namespace":      {"<Id>S1</Id>", `<Id>S1</Id><x:Id xmlns:x="urn:x">S2</x:Id>`},
		"version 3":                          {"camt.053.001.02", "camt.053.001.03"},
		"a comment":                          {"<Id>S1", "<!-- here --><Id>S1"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			changed := strings.ReplaceAll(camtFile, tc.change, tc.to)
			if changed == camtFile {
				t.Fatalf("%q is not in the file", tc.change)
			}
			want, err := formats.ReadCamt053([]byte(camtFile))
			if err != nil {
				t.Fatal(err)
			}
			got, err := formats.ReadCamt053([]byte(changed))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, bankValues); diff != "" {
				t.Errorf("read differs (-plain +changed):\n%s", diff)
			}
		})
	}
}

func TestABatchBecomesTheLinesThatSumToIt(t *testing.T) {
	const details = "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED"
	part := func(amount, id string) string {
		return `<TxDtls><Refs><EndToEndId>` + id + `</EndToEndId></Refs>` + amount +
			`<RmtInf><Ustrd>paid ` + id + `</Ustrd></RmtInf></TxDtls>`
	}
	older := func(amount string) string {
		return `<AmtDtls><TxAmt><Amt Ccy="EUR">` + amount + `</Amt></TxAmt></AmtDtls>`
	}
	newer := func(amount, sign string) string {
		return `<Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` + sign + `</CdtDbtInd>`
	}
	tests := map[string]struct {
		before string // two transactions, put before the one that is there
		want   []int64
		ids    []string
	}{
		"amounts of version 2":    {part(older("30"), "a") + part(older("20"), "b"), []int64{30_00, 20_00, 0}, []string{"a", "b", ""}},
		"amounts with signs":      {part(newer("70", "CRDT"), "a") + part(newer("20", "DBIT"), "b"), []int64{70_00, -20_00, 0}, []string{"a", "b", ""}},
		"amounts that fall short": {part(older("30"), "a") + part(older("19"), "b"), []int64{50_00}, []string{""}},
		"an amount is missing":    {part("", "a") + part(older("20"), "b"), []int64{50_00}, []string{""}},
		"a foreign amount":        {part(`<Amt Ccy="USD">30</Amt>`, "a") + part(older("20"), "b"), []int64{50_00}, []string{""}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			file := strings.Replace(camtFile, details, "<NtryDtls>"+tc.before+"<TxDtls>"+older("0")+"<Refs><EndToEndId>", 1)
			statements, err := formats.ReadCamt053([]byte(file))
			if err != nil {
				t.Fatal(err)
			}
			lines := statements[0].Lines[:len(statements[0].Lines)-1]
			if len(lines) != len(tc.want) {
				t.Fatalf("%d lines, want %d: %+v", len(lines), len(tc.want), lines)
			}
			for i, line := range lines {
				if line.Amount != eur(tc.want[i]) || line.EndToEndID != tc.ids[i] || line.Entry != 1 {
					t.Errorf("line %d is %v %q of entry %d, want %v %q", i, line.Amount, line.EndToEndID, line.Entry, eur(tc.want[i]), tc.ids[i])
				}
			}
			if len(lines) == 1 && lines[0].Remittance != "paid a paid b Invoice 12 thank you" {
				t.Errorf("the texts of the parts are lost: %q", lines[0].Remittance)
			}
		})
	}
}

func TestAUSAccountIsItsNumberAtItsBank(t *testing.T) {
	account, err := domain.ParseUSAccount("021000021", "123456789")
	if err != nil {
		t.Fatal(err)
	}
	const own = `<Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy>`
	tests := map[string]struct {
		id, member string
		want       formats.BankAccount
	}{
		"by clearing system":          {"123456789", "<ClrSysId><Cd>USABA</Cd></ClrSysId><MmbId>021000021</MmbId>", formats.BankAccount{Number: account, Text: "123456789"}},
		"by routing number alone":     {"123456789", "<MmbId>021000021</MmbId>", formats.BankAccount{Number: account, Text: "123456789"}},
		"at another clearing system":  {"123456789", "<ClrSysId><Cd>CACPA</Cd></ClrSysId><MmbId>021000021</MmbId>", formats.BankAccount{Text: "123456789"}},
		"with a wrong routing number": {"123456789", "<MmbId>021000022</MmbId>", formats.BankAccount{Text: "123456789"}},
		"an IBAN in the wrong place":  {"DE89370400440532013000", "<MmbId>1</MmbId>", formats.BankAccount{Number: iban(t, "DE89370400440532013000"), Text: "DE89370400440532013000"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			changed := `<Id><Othr><Id>` + tc.id + `</Id></Othr></Id><Ccy>EUR</Ccy><Svcr><FinInstnId><ClrSysMmbId>` + tc.member + `</ClrSysMmbId></FinInstnId></Svcr>`
			statements, err := formats.ReadCamt053([]byte(strings.Replace(camtFile, own, changed, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, statements[0].Account, bankValues); diff != "" {
				t.Errorf("account differs (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzReadCamt053(f *testing.F) {
	f.Add([]byte(camtFile))
	f.Add([]byte(strings.ReplaceAll(camtFile, "BOOK", "<Cd>BOOK</Cd>")))
	f.Add([]byte("<Document/>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		statements, err := formats.ReadCamt053(data)
		var refused *formats.FileError
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%v is no refusal", err)
		}
		for _, statement := range statements {
			sum := statement.Opening.Amount
			for _, line := range statement.Lines {
				sum = sum.Plus(line.Amount)
			}
			if sum != statement.Closing.Amount {
				t.Fatalf("opening and lines give %v, closing is %v", sum, statement.Closing.Amount)
			}
		}
	})
}
