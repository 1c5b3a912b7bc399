// Package migrations holds the schema as embedded SQL, forward only. The server
// at commit N runs on schema N-1 and N (expand, backfill, contract).
package migrations

import "embed"

// FS holds the steps in name order, in the form that goose reads.
//
//go:embed *.sql
var FS embed.FS
