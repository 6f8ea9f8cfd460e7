import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../../src/database/sqlite.ts';
import { DEPLOY_TABLES } from '../../../../src/runs/deploys/deploy-tables.ts';
import { HOOK_TABLES } from '../../../../src/runs/hooks/hook-tables.ts';
import { WebhookOutbox } from '../../../../src/runs/hooks/webhook-outbox.ts';
import { KeptRuns } from '../../../../src/runs/kept-runs.ts';
import { openRunsFile, openRunsFileBeside } from '../../../../src/runs/runs-file.ts';

/** As the release before the receiver has written it. */
const DUMP = readFileSync(join(import.meta.dirname, '../../../support/runs/runs-file-1.sql'), 'utf8');
const TABLES = ['runs', 'events', 'changes', 'reset_tokens', 'sqlite_sequence'];

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'runs-file-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const rowsIn = (db: Database) => TABLES.map((table) => db.prepare(`SELECT * FROM ${table}`).all());

it.each([
  ['the server', openRunsFile],
  ['a command beside the server', openRunsFileBeside],
])('a file of version 1 loses nothing when %s opens it, and has the new tables', (_, open) => {
  const old = openDatabase(join(home, 'runs.sqlite3')).exec(DUMP);
  const before = rowsIn(old);
  old.close();
  const db = open(home);
  expect(rowsIn(db)).toEqual(before);
  expect(db.pragma('user_version', { simple: true })).toBe(4);
  for (const table of ['deploy_lines', 'hook_receipts', 'webhook_messages', 'webhook_deliveries'])
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
  db.close();
  expect(readdirSync(home)).toEqual(['runs.sqlite3']);
});

it('a file of version 2 loses nothing, and has the tables of webhooks', () => {
  const old = openDatabase(join(home, 'runs.sqlite3')).exec(DUMP).exec(DEPLOY_TABLES);
  old.exec("INSERT INTO projects (name, created_at, accepts_plan) VALUES ('smooth', 1, 0)");
  old.pragma('user_version = 2');
  const before = rowsIn(old);
  old.close();
  const db = openRunsFile(home);
  expect(rowsIn(db)).toEqual(before);
  expect(db.prepare('SELECT name FROM projects').pluck().all()).toEqual(['smooth']);
  expect(db.pragma('user_version', { simple: true })).toBe(4);
  db.close();
  expect(readdirSync(home)).toEqual(['runs.sqlite3']);
});

it('a file of version 3 loses nothing, and finds what is sent next by an index', () => {
  const old = openDatabase(join(home, 'runs.sqlite3')).exec(DUMP).exec(DEPLOY_TABLES).exec(HOOK_TABLES);
  old.exec("INSERT INTO webhook_messages VALUES (1, 'msg_1', 'finished/a', 'run.finished', 1, '{}')");
  old.exec(`INSERT INTO webhook_deliveries (id, message, endpoint, made_at, state, by_hand, due_at)
    VALUES ('d1', 1, 'one', 1, 'waiting', 0, 1)`);
  old.pragma('user_version = 3');
  const before = rowsIn(old);
  old.close();
  const db = openRunsFile(home);
  expect(rowsIn(db)).toEqual(before);
  const outbox = new WebhookOutbox(db, [{ id: 'one', takes: () => true }]);
  expect(outbox.next('one')).toMatchObject({ id: 'd1', message: 'msg_1', dueAt: 1 });
  db.close();
  expect(readdirSync(home)).toEqual(['runs.sqlite3']);
});

it('a file of version 1 that somebody has open is upgraded under him, and he goes on', () => {
  const old = openDatabase(join(home, 'runs.sqlite3')).exec(DUMP);
  old.pragma('journal_mode = WAL');
  const runs = new KeptRuns(old);
  openRunsFile(home).close();
  runs.add({ target: 'fly', attempt: 1, trigger: 'edit', by: 'ann', notBefore: null });
  expect(runs.list({}).total).toBe(2);
  old.close();
});

it('a file that says version 1 and has the tables of another is set aside', () => {
  const old = openDatabase(join(home, 'runs.sqlite3')).exec(DUMP);
  old.exec('CREATE TABLE projects (name TEXT)');
  old.close();
  openRunsFile(home).close();
  expect(readdirSync(home).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
});
