package collections

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"comity/domain"
	"comity/formats"
)

// Printed returns a message that was sent as a letter on paper: the words that are
// stored, and none that came later.
func Printed(f domain.CaseFacts, t domain.Touch) (Paper, error) {
	f.Case.Disclosure = t.Mode() // as it was when it left
	blocks, err := sentBlocks(t.HTML)
	if err != nil {
		return Paper{}, fmt.Errorf("print message %s: %w", t.ID, err)
	}
	name, from := LetterFormalDemand, []domain.Organization{writer(f)}
	switch {
	case t.Class == domain.ClassLegalNotice:
		name, from = LetterNotice, []domain.Organization{f.Seller, f.Factor}
	case t.Class == domain.ClassRelease:
		name, from = LetterRelease, []domain.Organization{f.Seller, f.Factor}
	case prints(LetterAgreement, t):
		name = LetterAgreement
	}
	if err := spokenOf(f.Case, name); err != nil {
		return Paper{}, err
	}
	var heads []formats.Letterhead
	for _, org := range from {
		heads = append(heads, letterhead(org))
	}
	written := Letter{Subject: t.Subject, Text: t.Text, HTML: t.HTML, Template: t.Template, blocks: blocks}
	return paper(f, name, localOf(&f).day(t.ClaimedAt), written, heads...), nil
}

// prints reports whether a message is what a letter on paper prints.
func prints(kind string, t domain.Touch) bool {
	switch kind {
	case LetterNotice:
		return t.Class == domain.ClassLegalNotice
	case LetterRelease:
		return t.Class == domain.ClassRelease
	case LetterAgreement:
		return t.Class == domain.ClassAnswer && strings.HasPrefix(t.Template, string(domain.UpdatePlanActive)+"@")
	default:
		return kind == LetterFormalDemand && t.Class == domain.ClassReminder && t.Tone == ToneFormal
	}
}

// sentBlocks reads the blocks of a letter back from the form that our layout gave
// them: in the text, a table and a list of facts look the same.
func sentBlocks(page string) ([]block, error) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("read stored letter: %w", err)
	}
	var blocks []block
	for node := range root.Descendants() {
		switch {
		case node.Type != html.ElementNode:
		case node.Data == "table":
			blocks = append(blocks, sentTable(node))
		case node.Data == "ul":
			blocks = append(blocks, block{Kind: "list", Rows: rowsOf(node, "li", "")})
		case node.Data == "p":
			blocks = append(blocks, sentParagraph(node))
		}
	}
	return blocks, nil
}

func sentTable(node *html.Node) block {
	b := block{Kind: "table", Rows: rowsOf(node, "tr", "th td")}
	for _, attribute := range node.Attr {
		if attribute.Key == "role" {
			b.Kind = "facts"
		}
	}
	return b
}

func sentParagraph(node *html.Node) block {
	b := block{Text: textOf(node)}
	before := ""
	for child := range node.ChildNodes() {
		switch {
		case child.Type == html.TextNode:
			before += child.Data
		case child.Data == "a":
			b.Kind = "link"
		case child.Data == "span":
			b.Kind, b.Rows = "signed", append(b.Rows, []string{before, textOf(child)})
			before = ""
		}
	}
	return b
}

// rowsOf returns the cells of the rows under a node; a row without a kind of cells is
// one itself.
func rowsOf(node *html.Node, row, cells string) [][]string {
	var rows [][]string
	for child := range node.Descendants() {
		if child.Type != html.ElementNode || child.Data != row {
			continue
		}
		if cells == "" {
			rows = append(rows, []string{textOf(child)})
			continue
		}
		var found []string
		for cell := range child.ChildNodes() {
			if cell.Type == html.ElementNode && strings.Contains(cells, cell.Data) {
				found = append(found, textOf(cell))
			}
		}
		rows = append(rows, found)
	}
	return rows
}

func textOf(node *html.Node) string {
	var text strings.Builder
	for child := range node.Descendants() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return strings.TrimSpace(text.String())
}
