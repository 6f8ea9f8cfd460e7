import { INDEX_NAME } from '../bucket/object-names.ts';
import type { Site } from '../site/site.ts';
import type { TenantDatabase } from '../tenants/tenant-model.ts';

/**
 * Whether this machine may upload a tenant's database: on Fly those of its own region, and those that no region owns,
 * which every region serves (then the first upload wins, and the others are told). The Kamal server and the admin host
 * only download: they hold copies.
 */
export function mayUpload({ region }: TenantDatabase, site: Site): boolean {
  return site.region !== null && (region === null || region === site.region);
}

/** The inventory that says what the store has of a tenant's database: that of the index where no region owns it. */
export function inventoryOf({ region }: TenantDatabase): string {
  return region ?? INDEX_NAME;
}
