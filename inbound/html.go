package inbound

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

const maxQuoteDepth = 8 // of "> " before a line

// htmlText returns what a reader of the markup sees, at most about limit bytes,
// and whether that is all. Quotations begin with "> ".
func htmlText(markup string, limit int) (text string, all bool) {
	p := page{tokens: html.NewTokenizer(strings.NewReader(markup)), limit: limit, breaks: 1}
	for p.out.Len() < limit {
		switch p.tokens.Next() {
		case html.ErrorToken:
			return p.out.String(), true
		case html.TextToken:
			if p.hidden == "" {
				p.write(string(p.tokens.Text()))
			}
		case html.StartTagToken:
			p.start()
		case html.SelfClosingTagToken:
			if raw := string(p.tokens.Raw()); !strings.HasPrefix(raw, "<svg") && !strings.HasPrefix(raw, "<math") { // nothing is in those
				p.start()
			}
		case html.EndTagToken:
			name, _ := p.tokens.TagName()
			p.end(string(name))
		case html.CommentToken, html.DoctypeToken:
		}
	}
	return cut(p.out.String(), limit), false
}

// page is markup on its way to text.
type page struct {
	tokens *html.Tokenizer
	out    strings.Builder
	limit  int
	breaks int    // line ends to write before the next word
	space  bool   // a space to write before the next word
	hidden string // the element that hides what is in it, or ""
	depth  int    // of elements of that name
	shrunk bool   // it hides only by the size of its letters
	quotes []bool // the blockquotes that are open, and whether they are quotations
	quoted int    // how many of them are
	pre    int
}

func (p *page) start() {
	raw, more := p.tokens.TagName()
	name := string(raw)
	attrs := p.attributes(more)
	if p.hidden != "" && !p.unhides(name) && (!p.shrunk || !attrs.grows()) {
		if name == p.hidden {
			p.depth++
		}
		return
	}
	p.hidden, p.shrunk = "", false
	switch {
	case voidElements[name]:
		switch name {
		case "br":
			p.breaks = min(p.breaks+1, 2)
		case "hr":
			p.breaks = max(p.breaks, 1)
		}
		return
	case unseen[name] || attrs.hides() || attrs.shrinks():
		p.hidden, p.depth, p.shrunk = name, 1, !unseen[name] && !attrs.hides()
		return
	}
	p.lineFor(name)
	switch name {
	case "noscript":
		p.tokens.NextIsNotRawText()
	case "pre":
		p.pre++
	case "blockquote":
		p.quotes = append(p.quotes, attrs.quotes())
		if attrs.quotes() {
			p.quoted++
		}
	}
}

func (p *page) end(name string) {
	if p.hidden != "" {
		switch {
		case name == p.hidden:
			p.depth--
		case name == "body" || strings.HasPrefix(p.hidden, "t") && (name == "table" || name == "tr" && p.hidden != "table"):
			p.depth = 0
		}
		if p.depth == 0 {
			p.hidden = ""
		}
		return
	}
	p.lineFor(name)
	switch name {
	case "pre":
		p.pre = max(p.pre-1, 0)
	case "blockquote":
		if n := len(p.quotes); n > 0 {
			if p.quotes[n-1] {
				p.quoted--
			}
			p.quotes = p.quotes[:n-1]
		}
	}
}

// lineFor begins a line where an element does.
func (p *page) lineFor(name string) {
	switch blocks[name] {
	case "line":
		p.breaks = max(p.breaks, 1)
	case "paragraph":
		p.breaks = max(p.breaks, 2)
	case "cell":
		p.space = true
	}
}

// unhides reports whether a start tag closes the hidden element, as browsers do.
func (p *page) unhides(name string) bool {
	switch p.hidden {
	case "p":
		return blocks[name] == "line" || blocks[name] == "paragraph"
	case "li", "td", "th", "tr", "dt", "dd":
		return name == p.hidden
	}
	return false
}

// write adds text, with the spaces that a reader sees.
func (p *page) write(text string) {
	for i, line := range strings.Split(clean(text), "\n") {
		if i > 0 && p.pre > 0 {
			p.breaks++
		}
		if p.pre > 0 && strings.TrimSpace(line) != "" {
			p.word(line)
			continue
		}
		if line == "" || line[0] == ' ' || line[0] == '\t' || i > 0 {
			p.space = true
		}
		for j, word := range strings.Fields(line) {
			p.space = p.space || j > 0
			p.word(word)
		}
		if n := len(line); n > 0 && (line[n-1] == ' ' || line[n-1] == '\t') {
			p.space = true
		}
		if p.out.Len() >= p.limit {
			return
		}
	}
}

func (p *page) word(word string) {
	if p.breaks > 0 {
		if p.out.Len() > 0 {
			p.out.WriteString("\n\n"[:min(p.breaks, 2)])
		}
		for range min(p.quoted, maxQuoteDepth) {
			p.out.WriteString("> ")
		}
	} else if p.space {
		p.out.WriteByte(' ')
	}
	p.breaks, p.space = 0, false
	p.out.WriteString(word)
}

// attributes are those that decide whether and how an element is seen.
type attributes struct {
	style, class, kind string
	hidden             bool
}

func (p *page) attributes(more bool) attributes {
	var a attributes
	for more {
		var key, value []byte
		key, value, more = p.tokens.TagAttr()
		switch string(key) {
		case "style":
			a.style = strings.ToLower(cut(string(value), maxShort))
		case "class":
			a.class = strings.ToLower(cut(string(value), maxShort))
		case "type":
			a.kind = strings.ToLower(cut(string(value), maxShort))
		case "hidden":
			a.hidden = true
		}
	}
	return a
}

var (
	hiding   = regexp.MustCompile(`display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(\.0+)?\s*(;|!|$)`)
	noHeight = regexp.MustCompile(`(^|[;\s])(max-)?(height|width)\s*:\s*0(\.0+)?(px|pt|em|%)?\s*(;|!|$)`)
	noSize   = regexp.MustCompile(`(^|[;\s])font-size\s*:\s*0(\.0+)?(px|pt|em|%)?\s*(;|!|$)`)
	overflow = regexp.MustCompile(`overflow\s*:\s*hidden`)
)

func (a attributes) hides() bool {
	return a.hidden || a.style != "" && (hiding.MatchString(a.style) || noHeight.MatchString(a.style) && overflow.MatchString(a.style))
}

// shrinks reports letters of no size. What is within may have a size of its own.
func (a attributes) shrinks() bool { return a.style != "" && noSize.MatchString(a.style) }

func (a attributes) grows() bool {
	return strings.Contains(a.style, "font-size") && !noSize.MatchString(a.style)
}

// quotes reports whether a blockquote holds what somebody else wrote; some
// programs use the element only to move text to the right.
func (a attributes) quotes() bool {
	indented := strings.Contains(a.style, "margin") && strings.Contains(strings.ReplaceAll(a.style, " ", ""), "border:none")
	return a.kind == "cite" || strings.Contains(a.class, "quote") || !indented
}

var voidElements = set("area base br col embed hr img input link meta param source track wbr")

// unseen are the elements whose content is not for reading.
var unseen = set("script style title template svg math iframe object applet noembed noframes audio video canvas select datalist")

func set(words string) map[string]bool {
	members := map[string]bool{}
	for _, word := range strings.Fields(words) {
		members[word] = true
	}
	return members
}

// blocks says which elements begin a line, a paragraph or a cell.
var blocks = func() map[string]string {
	kinds := map[string]string{}
	for kind, names := range map[string]string{
		"line":      "address article aside body center dd details div dl dt fieldset figure footer form header html li main nav section summary table tbody tfoot thead tr",
		"paragraph": "blockquote h1 h2 h3 h4 h5 h6 ol p pre ul",
		"cell":      "td th",
	} {
		for _, name := range strings.Fields(names) {
			kinds[name] = kind
		}
	}
	return kinds
}()
