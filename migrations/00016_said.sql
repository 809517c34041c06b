-- +goose Up

-- What an import said of a key, of datasets other than tickets. What is known of
-- a key as of an import is made, while it is read, of what the imports up to that
-- one said that weren't withdrawn by then.
CREATE TABLE said (
    service text        NOT NULL,
    dataset text        NOT NULL,
    key     text        COLLATE "C" NOT NULL, -- itsm/uptime: Key
    import  bigint      NOT NULL,
    from_at timestamptz NOT NULL, -- the span that it is about
    to_at   timestamptz NOT NULL, -- infinity: it hasn't ended
    same_as bigint,               -- the import that said the same, byte by byte, and whose row holds it
    data    bytea,                -- else what it said, packed (itsm/uptime)
    PRIMARY KEY (service, dataset, key, import),
    CHECK ((data IS NULL) = (same_as IS NOT NULL))
);
ALTER TABLE said ALTER COLUMN data SET STORAGE EXTERNAL;
-- Which keys a span concerns is read from the index alone, and so is what a
-- withdrawn import said something about.
CREATE INDEX said_span ON said (service, dataset, to_at, from_at, import, key);
CREATE INDEX said_import ON said (import, key);
CREATE TRIGGER said_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON said EXECUTE FUNCTION refuse_change();

-- From when on a source was kept whose rows don't tell: a record of outages.
ALTER TABLE import ADD COLUMN since timestamptz;

-- +goose Down
ALTER TABLE import DROP COLUMN since;
DROP TABLE said;
