import { readSync } from 'node:fs';
import { openImage } from '../database/image.ts';
import { quickCheck } from '../database/integrity.ts';
import { isSqliteError } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';

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
