-- Schema 5: where persons stand in risk, what moved them, and what others are still to be told of it.
--
-- Written in the transaction of the record's rows that it follows from. Not part of the chain: what moved a level is named
-- by events, whose rows are.

CREATE TABLE risk_standing (
    person TEXT    PRIMARY KEY,
    at     INTEGER NOT NULL CHECK (at >= 0),                 -- of which moment; milliseconds since 1970
    seen   INTEGER NOT NULL CHECK (seen >= 0),               -- when something was last seen of the person
    level  INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3),   -- none, low, medium, high
    score  INTEGER NOT NULL CHECK (score >= 0),              -- thousandths of a point
    body   TEXT    NOT NULL                                  -- points by behaviour, JSON
) STRICT, WITHOUT ROWID;

-- Every level that moved, and every reset.
CREATE TABLE risk_change (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    person  TEXT    NOT NULL,
    at      INTEGER NOT NULL CHECK (at >= 0),
    before  INTEGER NOT NULL CHECK (before BETWEEN 0 AND 3),
    after   INTEGER NOT NULL CHECK (after BETWEEN 0 AND 3),
    score   INTEGER NOT NULL CHECK (score >= 0),
    cause   TEXT    NOT NULL,                                -- evidence, decay, rules, reset, dismissed
    reasons TEXT    NOT NULL,                                -- JSON
    events  TEXT    NOT NULL,                                -- ids of interactions, JSON
    by      TEXT,                                            -- who set it back
    note    TEXT                                             -- and why
) STRICT;

CREATE INDEX risk_change_person ON risk_change (person, id);

-- Messages about changes, one for each receiver. What is sent, and what a later one overtook, stays for a while.
CREATE TABLE outbox (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,              -- the order
    jti      TEXT    NOT NULL UNIQUE,                        -- the message's id, the same in every try
    txn      TEXT    NOT NULL,                               -- the same for all messages of one cause
    receiver TEXT    NOT NULL,
    person   TEXT    NOT NULL,
    at       INTEGER NOT NULL CHECK (at >= 0),
    before   INTEGER NOT NULL CHECK (before BETWEEN 0 AND 3),
    after    INTEGER NOT NULL CHECK (after BETWEEN 0 AND 3),
    cause    TEXT    NOT NULL,
    reasons  TEXT    NOT NULL,                               -- JSON
    claims   TEXT,                                           -- as first sent; JSON
    state    TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'parked', 'overtaken')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    retry_at INTEGER NOT NULL CHECK (retry_at >= 0),         -- no try before
    fault    TEXT,                                           -- what the last try came to, if it failed
    done_at  INTEGER                                         -- when it was sent, parked or overtaken
) STRICT;

CREATE INDEX outbox_state ON outbox (state, receiver, person, id);
CREATE INDEX outbox_person ON outbox (person, receiver, id);
