-- Messages whose bytes were given up, long after they were sent. Who got what, when, in which state, under which digest and with
-- which figures stays; only the bytes go, and that they went is a row of its own.

CREATE TABLE pruned (
  message TEXT    NOT NULL PRIMARY KEY REFERENCES messages (sha256),
  at      TEXT    NOT NULL,
  length  INTEGER NOT NULL CHECK (length > 0),
  seal    TEXT    NOT NULL CHECK (length(seal) = 64)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_message ON deliveries (message);

CREATE TRIGGER pruned_ended BEFORE INSERT ON pruned
WHEN EXISTS (SELECT 1 FROM deliveries WHERE message = NEW.message AND state NOT IN ('sent', 'discarded'))
BEGIN SELECT RAISE(ABORT, 'the bytes of a mail that may still be sent stay'); END;

CREATE TRIGGER pruned_stays BEFORE UPDATE ON pruned
BEGIN SELECT RAISE(ABORT, 'that a message was pruned is history'); END;
CREATE TRIGGER pruned_remains BEFORE DELETE ON pruned
BEGIN SELECT RAISE(ABORT, 'that a message was pruned is history'); END;

-- Nobody writes a new mail for bytes that are gone.
CREATE TRIGGER deliveries_of_pruned BEFORE INSERT ON deliveries
WHEN EXISTS (SELECT 1 FROM pruned WHERE message = NEW.message)
BEGIN SELECT RAISE(ABORT, 'the bytes of this message are gone'); END;

DROP TRIGGER messages_stay;
CREATE TRIGGER messages_stay BEFORE UPDATE ON messages
WHEN NEW.sha256 <> OLD.sha256 OR NEW.bytes <> x'00' OR NOT EXISTS (SELECT 1 FROM pruned WHERE message = OLD.sha256)
BEGIN SELECT RAISE(ABORT, 'a message is history'); END;
