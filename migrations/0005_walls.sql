-- +goose Up
-- The second wall: row-level security on every tenant table, forced. A query
-- names its own side's column first; this only catches the one that forgets.

-- +goose StatementBegin
DO $$
DECLARE
  t text;
  c text;
BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version' LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;

  -- Rows of one organisation: it reads and writes them.
  FOR t, c IN VALUES
    ('users', 'org_id'), ('bank_accounts', 'org_id'), ('blobs', 'org_id'), ('blob_parts', 'org_id'),
    ('mandates', 'factor_id'), ('statements', 'factor_id'), ('statement_lines', 'factor_id'), ('receipts', 'factor_id'),
    ('relationships', 'seller_id'), ('imports', 'seller_id'), ('import_rows', 'seller_id'), ('history', 'seller_id'),
    ('invoices', 'seller_id'), ('decisions', 'seller_id')
  LOOP
    EXECUTE format('CREATE POLICY home ON %I USING (app_sees(%I))', t, c);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;

  -- Rows of two parties: both read, only use cases that see both sides write.
  FOR t IN VALUES ('offers'), ('deals'), ('conditions'), ('payouts'), ('allocations') LOOP
    EXECUTE format('CREATE POLICY parties ON %I FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id))', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide())', t);
    EXECUTE format('CREATE POLICY changed ON %I FOR UPDATE USING (app_wide())', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;

  -- The books: appended to, never changed.
  FOR t IN VALUES ('journals'), ('postings') LOOP
    EXECUTE format('CREATE POLICY parties ON %I FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id))', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide())', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO comity_app', t);
  END LOOP;

  -- Rows of a case: its factor writes, its seller reads, its debtor has its own case.
  FOR t, c IN VALUES
    ('cases', 'id'), ('holds', 'case_id'), ('promises', 'case_id'), ('disputes', 'case_id'), ('questions', 'case_id')
  LOOP
    EXECUTE format('CREATE POLICY parties ON %I FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id) OR %I = app_case())', t, c);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_wide() OR %I = app_case())', t, c);
    EXECUTE format('CREATE POLICY changed ON %I FOR UPDATE USING (app_sees(factor_id) OR %I = app_case())', t, c);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;
  FOR t IN VALUES ('stops'), ('touches'), ('gate_decisions'), ('links') LOOP
    EXECUTE format('CREATE POLICY parties ON %I FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id))', t);
    EXECUTE format('CREATE POLICY written ON %I FOR INSERT WITH CHECK (app_sees(factor_id))', t);
    EXECUTE format('CREATE POLICY changed ON %I FOR UPDATE USING (app_sees(factor_id))', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;

  -- The platform's own tables: no tenant sees them.
  FOR t IN VALUES ('debtors'), ('fingerprints'), ('exposures'), ('facilities'), ('contact_windows'), ('contacts_made') LOOP
    EXECUTE format('CREATE POLICY platform ON %I USING (app_wide())', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comity_app', t);
  END LOOP;
END $$;
-- +goose StatementEnd

-- Left-over bytes are swept by the worker; the cascade takes their pieces.
GRANT DELETE ON blobs, blob_parts TO comity_app;

CREATE POLICY own ON organizations FOR SELECT USING (app_sees(id) OR app_scope() = 'platform');
CREATE POLICY platform_made ON organizations FOR INSERT WITH CHECK (app_wide());
GRANT SELECT, INSERT ON organizations TO comity_app;

CREATE POLICY runners ON worlds USING (app_wide());
CREATE POLICY platform_reads ON worlds FOR SELECT USING (app_scope() = 'platform');
CREATE POLICY platform_makes ON worlds FOR INSERT WITH CHECK (app_scope() = 'platform');
GRANT SELECT, INSERT, UPDATE ON worlds TO comity_app;

-- Keys are claimed inside enter, by the transaction that uses them.
CREATE POLICY own ON idempotency USING (app_wide() OR scope_id = app_keeper());
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO comity_app;

-- An audit row is in the name of who asks, and of nobody else.
CREATE POLICY written ON audit FOR INSERT WITH CHECK (app_wide() OR (app_scope() <> '' AND org_id IS NOT DISTINCT FROM app_org()));
CREATE POLICY own ON audit FOR SELECT USING (app_sees(org_id));
GRANT SELECT, INSERT ON audit TO comity_app;

CREATE POLICY written ON events FOR INSERT WITH CHECK (app_scope() <> '');
CREATE POLICY parties ON events FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id));
GRANT SELECT, INSERT ON events TO comity_app;

CREATE POLICY written ON jobs FOR INSERT WITH CHECK (app_scope() <> '');
CREATE POLICY workers ON jobs USING (app_wide());
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO comity_app;

-- resolve_debtor answers the platform's debtor behind a name, making it when it
-- is new. The caller learns an id and nothing about who else knows it.
-- +goose StatementBegin
CREATE FUNCTION resolve_debtor(p_new uuid, p_world uuid, p_country text, p_name_key text, p_tax_key text)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found_id uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_world::text || p_country || coalesce(p_tax_key, p_name_key), 0));
  SELECT id INTO found_id FROM debtors
   WHERE world_id = p_world AND country = p_country AND p_tax_key IS NOT NULL AND tax_key = p_tax_key;
  IF found_id IS NULL THEN
    SELECT id INTO found_id FROM debtors
     WHERE world_id = p_world AND country = p_country AND name_key = p_name_key
       AND (p_tax_key IS NULL OR tax_key IS NULL)
     ORDER BY id LIMIT 1;
  END IF;
  IF found_id IS NULL THEN
    INSERT INTO debtors (id, world_id, country, name_key, tax_key)
    VALUES (p_new, p_world, p_country, p_name_key, p_tax_key);
    found_id := p_new;
  END IF;
  RETURN found_id;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
  -- SECURITY DEFINER functions are for the application, not for everybody.
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO comity_app;
END $$;
-- +goose StatementEnd
