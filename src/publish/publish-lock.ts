import { join } from 'node:path';
import { waitForLock } from '../database/lock.ts';
import { ensureStateDir, ensureTrustedDir } from '../database/state-dir.ts';
import { removeLeftCopies } from './own-index.ts';
import type { PublishContext } from './publish-context.ts';

/**
 * Does what only one run of this host may do at a time.
 *
 * @param work given a directory for temporary copies
 * @throws {Failure} `lock-timeout`, `disk`, `db-dir-missing`; whatever `work` throws
 */
export async function underPublishLock<T>(
  { site, lockTimeoutMs: timeoutMs }: Pick<PublishContext, 'site' | 'lockTimeoutMs'>,
  work: (stateDir: string) => Promise<T>,
): Promise<T> {
  const stateDir = ensureStateDir(site.dbDir);
  const lock = await waitForLock(join(ensureTrustedDir(site.dbDir), 'publish.lock'), { timeoutMs });
  try {
    removeLeftCopies(stateDir);
    return await work(stateDir);
  } finally {
    lock.release();
  }
}
