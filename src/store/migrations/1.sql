CREATE TABLE run (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    started_at INTEGER NOT NULL,       -- microseconds since 1970, UTC
    run        TEXT NOT NULL,          -- JSON
    inputs     TEXT NOT NULL           -- JSON
);

-- Canonical documents, named by their SHA-256, compressed with zstd.
CREATE TABLE observation (
    number   INTEGER PRIMARY KEY,
    digest   BLOB NOT NULL UNIQUE,
    document BLOB NOT NULL
);

-- Long byte strings that observations name by digest, compressed with zstd.
CREATE TABLE blob (
    digest BLOB NOT NULL PRIMARY KEY,
    octets BLOB NOT NULL
) WITHOUT ROWID;

-- What a run asked; the same request is answered once a run (the vantage tests are attempts).
CREATE TABLE answer (
    number      INTEGER PRIMARY KEY,
    run         INTEGER NOT NULL REFERENCES run,
    request     TEXT NOT NULL,
    observation INTEGER NOT NULL REFERENCES observation,
    UNIQUE (run, request)
);

-- Who rests on which answer. The vantage point's own tests have the asker ''.
CREATE TABLE use (
    run    INTEGER NOT NULL REFERENCES run,
    asker  TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (run, asker, answer)
) WITHOUT ROWID;
