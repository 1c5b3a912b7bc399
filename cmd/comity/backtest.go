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
	"comity/underwriting/paytime"
)

// paths collects a flag that may be given more than once.
type paths []string

func (p *paths) String() string { return strings.Join(*p, ",") }

// Set implements flag.Value.
func (p *paths) Set(path string) error {
	*p = append(*p, path)
	return nil
}

// A replay is what a command is asked to price as of the day it was issued: rows, by
// a model, after a history.
type replay struct {
	model, key, history, updates, price string
	also                                paths
}

func replayFlags(flags *flag.FlagSet) *replay {
	r := &replay{}
	flags.StringVar(&r.model, "model", "", "the artefact of a model")
	flags.StringVar(&r.key, "public-key", "", "a file with the Ed25519 key that must have signed it, in hexadecimal")
	flags.StringVar(&r.history, "history", "", "the CSV file of past invoices")
	flags.StringVar(&r.updates, "updates", "", "the CSV file of payments of invoices that are open in it")
	flags.StringVar(&r.price, "price", "", "the CSV file of invoices to price")
	flags.Var(&r.also, "also", "a CSV file of further invoices, which are not priced; may be given again")
	return r
}

func (r *replay) complete() bool { return r.model != "" && r.history != "" && r.price != "" }

// read reads the model and the rows, and says which rows were refused.
func (r *replay) read() (*paytime.Model, string, *backtest.Portfolio, error) {
	fitted, sum, err := readModel(r.model, r.key)
	if err != nil {
		return nil, "", nil, err
	}
	files := []portfolioFile{{path: r.history}, {path: r.price, price: true}}
	for _, path := range r.also {
		files = append(files, portfolioFile{path: path, also: true})
	}
	portfolio, err := readPortfolio(files, r.updates)
	if err != nil {
		return nil, "", nil, err
	}
	report(os.Stderr, portfolio)
	return fitted, sum, portfolio, nil
}

// backtestModel prices rows as of the day they were issued, and measures.
func backtestModel(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("backtest", flag.ContinueOnError)
	asked := replayFlags(flags)
	predictions := flags.String("predictions", "", "the CSV file to write the curves to")
	drawings := flags.String("figures", "", "a folder to draw calibration, PIT, curves and skill into, as SVG and PNG")
	rivals := flags.String("rivals", "", "a CSV file with the columns model and skill, for the figure of skill")
	metrics := flags.String("json", "", "the JSON file to write the metrics to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if !asked.complete() || flags.NArg() > 0 {
		return errors.New("usage: comity backtest -model model.json -history TRAIN.csv -updates UPDATES.csv -price TEST.csv [-also MORE.csv]… [-predictions pred.csv] [-json metrics.json]")
	}
	fitted, sum, portfolio, err := asked.read()
	if err != nil {
		return err
	}
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
