import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { onDisk } from '../files/disk.ts';
import { stagedBy } from '../files/staged-names.ts';
import { inDirectory } from '../rights/rights.ts';
import { generationsDir, incompleteGenerations, removeGeneration } from './generations.ts';

export interface RecoverOptions {
  readonly stateDir: string;
  /** Directories of installed files. */
  readonly directories: readonly string[];
  /** Files of programs that do not take the lock: files staged for them stay. */
  readonly spared?: readonly string[];
  /** The run that asks; its own files stay. */
  readonly run: string;
}

/**
 * Removes what killed runs have left behind: staged files, and incomplete generations. Call it with the journal's lock
 * held: only then is every other run known to be over. SQLite itself undoes unfinished writes to databases, and a
 * renamed file is complete.
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
