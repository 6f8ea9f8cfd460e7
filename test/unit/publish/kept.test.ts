import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { Failure } from '../../../src/failure.ts';
import { openMemory } from '../../../src/publish/memory.ts';
import { newRunId } from '../../../src/run-id.ts';
import { Admin } from '../../support/publish/admin.ts';
import {
  A,
  B,
  C,
  copiesOf,
  KEY,
  LAST,
  LATER,
  named,
  rowsOf,
  UndoScene,
  withLargePages,
} from '../../support/publish/undo-scene.ts';

let scene: UndoScene;
beforeEach(async () => {
  scene = await UndoScene.start();
});
afterEach(async () => await scene.close());

describe('changes of this host that were never published', () => {
  it('are taken away on request, and an undo of that publishes them', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    ada.edit("UPDATE locations SET name = 'new' WHERE id = 1");
    const pending = ada.digest;
    const run = newRunId();
    await ada.undo({ discardPending: true }, { run });
    expect([await scene.stored(), ada.digest]).toEqual([imageDigest(A), imageDigest(A)]);
    expect(ada.notes.at(-1)).toContain(`--undo ${run} publishes it`);
    expect(await rowsOf(ada)).toContainEqual(
      expect.objectContaining({ run, origin: 'unpublished', digest: pending }),
    );
    expect(await ada.undo()).toMatchObject({ kind: 'published', undoes: run });
    expect([await scene.stored(), ada.digest]).toEqual([pending, pending]);
  });

  it('are none if only the layout differs', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    ada.edit('CREATE TABLE x AS SELECT zeroblob(9999); DROP TABLE x');
    expect(await ada.undo()).toMatchObject({ kind: 'published' });
  });

  it('are put back if another host publishes between the look at the store and the publication', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    const store = {
      ...scene.store,
      put: async (...args: Parameters<typeof scene.published.store.put>) => {
        if (args[0] === KEY) await scene.published.publish(C, new Date(LAST));
        return await scene.published.store.put(...args);
      },
    };
    const raced = new Admin(store, 'ada@office', { site: ada.context.site });
    expect(await raced.undo()).toMatchObject({ kind: 'changed-elsewhere' });
    expect([await scene.stored(), ada.digest]).toEqual([imageDigest(C), imageDigest(B)]);
    expect((await openMemory(ada.context, true)).kept.restored, 'what was put in is forgotten').toBe(null);
  });
});

describe('a publication whose answer was lost', () => {
  it('is known by its run as soon as the next one finds it in the store, and can be taken back', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A);
    let isLost = true;
    const store: typeof scene.store = {
      ...scene.store,
      put: async (...args) => {
        const put = await scene.published.store.put(...args);
        if (isLost && args[0] === KEY) throw new Failure('store-timeout', 'no answer', { hint: 'Again.' });
        return put;
      },
    };
    const cut = new Admin(store, 'ada@office', { site: ada.context.site });
    const run = newRunId();
    ada.put(B, LATER);
    await expect(cut.publish({ run })).rejects.toMatchObject({ code: 'store-timeout' });
    expect(await rowsOf(ada)).toHaveLength(1);
    isLost = false;
    ada.put(C, LAST);
    expect(await cut.publish()).toMatchObject({ kind: 'published' });
    expect((await rowsOf(ada)).map((row) => row.run)[1]).toBe(run);
    await ada.undo({ run });
    expect(await scene.stored()).toBe(imageDigest(A));
  });

  it('of an undo leaves the index of this host ready to be published, and says so', async () => {
    const ada = scene.admin();
    // Pages of another size: what is put into the index of this host is then no kept copy to the byte.
    const [, second] = await scene.publish(ada, withLargePages(A), B);
    ada.edit('PRAGMA journal_mode = WAL');
    const store: typeof scene.store = {
      ...scene.store,
      put: async () => {
        throw new Failure('store-unreachable', 'gone', { hint: 'Again.' });
      },
    };
    const cut = new Admin(store, 'ada@office', { site: ada.context.site });
    await expect(cut.undo()).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(cut.notes.at(-1)).toMatch(/^the index of this host is the one that was put back/);
    expect(await scene.stored()).toBe(imageDigest(B));
    const back = ada.digest;
    expect(back).not.toBe(imageDigest(B));
    await expect(cut.undo()).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(await ada.publish()).toMatchObject({ kind: 'published' });
    expect(ada.notes.at(-1)).toMatch(/which did not come to its end: this run has published it$/);
    expect((await rowsOf(ada))[0]).toMatchObject({ undoes: second });
    expect([await scene.stored(), ada.digest]).toEqual([back, back]);
    await ada.undo();
    expect(await scene.stored()).toBe(imageDigest(B));
  });
});

describe('published indexes', () => {
  it('are kept as many as is set, beside the present one, and only their files', async () => {
    const ada = scene.admin({ keepPublished: 2 });
    const indexes = Array.from({ length: 6 }, (_, nth) => named(`n${nth}`));
    const runs = await scene.publish(ada, ...indexes);
    const list = await rowsOf(ada);
    expect(list.map(({ run }) => run)).toEqual(runs.slice(-3).reverse());
    expect(list.map(({ isPresent }) => isPresent)).toEqual([true, false, false]);
    expect(list.map(({ replacedBy }) => replacedBy)).toEqual([null, runs[5], runs[4]]);
    expect(copiesOf(ada)).toHaveLength(3);
    for (const path of copiesOf(ada)) expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(ada.undo({ run: runs[3] ?? '' })).rejects.toMatchObject({ code: 'nothing-to-undo' });
    await ada.undo({ run: runs[4] ?? '' });
    expect(await scene.stored()).toBe(imageDigest(indexes[3] ?? A));
  });

  it('are published all the same where no copy can be kept, which is said', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A);
    const place = join(ada.dbDir, '.update_config/published');
    rmSync(place, { recursive: true });
    writeFileSync(place, 'in the way');
    await scene.publish(ada, B);
    expect(ada.notes.some((note) => note.startsWith('no copy is kept, '))).toBe(true);
    expect(await scene.stored()).toBe(imageDigest(B));
  });

  it('are kept once more where the copy of what is replaced was damaged', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    for (const path of copiesOf(ada)) truncateSync(path, 100);
    ada.put(C, LAST);
    await ada.publish();
    expect(await ada.undo()).toMatchObject({ kind: 'published' });
    expect(await scene.stored()).toBe(imageDigest(B));
    expect(ada.notes.filter((note) => note.includes('no copy'))).toEqual([]);
  });

  it('are taken back once if two undo the last publication at once', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    const outcomes = await Promise.allSettled([ada.undo(), ada.undo()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes).toContainEqual(
      expect.objectContaining({ reason: expect.objectContaining({ code: 'busy' }) }),
    );
    expect([await scene.stored(), ada.digest]).toEqual([imageDigest(A), imageDigest(A)]);
  });
});
