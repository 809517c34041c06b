-- What the serving role may do, stated anew after each migration: read and
-- write the records, and only read and add where a table's trigger says that
-- its rows are never changed. It owns nothing, so that it can neither drop such
-- a trigger nor empty a table.
DO $$
DECLARE
    t record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'turnus_app') THEN
        BEGIN
            CREATE ROLE turnus_app NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another installation on this server was faster
        END;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO turnus_app', current_schema());
    FOR t IN
        SELECT c.oid::regclass AS name, c.relname = 'goose_db_version' OR c.relkind = 'v' AS read_only,
            EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgfoid = to_regproc('refuse_change')) AS add_only
        FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM turnus_app', t.name);
        EXECUTE format('GRANT %s ON %s TO turnus_app', CASE
            WHEN t.read_only THEN 'SELECT'
            WHEN t.add_only THEN 'SELECT, INSERT'
            ELSE 'SELECT, INSERT, UPDATE, DELETE' END, t.name);
    END LOOP;
    BEGIN
        -- An import stages its rows in a temporary table.
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO turnus_app', current_database());
    EXCEPTION WHEN insufficient_privilege THEN
        NULL; -- everybody has it unless the database's owner took it away
    END;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'role turnus_app: %', SQLERRM;
END $$;
