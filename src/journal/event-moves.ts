import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stateDirOf } from '../database/state-dir.ts';
import { codeOf, onDisk } from '../files/disk.ts';
import { readRegularFile } from '../files/regular-file.ts';

/*
 * Copies of a database to the new name of its event, a file for each in the application's state directory, until the
 * ready hook has checked whether the old one was written to since. These files decide only about databases of the
 * application.
 */

export interface Move {
  /** The name of the database before. */
  readonly from: string;
  /** `stampOf` the old one, from before it was read: if it differs, the old one may have been written to since. */
  readonly stamp: string;
  /** `imageDigest` of what was copied. */
  readonly digest: string;
}

const MOST_BYTES = 64 * 1024;
export const MOVE_ENDING = '.json';

export function movesDir(stateDir: string): string {
  return join(stateDir, 'moves');
}

/**
 * The records, by the new name. A record that cannot be read counts as none.
 *
 * @throws {Failure} `disk`
 */
export function readMoves(stateDir: string): Map<string, Move> {
  const moves = new Map<string, Move>();
  const directory = movesDir(stateDir);
  for (const file of onDisk('cannot read', directory, () => moveFiles(directory))) {
    if (!file.endsWith(MOVE_ENDING) || file.startsWith('.')) continue;
    const to = file.slice(0, -MOVE_ENDING.length);
    const move = readMove(stateDir, to);
    if (move) moves.set(to, move);
  }
  return moves;
}

/** The same of one. */
export function readMove(stateDir: string, to: string): Move | null {
  try {
    const found = readRegularFile(join(movesDir(stateDir), to + MOVE_ENDING), MOST_BYTES);
    return found.kind === 'file' ? parse(found.bytes.toString('utf8')) : null;
  } catch {
    return null;
  }
}

export function moveFiles(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return [];
  }
}

function parse(text: string): Move | null {
  const { from, stamp, digest } = JSON.parse(text) as Record<string, unknown>;
  const isMove = typeof from === 'string' && typeof stamp === 'string' && typeof digest === 'string';
  // Names of events' databases begin with a year: neither the index nor the demo is ever meant.
  return isMove && /^[0-9]{4}-[^/]+$/.test(from) ? { from, stamp, digest } : null;
}

/**
 * By the old name of an event's database: the new names that it was copied to while it is still there. Never throws.
 */
export function leftBehind(dbDir: string): Map<string, string[]> {
  const left = new Map<string, string[]>();
  try {
    for (const [to, { from }] of readMoves(stateDirOf(dbDir)))
      left.set(from, [...(left.get(from) ?? []), to]);
  } catch {
    // The ready hook says what is wrong.
  }
  return left;
}
