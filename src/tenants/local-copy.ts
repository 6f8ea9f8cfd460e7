import { type BigIntStats, lstatSync, type Stats, statSync } from 'node:fs';
import { wholeSeconds } from '../bucket/object-names.ts';
import { Failure } from '../failure.ts';
import { isDirectory, onDisk } from '../files/disk.ts';
import { lastWritten } from '../install/live-index.ts';
import { isBlank } from './blank.ts';
import type { LocalCopy } from './tenant-model.ts';

/**
 * What stands at the path of a tenant's database, without opening it as one; null when nothing does.
 *
 * @throws {Failure} `disk`: it cannot be looked at, or is a directory; `tenant-invalid`: it is no regular file.
 */
export function readLocal(path: string): LocalCopy | null {
  return onDisk('cannot look at', path, () => {
    const link: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
    if (!link) return null;
    const stats = link.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : link;
    if (stats?.isDirectory()) throw isDirectory(path);
    if (!stats?.isFile()) {
      const what = stats ? 'is no regular file' : 'is a symbolic link to nowhere';
      throw new Failure('tenant-invalid', `${path} ${what}`, {
        hint: 'Move it aside; the database of that event belongs there.',
      });
    }
    const modified = lastWritten(path) ?? stats.mtime;
    const { size } = stats;
    const empty = size === 0 || isBlank(path, size);
    return { size, empty, modified, linked: link.isSymbolicLink() };
  });
}

/** Whether a database that was last changed at `time` belongs in the place of the local one: that is older, or empty. */
export function isOlder(local: LocalCopy, time: Date): boolean {
  return local.empty || wholeSeconds(time) > wholeSeconds(local.modified);
}

/** Changes with every write to a database or to its write-ahead log; looks, and opens nothing. */
export function stampOf(path: string): string {
  const files = [path, `${path}-wal`].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return files.map(describe).join(' ');
}

function describe(stats: BigIntStats | undefined): string {
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}` : '-';
}
