-- +goose Up
-- The house: who is here, in which world, what was asked, and what must be done.

-- +goose StatementBegin
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'comity_app') THEN
    CREATE ROLE comity_app NOLOGIN NOBYPASSRLS;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database's migration made it meanwhile
END $$;
-- +goose StatementEnd

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO comity_app;

-- What a transaction may see is told by these locals and by nothing else; unset
-- means nobody, and nobody sees nothing.
CREATE FUNCTION app_scope() RETURNS text LANGUAGE sql STABLE
  RETURN coalesce(current_setting('app.scope', true), '');
CREATE FUNCTION app_org() RETURNS uuid LANGUAGE sql STABLE
  RETURN nullif(current_setting('app.org', true), '')::uuid;
CREATE FUNCTION app_case() RETURNS uuid LANGUAGE sql STABLE
  RETURN CASE WHEN app_scope() = 'debtor' THEN nullif(current_setting('app.case', true), '')::uuid END;
CREATE FUNCTION app_keeper() RETURNS uuid LANGUAGE sql STABLE -- whose idempotency keys: an organisation, or a debtor's link
  RETURN nullif(current_setting('app.keeper', true), '')::uuid;
CREATE FUNCTION app_sees(org uuid) RETURNS boolean LANGUAGE sql STABLE
  RETURN app_scope() IN ('market', 'work') OR (app_scope() IN ('seller', 'factor', 'platform') AND org = app_org());
CREATE FUNCTION app_wide() RETURNS boolean LANGUAGE sql STABLE
  RETURN app_scope() IN ('market', 'work');

CREATE TABLE worlds (
  id             uuid PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN ('live', 'sandbox')),
  name           text NOT NULL,
  join_code_hash bytea UNIQUE,
  clock_at       timestamptz,
  target_at      timestamptz,
  runner_state   text NOT NULL DEFAULT 'idle' CHECK (runner_state IN ('idle', 'running', 'stopped')),
  runner_reason  text,
  runner_id      uuid,        -- the one process that runs a sandbox now
  runner_until   timestamptz, -- real time
  created_at     timestamptz NOT NULL DEFAULT now(),
  CHECK ((kind = 'live') = (clock_at IS NULL)),
  CHECK (target_at IS NULL OR target_at >= clock_at)
);
CREATE UNIQUE INDEX worlds_one_live ON worlds (kind) WHERE kind = 'live';
INSERT INTO worlds (id, kind, name) VALUES ('00000000-0000-7000-8000-000000000001', 'live', 'live');

CREATE TABLE organizations (
  id         uuid PRIMARY KEY,
  world_id   uuid REFERENCES worlds, -- NULL: the platform stands outside worlds
  kind       text NOT NULL CHECK (kind IN ('seller', 'factor', 'platform')),
  name       text NOT NULL,
  legal_type text NOT NULL CHECK (legal_type IN ('company', 'partnership', 'sole_trader', 'public_body')),
  country    char(2) NOT NULL,
  time_zone  text NOT NULL,
  tax_ids    text[] NOT NULL DEFAULT '{}',
  email      text NOT NULL,
  created_at timestamptz NOT NULL,
  CHECK ((kind = 'platform') = (world_id IS NULL))
);
CREATE INDEX organizations_world ON organizations (world_id, id);

CREATE TABLE users (
  id            uuid PRIMARY KEY,
  org_id        uuid NOT NULL REFERENCES organizations,
  email         text NOT NULL,
  name          text NOT NULL,
  role          text NOT NULL CHECK (role IN ('owner', 'member', 'analyst', 'collector', 'operator')),
  password_hash text NOT NULL,
  created_at    timestamptz NOT NULL,
  disabled_at   timestamptz
);
CREATE UNIQUE INDEX users_email ON users (lower(email));
CREATE INDEX users_org ON users (org_id, id);

CREATE TABLE idempotency (
  scope_id   uuid NOT NULL, -- the organisation, or the debtor's link
  route      text NOT NULL,
  key        text NOT NULL,
  hash       bytea NOT NULL,
  status     integer,
  body       bytea,
  location   text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope_id, route, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE audit (
  id           uuid PRIMARY KEY,
  world_id     uuid,
  org_id       uuid,
  actor_id     uuid,
  action       text NOT NULL,
  subject_kind text NOT NULL,
  subject_id   uuid NOT NULL,
  digest       bytea NOT NULL,
  known_at     timestamptz NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_org ON audit (org_id, id);
CREATE INDEX audit_subject ON audit (subject_id, id);

-- Events are what happened, in plain words, for those whom it concerns.
CREATE TABLE events (
  id         uuid PRIMARY KEY,
  world_id   uuid,
  kind       text NOT NULL,
  factor_id  uuid,
  seller_id  uuid,
  invoice_id uuid,
  deal_id    uuid,
  case_id    uuid,
  said       text NOT NULL, -- one sentence that every party named here may read
  at         timestamptz NOT NULL
);
CREATE INDEX events_seller_invoice ON events (seller_id, invoice_id, id);
CREATE INDEX events_seller ON events (seller_id, id);
CREATE INDEX events_factor ON events (factor_id, id);
CREATE INDEX events_deal ON events (deal_id, id);
CREATE INDEX events_case ON events (case_id, id);

CREATE TABLE jobs (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  world_id     uuid NOT NULL,
  kind         text NOT NULL,
  ref          uuid NOT NULL,
  state        text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'done', 'dead')),
  run_at       timestamptz NOT NULL DEFAULT now(),
  locked_until timestamptz,
  fence        bigint NOT NULL DEFAULT 0,
  attempts     integer NOT NULL DEFAULT 0,
  last_error   text,
  finished_at  timestamptz
);
CREATE INDEX jobs_ready ON jobs (world_id, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_leased ON jobs (locked_until) WHERE state = 'running';

-- Bytes that somebody handed in, or that we made for somebody: stored whole, in
-- pieces of 256 KiB.
CREATE TABLE blobs (
  id         uuid PRIMARY KEY,
  org_id     uuid NOT NULL REFERENCES organizations,
  media_type text NOT NULL,
  file_name  text NOT NULL,
  size       bigint NOT NULL CHECK (size >= 0),
  sha256     bytea NOT NULL CHECK (length(sha256) = 32),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX blobs_age ON blobs (created_at);
CREATE INDEX blobs_org ON blobs (org_id, sha256);
CREATE TABLE blob_parts (
  blob_id uuid NOT NULL REFERENCES blobs ON DELETE CASCADE,
  org_id  uuid NOT NULL,
  n       integer NOT NULL,
  bytes   bytea NOT NULL CHECK (length(bytes) <= 262144),
  PRIMARY KEY (blob_id, n)
);

-- enter begins every transaction: it says who asks and claims the idempotency
-- key. Verdicts: fresh, replay (with the stored answer), reused (other body).
-- +goose StatementBegin
CREATE FUNCTION enter(p_scope text, p_org uuid, p_actor uuid, p_case uuid,
                      p_scope_id uuid, p_route text, p_key text, p_hash bytea)
RETURNS TABLE (verdict text, status integer, body bytea, location text) LANGUAGE plpgsql AS $$
DECLARE
  stored idempotency;
  before text := current_setting('lock_timeout');
BEGIN
  PERFORM set_config('app.scope', p_scope, true), set_config('app.org', coalesce(p_org::text, ''), true),
          set_config('app.actor', coalesce(p_actor::text, ''), true), set_config('app.case', coalesce(p_case::text, ''), true),
          set_config('app.keeper', coalesce(p_scope_id::text, ''), true);
  verdict := 'fresh';
  IF coalesce(p_key, '') <> '' THEN
    PERFORM set_config('lock_timeout', '2s', true);
    INSERT INTO idempotency (scope_id, route, key, hash) VALUES (p_scope_id, p_route, p_key, p_hash)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      SELECT * INTO stored FROM idempotency i
       WHERE i.scope_id = p_scope_id AND i.route = p_route AND i.key = p_key;
      verdict := CASE WHEN stored.hash = p_hash THEN 'replay' ELSE 'reused' END;
      status := stored.status;
      body := stored.body;
      location := stored.location;
    END IF;
    PERFORM set_config('lock_timeout', before, true);
  END IF;
  RETURN NEXT;
END $$;
-- +goose StatementEnd

-- authenticate answers who a token's user is now, and what time it is in its world.
-- +goose StatementBegin
CREATE FUNCTION authenticate(p_user uuid, p_org uuid)
RETURNS TABLE (role text, kind text, world_id uuid, world_kind text, world_now timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN -- not LANGUAGE sql: what that language cannot inline it plans again at every call
  RETURN QUERY SELECT u.role, o.kind, o.world_id, w.kind, w.clock_at
    FROM users u JOIN organizations o ON o.id = u.org_id LEFT JOIN worlds w ON w.id = o.world_id
   WHERE u.id = p_user AND u.org_id = p_org AND u.disabled_at IS NULL;
END $$;
-- +goose StatementEnd

-- sign_in answers what is needed to check a password; an unknown address gives no row.
-- +goose StatementBegin
CREATE FUNCTION sign_in(p_email text)
RETURNS TABLE (user_id uuid, org_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.org_id, u.password_hash FROM users u
   WHERE lower(u.email) = lower(p_email) AND u.disabled_at IS NULL
$$;
-- +goose StatementEnd

-- sign_up makes an organisation and its first user. It answers the world that
-- the join code names (no code: the live world), or no row for a wrong code.
-- +goose StatementBegin
CREATE FUNCTION sign_up(p_code_hash bytea, p_org organizations, p_user users)
RETURNS TABLE (world_id uuid) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  w worlds;
BEGIN
  IF p_org.kind NOT IN ('seller', 'factor') THEN RAISE EXCEPTION 'no such sign-up'; END IF;
  SELECT * INTO w FROM worlds
   WHERE CASE WHEN p_code_hash IS NULL THEN worlds.kind = 'live' ELSE join_code_hash = p_code_hash END;
  IF NOT FOUND THEN RETURN; END IF;
  p_org.world_id := w.id;
  p_org.created_at := coalesce(w.clock_at, now());
  p_user.created_at := p_org.created_at;
  INSERT INTO organizations SELECT (p_org).*;
  INSERT INTO users SELECT (p_user).*;
  world_id := w.id;
  RETURN NEXT;
END $$;
-- +goose StatementEnd
