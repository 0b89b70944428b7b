-- Schema 8: how often a receiver did not know the key of a message: that is waited for a while, whatever other tries came to.

ALTER TABLE outbox ADD COLUMN key_refusals INTEGER NOT NULL DEFAULT 0 CHECK (key_refusals >= 0);
