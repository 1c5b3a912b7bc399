-- +goose Up
-- The trade: relationships and their history, invoices, prices, offers, deals.

-- The platform's debtor: identity and contact safety only, never shown.
CREATE TABLE debtors (
  id         uuid PRIMARY KEY,
  world_id   uuid NOT NULL REFERENCES worlds,
  country    char(2) NOT NULL,
  name_key   text NOT NULL,
  tax_key    text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX debtors_tax ON debtors (world_id, country, tax_key) WHERE tax_key IS NOT NULL;
CREATE INDEX debtors_name ON debtors (world_id, country, name_key);

CREATE TABLE relationships (
  id           uuid PRIMARY KEY,
  seller_id    uuid NOT NULL REFERENCES organizations,
  debtor_id    uuid REFERENCES debtors, -- NULL until identified
  code         text NOT NULL,           -- the seller's own code for the debtor
  name         text NOT NULL,
  legal_type   text CHECK (legal_type IN ('company', 'partnership', 'sole_trader', 'public_body')),
  country      char(2),
  tax_id       text,
  contact_name text,
  email        text,
  time_zone    text,
  terms_days   integer NOT NULL DEFAULT 30 CHECK (terms_days BETWEEN 0 AND 365),
  heads_up     boolean NOT NULL DEFAULT true, -- the note 14 days before the due date (terms of 30 days and more)
  version      integer NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL,
  UNIQUE (seller_id, code),
  CHECK (debtor_id IS NULL OR (legal_type IS NOT NULL AND country IS NOT NULL AND email IS NOT NULL AND time_zone IS NOT NULL))
);
CREATE INDEX relationships_seller ON relationships (seller_id, id);
CREATE INDEX relationships_debtor ON relationships (debtor_id);

CREATE TABLE bank_accounts (
  id             uuid PRIMARY KEY,
  org_id         uuid NOT NULL REFERENCES organizations,
  purpose        text NOT NULL CHECK (purpose IN ('payout', 'operating', 'collection')),
  currency       char(3) NOT NULL,
  holder         text NOT NULL,
  country        char(2) NOT NULL,
  iban           text,
  routing_number text,
  account_number text,
  account_key    text NOT NULL,
  feed_check_at  timestamptz, -- when a missing statement is noticed next; NULL: nothing is owed into it
  created_at     timestamptz NOT NULL,
  UNIQUE (org_id, account_key, currency, purpose),
  CHECK ((iban IS NULL) <> (routing_number IS NULL)),
  CHECK ((routing_number IS NULL) = (account_number IS NULL))
);
CREATE INDEX bank_accounts_org ON bank_accounts (org_id, id);
CREATE INDEX bank_accounts_feed ON bank_accounts (feed_check_at, id) WHERE feed_check_at IS NOT NULL;

CREATE TABLE imports (
  id             uuid PRIMARY KEY,
  seller_id      uuid NOT NULL REFERENCES organizations,
  blob_id        uuid NOT NULL REFERENCES blobs,
  dry_run        boolean NOT NULL,
  state          text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'refused')),
  reason         text,
  header         text NOT NULL DEFAULT '',
  position_bytes bigint NOT NULL DEFAULT 0,
  position_line  integer NOT NULL DEFAULT 0,
  rows_read      integer NOT NULL DEFAULT 0,
  rows_good      integer NOT NULL DEFAULT 0,
  rows_bad       integer NOT NULL DEFAULT 0,
  rows_same      integer NOT NULL DEFAULT 0, -- already known, word for word
  created_at     timestamptz NOT NULL,
  finished_at    timestamptz
);
CREATE INDEX imports_blob ON imports (blob_id);
CREATE INDEX imports_seller ON imports (seller_id, id);
CREATE TABLE import_rows (
  import_id uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
  seller_id uuid NOT NULL,
  line      integer NOT NULL,
  field     text NOT NULL,
  rule      text NOT NULL,
  detail    text NOT NULL,
  PRIMARY KEY (import_id, line, field, rule)
);

CREATE TABLE history (
  seller_id       uuid NOT NULL,
  relationship_id uuid NOT NULL REFERENCES relationships,
  invoice_ref     text NOT NULL,
  amount_minor    bigint NOT NULL CHECK (amount_minor > 0),
  currency        char(3) NOT NULL,
  issued_on       date NOT NULL,
  due_on          date NOT NULL,
  paid_on         date,
  observed_until  date,
  disputed        boolean NOT NULL DEFAULT false,
  import_id       uuid REFERENCES imports,
  PRIMARY KEY (relationship_id, invoice_ref)
);

CREATE TABLE invoices (
  id              uuid PRIMARY KEY,
  seller_id       uuid NOT NULL REFERENCES organizations,
  relationship_id uuid NOT NULL REFERENCES relationships,
  source          text NOT NULL CHECK (source IN ('json', 'ubl', 'cii')),
  blob_id         uuid REFERENCES blobs,
  document_sha256 bytea,
  type_code       text NOT NULL,
  number          text NOT NULL,
  number_key      text NOT NULL,
  supplier_tax_id text NOT NULL DEFAULT '',
  issued_on       date NOT NULL,
  due_on          date NOT NULL,
  due_from_terms  boolean NOT NULL, -- the document was silent: computed from the relationship's terms
  currency        char(3) NOT NULL,
  payable_minor   bigint NOT NULL,
  basis_minor     bigint NOT NULL,  -- expected payable (D-14)
  order_reference text NOT NULL DEFAULT '',
  summary         text NOT NULL DEFAULT '', -- what was delivered, in the words of the invoice
  status          text NOT NULL CHECK (status IN ('draft', 'submitted', 'held', 'offered', 'listed', 'sold', 'closed', 'declined', 'withdrawn')),
  held_from       text CHECK (held_from IN ('draft')),
  hold_reasons    text[] NOT NULL DEFAULT '{}',
  duplicate_of    uuid REFERENCES invoices,
  warnings        text[] NOT NULL DEFAULT '{}',
  version         integer NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL
);
CREATE INDEX invoices_blob ON invoices (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX invoices_seller ON invoices (seller_id, id);
CREATE UNIQUE INDEX invoices_same_bytes ON invoices (seller_id, document_sha256) WHERE document_sha256 IS NOT NULL;
CREATE INDEX invoices_same_number ON invoices (seller_id, supplier_tax_id, number_key);

-- Fingerprints tell one invoice offered twice from two; only keyed digests are kept.
CREATE TABLE fingerprints (
  world_id   uuid NOT NULL,
  digest     bytea NOT NULL,
  invoice_id uuid NOT NULL REFERENCES invoices,
  seller_id  uuid NOT NULL,
  live       boolean NOT NULL DEFAULT false, -- its invoice is in a live deal
  PRIMARY KEY (world_id, digest, invoice_id)
);
CREATE UNIQUE INDEX fingerprints_live ON fingerprints (world_id, digest) WHERE live;
CREATE INDEX fingerprints_invoice ON fingerprints (invoice_id);

CREATE TABLE decisions (
  id         uuid PRIMARY KEY,
  seller_id  uuid NOT NULL REFERENCES organizations,
  invoice_id uuid NOT NULL REFERENCES invoices,
  model      text NOT NULL,
  outcome    text NOT NULL CHECK (outcome IN ('offer', 'refer', 'decline')),
  inputs     bytea NOT NULL,
  result     bytea NOT NULL,
  decided_at timestamptz NOT NULL
);
CREATE INDEX decisions_invoice ON decisions (seller_id, invoice_id, id);

CREATE TABLE mandates (
  id                    uuid PRIMARY KEY,
  factor_id             uuid NOT NULL REFERENCES organizations,
  world_id              uuid NOT NULL REFERENCES worlds,
  currency              char(3) NOT NULL,
  state                 text NOT NULL CHECK (state IN ('draft', 'active', 'paused')),
  operating_account_id  uuid NOT NULL REFERENCES bank_accounts,
  collection_account_id uuid NOT NULL REFERENCES bank_accounts,
  advance_cap           numeric(18,12) NOT NULL,
  dilution_haircut      numeric(18,12) NOT NULL,
  verification_haircut  numeric(18,12) NOT NULL,
  seller_haircut        numeric(18,12) NOT NULL,
  fee_first_days        integer NOT NULL,
  fee_first_rate        numeric(18,12) NOT NULL,
  fee_step_days         integer NOT NULL,
  fee_step_rate         numeric(18,12) NOT NULL,
  origination_rate      numeric(18,12) NOT NULL,
  origination_minor     bigint NOT NULL CHECK (origination_minor >= 0),
  wire_minor            bigint NOT NULL CHECK (wire_minor >= 0),
  recourse_days         integer NOT NULL,
  cure_days             integer NOT NULL,
  min_face_minor        bigint NOT NULL,
  max_face_minor        bigint NOT NULL,
  debtor_limit_minor    bigint NOT NULL,
  facility_limit_minor  bigint NOT NULL,
  offer_hours           integer NOT NULL,
  max_days_late         integer NOT NULL,
  version               integer NOT NULL DEFAULT 1,
  created_at            timestamptz NOT NULL
);
CREATE INDEX mandates_factor ON mandates (factor_id, id);
CREATE UNIQUE INDEX mandates_one_active ON mandates (factor_id, currency) WHERE state = 'active';
CREATE INDEX mandates_active ON mandates (world_id, currency) WHERE state = 'active';

CREATE TABLE offers (
  id          uuid PRIMARY KEY,
  factor_id   uuid NOT NULL REFERENCES organizations,
  seller_id   uuid NOT NULL REFERENCES organizations,
  invoice_id  uuid NOT NULL REFERENCES invoices,
  mandate_id  uuid NOT NULL REFERENCES mandates,
  decision_id uuid NOT NULL REFERENCES decisions,
  status      text NOT NULL CHECK (status IN ('open', 'accepted', 'declined', 'withdrawn', 'superseded')),
  currency    char(3) NOT NULL,
  terms       bytea NOT NULL, -- the whole price as it was shown, written by underwriting
  now_minor   bigint NOT NULL CHECK (now_minor > 0),
  made_at     timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX offers_seller ON offers (seller_id, invoice_id, id);
CREATE INDEX offers_factor ON offers (factor_id, id);
CREATE INDEX offers_invoice ON offers (invoice_id) WHERE status = 'open';

CREATE TABLE cases (
  id              uuid PRIMARY KEY,
  world_id        uuid NOT NULL REFERENCES worlds,
  factor_id       uuid NOT NULL REFERENCES organizations,
  seller_id       uuid NOT NULL REFERENCES organizations,
  debtor_id       uuid NOT NULL REFERENCES debtors,
  relationship_id uuid NOT NULL REFERENCES relationships,
  status          text NOT NULL CHECK (status IN ('open', 'closed')),
  tone            integer NOT NULL DEFAULT 0 CHECK (tone BETWEEN 0 AND 4),
  cycle           integer NOT NULL DEFAULT 1,
  next_action_at  timestamptz,
  waits_for       text NOT NULL DEFAULT '',
  opened_at       timestamptz NOT NULL,
  closed_at       timestamptz
);
CREATE UNIQUE INDEX cases_one_open ON cases (factor_id, seller_id, debtor_id) WHERE status = 'open';
CREATE INDEX cases_factor ON cases (factor_id, id);
CREATE INDEX cases_seller ON cases (seller_id, id);
CREATE INDEX cases_due ON cases (world_id, next_action_at, id) WHERE next_action_at IS NOT NULL;

CREATE TABLE deals (
  id                    uuid PRIMARY KEY,
  world_id              uuid NOT NULL REFERENCES worlds,
  factor_id             uuid NOT NULL REFERENCES organizations,
  seller_id             uuid NOT NULL REFERENCES organizations,
  relationship_id       uuid NOT NULL REFERENCES relationships,
  debtor_id             uuid NOT NULL REFERENCES debtors,
  invoice_id            uuid NOT NULL REFERENCES invoices,
  offer_id              uuid NOT NULL REFERENCES offers,
  case_id               uuid NOT NULL REFERENCES cases,
  mandate_id            uuid NOT NULL REFERENCES mandates,
  status                text NOT NULL CHECK (status IN ('made', 'paid_out', 'settled', 'charged_back', 'written_off', 'cancelled')),
  currency              char(3) NOT NULL,
  invoice_number        text NOT NULL,
  debtor_name           text NOT NULL, -- as its seller calls it
  due_on                date NOT NULL,
  basis_minor           bigint NOT NULL CHECK (basis_minor > 0),
  advance_minor         bigint NOT NULL CHECK (advance_minor > 0),
  reserve_minor         bigint NOT NULL CHECK (reserve_minor >= 0),
  origination_minor     bigint NOT NULL,
  wire_minor            bigint NOT NULL,
  open_minor            bigint NOT NULL CHECK (open_minor >= 0), -- of the basis, what the debtor still owes
  fee_first_days        integer NOT NULL,
  fee_first_rate        numeric(18,12) NOT NULL,
  fee_step_days         integer NOT NULL,
  fee_step_rate         numeric(18,12) NOT NULL,
  recourse_days         integer NOT NULL,
  rebate_hold           integer NOT NULL,
  recognised_minor      bigint NOT NULL DEFAULT 0,
  next_accrual_at       timestamptz,
  reference             text NOT NULL, -- ISO 11649, what the debtor quotes
  notice_code           text NOT NULL, -- typed by the debtor to see the account (D-6)
  operating_account_id  uuid NOT NULL REFERENCES bank_accounts,
  collection_account_id uuid NOT NULL REFERENCES bank_accounts,
  seller_account_id     uuid NOT NULL REFERENCES bank_accounts,
  funding_date          date,
  made_at               timestamptz NOT NULL,
  paid_in_full_on       date,
  settled_at            timestamptz,
  CHECK (advance_minor + reserve_minor = basis_minor),
  CHECK (open_minor <= basis_minor),
  UNIQUE (world_id, reference)
);
CREATE UNIQUE INDEX deals_one_live ON deals (invoice_id) WHERE status <> 'cancelled';
CREATE INDEX deals_factor ON deals (factor_id, id);
CREATE INDEX deals_seller ON deals (seller_id, id);
CREATE INDEX deals_case ON deals (case_id);
CREATE INDEX deals_pair ON deals (relationship_id) WHERE status IN ('made', 'paid_out');
CREATE INDEX deals_collecting ON deals (collection_account_id) WHERE status IN ('made', 'paid_out');
CREATE INDEX deals_accrual ON deals (world_id, next_accrual_at, id) WHERE next_accrual_at IS NOT NULL;

CREATE TABLE conditions (
  deal_id     uuid NOT NULL REFERENCES deals,
  factor_id   uuid NOT NULL,
  seller_id   uuid NOT NULL,
  code        text NOT NULL CHECK (code IN ('seller_approved', 'account_proven', 'introduced', 'verified', 'notice_delivered')),
  evidence    text,
  occurred_at timestamptz,
  expires_on  date,
  set_by      uuid,
  set_at      timestamptz,
  PRIMARY KEY (deal_id, code),
  CHECK ((evidence IS NULL) = (occurred_at IS NULL))
);

-- Limits belong to a factor and one currency; these rows are their locks.
CREATE TABLE exposures (
  factor_id  uuid NOT NULL,
  debtor_id  uuid NOT NULL,
  currency   char(3) NOT NULL,
  used_minor bigint NOT NULL DEFAULT 0 CHECK (used_minor >= 0),
  PRIMARY KEY (factor_id, debtor_id, currency)
);
CREATE TABLE facilities (
  factor_id  uuid NOT NULL,
  currency   char(3) NOT NULL,
  used_minor bigint NOT NULL DEFAULT 0 CHECK (used_minor >= 0),
  PRIMARY KEY (factor_id, currency)
);
