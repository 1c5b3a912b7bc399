package inbound_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comity/inbound"
)

var update = flag.Bool("update", false, "write the expected readings of the mails anew")

const host = "mail.comity.example"

// reading is everything that the package says of one mail.
type reading struct {
	Error   string       `json:"error,omitempty"`
	Mail    inbound.Mail `json:"mail"`
	OurIDs  []string     `json:"our_ids,omitempty"`
	Tokens  []string     `json:"tokens,omitempty"`
	Triage  string       `json:"triage,omitempty"`
	Summary string       `json:"summary,omitempty"`
}

func readAll(raw []byte) reading {
	mail, err := inbound.Read(raw)
	r := reading{Mail: mail, OurIDs: inbound.OurIDs(mail, host), Tokens: inbound.Tokens(mail, host)}
	if mail.FromPerson() {
		p := inbound.Triage(mail.Own, mail.Subject, today, dollars)
		r.Triage, r.Summary = brief(p), inbound.Summary(p)
	}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

func TestMailsAreReadAsExpected(t *testing.T) {
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d mails, %v", len(names), err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(readAll(raw), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden := strings.TrimSuffix(name, ".eml") + ".json"
		if *update {
			if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != string(got)+"\n" {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}
