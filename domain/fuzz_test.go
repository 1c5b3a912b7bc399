package domain_test

import (
	"testing"

	"comity/domain"
)

// FuzzReferencesFoundAreReferences holds that what is found in a payer's text
// is a valid ISO 11649 reference, and that account numbers keep their form.
func FuzzReferencesFoundAreReferences(f *testing.F) {
	for _, text := range []string{"RF18539007547034", "invoice 7 RF18 5390 0754 7034 thank you", "rf18539007547034x", "DE89 3704 0044 0532 0130 00", "RF"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, reference := range domain.FindReferences(text) {
			if again, ok := domain.ParseReference(reference.String()); !ok || again != reference {
				t.Errorf("%q holds %s, which is no reference", text, reference)
			}
		}
		if number, err := domain.ParseIBAN(text); err == nil {
			if again, err := domain.ParseIBAN(number.IBAN()); err != nil || again != number {
				t.Errorf("%q is read as %s, which does not come back", text, number.IBAN())
			}
		}
		domain.NumberKey(text)
		domain.NameKey(text)
	})
}
