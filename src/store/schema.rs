//! The tables, as steps from one format to the next.
//!
//! A step that was released is never changed; what comes later is a further step. Times are milliseconds since the
//! epoch; days are `2026-11-21` in local time.

/// The steps; a file's format is how many of them it has taken.
pub const MIGRATIONS: &[&str] = &[FIRST, CONVERSATIONS, FIGURES, DAILY, EVALUATIONS];

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

/// Conversations. `turn.n` counts turns as they were added, so that those of one conversation lie close together; what
/// an answer streams is in `delta`, one row a batch, until the answer is finished and its turn holds it all. `turn.run`
/// is the program that an unfinished answer comes from. Ratings and comparisons outlive the conversation, as figures.
const CONVERSATIONS: &str = "
CREATE TABLE session (
    id         INTEGER PRIMARY KEY,
    title      TEXT,
    opening    TEXT    NOT NULL DEFAULT '',
    roots      TEXT    NOT NULL,
    began_ms   INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    tip        INTEGER,
    origin     INTEGER
);
CREATE INDEX session_changed ON session (changed_ms);

CREATE TABLE session_root (
    root    BLOB    NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY (root, session)
) WITHOUT ROWID;
CREATE INDEX session_root_session ON session_root (session);

CREATE TABLE turn (
    n        INTEGER PRIMARY KEY,
    id       INTEGER NOT NULL UNIQUE,
    session  INTEGER NOT NULL,
    parent   INTEGER,
    at_ms    INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    run      INTEGER,
    more     TEXT    NOT NULL,
    context  TEXT    NOT NULL,
    thinking TEXT    NOT NULL,
    text     TEXT    NOT NULL
);
CREATE INDEX turn_session ON turn (session, n, id, parent);
CREATE INDEX turn_going ON turn (run) WHERE state = 'going';

CREATE TABLE delta (
    n        INTEGER PRIMARY KEY,
    turn     INTEGER NOT NULL,
    text     TEXT    NOT NULL,
    thinking TEXT    NOT NULL
);

CREATE TABLE attachment (
    id       INTEGER PRIMARY KEY,
    session  INTEGER NOT NULL,
    turn     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    mime     TEXT,
    name     TEXT    NOT NULL,
    content  BLOB    NOT NULL
);
CREATE INDEX attachment_turn ON attachment (turn, position);
CREATE INDEX attachment_session ON attachment (session);

CREATE TABLE rating (
    turn    INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    task    TEXT    NOT NULL,
    backend TEXT    NOT NULL,
    model   TEXT    NOT NULL,
    thumb   INTEGER NOT NULL,
    word    TEXT    NOT NULL
);
CREATE INDEX rating_session ON rating (session);

CREATE TABLE compared (
    turn    INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    task    TEXT    NOT NULL,
    backend TEXT    NOT NULL,
    model   TEXT    NOT NULL,
    picked  INTEGER NOT NULL
);
CREATE INDEX compared_session ON compared (session);

CREATE TABLE open_session (
    run     INTEGER PRIMARY KEY,
    session INTEGER NOT NULL
);

CREATE TABLE draft (
    id      INTEGER PRIMARY KEY,
    run     INTEGER NOT NULL,
    session INTEGER,
    place   INTEGER NOT NULL,
    roots   TEXT    NOT NULL,
    at_ms   INTEGER NOT NULL,
    more    TEXT    NOT NULL,
    text    TEXT    NOT NULL
);
CREATE INDEX draft_run ON draft (run);

CREATE VIRTUAL TABLE turn_words USING fts5(
    text, content = 'turn', content_rowid = 'n', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO turn_words (turn_words, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER turn_words_new AFTER INSERT ON turn BEGIN
    INSERT INTO turn_words (rowid, text) VALUES (new.n, new.text);
END;
CREATE TRIGGER turn_words_gone AFTER DELETE ON turn BEGIN
    INSERT INTO turn_words (turn_words, rowid, text) VALUES ('delete', old.n, old.text);
END;
CREATE TRIGGER turn_words_changed AFTER UPDATE OF text ON turn WHEN old.text <> new.text BEGIN
    INSERT INTO turn_words (turn_words, rowid, text) VALUES ('delete', old.n, old.text);
    INSERT INTO turn_words (rowid, text) VALUES (new.n, new.text);
END;
";

const FIGURES: &str = "
CREATE TABLE judge_figures (
    repository TEXT    NOT NULL,
    judge      TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL,
    commits    INTEGER NOT NULL,
    recall_10  REAL    NOT NULL,
    lead_low   REAL,
    lead_high  REAL,
    query_us   INTEGER NOT NULL,
    usd        REAL    NOT NULL,
    PRIMARY KEY (repository, judge)
) WITHOUT ROWID;
";

/// Figures by day, for `quarry stats`: sums, and latencies as counts in buckets, so that a year of a judge's calls takes
/// no more room than its days. What the egress log still has is counted in.
const DAILY: &str = "
CREATE TABLE served (
    day        TEXT    NOT NULL,
    task       TEXT    NOT NULL,
    backend    TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    answers    INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    usd        REAL    NOT NULL,
    unpriced   INTEGER NOT NULL,
    PRIMARY KEY (day, task, backend, model)
) WITHOUT ROWID;
INSERT INTO served
SELECT date(at_ms / 1000, 'unixepoch', 'localtime'), task, backend, model, sum(outcome = 'answered'),
       sum(outcome <> 'answered'), coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0),
       coalesce(sum(usd), 0.0), sum(outcome = 'answered' AND usd IS NULL)
FROM egress WHERE outcome IS NOT NULL AND outcome <> 'retried' GROUP BY 1, 2, 3, 4;

CREATE TABLE speed (
    day     TEXT    NOT NULL,
    task    TEXT    NOT NULL,
    backend TEXT    NOT NULL,
    model   TEXT    NOT NULL,
    whole   INTEGER NOT NULL,
    bucket  INTEGER NOT NULL,
    calls   INTEGER NOT NULL,
    PRIMARY KEY (day, task, backend, model, whole, bucket)
) WITHOUT ROWID;

CREATE TABLE edit_fate (
    edit       INTEGER PRIMARY KEY,
    at_ms      INTEGER NOT NULL,
    task       TEXT    NOT NULL,
    backend    TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    hunks      INTEGER NOT NULL,
    accepted   INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    standing   INTEGER
);
";

/// What evaluations and tunings found, as JSON, and what people and answers said of files.
const EVALUATIONS: &str = "
CREATE TABLE finding (
    repository TEXT NOT NULL,
    kind       TEXT NOT NULL,
    content    BLOB NOT NULL,
    PRIMARY KEY (repository, kind)
) WITHOUT ROWID;

CREATE TABLE feedback (
    repository TEXT    NOT NULL,
    request    TEXT    NOT NULL,
    path       BLOB    NOT NULL,
    kind       TEXT    NOT NULL,
    head       BLOB    NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (repository, request, path, kind)
) WITHOUT ROWID;
CREATE INDEX feedback_time ON feedback (repository, at_ms);
";
