package domain_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comity/domain"
)

func TestIBANsAreHeldToTheirCountryAndCheckDigits(t *testing.T) {
	tests := map[string]struct {
		text, want string // want is the IBAN, or "" for a refusal
	}{
		"the registry's British example":     {"GB29NWBK60161331926819", "GB29NWBK60161331926819"},
		"groups and lower case":              {"de89 3704 0044 0532 0130 00", "DE89370400440532013000"},
		"the shortest, Norway":               {"NO9386011117947", "NO9386011117947"},
		"the longest of the old, Malta":      {"MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"},
		"a wrong check digit":                {"DE88370400440532013000", ""},
		"one character short":                {"DE8937040044053201300", ""},
		"a country that has no IBAN":         {"US89370400440532013000", ""},
		"a hyphen":                           {"DE89-3704-0044-0532-0130-00", ""},
		"digits of another script":           {"DE89٣704004405320130", ""},
		"nothing":                            {"", ""},
		"a country and nothing else":         {"DE", ""},
		"check digits that no IBAN can have": {"DE00370400440532013000", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := domain.ParseIBAN(tc.text)
			if got.IBAN() != tc.want {
				t.Errorf("ParseIBAN(%q) = %q, want %q", tc.text, got.IBAN(), tc.want)
			}
			if (tc.want == "") != errors.Is(err, domain.ErrAccountNumber) {
				t.Errorf("ParseIBAN(%q) gives error %v", tc.text, err)
			}
			if err != nil && len(tc.text) > 5 && strings.Contains(err.Error(), tc.text) {
				t.Errorf("the error repeats the number: %v", err)
			}
		})
	}
}

func TestUSAccountsAreHeldToTheABAChecksum(t *testing.T) {
	tests := map[string]struct {
		routing, account string
		ok               bool
	}{
		"a real routing number":      {"021000021", "1234567890", true},
		"spaces":                     {"0210 0002 1", "12 34", true},
		"the longest account":        {"011000015", "12345678901234567", true},
		"a wrong checksum":           {"021000022", "1234567890", false},
		"eight digits":               {"02100002", "1234567890", false},
		"nine zeros":                 {"000000000", "1234567890", false},
		"an account of three digits": {"021000021", "123", false},
		"an account of 18 digits":    {"021000021", "123456789012345678", false},
		"letters in the account":     {"021000021", "12345A", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := domain.ParseUSAccount(tc.routing, tc.account)
			if ok := err == nil; ok != tc.ok || ok == got.IsZero() {
				t.Errorf("ParseUSAccount(%q, %q) = %v, %v", tc.routing, tc.account, got.Key(), err)
			}
		})
	}
}

func TestAccountNumbersShowOnlyTheLastFour(t *testing.T) {
	iban, err := domain.ParseIBAN("DE89 3704 0044 0532 0130 00")
	if err != nil {
		t.Fatal(err)
	}
	us, err := domain.ParseUSAccount("021000021", "987654321")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		number               domain.BankAccountNumber
		masked, country, key string
	}{
		"an IBAN":      {iban, "•••• 3000", "DE", "DE89370400440532013000"},
		"a US account": {us, "•••• 4321", "US", "US:021000021:987654321"},
		"no account":   {domain.BankAccountNumber{}, "", "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.number.String(); got != tc.masked {
				t.Errorf("String() = %q, want %q", got, tc.masked)
			}
			if got := tc.number.Country(); got != tc.country {
				t.Errorf("Country() = %q, want %q", got, tc.country)
			}
			if got := tc.number.Key(); got != tc.key {
				t.Errorf("Key() = %q, want %q", got, tc.key)
			}
		})
	}
}

func TestOneChangedCharacterOfAnIBANIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bban := rapid.StringMatching(`[A-Z]{4}[0-9]{14}`).Draw(t, "bban")
		number, err := domain.MakeIBAN("GB", bban)
		if err != nil {
			t.Fatal(err)
		}
		changed := changeOne(t, number.IBAN())
		if again, err := domain.ParseIBAN(changed); err == nil {
			t.Fatalf("%s was changed to %s and read as %s", number.IBAN(), changed, again.IBAN())
		}
	})
}

func TestOneChangedDigitOfARoutingNumberIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		routing := rapid.SampledFrom([]string{"021000021", "011000015", "122105155", "091000019"}).Draw(t, "routing")
		if changed := changeOne(t, routing); changed != routing {
			if _, err := domain.ParseUSAccount(changed, "12345"); err == nil {
				t.Fatalf("%s was changed to %s and read", routing, changed)
			}
		}
	})
}

// changeOne returns text with one digit replaced by another digit, or one letter
// by another letter: the errors that mod 97 and 3-7-1 always catch. (A letter for
// a digit changes the length of the number and is caught 96 times in 97.)
func changeOne(t *rapid.T, text string) string {
	at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
	base, size := byte('0'), 10
	if text[at] >= 'A' {
		base, size = 'A', 26
	}
	step := rapid.IntRange(1, size-1).Draw(t, "step")
	changed := []byte(text)
	changed[at] = base + byte((int(text[at]-base)+step)%size)
	return string(changed)
}
