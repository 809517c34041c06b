-- +goose Up

-- What resource a run, an interval at work, its slots and a finding are about:
-- it says who owns them, who approves, and in whose hours. Until now that was a
-- service each time; service stays the one that a run or a finding concerns, and
-- is empty where there is none.
ALTER TABLE run
    ADD COLUMN about_kind text NOT NULL DEFAULT 'Service',
    ADD COLUMN about text NOT NULL DEFAULT '';
ALTER TABLE run RENAME COLUMN service_version TO about_version;
ALTER TABLE run DISABLE TRIGGER run_ended;
UPDATE run SET about = service;
ALTER TABLE run ENABLE TRIGGER run_ended;
DROP INDEX run_service;
CREATE INDEX run_about ON run (about_kind, about) WHERE ended_at IS NULL;

ALTER TABLE plan
    ADD COLUMN about_kind text NOT NULL DEFAULT 'Service',
    ADD COLUMN about text NOT NULL DEFAULT '';
UPDATE plan SET about = scope;

ALTER TABLE slot
    ADD COLUMN about_kind text NOT NULL DEFAULT 'Service',
    ADD COLUMN about text NOT NULL DEFAULT '';
ALTER TABLE slot DISABLE TRIGGER slot_closed;
UPDATE slot SET about = scope;
ALTER TABLE slot ENABLE TRIGGER slot_closed;

ALTER TABLE finding
    ADD COLUMN about_kind text NOT NULL DEFAULT 'Service',
    ADD COLUMN about text NOT NULL DEFAULT ''; -- it concerns the installation
ALTER TABLE finding DISABLE TRIGGER finding_fixed;
UPDATE finding SET about = service;
ALTER TABLE finding ENABLE TRIGGER finding_fixed;

-- +goose Down
ALTER TABLE finding DROP COLUMN about_kind, DROP COLUMN about;
ALTER TABLE slot DROP COLUMN about_kind, DROP COLUMN about;
ALTER TABLE plan DROP COLUMN about_kind, DROP COLUMN about;
DROP INDEX run_about;
CREATE INDEX run_service ON run (service) WHERE ended_at IS NULL;
ALTER TABLE run RENAME COLUMN about_version TO service_version;
ALTER TABLE run DROP COLUMN about_kind, DROP COLUMN about;
