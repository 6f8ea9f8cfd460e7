import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Where deploy.enc may be; the first one counts. */
export function deployFiles(appRoot: string): string[] {
  return [join(appRoot, 'deploy.enc'), join(appRoot, 'config/deploy.enc')];
}

/** The deploy.enc of an application; null where it has none. This is all that is looked at without one. */
export function findDeployFile(appRoot: string): string | null {
  return deployFiles(appRoot).find(isThere) ?? null;
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a directory that may not be entered
  }
}
