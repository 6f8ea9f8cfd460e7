import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_HASHES } from '../../../dev/sample/people.ts';
import { imageDigest } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { Admin } from '../../support/publish/admin.ts';
import {
  A,
  B,
  C,
  FIRST,
  KEY,
  LATER,
  rowsOf,
  UndoScene,
  withLargePages,
} from '../../support/publish/undo-scene.ts';

const OTHER_HASH = Object.values(SAMPLE_HASHES)[1] ?? '';

let scene: UndoScene;
beforeEach(async () => {
  scene = await UndoScene.start();
});
afterEach(async () => await scene.close());

function withBob(): Buffer {
  return altered(
    A,
    "INSERT INTO users (userid, password, created_at, updated_at) SELECT 'bob', replace(password, 'ada:', 'bob:'), created_at, updated_at FROM users WHERE id = 1",
  );
}

describe('an undo', () => {
  it('publishes what the last publication replaced as changed now, and puts it into the index of this host', async () => {
    const ada = scene.admin();
    const [, second] = await scene.publish(ada, A, B);
    const before = statSync(ada.indexPath).ino;
    const asked = Math.floor(Date.now() / 1000) * 1000;
    const outcome = await ada.undo();
    expect(outcome).toMatchObject({ kind: 'published', undoes: second, index: { digest: imageDigest(A) } });
    if (outcome.kind !== 'published') throw new Error(outcome.kind);
    expect(Date.parse(outcome.index.time)).toBeGreaterThanOrEqual(asked);
    expect([await scene.stored(), ada.digest]).toEqual([imageDigest(A), imageDigest(A)]);
    expect(statSync(ada.indexPath).ino).toBe(before);
    expect(await ada.publish()).toMatchObject({ kind: 'unchanged' });
  });

  it('can be undone, and that as well', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    for (const index of [A, B, A, B]) {
      expect(await ada.undo()).toMatchObject({ kind: 'published' });
      expect([await scene.stored(), ada.digest]).toEqual([imageDigest(index), imageDigest(index)]);
    }
  });

  it('of a run that is named brings back what that run replaced, past those after it', async () => {
    const ada = scene.admin();
    const [, second] = await scene.publish(ada, A, B, C);
    expect(await ada.undo({ run: second ?? '' })).toMatchObject({ kind: 'published', undoes: second });
    expect([await scene.stored(), ada.digest]).toEqual([imageDigest(A), imageDigest(A)]);
    await ada.undo();
    expect(await scene.stored()).toBe(imageDigest(C));
  });

  it('passes over runs that changed nothing', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    expect(await ada.publish()).toMatchObject({ kind: 'unchanged' });
    await ada.undo();
    expect(await scene.stored()).toBe(imageDigest(A));
  });

  it('brings back what somebody else had published, where this host published over it', async () => {
    await scene.published.publish(A, new Date(FIRST));
    const ada = scene.admin();
    const [run] = await scene.publish(ada, B);
    expect(await rowsOf(ada)).toMatchObject([
      { run, origin: 'run', isPresent: true },
      { run: null, origin: 'store', replacedBy: run },
    ]);
    await ada.undo();
    expect(await scene.stored()).toBe(imageDigest(A));
  });

  it('brings back what a release before this one had published from here', async () => {
    const old = scene.admin({ keepPublished: 0 });
    await scene.publish(old, A);
    const present = new Admin(scene.published.store, 'ada@office', { site: old.context.site });
    old.put(B, LATER);
    expect(await present.publish()).toMatchObject({ kind: 'published' });
    expect(await present.undo()).toMatchObject({ kind: 'published', index: { digest: imageDigest(A) } });
  });

  it('asks the store for nothing more in an ordinary publication', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A);
    const asked: string[] = [];
    const store = {
      ...scene.store,
      get: (...args: Parameters<typeof scene.published.store.get>) => {
        asked.push(args[0]);
        return scene.published.store.get(...args);
      },
    };
    const next = new Admin(store, 'ada@office', { site: ada.context.site });
    ada.put(B, LATER);
    await next.publish();
    expect(asked).not.toContain(KEY);
  });

  it('works with an index that has a write-ahead log and pages of another size', async () => {
    const ada = scene.admin();
    await scene.publish(ada, withLargePages(A), B);
    ada.edit('PRAGMA journal_mode = WAL');
    const reader = openDatabase(ada.indexPath);
    const name = () => reader.prepare('SELECT name FROM locations WHERE id = 1').pluck().get();
    expect(name()).toBe('b');
    expect(await ada.undo()).toMatchObject({ kind: 'published' });
    expect(name()).toBe('a');
    reader.close();
    expect(await scene.stored()).toBe(ada.digest);
    expect(await ada.publish()).toMatchObject({ kind: 'unchanged' });
    await ada.undo();
    expect(await scene.stored()).toBe(ada.digest);
  });

  it('in a dry run says what would come back and go, and changes nothing', async () => {
    const ada = scene.admin();
    const hash = altered(A, `UPDATE users SET password = 'ada:${OTHER_HASH}' WHERE id = 1`);
    const [, second] = await scene.publish(ada, A, hash);
    const [before, kept] = [await scene.stored(), await rowsOf(ada)];
    const outcome = await ada.undo({}, { dryRun: true });
    expect(outcome).toMatchObject({
      kind: 'would-publish',
      undoes: second,
      index: { digest: imageDigest(A) },
      differences: [expect.stringMatching(/^user .*: changed in password$/)],
    });
    expect([await scene.stored(), ada.digest, await rowsOf(ada)]).toEqual([before, before, kept]);
  });

  it.each([
    ['was changed', 'ada', A, altered(A, `UPDATE users SET password = 'ada:${OTHER_HASH}' WHERE id = 1`)],
    ['went with its user', 'bob', withBob(), A],
  ])(
    'says whose earlier password is in force again, in a dry run and when it is: it %s',
    async (_, name, earlier, later) => {
      const ada = scene.admin();
      await scene.publish(ada, earlier, later);
      for (const dryRun of [true, false]) {
        ada.notes.length = 0;
        await ada.undo({}, { dryRun });
        expect(ada.notes).toEqual([`earlier passwords come back with it: of ${name}`]);
      }
    },
  );
});
