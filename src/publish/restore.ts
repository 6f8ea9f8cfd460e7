import { join } from 'node:path';
import { databaseFile, INDEX_NAME } from '../bucket/object-names.ts';
import { patience, untilFree } from '../database/busy.ts';
import { imageDigest, openInstalled, readImage } from '../database/image.ts';
import { swapDatabase } from '../database/swap.ts';
import { asFailure, Failure } from '../failure.ts';
import { stagedPath } from '../files/staged-names.ts';
import { changedPasswords } from '../index/changed-passwords.ts';
import { liveStamp, readLiveIndex } from '../install/live-index.ts';
import { keepReplaced } from './keeping.ts';
import { ofDigest } from './kept-list.ts';
import type { Memory } from './memory.ts';
import { readOwnIndex } from './own-index.ts';
import { describePending, isFetched, isPending, refusePending } from './pending-content.ts';
import type { OwnIndex, PublishContext, UndoRequest } from './publish-context.ts';
import type { Taken } from './taken-back.ts';

/** Milliseconds to wait until no other process is writing to the index. */
const PATIENCE_MS = 5000;

export type RestoreContext = Pick<PublishContext, 'site' | 'maxIndexBytes' | 'by' | 'note' | 'keepPublished'>;

/** An earlier index on its way into the index of this host, and how it stood before. */
export interface Restoration {
  /** What is published: the earlier index, as changed now, so that machines take it for newer than what they have. */
  readonly own: OwnIndex;
  readonly undoes: string;
  /** Says what would be lost, and changes nothing: for a dry run. */
  preview(): Promise<void>;
  /**
   * Puts it into the index of this host, in one step for all who use that; only once. Call it when it is known that it
   * may be published, and before that is done: what a kill leaves is an index that the next run publishes.
   *
   * @returns what is to be published
   * @throws {Failure} `pending-changes`, `busy`, `lock-timeout`, `disk`; then nothing has changed
   */
  putIn(): Promise<OwnIndex>;
  /** Puts back what was there, if nobody has changed it since: another host was faster. Never throws. */
  takeOut(): Promise<void>;
  /** Says how the index of this host stands, if it could not be published. */
  sayLeft(): void;
}

interface Live {
  readonly image: Buffer;
  readonly digest: string;
  readonly modified: Date;
  /** Any other means that it was written to since. */
  readonly stamp: string;
  /** Call it when it is done with: the last one to close a database may write to it, which would look like a change. */
  readonly close: () => void;
}

export function openRestoration(
  context: RestoreContext,
  memory: Memory,
  request: { readonly run: string; readonly undo: UndoRequest },
  taken: Taken,
): Restoration {
  const { site, note } = context;
  const { run, undo } = request;
  const path = join(site.dbDir, databaseFile(INDEX_NAME));
  const restored = { image: taken.image, digest: imageDigest(taken.image), modified: new Date() };
  let done: OwnIndex | null = null;
  let before: Live | null = null;

  const swap = (image: Buffer, mtime: Date, stamp: string | null) =>
    swapDatabase({
      path,
      image,
      staged: stagedPath(path, run),
      mtime,
      locked: () => {
        if (stamp !== liveStamp(path)) throw changedMeanwhile();
      },
    });

  const putIn = async (): Promise<OwnIndex> => {
    const live = await readLive(context, path);
    try {
      return await putOver(live);
    } finally {
      live?.close();
    }
  };

  const putOver = async (live: Live | null): Promise<OwnIndex> => {
    if (live && !undo.discardPending && isPending(context, memory, live) && !isFetched(memory, live))
      throw refusePending(context, memory, live, taken);
    const aside = live ? await keepLive(live) : null;
    await memory.keep({
      ...memory.kept,
      restored: { run, undoes: taken.undoes, digest: restored.digest, aside },
    });
    if (live?.digest === restored.digest) return restored;
    const swapped = await swap(restored.image, restored.modified, live?.stamp ?? liveStamp(path));
    before = live;
    if (live) notePasswords(context, live.image, restored.image);
    if (swapped.digest === restored.digest) return restored;
    // With pages of another size, as the live database has them: so it will be read next time.
    const own = await readOwnIndex(site, run, { stateDir: null, maxBytes: context.maxIndexBytes });
    await memory.keep({
      ...memory.kept,
      restored: { run, undoes: taken.undoes, digest: own.digest, aside },
    });
    return own;
  };

  /** The id of a copy of what was never published; null for what was. */
  const keepLive = async (live: Live): Promise<string | null> => {
    const known = ofDigest(memory.kept, live.digest);
    if (known) return known.origin === 'unpublished' ? known.id : null;
    if (!isPending(context, memory, live)) return null;
    const kept = keepReplaced(context, memory.kept, run, live);
    await memory.keep(kept);
    note(
      `the index of this host had changes that were never published: a copy is kept, and --undo ${run} publishes it`,
    );
    return kept.entries[0]?.id ?? null;
  };

  return {
    own: restored,
    undoes: taken.undoes,
    preview: async () => {
      const live = await readLive(context, path);
      live?.close();
      if (live) notePasswords(context, live.image, restored.image);
      if (live && isPending(context, memory, live) && !isFetched(memory, live))
        note(
          `${describePending(context, memory, live)}: --undo refuses to take them away unless --discard-pending is added`,
        );
    },
    putIn: async () => {
      done ??= await putIn();
      return done;
    },
    sayLeft: () => {
      if (done)
        note(
          'the index of this host is the one that was put back, and may not be published yet: run config-update once the reason is gone',
        );
    },
    takeOut: async () => {
      if (!before) return;
      const { image, modified } = before;
      let live: Live | null = null;
      try {
        live = await readLive(context, path);
        if (!live || live.digest !== done?.digest) throw changedMeanwhile();
        await swap(image, modified, live.stamp);
        await memory.keep({ ...memory.kept, restored: null });
      } catch (error) {
        note(
          `the index of this host is the one that was put back, and was not published: ${asFailure(error).message}`,
        );
      } finally {
        live?.close();
      }
    },
  };
}

/**
 * The index of this host, at a moment when no process writes to it; null for none.
 *
 * @throws {Failure} `index-invalid`: what stands there cannot be kept
 */
async function readLive({ site, maxIndexBytes }: RestoreContext, path: string): Promise<Live | null> {
  const { modified, problem } = await readLiveIndex(site, maxIndexBytes);
  if (problem !== null)
    throw new Failure('index-invalid', `${path} cannot be read: ${problem}`, {
      hint: 'Nothing was changed. Move that file aside, then run it again: the earlier index is put in its place.',
    });
  if (modified === null) return null;
  return await untilFree(patience(path, PATIENCE_MS), () => {
    const db = openInstalled(path, { busyTimeoutMs: 0, maxBytes: maxIndexBytes });
    if (!db) return null;
    try {
      const stamp = liveStamp(path);
      const image = readImage(db, undefined, maxIndexBytes);
      // Written to while it was read: which of both it is, is not known.
      if (liveStamp(path) !== stamp) throw changedMeanwhile();
      return { image, digest: imageDigest(image), modified, stamp, close: () => db.close() };
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Users that a note names. */
const MOST_NAMED = 5;

/** A password that was changed because somebody else knew it is in force again. */
function notePasswords({ note }: Pick<RestoreContext, 'note'>, before: Buffer, after: Buffer): void {
  try {
    const names = changedPasswords(before, after);
    if (names.length === 0) return;
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    note(`earlier passwords come back with it: of ${names.slice(0, MOST_NAMED).join(', ')}${more}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error; // an index of nobody's passwords
  }
}

function changedMeanwhile(): Failure {
  return new Failure('busy', 'somebody changed the index of this host meanwhile', {
    hint: 'Nothing was published. Look at the change (config-update --undo --dry-run), then run it again.',
  });
}
