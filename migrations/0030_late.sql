-- +goose Up
-- What the law adds to a late payment (D-26): who may ask for it is a term, without a default; what it
-- comes to is computed and in no book; and its owner may say that it does not ask.
ALTER TABLE mandates ADD COLUMN late_owner text NOT NULL DEFAULT '' CHECK (late_owner IN ('', 'seller', 'factor'));
ALTER TABLE deals ADD COLUMN late_owner text NOT NULL DEFAULT '' CHECK (late_owner IN ('', 'seller', 'factor'));

CREATE TABLE late_waivers (
  deal_id        uuid PRIMARY KEY REFERENCES deals,
  factor_id      uuid NOT NULL REFERENCES organizations,
  seller_id      uuid NOT NULL REFERENCES organizations,
  case_id        uuid NOT NULL REFERENCES cases,
  owner          text NOT NULL CHECK (owner IN ('seller', 'factor')),
  law            text NOT NULL, -- the code of the row by which it could have been asked for; '': none was in force
  currency       char(3) NOT NULL,
  interest_minor bigint NOT NULL CHECK (interest_minor >= 0), -- that could have been asked for on that day
  fixed_minor    bigint NOT NULL CHECK (fixed_minor >= 0),
  waived_by      uuid NOT NULL,
  waived_at      timestamptz NOT NULL
);
CREATE INDEX late_waivers_case ON late_waivers (case_id);
ALTER TABLE late_waivers ENABLE ROW LEVEL SECURITY;
ALTER TABLE late_waivers FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON late_waivers TO comity_app;
CREATE POLICY parties ON late_waivers FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id));
CREATE POLICY written ON late_waivers FOR INSERT WITH CHECK (app_wide());

-- +goose StatementBegin
-- late_facts answers to a party of a deal what the interest on a late payment depends on. Days are
-- those of value, or those in the factor's zone on which something happened.
CREATE FUNCTION late_facts(p_deal uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  d deals;
  zone text;
BEGIN
  SELECT * INTO d FROM deals WHERE id = p_deal AND (app_sees(factor_id) OR app_sees(seller_id));
  IF NOT FOUND THEN RETURN '{}'; END IF;
  zone := (SELECT time_zone FROM organizations WHERE id = d.factor_id);
  RETURN jsonb_build_object(
    'zone', zone,
    'legal_type', (SELECT r.legal_type FROM relationships r WHERE r.id = d.relationship_id),
    'payments', (SELECT coalesce(jsonb_agg(jsonb_build_object('on', a.value_on, 'amount', a.amount_minor) ORDER BY a.value_on, a.id), '[]')
                   FROM allocations a WHERE a.deal_id = p_deal AND a.undone_at IS NULL AND a.recourse_id IS NULL),
    'returned', (SELECT coalesce(jsonb_agg(jsonb_build_object('on', r.exercised_on, 'amount', r.part_minor) ORDER BY r.id), '[]')
                   FROM recourses r WHERE r.deal_id = p_deal AND r.status IN ('exercised', 'reassigned')),
    'forgiven', (SELECT coalesce(jsonb_agg(jsonb_build_object('on', (p.decided_at AT TIME ZONE zone)::date, 'amount', p.forgiven_minor) ORDER BY p.id), '[]')
                   FROM plans p WHERE p.deal_id = p_deal AND p.status = 'kept' AND p.forgiven_minor > 0),
    'plans', (SELECT coalesce(jsonb_agg(jsonb_build_object('from', (p.accepted_at AT TIME ZONE zone)::date, 'through', (p.decided_at AT TIME ZONE zone)::date,
                'running', p.status = 'active', 'withdrawn', p.status = 'withdrawn', 'total', p.total_minor) ORDER BY p.id), '[]')
                FROM plans p WHERE p.deal_id = p_deal AND p.status IN ('active', 'kept', 'broken', 'withdrawn') AND p.accepted_at IS NOT NULL),
    'disputes', (SELECT coalesce(jsonb_agg(jsonb_build_object('raised', (x.raised_at AT TIME ZONE zone)::date, 'resolved', (x.resolved_at AT TIME ZONE zone)::date,
                   'amount', x.amount_minor, 'credited', coalesce(x.credited_minor, 0)) ORDER BY x.id), '[]') FROM disputes x WHERE x.deal_id = p_deal),
    'waiver', (SELECT to_jsonb(w) FROM late_waivers w WHERE w.deal_id = p_deal));
END $$;

-- debtor_late answers to the debtor of app_case() of which deals nothing is asked for that a law would
-- add, and who says so; where there was nothing to ask for there is nothing to say.
CREATE FUNCTION debtor_late() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('late_waived', (SELECT jsonb_object_agg(w.deal_id, w.owner) FROM late_waivers w WHERE w.case_id = app_case() AND w.law <> '' AND w.interest_minor + w.fixed_minor > 0))
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION late_facts(uuid), debtor_late() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION late_facts(uuid), debtor_late() TO comity_app;
