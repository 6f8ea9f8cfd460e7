import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { imageDigest, openImage, openInstalled, readImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { altered, buildIndex } from '../../support/indexes/indexes.ts';

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'digest-'));
  path = join(dir, 'index.sqlite3');
});

afterEach(() => rmSync(dir, { recursive: true }));

/** Copies an image into the live database by SQLite's backup API, as an update does. */
async function install(image: Buffer): Promise<void> {
  const source = openImage(image);
  await source.backup(path);
  source.close();
}

function installedDigest(): string {
  const db = openInstalled(path);
  if (!db) throw new Error('nothing is installed');
  try {
    return imageDigest(readImage(db));
  } finally {
    db.close();
  }
}

const SOURCES: readonly (readonly [string, () => Buffer])[] = [
  ['a sample', () => makeSampleIndex()],
  ['an image from WAL mode', () => Buffer.from(makeSampleIndex()).fill(2, 18, 20)],
  ['an image with free pages', () => altered(makeSampleIndex(), 'DELETE FROM showcases WHERE id > 10')],
];

const PASTS: readonly (readonly [string, Buffer | null])[] = [
  ['nothing', null],
  ['a smaller index', buildIndex()],
  ['a larger index', makeSampleIndex({ studios: 100, events: 1000 })],
  ['another schema', altered(buildIndex(), 'CREATE TABLE more (a)', 'DROP TABLE more', 'CREATE TABLE x (a)')],
];

describe.each(['delete', 'truncate', 'persist', 'wal'])(
  'the digest in a live database of journal mode %s',
  (mode) => {
    describe.each(SOURCES)('%s', (_, source) => {
      it.each(PASTS)('is that of its source if there was %s before', async (_name, past) => {
        writeFileSync(path, past ?? Buffer.alloc(0));
        const live = openDatabase(path);
        live.pragma(`journal_mode = ${mode}`);
        if (past) live.exec("UPDATE users SET email = 'changed'");
        const image = source();
        await install(image);
        expect(installedDigest()).toBe(imageDigest(image));
        // Once more, and into a database that no other connection holds open.
        live.close();
        await install(image);
        expect(installedDigest()).toBe(imageDigest(image));
      });
    });
  },
);

describe('a digest', () => {
  const image = makeSampleIndex();

  it('is the hexadecimal form of 32 bytes', () => {
    expect(imageDigest(image)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs when a row differs, or only the schema', () => {
    const others = [
      changeSample(image).index,
      altered(image, 'CREATE VIEW v AS SELECT 1'),
      image.subarray(0, -1),
    ];
    const digests = [image, ...others].map(imageDigest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('does not change the image', () => {
    const copy = Buffer.from(image);
    imageDigest(image);
    expect(image.equals(copy)).toBe(true);
  });

  it('exists for any bytes, even fewer than a header has', () => {
    for (const length of [0, 1, 20, 99, 100])
      expect(imageDigest(Buffer.alloc(length))).toMatch(/^[0-9a-f]{64}$/);
  });
});
