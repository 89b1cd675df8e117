//! The tables, as steps from one format to the next.
//!
//! A step that was released is never changed; what comes later (sessions, feedback) is a further step. Times are
//! milliseconds since the epoch; days are `2026-11-21` in local time.

/// The steps; a file's format is how many of them it has taken.
pub const MIGRATIONS: &[&str] = &[FIRST];

const FIRST: &str = "
CREATE TABLE egress (
    id         INTEGER PRIMARY KEY,
    at_ms      INTEGER NOT NULL,
    session    INTEGER NOT NULL,
    call       INTEGER NOT NULL,
    endpoint   TEXT    NOT NULL,
    leaves     INTEGER NOT NULL,
    task       TEXT    NOT NULL,
    backend    TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    files      TEXT    NOT NULL,
    redacted   INTEGER NOT NULL,
    outcome    TEXT,
    tokens_in  INTEGER,
    tokens_out INTEGER,
    usd        REAL
);
CREATE INDEX egress_call ON egress (session, call);
CREATE INDEX egress_time ON egress (leaves, at_ms);

CREATE TABLE egress_gap (
    at_ms  INTEGER NOT NULL,
    missed INTEGER NOT NULL
);

CREATE TABLE spend (
    day        TEXT    NOT NULL,
    session    INTEGER NOT NULL,
    backend    TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    calls      INTEGER NOT NULL,
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    usd        REAL    NOT NULL,
    unpriced   INTEGER NOT NULL,
    PRIMARY KEY (day, session, backend, model)
) WITHOUT ROWID;

CREATE TABLE latency (
    id             INTEGER PRIMARY KEY,
    backend        TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    task           TEXT    NOT NULL,
    at_ms          INTEGER NOT NULL,
    first_token_us INTEGER,
    total_us       INTEGER NOT NULL,
    tokens_out     INTEGER NOT NULL
);
CREATE INDEX latency_model ON latency (backend, model, id);

CREATE TABLE calibration (
    repository TEXT    NOT NULL,
    judge      TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL,
    content    BLOB    NOT NULL,
    PRIMARY KEY (repository, judge)
) WITHOUT ROWID;
";
