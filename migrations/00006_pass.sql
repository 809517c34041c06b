-- +goose Up

-- What a pass may be used for, beyond its task: one that the API makes for a
-- call is bound to the whole answer, by hash, and presented by its ID; one that
-- somebody carries is presented by its secret, and may name its outcome.
ALTER TABLE pass ADD COLUMN bound text;
ALTER TABLE pass ADD COLUMN outcome text;
CREATE INDEX pass_run ON pass (run) WHERE kind = 'cancel';

-- +goose Down
DROP INDEX pass_run;
ALTER TABLE pass DROP COLUMN outcome;
ALTER TABLE pass DROP COLUMN bound;
