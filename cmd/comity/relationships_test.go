package main

import (
	"strings"
	"testing"
)

type relationshipSeen struct {
	RelationshipID string `json:"relationship_id"`
	Debtor         string
	Recovered      []struct {
		FellDue wireAmount `json:"fell_due"`
		Paid    wireAmount
		Share   string
	}
	Paid         int
	Days         *int `json:"median_days_late"`
	Relationship struct {
		Score        int
		Parts        []struct{ Code string }
		Promises     int
		PromisesKept int `json:"promises_kept"`
		Complaints   int
		FeedbackYes  int   `json:"feedback_yes"`
		SoldAgain    *bool `json:"sold_again"`
	}
}

// TestNoRecoveryIsReportedWithoutTheRelationship holds C-182 over HTTP: beside what was recovered of a pair stands what
// became of the relationship, with every part of the score, for the factor and the seller of the case and for nobody else.
func TestNoRecoveryIsReportedWithoutTheRelationship(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	s.counts() // opens the owner's connection
	s.must(s.lived())
	s.arrives("2026-02-10", 400_000, "111")
	s.clock("2026-03-20T12:00:00Z")
	seen := map[string]relationshipSeen{}
	for name, side := range map[string]*client{"factor": s.eastbrook, "seller": s.alice.client} {
		var list struct {
			Data []relationshipSeen
			Next *string `json:"next_cursor"`
		}
		s.must(side.get(ctx, "/v1/reports/relationships?from=2026-01-01&to=2026-12-31", &list))
		if len(list.Data) != 1 || list.Next != nil {
			t.Fatalf("the %s sees %+v", name, list)
		}
		seen[name] = list.Data[0]
		s.must(side.get(ctx, "/v1/reports/relationships?limit=1", &list))
		if len(list.Data) != 1 || list.Next == nil {
			t.Fatalf("a page of the %s is %+v", name, list)
		}
		s.must(side.get(ctx, "/v1/reports/relationships?limit=1&cursor="+*list.Next, &list))
		if len(list.Data) != 0 {
			t.Errorf("after the last page the %s sees %+v", name, list)
		}
	}
	for name, r := range seen {
		if len(r.Recovered) != 1 || r.Recovered[0].FellDue.Amount != "10000.00" || r.Recovered[0].Paid.Amount != "4000.00" || r.Recovered[0].Share != "0.400000" || r.Paid != 0 || r.Days != nil {
			t.Errorf("to the %s, recovered is %+v", name, r)
		}
		var parts []string
		for _, p := range r.Relationship.Parts {
			parts = append(parts, p.Code)
		}
		// 0 of 20, 10 of 20, 15 of 15, 10 of 10 for the factor, 0 of 10: 35 of 75, or 25 of 65
		want, score := "promises_kept no_complaints feedback reachable on_time_run", 47
		if name == "seller" {
			want, score = "promises_kept no_complaints feedback on_time_run", 38
		}
		if x := r.Relationship; strings.Join(parts, " ") != want || x.Score != score || x.Promises != 1 || x.PromisesKept != 0 || x.Complaints != 1 || x.FeedbackYes != 1 || x.SoldAgain != nil {
			t.Errorf("to the %s, the relationship is %+v", name, x)
		}
	}
	for name, side := range map[string]*client{"another seller": s.bob.client, "a rival": s.rival} {
		var list struct{ Data []relationshipSeen }
		if s.must(side.get(ctx, "/v1/reports/relationships", &list)); len(list.Data) > 0 {
			t.Errorf("%s sees %+v", name, list)
		}
	}
	if err := s.alice.get(ctx, "/v1/reports/relationships?from=2026-02-01&to=2026-01-01", nil); code(err) != "unreadable" {
		t.Errorf("days out of order: %v", err)
	}
}

// lived lets the debtor of the scene name a day that passes, answer our one question and complain.
func (s *scene) lived() error {
	for _, row := range []string{
		`INSERT INTO promises (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, open_before, promised_on, judge_on, made_at, decided_at)
			SELECT gen_random_uuid(), case_id, factor_id, seller_id, id, 'broken', 'EUR', 100000, 1000000, '2026-02-06', '2026-02-08', '2026-02-05', '2026-02-08' FROM deals LIMIT 1`,
		`INSERT INTO feedback (id, case_id, factor_id, seller_id, link_id, ease, said, at) SELECT gen_random_uuid(), case_id, factor_id, seller_id, id, 'yes', '', '2026-02-08' FROM links LIMIT 1`,
		`INSERT INTO stops (id, case_id, factor_id, seller_id, code, reason, set_by, set_at, lifted_by, lifted_at)
			SELECT gen_random_uuid(), case_id, factor_id, seller_id, 'complaint_open', 'a test', gen_random_uuid(), '2026-02-07', gen_random_uuid(), '2026-02-08' FROM deals LIMIT 1`,
	} {
		if _, err := s.owner.ExecContext(s.t.Context(), row); err != nil {
			return err
		}
	}
	return nil
}
