-- The judged view. Everything in it follows from the store and from the rules of the program that wrote it.

-- A track of runs, judged under one policy by one set of rules. Another policy or other rules make another
-- edition: it is shown when it is whole, in the place of the one before.
CREATE TABLE edition (
    number INTEGER PRIMARY KEY,
    is_current INTEGER NOT NULL,
    rules BLOB NOT NULL,
    policy BLOB NOT NULL,
    track TEXT NOT NULL,
    -- The newest whole run: it, what it was made from (zstd), what is said of its vantage point (zstd).
    run TEXT NOT NULL,
    inputs BLOB NOT NULL,
    vantage BLOB NOT NULL
);

-- The runs of an edition, by their place in it.
CREATE TABLE run (
    edition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (edition, position)
) WITHOUT ROWID;

-- The ids of an inventory's services, with their former ones (zstd), from a run on.
CREATE TABLE names (
    edition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    names BLOB NOT NULL,
    PRIMARY KEY (edition, position)
) WITHOUT ROWID;

-- An id of a service.
CREATE TABLE service (
    number INTEGER PRIMARY KEY,
    edition INTEGER NOT NULL,
    id TEXT NOT NULL,
    UNIQUE (edition, id)
);

-- From which run on (and until before which one) something was so.
CREATE TABLE standing (
    service INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    code INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    PRIMARY KEY (service, since)
) WITHOUT ROWID;
CREATE INDEX standing_change ON standing (edition, since) WHERE since > 0;
CREATE INDEX standing_end ON standing (edition, until) WHERE until IS NOT NULL;

CREATE TABLE definition (
    service INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    definition TEXT NOT NULL,
    edition INTEGER NOT NULL,
    PRIMARY KEY (service, since)
) WITHOUT ROWID;

CREATE TABLE finding (
    service INTEGER NOT NULL,
    rule INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    code INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    PRIMARY KEY (service, rule, since)
) WITHOUT ROWID;
CREATE INDEX finding_change ON finding (edition, since) WHERE since > 0;

-- Which services a run of a part looked at.
CREATE TABLE look (
    edition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    service INTEGER NOT NULL,
    PRIMARY KEY (edition, position, service)
) WITHOUT ROWID;

-- The services of the newest whole run in its order, as they were last seen: with all verdicts (zstd).
CREATE TABLE latest (
    edition INTEGER NOT NULL,
    place INTEGER NOT NULL,
    service TEXT NOT NULL,
    rescan TEXT,
    standing INTEGER NOT NULL,
    blockers TEXT NOT NULL,
    verdicts BLOB NOT NULL,
    PRIMARY KEY (edition, place)
) WITHOUT ROWID;
