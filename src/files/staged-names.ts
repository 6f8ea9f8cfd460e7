import { basename, dirname, join } from 'node:path';
import { RUN_ID } from '../run-id.ts';

/** A staged database may have left files of SQLite's beside it. */
const STAGED = new RegExp(`^\\..+\\.(${RUN_ID})\\.staged(?:-journal|-wal|-shm)?$`);

/** Where a run prepares what shall replace `target`: in the same directory, so that a rename is atomic. */
export function stagedPath(target: string, run: string): string {
  return join(dirname(target), `.${basename(target)}.${run}.staged`);
}

/** The run that a staged file belongs to; null for any other file name. */
export function stagedBy(name: string): string | null {
  return STAGED.exec(name)?.[1] ?? null;
}
