import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { swapDatabase } from '../../../src/database/swap.ts';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { commitFiles } from '../../../src/install/commit.ts';
import { compareFiles } from '../../../src/install/compare.ts';
import { keepGeneration, listGenerations, removeGeneration } from '../../../src/install/generations.ts';
import { lastWritten } from '../../../src/install/live-index.ts';
import { recover } from '../../../src/install/recover.ts';
import { stageFiles } from '../../../src/install/stage.ts';
import { versionImage } from '../../support/install/images.ts';
import { LATER_RUN, leftovers, makePlace, plan, RUN } from '../../support/install/place.ts';

describe('a disk that gives back other bytes', () => {
  it.each([
    ['others', 'abc', 'abd'],
    ['fewer', 'abc', 'abcd'],
    ['more', 'abcd', 'abc'],
  ])('(%s) fails the update before anything is put in place', async (_, written, expected) => {
    const place = makePlace();
    const [first] = plan(place, 1);
    if (!first) throw new Error('no plan');
    let reads = 0;
    const file = {
      ...first,
      get content() {
        reads += 1;
        return reads === 1 ? written : expected;
      },
    };
    await expect(stageFiles([file], RUN)).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining('does not hold what was written to it'),
    });
    expect(leftovers(place.home)).toEqual([]);
  });
});

describe('a file that is compared', () => {
  it('is read up to 16 MiB, or eight times its replacement, and replaced unread if it is larger', () => {
    const place = makePlace();
    const [file] = plan(place, 1);
    if (!file) throw new Error('no plan');
    const compare = (size: number, content: string) => {
      writeFileSync(file.path, Buffer.alloc(size, 0x61));
      return compareFiles([{ ...file, content }])[0]?.previous?.length ?? null;
    };
    const MIB = 2 ** 20;
    expect([compare(16 * MIB, 'a'), compare(16 * MIB + 1, 'a')]).toEqual([16 * MIB, null]);
    const large = 'a'.repeat(2 * MIB + 1);
    expect(compare(16 * MIB + 8, large)).toBe(16 * MIB + 8);
    expect(compare(16 * MIB + 9, large)).toBe(null);
  });
});

describe('a commit that fails', () => {
  it('removes the files that were not put in place', async () => {
    const place = makePlace();
    const staged = await stageFiles(plan(place, 1), RUN);
    mkdirSync(join(place.dbDir, 'map.yml'));
    expect(() => commitFiles(staged, null)).toThrow('cannot replace');
    expect(leftovers(place.home)).toEqual([]);
    expect([existsSync(join(place.dbDir, 'htpasswd')), existsSync(place.navigator)]).toEqual([true, false]);
  });
});

describe('generations', () => {
  const FACTS = { etag: null, sha256: 'a', size: 0, time: '2026-01-02T03:04:05Z', source: 'store' } as const;
  const run = (at: number) => `20260102T0304${String(at).padStart(5, '0')}Z-00000${at % 10}`;
  const replaced = { index: Buffer.from('x'), files: [{ kind: 'map', previous: Buffer.from('y') } as const] };

  it('are the newest ten by default, in the order in which they were made', () => {
    const { stateDir, dbDir } = makePlace();
    mkdirSync(stateDir, { recursive: true });
    for (let at = 12; at >= 1; at--) keepGeneration(stateDir, run(at), replaced, FACTS);
    const kept = listGenerations(stateDir);
    expect(kept.map((one) => one.run)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(run));
    expect(kept[0]).toMatchObject({ sequence: 12, facts: FACTS, completes: null });
    keepGeneration(stateDir, run(20), replaced, FACTS, { keep: 3, completes: run(1) });
    expect(listGenerations(stateDir).map((one) => one.run)).toEqual([20, 1, 2].map(run));
    expect(readdirSync(join(dbDir, '.update_config/generations'))).toHaveLength(3);
  });

  it('are for their owner alone, each file of them too', () => {
    const { stateDir } = makePlace();
    mkdirSync(stateDir, { recursive: true });
    keepGeneration(stateDir, RUN, replaced, FACTS);
    const home = join(stateDir, 'generations', RUN);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(readdirSync(home).map((name) => statSync(join(home, name)).mode & 0o777)).toEqual([
      0o600, 0o600, 0o600,
    ]);
  });

  it('that cannot be kept leave nothing of themselves, and those before stay', () => {
    const { stateDir } = makePlace();
    mkdirSync(stateDir, { recursive: true });
    keepGeneration(stateDir, RUN, replaced, FACTS);
    const bad = { index: null, files: [{ kind: 'no/where' as 'map', previous: Buffer.from('y') }] };
    expect(() => keepGeneration(stateDir, LATER_RUN, bad, FACTS)).toThrow();
    expect(readdirSync(join(stateDir, 'generations'))).toEqual([RUN]);
    removeGeneration(join(stateDir, 'generations', RUN));
    expect(listGenerations(stateDir)).toEqual([]);
  });

  it('of the run itself that are not whole yet are not recovered from', () => {
    const place = makePlace();
    const own = join(place.stateDir, 'generations', RUN);
    const other = join(place.stateDir, 'generations', LATER_RUN);
    for (const path of [own, other]) mkdirSync(path, { recursive: true });
    const staged = [RUN, LATER_RUN].map((name) => stagedPath(join(place.dbDir, 'map.yml'), name));
    for (const path of staged) writeFileSync(path, '');
    const removed = recover({ stateDir: place.stateDir, directories: [place.dbDir, place.dbDir], run: RUN });
    expect(removed).toEqual([staged[1], other]);
    expect([own, staged[0] ?? ''].map(existsSync)).toEqual([true, true]);
  });
});

describe('a database where there is none', () => {
  it('is put there whole, without what one that is gone has left, and nothing of it when it fails', async () => {
    const place = makePlace();
    for (const suffix of ['-wal', '-shm', '-journal']) writeFileSync(place.index + suffix, 'left');
    const staged = stagedPath(place.index, RUN);
    const swap = (more = {}) =>
      swapDatabase({ path: place.index, image: versionImage(1), staged, mtime: new Date(0), ...more });
    const refused = () => {
      throw new Error('refused');
    };
    await expect(swap({ locked: refused })).rejects.toThrow('refused');
    writeFileSync(staged, 'in the way');
    await expect(swap()).rejects.toThrow();
    expect(existsSync(place.index)).toBe(false);
    await swap();
    expect(readdirSync(place.dbDir)).toEqual(['index.sqlite3']);
    expect(statSync(place.index).mode & 0o777).toBe(0o640);
  });
});

it('a database was last written when its log was, if that is later and holds anything', () => {
  const place = makePlace();
  expect(lastWritten(place.index)).toBe(null);
  const [early, late] = [new Date(1_000_000), new Date(2_000_000)];
  const at = (main: Date, log: Date, content: string) => {
    writeFileSync(place.index, '');
    writeFileSync(`${place.index}-wal`, content);
    utimesSync(place.index, main, main);
    utimesSync(`${place.index}-wal`, log, log);
    return lastWritten(place.index);
  };
  expect([at(early, late, 'x'), at(late, early, 'x'), at(early, late, '')]).toEqual([late, late, early]);
});
