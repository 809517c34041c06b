-- +goose Up

-- Hash of who started a run with which Idempotency-Key: if the process that
-- recorded the run died before it answered, the repeat finds it.
ALTER TABLE run ADD COLUMN request text;
CREATE INDEX run_request ON run (request) WHERE request IS NOT NULL;

-- +goose Down
ALTER TABLE run DROP COLUMN request;
