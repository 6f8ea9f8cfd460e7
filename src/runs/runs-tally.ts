import type { Database } from '../database/sqlite.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import { parsedOrNull } from './row-values.ts';
import type { ChangeState, Run, RunState, RunTrigger } from './run-model.ts';

/** How many there are of what is kept, for monitors. Times are milliseconds since 1970, and null for none. */
export interface RunsTally {
  readonly runs: readonly {
    readonly state: RunState;
    readonly count: number;
    /** When the first of them was made, and the last one ended. */
    readonly firstMadeAt: number;
    readonly firstBeganAt: number | null;
    readonly lastEndedAt: number | null;
  }[];
  readonly changes: readonly { readonly state: ChangeState; readonly count: number }[];
  /** What the last run over the machines that has one ended with; null for none. */
  readonly lastReport: FleetReport | null;
}

/** A run that is over. */
export interface EndedRun extends Pick<Run, 'target' | 'trigger'> {
  readonly state: Extract<RunState, 'done' | 'failed' | 'cancelled' | 'interrupted'>;
  /** Seconds; null for one that had not begun. */
  readonly seconds: number | null;
}

interface Ended {
  readonly target: string;
  readonly state: RunState;
  readonly cause: RunTrigger;
  readonly began_at: number | null;
  readonly ended_at: number | null;
}

const OVER: readonly RunState[] = ['done', 'failed', 'cancelled', 'interrupted'];

/** Counts runs and changes, without a look at what is large in them. */
export class RunsCounter {
  readonly #db: Database;
  /** The last report, by the number of its run: that of a large fleet takes longer to parse than all the rest. */
  #last: { readonly sequence: number; readonly report: FleetReport | null } | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  tally(): RunsTally {
    const runs = this.#db
      .prepare<[], RunsTally['runs'][number]>(
        `SELECT state, count(*) AS count, min(made_at) AS firstMadeAt, min(began_at) AS firstBeganAt,
           max(ended_at) AS lastEndedAt FROM runs GROUP BY state`,
      )
      .all();
    const changes = this.#db
      .prepare<[], RunsTally['changes'][number]>(
        'SELECT state, count(*) AS count FROM changes GROUP BY state',
      )
      .all();
    return { runs, changes, lastReport: this.#lastReport() };
  }

  /** Null for a run that is not over, and for what is none. */
  ended(id: string): EndedRun | null {
    const row = this.#db
      .prepare<[string], Ended>('SELECT target, state, cause, began_at, ended_at FROM runs WHERE id = ?')
      .get(id);
    if (!row || !OVER.includes(row.state)) return null;
    const { target, cause: trigger, began_at: began, ended_at: ended } = row;
    const seconds = began === null || ended === null ? null : Math.max(0, ended - began) / 1000;
    return { target, trigger, state: row.state as EndedRun['state'], seconds };
  }

  #lastReport(): FleetReport | null {
    const sequence = this.#db
      .prepare<[], number>(
        'SELECT sequence FROM runs WHERE report IS NOT NULL ORDER BY sequence DESC LIMIT 1',
      )
      .pluck()
      .get();
    if (sequence === undefined) return null;
    if (this.#last?.sequence !== sequence) {
      const text = this.#db
        .prepare<[number], string | null>('SELECT report FROM runs WHERE sequence = ?')
        .pluck()
        .get(sequence);
      this.#last = { sequence, report: parsedOrNull<FleetReport>(text ?? null) };
    }
    return this.#last.report;
  }
}
