package money

import "fmt"

// A Currency is an ISO 4217 alphabetic code, such as "EUR".
type Currency string

// places holds the ISO 4217 exponent of every currency that Comity keeps books
// in: the number of decimals of its minor unit.
var places = map[Currency]int32{
	"AED": 2, "AUD": 2, "BGN": 2, "BHD": 3, "BRL": 2, "CAD": 2, "CHF": 2, "CLP": 0,
	"CNY": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 2, "ILS": 2,
	"INR": 2, "ISK": 0, "JPY": 0, "KRW": 0, "KWD": 3, "MXN": 2, "NOK": 2, "NZD": 2,
	"PLN": 2, "RON": 2, "SAR": 2, "SEK": 2, "SGD": 2, "TND": 3, "TRY": 2, "USD": 2, "ZAR": 2,
}

// ParseCurrency returns the currency with the given ISO 4217 code. It refuses a
// code that Comity does not keep books in.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(code)
	if _, known := places[c]; !known {
		return "", fmt.Errorf("currency %q: %w", code, ErrCurrency)
	}
	return c, nil
}

// Places returns how many decimals the minor unit of c has (the ISO 4217 exponent).
func (c Currency) Places() int32 { return places[c] }
