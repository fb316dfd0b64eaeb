-- Which figures of people's answers a mail shows, of its own period and of every other: what its reader is shown later
-- must not add up, with these, to what few people answered. One row for each period of what was told.

CREATE TABLE told_answers (
  told    INTEGER NOT NULL REFERENCES told (id),
  period  TEXT    NOT NULL CHECK (period <> ''),
  figures TEXT    NOT NULL CHECK (json_valid(figures)),
  seal    TEXT    NOT NULL CHECK (length(seal) = 64),
  PRIMARY KEY (told, period)
) STRICT, WITHOUT ROWID;

-- What somebody was told is found by whom.
CREATE INDEX deliveries_by_recipient ON deliveries (recipient);

CREATE TRIGGER told_answers_stay BEFORE UPDATE ON told_answers
BEGIN SELECT RAISE(ABORT, 'what was told is history'); END;
CREATE TRIGGER told_answers_remain BEFORE DELETE ON told_answers
BEGIN SELECT RAISE(ABORT, 'what was told is history'); END;
