-- What documents claim of accounts, what became of each claim, and what people vouch for. Outcomes, verdicts and kinds are
-- their names; JSON is what serde writes for the types named beside it.

-- A document that an account was held against.
CREATE TABLE documents (
    id         INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    document   TEXT NOT NULL,             -- its name
    title      TEXT NOT NULL,
    conflicts  TEXT NOT NULL,             -- Vec<Conflict>
    first_seen TEXT NOT NULL,
    UNIQUE (account_id, document)
) STRICT;

-- The newest audit that held each document: all that an audit writes of documents whose claims stand as they stood.
-- `audit_id` is no declared reference, as in `sightings`.
CREATE TABLE document_sightings (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    audit_id    INTEGER NOT NULL
) STRICT;

-- One row per claim, with its newest outcome.
CREATE TABLE claims (
    id                INTEGER PRIMARY KEY,
    document_id       INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    claim_id          TEXT NOT NULL,
    nth               INTEGER NOT NULL,   -- from 0: a document may say several things of what one id names
    text              TEXT NOT NULL,
    lines             TEXT NOT NULL,      -- Vec<Lines>
    headings          TEXT NOT NULL,      -- Vec<String>
    verdict           TEXT NOT NULL,
    observable        TEXT NOT NULL,      -- Option<Observable>
    checks            TEXT NOT NULL,      -- Vec<String>
    selector          TEXT NOT NULL,      -- Selector
    params            TEXT NOT NULL,      -- Map<String, Value>
    reason            TEXT NOT NULL,
    results           TEXT NOT NULL,      -- Vec<CheckOutcome>
    first_seen        TEXT NOT NULL,
    outcome           TEXT NOT NULL,
    since             TEXT NOT NULL,      -- of the outcome; what was unknown in between does not count
    established       TEXT,               -- the newest outcome that was not unknown
    established_since TEXT,
    gone_at           TEXT,               -- since when the document no longer makes it
    UNIQUE (document_id, claim_id, nth)
) STRICT;

CREATE TABLE claim_transitions (
    id           INTEGER PRIMARY KEY,
    claim        INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
    audit_id     INTEGER NOT NULL REFERENCES audits (id),
    at           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    from_outcome TEXT,                    -- none for a claim that is new, or that was gone
    to_outcome   TEXT,                    -- none for a claim that is gone
    reason       TEXT NOT NULL            -- what was seen then
) STRICT;

CREATE INDEX claim_transitions_by_claim ON claim_transitions (claim, id);
CREATE INDEX claim_transitions_by_audit ON claim_transitions (audit_id);

-- What people vouch for. Rows are only added; `withdrawn_*` is all that is ever written later.
CREATE TABLE attestations (
    id             INTEGER PRIMARY KEY,
    account_id     TEXT NOT NULL,         -- `*` for every account
    document       TEXT NOT NULL,         -- `*` for every document
    subject        TEXT NOT NULL,         -- a claim's id, or what kind of attestation it is: `att-...`
    by             TEXT NOT NULL,
    evidence       TEXT NOT NULL,
    until          TEXT NOT NULL,
    note           TEXT,
    created_at     TEXT NOT NULL,
    withdrawn_at   TEXT,
    withdrawn_by   TEXT,
    withdrawn_note TEXT
) STRICT;

-- That the end of an attestation was told, so that it is told once.
CREATE TABLE attestation_notices (
    attestation_id INTEGER NOT NULL REFERENCES attestations (id),
    kind           TEXT NOT NULL,         -- `expiring` or `expired`
    at             TEXT NOT NULL,
    PRIMARY KEY (attestation_id, kind)
) STRICT, WITHOUT ROWID;
