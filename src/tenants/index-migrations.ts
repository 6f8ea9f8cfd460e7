import { join } from 'node:path';
import type { Site } from '../site/site.ts';
import { counted } from '../text.ts';
import { readApplied, readMigrations } from './migrations.ts';

/** Versions that are named. */
const MOST_NAMED = 3;

/**
 * The warning that the installed index lacks migrations of the application here; null for none. A machine cannot apply
 * them: its index is the store's, and the next update would undo them.
 */
export function describeIndexMigrations(site: Site): string | null {
  const missing = missingInIndex(site);
  if (missing.length === 0) return null;
  const named = missing.slice(0, MOST_NAMED).join(', ') + (missing.length > MOST_NAMED ? ', ...' : '');
  return `the index lacks ${counted(missing.length, 'migration')} of the application on this machine (${named}): its own pages may fail. Migrate the index on the admin host and publish it (config-update)`;
}

/** None if the application has no migrations, or the index has no record of any: then nothing is known. */
function missingInIndex({ appRoot, dbDir }: Site): string[] {
  try {
    const versions = readMigrations(appRoot) ?? [];
    if (versions.length === 0) return [];
    const index = { name: 'index', path: join(dbDir, 'index.sqlite3'), region: null };
    const applied = readApplied(index, { dryRun: true });
    return applied.size === 0 ? [] : versions.filter((version) => !applied.has(version)).sort(byNumber);
  } catch {
    return []; // other code reports problems of the index, or of the disk
  }
}

/** Digits without zeros before them, of any length. */
function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
