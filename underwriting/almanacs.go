package underwriting

import (
	"sync"

	"comity/domain"
	"comity/money"
	"comity/underwriting/paytime"
)

// almanacs keeps the calendars that were asked for: they are constants that take a
// while to work out.
var almanacs = struct {
	sync.Mutex
	of map[almanacKey]*paytime.Almanac
}{of: map[almanacKey]*paytime.Almanac{}}

type almanacKey struct {
	currency money.Currency
	country  string
}

func almanacOf(currency money.Currency, country string) *paytime.Almanac {
	almanacs.Lock()
	defer almanacs.Unlock()
	if domain.BankingDays(currency, "").KnowsHolidays() {
		country = "" // the currency decides
	}
	key := almanacKey{currency, country}
	if almanacs.of[key] == nil {
		almanacs.of[key] = paytime.NewAlmanac(domain.BankingDays(currency, country))
	}
	return almanacs.of[key]
}
