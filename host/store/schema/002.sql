-- Schema 2: a seal on each row, and the key that makes it.
--
-- Rows from before have neither epoch nor mac. `epoch_key` holds one key, that of the current epoch; the one before
-- is overwritten in the transaction that makes the next. What a mac covers is the writer's business.

ALTER TABLE record ADD COLUMN epoch INTEGER CHECK (epoch >= 0);
ALTER TABLE record ADD COLUMN mac BLOB CHECK (length(mac) IN (32, 64));

CREATE TABLE epoch_key (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    epoch      INTEGER NOT NULL CHECK (epoch >= 0),
    key        BLOB    NOT NULL CHECK (length(key) = 32),
    closing    BLOB    CHECK (length(closing) = 32),         -- made with the key before; goes into the first row
    first      INTEGER NOT NULL CHECK (first > 0),           -- sequence of the epoch's first row
    since      INTEGER NOT NULL CHECK (since >= 0),          -- milliseconds since 1970-01-01T00:00:00Z
    recipients TEXT    NOT NULL                              -- to whom the first key of this line was sealed
) STRICT;

-- Rows that can still be emptied when their time is over.
CREATE INDEX record_whole ON record (at) WHERE body IS NOT NULL AND kind NOT IN ('epoch', 'audit');
