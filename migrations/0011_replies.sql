-- +goose Up
-- What debtors answer by mail. Every mail is kept as it came; what it says is a proposal,
-- and one that a person wrote rests the case until somebody has read it.

-- A case has one question for all mails that wait to be read. It quotes none of them: who
-- sent a mail is not proven, and our letters carry nobody else's words.
ALTER TABLE questions ADD COLUMN by_mail boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX questions_unread ON questions (case_id) WHERE by_mail AND answered_at IS NULL;

CREATE TABLE replies (
  id               uuid PRIMARY KEY,
  digest           bytea NOT NULL UNIQUE, -- SHA-256 of the mail: the same mail again is no second reply
  world_id         uuid,                  -- NULL, as the columns below: it belongs to no case
  case_id          uuid REFERENCES cases,
  factor_id        uuid REFERENCES organizations,
  seller_id        uuid REFERENCES organizations,
  touch_id         uuid REFERENCES touches, -- the message of ours that it answers
  question_id      uuid REFERENCES questions, -- what the collector answers or closes
  kind             text NOT NULL CHECK (kind IN ('human', 'out_of_office', 'bounce', 'complaint', 'list_or_bulk', 'automatic')),
  because          text NOT NULL,
  sender           text NOT NULL,
  sender_known     boolean NOT NULL, -- it came from the address that we write to
  message_id       text NOT NULL,
  subject          text NOT NULL,
  own              text NOT NULL, -- what the sender wrote, without what it quotes
  body             text NOT NULL,
  faults           text[] NOT NULL,
  files            text[] NOT NULL, -- names of what came with it
  hint_kinds       text[] NOT NULL, -- what the triage proposes: reason, flag, amount, date or invoice
  hint_values      text[] NOT NULL,
  hint_words       text[] NOT NULL, -- the words that each rests on
  acknowledgement  boolean NOT NULL,
  summary          text NOT NULL,
  received_at      timestamptz NOT NULL, -- in its world
  raw              bytea NOT NULL,
  CHECK ((case_id IS NULL) = (factor_id IS NULL) AND (case_id IS NULL) = (seller_id IS NULL) AND (case_id IS NULL) = (world_id IS NULL))
);
CREATE INDEX replies_case ON replies (case_id, id);
CREATE INDEX replies_touch ON replies (touch_id) WHERE acknowledgement;
CREATE INDEX replies_question ON replies (question_id, id);
CREATE INDEX replies_factor ON replies (factor_id, id);
CREATE INDEX replies_nowhere ON replies (id) WHERE case_id IS NULL;
CREATE INDEX relationships_email ON relationships (lower(email));

ALTER TABLE replies ENABLE ROW LEVEL SECURITY;
ALTER TABLE replies FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON replies FOR SELECT USING (app_wide() OR app_sees(factor_id) OR app_sees(seller_id));
CREATE POLICY platform ON replies FOR SELECT USING (app_scope() = 'platform' AND case_id IS NULL);
CREATE POLICY written ON replies FOR INSERT WITH CHECK (app_wide());
GRANT SELECT, INSERT ON replies TO comity_app;
