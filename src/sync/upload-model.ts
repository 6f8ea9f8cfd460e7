import type { DatabaseVersion } from '../database-version.ts';
import type { Failure } from '../failure.ts';
import type { ItemOutcome, Summary } from '../report/results.ts';

/** The content of a local database. */
export interface KnownCopy {
  /** `fingerprint` of its files at that time. */
  readonly print: string;
  /** `imageDigest` */
  readonly digest: string;
  /** Whether its files had come to rest: one that was just written can be written again without a newer time. */
  readonly isAtRest: boolean;
}

/** An upload as it was about to be sent: its ETag is the one that the store gives to these bytes. */
export interface Intent extends DatabaseVersion {
  /** `imageDigest` */
  readonly digest: string;
  /** Of the event, for the inventory. */
  readonly date: string | null;
}

/** An entry that an inventory shall get. */
export interface Owed extends DatabaseVersion {
  readonly name: string;
  /** Code of the region that owns the database; `index` where none does. */
  readonly inventory: string;
  readonly date: string | null;
}

/** What became of one database. */
export type UploadOutcome =
  | { readonly kind: 'uploaded'; readonly bytes: number; readonly isNew: boolean }
  | { readonly kind: 'would-upload'; readonly isNew: boolean }
  | { readonly kind: 'unchanged' }
  /** There is no local one, or an empty one. */
  | { readonly kind: 'no-copy' }
  /** The store has another version, and the local one has not been changed. */
  | { readonly kind: 'behind' }
  /** The store's is newer, and it is not known that the local one grew from it. */
  | { readonly kind: 'newer-in-store'; readonly time: Date }
  /** Both have been changed; `kept` is the path of the copy of the local content, null for a dry run. */
  | { readonly kind: 'changed-elsewhere'; readonly kept: string | null; readonly failure: Failure };

/** One database in a `--json` answer. */
export interface SyncItem {
  readonly name: string;
  readonly action: 'upload' | 'download';
  readonly outcome: ItemOutcome;
  readonly detail: string;
}

/** What a run of `sync-databases`, `idle` or `tenant-stop` came to. */
export interface SyncResult extends Summary {
  readonly items: readonly SyncItem[];
}
