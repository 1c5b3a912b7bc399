package domain_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"comity/domain"
)

var update = flag.Bool("update", false, "write docs/states.md anew")

// A drawn machine is one table of moves, told by names.
type drawn struct {
	name   string
	states []string
	move   func(from, to string) error
	next   map[string][]string
}

func machine[S ~string](name string, m domain.Machine[S]) drawn {
	d := drawn{name: name, next: map[string][]string{}, move: func(from, to string) error { return m.Move(S(from), S(to)) }}
	for _, state := range m.States() {
		d.states = append(d.states, string(state))
		for _, to := range m[state] {
			d.next[string(state)] = append(d.next[string(state)], string(to))
		}
	}
	return d
}

func machines() []drawn {
	return []drawn{
		machine("invoice", domain.InvoiceMoves), machine("mandate", domain.MandateMoves), machine("offer", domain.OfferMoves),
		machine("deal", domain.DealMoves), machine("pay-out", domain.PayoutMoves), machine("receipt", domain.ReceiptMoves),
		machine("case", domain.CaseMoves), machine("touch", domain.TouchMoves), machine("promise", domain.PromiseMoves), machine("dispute", domain.DisputeMoves),
		machine("plan", domain.PlanMoves), machine("recourse", domain.RecourseMoves), machine("mediation", domain.MediationMoves),
		machine("escalation", domain.EscalationMoves), machine("protective step", domain.ProtectiveMoves),
		machine("objection", domain.ObjectionMoves), machine("model", domain.ModelMoves), machine("playbook", domain.PlaybookMoves),
		machine("payment by card", domain.CardMoves), machine("processor's payout", domain.CardPayoutMoves),
	}
}

// TestEveryPairOfStates tries every move of every machine: the listed ones are
// open, all others are refused with the state found and the moves allowed.
func TestEveryPairOfStates(t *testing.T) {
	for _, m := range machines() {
		for _, from := range m.states {
			for _, to := range m.states {
				err := m.move(from, to)
				if allowed := slices.Contains(m.next[from], to); allowed != (err == nil) {
					t.Errorf("%s: %s → %s gives %v, allowed is %t", m.name, from, to, err, allowed)
				}
				if refusal, told := errors.AsType[*domain.Refusal](err); err != nil && (!told || refusal.State != from || !slices.Equal(refusal.Allowed, m.next[from]) && len(m.next[from]) > 0) {
					t.Errorf("%s: %s → %s is refused with %+v", m.name, from, to, err)
				}
			}
			for _, to := range m.next[from] {
				if !slices.Contains(m.states, to) {
					t.Errorf("%s: %s leads to %s, which is no state", m.name, from, to)
				}
			}
		}
	}
}

// TestTheDiagramsAreTheTables holds docs/states.md to the machines.
func TestTheDiagramsAreTheTables(t *testing.T) {
	var b strings.Builder
	b.WriteString("# States\n\nDrawn from the tables in `domain` by `go test ./domain -run Diagrams -update`. Nothing else moves a state.\n")
	for _, m := range machines() {
		fmt.Fprintf(&b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n", m.name)
		for _, from := range m.states {
			for _, to := range m.next[from] {
				fmt.Fprintf(&b, "    %s --> %s\n", from, to)
			}
			if len(m.next[from]) == 0 {
				fmt.Fprintf(&b, "    %s --> [*]\n", from)
			}
		}
		b.WriteString("```\n")
	}
	const name = "../docs/states.md"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil || string(have) != b.String() {
		t.Errorf("docs/states.md is not what the tables say (%v): run with -update", err)
	}
}
