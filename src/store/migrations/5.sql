-- By what damage is noticed: see `seal.rs`.
CREATE TABLE seal (
    run     INTEGER PRIMARY KEY REFERENCES run,
    row     BLOB NOT NULL,              -- SHA-256 of the run's own row
    answers BLOB NOT NULL,              -- the sum of the SHA-256 of its rows in `answer` and `use`
    commits INTEGER NOT NULL DEFAULT 0, -- transactions until now: see `commit_note.rs`
    loss    TEXT                        -- what of it is gone, until the run is resumed
);

-- One row about the whole store.
CREATE TABLE state (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    store   BLOB NOT NULL, -- a random name, by which files beside the store are told to be its own
    runs    BLOB NOT NULL, -- the sum of the SHA-256 of the numbers and ids of all runs
    writing INTEGER        -- the run that a scan is writing
);
INSERT INTO state (one, store, runs) VALUES (1, randomblob(16), zeroblob(32));
