import { renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { onDisk } from '../files/disk.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { setMtime } from '../rights/files.ts';
import { inDirectory } from '../rights/rights.ts';
import { discardStaged, type Staged } from './stage.ts';

/** The file whose mtime tells Navigator to reload. */
export interface Reload {
  readonly path: string;
  /** `Journal.clockMark()`, milliseconds since 1970. */
  readonly clockMark: number;
  /** Reads the wall clock, milliseconds since 1970. */
  readonly now?: () => number;
}

/** Milliseconds that the fresh mtime is ahead of the clock. */
const AHEAD = 1000;
/** The call that sets a time takes seconds as a binary fraction, in which only eighths and the like are exact. */
const GRID = 125;

/**
 * The mtime that makes Navigator reload, in milliseconds since 1970.
 *
 * Navigator reloads when the mtime is later than the time at which its last load ended, by the wall clock. A load may
 * be under way just now, with the old file already read, so the mtime lies a second ahead: when that load has ended, it
 * is still later. And the clock may have been set back since the last load. Every load is followed by the start hook,
 * whose run the journal writes down, so no load has ended later than the highest clock that the journal has seen; that,
 * too, is exceeded by a second, so that it holds where there are no hooks and Navigator loads just after a run. The
 * previous mtime is exceeded in any case, for when the journal was lost. It is exceeded by as little as can be, so that
 * updates in quick succession do not drive the mtime away from the clock: an mtime in the future makes Navigator reload
 * after every run, changed or not, until the clock has caught up.
 */
export function freshMtime(times: { now: number; clockMark: number; previous: number | null }): number {
  const least = Math.max(times.now + AHEAD, times.clockMark + AHEAD, (times.previous ?? 0) + 1);
  return Math.ceil(least / GRID) * GRID;
}

/**
 * Puts staged files in place, in the given order, but the reload file last, after the others are safely on the disk.
 * Then gives the reload file its fresh mtime, even if it was not among them. A symbolic link is replaced; its target is
 * never written.
 *
 * @returns the mtime that was set, milliseconds since 1970; null without `reload`
 * @throws {Failure} `disk`. Files renamed before it stay; the next run goes on from there.
 */
export function commitFiles(staged: readonly Staged[], reload: Reload | null): number | null {
  const previous = reload ? mtimeOf(reload.path) : null;
  const isLast = ({ file }: Staged) => file.path === reload?.path;
  try {
    putInPlace(staged.filter((one) => !isLast(one)));
    putInPlace(staged.filter(isLast));
  } catch (error) {
    discardStaged(staged);
    throw error;
  }
  if (!reload) return null;
  const { path, clockMark, now = Date.now } = reload;
  const mtime = freshMtime({ now: now(), clockMark, previous });
  setMtime(path, mtime);
  return mtime;
}

/** Flushes them to the disk; most are in one directory, which is flushed once. */
function putInPlace(staged: readonly Staged[]): void {
  for (const { path, file } of staged) {
    const rename = () => inDirectory(dirname(path), () => renameSync(path, file.path));
    onDisk('cannot replace', file.path, rename);
  }
  for (const directory of new Set(staged.map(({ file }) => dirname(file.path)))) {
    const sync = () => inDirectory(directory, () => syncDirectory(directory));
    onDisk('cannot replace the files in', directory, sync);
  }
}

function mtimeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
