-- +goose Up

-- Tickets are sorted by the bytes of their numbers, whatever the database's
-- collation: a report reads them in the order of the index, without a sort.
ALTER TABLE ticket_version ALTER COLUMN number TYPE text COLLATE "C";

-- +goose Down
ALTER TABLE ticket_version ALTER COLUMN number TYPE text;
