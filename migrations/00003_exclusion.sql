-- +goose Up

-- Tickets that somebody proposed to leave out of the figures, and why. Rows
-- are added, no more: a proposal that shall not count is withdrawn.
CREATE TABLE exclusion (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service      text        NOT NULL,
    tickets      text[]      NOT NULL CHECK (cardinality(tickets) BETWEEN 1 AND 1000),
    agreement    text        NOT NULL DEFAULT '', -- empty: under every agreement
    target       text        NOT NULL DEFAULT '', -- empty: under every target
    reason       text        NOT NULL,
    detail       text        NOT NULL,
    evidence     text        NOT NULL,
    person       text        NOT NULL,
    token_issuer text        NOT NULL DEFAULT '',
    at           timestamptz NOT NULL,
    request      text,                            -- as in run: a repeat finds what it proposed
    CHECK (target = '' OR agreement <> '')
);
CREATE INDEX exclusion_service ON exclusion (service, id);
CREATE INDEX exclusion_request ON exclusion (request) WHERE request IS NOT NULL;

CREATE TABLE exclusion_withdrawal (
    exclusion    bigint      PRIMARY KEY REFERENCES exclusion,
    person       text        NOT NULL,
    token_issuer text        NOT NULL DEFAULT '',
    reason       text        NOT NULL,
    at           timestamptz NOT NULL
);

CREATE TRIGGER exclusion_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON exclusion EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exclusion_withdrawal_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON exclusion_withdrawal EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE exclusion_withdrawal, exclusion;
