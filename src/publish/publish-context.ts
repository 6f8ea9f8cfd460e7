import type { Site } from '../site/site.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** What publishing is put together from. */
export interface PublishParts {
  readonly site: Site;
  readonly store: ObjectStore;
  /** Names the bucket, endpoint and all: what was published to one says nothing of another. */
  readonly storeName: string;
  /** Bytes; what machines would refuse is not sent. */
  readonly maxIndexBytes: number;
  /** Milliseconds to wait for the journal, or for another publication from this host. */
  readonly lockTimeoutMs: number;
  /** `user@host`, in printable ASCII. */
  readonly by: string;
  /** Given what may go on while the machines are asked already; it never rejects. */
  readonly later: (work: Promise<void>) => void;
  /** Told what the operator should know, a line each. */
  readonly note: (message: string) => void;
}

export interface PublishRequest {
  readonly run: string;
  /** Say what would be done, send nothing and write nothing down. */
  readonly dryRun: boolean;
  /** ETag of somebody else's index that the administrator has been told of and wants to publish over; null for none. */
  readonly replaces: string | null;
}

/** The index of this host, as it is to be published. */
export interface OurIndex {
  readonly image: Buffer;
  /** `imageDigest` */
  readonly digest: string;
  /** When it was last written. */
  readonly modified: Date;
}
