import { wholeSeconds } from '../bucket/object-names.ts';
import { bareEtag } from '../etag.ts';
import { mayBeSince, type SeenAt } from '../tenants/seen.ts';
import type { RemoteCopy, Seen } from '../tenants/tenant-model.ts';
import type { Intent } from './upload-model.ts';

/** All that is known of one tenant's database, here and in the store. */
export interface Evidence {
  readonly local: {
    readonly modified: Date;
    /** `imageDigest` */
    readonly digest: string;
    /** Hex, of the bytes. */
    readonly md5: string;
  };
  /** Null where the store has none. */
  readonly remote: RemoteCopy | null;
  /** The version that the local one was made from; null when it is not known. */
  readonly seen: SeenAt | null;
  /** What was sent by uploads that did not report their end. */
  readonly intents: readonly Intent[];
  /** Whether the store has just refused an upload, since it had another version than was expected. */
  readonly raced: boolean;
}

/** What is to be done. */
export type Verdict =
  /** Nothing: the store already has the local content. `learnt`: the version that the local one is now known to come from. */
  | { readonly kind: 'unchanged'; readonly learnt: Seen | null }
  /** Nothing: the store has another version, and the local one has not been changed. */
  | { readonly kind: 'behind' }
  /** Nothing: the store's is newer, and the local one is not known to be made from it. */
  | { readonly kind: 'newer-in-store'; readonly time: Date }
  /** Nothing: both have been changed. */
  | { readonly kind: 'changed-elsewhere' }
  /** Nothing yet: only the object itself says who has stored it. */
  | { readonly kind: 'ask' }
  /** Upload it in the place of the version with that ETag (null: of none), as last changed at that time. */
  | { readonly kind: 'put'; readonly replaces: string | null; readonly time: Date };

/**
 * Decides by what the local database grew from, not by clocks: it may replace the version that this machine has last
 * seen (or sent), and no other. Only where nothing is known of that, on the first run after installation, the times
 * decide, to the second: an older version in the store is replaced, on condition that it is still the same, and that
 * another program has stored it; a newer one is not. What this program has stored on another machine is not replaced.
 */
export function decideUpload({ local, remote, seen, intents, raced }: Evidence): Verdict {
  if (!remote) return { kind: 'put', replaces: null, time: local.modified };
  const { etag, time } = remote;
  if (bareEtag(etag).toLowerCase() === local.md5) {
    return { kind: 'unchanged', learnt: { etag, time, digest: local.digest } };
  }
  const base = intents.find((intent) => intent.etag === etag) ?? (seen?.etag === etag ? seen : null);
  if (base) {
    if (base.digest !== local.digest) {
      if (base === seen && isRestored(local, seen)) return { kind: 'newer-in-store', time: seen.time };
      return { kind: 'put', replaces: etag, time: after(base.time, local) };
    }
    const learnt = base === seen ? null : { etag, time: base.time, digest: base.digest };
    return { kind: 'unchanged', learnt };
  }
  if (seen) return grewNot(local, seen) ? { kind: 'behind' } : { kind: 'changed-elsewhere' };
  if (raced) return { kind: 'changed-elsewhere' };
  const later = wholeSeconds(local.modified) - wholeSeconds(time);
  if (later < 0) return { kind: 'newer-in-store', time };
  if (remote.digest === undefined) return { kind: 'ask' };
  if (remote.digest !== null && remote.digest !== local.digest) return { kind: 'changed-elsewhere' };
  if (remote.digest === null && later > 0) return { kind: 'put', replaces: etag, time: local.modified };
  return { kind: 'unchanged', learnt: { etag, time, digest: local.digest } };
}

/** Whether the local database is still what it was when this machine and the store had the same. */
export function grewNot(local: Omit<Evidence['local'], 'md5'>, seen: Seen): boolean {
  if (seen.digest !== null) return seen.digest === local.digest;
  return wholeSeconds(local.modified) === wholeSeconds(seen.time);
}

/** Whether it was replaced by an earlier one instead of being changed: that one is not known to be made from the version last seen. */
function isRestored({ modified }: Evidence['local'], seen: SeenAt): boolean {
  return !mayBeSince(modified, seen) && wholeSeconds(modified) < wholeSeconds(seen.time);
}

/** Later than the replaced version, even if this machine's clock is slow: other machines take the later one for the newer. */
function after(replaced: Date, { modified }: Evidence['local']): Date {
  const isLater = wholeSeconds(modified) > wholeSeconds(replaced);
  return isLater ? modified : new Date(replaced.getTime() + 1000);
}
