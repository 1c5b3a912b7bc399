package formats_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

const (
	historyHead = "invoice_id,debtor_id,amount,currency,issue_date,due_date,paid_date,disputed,observed_until\n"
	historyGood = "A1,D1,100616.1,BRL,2026-01-01,2026-01-31,2026-02-03,0,2026-06-30\n"
)

// historyRead reads a whole file: its rows, and its refusals as "line column rule".
func historyRead(r io.Reader) (rows []formats.HistoryRow, refused []string, err error) {
	reader, err := formats.NewHistoryReader(r)
	if err != nil {
		return nil, nil, err
	}
	return historyRest(reader)
}

func historyRest(reader *formats.HistoryReader) (rows []formats.HistoryRow, refused []string, err error) {
	for {
		row, problem, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, refused, nil
		case err != nil:
			return rows, refused, err
		case problem != nil:
			refused = append(refused, strings.TrimSpace(problem.Error()))
		default:
			rows = append(rows, row)
		}
	}
}

func TestAHistoryRowIsReadWithEveryValue(t *testing.T) {
	day := domain.MustDate
	tests := map[string]struct {
		row  string
		want formats.HistoryRow
	}{
		"paid": {historyGood, formats.HistoryRow{
			Line: 2, InvoiceID: "A1", DebtorID: "D1", Amount: money.Minor(10061610, "BRL"),
			Issued: day("2026-01-01"), Due: day("2026-01-31"), Paid: day("2026-02-03"), ObservedUntil: day("2026-06-30"),
		}},
		"open, due on the day of issue, disputed": {"A1,D1,7,JPY,2026-01-01,2026-01-01,,1,2026-06-30\n", formats.HistoryRow{
			Line: 2, InvoiceID: "A1", DebtorID: "D1", Amount: money.Minor(7, "JPY"), Disputed: true,
			Issued: day("2026-01-01"), Due: day("2026-01-01"), ObservedUntil: day("2026-06-30"),
		}},
		"quoted, with a comma, a quote and a formula": {`"=A,""1""",D 1,"1.00",EUR,2026-01-01,2026-01-31,,,` + "\n", formats.HistoryRow{
			Line: 2, InvoiceID: `=A,"1"`, DebtorID: "D 1", Amount: eur(100), Issued: day("2026-01-01"), Due: day("2026-01-31"),
		}},
		"after empty lines, without an end of line": {"\n\r\n" + strings.TrimSpace(historyGood), formats.HistoryRow{
			Line: 4, InvoiceID: "A1", DebtorID: "D1", Amount: money.Minor(10061610, "BRL"),
			Issued: day("2026-01-01"), Due: day("2026-01-31"), Paid: day("2026-02-03"), ObservedUntil: day("2026-06-30"),
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			rows, refused, err := historyRead(strings.NewReader(historyHead + tc.row))
			if err != nil || refused != nil {
				t.Fatal(err, refused)
			}
			if diff := cmp.Diff([]formats.HistoryRow{tc.want}, rows, bankValues); diff != "" {
				t.Errorf("rows differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestABadRowIsRefusedAndItsNeighboursAreNot(t *testing.T) {
	change := func(old, to string) string { return strings.Replace(historyGood, old, to, 1) }
	tests := map[string]struct {
		row, want string // want begins the refusal
	}{
		"no invoice id":             {change("A1", ""), "line 3, invoice_id: missing"},
		"no debtor":                 {change("D1", ""), "line 3, debtor_id: missing"},
		"no amount":                 {change("100616.1", ""), "line 3, amount: missing"},
		"no due date":               {change("2026-01-31", ""), "line 3, due_date: missing"},
		"a day that is none":        {change("2026-01-31", "2026-02-30"), "line 3, due_date: not-a-date"},
		"an American date":          {change("2026-01-31", "01/31/2026"), "line 3, due_date: not-a-date"},
		"a third decimal":           {change("100616.1", "1.005"), "line 3, amount: not-an-amount"},
		"a decimal comma":           {change("100616.1", `"1,00"`), "line 3, amount: not-an-amount"},
		"an exponent":               {change("100616.1", "1e3"), "line 3, amount: not-an-amount"},
		"a currency sign":           {change("100616.1", "$1.00"), "line 3, amount: not-an-amount"},
		"nothing owed":              {change("100616.1", "0.00"), "line 3, amount: amount-not-positive"},
		"a credit note":             {change("100616.1", "-5.00"), "line 3, amount: amount-not-positive"},
		"more than there is":        {change("100616.1", "99999999999999999.00"), "line 3, amount: amount-too-large"},
		"a currency nobody keeps":   {change("BRL", "XAU"), "line 3, currency: currency-unknown"},
		"a currency in lower case":  {change("BRL", "brl"), "line 3, currency: currency-unknown"},
		"due before issue":          {change("2026-01-31", "2025-12-31"), "line 3, due_date: due-before-issue"},
		"paid before issue":         {change("2026-02-03", "2025-12-31"), "line 3, paid_date: paid-before-issue"},
		"observed before issue":     {change("2026-02-03,0,2026-06-30", ",0,2025-01-01"), "line 3, observed_until: observed-before-issue"},
		"a flag that is none":       {change(",0,", ",perhaps,"), "line 3, disputed: not-a-flag"},
		"200 characters are enough": {change("A1", strings.Repeat("ü", 201)), "line 3, invoice_id: text-too-long"},
		"Latin-1":                   {change("A1", "caf\xe9"), "line 3, invoice_id: not-utf8"},
		"a NUL":                     {change("D1", "D\x001"), "line 3, debtor_id: control-character"},
		"a tab before a formula":    {change("A1", "\t=1+1"), "line 3, invoice_id: control-character"},
		"a line break in a field":   {change("A1", "\"A\n1\""), "line 3, invoice_id: control-character"},
		"a field too few":           {change(",2026-06-30", ""), "line 3: too-few-fields"},
		"a field too many":          {change("A1", "A1,A2"), "line 3: too-many-fields"},
		"a quote in the middle":     {change("A1", `A"1`), "line 3: bare-quote"},
		"a field of a megabyte":     {change("A1", strings.Repeat("x", 1<<20)), "line 3: field-too-large"},
		"a field of 70,000 bytes":   {change("A1", strings.Repeat("x", 70_000)), "line 3: field-too-large"},
		"fields of 60,000 bytes":    {strings.Repeat(strings.Repeat("x", 60_000)+",", 5) + "\n", "line 3: row-too-large"},
		"a million commas":          {strings.Repeat(",", 1<<20) + "\n", "line 3: row-too-large"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			rows, refused, err := historyRead(strings.NewReader(historyHead + historyGood + tc.row + historyGood))
			if err != nil {
				t.Fatal(err)
			}
			if len(refused) != 1 || !strings.HasPrefix(refused[0], tc.want+": ") {
				t.Errorf("refused %.300q, want one that begins %q", refused, tc.want)
			}
			if len(rows) != 2 || rows[1].InvoiceID != "A1" {
				t.Errorf("%d good rows, want the two around it", len(rows))
			}
		})
	}
}

func TestAFileWhoseRowsNobodyCanTellIsRefusedWhole(t *testing.T) {
	tests := map[string]struct{ file, want string }{
		"nothing at all":             {"", "line 1: empty-file"},
		"only a byte order mark":     {"\ufeff", "line 1: empty-file"},
		"semicolons":                 {"\ufeff" + strings.ReplaceAll(historyHead, ",", ";"), "line 1: not-comma-separated"},
		"tabs":                       {strings.ReplaceAll(historyHead, ",", "\t"), "line 1: not-comma-separated"},
		"a column is missing":        {strings.Replace(historyHead, "due_date,", "", 1), "line 1: due_date: missing-column"},
		"a column twice":             {strings.Replace(historyHead, "disputed", "amount", 1), "line 1: amount: duplicate-column"},
		"an unknown column twice":    {"x,x," + historyHead, "line 1: x: duplicate-column"},
		"UTF-16":                     {"\xff\xfei\x00n\x00", "line 1: not-utf8"},
		"a header of a megabyte":     {strings.Repeat("x", 1<<20), "line 1: not-a-header"},
		"a quote that never closes":  {historyHead + historyGood + `A1,"D1,100` + "\n" + historyGood, "line 3: open-quote"},
		"a quote closed by the next": {historyHead + "A1,\"D1,100\nA1,\"D1\",1\n", "line 2: text-after-quote"},
		"a quote around a megabyte":  {historyHead + `"` + strings.Repeat("x\n", 1<<20) + `"`, "line 2: open-quote"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := historyRead(strings.NewReader(tc.file))
			var refused *formats.FileError
			if !errors.As(err, &refused) || !strings.HasPrefix(refused.Error(), tc.want) {
				t.Errorf("got %v, want a refusal that begins %q", err, tc.want)
			}
		})
	}
}

func TestEndsOfLinesMayBeOfAnyKind(t *testing.T) {
	file := historyHead + historyGood + "A2,\"D\n2\",1\n" + historyGood
	want, wantRefused, err := historyRead(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 2 || len(wantRefused) != 1 || want[1].Line != 5 {
		t.Fatalf("read %+v and refused %q", want, wantRefused)
	}
	for name, end := range map[string]string{"CR and LF": "\r\n", "CR alone": "\r"} {
		t.Run(name, func(t *testing.T) {
			changed := strings.ReplaceAll(file, "\n", end)
			got, refused, err := historyRead(iotest.OneByteReader(strings.NewReader(changed)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, bankValues); diff != "" || !slices.Equal(refused, wantRefused) {
				t.Errorf("read differs (-LF +%s):\n%s\n%q", name, diff, refused)
			}
		})
	}
}

func TestColumnsStandInAnyOrderAndStrangersAreNamedOnce(t *testing.T) {
	file := " Amount ,zip2,currency,invoice_id,debtor_id,due_date,issue_date,paid_date,rate_pct\n" +
		"1.00,27,EUR,A1,D1,2026-01-31,2026-01-01,,\xff\n"
	reader, err := formats.NewHistoryReader(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if got := reader.Header().Ignored(); !slices.Equal(got, []string{"zip2", "rate_pct"}) {
		t.Errorf("ignored %q", got)
	}
	rows, refused, err := historyRest(reader)
	if err != nil || refused != nil || len(rows) != 1 || rows[0].Amount != eur(100) || rows[0].DebtorID != "D1" {
		t.Errorf("read %+v, refused %q, error %v", rows, refused, err)
	}
}

func TestAHistoryCanBeResumedAfterAnyRow(t *testing.T) {
	file := strings.ReplaceAll("\ufeff"+historyHead+historyGood+"bad\n\n"+historyGood+"\"A\n1\",\n"+historyGood, "\n", "\r\n")
	reader, err := formats.NewHistoryReader(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	wantRows, wantRefused, err := historyRead(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for seen := 0; ; {
		at := reader.Position()
		if reader.Offset() != at.Offset {
			t.Fatalf("Offset() = %d, Position() = %+v", reader.Offset(), at)
		}
		resumed, err := formats.ResumeHistory(reader.Header(), strings.NewReader(file[at.Offset:]), at)
		if err != nil {
			t.Fatal(err)
		}
		rows, refused, err := historyRest(resumed)
		if err != nil {
			t.Fatal(err)
		}
		if resumed.Offset() != int64(len(file)) {
			t.Errorf("after resuming at %+v the end is at %d of %d", at, resumed.Offset(), len(file))
		}
		if diff := cmp.Diff(wantRows[len(wantRows)-len(rows):], rows, bankValues); diff != "" {
			t.Errorf("resumed at %+v, rows differ:\n%s", at, diff)
		}
		if diff := cmp.Diff(wantRefused[len(wantRefused)-len(refused):], refused, bankValues); diff != "" {
			t.Errorf("resumed at %+v, refusals differ:\n%s", at, diff)
		}
		if len(rows)+len(refused)+seen != len(wantRows)+len(wantRefused) {
			t.Errorf("resumed at %+v after %d rows: %d rows and %d refusals", at, seen, len(rows), len(refused))
		}
		if _, _, err := reader.Next(); errors.Is(err, io.EOF) {
			return
		}
		seen++
	}
}

func TestASourceThatFailsIsNoEndOfFile(t *testing.T) {
	broken := errors.New("connection lost")
	for name, begun := range map[string]string{"in a row": "A1,D", "in a quote": `"A`, "between rows": ""} {
		t.Run(name, func(t *testing.T) {
			source := io.MultiReader(strings.NewReader(historyHead+historyGood+begun), iotest.ErrReader(broken))
			rows, _, err := historyRead(source)
			if !errors.Is(err, broken) || len(rows) != 1 {
				t.Errorf("%d rows and error %v", len(rows), err)
			}
		})
	}
}

func TestRealHistoriesAndHostileTables(t *testing.T) {
	samples := os.Getenv("COMITY_SAMPLES")
	if samples == "" {
		t.Skip("COMITY_SAMPLES names no folder with hostile tables: skipped")
	}
	hostile, err := filepath.Glob(filepath.Join(samples, "hostile", "*.csv"))
	if err != nil || len(hostile) == 0 {
		t.Fatal("no hostile tables", err)
	}
	for _, file := range hostile {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// As they are, they have other columns; with ours, their rows are tried.
		_, _, asIs := historyRead(bytes.NewReader(data))
		_, rest, _ := bytes.Cut(bytes.ReplaceAll(data, []byte("\r"), []byte("\n")), []byte("\n"))
		rows, refused, err := historyRead(io.MultiReader(strings.NewReader(historyHead), bytes.NewReader(rest)))
		t.Logf("%s: %v; its rows: %d read, %d refused %q, %v", filepath.Base(file), asIs, len(rows), len(refused), refused, err)
		if asIs == nil || len(rows) > 0 {
			t.Errorf("%s is taken for a history", file)
		}
	}
	histories, err := filepath.Glob(filepath.Join(samples, "..", "data", "*_train.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range histories {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, refused, err := historyRead(bytes.NewReader(data))
		if err != nil || len(refused) > 0 || len(rows) != bytes.Count(data, []byte("\n"))-1 {
			t.Errorf("%s: %d rows, refused %q, error %v", file, len(rows), refused, err)
		}
		t.Logf("%s: %d rows", filepath.Base(file), len(rows))
	}
}

func FuzzHistoryReader(f *testing.F) {
	f.Add([]byte(historyHead + historyGood))
	f.Add([]byte(strings.ReplaceAll(historyHead+historyGood+historyGood, "\n", "\r")))
	f.Add([]byte(historyHead + "\"a\"\"\r\nb\",\n\"open"))
	f.Fuzz(func(t *testing.T, data []byte) {
		reader, err := formats.NewHistoryReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		last := reader.Position()
		for {
			row, _, err := reader.Next()
			at := reader.Position()
			if at.Offset < last.Offset || at.Line < last.Line || at.Offset > int64(len(data)) {
				t.Fatalf("the position went from %+v to %+v of %d bytes", last, at, len(data))
			}
			if err != nil {
				return
			}
			if row.Line > 0 && (!row.Amount.Positive() || row.InvoiceID == "" || row.Issued.IsZero()) {
				t.Fatalf("a row that breaks the rules: %+v", row)
			}
			last = at
		}
	})
}

func BenchmarkHistoryReader(b *testing.B) {
	const rows = 10_000
	file := historyHead + strings.Repeat(historyGood, rows)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		read, refused, err := historyRead(strings.NewReader(file))
		if err != nil || len(refused) > 0 || len(read) != rows {
			b.Fatal(len(read), refused, err)
		}
	}
}
