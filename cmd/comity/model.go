package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"comity/domain"
)

const modelUsage = "usage: comity model propose -file model.json [-public-key FILE] [-note TEXT] | list | shadow NAME | live NAME | retire NAME"

// modelCommand is the operator's hand on fitted models, on DATABASE_URL or the private database.
func modelCommand(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New(modelUsage)
	}
	to := map[string]domain.ModelStatus{"shadow": domain.ModelShadow, "live": domain.ModelLive, "retire": domain.ModelRetired}[args[0]]
	switch {
	case args[0] == "propose":
		return proposeModel(ctx, args[1:])
	case args[0] == "list" && len(args) == 1:
		return listModels(ctx)
	case to != "" && len(args) == 2:
		return moveModel(ctx, args[1], to)
	}
	return errors.New(modelUsage)
}

// atTheCommandLine is the platform without a user of it.
func atTheCommandLine() domain.Caller {
	return domain.Caller{Kind: domain.KindPlatform, Role: domain.RoleOperator, Now: time.Now().UTC().Truncate(time.Microsecond)}
}

func proposeModel(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("model propose", flag.ContinueOnError)
	file := flags.String("file", "", "the artefact of a model, from fit")
	key := flags.String("public-key", "", "a file with the Ed25519 key that must have signed it, in hexadecimal")
	note := flags.String("note", "", "what is said of it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *file == "" || flags.NArg() > 0 {
		return errors.New(modelUsage)
	}
	artefact, err := os.ReadFile(*file)
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	verify, err := verifier(*key)
	if err != nil {
		return err
	}
	return withOperator(ctx, func(a *app) error {
		m, err := a.market.ProposeModel(ctx, atTheCommandLine(), artefact, *note, verify)
		if err != nil {
			return fmt.Errorf("propose %s: %w", *file, err)
		}
		fmt.Println(m.Name)
		return nil
	})
}

func listModels(ctx context.Context) error {
	return withOperator(ctx, func(a *app) error {
		models, err := a.market.Models(ctx, atTheCommandLine())
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "name\tstatus\tproposed\trows\tdebtors\tuntil\tCRPS in sample\tnote")
		for _, m := range models {
			fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", m.Name, m.Status, m.ProposedAt.Format(time.DateOnly), m.Trained.Rows, m.Trained.Debtors, m.Trained.Until, m.Trained.CRPS, m.Note)
		}
		return out.Flush()
	})
}

func moveModel(ctx context.Context, name string, to domain.ModelStatus) error {
	return withOperator(ctx, func(a *app) error {
		once := domain.Once[domain.Model]{Answer: func(domain.Model) domain.Answer { return domain.Answer{} }}
		if _, err := a.market.MoveModel(ctx, atTheCommandLine(), name, to, once); err != nil {
			return fmt.Errorf("move %s: %w", name, err)
		}
		fmt.Println(name, "is", to)
		return nil
	})
}
