-- The role of the console on PostgreSQL, with what the console needs and nothing else. Run it as the role that owns the tables, which
-- must be allowed to make roles, after each "db upgrade"; it may be run as often as you like:
--   CONSOLE_PASSWORD=... psql --no-psqlrc --file config/console_role.sql --dbname DATABASE        (psql 15 or later)
-- The console's store is then postgresql+psycopg://ilc_console:PASSWORD@HOST/DATABASE. What only the worker or an operator may do, such
-- as writing runs and ledger, changing or erasing what was recorded, or renaming a person whose id has changed, the server refuses.
\set ON_ERROR_STOP on
\getenv password CONSOLE_PASSWORD
\if :{?password}
\else
  \echo 'CONSOLE_PASSWORD is not set. Nothing was changed.'
  SELECT 1 / 0;
\endif
BEGIN;

SELECT 'CREATE ROLE ilc_console' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ilc_console') \gexec
ALTER ROLE ilc_console LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT CONNECTION LIMIT 40 PASSWORD :'password';

-- Whatever it had before goes, so that this file alone says what it may.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ilc_console;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM ilc_console;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, ilc_console;
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC, ilc_console', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO ilc_console', current_database()) \gexec
GRANT USAGE ON SCHEMA public TO ilc_console;

-- It shows everything.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ilc_console;

-- The audit log is appended to. What stands in it is neither changed nor erased.
GRANT INSERT ON audit_event, audit_personal TO ilc_console;

-- Its own accounts, sessions, and failed sign-ins; and whose account the school's sign-in means.
GRANT INSERT, UPDATE, DELETE ON console_account, console_session, console_attempt TO ilc_console;
GRANT INSERT, DELETE ON console_identity TO ilc_console;

-- Drafts are imported, replaced, and signed, by one person or two. What was found in files goes after a month.
GRANT INSERT, DELETE ON document_version, document_file, document_content, document_check, document_check_file TO ilc_console;
GRANT UPDATE (state, signed_by, second, reason, signed_at, finalized_count, first_signed_by, first_reason, first_signed_at)
  ON document_version TO ilc_console;

-- Plans are approved and declined. An approval is taken back, and never altered.
GRANT INSERT ON approval TO ilc_console;
GRANT UPDATE (ended_at) ON approval TO ilc_console;
GRANT INSERT, UPDATE, DELETE ON declined_change TO ilc_console;

-- Decisions about people, and about what was changed by hand in Canvas. A question that is answered goes.
GRANT INSERT, UPDATE, DELETE ON identity_decision, drift_decision TO ilc_console;
GRANT DELETE ON identity_question TO ilc_console;

-- Requests are made and taken back. Who does them is up to the worker.
GRANT INSERT ON sync_request TO ilc_console;
GRANT UPDATE (state, result, ended_at) ON sync_request TO ilc_console;

-- Writing is paused and resumed, and a quarantine released.
GRANT INSERT, DELETE ON pause TO ilc_console;
GRANT DELETE ON quarantine TO ilc_console;

COMMIT;
