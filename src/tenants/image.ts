import { quickCheck } from '../index/integrity.ts';
import type { Subject } from '../index/open.ts';
import { imageDigest, openImage } from '../index/open.ts';
import { wholePages } from '../install/swap.ts';
import { invalidDatabase } from './failure.ts';

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
 * Proves an image that came from outside: that it is a database, whole, and in order to SQLite's `quick_check`. Nothing
 * in its schema is run.
 *
 * @throws {Failure} `tenant-invalid`
 */
export function proveImage(name: string, image: Buffer): ProvedImage {
  const subject = storedSubject(name);
  const db = openImage(image, subject);
  try {
    const found = quickCheck(db);
    if (found !== 'ok') throw invalidDatabase(subject, `is not in order: ${found}`);
    const bytes = wholePages(image, db);
    return { bytes, digest: imageDigest(bytes) };
  } finally {
    db.close();
  }
}
