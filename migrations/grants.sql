-- What the serving role may do, stated anew after each migration. It reads
-- everything that stands here, and nothing else: a table that was forgotten
-- shows at once, and so does a column, in the test beside this file.
--
-- The role owns nothing, so that it can neither drop a trigger nor empty a
-- table. Which way a column may go, and which rows may be deleted, the triggers
-- say (00008_rights.sql).
CREATE TEMPORARY TABLE rights (
    name    text PRIMARY KEY,
    adds    boolean NOT NULL DEFAULT true,
    changes text    NOT NULL DEFAULT '', -- columns
    stays   text,                        -- the other columns; null: all, by a trigger that refuses each change
    deletes boolean NOT NULL DEFAULT false
) ON COMMIT DROP;

-- Read, no more.
INSERT INTO rights (name, adds) VALUES
    ('goose_db_version', false),
    ('resource_current', false);

-- Added and read: what figures, decisions and rights rest on.
INSERT INTO rights (name) VALUES
    ('audit'),
    ('decision'),
    ('decision_told'),
    ('draft'),
    ('drill'),
    ('drill_objective'),
    ('event'),
    ('exclusion'),
    ('exclusion_withdrawal'),
    ('finding_file'),
    ('finding_mended'),
    ('finding_seen'),
    ('frozen_set'),
    ('import'),
    ('import_reject'),
    ('involvement'),
    ('outage_proof'),
    ('refresh'),
    ('report'),
    ('resource'),
    ('said'),
    ('task_file'),
    ('ticket_kept'),
    ('ticket_repeated'),
    ('ticket_version');

-- What has a state.
INSERT INTO rights (name, adds, changes, stays, deletes) VALUES
    ('installation', false, 'namespace_id woken_at', 'one', false),
    ('token', true, 'revoked_at', 'id person hash issuer created_at expires_at', false),
    ('run', true, 'state round outcome started_at seen_at ended_at',
        'id process scope period attempt provisional input service about_kind about about_version owner started_by token_issuer reason request created_at', false),
    ('task', true, 'state reminded_at escalated_at ended_at',
        'id run round step kind outcomes hash opened_at due_at remind_at escalate_at title body fields for_who for_role for_persons against apart escalate_to about_kind about about_version owner started_by token_issuer', false),
    ('pass', true, 'spent_at spent_by refusal',
        'id hash kind run task person token token_issuer content bound outcome created_at expires_at', true),
    ('proposal', true, 'enacted', 'run kind name base document hash person token_issuer at', false),
    ('plan', true, 'planned_to paused_at paused_by paused_reason', 'interval process scope about_kind about', false),
    ('slot', true, 'interval version due_at early_at late_at catch_up state reason person missed_at waived_at found_at reopened_at look_at waits tries',
        'process scope period about_kind about fallen', true),
    ('finding', true, 'state run reminded_at escalated_at ended_at',
        'id kind service about_kind about object title at type severity key detail source person token_issuer relapse_of joined remind_at escalate_at note', false),
    ('action', true, 'due moves state done_at checked ended_at', 'finding number run round plan owner original_due', false),
    ('service_change', true, 'number late', 'service', false),
    ('staleness', true, 'change_number checked_at changes import tickets', 'run round', false),
    ('person_upgraded', false, '', 'person', true),
    ('feed', true, 'withdrawn_at', 'id person hash created_at', false),
    ('session', true, 'language ended_at', 'id hash person token seal created_at expires_at', true),
    ('admission', true, 'ended_at', 'hash person expires_at', true),
    ('idempotency', true, 'request begun_at status header body', 'person operation key', true);

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
    -- Servers that were version 14 once let everybody create tables and
    -- functions beside ours.
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC, turnus_app', current_schema());
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO turnus_app', current_schema());
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM turnus_app', current_schema());
    FOR t IN
        SELECT c.oid::regclass AS name, r.name IS NOT NULL AS known, r.adds, r.deletes,
            -- Numbers are the database's to give, so that nothing is slipped in
            -- between; an import's is drawn before its row is written.
            (SELECT string_agg(quote_ident(a.attname), ', ') FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                  AND (a.attidentity = '' OR c.relname = 'import')) AS added,
            (SELECT string_agg(quote_ident(column_name), ', ') FROM regexp_split_to_table(nullif(r.changes, ''), ' ') column_name) AS changed
        FROM pg_class c LEFT JOIN rights r ON r.name = c.relname
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM turnus_app', t.name);
        CONTINUE WHEN NOT t.known;
        EXECUTE format('GRANT SELECT ON %s TO turnus_app', t.name);
        IF t.adds THEN
            EXECUTE format('GRANT INSERT (%s) ON %s TO turnus_app', t.added, t.name);
        END IF;
        IF t.changed IS NOT NULL THEN
            EXECUTE format('GRANT UPDATE (%s) ON %s TO turnus_app', t.changed, t.name);
        END IF;
        IF t.deletes THEN
            EXECUTE format('GRANT DELETE ON %s TO turnus_app', t.name);
        END IF;
    END LOOP;
    EXECUTE format('GRANT USAGE ON SEQUENCE %s TO turnus_app', pg_get_serial_sequence('import', 'id'));
    BEGIN
        -- Older versions stage the rows of an import in a temporary table.
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO turnus_app', current_database());
    EXCEPTION WHEN insufficient_privilege THEN
        NULL; -- everybody has it unless the database's owner took it away
    END;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'role turnus_app: %', SQLERRM;
END $$;
