import { waitForLock } from '../database/lock.ts';
import { resumeInstall } from './interrupted.ts';
import type { SeenDatabases } from './seen.ts';
import { tenantLockPath } from './tenant-lock.ts';
import type { TenantDatabase } from './tenant-model.ts';

export interface UnderLock {
  readonly stateDir: string;
  readonly seen: SeenDatabases;
  /** Milliseconds to wait for whoever has the lock. */
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
