-- +goose Up
-- Mediation: a neutral person helps debtor, seller and factor to end a dispute (F-79).

-- A neutral is an organisation of its own kind, so that it is nobody's user.
ALTER TABLE organizations DROP CONSTRAINT organizations_kind_check;
ALTER TABLE organizations ADD CONSTRAINT organizations_kind_check CHECK (kind IN ('seller', 'factor', 'platform', 'mediator'));
CREATE POLICY mediators ON organizations FOR SELECT USING (app_scope() = 'mediator' AND id = app_org());
CREATE POLICY mediators ON users USING (app_scope() = 'mediator' AND org_id = app_org());
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION sign_up(p_code_hash bytea, p_org organizations, p_user users)
RETURNS TABLE (world_id uuid) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  w worlds;
BEGIN
  IF p_org.kind NOT IN ('seller', 'factor', 'mediator') THEN RAISE EXCEPTION 'no such sign-up'; END IF;
  SELECT * INTO w FROM worlds
   WHERE CASE WHEN p_code_hash IS NULL THEN worlds.kind = 'live' ELSE join_code_hash = p_code_hash END;
  IF NOT FOUND THEN RETURN; END IF;
  p_org.world_id := w.id;
  p_org.created_at := coalesce(w.clock_at, now());
  p_user.created_at := p_org.created_at;
  INSERT INTO organizations SELECT (p_org).*;
  INSERT INTO users SELECT (p_user).*;
  world_id := w.id;
  RETURN NEXT;
END $$;
-- +goose StatementEnd

-- The register: who was admitted as a neutral, by which body, until when.
CREATE TABLE mediators (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  world_id        uuid NOT NULL REFERENCES worlds,
  name            text NOT NULL,
  body            text NOT NULL, -- that accredited it
  number          text NOT NULL, -- of the accreditation
  valid_until     date NOT NULL, -- its last day
  languages       text[] NOT NULL,
  admitted_by     uuid NOT NULL,
  admitted_at     timestamptz NOT NULL
);
CREATE INDEX mediators_world ON mediators (world_id, organization_id);

CREATE TABLE mediations (
  id            uuid PRIMARY KEY,
  world_id      uuid NOT NULL REFERENCES worlds,
  dispute_id    uuid NOT NULL REFERENCES disputes,
  case_id       uuid NOT NULL REFERENCES cases,
  factor_id     uuid NOT NULL REFERENCES organizations,
  seller_id     uuid NOT NULL REFERENCES organizations,
  deal_id       uuid NOT NULL REFERENCES deals,
  status        text NOT NULL CHECK (status IN ('offered', 'agreed', 'appointed', 'scheduled', 'proposed', 'settled', 'declined', 'lapsed', 'ended_without_agreement', 'closed')),
  asked_by      text NOT NULL CHECK (asked_by IN ('clock', 'debtor', 'seller', 'factor')),
  offered_at    timestamptz NOT NULL,
  answer_by     date NOT NULL,
  answers       jsonb NOT NULL,           -- each party's word on the offer
  agreed_at     timestamptz,
  begin_by      date,                     -- until when a timetable is to stand
  mediator_id   uuid REFERENCES mediators, -- NULL: nobody is appointed
  mediator_name text NOT NULL DEFAULT '', -- as the register had it
  appointed_at  timestamptz,
  objections    jsonb NOT NULL DEFAULT '[]',
  timetable     jsonb,                    -- the last one that was proposed, and who agreed to it
  timetables    integer NOT NULL DEFAULT 0,
  proposals     jsonb NOT NULL DEFAULT '[]',
  ended_at      timestamptz,
  ended_why     text NOT NULL DEFAULT '',
  CHECK ((mediator_id IS NULL) = (mediator_name = ''))
);
CREATE UNIQUE INDEX mediations_one_live ON mediations (dispute_id) WHERE status IN ('offered', 'agreed', 'appointed', 'scheduled', 'proposed');
CREATE INDEX mediations_dispute ON mediations (dispute_id, id);
CREATE INDEX mediations_case ON mediations (case_id, id);
CREATE INDEX mediations_factor ON mediations (factor_id, id);
CREATE INDEX mediations_seller ON mediations (seller_id, id);
CREATE INDEX mediations_mediator ON mediations (mediator_id, id);

-- The neutral speaks in the thread.
ALTER TABLE dispute_notes DROP CONSTRAINT dispute_notes_side_check;
ALTER TABLE dispute_notes ADD CONSTRAINT dispute_notes_side_check CHECK (side IN ('debtor', 'seller', 'factor', 'mediator'));

-- The register is the platform's; use cases show others what is theirs to see.
ALTER TABLE mediators ENABLE ROW LEVEL SECURITY;
ALTER TABLE mediators FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON mediators USING (app_wide());
GRANT SELECT, INSERT, UPDATE ON mediators TO comity_app;

-- A mediation is read by its parties and its neutral; use cases that see all sides write it.
ALTER TABLE mediations ENABLE ROW LEVEL SECURITY;
ALTER TABLE mediations FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON mediations FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id) OR case_id = app_case());
CREATE POLICY neutral ON mediations FOR SELECT USING (app_scope() = 'mediator' AND mediator_id = app_org());
CREATE POLICY written ON mediations FOR INSERT WITH CHECK (app_wide());
CREATE POLICY changed ON mediations FOR UPDATE USING (app_wide());
GRANT SELECT, INSERT, UPDATE ON mediations TO comity_app;
-- So does it read the files of its dispute.
CREATE POLICY neutral ON evidence FOR SELECT
  USING (app_scope() = 'mediator' AND EXISTS (SELECT FROM mediations m WHERE m.dispute_id = evidence.dispute_id AND m.mediator_id = app_org()));

-- +goose StatementBegin
-- mediation_open says whether a mediation of a case is offered or under way: no legal step is
-- taken meanwhile (C-156). It sees what its caller sees.
CREATE FUNCTION mediation_open(case_id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM mediations m WHERE m.case_id = $1 AND m.status IN ('offered', 'agreed', 'appointed', 'scheduled', 'proposed'))
$$;

-- case_mediations answers those of a case; it is read beside case_facts and debtor_page.
CREATE FUNCTION case_mediations(p_case uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('mediations', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM mediations x WHERE x.case_id = p_case))
$$;

-- mediation_view answers to the parties of a mediation and to its neutral what they have before
-- them: the dispute, its thread and files, who the parties are, and the invoice. Nothing of the
-- advance, the fee, or other invoices is in it.
CREATE FUNCTION mediation_view(p_mediation uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  m mediations;
BEGIN
  SELECT * INTO m FROM mediations x WHERE x.id = p_mediation
     AND (app_sees(x.factor_id) OR app_sees(x.seller_id) OR app_scope() = 'mediator' AND x.mediator_id = app_org());
  IF NOT FOUND THEN RETURN '{}'; END IF;
  RETURN (SELECT jsonb_build_object(
    'mediation', to_jsonb(m),
    'dispute', (SELECT to_jsonb(d) FROM disputes d WHERE d.id = m.dispute_id),
    'notes', (SELECT coalesce(jsonb_agg(to_jsonb(n) ORDER BY n.id), '[]') FROM dispute_notes n WHERE n.dispute_id = m.dispute_id),
    'evidence', (SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.id), '[]') FROM evidence e WHERE e.dispute_id = m.dispute_id),
    'debtor', r.name, 'seller', s.name, 'factor', f.name, 'invoice_number', l.invoice_number, 'issued_on', l.issued_on, 'due_on', l.due_on,
    'currency', l.currency, 'basis_minor', l.basis_minor, 'open_minor', l.open_minor)
    FROM deals l JOIN relationships r ON r.id = l.relationship_id JOIN organizations s ON s.id = l.seller_id JOIN organizations f ON f.id = l.factor_id
   WHERE l.id = m.deal_id);
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION mediation_open(uuid), case_mediations(uuid), mediation_view(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mediation_open(uuid), case_mediations(uuid), mediation_view(uuid) TO comity_app;
