-- +goose Up
-- Confidential mode (F-44): a debtor hears from its supplier alone, and pays to an account in the
-- supplier's name that is held for the factor.

ALTER TABLE relationships ADD COLUMN disclosure text NOT NULL DEFAULT 'notified' CHECK (disclosure IN ('notified', 'confidential'));
ALTER TABLE mandates ADD COLUMN confidential_level integer NOT NULL DEFAULT 0 CHECK (confidential_level = 0 OR confidential_level BETWEEN 3 AND 6); -- 0: it buys nothing confidentially
ALTER TABLE deals ADD COLUMN disclosure text NOT NULL DEFAULT 'notified' CHECK (disclosure IN ('notified', 'confidential'));
ALTER TABLE cases ADD COLUMN disclosure text NOT NULL DEFAULT 'notified' CHECK (disclosure IN ('notified', 'confidential')); -- of its deals: one for all of them

-- A collection account may bear a seller's name, who holds it for the factor.
ALTER TABLE bank_accounts ADD COLUMN held_by uuid REFERENCES organizations;
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_held CHECK (held_by IS NULL OR purpose = 'collection');
CREATE INDEX bank_accounts_held_by ON bank_accounts (held_by, org_id, currency, id) WHERE held_by IS NOT NULL;

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

-- debtor_mode answers whether the debtor of app_case() is told who bought its invoices.
CREATE FUNCTION debtor_mode() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('disclosure', (SELECT k.disclosure FROM cases k WHERE k.id = app_case()))
$$;

-- trust_account answers the account in a seller's name that is held for a factor, in a currency: the
-- latest, or NULL.
CREATE FUNCTION trust_account(p_factor uuid, p_seller uuid, p_currency text) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT a.id FROM bank_accounts a WHERE a.held_by = p_seller AND a.org_id = p_factor AND a.currency = p_currency ORDER BY a.id DESC LIMIT 1
$$;

-- tell_debtor ends the confidentiality of a case of the caller's factor: its deals, the pair and the
-- case are notified from now on. What was not paid out yet, and what is collected, waits for the notice;
-- the contract is the introduction, and the seller may speak first until the notice leaves.
CREATE FUNCTION tell_debtor(p_case uuid, p_factor uuid, p_user uuid, p_evidence text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  k cases;
BEGIN
  SELECT * INTO STRICT k FROM cases WHERE id = p_case AND factor_id = p_factor AND app_sees(factor_id) FOR UPDATE;
  UPDATE cases SET disclosure = 'notified', next_action_at = p_at WHERE id = k.id;
  UPDATE relationships SET disclosure = 'notified', version = version + 1 WHERE id = k.relationship_id AND disclosure = 'confidential';
  UPDATE deals SET disclosure = 'notified' WHERE case_id = k.id AND disclosure = 'confidential' AND status IN ('made', 'paid_out');
  INSERT INTO conditions (deal_id, factor_id, seller_id, code, evidence, occurred_at, set_by, set_at)
  SELECT d.id, d.factor_id, d.seller_id, c.code, CASE c.code WHEN 'introduced' THEN p_evidence END, CASE c.code WHEN 'introduced' THEN p_at END,
         CASE c.code WHEN 'introduced' THEN p_user END, CASE c.code WHEN 'introduced' THEN p_at END
    FROM deals d CROSS JOIN (VALUES ('introduced'), ('notice_delivered')) AS c (code)
   WHERE d.case_id = k.id AND d.status IN ('made', 'paid_out')
      ON CONFLICT (deal_id, code) DO NOTHING;
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION debtor_mode(), trust_account(uuid, uuid, text), tell_debtor(uuid, uuid, uuid, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION debtor_mode(), trust_account(uuid, uuid, text), tell_debtor(uuid, uuid, uuid, text, timestamptz) TO comity_app;
