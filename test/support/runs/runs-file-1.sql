BEGIN TRANSACTION;
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  made_at INTEGER NOT NULL,
  who TEXT NOT NULL,
  kind TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  studio TEXT,
  old_values TEXT,
  new_values TEXT,
  changed_rows TEXT NOT NULL DEFAULT '[]',
  state TEXT NOT NULL,
  target TEXT NOT NULL,
  publish INTEGER NOT NULL,
  run TEXT,
  live TEXT,
  problem TEXT
);
INSERT INTO "changes" VALUES(1,'767ad49caa1ruo8i5da6kfnl63',1796070066442,'ann','event','create','2027/boston/gala','boston',NULL,'{"key":"gala","name":"Gala"}','[]','asked','fly',1,'6l6thainna1jsfqv49tqajugnd',NULL,NULL);
CREATE TABLE events (
  run INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) WITHOUT ROWID;
INSERT INTO "events" VALUES(1,1,'2026-11-30T20:21:06.442Z','{"v":1,"run":"20260102T030405678Z-1f2e3d","seq":1,"at":"2026-01-02T03:04:05.678Z","type":"note","message":"note 1"}');
INSERT INTO "events" VALUES(1,2,'2026-11-30T20:21:06.442Z','{"v":1,"run":"20260102T030405678Z-1f2e3d","seq":2,"at":"2026-01-02T03:04:05.678Z","type":"note","message":"note 2"}');
INSERT INTO "events" VALUES(1,3,'2026-11-30T20:21:06.442Z','{"v":1,"run":"20260102T030405678Z-1f2e3d","seq":3,"at":"2026-01-02T03:04:05.678Z","type":"note","message":"note 3"}');
CREATE TABLE reset_tokens (
  hash BLOB PRIMARY KEY,
  user INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) WITHOUT ROWID;
INSERT INTO "reset_tokens" VALUES(X'370C94496C17769B8FB3702EFD612471176D0B5F165010662DB2B67DAE1B3369',1,1796070066444,1796070067444,NULL);
CREATE TABLE runs (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  target TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  cause TEXT NOT NULL,
  who TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  began_at INTEGER,
  ended_at INTEGER,
  not_before INTEGER,
  report TEXT,
  error TEXT,
  exit_code INTEGER,
  last_seq INTEGER NOT NULL DEFAULT 0,
  next TEXT
);
INSERT INTO "runs" VALUES(1,'6l6thainna1jsfqv49tqajugnd','fly','done',1,'edit','ann',1796070066437,1796070066441,1796070066443,NULL,NULL,NULL,0,3,NULL);
CREATE INDEX runs_by_state ON runs (state);
CREATE INDEX changes_by_run ON changes (run);
CREATE INDEX changes_by_state ON changes (state);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('runs',1);
INSERT INTO "sqlite_sequence" VALUES('changes',1);
PRAGMA user_version = 1;
COMMIT;
