-- Schema 7: prompts that a person reported as judged wrongly, by where their sentences lie and never by their text. Those that
-- were confirmed correct the next prompt like them.

CREATE TABLE neighbour (
    event        TEXT    PRIMARY KEY,                        -- the interaction that was reported
    person       TEXT    NOT NULL,
    at           INTEGER NOT NULL CHECK (at >= 0),           -- when it was reported; milliseconds since 1970
    topics       TEXT    NOT NULL,                           -- what is said to be wrong, JSON
    sealed       TEXT    NOT NULL,                           -- where its sentences lie, to a key of this device
    confirmed_at INTEGER CHECK (confirmed_at >= 0),
    code         TEXT                                        -- who confirmed it, signed
) STRICT, WITHOUT ROWID;

CREATE INDEX neighbour_person ON neighbour (person);
CREATE INDEX neighbour_confirmed ON neighbour (confirmed_at) WHERE confirmed_at IS NOT NULL;
