import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  encodingOf,
  hasMagic,
  headerProblem,
  imageDigest,
  isPageSize,
  pageSizeOf,
} from '../../../src/database/header.ts';
import { openImage, openInstalled, readImage, refuseLarger, sizeOf } from '../../../src/database/image.ts';
import { quickCheck } from '../../../src/database/integrity.ts';
import { madeBefore } from '../../../src/database/made-before.ts';
import { usesLog } from '../../../src/database/pages.ts';
import { isTooWide } from '../../../src/database/shape.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { makeLive, versionImage } from '../../support/install/images.ts';

const IMAGE = versionImage(1);
const changed = (at: number, value = 0xaa) => {
  const copy = Buffer.from(IMAGE);
  copy[at] = value;
  return copy;
};

describe('the digest of an image', () => {
  it('leaves out what SQLite rewrites when it copies one, and nothing else', () => {
    const rewritten = [
      18,
      19,
      24,
      25,
      26,
      27,
      40,
      41,
      42,
      43,
      ...Array.from({ length: 8 }, (_, at) => 92 + at),
    ];
    const digest = imageDigest(IMAGE);
    for (let at = 0; at < 101; at++)
      expect([at, imageDigest(changed(at)) === digest]).toEqual([at, rewritten.includes(at)]);
    expect(imageDigest(changed(IMAGE.length - 1))).not.toBe(digest);
    expect(imageDigest(Buffer.concat([IMAGE, Buffer.alloc(1)]))).not.toBe(digest);
  });
});

describe('the first look at an image', () => {
  it('finds files that are not databases, or not complete', () => {
    expect(headerProblem(IMAGE)).toBe(null);
    expect(headerProblem(Buffer.alloc(0))).toBe('is empty (0 bytes)');
    expect(headerProblem(IMAGE.subarray(0, 99))).toContain('are not even a header');
    expect(headerProblem(IMAGE.subarray(0, 100))).toContain('is cut short: 100 of');
    expect(headerProblem(IMAGE.subarray(0, IMAGE.length - 1))).toContain('is cut short');
    expect(headerProblem(Buffer.from('<html>'))).toContain('is not an SQLite database');
    expect([headerProblem(changed(18, 3)), headerProblem(changed(19, 3))].join()).toContain(
      'a newer SQLite (3)',
    );
    expect(headerProblem(changed(19, 2))).toBe(null);
  });

  it('does not trust a count of pages that the last writer did not maintain', () => {
    const copy = changed(31, 0xff);
    expect(headerProblem(copy)).toContain('is cut short');
    copy[24] = 0x7f;
    expect(headerProblem(copy)).toBe(null);
  });

  it('knows pages of 512 to 65536 bytes, and the encodings', () => {
    expect([256, 511, 512, 513, 4096, 32_768, 65_536, 131_072].filter(isPageSize)).toEqual([
      512, 4096, 32_768, 65_536,
    ]);
    expect(pageSizeOf(versionImage(1, { pageSize: 65_536 }))).toBe(65_536);
    expect([hasMagic(IMAGE), hasMagic(IMAGE.subarray(0, 15))]).toEqual([true, false]);
    const encodings = [0, 1, 2, 3, 4].map((value) => encodingOf(changed(59, value)));
    expect(encodings).toEqual(['UTF-8', 'UTF-8', 'UTF-16le', 'UTF-16be', 'unknown']);
  });
});

it('a limit may be reached, and not exceeded', () => {
  const subject = { name: 'it', invalid: 'tenant-invalid', hint: 'h' } as const;
  expect(() => refuseLarger(subject, 'it', 10, 10)).not.toThrow();
  expect(() => refuseLarger(subject, 'it', 11, 10)).toThrow('it has 11 bytes, more than the 10 allowed');
  const wide = { generated: [], virtual: [], widest: { table: 't', columns: 2 ** 12 } };
  expect([isTooWide(wide, 2 ** 20), isTooWide(wide, 2 ** 20 + 1)]).toEqual([false, true]);
});

it('an image that is opened runs nothing, cannot be written, and keeps its own bytes', () => {
  const image = versionImage(1, { wal: true });
  const before = Buffer.from(image);
  const db = openImage(image);
  expect(image.equals(before)).toBe(true);
  expect(db.pragma('trusted_schema', { simple: true })).toBe(0);
  expect(db.pragma('query_only', { simple: true })).toBe(1);
  expect(db.pragma('cell_size_check', { simple: true })).toBe(1);
  expect(() => db.exec("INSERT INTO notes (text) VALUES ('x')")).toThrow(/readonly/);
  expect([sizeOf(db), quickCheck(db)]).toEqual([image.length, 'ok']);
  expect(readImage(db, undefined, image.length).length).toBe(image.length);
  expect(() => readImage(db, undefined, image.length - 1)).toThrow('more than the');
  db.close();
});

describe('a live database', () => {
  const home = () => {
    const path = mkdtempSync(join(tmpdir(), 'live-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  };

  it('is opened so that it runs nothing and no statement writes; a missing one is null', () => {
    const path = join(home(), 'live');
    expect(openInstalled(path)).toBe(null);
    makeLive(path, IMAGE, 'wal');
    expect(usesLog(path)).toBe(true);
    const db = openInstalled(path);
    expect(db?.pragma('query_only', { simple: true })).toBe(1);
    expect(() => db?.exec("INSERT INTO notes (text) VALUES ('x')")).toThrow(/readonly/);
    db?.close();
    expect(() => openInstalled(path, { maxBytes: 4096 })).toThrow('more than the 4096 allowed');
    makeLive(path, IMAGE, 'delete');
    expect(usesLog(path)).toBe(false);
  });

  it('that is locked is reported as locked, and a file that is not a database as invalid', () => {
    const path = join(home(), 'live');
    makeLive(path, IMAGE, 'delete');
    const holder = openDatabase(path);
    holder.exec('BEGIN EXCLUSIVE');
    expect(() => openInstalled(path, { busyTimeoutMs: 0 })).toThrow(
      expect.objectContaining({ code: 'lock-timeout' }),
    );
    holder.close();
    writeFileSync(path, 'no database '.repeat(99));
    expect(() => openInstalled(path)).toThrow(expect.objectContaining({ code: 'index-invalid' }));
  });

  it('is checked by its tables where an application has its own collations, and damage is found all the same', () => {
    const db = openDatabase(Buffer.from(IMAGE));
    db.exec("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('b')");
    expect(quickCheck(db)).toBe('ok');
    db.close();
    const damaged = Buffer.from(IMAGE);
    damaged.fill(0xee, 4096 * 3, 4096 * 3 + 200);
    const bad = openDatabase(damaged);
    expect(quickCheck(bad)).not.toBe('ok');
    bad.close();
  });
});

describe('a file that earlier releases made as root', () => {
  const head = (hex: string) => Buffer.from(hex.padEnd(64, '0'), 'hex');
  it('is recognised by name and first bytes; anything else is foreign', () => {
    const given = [
      ['journal.db', IMAGE.subarray(0, 32)],
      ['x.lock', Buffer.alloc(0)],
      ['x-journal', head('d9d505f920a163d7')],
      ['x-wal', head('377f0682')],
      ['x-wal', head('377f0683')],
      ['update_config.log', Buffer.from('{"level":"info"')],
      ['locks', null],
      ['.update_config', null],
    ] as const;
    for (const [name, bytes] of given) expect([name, madeBefore(name, bytes)]).toEqual([name, 'given']);
    const foreign = [
      ['x', Buffer.from('text')],
      ['x-wal', head('377f0684')],
      ['x-journal', head('d9d505f920a163d8')],
      ['x.txt', Buffer.from('{"level":"info"')],
      ['other', null],
    ] as const;
    for (const [name, bytes] of foreign) expect([name, madeBefore(name, bytes)]).toEqual([name, 'foreign']);
    expect([
      ...['generations', 'outbox', 'published'].map((name) => madeBefore(name, null)),
      madeBefore('journal.db.damaged-20260102T030405678Z', head('00')),
    ]).toEqual(['left', 'left', 'left', 'left']);
  });
});
