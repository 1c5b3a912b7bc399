-- +goose Up
-- Courtesy: what holds an item back, what stops a case, what was said and why.

CREATE TABLE holds (
  id           uuid PRIMARY KEY,
  case_id      uuid NOT NULL REFERENCES cases,
  factor_id    uuid NOT NULL,
  seller_id    uuid NOT NULL,
  deal_id      uuid REFERENCES deals, -- NULL: the whole case
  code         text NOT NULL CHECK (code IN ('paid_or_pending', 'promise_active', 'disputed_part', 'query_unanswered_by_us')),
  amount_minor bigint CHECK (amount_minor > 0), -- NULL: the whole item
  until_at     timestamptz, -- NULL: until somebody ends it
  cause_kind   text NOT NULL,
  cause_id     uuid NOT NULL,
  created_at   timestamptz NOT NULL,
  ended_at     timestamptz
);
CREATE INDEX holds_case ON holds (case_id) WHERE ended_at IS NULL;

CREATE TABLE promises (
  id           uuid PRIMARY KEY,
  case_id      uuid NOT NULL REFERENCES cases,
  factor_id    uuid NOT NULL,
  seller_id    uuid NOT NULL,
  deal_id      uuid NOT NULL REFERENCES deals,
  status       text NOT NULL CHECK (status IN ('active', 'kept', 'part_kept', 'broken', 'cancelled')),
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  open_before  bigint NOT NULL,
  promised_on  date NOT NULL,
  judge_on     date NOT NULL, -- decided when the statement of this day is loaded (D-18)
  made_at      timestamptz NOT NULL,
  decided_at   timestamptz
);
CREATE INDEX promises_case ON promises (case_id, id);
CREATE UNIQUE INDEX promises_one_active ON promises (deal_id) WHERE status = 'active';

CREATE TABLE disputes (
  id           uuid PRIMARY KEY,
  case_id      uuid NOT NULL REFERENCES cases,
  factor_id    uuid NOT NULL,
  seller_id    uuid NOT NULL,
  deal_id      uuid NOT NULL REFERENCES deals,
  status       text NOT NULL CHECK (status IN ('open', 'answered', 'mediation', 'resolved')),
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  said         text NOT NULL,
  raised_at    timestamptz NOT NULL,
  resolved_at  timestamptz
);
CREATE INDEX disputes_case ON disputes (case_id, id);

CREATE TABLE questions (
  id          uuid PRIMARY KEY,
  case_id     uuid NOT NULL REFERENCES cases,
  factor_id   uuid NOT NULL,
  seller_id   uuid NOT NULL,
  deal_id     uuid REFERENCES deals, -- NULL: about everything
  said        text NOT NULL,
  asked_at    timestamptz NOT NULL,
  answer      text,
  answered_at timestamptz,
  answered_by uuid
);
CREATE INDEX questions_case ON questions (case_id, id);

CREATE TABLE stops (
  id         uuid PRIMARY KEY,
  case_id    uuid NOT NULL REFERENCES cases,
  factor_id  uuid NOT NULL,
  seller_id  uuid NOT NULL,
  code       text NOT NULL CHECK (code IN ('legal_stop', 'represented', 'cease_requested', 'complaint_open', 'sanctions_hold', 'proof_pending')),
  reason     text NOT NULL,
  set_by     uuid NOT NULL,
  set_at     timestamptz NOT NULL,
  lift_by    uuid, -- the first of two people
  lifted_by  uuid,
  lifted_at  timestamptz
);
CREATE UNIQUE INDEX stops_in_force ON stops (case_id, code) WHERE lifted_at IS NULL;

CREATE TABLE touches (
  id           uuid PRIMARY KEY,
  world_id     uuid NOT NULL,
  case_id      uuid NOT NULL REFERENCES cases,
  factor_id    uuid NOT NULL REFERENCES organizations,
  seller_id    uuid NOT NULL REFERENCES organizations,
  relationship_id uuid NOT NULL REFERENCES relationships,
  cycle        integer NOT NULL,
  step         text NOT NULL,
  class        text NOT NULL CHECK (class IN ('heads_up', 'reminder', 'legal_notice', 'answer', 'receipt', 'thank_you')),
  tone         integer NOT NULL,
  status       text NOT NULL CHECK (status IN ('planned', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
  recipient    text NOT NULL,
  contact_key  bytea NOT NULL,
  subject      text NOT NULL DEFAULT '',
  body_text    text NOT NULL DEFAULT '',
  body_html    text NOT NULL DEFAULT '',
  why_now      text NOT NULL DEFAULT '',
  items        uuid[] NOT NULL DEFAULT '{}', -- deals listed
  message_id   text NOT NULL DEFAULT '',
  link_id      uuid,
  claimed_at   timestamptz,
  sent_at      timestamptz,
  attempts     integer NOT NULL DEFAULT 0,
  outcome      text NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL,
  UNIQUE (case_id, cycle, step)
);
CREATE INDEX touches_case ON touches (case_id, id);
CREATE INDEX touches_pair ON touches (relationship_id, claimed_at);

-- The contact window counts what reached one address, over every tenant. Only
-- counts are kept, never who wrote.
CREATE TABLE contact_windows (
  world_id    uuid NOT NULL,
  contact_key bytea NOT NULL,
  PRIMARY KEY (world_id, contact_key)
);
CREATE TABLE contacts_made (
  world_id    uuid NOT NULL,
  contact_key bytea NOT NULL,
  touch_id    uuid NOT NULL,
  seller_id   uuid NOT NULL,
  counted     boolean NOT NULL, -- for the ceiling
  daily       boolean NOT NULL, -- for one message a day
  at          timestamptz NOT NULL,
  PRIMARY KEY (world_id, contact_key, touch_id)
);
CREATE INDEX contacts_made_at ON contacts_made (world_id, contact_key, at);

CREATE TABLE gate_decisions (
  id        uuid PRIMARY KEY,
  case_id   uuid NOT NULL REFERENCES cases,
  factor_id uuid NOT NULL,
  seller_id uuid NOT NULL,
  step      text NOT NULL,
  class     text NOT NULL,
  sent      boolean NOT NULL,
  codes     text[] NOT NULL, -- real codes: the factor's audit
  outward   text[] NOT NULL, -- what the seller is shown (D-7)
  facts     text NOT NULL,
  look_again_at timestamptz,
  at        timestamptz NOT NULL
);
CREATE INDEX gate_decisions_case ON gate_decisions (case_id, id);

CREATE TABLE links (
  id          uuid PRIMARY KEY,
  case_id     uuid NOT NULL REFERENCES cases,
  factor_id   uuid NOT NULL,
  seller_id   uuid NOT NULL,
  recipient   text NOT NULL,
  verbs       text[] NOT NULL,
  key_version integer NOT NULL,
  confirmed_at timestamptz, -- the notice's code was typed on it
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX links_case ON links (case_id);

-- find_link is the only look-up by a debtor who has no account: it answers the
-- case and the time in its world for a link that is in force.
-- +goose StatementBegin
CREATE FUNCTION find_link(p_link uuid)
RETURNS TABLE (case_id uuid, verbs text[], key_version integer, confirmed boolean, world_id uuid, world_now timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.case_id, l.verbs, l.key_version, l.confirmed_at IS NOT NULL, c.world_id, w.clock_at
    FROM links l JOIN cases c ON c.id = l.case_id JOIN worlds w ON w.id = c.world_id
   WHERE l.id = p_link AND l.revoked_at IS NULL AND l.expires_at > now()
$$;
-- +goose StatementEnd
