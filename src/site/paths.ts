import { dirname, join } from 'node:path';
import type { Site } from './site.ts';

/** Navigator's configuration, whose mtime makes it reload. */
export function navigatorPath({ appRoot }: Site): string {
  return join(appRoot, 'config/navigator.yml');
}

/** Written in image builds, by a program of its own that takes no lock. */
export function maintenancePath({ appRoot }: Site): string {
  return join(appRoot, 'config/navigator-maintenance.yml');
}

export function tenantsListPath({ appRoot }: Site): string {
  return join(appRoot, 'tmp/tenants.list');
}

export function htpasswdPath({ dbDir }: Site): string {
  return join(dbDir, 'htpasswd');
}

/** The directories that files are installed into. */
export function targetDirectories(site: Site): string[] {
  return [site.dbDir, dirname(navigatorPath(site)), dirname(tenantsListPath(site))];
}
