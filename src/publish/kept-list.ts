import { sameEtag } from '../etag.ts';
import type { Kept, KeptIndex } from '../journal/kept-indexes.ts';

/* The list of what is kept for one place, as a value. */

/** As many runs as may be killed in a row without one that comes through. */
const MOST_SENT = 20;

/** What is sent now, first in the list. Of the others some may have arrived although their runs were killed. */
export function withSent(kept: Kept, entry: KeptIndex): Kept {
  const others = kept.entries.filter(({ id }) => id !== entry.id);
  const sent = others.filter(({ isThere }) => !isThere).slice(0, MOST_SENT);
  return { ...kept, entries: [entry, ...others.filter((one) => one.isThere || sent.includes(one))] };
}

/** One more, behind what is being sent. */
export function withFound(kept: Kept, entry: KeptIndex): Kept {
  return { ...kept, entries: [entry, ...kept.entries.filter(({ id }) => id !== entry.id)] };
}

/**
 * The place has the index with this digest: what was sent last, if it is that.
 *
 * @param most how many are kept beside it
 */
export function withArrival(
  kept: Kept,
  { digest, etag }: { readonly digest: string; readonly etag: string | null },
  most: number,
): Kept {
  const sent = kept.entries.find((one) => !one.isThere && one.digest === digest);
  const arrived = kept.entries.map((one) => (one === sent ? { ...one, etag, isThere: true } : one));
  return pruned(onlyArrived({ entries: arrived, restored: null }), most);
}

/** Without what was sent and never seen. */
function onlyArrived({ entries, restored }: Kept): Kept {
  return { entries: entries.filter(({ isThere }) => isThere), restored };
}

function pruned({ entries, restored }: Kept, most: number): Kept {
  return { entries: most === 0 ? [] : entries.slice(0, most + 1), restored };
}

/** The publication that the place has now, if it is kept; null for a place whose state is not known by an ETag. */
export function presentIn({ entries }: Kept, etag: string | null): KeptIndex | null {
  const there = entries.filter(({ isThere, origin }) => isThere && origin !== 'unpublished');
  if (etag === null) return there[0] ?? null;
  return there.find((one) => one.etag !== null && sameEtag(one.etag, etag)) ?? null;
}

/** The newest publication of this content. */
export function ofDigest({ entries }: Kept, digest: string): KeptIndex | null {
  return entries.find((one) => one.isThere && one.digest === digest) ?? null;
}
