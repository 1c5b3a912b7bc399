package domain

import (
	"errors"
	"fmt"
	"strings"
)

// ErrAccountNumber reports text that names no bank account: an IBAN or a US
// routing number whose length or check digits are wrong. It never repeats the
// text, because bank details do not belong in logs.
var ErrAccountNumber = errors.New("not a bank account number")

// A BankAccountNumber names a bank account: an IBAN, or a US routing number and
// account number. One that was parsed has right check digits. The zero value
// names no account. Values are equal (==) when they name the same account.
type BankAccountNumber struct {
	iban             string
	routing, account string
}

// ParseIBAN reads an IBAN (ISO 13616), spaces and lower case allowed. It gives
// [ErrAccountNumber] when the country, its length or the check digits are wrong.
func ParseIBAN(text string) (BankAccountNumber, error) {
	iban := strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	if len(iban) < 5 || !alphanumeric(iban) {
		return BankAccountNumber{}, fmt.Errorf("IBAN: letters and digits only: %w", ErrAccountNumber)
	}
	country := iban[:2]
	length, known := ibanLengths[country]
	if !known {
		return BankAccountNumber{}, fmt.Errorf("IBAN: no country %q: %w", country, ErrAccountNumber)
	}
	if len(iban) != length {
		return BankAccountNumber{}, fmt.Errorf("IBAN: %d characters, %s has %d: %w", len(iban), country, length, ErrAccountNumber)
	}
	if !checkDigitsHold(iban) {
		return BankAccountNumber{}, fmt.Errorf("IBAN: the check digits do not fit: %w", ErrAccountNumber)
	}
	return BankAccountNumber{iban: iban}, nil
}

// Written returns how an account that a document names is compared: without spaces, in capitals.
func Written(account string) string {
	return strings.ToUpper(strings.Join(strings.Fields(account), ""))
}

// Is reports whether a document names the account: by its IBAN, or by its account number.
func (n BankAccountNumber) Is(written string) bool {
	return written != "" && (written == n.iban || written == n.account)
}

// MakeIBAN returns the account that bban (the domestic number) has in country,
// with the check digits computed. It gives [ErrAccountNumber] as [ParseIBAN] does.
func MakeIBAN(country, bban string) (BankAccountNumber, error) {
	bban = strings.ToUpper(strings.ReplaceAll(bban, " ", ""))
	if len(country) != 2 || !alphanumeric(country+bban) {
		return BankAccountNumber{}, fmt.Errorf("IBAN: letters and digits only: %w", ErrAccountNumber)
	}
	return ParseIBAN(country + checkDigits(country, bban) + bban)
}

// ParseUSAccount reads an ABA routing number (nine digits, checksum 3-7-1) and an
// account number of 4 to 17 digits, spaces allowed. It gives [ErrAccountNumber].
func ParseUSAccount(routing, account string) (BankAccountNumber, error) {
	routing = strings.ReplaceAll(routing, " ", "")
	account = strings.ReplaceAll(account, " ", "")
	if len(routing) != 9 || !digitsOnly(routing) {
		return BankAccountNumber{}, fmt.Errorf("routing number: not nine digits: %w", ErrAccountNumber)
	}
	sum := 0
	for i, weight := range []int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		sum += weight * int(routing[i]-'0')
	}
	if sum == 0 || sum%10 != 0 {
		return BankAccountNumber{}, fmt.Errorf("routing number: the checksum does not fit: %w", ErrAccountNumber)
	}
	if len(account) < 4 || len(account) > 17 || !digitsOnly(account) {
		return BankAccountNumber{}, fmt.Errorf("account number: not 4 to 17 digits: %w", ErrAccountNumber)
	}
	return BankAccountNumber{routing: routing, account: account}, nil
}

// IsZero reports whether n names no account.
func (n BankAccountNumber) IsZero() bool { return n == BankAccountNumber{} }

// IBAN returns the IBAN without spaces, "" for a US account.
func (n BankAccountNumber) IBAN() string { return n.iban }

// RoutingNumber returns the ABA routing number, "" for an IBAN.
func (n BankAccountNumber) RoutingNumber() string { return n.routing }

// AccountNumber returns the US account number, "" for an IBAN.
func (n BankAccountNumber) AccountNumber() string { return n.account }

// Country returns the ISO 3166 code of the country that keeps the account.
func (n BankAccountNumber) Country() string {
	switch {
	case n.iban != "":
		return n.iban[:2]
	case n.routing != "":
		return "US"
	}
	return ""
}

// Masked returns the last four characters, for people: "•••• 3000".
func (n BankAccountNumber) Masked() string {
	if n.IsZero() {
		return ""
	}
	number := n.iban + n.account
	return "•••• " + number[len(number)-4:]
}

// Key returns the canonical text of the account, to store and compare: the IBAN,
// or "US:routing:account".
func (n BankAccountNumber) Key() string {
	if n.routing != "" {
		return "US:" + n.routing + ":" + n.account
	}
	return n.iban
}

// String is [BankAccountNumber.Masked], so that a number never leaks into a log.
func (n BankAccountNumber) String() string { return n.Masked() }

// ibanLengths holds the IBAN length of every country in the IBAN registry
// (SWIFT, ISO 13616 part 2).
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
	"BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
	"EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
	"GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
	"IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
	"LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
	"NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
	"RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
	"SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// checkDigitsHold reports whether text, two letters, two digits and a body, has
// right ISO 7064 mod 97-10 check digits, of which 02 to 98 are possible.
func checkDigitsHold(text string) bool {
	return checkDigits(text[:2], text[4:]) == text[2:4]
}

// checkDigits returns the two ISO 7064 mod 97-10 check digits of prefix and body.
func checkDigits(prefix, body string) string {
	remainder := 0
	for _, c := range body + prefix + "00" {
		if c >= 'A' {
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		} else {
			remainder = (remainder*10 + int(c-'0')) % 97
		}
	}
	return fmt.Sprintf("%02d", 98-remainder)
}

// alphanumeric reports whether text holds only digits and upper-case ASCII letters.
func alphanumeric(text string) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// digitsOnly reports whether text holds only ASCII digits.
func digitsOnly(text string) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
