import { type Batch, logsBody } from './callback-bodies.ts';
import { readRecord } from './kept-record.ts';
import type { KeptRun } from './kept-run.ts';
import { endOfRange } from './lost-lines.ts';
import type { LostRange } from './wire.ts';

/** Where the next batch begins, and how much it may have. */
export interface BatchStart {
  /** The number of the last line before it. */
  readonly after: number;
  /** Of the records, where to look for its first line. */
  readonly position: number;
  readonly lost: readonly LostRange[];
  readonly mostLines: number;
  readonly mostBytes: number;
}

/**
 * The next lines of a run, with numbers that follow each other: at least one, whatever its size.
 *
 * @returns null for none; a range if lines are missing there, as a power cut leaves them: they will never come
 */
export function cutBatch(kept: KeptRun, start: BatchStart): Batch | LostRange | null {
  const { after, lost, mostLines, mostBytes } = start;
  const lines: Buffer[] = [];
  let last = after;
  let next = start.position;
  let only: Batch['only'] = null;
  let room = mostBytes - logsBody(kept.meta, [], after + 1, after + mostLines, lost).length;
  for (const record of kept.records.from(start.position)) {
    const found = readRecord(record.bytes);
    if (found?.type === 'line' && found.line.seq > last) {
      const { seq } = found.line;
      if (seq > last + 1 && lines.length === 0) return [last + 1, seq - 1];
      if (seq > last + 1 || endOfRange(lost, seq) !== null) break;
      room -= found.json.length + 1;
      if (lines.length > 0 && (room < 0 || lines.length === mostLines)) break;
      lines.push(found.json);
      last = seq;
      only = lines.length === 1 ? found.line : null;
    }
    next = record.next;
  }
  return lines.length > 0 ? batchOf(kept, lines, lost, { first: after + 1, last, next, only }) : null;
}

export function batchOf(
  { meta }: KeptRun,
  lines: readonly Buffer[],
  lost: readonly LostRange[],
  { first, last, next, only }: Pick<Batch, 'first' | 'last' | 'next' | 'only'>,
): Batch {
  const { deployId, run } = meta;
  const body = logsBody(meta, lines, first, last, lost);
  const id = `${run}_logs_${first}_${last}`;
  return { kind: 'logs', isEnd: false, deployId, run, id, body, first, last, next, only };
}
