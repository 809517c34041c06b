-- +goose Up

-- One row per installation: which Temporal the runs belong to.
CREATE TABLE installation (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    namespace_id text
);
INSERT INTO installation DEFAULT VALUES;

-- What people declare, in versions that are never changed.
CREATE TABLE resource (
    kind       text        NOT NULL,
    name       text        NOT NULL,
    version    integer     NOT NULL CHECK (version > 0),
    valid_from timestamptz NOT NULL, -- year 1: from the beginning of time
    retired    boolean     NOT NULL DEFAULT false,
    document   jsonb       NOT NULL,
    hash       text        NOT NULL,
    at         timestamptz NOT NULL,
    person     text        NOT NULL,
    PRIMARY KEY (kind, name, version)
);

-- The newest version of each that is in use.
CREATE VIEW resource_current AS
    SELECT * FROM (SELECT DISTINCT ON (kind, name) * FROM resource ORDER BY kind, name, version DESC) newest
    WHERE NOT retired;

-- Bearer tokens: the secret is stored hashed only.
CREATE TABLE token (
    id         text        PRIMARY KEY,
    person     text        NOT NULL,
    hash       text        NOT NULL UNIQUE,
    issuer     text        NOT NULL DEFAULT '', -- empty: written by the first start
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX token_person ON token (person, created_at);

-- Runs outlive Temporal's retention; this table makes them unique.
CREATE TABLE run (
    id           text        PRIMARY KEY,
    process      text        NOT NULL,
    scope        text        NOT NULL,
    period       text        NOT NULL,
    attempt      integer     NOT NULL CHECK (attempt > 0),
    state        text        NOT NULL,
    provisional  boolean     NOT NULL DEFAULT false,
    round        integer     NOT NULL DEFAULT 1,
    input        jsonb       NOT NULL,
    owner        text        NOT NULL DEFAULT '',
    started_by   text        NOT NULL DEFAULT '', -- empty: a slot
    token_issuer text        NOT NULL DEFAULT '',
    reason       text        NOT NULL DEFAULT '',
    outcome      jsonb,       -- why it ended as it did, a text in both languages
    created_at   timestamptz NOT NULL,
    started_at   timestamptz, -- when its workflow was seen to run; null: the sweep starts it
    seen_at      timestamptz, -- when the sweep last looked at its workflow
    ended_at     timestamptz,
    UNIQUE (process, scope, period, attempt)
);
CREATE UNIQUE INDEX run_live ON run (process, scope, period) WHERE ended_at IS NULL;
CREATE INDEX run_unstarted ON run (created_at) WHERE started_at IS NULL AND ended_at IS NULL;
CREATE INDEX run_newest ON run (created_at DESC, id);

-- What runs ask of persons.
CREATE TABLE task (
    id           text        PRIMARY KEY,
    run          text        NOT NULL REFERENCES run,
    round        integer     NOT NULL,
    step         text        NOT NULL,
    kind         text        NOT NULL,
    state        text        NOT NULL,
    outcomes     jsonb       NOT NULL,
    hash         text        NOT NULL,
    opened_at    timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    remind_at    timestamptz NOT NULL,
    escalate_at  timestamptz NOT NULL,
    reminded_at  timestamptz,
    escalated_at timestamptz,
    ended_at     timestamptz,
    UNIQUE (run, round, step)
);
CREATE INDEX task_open ON task (opened_at, id) WHERE state = 'open';

-- A pass lets a message decide one task, or cancel one run, once, for one person.
CREATE TABLE pass (
    id           text        PRIMARY KEY,
    hash         text        NOT NULL UNIQUE,
    kind         text        NOT NULL CHECK (kind IN ('decide', 'cancel')),
    run          text        NOT NULL REFERENCES run,
    task         text        REFERENCES task,
    person       text        NOT NULL,
    token        text        NOT NULL,
    token_issuer text        NOT NULL DEFAULT '',
    content      text        NOT NULL, -- hash of the content to be decided on
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    spent_at     timestamptz,
    spent_by     text,                 -- the Update's ID, or the signal's number
    refusal      jsonb                 -- why its decision was refused; null: it was recorded
);

CREATE TABLE decision (
    task         text        PRIMARY KEY REFERENCES task,
    run          text        NOT NULL REFERENCES run,
    round        integer     NOT NULL,
    person       text        NOT NULL,
    outcome      text        NOT NULL,
    comment      text        NOT NULL,
    at           timestamptz NOT NULL,
    hash         text        NOT NULL,
    token_issuer text        NOT NULL DEFAULT '',
    pass         text        NOT NULL REFERENCES pass
);
CREATE INDEX decision_run ON decision (run, round);

-- What a round stands on, and what it says. Written once, never changed.
CREATE TABLE frozen_set (
    run      text        NOT NULL REFERENCES run,
    round    integer     NOT NULL,
    document jsonb       NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (run, round)
);
CREATE TABLE draft (
    run      text        NOT NULL REFERENCES run,
    round    integer     NOT NULL,
    hash     text        NOT NULL,
    document text        NOT NULL, -- the canonical bytes that the hash is over
    at       timestamptz NOT NULL,
    PRIMARY KEY (run, round)
);
CREATE TABLE report (
    process      text        NOT NULL,
    scope        text        NOT NULL,
    period       text        NOT NULL,
    version      integer     NOT NULL,
    run          text        NOT NULL UNIQUE REFERENCES run,
    round        integer     NOT NULL,
    hash         text        NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (process, scope, period, version),
    FOREIGN KEY (run, round) REFERENCES draft
);

-- Intakes of files, and the versions of tickets that they made.
CREATE TABLE import (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service         text        NOT NULL,
    format          text        NOT NULL,
    as_of           timestamptz NOT NULL,
    oldest          timestamptz NOT NULL,
    rows_read       bigint      NOT NULL,
    rows_loaded     bigint      NOT NULL,
    rows_unchanged  bigint      NOT NULL,
    rows_rejected   bigint      NOT NULL,
    tickets_changed bigint      NOT NULL,
    person          text        NOT NULL,
    at              timestamptz NOT NULL,
    CHECK (rows_read = rows_loaded + rows_unchanged + rows_rejected)
);
CREATE INDEX import_service ON import (service, id);
CREATE TABLE import_reject (
    import      bigint NOT NULL REFERENCES import,
    row         bigint NOT NULL,
    number      text   NOT NULL,
    column_name text   NOT NULL,
    value       text   NOT NULL,
    reason      jsonb  NOT NULL,
    PRIMARY KEY (import, row)
);
CREATE TABLE ticket_version (
    service text        NOT NULL,
    number  text        NOT NULL,
    import  bigint      NOT NULL,
    opened  timestamptz NOT NULL,
    first   timestamptz NOT NULL,
    last    timestamptz NOT NULL, -- year 9999 while the ticket is open
    fields  jsonb       NOT NULL,
    flagged boolean     NOT NULL,
    hash    text        NOT NULL,
    events  bytea       NOT NULL, -- packed, see itsm/ticket
    PRIMARY KEY (service, number, import)
);
-- A period reads what was opened before its end and wasn't over before its start.
CREATE INDEX ticket_version_span ON ticket_version (service, last, opened);

-- Everything people do. Entries are added and read, no more.
CREATE TABLE audit (
    number bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL,
    actor  text        NOT NULL,
    token  text        NOT NULL DEFAULT '',
    action text        NOT NULL,
    object text        NOT NULL,
    before jsonb,
    after  jsonb,
    bytes  bytea       NOT NULL -- the entry in canonical JSON
);
CREATE INDEX audit_object ON audit (object, number);
CREATE INDEX audit_actor ON audit (actor, number);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON decision EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON report EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draft_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON draft EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen_set_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_set EXECUTE FUNCTION refuse_change();
CREATE TRIGGER resource_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON resource EXECUTE FUNCTION refuse_change();

-- Answers to requests that carried an Idempotency-Key, for 24 hours.
CREATE TABLE idempotency (
    person    text        NOT NULL,
    operation text        NOT NULL,
    key       text        NOT NULL,
    request   text        NOT NULL, -- hash of path and body
    begun_at  timestamptz NOT NULL,
    status    integer,              -- null while the first request is in flight
    header    jsonb,
    body      bytea,
    PRIMARY KEY (person, operation, key)
);
CREATE INDEX idempotency_begun ON idempotency (begun_at);

-- +goose Down
DROP TABLE idempotency, audit, ticket_version, import_reject, import, report, draft, frozen_set,
    decision, pass, task, run, token, resource, installation CASCADE;
DROP FUNCTION refuse_change();
