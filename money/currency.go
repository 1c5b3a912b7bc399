package money

import (
	"fmt"
	"strings"
)

// A Currency is an ISO 4217 alphabetic code, such as "EUR".
type Currency string

// The ISO 4217 codes that Comity keeps books in, by their exponent: the number
// of decimals of the minor unit. Units that are not money of a country (metals,
// funds, testing) are none, nor are the two whose minor unit is a fifth.
const (
	noPlaces  = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
	twoPlaces = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF " +
		"CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL " +
		"HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR " +
		"MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG " +
		"SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST " +
		"XCD YER ZAR ZMW ZWG "
	threePlaces = "BHD IQD JOD KWD LYD OMR TND "
)

var places = func() map[Currency]int32 {
	table := map[Currency]int32{}
	for n, codes := range map[int32]string{0: noPlaces, 2: twoPlaces, 3: threePlaces} {
		for _, code := range strings.Fields(codes) {
			table[Currency(code)] = n
		}
	}
	return table
}()

// ParseCurrency returns the currency with the given ISO 4217 code. It refuses a
// code that Comity does not keep books in.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(code)
	if _, known := places[c]; !known {
		return "", fmt.Errorf("currency %q: %w", code, ErrCurrency)
	}
	return c, nil
}

// Known reports whether Comity keeps books in c.
func (c Currency) Known() bool {
	_, known := places[c]
	return known
}

// Places returns how many decimals the minor unit of c has (the ISO 4217 exponent).
func (c Currency) Places() int32 { return places[c] }
