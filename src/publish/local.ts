import type { PublishedIndex } from '../fleet/types.ts';
import { asPublished, likelyEtag, readOurs, withLikelyTime } from './ours.ts';
import { proveIndex } from './prove.ts';
import type { PublishParts } from './types.ts';

/**
 * The index of this host where there is no store to publish it to: read and proved as if it were sent. Leaves no trace.
 *
 * @throws {Failure} `index-*`, `check-failed`, `lock-timeout`, `disk`
 */
export async function readLocal(
  parts: Pick<PublishParts, 'site' | 'maxIndexBytes' | 'by' | 'note'>,
  run: string,
): Promise<PublishedIndex> {
  const read = await readOurs(parts.site, run, { stateDir: null, maxBytes: parts.maxIndexBytes });
  const ours = withLikelyTime(read, new Date(), parts.note);
  await proveIndex(ours.image, parts);
  return asPublished(ours, { by: parts.by, modified: ours.modified, etag: likelyEtag(ours) });
}
