package collections

import (
	"strings"
	"unicode/utf8"
)

// A block is one part of a letter. Letters are written once, as text; both what
// is sent as text and what is sent as HTML are made of its blocks, so that they
// cannot say different things. A line that begins with "| " is a row of a table,
// "= " a fact, "- " an item of a list, "> " the debtor's link, "~ " who signs.
type block struct {
	Kind string // "", "table", "facts", "list", "link" or "signed"
	Text string
	Rows [][]string // of who signs: the words before the name, and the name
}

var marks = map[string]string{"| ": "table", "= ": "facts", "- ": "list", "> ": "link", "~ ": "signed"}

// blocksOf reads a written letter.
func blocksOf(written string) []block {
	var blocks []block
	fresh := true
	for line := range strings.Lines(written) {
		line = strings.TrimSpace(line)
		if line == "" {
			fresh = true
			continue
		}
		kind := ""
		if len(line) > 2 {
			kind = marks[line[:2]]
		}
		if kind != "" {
			line = line[2:]
		}
		if last := len(blocks) - 1; fresh || last < 0 || blocks[last].Kind != kind || kind == "link" {
			blocks = append(blocks, block{Kind: kind})
		}
		blocks[len(blocks)-1].add(kind, line)
		fresh = false
	}
	return narrowed(blocks)
}

func (b *block) add(kind, line string) {
	switch kind {
	case "table":
		cells := strings.Split(line, "|")
		for i, cell := range cells {
			cells[i] = strings.TrimSpace(cell)
		}
		b.Rows = append(b.Rows, cells)
	case "facts":
		name, value, _ := strings.Cut(line, ": ")
		b.Rows = append(b.Rows, []string{name, value})
	case "list":
		b.Rows = append(b.Rows, []string{line})
	case "signed":
		b.sign(line)
	default:
		b.Text = strings.TrimSpace(b.Text + " " + line)
	}
}

// sign adds who signs. One name stands for itself; several are said in one sentence.
func (b *block) sign(name string) {
	b.Rows = append(b.Rows, []string{"", name})
	b.Text = name
	if len(b.Rows) == 1 {
		return
	}
	b.Text = ""
	for i, row := range b.Rows {
		if row[0] = " and for "; i == 0 {
			row[0] = "Signed for "
		}
		b.Text += row[0] + row[1]
	}
}

// narrowed takes out the columns of tables that are empty below their heading.
func narrowed(blocks []block) []block {
	for i, b := range blocks {
		if b.Kind != "table" {
			continue
		}
		rows := make([][]string, len(b.Rows))
		for column := range b.Rows[0] {
			if !filled(b.Rows[1:], column) {
				continue
			}
			for n, row := range b.Rows {
				if column < len(row) {
					rows[n] = append(rows[n], row[column])
				}
			}
		}
		blocks[i].Rows = rows
	}
	return blocks
}

func filled(rows [][]string, column int) bool {
	for _, row := range rows {
		if column < len(row) && row[column] != "" {
			return true
		}
	}
	return false
}

// plain writes blocks as a text for people.
func plain(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		switch b.Kind {
		case "table", "facts":
			parts = append(parts, aligned(b.Rows))
		case "list":
			var lines []string
			for _, row := range b.Rows {
				lines = append(lines, "- "+row[0])
			}
			parts = append(parts, strings.Join(lines, "\n"))
		case "link":
			parts = append(parts, b.Text+":\n{link}")
		default:
			parts = append(parts, wrapped(b.Text))
		}
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// aligned writes rows in columns.
func aligned(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var lines []string
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		lines = append(lines, "  "+strings.TrimRight(line.String(), " "))
	}
	return strings.Join(lines, "\n")
}

const lineWidth = 76

// wrapped breaks a paragraph into lines.
func wrapped(text string) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > lineWidth {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}

var braces = strings.NewReplacer("{", "(", "}", ")", "|", "/")

// oneLine makes what somebody typed safe inside a letter: one line, no marks of
// ours, no place holder, and nothing that turns the direction of reading.
func oneLine(typed string) string {
	typed = strings.ToValidUTF8(typed, "")
	typed = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return ' '
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff:
			return -1
		}
		return r
	}, typed)
	line := braces.Replace(strings.Join(strings.Fields(typed), " "))
	for line != "" && marks[line[:1]+" "] != "" && (len(line) == 1 || line[1] == ' ') {
		line = strings.TrimLeft(line[1:], " ")
	}
	return line
}

// paragraphs makes what a collector wrote safe inside a letter, paragraph by
// paragraph.
func paragraphs(typed string) string {
	var safe []string
	for line := range strings.Lines(typed) {
		if line = oneLine(line); line != "" {
			safe = append(safe, line)
		}
	}
	return strings.Join(safe, "\n\n")
}
