package formats

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The limits of a file we read. Real invoices stay far below each of them.
const (
	einvMaxBytes    = 32 << 20
	einvMaxElements = 500_000
	einvMaxDepth    = 64
	einvMaxAttrs    = 64
	einvMaxText     = 64 << 10 // of one element that we may read
)

const (
	einvRuleXML     = "X-XML"
	einvRuleRoot    = "X-ROOT"
	einvRuleDoctype = "X-DOCTYPE"
	einvRuleAmount  = "X-AMOUNT"
	einvRuleTwice   = "X-TWICE-" // followed by the business term
)

// einvNamespaces gives the namespaces we know the prefixes that the rest of
// the package writes, whatever prefix the file uses.
var einvNamespaces = map[string]string{
	"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2":                             "ubl:",
	"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2":                          "cn:",
	"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2":               "cbc:",
	"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2":           "cac:",
	"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100":                       "rsm:",
	"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100": "ram:",
	"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100":                        "udt:",
	"urn:un:unece:uncefact:data:standard:QualifiedDataType:100":                          "qdt:",
}

// einvKeptAttrs are the attributes that some rule or term reads.
var einvKeptAttrs = map[string]bool{"currencyID": true, "schemeID": true, "unitCode": true, "format": true}

// einvAttachments may be of any length; their content is dropped.
var einvAttachments = map[string]bool{"cbc:EmbeddedDocumentBinaryObject": true, "ram:AttachmentBinaryObject": true}

// An einvNode is an element: its name with the prefix of einvNamespaces
// ("?:" for any other namespace) and its text, kept for leaves only.
type einvNode struct {
	name string
	text string
	attr map[string]string
	kids []*einvNode
}

// each calls do for every element that path ("cac:Price/cbc:PriceAmount")
// leads to, across repeated parents.
func (n *einvNode) each(path string, do func(*einvNode)) {
	if n == nil {
		return
	}
	step, rest, more := strings.Cut(path, "/")
	for _, kid := range n.kids {
		switch {
		case kid.name != step:
		case more:
			kid.each(rest, do)
		default:
			do(kid)
		}
	}
}

func (n *einvNode) all(path string) []*einvNode {
	var found []*einvNode
	n.each(path, func(kid *einvNode) { found = append(found, kid) })
	return found
}

func (n *einvNode) first(path string) *einvNode {
	if found := n.all(path); len(found) > 0 {
		return found[0]
	}
	return nil
}

func (n *einvNode) has(path string) bool { return n.first(path) != nil }

// value is the text without the white space around it, "" for no element.
func (n *einvNode) value() string {
	if n == nil {
		return ""
	}
	return strings.Trim(n.text, " \t\r\n")
}

// get is the value of the first element with one on the path.
func (n *einvNode) get(path string) string {
	for _, kid := range n.all(path) {
		if v := kid.value(); v != "" {
			return v
		}
	}
	return ""
}

// An einvRefusal says why a file was not read.
type einvRefusal struct{ rule, sentence string }

func einvRefuse(format string, args ...any) *einvRefusal {
	return &einvRefusal{rule: einvRuleXML, sentence: fmt.Sprintf(format, args...)}
}

// An einvParser builds the tree from raw tokens. It minds namespaces and end
// tags itself, because encoding/xml leaves prefixes it does not know alone and
// forgives a second root.
type einvParser struct {
	dec      *xml.Decoder
	utf16    bool
	started  bool
	root     *einvNode
	open     []einvFrame
	elements int
	names    map[[2]string]string
}

type einvFrame struct {
	node   *einvNode
	raw    xml.Name
	spaces map[string]string // prefixes declared here
	text   []byte
}

// einvParse returns the root element, or why the file is refused.
func einvParse(data []byte) (*einvNode, *einvRefusal) {
	text, utf16, refusal := einvDecode(data)
	if refusal != nil {
		return nil, refusal
	}
	p := &einvParser{dec: xml.NewDecoder(bytes.NewReader(text)), utf16: utf16, names: map[[2]string]string{}}
	p.dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if utf16 && strings.HasPrefix(strings.ToLower(label), "utf-16") {
			return in, nil
		}
		return nil, errors.New("encoding not accepted")
	}
	for {
		token, err := p.dec.RawToken()
		if errors.Is(err, io.EOF) && token == nil {
			return p.finish()
		}
		if err != nil {
			line, _ := p.dec.InputPos()
			return nil, einvRefuse("The file is not well-formed XML in UTF-8 (or UTF-16 with a byte order mark): line %d.", line)
		}
		if refusal := p.take(token); refusal != nil {
			return nil, refusal
		}
		p.started = true
	}
}

func (p *einvParser) finish() (*einvNode, *einvRefusal) {
	if p.root == nil || len(p.open) > 0 {
		return nil, einvRefuse("The file ends before its XML does.")
	}
	return p.root, nil
}

func (p *einvParser) take(token xml.Token) *einvRefusal {
	switch t := token.(type) {
	case xml.Directive:
		return &einvRefusal{rule: einvRuleDoctype, sentence: "The file has a document type declaration, which is never accepted."}
	case xml.ProcInst:
		return p.instruction(t)
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.end(t)
	case xml.CharData:
		return p.chars(t)
	}
	return nil // comments
}

// instruction checks the XML declaration; every other instruction is inert.
func (p *einvParser) instruction(t xml.ProcInst) *einvRefusal {
	if !strings.EqualFold(t.Target, "xml") {
		return nil
	}
	if p.started || t.Target != "xml" {
		return einvRefuse("The XML declaration is not at the start of the file.")
	}
	// encoding/xml lets "UTF-8" pass without asking; in UTF-16 it is a lie.
	if _, label, found := strings.Cut(string(t.Inst), "encoding"); found && p.utf16 &&
		!strings.Contains(strings.ToLower(label), "utf-16") {
		return einvRefuse("The file is in UTF-16 but declares another encoding.")
	}
	return nil
}

func (p *einvParser) start(t xml.StartElement) *einvRefusal {
	p.elements++
	switch {
	case len(p.open) == 0 && p.root != nil:
		return einvRefuse("The file has more than one root element.")
	case p.elements > einvMaxElements:
		return einvRefuse("The file has more than %d elements.", einvMaxElements)
	case len(p.open) >= einvMaxDepth:
		return einvRefuse("The file nests elements more than %d deep.", einvMaxDepth)
	case len(t.Attr) > einvMaxAttrs:
		return einvRefuse("An element has more than %d attributes.", einvMaxAttrs)
	}
	p.open = append(p.open, einvFrame{node: &einvNode{}, raw: t.Name})
	if refusal := p.attributes(t.Attr); refusal != nil {
		return refusal
	}
	frame := &p.open[len(p.open)-1]
	space, known := p.space(t.Name.Space)
	if !known {
		return einvRefuse("An element uses a namespace prefix that is not declared.")
	}
	frame.node.name = p.name(space, t.Name.Local)
	if len(p.open) == 1 {
		p.root = frame.node
		return nil
	}
	parent := &p.open[len(p.open)-2]
	parent.node.kids = append(parent.node.kids, frame.node)
	parent.text = nil
	return nil
}

// attributes notes the namespaces and the few attributes we keep on the
// innermost open element, and refuses doubles.
func (p *einvParser) attributes(attrs []xml.Attr) *einvRefusal {
	frame := &p.open[len(p.open)-1]
	for i, a := range attrs {
		for _, b := range attrs[:i] {
			if a.Name == b.Name {
				return einvRefuse("An element has the same attribute twice.")
			}
		}
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
			prefix := a.Name.Local
			if a.Name.Space == "" {
				prefix = ""
			}
			if frame.spaces == nil {
				frame.spaces = map[string]string{}
			}
			frame.spaces[prefix] = a.Value
		case a.Name.Space == "" && einvKeptAttrs[a.Name.Local]:
			if frame.node.attr == nil {
				frame.node.attr = map[string]string{}
			}
			frame.node.attr[a.Name.Local] = a.Value
		}
	}
	for _, a := range attrs {
		if _, known := p.space(a.Name.Space); !known && a.Name.Space != "xmlns" {
			return einvRefuse("An attribute uses a namespace prefix that is not declared.")
		}
	}
	return nil
}

// space looks a prefix up from the innermost element outwards.
func (p *einvParser) space(prefix string) (string, bool) {
	for i := len(p.open) - 1; i >= 0; i-- {
		if uri, ok := p.open[i].spaces[prefix]; ok {
			return uri, uri != "" || prefix == ""
		}
	}
	return "", prefix == "" || prefix == "xml"
}

func (p *einvParser) name(space, local string) string {
	key := [2]string{space, local}
	name, ok := p.names[key]
	if !ok {
		prefix, known := einvNamespaces[space]
		if !known {
			prefix = "?:"
		}
		name = prefix + local
		p.names[key] = name
	}
	return name
}

func (p *einvParser) end(t xml.EndElement) *einvRefusal {
	last := len(p.open) - 1
	if last < 0 || p.open[last].raw != t.Name {
		return einvRefuse("An end tag does not match its start tag.")
	}
	frame := p.open[last]
	if !einvUnkept(frame.node) {
		frame.node.text = string(frame.text)
	}
	p.open = p.open[:last]
	return nil
}

// einvUnkept: embedded files, extensions in other namespaces, and what stands
// between elements.
func einvUnkept(node *einvNode) bool {
	return len(node.kids) > 0 || einvAttachments[node.name] || strings.HasPrefix(node.name, "?:")
}

func (p *einvParser) chars(t xml.CharData) *einvRefusal {
	if len(p.open) == 0 {
		if len(bytes.Trim(t, " \t\r\n")) > 0 {
			return einvRefuse("The file has text outside its root element.")
		}
		return nil
	}
	frame := &p.open[len(p.open)-1]
	switch {
	case einvUnkept(frame.node):
		return nil
	case len(frame.text)+len(t) > einvMaxText:
		return einvRefuse("An element has more than %d bytes of text.", einvMaxText)
	}
	frame.text = append(frame.text, t...)
	return nil
}

// einvDecode returns the bytes as UTF-8 without a byte order mark, and whether
// they were UTF-16.
func einvDecode(data []byte) (text []byte, isUTF16 bool, refusal *einvRefusal) {
	switch {
	case len(data) == 0:
		return nil, false, einvRefuse("The file is empty.")
	case len(data) > einvMaxBytes:
		return nil, false, einvRefuse("The file has more than %d bytes.", einvMaxBytes)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		isUTF16 = true
		text = einvFromUTF16(data[2:], data[0] == 0xFE)
		if text == nil {
			return nil, true, einvRefuse("The file begins like UTF-16 but is not valid UTF-16.")
		}
	default:
		text = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, isUTF16, einvRefuse("The file is not text in UTF-8, or UTF-16 with a byte order mark.")
	}
	return text, isUTF16, nil
}

// einvFromUTF16 returns UTF-8, or nil for an odd length or a lone surrogate.
func einvFromUTF16(data []byte, bigEndian bool) []byte {
	if len(data)%2 != 0 {
		return nil
	}
	unit := func(i int) rune {
		if bigEndian {
			return rune(data[i])<<8 | rune(data[i+1])
		}
		return rune(data[i+1])<<8 | rune(data[i])
	}
	out := make([]byte, 0, len(data)/2)
	for i := 0; i < len(data); i += 2 {
		r := unit(i)
		if r >= 0xD800 && r <= 0xDFFF {
			if r >= 0xDC00 || i+3 >= len(data) {
				return nil
			}
			low := unit(i + 2)
			if low < 0xDC00 || low > 0xDFFF {
				return nil
			}
			r = (r-0xD800)<<10 | (low - 0xDC00) + 0x10000
			i += 2
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
