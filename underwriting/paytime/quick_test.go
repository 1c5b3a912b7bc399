package paytime

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestQuickFunctionsAreAsGoodAsTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-600, 600).Draw(t, "x")
		if got, want := quickExp(x), math.Exp(x); math.Abs(got/want-1) > 1e-11 {
			t.Errorf("exp %v: %v, not %v", x, got, want)
		}
		y := math.Exp(x / 10)
		if got, want := quickLog(y), math.Log(y); math.Abs(got-want) > 1e-11*(1+math.Abs(want)) {
			t.Errorf("log %v: %v, not %v", y, got, want)
		}
	})
}
