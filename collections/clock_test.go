package collections_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
)

// places are a debtor's zones at the ends of the world: both sides of the date line, half
// hours, clocks that move by half an hour, and clocks that move on days of their own.
var places = []struct{ country, zone string }{
	{"KI", "Pacific/Kiritimati"},
	{"AS", "Pacific/Pago_Pago"},
	{"US", "America/New_York"},
	{"GB", "Europe/London"},
	{"IN", "Asia/Kolkata"},
	{"AU", "Australia/Lord_Howe"},
	{"NP", "Asia/Kathmandu"},
	{"NZ", "Pacific/Chatham"},
	{"IL", "Asia/Jerusalem"},
	{"CL", "America/Santiago"},
	{"SA", "Asia/Riyadh"},
	{"CY", "Asia/Nicosia"},
	{"XX", "No/Such_Place"},
}

// TestNothingLeavesOutsideTheDebtorsHours holds D-19 and C-55 for the clock itself: over every
// zone and moment, whatever it answers is in hours, on a business day, and not before now.
func TestNothingLeavesOutsideTheDebtorsHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		place := rapid.SampledFrom(places).Draw(t, "place")
		zone, err := time.LoadLocation(place.zone)
		if err != nil {
			zone = time.UTC
		}
		now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 12*365*24*60).Draw(t, "minute")) * time.Minute)
		f := domain.CaseFacts{Now: now, Relationship: domain.Relationship{Country: place.country, TimeZone: place.zone}}
		clock, today, calendar := collections.ClockOf(f), domain.DateOf(now.In(zone)), domain.BusinessDays(place.country)
		from := today.Plus(rapid.IntRange(-20, 40).Draw(t, "from"))
		slot, wait := clock.Slot(from), time.Duration(rapid.IntRange(0, 3000).Draw(t, "wait"))*time.Minute
		moment := now.Add(time.Duration(rapid.IntRange(-9000, 9000).Draw(t, "other")) * time.Minute)
		for name, at := range map[string]time.Time{
			"slot": slot, "slot after": clock.SlotAfter(), "open": clock.Open(moment), "after minutes": clock.AfterMinutes(moment, wait), "open after minutes": clock.Open(clock.AfterMinutes(moment, wait)),
		} {
			local := at.In(zone)
			if minute := local.Hour()*60 + local.Minute(); minute < 8*60 || minute >= 18*60 || !calendar.IsBusinessDay(domain.DateOf(local)) || !clock.InHours(at) {
				t.Fatalf("%s in %s at %s is %s", name, place.zone, now.In(zone), local)
			}
		}
		switch {
		case slot.In(zone).Format("15:04") != "09:30" || clock.Day(slot).Before(today) || clock.Day(slot).Before(from):
			t.Fatalf("the slot from %s is %s, now %s", from, slot.In(zone), now.In(zone))
		case clock.Day(slot) == today && !now.Before(today.At(18, 0, zone)):
			t.Fatalf("the slot of a day that is over: %s, now %s", slot.In(zone), now.In(zone))
		case !clock.SlotAfter().After(now) || clock.Open(moment).Before(now) || clock.Open(moment).Before(moment):
			t.Fatalf("slot after %s, open %s from %s, now %s", clock.SlotAfter(), clock.Open(moment), moment, now)
		case clock.AfterMinutes(moment, wait).Before(moment.Add(wait)):
			t.Fatalf("%s of business time after %s is %s", wait, moment, clock.AfterMinutes(moment, wait))
		}
	})
}

// TestDaysAreTheDebtors holds D-19 and D-22 where clocks and dates jump: one message a day, the
// gap and the ceiling count the debtor's days, not twenty-four hours.
func TestDaysAreTheDebtors(t *testing.T) {
	tests := map[string]struct {
		zone, before, now string // in that zone
		days              int
	}{
		"clocks forward between":        {"America/New_York", "2026-03-06 17:59", "2026-03-13 08:00", 7},
		"clocks back between":           {"Europe/London", "2026-10-23 17:00", "2026-10-30 08:30", 7},
		"by half an hour":               {"Australia/Lord_Howe", "2026-04-03 17:45", "2026-04-10 08:15", 7},
		"west of the date line":         {"Pacific/Pago_Pago", "2026-03-02 17:30", "2026-03-09 08:00", 7},
		"east of it":                    {"Pacific/Kiritimati", "2026-03-02 17:30", "2026-03-09 08:00", 7},
		"half an hour off":              {"Asia/Kolkata", "2026-03-02 17:30", "2026-03-08 18:29", 6},
		"yesterday by UTC, today there": {"Pacific/Kiritimati", "2026-03-09 08:00", "2026-03-09 17:00", 0},
		"today by UTC, yesterday there": {"Pacific/Pago_Pago", "2026-03-08 17:00", "2026-03-09 08:00", 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			zone := must(time.LoadLocation(tc.zone))
			before := must(time.ParseInLocation("2006-01-02 15:04", tc.before, zone))
			f, act := overdueA()
			f.Relationship.TimeZone, f.Relationship.Country = tc.zone, "XX"
			f.Now = must(time.ParseInLocation("2006-01-02 15:04", tc.now, zone)).UTC()
			f.Feeds[0].Spans = statements("2026-02-04", "2026-12-30")
			f.Touches = []domain.Touch{{Class: domain.ClassReminder, Status: domain.TouchSent, Cycle: 1, Step: "pre_due:x", SentAt: before.UTC()}}
			f.Contacts = []domain.Contact{{At: before.UTC(), Own: true, Counted: true, Daily: true}}
			v := collections.Gate(f, act)
			for code, want := range map[string]bool{collections.CodeGap: tc.days < 7, collections.CodeOnePerDay: tc.days == 0} {
				if got := slices.Contains(v.Codes, code); got != want {
					t.Errorf("%s: %t, want %t (%v)", code, got, want, v.Codes)
				}
			}
		})
	}
}
