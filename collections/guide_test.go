package collections_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// guideTables are the tables of docs/courtesy.md that the code knows better than a writer.
var guideTables = map[string]func() string{"tone": toneTable, "playbook": playbookTable, "gate": gateTable}

// TestTheGuideSaysWhatTheCodeDoes holds the tables in docs/courtesy.md to the machine of tones, to
// the built-in playbook and to the gate.
func TestTheGuideSaysWhatTheCodeDoes(t *testing.T) {
	const name = "../docs/courtesy.md"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for table, made := range guideTables {
		from, to := fmt.Sprintf("<!-- %s: made by go test ./collections -run Guide -update -->\n", table), fmt.Sprintf("<!-- end of %s -->\n", table)
		before, rest, begun := strings.Cut(text, from)
		_, after, ended := strings.Cut(rest, to)
		if !begun || !ended {
			t.Fatalf("%s has no lines %q and %q", name, from, to)
		}
		text = before + from + "\n" + made() + "\n" + to + after
	}
	if *update {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if text != string(page) {
		t.Errorf("%s is not what the code says: run with -update", name)
	}
}

// toneTable is the row of every answer: what each tone becomes.
func toneTable() string {
	var b strings.Builder
	b.WriteString("| answer | after 0 | after 1 | after 2 | after 3 | after 4 |\n|---|--:|--:|--:|--:|--:|\n")
	for _, answer := range collections.Answers() {
		fmt.Fprintf(&b, "| `%s` |", answer)
		for tone := collections.ToneInformative; tone <= collections.ToneFormal; tone++ {
			fmt.Fprintf(&b, " %d |", collections.Turn(tone, answer))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// playbookTable is every step of the playbook that counts where no other does.
func playbookTable() string {
	var b strings.Builder
	b.WriteString("| step | when | way | tone | people | letter or script |\n|---|---|---|--:|--:|---|\n")
	p := collections.BuiltIn()
	for _, s := range p.Before {
		terms := ""
		if s.MinTerms > 0 {
			terms = fmt.Sprintf(", for terms of %d days and more", s.MinTerms)
		}
		fmt.Fprintf(&b, "| `%s` | %d days before the due date, at most %d and at least %d%s | email | 0 | 0 | `%s` |\n", s.Name, s.Days, s.Early, s.Late, terms, s.Name)
	}
	for i, s := range p.After {
		when := fmt.Sprintf("%d days after the last contact", s.Wait)
		if i == 0 {
			when = "1 to 3 business days after the due date"
		}
		if s.MinLate > 0 {
			when += fmt.Sprintf(", %d days past due, after %d messages that nobody answered", s.MinLate, s.MinQuiet)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %d | `%s` |\n", s.Name, when, s.Channel, s.Tone, s.People, s.Template)
	}
	return b.String()
}

// gateTable asks the gate about every class of message under each of its codes, one at a time.
func gateTable() string {
	type facts = *domain.CaseFacts
	holding := func(code domain.HoldCode) func(facts) {
		return func(f facts) { f.Holds = []domain.Hold{hold(*f, code, money.Amount{})} }
	}
	without := func(channel domain.Channel) func(facts) {
		return func(f facts) { f.Preferences.OptedOut = []domain.Channel{channel} }
	}
	changes := []func(facts){
		holding(domain.HoldPaidOrPending), holding(domain.HoldPromise), holding(domain.HoldDisputed), holding(domain.HoldQuery),
		func(f facts) { f.Items[0].Deal.Status = domain.DealChargedBack },
		func(f facts) { f.Items[0].NoticeAt = time.Time{} },
		stopped(domain.StopRepresented), stopped(domain.StopCease), stopped(domain.StopProof), stopped(domain.StopComplaint), stopped(domain.StopLegal), stopped(domain.StopSanctions),
		unidentified("Harbor and Pine Hotels", 1),
		func(f facts) { f.Feeds = nil },
		func(f facts) { f.Touches = []domain.Touch{reminded(*f, "2026-03-06 09:30")} },
		func(f facts) { f.Contacts = contacts(7, true, "2026-03-08 12:00") },
		func(f facts) { made(f, 0, domain.Contact{Own: true, Daily: true}) },
		func(f facts) { f.Now = at("2026-03-09 22:00") },
		func(f facts) { made(f, 6, domain.Contact{Own: true, Call: true, Spoken: true}) },
		without(domain.ChannelEmail), without(domain.ChannelPhone),
		func(f facts) { f.Relationship.Email = "" },
		func(f facts) { f.Relationship.Phone = "" },
		func(f facts) { f.Relationship.LegalType = domain.SoleTrader; made(f, 6, domain.Contact{Call: true}) },
		func(f facts) { f.Relationship.Approval = domain.ApproveEvery },
		func(f facts) { f.Pauses = []domain.Pause{{Side: domain.KindFactor}} },
	}
	var codes []string
	refused := map[string][]string{}
	for _, change := range changes {
		for _, class := range everyClass {
			f, act := ringable()
			change(&f)
			act.Class = class
			for _, code := range collections.Gate(f, act).Codes {
				if !slices.Contains(codes, code) {
					codes = append(codes, code)
				}
				if !slices.Contains(refused[code], string(class)) {
					refused[code] = append(refused[code], string(class))
				}
			}
		}
	}
	return gateRows(codes, refused)
}

// gateRows writes the codes that stop the same classes in one row.
func gateRows(codes []string, refused map[string][]string) string {
	var order []string
	same := map[string][]string{}
	for _, code := range codes {
		slices.Sort(refused[code])
		classes := "`" + strings.Join(refused[code], "`, `") + "`"
		if len(same[classes]) == 0 {
			order = append(order, classes)
		}
		same[classes] = append(same[classes], "`"+code+"`")
	}
	var b strings.Builder
	b.WriteString("| code | stops |\n|---|---|\n")
	for _, classes := range order {
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(same[classes], ", "), classes)
	}
	return b.String()
}
