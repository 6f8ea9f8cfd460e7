import type { Database, Statement } from '../database/sqlite.ts';
import type { Problem } from '../failure.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import { covers } from './book-rules.ts';
import {
  assignments,
  type Cell,
  isoOf,
  isoOrNull,
  jsonOrNull,
  newId,
  pageOf,
  parsedOrNull,
  Where,
} from './row-values.ts';
import type { Page, Run, RunFilter, RunState, RunTrigger } from './run-model.ts';

interface RunRow {
  readonly id: string;
  readonly target: string;
  readonly state: string;
  readonly attempt: number;
  readonly cause: string;
  readonly who: string;
  readonly made_at: number;
  readonly began_at: number | null;
  readonly ended_at: number | null;
  readonly not_before: number | null;
  readonly report: string | null;
  readonly error: string | null;
  readonly exit_code: number | null;
  readonly last_seq: number;
  readonly next: string | null;
}

export interface NewRun {
  readonly target: string;
  readonly attempt: number;
  readonly trigger: RunTrigger;
  readonly by: string;
  /** Milliseconds since 1970; null for at once. */
  readonly notBefore: number | null;
}

export interface RunEnd {
  readonly state: Extract<RunState, 'done' | 'failed' | 'cancelled' | 'interrupted'>;
  readonly report: FleetReport | null;
  readonly error: Problem | null;
  readonly exitCode: number | null;
}

/** The table of runs. Who calls it opens the transaction. */
export class KeptRuns {
  readonly #db: Database;
  readonly #one: Statement<[string], RunRow>;
  readonly #lastSeq: Statement<[string], number>;

  constructor(db: Database) {
    this.#db = db;
    // Hundreds of watchers ask for one when they are woken, and to prepare takes longer than to read.
    this.#one = db.prepare<[string], RunRow>('SELECT * FROM runs WHERE id = ?');
    this.#lastSeq = db.prepare<[string], number>('SELECT last_seq FROM runs WHERE id = ?').pluck();
  }

  add({ target, attempt, trigger, by, notBefore }: NewRun): Run {
    const id = newId();
    this.#db
      .prepare(
        `INSERT INTO runs (id, target, state, attempt, cause, who, made_at, not_before)
         VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?)`,
      )
      .run(id, target, attempt, trigger, by, Date.now(), notBefore);
    return this.require(id);
  }

  get(id: string): Run | null {
    const row = this.#one.get(id);
    return row ? runOf(row) : null;
  }

  /** Number of a run's last event; null for a run that is not there. */
  lastSeq(id: string): number | null {
    return this.#lastSeq.get(id) ?? null;
  }

  /** One that a row of ours names. */
  require(id: string): Run {
    const run = this.get(id);
    if (run === null) throw new Error(`there is no run ${id}`);
    return run;
  }

  /** Oldest first. */
  inState(state: RunState): Run[] {
    return this.#db
      .prepare<[string], RunRow>('SELECT * FROM runs WHERE state = ? ORDER BY sequence')
      .all(state)
      .map(runOf);
  }

  /** The run that takes changes for a target, or the one of the store; null for none. */
  waitingFor(target: string, isOfStore: boolean): Run | null {
    const fits = (run: Run): boolean => run.target === target && (run.trigger === 'store') === isOfStore;
    return this.inState('waiting').find(fits) ?? null;
  }

  /** Those that this one does again. */
  before(id: string): Run[] {
    return this.#db.prepare<[string], RunRow>('SELECT * FROM runs WHERE next = ?').all(id).map(runOf);
  }

  /** Whether a later run for the same target, which had all that this one had, ended well. */
  wentWellAfter({ id, target }: Pick<Run, 'id' | 'target'>): boolean {
    const later = this.#db
      .prepare<[string], string>(
        `SELECT DISTINCT target FROM runs
         WHERE state = 'done' AND cause <> 'store' AND sequence > (SELECT sequence FROM runs WHERE id = ?)`,
      )
      .pluck()
      .all(id);
    return later.some((other) => covers(other, target));
  }

  begin(id: string): void {
    this.#set(id, { state: 'running', began_at: Date.now(), not_before: null });
  }

  /** A retry that somebody asks for again: it need not wait, and its retries are counted anew. */
  hurry(id: string): void {
    this.#set(id, { attempt: 1, not_before: null });
  }

  end(id: string, { state, report, error, exitCode }: RunEnd): void {
    const found = { report: jsonOrNull(report), error: jsonOrNull(error), exit_code: exitCode };
    this.#set(id, { state, ended_at: Date.now(), not_before: null, ...found });
  }

  follow(id: string, next: string): void {
    this.#set(id, { next });
  }

  list({ states, target, ...paged }: RunFilter): Page<Run> {
    const where = new Where().isOneOf('state', states).is('target', target);
    const rows = this.#db
      .prepare<Cell[], RunRow>(`SELECT * FROM runs ${where.sql} ORDER BY sequence DESC LIMIT ? OFFSET ?`)
      .all(...where.values, ...pageOf(paged))
      .map(runOf);
    const count = this.#db.prepare<Cell[], number>(`SELECT count(*) FROM runs ${where.sql}`).pluck();
    return { rows, total: count.get(...where.values) ?? 0 };
  }

  #set(id: string, columns: Readonly<Record<string, Cell>>): void {
    const { sql, values } = assignments(columns);
    this.#db.prepare(`UPDATE runs SET ${sql} WHERE id = ?`).run(...values, id);
  }
}

function runOf(row: RunRow): Run {
  return {
    id: row.id,
    target: row.target,
    state: row.state as RunState,
    attempt: row.attempt,
    trigger: row.cause as RunTrigger,
    by: row.who,
    madeAt: isoOf(row.made_at),
    beganAt: isoOrNull(row.began_at),
    endedAt: isoOrNull(row.ended_at),
    notBefore: isoOrNull(row.not_before),
    report: parsedOrNull<FleetReport>(row.report),
    error: parsedOrNull<Problem>(row.error),
    exitCode: row.exit_code,
    lastSeq: row.last_seq,
    next: row.next,
  };
}
