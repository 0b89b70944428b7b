-- Schema 4: how far each sink of the record has come, and what its receiver refused for good.
--
-- A cursor only ever says "dealt with up to here": a row after it goes out (again). So it may be lost with the last
-- moments before a power cut, and nothing else is lost with it.

CREATE TABLE sink (
    name      TEXT    PRIMARY KEY,
    cursor    INTEGER NOT NULL CHECK (cursor >= 0),          -- sequence of the last row that is dealt with; 0 for none
    delivered INTEGER NOT NULL CHECK (delivered >= 0),       -- rows that the receiver took
    failures  INTEGER NOT NULL CHECK (failures >= 0),        -- tries in a row that came to nothing
    retry_at  INTEGER NOT NULL CHECK (retry_at >= 0),        -- no try before; milliseconds since 1970
    fault     TEXT,                                          -- what the last try came to, if it failed
    fault_at  INTEGER,
    sent_at   INTEGER                                        -- when the receiver last took something
) STRICT, WITHOUT ROWID;

-- Rows that a receiver refused for good. They stay in the record; here stands which and why.
CREATE TABLE dead_letter (
    sink   TEXT    NOT NULL,
    first  INTEGER NOT NULL CHECK (first > 0),               -- sequences, both ends counted
    last   INTEGER NOT NULL CHECK (last >= first),
    rows   INTEGER NOT NULL CHECK (rows > 0),                -- how many of them; a receiver may not say which
    at     INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    PRIMARY KEY (sink, first)
) STRICT, WITHOUT ROWID;
