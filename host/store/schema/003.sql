-- Schema 3: what lists filter by and figures count by, in an index of its own, so that a person with few rows among
-- many is found without reading every row. `event` and `at` are in it for counts that need nothing else.

CREATE INDEX record_listed ON record (kind, app, person, operation, action, matched, at, event);
