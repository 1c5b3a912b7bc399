-- +goose Up
-- The books: append-only, balanced at every commit, one factor's book each; and
-- the bank's papers that move them.

CREATE TABLE journals (
  id           uuid PRIMARY KEY,
  factor_id    uuid NOT NULL REFERENCES organizations, -- whose book
  seller_id    uuid,
  debtor_id    uuid,
  deal_id      uuid REFERENCES deals,
  kind         text NOT NULL,
  currency     char(3) NOT NULL,
  effective_on date NOT NULL,
  known_at     timestamptz NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT now(),
  cause_kind   text NOT NULL,
  cause_id     uuid NOT NULL,
  reverses     uuid REFERENCES journals
);
CREATE INDEX journals_factor ON journals (factor_id, currency, effective_on);
CREATE INDEX journals_seller ON journals (seller_id, effective_on);
CREATE INDEX journals_deal ON journals (deal_id, id);
CREATE UNIQUE INDEX journals_reversed_once ON journals (reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX journals_one_per_cause ON journals (kind, cause_id, deal_id, effective_on) WHERE reverses IS NULL;

CREATE TABLE postings (
  journal_id   uuid NOT NULL REFERENCES journals,
  n            integer NOT NULL,
  factor_id    uuid NOT NULL,
  seller_id    uuid,
  account      text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0), -- debit positive
  currency     char(3) NOT NULL,
  PRIMARY KEY (journal_id, n)
);
CREATE INDEX postings_factor ON postings (factor_id, account);
CREATE INDEX postings_seller ON postings (seller_id, account);

-- Checked at commit with its owner's eyes: an invoker under row-level security
-- could see half a journal and judge wrong.
-- +goose StatementBegin
CREATE FUNCTION journal_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  lines integer;
  total numeric;
  strays integer;
BEGIN
  SELECT count(*), coalesce(sum(amount_minor), 0),
         count(*) FILTER (WHERE currency <> NEW.currency OR factor_id <> NEW.factor_id)
    INTO lines, total, strays
    FROM postings WHERE journal_id = NEW.id;
  IF lines < 2 OR total <> 0 OR strays > 0 THEN
    RAISE EXCEPTION 'journal % does not balance: % postings, sum %, % strays', NEW.id, lines, total, strays
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_balances';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION posting_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  total numeric;
BEGIN
  SELECT coalesce(sum(amount_minor), 0) INTO total FROM postings WHERE journal_id = NEW.journal_id;
  IF total <> 0 THEN
    RAISE EXCEPTION 'journal % does not balance: sum %', NEW.journal_id, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_balances';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER journal_balances AFTER INSERT ON journals
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_balances();
-- A posting that is added to a journal later is caught too.
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON postings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances();

CREATE TABLE payouts (
  id              uuid PRIMARY KEY,
  world_id        uuid NOT NULL,
  factor_id       uuid NOT NULL REFERENCES organizations,
  seller_id       uuid NOT NULL REFERENCES organizations,
  deal_id         uuid NOT NULL REFERENCES deals,
  kind            text NOT NULL CHECK (kind IN ('advance', 'rebate', 'sweep')),
  status          text NOT NULL CHECK (status IN ('queued', 'instructed', 'accepted', 'rejected', 'confirmed', 'returned', 'unknown')),
  currency        char(3) NOT NULL,
  amount_minor    bigint NOT NULL CHECK (amount_minor > 0),
  from_account_id uuid NOT NULL REFERENCES bank_accounts,
  to_account_id   uuid NOT NULL REFERENCES bank_accounts,
  end_to_end_id   text NOT NULL,
  release_at      timestamptz, -- when a queued pay-out leaves
  instructed_at   timestamptz,
  value_date      date,
  created_at      timestamptz NOT NULL,
  UNIQUE (world_id, end_to_end_id)
);
CREATE UNIQUE INDEX payouts_once ON payouts (deal_id, kind) WHERE status NOT IN ('rejected', 'returned');
CREATE INDEX payouts_factor ON payouts (factor_id, id);
CREATE INDEX payouts_seller ON payouts (seller_id, id);
CREATE INDEX payouts_release ON payouts (world_id, release_at, id) WHERE status = 'queued';

CREATE TABLE statements (
  id            uuid PRIMARY KEY,
  factor_id     uuid NOT NULL REFERENCES organizations,
  account_id    uuid NOT NULL REFERENCES bank_accounts,
  blob_id       uuid NOT NULL REFERENCES blobs,
  file_sha256   bytea NOT NULL,
  number        text NOT NULL, -- the bank's own statement id
  from_on       date NOT NULL,
  to_on         date NOT NULL,
  currency      char(3) NOT NULL,
  opening_minor bigint NOT NULL,
  closing_minor bigint NOT NULL,
  line_count    integer NOT NULL,
  loaded_at     timestamptz NOT NULL,
  CHECK (from_on <= to_on)
);
CREATE UNIQUE INDEX statements_once ON statements (account_id, number, from_on);
CREATE INDEX statements_blob ON statements (blob_id);
CREATE INDEX statements_factor ON statements (factor_id, id);
CREATE INDEX statements_span ON statements (account_id, to_on);

CREATE TABLE statement_lines (
  id              uuid PRIMARY KEY,
  statement_id    uuid NOT NULL REFERENCES statements,
  factor_id       uuid NOT NULL,
  account_id      uuid NOT NULL,
  n               integer NOT NULL,
  amount_minor    bigint NOT NULL, -- credit positive
  currency        char(3) NOT NULL,
  booked_on       date NOT NULL,
  value_on        date NOT NULL,
  reversal        boolean NOT NULL DEFAULT false,
  end_to_end_id   text NOT NULL DEFAULT '',
  reference       text NOT NULL DEFAULT '', -- structured creditor reference
  remittance      text NOT NULL DEFAULT '',
  counterparty    text NOT NULL DEFAULT '',
  counter_account text NOT NULL DEFAULT '',
  state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'applied', 'noted')),
  outcome         text NOT NULL DEFAULT '',
  UNIQUE (statement_id, n)
);
CREATE INDEX statement_lines_pending ON statement_lines (statement_id, n) WHERE state = 'pending';

CREATE TABLE receipts (
  id                uuid PRIMARY KEY,
  factor_id         uuid NOT NULL REFERENCES organizations,
  account_id        uuid NOT NULL REFERENCES bank_accounts,
  line_id           uuid NOT NULL UNIQUE REFERENCES statement_lines,
  status            text NOT NULL CHECK (status IN ('unapplied', 'suggested', 'applied', 'reversed')),
  currency          char(3) NOT NULL,
  amount_minor      bigint NOT NULL CHECK (amount_minor > 0),
  unapplied_minor   bigint NOT NULL CHECK (unapplied_minor >= 0),
  value_on          date NOT NULL,
  payer             text NOT NULL,
  reference         text NOT NULL,
  suggested_deal_id uuid REFERENCES deals,
  created_at        timestamptz NOT NULL,
  CHECK (unapplied_minor <= amount_minor)
);
CREATE INDEX receipts_factor ON receipts (factor_id, id);
CREATE INDEX receipts_open ON receipts (account_id, created_at) WHERE unapplied_minor > 0;

CREATE TABLE allocations (
  id            uuid PRIMARY KEY,
  factor_id     uuid NOT NULL,
  seller_id     uuid NOT NULL,
  receipt_id    uuid NOT NULL REFERENCES receipts,
  deal_id       uuid NOT NULL REFERENCES deals,
  case_id       uuid NOT NULL REFERENCES cases,
  amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
  value_on      date NOT NULL,
  applied_at    timestamptz NOT NULL,
  undone_at     timestamptz,
  thanked_by    uuid -- the touch that said so to the debtor
);
CREATE INDEX allocations_receipt ON allocations (receipt_id);
CREATE INDEX allocations_case ON allocations (case_id) WHERE thanked_by IS NULL AND undone_at IS NULL;
CREATE INDEX allocations_deal ON allocations (deal_id);
