package paytime

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTheFamiliesAreAllOfTheFeatures(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		var c, x [features]float64
		want := 0.0
		for f := range featStatics {
			c[f], x[f] = dice.NormFloat64(), dice.NormFloat64()
			want += c[f] * x[f]
		}
		var families [Families]float64
		got := 0.0
		addFamilies(&families, &c, &x)
		for _, v := range families {
			got += v
		}
		if math.Abs(got-want) > 1e-12 {
			t.Fatalf("the families add up to %v, the features to %v", got, want)
		}
	}
}

func TestLikePaymentsAreTheRecordOnly(t *testing.T) {
	var c, x, usual [features]float64
	for f := range featCalendar + 1 {
		c[f], x[f] = .1, 2 // every memory says the same
	}
	x[featCalendar+1] = 0
	var families [Families]float64
	addFamilies(&families, &c, &x)
	addFamilies(&families, &c, &usual)
	for family, v := range families {
		if Family(family) != FamilyRecord && math.Abs(v) > 1e-12 {
			t.Errorf("family %d says %v of a record that is the same in every memory", family, v)
		}
	}
}
