import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Lock, tryLock } from '../database/lock.ts';
import { ensureTrustedDir } from '../database/state-dir.ts';
import { onDisk } from '../files/disk.ts';
import { openRegularFile, readRegularFile } from '../files/regular-file.ts';
import { stagedPath } from '../files/staged-names.ts';
import { isRootsAlone } from '../rights/control.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { asRoot, inDirectory, rightsNow } from '../rights/rights.ts';
import { isRunId } from '../run-id.ts';
import { NOTHING_ACKED, type OutboxAck, readAck, writtenAck } from './outbox-ack.ts';

/*
 * A directory with three files for each run that a dashboard does not have yet: `<run>.ndjson`, its records; `<run>.ack`,
 * what the dashboard has of them; `<run>.lock`, whose kernel lock is held by the process that writes and sends them.
 */

const RECORDS = '.ndjson';
const ACK = '.ack';
const LOCK = '.lock';
/** Bytes. */
const LONGEST_ACK = 2 ** 20;

/**
 * The usual place of the outbox: what is in it is signed in our name, so it is where the journal is.
 *
 * @returns its path
 * @throws {Failure} as `ensureTrustedDir`; `disk`
 */
export function ensureOutbox(dbDir: string): string {
  return prepareOutbox(join(ensureTrustedDir(dbDir), 'outbox'));
}

/**
 * Makes the directory, which only its owner may enter, unless it is there; the one above must be.
 *
 * @returns its path
 * @throws {Failure} `disk`, `config-invalid`
 */
export function prepareOutbox(path: string): string {
  onDisk('cannot prepare', path, () => inOutbox(dirname(path), () => makePrivateDirectory(path)));
  return path;
}

/**
 * Works in it with the rights of the user who controls it. In a place of root's others cannot even see that it is one: so
 * root looks.
 */
function inOutbox<T>(dir: string, work: () => T): T {
  const isRoots = rightsNow().kind === 'application' && asRoot(() => isRootsAlone(dir));
  return isRoots ? asRoot(work) : inDirectory(dir, work);
}

/** The runs in it, the oldest first; none where it cannot be read. */
export function runsInOutbox(dir: string): string[] {
  return runsWith(dir, RECORDS);
}

function runsWith(dir: string, end: string): string[] {
  try {
    const names = inOutbox(dir, () => readdirSync(dir));
    const runs = names.filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length));
    return runs.filter(isRunId).sort();
  } catch {
    return [];
  }
}

/** Takes a run; null if another process has it. Its directory must be there. @throws {Failure} `disk` */
export function lockRun(dir: string, run: string): Lock | null {
  const lock = inOutbox(dir, () => tryLock(join(dir, run + LOCK)));
  return lock && { release: () => inOutbox(dir, lock.release) };
}

/** Makes the file of a new run. @returns its descriptor @throws system errors */
export function createRecords(dir: string, run: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const path = join(dir, run + RECORDS);
  return inOutbox(dir, () => openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
}

/** Opens that of an earlier run. @returns its descriptor, null where there is no such file @throws system errors */
export function openRecords(dir: string, run: string): { readonly fd: number; readonly size: number } | null {
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  const path = join(dir, run + RECORDS);
  return inOutbox(dir, () => {
    const found = openRegularFile(path);
    if (found === null) return null;
    closeSync(found.fd);
    return { fd: openSync(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK), size: found.stats.size };
  });
}

export function ackOf(dir: string, run: string): OutboxAck {
  try {
    const found = inOutbox(dir, () => readRegularFile(join(dir, run + ACK), LONGEST_ACK));
    return found.kind === 'file' ? readAck(found.bytes.toString()) : NOTHING_ACKED;
  } catch {
    return NOTHING_ACKED;
  }
}

/**
 * Replaces what is known to be there. It is not flushed: what a power cut takes is sent once more, and known by its numbers.
 * Never throws.
 */
export function keepAck(dir: string, run: string, ack: OutboxAck): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const path = join(dir, run + ACK);
  const staged = stagedPath(path, run);
  try {
    inOutbox(dir, () => {
      const fd = openSync(staged, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
      try {
        writeSync(fd, writtenAck(ack));
      } finally {
        closeSync(fd);
      }
      renameSync(staged, path);
    });
  } catch {
    // Sent once more, too.
  }
}

/** Removes all of a run, whose lock is held. Never throws. */
export function removeRun(dir: string, run: string): void {
  const ack = join(dir, run + ACK);
  for (const path of [join(dir, run + RECORDS), ack, stagedPath(ack, run), join(dir, run + LOCK)]) {
    try {
      inOutbox(dir, () => rmSync(path, { force: true }));
    } catch {
      // The next run tries it again.
    }
  }
}

/** Removes lock files of runs that have nothing else: of those that were killed as they began. Never throws. */
export function removeStrayLocks(dir: string): void {
  const runs = new Set(runsInOutbox(dir));
  for (const run of runsWith(dir, LOCK).filter((one) => !runs.has(one))) {
    try {
      const lock = lockRun(dir, run);
      if (lock === null) continue;
      // Its process may have begun with its records since they were listed.
      if (!runsInOutbox(dir).includes(run)) removeRun(dir, run);
      lock.release();
    } catch {
      // The next run tries it again.
    }
  }
}

/** Bytes of a run's records, and when the last of them was written; null where there are none. */
export function sizeOfRun(dir: string, run: string): { readonly size: number; readonly at: number } | null {
  try {
    const stats = inOutbox(dir, () => statSync(join(dir, run + RECORDS)));
    return { size: stats.size, at: stats.mtimeMs };
  } catch {
    return null;
  }
}
