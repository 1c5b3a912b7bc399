-- +goose Up
-- How a seller shows that it notices who pays on time again and again, beside the note (C-175, C-179).
CREATE TABLE appreciations (
  seller_id    uuid PRIMARY KEY REFERENCES organizations,
  percent      integer CHECK (percent BETWEEN 1 AND 50), -- of the next order
  currency     text,
  amount_minor bigint CHECK (amount_minor > 0),          -- off the next order
  valid_days   integer CHECK (valid_days BETWEEN 14 AND 730),
  note         text NOT NULL DEFAULT '',
  share_ppm    integer NOT NULL CHECK (share_ppm BETWEEN 0 AND 1000000), -- of recognised pairs that get a voucher
  updated_by   uuid NOT NULL,
  updated_at   timestamptz NOT NULL,
  CHECK ((currency IS NULL) = (amount_minor IS NULL)),
  CHECK (percent IS NULL OR amount_minor IS NULL),
  CHECK ((valid_days IS NULL) = (percent IS NULL AND amount_minor IS NULL)) -- NULL: no voucher
);

-- Each letter of recognition for which a draw was made, and the voucher that went with it, if one did.
-- It is its seller's to honour, and in no book of a factor.
CREATE TABLE recognitions (
  id              uuid PRIMARY KEY,
  touch_id        uuid NOT NULL UNIQUE REFERENCES touches,
  seller_id       uuid NOT NULL REFERENCES organizations,
  relationship_id uuid NOT NULL REFERENCES relationships,
  at              timestamptz NOT NULL,
  code            text, -- NULL: the note alone
  percent         integer,
  currency        text,
  amount_minor    bigint,
  valid_days      integer,
  note            text NOT NULL DEFAULT '',
  valid_until     date,
  redeemed_at     timestamptz,
  redeemed_by     uuid,
  reference       text NOT NULL DEFAULT '', -- the seller's own, of what it was redeemed for
  CHECK ((code IS NULL) = (valid_until IS NULL) AND (code IS NULL) = (valid_days IS NULL)),
  CHECK ((code IS NULL) = (percent IS NULL AND amount_minor IS NULL)),
  CHECK ((redeemed_at IS NULL) = (redeemed_by IS NULL)),
  CHECK (redeemed_at IS NULL OR code IS NOT NULL)
);
CREATE UNIQUE INDEX recognitions_code ON recognitions (seller_id, code) WHERE code IS NOT NULL;
CREATE INDEX recognitions_vouchers ON recognitions (seller_id, id) WHERE code IS NOT NULL;
CREATE INDEX recognitions_pair ON recognitions (seller_id, relationship_id, at);

-- A report of relationships looks up a side's pairs one page at a time, and each case's stops.
CREATE INDEX cases_seller_pair ON cases (seller_id, relationship_id);
CREATE INDEX cases_factor_pair ON cases (factor_id, relationship_id);
CREATE INDEX stops_case ON stops (case_id, code);

-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('appreciations'), ('recognitions') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY home ON appreciations USING (app_sees(seller_id));
CREATE POLICY home ON recognitions FOR SELECT USING (app_sees(seller_id));
CREATE POLICY written ON recognitions FOR INSERT WITH CHECK (app_wide());
CREATE POLICY changed ON recognitions FOR UPDATE USING (app_sees(seller_id));

-- +goose StatementBegin
-- case_thanks answers what a thank-you may say beside the thanks: how many invoices in a row were
-- paid on time, looked up only while a payment waits for its thanks, when that was last said, and what
-- its seller lets go with it.
CREATE OR REPLACE FUNCTION case_thanks(p_case uuid, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  k cases;
BEGIN
  IF NOT EXISTS (SELECT FROM allocations a WHERE a.case_id = p_case AND a.thanked_by IS NULL AND a.undone_at IS NULL) THEN RETURN '{}'; END IF;
  SELECT * INTO k FROM cases WHERE id = p_case;
  RETURN (SELECT jsonb_build_object('in_row', on_time_run(k.seller_id, k.relationship_id, p_now), 'recognised', count(*), 'recognised_at', max(t.claimed_at),
                   'appreciation', (SELECT to_jsonb(a) FROM appreciations a WHERE a.seller_id = k.seller_id))
            FROM touches t WHERE t.relationship_id = k.relationship_id AND t.claimed_at > p_now - interval '12 months'
             AND t.template LIKE 'recognition@%' AND t.status IN ('sending', 'sent', 'unknown'));
END $$;
-- +goose StatementEnd
