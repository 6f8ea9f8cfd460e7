import { dirname, join } from 'node:path';
import { asFailure } from '../failure.ts';
import type { Tell } from '../report/events.ts';
import { makeDirectoryForApplication } from '../rights/directories.ts';
import { isMapping, listAt, mappingAt } from '../site/data.ts';
import type { Site } from '../site/site.ts';
import { ownPart } from '../site/static.ts';

/**
 * Makes the missing directories that the application needs, and gives them to its account: a new volume is empty, and
 * so may be a new image. A directory that cannot be made is reported. On a local host it makes none.
 */
export function makeDirectories(site: Site, report: Tell): void {
  if (site.deployment === 'local') return;
  const own = [site.dbDir, site.logDir ?? join(site.appRoot, 'log'), site.storageDir];
  for (const path of [...own, ...demoDirectories(site)]) {
    const say = (message: string, level?: 'warning') =>
      report({ type: 'note', message, ...(level ? { level } : {}) });
    try {
      if (makeDirectoryForApplication(path)) say(`made ${path}`);
    } catch (error) {
      say(`${path} is missing and cannot be made: ${asFailure(error).message}`, 'warning');
    }
  }
}

/** Those of the demo, which has its database and its files outside the volume. */
function demoDirectories(site: Site): string[] {
  const applications = mappingAt(ownPart(site).config, 'applications');
  const demos = listAt(applications, 'tenants').filter(
    (tenant) => isMapping(tenant) && mappingAt(tenant, 'var')['database'] === 'demo',
  );
  return demos.flatMap((tenant) => {
    const env = isMapping(tenant) ? mappingAt(tenant, 'env') : {};
    const database = /^sqlite3:\/\/(\/.+)$/.exec(String(env['DATABASE_URL']))?.[1];
    const storage = env['RAILS_STORAGE'];
    return [...(database ? [dirname(database)] : []), ...(typeof storage === 'string' ? [storage] : [])];
  });
}
