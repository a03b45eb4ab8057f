-- Times are RFC 3339 in UTC with six decimals, so that they sort as text. Verdicts, severities and kinds are their
-- lower-case names. JSON is what serde writes for the types named beside it.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tells this store's alerts from those of every other store.
INSERT INTO meta (key, value) VALUES ('store_id', lower(hex(randomblob(16))));

-- What an audit looked at. Audit after audit it is the same, so it is kept once and referred to.
CREATE TABLE scopes (
    id       INTEGER PRIMARY KEY,
    digest   TEXT NOT NULL UNIQUE,
    accounts TEXT NOT NULL,               -- Vec<AuditedAccount>
    checks   TEXT NOT NULL,               -- Vec<String>
    coverage TEXT NOT NULL                -- Vec<Coverage>
) STRICT;

CREATE TABLE audits (
    id          INTEGER PRIMARY KEY,
    scope_id    INTEGER NOT NULL REFERENCES scopes (id),
    started_at  TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    as_of       TEXT NOT NULL,
    version     TEXT NOT NULL,
    resources   INTEGER NOT NULL,
    calls       INTEGER NOT NULL,
    retries     INTEGER NOT NULL,
    throttles   INTEGER NOT NULL,
    incomplete  INTEGER NOT NULL,         -- listings that did not come whole
    totals      TEXT NOT NULL             -- Totals
) STRICT;

CREATE INDEX audits_by_scope ON audits (scope_id);

-- One row per finding key, with its newest verdict. Open means: a fail was established, and nothing since.
CREATE TABLE findings (
    id            INTEGER PRIMARY KEY,
    account_id    TEXT NOT NULL,
    region        TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id   TEXT NOT NULL,
    check_id      TEXT NOT NULL,
    title         TEXT NOT NULL,
    severity      TEXT NOT NULL,
    verdict       TEXT NOT NULL,
    established   TEXT,                   -- the newest verdict that was not unknown
    resource_arn  TEXT NOT NULL,
    message       TEXT NOT NULL,
    evidence      TEXT NOT NULL,          -- Map<String, Value>
    reason        TEXT NOT NULL,          -- Option<Reason>
    remediation   TEXT NOT NULL,
    first_seen    TEXT NOT NULL,
    changed_at    TEXT NOT NULL,
    opened_at     TEXT,
    resolved_at   TEXT,
    gone_at       TEXT,
    muted         INTEGER NOT NULL,       -- open, and a suppression kept it out of the alerts
    open          INTEGER NOT NULL GENERATED ALWAYS AS (opened_at IS NOT NULL AND resolved_at IS NULL) VIRTUAL,
    UNIQUE (account_id, region, resource_type, resource_id, check_id)
) STRICT;

CREATE INDEX findings_open ON findings (severity) WHERE opened_at IS NOT NULL AND resolved_at IS NULL;

-- The newest audit that saw each finding. It is a table of its own because it is all that an audit of an unchanged
-- account writes: a few bytes a finding. `audit_id` is no declared reference, since each deleted audit would cost a scan
-- of this table; `maintain` keeps the audits that it names.
CREATE TABLE sightings (
    finding_id INTEGER PRIMARY KEY REFERENCES findings (id) ON DELETE CASCADE,
    audit_id   INTEGER NOT NULL
) STRICT;

CREATE TABLE suppressions (
    id          INTEGER PRIMARY KEY,
    check_id    TEXT NOT NULL,            -- this and the next three: globs
    account_id  TEXT NOT NULL,
    region      TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    who         TEXT NOT NULL,
    why         TEXT NOT NULL,
    until       TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    revoked_at  TEXT,
    revoked_by  TEXT
) STRICT;

CREATE TABLE transitions (
    id             INTEGER PRIMARY KEY,
    finding_id     INTEGER NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    audit_id       INTEGER NOT NULL REFERENCES audits (id),
    at             TEXT NOT NULL,
    kind           TEXT NOT NULL,
    cause          TEXT,                  -- of `closed` only
    from_verdict   TEXT,                  -- none for a finding that is new, or that was gone
    to_verdict     TEXT,                  -- none for a finding that is gone
    message        TEXT NOT NULL,         -- what was seen then
    suppression_id INTEGER REFERENCES suppressions (id)
) STRICT;

CREATE INDEX transitions_by_finding ON transitions (finding_id, id);
CREATE INDEX transitions_by_audit ON transitions (audit_id);
CREATE INDEX transitions_by_suppression ON transitions (suppression_id) WHERE suppression_id IS NOT NULL;

CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY,
    audit_id        INTEGER NOT NULL REFERENCES audits (id),
    channel         TEXT NOT NULL,
    dedup_key       TEXT NOT NULL,
    payload         TEXT NOT NULL,        -- Changes
    created_at      TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    last_error      TEXT,
    delivered_at    TEXT,
    UNIQUE (audit_id, channel)
) STRICT;

CREATE INDEX outbox_undelivered ON outbox (next_attempt_at) WHERE delivered_at IS NULL;
