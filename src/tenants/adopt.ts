import { hash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { wholeSeconds } from '../bucket/object-names.ts';
import { bareEtag } from '../etag.ts';
import { onDisk } from '../files/disk.ts';
import { openRegularFile, readStart } from '../files/regular-file.ts';
import { holds, readLocal } from './local-copy.ts';
import type { SeenDatabases } from './seen.ts';
import type { RemoteCopy, TenantDatabase } from './tenant-model.ts';

/**
 * Takes the local database for a copy of the store's version, if it is one: other programs copy, too, and so did a run
 * that was killed before it could write that down. Where nothing is known of it, the same time is enough. Where it grew
 * from another version it must have the very bytes: two machines may write to it in the same second, and who takes the
 * other's version for his own would upload over it.
 *
 * @throws {Failure} `disk`
 */
export function adoptCopy(
  seen: SeenDatabases,
  { name, path }: TenantDatabase,
  { etag, time }: Pick<RemoteCopy, 'etag' | 'time'>,
): void {
  const local = readLocal(path);
  if (!local || wholeSeconds(local.modified) !== wholeSeconds(time)) return;
  const known = seen.get(name);
  if (known && (known.etag === etag || !hasBytes(path, etag))) return;
  seen.record(name, { etag, time, digest: null });
}

/** Whether a file has the bytes that such an ETag stands for; false where it is no MD5, or a log has more to say. */
function hasBytes(path: string, etag: string): boolean {
  if (holds(`${path}-wal`) || holds(`${path}-journal`)) return false;
  return onDisk('cannot read', path, () => {
    const opened = openRegularFile(path);
    if (!opened) return false;
    try {
      return hash('md5', readStart(opened.fd, opened.stats.size)) === bareEtag(etag).toLowerCase();
    } finally {
      closeSync(opened.fd);
    }
  });
}
