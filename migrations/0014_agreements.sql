-- +goose Up
-- Agreements: what a debtor, a seller and a factor settle between them, and what follows for
-- the fee, the reserve and the day from which an invoice may be given back.

-- Of a deal: the tax on its origination, what was credited, forgiven and given back, and what of
-- the reserve that took.
ALTER TABLE mandates ADD COLUMN origination_tax_rate numeric(18,12) NOT NULL DEFAULT 0;
ALTER TABLE deals ADD COLUMN tax_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE deals ADD COLUMN credited_minor bigint NOT NULL DEFAULT 0 CHECK (credited_minor >= 0);
ALTER TABLE deals ADD COLUMN forgiven_minor bigint NOT NULL DEFAULT 0 CHECK (forgiven_minor >= 0);
ALTER TABLE deals ADD COLUMN given_back_minor bigint NOT NULL DEFAULT 0 CHECK (given_back_minor >= 0);
ALTER TABLE deals ADD COLUMN reserve_used_minor bigint NOT NULL DEFAULT 0 CHECK (reserve_used_minor BETWEEN 0 AND reserve_minor);

-- A dispute: why, what would put it right, what the seller answered, how it ended.
ALTER TABLE disputes ADD COLUMN reason text NOT NULL DEFAULT 'other';
ALTER TABLE disputes ADD COLUMN remedy text NOT NULL DEFAULT '';
ALTER TABLE disputes ADD COLUMN position text NOT NULL DEFAULT '' CHECK (position IN ('', 'accepts', 'partly', 'rejects'));
ALTER TABLE disputes ADD COLUMN offered_minor bigint CHECK (offered_minor BETWEEN 0 AND amount_minor); -- that the seller would credit
ALTER TABLE disputes ADD COLUMN answer text NOT NULL DEFAULT '';
ALTER TABLE disputes ADD COLUMN answered_by uuid;
ALTER TABLE disputes ADD COLUMN answered_at timestamptz;
ALTER TABLE disputes ADD COLUMN agreed_at timestamptz; -- the debtor agrees to the answer
ALTER TABLE disputes ADD COLUMN agreed_how text NOT NULL DEFAULT '';
ALTER TABLE disputes ADD COLUMN outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'credited', 'part_credited', 'payable', 'withdrawn', 'given_back'));
ALTER TABLE disputes ADD COLUMN credited_minor bigint CHECK (credited_minor BETWEEN 0 AND amount_minor);
ALTER TABLE disputes ADD COLUMN credit_number text NOT NULL DEFAULT '';
ALTER TABLE disputes ADD COLUMN root_cause text NOT NULL DEFAULT '';
CREATE INDEX disputes_deal ON disputes (deal_id);

-- What the three parties say about a dispute.
CREATE TABLE dispute_notes (
  id         uuid PRIMARY KEY,
  dispute_id uuid NOT NULL REFERENCES disputes,
  case_id    uuid NOT NULL REFERENCES cases,
  factor_id  uuid NOT NULL,
  seller_id  uuid NOT NULL,
  side       text NOT NULL CHECK (side IN ('debtor', 'seller', 'factor')),
  user_id    uuid, -- NULL: the debtor
  said       text NOT NULL,
  at         timestamptz NOT NULL
);
CREATE INDEX dispute_notes_dispute ON dispute_notes (dispute_id, id);

-- A plan: an invoice is paid on other days than the one on it.
CREATE TABLE plans (
  id            uuid PRIMARY KEY,
  case_id       uuid NOT NULL REFERENCES cases,
  factor_id     uuid NOT NULL,
  seller_id     uuid NOT NULL,
  deal_id       uuid NOT NULL REFERENCES deals,
  status        text NOT NULL CHECK (status IN ('requested', 'proposed', 'offered', 'active', 'kept', 'broken', 'declined', 'withdrawn')),
  reason        text NOT NULL CHECK (reason IN ('cash_flow', 'admin_hurdle', 'unforeseen', 'approval_pending', 'invoice_missing', 'dispute', 'oversight', 'other')),
  said          text NOT NULL,
  currency      char(3) NOT NULL,
  total_minor   bigint NOT NULL CHECK (total_minor > 0),
  open_before   bigint NOT NULL,
  instalments   jsonb NOT NULL,
  sheet         jsonb,                               -- what follows for who bears it; NULL while it is only asked for
  factor_share  numeric(18,12) NOT NULL DEFAULT 0,   -- of the extra fee that the factor bears once it is kept
  forgiven_minor bigint NOT NULL DEFAULT 0 CHECK (forgiven_minor >= 0), -- a settlement: no longer asked for once the rest is paid in time
  factor_forgives bigint NOT NULL DEFAULT 0 CHECK (factor_forgives BETWEEN 0 AND forgiven_minor), -- what of it the factor bears
  recourse_from date,                                -- the recourse day without it
  answer_by     date,                                -- until when the debtor may take it
  made_at       timestamptz NOT NULL,
  proposed_by   uuid,
  proposed_at   timestamptz,
  approved_by   uuid, -- a second person of the factor
  approved_at   timestamptz,
  consented_by  uuid, -- of the seller
  consented_at  timestamptz,
  offered_at    timestamptz,
  accepted_at   timestamptz,
  decided_at    timestamptz,
  note          text NOT NULL DEFAULT ''
);
CREATE INDEX plans_case ON plans (case_id, id);
CREATE UNIQUE INDEX plans_one_live ON plans (deal_id) WHERE status IN ('requested', 'proposed', 'offered', 'active');
CREATE INDEX plans_deal ON plans (deal_id);

-- Recourse: a part of an invoice, or all of it, is given back to its seller (D-5).
CREATE TABLE recourses (
  id           uuid PRIMARY KEY,
  factor_id    uuid NOT NULL REFERENCES organizations,
  seller_id    uuid NOT NULL REFERENCES organizations,
  deal_id      uuid NOT NULL REFERENCES deals,
  case_id      uuid NOT NULL REFERENCES cases,
  dispute_id   uuid REFERENCES disputes,
  status       text NOT NULL CHECK (status IN ('proposed', 'exercised', 'reassigned', 'withdrawn')),
  reason       text NOT NULL CHECK (reason IN ('dispute_not_cured', 'slow_pay', 'breach', 'fraud')),
  evidence     text NOT NULL,
  currency     char(3) NOT NULL,
  part_minor   bigint NOT NULL CHECK (part_minor > 0),  -- of what is open
  claim_minor  bigint NOT NULL DEFAULT 0 CHECK (claim_minor >= 0), -- what the seller owes for it
  paid_minor   bigint NOT NULL DEFAULT 0 CHECK (paid_minor BETWEEN 0 AND claim_minor),
  reference    text NOT NULL, -- ISO 11649, what the seller quotes
  made_by      uuid NOT NULL,
  made_at      timestamptz NOT NULL,
  checked_by   uuid,
  exercised_on date,
  exercised_at timestamptz,
  reassigned_at timestamptz,
  CHECK (checked_by IS DISTINCT FROM made_by),
  UNIQUE (factor_id, reference)
);
CREATE UNIQUE INDEX recourses_one_proposed ON recourses (deal_id) WHERE status = 'proposed';
CREATE INDEX recourses_deal ON recourses (deal_id);
CREATE INDEX recourses_case ON recourses (case_id, id);

-- What a seller paid of what it owes for one.
CREATE TABLE claim_payments (
  id           uuid PRIMARY KEY,
  factor_id    uuid NOT NULL,
  seller_id    uuid NOT NULL,
  recourse_id  uuid NOT NULL REFERENCES recourses,
  receipt_id   uuid NOT NULL UNIQUE REFERENCES receipts,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  value_on     date NOT NULL,
  at           timestamptz NOT NULL
);
CREATE INDEX claim_payments_recourse ON claim_payments (recourse_id);

-- What a debtor is told because something changed (F-76): one letter each.
CREATE TABLE updates (
  id         uuid PRIMARY KEY,
  case_id    uuid NOT NULL REFERENCES cases,
  factor_id  uuid NOT NULL,
  seller_id  uuid NOT NULL,
  deal_id    uuid NOT NULL REFERENCES deals,
  kind       text NOT NULL,
  subject_id uuid NOT NULL, -- the dispute, plan or recourse
  at         timestamptz NOT NULL
);
CREATE INDEX updates_case ON updates (case_id, id);

ALTER TABLE holds DROP CONSTRAINT holds_code_check;
ALTER TABLE holds ADD CONSTRAINT holds_code_check CHECK (code IN ('paid_or_pending', 'promise_active', 'disputed_part', 'query_unanswered_by_us', 'plan_current'));
ALTER TABLE touches DROP CONSTRAINT touches_class_check;
ALTER TABLE touches ADD CONSTRAINT touches_class_check CHECK (class IN ('heads_up', 'reminder', 'legal_notice', 'answer', 'receipt', 'thank_you', 'call', 'instalment', 'release'));
ALTER TABLE payouts DROP CONSTRAINT payouts_kind_check;
ALTER TABLE payouts ADD CONSTRAINT payouts_kind_check CHECK (kind IN ('advance', 'rebate', 'sweep', 'pass_through'));
-- What arrives is swept as it arrives.
DROP INDEX payouts_once;
CREATE UNIQUE INDEX payouts_once ON payouts (deal_id, kind) WHERE kind IN ('advance', 'rebate') AND status NOT IN ('rejected', 'returned');
CREATE INDEX payouts_deal ON payouts (deal_id);

-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('dispute_notes'), ('plans'), ('recourses'), ('updates') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY parties ON %I FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id) OR case_id = app_case())', t);
  END LOOP;
  FOR t IN VALUES ('dispute_notes'), ('plans'), ('updates') LOOP
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_sees(factor_id) OR case_id = app_case())', t);
  END LOOP;
END $$;
-- +goose StatementEnd
ALTER TABLE claim_payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_payments FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON claim_payments FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id));
CREATE POLICY written ON claim_payments FOR INSERT WITH CHECK (app_wide());
GRANT SELECT, INSERT ON claim_payments TO comity_app;
CREATE POLICY changed ON plans FOR UPDATE USING (app_sees(factor_id) OR case_id = app_case());
CREATE POLICY written ON recourses FOR INSERT WITH CHECK (app_wide());
CREATE POLICY changed ON recourses FOR UPDATE USING (app_wide());
GRANT SELECT, INSERT, UPDATE ON plans, recourses TO comity_app;
GRANT SELECT, INSERT ON dispute_notes, updates TO comity_app;

-- +goose StatementBegin
-- deal_moves answers to a party of a deal what changed of its basis: what is open, and what of it
-- is disputed, from which day on: a value date, or the day on which it happened in the factor's
-- zone, which is the factor's own row.
CREATE FUNCTION deal_moves(p_deal uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  zone text;
BEGIN
  SELECT o.time_zone INTO zone FROM deals d JOIN organizations o ON o.id = d.factor_id WHERE d.id = p_deal AND (app_sees(d.factor_id) OR app_sees(d.seller_id));
  IF NOT FOUND THEN RETURN '[]'; END IF;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('on', m.day, 'open', m.opened, 'disputed', m.disputed)), '[]') FROM (
    SELECT a.value_on AS day, -a.amount_minor AS opened, 0 AS disputed FROM allocations a WHERE a.deal_id = p_deal AND a.undone_at IS NULL
    UNION ALL SELECT (x.raised_at AT TIME ZONE zone)::date, 0, x.amount_minor FROM disputes x WHERE x.deal_id = p_deal
    UNION ALL SELECT (x.resolved_at AT TIME ZONE zone)::date, -coalesce(x.credited_minor, 0), -x.amount_minor FROM disputes x WHERE x.deal_id = p_deal AND x.resolved_at IS NOT NULL
    UNION ALL SELECT r.exercised_on, -r.part_minor, 0 FROM recourses r WHERE r.deal_id = p_deal AND r.status IN ('exercised', 'reassigned')) m);
END $$;

-- deal_stops answers to a party of a deal for what the factor let somebody wait, and on which days
-- in its zone: answers to what the debtor asked, and its words on a plan. Whether a wait was too
-- long, the calendar of its country says.
CREATE FUNCTION deal_stops(p_deal uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kase uuid;
  zone text;
  land text;
BEGIN
  SELECT d.case_id, o.time_zone, o.country INTO kase, zone, land FROM deals d JOIN organizations o ON o.id = d.factor_id
   WHERE d.id = p_deal AND d.funding_date IS NOT NULL AND (app_sees(d.factor_id) OR app_sees(d.seller_id));
  IF NOT FOUND THEN RETURN '[]'; END IF;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('cause', w.cause, 'country', land, 'since', (w.since AT TIME ZONE zone)::date,
    'until', (w.until AT TIME ZONE zone)::date) ORDER BY w.since), '[]') FROM (
    SELECT 'answer_late' AS cause, q.asked_at AS since, q.answered_at AS until FROM questions q WHERE q.case_id = kase AND coalesce(q.deal_id, p_deal) = p_deal
    UNION ALL SELECT 'plan_word_late', p.made_at, coalesce(p.proposed_at, p.decided_at) FROM plans p WHERE p.deal_id = p_deal
    UNION ALL SELECT 'plan_word_late', p.proposed_at, coalesce(p.approved_at, p.offered_at, p.decided_at) FROM plans p WHERE p.deal_id = p_deal AND p.proposed_at IS NOT NULL) w);
END $$;

-- deal_file reads a deal that is locked already.
CREATE OR REPLACE FUNCTION deal_file(p_deal uuid) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT jsonb_build_object(
    'deal', to_jsonb(d) || jsonb_build_object('moves', deal_moves(d.id), 'stops', deal_stops(d.id)),
    'factor', (SELECT to_jsonb(x) FROM organizations x WHERE x.id = d.factor_id),
    'conditions', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.code), '[]') FROM conditions x WHERE x.deal_id = d.id),
    'payouts', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM payouts x WHERE x.deal_id = d.id),
    'kase', (SELECT to_jsonb(x) FROM cases x WHERE x.id = d.case_id),
    'invoice', (SELECT to_jsonb(x) FROM invoices x WHERE x.id = d.invoice_id),
    'plans', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM plans x WHERE x.deal_id = d.id),
    'recourses', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM recourses x WHERE x.deal_id = d.id),
    'last_money', (SELECT max(x.value_on) FROM allocations x WHERE x.deal_id = d.id AND x.undone_at IS NULL))
  FROM deals d WHERE d.id = p_deal
$$;

-- load_line finds what a booked line may belong to: the order whose id it carries, the deals
-- that it names by reference, by invoice number, or by the reference of what a seller owes.
CREATE OR REPLACE FUNCTION load_line(p_line uuid, p_references text[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  l statement_lines;
  found_deals uuid[];
  words text;
  most CONSTANT integer := 5;
  many boolean;
BEGIN
  SELECT * INTO l FROM statement_lines WHERE id = p_line FOR UPDATE;
  words := upper(l.remittance || ' ' || l.reference);
  SELECT array_agg(c.id) INTO found_deals FROM (
    SELECT d.id FROM deals d
     WHERE l.amount_minor > 0 AND d.collection_account_id = l.account_id AND d.currency = l.currency
       AND ((d.status IN ('made', 'paid_out') AND d.open_minor > 0 AND (d.reference = ANY (p_references) OR position(upper(d.invoice_number) IN words) > 0))
         OR d.id IN (SELECT r.deal_id FROM recourses r WHERE r.factor_id = l.factor_id AND r.status = 'exercised' AND r.reference = ANY (p_references))
         OR (d.status = 'charged_back' AND (d.reference = ANY (p_references) OR position(upper(d.invoice_number) IN words) > 0)))
     ORDER BY (d.reference = ANY (p_references)) DESC, d.id LIMIT most + 1) c;
  many := cardinality(found_deals) > most; -- then a number may be another item's too
  found_deals := found_deals[:most];
  PERFORM lock_deals(coalesce(found_deals, '{}'));
  RETURN jsonb_build_object(
    'line', to_jsonb(l),
    'account', (SELECT to_jsonb(a) FROM bank_accounts a WHERE a.id = l.account_id),
    'factor', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = l.factor_id),
    'payout', (SELECT to_jsonb(p) FROM payouts p WHERE l.end_to_end_id <> '' AND p.factor_id = l.factor_id AND p.end_to_end_id = l.end_to_end_id),
    'deals', (SELECT coalesce(jsonb_agg(deal_file(d.id) ORDER BY d.id), '[]') FROM unnest(found_deals) AS d(id)),
    'ambiguous', coalesce(many, false));
END $$;

-- load_acceptance: while title is held for what a seller owes, the pair is still served (D-2).
CREATE OR REPLACE FUNCTION load_acceptance(p_offer uuid, p_seller uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  o offers;
  inv invoices;
  rel relationships;
  c cases;
BEGIN
  SELECT * INTO o FROM offers WHERE seller_id = p_seller AND id = p_offer;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  SELECT * INTO inv FROM invoices WHERE id = o.invoice_id FOR UPDATE;
  SELECT * INTO rel FROM relationships WHERE id = inv.relationship_id FOR UPDATE; -- one sale of a pair at a time
  SELECT * INTO c FROM cases
   WHERE factor_id = o.factor_id AND seller_id = p_seller AND debtor_id = rel.debtor_id AND status = 'open' FOR UPDATE;
  INSERT INTO exposures (factor_id, debtor_id, currency) VALUES (o.factor_id, rel.debtor_id, o.currency) ON CONFLICT DO NOTHING;
  PERFORM FROM exposures WHERE factor_id = o.factor_id AND debtor_id = rel.debtor_id AND currency = o.currency FOR UPDATE;
  INSERT INTO facilities (factor_id, currency) VALUES (o.factor_id, o.currency) ON CONFLICT DO NOTHING;
  PERFORM FROM facilities WHERE factor_id = o.factor_id AND currency = o.currency FOR UPDATE;
  RETURN jsonb_build_object(
    'offer', (SELECT to_jsonb(x) FROM offers x WHERE x.id = p_offer), -- again: it may have ended while we waited
    'invoice', (SELECT to_jsonb(x) FROM invoices x WHERE x.id = inv.id),
    'factor', (SELECT to_jsonb(x) FROM organizations x WHERE x.id = o.factor_id),
    'relationship', to_jsonb(rel),
    'mandate', (SELECT to_jsonb(m) FROM mandates m WHERE m.id = o.mandate_id),
    'payout', (SELECT a.id FROM bank_accounts a WHERE a.org_id = p_seller AND a.purpose = 'payout' AND a.currency = o.currency ORDER BY a.id DESC LIMIT 1),
    'kase', CASE WHEN c.id IS NOT NULL THEN to_jsonb(c) END,
    'served_by', (SELECT d.factor_id FROM deals d WHERE d.relationship_id = rel.id AND d.factor_id <> o.factor_id
                    AND (d.status IN ('made', 'paid_out') OR EXISTS (SELECT FROM recourses r WHERE r.deal_id = d.id AND r.status = 'exercised')) LIMIT 1),
    'debtor_used', (SELECT used_minor FROM exposures WHERE factor_id = o.factor_id AND debtor_id = rel.debtor_id AND currency = o.currency),
    'facility_used', (SELECT used_minor FROM facilities WHERE factor_id = o.factor_id AND currency = o.currency),
    'sold_elsewhere', EXISTS (SELECT FROM fingerprints mine JOIN fingerprints f ON f.world_id = mine.world_id AND f.digest = mine.digest AND f.live
                               WHERE mine.invoice_id = inv.id AND f.invoice_id <> inv.id));
END $$;

-- case_agreements answers what of a case's facts is agreed or was told; it is read beside case_facts.
CREATE FUNCTION case_agreements(p_case uuid) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT jsonb_build_object(
    'plans', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM plans x WHERE x.case_id = p_case),
    'recourses', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM recourses x WHERE x.case_id = p_case),
    'updates', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM updates x WHERE x.case_id = p_case))
$$;

-- debtor_agreements answers what the debtor of app_case() may see of them.
CREATE FUNCTION debtor_agreements() RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT jsonb_build_object(
    'plans', (SELECT coalesce(jsonb_agg(to_jsonb(x) - 'sheet' ORDER BY x.id), '[]') FROM plans x WHERE x.case_id = app_case()),
    'notes', (SELECT coalesce(jsonb_agg(to_jsonb(x) - 'user_id' ORDER BY x.id), '[]') FROM dispute_notes x WHERE x.case_id = app_case()))
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION deal_moves(uuid), deal_stops(uuid), case_agreements(uuid), debtor_agreements() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deal_moves(uuid), deal_stops(uuid), case_agreements(uuid), debtor_agreements() TO comity_app;
