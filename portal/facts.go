package portal

import (
	"html/template"
	"strings"
)

// facts are the lines about an invoice, as the body of a list. They are written here and not by a
// template, which takes the half of a page's time for them when there are two hundred invoices.
type facts struct{ html strings.Builder }

// add adds a line.
func (f *facts) add(label phrase, value string) { f.line(label, "", template.HTMLEscapeString(value)) }

// code adds a line whose value is compared or copied letter by letter.
func (f *facts) code(label phrase, value string) {
	f.line(label, ` class="code"`, template.HTMLEscapeString(value))
}

// file adds a line that leads to a file, and a note about it. The address is one of ours.
func (f *facts) file(label phrase, href, title string, note phrase) {
	f.line(label, "", `<a class="tall" href="`+template.HTMLEscapeString(href)+`" download>`+template.HTMLEscapeString(title)+
		`</a><br><span class="soft">`+template.HTMLEscapeString(string(note))+`</span>`)
}

func (f *facts) line(label phrase, class, value string) {
	for _, part := range []string{"<div><dt>", template.HTMLEscapeString(string(label)), "</dt><dd", class, ">", value, "</dd></div>\n"} {
		f.html.WriteString(part)
	}
}

// HTML returns the lines; whatever was typed by anybody is escaped in them.
func (f *facts) HTML() template.HTML {
	return template.HTML(f.html.String()) //nolint:gosec // each value was escaped when it was added
}
