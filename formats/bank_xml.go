package formats

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// bankNamespaces begins the namespace of every ISO 20022 message.
const bankNamespaces = "urn:iso:std:iso:20022:tech:xsd:"

// Limits of a bank file. They hold before anything is built from it.
const (
	bankMaxBytes    = 32 << 20
	bankMaxDepth    = 32
	bankMaxText     = 64 << 10 // of one element
	bankMaxElements = 500_000  // held at once: one entry with all its parts
)

// A bankNode is one element of a bank file with what is inside it.
type bankNode struct {
	name     string
	path     string
	line     int
	text     string
	currency string // attribute Ccy
	children []*bankNode
}

// A bankParser reads an ISO 20022 document piece by piece, so that memory is
// bounded by the largest entry. It refuses a DOCTYPE, and elements of other
// namespaces are passed over.
type bankParser struct {
	decoder   *xml.Decoder
	namespace string
	elements  int
}

// bankOpen returns a parser that stands inside the root element, Document, whose
// namespace must be one of those allowed.
func bankOpen(data []byte, allowed ...string) (*bankParser, error) {
	if len(data) > bankMaxBytes {
		return nil, &FileError{Rule: "file-too-large", Detail: fmt.Sprintf("more than %d bytes", bankMaxBytes)}
	}
	p := &bankParser{decoder: xml.NewDecoder(bytes.NewReader(data))}
	root, err := p.next()
	if err != nil {
		return nil, err
	}
	if root == nil || root.Name.Local != "Document" {
		return nil, p.refuse("Document", "not-iso-20022", "the root element is not Document")
	}
	for _, namespace := range allowed {
		if root.Name.Space == namespace {
			p.namespace = namespace
			return p, nil
		}
	}
	return nil, p.refuse("Document", "message-unsupported", fmt.Sprintf("the message is %q; read is %s",
		bankShort(strings.TrimPrefix(root.Name.Space, bankNamespaces), 80),
		strings.ReplaceAll(strings.Join(allowed, ", "), bankNamespaces, "")))
}

func (p *bankParser) refuse(path, rule, detail string) *FileError {
	line, _ := p.decoder.InputPos()
	return &FileError{Line: line, Path: path, Rule: rule, Detail: detail}
}

// token returns the next token that matters: the start or end of an element of
// any namespace, or text.
func (p *bankParser) token() (xml.Token, error) {
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil, err
		}
		if err != nil {
			return nil, p.refuse("", "not-xml", err.Error())
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, p.refuse("", "doctype", "a DOCTYPE or other directive is not allowed")
		case xml.StartElement, xml.EndElement, xml.CharData:
			return token, nil
		}
	}
}

// next returns the start of the next child of the element that the parser stands
// in, or nil at its end.
func (p *bankParser) next() (*xml.StartElement, error) {
	for {
		token, err := p.token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, p.refuse("", "not-xml", "the file ends too early")
			}
			return nil, err
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil, nil
		case xml.StartElement:
			if p.namespace == "" || token.Name.Space == p.namespace {
				return &token, nil
			}
			if err := p.skip(); err != nil {
				return nil, err
			}
		}
	}
}

// skip passes over the rest of the element that was just started.
func (p *bankParser) skip() error {
	for depth := 1; depth > 0; {
		token, err := p.token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return p.refuse("", "not-xml", "the file ends too early")
			}
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// close checks that nothing but the end of the file follows.
func (p *bankParser) close() error {
	for {
		token, err := p.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if text, isText := token.(xml.CharData); !isText || len(bytes.TrimSpace(text)) > 0 {
			return p.refuse("", "not-xml", "something follows the document")
		}
	}
}

// tree returns the element that was just started, with all of its namespace
// inside it. The depth is counted, so no file can exhaust the stack.
func (p *bankParser) tree(start *xml.StartElement, path string, depth int) (*bankNode, error) {
	node := &bankNode{name: start.Name.Local, path: path}
	node.line, _ = p.decoder.InputPos()
	if p.elements++; p.elements > bankMaxElements {
		return nil, node.refuse("too-many-elements", "more than %d in one entry", bankMaxElements)
	}
	if depth > bankMaxDepth {
		return nil, node.refuse("too-deep", "elements are nested more than %d deep", bankMaxDepth)
	}
	if err := node.attributes(start.Attr); err != nil {
		return nil, err
	}
	var text []byte
	for {
		token, err := p.token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, node.refuse("not-xml", "the file ends too early")
			}
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text = append(text, token...)
			if len(text) > bankMaxText {
				return nil, node.refuse("text-too-long", "more than %d bytes", bankMaxText)
			}
		case xml.StartElement:
			if token.Name.Space != p.namespace {
				err = p.skip()
			} else {
				err = p.child(node, &token, depth)
			}
			if err != nil {
				return nil, err
			}
		case xml.EndElement:
			node.text = strings.TrimSpace(string(text))
			return node, nil
		}
	}
}

// child adds the element that was just started to node.
func (p *bankParser) child(node *bankNode, start *xml.StartElement, depth int) error {
	child, err := p.tree(start, node.path+"/"+start.Name.Local, depth+1)
	if err == nil {
		node.children = append(node.children, child)
	}
	return err
}

func (n *bankNode) refuse(rule, format string, args ...any) *FileError {
	return &FileError{Line: n.line, Path: n.path, Rule: rule, Detail: fmt.Sprintf(format, args...)}
}

// attributes keeps the currency. encoding/xml lets an attribute stand twice: we do not.
func (n *bankNode) attributes(attributes []xml.Attr) error {
	for i, attribute := range attributes {
		for _, earlier := range attributes[:i] {
			if earlier.Name == attribute.Name {
				return n.refuse("duplicate-attribute", "attribute %s stands twice", bankShort(attribute.Name.Local, 40))
			}
		}
		if i >= 16 {
			return n.refuse("too-many-attributes", "more than 16")
		}
		if attribute.Name.Local == "Ccy" && attribute.Name.Space == "" {
			n.currency = attribute.Value
		}
	}
	return nil
}

// all returns the children called name.
func (n *bankNode) all(name string) []*bankNode {
	if n == nil {
		return nil
	}
	var found []*bankNode
	for _, child := range n.children {
		if child.name == name {
			found = append(found, child)
		}
	}
	return found
}

// bankShort cuts text that may be of any length for an error.
func bankShort(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
