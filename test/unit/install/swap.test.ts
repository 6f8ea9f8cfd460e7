import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { swapDatabase } from '../../../src/database/swap.ts';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { makeLive, provenVersion, versionImage, versionIn } from '../../support/install/images.ts';
import { leftovers, makePlace, type Place, RUN } from '../../support/install/place.ts';

const MTIME = new Date(Date.UTC(2025, 10, 19, 12));

const swap = (place: Place, image: Buffer, busyTimeoutMs = 10_000) =>
  swapDatabase({
    path: place.index,
    image,
    staged: stagedPath(place.index, RUN),
    mtime: MTIME,
    busyTimeoutMs,
  });

function journalMode(path: string): unknown {
  const db = openDatabase(path, { readonly: true });
  try {
    return db.pragma('journal_mode', { simple: true });
  } finally {
    db.close();
  }
}

describe.each(['wal', 'delete'] as const)('the swap of a live index in journal mode %s', (mode) => {
  it('leaves the new content, the inode, the journal mode, and the time of the index itself', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    const { ino } = statSync(place.index);
    const image = versionImage(2, { wal: true });
    expect(await swap(place, image)).toEqual({ digest: imageDigest(image), way: 'backup' });
    expect(statSync(place.index)).toMatchObject({ ino, mtimeMs: MTIME.getTime() });
    expect(journalMode(place.index)).toBe(mode);
    expect(provenVersion(place.index)).toBe(2);
    expect(readdirSync(place.dbDir)).toEqual(['index.sqlite3']);
  });

  it('shows a reader that has it open all of the old index, then all of the new one', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    const reader = openDatabase(place.index, { fileMustExist: true });
    const statement = reader.prepare('SELECT DISTINCT version FROM facts').pluck();
    expect(statement.all()).toEqual([1]);
    await swap(place, versionImage(2, { rows: 900 }));
    expect(statement.all()).toEqual([2]);
    await swap(place, versionImage(3, { rows: 100 }));
    expect(statement.all()).toEqual([3]);
    expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
    reader.close();
  });

  it('takes a new index that has pages of another size, and readers follow', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1, { pageSize: 4096 }), mode);
    const reader = openDatabase(place.index, { fileMustExist: true });
    expect(versionIn(reader)).toBe(1);
    for (const [version, pageSize] of [
      [2, 8192],
      [3, 1024],
      [4, 65536],
    ] as const) {
      const image = versionImage(version, { pageSize });
      const { digest, way } = await swap(place, image);
      expect([way, digest === imageDigest(image)]).toEqual(['backup', mode === 'delete']);
      expect(versionIn(reader)).toBe(version);
      expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(imageDigest(reader.serialize())).toBe(digest);
    }
    reader.close();
    expect(journalMode(place.index)).toBe(mode);
    expect(leftovers(place.home)).toEqual([]);
  });

  it('fails with lock-timeout and changes nothing while another process keeps a write transaction open', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    const writer = openDatabase(place.index, { fileMustExist: true });
    writer.exec("BEGIN IMMEDIATE; INSERT INTO notes (text) VALUES ('unfinished')");
    await expect(swap(place, versionImage(2), 60)).rejects.toMatchObject({ code: 'lock-timeout' });
    writer.exec('ROLLBACK');
    writer.close();
    expect(provenVersion(place.index)).toBe(1);
  });

  it('succeeds as soon as the writer in its way has committed', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    const writer = openDatabase(place.index, { fileMustExist: true });
    writer.exec('BEGIN IMMEDIATE');
    const swapped = swap(place, versionImage(2));
    writer.exec("INSERT INTO notes (text) VALUES ('late'); COMMIT");
    await swapped;
    expect(versionIn(writer)).toBe(2);
    writer.close();
  });

  it('keeps owner and mode, and side files have them too', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    chownSync(place.index, 1234, 1235);
    chmodSync(place.index, 0o664);
    const reader = openDatabase(place.index, { fileMustExist: true });
    reader.exec('SELECT 1 FROM facts');
    await swap(place, versionImage(2));
    for (const name of readdirSync(place.dbDir)) {
      const { uid, gid, mode: bits } = statSync(`${place.dbDir}/${name}`);
      expect([name, uid, gid, bits & 0o777]).toEqual([name, 1234, 1235, 0o664]);
    }
    reader.close();
  });

  it('gives a sound database after a process died with half a transaction in its journal', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    const die = `
      import { openDatabase } from ${JSON.stringify(new URL('../../../src/database/sqlite.ts', import.meta.url).pathname)};
      const db = openDatabase(${JSON.stringify(place.index)});
      db.pragma('cache_size = 1');
      db.exec("BEGIN IMMEDIATE; UPDATE facts SET version = 99");
      process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['--input-type=module-typescript', '-e', die]);
    const side = mode === 'wal' ? '-wal' : '-journal';
    expect(statSync(place.index + side).size).toBeGreaterThan(0);
    await swap(place, versionImage(2));
    expect(provenVersion(place.index)).toBe(2);
  });
});

describe('the installation of an index without a database in its place', () => {
  it('makes one with the group of the directory, readable by no others', async () => {
    const place = makePlace();
    chownSync(place.dbDir, 0, 1235);
    const image = versionImage(1);
    expect(await swap(place, image)).toEqual({ digest: imageDigest(image), way: 'rename' });
    const { uid, gid, mode, mtimeMs } = statSync(place.index);
    expect([mode & 0o777, mtimeMs]).toEqual([0o640, MTIME.getTime()]);
    expect([uid, gid]).toEqual([process.geteuid?.(), 1235]);
    expect(provenVersion(place.index)).toBe(1);
  });

  it('removes the log of a deleted database instead of replaying it', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), 'wal');
    const writer = openDatabase(place.index, { fileMustExist: true });
    writer.exec('UPDATE facts SET version = 99');
    const log = readFileSync(`${place.index}-wal`);
    writer.close();
    rmSync(place.index);
    writeFileSync(`${place.index}-wal`, log);
    await swap(place, versionImage(2, { wal: true }));
    expect(provenVersion(place.index)).toBe(2);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('<Error>NoSuchKey</Error>'.repeat(100))],
    ['a database cut short', versionImage(1).subarray(0, 5000)],
  ])('replaces a file that is %s, keeping its owner and mode', async (_, bytes) => {
    const place = makePlace();
    writeFileSync(place.index, bytes);
    chmodSync(place.index, 0o604);
    chownSync(place.index, 77, 78);
    expect((await swap(place, versionImage(2))).way).toBe('rename');
    expect(provenVersion(place.index)).toBe(2);
    const { uid, gid, mode } = statSync(place.index);
    expect(mode & 0o777).toBe(0o604);
    expect([uid, gid]).toEqual([77, 78]);
  });

  it('replaces a symbolic link and leaves its target unchanged', async () => {
    const place = makePlace();
    const elsewhere = `${place.home}/elsewhere.sqlite3`;
    makeLive(elsewhere, versionImage(1), 'delete');
    const hash = () => createHash('sha256').update(readFileSync(elsewhere)).digest('hex');
    const before = hash();
    symlinkSync(elsewhere, place.index);
    expect((await swap(place, versionImage(2))).way).toBe('rename');
    expect(lstatSync(place.index).isFile()).toBe(true);
    expect(hash()).toBe(before);
  });

  it('refuses a directory', async () => {
    const place = makePlace();
    mkdirSync(place.index);
    await expect(swap(place, versionImage(1))).rejects.toMatchObject({ code: 'disk' });
    expect(existsSync(place.index)).toBe(true);
  });

  it('returns the right digest even if the image had bytes after its last page', async () => {
    const place = makePlace();
    const image = versionImage(1);
    const { digest } = await swap(place, Buffer.concat([image, Buffer.alloc(4096)]));
    const again = await swap(place, Buffer.concat([image, Buffer.alloc(4096)]));
    expect(again).toEqual({ digest, way: 'backup' });
    const db = openDatabase(place.index, { readonly: true });
    expect(imageDigest(db.serialize())).toBe(digest);
    db.close();
  });
});
