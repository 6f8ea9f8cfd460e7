import { hash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTrustedDir, trustedDirOf } from '../database/state-dir.ts';
import { Failure } from '../failure.ts';
import { onDisk } from '../files/disk.ts';
import { hashRegularFile, readRegularFile } from '../files/regular-file.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { KeptIndex } from '../journal/kept-indexes.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { writeNewFile } from '../rights/files.ts';
import { asRoot } from '../rights/rights.ts';

/*
 * Copies of published indexes, each under the hash of its bytes, in the directory that root alone controls: they hold
 * password hashes. A file that a killed run left cut short does not have its hash, so it does not count.
 */

const NAME = /^[0-9a-f]{64}\.sqlite3$/;

/**
 * Keeps a copy, on the disk when this returns. Call it while nobody else publishes from here.
 *
 * @returns hex SHA-256 of its bytes
 * @throws {Failure} `disk`
 */
export function keepImage(dbDir: string, image: Buffer): string {
  const home = homeIn(ensureTrustedDir(dbDir));
  const sha256 = hash('sha256', image);
  const path = pathOf(home, sha256);
  const keep = (): void => {
    makePrivateDirectory(home);
    if (hashRegularFile(path, image.length) === sha256) return;
    rmSync(path, { force: true });
    const { uid, gid } = statSync(home);
    try {
      writeNewFile(path, [image], { mode: 0o600, uid, gid });
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    syncDirectory(home);
  };
  onDisk('cannot keep', path, () => asRoot(keep));
  return sha256;
}

/**
 * Its bytes, proved by their hash; null if there is no file, or not with these bytes.
 *
 * @throws {Failure} `disk`
 */
export function readKeptImage(dbDir: string, { sha256, size }: KeptIndex): Buffer | null {
  const path = pathOf(homeIn(trustedDirOf(dbDir)), sha256);
  const found = onDisk('cannot read', path, () => asRoot(() => readRegularFile(path, size)));
  return found.kind === 'file' && hash('sha256', found.bytes) === sha256 ? found.bytes : null;
}

/** Whether there is a copy with these bytes. @throws {Failure} `disk` */
export function isKept(dbDir: string, { sha256, size }: KeptIndex): boolean {
  const path = pathOf(homeIn(trustedDirOf(dbDir)), sha256);
  return onDisk('cannot read', path, () => asRoot(() => hashRegularFile(path, size))) === sha256;
}

/**
 * Removes what is not to be kept any longer. Call it while nobody else publishes from here.
 *
 * @throws {Failure} `disk`
 */
export function removeOthers(dbDir: string, kept: ReadonlySet<string>): void {
  const home = homeIn(trustedDirOf(dbDir));
  const remove = (): void => {
    if (!existsSync(home)) return;
    for (const name of readdirSync(home))
      if (NAME.test(name) && !kept.has(name.slice(0, 64))) rmSync(join(home, name), { force: true });
  };
  onDisk('cannot tidy up', home, () => asRoot(remove));
}

/** For a copy that cannot be used. */
export function damaged(what: string): Failure {
  return new Failure('nothing-to-undo', `the copy of ${what} is damaged or gone`, {
    hint: 'config-update --published lists what else is kept.',
  });
}

const homeIn = (trustedDir: string): string => join(trustedDir, 'published');
const pathOf = (home: string, sha256: string): string => join(home, `${sha256}.sqlite3`);
