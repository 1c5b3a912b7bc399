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
	face, advance, funded := pounds(12_000_00), pounds(9_600_00), on("2026-03-05")
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
			owed := storyFee().OwedOver(face, advance, funded, moves, day).Decimal()
			recognised := storyFee().RecognisedOver(face, advance, funded, moves, day).Decimal()
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
		if got, want := terms.OwedOver(basis, advance, funded, nil, day), terms.OwedOn(basis, advance, day); got != want {
			t.Fatalf("without moves %s, the offer says %s", got, want)
		}
		still := []domain.Move{{On: funded.Plus(5), Open: money.Minor(0, "USD"), Disputed: money.Minor(0, "USD")}}
		if got, want := terms.RecognisedOver(basis, advance, funded, still, day), terms.RecognisedOn(basis, advance, day); got != want {
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
		owed, recognised := terms.OwedOver(basis, advance, funded, moves, day), terms.RecognisedOver(basis, advance, funded, moves, day)
		if owed.Negative() || terms.OwedOn(basis, advance, day).Less(owed) || owed.Less(recognised) {
			t.Fatalf("owed %s, recognised %s; the offer says %s", owed, recognised, terms.OwedOn(basis, advance, day))
		}
		if next := terms.OwedOver(basis, advance, funded, moves, day+1); next.Less(owed) {
			t.Fatalf("the next day takes %s back to %s", owed, next)
		}
		later := slices.Concat(moves, []domain.Move{{On: funded.Plus(max(day, 0)), Open: money.Minor(-left, "USD"), Disputed: money.Minor(0, "USD")}})
		if terms.OwedOver(basis, advance, funded, later, day) != owed {
			t.Fatalf("what moves on day %d changes a band that began before its end", day)
		}
	})
}
