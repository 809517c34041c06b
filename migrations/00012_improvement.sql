-- +goose Up

-- The register of findings (itsm/improvement): what was found, how often it was
-- seen, and what becomes of it. A finding never changes but for its state.
ALTER TABLE finding
    ADD COLUMN type         text    NOT NULL DEFAULT 'nonconformity' CHECK (type IN ('nonconformity', 'opportunity')),
    ADD COLUMN severity     text    NOT NULL DEFAULT 'minor' CHECK (severity IN ('critical', 'major', 'minor')),
    ADD COLUMN key          text,   -- a repeat joins the finding of its key that hasn't ended; null: it repeats nothing
    ADD COLUMN state        text    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'planned', 'in-work', 'checking', 'closed', 'declined')),
    ADD COLUMN detail       text    NOT NULL DEFAULT '',
    ADD COLUMN source       jsonb   NOT NULL DEFAULT '{"kind": "records"}',
    ADD COLUMN person       text    NOT NULL DEFAULT '', -- who opened it
    ADD COLUMN token_issuer text    NOT NULL DEFAULT '',
    ADD COLUMN relapse_of   bigint  REFERENCES finding,  -- the closed one of the same key
    ADD COLUMN joined       bigint  REFERENCES finding,  -- of 0.1.0: it is a sighting of that one now
    ADD COLUMN run          text    REFERENCES run,      -- the newest of its improvement
    ADD COLUMN remind_at    timestamptz,                 -- while nobody begins
    ADD COLUMN escalate_at  timestamptz,
    ADD COLUMN reminded_at  timestamptz,
    ADD COLUMN escalated_at timestamptz,
    ADD COLUMN ended_at     timestamptz,
    ADD CONSTRAINT finding_ended_state CHECK ((ended_at IS NULL) = (state NOT IN ('closed', 'declined')));
DROP TRIGGER finding_fixed ON finding;

-- Each time that a finding was seen, once for each source.
CREATE TABLE finding_seen (
    finding bigint      NOT NULL REFERENCES finding,
    key     text        NOT NULL, -- of the source, as in run/sla-report/payments/2026-10
    source  jsonb       NOT NULL,
    title   jsonb       NOT NULL,
    detail  text        NOT NULL DEFAULT '', -- what a person wrote
    person  text        NOT NULL DEFAULT '',
    at      timestamptz NOT NULL,
    PRIMARY KEY (finding, key)
);
CREATE INDEX finding_seen_key ON finding_seen (key);

-- Evidence that somebody sent with a finding that they opened.
CREATE TABLE finding_file (
    finding bigint      NOT NULL REFERENCES finding,
    sha256  text        NOT NULL,
    name    text        NOT NULL,
    type    text        NOT NULL,
    bytes   integer     NOT NULL CHECK (bytes = length(content)),
    content bytea       NOT NULL,
    person  text        NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (finding, sha256)
);
ALTER TABLE finding_file ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TRIGGER finding_file_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_file EXECUTE FUNCTION refuse_change();

-- What 0.1.0 found moves in. Missed slots of one interval are one finding, seen
-- so many times.
UPDATE finding f SET source = jsonb_build_object('kind', CASE f.kind WHEN 'missed-slot' THEN 'slot' WHEN 'records-altered' THEN 'run' ELSE 'records' END,
        'name', CASE WHEN f.object LIKE 'slot/%' THEN substr(f.object, 6) WHEN f.object LIKE 'run/%' THEN substr(f.object, 5) ELSE f.object END),
    severity = CASE f.kind WHEN 'records-altered' THEN 'critical' WHEN 'administrator-approves' THEN 'major' ELSE 'minor' END,
    key = f.kind || '/' || coalesce((SELECT 'interval/' || s.interval FROM slot s
        WHERE f.kind = 'missed-slot' AND f.object = 'slot/' || s.process || '/' || s.scope || '/' || s.period), f.object);
UPDATE finding f SET state = 'closed', ended_at = m.at FROM finding_mended m WHERE m.finding = f.id;
UPDATE finding f SET joined = o.id, state = 'closed', ended_at = f.at
    FROM (SELECT min(id) AS id, key FROM finding WHERE ended_at IS NULL GROUP BY key) o
    WHERE f.key = o.key AND f.id > o.id AND f.ended_at IS NULL;
-- Nobody knew of the times to begin: they count from now, in days of any kind.
UPDATE finding SET remind_at = now() + CASE severity WHEN 'critical' THEN interval '1 day' WHEN 'major' THEN interval '3 days' ELSE interval '10 days' END,
    escalate_at = now() + CASE severity WHEN 'critical' THEN interval '2 days' WHEN 'major' THEN interval '5 days' ELSE interval '20 days' END
    WHERE ended_at IS NULL;
INSERT INTO finding_seen (finding, key, source, title, at)
    SELECT coalesce(joined, id), object, source, title, at FROM finding ORDER BY id ON CONFLICT DO NOTHING;

CREATE TRIGGER finding_seen_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_seen EXECUTE FUNCTION refuse_change();
CREATE TRIGGER finding_stays BEFORE DELETE OR TRUNCATE ON finding EXECUTE FUNCTION refuse_change();
CREATE TRIGGER finding_ended BEFORE UPDATE ON finding FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER finding_kept BEFORE UPDATE ON finding FOR EACH ROW
    WHEN ((OLD.kind, OLD.service, OLD.about_kind, OLD.about, OLD.object, OLD.title, OLD.at, OLD.type, OLD.severity, OLD.key, OLD.detail, OLD.source, OLD.person,
        OLD.token_issuer, OLD.relapse_of, OLD.joined) IS DISTINCT FROM (NEW.kind, NEW.service, NEW.about_kind, NEW.about, NEW.object, NEW.title, NEW.at, NEW.type,
        NEW.severity, NEW.key, NEW.detail, NEW.source, NEW.person, NEW.token_issuer, NEW.relapse_of, NEW.joined)) EXECUTE FUNCTION refuse_change();
CREATE UNIQUE INDEX finding_key ON finding (key) WHERE ended_at IS NULL;
CREATE INDEX finding_key_ended ON finding (key, id) WHERE ended_at IS NOT NULL;
CREATE INDEX finding_about ON finding (about_kind, about, id);
CREATE INDEX finding_waits ON finding (escalate_at) WHERE state = 'open';

-- Actions of approved plans, with what became of them: a projection of what was
-- answered, for lists and figures.
CREATE TABLE action (
    finding      bigint  NOT NULL REFERENCES finding,
    number       integer NOT NULL CHECK (number > 0),
    run          text    NOT NULL REFERENCES run,
    round        integer NOT NULL,
    plan         jsonb   NOT NULL, -- itsm/improvement.Action
    owner        text    NOT NULL,
    original_due date    NOT NULL,
    due          date    NOT NULL,
    moves        integer NOT NULL DEFAULT 0,
    state        text    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'effective', 'ineffective', 'dropped')),
    done_at      timestamptz,
    checked      jsonb,            -- itsm/improvement.Check
    ended_at     timestamptz,
    PRIMARY KEY (finding, number)
);
CREATE INDEX action_owner ON action (owner, state);
CREATE INDEX action_run ON action (run, round);
CREATE INDEX action_listed ON action (due, finding, number);
CREATE INDEX action_due ON action (due) WHERE state = 'open';
CREATE TRIGGER action_stays BEFORE DELETE OR TRUNCATE ON action EXECUTE FUNCTION refuse_change();
CREATE TRIGGER action_ended BEFORE UPDATE ON action FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER action_kept BEFORE UPDATE ON action FOR EACH ROW
    WHEN ((OLD.finding, OLD.number, OLD.run, OLD.round, OLD.plan, OLD.owner, OLD.original_due)
        IS DISTINCT FROM (NEW.finding, NEW.number, NEW.run, NEW.round, NEW.plan, NEW.owner, NEW.original_due)
        OR NEW.moves < OLD.moves OR OLD.state = 'done' AND NEW.state = 'open') EXECUTE FUNCTION refuse_change();

-- A finding has one improvement at a time.
CREATE UNIQUE INDEX run_improvement ON run (scope) WHERE process = 'improvement' AND ended_at IS NULL;

-- Figures of published reports are looked up by what these are about.
CREATE INDEX run_published ON run (about_kind, about, process) WHERE state = 'published';

-- +goose Down
DROP INDEX run_published;
DROP INDEX run_improvement;
DROP TABLE action, finding_file, finding_seen;
DROP INDEX finding_waits, finding_about, finding_key_ended, finding_key;
DROP TRIGGER finding_kept ON finding;
DROP TRIGGER finding_ended ON finding;
DROP TRIGGER finding_stays ON finding;
ALTER TABLE finding DROP COLUMN type, DROP COLUMN severity, DROP COLUMN key, DROP COLUMN state, DROP COLUMN detail, DROP COLUMN source, DROP COLUMN person,
    DROP COLUMN token_issuer, DROP COLUMN relapse_of, DROP COLUMN joined, DROP COLUMN run, DROP COLUMN remind_at, DROP COLUMN escalate_at,
    DROP COLUMN reminded_at, DROP COLUMN escalated_at, DROP COLUMN ended_at;
CREATE TRIGGER finding_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON finding EXECUTE FUNCTION refuse_change();
