import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { DatedEvent } from '../../../src/dates/dated-event.ts';
import { readEventDate } from '../../../src/dates/read-date.ts';

const MIB = 2 ** 20;

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dates-'));
  path = join(directory, '2026-boston.sqlite3');
});

afterEach(() => rmSync(directory, { recursive: true }));

const event = (): DatedEvent => ({
  id: 1,
  key: 'showcase',
  year: 2026,
  studioId: 1,
  database: '2026-boston',
  path,
  date: null,
});
const read = (maxBytes = MIB) => readEventDate(event(), maxBytes);

/** Makes the event's database with these statements. */
function database(sql: string): void {
  const db = openDatabase(path);
  db.exec(sql);
  db.close();
}
const EVENTS = 'CREATE TABLE events (id INTEGER PRIMARY KEY, date TEXT);';

describe('readEventDate', () => {
  it('reads the date of an event, and leaves no file and no change', () => {
    database(`${EVENTS} INSERT INTO events (date) VALUES (' 2026-03-07  - 2026-03-08')`);
    const before = readFileSync(path);
    expect(read()).toEqual({ kind: 'date', date: '2026-03-07 - 2026-03-08' });
    expect([readdirSync(directory), readFileSync(path)]).toEqual([['2026-boston.sqlite3'], before]);
  });

  it('reads a database with a write-ahead log, and makes none', () => {
    database(`PRAGMA journal_mode = WAL; ${EVENTS} INSERT INTO events (date) VALUES ('2026-03-07')`);
    expect(read()).toEqual({ kind: 'date', date: '2026-03-07' });
    expect(readdirSync(directory)).toEqual(['2026-boston.sqlite3']);
  });

  it('reads what is only in the write-ahead log of a running application', () => {
    database(`PRAGMA journal_mode = WAL; ${EVENTS} INSERT INTO events (date) VALUES ('2026-03-07')`);
    const application = openDatabase(path);
    application.exec("UPDATE events SET date = '2026-03-14'");
    expect(read()).toEqual({ kind: 'date', date: '2026-03-14' });
    application.close();
  });

  it.each([
    ['no event', ''],
    ['NULL', 'INSERT INTO events (date) VALUES (NULL)'],
    ['white space', "INSERT INTO events (date) VALUES ('  ')"],
  ])('finds no date in %s', (_, sql) => {
    database(EVENTS + sql);
    expect(read()).toEqual({ kind: 'none' });
  });

  it('finds no date in an empty file', () => {
    writeFileSync(path, '');
    expect(read()).toEqual({ kind: 'none' });
  });

  it.each([
    [
      'a text that is no date',
      `${EVENTS} INSERT INTO events (date) VALUES ('soon')`,
      /its date has no digit/,
    ],
    ['a number', 'CREATE TABLE events (date); INSERT INTO events VALUES (2026)', /is not text \(integer\)/],
    [
      'a text of a megabyte',
      `${EVENTS} INSERT INTO events (date) VALUES ('2026' || hex(zeroblob(400000)))`,
      /its date is longer than 60 characters/,
    ],
    ['no table', 'CREATE TABLE others (id)', /it has no table events/],
    ['no column', 'CREATE TABLE events (id)', /has no column date/],
    [
      'a view that would run for ever',
      'CREATE VIEW events AS WITH RECURSIVE n(date) AS (SELECT 1 UNION ALL SELECT date FROM n) SELECT date FROM n WHERE date = 2',
      /not an ordinary table/,
    ],
    [
      'a computed column',
      'CREATE TABLE events (id, date TEXT AS (hex(zeroblob(1000))) VIRTUAL); INSERT INTO events (id) VALUES (1)',
      /is computed/,
    ],
  ])('does not use %s', (_, sql, reason) => {
    database(sql);
    expect(read()).toEqual({ kind: 'unread', reason: expect.stringMatching(reason), lasting: true });
  });

  it('does not use a file that is not a database', () => {
    writeFileSync(path, 'not a database, but a text that is longer than a header of one '.repeat(10));
    expect(read()).toMatchObject({ kind: 'unread', lasting: true });
  });

  it('does not open a database that is too large', () => {
    database(`${EVENTS} INSERT INTO events (date) VALUES ('2026')`);
    expect(read(4096)).toMatchObject({ kind: 'unread', reason: expect.stringContaining('more than 4096') });
  });

  it.each([
    ['a pipe', () => execFileSync('mkfifo', [path])],
    ['a link to a device', () => symlinkSync('/dev/zero', path)],
    ['a directory', () => mkdirSync(path)],
  ])('does not wait for %s', (_, make) => {
    make();
    expect(read()).toMatchObject({ kind: 'unread' });
  });

  it('does not wait for a lock, and looks again the next time', () => {
    database(`${EVENTS} INSERT INTO events (date) VALUES ('2026')`);
    const holder = openDatabase(path);
    holder.exec('BEGIN EXCLUSIVE');
    const reason = 'the database of 2026-boston is locked by another process';
    expect(read()).toEqual({ kind: 'unread', reason, lasting: false });
    holder.close();
    expect(read()).toEqual({ kind: 'date', date: '2026' });
  });
});
