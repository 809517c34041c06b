-- +goose Up

-- Who issued the token with which data was brought, and something declared or
-- proposed: as far as the audit trail knows. Tokens of the first start have no
-- issuer.
ALTER TABLE import ADD COLUMN token_issuer text NOT NULL DEFAULT '';
ALTER TABLE resource ADD COLUMN token_issuer text NOT NULL DEFAULT '';
ALTER TABLE proposal ADD COLUMN token_issuer text NOT NULL DEFAULT '';

UPDATE import i SET token_issuer = t.issuer FROM audit a JOIN token t ON t.id = a.token
    WHERE a.action = 'tickets.imported' AND a.object = 'service/' || i.service AND a.after->>'id' = i.id::text;
UPDATE proposal p SET token_issuer = t.issuer FROM audit a JOIN token t ON t.id = a.token
    WHERE a.action = 'resource.proposed' AND a.object = p.kind || '/' || p.name AND a.after->>'run' = p.run;
-- Versions are never changed: this adds what was known when they were made.
ALTER TABLE resource DISABLE TRIGGER resource_fixed;
UPDATE resource r SET token_issuer = t.issuer FROM audit a JOIN token t ON t.id = a.token
    WHERE a.action IN ('resource.created', 'resource.changed', 'resource.retired')
      AND a.object = r.kind || '/' || r.name AND a.after->>'version' = r.version::text;
-- A version that was decided was declared by whoever proposed it.
UPDATE resource r SET token_issuer = p.token_issuer FROM proposal p
    WHERE p.kind = r.kind AND p.name = r.name AND p.enacted = r.version;
ALTER TABLE resource ENABLE TRIGGER resource_fixed;

-- The version of its service that a run began under: who has owned that since,
-- the later ones say. By number, since clocks of several processes differ.
ALTER TABLE run ADD COLUMN service_version integer NOT NULL DEFAULT 0;
UPDATE run r SET service_version = coalesce((SELECT max(v.version) FROM resource v
    WHERE v.kind = 'Service' AND v.name = r.service AND v.at <= r.created_at), 0);

-- Who is involved in what a round stands on, written when it is frozen. Who
-- started the run, and who has owned its service, says the run itself.
CREATE TABLE involvement (
    run    text    NOT NULL REFERENCES run,
    round  integer NOT NULL,
    person text    NOT NULL CHECK (person <> ''),
    how    text    NOT NULL,                 -- proposed, imported, declared: see itsm/task
    issued boolean NOT NULL,                 -- they issued the token with which it was done
    about  text    NOT NULL,                 -- as in import/7, Calendar/office, exclusion/desk/3
    PRIMARY KEY (run, round, person, how, issued, about)
);

-- What the rounds stand on that are frozen already.
WITH frozen AS (
    SELECT run, round, at, document AS d, document->>'service' AS service,
        coalesce(document->>'from', document->>'at')::timestamptz AS valid
    FROM frozen_set
), named AS ( -- in their versions
    SELECT f.*, 'Agreement' AS kind, n->>'name' AS name, (n->>'version')::integer AS version
        FROM frozen f, jsonb_path_query(f.d, '$.agreements[*]') n
    UNION ALL
    SELECT f.*, 'Calendar', n->>'name', (n->>'version')::integer FROM frozen f, jsonb_path_query(f.d, '$.calendars[*]') n
), services AS (
    SELECT f.*, s.document->'spec'->>'calendar' AS calendar, s.person, s.token_issuer
    FROM frozen f JOIN resource s ON s.kind = 'Service' AND s.name = f.service AND s.version IN (
        (SELECT max(v.version) FROM resource v WHERE v.kind = 'Service' AND v.name = f.service AND v.at <= f.at AND v.valid_from <= f.valid),
        (SELECT max(v.version) FROM resource v WHERE v.kind = 'Service' AND v.name = f.service AND v.at <= f.at))
), calendars AS ( -- of the service, and of the interval that is proposed
    SELECT f.*, c.name AS calendar FROM frozen f
    JOIN LATERAL (SELECT s.calendar AS name FROM services s WHERE s.run = f.run AND s.round = f.round
        UNION SELECT f.d #>> '{document,spec,calendar}') c ON true
), deeds AS (
    SELECT n.run, n.round, 'declared' AS how, n.kind || '/' || n.name AS about, r.person, r.token_issuer AS issuer
        FROM named n JOIN resource r ON r.kind = n.kind AND r.name = n.name AND r.version = n.version
    UNION ALL
    SELECT run, round, 'declared', 'Service/' || service, person, token_issuer FROM services
    UNION ALL
    SELECT c.run, c.round, 'declared', 'Calendar/' || c.calendar, r.person, r.token_issuer
        FROM calendars c JOIN resource r ON r.kind = 'Calendar' AND r.name = c.calendar AND r.version IN (
            (SELECT max(v.version) FROM resource v WHERE v.kind = 'Calendar' AND v.name = c.calendar AND v.at <= c.at AND v.valid_from <= c.valid),
            (SELECT max(v.version) FROM resource v WHERE v.kind = 'Calendar' AND v.name = c.calendar AND v.at <= c.at))
    UNION ALL
    SELECT f.run, f.round, 'imported', 'import/' || max(i.id), i.person, i.token_issuer
        FROM frozen f JOIN import i ON i.service = f.service AND i.id <= (f.d->>'import')::bigint
        GROUP BY f.run, f.round, i.person, i.token_issuer
    UNION ALL
    SELECT f.run, f.round, 'proposed', format('exclusion/%s/%s', e->>'service', e->>'id'), e->>'by', e->>'token_issuer'
        FROM frozen f, jsonb_path_query(f.d, '$.exclusions[*]') e
    UNION ALL
    SELECT f.run, f.round, 'proposed', p.kind || '/' || p.name, p.person, p.token_issuer FROM frozen f JOIN proposal p ON p.run = f.run
)
INSERT INTO involvement (run, round, person, how, issued, about)
    SELECT run, round, person, how, false, about FROM deeds WHERE person <> ''
    UNION SELECT run, round, issuer, how, true, about FROM deeds WHERE issuer <> '';

CREATE TRIGGER involvement_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON involvement EXECUTE FUNCTION refuse_change();

-- A finding stays as it was; that it was mended is a row beside it.
CREATE TABLE finding_mended (
    finding bigint      PRIMARY KEY REFERENCES finding,
    person  text        NOT NULL,
    at      timestamptz NOT NULL
);
CREATE TRIGGER finding_mended_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_mended EXECUTE FUNCTION refuse_change();

-- Nobody can be made administrator and approver at once any more: who is both
-- goes on, and is a finding until one of the roles is gone.
INSERT INTO finding (kind, service, object, title, at)
    SELECT 'administrator-approves', '', 'Person/' || name, jsonb_build_object(
        'en', format('%s is administrator and approver at once: whoever issues tokens and declares what figures stand on shouldn''t decide on them. Take one of the two roles away (turnus apply).', name),
        'de', format('%s hat die Rollen administrator und approver zugleich: wer Tokens ausstellt und hinterlegt, worauf Zahlen beruhen, soll nicht über sie entscheiden. Eine der beiden Rollen entziehen (turnus apply).', name)), now()
    FROM resource_current WHERE kind = 'Person' AND document->'spec'->'roles' ?& ARRAY['administrator', 'approver'] ORDER BY name;

-- +goose Down
DROP TABLE finding_mended, involvement;
ALTER TABLE run DROP COLUMN service_version;
ALTER TABLE proposal DROP COLUMN token_issuer;
ALTER TABLE resource DROP COLUMN token_issuer;
ALTER TABLE import DROP COLUMN token_issuer;
