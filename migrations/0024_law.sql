-- +goose Up
-- The law of an assignment: rows of law are code, and what counsel signed of them is data.

-- Counsel's signatures, by world: added to, never changed. The last one of a row counts.
CREATE TABLE law_signatures (
  id          uuid PRIMARY KEY,
  world_id    uuid NOT NULL REFERENCES worlds,
  law         text NOT NULL,  -- the code of the row
  sha256      bytea NOT NULL CHECK (length(sha256) = 32), -- of the text that was signed
  counsel     text NOT NULL,
  reference   text NOT NULL,  -- of counsel's opinion
  signed_on   date NOT NULL,
  review_by   date NOT NULL,  -- the last day on which it counts
  recorded_by uuid NOT NULL REFERENCES users,
  at          timestamptz NOT NULL,
  CHECK (review_by > signed_on)
);
CREATE INDEX law_signatures_world ON law_signatures (world_id, law, id);
CREATE INDEX law_signatures_recorded_by ON law_signatures (recorded_by);

ALTER TABLE law_signatures ENABLE ROW LEVEL SECURITY;
ALTER TABLE law_signatures FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON law_signatures FOR SELECT USING (app_wide() OR app_scope() IN ('seller', 'factor'));
CREATE POLICY written ON law_signatures FOR INSERT WITH CHECK (app_wide());
GRANT SELECT, INSERT ON law_signatures TO comity_app;

-- What a contract says of assignment (NULL: its seller has not said), and on which ground it was assignable
-- when an offer and a sale were made of it (NULL: before anybody asked).
ALTER TABLE relationships ADD COLUMN assignment jsonb CHECK (assignment ->> 'clause' IN ('none', 'forbids'));
ALTER TABLE offers ADD COLUMN assignable jsonb CHECK (assignable ->> 'ground' IN ('not_stated', 'no_clause', 'consent', 'law'));
ALTER TABLE deals ADD COLUMN assignable jsonb CHECK (assignable ->> 'ground' IN ('not_stated', 'no_clause', 'consent', 'law'));

-- +goose StatementBegin
-- case_laws answers what counsel signed in the world of a case, as long as a notice of it is not
-- delivered: nothing else that is written to a debtor carries a row of law.
CREATE FUNCTION case_laws(p_case uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM deals d JOIN conditions c ON c.deal_id = d.id AND c.code = 'notice_delivered' AND c.occurred_at IS NULL
                  WHERE d.case_id = p_case AND d.status <> 'cancelled') THEN RETURN '{}'; END IF;
  RETURN (SELECT jsonb_build_object('law_signatures', coalesce(jsonb_agg(to_jsonb(s)), '[]'))
            FROM (SELECT DISTINCT ON (s.law) s.* FROM law_signatures s JOIN cases k ON k.world_id = s.world_id WHERE k.id = p_case ORDER BY s.law, s.id DESC) s);
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION case_laws(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_laws(uuid) TO comity_app;
