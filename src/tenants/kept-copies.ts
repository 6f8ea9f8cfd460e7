import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { onDisk } from '../files/disk.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { ownershipFor, writeNewFile } from '../rights/files.ts';
import type { ProvedImage } from './tenant-image.ts';

/** Copies of one tenant's database that are kept; of more, the oldest go. Each grew from the one before it. */
const KEPT = 5;

/** `20260102T030405Z-<16 hex digits of the digest>` */
const STAMP = /^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}$/;

export interface CopyTimes {
  /** When the content was last changed. */
  readonly modified: Date;
  readonly now: Date;
}

/**
 * Keeps a database's content beside the live one, as `<file>.changed-elsewhere-<time>-<digest>`: the name does not end
 * in `.sqlite3`, so no program takes it for a tenant's. Content that is kept already is not written again. Call it with
 * the tenant's lock held.
 *
 * @param path of the live database
 * @returns the path of the copy
 * @throws {Failure} `disk`
 */
export function keepCopy(path: string, image: ProvedImage, options: CopyTimes): string {
  const { modified, now } = options;
  const directory = dirname(path);
  const prefix = `${basename(path)}.changed-elsewhere-`;
  return onDisk('cannot keep a copy of', path, () => {
    const digest = image.digest.slice(0, 16);
    const copies = readdirSync(directory)
      .filter((name) => name.startsWith(prefix) && STAMP.test(name.slice(prefix.length)))
      .sort();
    const same = copies.find((name) => name.endsWith(`-${digest}`));
    if (same) return join(directory, same);
    const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const target = join(directory, `${prefix}${stamp}-${digest}`);
    const staged = fetchedPath(path);
    try {
      writeNewFile(staged, [image.bytes], { ...ownershipFor(path, 0o640), mtime: modified });
      renameSync(staged, target);
    } finally {
      rmSync(staged, { force: true });
    }
    syncDirectory(directory);
    for (const name of copies.slice(0, Math.max(0, copies.length + 1 - KEPT)))
      rmSync(join(directory, name), { force: true });
    return target;
  });
}

/** Other than what updates stage, which the next update takes away. */
const STAGED = /^\.(.+)\.sqlite3\.[0-9a-f]{16}\.fetched(?:-journal|-wal|-shm)?$/;

/** Path at which a fetched database is prepared: in the same directory, under an unpredictable name. */
export function fetchedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.fetched`);
}

/**
 * Leftovers of killed runs from fetched databases, by the name of the tenant.
 *
 * @throws {Failure} `disk`
 */
export function findLeftovers(dbDir: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of onDisk('cannot read', dbDir, () => readdirSync(dbDir))) {
    const name = STAGED.exec(file)?.[1];
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), join(dbDir, file)]);
  }
  return found;
}

/** Call it with the tenant's lock held: then no other process is working on them. */
export function removeLeftovers(paths: readonly string[]): void {
  for (const path of paths) onDisk('cannot remove', path, () => rmSync(path, { force: true }));
}
