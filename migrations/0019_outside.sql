-- +goose Up
-- The end of the ladder: who external may be asked, when, and what the debtor is told before.

-- The register of agencies is the platform's; a world sees its own.
CREATE TABLE agencies (
  id                  uuid PRIMARY KEY,
  world_id            uuid NOT NULL REFERENCES worlds,
  version             integer NOT NULL DEFAULT 1,
  name                text NOT NULL,
  countries           text[] NOT NULL CHECK (cardinality(countries) > 0), -- ISO 3166-1 alpha-2
  licence_authority   text NOT NULL,
  licence_number      text NOT NULL,
  licence_valid_until date NOT NULL, -- the last day
  code_name           text NOT NULL,
  code_signed_on      date NOT NULL,
  code_valid_until    date NOT NULL,
  email               text NOT NULL,
  made_by             uuid NOT NULL,
  made_at             timestamptz NOT NULL,
  suspended_at        timestamptz,
  suspended_reason    text NOT NULL DEFAULT '',
  CHECK (code_valid_until >= code_signed_on)
);
CREATE INDEX agencies_world ON agencies (world_id, id);

-- Somebody external is asked to speak with a debtor: proposed and announced by two people, handed
-- over by two.
CREATE TABLE escalations (
  id           uuid PRIMARY KEY,
  case_id      uuid NOT NULL REFERENCES cases,
  factor_id    uuid NOT NULL REFERENCES organizations,
  seller_id    uuid NOT NULL REFERENCES organizations,
  agency_id    uuid NOT NULL REFERENCES agencies,
  agency_name  text NOT NULL, -- as the debtor is told it
  status       text NOT NULL CHECK (status IN ('proposed', 'announced', 'handed_over', 'returned', 'withdrawn')),
  reason       text NOT NULL,
  deals        uuid[] NOT NULL CHECK (cardinality(deals) > 0), -- none is added later
  proposed_by  uuid NOT NULL,
  proposed_at  timestamptz NOT NULL,
  approved_by  uuid,
  announced_at timestamptz,
  handing_by   uuid, -- the first of two people who hand over
  handing_at   timestamptz,
  handed_by    uuid,
  handed_on    date, -- in the debtor's zone
  handed_at    timestamptz,
  adjusted_at  timestamptz, -- the last part payment that the agency has to know of
  file_sha256  bytea,
  ended_by     uuid, -- NULL: something happened
  ended_at     timestamptz,
  cause        text NOT NULL DEFAULT '' CHECK (cause IN ('', 'people', 'lapsed', 'paid', 'part_paid', 'promise', 'plan', 'question', 'dispute', 'hardship', 'complaint', 'stop', 'insolvency', 'mediation', 'given_back', 'not_told')),
  note         text NOT NULL DEFAULT '',
  CHECK (approved_by IS DISTINCT FROM proposed_by),
  CHECK (handed_by IS NULL OR handed_by <> handing_by),
  CHECK ((handed_at IS NULL) = (file_sha256 IS NULL)),
  CHECK ((ended_at IS NULL) = (status IN ('proposed', 'announced', 'handed_over'))),
  CHECK ((ended_at IS NULL) = (cause = ''))
);
CREATE UNIQUE INDEX escalations_one_live ON escalations (case_id) WHERE status IN ('proposed', 'announced', 'handed_over');
CREATE INDEX escalations_case ON escalations (case_id, id);
CREATE INDEX escalations_agency ON escalations (agency_id, handed_at) WHERE handed_at IS NOT NULL;

-- What was handed over, as it was then. It has the debtor's name and address, and is the factor's.
CREATE TABLE escalation_files (
  escalation_id uuid PRIMARY KEY REFERENCES escalations,
  factor_id     uuid NOT NULL,
  content       bytea NOT NULL,
  sha256        bytea NOT NULL
);

CREATE TABLE agency_complaints (
  id            uuid PRIMARY KEY,
  agency_id     uuid NOT NULL REFERENCES agencies,
  escalation_id uuid NOT NULL REFERENCES escalations,
  factor_id     uuid NOT NULL,
  side          text NOT NULL CHECK (side IN ('debtor', 'factor', 'platform')), -- who complains
  said          text NOT NULL,
  made_by       uuid, -- NULL: the debtor
  at            timestamptz NOT NULL,
  cleared_at    timestamptz -- an operator looked at it, and it counts no more
);
CREATE INDEX agency_complaints_agency ON agency_complaints (agency_id, at) WHERE cleared_at IS NULL;

CREATE TABLE legal_consults (
  id          uuid PRIMARY KEY,
  case_id     uuid NOT NULL REFERENCES cases,
  factor_id   uuid NOT NULL,
  seller_id   uuid NOT NULL,
  who         text NOT NULL,
  held_on     date NOT NULL,
  outcome     text NOT NULL,
  recorded_by uuid NOT NULL,
  at          timestamptz NOT NULL
);
CREATE INDEX legal_consults_case ON legal_consults (case_id, id);

-- A filing that keeps a right, asks for nothing and is no threat (D-25).
CREATE TABLE protective_steps (
  id         uuid PRIMARY KEY,
  case_id    uuid NOT NULL REFERENCES cases,
  factor_id  uuid NOT NULL REFERENCES organizations,
  seller_id  uuid NOT NULL REFERENCES organizations,
  deal_id    uuid NOT NULL REFERENCES deals,
  status     text NOT NULL CHECK (status IN ('proposed', 'approved', 'withdrawn')),
  kind       text NOT NULL CHECK (kind IN ('lien_notice', 'bond_notice', 'retention_of_title', 'limitation', 'statutory_trust', 'proof_of_debt')),
  ground     text NOT NULL CHECK (ground IN ('statutory_deadline', 'insolvency', 'fraud', 'dissipation')),
  deadline   date,
  evidence   text NOT NULL,
  meaning    text NOT NULL, -- in plain words, as the debtor reads it
  made_by    uuid NOT NULL,
  made_at    timestamptz NOT NULL,
  checked_by uuid,
  decided_at timestamptz,
  CHECK ((ground = 'statutory_deadline') = (deadline IS NOT NULL)),
  CHECK (status <> 'approved' OR checked_by <> made_by),
  CHECK ((checked_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX protective_steps_case ON protective_steps (case_id, id);

ALTER TABLE cases ADD COLUMN external boolean NOT NULL DEFAULT false; -- somebody external was asked, and is not called back yet
ALTER TABLE touches DROP CONSTRAINT touches_class_check;
ALTER TABLE touches ADD CONSTRAINT touches_class_check CHECK (class IN ('heads_up', 'reminder', 'legal_notice', 'answer', 'receipt', 'thank_you', 'call', 'instalment', 'release',
  'prior_notice', 'protective_notice'));

-- The policy travels with what is given back (D-25): the last day on which it binds the seller.
ALTER TABLE recourses ADD COLUMN policy_binds_until date;
ALTER TABLE deals ADD COLUMN policy_binds_until date;

-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('agencies'), ('escalations'), ('escalation_files'), ('agency_complaints'), ('legal_consults'), ('protective_steps') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
  FOR t IN VALUES ('agencies'), ('agency_complaints') LOOP
    EXECUTE format('CREATE POLICY platform ON %I USING (app_wide())', t);
  END LOOP;
  FOR t IN VALUES ('escalations'), ('protective_steps') LOOP
    EXECUTE format('CREATE POLICY parties ON %I FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id))', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide())', t);
    EXECUTE format('CREATE POLICY changed ON %I FOR UPDATE USING (app_wide())', t);
  END LOOP;
  FOR t IN VALUES ('escalation_files'), ('legal_consults') LOOP
    EXECUTE format('CREATE POLICY home ON %I FOR SELECT USING (app_sees(factor_id))', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide())', t);
  END LOOP;
END $$;
-- +goose StatementEnd
GRANT SELECT, INSERT, UPDATE ON agencies, escalations, protective_steps, agency_complaints TO comity_app;
GRANT SELECT, INSERT ON escalation_files, legal_consults TO comity_app;

-- +goose StatementBegin
-- delivered_at answers when a mail server took the letter of a step, unless a report came that it did
-- not arrive.
CREATE FUNCTION delivered_at(p_case uuid, p_step text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT max(t.sent_at) FROM touches t WHERE t.case_id = p_case AND t.step = p_step AND t.status = 'sent'
$$;

-- agency_file answers an agency with what counts for and against it in the last twelve months of its
-- world.
CREATE FUNCTION agency_file(p_agency agencies, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  moment timestamptz;
BEGIN
  moment := coalesce((SELECT w.clock_at FROM worlds w WHERE w.id = p_agency.world_id), p_now);
  RETURN to_jsonb(p_agency) || jsonb_build_object('today', (moment AT TIME ZONE 'UTC')::date,
    'complaints', (SELECT count(*) FROM agency_complaints c WHERE c.agency_id = p_agency.id AND c.cleared_at IS NULL AND c.at > moment - interval '12 months'),
    'hand_overs', (SELECT count(*) FROM escalations e WHERE e.agency_id = p_agency.id AND e.handed_at > moment - interval '12 months'));
END $$;

-- case_outside answers what of a case's facts is about anybody external, and about steps that keep a
-- right; it is read beside case_facts.
CREATE FUNCTION case_outside(p_case uuid) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT jsonb_build_object(
    'escalations', (SELECT coalesce(jsonb_agg(to_jsonb(x) || jsonb_build_object('noticed_at', delivered_at(p_case, 'outside:esc_' || replace(x.id::text, '-', ''))) ORDER BY x.id), '[]')
                      FROM escalations x WHERE x.case_id = p_case),
    'consults', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM legal_consults x WHERE x.case_id = p_case),
    'protective', (SELECT coalesce(jsonb_agg(to_jsonb(x) || jsonb_build_object('told_at', delivered_at(p_case, 'protective:pst_' || replace(x.id::text, '-', ''))) ORDER BY x.id), '[]')
                     FROM protective_steps x WHERE x.case_id = p_case))
$$;

-- debtor_outside answers to the debtor of app_case() who external is spoken of, once it was told.
CREATE FUNCTION debtor_outside() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('outside', (
    SELECT jsonb_build_object('agency', e.agency_name, 'noticed_at', n.at, 'asked_on', e.handed_on)
      FROM escalations e CROSS JOIN LATERAL delivered_at(e.case_id, 'outside:esc_' || replace(e.id::text, '-', '')) AS n(at)
     WHERE e.case_id = app_case() AND (e.status = 'handed_over' OR e.status = 'announced' AND n.at IS NOT NULL)))
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION delivered_at(uuid, text), agency_file(agencies, timestamptz), case_outside(uuid), debtor_outside() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delivered_at(uuid, text), agency_file(agencies, timestamptz), case_outside(uuid), debtor_outside() TO comity_app;
