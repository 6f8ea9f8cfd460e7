import type { PublishedIndex } from '../report/fleet-results.ts';
import { asPublished, likelyEtag, readOwnIndex, withLikelyTime } from './own-index.ts';
import { proveIndex } from './prove.ts';
import type { OwnIndex, PublishContext } from './publish-context.ts';

/** The index of this host, and its description. */
export interface LocalIndex {
  readonly own: OwnIndex;
  /** With the ETag that it would most likely have in a store. */
  readonly index: PublishedIndex;
}

/**
 * The index of this host if it is not published: read and proved as if it were. Leaves no trace.
 *
 * @throws {Failure} `index-*`, `check-failed`, `lock-timeout`, `disk`
 */
export async function readLocal(
  context: Pick<PublishContext, 'site' | 'maxIndexBytes' | 'by' | 'note'>,
  run: string,
): Promise<LocalIndex> {
  const read = await readOwnIndex(context.site, run, { stateDir: null, maxBytes: context.maxIndexBytes });
  const own = withLikelyTime(read, new Date(), context.note);
  await proveIndex(own.image, context);
  const index = asPublished(own, { by: context.by, modified: own.modified, etag: likelyEtag(own) });
  return { own, index };
}
