import { readInstalledIndex } from '../../install/installed-index.ts';
import type { ReadyContext, Scope } from '../../ready/stages.ts';
import { listTenants } from '../../tenants/list.ts';
import type { TenantDatabase } from '../../tenants/tenant-model.ts';

/** What the ready hook works on; without what `--only` leaves out. */
export interface ReadyListing {
  readonly tenants?: readonly TenantDatabase[];
  /** Below the public directory, such as `studios/boston/index.html`. */
  readonly pages?: readonly string[];
}

/** @throws {Failure} `index-missing`, `index-invalid` and the like. */
export async function listReady(
  { site, maxIndexBytes }: Pick<ReadyContext, 'site' | 'maxIndexBytes'>,
  scope: Scope,
): Promise<ReadyListing> {
  const { index } = await readInstalledIndex(site, maxIndexBytes);
  const listing: { tenants?: TenantDatabase[]; pages?: string[] } = {};
  if (scope.includes('tenants')) listing.tenants = listTenants(index, site);
  if (scope.includes('pages')) {
    const { pagePaths } = await import('../../pages/plan-pages.ts');
    listing.pages = pagePaths(index);
  }
  return listing;
}

/** `tenant <path of the database>` and `page <path below public>`, one a line. */
export function renderListing({ tenants = [], pages = [] }: ReadyListing): string {
  const lines = [...tenants.map(({ path }) => `tenant ${path}`), ...pages.map((path) => `page ${path}`)];
  return lines.map((line) => `${line}\n`).join('');
}
