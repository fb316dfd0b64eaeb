-- A ledger as version 2 left it: one run, and a delivery in each of its states.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
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
INSERT INTO "deliveries" VALUES(1,1,'sent@aurora.example','pt-BR','farol@aurora.example','<sent1@aurora.example>','b5229092dfe1b7f91ae13c6182fdad700e7678c2c223b73ff0ef9e3237180332','sent','2026-11-05T10:03:00.000000Z','250 queued',1,0,'2026-11-05T10:04:00.000000Z','4165e7e6bd67f80df672961ef40be54912adaae26b685f7b28ff3e15e362d4b7');
INSERT INTO "deliveries" VALUES(2,1,'failed@aurora.example','pt-BR','farol@aurora.example','<failed1@aurora.example>','75d85f876074ef8fc83be6c31fd27e04f5daf4743a4b83a4eb83562e75e5a835','failed',NULL,'RCPT TO: 550',1,0,'2026-11-05T10:04:00.000000Z','507a1c8381235520bc3ec30b9fa9635922419d1e6f463c3b8c255d92a17e31c1');
INSERT INTO "deliveries" VALUES(3,1,'deferred@aurora.example','pt-BR','farol@aurora.example','<deferred1@aurora.example>','d4fb48ca17833169e700e430136abb334df291833a9ee2d3973195d651d45014','deferred',NULL,'RCPT TO: 451',1,0,'2026-11-05T10:04:00.000000Z','5d0023a8b26dc7cad6ab3d7166660498607fcc317e7d63f0b0708b61302f161b');
INSERT INTO "deliveries" VALUES(4,1,'unknown@aurora.example','pt-BR','farol@aurora.example','<unknown1@aurora.example>','d0ef14f956de939dbfcd06d6437db4973bed787587cdfa46a66eed0fca50dc09','unknown','2026-11-05T10:03:00.000000Z','the final dot: closed',1,0,'2026-11-05T10:04:00.000000Z','86e77a5f0e3882488ebd8f28d8e3fdfb7f8d52872d0bca3949b1496e0bbe14aa');
INSERT INTO "deliveries" VALUES(5,1,'pending@aurora.example','pt-BR','farol@aurora.example','<pending1@aurora.example>','e5d9f512d90de07116b24c7fc11d630fd445813d306f5f0c836d36d2e3ecc29d','pending',NULL,NULL,0,0,'2026-11-05T10:01:00.000000Z','a8b7221cff6650804385ede796d9c3cc413c7e82c313c5f29a84f2d9137d6f9a');
INSERT INTO "deliveries" VALUES(6,1,'cut@aurora.example','pt-BR','farol@aurora.example','<cut1@aurora.example>','69b2da856fce3ae70af556d36f7cadf0207d0b2bfe126c29fbcff7d6d4c9657e','sending','2026-11-05T10:03:00.000000Z',NULL,1,0,'2026-11-05T10:03:00.000000Z','d91a6af5ab0ea30a6837dbba99f2dce6079ad5a7f19e2e20bb2655425f1f2645');
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
INSERT INTO "figures" VALUES(1,0,'total','total','nps','percent',52.5,200,52.5,2.0,NULL,NULL,'');
INSERT INTO "figures" VALUES(1,1,'total','total','churn','percent',NULL,200,NULL,2.0,NULL,NULL,'');
CREATE TABLE messages (
  sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
  bytes  BLOB NOT NULL CHECK (length(bytes) > 0)
) STRICT;
INSERT INTO "messages" VALUES('b5229092dfe1b7f91ae13c6182fdad700e7678c2c223b73ff0ef9e3237180332',X'546F3A2073656E74406175726F72612E6578616D706C650D0A0D0A5265766973C3A36F20310D0A');
INSERT INTO "messages" VALUES('75d85f876074ef8fc83be6c31fd27e04f5daf4743a4b83a4eb83562e75e5a835',X'546F3A206661696C6564406175726F72612E6578616D706C650D0A0D0A5265766973C3A36F20310D0A');
INSERT INTO "messages" VALUES('d4fb48ca17833169e700e430136abb334df291833a9ee2d3973195d651d45014',X'546F3A206465666572726564406175726F72612E6578616D706C650D0A0D0A5265766973C3A36F20310D0A');
INSERT INTO "messages" VALUES('d0ef14f956de939dbfcd06d6437db4973bed787587cdfa46a66eed0fca50dc09',X'546F3A20756E6B6E6F776E406175726F72612E6578616D706C650D0A0D0A5265766973C3A36F20310D0A');
INSERT INTO "messages" VALUES('e5d9f512d90de07116b24c7fc11d630fd445813d306f5f0c836d36d2e3ecc29d',X'546F3A2070656E64696E67406175726F72612E6578616D706C650D0A0D0A5265766973C3A36F20310D0A');
INSERT INTO "messages" VALUES('69b2da856fce3ae70af556d36f7cadf0207d0b2bfe126c29fbcff7d6d4c9657e',X'546F3A20637574406175726F72612E6578616D706C650D0A0D0A5265766973C3A36F20310D0A');
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
INSERT INTO "runs" VALUES(1,'executive','2026-10',1,'2026-11-05T10:00:00.000000Z','2026-11-05T10:01:00.000000Z','2026-11-05T10:00:00.000000Z','abababababababababababababababababababababababababababababababab','[{"file":"clientes.csv","rows":400}]','0.1.0','complete','["3 rows quarantined"]','5972baf3eb64089688528f31ddd10076be01fdc66861bb932897041602a42ffe','cd298857e8d436332af5c111eecec00a3a9fa7eed5da67fd62b7aeee990abe37');
CREATE TABLE told (
  id          INTEGER PRIMARY KEY,
  run         INTEGER NOT NULL REFERENCES runs (id),
  scope       TEXT    NOT NULL CHECK (json_valid(scope)),
  definitions TEXT    NOT NULL,
  figures     TEXT    NOT NULL CHECK (json_valid(figures)),
  seal        TEXT    NOT NULL CHECK (length(seal) = 64),
  UNIQUE (run, scope)
) STRICT;
INSERT INTO "told" VALUES(1,1,'{}','d1','[["total","total","nps",52.5,false]]','8a3f44e5209b766c614ac4e3d648ba9340ff514513ff24e3f07c87b22f9f7d44');
CREATE TABLE told_to (
  delivery INTEGER PRIMARY KEY REFERENCES deliveries (id),
  told     INTEGER NOT NULL REFERENCES told (id)
) STRICT;
INSERT INTO "told_to" VALUES(1,1);
INSERT INTO "told_to" VALUES(2,1);
INSERT INTO "told_to" VALUES(3,1);
INSERT INTO "told_to" VALUES(4,1);
INSERT INTO "told_to" VALUES(5,1);
INSERT INTO "told_to" VALUES(6,1);
CREATE INDEX runs_by_report ON runs (report, period, revision);
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
CREATE INDEX told_to_by_told ON told_to (told);
CREATE TRIGGER told_stays BEFORE UPDATE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is history'); END;
CREATE TRIGGER told_remains BEFORE DELETE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is history'); END;
CREATE TRIGGER told_to_stays BEFORE UPDATE ON told_to
BEGIN SELECT RAISE(ABORT, 'whom it was told is history'); END;
CREATE TRIGGER told_to_remains BEFORE DELETE ON told_to
BEGIN SELECT RAISE(ABORT, 'whom it was told is history'); END;
PRAGMA application_id = 1180791407;
PRAGMA user_version = 2;
COMMIT;
