package main

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

// finishSchema says what Swagger 2.0 cannot: null, and that a request takes no
// other members. Answers may grow, so theirs stay open.
func finishSchema(name string, schema *openapi3.Schema) {
	if strings.HasSuffix(name, "Request") {
		none := false
		schema.AdditionalProperties = openapi3.AdditionalProperties{Has: &none}
	}
	for member, property := range schema.Properties {
		if property.Ref != "" || property.Value == nil {
			continue
		}
		value := property.Value
		if _, nullable := value.Extensions["x-nullable"]; nullable || member == "next_cursor" {
			value.Nullable = true
			delete(value.Extensions, "x-nullable")
		}
		if value.Type.Is("string") && value.Format == "" {
			value.Format = formatOf(member)
		}
	}
}

// formatOf tells a member's format from its name.
func formatOf(member string) string {
	switch {
	case strings.HasSuffix(member, "_at"):
		return "date-time"
	case strings.HasSuffix(member, "_on"), strings.HasSuffix(member, "_date"):
		return "date"
	default:
		return ""
	}
}

// finishOperation names an operation and completes its bodies and answers.
func finishOperation(method, path string, op *openapi3.Operation) {
	op.OperationID = operationID(method, path)
	if op.Description == "" {
		op.Description = op.Summary + "."
	}
	if op.RequestBody != nil {
		delete(op.RequestBody.Value.Extensions, "x-originalParamName") // a trace of the conversion
		op.RequestBody.Value.Content = requestContent(op.RequestBody.Value.Content)
		answers(op, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	answers(op, http.StatusInternalServerError)
	if strings.HasPrefix(path, "/v1/") {
		answers(op, http.StatusServiceUnavailable)
	}
	replayed := takesKey(op)
	for code, response := range op.Responses.Map() {
		switch {
		case code >= "400":
			response.Value.Content = problemContent()
		case replayed:
			addHeader(response.Value, "Idempotency-Replayed", "`true` when this is the stored answer to an earlier request")
		}
		if text := response.Value.Content["text/xml"]; text != nil {
			response.Value.Content = xmlContent()
		}
	}
}

// requestContent gives XML bodies a schema of their own: the document as text.
func requestContent(content openapi3.Content) openapi3.Content {
	if content["text/xml"] == nil {
		return content
	}
	finished := xmlContent()
	if one := content["application/json"]; one != nil {
		finished["application/json"] = one
	}
	return finished
}

func xmlContent() openapi3.Content {
	text := func() *openapi3.MediaType { return openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema()) }
	return openapi3.Content{"application/xml": text(), "text/xml": text()}
}

func problemContent() openapi3.Content {
	return openapi3.Content{"application/problem+json": openapi3.NewMediaType().WithSchemaRef(openapi3.NewSchemaRef("#/components/schemas/Problem", nil))}
}

// answers adds failures that operations of its kind may give.
func answers(op *openapi3.Operation, statuses ...int) {
	for _, status := range statuses {
		if op.Responses.Status(status) == nil {
			op.AddResponse(status, openapi3.NewResponse().WithDescription(http.StatusText(status)).WithContent(problemContent()))
		}
	}
}

func takesKey(op *openapi3.Operation) bool {
	return op.Parameters.GetByInAndName("header", "Idempotency-Key") != nil
}

func addHeader(response *openapi3.Response, name, description string) {
	if response.Headers == nil {
		response.Headers = openapi3.Headers{}
	}
	header := &openapi3.Header{Parameter: openapi3.Parameter{Description: description, Schema: openapi3.NewStringSchema().NewRef()}}
	response.Headers[name] = &openapi3.HeaderRef{Value: header}
}

// operationID makes an operation's name of its method and path: what stands
// before a parameter is named in the singular, so that "POST
// /v1/invoices/{id}/submit" is "postInvoiceSubmit".
func operationID(method, path string) string {
	segments := strings.Split(strings.TrimPrefix(strings.TrimPrefix(path, "/v1"), "/"), "/")
	id := strings.ToLower(method)
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			continue
		}
		if i+1 < len(segments) && strings.HasPrefix(segments[i+1], "{") {
			one := singular(segment)
			if one == segment && method == http.MethodGet {
				one += "-row" // a word without a plural: reading one of them is not reading them all
			}
			segment = one
		}
		for word := range strings.SplitSeq(segment, "-") {
			id += capital(word)
		}
	}
	return id
}

func singular(word string) string {
	if stem, many := strings.CutSuffix(word, "ies"); many {
		return stem + "y"
	}
	return strings.TrimSuffix(word, "s")
}

func capital(word string) string {
	runes := []rune(word)
	if len(runes) > 0 {
		runes[0] = unicode.ToUpper(runes[0])
	}
	return string(runes)
}
