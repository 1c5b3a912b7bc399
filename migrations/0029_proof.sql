-- +goose Up
-- The proof of a sale as it left with the answer to who asked for it (F-41), so that its debtor reads
-- the same letter again on its page. The bytes lie in blobs of the factor, whose case it is. An answer
-- that has to be sent anew brings a letter of that day, which replaces the one before.
CREATE TABLE proofs (
  question_id uuid PRIMARY KEY REFERENCES questions,
  case_id     uuid NOT NULL REFERENCES cases,
  factor_id   uuid NOT NULL,
  seller_id   uuid NOT NULL,
  blob_id     uuid NOT NULL REFERENCES blobs,
  at          timestamptz NOT NULL
);
CREATE INDEX proofs_case ON proofs (case_id, at);
CREATE INDEX proofs_blob ON proofs (blob_id);
ALTER TABLE proofs ENABLE ROW LEVEL SECURITY;
ALTER TABLE proofs FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON proofs FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id));
CREATE POLICY written ON proofs FOR INSERT WITH CHECK (app_wide());
CREATE POLICY changed ON proofs FOR UPDATE USING (app_wide());
GRANT SELECT, INSERT, UPDATE ON proofs TO comity_app;

-- +goose StatementBegin
-- debtor_proven answers which answer to the debtor of app_case() came with the latest proof; a debtor
-- that is not told has none.
CREATE FUNCTION debtor_proven() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('proof', (SELECT p.question_id FROM proofs p JOIN cases k ON k.id = p.case_id
     WHERE p.case_id = app_case() AND k.disclosure <> 'confidential' ORDER BY p.at DESC, p.question_id DESC LIMIT 1))
$$;

-- debtor_proof answers that proof itself, to a link that is in force.
CREATE FUNCTION debtor_proof(p_link uuid) RETURNS TABLE (media_type text, file_name text, sha256 bytea, bytes bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT b.media_type, b.file_name, b.sha256, (SELECT string_agg(p.bytes, '' ORDER BY p.n) FROM blob_parts p WHERE p.blob_id = b.id)
    FROM links l JOIN cases k ON k.id = l.case_id JOIN proofs f ON f.case_id = k.id JOIN blobs b ON b.id = f.blob_id
   WHERE l.id = p_link AND l.case_id = app_case() AND l.revoked_at IS NULL AND l.expires_at > now() AND k.disclosure <> 'confidential'
   ORDER BY f.at DESC, f.question_id DESC LIMIT 1;
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION debtor_proven(), debtor_proof(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION debtor_proven(), debtor_proof(uuid) TO comity_app;
