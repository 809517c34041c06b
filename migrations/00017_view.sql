-- +goose Up

-- Persons who were there before there were views: they see what is published of
-- every service, as they did, until they are declared with a view of their own,
-- or retired.
CREATE TABLE person_upgraded (
    person text PRIMARY KEY
);
INSERT INTO person_upgraded (person) SELECT name FROM resource_current
    WHERE kind = 'Person' AND NOT document->'spec' ? 'sees';

-- Auditors and administrators see what is published anyway.
INSERT INTO finding (kind, type, severity, key, service, object, source, title, at, remind_at, escalate_at)
    SELECT 'sees-everything', 'nonconformity', 'major', 'sees-everything', '', 'Person', '{"kind": "records", "name": "Person"}', jsonb_build_object(
        'en', CASE n WHEN 1 THEN '1 person sees' ELSE format('%s persons see', n) END ||
            ' the published reports of every service, as before the upgrade: say for each of them what they see (sees: in their Person, also sees: {}, with turnus apply).',
        'de', CASE n WHEN 1 THEN '1 Person sieht' ELSE format('%s Personen sehen', n) END ||
            ' wie vor der Aktualisierung die veröffentlichten Berichte aller Services: Für jede festlegen, was sie sieht (sees: in ihrem Objekt der Art Person, auch sees: {}, mit turnus apply).'),
        now(), now() + interval '3 days', now() + interval '5 days'
    FROM (SELECT count(*) AS n FROM person_upgraded u JOIN resource_current p ON p.kind = 'Person' AND p.name = u.person
        WHERE NOT coalesce(p.document->'spec'->'roles' <@ '["administrator", "auditor"]' AND p.document->'spec'->'roles' <> '[]', false)) persons
    WHERE n > 0
    ON CONFLICT (key) WHERE ended_at IS NULL DO NOTHING;
INSERT INTO finding_seen (finding, key, source, title, at)
    SELECT id, object, source, title, at FROM finding WHERE kind = 'sees-everything' AND ended_at IS NULL ON CONFLICT DO NOTHING;

-- Agreements by their customers, and what is about a thing, in the order of lists.
CREATE INDEX resource_customer ON resource ((document->'spec'->>'customer')) WHERE kind = 'Agreement';
CREATE INDEX run_seen ON run (about_kind, about, created_at DESC, id);
CREATE INDEX slot_seen ON slot (about_kind, about, due_at);

-- +goose Down
DROP INDEX resource_customer, run_seen, slot_seen;
DROP TABLE person_upgraded;
