-- For whom each mail was written: the part of the customers and the right to names, so that one that waits is not sent to a reader
-- who may no longer see what it shows; the language stands with the delivery. And when the ledger was put back from a copy.

CREATE TABLE rights (
  delivery INTEGER PRIMARY KEY REFERENCES deliveries (id),
  scope    TEXT    NOT NULL CHECK (json_valid(scope)),
  names    INTEGER NOT NULL CHECK (names IN (0, 1)),
  seal     TEXT    NOT NULL CHECK (length(seal) = 64)
) STRICT;

CREATE TRIGGER rights_stay BEFORE UPDATE ON rights
BEGIN SELECT RAISE(ABORT, 'for whom a mail was written is history'); END;
CREATE TRIGGER rights_remain BEFORE DELETE ON rights
BEGIN SELECT RAISE(ABORT, 'for whom a mail was written is history'); END;

CREATE TABLE restores (
  id   INTEGER PRIMARY KEY,
  at   TEXT NOT NULL,
  seal TEXT NOT NULL CHECK (length(seal) = 64)
) STRICT;

CREATE TRIGGER restores_stay BEFORE UPDATE ON restores
BEGIN SELECT RAISE(ABORT, 'that the ledger was put back is history'); END;
CREATE TRIGGER restores_remain BEFORE DELETE ON restores
BEGIN SELECT RAISE(ABORT, 'that the ledger was put back is history'); END;
