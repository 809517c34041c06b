-- +goose Up

-- Counts, of each service, what may have changed what drafts about it stand on.
-- It is raised in the transaction of the change, so that whoever reads a number
-- reads what it counts.
CREATE TABLE service_change (
    service text    PRIMARY KEY,
    number  bigint  NOT NULL CHECK (number > 0),
    late    boolean NOT NULL DEFAULT false -- data came, or was taken back, for which published reports weren't all looked through
);
CREATE TRIGGER service_change_stays BEFORE DELETE OR TRUNCATE ON service_change EXECUTE FUNCTION refuse_change();
CREATE TRIGGER service_change_forward BEFORE UPDATE ON service_change FOR EACH ROW
    WHEN (NEW.service <> OLD.service OR NEW.number < OLD.number) EXECUTE FUNCTION refuse_change();

-- The number that was read before a round was frozen: what a higher one counts
-- the round may lack.
ALTER TABLE frozen_set ADD COLUMN change_number bigint NOT NULL DEFAULT 0;

-- How far the draft of a round was compared with what it would stand on now.
CREATE TABLE staleness (
    run           text        NOT NULL REFERENCES run,
    round         integer     NOT NULL,
    change_number bigint      NOT NULL DEFAULT 0,    -- of its service, that was read before
    checked_at    timestamptz,                       -- null: it wasn't yet
    changes       jsonb       NOT NULL DEFAULT '[]', -- itsm/task.StalePart
    -- of a published one, for late data:
    import        bigint      NOT NULL DEFAULT 0,    -- the newest that was looked at
    tickets       text        NOT NULL DEFAULT '',   -- hash of the set as of that import
    PRIMARY KEY (run, round)
);
CREATE TRIGGER staleness_stays BEFORE DELETE OR TRUNCATE ON staleness EXECUTE FUNCTION refuse_change();
CREATE TRIGGER staleness_forward BEFORE UPDATE ON staleness FOR EACH ROW
    WHEN ((NEW.run, NEW.round) IS DISTINCT FROM (OLD.run, OLD.round) OR NEW.change_number < OLD.change_number OR NEW.import < OLD.import)
    EXECUTE FUNCTION refuse_change();

-- What waits may lack something: it is compared once.
INSERT INTO service_change (service, number)
    SELECT DISTINCT service, 1 FROM run WHERE process = 'sla-report' AND service <> '' AND ended_at IS NULL;

-- What had changed that an approved draft stood on.
ALTER TABLE decision ADD COLUMN stale jsonb NOT NULL DEFAULT '[]';

-- The owner began another round while one waited.
ALTER TABLE pass DROP CONSTRAINT pass_kind_check;
ALTER TABLE pass ADD CONSTRAINT pass_kind_check CHECK (kind IN ('decide', 'cancel', 'refresh'));
CREATE TABLE refresh (
    run          text        NOT NULL REFERENCES run,
    round        integer     NOT NULL, -- that it ended
    person       text        NOT NULL,
    token_issuer text        NOT NULL DEFAULT '',
    pass         text        NOT NULL REFERENCES pass,
    at           timestamptz NOT NULL,
    PRIMARY KEY (run, round)
);
CREATE TRIGGER refresh_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON refresh EXECUTE FUNCTION refuse_change();

-- What Turnus says of what it found, besides the title, in both languages.
ALTER TABLE finding ADD COLUMN note jsonb;
ALTER TABLE finding_seen ADD COLUMN note jsonb;

-- +goose Down
ALTER TABLE finding_seen DROP COLUMN note;
ALTER TABLE finding DROP COLUMN note;
DROP TABLE refresh;
ALTER TABLE pass DROP CONSTRAINT pass_kind_check;
ALTER TABLE pass ADD CONSTRAINT pass_kind_check CHECK (kind IN ('decide', 'cancel')) NOT VALID;
ALTER TABLE decision DROP COLUMN stale;
DROP TABLE staleness;
ALTER TABLE frozen_set DROP COLUMN change_number;
DROP TABLE service_change;
