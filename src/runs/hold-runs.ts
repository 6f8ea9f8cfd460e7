import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, tryLock } from '../database/lock.ts';
import type { Database } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { onDisk } from '../files/disk.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { openRunsFile } from './runs-file.ts';

/**
 * Opens the file of a state directory, which no other process has until the lock is let go.
 *
 * @param report told where a damaged one was set aside
 * @throws {Failure} `busy`: another process has it; `disk`, `config-invalid`
 */
export function holdRuns(stateDir: string, report: (problem: string) => void): { db: Database; lock: Lock } {
  onDisk('cannot prepare', stateDir, () => makePrivateDirectory(stateDir));
  const lock = tryLock(join(stateDir, 'runs.lock'));
  if (!lock) throw held(stateDir);
  try {
    const before = renameDamaged(stateDir);
    const db = openRunsFile(stateDir);
    for (const name of renameDamaged(stateDir))
      if (!before.includes(name))
        report(`the record of runs was damaged, and is now ${name}: look at what is pending`);
    return { db, lock };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Damaged files that were set aside. */
function renameDamaged(stateDir: string): string[] {
  return readdirSync(stateDir).filter((name) => /\.damaged-[0-9TZ]+$/.test(name));
}

function held(stateDir: string): Failure {
  return new Failure('busy', `another process has the runs in ${stateDir}`, {
    hint: 'End the other showcase-web, or give this one a state directory of its own.',
  });
}
