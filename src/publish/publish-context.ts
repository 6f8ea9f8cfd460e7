import type { Site } from '../site/site.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** What publishing is put together from. */
export interface PublishContext {
  readonly site: Site;
  readonly store: ObjectStore;
  /** Names the bucket with its endpoint: what was published to one says nothing about another. */
  readonly storeName: string;
  /** Bytes. A larger index is not sent, since machines would refuse it. */
  readonly maxIndexBytes: number;
  /** Milliseconds to wait for the journal, or for another publication from this host. */
  readonly lockTimeoutMs: number;
  /** `user@host`, in printable ASCII. */
  readonly by: string;
  /** How many published indexes are kept beside the present one; 0 for none, and then nothing can be taken back. */
  readonly keepPublished: number;
  /** Called with work that may go on while the machines are asked; its promise never rejects. */
  readonly later: (work: Promise<void>) => void;
  /** Called with notes for the operator, a line each. */
  readonly note: (message: string) => void;
}

export interface PublishRequest {
  readonly run: string;
  /** Only say what would be done: send nothing and record nothing. */
  readonly dryRun: boolean;
  /**
   * ETag of another administrator's index that this administrator has seen and wants to publish over; null for none.
   */
  readonly replaces: string | null;
  /** Publish an index that an earlier run replaced, instead of that of this host; null for a usual publication. */
  readonly undo: UndoRequest | null;
}

export interface UndoRequest {
  /** The run whose publication is taken back; null for the last one. */
  readonly run: string | null;
  /** Go on although the index of this host has changes that were never published: a copy of them is kept. */
  readonly discardPending: boolean;
}

/** The index of this host, as it is to be published. */
export interface OwnIndex {
  readonly image: Buffer;
  /** `imageDigest` */
  readonly digest: string;
  /** When it was last written. */
  readonly modified: Date;
}
