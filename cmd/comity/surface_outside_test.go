package main

import (
	"maps"
)

// agency is one of the scene's world that may be asked.
func (s *scene) agency() map[string]any {
	return map[string]any{
		"world": s.world, "name": "Anders & Partner", "countries": []string{"DE", "AT"}, "email": "post@anders.example",
		"licence":         map[string]string{"authority": "Landgericht Berlin", "number": "3712 E 1", "valid_until": "2026-12-31"},
		"code_of_conduct": map[string]string{"name": "code of ethics", "signed_on": "2026-01-15", "valid_until": "2026-12-31"},
	}
}

func consult() map[string]any {
	return map[string]any{"who": "Dr Weber, lawyer", "on": "2026-02-04", "outcome": "The claim stands."}
}

func (s *scene) protective() map[string]any {
	return map[string]any{
		"deal_id": s.deal, "kind": "retention_of_title", "ground": "statutory_deadline", "deadline": "2026-03-01", "evidence": "The terms end on 1 March.",
		"meaning": "A note says that the chairs stay with the seller until they are paid. It is taken out when they are.",
	}
}

// outsideThings returns one id of everything at the end of the ladder: an agency, an escalation that was
// handed over and called back, and a step that keeps a right.
func (s *scene) outsideThings() map[string]string {
	s.t.Helper()
	agency := s.made(s.platform, "/v1/agencies", s.agency())
	var id string
	s.must(s.owner.QueryRowContext(s.t.Context(), `WITH made AS (
  INSERT INTO escalations (id, case_id, factor_id, seller_id, agency_id, agency_name, status, reason, deals, proposed_by, proposed_at, announced_at, handed_at, file_sha256, ended_at, cause)
  SELECT gen_random_uuid(), d.case_id, d.factor_id, d.seller_id, a.id, a.name, 'returned', 'a test', ARRAY[d.id], gen_random_uuid(), now(), now(), now(), '\x00', now(), 'people'
    FROM deals d, agencies a WHERE 'deal_' || replace(d.id::text, '-', '') = $1 RETURNING id, factor_id
), kept AS (
  INSERT INTO escalation_files (escalation_id, factor_id, content, sha256) SELECT id, factor_id, '{}', '\x00' FROM made
) SELECT replace(id::text, '-', '') FROM made`, s.deal).Scan(&id))
	s.made(s.eastbrook, "/v1/escalations/esc_"+id+"/complaints", map[string]any{"said": "It called at night."})
	s.made(s.eastbrook, "/v1/cases/"+s.kase+"/legal-consults", consult())
	return map[string]string{
		"agencies": agency, "escalations": "esc_" + id, "disclosings": s.untold(),
		"protective-steps": s.made(s.eastbrook, "/v1/cases/"+s.kase+"/protective-steps", s.protective()),
	}
}

// untold is a request to tell the scene's debtor that was taken back.
func (s *scene) untold() string {
	s.t.Helper()
	var id string
	s.must(s.owner.QueryRowContext(s.t.Context(), `INSERT INTO disclosings (id, case_id, factor_id, seller_id, status, reason, note, asked_by, asked_at, approved_by, approved_at)
  SELECT gen_random_uuid(), d.case_id, d.factor_id, d.seller_id, 'withdrawn', 'seller_asks', 'a test', gen_random_uuid(), now(), gen_random_uuid(), now()
    FROM deals d WHERE 'deal_' || replace(d.id::text, '-', '') = $1 RETURNING replace(id::text, '-', '')`, s.deal).Scan(&id))
	return "dcl_" + id
}

// outsideBodies returns the right bodies of what is at the end of the ladder.
func (s *scene) outsideBodies(ids map[string]string) map[string]any {
	renewed := maps.Clone(s.agency())
	delete(renewed, "world")
	said := map[string]any{"said": "We looked at it."}
	return map[string]any{
		"POST /v1/agencies": s.agency(), "PUT /v1/agencies/{id}": renewed, "POST /v1/agencies/{id}/suspend": said, "POST /v1/agencies/{id}/reinstate": said,
		"POST /v1/cases/{id}/escalations":      map[string]any{"agency_id": ids["agencies"], "reason": "no word came"},
		"POST /v1/escalations/{id}/withdraw":   said,
		"POST /v1/escalations/{id}/return":     said,
		"POST /v1/escalations/{id}/complaints": said,
		"POST /v1/cases/{id}/legal-consults":   consult(),
		"POST /v1/cases/{id}/protective-steps": s.protective(),
		"POST /v1/cases/{id}/disclosings":      map[string]any{"reason": "seller_asks", "note": "The seller wants it known."},
	}
}
