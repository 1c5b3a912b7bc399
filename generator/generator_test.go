package generator_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"comity/domain"
	"comity/formats"
	"comity/generator"
)

// small is a portfolio for rules that hold for all.
var small = generator.Config{Seed: 7, Debtors: 60, Months: 9, Start: domain.MustDate("2024-01-31"), Profile: generator.Mixed}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func fileOf(c generator.Config) []byte {
	var file bytes.Buffer
	if err := generator.WriteCSV(&file, must(generator.New(c)).Invoices()); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// rowsOf reads a file as an import does; it has no row that is refused.
func rowsOf(file []byte) []formats.HistoryRow {
	reader := must(formats.NewHistoryReader(bytes.NewReader(file)))
	var rows []formats.HistoryRow
	for {
		row, refused, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return rows
		case err != nil:
			panic(err)
		case refused != nil:
			panic(refused)
		}
		rows = append(rows, row)
	}
}

func TestASeedGivesTheSameBytesEverywhere(t *testing.T) {
	for seed, want := range map[uint64]string{
		1:       "b4075a1b373455d32fbc7b9b205da1afad50d1c0acac7c1279413dbb7963a558",
		2:       "8ab838144730478b366f83eb133771ea4cd29e1f780b70ada73967c59aeb0e07",
		1 << 63: "3b3aa8086ff5493928835a557cd7ca3569ea5ae9ee6728a2cd657bd28d733462",
	} {
		c := small
		c.Seed = seed
		sum := sha256.Sum256(fileOf(c))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("seed %d gives %s, want %s", seed, got, want)
		}
	}
}

func TestAPortfolioYieldsTheSameInvoicesEachTime(t *testing.T) {
	p := must(generator.New(small))
	for range p.Invoices() {
		break
	}
	first, second := slices.Collect(p.Invoices()), slices.Collect(p.Invoices())
	if len(first) == 0 || !slices.Equal(first, second) {
		t.Errorf("%d invoices, then %d others", len(first), len(second))
	}
}

func TestInvoicesComeInTheOrderOfIssue(t *testing.T) {
	last := small.Start
	number := 0
	for inv := range must(generator.New(small)).Invoices() {
		number++
		if inv.Issued.Before(last) || inv.Number != number {
			t.Fatalf("%s, the %dth, is issued on %s, after one of %s", inv.ID(), number, inv.Issued, last)
		}
		last = inv.Issued
	}
	if end := domain.MustDate("2024-11-02"); !last.Before(end) { // nine months after 31 January, and Sunday's may be Monday's
		t.Errorf("the last is of %s", last)
	}
}

func TestInvoicesArePaidOnWorkingDaysAndNotBeforeIssue(t *testing.T) {
	rows := rowsOf(fileOf(small))
	weekend := 0
	for _, row := range rows {
		if row.Paid.IsZero() || row.Paid.Before(row.Issued) || row.Due.Before(row.Issued) {
			t.Errorf("line %d: issued %s, due %s, paid %s", row.Line, row.Issued, row.Due, row.Paid)
		}
		if day := row.Paid.Weekday(); day == time.Saturday || day == time.Sunday {
			weekend++
		}
	}
	if weekend*100 > len(rows) {
		t.Errorf("%d of %d are paid on a weekend", weekend, len(rows))
	}
}

func TestAsManyInvoicesAsAskedFor(t *testing.T) {
	for _, profile := range []generator.Profile{generator.DayDue, generator.Runs, generator.Mixed} {
		for _, want := range []int{1, 17, 60, 61, 5_000} {
			for _, debtors := range []int{1, 2, 60} {
				c := small
				c.Profile, c.Invoices, c.Debtors = profile, want, debtors
				if got := len(rowsOf(fileOf(c))); got != want {
					t.Errorf("%s, %d debtors: %d invoices, want %d", profile, debtors, got, want)
				}
			}
		}
	}
}

func TestHalfOfAMixedPortfolioIsOfEachProfile(t *testing.T) {
	count := map[generator.Profile]int{}
	for _, d := range must(generator.New(small)).Debtors() {
		count[d.Habit.Profile]++
	}
	if count[generator.DayDue] != 30 || count[generator.Runs] != 30 {
		t.Error(count)
	}
}

func TestUnpaidInvoicesAreOnlyThereWhenAskedFor(t *testing.T) {
	for ppm, want := range map[int]bool{0: false, 100_000: true, 1_000_000: true} {
		c := small
		c.UnpaidPPM = ppm
		rows := rowsOf(fileOf(c))
		unpaid := 0
		for _, row := range rows {
			if row.Paid.IsZero() {
				unpaid++
			}
		}
		if unpaid > 0 != want || (ppm == 1_000_000 && unpaid < len(rows)) {
			t.Errorf("%d ppm: %d of %d are unpaid", ppm, unpaid, len(rows))
		}
	}
}

func TestWhatCannotBeMadeIsRefused(t *testing.T) {
	for want, change := range map[string]func(*generator.Config){
		"0 debtors":       func(c *generator.Config) { c.Debtors = 0 },
		"0 months":        func(c *generator.Config) { c.Months = 0 },
		"-1 invoices":     func(c *generator.Config) { c.Invoices = -1 },
		"in a million":    func(c *generator.Config) { c.UnpaidPPM = 1_000_001 },
		"no first day":    func(c *generator.Config) { c.Start = domain.Date{} },
		"pass 2190-01-01": func(c *generator.Config) { c.Start = domain.MustDate("2189-12-01") },
		`profile "net"`:   func(c *generator.Config) { c.Profile = "net" },
	} {
		c := small
		change(&c)
		if _, err := generator.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func BenchmarkWriteCSV(b *testing.B) {
	c := generator.Config{Seed: 1, Debtors: 980, Months: 28, Start: domain.MustDate("2023-01-02"), Profile: generator.DayDue}
	p := must(generator.New(c))
	rows := 0
	b.ReportAllocs()
	for b.Loop() {
		counted := func(yield func(generator.Invoice) bool) {
			for inv := range p.Invoices() {
				rows++
				if !yield(inv) {
					return
				}
			}
		}
		if err := generator.WriteCSV(io.Discard, counted); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
