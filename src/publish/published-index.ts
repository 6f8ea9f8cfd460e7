/** The index as it stands in the store. */
export interface PublishedIndex {
  /** As the store gives it, quotes included. */
  readonly etag: string;
  /** Hex SHA-256 of its bytes; null when whoever published it did not say. */
  readonly sha256: string | null;
  /** `imageDigest` of them, by which a copy that SQLite made is known; absent when nobody said. */
  readonly digest?: string;
  /** Bytes. */
  readonly size: number;
  /** ISO 8601, UTC: when it was last changed. */
  readonly time: string;
  /** ISO 8601, UTC: when it was published, by the store's own clock; of one that this run sends, by this host's. */
  readonly publishedAt: string;
  /** Who published it (`user@host`), as its metadata says; null when it does not. */
  readonly by: string | null;
}

/** What machines are held against in a verification. */
export interface Standard {
  /** Null for none: then the machines are compared with each other. */
  readonly index: PublishedIndex | null;
  /**
   * Where it was looked for: in the store; on this host, as there is no store (`host`), or as its index is what machines are
   * sent (`push`); null where there is no store, nor an index of this host that would do.
   */
  readonly from: 'store' | 'host' | 'push' | null;
}

export type PublishOutcome =
  | {
      /**
       * `local`: there is no store, so that the machines must have the index of this host already.
       */
      readonly kind: 'published' | 'unchanged' | 'local';
      /** Where it is `local`, its ETag is the one that it would most likely have in a store. */
      readonly index: PublishedIndex;
    }
  | {
      /** It is not published, and sent to the machines themselves. */
      readonly kind: 'push';
      /** Its ETag is the one that it would most likely have in a store. */
      readonly index: PublishedIndex;
      /** Whose machines, in words. */
      readonly to: string;
    }
  | {
      /** Of a dry run. */
      readonly kind: 'would-publish';
      /** Its ETag is the one that it would most likely have. */
      readonly index: PublishedIndex;
      /** What stands in the store; null for nothing. */
      readonly replaces: PublishedIndex | null;
      /** What would change in it, a line each, without secrets. */
      readonly differences: readonly string[];
    }
  | {
      readonly kind: 'changed-elsewhere';
      readonly theirs: PublishedIndex;
      /** What differs between theirs and ours, a line each, without secrets. */
      readonly differences: readonly string[];
    };
