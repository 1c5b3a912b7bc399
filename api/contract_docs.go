package api

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// contractPage is the contract as the docs page shows it.
type contractPage struct {
	Title, Version, Description string
	Tags                        []tagPage
}

type tagPage struct {
	Name, Description string
	Operations        []operationPage
}

type operationPage struct {
	ID, Method, Path, Summary, Description string
	Open                                   bool
	Parameters                             []parameterPage
	Bodies                                 []bodyPage
	Answers                                []answerPage
}

type parameterPage struct {
	Name, In, Type, Description string
	Required                    bool
}

type bodyPage struct{ Media, Schema, Example string }

type answerPage struct {
	Status, Description string
	Bodies              []bodyPage
}

// readContract arranges an OpenAPI document by its tags.
func readContract(document []byte) (contractPage, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return contractPage{}, fmt.Errorf("read the contract: %w", err)
	}
	contract := contractPage{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description}
	for _, tag := range doc.Tags {
		contract.Tags = append(contract.Tags, tagPage{Name: tag.Name, Description: tag.Description})
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		operations := doc.Paths.Value(path).Operations()
		for _, method := range slices.SortedFunc(maps.Keys(operations), byMethod) {
			shown := operationOf(method, path, operations[method])
			for i := range contract.Tags {
				if slices.Contains(operations[method].Tags, contract.Tags[i].Name) {
					contract.Tags[i].Operations = append(contract.Tags[i].Operations, shown)
				}
			}
		}
	}
	return contract, nil
}

var methodOrder = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func byMethod(a, b string) int {
	return cmp.Compare(slices.Index(methodOrder, a), slices.Index(methodOrder, b))
}

func operationOf(method, path string, op *openapi3.Operation) operationPage {
	shown := operationPage{
		ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description, Open: op.Security == nil || len(*op.Security) == 0,
	}
	for _, p := range op.Parameters {
		shown.Parameters = append(shown.Parameters, parameterPage{
			Name: p.Value.Name, In: p.Value.In, Required: p.Value.Required, Type: typeOf(p.Value.Schema), Description: p.Value.Description,
		})
	}
	if op.RequestBody != nil {
		shown.Bodies = bodiesOf(op.RequestBody.Value.Content)
	}
	responses := op.Responses.Map()
	for _, code := range slices.Sorted(maps.Keys(responses)) {
		answer := answerPage{Status: code}
		if d := responses[code].Value.Description; d != nil {
			answer.Description = *d
		}
		if code < "300" {
			answer.Bodies = bodiesOf(responses[code].Value.Content)
		}
		shown.Answers = append(shown.Answers, answer)
	}
	return shown
}

func bodiesOf(content openapi3.Content) []bodyPage {
	var bodies []bodyPage
	for _, media := range slices.Sorted(maps.Keys(content)) {
		body := bodyPage{Media: media, Schema: typeOf(content[media].Schema)}
		if strings.Contains(media, "json") {
			body.Example = indented(exampleOf(content[media].Schema, 0))
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// typeOf names a schema in a few words.
func typeOf(ref *openapi3.SchemaRef) string {
	if ref == nil || ref.Value == nil {
		return ""
	}
	if ref.Ref != "" {
		return ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
	}
	s := ref.Value
	name := strings.Join(s.Type.Slice(), " or ")
	if s.Items != nil {
		name = "list of " + typeOf(s.Items)
	}
	if s.Format != "" {
		name += " (" + s.Format + ")"
	}
	if len(s.Enum) > 0 {
		var values []string
		for _, value := range s.Enum {
			values = append(values, fmt.Sprint(value))
		}
		name = strings.Join(values, " | ")
	}
	return name
}

const deepestExample = 8

// exampleOf puts an example together from the examples of a schema's parts.
func exampleOf(ref *openapi3.SchemaRef, depth int) any {
	if ref == nil || ref.Value == nil || depth > deepestExample {
		return nil
	}
	s := ref.Value
	switch {
	case s.Example != nil:
		return s.Example
	case len(s.AllOf) > 0:
		return exampleOf(s.AllOf[0], depth)
	case s.Type.Is("object"):
		out := map[string]any{}
		for name, property := range s.Properties {
			out[name] = exampleOf(property, depth+1)
		}
		return out
	case s.Type.Is("array"):
		return []any{exampleOf(s.Items, depth+1)}
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Is("boolean"):
		return false
	case s.Type.Is("integer"):
		return 0
	case s.Nullable:
		return nil
	default:
		return "…"
	}
}

var pages = template.Must(template.New("").Parse(`
{{define "head"}}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.}}</title>
<style>
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h2{margin-top:3rem;border-bottom:1px solid}
h3{margin-top:2rem;font-size:1.1rem}
code,pre{font-family:ui-monospace,monospace;font-size:.9rem}
pre{overflow-x:auto;padding:.75rem;border:1px solid;border-radius:.25rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8888}
.method{font-weight:700}
</style></head><body>{{end}}

{{define "body"}}<p><code>{{.Media}}</code>{{if .Schema}} · {{.Schema}}{{end}}</p>{{if .Example}}<pre>{{.Example}}</pre>{{end}}{{end}}

{{define "docs"}}{{template "head" .Title}}
<main><h1>{{.Title}} <small>{{.Version}}</small></h1><p>{{.Description}}</p>
<p><a href="/openapi.json">The OpenAPI document</a> · <a href="/problems">All problems</a></p>
<nav aria-label="Operations"><ul>{{range .Tags}}{{if .Operations}}<li><a href="#{{.Name}}">{{.Name}}</a>: {{.Description}}</li>{{end}}{{end}}</ul></nav>
{{range .Tags}}{{if .Operations}}<section id="{{.Name}}"><h2>{{.Name}}</h2><p>{{.Description}}</p>
{{range .Operations}}<article id="{{.ID}}"><h3><span class="method">{{.Method}}</span> <code>{{.Path}}</code></h3>
<p><strong>{{.Summary}}</strong>{{if .Open}} (no sign-in){{end}}</p>{{if .Description}}<p>{{.Description}}</p>{{end}}
{{if .Parameters}}<table><thead><tr><th>Parameter</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead><tbody>
{{range .Parameters}}<tr><td><code>{{.Name}}</code>{{if .Required}} (required){{end}}</td><td>{{.In}}</td><td>{{.Type}}</td><td>{{.Description}}</td></tr>
{{end}}</tbody></table>{{end}}
{{if .Bodies}}<h4>Body</h4>{{range .Bodies}}{{template "body" .}}{{end}}{{end}}
<h4>Answers</h4>{{range .Answers}}<p><strong>{{.Status}}</strong> {{.Description}}</p>{{range .Bodies}}{{template "body" .}}{{end}}{{end}}
</article>{{end}}</section>{{end}}{{end}}</main></body></html>{{end}}

{{define "problem"}}{{template "head" .Title}}<main><h1>{{.Title}}</h1>
<p>Code <code>{{.Code}}</code>, HTTP status {{.Status}}.</p><p>{{.When}}</p><p><a href="/problems">All problems</a> · <a href="/docs">The API</a></p></main></body></html>{{end}}

{{define "problems"}}{{template "head" "Problems"}}<main><h1>Problems</h1>
<p>Every answer that is not a success is a problem document (RFC 9457). These are the codes there are.</p>
<ul>{{range .}}<li><a href="/problems/{{.Code}}"><code>{{.Code}}</code></a>: {{.Title}}</li>
{{end}}</ul></main></body></html>{{end}}
`))
