package formats

import (
	"regexp"
	"strings"
)

// amountCell finds the columns that stand to the right, and what is never broken
// between lines.
var amountCell = regexp.MustCompile(`^[A-Z]{3} -?[0-9][0-9,]*(\.[0-9]+)?$`)

// A grid is a table with the widths of its columns.
type grid struct {
	widths  []int
	amounts []bool // the column holds amounts, which stand to the right
	heading []string
}

// table writes rows under a heading that every page repeats. A row that fits on a
// page stays whole.
func (t *typesetter) table(rows [][]string) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	g := t.grid(rows)
	first := 0
	if len(rows) > 1 {
		first = rowHeight(t.cells(g, rows[1], ""))
	}
	t.keep(rowHeight(t.cells(g, g.heading, "B")) + min(first, t.high/3))
	t.heading(g)
	for _, row := range rows[1:] {
		cells := t.cells(g, row, "")
		if high := rowHeight(cells); high > t.room() && high < t.high-bottom-nextPageTop-2_000 {
			t.turn()
			t.heading(g)
		}
		t.row(g, cells)
	}
}

func (t *typesetter) heading(g grid) {
	cells := t.cells(g, g.heading, "B")
	t.font(tableSize, "B", "green")
	t.lineOf(g, cells, 0, rowLines(cells))
	t.rule(left, t.y, t.wide-right, "green", 25)
}

// row writes a row, on the next page what does not fit on this one.
func (t *typesetter) row(g grid, cells [][]string) {
	for from, all := 0, rowLines(cells); from < all; {
		fit := (t.room() - 2*cellPad) / tableLine
		if fit < 1 {
			t.turn()
			t.heading(g)
			continue
		}
		to := min(all, from+fit)
		t.font(tableSize, "", "")
		t.lineOf(g, cells, from, to)
		t.rule(left, t.y, t.wide-right, "rule", 10)
		from = to
	}
}

// lineOf writes lines of cells beside each other.
func (t *typesetter) lineOf(g grid, cells [][]string, from, to int) {
	t.y += cellPad
	x := left
	for column, lines := range cells {
		for i := from; i < min(to, len(lines)); i++ {
			y := t.y + (i-from+1)*tableLine - 90
			if g.amounts[column] {
				t.writeLeftOf(x+g.widths[column], y, lines[i])
			} else {
				t.write(x, y, lines[i])
			}
		}
		x += g.widths[column] + cellGap
	}
	t.y += (to-from)*tableLine + cellPad
}

// cells breaks the cells of a row into lines.
func (t *typesetter) cells(g grid, row []string, weight string) [][]string {
	t.font(tableSize, weight, "")
	cells := make([][]string, len(g.widths))
	for column := range cells {
		cells[column] = t.lines(cellOf(row, column), g.widths[column])
	}
	return cells
}

// cellOf returns a cell; an amount with a space that no line breaks at.
func cellOf(row []string, column int) string {
	if column >= len(row) {
		return ""
	}
	if amountCell.MatchString(row[column]) {
		return strings.Replace(row[column], " ", "\u00a0", 1)
	}
	return row[column]
}

func rowLines(cells [][]string) int {
	most := 0
	for _, lines := range cells {
		most = max(most, len(lines))
	}
	return most
}

func rowHeight(cells [][]string) int { return rowLines(cells)*tableLine + 2*cellPad }

// grid divides a line among columns. Each gets what its longest cell wants, or, when
// that is too much, the longest give way, but none below its longest word.
func (t *typesetter) grid(rows [][]string) grid {
	columns := len(rows[0])
	g := grid{widths: make([]int, columns), amounts: make([]bool, columns), heading: rows[0]}
	least := make([]int, columns)
	room := t.measure() - cellGap*(columns-1)
	for column := range columns {
		g.amounts[column] = len(rows) > 1
		for i, row := range rows {
			cell, weight := cellOf(row, column), ""
			if i == 0 {
				weight = "B"
			} else {
				g.amounts[column] = g.amounts[column] && (cell == "" || amountCell.MatchString(strings.Replace(cell, "\u00a0", " ", 1)))
			}
			t.font(tableSize, weight, "")
			g.widths[column] = max(g.widths[column], t.width(cell))
			for word := range strings.SplitSeq(cell, " ") {
				least[column] = max(least[column], min(t.width(word), room/2))
			}
		}
	}
	narrow(least, make([]int, columns), room)
	narrow(g.widths, least, room)
	for i := range g.widths {
		g.widths[i] += max(room-sumOf(g.widths), 0) / (columns - i)
	}
	return g
}

// narrow takes from the widest column that can give until all fit into room.
func narrow(widths, least []int, room int) {
	const step = 50
	for sumOf(widths) > room {
		widest := -1
		for i, width := range widths {
			if width-step >= least[i] && (widest < 0 || width > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest] -= step
	}
}

func sumOf(widths []int) int {
	sum := 0
	for _, width := range widths {
		sum += width
	}
	return sum
}
