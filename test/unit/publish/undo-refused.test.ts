import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { newRunId } from '../../../src/run-id.ts';
import type { Admin } from '../../support/publish/admin.ts';
import { A, B, C, copiesOf, FIRST, LAST, LATER, UndoScene } from '../../support/publish/undo-scene.ts';

let scene: UndoScene;
beforeEach(async () => {
  scene = await UndoScene.start();
});
afterEach(async () => await scene.close());

describe('an undo is refused, and nothing changes', () => {
  const refused = async (ada: Admin, code: string, undo: Parameters<Admin['undo']>[0] = {}) => {
    const before = [await scene.stored(), ada.digest];
    const error = await ada.undo(undo).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code });
    expect([await scene.stored(), ada.digest]).toEqual(before);
    return error as { message: string; hint: string };
  };

  it('where nothing was published from here, or is kept', async () => {
    const ada = scene.admin();
    ada.put(A, FIRST);
    await refused(ada, 'nothing-to-undo');
    const none = scene.admin({ keepPublished: 0 });
    await scene.publish(none, A);
    none.put(B, LATER);
    await none.publish();
    expect((await refused(none, 'nothing-to-undo')).hint).toContain('FLEET_KEEP_PUBLISHED');
  });

  it('where the last publication replaced nothing', async () => {
    const ada = scene.admin();
    const [run] = await scene.publish(ada, A);
    expect((await refused(ada, 'nothing-to-undo')).message).toBe(
      `run ${run} replaced nothing that this host knows`,
    );
  });

  it('of a run that published nothing here, and says which there are', async () => {
    const ada = scene.admin();
    const runs = await scene.publish(ada, A, B);
    const error = await refused(ada, 'nothing-to-undo', { run: newRunId() });
    expect(error.hint).toContain(runs[1]);
  });

  it.each([
    ['damaged', (path: string) => writeFileSync(path, Buffer.alloc(statSync(path).size))],
    ['cut short', (path: string) => truncateSync(path, 4096)],
    ['gone', (path: string) => rmSync(path)],
  ])('where the copy is %s', async (_, spoil) => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    for (const path of copiesOf(ada)) {
      spoil(path);
    }
    expect((await refused(ada, 'nothing-to-undo')).message).toMatch(/is damaged or gone$/);
  });

  it('where somebody else has published meanwhile, with what differs, as any publication', async () => {
    const ada = scene.admin();
    await scene.publish(ada, A, B);
    const etag = await scene.published.publish(C, new Date(LAST));
    expect(await ada.undo()).toMatchObject({ kind: 'changed-elsewhere', theirs: { etag } });
    expect([await scene.stored(), ada.digest]).toEqual([imageDigest(C), imageDigest(B)]);
    expect(await ada.undo({}, { replaces: etag })).toMatchObject({ kind: 'published' });
    expect(await scene.stored()).toBe(imageDigest(A));
    await ada.undo();
    expect(await scene.stored()).toBe(imageDigest(C));
  });

  it('where the index of this host has changes that were never published, which it names', async () => {
    const ada = scene.admin();
    const [, second] = await scene.publish(ada, A, B);
    ada.edit("UPDATE locations SET name = 'new' WHERE id = 1");
    const error = await refused(ada, 'pending-changes');
    expect(error.message).toMatch(/has 1 change that was never published \(studio .*: differs in name\)/);
    expect(error.hint).toContain(`--undo ${second}`);
    await ada.undo({}, { dryRun: true });
    expect(ada.notes.at(-1)).toContain('--discard-pending');
  });
});
