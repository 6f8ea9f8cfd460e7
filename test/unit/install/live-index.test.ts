import { mkdtempSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { readLiveIndex } from '../../../src/install/live-index.ts';
import type { Site } from '../../../src/site/site.ts';

let dbDir: string;
let path: string;
let site: Site;

beforeEach(() => {
  dbDir = mkdtempSync(join(tmpdir(), 'live-index-'));
  path = join(dbDir, 'index.sqlite3');
  site = { dbDir } as Site;
  writeFileSync(path, makeSampleIndex());
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dbDir, { recursive: true });
});

/** As if what stands there had been written a minute ago. */
function aMinuteLater(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
}

function rename(to: string): void {
  const db = openDatabase(path);
  db.prepare('UPDATE users SET name1 = ? WHERE id = 1').run(to);
  db.close();
}

async function expectReadAfterChangeInLog(file: string): Promise<void> {
  const writer = openDatabase(file);
  writer.pragma('journal_mode = WAL');
  aMinuteLater();
  const known = await readLiveIndex(site);
  writer.prepare('UPDATE users SET name1 = ? WHERE id = 1').run('In the log');
  const found = await readLiveIndex(site, undefined, known);
  writer.close();
  expect(found.digest).not.toBe(known.digest);
}

describe('an index that was read before', () => {
  it('is not read again while nothing has changed', async () => {
    aMinuteLater();
    const known = await readLiveIndex(site);
    expect(await readLiveIndex(site, undefined, known)).toBe(known);
  });

  it('is read again after a change that keeps its size and its time', async () => {
    aMinuteLater();
    const known = await readLiveIndex(site);
    const before = statSync(path);
    rename('Somebody else');
    utimesSync(path, before.atime, before.mtime);
    expect(statSync(path)).toMatchObject({ size: before.size, mtime: before.mtime });
    const found = await readLiveIndex(site, undefined, known);
    expect(found.digest).not.toBe(known.digest);
  });

  it('is read again after a change that is only in its write-ahead log', async () => {
    await expectReadAfterChangeInLog(path);
  });

  it('is read again after a change that came while it was read', async () => {
    const writer = openDatabase(path);
    writer.pragma('journal_mode = WAL');
    aMinuteLater();
    let looks = 0;
    const limit = {
      valueOf: () => {
        looks += 1;
        // The last look is that of the transaction in which all of it is read.
        if (looks === 3) writer.prepare('UPDATE users SET name1 = ? WHERE id = 1').run('Meanwhile');
        return 2 ** 26;
      },
    };
    const known = await readLiveIndex(site, limit as unknown as number);
    const found = await readLiveIndex(site, undefined, known);
    writer.close();
    expect(looks).toBe(3);
    expect(found.digest).not.toBe(known.digest);
  });

  it('is read again if a transaction has begun beside it', async () => {
    aMinuteLater();
    const known = await readLiveIndex(site);
    writeFileSync(`${path}-journal`, '');
    expect(await readLiveIndex(site, undefined, known)).not.toBe(known);
  });

  it('is read again behind a link, since its log is not beside the link', async () => {
    const real = join(dbDir, 'real.sqlite3');
    renameSync(path, real);
    symlinkSync(real, path);
    await expectReadAfterChangeInLog(real);
  });

  it('is read again if it was written just before, since another change might have the same time', async () => {
    rename('Just now');
    const known = await readLiveIndex(site);
    expect(known.stamp).toBeNull();
    const found = await readLiveIndex(site, undefined, known);
    expect(found).not.toBe(known);
    expect(found.digest).toBe(known.digest);
  });
});
