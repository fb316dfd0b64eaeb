-- What the ledger remembers. Times are RFC 3339 in UTC with microseconds; digests are sha256 in hexadecimal.
-- A row's seal is a digest of its other columns: SQLite finds a damaged page, a seal finds a damaged cell.

CREATE TABLE runs (
  id            INTEGER PRIMARY KEY,
  report        TEXT    NOT NULL CHECK (report <> ''),
  period        TEXT    NOT NULL CHECK (period <> ''),
  revision      INTEGER NOT NULL CHECK (revision >= 1),
  started       TEXT    NOT NULL,
  finished      TEXT    NOT NULL,
  as_of         TEXT    NOT NULL,
  configuration TEXT    NOT NULL,
  inputs        TEXT    NOT NULL CHECK (json_valid(inputs)),
  version       TEXT    NOT NULL,
  status        TEXT    NOT NULL CHECK (status IN ('complete', 'failed')),
  warnings      TEXT    NOT NULL CHECK (json_valid(warnings)),
  figures       TEXT    NOT NULL CHECK (length(figures) = 64),
  seal          TEXT    NOT NULL CHECK (length(seal) = 64)
) STRICT;

CREATE INDEX runs_by_report ON runs (report, period, revision);

CREATE TABLE figures (
  run         INTEGER NOT NULL REFERENCES runs (id),
  position    INTEGER NOT NULL CHECK (position >= 0),
  dimension   TEXT    NOT NULL,
  segment     TEXT    NOT NULL,
  kpi         TEXT    NOT NULL CHECK (kpi <> ''),
  unit        TEXT    NOT NULL,
  value       REAL,
  n           INTEGER CHECK (n >= 0),
  numerator   REAL,
  denominator REAL,
  low         REAL,
  high        REAL,
  note        TEXT    NOT NULL,
  PRIMARY KEY (run, position),
  UNIQUE (run, dimension, segment, kpi)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
  bytes  BLOB NOT NULL CHECK (length(bytes) > 0)
) STRICT;

CREATE TABLE deliveries (
  id         INTEGER PRIMARY KEY,
  run        INTEGER NOT NULL REFERENCES runs (id),
  recipient  TEXT    NOT NULL CHECK (recipient <> ''),
  locale     TEXT    NOT NULL,
  sender     TEXT    NOT NULL CHECK (sender <> ''),
  message_id TEXT    NOT NULL UNIQUE,
  message    TEXT    NOT NULL REFERENCES messages (sha256),
  state      TEXT    NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'deferred', 'failed', 'unknown')),
  dot_intent TEXT,
  reply      TEXT,
  attempts   INTEGER NOT NULL CHECK (attempts >= 0),
  resends    INTEGER NOT NULL CHECK (resends IN (0, 1)),
  updated    TEXT    NOT NULL,
  seal       TEXT    NOT NULL CHECK (length(seal) = 64),
  CHECK (state <> 'pending' OR (attempts = 0 AND dot_intent IS NULL)),
  CHECK (state NOT IN ('sent', 'unknown') OR dot_intent IS NOT NULL),
  CHECK (state IN ('pending', 'sending') OR reply IS NOT NULL)
) STRICT;

CREATE INDEX deliveries_by_run ON deliveries (run);

CREATE TRIGGER runs_stay BEFORE UPDATE ON runs
BEGIN SELECT RAISE(ABORT, 'a run is history'); END;
CREATE TRIGGER runs_remain BEFORE DELETE ON runs
BEGIN SELECT RAISE(ABORT, 'a run is history'); END;

CREATE TRIGGER figures_stay BEFORE UPDATE ON figures
BEGIN SELECT RAISE(ABORT, 'a figure is history'); END;
CREATE TRIGGER figures_remain BEFORE DELETE ON figures
BEGIN SELECT RAISE(ABORT, 'a figure is history'); END;

CREATE TRIGGER messages_stay BEFORE UPDATE ON messages
BEGIN SELECT RAISE(ABORT, 'a message is history'); END;
CREATE TRIGGER messages_remain BEFORE DELETE ON messages
BEGIN SELECT RAISE(ABORT, 'a message is history'); END;

CREATE TRIGGER deliveries_begin BEFORE INSERT ON deliveries
WHEN NEW.state <> 'pending'
BEGIN SELECT RAISE(ABORT, 'a delivery begins as pending'); END;

CREATE TRIGGER deliveries_remain BEFORE DELETE ON deliveries
BEGIN SELECT RAISE(ABORT, 'a delivery is history'); END;

CREATE TRIGGER deliveries_identity BEFORE UPDATE OF id, run, recipient, locale, sender, message_id, message ON deliveries
BEGIN SELECT RAISE(ABORT, 'whom a delivery is for, and what, never changes'); END;

CREATE TRIGGER deliveries_end BEFORE UPDATE ON deliveries
WHEN OLD.state IN ('sent', 'failed')
BEGIN SELECT RAISE(ABORT, 'a delivery that ended has ended'); END;

CREATE TRIGGER deliveries_state BEFORE UPDATE ON deliveries
WHEN OLD.state || '>' || NEW.state NOT IN (
  'pending>sending', 'deferred>sending', 'unknown>sending', 'sending>sending',
  'sending>sent', 'sending>deferred', 'sending>failed', 'sending>unknown',
  'pending>failed', 'deferred>failed', 'unknown>failed')
BEGIN SELECT RAISE(ABORT, 'a delivery does not go from one of these states to the other'); END;

CREATE TRIGGER deliveries_counts BEFORE UPDATE ON deliveries
WHEN NEW.attempts <> OLD.attempts + (OLD.state <> 'sending' AND NEW.state = 'sending')
  OR NEW.resends <> OLD.resends + (OLD.state = 'unknown' AND NEW.state = 'sending')
BEGIN SELECT RAISE(ABORT, 'an attempt is counted when it begins, and only then'); END;

CREATE TRIGGER deliveries_intent BEFORE UPDATE ON deliveries
WHEN CASE
  WHEN OLD.state <> 'sending' AND NEW.state = 'sending' THEN NEW.dot_intent IS NOT NULL
  WHEN OLD.state = 'sending' AND NEW.state = 'sending' THEN OLD.dot_intent IS NOT NULL OR NEW.dot_intent IS NULL
  ELSE NEW.dot_intent IS NOT OLD.dot_intent
END
BEGIN SELECT RAISE(ABORT, 'the intent is recorded once per attempt, while it goes on'); END;
