import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { committedFrames, LOG_FRAME_HEADER } from '../../../src/database/log-frames.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';

const PAGE = 4096;
const HEADER = 32;
const FRAME = LOG_FRAME_HEADER + PAGE;

let home: string;
let db: Database;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'log-'));
  db = openDatabase(join(home, 'db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a)');
});
afterEach(() => {
  db.close();
  rmSync(home, { recursive: true });
});

const log = () => readFileSync(join(home, 'db-wal'));

/** Where the last versions of the pages are, by their numbers: which frame, from 0. Null for a log without a commit. */
function framesOf(bytes: Buffer): Record<number, number> | null {
  const path = join(home, 'copy-wal');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  try {
    const found = committedFrames(fd);
    if (found) expect(found.pageSize).toBe(PAGE);
    return found && Object.fromEntries([...found.at].map(([page, at]) => [page, (at - HEADER) / FRAME]));
  } finally {
    closeSync(fd);
  }
}

describe('of a write-ahead log', () => {
  it('the last committed version of each page counts, and none of a transaction that is not there whole', () => {
    expect(framesOf(log())).toEqual({ 1: 0, 2: 1 });
    db.exec('INSERT INTO t VALUES (zeroblob(9000))');
    const whole = log();
    expect(framesOf(whole)).toEqual({ 1: 2, 2: 3, 3: 4, 4: 5 });
    for (let frames = 2; frames < 6; frames++)
      expect(framesOf(whole.subarray(0, HEADER + frames * FRAME)), `${frames} frames`).toEqual({
        1: 0,
        2: 1,
      });
    expect(framesOf(whole.subarray(0, whole.length - 1))).toEqual({ 1: 0, 2: 1 });
    expect([framesOf(whole.subarray(0, HEADER + FRAME)), framesOf(whole.subarray(0, HEADER - 1))]).toEqual([
      null,
      null,
    ]);
  });

  it.each([
    ['its page', LOG_FRAME_HEADER + 5],
    ['its number', 3],
    ['its salt', 8],
    ['its checksum', 16],
    ['the second half of its checksum', 20],
  ])('nothing counts from a frame on in which a byte is another one: %s', (_, at) => {
    db.exec('INSERT INTO t VALUES (1)');
    db.exec('INSERT INTO t VALUES (2)');
    const bytes = log();
    const second = HEADER + 2 * FRAME;
    bytes[second + at] = (bytes[second + at] ?? 0) ^ 0x80;
    expect(framesOf(bytes)).toEqual({ 1: 0, 2: 1 });
  });

  it.each([0, 4, 8, 12, 16, 24, 28])('nothing counts if its header has another byte at %d', (at) => {
    const bytes = log();
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    expect(framesOf(bytes)).toBe(null);
  });

  it('frames of an earlier round do not count behind those of this one', () => {
    db.exec('INSERT INTO t VALUES (zeroblob(9000))');
    const before = log();
    db.pragma('wal_checkpoint(RESTART)');
    db.exec('UPDATE t SET a = 1');
    const bytes = log();
    expect(bytes.length).toBe(before.length);
    expect(bytes.subarray(-FRAME).equals(before.subarray(-FRAME))).toBe(true);
    expect(Math.max(...Object.values(framesOf(bytes) ?? {}))).toBeLessThan(5);
  });
});
