package domain_test

import (
	"strings"
	"testing"

	"comity/domain"
	"comity/money"
)

// uniform says that payment comes on any of the days 0 to 9 alike, and after it on
// day 100 for whoever is left of the given share.
func uniform(by9 int) []domain.ShareBy {
	var curve []domain.ShareBy
	for day := range 10 {
		curve = append(curve, domain.ShareBy{Day: day, Paid: money.Ppm(by9 * (day + 1) / 10)})
	}
	return append(curve, domain.ShareBy{Day: 100, Paid: money.Whole})
}

// TestRightForecastsGiveALevelHistogram: payments spread as they were said to be
// give no alert, whatever the days are; the same payments under another forecast do.
func TestRightForecastsGiveALevelHistogram(t *testing.T) {
	payments := func(said []domain.ShareBy, late func(i int) int) []domain.Forecast {
		var all []domain.Forecast
		for i := range 400 {
			all = append(all, domain.Forecast{PaidBy: said, Age: 200, Paid: true, Late: late(i)})
		}
		return all
	}
	right := domain.DriftOf(payments(uniform(1_000_000), func(i int) int { return i % 10 }))
	if right.Outcomes != 400 || right.ChiSquare() != 0 || right.Alert() != "" {
		t.Errorf("right forecasts: %+v, alert %q", right, right.Alert())
	}
	coarse := domain.DriftOf(payments([]domain.ShareBy{{Day: 0, Paid: 250_000}, {Day: 1, Paid: 1_000_000}}, func(i int) int { return min(i%4, 1) }))
	if coarse.ChiSquare() != 0 || coarse.PIT[2]/1000 != 39_999 || coarse.Alert() != "" {
		t.Errorf("a day that covers many bins is not shared out: %+v", coarse)
	}
	late := domain.DriftOf(payments(uniform(1_000_000), func(i int) int { return 5 + i%5 }))
	if !strings.Contains(late.Alert(), "not level") {
		t.Errorf("late payers: alert %q", late.Alert())
	}
	if few := domain.DriftOf(payments(uniform(1_000_000), func(int) int { return 9 })[:199]); few.Alert() != "" {
		t.Errorf("199 outcomes: alert %q", few.Alert())
	}
	impossible := domain.DriftOf(payments(uniform(1_000_000), func(int) int { return 40 })[:1])
	if impossible.PIT[9] != 1_000_000 {
		t.Errorf("a payment that was said to be impossible stands in %v", impossible.PIT)
	}
}

// TestTheUnpaidCoverWhatWasLeft: an invoice that is not paid counts once it is old,
// and lies anywhere beyond the day up to which it is known.
func TestTheUnpaidCoverWhatWasLeft(t *testing.T) {
	said := uniform(500_000)
	d := domain.DriftOf([]domain.Forecast{{PaidBy: said, Age: 70, Late: 70}, {PaidBy: said, Age: 50, Late: 50}, {PaidBy: said, Age: 70, Late: 20}, {PaidBy: said, Age: 5, Paid: true}})
	if d.Outcomes != 1 || d.PIT != [10]int64{5: 200_000, 6: 200_000, 7: 200_000, 8: 200_000, 9: 200_000} {
		t.Errorf("%d outcomes in %v", d.Outcomes, d.PIT)
	}
	for i, want := range []int{4, 3, 2} {
		if got := d.Horizons[i].All.Count; got != want {
			t.Errorf("day %d knows %d invoices, want %d", d.Horizons[i].Day, got, want)
		}
	}
	if share := d.Horizons[0].All.PaidShare(); share != 250_000 {
		t.Errorf("paid by the due day: %s", share)
	}
}

// TestLatePaymentMayBeOffByThreeErrors puts the share of late payment on both sides
// of the bound: of 400 invoices 200 are expected by the due day, give or take 10.
func TestLatePaymentMayBeOffByThreeErrors(t *testing.T) {
	for paid, want := range map[int]bool{169: true, 170: false, 200: false, 230: false, 231: true} {
		var all []domain.Forecast
		for i := range 400 {
			f := domain.Forecast{PaidBy: []domain.ShareBy{{Day: 0, Paid: 500_000}, {Day: 10, Paid: money.Whole}}, Age: 1, Paid: true}
			if i >= paid {
				f.Paid, f.Late = false, 1
			}
			all = append(all, f)
		}
		if alert := domain.DriftOf(all).Alert(); (alert != "") != want {
			t.Errorf("%d of 400: alert %q", paid, alert)
		}
	}
}
