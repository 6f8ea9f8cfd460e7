/*
 * Requests of programs that were taken, and what is to be told to programs, in the file of this room. All times are milliseconds
 * since 1970; `due_at` is null for a delivery that is over. A run that has been taken stands in `run`, or in `waits_for` while
 * nobody can say yet whether one is needed.
 */
export const HOOK_TABLES = `
CREATE TABLE hook_receipts (
  id TEXT PRIMARY KEY,
  hook TEXT NOT NULL,
  sender TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  run TEXT,
  etag TEXT,
  target TEXT,
  waits_for TEXT
) WITHOUT ROWID;
CREATE INDEX hook_receipts_by_time ON hook_receipts (received_at);
CREATE INDEX hook_receipts_by_wait ON hook_receipts (waits_for);
CREATE TABLE webhook_messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE webhook_deliveries (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  message INTEGER NOT NULL REFERENCES webhook_messages,
  endpoint TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  by_hand INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  last_at INTEGER,
  status INTEGER,
  problem TEXT,
  ms INTEGER
);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint, state, sequence);
CREATE INDEX webhook_deliveries_by_message ON webhook_deliveries (message);
CREATE TABLE webhook_ends (
  endpoint TEXT PRIMARY KEY,
  ended_at INTEGER NOT NULL
) WITHOUT ROWID;
`;

/** Of the few that are sent out of their order: so sending one message looks at no other, however many wait. */
export const HOOK_INDEXES = `
CREATE INDEX webhook_deliveries_by_hand ON webhook_deliveries (endpoint) WHERE state = 'waiting' AND by_hand = 1;
CREATE INDEX webhook_deliveries_aside ON webhook_deliveries (endpoint) WHERE state = 'waiting' AND attempts >= 4;
CREATE INDEX webhook_deliveries_by_attempt ON webhook_deliveries (endpoint, last_at);
`;
