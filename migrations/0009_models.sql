-- +goose Up
-- Fitted payment-time models: what they read is counted as payments are recorded,
-- which one decides is a row, and what another would have said stands beside.
-- Everything is added: a server of the version before runs on it.

-- amount_band tells amounts apart by quarters of a doubling, 0 for 1 and less: the
-- place of the highest bit, and which of 2^(1/4), 2^(2/4) and 2^(3/4) the amount
-- reaches once that bit stands at 2^62. The same numbers stand in underwriting/paytime.
CREATE FUNCTION amount_band(p_minor bigint) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN p_minor <= 1 THEN 0
    ELSE 4 * (length(ltrim(p_minor::bit(64)::text, '0')) - 1)
       + width_bucket(p_minor << (63 - length(ltrim(p_minor::bit(64)::text, '0'))),
                      ARRAY[5484249825272419512, 6521908912666391106, 7755900482342532474]::bigint[]) END;

-- What is alike is counted together. Counts are sums of +1 and -1 over the rows of
-- history and the deals that experience_at reads, and sums do not ask in which
-- order they came: no rule may refuse a count on its way below nothing. A count of
-- nothing has no row, so that a rebuild gives the same bytes.
CREATE TABLE payment_tallies (
  seller_id       uuid NOT NULL,
  relationship_id uuid NOT NULL,
  paid_on         date NOT NULL,
  late_days       smallint NOT NULL, -- after due, at most ten years on either side
  term_days       smallint NOT NULL, -- from issue to due
  amount_band     smallint NOT NULL,
  count           integer NOT NULL,
  PRIMARY KEY (seller_id, relationship_id, paid_on, late_days, term_days, amount_band)
);
CREATE TABLE due_tallies (
  seller_id   uuid NOT NULL,
  due_on      date NOT NULL,
  due         integer NOT NULL, -- invoices that fall due on the day
  paid_by_due integer NOT NULL, -- of them, paid on it or before
  PRIMARY KEY (seller_id, due_on)
);

CREATE FUNCTION paid_tally(p_seller uuid, p_relationship uuid, p_issued date, p_due date, p_paid date, p_minor bigint, p_count integer)
RETURNS payment_tallies LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ROW(p_seller, p_relationship, p_paid, greatest(-3650, least(3650, p_paid - p_due)), greatest(0, least(3650, p_due - p_issued)),
             amount_band(p_minor), p_count)::payment_tallies;
CREATE FUNCTION due_tally(p_seller uuid, p_due date, p_paid date, p_count integer)
RETURNS due_tallies LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ROW(p_seller, p_due, p_count, CASE WHEN p_paid <= p_due THEN p_count ELSE 0 END)::due_tallies;

-- +goose StatementBegin
-- tally adds to the counters, in the order of their keys.
CREATE FUNCTION tally(p_paid payment_tallies[], p_due due_tallies[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payment_tallies AS t (seller_id, relationship_id, paid_on, late_days, term_days, amount_band, count)
  SELECT m.seller_id, m.relationship_id, m.paid_on, m.late_days, m.term_days, m.amount_band, sum(m.count)
    FROM unnest(p_paid) AS m GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(m.count) <> 0 ORDER BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (seller_id, relationship_id, paid_on, late_days, term_days, amount_band) DO UPDATE SET count = t.count + excluded.count;
  INSERT INTO due_tallies AS t (seller_id, due_on, due, paid_by_due)
  SELECT m.seller_id, m.due_on, sum(m.due), sum(m.paid_by_due)
    FROM unnest(p_due) AS m GROUP BY 1, 2 HAVING sum(m.due) <> 0 OR sum(m.paid_by_due) <> 0 ORDER BY 1, 2
  ON CONFLICT (seller_id, due_on) DO UPDATE SET due = t.due + excluded.due, paid_by_due = t.paid_by_due + excluded.paid_by_due;
  IF EXISTS (SELECT FROM unnest(p_paid) AS m WHERE m.count < 0) THEN -- an import has none, and need not look
    DELETE FROM payment_tallies t USING unnest(p_paid) AS m
     WHERE m.count < 0 AND t.count = 0 AND t.seller_id = m.seller_id AND t.relationship_id = m.relationship_id AND t.paid_on = m.paid_on
       AND t.late_days = m.late_days AND t.term_days = m.term_days AND t.amount_band = m.amount_band;
  END IF;
  IF EXISTS (SELECT FROM unnest(p_due) AS m WHERE m.due < 0) THEN
    DELETE FROM due_tallies t USING unnest(p_due) AS m
     WHERE m.due < 0 AND t.due = 0 AND t.paid_by_due = 0 AND t.seller_id = m.seller_id AND t.due_on = m.due_on;
  END IF;
END $$;

-- The counters move in the statement that moves a row. The application reads them;
-- only these functions write.
CREATE FUNCTION history_tallied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  paid payment_tallies[];
  fallen due_tallies[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(paid_tally(h.seller_id, h.relationship_id, h.issued_on, h.due_on, h.paid_on, h.amount_minor, 1)) FILTER (WHERE h.paid_on IS NOT NULL),
           array_agg(due_tally(h.seller_id, h.due_on, h.paid_on, 1))
      INTO paid, fallen FROM fresh h WHERE NOT h.excluded;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(paid_tally(h.seller_id, h.relationship_id, h.issued_on, h.due_on, h.paid_on, h.amount_minor, -1)) FILTER (WHERE h.paid_on IS NOT NULL),
           array_agg(due_tally(h.seller_id, h.due_on, h.paid_on, -1))
      INTO paid, fallen FROM stale h WHERE NOT h.excluded;
  ELSE
    SELECT array_agg(paid_tally(h.seller_id, h.relationship_id, h.issued_on, h.due_on, h.paid_on, h.amount_minor, h.n)) FILTER (WHERE h.paid_on IS NOT NULL),
           array_agg(due_tally(h.seller_id, h.due_on, h.paid_on, h.n))
      INTO paid, fallen
      FROM (SELECT f.seller_id, f.relationship_id, f.issued_on, f.due_on, f.paid_on, f.amount_minor, 1 AS n FROM fresh f WHERE NOT f.excluded
            UNION ALL
            SELECT s.seller_id, s.relationship_id, s.issued_on, s.due_on, s.paid_on, s.amount_minor, -1 FROM stale s WHERE NOT s.excluded) h;
  END IF;
  PERFORM tally(paid, fallen);
  RETURN NULL;
END $$;

CREATE FUNCTION deals_tallied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  paid payment_tallies[];
  fallen due_tallies[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(paid_tally(d.seller_id, d.relationship_id, i.issued_on, d.due_on, d.paid_in_full_on, d.basis_minor, 1)) FILTER (WHERE d.paid_in_full_on IS NOT NULL),
           array_agg(due_tally(d.seller_id, d.due_on, d.paid_in_full_on, 1))
      INTO paid, fallen FROM fresh d JOIN invoices i ON i.id = d.invoice_id WHERE d.status <> 'cancelled';
  ELSE
    IF NOT EXISTS (SELECT FROM fresh f JOIN stale s ON s.id = f.id
                    WHERE (f.status = 'cancelled', f.paid_in_full_on, f.due_on, f.basis_minor) IS DISTINCT FROM (s.status = 'cancelled', s.paid_in_full_on, s.due_on, s.basis_minor)) THEN
      RETURN NULL; -- most changes of a deal are of its fee and its money
    END IF;
    SELECT array_agg(paid_tally(d.seller_id, d.relationship_id, i.issued_on, d.due_on, d.paid_in_full_on, d.basis_minor, d.n)) FILTER (WHERE d.paid_in_full_on IS NOT NULL),
           array_agg(due_tally(d.seller_id, d.due_on, d.paid_in_full_on, d.n))
      INTO paid, fallen
      FROM (SELECT f.seller_id, f.relationship_id, f.invoice_id, f.due_on, f.paid_in_full_on, f.basis_minor, f.status, 1 AS n FROM fresh f
            UNION ALL
            SELECT s.seller_id, s.relationship_id, s.invoice_id, s.due_on, s.paid_in_full_on, s.basis_minor, s.status, -1 FROM stale s) d
      JOIN invoices i ON i.id = d.invoice_id WHERE d.status <> 'cancelled';
  END IF;
  PERFORM tally(paid, fallen);
  RETURN NULL;
END $$;

-- rebuild_tallies counts a seller's rows again, and answers how many there were.
-- Whoever records a payment meanwhile waits.
CREATE FUNCTION rebuild_tallies(p_seller uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  LOCK TABLE payment_tallies, due_tallies IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM payment_tallies WHERE seller_id = p_seller;
  DELETE FROM due_tallies WHERE seller_id = p_seller;
  WITH r AS MATERIALIZED (
    SELECT h.relationship_id, h.issued_on, h.due_on, h.paid_on, h.amount_minor FROM history h WHERE h.seller_id = p_seller AND NOT h.excluded
    UNION ALL
    SELECT d.relationship_id, i.issued_on, d.due_on, d.paid_in_full_on, d.basis_minor
      FROM deals d JOIN invoices i ON i.id = d.invoice_id WHERE d.seller_id = p_seller AND d.status <> 'cancelled'
  ), paid AS (
    INSERT INTO payment_tallies (seller_id, relationship_id, paid_on, late_days, term_days, amount_band, count)
    SELECT p_seller, r.relationship_id, r.paid_on, greatest(-3650, least(3650, r.paid_on - r.due_on)), greatest(0, least(3650, r.due_on - r.issued_on)),
           amount_band(r.amount_minor), count(*)
      FROM r WHERE r.paid_on IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
  ), fallen AS (
    INSERT INTO due_tallies (seller_id, due_on, due, paid_by_due)
    SELECT p_seller, r.due_on, count(*), count(*) FILTER (WHERE r.paid_on <= r.due_on) FROM r GROUP BY r.due_on
  )
  SELECT count(*) INTO n FROM r;
  RETURN n;
END $$;
-- +goose StatementEnd

CREATE TRIGGER history_tallied_insert AFTER INSERT ON history REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION history_tallied();
CREATE TRIGGER history_tallied_update AFTER UPDATE ON history REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION history_tallied();
CREATE TRIGGER history_tallied_delete AFTER DELETE ON history REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION history_tallied();
CREATE TRIGGER deals_tallied_insert AFTER INSERT ON deals REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION deals_tallied();
CREATE TRIGGER deals_tallied_update AFTER UPDATE ON deals REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION deals_tallied();

-- What was recorded before; the triggers keep everybody else out until the end.
SELECT rebuild_tallies(o.id) FROM organizations o WHERE o.kind = 'seller';

CREATE INDEX deals_made ON deals (seller_id, made_at);

-- A model is an artefact and does not change; what changes is what it is for.
CREATE TABLE models (
  name        text PRIMARY KEY,
  sha256      bytea NOT NULL UNIQUE CHECK (length(sha256) = 32), -- of the content, as the artefact itself says
  artefact    bytea NOT NULL,
  status      text NOT NULL CHECK (status IN ('proposed', 'shadow', 'live', 'retired')),
  trained     jsonb NOT NULL, -- on what, and how well: from the artefact
  note        text NOT NULL DEFAULT '',
  proposed_at timestamptz NOT NULL,
  proposed_by uuid, -- NULL: at the command line
  shadow_at   timestamptz,
  live_at     timestamptz,
  retired_at  timestamptz,
  CHECK (name = 'paytime-' || left(encode(sha256, 'hex'), 16)),
  CHECK (status NOT IN ('shadow', 'live') OR shadow_at IS NOT NULL),
  CHECK ((status = 'live') = (live_at IS NOT NULL) OR status = 'retired'),
  CHECK ((status = 'retired') = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX models_one_live ON models (status) WHERE status = 'live';
CREATE UNIQUE INDEX models_one_shadow ON models (status) WHERE status = 'shadow';

-- What the shadow said when the live one decided.
CREATE TABLE shadow_scores (
  decision_id   uuid NOT NULL REFERENCES decisions,
  model         text NOT NULL REFERENCES models,
  outcome       text NOT NULL CHECK (outcome IN ('offer', 'refer', 'decline')),
  expected_days integer NOT NULL, -- after due
  apart_days    integer NOT NULL, -- expected days, less those of the decision
  median_days   integer NOT NULL,
  p90_days      integer NOT NULL,
  curve         bytea NOT NULL, -- days and millionths paid by them, as JSON
  PRIMARY KEY (decision_id, model)
);
CREATE INDEX shadow_scores_model ON shadow_scores (model, decision_id);
CREATE INDEX decisions_model ON decisions (model, id);

-- +goose StatementBegin
CREATE FUNCTION model_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.name, NEW.sha256, NEW.artefact, NEW.trained) IS DISTINCT FROM (OLD.name, OLD.sha256, OLD.artefact, OLD.trained) THEN
      RAISE EXCEPTION 'model %: an artefact does not change', OLD.name USING ERRCODE = 'check_violation', CONSTRAINT = 'model_stays';
    END IF;
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT FROM decisions d WHERE d.model = OLD.name) THEN
    RAISE EXCEPTION 'model % has decided', OLD.name USING ERRCODE = 'check_violation', CONSTRAINT = 'model_stays';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER model_stays BEFORE UPDATE OR DELETE ON models FOR EACH ROW EXECUTE FUNCTION model_stays();

-- model_artefact answers a model by its name: whoever may read a decision may
-- have it made again.
CREATE FUNCTION model_artefact(p_name text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT artefact FROM models WHERE name = p_name
$$;

-- curve_facts is what a fitted model reads of a seller's rows, besides the invoice:
-- counts of payments before a day and of invoices that were open on it, as
-- experience_at has them (payments made by then whenever they were brought, deals
-- that were known by an instant, not the invoice that is assessed). Days are
-- counted from 2000.
CREATE FUNCTION curve_facts(p_seller uuid, p_relationship uuid, p_except uuid, p_number text, p_issued date, p_today date, p_known timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  base CONSTANT date := '2000-01-01';
BEGIN
  RETURN (
    WITH unknown AS MATERIALIZED ( -- counted in the tallies, and not known to this decision
      SELECT d.relationship_id, i.issued_on, d.due_on, d.paid_in_full_on AS paid_on, d.basis_minor
        FROM deals d JOIN invoices i ON i.id = d.invoice_id
       WHERE d.seller_id = p_seller AND d.status <> 'cancelled' AND (d.made_at > p_known OR d.invoice_id = p_except)
    ), cells AS (
      SELECT c.paid_on, c.late_days, c.term_days, c.amount_band, sum(c.count)::integer AS n
        FROM (SELECT t.paid_on, t.late_days, t.term_days, t.amount_band, t.count
                FROM payment_tallies t WHERE t.seller_id = p_seller AND t.relationship_id = p_relationship AND t.paid_on < p_today
              UNION ALL
              SELECT (m.t).paid_on, (m.t).late_days, (m.t).term_days, (m.t).amount_band, (m.t).count
                FROM (SELECT paid_tally(p_seller, u.relationship_id, u.issued_on, u.due_on, u.paid_on, u.basis_minor, -1) AS t
                        FROM unknown u WHERE u.relationship_id = p_relationship AND u.paid_on < p_today OFFSET 0) m) c
       GROUP BY 1, 2, 3, 4 HAVING sum(c.count) > 0
    ), open AS (
      SELECT o.due_on, greatest(0, least(3650, o.due_on - o.issued_on)) AS term, amount_band(o.minor) AS band, count(*)::integer AS n
        FROM (SELECT h.due_on, h.issued_on, h.amount_minor AS minor
                FROM history h
               WHERE h.seller_id = p_seller AND h.relationship_id = p_relationship AND NOT h.excluded AND h.issued_on < p_today
                 AND (h.paid_on IS NULL OR h.paid_on >= p_today) AND h.invoice_ref IS DISTINCT FROM p_number
              UNION ALL
              SELECT d.due_on, i.issued_on, d.basis_minor
                FROM deals d JOIN invoices i ON i.id = d.invoice_id
               WHERE d.seller_id = p_seller AND d.relationship_id = p_relationship AND d.status <> 'cancelled' AND d.made_at <= p_known
                 AND d.invoice_id IS DISTINCT FROM p_except AND i.issued_on < p_today AND (d.paid_in_full_on IS NULL OR d.paid_in_full_on >= p_today)) o
       GROUP BY 1, 2, 3
    ), fallen AS (
      SELECT t.due_on, t.due, t.paid_by_due FROM due_tallies t WHERE t.seller_id = p_seller AND t.due_on >= p_today - 365 AND t.due_on < p_today
      UNION ALL
      SELECT u.due_on, -1, CASE WHEN u.paid_on <= u.due_on THEN -1 ELSE 0 END FROM unknown u WHERE u.due_on >= p_today - 365 AND u.due_on < p_today
    ), same_day AS ( -- the same invoice may stand in an import and be handed in
      SELECT h.invoice_ref AS ref FROM history h
       WHERE h.seller_id = p_seller AND h.relationship_id = p_relationship AND NOT h.excluded AND h.issued_on = p_issued
      UNION
      SELECT i.number FROM invoices i
       WHERE i.seller_id = p_seller AND i.relationship_id = p_relationship AND i.issued_on = p_issued AND i.id IS DISTINCT FROM p_except AND i.created_at <= p_known
         AND (i.status <> 'withdrawn' OR EXISTS (SELECT FROM events e WHERE e.seller_id = p_seller AND e.invoice_id = i.id AND e.kind = 'invoice.withdrawn' AND e.at > p_known))
    )
    SELECT jsonb_build_object(
      'cells', (SELECT to_jsonb(array_agg(ARRAY[c.paid_on - base, c.late_days, c.term_days, c.amount_band, c.n])) FROM cells c),
      'open_cells', (SELECT to_jsonb(array_agg(ARRAY[o.due_on - base, o.term, o.band, o.n])) FROM open o),
      'book', (SELECT jsonb_build_array(
                 coalesce(sum(f.due) FILTER (WHERE f.due_on >= p_today - 30), 0), coalesce(sum(f.due - f.paid_by_due) FILTER (WHERE f.due_on >= p_today - 30), 0),
                 coalesce(sum(f.due), 0), coalesce(sum(f.due - f.paid_by_due), 0)) FROM fallen f),
      'same_day', 1 + (SELECT count(*) FROM same_day s WHERE s.ref IS DISTINCT FROM p_number),
      'register', (SELECT jsonb_strip_nulls(jsonb_build_object('country', r.country, 'legal_type', r.legal_type))
                     FROM relationships r WHERE r.seller_id = p_seller AND r.id = p_relationship)));
END $$;

-- models_in_use names the models that decide and that look on; what a fitted model
-- reads is looked up only when there is one.
CREATE FUNCTION models_in_use(p_seller uuid, p_relationship uuid, p_except uuid, p_number text, p_issued date, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  used jsonb;
BEGIN
  SELECT jsonb_object_agg(m.status, m.name) INTO used FROM models m WHERE m.status IN ('live', 'shadow');
  IF used IS NULL THEN RETURN '{}'; END IF;
  RETURN used || curve_facts(p_seller, p_relationship, p_except, p_number, p_issued,
    (p_now AT TIME ZONE (SELECT o.time_zone FROM organizations o WHERE o.id = p_seller))::date, p_now);
END $$;

CREATE OR REPLACE FUNCTION load_submission(p_invoice uuid, p_seller uuid, p_world uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  inv invoices;
BEGIN
  SELECT * INTO inv FROM invoices WHERE seller_id = p_seller AND id = p_invoice FOR UPDATE;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  RETURN jsonb_build_object('invoice', to_jsonb(inv)) || pricing_facts(p_seller, p_world, inv.relationship_id, inv.id, inv.currency, p_now)
    || models_in_use(p_seller, inv.relationship_id, inv.id, inv.number, inv.issued_on, p_now);
END $$;

-- load_quote with a day of issue that is only thought of; NULL is the invoice's own.
CREATE FUNCTION load_quote(p_relationship uuid, p_invoice uuid, p_currency text, p_seller uuid, p_world uuid, p_now timestamptz, p_issued date)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  inv invoices;
BEGIN
  IF p_invoice IS NULL THEN
    RETURN pricing_facts(p_seller, p_world, p_relationship, NULL, p_currency, p_now)
      || models_in_use(p_seller, p_relationship, NULL, NULL, p_issued, p_now);
  END IF;
  SELECT * INTO inv FROM invoices WHERE seller_id = p_seller AND id = p_invoice;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  RETURN jsonb_build_object('invoice', to_jsonb(inv)) || pricing_facts(p_seller, p_world, inv.relationship_id, inv.id, inv.currency, p_now)
    || models_in_use(p_seller, inv.relationship_id, inv.id, inv.number, coalesce(p_issued, inv.issued_on), p_now);
END $$;
-- +goose StatementEnd

-- The walls: a seller's own counters, which nobody but the triggers writes; models
-- and what they say beside each other are the platform's.
-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('payment_tallies'), ('due_tallies'), ('models'), ('shadow_scores') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
  FOR t IN VALUES ('payment_tallies'), ('due_tallies') LOOP
    EXECUTE format('CREATE POLICY home ON %I USING (app_sees(seller_id))', t);
    EXECUTE format('GRANT SELECT ON %I TO comity_app', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY platform ON models USING (app_wide() OR app_scope() = 'platform');
GRANT SELECT, INSERT, UPDATE ON models TO comity_app;
CREATE POLICY platform ON shadow_scores USING (app_wide());
GRANT SELECT, INSERT ON shadow_scores TO comity_app;

-- What concerns nobody but the platform, such as a model that drifts.
CREATE INDEX events_platform ON events (id) WHERE factor_id IS NULL AND seller_id IS NULL;
CREATE POLICY platform ON events FOR SELECT USING (app_scope() = 'platform' AND factor_id IS NULL AND seller_id IS NULL);

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO comity_app;
