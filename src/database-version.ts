/** Which version of a database it is, as the object store tells versions apart. */
export interface DatabaseVersion {
  /** ETag as the store gives it, quotes included. */
  readonly etag: string;
  /** When the database was last changed; the store's own time of the object where that is not known. */
  readonly time: Date;
}
