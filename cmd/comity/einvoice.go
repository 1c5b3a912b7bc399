package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"

	"comity/formats"
)

// einvoice prints what e-invoice files say, one JSON object a line. It succeeds
// whatever the files hold: a verdict is a result, not a failure.
func einvoice(_ context.Context, args []string) error {
	if len(args) == 0 || args[0] != "read" {
		return errors.New("usage: comity einvoice read FILE…")
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, name := range args[1:] {
		data, err := os.ReadFile(name)
		result := formats.EResult{Rules: []string{"X-XML"}}
		if err != nil {
			result.Err = "the file cannot be read"
		} else {
			result = formats.ReadEInvoice(data)
		}
		if _, err := fmt.Fprintf(out, "%s\n", result.JSONLine(name)); err != nil {
			return fmt.Errorf("write line: %w", err)
		}
	}
	return nil
}
