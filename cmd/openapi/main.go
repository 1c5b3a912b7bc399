// Command openapi turns the Swagger 2.0 document that swag makes from the
// annotations beside the handlers into the OpenAPI 3.0.3 document that is
// served and committed:
//
//	openapi swagger.json openapi/openapi.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: openapi swagger.json openapi.json")
	}
	swagger, err := os.ReadFile(args[0])
	if err != nil {
		return fmt.Errorf("read swag's document: %w", err)
	}
	document, err := convert(swagger)
	if err != nil {
		return err
	}
	if err := os.WriteFile(args[1], document, 0o644); err != nil {
		return fmt.Errorf("write the contract: %w", err)
	}
	return nil
}

// listName is how swag names a page of a list: "api.listOf-Invoice".
var listName = regexp.MustCompile(`api\.listOf-(\w+)`)

// convert returns the OpenAPI document of a Swagger one: indented, its members
// in a stable order, and valid.
func convert(swagger []byte) ([]byte, error) {
	var old openapi2.T
	if err := json.Unmarshal(listName.ReplaceAll(swagger, []byte("${1}List")), &old); err != nil {
		return nil, fmt.Errorf("read swag's document: %w", err)
	}
	doc, err := openapi2conv.ToV3(&old)
	if err != nil {
		return nil, fmt.Errorf("convert swag's document: %w", err)
	}
	doc.OpenAPI = "3.0.3"
	doc.Servers = openapi3.Servers{{URL: "/", Description: "This server"}}
	doc.Components.SecuritySchemes["Bearer"] = &openapi3.SecuritySchemeRef{Value: openapi3.NewJWTSecurityScheme()}
	doc.Components.SecuritySchemes["Bearer"].Value.Description = "An access token of POST /v1/auth/token."
	for name, schema := range doc.Components.Schemas {
		finishSchema(name, schema.Value)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			finishOperation(method, path, op)
		}
	}
	return written(doc)
}

// written encodes a document and checks it once its references are resolved.
func written(doc *openapi3.T) ([]byte, error) {
	raw, err := doc.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write the contract: %w", err)
	}
	loaded, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, fmt.Errorf("read the contract back: %w", err)
	}
	if err := loaded.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("check the contract: %w", err)
	}
	var members any // maps are written in the order of their keys
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fmt.Errorf("read the contract back: %w", err)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(members); err != nil {
		return nil, fmt.Errorf("write the contract: %w", err)
	}
	return out.Bytes(), nil
}
