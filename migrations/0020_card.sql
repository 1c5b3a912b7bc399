-- +goose Up
-- Payment by card from the debtor's page. The money is the processor's until its payout stands
-- on the factor's bank statement: before that nothing is posted.

CREATE TABLE card_payments (
  id           uuid PRIMARY KEY,
  world_id     uuid NOT NULL REFERENCES worlds,
  case_id      uuid NOT NULL REFERENCES cases,
  factor_id    uuid NOT NULL,
  seller_id    uuid NOT NULL,
  link_id      uuid NOT NULL REFERENCES links, -- that it was asked by
  return_link  uuid REFERENCES links, -- that only shows how it stands; NULL: not made yet
  status       text NOT NULL CHECK (status IN ('preparing', 'ready', 'paid', 'passed_on', 'returned', 'expired', 'failed')),
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  session      text NOT NULL DEFAULT '', -- the processor's names; no card data is ever here
  url          text NOT NULL DEFAULT '',
  intent       text NOT NULL DEFAULT '',
  asked_at     timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL DEFAULT date_trunc('second', now()) + interval '1 hour', -- real time
  paid_at      timestamptz
);
CREATE INDEX card_payments_case ON card_payments (case_id, id);
CREATE INDEX card_payments_intent ON card_payments (factor_id, intent) WHERE intent <> '';

CREATE TABLE card_parts (
  card_id      uuid NOT NULL REFERENCES card_payments,
  deal_id      uuid NOT NULL REFERENCES deals,
  case_id      uuid NOT NULL,
  factor_id    uuid NOT NULL,
  seller_id    uuid NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  fee_minor    bigint NOT NULL DEFAULT 0 CHECK (fee_minor >= 0), -- what the processor kept of it
  payout_id    uuid, -- that it came with; NULL: none yet
  applied_at   timestamptz,
  PRIMARY KEY (card_id, deal_id)
);
CREATE INDEX card_parts_payout ON card_parts (payout_id) WHERE payout_id IS NOT NULL;

-- What a processor told us, so that the same news does nothing twice, and news that came too
-- early is not lost.
CREATE TABLE card_events (
  factor_id uuid NOT NULL REFERENCES organizations,
  name      text NOT NULL, -- the processor's
  kind      text NOT NULL,
  intent    text NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (factor_id, name)
);
CREATE INDEX card_events_intent ON card_events (factor_id, intent) WHERE intent <> '';

CREATE TABLE card_payouts (
  id           uuid PRIMARY KEY,
  world_id     uuid NOT NULL REFERENCES worlds,
  factor_id    uuid NOT NULL REFERENCES organizations,
  name         text NOT NULL, -- the processor's
  status       text NOT NULL CHECK (status IN ('announced', 'listed', 'matched', 'applied', 'person')),
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL,
  arrives_on   date NOT NULL,
  descriptor   text NOT NULL,
  receipt_id   uuid REFERENCES receipts,
  told_at      timestamptz NOT NULL,
  CONSTRAINT card_payouts_once UNIQUE (factor_id, name)
);
CREATE INDEX card_payouts_awaited ON card_payouts (factor_id) WHERE status IN ('listed', 'matched');

-- What a processor kept of what a deal was paid: the deal is credited in full, and the factor's
-- bank has less.
ALTER TABLE allocations ADD COLUMN cost_minor bigint NOT NULL DEFAULT 0 CHECK (cost_minor >= 0 AND cost_minor < amount_minor);
ALTER TABLE deals ADD COLUMN card_cost_minor bigint NOT NULL DEFAULT 0 CHECK (card_cost_minor >= 0);

-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('card_payments'), ('card_parts'), ('card_events'), ('card_payouts') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
  -- A debtor begins a payment on its page; only the worker and the processor's news change it.
  FOR t IN VALUES ('card_payments'), ('card_parts') LOOP
    EXECUTE format('CREATE POLICY parties ON %I FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id) OR case_id = app_case())', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide() OR case_id = app_case())', t);
    EXECUTE format('CREATE POLICY changed ON %I FOR UPDATE USING (app_wide())', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;
  FOR t IN VALUES ('card_events'), ('card_payouts') LOOP
    EXECUTE format('CREATE POLICY home ON %I FOR SELECT USING (app_sees(factor_id))', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide())', t);
  END LOOP;
END $$;

CREATE POLICY changed ON card_payouts FOR UPDATE USING (app_wide());
GRANT SELECT, INSERT ON card_events TO comity_app;
GRANT SELECT, INSERT, UPDATE ON card_payouts TO comity_app;

-- card_file answers a payment by card and its parts.
CREATE FUNCTION card_file(p_card uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(c) || jsonb_build_object('parts',
    (SELECT jsonb_agg(to_jsonb(p) || jsonb_build_object('reference', d.reference, 'invoice_number', d.invoice_number) ORDER BY d.due_on, d.id)
       FROM card_parts p JOIN deals d ON d.id = p.deal_id WHERE p.card_id = c.id))
    FROM card_payments c WHERE c.id = p_card
$$;

-- load_card locks a payment by card after its case, and answers it with what the worker needs.
CREATE FUNCTION load_card(p_card uuid, p_factor uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c card_payments;
BEGIN
  PERFORM FROM cases WHERE id = (SELECT x.case_id FROM card_payments x WHERE x.id = p_card AND (p_factor IS NULL OR x.factor_id = p_factor)) FOR UPDATE;
  SELECT * INTO c FROM card_payments WHERE id = p_card AND (p_factor IS NULL OR factor_id = p_factor) FOR UPDATE;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  RETURN jsonb_build_object('card', card_file(c.id), 'back', (SELECT to_jsonb(l) FROM links l WHERE l.id = c.return_link),
    'debtor', (SELECT r.name FROM cases k JOIN relationships r ON r.id = k.relationship_id WHERE k.id = c.case_id));
END $$;

-- debtor_cards answers what the debtor of app_case() may see of payments by card, and whether a
-- stop forbids to take more: it is the only thing that its page learns of these stops.
CREATE FUNCTION debtor_cards() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'cards', (SELECT coalesce(jsonb_agg(card_file(c.id) - 'session' - 'intent' ORDER BY c.id), '[]') FROM card_payments c WHERE c.case_id = app_case()),
    'cards_stopped', EXISTS (SELECT FROM stops s WHERE s.case_id = app_case() AND s.lifted_at IS NULL
                                AND s.code IN ('legal_stop', 'represented', 'sanctions_hold', 'proof_pending')))
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION card_file(uuid), load_card(uuid, uuid), debtor_cards() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION card_file(uuid), load_card(uuid, uuid), debtor_cards() TO comity_app;
