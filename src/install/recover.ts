import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { onDisk } from '../files/disk.ts';
import { stagedBy } from '../files/staged-names.ts';
import { inDirectory } from '../rights/rights.ts';
import { generationsDir, incompleteGenerations, removeGeneration } from './generations.ts';

export interface RecoverOptions {
  readonly stateDir: string;
  /** Directories that installed files stand in. */
  readonly directories: readonly string[];
  /** Files of programs that do not take the lock: what is staged for them stays. */
  readonly spared?: readonly string[];
  /** The run that asks; what is its own stays. */
  readonly run: string;
}

/**
 * Removes what runs that were killed have left behind: staged files, and generations that are not whole. Call it with
 * the journal's lock held, since only then every other run is known to be over. What such runs left half done in
 * databases, SQLite itself undoes; what they renamed is whole.
 *
 * @returns the paths that were removed
 * @throws {Failure} `disk`
 */
export function recover({ stateDir, directories, spared = [], run }: RecoverOptions): string[] {
  const staged = [...new Set(directories)]
    .flatMap((directory) => stagedFiles(directory, run))
    .filter(
      (path) => !spared.some((target) => path.startsWith(join(dirname(target), `.${basename(target)}.`))),
    );
  for (const path of staged) {
    const remove = () => inDirectory(dirname(path), () => rmSync(path, { force: true }));
    onDisk('cannot remove', path, remove);
  }
  const generations = incompleteGenerations(stateDir)
    .filter((name) => name !== run)
    .map((name) => join(generationsDir(stateDir), name));
  for (const path of generations) removeGeneration(path);
  return [...staged, ...generations];
}

function stagedFiles(directory: string, run: string): string[] {
  return onDisk('cannot list', directory, () => {
    if (!existsSync(directory)) return [];
    return inDirectory(directory, () => readdirSync(directory, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && (stagedBy(entry.name) ?? run) !== run)
      .map((entry) => join(directory, entry.name));
  });
}
