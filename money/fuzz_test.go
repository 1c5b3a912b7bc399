package money_test

import (
	"testing"

	"comity/money"
)

// FuzzParseKeepsTheText holds that what is read is written the same way: no
// second spelling of an amount is taken.
func FuzzParseKeepsTheText(f *testing.F) {
	for _, text := range []string{"12.50", "-0.05", "0.00", "1e2", "+1.00", "012.00", "1.5", "9999999999999.99", "٣.00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		amount, err := money.Parse(text, "EUR")
		if err == nil && amount.Decimal() != text && text != "-0.00" {
			t.Errorf("%q is read as %s", text, amount.Decimal())
		}
		if exact, err := money.ParseExact(text, "EUR"); err == nil {
			if again, err := money.Parse(exact.Decimal(), "EUR"); err != nil || again != exact {
				t.Errorf("%q is read exactly as %s, which does not come back", text, exact)
			}
		}
	})
}
