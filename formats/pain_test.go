package formats_test

import (
	"strings"
	"testing"
	"time"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

func painOrder(t *testing.T) formats.PaymentOrder {
	t.Helper()
	account, err := domain.ParseUSAccount("021000021", "123456789")
	if err != nil {
		t.Fatal(err)
	}
	seller := formats.PaymentParty{Name: "Marlow Print Works", Account: account}
	return formats.PaymentOrder{
		MessageID: "M1",
		CreatedAt: time.Date(2026, 2, 5, 14, 0, 0, 0, time.UTC),
		Initiator: "Eastbrook Factors",
		Debtor:    formats.PaymentParty{Name: "Eastbrook Factors", Account: iban(t, "DE89370400440532013000")},
		Payments: []formats.Payment{
			{"P1", eur(8_460_00), seller, "advance", domain.MustDate("2026-02-05")},
			{"P2", eur(1), seller, "", domain.MustDate("2026-02-05")},
			{"P3", money.Minor(5, "JPY"), seller, "", domain.MustDate("2026-02-06")},
		},
	}
}

func TestABrokenOrderIsRefused(t *testing.T) {
	tests := map[string]struct{ change, to, rule string }{
		"an amount that was changed":   {">0.01<", ">0.02<", "sum-mismatch"},
		"a payment that was taken out": {"<NbOfTxs>3", "<NbOfTxs>4", "count-mismatch"},
		"a payment of nothing":         {">0.01<", ">0.00<", "amount-not-positive"},
		"another message":              {"pain.001.001.09", "pain.001.001.03", "message-unsupported"},
		"a creditor without a bank":    {"021000021", "021000022", "account-unknown"},
		"two debtors":                  {"<PmtInfId>M1-2</PmtInfId>", "<PmtInfId>M1-2</PmtInfId><Dbtr><Nm>Other</Nm></Dbtr>", "duplicate-element"},
		"no creditor account":          {"CdtrAcct>", "Other>", "missing-element"},
		"a day that is none":           {"2026-02-06", "2026-02-31", "not-a-date"},
		"no day":                       {"ReqdExctnDt>", "Other>", "missing-element"},
		"two amounts":                  {"</InstdAmt>", `</InstdAmt><InstdAmt Ccy="EUR">1</InstdAmt>`, "duplicate-element"},
		"no payments":                  {"CdtTrfTxInf>", "Other>", "count-mismatch"},
		"a DOCTYPE":                    {"<Document", "<!DOCTYPE x><Document", "doctype"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			whole := string(formats.WritePain001(painOrder(t)))
			broken := strings.ReplaceAll(whole, tc.change, tc.to)
			if broken == whole {
				t.Fatalf("%q is not in the file:\n%s", tc.change, whole)
			}
			_, err := formats.ReadPain001([]byte(broken))
			wantRule(t, err, tc.rule)
		})
	}
}

func TestNamesAreSpelledInWhatBanksTake(t *testing.T) {
	tests := map[string]struct{ name, want string }{
		"plain":               {"Marlow Print Works", "Marlow Print Works"},
		"umlauts":             {"Müßig & Söhne", "Muessig + Soehne"},
		"a Polish name":       {"Zażółć Gęślą", "Zazolc Gesla"},
		"another script":      {"東京", ".."},
		"markup":              {"<b>x</b>", ".b.x./b."},
		"lines and spaces":    {" a\r\n\tb ", "a b"},
		"nothing":             {"", ""},
		"longer than allowed": {strings.Repeat("ü", 200), strings.Repeat("ue", 70)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			order := painOrder(t)
			order.Payments[0].Creditor.Name = tc.name
			got, err := formats.ReadPain001(formats.WritePain001(order))
			if err != nil {
				t.Fatal(err)
			}
			if got := got.Payments[0].Creditor.Name; got != tc.want {
				t.Errorf("%q is written as %q, want %q", tc.name, got, tc.want)
			}
		})
	}
}

func TestPaymentsOfOneDayAndCurrencyAreOneInstruction(t *testing.T) {
	file := string(formats.WritePain001(painOrder(t)))
	if got := strings.Count(file, "<PmtInf>"); got != 2 {
		t.Errorf("%d instructions, want 2:\n%s", got, file)
	}
	if strings.Count(file, "<CtrlSum>8460.01</CtrlSum>") != 1 || strings.Count(file, "<CtrlSum>5</CtrlSum>") != 1 {
		t.Errorf("the sums of the instructions are missing:\n%s", file)
	}
}
