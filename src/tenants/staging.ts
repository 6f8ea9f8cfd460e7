import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { onDisk } from '../files/disk.ts';

/** Other than what updates stage, which the next update takes away. */
const STAGED = /^\.(.+)\.sqlite3\.[0-9a-f]{16}\.fetched(?:-journal|-wal|-shm)?$/;

/** Where a fetched database is prepared: in the same directory, under a name that nobody can foresee. */
export function fetchedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.fetched`);
}

/**
 * What killed runs have left of fetched databases, by the name of the tenant.
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

/** To be called with the tenant's lock held: then nobody else is at work on them. */
export function removeLeftovers(paths: readonly string[]): void {
  for (const path of paths) onDisk('cannot remove', path, () => rmSync(path, { force: true }));
}
