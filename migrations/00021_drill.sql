-- +goose Up

-- What continuity drills showed (itsm/drill): a row for each whose report was
-- published, and one for each objective that was agreed then.
CREATE TABLE drill (
    run      text        PRIMARY KEY REFERENCES run,
    plan     text        NOT NULL, -- the ContinuityPlan
    version  integer     NOT NULL, -- of that
    service  text        NOT NULL,
    type     text        NOT NULL,
    held_at  timestamptz NOT NULL, -- the scenario's beginning
    begun_at timestamptz NOT NULL, -- the run
    overall  text        NOT NULL, -- verdict on the whole
    retests  text        REFERENCES run,
    retest   date,                 -- by when it is to be repeated, where it has to be
    at       timestamptz NOT NULL  -- of publication
);
CREATE INDEX drill_plan ON drill (plan, held_at);
CREATE INDEX drill_service ON drill (service, held_at);

CREATE TABLE drill_objective (
    run       text NOT NULL REFERENCES drill,
    objective text NOT NULL, -- rto, rpo, mbco_pct, contacts_pct, decide
    value     text NOT NULL, -- as agreed: a duration, or a decimal
    base      text NOT NULL DEFAULT '', -- of rto: the event that it counts from
    achieved  text,          -- seconds, or a decimal; null: not known
    verdict   text NOT NULL,
    PRIMARY KEY (run, objective)
);
CREATE TRIGGER drill_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON drill EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drill_objective_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON drill_objective EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE drill_objective;
DROP TABLE drill;
