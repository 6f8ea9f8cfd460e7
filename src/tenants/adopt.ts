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
 * If the local file already equals the store's version, records it as seen: other programs copy, too, and so did a run
 * that was killed before it could record that. If nothing is known of the local file, an equal time is enough. If it
 * was made from another version, its bytes must be equal: two machines may write in the same second, and a machine that
 * mistook the other's version for its own would upload over it.
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

/** Whether a file has the bytes of this ETag; false if the ETag is not an MD5, or a log has more content. */
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
