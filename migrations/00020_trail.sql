-- +goose Up

-- The audit trail is read by date and by action, too.
CREATE INDEX audit_at ON audit (at, number);
CREATE INDEX audit_action ON audit (action, number);

-- +goose Down
DROP INDEX audit_at, audit_action;
