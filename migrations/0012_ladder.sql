-- +goose Up
-- The ladder: how firm the next message is and who has to agree to it, what people say on
-- the telephone, who pauses and for how long, and how a debtor wants to be reached.

-- A playbook says which messages follow up an invoice. The most particular one that is
-- active counts: relationship, debtor, segment, seller, factor, and else the built-in one.
CREATE TABLE playbooks (
  id           uuid PRIMARY KEY,
  factor_id    uuid NOT NULL REFERENCES organizations,
  level        text NOT NULL CHECK (level IN ('factor', 'seller', 'segment', 'debtor', 'relationship')),
  subject      text NOT NULL, -- '' for the factor, an id, or a segment: DE, or DE/company
  name         text NOT NULL,
  version      integer NOT NULL,
  status       text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
  steps        jsonb NOT NULL,
  made_by      uuid NOT NULL,
  made_at      timestamptz NOT NULL,
  simulated_at timestamptz, -- on the factor's own cases, before it may be activated
  activated_by uuid,
  activated_at timestamptz,
  retired_at   timestamptz,
  UNIQUE (factor_id, level, subject, version)
);
CREATE UNIQUE INDEX playbooks_active ON playbooks (factor_id, level, subject) WHERE status = 'active';
CREATE INDEX playbooks_factor ON playbooks (factor_id, id);

-- A call is a touch that a person makes; a touch of people > 0 waits for that many.
ALTER TABLE touches DROP CONSTRAINT touches_class_check;
ALTER TABLE touches ADD CONSTRAINT touches_class_check CHECK (class IN ('heads_up', 'reminder', 'legal_notice', 'answer', 'receipt', 'thank_you', 'call'));
ALTER TABLE touches ADD COLUMN rung text NOT NULL DEFAULT '';     -- the playbook's step; '': none
ALTER TABLE touches ADD COLUMN people integer NOT NULL DEFAULT 0; -- who must agree before it leaves
ALTER TABLE touches ADD COLUMN playbook_id uuid;                  -- NULL: the built-in one
ALTER TABLE touches ADD COLUMN playbook_version integer NOT NULL DEFAULT 0;
ALTER TABLE touches ADD COLUMN template text NOT NULL DEFAULT ''; -- its name and version
ALTER TABLE touches ADD COLUMN asked_for text NOT NULL DEFAULT ''; -- digest of what people are asked to agree to
ALTER TABLE touches ADD COLUMN result text NOT NULL DEFAULT '';   -- of a call
ALTER TABLE touches ADD COLUMN note text NOT NULL DEFAULT '';     -- of a call, for the factor
CREATE INDEX touches_human ON touches (factor_id, id)
  WHERE (status = 'planned' AND people > 0) OR status = 'unknown' OR status = 'failed' OR (class = 'call' AND status = 'sending');

CREATE TABLE approvals (
  id        uuid PRIMARY KEY,
  touch_id  uuid NOT NULL REFERENCES touches,
  case_id   uuid NOT NULL REFERENCES cases,
  factor_id uuid NOT NULL,
  seller_id uuid NOT NULL,
  side      text NOT NULL CHECK (side IN ('factor', 'seller')),
  user_id   uuid NOT NULL,
  consent   text NOT NULL CHECK (consent IN ('approved', 'declined')),
  asked_for text NOT NULL DEFAULT '', -- of the touch, when they said so: a word counts for that only
  note      text NOT NULL,
  at        timestamptz NOT NULL,
  UNIQUE (touch_id, user_id, asked_for)
);
CREATE INDEX approvals_case ON approvals (case_id, id);

-- What a look at a case reads, whatever its status.
CREATE INDEX allocations_case_applied ON allocations (case_id, applied_at) WHERE undone_at IS NULL;
CREATE INDEX deals_owed ON deals (factor_id, debtor_id) WHERE status IN ('made', 'paid_out');
CREATE INDEX holds_case_all ON holds (case_id, id);

-- Who pauses an invoice or a whole case says why and until when; a seller may keep its
-- hands on one without an end.
CREATE TABLE pauses (
  id        uuid PRIMARY KEY,
  case_id   uuid NOT NULL REFERENCES cases,
  factor_id uuid NOT NULL,
  seller_id uuid NOT NULL,
  deal_id   uuid REFERENCES deals, -- NULL: the whole case
  side      text NOT NULL CHECK (side IN ('factor', 'seller')),
  reason    text NOT NULL,
  set_by    uuid NOT NULL,
  set_at    timestamptz NOT NULL,
  until_at  timestamptz,
  ended_by  uuid,
  ended_at  timestamptz,
  CHECK (side = 'seller' OR until_at IS NOT NULL)
);
CREATE INDEX pauses_case ON pauses (case_id, id);

-- What a seller adds to the letters about its invoices, within the limits of D-24.
CREATE TABLE voices (
  seller_id  uuid PRIMARY KEY REFERENCES organizations,
  line       text NOT NULL DEFAULT '', -- its values, in one sentence
  thanks     text NOT NULL DEFAULT '', -- of its own, in a thank-you
  informal   boolean NOT NULL DEFAULT false, -- long-standing good customers may be written to informally
  updated_by uuid NOT NULL,
  updated_at timestamptz NOT NULL
);
ALTER TABLE relationships ADD COLUMN approval text NOT NULL DEFAULT 'none' CHECK (approval IN ('none', 'first_touch', 'every_touch'));
ALTER TABLE relationships ADD COLUMN copied boolean NOT NULL DEFAULT false; -- the seller gets a copy of what we send
ALTER TABLE relationships ADD COLUMN region text NOT NULL DEFAULT '';       -- ISO 3166-2, such as US-CA
ALTER TABLE relationships ADD COLUMN phone text NOT NULL DEFAULT '';

-- How a person or a shared mailbox wants to be reached: platform-wide, as the counts are.
CREATE TABLE contact_preferences (
  world_id    uuid NOT NULL,
  contact_key bytea NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('person', 'role')),
  mode        text NOT NULL CHECK (mode IN ('each', 'digest', 'portal_only')),
  opted_out   text[] NOT NULL DEFAULT '{}', -- channels: email, phone
  prefers     text NOT NULL DEFAULT '' CHECK (prefers IN ('', 'email', 'phone')),
  source      text NOT NULL, -- how we know
  recorded_by uuid NOT NULL, -- the factor that was told: how we know is shown to nobody else
  asked_at    timestamptz,   -- the debtor was asked how it wants to be written to
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (world_id, contact_key)
);
ALTER TABLE contacts_made ADD COLUMN conversation boolean NOT NULL DEFAULT false;

-- What a person understood of an answer, confirmed by a collector.
ALTER TABLE questions ADD COLUMN reason text NOT NULL DEFAULT ''
  CHECK (reason IN ('', 'cash_flow', 'admin_hurdle', 'unforeseen', 'approval_pending', 'invoice_missing', 'dispute', 'oversight', 'other'));
ALTER TABLE questions ADD COLUMN by_phone boolean NOT NULL DEFAULT false; -- in a collector's words
ALTER TABLE questions ADD COLUMN understood text NOT NULL DEFAULT '';

-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('playbooks'), ('approvals'), ('pauses'), ('voices'), ('contact_preferences') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY home ON playbooks USING (app_sees(factor_id));
CREATE POLICY parties ON approvals FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id));
CREATE POLICY written ON approvals FOR INSERT WITH CHECK (app_wide() OR (side = 'factor' AND app_sees(factor_id)) OR (side = 'seller' AND app_sees(seller_id)));
CREATE POLICY parties ON pauses FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id));
CREATE POLICY written ON pauses FOR INSERT WITH CHECK (app_wide() OR (side = 'factor' AND app_sees(factor_id)) OR (side = 'seller' AND app_sees(seller_id)));
CREATE POLICY changed ON pauses FOR UPDATE USING (app_wide() OR (side = 'factor' AND app_sees(factor_id)) OR (side = 'seller' AND app_sees(seller_id)));
CREATE POLICY home ON voices USING (app_sees(seller_id));
CREATE POLICY platform ON contact_preferences USING (app_wide());

-- phone_key is the digest under which contacts with one telephone are counted, as the
-- application makes it of an address; NULL without a number.
CREATE FUNCTION phone_key(p_world uuid, p_phone text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_phone <> '' THEN sha256(convert_to('world_' || replace(p_world::text, '-', '') || chr(10) || lower(trim(p_phone)), 'UTF8')) END
$$;

-- case_facts answers the facts that a case's next step depends on, and locks nothing. It
-- runs with the caller's rights, in scope work.
-- +goose StatementBegin
CREATE FUNCTION case_facts(p_case uuid, p_key bytea, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  k cases;
  r relationships;
  phone bytea;
BEGIN
  SELECT * INTO k FROM cases WHERE id = p_case;
  SELECT * INTO r FROM relationships WHERE id = k.relationship_id;
  phone := phone_key(k.world_id, r.phone);
  RETURN jsonb_build_object(
    'kase', to_jsonb(k),
    'factor', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.factor_id),
    'seller', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.seller_id),
    'relationship', to_jsonb(r),
    'playbook', (SELECT to_jsonb(p) FROM playbooks p
                  WHERE p.factor_id = k.factor_id AND p.status = 'active'
                    AND (p.level, p.subject) IN (('relationship', k.relationship_id::text), ('debtor', k.debtor_id::text),
                          ('segment', r.country || '/' || r.legal_type), ('segment', r.country), ('seller', k.seller_id::text), ('factor', ''))
                  ORDER BY array_position(ARRAY['relationship', 'debtor', 'segment', 'seller', 'factor'], p.level), length(p.subject) DESC LIMIT 1),
    'voice', (SELECT to_jsonb(v) FROM voices v WHERE v.seller_id = k.seller_id),
    'preferences', (SELECT to_jsonb(c) - 'contact_key' FROM contact_preferences c WHERE c.world_id = k.world_id AND c.contact_key = p_key),
    'not_by_phone', EXISTS (SELECT FROM contact_preferences c WHERE c.world_id = k.world_id AND c.contact_key = phone AND 'phone' = ANY (c.opted_out)),
    'sellers_here', (SELECT count(DISTINCT m.seller_id) FROM contacts_made m WHERE m.world_id = k.world_id AND m.contact_key = p_key
                       AND m.at > p_now - interval '180 days'),
    'owed', (SELECT coalesce(jsonb_agg(jsonb_build_object('currency', o.currency, 'minor', o.minor) ORDER BY o.currency), '[]')
               FROM (SELECT d.currency, sum(d.open_minor)::bigint AS minor FROM deals d
                      WHERE d.factor_id = k.factor_id AND d.debtor_id = k.debtor_id AND d.status IN ('made', 'paid_out') GROUP BY d.currency) o),
    'known_since', (SELECT min(h.issued_on) FROM history h WHERE h.seller_id = k.seller_id AND h.relationship_id = k.relationship_id AND NOT h.excluded),
    'on_time', (SELECT count(*) FROM history h WHERE h.seller_id = k.seller_id AND h.relationship_id = k.relationship_id AND NOT h.excluded AND h.paid_on <= h.due_on AND h.paid_on > (p_now - interval '12 months')::date)
             + (SELECT count(*) FROM deals d WHERE d.relationship_id = k.relationship_id AND d.paid_in_full_on <= d.due_on AND d.paid_in_full_on > (p_now - interval '12 months')::date),
    'last_paid_at', (SELECT max(a.applied_at) FROM allocations a WHERE a.case_id = k.id AND a.undone_at IS NULL),
    'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'deal', to_jsonb(d), 'issued_on', i.issued_on, 'order_reference', i.order_reference, 'summary', i.summary,
                 'introduced_at', (SELECT c.occurred_at FROM conditions c WHERE c.deal_id = d.id AND c.code = 'introduced'),
                 'notice_at', (SELECT c.occurred_at FROM conditions c WHERE c.deal_id = d.id AND c.code = 'notice_delivered'))
                 ORDER BY d.due_on, d.id), '[]')
                FROM deals d JOIN invoices i ON i.id = d.invoice_id WHERE d.case_id = k.id AND d.status <> 'cancelled'),
    'feeds', (SELECT coalesce(jsonb_agg(jsonb_build_object('account', to_jsonb(a), 'spans',
                 (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.from_on, s.id), '[]')
                    FROM (SELECT l.id, l.from_on, l.to_on, l.currency, l.opening_minor, l.closing_minor FROM statements l
                           WHERE l.account_id = a.id ORDER BY l.to_on DESC, l.id DESC LIMIT 60) s))), '[]')
                FROM bank_accounts a WHERE a.id IN (SELECT d.collection_account_id FROM deals d WHERE d.case_id = k.id)),
    'holds', (SELECT coalesce(jsonb_agg(to_jsonb(h) || jsonb_build_object('currency', d.currency) ORDER BY h.id), '[]')
                FROM holds h LEFT JOIN deals d ON d.id = h.deal_id WHERE h.case_id = k.id AND h.ended_at IS NULL),
    'pauses', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM pauses p WHERE p.case_id = k.id AND p.ended_at IS NULL),
    'stops', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.id), '[]') FROM stops s WHERE s.case_id = k.id AND s.lifted_at IS NULL),
    'promises', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM promises p WHERE p.case_id = k.id),
    'disputes', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM disputes x WHERE x.case_id = k.id),
    'questions', (SELECT coalesce(jsonb_agg(to_jsonb(q) ORDER BY q.id), '[]') FROM questions q WHERE q.case_id = k.id),
    'replies', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', y.kind, 'acknowledgement', y.acknowledgement, 'at', y.received_at) ORDER BY y.id), '[]')
                  FROM replies y WHERE y.case_id = k.id),
    'touches', (SELECT coalesce(jsonb_agg(to_jsonb(t) - 'body_text' - 'body_html' ORDER BY t.id), '[]') FROM touches t WHERE t.case_id = k.id),
    'approvals', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM approvals a WHERE a.case_id = k.id),
    'unthanked', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.applied_at, a.id), '[]')
                    FROM allocations a WHERE a.case_id = k.id AND a.thanked_by IS NULL AND a.undone_at IS NULL),
    'unidentified', (SELECT coalesce(jsonb_agg(to_jsonb(u) ORDER BY u.id), '[]') FROM receipts u
                      WHERE u.account_id IN (SELECT d.collection_account_id FROM deals d WHERE d.case_id = k.id AND d.status IN ('made', 'paid_out'))
                        AND u.unapplied_minor > 0 AND u.status IN ('unapplied', 'suggested') AND u.created_at > p_now - interval '21 days'),
    'contacts', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', m.at, 'counted', m.counted, 'daily', m.daily, 'conversation', m.conversation,
                   'own', coalesce(t.case_id = k.id, false), 'ours', coalesce(t.factor_id = k.factor_id, false), 'call', coalesce(t.class = 'call', false))), '[]')
                   FROM (SELECT DISTINCT ON (c.touch_id) c.touch_id, c.at, c.counted, c.daily, c.conversation FROM contacts_made c
                          WHERE c.world_id = k.world_id AND c.contact_key IN (p_key, phone) AND c.at > p_now - interval '16 days' ORDER BY c.touch_id) m
                   LEFT JOIN touches t ON t.id = m.touch_id
                  WHERE coalesce(t.status, '') NOT IN ('planned', 'cancelled')),
    'last_elsewhere', (SELECT max(coalesce(t.sent_at, t.claimed_at)) FROM touches t
                        WHERE t.relationship_id IN (SELECT x.id FROM relationships x WHERE x.seller_id = k.seller_id AND x.debtor_id = k.debtor_id)
                          AND t.case_id <> k.id AND t.class IN ('heads_up', 'reminder', 'call') AND t.status IN ('sending', 'sent', 'unknown')
                          AND t.claimed_at > p_now - interval '9 days'),
    'refused', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', g.step, 'at', g.at, 'again', g.look_again_at, 'codes', g.codes)), '[]')
                  FROM (SELECT DISTINCT ON (step) step, at, look_again_at, codes FROM gate_decisions
                         WHERE case_id = k.id AND NOT sent AND cycle = k.cycle AND at > p_now - interval '90 days'
                         ORDER BY step, at DESC, id DESC) g));
END $$;
-- +goose StatementEnd

-- load_case answers them to who changes the case: the caller has locked it, this locks the
-- contact window.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION load_case(p_case uuid, p_key bytea, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  w uuid;
  phone bytea;
BEGIN
  SELECT k.world_id, phone_key(k.world_id, r.phone) INTO w, phone FROM cases k JOIN relationships r ON r.id = k.relationship_id WHERE k.id = p_case;
  INSERT INTO contact_windows (world_id, contact_key)
  SELECT w, x FROM unnest(ARRAY[p_key, phone]) x WHERE x IS NOT NULL ORDER BY x ON CONFLICT DO NOTHING;
  PERFORM FROM contact_windows c WHERE c.world_id = w AND c.contact_key IN (p_key, phone) ORDER BY c.contact_key FOR UPDATE;
  RETURN case_facts(p_case, p_key, p_now);
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION case_facts(uuid, bytea, timestamptz), phone_key(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_facts(uuid, bytea, timestamptz), phone_key(uuid, text) TO comity_app;
