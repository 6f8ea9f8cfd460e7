import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureStateDir, stateDirOf } from '../database/state-dir.ts';
import { onDisk } from '../files/disk.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { stagedBy, stagedPath } from '../files/staged-names.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { ownershipOfApplication, writeNewFile } from '../rights/files.ts';

/*
 * The databases that an update was going to put in place for new events, from before it replaces the index until they
 * are there. The next update, for which those events are not new any more, goes on with them; so does the ready hook.
 * The application could write this file, so it decides only about databases of the application.
 */

/** By the name of a database: the name that it had before, if the event brings one along. */
export type OwedEvents = ReadonlyMap<string, string | null>;

const FILE = 'new-events.json';
const MOST_BYTES = 2 ** 20;

/** Names of events' databases begin with a year: the index and the demo are never meant. */
const NAME = /^[0-9]{4}-[^/\p{Cc}]+$/u;
/** Bytes of a name that files can have. */
const LONGEST_NAME = 200;

/** The owed databases; none if they cannot be read. */
export function readOwedEvents(dbDir: string): OwedEvents {
  try {
    const found = readRegularFile(join(stateDirOf(dbDir), FILE), MOST_BYTES);
    if (found.kind !== 'file') return new Map();
    const owed = JSON.parse(found.bytes.toString('utf8')) as Record<string, unknown>;
    const entries = Object.entries(owed).filter(([name]) => isName(name));
    return new Map(entries.map(([name, from]) => [name, isName(from) ? from : null]));
  } catch {
    return new Map();
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value) && Buffer.byteLength(value) <= LONGEST_NAME;
}

/**
 * Durable when it returns. Call it with the update's lock held.
 *
 * @param run that writes it
 * @throws {Failure} `disk`
 */
export function writeOwedEvents(dbDir: string, owed: OwedEvents, run: string): void {
  const directory = ensureStateDir(dbDir);
  const path = join(directory, FILE);
  const staged = stagedPath(path, run);
  onDisk('cannot write', path, () => {
    if (owed.size === 0) {
      rmSync(path, { force: true });
      return;
    }
    try {
      const text = JSON.stringify(Object.fromEntries(owed));
      writeNewFile(staged, [Buffer.from(text)], ownershipOfApplication(0o600));
      renameSync(staged, path);
    } finally {
      rmSync(staged, { force: true });
    }
    syncDirectory(directory);
  });
}

/**
 * Removes what killed runs have left beside it. Something else in the place of a directory never stops an update, since
 * the directory is the application's. Call it with the update's lock held.
 *
 * @param run that asks; its own files stay
 */
export function clearOwedEvents(dbDir: string, run: string): void {
  const directory = stateDirOf(dbDir);
  try {
    for (const name of readdirSync(directory)) {
      const isLeft = name.startsWith(`.${FILE}.`) && (stagedBy(name) ?? run) !== run;
      if (isLeft) rmSync(join(directory, name), { force: true });
    }
  } catch {
    // The next write there will say what is wrong.
  }
}
