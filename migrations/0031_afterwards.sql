-- +goose Up
-- What became of a part that is its seller's again (D-25): as the seller says, in no book of a factor.
ALTER TABLE recourses
  ADD COLUMN settled_minor bigint NOT NULL DEFAULT 0 CHECK (settled_minor BETWEEN 0 AND part_minor), -- credited by the seller or paid to it
  ADD COLUMN agreed_on date; -- the debtor agreed that what is left of a disputed part is payable

CREATE TABLE recourse_reports (
  id           uuid PRIMARY KEY,
  recourse_id  uuid NOT NULL REFERENCES recourses,
  seller_id    uuid NOT NULL REFERENCES organizations,
  deal_id      uuid NOT NULL REFERENCES deals,
  kind         text NOT NULL CHECK (kind IN ('credited', 'paid', 'taken_back', 'agreed')),
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  happened_on  date NOT NULL,
  note         text NOT NULL,
  made_by      uuid NOT NULL,
  made_at      timestamptz NOT NULL
);
CREATE INDEX recourse_reports_recourse ON recourse_reports (recourse_id, id);

-- What a seller sends by itself about such a part. It counts for the address as a message of everybody's
-- does; its words, and that it was sent, are between the seller and its debtor.
CREATE TABLE own_reminders (
  id          uuid PRIMARY KEY,
  recourse_id uuid NOT NULL REFERENCES recourses,
  seller_id   uuid NOT NULL REFERENCES organizations,
  debtor_id   uuid NOT NULL REFERENCES debtors,
  recipient   text NOT NULL,
  subject     text NOT NULL,
  body_text   text NOT NULL,
  template    text NOT NULL,
  at          timestamptz NOT NULL
);
CREATE INDEX own_reminders_recourse ON own_reminders (recourse_id, id);
CREATE INDEX own_reminders_pair ON own_reminders (seller_id, debtor_id, at);

-- +goose StatementBegin
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN VALUES ('recourse_reports'), ('own_reminders') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO comity_app', t);
    EXECUTE format('CREATE POLICY home ON %I FOR SELECT USING (app_sees(seller_id))', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide())', t);
  END LOOP;
END $$;

-- case_own answers when the seller of a case last wrote to its debtor by itself: a message that we start
-- keeps its distance from that too.
CREATE FUNCTION case_own(p_case uuid, p_now timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('own_at', (SELECT max(o.at) FROM own_reminders o WHERE o.seller_id = k.seller_id AND o.debtor_id = k.debtor_id AND o.at > p_now - interval '9 days'))
    FROM cases k WHERE k.id = p_case
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION case_own(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_own(uuid, timestamptz) TO comity_app;
