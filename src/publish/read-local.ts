import type { PublishedIndex } from '../report/fleet-results.ts';
import { asPublished, likelyEtag, readOurs, withLikelyTime } from './our-index.ts';
import { proveIndex } from './prove.ts';
import type { OurIndex, PublishContext } from './publish-context.ts';

/** The index of this host, and its description. */
export interface LocalIndex {
  readonly ours: OurIndex;
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
  const read = await readOurs(context.site, run, { stateDir: null, maxBytes: context.maxIndexBytes });
  const ours = withLikelyTime(read, new Date(), context.note);
  await proveIndex(ours.image, context);
  const index = asPublished(ours, { by: context.by, modified: ours.modified, etag: likelyEtag(ours) });
  return { ours, index };
}
