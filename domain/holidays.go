package domain

import (
	"sync"
	"time"

	"comity/money"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/ecb"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// publicHolidays holds, by country, the table of its public holidays. A table is
// worked out the first time it is asked for and never changes. Of the countries that
// have a time zone here, AE, BH, CL, CN, HK, IL, IN, KR, KW, SA, SG, TN and TR have none:
// their holidays follow the moon or a proclamation each year, and a rule would be wrong.
var publicHolidays = map[string]func() *holidayTable{
	"AR": tableOf(ar.Holidays), "AT": tableOf(at.Holidays), "AU": tableOf(au.HolidaysNSW),
	"BE": tableOf(be.Holidays), "BG": tableOf(bg.Holidays), "BR": tableOf(br.Holidays),
	"CA": tableOf(ca.Holidays), "CH": tableOf(ch.Holidays), "CY": tableOf(cyprus), "CZ": tableOf(cz.Holidays),
	"DE": tableOf(de.Holidays), "DK": tableOf(dk.Holidays), "EE": tableOf(estonia), "ES": tableOf(es.Holidays),
	"FI": tableOf(finland), "FR": tableOf(fr.Holidays), "GB": tableOf(gb.Holidays), "GR": tableOf(gr.Holidays),
	"HR": tableOf(hr.Holidays), "HU": tableOf(hungary), "IE": tableOf(ie.Holidays), "IS": tableOf(iceland), "IT": tableOf(it.Holidays),
	"JP": tableOf(jp.Holidays), "LI": tableOf(liechtenstein), "LT": tableOf(lt.Holidays), "LU": tableOf(luxembourg), "LV": tableOf(lv.Holidays),
	"MT": tableOf(malta), "MX": tableOf(mexico), "NL": tableOf(nl.Holidays), "NO": tableOf(no.Holidays), "NZ": tableOf(nz.Holidays),
	"PL": tableOf(pl.Holidays), "PT": tableOf(portugal), "RO": tableOf(ro.Holidays), "SE": tableOf(se.Holidays),
	"SI": tableOf(si.Holidays), "SK": tableOf(sk.Holidays), "US": tableOf(us.Holidays),
	"ZA": tableOf(za.Holidays),
}

// settlementHolidays holds the closing days of the payment systems of the
// currencies whose banks do not follow one country's public holidays.
var settlementHolidays = map[money.Currency]func() *holidayTable{
	"EUR": tableOf(ecb.Holidays),
	"GBP": tableOf(gb.Holidays),
	"USD": tableOf(federalReserve(us.Holidays)),
}

// federalReserve returns the US holidays as the Federal Reserve Banks keep them:
// one on a Sunday closes the Monday after, one on a Saturday closes nothing.
func federalReserve(public []*cal.Holiday) []*cal.Holiday {
	sundayOnly := &cal.Holiday{Observed: []cal.AltDay{{Day: time.Sunday, Offset: 1}}}
	kept := make([]*cal.Holiday, len(public))
	for i, holiday := range public {
		kept[i] = holiday.Clone(sundayOnly)
	}
	return kept
}

// The years that holiday tables cover: those that [ParseDate] reads.
const (
	firstHolidayYear = 1900
	lastHolidayYear  = 2199
)

// A holidayTable is one bit for each day of the covered years.
type holidayTable struct {
	first Date
	days  []uint64
}

func tableOf(holidays []*cal.Holiday) func() *holidayTable {
	return sync.OnceValue(func() *holidayTable { return newHolidayTable(holidays) })
}

func newHolidayTable(holidays []*cal.Holiday) *holidayTable {
	first := OnDay(firstHolidayYear, time.January, 1)
	days := first.DaysUntil(OnDay(lastHolidayYear, time.December, 31)) + 1
	table := &holidayTable{first: first, days: make([]uint64, days/64+1)}
	for _, holiday := range holidays {
		// A New Year's Day may be observed in the year before it.
		for year := firstHolidayYear; year <= lastHolidayYear+1; year++ {
			if _, observed := holiday.Calc(year); !observed.IsZero() {
				// The library answers midnight in the machine's zone, which a
				// change of clocks can push back into the evening before.
				table.add(DateOf(observed.Add(6 * time.Hour)))
			}
		}
	}
	return table
}

func (t *holidayTable) add(d Date) {
	if i := t.first.DaysUntil(d); i >= 0 && i < len(t.days)*64 {
		t.days[i/64] |= 1 << (i % 64)
	}
}

func (t *holidayTable) holds(d Date) bool {
	if t == nil {
		return false
	}
	i := t.first.DaysUntil(d)
	return i >= 0 && i < len(t.days)*64 && t.days[i/64]&(1<<(i%64)) != 0
}
