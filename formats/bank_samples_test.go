package formats_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comity/formats"
)

// bankSamples returns the folder of real bank files, which are not part of the
// repository: COMITY_SAMPLES names where they are.
func bankSamples(t *testing.T) string {
	t.Helper()
	samples := os.Getenv("COMITY_SAMPLES")
	if samples == "" {
		t.Skip("COMITY_SAMPLES names no folder with real bank files and schemas: skipped")
	}
	return filepath.Join(samples, "bank")
}

// camtRefused says why real files that fit the schema are refused: what they say
// does not add up.
var camtRefused = map[string]string{
	"camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml": "balance-mismatch", // closes without an entry of the next value date
	"camt053.v2.all-balance-types.xml":                                   "balance-mismatch",
	"camt053.v2.five.decimals.xml":                                       "balance-mismatch",
	"camt053.v2.minimal.ultimate.xml":                                    "currency-mixed",
	"camt053.v2.minimal.xml":                                             "currency-mixed",
	"camt053.v2.with-account-name.xml":                                   "balance-missing",
	"camt053.v2.with-party-ids.xml":                                      "currency-mixed",
	"camt053.v2.wrong.xml":                                               "no-statement",
	"camt053.v3.xml":                                                     "currency-mixed",
	"camt053.v4.xml":                                                     "currency-mixed",
	"camt053.v8.xml":                                                     "currency-mixed",
	"camt53.only-Dt-with-DtTm.xml":                                       "balance-missing",
}

func TestRealStatementsAreReadOrRefusedForACause(t *testing.T) {
	folder := bankSamples(t)
	table, err := os.ReadFile(filepath.Join(folder, "VALIDATION.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	read, refused := 0, 0
	for row := range strings.Lines(string(table)) {
		columns := strings.Split(strings.TrimSpace(row), "\t")
		if len(columns) != 3 || !strings.HasPrefix(columns[0], "camt/") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, columns[0]))
		if err != nil {
			t.Fatal(err)
		}
		want := camtRefused[filepath.Base(columns[0])]
		if !strings.Contains(columns[1], "camt.053") {
			want = "message-unsupported"
		}
		statements, err := formats.ReadCamt053(data)
		var refusal *formats.FileError
		switch {
		case err == nil && want == "":
			read++
			t.Logf("read     %s: %d statements", columns[0], len(statements))
		case errors.As(err, &refusal) && refusal.Rule == want:
			refused++
			t.Logf("refused  %s: %v", columns[0], err)
		default:
			t.Errorf("%s (%s): got %v, want rule %q", columns[0], columns[2], err, want)
		}
	}
	t.Logf("%d read, %d refused", read, refused)
}

func TestWhatWeWriteFitsTheSchemas(t *testing.T) {
	schemas := filepath.Join(bankSamples(t), "xsd")
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Fatal("the schemas are there and xmllint is not: apt-get install libxml2-utils")
	}
	folder := t.TempDir()
	hostile := bankHostile
	var camt, pain []string
	n := 0
	write := func(t *rapid.T, name string, data []byte) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	rapid.Check(t, func(t *rapid.T) {
		n++
		statement, order := bankStatement.Draw(t, "statement"), paymentOrder.Draw(t, "order")
		if rapid.Bool().Draw(t, "hostile") {
			statement.ID, order.MessageID = hostile.Draw(t, "id"), hostile.Draw(t, "id")
			order.Initiator, order.Debtor.Name = hostile.Draw(t, "initiator"), hostile.Draw(t, "debtor")
			order.Payments[0].Creditor.Name = hostile.Draw(t, "creditor")
			order.Payments[0].EndToEndID = hostile.Draw(t, "end-to-end id")
			order.Payments[0].Remittance = hostile.Draw(t, "remittance")
			for i := range statement.Lines {
				statement.Lines[i].Counterparty, statement.Lines[i].Code = hostile.Draw(t, "counterparty"), hostile.Draw(t, "code")
				statement.Lines[i].Remittance, statement.Lines[i].EntryRef = hostile.Draw(t, "remittance"), hostile.Draw(t, "ref")
				statement.Lines[i].References = []string{hostile.Draw(t, "reference")}
			}
		}
		camt = append(camt, write(t, "camt"+strconv.Itoa(n)+".xml", formats.WriteCamt053(statement)))
		pain = append(pain, write(t, "pain"+strconv.Itoa(n)+".xml", formats.WritePain001(order)))
	})
	for schema, files := range map[string][]string{"camt.053.001.08.xsd": camt, "pain.001.001.09.xsd": pain} {
		arguments := append([]string{"--noout", "--nonet", "--schema", filepath.Join(schemas, schema)}, files...)
		if out, err := exec.CommandContext(t.Context(), "xmllint", arguments...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%.3000s", schema, err, out)
			continue
		}
		t.Logf("%d files fit %s", len(files), schema)
	}
}
