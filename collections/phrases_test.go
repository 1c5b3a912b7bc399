package collections_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"comity/collections"
)

// TestTwoHundredPhrasesAtEveryTone holds the corpus of C-161, with C-57, C-65,
// C-83, C-88 and C-93: what may be said at which tone, and why not.
func TestTwoHundredPhrasesAtEveryTone(t *testing.T) {
	file, err := os.ReadFile("testdata/phrases.txt")
	if err != nil {
		t.Fatal(err)
	}
	said, seen := 0, map[string]bool{}
	for n, line := range strings.Split(strings.TrimSpace(string(file)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		verdict, phrase, ok := strings.Cut(line, "\t")
		words := strings.Fields(verdict)
		var from, to int
		if !ok || len(words) < 2 || seen[phrase] {
			t.Fatalf("line %d: %q is no phrase, or stands twice", n+1, line)
		}
		if _, err := fmt.Sscanf(words[1], "%d-%d", &from, &to); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		reason := strings.Join(words[2:], " ")
		if allow := words[0] == "allow"; allow != (reason == "") || allow && (from != 0 || to != 4) {
			t.Fatalf("line %d: %q is neither allowed nor banned", n+1, verdict)
		}
		seen[phrase], said = true, said+1
		for tone := range 5 {
			findings := strings.Join(collections.LintPhrase(tone, phrase), " ")
			banned := reason != "" && tone >= from && tone <= to
			switch {
			case !banned && findings != "":
				t.Errorf("line %d: %q at tone %d: %s", n+1, phrase, tone, findings)
			case banned && !strings.Contains(findings, reason):
				t.Errorf("line %d: %q passes at tone %d, want %q in %q", n+1, phrase, tone, reason, findings)
			}
		}
	}
	if said < 200 {
		t.Errorf("%d phrases, want at least 200", said)
	}
}
