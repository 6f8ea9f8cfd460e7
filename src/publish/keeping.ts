import { imageDigest } from '../database/image.ts';
import { sameEtag } from '../etag.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Kept, KeptIndex } from '../journal/kept-indexes.ts';
import type { PublishedIndex } from '../report/fleet-results.ts';
import { isKept, keepImage, removeOthers } from './kept-files.ts';
import { presentIn, withArrival, withFound, withSent } from './kept-list.ts';
import type { Memory } from './memory.ts';
import type { OwnIndex, PublishContext } from './publish-context.ts';

type KeepContext = Pick<PublishContext, 'site' | 'by' | 'note' | 'keepPublished'>;

/** What is about to be published. */
export interface Leaving {
  readonly run: string;
  readonly own: OwnIndex;
  /** Fetches what stands there now, where this host keeps no whole copy of it; null for none. */
  readonly fetch: () => Promise<{ readonly index: PublishedIndex; readonly image: Buffer } | null>;
  /** ETag of what it replaces; null for nothing, or where there are no ETags. */
  readonly replaces: string | null;
}

/**
 * Keeps copies of an index that is about to be published and of what it replaces, so that this can be taken back. What
 * cannot be kept is published all the same, and said.
 *
 * @returns what is to be remembered together with the publication
 */
export async function keepLeaving(context: KeepContext, memory: Memory, leaving: Leaving): Promise<Kept> {
  const { kept } = memory;
  if (context.keepPublished === 0) return kept;
  const { run, own } = leaving;
  try {
    const before = leaving.replaces === null ? kept : await withReplaced(context, memory, leaving);
    const { restored } = kept;
    const isRestored = restored?.digest === own.digest;
    const present = presentIn(before, leaving.replaces);
    const aside = isRestored ? restored.aside : null;
    return withSent(before, {
      ...{ id: run, origin: 'run', at: new Date().toISOString(), by: context.by, etag: null },
      ...factsOf(context, own.image, own.digest),
      replaces: aside ?? present?.id ?? null,
      undoes: isRestored ? restored.undoes : null,
      isThere: false,
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.note(`no copy is kept, so that --undo cannot take this back: ${error.message}`);
    return kept;
  }
}

/** The kept list once the index with this digest is known to be there. */
export function keptAfter(
  { keepPublished }: KeepContext,
  { kept }: Pick<Memory, 'kept'>,
  arrived: { readonly digest: string; readonly etag: string | null },
): Kept {
  return kept.entries.length === 0 && kept.restored === null
    ? kept
    : withArrival(kept, arrived, keepPublished);
}

/** Says that what an undo put into the index of this host, without coming to its end, is published by this run. */
export function noteFinished(
  { note }: KeepContext,
  { restored }: Kept,
  { run, digest }: { readonly run: string; readonly digest: string },
): void {
  if (restored?.digest !== digest || restored.run === run) return;
  note(
    `the index of this host was the one that run ${restored.run} put back, which did not come to its end: this run has published it`,
  );
}

/** Removes copies of what is not remembered any more. */
export function tidyKept({ site, note }: KeepContext, { kept, keptElsewhere }: Memory): void {
  try {
    removeOthers(site.dbDir, new Set([...keptElsewhere, ...kept.entries.map(({ sha256 }) => sha256)]));
  } catch (error) {
    note(`copies of earlier indexes are not removed yet: ${asFailure(error).message}`);
  }
}

/** The kept list, with what stands in the store now. */
async function withReplaced(context: KeepContext, { kept, state }: Memory, leaving: Leaving): Promise<Kept> {
  const { replaces, fetch } = leaving;
  if (replaces === null) return kept;
  const present = presentIn(kept, replaces);
  if (present && isKept(context.site.dbDir, present)) return kept;
  // Its copy is damaged or gone; or it was sent by a run that was killed before it saw the answer, or whose answer was lost.
  const stored = await fetch();
  if (!stored || !sameEtag(stored.index.etag, replaces)) {
    context.note('no copy is kept of what was in the store, so that --undo cannot bring it back');
    return kept;
  }
  const digest = imageDigest(stored.image);
  if (present?.digest === digest) {
    const facts = factsOf(context, stored.image, digest);
    return { ...kept, entries: kept.entries.map((one) => (one === present ? { ...one, ...facts } : one)) };
  }
  const sent = kept.entries.find((one) => !one.isThere && one.digest === digest);
  if (sent) return withArrival(kept, { digest, etag: replaces }, context.keepPublished);
  const { publishedAt: at, by, etag } = stored.index;
  const before = presentIn(kept, state.last?.etag ?? '');
  return withFound(kept, {
    ...{ id: `store ${etag}`, origin: 'store', at, by, etag, isThere: true, undoes: null },
    ...factsOf(context, stored.image, digest),
    replaces: before?.id ?? null,
  });
}

/** Keeps the bytes. */
function factsOf(
  { site }: KeepContext,
  image: Buffer,
  digest: string,
): Pick<KeptIndex, 'digest' | 'sha256' | 'size'> {
  return { digest, sha256: keepImage(site.dbDir, image), size: image.length };
}

/** Keeps an index of this host that was never published, before an undo replaces it. @throws {Failure} `disk` */
export function keepReplaced(
  context: KeepContext,
  kept: Kept,
  run: string,
  own: Omit<OwnIndex, 'modified'>,
): Kept {
  return withFound(kept, {
    ...{ id: `unpublished ${run}`, origin: 'unpublished', at: new Date().toISOString(), by: context.by },
    ...factsOf(context, own.image, own.digest),
    ...{ etag: null, replaces: null, undoes: null, isThere: true },
  });
}
