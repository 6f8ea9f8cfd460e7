import { randomBytes } from 'node:crypto';
import { codeOf } from '../files/disk.ts';
import type { Directory } from './directory.ts';
import { assetOf } from './seal.ts';

/** Attempts, since another writer may take a staged file for a leftover. */
const ATTEMPTS = 3;

/** The group is the name of the file that it was to become. */
const STAGED = /^\.([^/]+)\.[0-9a-f]{24}\.staged$/;

/**
 * Puts a complete file in place: staged beside it under an unpredictable name, then renamed. It is not synced: after a
 * power failure a page may be missing or cut short, and then it is written again because it differs.
 */
export function placeFile(directory: Directory, name: string, bytes: Buffer): void {
  // In one step: to take the rights for it costs several times what the file does.
  directory.inOneStep(() => place(directory, name, bytes));
}

function place(directory: Directory, name: string, bytes: Buffer): void {
  const asset = assetOf(name);
  removeLeftovers(directory, (of) => (asset === null ? of === name : assetOf(of) === asset));
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

/** Removes what runs have left that were killed, of files with these names. */
export function removeLeftovers(directory: Directory, isOf: (name: string) => boolean): void {
  for (const name of directory.names()) {
    const of = STAGED.exec(name)?.[1];
    if (of !== undefined && isOf(of)) directory.remove(name);
  }
}
