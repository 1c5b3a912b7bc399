// Package openapi holds the contract of the API as it is served. The document
// is made from the annotations beside the handlers by cmd/openapi; a test holds
// it to the routes.
package openapi

import _ "embed" // for the document

// Document is the OpenAPI 3.0.3 document.
//
//go:embed openapi.json
var Document []byte
