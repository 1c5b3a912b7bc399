package formats

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// A Paper is the size of a sheet.
type Paper string

// The sheets that letters are printed on.
const (
	PaperA4     Paper = "A4"
	PaperLetter Paper = "Letter" // of the United States and Canada
)

// A sheet is a PDF in the making, and the only place where a length becomes the
// floating-point number that the PDF library wants. Everybody else counts
// hundredths of a millimetre in whole numbers, so that lines and pages break in
// the same place on every machine.
type sheet struct {
	pdf           *fpdf.Fpdf
	wide, high    int
	size          int // of the font in use, in tenths of a point
	boldness, ink string
}

const fontFamily = "go"

// newSheet begins a document whose bytes depend on its content and day alone.
func newSheet(paper Paper, at time.Time) *sheet {
	s := &sheet{wide: 21_000, high: 29_700}
	if paper == PaperLetter {
		s.wide, s.high = 21_590, 27_940
	}
	s.pdf = fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: mm(s.wide), Ht: mm(s.high)}})
	s.pdf.SetAutoPageBreak(false, 0)
	s.pdf.SetCatalogSort(true)
	s.pdf.SetCreationDate(at)
	s.pdf.SetModificationDate(at)
	s.pdf.SetProducer("Comity", true)
	s.pdf.AddUTF8FontFromBytes(fontFamily, "", bytes.Clone(goregular.TTF)) // the library works inside the bytes
	s.pdf.AddUTF8FontFromBytes(fontFamily, "B", bytes.Clone(gobold.TTF))
	return s
}

func mm(hundredths int) float64 { return float64(hundredths) / 100 }

func (s *sheet) describe(title, author, subject, language string) {
	s.pdf.SetTitle(title, true)
	s.pdf.SetAuthor(author, true)
	s.pdf.SetSubject(subject, true)
	s.pdf.SetLang(language)
}

// inks are the colours that are used, dark enough for a fax and a copier.
var inks = map[string][3]int{"": {0x1d, 0x24, 0x20}, "grey": {0x59, 0x63, 0x5a}, "rule": {0xb9, 0xc0, 0xb6}, "green": {0x1f, 0x5a, 0x43}}

// font chooses a size in tenths of a point, a weight ("" or "B") and an ink.
func (s *sheet) font(size int, weight, ink string) {
	s.size, s.boldness, s.ink = size, weight, ink
	s.pdf.SetFont(fontFamily, weight, float64(size)/10)
	s.pdf.SetTextColor(inks[ink][0], inks[ink][1], inks[ink][2])
}

func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.font(s.size, s.boldness, s.ink)
}

// write writes text that is [legible] with its baseline at y.
func (s *sheet) write(x, y int, text string) {
	if text != "" {
		s.pdf.Text(mm(x), mm(y), text)
	}
}

// writeLeftOf writes text that ends at x.
func (s *sheet) writeLeftOf(x, y int, text string) { s.write(x-s.width(text), y, text) }

func (s *sheet) rule(x, y, to int, ink string, width int) {
	s.pdf.SetDrawColor(inks[ink][0], inks[ink][1], inks[ink][2])
	s.pdf.SetLineWidth(mm(width))
	s.pdf.Line(mm(x), mm(y), mm(to), mm(y))
}

// width returns how wide a text is in the font in use, rounded up.
func (s *sheet) width(text string) int { return int(s.pdf.GetStringWidth(text)*100) + 1 }

// lines breaks a text into lines of a width: between words, and inside a word that
// is wider than a line.
func (s *sheet) lines(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == '\n' }) {
		if line != "" && s.width(line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; s.width(line) > width; {
			cut := s.fits(line, width)
			lines, line = append(lines, line[:cut]), line[cut:]
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// fits returns how many bytes of a word fit into a width: those of one letter at
// least.
func (s *sheet) fits(word string, width int) int {
	cut := 0
	for i, r := range word {
		end := i + len(string(r))
		if cut > 0 && s.width(word[:end]) > width {
			break
		}
		cut = end
	}
	return cut
}

// atMost returns a text that is not wider than one line: what is too long ends with
// an ellipsis.
func (s *sheet) atMost(text string, width int) string {
	if s.width(text) <= width {
		return text
	}
	return strings.TrimRight(text[:s.fits(text, width-s.width("…"))], " ") + "…"
}

func (s *sheet) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return out.Bytes(), nil
}

// drawable says which letters both fonts have: those of the languages that are
// written in Latin, Greek and Cyrillic script in Europe.
var drawable = sync.OnceValue(func() func(rune) bool {
	regular, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic(err) // it is compiled in
	}
	bold, err := sfnt.Parse(gobold.TTF)
	if err != nil {
		panic(err)
	}
	return func(r rune) bool {
		var buffer sfnt.Buffer
		inRegular, err := regular.GlyphIndex(&buffer, r)
		if err != nil || inRegular == 0 {
			return false
		}
		inBold, err := bold.GlyphIndex(&buffer, r)
		return err == nil && inBold != 0
	}
})

// legible returns a text as it can be printed. A letter that the font lacks is
// never left out: it stands without its accents when they are all that is
// missing, as on a passport, and else as its number in Unicode, such as [U+6F22].
// What has no shape (line breaks, marks of direction) is a space or nothing.
func legible(text string) string {
	has := drawable()
	var out strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD")) {
		switch {
		case r == '\u00a0' || has(r) && unicode.IsPrint(r):
			out.WriteRune(r)
		case unicode.IsSpace(r) || unicode.IsControl(r):
			out.WriteByte(' ')
		case unicode.In(r, unicode.Cf, unicode.M):
		default:
			out.WriteString(spelled(r, has))
		}
	}
	return strings.Join(strings.FieldsFunc(out.String(), func(r rune) bool { return r == ' ' }), " ")
}

// spelled writes a letter that the font lacks.
func spelled(r rune, has func(rune) bool) string {
	var bare strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		switch {
		case unicode.Is(unicode.M, part):
		case has(part):
			bare.WriteRune(part)
		default:
			return fmt.Sprintf("[U+%04X]", r)
		}
	}
	return bare.String()
}
