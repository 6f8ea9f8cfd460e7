import { randomBytes } from 'node:crypto';
import { codeOf } from '../files/disk.ts';
import type { Directory } from './directory.ts';

/** Attempts, since another writer may take a staged file for a leftover. */
const ATTEMPTS = 3;

const STAGED = /^\.index\.html\.[0-9a-f]{24}\.staged$/;

/**
 * Puts a complete file in place: staged beside it under an unpredictable name, then renamed. It is not synced: after a
 * power failure a page may be missing or cut short, and then it is written again because it differs.
 */
export function placeFile(directory: Directory, name: string, bytes: Buffer): void {
  removeLeftovers(directory);
  for (let attempt = 1; ; attempt++) {
    const staged = `.${name}.${randomBytes(12).toString('hex')}.staged`;
    try {
      directory.create(staged, bytes);
      directory.rename(staged, name);
      return;
    } catch (error) {
      directory.remove(staged);
      if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Removes what runs have left that were killed. */
export function removeLeftovers(directory: Directory): void {
  for (const name of directory.names()) if (STAGED.test(name)) directory.remove(name);
}
