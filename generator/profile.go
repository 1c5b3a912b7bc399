package generator

import (
	"time"

	"comity/money"
)

// A trade is what a profile is made of. Shares are in ppm. The numbers are fitted
// to the facts in testdata: see docs/underwriting/generator.md.
type trade struct {
	months   int // the time in which debtors have as many invoices as volumes says
	volumes  curve
	keyPPM   int // share of invoices that one key account takes, 0 for no such account
	key      Habit
	begins   curve // share of the period that is over when a debtor begins
	together int   // share of invoices that go out with the one before
	late     curve // share of a debtor's bills that are paid late
	early    curve // share of the others that are paid early
	smallPPM int   // how far debtors with few invoices are moved up in late
	slips    curve // days late of a debtor that is seldom late
	habits   curve // days late of one that is often late
	heavy    curve // days late of one that has no money
	ahead    curve // days early

	terms        []int // days
	termsWeights []int
	otherTerms   int   // share of invoices with other terms than the debtor's own
	rollsDue     bool  // a due day is a working day
	amounts      curve // minor units
	levelPPM     int   // share of a debtor's invoices about its own level

	mood       int // share of bills that fare as the one before
	sameDue    int // the same for bills of one due day
	weekend    int // share of payments on weekends that are booked there
	beyond     int // share of payments beside a weekend that are on Thursday or Tuesday, not on Friday or Monday
	earlyType  int // share of early bills that makes a debtor an early one
	bands      []band
	runDays    []int // weights of Monday to Friday
	countries  []place
	industries []string
}

// A band says which types debtors are up to a rank of lateness.
type band struct {
	upTo    int
	types   []Type
	weights []int
}

// A place is where debtors are.
type place struct {
	country  string
	currency money.Currency
	weight   int
}

// trades are the profiles that are not mixed.
var trades = map[Profile]*trade{DayDue: &dayDue, Runs: &runs}

var dayDue = trade{
	months:   28,
	volumes:  curve{{0, 1}, {60_000, 1}, {100_000, 2}, {180_000, 3}, {250_000, 6}, {330_000, 10}, {420_000, 21}, {500_000, 34}, {600_000, 51}, {750_000, 81}, {850_000, 106}, {900_000, 126}, {950_000, 185}, {970_000, 227}, {990_000, 382}, {995_000, 480}, {million, 860}},
	begins:   curve{{0, 0}, {420_000, 0}, {530_000, 50_000}, {650_000, 160_000}, {710_000, 260_000}, {800_000, 470_000}, {900_000, 780_000}, {million, 970_000}},
	together: 85_000,
	late:     curve{{0, 0}, {200_000, 1_000}, {250_000, 2_000}, {400_000, 17_000}, {500_000, 31_000}, {600_000, 50_000}, {750_000, 97_000}, {850_000, 210_000}, {900_000, 325_000}, {950_000, 540_000}, {990_000, 840_000}, {million, 950_000}},
	early: curve{
		{0, 0}, {150_000, 0}, {250_000, 5_000}, {500_000, 23_000}, {750_000, 68_000}, {900_000, 220_000}, {950_000, 400_000}, {990_000, 880_000}, {million, million},
	},
	smallPPM: 500_000,
	slips: curve{
		{0, 1}, {430_000, 1}, {480_000, 3}, {600_000, 5}, {740_000, 8}, {800_000, 10}, {920_000, 25}, {955_000, 60}, {992_000, 150}, {million, 280},
	},
	habits: curve{
		{0, 1}, {300_000, 1}, {350_000, 3}, {500_000, 5}, {600_000, 6}, {700_000, 7}, {800_000, 10}, {900_000, 19}, {950_000, 30}, {985_000, 65}, {995_000, 115}, {million, 220},
	},
	heavy: curve{{0, 1}, {200_000, 2}, {500_000, 6}, {750_000, 14}, {900_000, 45}, {960_000, 95}, {990_000, 180}, {million, 330}},
	ahead: curve{{0, 1}, {450_000, 1}, {500_000, 2}, {600_000, 4}, {700_000, 7}, {800_000, 12}, {900_000, 20}, {million, 60}},

	terms:        []int{16, 17, 18, 20, 21, 22, 25, 30, 45, 60, 90},
	termsWeights: []int{440, 65, 110, 115, 60, 80, 60, 45, 25, 4, 1},
	otherTerms:   300_000,
	rollsDue:     true,
	amounts:      curve{{0, 5_000}, {10_000, 49_900}, {50_000, 298_300}, {150_000, 1_150_000}, {250_000, 1_801_900}, {500_000, 3_330_200}, {750_000, 5_813_000}, {900_000, 9_200_000}, {950_000, 11_900_000}, {990_000, 16_500_000}, {million, 50_000_000}},
	levelPPM:     350_000,
	mood:         230_000,
	sameDue:      970_000,
	weekend:      100_000,
	earlyType:    250_000,
	bands: []band{
		{600_000, []Type{Prompt, Silent, WeeklyRun}, []int{91, 8, 1}},
		{850_000, []Type{Prompt, Silent, WeeklyRun, Disputing}, []int{82, 8, 5, 5}},
		{million, []Type{HabitualLate, CashPoor, Disputing, WeeklyRun, MonthEndRun}, []int{62, 22, 8, 5, 3}},
	},
	runDays:    []int{20, 22, 24, 18, 16},
	countries:  []place{{"BR", "BRL", 1}},
	industries: []string{"services", "retail", "industry"},
}

var runs = trade{
	months:   11,
	volumes:  curve{{0, 1}, {330_000, 1}, {430_000, 2}, {495_000, 3}, {600_000, 5}, {745_000, 11}, {800_000, 19}, {850_000, 26}, {900_000, 47}, {950_000, 95}, {970_000, 190}, {990_000, 350}, {995_000, 600}, {million, 1_450}},
	keyPPM:   260_000,
	key:      Habit{Type: Early, Profile: Runs, LatePPM: 210_000, EarlyPPM: 720_000},
	begins:   curve{{0, 0}, {60_000, 40_000}, {400_000, 130_000}, {650_000, 310_000}, {830_000, 590_000}, {950_000, 860_000}, {million, 990_000}},
	together: 140_000,
	late: curve{
		{0, 25_000}, {50_000, 65_000}, {100_000, 95_000}, {250_000, 250_000}, {500_000, 428_000}, {750_000, 775_000}, {900_000, 920_000}, {950_000, 985_000}, {million, million},
	},
	early: curve{{0, 0}, {250_000, 5_000}, {500_000, 200_000}, {750_000, 640_000}, {900_000, 920_000}, {million, million}},
	slips: curve{{0, 1}, {350_000, 1}, {600_000, 2}, {750_000, 3}, {850_000, 4}, {930_000, 7}, {970_000, 20}, {995_000, 80}, {million, 180}},
	habits: curve{
		{0, 1}, {300_000, 1}, {400_000, 2}, {700_000, 3}, {800_000, 5}, {880_000, 7}, {930_000, 12}, {965_000, 25}, {981_000, 50}, {991_000, 66}, {million, 130},
	},
	heavy: curve{{0, 1}, {200_000, 2}, {500_000, 6}, {750_000, 16}, {900_000, 44}, {955_000, 75}, {million, 145}},
	ahead: curve{{0, 1}, {200_000, 1}, {300_000, 3}, {500_000, 4}, {600_000, 5}, {800_000, 6}, {900_000, 9}, {950_000, 12}, {980_000, 20}, {million, 60}},

	terms:        []int{15, 20, 11, 60, 30, 12, 35, 19, 0, 10, 14, 17},
	termsWeights: []int{660, 54, 44, 38, 34, 28, 40, 22, 22, 20, 15, 12},
	amounts:      curve{{0, 500}, {10_000, 6_700}, {50_000, 29_500}, {150_000, 180_000}, {250_000, 442_000}, {350_000, 850_000}, {500_000, 1_702_100}, {750_000, 4_572_300}, {900_000, 8_100_000}, {950_000, 10_600_000}, {990_000, 15_700_000}, {million, 40_000_000}},
	levelPPM:     400_000,
	sameDue:      350_000,
	weekend:      40_000,
	beyond:       430_000,
	earlyType:    400_000,
	bands: []band{
		{250_000, []Type{Prompt, Silent, WeeklyRun, MonthEndRun}, []int{70, 10, 17, 3}},
		{700_000, []Type{Prompt, Silent, WeeklyRun, HabitualLate, CashPoor, Disputing}, []int{43, 8, 30, 11, 4, 4}},
		{million, []Type{HabitualLate, WeeklyRun, MonthEndRun, CashPoor, Disputing}, []int{43, 28, 16, 8, 5}},
	},
	runDays:    []int{26, 32, 16, 12, 14},
	countries:  []place{{"US", "USD", 92}, {"CA", "CAD", 8}},
	industries: []string{"retail", "gastronomy", "wholesale", "food production"},
}

// workdays are the days on which payments are made.
var workdays = [...]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
