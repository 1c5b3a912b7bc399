package domain_test

import (
	"math/rand/v2"
	"testing"

	"comity/domain"
)

// TestTheScoreOfARelationshipIsTheSumOfItsParts holds C-182: whatever happened, the score is between 0 and 100 and what its
// parts say, and nothing good lowers it, nothing bad raises it.
func TestTheScoreOfARelationshipIsTheSumOfItsParts(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	some := func(most int) (int, int) {
		of := random.IntN(most + 1)
		return of, random.IntN(of + 1)
	}
	for range 20_000 {
		f := domain.RelationshipFacts{Complaints: random.IntN(4), OptedOut: random.IntN(2) == 0, ReachHidden: random.IntN(2) == 0, OnTimeRun: random.IntN(9), PaidOnce: random.IntN(2) == 0}
		f.Promises, f.Kept = some(5)
		f.Disputes, f.Agreed = some(5)
		f.Asked, f.Easy = some(5)
		f.HalfEasy = random.IntN(f.Asked - f.Easy + 1)
		f.SoldAgain = f.PaidOnce && random.IntN(2) == 0
		score, points, weights := f.Score(), 0, 0
		for _, p := range f.Parts() {
			if p.Points < 0 || p.Points > 100*p.Weight {
				t.Fatalf("%+v: part %+v", f, p)
			}
			points, weights = points+p.Points, weights+p.Weight
		}
		if off := 2*points - 2*weights*score; score < 0 || score > 100 || off > weights || off < -weights {
			t.Fatalf("%+v: %d, and its parts are %+v", f, score, f.Parts())
		}
		for name, better := range map[string]func(*domain.RelationshipFacts){
			"a promise is kept": func(f *domain.RelationshipFacts) {
				f.Promises, f.Kept = max(f.Promises, 1), min(f.Kept+1, max(f.Promises, 1))
			},
			"fewer complaints": func(f *domain.RelationshipFacts) { f.Complaints = max(f.Complaints-1, 0) },
			"it is reached":    func(f *domain.RelationshipFacts) { f.OptedOut = false },
			"one more on time": func(f *domain.RelationshipFacts) { f.OnTimeRun++ },
			"business goes on": func(f *domain.RelationshipFacts) { f.SoldAgain = f.PaidOnce },
			"an agreement":     func(f *domain.RelationshipFacts) { f.Agreed = f.Disputes },
			"it was easy":      func(f *domain.RelationshipFacts) { f.Easy, f.HalfEasy = f.Asked, 0 },
		} {
			after := f
			better(&after)
			if after.Promises == f.Promises && after.Score() < score {
				t.Fatalf("%s lowers %d to %d: %+v", name, score, after.Score(), f)
			}
		}
	}
	nothing := domain.RelationshipFacts{}
	best := domain.RelationshipFacts{Promises: 2, Kept: 2, Disputes: 1, Agreed: 1, Asked: 1, Easy: 1, OnTimeRun: 6, PaidOnce: true, SoldAgain: true}
	worst := domain.RelationshipFacts{Promises: 2, Disputes: 1, Complaints: 5, Asked: 1, OptedOut: true, PaidOnce: true}
	if nothing.Score() != 75 || best.Score() != 100 || worst.Score() != 0 || len(best.Parts()) != 7 {
		t.Errorf("nothing known %d, the best %d, the worst %d", nothing.Score(), best.Score(), worst.Score())
	}
}
