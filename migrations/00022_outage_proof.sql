-- +goose Up

-- What real outages say about the recovery time of continuity plans, as it was
-- decided in an availability review whose report was published.
CREATE TABLE outage_proof (
    run      text        NOT NULL REFERENCES run, -- the review
    outage   text        NOT NULL, -- its finding there
    plan     text        NOT NULL, -- the ContinuityPlan
    version  integer     NOT NULL, -- of that, when the outage began
    service  text        NOT NULL,
    value    text        NOT NULL, -- the recovery time that was agreed: a duration
    begun_at timestamptz NOT NULL, -- the outage
    seconds  bigint      NOT NULL, -- that it lasted, or had lasted
    verdict  text        NOT NULL, -- pass or fail
    at       timestamptz NOT NULL, -- of publication
    PRIMARY KEY (run, outage, plan)
);
CREATE INDEX outage_proof_plan ON outage_proof (plan, begun_at);
CREATE TRIGGER outage_proof_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON outage_proof EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE outage_proof;
