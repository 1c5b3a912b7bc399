-- +goose Up
-- Confidential mode (F-44): a debtor hears from its supplier alone, and pays to an account in the
-- supplier's name that is held for the factor.

ALTER TABLE relationships ADD COLUMN disclosure text NOT NULL DEFAULT 'notified' CHECK (disclosure IN ('notified', 'confidential'));
ALTER TABLE mandates ADD COLUMN confidential_level integer NOT NULL DEFAULT 0 CHECK (confidential_level = 0 OR confidential_level BETWEEN 3 AND 6); -- 0: it buys nothing confidentially
ALTER TABLE deals ADD COLUMN disclosure text NOT NULL DEFAULT 'notified' CHECK (disclosure IN ('notified', 'confidential'));
ALTER TABLE cases ADD COLUMN disclosure text NOT NULL DEFAULT 'notified' CHECK (disclosure IN ('notified', 'confidential')); -- of its deals: one for all of them
ALTER TABLE cases ADD COLUMN telling_at timestamptz; -- two people of the factor tell its debtor: the mode changes when the notice was sent
ALTER TABLE touches ADD COLUMN disclosure text NOT NULL DEFAULT 'notified' CHECK (disclosure IN ('notified', 'confidential')); -- in which it was written

-- A collection account may bear a seller's name, who holds it for the factor.
ALTER TABLE bank_accounts ADD COLUMN held_by uuid REFERENCES organizations;
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_held CHECK (held_by IS NULL OR purpose = 'collection');
CREATE INDEX bank_accounts_held_by ON bank_accounts (held_by, org_id, currency, id) WHERE held_by IS NOT NULL;

ALTER TABLE invoices ADD COLUMN paid_to text[] NOT NULL DEFAULT '{}'; -- the accounts that the invoice names (BT-84)

ALTER TABLE conditions DROP CONSTRAINT conditions_code_check;
ALTER TABLE conditions ADD CONSTRAINT conditions_code_check
  CHECK (code IN ('seller_approved', 'account_proven', 'introduced', 'verified', 'notice_delivered', 'trust_proven', 'sender_proven'));

-- Two people of a factor tell a debtor after all.
CREATE TABLE disclosings (
  id          uuid PRIMARY KEY,
  case_id     uuid NOT NULL REFERENCES cases,
  factor_id   uuid NOT NULL REFERENCES organizations,
  seller_id   uuid NOT NULL REFERENCES organizations,
  status      text NOT NULL CHECK (status IN ('asked', 'done', 'withdrawn')),
  reason      text NOT NULL CHECK (reason IN ('seller_asks', 'payment_diverted', 'seller_insolvent', 'debtor_unanswered', 'disputed')),
  note        text NOT NULL,
  asked_by    uuid NOT NULL,
  asked_at    timestamptz NOT NULL,
  approved_by uuid,
  approved_at timestamptz,
  CHECK ((status = 'asked') = (approved_at IS NULL)),
  CHECK (status <> 'done' OR approved_by <> asked_by)
);
CREATE UNIQUE INDEX disclosings_open ON disclosings (case_id) WHERE status = 'asked';
CREATE INDEX disclosings_case ON disclosings (case_id, id);
CREATE INDEX disclosings_factor ON disclosings (factor_id, id);
CREATE INDEX disclosings_seller ON disclosings (seller_id, id);
ALTER TABLE disclosings ENABLE ROW LEVEL SECURITY;
ALTER TABLE disclosings FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON disclosings TO comity_app;
CREATE POLICY home ON disclosings FOR SELECT USING (app_sees(factor_id));
CREATE POLICY written ON disclosings FOR INSERT WITH CHECK (app_wide());
CREATE POLICY changed ON disclosings FOR UPDATE USING (app_wide());

-- +goose StatementBegin
-- debtor_told: of a confidential deal the debtor knows the invoice, which is its supplier's; it is on
-- its page once the advance was paid.
CREATE OR REPLACE FUNCTION debtor_told(p_case uuid, p_deal uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM conditions n WHERE n.deal_id = p_deal AND n.code = 'notice_delivered' AND n.occurred_at IS NOT NULL)
      OR EXISTS (SELECT FROM touches t WHERE t.case_id = p_case AND t.class = 'legal_notice'
                    AND t.status IN ('sending', 'sent', 'unknown') AND p_deal = ANY (t.items))
      OR EXISTS (SELECT FROM deals d WHERE d.id = p_deal AND d.disclosure = 'confidential' AND d.funding_date IS NOT NULL);
END $$;

-- trust_account answers the account in a seller's name that is held for a factor, in a currency: the
-- one that an invoice names, else the latest, or NULL.
CREATE FUNCTION trust_account(p_factor uuid, p_seller uuid, p_currency text, p_named text[]) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT a.id FROM bank_accounts a WHERE a.held_by = p_seller AND a.org_id = p_factor AND a.currency = p_currency
   ORDER BY coalesce(a.iban, a.account_number) = ANY (p_named) DESC, a.id DESC LIMIT 1
$$;

-- pricing_facts: of a pair that is to be served confidentially, also what each factor needs for it.
CREATE OR REPLACE FUNCTION pricing_facts(p_seller uuid, p_world uuid, p_relationship uuid, p_except uuid, p_currency text, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  org organizations;
  today date;
  own_number text;
  r relationships;
  named text[];
BEGIN
  SELECT * INTO org FROM organizations WHERE id = p_seller;
  today := (p_now AT TIME ZONE org.time_zone)::date;
  SELECT i.number, i.paid_to INTO own_number, named FROM invoices i WHERE i.id = p_except;
  SELECT * INTO r FROM relationships WHERE seller_id = p_seller AND id = p_relationship;
  RETURN jsonb_build_object(
    'seller', to_jsonb(org),
    'relationship', CASE WHEN r.id IS NOT NULL THEN to_jsonb(r) END,
    'buyers', (SELECT coalesce(jsonb_agg(jsonb_build_object('mandate', to_jsonb(m), 'factor', to_jsonb(f), 'collection', to_jsonb(a), 'standing', to_jsonb(s),
                   'trust', CASE WHEN r.disclosure = 'confidential' THEN (SELECT to_jsonb(t) FROM bank_accounts t WHERE t.id = trust_account(m.factor_id, p_seller, p_currency, named)) END) ORDER BY m.id), '[]')
                 FROM mandates m JOIN organizations f ON f.id = m.factor_id JOIN bank_accounts a ON a.id = m.collection_account_id
                 LEFT JOIN seller_standings s ON s.factor_id = m.factor_id AND s.seller_id = p_seller
                WHERE m.world_id = p_world AND m.currency = p_currency AND m.state = 'active'),
    'has_account', EXISTS (SELECT FROM bank_accounts a WHERE a.org_id = p_seller AND a.purpose = 'payout' AND a.currency = p_currency),
    'velocity', pair_velocity(p_seller, p_relationship, p_except, own_number, p_currency, today, p_now, false),
    'refused_by', (SELECT to_jsonb(array_agg(DISTINCT o.factor_id)) FROM offers o WHERE o.seller_id = p_seller AND o.invoice_id = p_except AND o.status = 'refused'),
    'risk', CASE WHEN EXISTS (SELECT FROM mandates m WHERE m.world_id = p_world AND m.currency = p_currency AND m.state = 'active' AND (m.by_risk OR r.disclosure = 'confidential'))
                 THEN risk_facts(p_seller, p_relationship, p_except, p_currency, today, p_now) END)
    || experience_counts(p_seller, p_relationship, p_except, today, p_now);
END $$;

-- load_acceptance likewise.
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
    'trust', CASE WHEN rel.disclosure = 'confidential' THEN trust_account(o.factor_id, p_seller, o.currency, inv.paid_to) END,
    'kase', CASE WHEN c.id IS NOT NULL THEN to_jsonb(c) END,
    'served_by', (SELECT d.factor_id FROM deals d WHERE d.relationship_id = rel.id AND d.factor_id <> o.factor_id
                    AND (d.status IN ('made', 'paid_out') OR EXISTS (SELECT FROM recourses r WHERE r.deal_id = d.id AND r.status = 'exercised')) LIMIT 1),
    'debtor_used', (SELECT used_minor FROM exposures WHERE factor_id = o.factor_id AND debtor_id = rel.debtor_id AND currency = o.currency),
    'facility_used', (SELECT used_minor FROM facilities WHERE factor_id = o.factor_id AND currency = o.currency),
    'sold_elsewhere', EXISTS (SELECT FROM fingerprints mine JOIN fingerprints f ON f.world_id = mine.world_id AND f.digest = mine.digest AND f.live
                               WHERE mine.invoice_id = inv.id AND f.invoice_id <> inv.id));
END $$;

-- tell_debtor ends the confidentiality of a case whose debtor two people of its factor decided to tell, now
-- that the notice was sent; of any other case it does nothing. The case, its deals and every pair of its
-- seller and debtor are notified from now on, the contract is the introduction, and links that the debtor
-- has carry the verbs of who is told.
CREATE FUNCTION tell_debtor(p_case uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  k cases;
  why disclosings;
BEGIN
  SELECT * INTO k FROM cases WHERE id = p_case AND disclosure = 'confidential' AND telling_at IS NOT NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT * INTO STRICT why FROM disclosings WHERE case_id = k.id AND status = 'done' ORDER BY id DESC LIMIT 1;
  UPDATE cases SET disclosure = 'notified' WHERE id = k.id;
  UPDATE relationships SET disclosure = 'notified', version = version + 1 WHERE seller_id = k.seller_id AND debtor_id = k.debtor_id AND disclosure = 'confidential';
  UPDATE deals SET disclosure = 'notified' WHERE case_id = k.id AND disclosure = 'confidential' AND status = 'paid_out';
  UPDATE links SET verbs = verbs || '{confirm,proof}' WHERE case_id = k.id AND 'question' = ANY (verbs) AND NOT 'confirm' = ANY (verbs);
  INSERT INTO conditions (deal_id, factor_id, seller_id, code, evidence, occurred_at, set_by, set_at)
  SELECT d.id, d.factor_id, d.seller_id, c.code, CASE c.code WHEN 'introduced' THEN 'the contract: two people of the factor told the debtor (' || why.reason || ')' END,
         CASE c.code WHEN 'introduced' THEN k.telling_at END, CASE c.code WHEN 'introduced' THEN why.approved_by END, CASE c.code WHEN 'introduced' THEN k.telling_at END
    FROM deals d CROSS JOIN (VALUES ('introduced'), ('notice_delivered')) AS c (code)
   WHERE d.case_id = k.id AND d.status = 'paid_out'
      ON CONFLICT (deal_id, code) DO NOTHING;
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION trust_account(uuid, uuid, text, text[]), tell_debtor(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust_account(uuid, uuid, text, text[]), tell_debtor(uuid) TO comity_app;
