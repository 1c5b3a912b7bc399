package formats

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// A Letter is a business letter as it is printed: one or two senders, one
// recipient, and what is said, part by part. Texts are plain; see [Letter.PDF].
type Letter struct {
	Paper    Paper
	Language string // BCP 47
	From     []Letterhead
	To       []string    // the lines of the window
	Day      domain.Date // of the letter; the document is made on it
	Facts    [][2]string // beside the window: a name and a value
	Subject  string
	Parts    []LetterPart
	Footer   string
}

// A Letterhead is the name of a sender, and its address or how to reach it.
type Letterhead struct {
	Name  string
	Lines []string
}

// A LetterPart is a paragraph, or rows of something.
type LetterPart struct {
	Kind LetterPartKind
	Text string     // of a paragraph
	Rows [][]string // of a table its heading first; of facts name and value; of a list and of signatures one cell each
}

// A LetterPartKind says how a part is set.
type LetterPartKind uint8

// The kinds of parts there are.
const (
	LetterParagraph LetterPartKind = iota
	LetterTable
	LetterFacts
	LetterList
	LetterSignatures
)

// The page, in hundredths of a millimetre. The window is where DIN 5008, form B,
// and the American number 10 envelope both show it, and the marks say where to
// fold for them.
const (
	left, right  = 2_500, 2_000 // margins
	headBaseline = 2_050
	headRule     = 3_600
	returnLine   = 5_750 // the sender, above the recipient
	windowTop    = 6_350 // first baseline a line below
	windowLine   = 420
	windowLines  = 6
	windowWidth  = 8_000
	factsLeft    = 12_500
	factsTop     = 5_750
	factsLine    = 430
	subjectTop   = 9_350
	nextPageTop  = 3_400
	bottom       = 2_500 // kept free for the foot
	tableSize    = 85
	tableLine    = 400
	cellGap      = 300 // between columns
	cellPad      = 110 // above and below a row
)

// A setting is the size of the letters, in tenths of a point, and how much room is
// between lines, between parts, and to sign in.
type setting struct{ body, line, gap, sign int }

var (
	usual = setting{100, 475, 300, 1_350}
	tight = setting{95, 425, 200, 1_000}
)

// PDF returns the letter as a PDF: the same bytes for the same letter. What the font
// has no shape for is spelled, never left out; see legible.
func (l Letter) PDF() ([]byte, error) {
	l = l.legible()
	chosen, pages := usual, l.typeset(usual, 0).page // a page says how many there are, so they are counted first
	if pages > 1 {
		if fewer := l.typeset(tight, 0).page; fewer < pages { // no page for a signature alone
			chosen, pages = tight, fewer
		}
	}
	return l.typeset(chosen, pages).bytes()
}

// legible returns the letter with texts that can be printed.
func (l Letter) legible() Letter {
	each := func(texts []string) []string {
		out := make([]string, len(texts))
		for i, text := range texts {
			out[i] = legible(text)
		}
		return out
	}
	l.From, l.Facts, l.Parts = slices.Clone(l.From), slices.Clone(l.Facts), slices.Clone(l.Parts)
	for i, head := range l.From {
		l.From[i] = Letterhead{legible(head.Name), each(head.Lines)}
	}
	for i, fact := range l.Facts {
		l.Facts[i] = [2]string{legible(fact[0]), legible(fact[1])}
	}
	for i, part := range l.Parts {
		rows := make([][]string, len(part.Rows))
		for n, row := range part.Rows {
			rows[n] = each(row)
		}
		l.Parts[i] = LetterPart{part.Kind, legible(part.Text), rows}
	}
	l.To, l.Subject, l.Footer = each(l.To), legible(l.Subject), legible(l.Footer)
	return l
}

// A typesetter is a letter on its way to paper.
type typesetter struct {
	*sheet
	setting
	letter Letter
	page   int
	pages  int // 0: not counted yet
	y      int // of what comes next
}

func (l Letter) typeset(chosen setting, pages int) *typesetter {
	t := &typesetter{sheet: newSheet(l.Paper, l.Day.At(12, 0, time.UTC)), setting: chosen, letter: l, pages: pages}
	t.describe(l.Subject, strings.Join(l.senders(), ", "), l.Footer, l.Language)
	t.firstPage()
	for i, part := range l.Parts {
		t.part(part, i+1 < len(l.Parts) && l.Parts[i+1].Kind == LetterSignatures)
	}
	return t
}

func (l Letter) senders() []string {
	var names []string
	for _, head := range l.From {
		names = append(names, head.Name)
	}
	return names
}

func (t *typesetter) firstPage() {
	t.font(t.body, "", "")
	t.newPage()
	t.page = 1
	t.letterheads()
	t.font(70, "", "grey")
	t.write(left, returnLine, t.atMost(strings.Join(t.letter.senders(), " · "), windowWidth))
	t.rule(left, returnLine+90, left+windowWidth, "rule", 15)
	t.window()
	y := factsTop - factsLine
	t.facts(t.letter.Facts, factsLeft, t.wide-right, 90, func() (int, bool) {
		y += factsLine
		return y, y < subjectTop
	})
	t.foot()
	t.y = subjectTop
	t.font(120, "B", "")
	for _, line := range t.lines(t.letter.Subject, t.measure()) {
		t.keep(570)
		t.y += 570
		t.write(left, t.y, line)
	}
	t.y += 2 * t.gap
}

// measure is how long a line of the letter is.
func (t *typesetter) measure() int { return t.wide - left - right }

// letterheads stand beside each other, divided by a rule from what is said.
func (t *typesetter) letterheads() {
	width := t.measure()
	if n := len(t.letter.From); n > 1 {
		width = (width - cellGap*(n-1)) / n
	}
	for i, head := range t.letter.From {
		x, y := left+i*(width+cellGap), headBaseline
		t.font(140, "B", "green")
		names := t.lines(head.Name, width)
		if len(names) > 2 {
			names = append(names[:1:1], t.atMost(strings.Join(names[1:], " "), width))
		}
		for _, line := range names {
			t.write(x, y, line)
			y += 560
		}
		t.font(80, "", "grey")
		for _, line := range head.Lines {
			if y > headRule-150 {
				break
			}
			t.write(x, y, t.atMost(line, width))
			y += 370
		}
	}
	t.rule(left, headRule, t.wide-right, "green", 35)
}

// window writes whom the letter goes to: what is too long for the window ends with
// an ellipsis.
func (t *typesetter) window() {
	t.font(t.body, "", "")
	var lines []string
	for _, line := range t.letter.To {
		lines = append(lines, t.lines(line, windowWidth)...)
	}
	if len(lines) > windowLines {
		lines[windowLines-1] = t.atMost(lines[windowLines-1]+" "+lines[windowLines]+"…", windowWidth)
		lines = lines[:windowLines]
	}
	for i, line := range lines {
		t.write(left, windowTop+(i+1)*windowLine, line)
	}
}

// facts writes names and values in two columns; next returns where the next line
// stands, and false when there is no room for it.
func (t *typesetter) facts(facts [][2]string, from, to, size int, next func() (int, bool)) {
	name := t.nameWidth(facts, size, (to-from)/2)
	for _, fact := range facts {
		t.font(size, "", "grey")
		names := t.lines(fact[0], name)
		t.font(size, "B", "")
		values := t.lines(fact[1], to-from-name-cellGap)
		for i := range max(len(names), len(values)) {
			y, room := next()
			if !room {
				return
			}
			if i < len(names) {
				t.font(size, "", "grey")
				t.write(from, y, names[i])
			}
			if i < len(values) {
				t.font(size, "B", "")
				t.write(from+name+cellGap, y, values[i])
			}
		}
	}
}

// nameWidth is how wide the column of the names is.
func (t *typesetter) nameWidth(facts [][2]string, size, most int) int {
	t.font(size, "", "grey")
	width := 0
	for _, fact := range facts {
		width = max(width, t.width(fact[0]))
	}
	return min(width, most)
}

// foot writes what stands at the bottom of every page, and the marks for folding.
func (t *typesetter) foot() {
	y := t.high - bottom + 900
	t.rule(left, y-450, t.wide-right, "rule", 15)
	t.font(75, "", "grey")
	number := fmt.Sprintf("Page %d of %d", t.page, t.pages)
	t.writeLeftOf(t.wide-right, y, number)
	lines := t.lines(t.letter.Footer, t.measure()-t.width(number)-3*cellGap)
	for i, line := range lines[:min(len(lines), 3)] {
		t.write(left, y+i*330, line)
	}
	folds := []int{10_500, 21_000}
	if t.letter.Paper == PaperLetter {
		folds = []int{t.high / 3, 2 * t.high / 3}
	}
	for _, fold := range folds {
		t.rule(400, fold, 800, "rule", 15)
	}
}

// turn begins the next page: who writes about what, in one line.
func (t *typesetter) turn() {
	size, weight, ink := t.size, t.boldness, t.ink
	t.newPage()
	t.page++
	t.font(80, "", "grey")
	date := t.letter.Day.Short()
	t.writeLeftOf(t.wide-right, 2_050, date)
	t.write(left, 2_050, t.atMost(strings.Join(t.letter.senders(), " · ")+" · "+t.letter.Subject, t.measure()-t.width(date)-2*cellGap))
	t.rule(left, 2_300, t.wide-right, "rule", 15)
	t.foot()
	t.y = nextPageTop
	t.font(size, weight, ink)
}

// room is how much is left on the page.
func (t *typesetter) room() int { return t.high - bottom - t.y }

// keep begins the next page when height does not fit on this one.
func (t *typesetter) keep(height int) {
	if t.room() < height && t.y > nextPageTop {
		t.turn()
	}
}

func (t *typesetter) part(part LetterPart, beforeSignatures bool) {
	switch part.Kind {
	case LetterTable:
		t.table(part.Rows)
	case LetterFacts:
		t.factsPart(part.Rows)
	case LetterList:
		for _, row := range part.Rows {
			t.text(row[0], "•", 600)
		}
	case LetterSignatures:
		t.signatures(part.Rows)
	case LetterParagraph:
		if beforeSignatures {
			t.keep(2*t.line + t.sign + 3*t.line) // a greeting and a name stay together
		}
		t.text(part.Text, "", 0)
	}
	t.y += t.gap
}

// text writes a paragraph, after a mark if there is one. A short one stays whole;
// of a long one two lines stay together.
func (t *typesetter) text(text, mark string, indent int) {
	t.font(t.body, "", "")
	lines := t.lines(text, t.measure()-indent)
	if len(lines) <= 4 {
		t.keep(len(lines) * t.line)
	}
	t.keep(2 * t.line)
	for i, line := range lines {
		if i == len(lines)-2 && i > 1 {
			t.keep(2 * t.line)
		}
		t.keep(t.line)
		t.y += t.line
		if i == 0 && mark != "" {
			t.write(left, t.y, mark)
		}
		t.write(left+indent, t.y, line)
	}
}

func (t *typesetter) factsPart(rows [][]string) {
	const indent = 600
	var facts [][2]string
	for _, row := range rows {
		facts = append(facts, [2]string{row[0], row[1]})
	}
	t.keep(min(len(facts), 8) * t.line)
	t.facts(facts, left+indent, t.wide-right, t.body, func() (int, bool) {
		t.keep(t.line)
		t.y += t.line
		return t.y, true
	})
}

// signatures leaves room to sign by hand above each name.
func (t *typesetter) signatures(rows [][]string) {
	width := (t.measure() - cellGap) / 2
	t.font(t.body, "", "")
	high := 0
	var names [][]string
	for _, row := range rows {
		names = append(names, t.lines(row[0], width))
		high = max(high, len(names[len(names)-1]))
	}
	t.keep(t.sign + high*t.line)
	for i, lines := range names {
		x := left + (i%2)*(width+cellGap)
		if i > 0 && i%2 == 0 {
			t.y += t.sign + high*t.line
			t.keep(t.sign + high*t.line)
		}
		t.rule(x, t.y+t.sign-t.line-80, x+min(width, 6_500), "rule", 15)
		for n, line := range lines {
			t.write(x, t.y+t.sign+n*t.line, line)
		}
	}
	t.y += t.sign + (high-1)*t.line
}
