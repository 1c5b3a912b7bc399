package formats_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// Generators of values that a bank file can hold unchanged.
var (
	bankID   = rapid.StringMatching(`[A-Za-z0-9-]{1,35}`)
	bankText = rapid.StringMatching(`[A-Za-z0-9/?:().,'+-]{1,9}( [A-Za-z0-9/?:().,'+-]{1,9}){0,6}`)
	bankName = rapid.OneOf(bankText, rapid.SampledFrom([]string{"Ærø & Søn <ApS>", "Ünal \"Kâğıt\"", "株式会社 東京", "Ο'Νίλ; --"}))
	bankDay  = rapid.Custom(func(t *rapid.T) domain.Date {
		return domain.MustDate("2026-01-01").Plus(rapid.IntRange(0, 3000).Draw(t, "day"))
	})
	bankMoment = rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(1_700_000_000, 2_000_000_000).Draw(t, "second"), 0).UTC()
	})
	bankCurrency = rapid.SampledFrom([]money.Currency{"EUR", "USD", "JPY", "KWD"})
)

var bankNumber = rapid.Custom(func(t *rapid.T) domain.BankAccountNumber {
	if rapid.Bool().Draw(t, "us") {
		routing := rapid.SampledFrom([]string{"021000021", "011000015", "122105155"}).Draw(t, "routing")
		number, err := domain.ParseUSAccount(routing, rapid.StringMatching(`[0-9]{4,17}`).Draw(t, "account"))
		if err != nil {
			t.Fatal(err)
		}
		return number
	}
	number, err := domain.MakeIBAN("GB", rapid.StringMatching(`[A-Z]{4}[0-9]{14}`).Draw(t, "bban"))
	if err != nil {
		t.Fatal(err)
	}
	return number
})

var bankAccount = rapid.Custom(func(t *rapid.T) formats.BankAccount {
	if rapid.Bool().Draw(t, "foreign") {
		return formats.BankAccount{Text: rapid.StringMatching(`[A-Z]{2}-[0-9]{4,20}`).Draw(t, "text")}
	}
	number := bankNumber.Draw(t, "number")
	return formats.BankAccount{Number: number, Text: number.IBAN() + number.AccountNumber()}
})

func bankMaybe(t *rapid.T, of *rapid.Generator[string], label string) string {
	if rapid.Bool().Draw(t, "no "+label) {
		return ""
	}
	return of.Draw(t, label)
}

// bankEntry draws the lines of one entry: one, or the two to four parts of a batch.
func bankEntry(t *rapid.T, entry int, currency money.Currency) []formats.BankLine {
	first := formats.BankLine{
		Entry:    entry,
		EntryRef: bankMaybe(t, bankID, "entry ref"),
		Reversal: rapid.Bool().Draw(t, "reversal"),
		Booked:   bankDay.Draw(t, "booked"),
		Value:    bankDay.Draw(t, "value"),
		Code:     bankMaybe(t, rapid.SampledFrom([]string{"PMNT/RCDT/ESCT", "544", "NTRF/x"}), "code"),
	}
	lines := make([]formats.BankLine, rapid.IntRange(1, 4).Draw(t, "parts"))
	for i := range lines {
		lines[i] = first
		if len(lines) > 1 {
			lines[i].Part = i + 1
		}
		lines[i].Amount = money.Minor(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "amount"), currency)
		lines[i].ServicerRef = bankMaybe(t, bankID, "servicer ref")
		lines[i].EndToEndID = bankMaybe(t, bankID, "end-to-end id")
		lines[i].Remittance = bankMaybe(t, bankText, "remittance")
		lines[i].References = rapid.SliceOfN(bankID, 0, 2).Draw(t, "references")
		lines[i].Documents = rapid.SliceOfN(bankID, 0, 2).Draw(t, "documents")
		lines[i].ReturnReason = bankMaybe(t, rapid.SampledFrom([]string{"AC04", "long reason"}), "return reason")
		lines[i].Counterparty = bankMaybe(t, bankName, "counterparty")
		lines[i].CounterpartyAccount = bankAccount.Draw(t, "counterparty's account")
	}
	return lines
}

var bankStatement = rapid.Custom(func(t *rapid.T) formats.BankStatement {
	currency := bankCurrency.Draw(t, "currency")
	statement := formats.BankStatement{
		ID:        bankID.Draw(t, "id"),
		Sequence:  rapid.Int64Range(0, 1_000_000).Draw(t, "sequence"),
		CreatedAt: bankMoment.Draw(t, "created"),
		Account:   bankAccount.Draw(t, "account"),
		Currency:  currency,
		From:      bankDay.Draw(t, "from"),
	}
	statement.To = statement.From.Plus(rapid.IntRange(0, 31).Draw(t, "days"))
	sum := money.Minor(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "opening"), currency)
	statement.Opening = formats.BankBalance{Amount: sum, On: statement.From}
	for entry := range rapid.IntRange(0, 4).Draw(t, "entries") {
		for _, line := range bankEntry(t, entry+1, currency) {
			statement.Lines = append(statement.Lines, line)
			sum = sum.Plus(line.Amount)
		}
	}
	statement.Closing = formats.BankBalance{Amount: sum, On: statement.To}
	return statement
})

func TestAWrittenStatementReadsBackUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := bankStatement.Draw(t, "statement")
		file := formats.WriteCamt053(want)
		got, err := formats.ReadCamt053(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if diff := cmp.Diff([]formats.BankStatement{want}, got, bankValues); diff != "" {
			t.Fatalf("read back differs (-written +read):\n%s\n%s", diff, file)
		}
	})
}

var paymentOrder = rapid.Custom(func(t *rapid.T) formats.PaymentOrder {
	order := formats.PaymentOrder{
		MessageID: bankID.Draw(t, "id"),
		CreatedAt: bankMoment.Draw(t, "created"),
		Initiator: bankMaybe(t, bankText, "initiator"),
		Debtor:    formats.PaymentParty{Name: bankText.Draw(t, "debtor"), Account: bankNumber.Draw(t, "debtor's account")},
	}
	for range rapid.IntRange(1, 5).Draw(t, "payments") {
		order.Payments = append(order.Payments, formats.Payment{
			EndToEndID: bankID.Draw(t, "end-to-end id"),
			Amount:     money.Minor(rapid.Int64Range(1, 1_000_000_000).Draw(t, "amount"), bankCurrency.Draw(t, "currency")),
			Creditor:   formats.PaymentParty{Name: bankText.Draw(t, "creditor"), Account: bankNumber.Draw(t, "creditor's account")},
			Remittance: bankMaybe(t, bankText, "remittance"),
			ExecuteOn:  bankDay.Draw(t, "day"),
		})
	}
	return order
})

func TestAWrittenOrderReadsBackUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := paymentOrder.Draw(t, "order")
		file := formats.WritePain001(want)
		got, err := formats.ReadPain001(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if diff := cmp.Diff(want, got, bankValues); diff != "" {
			t.Fatalf("read back differs (-written +read):\n%s\n%s", diff, file)
		}
	})
}

// bankHostile draws text that somebody wrote to do harm, or in another script.
var bankHostile = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
	"", " ", "</Nm><Nm>x", "]]>", "&amp;&lt;", "\x00\x01\ufffe\uffff", "\xff\xfe", "a\u202eb", strings.Repeat("ß", 300),
	strings.Repeat("長", 300), "<!DOCTYPE x>", "=1+1", "\r\nBcc: x", strings.Repeat(" x", 200),
}))

func TestHostileTextStaysInsideItsElement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := paymentOrder.Draw(t, "order")
		order.Initiator, order.Debtor.Name = bankHostile.Draw(t, "initiator"), bankHostile.Draw(t, "debtor")
		order.Payments[0].Creditor.Name = bankHostile.Draw(t, "creditor")
		order.Payments[0].Remittance = bankHostile.Draw(t, "remittance")
		file := formats.WritePain001(order)
		got, err := formats.ReadPain001(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if len(got.Payments) != len(order.Payments) || got.Payments[0].Amount != order.Payments[0].Amount {
			t.Fatalf("hostile text changed the payments:\n%s", file)
		}
		if bytes.ContainsFunc(file, func(c rune) bool { return c > '~' }) {
			t.Fatalf("characters that banks refuse:\n%s", file)
		}
		statement := bankStatement.Draw(t, "statement")
		statement.ID = bankHostile.Draw(t, "statement id")
		for i := range statement.Lines {
			statement.Lines[i].Counterparty = bankHostile.Draw(t, "counterparty")
			statement.Lines[i].Remittance = bankHostile.Draw(t, "remittance")
		}
		file = formats.WriteCamt053(statement)
		if _, err := formats.ReadCamt053(file); err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
	})
}
