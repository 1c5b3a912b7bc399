// Package migrations holds the schema as embedded SQL, forward only. It is brought up to date
// before the servers are: the server at commit N-1 runs on schema N-1 and N (expand, backfill,
// contract).
package migrations

import "embed"

// FS holds the steps in name order, in the form that goose reads.
//
//go:embed *.sql
var FS embed.FS
