import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, onDisk } from '../files/disk.ts';
import { inDirectory } from '../rights/rights.ts';
import { type Scope, STAGES, type StageName } from './stages.ts';

/*
 * A note asks the holder of the ready lock for one more round. It is an empty file, with one name for each stage, so
 * that any number of hooks leave one note and their requests are combined. It must outlive processes, not the machine:
 * after a boot Navigator runs the hook anyway.
 *
 * A note is taken before the index of its round is read. So everything that was installed before the note is in that
 * round, and a later note is another one. A note that a round serves has another name until the round is over: if the
 * holder is killed, the next one serves it.
 */

const LEFT = 'again.';
const TAKEN = 'serving.';

/** @throws {Failure} `disk` */
export function leaveNotes(dir: string, scope: Scope): void {
  for (const stage of scope) {
    const path = join(dir, LEFT + stage);
    onDisk('cannot leave a note', path, () => {
      // Another hook's note says the same.
      unless('EEXIST', () => inDirectory(dir, () => closeSync(openSync(path, 'wx', 0o600))));
    });
  }
}

/** Whether it was done; false for an error of that code. */
function unless(code: string, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (codeOf(error) === code) return false;
    throw error;
  }
}

export function hasNotes(dir: string, stages: Scope = STAGES): boolean {
  return inDirectory(dir, () => stages.some((stage) => existsSync(join(dir, LEFT + stage))));
}

/**
 * Takes every note, and those that a killed holder had taken; null if there is none. Only the holder of the lock may call it.
 *
 * @throws {Failure} `disk`
 */
export function takeNotes(dir: string): Scope | null {
  const taken = STAGES.filter((stage) => take(dir, stage));
  return taken.length > 0 ? taken : null;
}

function take(dir: string, stage: StageName): boolean {
  const taken = join(dir, TAKEN + stage);
  return (
    takeNew(dir, stage) || onDisk('cannot look at', taken, () => inDirectory(dir, () => existsSync(taken)))
  );
}

/**
 * Takes the note for one stage, if another hook has left one since. Only the holder of the lock may call it, while it serves
 * no other note of this stage.
 *
 * @throws {Failure} `disk`
 */
export function takeNew(dir: string, stage: StageName): boolean {
  const taken = join(dir, TAKEN + stage);
  const rename = () => renameSync(join(dir, LEFT + stage), taken);
  return onDisk('cannot take the note', taken, () => inDirectory(dir, () => unless('ENOENT', rename)));
}

/** @throws {Failure} `disk` */
export function dropTaken(dir: string, scope: Scope): void {
  for (const stage of scope) {
    const path = join(dir, TAKEN + stage);
    onDisk('cannot remove', path, () => inDirectory(dir, () => rmSync(path, { force: true })));
  }
}
