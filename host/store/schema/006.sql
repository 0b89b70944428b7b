-- Schema 6: what other transmitters told, where sign-ins came from, and messages of several kinds.

-- Ids of signals that were dealt with, so that none counts twice, whatever was restarted in between.
CREATE TABLE signal_seen (
    source TEXT    NOT NULL,                                 -- by its name in the settings
    jti    TEXT    NOT NULL,
    at     INTEGER NOT NULL CHECK (at >= 0),                 -- when it was dealt with; milliseconds since 1970
    PRIMARY KEY (source, jti)
) STRICT, WITHOUT ROWID;

CREATE INDEX signal_seen_at ON signal_seen (at);

-- Where a person was seen lately: places as far as a GeoIP file says, never an address. Kept for days.
CREATE TABLE risk_place (
    id     INTEGER PRIMARY KEY,
    person TEXT    NOT NULL,
    at     INTEGER NOT NULL CHECK (at >= 0),
    device TEXT    NOT NULL,                                 -- this device's id, or another one's as a signal names it
    body   TEXT    NOT NULL                                  -- JSON
) STRICT;

CREATE INDEX risk_place_person ON risk_place (person, at);

-- What a message is about: `risk` as before, or another kind of event.
ALTER TABLE outbox ADD COLUMN event TEXT NOT NULL DEFAULT 'risk';
