-- What the readers of one part of the customers were told: the figures that they saw, so that later ones can be held
-- against them. The mails of one part say the same figures.

CREATE TABLE told (
  id          INTEGER PRIMARY KEY,
  run         INTEGER NOT NULL REFERENCES runs (id),
  scope       TEXT    NOT NULL CHECK (json_valid(scope)),
  definitions TEXT    NOT NULL,
  figures     TEXT    NOT NULL CHECK (json_valid(figures)),
  seal        TEXT    NOT NULL CHECK (length(seal) = 64),
  UNIQUE (run, scope)
) STRICT;

CREATE TABLE told_to (
  delivery INTEGER PRIMARY KEY REFERENCES deliveries (id),
  told     INTEGER NOT NULL REFERENCES told (id)
) STRICT;

CREATE INDEX told_to_by_told ON told_to (told);

CREATE TRIGGER told_stays BEFORE UPDATE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is history'); END;
CREATE TRIGGER told_remains BEFORE DELETE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is history'); END;

CREATE TRIGGER told_to_stays BEFORE UPDATE ON told_to
BEGIN SELECT RAISE(ABORT, 'whom it was told is history'); END;
CREATE TRIGGER told_to_remains BEFORE DELETE ON told_to
BEGIN SELECT RAISE(ABORT, 'whom it was told is history'); END;
