-- Schema 1: the record, its sealed text, and a table of names.
--
-- A row of `record` is one immutable statement about one event. `body` is what was stated (canonical JSON);
-- `commitments` and `hash` are what the chain keeps of it when `salt` and `body` are erased (both then NULL, with
-- the copies below them). How body, commitments and hash are made is the writer's business, not this file's.
-- Never changed once released: a change is the next numbered file.

CREATE TABLE record (
    seq          INTEGER PRIMARY KEY CHECK (seq > 0),        -- device sequence, from 1, without gaps
    device       TEXT    NOT NULL,
    at           INTEGER NOT NULL CHECK (at >= 0),           -- milliseconds since 1970-01-01T00:00:00Z
    event        TEXT,                                       -- links the rows of one interaction
    kind         TEXT    NOT NULL,
    salt         BLOB    CHECK (length(salt) = 32),
    body         TEXT,
    commitments  BLOB    NOT NULL,
    previous     BLOB    NOT NULL CHECK (length(previous) = 32),
    hash         BLOB    NOT NULL CHECK (length(hash) = 32),
    -- Copies of values in `body`, for filters.
    app          TEXT,
    person       TEXT,
    operation    TEXT,
    action       TEXT,
    conversation TEXT,
    parent       TEXT,                                       -- the site's id of the message this one follows
    message      TEXT,                                       -- the site's id of this message
    matched      INTEGER NOT NULL DEFAULT 0 CHECK (matched IN (0, 1))
) STRICT;

CREATE INDEX record_at           ON record (at);
CREATE INDEX record_event        ON record (event)        WHERE event IS NOT NULL;
CREATE INDEX record_conversation ON record (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX record_parent       ON record (parent)       WHERE parent IS NOT NULL;
CREATE INDEX record_message      ON record (message)      WHERE message IS NOT NULL;

-- What can happen to an event only once. Two processes that are asked the same thing cannot both answer.
CREATE UNIQUE INDEX record_once ON record (event, kind)
    WHERE kind IN ('judged', 'answered', 'released', 'refused', 'late');

-- Topics of a row that are above level 0.
CREATE TABLE record_topic (
    topic TEXT    NOT NULL,
    seq   INTEGER NOT NULL REFERENCES record (seq),
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    PRIMARY KEY (topic, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX record_topic_seq ON record_topic (seq);

-- The row's text, sealed; one line for each recipient. The body of the row commits to every blob.
CREATE TABLE sealed (
    seq    INTEGER NOT NULL REFERENCES record (seq),
    place  INTEGER NOT NULL CHECK (place >= 0),              -- order of the recipients, from 0
    key_id TEXT    NOT NULL,
    blob   TEXT    NOT NULL,
    PRIMARY KEY (seq, place)
) STRICT;

-- Small facts of this machine, such as the device's id.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
