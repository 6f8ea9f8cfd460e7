/** The object store as this project needs it. Implementations prove bytes before they hand them on. */

/** The facts of an object, without its bytes. */
export interface ObjectInfo {
  readonly key: string;
  /** Entity tag as the store gives it, quotes included. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** The store's own time of the object. */
  readonly modified: Date;
}

export interface StoredObject extends ObjectInfo {
  /** User metadata, keys in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the ETag is not an MD5 although it may look like one: the object is encrypted with a key of its own. */
  readonly opaqueEtag?: boolean;
}

export type GetOutcome =
  | { readonly kind: 'found'; readonly object: StoredObject; readonly bytes: Buffer; readonly sha256: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'too-large'; readonly size: number };

export type HeadOutcome =
  | { readonly kind: 'found'; readonly object: StoredObject }
  | { readonly kind: 'missing' };

export type PutOutcome =
  | { readonly kind: 'stored'; readonly etag: string }
  | { readonly kind: 'changed-elsewhere'; readonly object: StoredObject | null };

/** What a write expects to replace. */
export type PutCondition =
  | { readonly replaces: 'anything' }
  | { readonly replaces: 'nothing' }
  | { readonly replaces: string /* the ETag last seen */ };

/** Reading. Every method throws a `Failure` with a `store-*` code for what is not an outcome. */
export interface ObjectReader {
  /** Whole object, proved; `ifNoneMatch` is an ETag as the store gave it. `maxBytes` caps what is read. */
  get(key: string, options: { ifNoneMatch?: string; maxBytes: number }): Promise<GetOutcome>;
}

/** Reading and writing. */
export interface ObjectStore extends ObjectReader {
  head(key: string): Promise<HeadOutcome>;
  put(
    key: string,
    bytes: Buffer,
    options: { condition: PutCondition; metadata: Record<string, string>; contentType: string },
  ): Promise<PutOutcome>;
  /** All objects whose key starts with `prefix`, in key order, over as many pages as it takes. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
}

/** Where the store is and how to be let in. */
export interface StoreSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string;
  /** Milliseconds for a whole operation, retries and all. */
  readonly timeoutMs: number;
}
