import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { swapDatabase } from '../../../src/database/swap.ts';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { makeLive, provenVersion, versionImage } from '../../support/install/images.ts';
import { leftovers, makePlace, type Place, RUN } from '../../support/install/place.ts';

/** A time that cannot be set: the swap meets this error when it dates what is in place. */
class NoDate extends Date {
  readonly #code: string;
  constructor(code: string) {
    super(0);
    this.#code = code;
  }
  override getTime(): number {
    throw Object.assign(new Error('not now'), { code: this.#code });
  }
}

const swap = (place: Place, image: Buffer, mtime: Date) =>
  swapDatabase({ path: place.index, image, staged: stagedPath(place.index, RUN), mtime, busyTimeoutMs: 40 });

describe.each(['wal', 'delete'] as const)('an index that is in place, in journal mode %s,', (mode) => {
  it.each(['SQLITE_BUSY', 'SQLITE_LOCKED', 'ENOSPC', 'SQLITE_FULL', 'EROFS'])(
    'is a success whatever keeps it from being dated: %s',
    async (code) => {
      const place = makePlace();
      makeLive(place.index, versionImage(1), mode);
      const image = versionImage(2);
      expect(await swap(place, image, new NoDate(code))).toEqual({
        digest: imageDigest(image),
        way: 'backup',
      });
      expect(provenVersion(place.index)).toBe(2);
      expect(leftovers(place.home)).toEqual([]);
    },
  );

  it('is a failure if checking it fails unexpectedly', async () => {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    await expect(swap(place, versionImage(2), new NoDate('ODD'))).rejects.toThrow('not now');
  });
});

/** As a disk would: the bytes that SQLite reads the next time are others. */
class Spoiling extends Date {
  readonly #path: string;
  #isSpoilt = false;
  constructor(path: string) {
    super(0);
    this.#path = path;
  }
  override getTime(): number {
    if (this.#isSpoilt) return 0;
    this.#isSpoilt = true;
    const fd = openSync(this.#path, 'r+');
    writeSync(fd, Buffer.alloc(4096, 0xee), 0, 4096, 2 * 4096);
    closeSync(fd);
    throw Object.assign(new Error('not now'), { code: 'SQLITE_BUSY' });
  }
}

it('a damaged index after its installation is reported', async () => {
  const place = makePlace();
  makeLive(place.index, versionImage(1), 'delete');
  const swapped = swapDatabase({
    path: place.index,
    image: versionImage(2),
    staged: stagedPath(place.index, RUN),
    mtime: new Spoiling(place.index),
  });
  await expect(swapped).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('is not in order after it was replaced'),
  });
});

it('a swap that is called off under the lock leaves bytes and time as they were', async () => {
  for (const mode of ['wal', 'delete'] as const) {
    const place = makePlace();
    makeLive(place.index, versionImage(1), mode);
    const { mtimeMs } = statSync(place.index);
    const called: string[] = [];
    const off = swapDatabase({
      path: place.index,
      image: versionImage(2),
      staged: stagedPath(place.index, RUN),
      mtime: new Date(0),
      announce: () => called.push('announced'),
      locked: () => {
        called.push('locked');
        throw new Error('called off');
      },
    });
    await expect(off).rejects.toThrow('called off');
    expect(called).toEqual(['announced', 'locked']);
    expect(provenVersion(place.index)).toBe(1);
    expect(statSync(place.index).mtimeMs).toBe(mtimeMs);
  }
});
