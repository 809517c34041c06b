-- +goose Up

-- The service that a run concerns: its scope, where the process is about one.
-- Who owns it and who approves for it follows from that.
ALTER TABLE run ADD COLUMN service text NOT NULL DEFAULT '';
UPDATE run SET service = scope;
CREATE INDEX run_service ON run (service) WHERE ended_at IS NULL;

-- What somebody wants to declare and others have to approve: intervals and
-- waivers. The run decides on it; the version it became, once it was approved.
CREATE TABLE proposal (
    run      text        PRIMARY KEY REFERENCES run,
    kind     text        NOT NULL,
    name     text        NOT NULL,
    base     integer     NOT NULL, -- the version that it changes; 0: there was none
    document jsonb       NOT NULL,
    hash     text        NOT NULL,
    person   text        NOT NULL,
    at       timestamptz NOT NULL,
    enacted  integer
);
CREATE INDEX proposal_name ON proposal (kind, name);

-- An interval at work.
CREATE TABLE plan (
    interval      text        PRIMARY KEY,
    process       text        NOT NULL,
    scope         text        NOT NULL,
    planned_to    timestamptz,          -- how far its slots are there; null: look again
    paused_at     timestamptz,
    paused_by     text,
    paused_reason text,
    UNIQUE (process, scope)
);

-- The planned occurrences. Those still to come follow their interval; what has
-- fallen due stays for good.
CREATE TABLE slot (
    process    text        NOT NULL,
    scope      text        NOT NULL,
    period     text        NOT NULL,
    interval   text        NOT NULL,
    version    integer     NOT NULL,
    due_at     timestamptz NOT NULL,
    early_at   timestamptz NOT NULL,
    late_at    timestamptz NOT NULL,
    catch_up   text        NOT NULL,
    state      text        NOT NULL CHECK (state IN ('planned', 'due', 'in-work', 'done', 'done-late', 'missed', 'waived')),
    reason     jsonb,                          -- what it waits for, why it was missed or waived
    person     text        NOT NULL DEFAULT '', -- who waived it, or declared it missed
    missed_at  timestamptz,
    waived_at  timestamptz,
    found_at   timestamptz,                    -- when the waker first could have started it
    reopened_at timestamptz,                   -- when a backfill last asked for it
    look_at    timestamptz,                    -- when the waker looks at it again; null: a person decides
    waits      boolean     NOT NULL DEFAULT false, -- for something that may come: data, an approver
    tries      integer     NOT NULL DEFAULT 0, -- failed runs that were followed by another by itself
    PRIMARY KEY (process, scope, period)
);
CREATE INDEX slot_due ON slot (due_at, process, scope, period);
CREATE INDEX slot_planned ON slot (due_at) WHERE state = 'planned';
CREATE INDEX slot_look ON slot (due_at, process, scope) WHERE state = 'due';
CREATE INDEX slot_interval ON slot (interval);

-- What happened and asked for a review outside its turn.
CREATE TABLE event (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event   text        NOT NULL,
    service text        NOT NULL,
    detail  text        NOT NULL,
    person  text        NOT NULL,
    at      timestamptz NOT NULL,
    request text
);
CREATE INDEX event_request ON event (request) WHERE request IS NOT NULL;
CREATE TRIGGER event_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON event EXECUTE FUNCTION refuse_change();

-- What was found and has to be dealt with.
CREATE TABLE finding (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind    text        NOT NULL,        -- missed-slot
    service text        NOT NULL,
    object  text        NOT NULL,        -- what it is about, as in the audit trail
    title   jsonb       NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX finding_service ON finding (service, id);
CREATE TRIGGER finding_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON finding EXECUTE FUNCTION refuse_change();

-- Secret addresses of the plan as a calendar, stored hashed.
CREATE TABLE feed (
    id           text        PRIMARY KEY,
    person       text        NOT NULL,
    hash         text        NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE INDEX feed_person ON feed (person, created_at);

-- When the waker last came to its end.
ALTER TABLE installation ADD COLUMN woken_at timestamptz;

-- +goose Down
ALTER TABLE installation DROP COLUMN woken_at;
DROP TABLE feed, finding, event, slot, plan, proposal;
ALTER TABLE run DROP COLUMN service;
