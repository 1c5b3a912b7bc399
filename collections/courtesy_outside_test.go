package collections_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
)

// What the audit asks about somebody external: once the debtor was to be told, nothing is started by us
// until that is over; it is over when the debtor said or paid anything; and nobody is handed over whose
// letter did not arrive ten full days before. Two things of one simulated moment have no order that a row
// would show.
const (
	startedMeanwhile = `SELECT s.case_id, s.what, s.step, s.at, e.status FROM seen s JOIN escalations e ON e.case_id = s.case_id AND e.announced_at < s.at AND (e.ended_at IS NULL OR e.ended_at > s.at)
		WHERE s.class IN ('heads_up', 'reminder', 'call')`
	overAWord = `SELECT e.case_id, e.announced_at, w.at FROM escalations e JOIN cases k ON k.id = e.case_id AND (k.next_action_at IS NULL OR k.next_action_at > (SELECT clock_at FROM worlds x WHERE x.id = k.world_id))
		JOIN (SELECT case_id, asked_at AS at FROM questions UNION ALL SELECT case_id, made_at FROM promises UNION ALL SELECT case_id, raised_at FROM disputes
		      UNION ALL SELECT case_id, applied_at FROM allocations WHERE undone_at IS NULL) w ON w.case_id = e.case_id AND w.at > e.announced_at
		WHERE e.status = 'announced'`
	toldOverAWord = `SELECT s.case_id, s.what, s.step, s.at FROM seen s JOIN escalations e ON e.case_id = s.case_id AND s.step = 'outside:esc_' || replace(e.id::text, '-', '')
		JOIN (SELECT case_id, asked_at AS at FROM questions UNION ALL SELECT case_id, made_at FROM promises UNION ALL SELECT case_id, raised_at FROM disputes) w
		  ON w.case_id = e.case_id AND w.at > e.announced_at AND w.at < s.at`
	handedTooEarly = `SELECT e.case_id, e.handed_at FROM escalations e JOIN cases k ON k.id = e.case_id JOIN relationships r ON r.id = k.relationship_id
		WHERE e.handed_at IS NOT NULL AND NOT EXISTS (SELECT FROM touches t WHERE t.case_id = e.case_id AND t.class = 'prior_notice' AND t.status IN ('sent', 'failed')
		  AND e.handed_on - (t.sent_at AT TIME ZONE r.time_zone)::date > 10)`
)

// drawOutside throws the dice for one who works at the end of the ladder, beside the others: with dice of
// their own, so that theirs fall as they did.
func (w *town) drawOutside() []action {
	r := rand.New(rand.NewPCG(w.seed, uint64(w.round)+1<<32))
	f := r.IntN(len(w.files))
	a := action{file: f, deal: r.IntN(len(w.files[f].deals)), dice: r.IntN(1000), days: r.IntN(16), key: fmt.Sprintf("%d-outside", w.round)}
	switch n := r.IntN(20); {
	case n < 2:
		a.kind, a.do = "announce", (*town).announce
	case n < 7:
		a.kind, a.do = "hand over", (*town).handOver
	case n < 8:
		a.kind, a.do = "keep a right", (*town).keepRight
	default:
		return nil
	}
	return []action{a}
}

// announce lets a case be as two people leave it who announce that somebody external is asked. Ten days
// of it fit into a town's weeks, the sixty that come before do not.
func (w *town) announce(ctx context.Context, a action) error {
	return w.locked(ctx, a, []string{
		`INSERT INTO agencies (id, world_id, name, countries, licence_authority, licence_number, licence_valid_until, code_name, code_signed_on, code_valid_until, email, made_by, made_at)
			SELECT '00000000-0000-7000-8000-0000000000aa', d.world_id, 'Anders & Partner', '{US,DE,AU}', 'a court', '1', '2026-12-31', 'ethics', '2026-01-01', '2026-12-31', 'post@anders.example', gen_random_uuid(), $2
			  FROM deals d WHERE d.id = $1 AND $3::bigint > 0 ON CONFLICT DO NOTHING`,
		`INSERT INTO escalations (id, case_id, factor_id, seller_id, agency_id, agency_name, status, reason, deals, proposed_by, proposed_at, approved_by, announced_at)
			SELECT gen_random_uuid(), d.case_id, d.factor_id, d.seller_id, '00000000-0000-7000-8000-0000000000aa', 'Anders & Partner', 'announced', 'no word came',
			       array_agg(d.id), gen_random_uuid(), $2, gen_random_uuid(), $2::timestamptz
			  FROM deals d JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered' AND n.occurred_at IS NOT NULL JOIN cases k ON k.id = d.case_id AND k.status = 'open'
			 WHERE d.case_id = (SELECT case_id FROM deals WHERE id = $1) AND d.status IN ('made', 'paid_out') AND d.open_minor > 0 AND $3::bigint > 0 GROUP BY d.case_id, d.factor_id, d.seller_id
			ON CONFLICT DO NOTHING`,
	}, 1)
}

// handOver is one of two people of the factor who hand a case over, or let it be.
func (w *town) handOver(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM escalations WHERE case_id = $1 AND status = 'announced'`, w.files[a.file].id.UUID)
	if err != nil {
		return err
	}
	if a.dice%10 == 0 {
		_, err = w.cases.WithdrawEscalation(ctx, w.collector(a), domain.EscalationID{UUID: id}, "they wrote to us", onceOf[domain.Escalation](a.key))
		return err
	}
	_, err = w.cases.HandOverEscalation(ctx, w.collector(a), domain.EscalationID{UUID: id}, onceOf[domain.Escalation](a.key))
	return err
}

// keepRight is a person of the factor who asks for a step that keeps a right, or agrees to one.
func (w *town) keepRight(ctx context.Context, a action) error {
	if id, err := w.find(ctx, `SELECT id FROM protective_steps WHERE case_id = $1 AND status = 'proposed' LIMIT 1`, w.files[a.file].id.UUID); err == nil {
		_, err = w.cases.ApproveProtective(ctx, w.collector(a), domain.ProtectiveID{UUID: id}, onceOf[domain.ProtectiveStep](a.key))
		return err
	}
	grounds := []domain.ProtectiveGround{domain.GroundFraud, domain.GroundDissipation, domain.GroundInsolvency}
	_, err := w.cases.ProposeProtective(ctx, w.collector(a), w.files[a.file].id, domain.ProtectiveStep{
		Deal: w.files[a.file].deals[a.deal], Kind: domain.LienNotice, Ground: grounds[a.dice%len(grounds)], Evidence: "the goods were moved", Meaning: "A register shows that the goods are not paid yet.",
	}, onceOf[domain.ProtectiveStep](a.key))
	return err
}

// TestNobodyIsHandedOverUntold throws dice at the days between the announcement and the hand-over. It holds F-81, C-167 and D-25: nobody is
// handed over without a letter that a mail server took, ten full days of the debtor's calendar before, and no word or payment since; and what
// may be handed over has not ended by itself.
func TestNobodyIsHandedOverUntold(t *testing.T) {
	answers := []func(*domain.CaseFacts, time.Time){
		func(f *domain.CaseFacts, at time.Time) { f.LastPaidAt = at },
		func(f *domain.CaseFacts, at time.Time) {
			f.Questions = append(f.Questions, domain.Question{AskedAt: at, AnsweredAt: at})
		},
		func(f *domain.CaseFacts, at time.Time) {
			f.Promises = append(f.Promises, domain.Promise{MadeAt: at, Status: domain.PromiseCancelled, DecidedAt: at})
		},
		func(f *domain.CaseFacts, at time.Time) {
			f.Disputes = append(f.Disputes, domain.Dispute{RaisedAt: at, ResolvedAt: at, Status: domain.DisputeResolved})
			f.Consults = append(f.Consults, domain.LegalConsult{On: domain.DateOf(at).Plus(1)})
		},
		func(f *domain.CaseFacts, at time.Time) {
			f.Plans = append(f.Plans, domain.Plan{MadeAt: at, DecidedAt: at, Status: domain.PlanDeclined})
		},
	}
	zones := []string{"America/New_York", "Australia/Sydney", "Europe/Berlin"}
	allowed := 0
	rapid.Check(t, func(t *rapid.T) {
		f := atTheEnd()
		f.Relationship.TimeZone = rapid.SampledFrom(zones).Draw(t, "zone")
		zone := f.Relationship.Zone()
		hours := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Hour
		}
		e := announced(&f, "")
		if rapid.IntRange(0, 5).Draw(t, "arrived") > 0 {
			e.NoticedAt = e.AnnouncedAt.Add(hours("told after", 96))
		}
		var words []time.Time
		for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "words") {
			at := e.AnnouncedAt.Add(hours("said after", 400) - 48*time.Hour)
			rapid.SampledFrom(answers).Draw(t, "word")(&f, at)
			words = append(words, at)
		}
		f.Now = e.AnnouncedAt.Add(hours("now", 500))
		if len(collections.Before(f, *e, anders())) > 0 {
			return
		}
		allowed++
		full := 0
		for day := domain.DateOf(e.NoticedAt.In(zone)).Plus(1); day.Before(domain.DateOf(f.Now.In(zone))); day = day.Plus(1) {
			full++
		}
		switch {
		case e.NoticedAt.IsZero() || full < 10:
			t.Fatalf("told at %s, handed over at %s: %d full days", e.NoticedAt, f.Now, full)
		case slices.ContainsFunc(words, func(at time.Time) bool { return at.After(e.AnnouncedAt) }):
			t.Fatalf("handed over at %s over words of %v", f.Now, words)
		case collections.Ended(f, *e) != "":
			t.Fatalf("handed over, though it ended with %s", collections.Ended(f, *e))
		}
	})
	if allowed == 0 {
		t.Error("nobody was ever handed over: nothing is proved")
	}
	t.Log(fmt.Sprint(allowed, " hand-overs"))
}
