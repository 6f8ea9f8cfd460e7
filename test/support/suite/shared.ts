import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** A folder beside the repository with real inputs and the outputs that production expects; null where it is absent. */
export const shared: string | null = find('SPEC.md');

function find(mark: string): string | null {
  const folder = resolve(import.meta.dirname, '../../../../shared');
  return existsSync(resolve(folder, mark)) ? folder : null;
}
