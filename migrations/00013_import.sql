-- +goose Up

-- What is known of an import besides its counts, and what it takes to withdraw
-- one. Rows from before the upgrade keep the defaults, which say so.
ALTER TABLE import
    ADD COLUMN dataset       text    NOT NULL DEFAULT 'tickets',
    ADD COLUMN file          jsonb   NOT NULL DEFAULT '{"name": "", "bytes": 0, "sha256": ""}',
    ADD COLUMN mapping       jsonb,                     -- itsm/dataset.Mapping
    ADD COLUMN zone          text    NOT NULL DEFAULT '',
    ADD COLUMN as_of_derived boolean NOT NULL DEFAULT false,
    ADD COLUMN first_at      timestamptz,               -- of its rows that make sense: the oldest opening
    ADD COLUMN last_at       timestamptz,               -- and the newest change
    ADD COLUMN rows_older    bigint  NOT NULL DEFAULT 0,
    ADD COLUMN tickets_new   bigint  NOT NULL DEFAULT 0,
    ADD COLUMN warnings      jsonb   NOT NULL DEFAULT '[]',
    ADD COLUMN accepted      text    NOT NULL DEFAULT '',
    ADD COLUMN seen          jsonb,                     -- itsm/dataset.Seen: values and rows a day
    ADD COLUMN kept          boolean NOT NULL DEFAULT false, -- what came from it alone is known (ticket_kept)
    ADD COLUMN withdraws     bigint  REFERENCES import,
    ADD COLUMN run           text    NOT NULL DEFAULT '',    -- of a withdrawal: which decided
    ADD COLUMN reason        text    NOT NULL DEFAULT '',
    ADD COLUMN recounted     bigint  NOT NULL DEFAULT 0,     -- of a withdrawal: by how much more rows of the imports that remain count as loaded
    DROP CONSTRAINT import_check,
    ADD CONSTRAINT import_counts CHECK (rows_read = rows_loaded + rows_unchanged + rows_older + rows_rejected);
CREATE UNIQUE INDEX import_withdraws ON import (withdraws);

-- Of a version that a withdrawal made anew: the import whose as-of counts.
ALTER TABLE ticket_version ADD COLUMN said_by bigint;

-- What an import said of a ticket, where the version that it made, if it made
-- one, isn't made of its rows alone.
CREATE TABLE ticket_kept (
    service text    NOT NULL,
    number  text    COLLATE "C" NOT NULL,
    import  bigint  NOT NULL,
    flagged boolean NOT NULL, -- rows of the ticket were rejected in this file
    same_as bigint,           -- the import whose version has the content that its rows make by themselves
    rows    bytea,            -- else its rows (itsm/ticket.PackRows); null: all were rejected
    PRIMARY KEY (service, number, import)
);
ALTER TABLE ticket_kept ALTER COLUMN rows SET STORAGE EXTERNAL;
-- What an import said is found by it when it is withdrawn.
CREATE INDEX ticket_kept_import ON ticket_kept (import);
CREATE TRIGGER ticket_kept_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_kept EXECUTE FUNCTION refuse_change();

-- The same without flags and rows, where same_as alone tells: what is delivered
-- again and again would fill ticket_kept with a row for each ticket.
CREATE TABLE ticket_repeated (
    service text   NOT NULL,
    import  bigint NOT NULL,
    first   text   COLLATE "C" NOT NULL,
    last    text   COLLATE "C" NOT NULL,
    same_as bigint NOT NULL,
    numbers text[] NOT NULL, -- in order
    PRIMARY KEY (service, import, first)
);
CREATE INDEX ticket_repeated_span ON ticket_repeated (service, last, first);
CREATE TRIGGER ticket_repeated_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_repeated EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE ticket_repeated;
DROP TABLE ticket_kept;
ALTER TABLE ticket_version DROP COLUMN said_by;
DROP INDEX import_withdraws;
ALTER TABLE import DROP CONSTRAINT import_counts, DROP COLUMN dataset, DROP COLUMN file, DROP COLUMN mapping, DROP COLUMN zone, DROP COLUMN as_of_derived,
    DROP COLUMN first_at, DROP COLUMN last_at, DROP COLUMN rows_older, DROP COLUMN tickets_new, DROP COLUMN warnings, DROP COLUMN accepted, DROP COLUMN seen,
    DROP COLUMN kept, DROP COLUMN withdraws, DROP COLUMN run, DROP COLUMN reason, DROP COLUMN recounted,
    ADD CONSTRAINT import_check CHECK (rows_read = rows_loaded + rows_unchanged + rows_rejected);
