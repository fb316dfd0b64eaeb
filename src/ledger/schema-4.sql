-- What became of each slot of the schedule, and what operators were told about.
-- `civil` is the local time that the cron expression names; with the report it names the slot, whatever the clocks do.

CREATE TABLE scheduled (
  report      TEXT NOT NULL PRIMARY KEY CHECK (report <> ''),
  expressions TEXT NOT NULL,
  since       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE slots (
  report     TEXT    NOT NULL CHECK (report <> ''),
  civil      TEXT    NOT NULL,
  at         TEXT    NOT NULL,
  period     TEXT    NOT NULL CHECK (period <> ''),
  state      TEXT    NOT NULL CHECK (state IN ('started', 'waiting', 'done', 'missed', 'skipped_overlap')),
  reason     TEXT    NOT NULL,
  attempts   INTEGER NOT NULL CHECK (attempts >= 0),
  exit       INTEGER CHECK (exit BETWEEN 0 AND 255),
  not_before TEXT,
  updated    TEXT    NOT NULL,
  seal       TEXT    NOT NULL CHECK (length(seal) = 64),
  PRIMARY KEY (report, civil),
  CHECK ((state = 'waiting') = (not_before IS NOT NULL)),
  CHECK (state NOT IN ('started', 'waiting') OR attempts > 0),
  CHECK (state <> 'done' OR exit IS NOT NULL),
  CHECK (state NOT IN ('missed', 'skipped_overlap') OR reason <> '')
) STRICT, WITHOUT ROWID;

CREATE INDEX slots_by_time ON slots (at);

CREATE TRIGGER slots_remain BEFORE DELETE ON slots
BEGIN SELECT RAISE(ABORT, 'a slot is history'); END;

CREATE TRIGGER slots_identity BEFORE UPDATE OF report, civil, at, period ON slots
WHEN OLD.report <> NEW.report OR OLD.civil <> NEW.civil OR OLD.at <> NEW.at OR OLD.period <> NEW.period
BEGIN SELECT RAISE(ABORT, 'which slot it is never changes'); END;

CREATE TRIGGER slots_end BEFORE UPDATE ON slots
WHEN OLD.state NOT IN ('started', 'waiting')
BEGIN SELECT RAISE(ABORT, 'a slot that ended has ended'); END;

CREATE TRIGGER slots_attempts BEFORE UPDATE ON slots
WHEN NEW.attempts <> OLD.attempts + (NEW.state = 'started')
BEGIN SELECT RAISE(ABORT, 'an attempt is counted when it begins, and only then'); END;

CREATE TABLE incidents (
  id      INTEGER PRIMARY KEY,
  kind    TEXT NOT NULL CHECK (kind <> ''),
  subject TEXT NOT NULL,
  cause   TEXT NOT NULL CHECK (cause <> ''),
  remedy  TEXT NOT NULL,
  opened  TEXT NOT NULL,
  closed  TEXT,
  seal    TEXT NOT NULL CHECK (length(seal) = 64)
) STRICT;

CREATE UNIQUE INDEX incidents_open ON incidents (kind, subject) WHERE closed IS NULL;

CREATE TRIGGER incidents_remain BEFORE DELETE ON incidents
BEGIN SELECT RAISE(ABORT, 'an incident is history'); END;

CREATE TRIGGER incidents_identity BEFORE UPDATE OF id, kind, subject, cause, remedy, opened ON incidents
BEGIN SELECT RAISE(ABORT, 'what an incident is never changes'); END;

CREATE TRIGGER incidents_end BEFORE UPDATE ON incidents
WHEN OLD.closed IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an incident that is over is over'); END;
