import { wholeSeconds } from '../bucket/object-names.ts';
import { sameEtag } from '../etag.ts';
import type { Found, PublishMemory } from '../journal/journal-model.ts';
import type { OwnIndex } from './publish-context.ts';
import type { IndexInStore } from './stored-index.ts';

/** What to do with the store's index. */
export type Decision =
  | { readonly kind: 'unchanged' }
  /** `modified`: the time that it is published with. */
  | { readonly kind: 'publish'; readonly replaces: string; readonly modified: Date }
  | { readonly kind: 'older' }
  | { readonly kind: 'changed-elsewhere' };

export interface Circumstances {
  readonly own: OwnIndex;
  readonly memory: PublishMemory;
  /** The store's index that this host's index was made from; null for none. */
  readonly installed: Found | null;
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
export function decide(stored: IndexInStore, circumstances: Circumstances): Decision {
  const { own, replaces } = circumstances;
  const { etag } = stored.index;
  if (stored.digest === own.digest) return { kind: 'unchanged' };
  const theirs = new Date(stored.index.time);
  const older = isOlder(own, theirs);
  if (replaces !== null && sameEtag(replaces, etag)) {
    return { kind: 'publish', replaces: etag, modified: older ? justAfter(theirs) : own.modified };
  }
  if (isFromHere(stored, circumstances)) {
    if (!older) return { kind: 'publish', replaces: etag, modified: own.modified };
    // A time in the future is the mistake of a clock, and does not say which index is older.
    const mistaken = theirs > circumstances.now;
    return mistaken ? { kind: 'publish', replaces: etag, modified: justAfter(theirs) } : { kind: 'older' };
  }
  if (isUnclaimed(stored, circumstances) && !older) {
    return { kind: 'publish', replaces: etag, modified: own.modified };
  }
  return { kind: 'changed-elsewhere' };
}

/** The time that ours gets if machines with theirs would otherwise refuse it as older. */
function justAfter(theirs: Date): Date {
  return new Date((wholeSeconds(theirs) + 1) * 1000);
}

/** Whether it was last changed before a time, compared in whole seconds, as everywhere. */
export function isOlder({ modified }: OwnIndex, time: Date): boolean {
  return wholeSeconds(modified) < wholeSeconds(time);
}

function isFromHere({ index, digest }: IndexInStore, { memory, installed }: Circumstances): boolean {
  if (memory.last?.etag === index.etag) return true;
  // The time as well: an administrator may have restored these very bytes, and that is a change.
  const isInstalled = installed?.etag === index.etag && installed.time.getTime() === Date.parse(index.time);
  if (isInstalled) return true;
  // Sent by a run of this host that was killed before it saw the answer.
  return digest !== null && memory.intended.includes(digest);
}

/**
 * The first publication of a host over an index without a known publisher, for example one that earlier tools put
 * there: only the time can decide.
 */
function isUnclaimed({ index }: IndexInStore, { memory, raced }: Circumstances): boolean {
  return memory.last === null && index.by === null && !raced;
}
