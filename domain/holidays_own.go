package domain

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/gr"
)

// What follows are the holidays of countries that the library does not list, each after the
// law that is named. An eve on which offices are closed by custom counts: a message that
// waits a day offends nobody.

// finland holds the days on which Finnish offices are closed (eves of midsummer
// and Christmas included), which the library does not list.
var finland = []*cal.Holiday{
	aa.NewYear, aa.Epiphany, aa.GoodFriday, aa.EasterMonday, aa.WorkersDay, aa.AscensionDay,
	{Month: time.June, Day: 19, Weekday: time.Friday, Offset: 1, Func: cal.CalcWeekdayFrom},
	onEvery(time.December, 6), onEvery(time.December, 24), aa.ChristmasDay, aa.ChristmasDay2,
}

// portugal holds the national holidays of Portugal, which the library does not list.
var portugal = []*cal.Holiday{
	aa.NewYear, aa.GoodFriday, onEvery(time.April, 25), aa.WorkersDay, aa.CorpusChristi,
	onEvery(time.June, 10), aa.AssumptionOfMary, onEvery(time.October, 5), aa.AllSaintsDay,
	onEvery(time.December, 1), aa.ImmaculateConception, aa.ChristmasDay,
}

func onEvery(month time.Month, day int) *cal.Holiday {
	return &cal.Holiday{Month: month, Day: day, Func: cal.CalcDayOfMonth}
}

// monday is the nth Monday of a month.
func monday(n int, month time.Month) *cal.Holiday {
	return &cal.Holiday{Month: month, Weekday: time.Monday, Offset: n, Func: cal.CalcWeekdayOffset}
}

// cyprus holds the public holidays of Cyprus (Bank Holidays notice of its Central Bank); its
// Easter is the Orthodox one, as in Greece.
var cyprus = []*cal.Holiday{
	aa.NewYear, aa.Epiphany, gr.KatharaDeftera, onEvery(time.March, 25), onEvery(time.April, 1), gr.MegaliParaskevi, gr.DefteraPascha,
	aa.WorkersDay, gr.AgiouPrevmatos, aa.AssumptionOfMary, onEvery(time.October, 1), onEvery(time.October, 28), aa.ChristmasDay, aa.ChristmasDay2,
}

// estonia holds the public holidays of the Public Holidays and Days of National Importance Act.
var estonia = []*cal.Holiday{
	aa.NewYear, onEvery(time.February, 24), aa.GoodFriday, aa.WorkersDay, onEvery(time.June, 23), onEvery(time.June, 24),
	onEvery(time.August, 20), onEvery(time.December, 24), aa.ChristmasDay, aa.ChristmasDay2,
}

// hungary holds the holidays of the Labour Code (Act I of 2012, section 102) and Christmas
// Eve; days that a decree moves each year are not known.
var hungary = []*cal.Holiday{
	aa.NewYear, onEvery(time.March, 15), aa.GoodFriday, aa.EasterMonday, aa.WorkersDay, aa.PentecostMonday, onEvery(time.August, 20),
	onEvery(time.October, 23), aa.AllSaintsDay, onEvery(time.December, 24), aa.ChristmasDay, aa.ChristmasDay2,
}

// iceland holds the holidays of Act 88/1971, the two half days at the end of the year whole.
var iceland = []*cal.Holiday{
	aa.NewYear, aa.MaundyThursday, aa.GoodFriday, aa.EasterMonday,
	{Month: time.April, Day: 19, Weekday: time.Thursday, Offset: 1, Func: cal.CalcWeekdayFrom},
	aa.WorkersDay, aa.AscensionDay, aa.PentecostMonday, onEvery(time.June, 17), monday(1, time.August),
	onEvery(time.December, 24), aa.ChristmasDay, aa.ChristmasDay2, onEvery(time.December, 31),
}

// liechtenstein holds the holidays on which its administration and banks are closed.
var liechtenstein = []*cal.Holiday{
	aa.NewYear, onEvery(time.January, 2), aa.Epiphany, onEvery(time.February, 2), onEvery(time.March, 19), aa.GoodFriday, aa.EasterMonday, aa.WorkersDay,
	aa.AscensionDay, aa.PentecostMonday, aa.CorpusChristi, aa.AssumptionOfMary, onEvery(time.September, 8), aa.AllSaintsDay,
	aa.ImmaculateConception, onEvery(time.December, 24), aa.ChristmasDay, aa.ChristmasDay2, onEvery(time.December, 31),
}

// luxembourg holds the holidays of the Code du travail, article L. 232-2.
var luxembourg = []*cal.Holiday{
	aa.NewYear, aa.EasterMonday, aa.WorkersDay, onEvery(time.May, 9), aa.AscensionDay, aa.PentecostMonday, onEvery(time.June, 23),
	aa.AssumptionOfMary, aa.AllSaintsDay, aa.ChristmasDay, aa.ChristmasDay2,
}

// malta holds the holidays of its National Holidays and Other Public Holidays Act (chapter 252).
var malta = []*cal.Holiday{
	aa.NewYear, onEvery(time.February, 10), onEvery(time.March, 19), onEvery(time.March, 31), aa.GoodFriday, aa.WorkersDay, onEvery(time.June, 7),
	onEvery(time.June, 29), aa.AssumptionOfMary, onEvery(time.September, 8), onEvery(time.September, 21), aa.ImmaculateConception,
	onEvery(time.December, 13), aa.ChristmasDay,
}

// mexico holds the days of rest of the Ley Federal del Trabajo, article 74, without the one
// on which a president takes office every six years.
var mexico = []*cal.Holiday{
	aa.NewYear, monday(1, time.February), monday(3, time.March), aa.WorkersDay, onEvery(time.September, 16),
	monday(3, time.November), aa.ChristmasDay,
}

// fridays are the countries whose weekend is Friday and Saturday: by law, or since every
// office keeps it so. That of the United Arab Emirates is Saturday and Sunday since 2022.
var fridays = map[string]bool{
	"BD": true, "BH": true, "DZ": true, "EG": true, "IL": true, "IQ": true, "JO": true, "KW": true, "LY": true, "OM": true, "QA": true, "SA": true, "SD": true,
	"SY": true, "YE": true,
}
