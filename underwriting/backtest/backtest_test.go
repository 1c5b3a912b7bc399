package backtest_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

func TestTheFutureIsNotRead(t *testing.T) {
	csv := history(7, 60)
	train, updates, test := split(csv, cutDay)
	p := read(t, train, updates, test)
	m := fitted()
	all := backtest.Price(p, m, 2)
	byID := map[string]int{}
	for i, priced := range p.Priced {
		byID[priced.ID] = i
	}
	for _, day := range []string{"2024-08-01", "2024-08-05", "2024-08-15", "2024-08-30", "2024-09-13", "2024-10-07"} {
		known := read(t, until(train, day), updatesUntil(updates, day), until(test, day))
		compared := 0
		for i, result := range backtest.Price(known, m, 1) {
			id := known.Priced[i].ID
			if issued(test, id) != day {
				continue
			}
			compared++
			if result.PaidBy != all[byID[id]].PaidBy {
				t.Errorf("%s, issued %s: the curve changes when the future is deleted", id, day)
			}
		}
		if compared == 0 {
			t.Errorf("no invoice was issued on %s", day)
		}
	}
}

// until deletes every fact dated on a day or later, but for the issue of that day.
func until(csv, day string) string {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	kept := lines[:1]
	for _, line := range lines[1:] {
		f := strings.Split(line, ",")
		if f[4] > day {
			continue
		}
		if f[6] >= day {
			f[6] = ""
		}
		f[7] = "" // known after the fact
		kept = append(kept, strings.Join(f, ","))
	}
	return strings.Join(kept, "\n") + "\n"
}

func updatesUntil(csv, day string) string {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	kept := lines[:1]
	for _, line := range lines[1:] {
		if strings.Split(line, ",")[1] < day {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n") + "\n"
}

func issued(csv, id string) string {
	at := strings.Index(csv, id+",")
	return strings.Split(csv[at:], ",")[4]
}

func TestTheSameRowsGiveTheSameModel(t *testing.T) {
	train, _, _ := split(history(7, 60), cutDay)
	lines := strings.Split(strings.TrimSpace(train), "\n")
	fit := func(rows string) ([]byte, string) {
		p, err := backtest.Read([]backtest.Source{{Name: "train", Rows: strings.NewReader(rows)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, err := backtest.Fit(p)
		if err != nil {
			t.Fatal(err)
		}
		artefact, sum, err := m.Encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		return artefact, sum
	}
	first, sum := fit(strings.Join(lines, "\n"))
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines)-1, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
	second, _ := fit(strings.Join(lines, "\n"))
	if !bytes.Equal(first, second) {
		t.Error("a fit of the same rows in another order is another artefact")
	}
	if _, decoded, err := paytime.Decode(first, nil); err != nil || decoded != sum {
		t.Errorf("the artefact decodes as %s, %v", decoded, err)
	}
}

func TestAnEditedArtefactIsRefused(t *testing.T) {
	public, private, err := ed25519.GenerateKey(bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := fitted().Encode(func(content []byte) []byte { return ed25519.Sign(private, content) })
	if err != nil {
		t.Fatal(err)
	}
	unsigned, _, err := fitted().Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	verify := func(content, signature []byte) bool { return ed25519.Verify(public, content, signature) }
	for name, c := range map[string]struct {
		stored []byte
		verify func(content, signature []byte) bool
		good   bool
	}{
		"as it was made":       {unsigned, nil, true},
		"signed":               {signed, verify, true},
		"signature not asked":  {signed, nil, true},
		"not signed":           {unsigned, verify, false},
		"one digit changed":    {bytes.Replace(unsigned, []byte(`"rows":`), []byte(`"rows":1`), 1), nil, false},
		"signed, then changed": {bytes.Replace(signed, []byte(`"rows":`), []byte(`"rows":1`), 1), verify, false},
		"cut":                  {unsigned[:len(unsigned)/2], nil, false},
		"something else":       {[]byte(`{"model":{},"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}`), nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := paytime.Decode(c.stored, c.verify)
			if c.good != (err == nil) || err != nil && !errors.Is(err, paytime.ErrArtefact) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestCurvesAreDistributions(t *testing.T) {
	train, updates, test := split(history(7, 60), cutDay)
	p := read(t, train, updates, test)
	for i, r := range backtest.Price(p, fitted(), 2) {
		if !slices.IsSorted(r.PaidBy[:]) || r.PaidBy[0] < 0 || r.PaidBy[paytime.Days-1] > paytime.Million {
			t.Fatalf("%s: not a distribution", p.Priced[i].ID)
		}
		row := p.History.Rows[p.Priced[i].Row]
		if before := row.Issued - row.Due - 1; before >= paytime.FirstDay && r.PaidBy[before-paytime.FirstDay] != 0 {
			t.Fatalf("%s: paid before it is issued", p.Priced[i].ID)
		}
	}
}

func TestTheModelBeatsTheCurveOfEverybody(t *testing.T) {
	train, updates, test := split(history(11, 80), cutDay)
	p := read(t, train, updates, test)
	m, err := backtest.Fit(p)
	if err != nil {
		t.Fatal(err)
	}
	named := backtest.Named(p, backtest.Price(p, m, 2))
	if named["skill"] < .2 || math.IsNaN(named["AUC0"]) {
		t.Errorf("skill %v, AUC %v", named["skill"], named["AUC0"])
	}
}

func TestRowsThatMakeNoSenseAreRefused(t *testing.T) {
	const csv = `invoice_id,debtor_id,amount,currency,issue_date,due_date,paid_date,disputed,colour
A1,D1,100.00,EUR,2024-01-02,2024-02-01,2024-02-03,,red
A1,D1,100.00,EUR,2024-01-02,2024-02-01,2024-02-03,,red
A2,D1,100.00,EUR,2024-03-02,2024-02-01,,,red
A3,D1,-5.00,EUR,2024-01-02,2024-02-01,,,red
A4,D1,99999999999.00,EUR,2024-01-02,2024-02-01,,,red
A5,D1,100.00,USD,2024-01-02,2024-02-01,,,red
A6,D1,100.00,EUR,2024-01-02,2024-02-01,2023-12-31,,red
A7,D1,100.00,EUR,2024-01-02,2034-01-02,,,red
A8,D1,100.00,EUR,1980-01-02,1980-02-02,,,red
A9,D2,100.00,USD,2024-01-02,2024-02-01,,,
`
	p, err := backtest.Read([]backtest.Source{{Name: "file", Rows: strings.NewReader(csv)}},
		strings.NewReader("invoice_id,paid_date\nA9,2024-01-01\nA1,2024-05-05\nZZ,2024-05-05\nA9,someday\nA9,2024-05-05\n"))
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, refused := range p.Refused {
		rules = append(rules, refused.Rule)
	}
	want := []string{
		"duplicate", "due-before-issue", "amount-not-positive", "amount-absurd", "currency-mixed", "paid-before-issue", "term-too-long",
		"date-out-of-range", "paid-before-issue", "paid-already", "unknown-invoice", "not-a-date",
	}
	if !slices.Equal(rules, want) {
		t.Errorf("refused as %v, want %v", rules, want)
	}
	if p.Used["file"] != 2 || len(p.History.Rows) != 2 {
		t.Errorf("%d rows used", p.Used["file"])
	}
}

func TestAColumnThatTellsTheOutcomeIsNotUsed(t *testing.T) {
	train, updates, test := split(history(7, 60), cutDay)
	tell := func(csv string) string {
		lines := strings.Split(strings.TrimSpace(csv), "\n")
		lines[0] += ",clear_date,was_late"
		for i, line := range lines[1:] {
			f := strings.Split(line, ",")
			late := ""
			if f[6] != "" {
				late = "no"
				if f[6] > f[5] {
					late = "yes"
				}
			}
			lines[i+1] = line + "," + f[6] + "," + late
		}
		return strings.Join(lines, "\n") + "\n"
	}
	m, err := backtest.Fit(read(t, tell(train), updates, tell(test)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Columns {
		if c.Name == "clear_date" || c.Name == "was_late" {
			t.Errorf("%s is a column", c.Name)
		}
	}
}

func TestADebtorOfTwoSellersIsTwo(t *testing.T) {
	const csv = `invoice_id,seller_id,debtor_id,amount,currency,issue_date,due_date,paid_date,disputed
A1,S1,D1,100.00,EUR,2024-01-02,2024-02-01,2024-02-09,
A2,S1,D1,100.00,EUR,2024-03-04,2024-04-03,,
B1,S2,D1,100.00,USD,2024-03-05,2024-04-04,,
B2,S2,D2,100.00,USD,2024-01-03,2024-02-02,2024-02-01,
`
	p, err := backtest.Read([]backtest.Source{{Name: "file", Rows: strings.NewReader(csv), Price: true}}, nil)
	if err != nil || len(p.Refused) > 0 {
		t.Fatal(err, p.Refused)
	}
	known, late := map[string]int{}, map[string]int{}
	for _, priced := range p.Priced {
		var profile paytime.Profile
		var invoice paytime.Invoice
		p.History.Reader().Read(priced.Row, &profile, &invoice)
		known[priced.ID], late[priced.ID] = profile.Known, profile.Book.Late365
	}
	if known["A2"] != 1 || known["B1"] != 0 {
		t.Errorf("payments known: %v", known)
	}
	if late["A2"] != 1 || late["B1"] != 0 {
		t.Errorf("late ones in the seller's book: %v", late)
	}
}

func TestRowsWithoutAPaymentAreNotMeasured(t *testing.T) {
	train, updates, test := split(history(7, 60), cutDay)
	lines := strings.Split(strings.TrimSpace(test), "\n")
	for i := 2; i < len(lines); i += 3 {
		f := strings.Split(lines[i], ",")
		f[6] = ""
		lines[i] = strings.Join(f, ",")
	}
	p := read(t, train, updates, strings.Join(lines, "\n")+"\n")
	named := backtest.Named(p, backtest.Price(p, fitted(), 2))
	if named["n"]+named["unpaid"] != float64(len(p.Priced)) || named["unpaid"] < 50 || named["CRPS"] > 10 {
		t.Errorf("%v measured, %v not, CRPS %v", named["n"], named["unpaid"], named["CRPS"])
	}
	none := backtest.Named(p, nil)
	for name, v := range none {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%s of nothing is %v", name, v)
		}
	}
}

func TestAWrongObservationDayHarmsItsOwnRowOnly(t *testing.T) {
	train, _, _ := split(history(7, 60), cutDay)
	lines := strings.Split(strings.TrimSpace(train), "\n")
	lines[0] += ",observed_until"
	for i := range lines[1:] {
		lines[i+1] += ",2024-07-31"
	}
	fit := func() float64 {
		p, err := backtest.Read([]backtest.Source{{Name: "train", Rows: strings.NewReader(strings.Join(lines, "\n"))}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, err := backtest.Fit(p)
		if err != nil {
			t.Fatal(err)
		}
		return backtest.Named(p, backtest.Price(withTest(t, lines), m, 2))["CRPS"]
	}
	right := fit()
	lines[5] = strings.Replace(lines[5], "2024-07-31", "2098-07-31", 1)
	if wrong := fit(); math.Abs(wrong-right) > .05*right {
		t.Errorf("CRPS %v, with one typo %v", right, wrong)
	}
}

// withTest returns the held-out rows of the shared history, with a history.
func withTest(t *testing.T, lines []string) *backtest.Portfolio {
	t.Helper()
	_, updates, test := split(history(7, 60), cutDay)
	return read(t, strings.Join(lines, "\n"), updates, test)
}

func TestColumnsThatAreMissingDoNoHarm(t *testing.T) {
	train, updates, test := split(history(7, 60), cutDay)
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(test), "\n") {
		lines = append(lines, strings.Join(strings.Split(line, ",")[:8], ","))
	}
	p := read(t, train, updates, strings.Join(lines, "\n")+"\n")
	if len(p.Refused) > 0 {
		t.Fatalf("refused: %v", p.Refused[0])
	}
	if got := backtest.Measure(backtest.Price(p, fitted(), 1)); got.Rows != len(lines)-1 {
		t.Errorf("%d of %d rows priced", got.Rows, len(lines)-1)
	}
}
