/*
 * Runs that were received, in the file of this room. Lines and news belong to a run by its `sequence`, since there are many of
 * them. `started_at` and `finished_at` are ISO 8601, as the sender has said them; all other times are milliseconds.
 */
export const DEPLOY_TABLES = `
CREATE TABLE projects (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  accepts_plan INTEGER NOT NULL,
  token_hash BLOB UNIQUE
);
CREATE TABLE project_keys (
  project INTEGER NOT NULL REFERENCES projects,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  secret TEXT,
  added_at INTEGER NOT NULL,
  retired_at INTEGER,
  PRIMARY KEY (project, id)
) WITHOUT ROWID;
CREATE TABLE deploys (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  project INTEGER NOT NULL REFERENCES projects,
  external_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (project, external_id)
);
CREATE TABLE deploy_runs (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  deploy INTEGER NOT NULL REFERENCES deploys,
  run TEXT NOT NULL,
  number INTEGER NOT NULL,
  operation TEXT NOT NULL,
  status TEXT,
  outcome TEXT,
  git_sha TEXT,
  git_ref TEXT,
  ci_provider TEXT,
  ci_run_url TEXT,
  ci_attempt TEXT,
  ci_job TEXT,
  commit_url TEXT,
  who TEXT,
  target TEXT,
  command TEXT,
  version TEXT,
  started_at TEXT,
  received_at INTEGER NOT NULL,
  finished_at TEXT,
  duration_ms INTEGER,
  error TEXT,
  error_code TEXT,
  hint TEXT,
  exit_code INTEGER,
  failed_machines TEXT,
  tunnels TEXT,
  published TEXT,
  machines TEXT,
  last_seq INTEGER NOT NULL DEFAULT 0,
  sent_last_seq INTEGER NOT NULL DEFAULT 0,
  dropped INTEGER NOT NULL DEFAULT 0,
  lost TEXT NOT NULL DEFAULT '[]',
  last_heard_at INTEGER NOT NULL,
  skew_ms INTEGER,
  cursor INTEGER NOT NULL DEFAULT 0,
  UNIQUE (deploy, run)
);
CREATE TABLE deploy_lines (
  run INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  logged_at INTEGER NOT NULL,
  machine TEXT,
  step TEXT,
  PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE TABLE deploy_news (
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  from_seq INTEGER,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE deploy_batches (
  run INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (run, sha256)
) WITHOUT ROWID;
`;

/** Those that are small: not the lines, the news and the batches. */
export const SMALL_DEPLOY_TABLES = ['projects', 'project_keys', 'deploys', 'deploy_runs'];
