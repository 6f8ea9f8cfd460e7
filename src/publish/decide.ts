import { wholeSeconds } from '../bucket/object-names.ts';
import { sameEtag } from '../etag.ts';
import type { PublishMemory } from '../journal/journal-model.ts';
import type { Grown } from './memory.ts';
import type { OurIndex } from './publish-context.ts';
import type { Standing } from './stored-index.ts';

/** What to do with the store's index. */
export type Decision =
  | { readonly kind: 'unchanged' }
  /** `modified`: the time that it is published with. */
  | { readonly kind: 'publish'; readonly replaces: string; readonly modified: Date }
  | { readonly kind: 'older' }
  | { readonly kind: 'changed-elsewhere' };

export interface Circumstances {
  readonly ours: OurIndex;
  readonly memory: PublishMemory;
  /** The store's index that this host's index was made from; null for none. */
  readonly installed: Grown | null;
  /** ETag that the administrator wants to publish over. */
  readonly replaces: string | null;
  readonly now: Date;
  /** Whether this run has met another publication already. */
  readonly raced: boolean;
}

/**
 * Whether this host may publish over the store's index: only over one that it published itself, was made from, or has
 * shown to its administrator. An older index replaces a newer one only on request.
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
    // A time in the future is the mistake of a clock, and does not say which index is older.
    const mistaken = new Date(standing.index.time) > circumstances.now;
    return mistaken ? { kind: 'publish', replaces: etag, modified: justAfter(standing) } : { kind: 'older' };
  }
  if (isUnclaimed(standing, circumstances) && !older) {
    return { kind: 'publish', replaces: etag, modified: ours.modified };
  }
  return { kind: 'changed-elsewhere' };
}

/** The time that ours gets if machines with theirs would otherwise refuse it as older. */
function justAfter({ index }: Standing): Date {
  return new Date((wholeSeconds(new Date(index.time)) + 1) * 1000);
}

/** Whether it was last changed before a time (ISO 8601), compared in whole seconds, as everywhere. */
export function isOlder({ modified }: OurIndex, time: string): boolean {
  return wholeSeconds(modified) < wholeSeconds(new Date(time));
}

function isOurs({ index, digest }: Standing, { memory, installed }: Circumstances): boolean {
  if (memory.last?.etag === index.etag) return true;
  // The time as well: an administrator may have restored these very bytes, and that is a change.
  if (installed?.etag === index.etag && installed.time === index.time) return true;
  // Sent by a run of this host that was killed before it saw the answer.
  return digest !== null && memory.intended.includes(digest);
}

/**
 * The first publication of a host over an index without a known publisher, for example one that earlier tools put
 * there: only the time can decide.
 */
function isUnclaimed({ index }: Standing, { memory, raced }: Circumstances): boolean {
  return memory.last === null && index.by === null && !raced;
}
