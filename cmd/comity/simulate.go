package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"comity/simulation"
	"comity/underwriting/backtest"
)

// simulatePolicy replays rows with money under one or more policies.
func simulatePolicy(_ context.Context, args []string) error {
	var policies paths
	flags := flag.NewFlagSet("simulate-policy", flag.ContinueOnError)
	asked := replayFlags(flags)
	flags.Var(&policies, "policy", "the JSON document of a policy; may be given again")
	out := flags.String("json", "", "the JSON file to write the figures to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if !asked.complete() || len(policies) == 0 || flags.NArg() > 0 {
		return errors.New("usage: comity simulate-policy -model model.json -history TRAIN.csv [-updates U.csv] -price TEST.csv [-also MORE.csv]… -policy POLICY.json [-policy OTHER.json]… [-json OUT.json]")
	}
	read, err := readPolicies(policies)
	if err != nil {
		return err
	}
	fitted, sum, portfolio, err := asked.read()
	if err != nil {
		return err
	}
	in := simulation.Input{Portfolio: portfolio, Workers: runtime.GOMAXPROCS(0)}
	in.Curves = backtest.Price(portfolio, fitted, in.Workers)
	var reports []simulation.Report
	for _, policy := range read {
		replayed, err := simulation.Replay(in, policy)
		if err != nil {
			return err
		}
		reports = append(reports, replayed)
	}
	fmt.Printf("model %s\n", sum)
	return errors.Join(simulation.WriteText(os.Stdout, reports), writeTo(*out, func(w io.Writer) error {
		return simulation.WriteJSON(w, sum, reports)
	}))
}

// readPolicies reads the documents of policies, no version of one twice.
func readPolicies(files []string) ([]simulation.Policy, error) {
	type version struct {
		name   string
		number int
	}
	seen := map[version]string{}
	var policies []simulation.Policy
	for _, path := range files {
		in, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		policy, err := simulation.ReadPolicy(in)
		if err := errors.Join(err, in.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		this := version{policy.Name, policy.Version}
		if seen[this] != "" {
			return nil, fmt.Errorf("%s: %s version %d is in %s too: another policy needs another version", path, this.name, this.number, seen[this])
		}
		seen[this], policies = path, append(policies, policy)
	}
	return policies, nil
}
