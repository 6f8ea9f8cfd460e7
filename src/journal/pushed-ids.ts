import { hash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTrustedDir } from '../database/state-dir.ts';
import { Failure } from '../failure.ts';
import { codeOf, onDisk } from '../files/disk.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { ownershipFor, writeNewFile } from '../rights/files.ts';
import { asRoot } from '../rights/rights.ts';

/** Seconds that an id is remembered: longer than a message with it could still be taken. */
const KEPT_S = 1800;
/** How many ids of that time are kept. Only a sender with a key can use one up. */
const MOST_IDS = 2000;

const FLOOR = /^floor-(\d{1,15})$/;
/** Anything else there, such as a foreign directory, is neither counted nor removed. */
const USED = /^[0-9a-f]{64}$/;

/** A message that was signed. */
export interface Message {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/**
 * Uses up the id of a signed message; only one caller ever can. Each id is an empty file, which the kernel makes once,
 * and whose time is the message's. When ids are forgotten, the latest time among them stays: no message of that time or
 * an earlier one is accepted any more, even if the clock is set back.
 *
 * @param now seconds since 1970
 * @returns why it does not count: the id was used before, or could have been; null if it does
 * @throws {Failure} `busy`: too many in so short a time; `db-dir-missing`, `disk`, `config-invalid`
 */
export function claimId(dbDir: string, { id, timestamp }: Message, now: number): string | null {
  const directory = join(ensureTrustedDir(dbDir), 'pushed');
  // Root trusts these files, so they are where no other user can change them.
  const claim = () => {
    makePrivateDirectory(directory);
    const floor = forgetOld(directory, now);
    if (timestamp <= floor) return `this clock was ahead before, so nothing counts until ${timeOf(floor)}`;
    return makeOnce(directory, hash('sha256', id), timestamp) ? null : 'its webhook-id was used before';
  };
  return onDisk('cannot write in', directory, () => asRoot(claim));
}

/** @param timestamp seconds since 1970; a name that somebody made up may hold more than there is a time for */
function timeOf(timestamp: number): string {
  return new Date(Math.min(timestamp * 1000, 8.64e15)).toISOString();
}

function makeOnce(directory: string, name: string, timestamp: number): boolean {
  const path = join(directory, name);
  try {
    writeNewFile(path, [], { ...ownershipFor(path, 0o600), mtime: new Date(timestamp * 1000) });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  syncDirectory(directory);
  return true;
}

/** @returns the latest time of all that was ever forgotten; -1 for nothing */
function forgetOld(directory: string, now: number): number {
  const names = readdirSync(directory);
  const floors = names.flatMap((name) => FLOOR.exec(name)?.[1] ?? []).map(Number);
  let floor = Math.max(-1, ...floors);
  const old: string[] = [];
  const used = names.filter((name) => USED.test(name));
  for (const name of used) {
    const stats = statSync(join(directory, name), { throwIfNoEntry: false });
    const timestamp = stats && Math.floor(stats.mtimeMs / 1000);
    if (timestamp === undefined || timestamp >= now - KEPT_S) continue;
    old.push(name);
    floor = Math.max(floor, timestamp);
  }
  if (used.length - old.length >= MOST_IDS) {
    throw new Failure('busy', `${MOST_IDS} indexes were pushed here within ${KEPT_S / 60} minutes`, {
      hint: 'Find out which host pushes so often; try again later.',
    });
  }
  if (old.length > 0) {
    // First the time that stays, then the ids that may go.
    makeOnce(directory, `floor-${floor}`, floor);
    for (const name of old) rmSync(join(directory, name), { force: true });
    for (const one of floors) if (one < floor) rmSync(join(directory, `floor-${one}`), { force: true });
  }
  return floor;
}
