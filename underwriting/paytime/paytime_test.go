package paytime_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"comity/domain"
	"comity/underwriting/paytime"
)

var banks = sync.OnceValue(func() *paytime.Almanac { return paytime.NewAlmanac(domain.BankingDays("EUR", "")) })

// today is the day that the tests of profiles stand on, a Wednesday.
var today = paytime.DayOf(domain.MustDate("2025-03-05"))

// fitted returns one small model. Half of its debtors pay on the due day, half five
// days late on Fridays or so, and what "size" says is true.
var fitted = sync.OnceValue(func() *paytime.Model {
	dice := rand.New(rand.NewPCG(3, 4))
	var rows []paytime.Row
	for debtor := range 60 {
		slow, at := debtor%2, today-400-dice.IntN(20)
		for n := range 30 {
			at += 5 + dice.IntN(12)
			due := at + 30
			paid := due - dice.IntN(2)
			if slow == 1 || dice.IntN(10) == 0 {
				paid = due + 1 + dice.IntN(12)
			}
			if paid >= today {
				paid = paytime.NotPaid
			}
			rows = append(rows, paytime.Row{
				ID: fmt.Sprintf("%03d-%03d", debtor, n), Debtor: debtor, Issued: at, Due: due, Paid: paid,
				Band: 60 + dice.IntN(12), Register: []string{[]string{"small", "large"}[(slow+dice.IntN(5)/4)%2]},
			})
		}
	}
	rows = slices.DeleteFunc(rows, func(r paytime.Row) bool { return r.Issued >= today })
	m, err := paytime.Fit(paytime.NewHistory(rows, []string{"size"}, []*paytime.Almanac{banks()}), today)
	if err != nil {
		panic(err)
	}
	return m
})

func drawPaid(t *rapid.T) []paytime.Paid {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) paytime.Paid {
		return paytime.Paid{
			Day: today - rapid.IntRange(1, 700).Draw(t, "ago"), Late: rapid.IntRange(-60, 200).Draw(t, "late"),
			Term: rapid.IntRange(0, 90).Draw(t, "term"), Band: rapid.IntRange(20, 80).Draw(t, "band"), Count: rapid.IntRange(1, 4).Draw(t, "n"),
		}
	}), 0, 30).Draw(t, "paid")
}

func drawOpen(t *rapid.T) []paytime.Open {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) paytime.Open {
		return paytime.Open{
			Due: today + rapid.IntRange(-100, 60).Draw(t, "due"), Term: rapid.IntRange(61, 90).Draw(t, "term"),
			Band: rapid.IntRange(20, 80).Draw(t, "band"), Count: rapid.IntRange(1, 3).Draw(t, "n"),
		}
	}), 0, 10).Draw(t, "open")
}

func drawInvoice(t *rapid.T) paytime.Invoice {
	issued := today - rapid.IntRange(0, 40).Draw(t, "age")
	q := paytime.Invoice{
		Today: today, Issued: issued, Due: issued + rapid.IntRange(0, 60).Draw(t, "term"), Band: rapid.IntRange(10, 90).Draw(t, "band"),
		SameDay: rapid.IntRange(1, 5).Draw(t, "same day"),
	}
	fitted().Levels(&q, map[string]string{"size": rapid.SampledFrom([]string{"small", "large", "", "huge"}).Draw(t, "size")})
	return q
}

func TestTheOrderInWhichPaymentsBecomeKnownDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, paid, open := drawInvoice(t), drawPaid(t), drawOpen(t)
		var want, got paytime.Profile
		paytime.Build(&want, &q, banks(), paid, open, paytime.Book{})
		shuffled := rapid.Permutation(paid).Draw(t, "order")
		var apart []paytime.Paid // counted one by one
		for _, c := range shuffled {
			for range c.Count {
				one := c
				one.Count = 1
				apart = append(apart, one)
			}
		}
		paytime.Build(&got, &q, banks(), apart, rapid.Permutation(open).Draw(t, "open order"), paytime.Book{})
		if got != want {
			t.Error("another order is another profile")
		}
		merged, left := paytime.Canonical(slices.Clone(apart), slices.Clone(open))
		paytime.Build(&got, &q, banks(), merged, left, paytime.Book{})
		if got != want {
			t.Error("merged cells are another profile")
		}
	})
}

func TestWhatIsNotKnownYetDoesNotCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, paid, open := drawInvoice(t), drawPaid(t), drawOpen(t)
		var want, got paytime.Profile
		paytime.Build(&want, &q, banks(), paid, open, paytime.Book{})
		paid = append(paid, paytime.Paid{Day: today + rapid.IntRange(0, 50).Draw(t, "later"), Late: 3, Term: 30, Band: 50, Count: 2})
		open = append(open, paytime.Open{Due: today + 30, Term: 30, Band: 50, Count: 1})
		paytime.Build(&got, &q, banks(), paid, open, paytime.Book{})
		if got != want {
			t.Error("a payment of today, or an invoice of today, is in the profile")
		}
	})
}

func TestAProfileIsStoredWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawInvoice(t)
		var want, got paytime.Profile
		paytime.Build(&want, &q, banks(), drawPaid(t), drawOpen(t), paytime.Book{Due30: 4, Late30: 1, Due365: 50, Late365: 9})
		if !got.Fill(want.Sparse()) || got != want {
			t.Error("a profile comes back otherwise")
		}
	})
	var p paytime.Profile
	for name, sparse := range map[string][][2]int64{
		"twice": {{1, 1}, {1, 1}}, "backwards": {{2, 1}, {1, 1}}, "nothing": {{1, 0}}, "beyond": {{1 << 40, 1}}, "before": {{-1, 1}},
	} {
		if p.Fill(sparse) {
			t.Errorf("%s: filled", name)
		}
	}
}

func TestEffectsAddUpToTheScore(t *testing.T) {
	var w paytime.Workspace
	rapid.Check(t, func(t *rapid.T) {
		q := drawInvoice(t)
		var p paytime.Profile
		var curve, without, again paytime.Curve
		paytime.Build(&p, &q, banks(), drawPaid(t), drawOpen(t), paytime.Book{})
		fitted().Assess(&w, &p, &q, banks(), &curve)
		sum := curve.Base
		for _, effect := range curve.Effect {
			sum += effect
		}
		if sum != curve.Score {
			t.Errorf("effects add up to %d, the score is %d", sum, curve.Score)
		}
		if !slices.IsSorted(curve.PaidBy[:]) || curve.PaidBy[0] < 0 || curve.PaidBy[paytime.Days-1] > paytime.Million {
			t.Error("not a distribution")
		}
		for day := paytime.FirstDay; day < q.Today-q.Due && day <= paytime.LastDay; day++ {
			if curve.PaidBy[day-paytime.FirstDay] != 0 {
				t.Fatalf("paid %d days after due, before today", day)
			}
		}
		family := paytime.Family(rapid.IntRange(0, paytime.Families-1).Draw(t, "family"))
		fitted().Without(&w, family, &p, &q, &without)
		if without.Score != curve.Score-curve.Effect[family] {
			t.Errorf("without a family the score is %d, not %d less %d", without.Score, curve.Score, curve.Effect[family])
		}
		fitted().Assess(&w, &p, &q, banks(), &again)
		if again != curve {
			t.Error("assessed again it is another curve")
		}
	})
}

func TestAScoreIsThatOfTheRow(t *testing.T) {
	var w paytime.Workspace
	rapid.Check(t, func(t *rapid.T) {
		q := drawInvoice(t)
		var p paytime.Profile
		paytime.Build(&p, &q, banks(), drawPaid(t), drawOpen(t), paytime.Book{Due30: 9, Late30: 2, Due365: 80, Late365: 30})
		if logits, families := fitted().AwayFromRows(&w, &p, &q, banks()); !(logits < 1e-9 && families < 1e-9) {
			t.Errorf("what is priced differs from what was learned: logits by %v, families by %v", logits, families)
		}
	})
}

func TestAWorkspaceRemembersNothing(t *testing.T) {
	var used paytime.Workspace
	rapid.Check(t, func(t *rapid.T) {
		q := drawInvoice(t)
		var p paytime.Profile
		var got, want paytime.Curve
		paytime.Build(&p, &q, banks(), drawPaid(t), drawOpen(t), paytime.Book{})
		fitted().Assess(&used, &p, &q, banks(), &got)
		fitted().Assess(&paytime.Workspace{}, &p, &q, banks(), &want)
		if got != want {
			t.Error("a workspace that was used gives another curve")
		}
	})
}

func TestDaysBeyondTheAlmanacAreItsLast(t *testing.T) {
	var w paytime.Workspace
	for _, due := range []string{"1990-01-01", "1990-03-10", "2099-07-10", "2099-12-31", "2150-01-01"} {
		day := paytime.DayOf(domain.MustDate(due))
		q := paytime.Invoice{Today: day - 30, Issued: day - 30, Due: day, Band: 66, SameDay: 1}
		fitted().Levels(&q, nil)
		var p paytime.Profile
		var c paytime.Curve
		paytime.Build(&p, &q, banks(), []paytime.Paid{{Day: day - 40, Late: 2, Term: 30, Band: 60, Count: 3}}, nil, paytime.Book{})
		fitted().Assess(&w, &p, &q, banks(), &c)
		if c.PaidBy[paytime.Days-1] < paytime.Million/2 || !slices.IsSorted(c.PaidBy[:]) {
			t.Errorf("due %s: no distribution", due)
		}
	}
}

func TestARecordOfLatePaymentsIsALaterCurve(t *testing.T) {
	var w paytime.Workspace
	curve := func(late int) (c paytime.Curve) {
		q := paytime.Invoice{Today: today, Issued: today, Due: today + 30, Band: 66, SameDay: 1}
		fitted().Levels(&q, nil)
		var paid []paytime.Paid
		for n := range 12 {
			paid = append(paid, paytime.Paid{Day: today - 10 - 20*n, Late: late, Term: 30, Band: 66, Count: 1})
		}
		var p paytime.Profile
		paytime.Build(&p, &q, banks(), paid, nil, paytime.Book{})
		fitted().Assess(&w, &p, &q, banks(), &c)
		return c
	}
	prompt, late := curve(0), curve(9)
	if prompt.Mean() >= late.Mean() || prompt.PaidBy[-paytime.FirstDay] <= late.PaidBy[-paytime.FirstDay] {
		t.Errorf("paid on the day: expected %d, nine days late: expected %d thousandths", prompt.Mean(), late.Mean())
	}
	if prompt.Effect[paytime.FamilyRecord] >= late.Effect[paytime.FamilyRecord] {
		t.Errorf("the record of the prompt one adds %d, of the late one %d", prompt.Effect[paytime.FamilyRecord], late.Effect[paytime.FamilyRecord])
	}
}

func TestARecordNeverCountsAgainstItself(t *testing.T) {
	for g, negative := range fitted().NegativeExperts() {
		if negative {
			t.Errorf("group %d: an expert has a negative coefficient", g)
		}
	}
}

func TestBandsAreQuartersOfADoubling(t *testing.T) {
	for minor, want := range map[int64]int{-5: 0, 0: 0, 1: 0, 2: 4, 3: 6, 4: 8, 1 << 40: 160, 1<<62 + 1: 248} {
		if got := paytime.BandOf(minor); got != want {
			t.Errorf("%d is in band %d, want %d", minor, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(1, 1<<60).Draw(t, "a")
		if b := a + rapid.Int64Range(0, 1<<60).Draw(t, "more"); paytime.BandOf(a) > paytime.BandOf(b) {
			t.Errorf("%d is in a higher band than %d", a, b)
		}
		if a < 1<<59 && paytime.BandOf(2*a) != paytime.BandOf(a)+4 {
			t.Errorf("twice %d is not four bands higher", a)
		}
	})
}

func TestAPricingAllocatesNothing(t *testing.T) {
	var w paytime.Workspace
	var p paytime.Profile
	var c paytime.Curve
	q := paytime.Invoice{Today: today, Issued: today, Due: today + 30, Band: 66, SameDay: 1}
	m, cal := fitted(), banks()
	paytime.Build(&p, &q, cal, []paytime.Paid{{Day: today - 9, Late: 2, Term: 30, Band: 60, Count: 3}}, nil, paytime.Book{})
	if n := testing.AllocsPerRun(50, func() { m.Assess(&w, &p, &q, cal, &c) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAnEmptyHistoryTeachesNothing(t *testing.T) {
	_, err := paytime.Fit(paytime.NewHistory(nil, nil, nil), today)
	if err == nil || !strings.Contains(err.Error(), "too few") {
		t.Errorf("%v", err)
	}
}
