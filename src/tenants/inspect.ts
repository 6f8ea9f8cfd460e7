import { readSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { quickCheck } from '../index/integrity.ts';
import { openImage } from '../index/open.ts';
import { isSqliteError } from '../sqlite.ts';

/**
 * What SQLite's check finds in the image on standard input: `ok`, or what is wrong. It may take any time and memory.
 *
 * @param size bytes of the image
 */
export function inspect(size: number): string {
  const image = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; ) {
    const read = readSync(0, image, at, size - at, null);
    if (read === 0) throw new Error('its image is cut short');
    at += read;
  }
  try {
    const db = openImage(image);
    try {
      return quickCheck(db);
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof Failure) && !isSqliteError(error)) throw error;
    return error.message;
  }
}
