import { linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../failure.ts';
import { onDisk } from '../../files/disk.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { stagedPath } from '../../files/staged-names.ts';
import { syncDirectory } from '../../files/sync-directory.ts';
import { makeDirectory } from '../../rights/directories.ts';
import { ownershipFor, writeNewFile } from '../../rights/files.ts';
import { inDirectory } from '../../rights/rights.ts';

/** Bytes. No file that people write by hand has more. */
const LONGEST = 1024 * 1024;
/** Bits with which others than its owner could read a file, or write to it. */
const OPEN_TO_OTHERS = 0o077;

/** A file as it stands. */
export interface Existing {
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** A file that is to be written. */
export interface PlannedWrite {
  readonly path: string;
  readonly bytes: Buffer;
  /** Whether nobody but its owner may read it. */
  readonly isSecret: boolean;
  /** What it was when the plan was made; null for none. */
  readonly before: Existing | null;
}

/**
 * A file as it stands; null for none.
 *
 * @throws {Failure} `disk`: something else stands there, or it cannot be read
 */
export function existingFile(path: string): Existing | null {
  return onDisk('cannot read', path, () => {
    if (!statSync(dirname(path), { throwIfNoEntry: false })) return null;
    const found = inDirectory(dirname(path), () => readRegularFile(path, LONGEST));
    if (found.kind === 'missing') return null;
    if (found.kind === 'file') return { bytes: found.bytes, mode: found.stats.mode & 0o777 };
    throw new Failure('disk', `${path} is a link, a directory, or far too large`, {
      hint: 'Name a file of its own, or move that aside.',
    });
  });
}

/** Those that would change something. */
export function changing(writes: readonly PlannedWrite[]): PlannedWrite[] {
  return writes.filter(
    ({ bytes, before, isSecret }) =>
      before === null || !before.bytes.equals(bytes) || (isSecret && (before.mode & OPEN_TO_OTHERS) !== 0),
  );
}

/**
 * Writes files, all or none as far as a disk allows: all are staged and flushed before the first is put in its place.
 *
 * @throws {Failure} `disk`; `busy`: one was changed since the plan was made. Nothing was written then
 */
export function writeAllOf(writes: readonly PlannedWrite[], run: string): void {
  const staged: string[] = [];
  try {
    for (const write of writes) {
      requireUnchanged(write);
      makeDirectory(dirname(write.path));
      stage(write, stagedPath(write.path, run), staged);
    }
    for (const write of writes) put(write, stagedPath(write.path, run));
    for (const directory of new Set(writes.map(({ path }) => dirname(path))))
      onDisk('cannot write', directory, () => inDirectory(directory, () => syncDirectory(directory)));
  } finally {
    for (const path of staged) inDirectory(dirname(path), () => rmSync(path, { force: true }));
  }
}

function stage({ path, bytes, isSecret }: PlannedWrite, at: string, staged: string[]): void {
  onDisk('cannot write', path, () =>
    inDirectory(dirname(path), () => {
      const like = ownershipFor(path, isSecret ? 0o600 : 0o644);
      const mode = isSecret ? like.mode & ~OPEN_TO_OTHERS : like.mode;
      writeNewFile(at, [bytes], { ...like, mode }, () => staged.push(at));
    }),
  );
}

/** A file that has appeared meanwhile is never written over: it may be a key. */
function put({ path, before }: PlannedWrite, at: string): void {
  onDisk('cannot write', path, () =>
    inDirectory(dirname(path), () => (before === null ? linkSync(at, path) : renameSync(at, path))),
  );
}

function requireUnchanged({ path, before }: PlannedWrite): void {
  const now = existingFile(path);
  const isSame = now === null ? before === null : before?.bytes.equals(now.bytes) === true;
  if (isSame) return;
  throw new Failure('busy', `${path} was changed by somebody else meanwhile`, {
    hint: 'Nothing was written. Look at it, then run this again.',
  });
}
