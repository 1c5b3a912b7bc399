#!/bin/sh
# Runs once, when the database is made: the role that server and worker sign in
# as. It owns nothing and cannot look past row-level security.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set=password="$COMITY_APP_PASSWORD" <<'SQL'
CREATE ROLE comity_app LOGIN NOBYPASSRLS PASSWORD :'password';
SQL
