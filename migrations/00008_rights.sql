-- +goose Up

-- What is never changed, is changed one way only, and stays. The triggers hold
-- for everybody, the owner too. A later migration that has to change such rows
-- says so, in its transaction, and puts the rule in force again:
--
--     ALTER TABLE run DISABLE TRIGGER run_ended;
--     UPDATE run …;
--     ALTER TABLE run ENABLE TRIGGER run_ended;
--
-- Only the owner of a table can; the serving role owns none. Conditions rest on
-- the row alone, and the database's clock where a row is deleted for its age: a
-- trigger that read tables would depend on who asks.

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        RAISE EXCEPTION 'this row of % is not changed that way any more (%)', TG_TABLE_NAME, TG_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RAISE EXCEPTION '%', CASE WHEN TG_NAME = TG_TABLE_NAME || '_fixed'
        THEN 'rows of ' || TG_TABLE_NAME || ' are never changed'
        ELSE 'rows of ' || TG_TABLE_NAME || ' are never deleted' END USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

-- Tickets, and the imports that brought them. None of the triggers concerns
-- INSERT: COPY is as fast as without.
CREATE TRIGGER import_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON import EXECUTE FUNCTION refuse_change();
CREATE TRIGGER import_reject_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON import_reject EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ticket_version_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_version EXECUTE FUNCTION refuse_change();
-- An import's row is written last, when its counts are known.
ALTER TABLE import_reject ALTER CONSTRAINT import_reject_import_fkey DEFERRABLE INITIALLY DEFERRED;

-- Rows that change and stay.
CREATE TRIGGER installation_stays BEFORE DELETE OR TRUNCATE ON installation EXECUTE FUNCTION refuse_change();
CREATE TRIGGER token_stays BEFORE DELETE OR TRUNCATE ON token EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_stays BEFORE DELETE OR TRUNCATE ON run EXECUTE FUNCTION refuse_change();
CREATE TRIGGER task_stays BEFORE DELETE OR TRUNCATE ON task EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proposal_stays BEFORE DELETE OR TRUNCATE ON proposal EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_stays BEFORE DELETE OR TRUNCATE ON plan EXECUTE FUNCTION refuse_change();
CREATE TRIGGER feed_stays BEFORE DELETE OR TRUNCATE ON feed EXECUTE FUNCTION refuse_change();

-- Tied to one Temporal for good.
CREATE TRIGGER installation_bound BEFORE UPDATE ON installation FOR EACH ROW
    WHEN (OLD.namespace_id IS NOT NULL AND NEW.namespace_id IS DISTINCT FROM OLD.namespace_id) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER token_revoked BEFORE UPDATE ON token FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER feed_withdrawn BEFORE UPDATE ON feed FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proposal_enacted BEFORE UPDATE ON proposal FOR EACH ROW
    WHEN (OLD.enacted IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- A run goes through its rounds, and ends once; so does a task. The state says
-- the same as the instant.
CREATE TRIGGER run_ended BEFORE UPDATE ON run FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_forward BEFORE UPDATE ON run FOR EACH ROW
    WHEN (NEW.round < OLD.round OR OLD.started_at IS NOT NULL AND NEW.started_at IS DISTINCT FROM OLD.started_at) EXECUTE FUNCTION refuse_change();
ALTER TABLE run ADD CONSTRAINT run_live_or_ended CHECK ((ended_at IS NULL) = (state IN ('collecting', 'drafting', 'waiting')));
CREATE TRIGGER task_ended BEFORE UPDATE ON task FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER task_forward BEFORE UPDATE ON task FOR EACH ROW
    WHEN (OLD.reminded_at IS NOT NULL AND NEW.reminded_at IS DISTINCT FROM OLD.reminded_at
        OR OLD.escalated_at IS NOT NULL AND NEW.escalated_at IS DISTINCT FROM OLD.escalated_at) EXECUTE FUNCTION refuse_change();
ALTER TABLE task ADD CONSTRAINT task_open_or_ended CHECK ((ended_at IS NULL) = (state = 'open'));

-- A pass is spent once. One that nobody presented is no evidence, and is
-- deleted after it has expired.
CREATE TRIGGER pass_spent BEFORE UPDATE OR DELETE ON pass FOR EACH ROW
    WHEN (OLD.spent_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
ALTER TABLE pass ADD CONSTRAINT pass_spent_by CHECK ((spent_at IS NULL) = (spent_by IS NULL) AND (spent_at IS NOT NULL OR refusal IS NULL));
CREATE TRIGGER pass_valid BEFORE DELETE ON pass FOR EACH ROW WHEN (OLD.expires_at > now()) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pass_stays BEFORE TRUNCATE ON pass EXECUTE FUNCTION refuse_change();

-- An answer is kept for a day, then its key may be taken again. Nothing rests
-- on it: what a request began is found in its own rows.
CREATE TRIGGER idempotency_answered BEFORE UPDATE ON idempotency FOR EACH ROW
    WHEN (OLD.status IS NOT NULL AND NEW.begun_at < OLD.begun_at + interval '24 hours') EXECUTE FUNCTION refuse_change();

-- An hour is for clocks that differ.
CREATE TRIGGER idempotency_young BEFORE DELETE ON idempotency FOR EACH ROW
    WHEN (OLD.status IS NOT NULL AND OLD.begun_at > now() - interval '23 hours') EXECUTE FUNCTION refuse_change();

-- What has fallen due stays, with its date. That it has is kept beside the
-- state, which a run may take back: nobody writes it but this trigger.
ALTER TABLE slot ADD COLUMN fallen boolean NOT NULL DEFAULT false;
UPDATE slot SET fallen = true WHERE state NOT IN ('planned', 'in-work') OR look_at IS NOT NULL OR found_at IS NOT NULL;
-- +goose StatementBegin
CREATE FUNCTION note_fallen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.fallen := true;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER slot_fallen BEFORE INSERT OR UPDATE ON slot FOR EACH ROW
    WHEN (NOT NEW.fallen AND NEW.state NOT IN ('planned', 'in-work')) EXECUTE FUNCTION note_fallen();
CREATE TRIGGER slot_dated BEFORE UPDATE ON slot FOR EACH ROW
    WHEN (OLD.fallen AND (NOT NEW.fallen OR (NEW.interval, NEW.version, NEW.due_at, NEW.early_at, NEW.late_at)
        IS DISTINCT FROM (OLD.interval, OLD.version, OLD.due_at, OLD.early_at, OLD.late_at))) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER slot_closed BEFORE UPDATE ON slot FOR EACH ROW
    WHEN (OLD.state IN ('done', 'done-late', 'waived')) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER slot_kept BEFORE DELETE ON slot FOR EACH ROW
    WHEN (OLD.fallen OR OLD.state <> 'planned') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER slot_stays BEFORE TRUNCATE ON slot EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER slot_stays ON slot;
DROP TRIGGER slot_kept ON slot;
DROP TRIGGER slot_closed ON slot;
DROP TRIGGER slot_dated ON slot;
DROP TRIGGER slot_fallen ON slot;
DROP FUNCTION note_fallen();
ALTER TABLE slot DROP COLUMN fallen;
DROP TRIGGER idempotency_young ON idempotency;
DROP TRIGGER idempotency_answered ON idempotency;
DROP TRIGGER pass_stays ON pass;
DROP TRIGGER pass_valid ON pass;
ALTER TABLE pass DROP CONSTRAINT pass_spent_by;
DROP TRIGGER pass_spent ON pass;
ALTER TABLE task DROP CONSTRAINT task_open_or_ended;
DROP TRIGGER task_forward ON task;
DROP TRIGGER task_ended ON task;
ALTER TABLE run DROP CONSTRAINT run_live_or_ended;
DROP TRIGGER run_forward ON run;
DROP TRIGGER run_ended ON run;
DROP TRIGGER proposal_enacted ON proposal;
DROP TRIGGER feed_withdrawn ON feed;
DROP TRIGGER token_revoked ON token;
DROP TRIGGER installation_bound ON installation;
DROP TRIGGER feed_stays ON feed;
DROP TRIGGER plan_stays ON plan;
DROP TRIGGER proposal_stays ON proposal;
DROP TRIGGER task_stays ON task;
DROP TRIGGER run_stays ON run;
DROP TRIGGER token_stays ON token;
DROP TRIGGER installation_stays ON installation;
ALTER TABLE import_reject ALTER CONSTRAINT import_reject_import_fkey NOT DEFERRABLE;
DROP TRIGGER ticket_version_fixed ON ticket_version;
DROP TRIGGER import_reject_fixed ON import_reject;
DROP TRIGGER import_fixed ON import;
