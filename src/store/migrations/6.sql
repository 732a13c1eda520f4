-- What the daemon (`v6ready serve`) keeps beside the runs: see `daemon.rs`. Times are microseconds
-- since 1970, UTC, where nothing else is said. Rows of the tables with a `number` are counted in `daemon_seal`.
-- Log-in sessions.
CREATE TABLE session (
    key      BLOB NOT NULL PRIMARY KEY, -- the SHA-256 of the session's secret: a copy of the store logs nobody in
    until    INTEGER NOT NULL,          -- when it ends at the latest, in seconds since 1970
    document TEXT NOT NULL              -- whose it is, as JSON
) WITHOUT ROWID;

-- One row an alert, from its trigger on. At most one is open for each key.
CREATE TABLE alert (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    key          TEXT NOT NULL,
    inventory    TEXT NOT NULL,
    organisation TEXT,
    service      TEXT,
    kind         TEXT NOT NULL,
    severity     TEXT NOT NULL,
    began_at     INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    announced_at INTEGER,               -- when a message about it was last decided
    resolved_at  INTEGER,
    document     TEXT NOT NULL          -- JSON
);
CREATE UNIQUE INDEX open_alert ON alert (inventory, key) WHERE resolved_at IS NULL;
CREATE INDEX alert_by_key ON alert (inventory, key, began_at);
CREATE INDEX alert_by_time ON alert (began_at);

CREATE TABLE acknowledgement (
    number INTEGER PRIMARY KEY,
    alert  INTEGER NOT NULL REFERENCES alert,
    by     TEXT NOT NULL,
    at     INTEGER NOT NULL,
    note   TEXT NOT NULL
);
CREATE INDEX acknowledgement_of_alert ON acknowledgement (alert);

-- Up to which run each inventory was looked at for alerts.
CREATE TABLE alert_mark (
    number    INTEGER PRIMARY KEY,
    inventory TEXT NOT NULL UNIQUE,
    run       TEXT NOT NULL,
    at        INTEGER NOT NULL
);

CREATE TABLE outbox (
    number    INTEGER PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE,     -- the same on each try, so that a receiver knows a repetition
    route     TEXT NOT NULL,
    channel   TEXT NOT NULL,
    recipient TEXT,
    made_at   INTEGER NOT NULL,
    next_at   INTEGER,                  -- null: sent, or given up
    tries     INTEGER NOT NULL DEFAULT 0,
    sent_at   INTEGER,
    problem   TEXT,                     -- what the last try came to
    document  TEXT NOT NULL             -- JSON
);
CREATE INDEX waiting_message ON outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX message_by_route ON outbox (route, made_at);

CREATE TABLE schedule_mark (
    number   INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    due_at   INTEGER NOT NULL,          -- the last time that was acted on
    began_at INTEGER,
    ended_at INTEGER,
    run      TEXT,
    problem  TEXT                       -- why it failed
);

-- Scans that were asked for and have not begun, or not ended.
CREATE TABLE requested_scan (
    number    INTEGER PRIMARY KEY,
    run       TEXT NOT NULL UNIQUE,     -- the id that it has, or will have
    asked_at  INTEGER NOT NULL,
    document  TEXT NOT NULL             -- JSON
);

CREATE TABLE maintenance (
    number    INTEGER PRIMARY KEY,
    begins_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    only      TEXT NOT NULL,            -- JSON: patterns that choose services
    note      TEXT NOT NULL,
    by        TEXT NOT NULL
);

-- Who wants no more mail about an organisation.
CREATE TABLE unsubscription (
    number       INTEGER PRIMARY KEY,
    address      TEXT NOT NULL,
    organisation TEXT NOT NULL,
    at           INTEGER NOT NULL,
    UNIQUE (address, organisation)
);

-- The sum of the SHA-256 of the rows of a table.
CREATE TABLE daemon_seal (
    "table" TEXT NOT NULL PRIMARY KEY,
    sum     BLOB NOT NULL
) WITHOUT ROWID;

-- With which links are signed; made when it is first needed.
CREATE TABLE secret (
    name   TEXT NOT NULL PRIMARY KEY,
    octets BLOB NOT NULL
) WITHOUT ROWID;
