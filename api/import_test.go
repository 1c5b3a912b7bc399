package api_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"comity/domain"
)

const historyHead = "invoice_id,debtor_id,amount,currency,issue_date,due_date,paid_date\n"

// upload hands a file in, reads it to the end and returns the import.
func (f *front) upload(token, query, file string) reply {
	f.Helper()
	made := f.must(202, token, "POST", "/v1/imports"+query, strings.NewReader(file))
	if made.text("state") != "queued" || made.header.Get("Location") != "/v1/imports/"+made.text("id") {
		f.Errorf("made %s", made.raw)
	}
	f.finish(made.text("id"))
	return f.must(200, token, "GET", "/v1/imports/"+made.text("id"), nil)
}

// rows returns an import's counts: read, good, bad, same.
func (r reply) rows() string {
	return fmt.Sprint(r.text("state"), " ", r.body["rows_read"], " ", r.body["rows_good"], " ", r.body["rows_bad"], " ", r.body["rows_same"])
}

// results returns an import's results as "line field rule".
func (f *front) results(token string, imp reply) string {
	f.Helper()
	var found []string
	rows, _ := f.must(200, token, "GET", "/v1/imports/"+imp.text("id")+"/results", nil).body["data"].([]any)
	for _, one := range rows {
		row, _ := one.(map[string]any)
		found = append(found, fmt.Sprint(row["line"], " ", row["field"], " ", row["rule"]))
	}
	return strings.Join(found, ", ")
}

func TestAnImportTakesWhatIsNewAndSaysWhatIsWrong(t *testing.T) {
	f := newFront(t)
	seller := f.join("seller", "Marlow")
	f.must(201, seller, "POST", "/v1/relationships", map[string]any{"code": "D1", "name": "Debtor One"})
	head := strings.TrimSpace(historyHead) + ",observed_until,extra\n"
	first := f.upload(seller, "", head+
		"A1,D1,100.00,USD,2025-01-01,2025-01-31,2025-02-02,2025-06-30,x\n"+ // paid
		"A2,D2,200.00,USD,2025-05-01,2025-05-31,,2025-06-30,x\n"+ // open, of a stranger
		"A3,D1,300.00,USD,2025-05-01,2025-05-31,,2025-06-30,x\n"+ // open
		"A4,D1,4.001,USD,2025-05-01,2025-05-31,,2025-06-30,x\n"+
		"A5,D1,5.00,USD,2025-05-01,2025-04-30,,2025-06-30,x\n"+
		"A1,D1,100.00,USD,2025-01-01,2025-01-31,2025-02-02,2025-06-30,x\n"+ // again
		"A1,D1,101.00,USD,2025-01-01,2025-01-31,2025-02-02,2025-06-30,x\n"+ // another amount
		"A6, ,1.00,USD,2025-01-01,2025-01-31,,,x\n")
	if got, want := first.rows(), "done 8 3 4 1"; got != want {
		t.Errorf("first: %s, want %s", got, want)
	}
	if got, want := f.results(seller, first), "5 amount not-an-amount, 6 due_date due-before-issue, 8 amount differs-from-before, 9 <nil> missing"; got != want {
		t.Errorf("first: %s\nwant %s", got, want)
	}
	stranger := f.must(200, seller, "GET", "/v1/relationships?code=D2", nil)
	if !strings.Contains(stranger.raw, `"name":"D2"`) || !strings.Contains(stranger.raw, `"identified":false`) {
		t.Errorf("the stranger is %s", stranger.raw)
	}
	second := f.upload(seller, "", head+
		"A1,D1,100.00,USD,2025-01-01,2025-01-31,2025-02-02,2025-12-31,x\n"+ // paid before, seen again later: the same
		"A1,D2,100.00,USD,2025-01-01,2025-01-31,2025-02-02,2025-12-31,x\n"+ // the same number of another debtor
		"A2,D2,200.00,USD,2025-05-01,2025-05-31,2025-08-01,2025-12-31,x\n"+ // now paid
		"A3,D1,300.00,USD,2025-05-01,2025-05-31,,2025-12-31,x\n"+ // still open, later
		"A3,D1,300.00,USD,2025-05-01,2025-05-31,,2025-06-30,x\n"+ // still open, earlier
		"A1,D1,100.00,USD,2025-01-01,2025-01-31,,2025-12-31,x\n") // paid before, now open
	if got, want := second.rows(), "done 6 3 1 2"; got != want {
		t.Errorf("second: %s, want %s", got, want)
	}
	if got, want := f.results(seller, second), "7 paid_date differs-from-before"; got != want {
		t.Errorf("second: %s, want %s", got, want)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM history`: 4,
		`SELECT count(*) FROM history WHERE invoice_ref = 'A2' AND paid_on = '2025-08-01' AND observed_until = '2025-12-31'`:                                                             1,
		`SELECT count(*) FROM history WHERE invoice_ref = 'A3' AND paid_on IS NULL AND observed_until = '2025-12-31'`:                                                                    1,
		`SELECT count(*) FROM history WHERE invoice_ref = 'A1' AND paid_on = '2025-02-02' AND amount_minor = 10000 AND seller_id = (SELECT id FROM organizations WHERE kind = 'seller')`: 2,
	} {
		if got := f.count(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	f := newFront(t)
	seller := f.join("seller", "Marlow")
	file := historyHead + "A1,D1,1.00,USD,2025-01-01,2025-01-31,\nA2,D1,x,USD,2025-01-01,2025-01-31,\nA1,D1,2.00,USD,2025-01-01,2025-01-31,\n"
	dry := f.upload(seller, "?dry_run=true", file)
	if got := dry.rows(); got != "done 3 1 2 0" || dry.body["dry_run"] != true {
		t.Errorf("dry run: %s", dry.raw)
	}
	if got, want := f.results(seller, dry), "3 amount not-an-amount, 4 amount differs-from-before"; got != want {
		t.Errorf("dry run: %s, want %s", got, want)
	}
	if n := f.count(`SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM relationships)`); n != 0 {
		t.Errorf("a dry run wrote %d rows", n)
	}
	if got := f.upload(seller, "", file).rows(); got != "done 3 1 2 0" {
		t.Errorf("in earnest: %s", got)
	}
}

func TestAFileWhoseRowsNobodyCanTellIsRefused(t *testing.T) {
	f := newFront(t)
	seller := f.join("seller", "Marlow")
	good := "A1,D1,1.00,USD,2025-01-01,2025-01-31,\n"
	tests := map[string]struct{ file, rows, reason string }{
		"semicolons":              {strings.ReplaceAll(historyHead+good, ",", ";"), "refused 0 0 0 0", "line 1: not-comma-separated"},
		"a missing column":        {"invoice_id,debtor_id\nA1,D1\n", "refused 0 0 0 0", "line 1: amount: missing-column"},
		"a quote that stays open": {historyHead + strings.Repeat(good, 3000) + `A2,"D1,1.00` + "\n", "refused 0 0 0 0", "line 3002: open-quote"},
		"nothing":                 {"", "refused 0 0 0 0", "line 1: empty-file"},
		"a header and no more":    {historyHead, "done 0 0 0 0", ""},
		"no good row":             {historyHead + "A1\n", "done 1 0 1 0", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := f.upload(seller, "", tc.file)
			if got.rows() != tc.rows || !strings.HasPrefix(got.text("reason"), tc.reason) || got.text("finished_at") == "" {
				t.Errorf("%s", got.raw)
			}
		})
	}
	if n := f.count(`SELECT count(*) FROM history`); n != 0 {
		t.Errorf("refused files left %d rows", n)
	}
}

func TestTheSameKeyAndBytesAreOneImport(t *testing.T) {
	f := newFront(t)
	seller := f.join("seller", "Marlow")
	file := historyHead + "A1,D1,1.00,USD,2025-01-01,2025-01-31,\n"
	first := f.must(202, seller, "POST", "/v1/imports", strings.NewReader(file), "Idempotency-Key", "i1")
	again := f.must(202, seller, "POST", "/v1/imports", strings.NewReader(file), "Idempotency-Key", "i1")
	if first.raw != again.raw {
		t.Errorf("made %s, replayed %s", first.raw, again.raw)
	}
	f.must(422, seller, "POST", "/v1/imports", strings.NewReader(file+"A2,D1,1.00,USD,2025-01-01,2025-01-31,\n"), "Idempotency-Key", "i1")
	f.must(422, seller, "POST", "/v1/imports?dry_run=true", strings.NewReader(file), "Idempotency-Key", "i1")
	f.must(400, seller, "POST", "/v1/imports", strings.NewReader(file), "Idempotency-Key", "")
	if n := f.count(`SELECT (SELECT count(*) FROM imports) * 10 + (SELECT count(*) FROM jobs WHERE kind = 'import')`); n != 11 {
		t.Errorf("%d (imports * 10 + jobs), want one of each", n)
	}
}

// rowsOf makes a history of n rows, all good, on the fly.
func rowsOf(n int) io.Reader {
	reader, writer := io.Pipe()
	go func() {
		_, err := io.WriteString(writer, historyHead)
		for i := 0; i < n && err == nil; i++ {
			_, err = fmt.Fprintf(writer, "INV-%07d,D%04d,%d.37,USD,2025-01-%02d,2025-02-%02d,2025-02-%02d\n", i, i%500, 100+i%9000, 1+i%28, 1+i%28, 1+i%27)
		}
		writer.CloseWithError(err)
	}()
	return reader
}

func TestAnImportGoesOnWhereItsWorkerDied(t *testing.T) {
	f := newFront(t)
	seller := f.join("seller", "Marlow")
	const n = 9_000
	made := f.must(202, seller, "POST", "/v1/imports", rowsOf(n))
	id, err := domain.ParseImportID(made.text("id"))
	if err != nil {
		t.Fatal(err)
	}
	for step := range 3 {
		if more, err := f.market.ImportBatch(t.Context(), domain.LiveWorld, id, time.Now()); err != nil || !more {
			t.Fatalf("step %d: %v, %v", step, more, err)
		}
	}
	if got := f.must(200, seller, "GET", "/v1/imports/"+made.text("id"), nil).rows(); got != "running 4000 4000 0 0" {
		t.Errorf("after three steps: %s", got)
	}
	// The worker dies in the middle of a step: everything that the step wrote is gone.
	owner := f.data.Owner(t)
	exec := func(query string) {
		t.Helper()
		if _, err := owner.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed'; END $$`)
	exec(`CREATE TRIGGER die BEFORE UPDATE ON imports FOR EACH ROW EXECUTE FUNCTION die()`)
	if _, err := f.market.ImportBatch(t.Context(), domain.LiveWorld, id, time.Now()); err == nil {
		t.Fatal("a killed step ends well")
	}
	if got := f.count(`SELECT count(*) FROM history`); got != 4_000 {
		t.Errorf("%d rows after the killed step, want 4,000", got)
	}
	exec(`DROP TRIGGER die ON imports`)
	f.finish(made.text("id"))
	if got := f.must(200, seller, "GET", "/v1/imports/"+made.text("id"), nil).rows(); got != "done 9000 9000 0 0" {
		t.Errorf("at the end: %s", got)
	}
	if got := f.count(`SELECT count(DISTINCT (relationship_id, invoice_ref)) FROM history`); got != n {
		t.Errorf("%d rows at the end, want %d", got, n)
	}
	f.finish(made.text("id")) // a job that is done twice does nothing
}

func TestAnImportOf50000RowsTakesSecondsAndLittleMemory(t *testing.T) {
	f := newFront(t)
	seller := f.join("seller", "Marlow")
	const n = 50_000
	began := time.Now()
	made := f.must(202, seller, "POST", "/v1/imports", rowsOf(n))
	staged := time.Since(began)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began = time.Now()
	f.finish(made.text("id"))
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := f.must(200, seller, "GET", "/v1/imports/"+made.text("id"), nil).rows(); got != "done 50000 50000 0 0" {
		t.Fatal(got)
	}
	t.Logf("staged in %v, read in %v: %d rows/s, heap grew by %d KiB", staged, took, int(n*time.Second/took), (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>10)
	again := time.Now()
	second := f.must(202, seller, "POST", "/v1/imports", rowsOf(n))
	f.finish(second.text("id"))
	if got := f.must(200, seller, "GET", "/v1/imports/"+second.text("id"), nil).rows(); got != "done 50000 0 0 50000" {
		t.Error(got)
	}
	t.Logf("the same file again: %v", time.Since(again))
}

func TestAFileThatIsTooLargeIsRefusedWhileItComes(t *testing.T) {
	f := newFront(t)
	seller := f.join("seller", "Marlow")
	endless := io.MultiReader(strings.NewReader(historyHead), io.LimitReader(zeros{}, 65<<20))
	f.must(413, seller, "POST", "/v1/imports", endless)
	if n := f.count(`SELECT count(*) FROM imports`); n != 0 {
		t.Errorf("%d imports", n)
	}
}

type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(into []byte) (int, error) { clear(into); return len(into), nil }
