#!/bin/sh
# The logins beside the owner's: Turnus's serving role and Temporal's own.
# PostgreSQL's image runs this once, when its volume is empty.
set -eu
app=$(cat /run/secrets/app_password)
temporal=$(cat /run/secrets/temporal_password)
psql -v ON_ERROR_STOP=1 -v app="$app" -v temporal="$temporal" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE turnus_app LOGIN PASSWORD :'app';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE turnus FROM PUBLIC;
REVOKE CONNECT ON DATABASE temporal FROM PUBLIC;
REVOKE CONNECT ON DATABASE temporal_visibility FROM PUBLIC;
SQL
