import { Failure } from '../failure.ts';
import { keepLeaving, keptAfter, noteFinished, tidyKept } from './keeping.ts';
import { presentIn } from './kept-list.ts';
import { openMemory } from './memory.ts';
import { proveIndex } from './prove.ts';
import type { OwnIndex, PublishContext, PublishRequest, UndoRequest } from './publish-context.ts';
import { underPublishLock } from './publish-lock.ts';
import { openRestoration } from './restore.ts';
import { takeBack, withRun } from './taken-back.ts';

/** What is needed to keep and take back indexes that machines are sent. */
export type SentContext = Pick<
  PublishContext,
  'site' | 'storeName' | 'maxIndexBytes' | 'lockTimeoutMs' | 'by' | 'note' | 'keepPublished'
>;

/**
 * The index that an earlier run replaced, put into the index of this host so that it can be sent; a dry run leaves that
 * as it is. `storeName` is whose publication is taken back: the machines', or that of the store where there is one.
 *
 * @throws {Failure} `nothing-to-undo`, `pending-changes`, `index-*`, `check-failed`, `busy`, `lock-timeout`, `disk`
 */
export async function restoreToSend(
  context: SentContext,
  request: Pick<PublishRequest, 'run' | 'dryRun'> & { readonly undo: UndoRequest },
): Promise<{ readonly own: OwnIndex; readonly undoes: string }> {
  const undo = await withRun(context, request.undo);
  const restore = async () => {
    const memory = await openMemory(context, request.dryRun);
    const taken = takeBack(context.site.dbDir, memory.kept, undo);
    await proveIndex(taken.image, context);
    const restoration = openRestoration(context, memory, request, taken);
    if (!request.dryRun) return { own: await restoration.putIn(), undoes: taken.undoes };
    await restoration.preview();
    return { own: restoration.own, undoes: taken.undoes };
  };
  return request.dryRun ? await restore() : await underPublishLock(context, restore);
}

/** Keeps a copy of an index that is sent to machines. What cannot be kept is sent all the same, and said. */
export async function keepSent(context: SentContext, run: string, own: OwnIndex): Promise<void> {
  try {
    await underPublishLock(context, async () => {
      const memory = await openMemory(context, false);
      if (context.keepPublished > 0 && presentIn(memory.kept, null)?.digest === own.digest) {
        if (memory.kept.restored) await memory.keep({ ...memory.kept, restored: null });
        return;
      }
      const kept = await keepLeaving(context, memory, { run, own, replaces: null, fetch: async () => null });
      noteFinished(context, kept, { run, digest: own.digest });
      await memory.keep(keptAfter(context, { kept }, { digest: own.digest, etag: null }));
      tidyKept(context, memory);
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.note(`no copy is kept of what is sent, so that --undo cannot take it back: ${error.message}`);
  }
}
