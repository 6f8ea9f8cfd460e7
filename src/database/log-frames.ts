import { readSync } from 'node:fs';
import { isPageSize } from './header.ts';

/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log: a header, then frames of a header and a page each. */
const HEADER = 32;
export const LOG_FRAME_HEADER = 24;
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;

/** A running checksum of the log: two words of 32 bits. */
type Sum = readonly [number, number];

export interface CommittedFrames {
  /** Bytes of a page, as the log has it. */
  readonly pageSize: number;
  /** By page number: where in the log the frame of its last version begins. */
  readonly at: ReadonlyMap<number, number>;
}

/**
 * Where in a write-ahead log the last committed version of each page is. Frames that SQLite would not replay are left
 * out: those of an earlier round, with a wrong checksum, or behind the last commit.
 *
 * @param fd of the log, which others may be writing to
 * @returns null for a log without a commit
 */
export function committedFrames(fd: number): CommittedFrames | null {
  const header = Buffer.alloc(HEADER);
  if (readSync(fd, header, 0, HEADER, 0) < HEADER) return null;
  const magic = header.readUInt32BE(0);
  const pageSize = header.readUInt32BE(8);
  if ((magic | 1) !== (MAGIC | 1) || header.readUInt32BE(4) !== VERSION || !isPageSize(pageSize)) return null;
  // The last bit of the magic says in which order the bytes of a word are summed up.
  const summed = magic === MAGIC ? sumLittle : sumBig;
  let sum = summed([0, 0], header, 0, 24);
  if (!isSum(header, 24, sum)) return null;

  const frames = new Map<number, number>();
  const salts = header.subarray(16, 24);
  const frame = Buffer.alloc(LOG_FRAME_HEADER + pageSize);
  let pending: [page: number, at: number][] = [];
  for (let at = HEADER; readSync(fd, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    if (!frame.subarray(8, 16).equals(salts)) break;
    sum = summed(summed(sum, frame, 0, 8), frame, LOG_FRAME_HEADER, frame.length);
    if (!isSum(frame, 16, sum)) break;
    pending.push([frame.readUInt32BE(0), at]);
    // Only the last frame of a transaction has the size of the database.
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [page, offset] of pending) frames.set(page, offset);
    pending = [];
  }
  return frames.size === 0 ? null : { pageSize, at: frames };
}

function isSum(bytes: Buffer, at: number, [first, second]: Sum): boolean {
  return bytes.readInt32BE(at) === first && bytes.readInt32BE(at + 4) === second;
}

function sumLittle([first, second]: Sum, bytes: Buffer, from: number, to: number): Sum {
  let [a, b] = [first, second];
  for (let at = from; at < to; at += 8) {
    a = (a + bytes.readInt32LE(at) + b) | 0;
    b = (b + bytes.readInt32LE(at + 4) + a) | 0;
  }
  return [a, b];
}

function sumBig([first, second]: Sum, bytes: Buffer, from: number, to: number): Sum {
  let [a, b] = [first, second];
  for (let at = from; at < to; at += 8) {
    a = (a + bytes.readInt32BE(at) + b) | 0;
    b = (b + bytes.readInt32BE(at + 4) + a) | 0;
  }
  return [a, b];
}
