-- +goose Up
-- What became of a part that is its seller's again (D-25): as the seller says, in no book of a factor.
ALTER TABLE recourses ADD COLUMN settled_minor bigint NOT NULL DEFAULT 0 CHECK (settled_minor BETWEEN 0 AND part_minor); -- credited by the seller or paid to it

CREATE TABLE recourse_reports (
  id           uuid PRIMARY KEY,
  recourse_id  uuid NOT NULL REFERENCES recourses,
  seller_id    uuid NOT NULL REFERENCES organizations,
  deal_id      uuid NOT NULL REFERENCES deals,
  kind         text NOT NULL CHECK (kind IN ('credited', 'paid')),
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  happened_on  date NOT NULL,
  note         text NOT NULL,
  made_by      uuid NOT NULL,
  made_at      timestamptz NOT NULL
);
CREATE INDEX recourse_reports_recourse ON recourse_reports (recourse_id, id);
ALTER TABLE recourse_reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE recourse_reports FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON recourse_reports TO comity_app;
CREATE POLICY home ON recourse_reports FOR SELECT USING (app_sees(seller_id));
CREATE POLICY written ON recourse_reports FOR INSERT WITH CHECK (app_wide());

-- The words of what a seller sends by itself about such a part. It counts as a touch of the case, whose
-- factor does not read it.
CREATE TABLE own_reminders (
  touch_id    uuid PRIMARY KEY REFERENCES touches,
  recourse_id uuid NOT NULL REFERENCES recourses,
  seller_id   uuid NOT NULL REFERENCES organizations,
  subject     text NOT NULL,
  body_text   text NOT NULL,
  at          timestamptz NOT NULL
);
CREATE INDEX own_reminders_recourse ON own_reminders (recourse_id, touch_id);
ALTER TABLE own_reminders ENABLE ROW LEVEL SECURITY;
ALTER TABLE own_reminders FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON own_reminders TO comity_app;
CREATE POLICY home ON own_reminders FOR SELECT USING (app_sees(seller_id));
CREATE POLICY written ON own_reminders FOR INSERT WITH CHECK (app_wide());
