import type { Subject } from '../database/image.ts';
import { imageDigest } from '../database/image.ts';
import { wholePages } from '../database/swap.ts';
import { readProved } from './version-order.ts';

/** The default of `READY_MAX_DATABASE_MIB`, for what no setting is at hand. */
export const MAX_DATABASE_BYTES = 512 * 2 ** 20;

/** A database image that is proved to be in order. */
export interface ProvedImage {
  /** Nothing but its pages. */
  readonly bytes: Buffer;
  /** `imageDigest` of them. */
  readonly digest: string;
}

/** How messages speak of the database that is in the store, or was just fetched from there. */
function storedSubject(name: string): Subject {
  return {
    name: `the store's database of ${name}`,
    invalid: 'tenant-invalid',
    hint: 'Nothing was changed here. Upload a good one from the machine that has it, or restore an earlier version.',
  };
}

/**
 * Proves an image that came from outside: that it is a database, whole, and in order to SQLite's `quick_check`. What its
 * schema would run is run in a process of its own, and ended after 10 s.
 *
 * @throws {Failure} `tenant-invalid`; `command-failed`: there can be no such process
 */
export async function proveImage(name: string, image: Buffer): Promise<ProvedImage> {
  const bytes = await readProved(image, storedSubject(name), (db) => wholePages(image, db));
  return { bytes, digest: imageDigest(bytes) };
}
