package domain_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"comity/domain"
	"comity/money"
)

// TestFeeOfStoryB holds D-13, and C-151 and D-23 for disputes: twelve bands of story B on what was open and
// undisputed on the first day of each, and what of them was income at each month end. It holds F-78.
func TestFeeOfStoryB(t *testing.T) {
	pounds := func(minor int64) money.Amount { return money.Minor(minor, "GBP") }
	on := domain.MustDate
	none := pounds(0)
	moves := []domain.Move{
		{On: on("2026-04-08"), Open: none, Disputed: pounds(1_800_00)},
		{On: on("2026-04-21"), Open: pounds(-1_200_00), Disputed: pounds(-1_800_00)},
		{On: on("2026-05-22"), Open: pounds(-2_700_00), Disputed: none},
		{On: on("2026-06-05"), Open: pounds(-2_700_00), Disputed: none},
		{On: on("2026-06-19"), Open: pounds(-2_700_00), Disputed: none},
		{On: on("2026-07-03"), Open: pounds(-1_900_00), Disputed: pounds(800_00)},
	}
	funded := on("2026-03-05")
	course := domain.FeeCourse{Basis: pounds(12_000_00), Advance: pounds(9_600_00), Funded: funded, Moves: moves}
	tests := map[string]struct{ day, owed, recognised string }{
		"funding":                     {"2026-03-05", "0.00", "0.00"},
		"end of March":                {"2026-03-31", "360.00", "312.00"},
		"the second band has begun":   {"2026-04-08", "480.00", "408.00"},
		"end of April":                {"2026-04-30", "690.00", "646.80"},
		"the band of 25 May":          {"2026-05-25", "987.00", "914.10"},
		"end of May":                  {"2026-05-31", "987.00", "962.70"},
		"end of June":                 {"2026-06-30", "1149.00", "1140.90"},
		"the last undisputed payment": {"2026-07-03", "1149.00", "1149.00"},
		"only the disputed part":      {"2026-07-20", "1149.00", "1149.00"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			day := funded.DaysUntil(on(tc.day))
			owed := storyFee().OwedOver(course, day).Decimal()
			recognised := storyFee().RecognisedOver(course, day).Decimal()
			if owed != tc.owed || recognised != tc.recognised {
				t.Errorf("owed %s, recognised %s; want %s, %s", owed, recognised, tc.owed, tc.recognised)
			}
		})
	}
}

// TestAFeeOverMoves: without moves it is the fee of the offer; a move never makes it larger,
// takes back nothing of a band that has begun, and what is recognised never passes what is owed.
func TestAFeeOverMoves(t *testing.T) {
	families := []domain.FeeTerms{
		storyFee(),
		{FirstDays: 30, FirstRate: money.Percent(3)},
		{UpfrontRate: money.BasisPoints(75), DailyRate: money.MustRate("0.0002")},
	}
	rapid.Check(t, func(t *rapid.T) {
		terms := rapid.SampledFrom(families).Draw(t, "terms")
		funded := domain.MustDate("2026-02-05")
		day := rapid.IntRange(-1, 200).Draw(t, "day")
		over := func(moves []domain.Move) domain.FeeCourse {
			return domain.FeeCourse{Basis: basis, Advance: advance, Funded: funded, Moves: moves}
		}
		if got, want := terms.OwedOver(over(nil), day), terms.OwedOn(basis, advance, day); got != want {
			t.Fatalf("without moves %s, the offer says %s", got, want)
		}
		still := []domain.Move{{On: funded.Plus(5), Open: money.Minor(0, "USD"), Disputed: money.Minor(0, "USD")}}
		if got, want := terms.RecognisedOver(over(still), day), terms.RecognisedOn(basis, advance, day); got != want {
			t.Fatalf("a move of nothing makes it %s, not %s", got, want)
		}
		var moves []domain.Move
		left := basis.Units()
		for range rapid.IntRange(1, 6).Draw(t, "moves") {
			part := rapid.Int64Range(0, left).Draw(t, "part")
			left -= part
			moves = append(moves, domain.Move{
				On: funded.Plus(rapid.IntRange(0, 150).Draw(t, "on")), Open: money.Minor(-part, "USD"), Disputed: money.Minor(0, "USD"),
			})
		}
		owed, recognised := terms.OwedOver(over(moves), day), terms.RecognisedOver(over(moves), day)
		if owed.Negative() || terms.OwedOn(basis, advance, day).Less(owed) || owed.Less(recognised) {
			t.Fatalf("owed %s, recognised %s; the offer says %s", owed, recognised, terms.OwedOn(basis, advance, day))
		}
		if next := terms.OwedOver(over(moves), day+1); next.Less(owed) {
			t.Fatalf("the next day takes %s back to %s", owed, next)
		}
		later := slices.Concat(moves, []domain.Move{{On: funded.Plus(max(day, 0)), Open: money.Minor(-left, "USD"), Disputed: money.Minor(0, "USD")}})
		if terms.OwedOver(over(later), day) != owed {
			t.Fatalf("what moves on day %d changes a band that began before its end", day)
		}
	})
}

// TestTheClockStandsStillWhileWeAreLate holds D-23 for waits: what the factor takes longer for than two
// of its business days does not count, whatever the days between; a wait that is not over goes on.
func TestTheClockStandsStillWhileWeAreLate(t *testing.T) {
	for name, tc := range map[string]struct{ since, until, from, through string }{
		"in time":                {"2026-03-02", "2026-03-04", "", ""},
		"a day late":             {"2026-03-02", "2026-03-05", "2026-03-05", "2026-03-05"},
		"over Easter, in time":   {"2026-04-02", "2026-04-08", "", ""},
		"over Easter, late":      {"2026-04-02", "2026-04-10", "2026-04-09", "2026-04-10"},
		"asked on a Sunday":      {"2026-03-01", "", "2026-03-04", ""},
		"not over, not yet late": {"2026-03-04", "", "2026-03-07", ""},
	} {
		t.Run(name, func(t *testing.T) {
			date := func(text string) domain.Date {
				if text == "" {
					return domain.Date{}
				}
				return domain.MustDate(text)
			}
			stop, late := domain.LateStop(domain.FeeStopAnswer, domain.Topic("").AnswerDays(), date(tc.since), date(tc.until), domain.BusinessDays("GB"))
			want := domain.FeeStop{Cause: domain.FeeStopAnswer, From: date(tc.from), Through: date(tc.through)}
			if late != (tc.from != "") || late && stop != want {
				t.Errorf("late %t, %+v, want %+v", late, stop, want)
			}
		})
	}
}

// TestAFeeOverStops: a day that does not count costs nothing, counted once however many wait; with
// nothing else moving the fee is that of the days that count; another stop never raises it.
func TestAFeeOverStops(t *testing.T) {
	families := []domain.FeeTerms{
		storyFee(),
		{FirstDays: 30, FirstRate: money.Percent(3)},
		{UpfrontRate: money.BasisPoints(75), DailyRate: money.MustRate("0.0002")},
	}
	rapid.Check(t, func(t *rapid.T) {
		terms, funded := rapid.SampledFrom(families).Draw(t, "terms"), domain.MustDate("2026-02-05")
		day := rapid.IntRange(0, 150).Draw(t, "day")
		course := domain.FeeCourse{Basis: basis, Advance: advance, Funded: funded}
		still := map[int]bool{}
		for range rapid.IntRange(1, 4).Draw(t, "stops") {
			from, length := rapid.IntRange(-5, 160).Draw(t, "from"), rapid.IntRange(0, 40).Draw(t, "length")
			before := terms.OwedOver(course, day)
			course.Stops = append(course.Stops, domain.FeeStop{From: funded.Plus(from), Through: funded.Plus(from + length)})
			if after := terms.OwedOver(course, day); before.Less(after) {
				t.Fatalf("a stop raises the fee from %s to %s", before, after)
			}
			for n := max(from, 1); n <= min(from+length, day); n++ {
				still[n] = true
			}
		}
		if got, want := terms.OwedOver(course, day), terms.OwedOn(basis, advance, day-len(still)); got != want {
			t.Fatalf("%d of %d days stand still: %s, want %s", len(still), day, got, want)
		}
		nothing := course
		nothing.Moves = []domain.Move{{On: funded.Plus(5), Open: money.Minor(0, "USD"), Disputed: money.Minor(0, "USD")}}
		if terms.RecognisedOver(nothing, day) != terms.RecognisedOver(course, day) || terms.OwedOver(nothing, day) != terms.OwedOver(course, day) {
			t.Fatalf("a move of nothing changes a fee with stops: %+v", course.Stops)
		}
	})
}
