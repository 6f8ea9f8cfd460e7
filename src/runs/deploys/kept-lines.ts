import type { CallbackLevel, CallbackLine, CallbackStep, LostRange } from '../../callbacks/wire.ts';
import type { Database, Statement } from '../../database/sqlite.ts';
import { type Cell, isoOf } from '../row-values.ts';
import type { ReceivedLine, ReceivedNews } from './deploy-model.ts';
import { pastLost } from './lost-ranges.ts';
import type { ReceivedRow } from './received-row.ts';

interface LineRow {
  readonly seq: number;
  readonly level: string;
  readonly message: string;
  readonly logged_at: number;
  readonly machine: string | null;
  readonly step: string | null;
}

/** Lines that came one after the other, from a number on; without one, changes of the state. The next span ends it. */
interface Span {
  readonly position: number;
  readonly from_seq: number | null;
}

export interface AddedLines {
  readonly accepted: number;
  readonly duplicates: number;
  /** Duplicates with another text: the first one stays. */
  readonly conflicts: number;
  /** Numbers of lines for which there is no room, in the order in which they came. */
  readonly refused: readonly number[];
  /** Of the run, now. */
  readonly cursor: number;
}

/** What a run may have: lines and changes of its state, and bytes of its lines. A run of ours stops at 100,000 and 16 MiB. */
export interface RunRoom {
  readonly lines: number;
  readonly bytes: number;
}

const ROOM: RunRoom = { lines: 120_000, bytes: 32 * 1024 * 1024 };
/** Runs of which it is remembered how many bytes they have. */
const MOST_KNOWN = 1000;
/** Bytes of a line beside its texts. */
const ENVELOPE = 40;

/** Numbers that are looked at in one go. */
const STRETCH = 256;

const COLUMNS = 'seq, level, message, logged_at, machine, step';

/**
 * The tables of lines and of news. Who calls it opens the transaction. A cursor counts what has come of a run: one for each
 * line, and one for each change of its state.
 */
export class KeptLines {
  readonly #db: Database;
  readonly #insert: Statement<[readonly Cell[]], unknown>;
  readonly #message: Statement<[number, number], string>;
  readonly #numbers: Statement<[number, number], number>;
  readonly #lastSpan: Statement<[number, number], Span>;
  readonly #addSpan: Statement<[number, number, number | null], unknown>;
  readonly #spans: Statement<[number, number, number], Span>;
  readonly #after: Statement<[number, number, number], LineRow>;
  readonly #size: Statement<[number], number>;
  /** Bytes of runs that were written to, by their sequences. */
  readonly #sizes = new Map<number, number>();
  readonly #room: RunRoom;

  constructor(db: Database, room = ROOM) {
    this.#db = db;
    this.#room = room;
    this.#size = db
      .prepare<[number], number>(
        `SELECT coalesce(sum(octet_length(message) + coalesce(octet_length(machine), 0) + ${ENVELOPE}), 0)
         FROM deploy_lines WHERE run = ?`,
      )
      .pluck();
    this.#insert = db.prepare(
      `INSERT INTO deploy_lines (run, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, seq) DO NOTHING`,
    );
    this.#message = db
      .prepare<[number, number], string>('SELECT message FROM deploy_lines WHERE run = ? AND seq = ?')
      .pluck();
    this.#numbers = db
      .prepare<[number, number], number>(
        `SELECT seq FROM deploy_lines WHERE run = ? AND seq > ? ORDER BY seq LIMIT ${STRETCH}`,
      )
      .pluck();
    this.#lastSpan = db.prepare(
      `SELECT position, from_seq FROM deploy_news WHERE run = ? AND position <= ?
       ORDER BY position DESC LIMIT 1`,
    );
    this.#addSpan = db.prepare('INSERT INTO deploy_news (run, position, from_seq) VALUES (?, ?, ?)');
    this.#spans = db.prepare(
      'SELECT position, from_seq FROM deploy_news WHERE run = ? AND position >= ? ORDER BY position LIMIT ?',
    );
    this.#after = db.prepare(
      `SELECT ${COLUMNS} FROM deploy_lines WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?`,
    );
  }

  /** @param now milliseconds: when lines were logged whose time cannot be read */
  add(
    run: Pick<ReceivedRow, 'sequence' | 'cursor'>,
    lines: readonly CallbackLine[],
    now: number,
  ): AddedLines {
    const { sequence } = run;
    const refused: number[] = [];
    let [cursor, duplicates, conflicts] = [run.cursor, 0, 0];
    let next = this.#nextInOrder(sequence, cursor);
    let size = this.#sizeOf(sequence);
    for (const { seq, level, message, logged_at, machine = null, step = null } of lines) {
      const more = Buffer.byteLength(message) + Buffer.byteLength(machine ?? '') + ENVELOPE;
      const isFull = cursor >= this.#room.lines || size + more > this.#room.bytes;
      const at = Date.parse(logged_at);
      const row = [sequence, seq, level, message, Number.isNaN(at) ? now : at, machine, step];
      if (isFull || this.#insert.run(row).changes === 0) {
        const known = this.#message.get(sequence, seq);
        if (known === undefined) refused.push(seq);
        else duplicates += 1;
        if (known !== undefined && known !== message) conflicts += 1;
        continue;
      }
      if (seq !== next) this.#addSpan.run(sequence, cursor, seq);
      next = seq + 1;
      cursor += 1;
      size += more;
    }
    this.#sizes.set(sequence, size);
    return { accepted: cursor - run.cursor, duplicates, conflicts, refused, cursor };
  }

  /** To be called when a transaction was not kept. */
  forgetSizes(): void {
    this.#sizes.clear();
  }

  /** Behind all others, so that the first one is the one that was written to longest ago. */
  #sizeOf(sequence: number): number {
    const size = this.#sizes.get(sequence) ?? this.#size.get(sequence) ?? 0;
    this.#sizes.delete(sequence);
    const [oldest] = this.#sizes.keys();
    if (this.#sizes.size >= MOST_KNOWN && oldest !== undefined) this.#sizes.delete(oldest);
    return size;
  }

  /** Notes a change of the state. @returns the new cursor */
  changed(sequence: number, cursor: number): number {
    const last = this.#lastSpan.get(sequence, cursor);
    if (!last || last.from_seq !== null) this.#addSpan.run(sequence, cursor, null);
    return cursor + 1;
  }

  /**
   * The highest number below which no line is missing. Looks at each line once, however many batches there are.
   *
   * @param from what it was before
   */
  lastSeq(sequence: number, from: number, lost: readonly LostRange[]): number {
    for (let last = from; ; ) {
      const next = this.#endOfStretch(sequence, pastLost(last, lost));
      if (next === last) return last;
      last = next;
    }
  }

  after(sequence: number, after: number, limit: number, levels?: readonly CallbackLevel[]): ReceivedLine[] {
    if (levels === undefined) return this.#after.all(sequence, after, limit).map(lineOf);
    return this.#db
      .prepare<[number, number, string, number], LineRow>(
        `SELECT ${COLUMNS} FROM deploy_lines WHERE run = ? AND seq > ?
         AND level IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?`,
      )
      .all(sequence, after, JSON.stringify(levels), limit)
      .map(lineOf);
  }

  news(run: Pick<ReceivedRow, 'sequence' | 'cursor'>, after: number, limit: number): ReceivedNews {
    const lines: ReceivedLine[] = [];
    let cursor = Math.min(Math.max(0, after), run.cursor);
    const first = this.#lastSpan.get(run.sequence, cursor)?.position ?? 0;
    const spans = this.#spans.all(run.sequence, first, limit + 2);
    for (const [at, { position, from_seq: from }] of spans.entries()) {
      const end = spans[at + 1]?.position ?? (spans.length < limit + 2 ? run.cursor : cursor);
      const count = from === null ? end - cursor : Math.min(end - cursor, limit - lines.length);
      if (from !== null && count > 0)
        lines.push(...this.after(run.sequence, from + (cursor - position) - 1, count));
      cursor += count;
      if (cursor < end) break;
    }
    return { lines, cursor };
  }

  /** The number of a line that would go on what came last; null for none. */
  #nextInOrder(sequence: number, cursor: number): number | null {
    const last = this.#lastSpan.get(sequence, cursor);
    return last && last.from_seq !== null ? last.from_seq + (cursor - last.position) : null;
  }

  #endOfStretch(sequence: number, from: number): number {
    for (let last = from; ; ) {
      const numbers = this.#numbers.all(sequence, last);
      const gap = numbers.findIndex((seq, at) => seq !== last + 1 + at);
      if (gap >= 0) return last + gap;
      last += numbers.length;
      if (numbers.length < STRETCH) return last;
    }
  }
}

function lineOf({ logged_at, level, step, ...row }: LineRow): ReceivedLine {
  return {
    ...row,
    level: level as CallbackLevel,
    loggedAt: isoOf(logged_at),
    step: step as CallbackStep | null,
  };
}
