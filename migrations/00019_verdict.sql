-- +goose Up

-- What a draft's figures come to, so that a list of tasks shows it without
-- reading documents; null of those from before.
ALTER TABLE draft ADD COLUMN judged integer, ADD COLUMN missed integer;

-- +goose Down
ALTER TABLE draft DROP COLUMN judged, DROP COLUMN missed;
