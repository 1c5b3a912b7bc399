package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"comity/underwriting/backtest"
)

// paths collects a flag that may be given more than once.
type paths []string

func (p *paths) String() string { return strings.Join(*p, ",") }

// Set implements flag.Value.
func (p *paths) Set(path string) error {
	*p = append(*p, path)
	return nil
}

// backtestModel prices rows as of the day they were issued, and measures.
func backtestModel(_ context.Context, args []string) error {
	var also paths
	flags := flag.NewFlagSet("backtest", flag.ContinueOnError)
	model := flags.String("model", "", "the artefact of a model")
	key := flags.String("public-key", "", "a file with the Ed25519 key that must have signed it, in hexadecimal")
	history := flags.String("history", "", "the CSV file of past invoices")
	updates := flags.String("updates", "", "the CSV file of payments of invoices that are open in it")
	price := flags.String("price", "", "the CSV file of invoices to price")
	flags.Var(&also, "also", "a CSV file of further invoices, which are not priced; may be given again")
	predictions := flags.String("predictions", "", "the CSV file to write the curves to")
	drawings := flags.String("figures", "", "a folder to draw calibration, PIT, curves and skill into, as SVG and PNG")
	rivals := flags.String("rivals", "", "a CSV file with the columns model and skill, for the figure of skill")
	metrics := flags.String("json", "", "the JSON file to write the metrics to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *model == "" || *history == "" || *price == "" || flags.NArg() > 0 {
		return errors.New("usage: comity backtest -model model.json -history TRAIN.csv -updates UPDATES.csv -price TEST.csv [-also MORE.csv]… [-predictions pred.csv] [-json metrics.json]")
	}
	fitted, sum, err := readModel(*model, *key)
	if err != nil {
		return err
	}
	files := []portfolioFile{{path: *history}, {path: *price, price: true}}
	for _, path := range also {
		files = append(files, portfolioFile{path: path, also: true})
	}
	portfolio, err := readPortfolio(files, *updates)
	if err != nil {
		return err
	}
	report(os.Stderr, portfolio)
	results := backtest.Price(portfolio, fitted, runtime.GOMAXPROCS(0))
	if err := writeTo(*predictions, func(w io.Writer) error {
		return backtest.WritePredictions(w, portfolio, results)
	}); err != nil {
		return err
	}
	named := backtest.Named(portfolio, results)
	fmt.Printf("model %s\n", sum)
	for _, name := range sortedKeys(named) {
		fmt.Printf("%-8s %.5f\n", name, named[name])
	}
	if err := drawFigures(*drawings, *rivals, portfolio, results); err != nil {
		return err
	}
	return writeTo(*metrics, func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetIndent("", " ")
		return out.Encode(named)
	})
}

// writeTo writes a file, when there is a name for one.
func writeTo(path string, write func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

func sortedKeys[K cmp.Ordered, V any](of map[K]V) []K { return slices.Sorted(maps.Keys(of)) }
