import { sameEtag } from '../etag.ts';
import type { Kept, KeptIndex } from '../journal/kept-indexes.ts';

/* The list of what is kept for one place, as a value. */

/** What is sent now, first in the list. Others that never arrived are forgotten. */
export function withSent(kept: Kept, entry: KeptIndex): Kept {
  return { ...kept, entries: [entry, ...settled(kept).entries.filter(({ id }) => id !== entry.id)] };
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
  return pruned(settled({ entries: arrived, restored: null }), most);
}

/** Without what was sent and never seen. */
function settled({ entries, restored }: Kept): Kept {
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
