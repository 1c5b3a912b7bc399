package collections_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/repository"
)

// sees asks of every case what a look at many and a look at it alone make of it. Both must
// say the same: what a case that waits waits for and until when, and which cases are to be
// acted on, which of them with the same words.
func (w *town) sees() {
	w.t.Helper()
	entry := domain.Entry{Scope: "work", By: domain.Caller{World: w.facts.Case.World, Now: w.now}}
	_, err := repository.Atomically(w.db.DB, func(tx *repository.Tx) collections.Tx { return tx })(w.t.Context(), entry, func(tx collections.Tx) (domain.Answer, error) {
		many, err := tx.Agenda(w.t.Context(), w.facts.Case.World, domain.Due{}, w.now.AddDate(1, 0, 0))
		if err != nil {
			return domain.Answer{}, err
		}
		for _, few := range many {
			all, err := tx.CaseLook(w.t.Context(), few.Case.ID)
			if err != nil {
				return domain.Answer{}, err
			}
			w.done["seen"]++
			few.Now, all.Now, few.AnswersShared, all.AnswersShared = w.now, w.now, true, true
			if fault := sameDay(few, all); fault != "" {
				w.t.Fatalf("seed %d, %s, case %s: %s", w.seed, w.now.In(newYork), few.Case.ID, fault)
			}
		}
		return domain.Answer{}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// sameDay compares what is made of the facts of an agenda with what is made of all facts.
func sameDay(few, all domain.CaseFacts) string {
	ahead, waits := collections.Ahead(few)
	alone, quiet, err := collections.LookOf(all)
	switch {
	case err != nil:
		return err.Error()
	case !waits && (agreedForSettled(few) || heldByMoney(few, all)): // the agenda does not know, and leaves it to a look
		return ""
	case waits != quiet:
		a, b := collections.Next(few), collections.Next(all)
		return fmt.Sprintf("an agenda lets it wait: %t; alone it waits: %t\nnext is %+v %+v\nand alone %+v %+v", waits, quiet, a, a.Act, b, b.Act)
	case waits && !reflect.DeepEqual(ahead, alone):
		return fmt.Sprintf("it waits until %s for %q, and alone until %s for %q", ahead.NextActionAt.Format(time.RFC3339), ahead.WaitsFor, alone.NextActionAt.Format(time.RFC3339), alone.WaitsFor)
	}
	if a, b := collections.Next(few), collections.Next(all); !reflect.DeepEqual(a.Act, b.Act) {
		return fmt.Sprintf("next is %+v, and alone %+v", a.Act, b.Act)
	}
	return ""
}

// heldByMoney reports whether a case would wait if the agenda knew the money that nothing explains:
// a plan is not broken while that may be its instalment.
func heldByMoney(few, all domain.CaseFacts) bool {
	few.Unidentified, few.Relationship.Name = all.Unidentified, all.Relationship.Name
	_, waits := collections.Ahead(few)
	return waits
}

func agreedForSettled(f domain.CaseFacts) bool {
	return slices.ContainsFunc(f.Promises, func(p domain.Promise) bool {
		_, there := f.Item(p.Deal)
		return p.Status == domain.PromiseActive && !there
	}) || slices.ContainsFunc(f.Plans, func(p domain.Plan) bool {
		_, there := f.Item(p.Deal)
		return p.Live() && !there
	})
}

// plan looks at whatever is due, all at once, while others do what they do.
func (w *town) plan(ctx context.Context, _ action) error {
	_, err := w.cases.Plan(ctx, w.facts.Case.World, domain.Due{}, w.now, w.now)
	return err
}
