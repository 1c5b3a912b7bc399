package underwriting_test

import "testing"

func BenchmarkAssess(b *testing.B) {
	in := storyInputs()
	for b.Loop() {
		assess(in)
	}
}
