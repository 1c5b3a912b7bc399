package main

import (
	"io"
	"os"
	"path/filepath"

	"comity/underwriting/backtest"
	"comity/underwriting/figures"
)

// drawFigures draws a backtest into a folder, when one is named, as SVG and PNG.
func drawFigures(folder, rivals string, p *backtest.Portfolio, results []backtest.Result) error {
	if folder == "" {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var others io.Reader
	if rivals != "" {
		file, err := os.Open(rivals)
		if err != nil {
			return err
		}
		defer file.Close()
		others = file
	}
	drawn, err := figures.All(p, results, others)
	if err != nil {
		return err
	}
	for _, figure := range drawn {
		for _, format := range []string{"svg", "png"} {
			content, err := figure.Render(format)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(folder, figure.Name+"."+format), content, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
