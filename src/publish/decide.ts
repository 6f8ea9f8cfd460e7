import { wholeSeconds } from '../bucket/object-names.ts';
import { sameEtag } from '../etag.ts';
import type { PublishMemory } from '../journal/journal-model.ts';
import type { Grown } from './memory.ts';
import type { OurIndex } from './publish-context.ts';
import type { Standing } from './stored-index.ts';

/** What is to be done about the store's index. */
export type Decision =
  | { readonly kind: 'unchanged' }
  /** `modified`: the time that it is published with. */
  | { readonly kind: 'publish'; readonly replaces: string; readonly modified: Date }
  | { readonly kind: 'older' }
  | { readonly kind: 'changed-elsewhere' };

export interface Circumstances {
  readonly ours: OurIndex;
  readonly memory: PublishMemory;
  /** The store's index that this host's has grown from by an update; null where none did. */
  readonly installed: Grown | null;
  /** ETag that the administrator wants to publish over. */
  readonly replaces: string | null;
  readonly now: Date;
  /** Whether a publication of this run has met another one already. */
  readonly raced: boolean;
}

/**
 * Whether this host may publish over what stands there: only over what it published itself, or grew from, or has told
 * its administrator of. An older index never replaces a newer one unless that is asked for.
 */
export function decide(standing: Standing, circumstances: Circumstances): Decision {
  const { ours, replaces } = circumstances;
  const { etag } = standing.index;
  if (standing.digest === ours.digest) return { kind: 'unchanged' };
  const older = isOlder(ours, standing.index.time);
  if (replaces !== null && sameEtag(replaces, etag)) {
    return { kind: 'publish', replaces: etag, modified: older ? justAfter(standing) : ours.modified };
  }
  if (isOurs(standing, circumstances)) {
    if (!older) return { kind: 'publish', replaces: etag, modified: ours.modified };
    // A time that is yet to come is the mistake of a clock, and does not say which one is older.
    const mistaken = new Date(standing.index.time) > circumstances.now;
    return mistaken ? { kind: 'publish', replaces: etag, modified: justAfter(standing) } : { kind: 'older' };
  }
  if (isUnclaimed(standing, circumstances) && !older) {
    return { kind: 'publish', replaces: etag, modified: ours.modified };
  }
  return { kind: 'changed-elsewhere' };
}

/** The time that ours gets where machines that have theirs would refuse it as the older one. */
function justAfter({ index }: Standing): Date {
  return new Date((wholeSeconds(new Date(index.time)) + 1) * 1000);
}

/** Whether it was last changed before a time, which is given as ISO 8601; to the second, as everywhere. */
export function isOlder({ modified }: OurIndex, time: string): boolean {
  return wholeSeconds(modified) < wholeSeconds(new Date(time));
}

function isOurs({ index, digest }: Standing, { memory, installed }: Circumstances): boolean {
  if (memory.last?.etag === index.etag) return true;
  // The time as well: somebody may have gone back to these very bytes, and that is news.
  if (installed?.etag === index.etag && installed.time === index.time) return true;
  // Sent by a run of this host that did not live to see the answer.
  return digest !== null && memory.intended.includes(digest);
}

/**
 * The first publication of a host over an index of which nobody says whose it is, such as the tools before this one put
 * there: it can only go by time.
 */
function isUnclaimed({ index }: Standing, { memory, raced }: Circumstances): boolean {
  return memory.last === null && index.by === null && !raced;
}
