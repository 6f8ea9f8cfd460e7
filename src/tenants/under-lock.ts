import { join } from 'node:path';
import { waitForLock } from '../database/lock.ts';
import { onDisk } from '../files/disk.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { resumeInstall } from './interrupted.ts';
import type { SeenDatabases } from './seen.ts';
import type { TenantDatabase } from './tenant-model.ts';

export interface UnderLock {
  readonly stateDir: string;
  readonly seen: SeenDatabases;
  /** Milliseconds to wait for the holder of the lock. */
  readonly timeoutMs: number;
}

/**
 * Does something with a tenant's database while no other process of this machine does; first of all what a killed one
 * has left undone.
 *
 * @throws {Failure} `lock-timeout`, `disk`, and whatever `work` throws
 */
export async function underTenantLock<T>(
  { stateDir, seen, timeoutMs }: UnderLock,
  tenant: TenantDatabase,
  work: () => Promise<T>,
): Promise<T> {
  const path = tenantLockPath(stateDir, tenant.name);
  const lock = await waitForLock(path, { timeoutMs });
  try {
    await resumeInstall(tenant, seen);
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * The path of the lock of one tenant's database; every process that fetches, prepares or uploads it holds that lock.
 * The directory is made if need be.
 *
 * @throws {Failure} `disk`
 */
export function tenantLockPath(stateDir: string, name: string): string {
  const directory = join(stateDir, 'locks');
  onDisk('cannot prepare', directory, () => makePrivateDirectory(directory));
  return join(directory, `${name}.lock`);
}
