-- +goose Up

-- A session of the pages. Its cookie is stored hashed; it is worth no more than
-- the token that it was opened with. What an ended one sealed can still be
-- opened by its person, so it stays for a while.
CREATE TABLE session (
    id         text        PRIMARY KEY,
    hash       text        NOT NULL UNIQUE,
    person     text        NOT NULL,
    token      text        NOT NULL REFERENCES token,
    language   text,                          -- chosen in it; null: none
    seal       bytea       NOT NULL,          -- key of what is carried through a sign-in
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE INDEX session_person ON session (person, created_at);
CREATE INDEX session_token ON session (token) WHERE ended_at IS NULL;
CREATE INDEX session_expires ON session (expires_at);

-- An address that lets one person in, once.
CREATE TABLE admission (
    hash       text        PRIMARY KEY,
    person     text        NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz                    -- used, or taken back
);
CREATE INDEX admission_person ON admission (person) WHERE ended_at IS NULL;

-- What has ended stays ended, and goes only after it has expired: see 00008.
CREATE TRIGGER session_ended BEFORE UPDATE ON session FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER session_valid BEFORE DELETE ON session FOR EACH ROW WHEN (OLD.expires_at > now()) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER session_stays BEFORE TRUNCATE ON session EXECUTE FUNCTION refuse_change();
CREATE TRIGGER admission_ended BEFORE UPDATE ON admission FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER admission_valid BEFORE DELETE ON admission FOR EACH ROW WHEN (OLD.expires_at > now()) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER admission_stays BEFORE TRUNCATE ON admission EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE admission, session;
