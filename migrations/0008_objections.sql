-- +goose Up
-- A seller sees and corrects the history that it brought, objects to a decision,
-- and asks what if. Everything is added: a server of the version before runs on it.

-- Rows of history have names and versions, and may be left out. Whatever a
-- correction replaces stays in history_corrections.
ALTER TABLE history
  ADD COLUMN id           uuid NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN version      integer NOT NULL DEFAULT 1,
  ADD COLUMN excluded     boolean NOT NULL DEFAULT false, -- it counts for nothing
  ADD COLUMN excluded_for text NOT NULL DEFAULT '',       -- why
  ADD COLUMN corrected_at timestamptz,                    -- an import after this adds a payment and changes nothing else
  ADD CONSTRAINT history_excluded_with_a_reason CHECK (NOT excluded OR excluded_for <> '');
CREATE UNIQUE INDEX history_page ON history (seller_id, relationship_id, id);
CREATE INDEX invoices_relationship ON invoices (seller_id, relationship_id, id);

CREATE TABLE objections (
  id              uuid PRIMARY KEY,
  world_id        uuid NOT NULL REFERENCES worlds,
  seller_id       uuid NOT NULL REFERENCES organizations,
  decision_id     uuid NOT NULL REFERENCES decisions, -- the one that is objected to; it stays
  invoice_id      uuid NOT NULL REFERENCES invoices,
  relationship_id uuid NOT NULL REFERENCES relationships,
  reason          text NOT NULL CHECK (reason <> ''),
  reason_code     text NOT NULL DEFAULT '', -- which reason of the decision is disputed; '': none in particular
  status          text NOT NULL CHECK (status IN ('received', 'accepted', 'partly_accepted', 'rejected')),
  answer          text NOT NULL DEFAULT '',
  again_id        uuid REFERENCES decisions, -- made again on the corrected facts
  raised_by       uuid NOT NULL,
  raised_at       timestamptz NOT NULL,
  decided_by      uuid,
  decided_at      timestamptz,
  CHECK ((status = 'received') = (decided_at IS NULL)),
  CHECK ((status = 'received') = (answer = '')),
  CHECK ((status IN ('accepted', 'partly_accepted')) = (again_id IS NOT NULL))
);
CREATE UNIQUE INDEX objections_one_open ON objections (decision_id) WHERE status = 'received';
CREATE INDEX objections_seller ON objections (seller_id, id);
CREATE INDEX objections_status ON objections (status, id);

CREATE TABLE objection_facts (
  objection_id uuid NOT NULL REFERENCES objections,
  n            integer NOT NULL CHECK (n >= 1),
  seller_id    uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('history', 'statement')),
  history_id   uuid, -- the row of history that is corrected
  field        text NOT NULL DEFAULT '',
  value        text NOT NULL DEFAULT '',
  said         text NOT NULL DEFAULT '',
  evidence     text NOT NULL DEFAULT '', -- where the proof is
  accepted     boolean,                  -- NULL: not decided
  PRIMARY KEY (objection_id, n),
  CHECK ((kind = 'history') = (history_id IS NOT NULL)),
  CHECK ((kind = 'history') = (field <> '')),
  CHECK ((kind = 'statement') = (said <> ''))
);

CREATE TABLE history_corrections (
  id              uuid PRIMARY KEY,
  seller_id       uuid NOT NULL,
  relationship_id uuid NOT NULL,
  history_id      uuid NOT NULL,
  version         integer NOT NULL, -- of the row that stands here: what was before
  amount_minor    bigint NOT NULL,
  currency        char(3) NOT NULL,
  issued_on       date NOT NULL,
  due_on          date NOT NULL,
  paid_on         date,
  observed_until  date,
  disputed        boolean NOT NULL,
  excluded        boolean NOT NULL,
  excluded_for    text NOT NULL,
  reason          text NOT NULL,
  objection_id    uuid REFERENCES objections, -- NULL: the seller's own correction
  corrected_by    uuid NOT NULL,
  corrected_at    timestamptz NOT NULL,
  UNIQUE (history_id, version),
  FOREIGN KEY (seller_id, relationship_id, history_id) REFERENCES history (seller_id, relationship_id, id)
);
CREATE INDEX history_corrections_row ON history_corrections (seller_id, relationship_id, history_id);

-- A decision that was made again names the first one and the objection, and what
-- was known by when: the two differ by the facts only.
ALTER TABLE decisions
  ADD COLUMN objection_id      uuid REFERENCES objections,
  ADD COLUMN first_decision_id uuid REFERENCES decisions,
  ADD COLUMN as_known_at       timestamptz, -- NULL: decided_at
  ADD CONSTRAINT decisions_again CHECK ((objection_id IS NULL) = (first_decision_id IS NULL) AND (objection_id IS NULL) = (as_known_at IS NULL));
CREATE INDEX decisions_of_first ON decisions (first_decision_id, id) WHERE first_decision_id IS NOT NULL;

-- The walls: a seller's own rows; only the platform's use case decides.
-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('objections'), ('objection_facts'), ('history_corrections') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY home ON %I FOR SELECT USING (app_sees(seller_id))', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY raised ON objections FOR INSERT WITH CHECK (app_sees(seller_id) AND status = 'received');
CREATE POLICY decided ON objections FOR UPDATE USING (app_wide());
CREATE POLICY raised ON objection_facts FOR INSERT WITH CHECK (app_sees(seller_id) AND accepted IS NULL);
CREATE POLICY decided ON objection_facts FOR UPDATE USING (app_wide());
CREATE POLICY written ON history_corrections FOR INSERT WITH CHECK (app_sees(seller_id));
GRANT SELECT, INSERT, UPDATE ON objections, objection_facts TO comity_app;
GRANT SELECT, INSERT ON history_corrections TO comity_app;

-- +goose StatementBegin
-- What servers of the version before ask: rows that are left out do not count.
CREATE OR REPLACE FUNCTION experience(p_seller uuid, p_relationship uuid)
RETURNS TABLE (due_on date, paid_on date, disputed boolean) LANGUAGE sql STABLE AS $$
  SELECT h.due_on, h.paid_on, h.disputed FROM history h WHERE h.seller_id = p_seller AND h.relationship_id = p_relationship AND NOT h.excluded
  UNION ALL
  SELECT d.due_on, d.paid_in_full_on, EXISTS (SELECT FROM disputes x WHERE x.deal_id = d.id)
    FROM deals d WHERE d.seller_id = p_seller AND d.relationship_id = p_relationship AND d.status <> 'cancelled'
$$;

-- The seller's own experience with the debtor as it stood on a day: invoices
-- issued and payments made by then, whenever they were brought; deals and
-- disputes that were known by an instant. Never another seller's rows, and not
-- the invoice that is assessed.
CREATE FUNCTION experience_at(p_seller uuid, p_relationship uuid, p_except uuid, p_today date, p_known timestamptz)
RETURNS TABLE (due_on date, paid_on date, disputed boolean, currency char(3), open_minor bigint) LANGUAGE sql STABLE AS $$
  SELECT h.due_on, CASE WHEN h.paid_on <= p_today THEN h.paid_on END, h.disputed, h.currency, h.amount_minor
    FROM history h WHERE h.seller_id = p_seller AND h.relationship_id = p_relationship AND NOT h.excluded AND h.issued_on <= p_today
  UNION ALL
  SELECT d.due_on, CASE WHEN d.paid_in_full_on <= p_today THEN d.paid_in_full_on END,
         EXISTS (SELECT FROM disputes x WHERE x.deal_id = d.id AND x.raised_at <= p_known), d.currency, d.open_minor
    FROM deals d
   WHERE d.seller_id = p_seller AND d.relationship_id = p_relationship AND d.status <> 'cancelled' AND d.made_at <= p_known
     AND d.invoice_id IS DISTINCT FROM p_except
$$;

-- The same, counted: what a decision depends on. A decision and its repetition
-- both ask here.
CREATE FUNCTION experience_counts(p_seller uuid, p_relationship uuid, p_except uuid, p_today date, p_known timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    WITH e AS MATERIALIZED (
      SELECT x.paid_on, x.due_on, x.disputed FROM experience_at(p_seller, p_relationship, p_except, p_today, p_known) x
    ), p AS MATERIALIZED (
      SELECT greatest(-90, least(181, e.paid_on - e.due_on)) AS late, (p_today - e.paid_on) / 7 AS weeks, count(*) AS n
        FROM e WHERE e.paid_on IS NOT NULL GROUP BY 1, 2
    ), o AS (
      SELECT p_today - e.due_on AS past, count(*) AS n FROM e WHERE e.paid_on IS NULL GROUP BY 1)
    SELECT jsonb_build_object(
      'paid', (SELECT coalesce(jsonb_agg(jsonb_build_object('late', p.late, 'weeks', p.weeks, 'n', p.n)), '[]') FROM p),
      'open', (SELECT coalesce(jsonb_agg(jsonb_build_object('past', o.past, 'n', o.n)), '[]') FROM o),
      'payments', (SELECT coalesce(sum(p.n), 0)::bigint FROM p),
      'disputed', (SELECT count(*) FROM e WHERE e.disputed)));
END $$;

-- pricing_facts is everything that a price depends on besides the invoice. It
-- locks nothing.
CREATE FUNCTION pricing_facts(p_seller uuid, p_world uuid, p_relationship uuid, p_except uuid, p_currency text, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  org organizations;
BEGIN
  SELECT * INTO org FROM organizations WHERE id = p_seller;
  RETURN jsonb_build_object(
    'seller', to_jsonb(org),
    'relationship', (SELECT to_jsonb(r) FROM relationships r WHERE r.seller_id = p_seller AND r.id = p_relationship),
    'buyers', (SELECT coalesce(jsonb_agg(jsonb_build_object('mandate', to_jsonb(m), 'factor', to_jsonb(f), 'collection', to_jsonb(a)) ORDER BY m.id), '[]')
                 FROM mandates m JOIN organizations f ON f.id = m.factor_id JOIN bank_accounts a ON a.id = m.collection_account_id
                WHERE m.world_id = p_world AND m.currency = p_currency AND m.state = 'active'),
    'has_account', EXISTS (SELECT FROM bank_accounts a WHERE a.org_id = p_seller AND a.purpose = 'payout' AND a.currency = p_currency))
    || experience_counts(p_seller, p_relationship, p_except, (p_now AT TIME ZONE org.time_zone)::date, p_now);
END $$;

CREATE OR REPLACE FUNCTION load_submission(p_invoice uuid, p_seller uuid, p_world uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  inv invoices;
BEGIN
  SELECT * INTO inv FROM invoices WHERE seller_id = p_seller AND id = p_invoice FOR UPDATE;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  RETURN jsonb_build_object('invoice', to_jsonb(inv)) || pricing_facts(p_seller, p_world, inv.relationship_id, inv.id, inv.currency, p_now);
END $$;

-- load_quote reads what a price would depend on, of an invoice that is here or of
-- one that is only thought of. It locks nothing.
CREATE FUNCTION load_quote(p_relationship uuid, p_invoice uuid, p_currency text, p_seller uuid, p_world uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  inv invoices;
BEGIN
  IF p_invoice IS NULL THEN
    RETURN pricing_facts(p_seller, p_world, p_relationship, NULL, p_currency, p_now);
  END IF;
  SELECT * INTO inv FROM invoices WHERE seller_id = p_seller AND id = p_invoice;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  RETURN jsonb_build_object('invoice', to_jsonb(inv)) || pricing_facts(p_seller, p_world, inv.relationship_id, inv.id, inv.currency, p_now);
END $$;

-- load_profile counts how a debtor pays one seller.
CREATE FUNCTION load_profile(p_seller uuid, p_relationship uuid, p_now timestamptz, p_recent integer) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  today date;
BEGIN
  SELECT (p_now AT TIME ZONE o.time_zone)::date INTO today FROM organizations o WHERE o.id = p_seller;
  IF NOT EXISTS (SELECT FROM relationships r WHERE r.seller_id = p_seller AND r.id = p_relationship) THEN RETURN '{}'; END IF;
  RETURN (
    WITH e AS MATERIALIZED (
      SELECT x.due_on, x.paid_on, x.disputed, x.currency, x.open_minor FROM experience_at(p_seller, p_relationship, NULL, today, p_now) x)
    SELECT jsonb_build_object(
      'today', today,
      'late', (SELECT coalesce(jsonb_agg(jsonb_build_object('days', b.days, 'recent', b.recent, 'n', b.n) ORDER BY b.days), '[]')
                 FROM (SELECT e.paid_on - e.due_on AS days, e.paid_on > today - p_recent AS recent, count(*) AS n FROM e WHERE e.paid_on IS NOT NULL GROUP BY 1, 2) b),
      'weekdays', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', b.at, 'n', b.n)), '[]')
                 FROM (SELECT extract(dow FROM e.paid_on)::integer AS at, count(*) AS n FROM e WHERE e.paid_on IS NOT NULL GROUP BY 1) b),
      'month_ends', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', b.at, 'n', b.n)), '[]')
                 FROM (SELECT (date_trunc('month', e.paid_on::timestamp) + interval '1 month - 1 day')::date - e.paid_on AS at, count(*) AS n
                         FROM e WHERE e.paid_on IS NOT NULL GROUP BY 1) b),
      'open', (SELECT coalesce(jsonb_agg(jsonb_build_object('currency', b.currency, 'n', b.n, 'minor', b.minor, 'overdue', b.overdue, 'overdue_minor', b.overdue_minor) ORDER BY b.currency), '[]')
                 FROM (SELECT e.currency, count(*) AS n, sum(e.open_minor) AS minor, count(*) FILTER (WHERE e.due_on < today) AS overdue,
                              coalesce(sum(e.open_minor) FILTER (WHERE e.due_on < today), 0) AS overdue_minor
                         FROM e WHERE e.paid_on IS NULL GROUP BY 1) b),
      'disputed', (SELECT count(*) FROM e WHERE e.disputed)));
END $$;
-- +goose StatementEnd

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO comity_app;
