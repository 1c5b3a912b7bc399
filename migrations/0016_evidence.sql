-- +goose Up
-- Evidence: files that a debtor, a seller or a factor attaches to a dispute. Their bytes lie in
-- blobs of the factor, whose case it is; who may read them is decided by these rows.
CREATE TABLE evidence (
  id         uuid PRIMARY KEY,
  dispute_id uuid NOT NULL REFERENCES disputes,
  case_id    uuid NOT NULL REFERENCES cases,
  factor_id  uuid NOT NULL,
  seller_id  uuid NOT NULL,
  blob_id    uuid NOT NULL REFERENCES blobs,
  side       text NOT NULL CHECK (side IN ('debtor', 'seller', 'factor')),
  user_id    uuid, -- NULL: the debtor
  file_name  text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
  media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg', 'text/plain')),
  size       bigint NOT NULL CHECK (size BETWEEN 1 AND 10485760),
  sha256     bytea NOT NULL,
  at         timestamptz NOT NULL,
  CHECK ((side = 'debtor') = (user_id IS NULL)),
  CONSTRAINT evidence_same_bytes UNIQUE (dispute_id, sha256)
);
CREATE INDEX evidence_blob ON evidence (blob_id);
CREATE INDEX evidence_case ON evidence (case_id);

-- It is read by the three parties, written by the use case that looked into the file, and never
-- changed.
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON evidence FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id) OR case_id = app_case());
CREATE POLICY written ON evidence FOR INSERT WITH CHECK (app_wide());
GRANT SELECT, INSERT ON evidence TO comity_app;

-- Where post to a debtor goes, a line each.
ALTER TABLE relationships ADD COLUMN address text NOT NULL DEFAULT '';
