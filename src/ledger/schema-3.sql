-- Until when a delivery is tried and how long it pauses, two more ends, and what people decided about deliveries.
-- SQLite changes no CHECK of a table that is there, so the table of deliveries is made anew around its rows; their seals
-- stay what they are, for a cell that is NULL is in none.

CREATE TABLE decisions (
  id       INTEGER PRIMARY KEY,
  delivery INTEGER NOT NULL REFERENCES deliveries (id),
  at       TEXT    NOT NULL,
  what     TEXT    NOT NULL CHECK (what IN ('retry', 'discard')),
  was      TEXT    NOT NULL,
  reason   TEXT    NOT NULL CHECK (reason <> ''),
  seal     TEXT    NOT NULL CHECK (length(seal) = 64)
) STRICT;

CREATE INDEX decisions_by_delivery ON decisions (delivery);

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision is history'); END;
CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision is history'); END;

CREATE TABLE deliveries_anew (
  id         INTEGER PRIMARY KEY,
  run        INTEGER NOT NULL REFERENCES runs (id),
  recipient  TEXT    NOT NULL CHECK (recipient <> ''),
  locale     TEXT    NOT NULL,
  sender     TEXT    NOT NULL CHECK (sender <> ''),
  message_id TEXT    NOT NULL UNIQUE,
  message    TEXT    NOT NULL REFERENCES messages (sha256),
  state      TEXT    NOT NULL CHECK (state IN (
    'pending', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'dead', 'discarded')),
  dot_intent TEXT,
  not_before TEXT,
  deliver_by TEXT,
  reply      TEXT,
  attempts   INTEGER NOT NULL CHECK (attempts >= 0),
  resends    INTEGER NOT NULL CHECK (resends IN (0, 1)),
  updated    TEXT    NOT NULL,
  seal       TEXT    NOT NULL CHECK (length(seal) = 64),
  CHECK (state <> 'pending' OR dot_intent IS NULL),
  CHECK (state NOT IN ('sent', 'unknown') OR dot_intent IS NOT NULL),
  CHECK (state IN ('pending', 'sending') OR reply IS NOT NULL)
) STRICT;

INSERT INTO deliveries_anew
SELECT id, run, recipient, locale, sender, message_id, message, state, dot_intent, NULL, NULL, reply, attempts, resends,
  updated, seal
FROM deliveries;

-- Its index and its triggers go with it.
DROP TABLE deliveries;
ALTER TABLE deliveries_anew RENAME TO deliveries;

CREATE INDEX deliveries_by_run ON deliveries (run);

CREATE TRIGGER deliveries_begin BEFORE INSERT ON deliveries
WHEN NEW.state <> 'pending' OR NEW.attempts <> 0 OR NEW.resends <> 0
BEGIN SELECT RAISE(ABORT, 'a delivery begins as pending, untried'); END;

CREATE TRIGGER deliveries_remain BEFORE DELETE ON deliveries
BEGIN SELECT RAISE(ABORT, 'a delivery is history'); END;

CREATE TRIGGER deliveries_identity BEFORE UPDATE OF id, run, recipient, locale, sender, message_id, message ON deliveries
BEGIN SELECT RAISE(ABORT, 'whom a delivery is for, and what, never changes'); END;

CREATE TRIGGER deliveries_end BEFORE UPDATE ON deliveries
WHEN OLD.state IN ('sent', 'discarded')
BEGIN SELECT RAISE(ABORT, 'a delivery that ended has ended'); END;

CREATE TRIGGER deliveries_state BEFORE UPDATE ON deliveries
WHEN OLD.state || '>' || NEW.state NOT IN (
  'pending>sending', 'deferred>sending', 'unknown>sending', 'sending>sending',
  'sending>sent', 'sending>deferred', 'sending>failed', 'sending>unknown',
  -- A pause.
  'pending>pending', 'deferred>deferred',
  -- Too late.
  'pending>dead', 'deferred>dead',
  -- Decisions.
  'deferred>pending', 'unknown>pending', 'failed>pending', 'dead>pending',
  'pending>discarded', 'deferred>discarded', 'unknown>discarded', 'failed>discarded', 'dead>discarded')
BEGIN SELECT RAISE(ABORT, 'a delivery does not go from one of these states to the other'); END;

CREATE TRIGGER deliveries_pause BEFORE UPDATE ON deliveries
WHEN OLD.state = NEW.state AND NEW.state IN ('pending', 'deferred')
  AND (NEW.not_before IS NULL OR NEW.reply IS NOT OLD.reply)
BEGIN SELECT RAISE(ABORT, 'what waits goes on waiting, and is only told from when it may be tried'); END;

CREATE TRIGGER deliveries_decided BEFORE UPDATE ON deliveries
WHEN (NEW.state = 'discarded' OR (NEW.state = 'pending' AND OLD.state <> 'pending'))
  AND NOT EXISTS (
    SELECT 1 FROM decisions
    WHERE delivery = OLD.id AND at = NEW.updated AND was = OLD.state
      AND what = CASE NEW.state WHEN 'pending' THEN 'retry' ELSE 'discard' END)
BEGIN SELECT RAISE(ABORT, 'somebody must have decided this, and the decision must be written down'); END;

CREATE TRIGGER deliveries_limit BEFORE UPDATE ON deliveries
WHEN NEW.deliver_by IS NOT OLD.deliver_by AND NOT (NEW.state = 'pending' AND OLD.state <> 'pending')
BEGIN SELECT RAISE(ABORT, 'until when a delivery is tried changes by a decision only'); END;

CREATE TRIGGER deliveries_counts BEFORE UPDATE ON deliveries
WHEN NEW.attempts <> OLD.attempts + (OLD.state <> 'sending' AND NEW.state = 'sending')
  OR NEW.resends <> OLD.resends + (OLD.state = 'unknown' AND NEW.state = 'sending')
BEGIN SELECT RAISE(ABORT, 'an attempt is counted when it begins, and only then'); END;

CREATE TRIGGER deliveries_intent BEFORE UPDATE ON deliveries
WHEN CASE
  WHEN OLD.state <> 'sending' AND NEW.state = 'sending' THEN NEW.dot_intent IS NOT NULL
  WHEN OLD.state = 'sending' AND NEW.state = 'sending' THEN OLD.dot_intent IS NOT NULL OR NEW.dot_intent IS NULL
  WHEN NEW.state = 'pending' THEN NEW.dot_intent IS NOT NULL
  ELSE NEW.dot_intent IS NOT OLD.dot_intent
END
BEGIN SELECT RAISE(ABORT, 'the intent is recorded once per attempt, while it goes on'); END;
