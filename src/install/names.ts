import { basename, dirname, join } from 'node:path';

/** A run's name, such as `20260102T030405678Z-1f2e3d`. */
const RUN_ID = '[0-9]{8}T[0-9]{9}Z-[0-9a-f]{6}';
const WHOLE_RUN_ID = new RegExp(`^${RUN_ID}$`);
/** A staged database may have left files of SQLite's beside it. */
const STAGED = new RegExp(`^\\..+\\.(${RUN_ID})\\.staged(?:-journal|-wal|-shm)?$`);

export function isRunId(text: string): boolean {
  return WHOLE_RUN_ID.test(text);
}

/** Where a run prepares what shall replace `target`: in the same directory, so that a rename is atomic. */
export function stagedPath(target: string, run: string): string {
  return join(dirname(target), `.${basename(target)}.${run}.staged`);
}

/** The run that a staged file belongs to; null for any other file name. */
export function stagedBy(name: string): string | null {
  return STAGED.exec(name)?.[1] ?? null;
}

/** Where replaced generations are kept. */
export function generationsDir(stateDir: string): string {
  return join(stateDir, 'generations');
}
