package formats_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"comity/formats"
)

// TestRealInvoices reads the folder of real invoices that COMITY_SAMPLES
// names, which holds einvoices/INDEX.tsv with the verdicts of the official
// checks. The good files must be read to the letter and break nothing, the
// bad ones must break exactly the deciding rules listed; the rest are shown.
func TestRealInvoices(t *testing.T) {
	dir := os.Getenv("COMITY_SAMPLES")
	if dir == "" {
		t.Skip("COMITY_SAMPLES is not set: it names the folder of real sample files")
	}
	dir = filepath.Join(dir, "einvoices")
	count := map[string]int{}
	for _, row := range sampleRows(t, filepath.Join(dir, "INDEX.tsv")) {
		data, err := os.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(row["file"], "/")
		got := formats.ReadEInvoice(data)
		wrong := sampleDifferences(row, got)
		count[kind]++
		if len(wrong) == 0 {
			count[kind+" right"]++
			continue
		}
		if kind == "other" {
			t.Logf("%s: %s", row["file"], strings.Join(wrong, "; "))
			continue
		}
		t.Errorf("%s: %s", row["file"], strings.Join(wrong, "; "))
	}
	t.Logf("good %d of %d, bad %d of %d, other %d of %d", count["good right"], count["good"],
		count["bad right"], count["bad"], count["other right"], count["other"])
}

func sampleRows(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = '\t', true, -1
	table, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range table[1:] {
		row := map[string]string{}
		for i, name := range table[0] {
			if i < len(record) {
				row[name] = record[i]
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// sampleDifferences says where the result differs from the index.
func sampleDifferences(row map[string]string, got formats.EResult) []string {
	inv := got.Invoice
	var wrong []string
	differ := func(what, got, want string) {
		if got != want {
			wrong = append(wrong, what+" "+got+" want "+want)
		}
	}
	differ("number", inv.Number, row["id"])
	differ("date", inv.IssueDate, sampleDate(row["date"]))
	differ("due", inv.DueDate, sampleDate(row["due"]))
	differ("currency", inv.Currency, row["cur"])
	differ("payable", inv.Payable, row["payable"])
	differ("lines", strconv.Itoa(inv.Lines), row["lines"])
	var want []string
	for id := range strings.SplitSeq(row["en16931_rules"], ",") {
		if sampleDecides(id) {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	differ("rules", strings.Join(got.Rules, ","), strings.Join(slices.Compact(want), ","))
	return wrong
}

func sampleDate(text string) string {
	if len(text) == 8 {
		return text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	return text[:min(len(text), 10)]
}

// sampleDecides reports whether a rule of the index is a deciding one.
func sampleDecides(id string) bool {
	rest, ok := strings.CutPrefix(id, "BR-")
	if !ok {
		return false
	}
	head, number, two := strings.Cut(rest, "-")
	switch {
	case !two:
		return len(head) == 2 && (head >= "01" && head <= "16" || head >= "21" && head <= "27")
	case head == "CL":
		return false
	case head == "DEC":
		return true
	case head == "CO":
		return number >= "10" && number <= "18"
	}
	return number == "08" || number == "09"
}
