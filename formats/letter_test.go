package formats_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"comity/domain"
	"comity/formats"
)

// A placed is a text on a page, in millimetres from the upper left corner.
type placed struct {
	x, y int
	text string
}

var (
	pdfStream = regexp.MustCompile(`(?s)/Length (\d+)>>\nstream\n`)
	pdfText   = regexp.MustCompile(`(?s)BT (-?[0-9.]+) (-?[0-9.]+) Td \(((?:[^\\)]|\\.)*)\) ?Tj`)
	pdfBox    = regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`)
)

// pagesOf reads what stands on the pages of a PDF of ours.
func pagesOf(t testing.TB, pdf []byte) [][]placed {
	t.Helper()
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) || !bytes.HasSuffix(bytes.TrimSpace(pdf), []byte("%%EOF")) {
		t.Fatal("that is no PDF")
	}
	box := pdfBox.FindSubmatch(pdf)
	if box == nil {
		t.Fatal("the PDF has no page size")
	}
	high := points(string(box[2]))
	var pages [][]placed
	for _, found := range pdfStream.FindAllSubmatchIndex(pdf, -1) {
		length, err := strconv.Atoi(string(pdf[found[2]:found[3]]))
		if err != nil {
			t.Fatal(err)
		}
		reader, err := zlib.NewReader(bytes.NewReader(pdf[found[1] : found[1]+length]))
		if err != nil {
			continue // a font's table, which is not compressed
		}
		content, err := io.ReadAll(reader)
		if err != nil || !bytes.Contains(content, []byte(" Td (")) {
			continue
		}
		var page []placed
		for _, text := range pdfText.FindAllSubmatch(content, -1) {
			page = append(page, placed{points(string(text[1])), high - points(string(text[2])), utf16Text(text[3])})
		}
		pages = append(pages, page)
	}
	return pages
}

func points(text string) int {
	value, _ := strconv.ParseFloat(text, 64)
	return int(value * 25.4 / 72)
}

// utf16Text undoes the escapes of a string of a PDF.
func utf16Text(escaped []byte) string {
	var raw []byte
	for i := 0; i < len(escaped); i++ {
		if escaped[i] == '\\' {
			i++
			if escaped[i] == 'r' {
				raw = append(raw, '\r')
				continue
			}
		}
		raw = append(raw, escaped[i])
	}
	var units []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(units))
}

func textOf(page []placed) string {
	var texts []string
	for _, at := range page {
		texts = append(texts, at.text)
	}
	return strings.Join(texts, " ")
}

// aLetter is a letter of the usual kind.
func aLetter() formats.Letter {
	return formats.Letter{
		Paper: formats.PaperA4, Language: "en", Day: domain.MustDate("2026-02-05"), Subject: "Statement of 5 February 2026", Footer: "From Eastbrook Factors, LLC",
		From: []formats.Letterhead{{Name: "Eastbrook Factors, LLC", Lines: []string{"ana@eastbrook.example"}}},
		To:   []string{"Harbor & Pine Hotels, Inc.", "Dana Ruiz", "12 Long Quay", "Third floor", "Portland, ME 04101"},
		Parts: []formats.LetterPart{
			{Text: "Dear Dana Ruiz,"},
			{Kind: formats.LetterSignatures, Rows: [][]string{{"Eastbrook Factors, LLC"}}},
		},
	}
}

func printed(t testing.TB, l formats.Letter) []byte {
	t.Helper()
	pdf, err := l.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// TestATableGoesOnUnderItsHeading: 200 invoices stand on several pages, each under the heading
// and each once, and every page says which of how many it is, who writes and when.
func TestATableGoesOnUnderItsHeading(t *testing.T) {
	l := aLetter()
	rows := [][]string{{"Invoice", "For", "Open"}}
	for i := range 200 {
		rows = append(rows, []string{fmt.Sprintf("MP-%d", 1000+i), "4,000 menus and 600 room directories", "USD 10,000.00"})
	}
	l.Parts = append(l.Parts[:1:1], formats.LetterPart{Kind: formats.LetterTable, Rows: rows}, l.Parts[1])
	pages := pagesOf(t, printed(t, l))
	if len(pages) < 4 {
		t.Fatalf("200 invoices stand on %d pages", len(pages))
	}
	all := ""
	for i, page := range pages {
		text := textOf(page)
		all += text + " "
		for _, words := range []string{"Invoice For Open", fmt.Sprintf("Page %d of %d", i+1, len(pages)), "From Eastbrook Factors, LLC"} {
			if !strings.Contains(text, words) {
				t.Errorf("page %d does not say %q", i+1, words)
			}
		}
		if i > 0 && (!strings.Contains(text, "Statement of 5 February 2026") || !strings.Contains(text, "5 February 2026 ")) {
			t.Errorf("page %d does not say which letter it belongs to", i+1)
		}
	}
	for _, row := range rows[1:] {
		if n := strings.Count(all, row[0]+" "); n != 1 {
			t.Errorf("%s stands there %d times", row[0], n)
		}
	}
}

// TestALetterIsTheSameBytes: the digest of a letter says something.
func TestALetterIsTheSameBytes(t *testing.T) {
	first := printed(t, aLetter())
	for range 10 {
		if !bytes.Equal(first, printed(t, aLetter())) {
			t.Fatal("the same letter has other bytes when it is printed again")
		}
	}
	other := aLetter()
	other.Day = other.Day.Plus(1)
	if bytes.Equal(first, printed(t, other)) {
		t.Error("a letter of another day is the same")
	}
}

// TestALetterSaysWhatItIs holds what programs and screen readers ask a document for.
func TestALetterSaysWhatItIs(t *testing.T) {
	pdf := string(printed(t, aLetter()))
	title := ""
	for _, unit := range utf16.Encode([]rune("Statement of 5 February 2026")) {
		title += string([]byte{byte(unit >> 8), byte(unit)})
	}
	for _, words := range []string{"/Lang (en)", "/CreationDate (D:20260205120000)", "/ModDate (D:20260205120000)", title, "/FontFile2"} {
		if !strings.Contains(pdf, words) {
			t.Errorf("the document does not hold %q", words)
		}
	}
}

// TestWhatTheFontLacksIsSpelled: no letter of a name is left out in silence.
func TestWhatTheFontLacksIsSpelled(t *testing.T) {
	for name, want := range map[string]string{
		"Škoda Łódź Ærø Åse Ștefan Çelik Ġorġ Őry": "Škoda Łódź Ærø Åse Ștefan Çelik Ġorġ Őry",
		"Γεωργίου & Σία":                           "Γεωργίου & Σία",
		"Щербаков Їжак Ђорђе":                      "Щербаков Їжак Ђорђе",
		"Nguyễn":                                   "Nguyen", // as on a passport
		"Nguye\u0302\u0303n":                       "Nguyen",
		"漢字":                                       "[U+6F22][U+5B57]",
		"שלום":                                     "[U+05E9][U+05DC][U+05D5][U+05DD]",
		"👍🏽 ok":                                    "[U+1F44D][U+1F3FD] ok",
		"a\u202egnol\u2066b":                       "agnolb",
		"two\nlines\tand\x00":                      "two lines and",
		"<b>x</b> (\\) {nb}":                       "<b>x</b> (\\) {nb}",
		"½ №1 ①":                                   "½ №1 1",
		"bad \xff byte":                            "bad � byte",
		"no\u00a0break":                            "no\u00a0break",
	} {
		l := aLetter()
		l.Parts[0].Text = name
		if text := textOf(pagesOf(t, printed(t, l))[0]); !strings.Contains(text, want) {
			t.Errorf("%q is printed as %q, want %q", name, text, want)
		}
	}
}

// TestTheWindowShowsTheAddress: five lines stand where windows of envelopes are, and an address
// that is too long ends with an ellipsis inside it.
func TestTheWindowShowsTheAddress(t *testing.T) {
	for name, to := range map[string][]string{
		"five lines": aLetter().To,
		"too long":   {strings.Repeat("A very long name of a company ", 20), strings.Repeat("W", 200), "12 Long Quay"},
	} {
		for _, paper := range []formats.Paper{formats.PaperA4, formats.PaperLetter} {
			l := aLetter()
			l.Paper, l.To = paper, to
			shown := 0
			last := ""
			for _, at := range pagesOf(t, printed(t, l))[0] {
				if at.x == 25 && at.y > 63 && at.y < 90 {
					shown, last = shown+1, at.text
				}
			}
			if name == "five lines" && (shown != 5 || last != "Portland, ME 04101") || name == "too long" && (shown != 6 || !strings.HasSuffix(last, "…")) {
				t.Errorf("%s, %s: %d lines, the last is %q", name, paper, shown, last)
			}
		}
	}
}

// TestALetterStaysOnItsPage: whatever people are called, every text begins on the paper and
// above its foot, and nothing is lost.
func TestALetterStaysOnItsPage(t *testing.T) {
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft", 40)
	for _, paper := range []formats.Paper{formats.PaperA4, formats.PaperLetter} {
		l := aLetter()
		l.Paper, l.Subject = paper, "About "+long[:600]
		l.From = []formats.Letterhead{{Name: long, Lines: []string{long}}, {Name: "漢字" + strings.Repeat("漢", 80), Lines: []string{"a", "b", "c", "d", "e"}}}
		l.Parts = []formats.LetterPart{
			{Text: long},
			{Kind: formats.LetterFacts, Rows: [][]string{{long[:200], long}, {"", ""}}},
			{Kind: formats.LetterTable, Rows: [][]string{
				{"Invoice", "Order", "For", "Original due date", "Due since", "Invoiced", "Received or resting", "Open"},
				{long, "", strings.Repeat(long+" ", 20), "Wednesday 4 March 2026", "47 days ago", "USD 123,456,789.00", "USD 0.00", "USD 123,456,789.00"},
				{"short"},
			}},
			{Kind: formats.LetterTable},
			{Kind: formats.LetterTable, Rows: [][]string{{"only a heading"}}},
			{Kind: formats.LetterList, Rows: [][]string{{long}}},
			{Kind: formats.LetterSignatures, Rows: [][]string{{long[:300]}, {"b"}, {"c"}}},
		}
		pages := pagesOf(t, printed(t, l))
		high, letters := map[formats.Paper]int{formats.PaperA4: 297, formats.PaperLetter: 279}[paper], 0
		for i, page := range pages {
			for _, at := range page {
				if at.x < 20 || at.x > 195 || at.y < 15 || at.y > high-5 {
					t.Errorf("%s, page %d: %q stands at %d, %d", paper, i+1, at.text, at.x, at.y)
				}
				letters += strings.Count(at.text, "ff")
			}
		}
		if least := 40 * 20; letters < least {
			t.Errorf("%s: of the long cell only %d parts are printed", paper, letters)
		}
	}
}

// FuzzLetter: whatever is typed, a letter is printed, and its pages are counted.
func FuzzLetter(f *testing.F) {
	f.Add("Marlow", "Dear you,", "MP-1", "USD 1.00")
	f.Add("漢字\u202e", strings.Repeat("x", 5000), "\x00|", "(\\")
	f.Fuzz(func(t *testing.T, name, text, cell, other string) {
		if len(name)+len(text)+len(cell)+len(other) > 20_000 {
			t.Skip("longer than any form takes")
		}
		l := aLetter()
		l.From[0].Name, l.To, l.Subject = name, []string{name, cell}, text
		l.Parts = append(l.Parts, formats.LetterPart{Text: text}, formats.LetterPart{Kind: formats.LetterTable, Rows: [][]string{{name, cell}, {cell, other}, {other}}})
		pages := pagesOf(t, printed(t, l))
		if last := textOf(pages[len(pages)-1]); !strings.Contains(last, fmt.Sprintf("Page %d of %d", len(pages), len(pages))) {
			t.Errorf("the last of %d pages says %q", len(pages), last)
		}
	})
}
