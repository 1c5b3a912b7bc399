package collections_test

import "math/rand/v2"

// What the audit asks about natural persons (D-27): before anything that we start about an invoice, a message said
// what there is to check; and nothing above a cordial tone within thirty days after it.
const (
	checkable = `(SELECT min(v.sent_at) FROM touches v WHERE v.case_id = s.case_id AND split_part(v.template, '@', 1) IN ('notice_person', 'validation') AND d = ANY (v.items))`
	unchecked = `SELECT s.case_id, s.step, s.at, d FROM seen s JOIN touches t ON t.id = s.touch_id, unnest(t.items) d
		WHERE s.what = 'claimed' AND s.person AND s.class IN ('heads_up', 'reminder', 'call') AND coalesce(` + checkable + ` > s.claimed_at, true)`
	uncheckedLong = `SELECT s.case_id, s.step, t.tone, s.at, d FROM seen s JOIN touches t ON t.id = s.touch_id, unnest(t.items) d
		WHERE s.what = 'claimed' AND s.person AND s.class IN ('heads_up', 'reminder', 'call') AND t.tone > 1 AND ` + checkable + ` > s.claimed_at - interval '30 days'`
)

// persons lets some debtors of every other town be natural persons, or be found to be: now and then what is on file
// of one is put right. Who is not told of a sale is a company. It has dice of its own.
func (w *town) persons() {
	w.t.Helper()
	if w.seed%2 == 0 {
		return
	}
	for i, f := range w.files {
		r := rand.New(rand.NewPCG(w.seed, uint64(w.round)<<8+uint64(i)+1<<35))
		if w.round > 0 && r.IntN(12) > 0 {
			continue
		}
		legal := []string{"company", "sole_trader"}[r.IntN(2)]
		w.exec(`UPDATE relationships r SET legal_type = $2 FROM cases k WHERE k.id = $1 AND r.id = k.relationship_id
			AND NOT EXISTS (SELECT FROM cases o WHERE o.relationship_id = r.id AND o.disclosure = 'confidential')`, f.id.UUID, legal)
	}
}
