package domain_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"comity/domain"
	"comity/money"

	"pgregory.net/rapid"
)

func TestBusinessDaysAreAdded(t *testing.T) {
	tests := map[string]struct {
		calendar domain.Calendar
		from     string
		n        int
		want     string
	}{
		"story A, first business day after due":   {domain.BusinessDays("US"), "2026-03-04", 1, "2026-03-05"},
		"story A, second":                         {domain.BusinessDays("US"), "2026-03-04", 2, "2026-03-06"},
		"story A, third, over a weekend":          {domain.BusinessDays("US"), "2026-03-04", 3, "2026-03-09"},
		"story A, the hold of the ACH credit":     {domain.BankingDays("USD", "US"), "2026-03-10", 5, "2026-03-17"},
		"story A, the hold if paid on the 4th":    {domain.BankingDays("USD", "US"), "2026-03-04", 5, "2026-03-11"},
		"story A, the hold if paid on the 9th":    {domain.BankingDays("USD", "US"), "2026-03-09", 5, "2026-03-16"},
		"UK, over Easter":                         {domain.BusinessDays("GB"), "2026-04-02", 1, "2026-04-07"},
		"UK, back over Easter":                    {domain.BusinessDays("GB"), "2026-04-07", -1, "2026-04-02"},
		"none":                                    {domain.BusinessDays("GB"), "2026-04-03", 0, "2026-04-03"},
		"from a holiday":                          {domain.BusinessDays("GB"), "2026-04-03", 1, "2026-04-07"},
		"weekends only":                           {domain.Calendar{}, "2026-04-02", 1, "2026-04-03"},
		"TARGET is closed on Easter Monday":       {domain.BankingDays("EUR", "DE"), "2026-04-02", 1, "2026-04-07"},
		"TARGET is open on German Unity Day 2025": {domain.BankingDays("EUR", "DE"), "2025-10-02", 1, "2025-10-03"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.calendar.Add(domain.MustDate(tc.from), tc.n).String(); got != tc.want {
				t.Errorf("%d business days from %s is %s, want %s", tc.n, tc.from, got, tc.want)
			}
		})
	}
	if got := domain.MustDate("2026-03-04").Plus(-7).String(); got != "2026-02-25" {
		t.Errorf("T-7 of story A is %s", got)
	}
}

func TestHolidays(t *testing.T) {
	tests := map[string]struct {
		calendar     domain.Calendar
		closed, open string // space separated days
	}{
		"England and Wales 2026": {
			domain.BusinessDays("GB"),
			"2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28", "2026-04-02 2026-04-07 2026-12-24",
		},
		"pounds follow them":               {domain.BankingDays("GBP", "US"), "2026-04-03 2026-05-04", "2026-07-03"},
		"US 2026":                          {domain.BusinessDays("US"), "2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-11-26 2026-12-25", "2026-07-06 2026-04-03"},
		"the Fed works on 3 July":          {domain.BankingDays("USD", "US"), "2026-11-26 2026-12-25", "2026-07-03"},
		"the Fed rests on a Monday":        {domain.BankingDays("USD", "DE"), "2027-07-05", "2026-07-03 2025-10-03"},
		"TARGET 2026":                      {domain.BankingDays("EUR", "FR"), "2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-12-25", "2026-07-14 2026-12-24"},
		"Germany 2026":                     {domain.BusinessDays("DE"), "2026-05-14 2026-05-25 2025-10-03", "2026-01-06 2026-06-04"},
		"France 2026":                      {domain.BusinessDays("FR"), "2026-07-14 2026-05-08", "2026-04-03"},
		"Finland 2026":                     {domain.BusinessDays("FI"), "2026-01-06 2026-05-14 2026-06-19 2026-12-24", "2026-06-18 2026-06-22"},
		"Portugal 2026":                    {domain.BusinessDays("PT"), "2026-04-03 2026-06-04 2026-06-10 2026-12-01 2026-12-08", "2026-04-06"},
		"Sweden follows its country":       {domain.BankingDays("SEK", "SE"), "2026-06-19 2026-01-06", "2026-06-18"},
		"New Year's Eve before a Sat":      {domain.BusinessDays("US"), "2021-12-31", "2021-12-30"},
		"Cyprus keeps the Orthodox Easter": {domain.BusinessDays("CY"), "2026-02-23 2026-04-10 2026-04-13 2026-06-01 2026-10-28", "2026-04-03 2026-04-06"},
		"Estonia 2026":                     {domain.BusinessDays("EE"), "2026-02-24 2026-04-03 2026-06-23 2026-06-24 2026-08-20", "2026-04-06"},
		"Hungary 2026":                     {domain.BusinessDays("HU"), "2026-04-03 2026-04-06 2026-05-25 2026-08-20 2026-10-23", "2026-05-14"},
		"Iceland 2026":                     {domain.BusinessDays("IS"), "2026-04-02 2026-04-23 2026-06-17 2026-08-03 2026-12-31", "2026-04-16 2026-08-10"},
		"Liechtenstein 2026":               {domain.BusinessDays("LI"), "2026-01-02 2026-01-06 2026-06-04 2026-09-08 2026-12-08", "2026-01-05"},
		"Luxembourg 2025 and 2026":         {domain.BusinessDays("LU"), "2025-05-09 2025-06-23 2026-04-06 2026-05-14 2026-05-25", "2026-04-03"},
		"Malta 2026":                       {domain.BusinessDays("MT"), "2026-02-10 2026-03-19 2026-03-31 2026-04-03 2026-06-29 2026-09-21", "2026-04-06"},
		"Mexico 2026":                      {domain.BusinessDays("MX"), "2026-02-02 2026-03-16 2026-05-01 2026-09-16 2026-11-16", "2026-02-05 2026-11-20 2026-04-06"},
		"the weekend in Saudi Arabia":      {domain.BusinessDays("SA"), "2026-03-06 2026-03-07", "2026-03-05 2026-03-08"},
		"the weekend in the Emirates":      {domain.BusinessDays("AE"), "2026-03-07 2026-03-08", "2026-03-06 2026-03-09"},
		"dollars rest on Sundays there":    {domain.BankingDays("USD", "SA"), "2026-03-07 2026-03-08", "2026-03-06"},
		"nobody's country":                 {domain.BusinessDays("XX"), "2026-01-03 2026-01-04", "2026-01-01 2026-12-25"},
		"years nobody knows":               {domain.BusinessDays("US"), "", "1899-12-25"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, day := range strings.Fields(tc.closed) {
				if tc.calendar.IsBusinessDay(anyDay(t, day)) {
					t.Errorf("%s is a business day", day)
				}
			}
			for _, day := range strings.Fields(tc.open) {
				if !tc.calendar.IsBusinessDay(anyDay(t, day)) {
					t.Errorf("%s is not a business day", day)
				}
			}
		})
	}
}

// anyDay reads a day of any year.
func anyDay(t *testing.T, text string) domain.Date {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return domain.DateOf(at)
}

func TestUnknownCountriesSaySo(t *testing.T) {
	for country, want := range map[string]bool{"US": true, "GB": true, "PL": true, "CH": true, "AU": true, "XX": false, "": false, "us": false} {
		if got := domain.BusinessDays(country).KnowsHolidays(); got != want {
			t.Errorf("%q knows holidays: %t", country, got)
		}
	}
	if !domain.BankingDays("EUR", "XX").KnowsHolidays() {
		t.Error("TARGET needs no country")
	}
}

// TestTheCountriesWithoutHolidaysAreNamed holds the list in the comment of the table: who has
// a time zone here has holidays, or is one of these, whose days no rule gives.
func TestTheCountriesWithoutHolidaysAreNamed(t *testing.T) {
	var without []string
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			country := string([]rune{first, second})
			if domain.ZoneOf(country) != "UTC" && !domain.BusinessDays(country).KnowsHolidays() {
				without = append(without, country)
			}
		}
	}
	if got := strings.Join(without, " "); got != "AE BH CL CN HK IL IN KR KW SA SG TN TR" {
		t.Errorf("no holidays are known of %s", got)
	}
}

func TestCalendarsAgreeWithThemselves(t *testing.T) {
	countries := []string{"US", "GB", "DE", "FR", "ES", "IT", "NL", "BE", "AT", "DK", "SE", "NO", "FI", "PL", "PT", "IE", "CH", "BR", "CA", "AU", "XX"}
	rapid.Check(t, func(t *rapid.T) {
		calendar := domain.BusinessDays(rapid.SampledFrom(countries).Draw(t, "country"))
		d := domain.OnDay(2000, time.January, 1).Plus(rapid.IntRange(0, 30_000).Draw(t, "day"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		if got := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; got && calendar.IsBusinessDay(d) {
			t.Fatalf("%s is a weekend and a business day", d)
		}
		later, earlier := calendar.Add(d, n), calendar.Add(d, -n)
		if got := calendar.Between(d, later); got != n || !calendar.IsBusinessDay(later) {
			t.Errorf("%d business days after %s is %s, %d between", n, d, later, got)
		}
		if got := calendar.Between(later, d); got != -n {
			t.Errorf("%d business days from %s back to %s", got, later, d)
		}
		if got := calendar.Between(earlier, calendar.OnOrBefore(d)); calendar.IsBusinessDay(d) && got != n {
			t.Errorf("%d business days before %s is %s, %d between", n, d, earlier, got)
		}
		if on := calendar.OnOrAfter(d); on.Before(d) || calendar.Between(d.Plus(-1), on) != 1 {
			t.Errorf("the business day on or after %s is %s", d, on)
		}
		if on := calendar.OnOrBefore(d); on.After(d) || calendar.Between(on, d) != 0 {
			t.Errorf("the business day on or before %s is %s", d, on)
		}
	})
}

func TestCalendarsAreSafeToShare(_ *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, currency := range []money.Currency{"USD", "EUR", "GBP", "SEK"} {
				domain.BankingDays(currency, "SE").Add(domain.MustDate("2026-01-01"), 20)
			}
		})
	}
	group.Wait()
}

func TestZonesExist(t *testing.T) {
	tests := map[string]string{"US": "America/New_York", "DE": "Europe/Berlin", "GB": "Europe/London", "XX": "UTC", "": "UTC"}
	for country, want := range tests {
		if got := domain.ZoneOf(country); got != want {
			t.Errorf("ZoneOf(%q) = %s, want %s", country, got, want)
		}
	}
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			country := string([]rune{first, second})
			if _, err := time.LoadLocation(domain.ZoneOf(country)); err != nil {
				t.Errorf("zone of %s: %v", country, err)
			}
		}
	}
}

func BenchmarkFiveBankingDays(b *testing.B) {
	calendar, from := domain.BankingDays("USD", "US"), domain.MustDate("2026-03-10")
	for b.Loop() {
		calendar.Add(from, 5)
	}
}
