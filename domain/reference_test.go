package domain_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comity/domain"
)

func TestReferencesAreRead(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"the standard's example":         {"RF18539007547034", "RF18539007547034"},
		"groups of four in lower case":   {"rf18 5390 0754 7034", "RF18539007547034"},
		"a wrong check digit":            {"RF19539007547034", ""},
		"no body":                        {"RF18", ""},
		"22 characters of body":          {"RF181234567890123456789012", ""},
		"an invoice number":              {"INV-2026-001", ""},
		"a letter that is not ASCII":     {"RF18Ü39007547034", ""},
		"check digits that cannot exist": {"RF00539007547034", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := domain.ParseReference(tc.text)
			if got.String() != tc.want || ok != (tc.want != "") {
				t.Errorf("ParseReference(%q) = %q, %v, want %q", tc.text, got, ok, tc.want)
			}
		})
	}
}

func TestReferencesAreFoundInRemittanceText(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"alone":                     {"RF18539007547034", []string{"RF18539007547034"}},
		"in groups between words":   {"Invoice 12 RF18 5390 0754 7034 thank you", []string{"RF18539007547034"}},
		"after a slash, lower case": {"/ref/rf18539007547034/eur", []string{"RF18539007547034"}},
		"broken by the bank at 35":  {"payment for goods of May RF185390 07547034", []string{"RF18539007547034"}},
		"across a line break":       {"RF18 5390\n0754 7034", []string{"RF18539007547034"}},
		"two of them":               {"RF18539007547034, RF712348231", []string{"RF18539007547034", "RF712348231"}},
		"twice the same":            {"RF18539007547034 RF18539007547034", []string{"RF18539007547034"}},
		"with a wrong digit":        {"RF18 5390 0754 7035", nil},
		"inside a longer word":      {"XRF18539007547034", nil},
		"nothing":                   {"", nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, reference := range domain.FindReferences(tc.text) {
				got = append(got, reference.String())
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("FindReferences(%q) = %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}

// TestAReferenceFollowsFromItsSeed holds C-117: a reference for each invoice, that checks itself.
func TestAReferenceFollowsFromItsSeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "seed")
		reference := domain.NewReference(seed)
		if again := domain.NewReference(seed); again != reference {
			t.Fatalf("the same seed gives %s and %s", reference, again)
		}
		if read, ok := domain.ParseReference(reference.Grouped()); !ok || read != reference {
			t.Fatalf("%s is read as %s, %v", reference.Grouped(), read, ok)
		}
		other := slices.Clone(seed)
		other[len(other)-1] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if domain.NewReference(other) == reference {
			t.Fatalf("seeds %x and %x give the same reference", seed, other)
		}
	})
}

// TestEveryReferenceIsFoundInFreeText holds C-117: whatever a debtor's bank writes around it.
func TestEveryReferenceIsFoundInFreeText(t *testing.T) {
	words := rapid.StringMatching(`[a-z0-9]{1,9}[,.]`)
	rapid.Check(t, func(t *rapid.T) {
		reference := domain.NewReference(rapid.SliceOfN(rapid.Byte(), 1, 16).Draw(t, "seed"))
		written := rapid.SampledFrom([]string{
			reference.String(), reference.Grouped(), strings.ToLower(reference.Grouped()),
		}).Draw(t, "written")
		text := words.Draw(t, "before") + " " + written + " " + words.Draw(t, "after")
		if !slices.Contains(domain.FindReferences(text), reference) {
			t.Fatalf("%s is not found in %q", reference, text)
		}
	})
}

func TestOneChangedCharacterOfAReferenceIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reference := domain.NewReference(rapid.SliceOfN(rapid.Byte(), 1, 16).Draw(t, "seed"))
		changed := changeOne(t, reference.String())
		if read, ok := domain.ParseReference(changed); ok {
			t.Fatalf("%s was changed to %s and read as %s", reference, changed, read)
		}
	})
}
