import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { COSTLY, entangledModule, rewritten } from '../../support/indexes/costly-images.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { eventIndex, Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';
import { inspectorOf, lives, of, runOutOfTime } from '../../support/tenants/inspector.ts';

// A test waits until a check that has no end is ended.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const NAME = '2026-boston';
const OTHER = '2026-other';

let store: EventStore;
let iad: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, eventIndex({ iad: ['other'] }));
});

afterEach(async () => {
  iad.remove();
  await store.close();
});

/** The database of an event, as the application has it. */
function eventImage(): Buffer {
  return altered(
    Buffer.alloc(0),
    'CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, date TEXT)',
    "INSERT INTO events VALUES (1, 'ours', '2026-05-01')",
  );
}

/** Checking it would take hours. */
const ENDLESS = rewritten(eventImage(), `CREATE TABLE t (a, b AS (${COSTLY}) NOT NULL)`, 5000);

describe('a database whose check would never end', () => {
  it('is given up and named, and the others are uploaded', async () => {
    writeFileSync(iad.tenant(NAME), ENDLESS);
    iad.write(OTHER, 'theirs');
    const { exitCode, stdout } = await runOutOfTime(iad, 10, { executable: SCRIPTS.idle });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      `Failed (tenant-invalid): ${NAME}: the database of ${NAME} could not be proved to be in order: its check was ended after 10 s`,
    );
    expect(await store.event(OTHER)).toBe('theirs');
    expect(await store.etag(NAME)).toBe(null);
  });

  it('is given up with the time of the run, if that is less', async () => {
    writeFileSync(iad.tenant(NAME), ENDLESS);
    iad.write(OTHER, 'theirs');
    const { exitCode, stdout, inspector } = await runOutOfTime(
      iad,
      5,
      { executable: SCRIPTS.idle, env: { IDLE_DEADLINE: '5' } },
      async () => await expect.poll(() => store.event(OTHER)).toBe('theirs'),
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/its check was ended after|the limit of 5 s was reached/);
    // It may still be there as one that has ended.
    expect(of(inspector, 'cmdline')).toEqual([]);
  });

  it('is checked by a process without secrets, which ends even if its parent is gone', async () => {
    writeFileSync(iad.tenant(NAME), ENDLESS);
    const idle = new RunProcess(iad, { executable: SCRIPTS.idle, args: [] });
    const inspector = await inspectorOf(idle.pid);
    expect(of(inspector, 'environ').filter((entry) => !entry.startsWith('PWD='))).toEqual([
      'UPDATE_CONFIG_INSPECT=1',
    ]);
    idle.signal('SIGKILL');
    await idle.answered;
    // The kernel ends it after eleven seconds of the processor; of which it is spared ten.
    expect(of(inspector, 'limits').join('')).toMatch(/^Max cpu time +11 +11 +seconds/m);
    execFileSync('prlimit', [`--pid=${inspector}`, '--cpu=1:1']);
    await expect.poll(() => lives(inspector)).toBe(false);
  });
});

describe('a sound database with more to check than its pages', () => {
  it.each([
    [
      'computed columns',
      ['CREATE TABLE t (a, b AS (a + 1) NOT NULL, c AS (a || a) STORED)', 'INSERT INTO t VALUES (1)'],
    ],
    ['a full-text index', ['CREATE VIRTUAL TABLE t USING fts5(a)', "INSERT INTO t VALUES ('waltz')"]],
  ])('is uploaded: %s', async (_, statements) => {
    writeFileSync(iad.tenant(NAME), altered(eventImage(), ...statements));
    const { exitCode, stdout } = await iad.script('idle');
    expect(stdout).toContain(`${NAME}: changed, uploaded`);
    expect(exitCode).toBe(0);
    expect(await store.event(NAME)).toBe('ours');
    expect(await store.inventory('iad')).toMatchObject({ [`${NAME}.sqlite3`]: { date: '2026-05-01' } });
  });

  it('is not uploaded if that is damaged', async () => {
    const image = altered(
      eventImage(),
      'CREATE TABLE t (a, b AS (a + 1) NOT NULL)',
      'INSERT INTO t VALUES (1)',
    );
    writeFileSync(
      iad.tenant(NAME),
      altered(
        image,
        "UPDATE t SET a = 'x'",
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET sql = replace(sql, 'a + 1', 'nullif(a, a)') WHERE name = 't'`,
      ),
    );
    const { stdout } = await iad.script('idle');
    expect(stdout).toContain(`the database of ${NAME} is not in order: NULL value in t.b`);
  });
});

it('a module whose own check never ends is stopped, too', async () => {
  writeFileSync(iad.tenant(NAME), entangledModule(eventImage()));
  const { stdout } = await runOutOfTime(iad, 10, {
    executable: SCRIPTS['tenant-stop'],
    env: { RAILS_APP_DB: NAME },
  });
  expect(stdout).toContain('its check was ended after 10 s');
});

it('a constraint that never ends is not checked', async () => {
  writeFileSync(
    iad.tenant(NAME),
    rewritten(eventImage(), `CREATE TABLE t (a CHECK (length(${COSTLY}) > 0))`, 5000),
  );
  expect((await iad.sync()).counts).toMatchObject({ uploaded: 1 });
});

describe('a date outside an ordinary column of an ordinary table', () => {
  it.each([
    [
      'a view',
      [
        'CREATE TABLE old (id, date)',
        "INSERT INTO old VALUES (1, 'x')",
        'CREATE VIEW events AS SELECT * FROM old',
      ],
    ],
    ['computed', ["CREATE TABLE events (id, date AS ('x'))", 'INSERT INTO events VALUES (1)']],
    ['of a module', ['CREATE VIRTUAL TABLE events USING fts5(date)', "INSERT INTO events VALUES ('x')"]],
    ['too long', ['CREATE TABLE events (date)', 'INSERT INTO events VALUES (hex(zeroblob(51)))']],
  ])('does not count: %s', async (_, statements) => {
    writeFileSync(iad.tenant(NAME), altered(Buffer.alloc(0), ...statements));
    expect((await iad.sync()).counts).toMatchObject({ uploaded: 1 });
    expect(await store.inventory('iad')).toMatchObject({ [`${NAME}.sqlite3`]: { date: null } });
  });
});

describe('a database of more than 512 MiB', () => {
  it('is refused before it is copied, even a sparse one', async () => {
    writeFileSync(iad.tenant(NAME), eventImage());
    const size = 1.5 * 2 ** 30;
    truncateSync(iad.tenant(NAME), size);
    // Of Node's own data, and 300 MB: the hole would be copied to the disk, and then read.
    const limited = await iad.run(
      ['-c', 'ulimit -d 1000000 && ulimit -f 100000 && exec "$0"', SCRIPTS.idle],
      {
        executable: '/bin/sh',
      },
    );
    expect(limited.exitCode).toBe(1);
    expect(limited.stdout).toContain(
      `Failed (tenant-invalid): ${NAME}: the database of ${NAME} has ${size} bytes, more than the ${2 ** 29} allowed`,
    );
  });

  it('is refused if its log gives it that size', async () => {
    const path = iad.tenant(NAME);
    writeFileSync(path, eventImage());
    const db = openDatabase(path);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE t (a)');
    const log = readFileSync(`${path}-wal`);
    db.close();
    writeFileSync(`${path}-wal`, claiming(log, 2 ** 18));
    const { stdout } = await iad.script('idle');
    expect(stdout).toContain(
      `the database of ${NAME} has ${2 ** 18 * 4096} bytes, more than the ${2 ** 29} allowed`,
    );
    expect(readdirSync(join(iad.dbDir, '.update_config'), { recursive: true }).join()).not.toContain('.copy');
  });
});

/** A write-ahead log that says, in its commits and in the first page, that the database has so many pages. */
function claiming(log: Buffer, pages: number): Buffer {
  const copy = Buffer.from(log);
  const frame = 24 + copy.readUInt32BE(8);
  let [a, b] = [copy.readInt32BE(24), copy.readInt32BE(28)];
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += 8) {
      a = (a + copy.readInt32LE(at) + b) | 0;
      b = (b + copy.readInt32LE(at + 4) + a) | 0;
    }
  };
  for (let at = 32; at + frame <= copy.length; at += frame) {
    if (copy.readUInt32BE(at) === 1) copy.writeUInt32BE(pages, at + 24 + 28);
    if (copy.readUInt32BE(at + 4) > 0) copy.writeUInt32BE(pages, at + 4);
    add(at, at + 8);
    add(at + 24, at + frame);
    copy.writeInt32BE(a, at + 16);
    copy.writeInt32BE(b, at + 20);
  }
  return copy;
}
