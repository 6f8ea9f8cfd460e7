import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Failure } from '../../../src/failure.ts';
import { type KeptIndex, NOTHING_KEPT } from '../../../src/journal/kept-indexes.ts';
import { withArrival, withSent } from '../../../src/publish/kept-list.ts';
import { type Memory, openMemory } from '../../../src/publish/memory.ts';
import { openRestoration } from '../../../src/publish/restore.ts';
import { takeBack, withRun } from '../../../src/publish/taken-back.ts';
import { newRunId } from '../../../src/run-id.ts';
import { Admin } from '../../support/publish/admin.ts';
import { A, B, C, KEY, LAST, UndoScene } from '../../support/publish/undo-scene.ts';

let scene: UndoScene;
beforeEach(async () => {
  scene = await UndoScene.start();
});
afterEach(async () => await scene.close());

/** Somebody renames a studio. */
const RENAME = "UPDATE locations SET name = 'mine' WHERE id = 1";

function nameIn({ indexPath }: Admin): unknown {
  const db = openDatabase(indexPath);
  try {
    return db.prepare('SELECT name FROM locations WHERE id = 1').pluck().get();
  } finally {
    db.close();
  }
}

describe('a change of the index of this host', () => {
  it('that comes after an undo has looked at it is not written over', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    const memory = await openMemory(ada.context, false);
    // The last thing that is done before the earlier index is put in.
    const keep: Memory['keep'] = async (kept) => {
      await memory.keep(kept);
      ada.edit(RENAME);
    };
    const late = Object.assign(Object.create(memory) as Memory, { keep });
    const undo = await withRun(ada.context, { run: null, discardPending: false });
    const taken = takeBack(ada.dbDir, memory.kept, undo);
    const restoration = openRestoration(ada.context, late, { run: newRunId(), undo }, taken);
    await expect(restoration.putIn()).rejects.toMatchObject({ code: 'busy' });
    expect([nameIn(ada), await scene.stored()]).toEqual(['mine', imageDigest(B)]);
  });

  it('that comes after an undo has put an earlier one in stays, though another host was faster', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    const store: typeof scene.store = {
      ...scene.store,
      put: async (...args) => {
        if (args[0] === KEY) {
          await scene.published.publish(C, new Date(LAST));
          ada.edit(RENAME);
        }
        return await scene.published.store.put(...args);
      },
    };
    const raced = new Admin(store, 'ada@office', { site: ada.context.site });
    expect(await raced.undo()).toMatchObject({ kind: 'changed-elsewhere' });
    expect(nameIn(ada)).toBe('mine');
    expect(raced.notes.at(-1)).toMatch(
      /was not published: somebody changed the index of this host meanwhile$/,
    );
  });
});

it('the index of this host is put back where the store changes at every attempt of an undo', async () => {
  const ada = scene.admin();
  await scene.publish(ada, A, B);
  let attempts = 0;
  const store: typeof scene.store = {
    ...scene.store,
    put: async () => {
      attempts += 1;
      return { kind: 'changed-elsewhere', object: null };
    },
  };
  const raced = new Admin(store, 'ada@office', { site: ada.context.site });
  await expect(raced.undo()).rejects.toMatchObject({ code: 'changed-elsewhere' });
  expect([attempts, ada.digest]).toEqual([4, imageDigest(B)]);
});

it('an undo that took away what was never published, and did not come to its end, is done again', async () => {
  const ada = scene.admin();
  await scene.publish(ada, A, B);
  ada.edit(RENAME);
  const store: typeof scene.store = {
    ...scene.store,
    put: async () => {
      throw new Failure('store-unreachable', 'gone', { hint: 'Again.' });
    },
  };
  const cut = new Admin(store, 'ada@office', { site: ada.context.site });
  await expect(cut.undo({ discardPending: true })).rejects.toMatchObject({ code: 'store-unreachable' });
  expect(await ada.undo()).toMatchObject({ kind: 'published' });
  expect(await scene.stored()).toBe(imageDigest(A));
});

it('of what was sent and never seen the last twenty are kept, until something is known to be there', () => {
  const sent = (id: string): KeptIndex => ({
    ...{ id, origin: 'run', at: '2026-01-02T03:04:05Z', by: 'ada', etag: null, digest: id, sha256: id },
    ...{ size: 1, replaces: null, undoes: null, isThere: false },
  });
  let kept = withSent(NOTHING_KEPT, { ...sent('there'), isThere: true });
  for (let nth = 0; nth < 25; nth += 1) kept = withSent(kept, sent(`sent ${nth}`));
  expect(kept.entries.map(({ id }) => id)).toEqual([
    ...Array.from({ length: 21 }, (_, at) => `sent ${24 - at}`),
    'there',
  ]);
  const arrived = withArrival(kept, { digest: 'sent 7', etag: '"e"' }, 10);
  expect(arrived.entries.map(({ id, etag }) => [id, etag])).toEqual([
    ['sent 7', '"e"'],
    ['there', null],
  ]);
});
