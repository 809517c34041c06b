-- +goose Up

-- What an inbox has to know of a task's run, beside the task: so it reads what is
-- asked about somebody's services, and no run. A run never changes any of it.
-- Lists alone read these; who decides says the run.
ALTER TABLE task
    ADD COLUMN about_kind    text    NOT NULL DEFAULT 'Service',
    ADD COLUMN about         text    NOT NULL DEFAULT '',
    ADD COLUMN about_version integer NOT NULL DEFAULT 0,
    ADD COLUMN owner         text    NOT NULL DEFAULT '', -- at the start
    ADD COLUMN started_by    text    NOT NULL DEFAULT '',
    ADD COLUMN token_issuer  text    NOT NULL DEFAULT '';
ALTER TABLE task DISABLE TRIGGER task_ended;
UPDATE task t SET about_kind = r.about_kind, about = r.about, about_version = r.about_version, owner = r.owner, started_by = r.started_by,
    token_issuer = r.token_issuer FROM run r WHERE r.id = t.run;
ALTER TABLE task ENABLE TRIGGER task_ended;

-- One index for each way in which a task is for somebody, and for what they
-- have started.
CREATE INDEX task_about ON task (about_kind, about, state, for_who, opened_at, id);
CREATE INDEX task_role ON task (for_role, state, opened_at, id) WHERE for_who = 'role';
CREATE INDEX task_persons ON task USING gin (for_persons) WHERE for_who = 'persons';
CREATE INDEX task_persons_open ON task USING gin (for_persons) WHERE for_who = 'persons' AND state = 'open';
CREATE INDEX task_started ON task (started_by) WHERE state = 'open';
CREATE INDEX task_opened ON task (opened_at, id); -- whoever sees all

-- Four eyes ask of one person, round by round: what they were involved in lies
-- side by side.
CREATE INDEX involvement_person ON involvement (person, run, round) INCLUDE (how);
CREATE INDEX decision_person ON decision (person, run, round) INCLUDE (task);

-- +goose Down
DROP INDEX decision_person, involvement_person;
ALTER TABLE task DROP COLUMN about_kind, DROP COLUMN about, DROP COLUMN about_version, DROP COLUMN owner, DROP COLUMN started_by,
    DROP COLUMN token_issuer;
DROP INDEX task_opened, task_persons_open, task_persons, task_role;
