-- +goose Up

-- What a task asks, of whom, and against whom four eyes hold (itsm/task). All
-- tasks so far are approvals.
ALTER TABLE task
    ADD COLUMN title       jsonb  NOT NULL DEFAULT '{"en": "Approve the content?", "de": "Inhalt freigeben?"}',
    ADD COLUMN body        jsonb  NOT NULL DEFAULT '{"en": "", "de": ""}',
    ADD COLUMN fields      jsonb  NOT NULL DEFAULT '[]',
    ADD COLUMN for_who     text   NOT NULL DEFAULT 'approvers' CHECK (for_who IN ('approvers', 'owner', 'persons', 'role')),
    ADD COLUMN for_role    text   NOT NULL DEFAULT '',
    ADD COLUMN for_persons text[] NOT NULL DEFAULT '{}',
    ADD COLUMN against     text[] NOT NULL DEFAULT '{any}',
    ADD COLUMN apart       text   NOT NULL DEFAULT '', -- whoever answered this step of the round doesn't answer
    ADD COLUMN escalate_to text   NOT NULL DEFAULT 'owner';

ALTER TABLE decision ADD COLUMN fields jsonb NOT NULL DEFAULT '{}';

-- Which decisions a run was told of once more: several tasks of a round end by
-- themselves while it waits for the others.
CREATE TABLE decision_told (
    task text        PRIMARY KEY REFERENCES task,
    at   timestamptz NOT NULL
);
CREATE TRIGGER decision_told_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON decision_told EXECUTE FUNCTION refuse_change();

-- Files that a task was answered with, here so that a backup has them.
CREATE TABLE task_file (
    task    text        NOT NULL REFERENCES task,
    sha256  text        NOT NULL,
    name    text        NOT NULL,
    type    text        NOT NULL, -- media type, as its content shows it
    bytes   integer     NOT NULL CHECK (bytes = length(content)),
    content bytea       NOT NULL,
    person  text        NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (task, sha256)
);
ALTER TABLE task_file ALTER COLUMN content SET STORAGE EXTERNAL; -- what people send is packed already
CREATE TRIGGER task_file_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON task_file EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE task_file;
DROP TABLE decision_told;
ALTER TABLE decision DROP COLUMN fields;
ALTER TABLE task DROP COLUMN title, DROP COLUMN body, DROP COLUMN fields, DROP COLUMN for_who, DROP COLUMN for_role,
    DROP COLUMN for_persons, DROP COLUMN against, DROP COLUMN apart, DROP COLUMN escalate_to;
