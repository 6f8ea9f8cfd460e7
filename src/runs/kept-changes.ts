import type { Database, Statement } from '../database/sqlite.ts';
import type { Problem } from '../failure.ts';
import {
  assignments,
  type Cell,
  isoOf,
  jsonOrNull,
  newId,
  pageOf,
  parsedOrNull,
  Where,
} from './row-values.ts';
import type {
  Change,
  ChangeFilter,
  ChangeState,
  LiveCheck,
  NewChange,
  Page,
  RowChange,
  Values,
} from './run-model.ts';

interface ChangeRow {
  readonly id: string;
  readonly made_at: number;
  readonly who: string;
  readonly kind: string;
  readonly action: string;
  readonly subject: string;
  readonly studio: string | null;
  readonly old_values: string | null;
  readonly new_values: string | null;
  readonly changed_rows: string;
  readonly state: string;
  readonly target: string;
  readonly publish: number;
  readonly run: string | null;
  readonly live: string | null;
  readonly problem: string | null;
}

/** What of a change can become another; what is absent or undefined stays. */
type Movable = {
  readonly [K in 'state' | 'run' | 'after' | 'live' | 'problem']?: Change[K] | undefined;
};

/** The table of changes. Who calls it opens the transaction. */
export class KeptChanges {
  readonly #db: Database;
  readonly #one: Statement<[string], ChangeRow>;

  constructor(db: Database) {
    this.#db = db;
    // As that of runs: asked for with every event, for each watcher.
    this.#one = db.prepare<[string], ChangeRow>('SELECT * FROM changes WHERE id = ?');
  }

  /** @param target absent in the change for this one */
  add(change: NewChange, target: string): string {
    const id = newId();
    const { by, kind, action, subject, studio, before, after, live = null, publish = true } = change;
    const rows = JSON.stringify(change.rows ?? []);
    this.#db
      .prepare(
        `INSERT INTO changes (id, made_at, who, kind, action, subject, studio, old_values, new_values, changed_rows,
         state, target, publish, live) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intended', ?, ?, ?)`,
      )
      .run(
        ...[id, Date.now(), by, kind, action, subject, studio, jsonOrNull(before), jsonOrNull(after), rows],
        ...[change.target ?? target, Number(publish), jsonOrNull(live)],
      );
    return id;
  }

  get(id: string): Change | null {
    const row = this.#one.get(id);
    return row ? changeOf(row) : null;
  }

  /** Whether it was to be published as it was intended. */
  wantsRun(id: string): boolean {
    return (
      this.#db.prepare<[string], number>('SELECT publish FROM changes WHERE id = ?').pluck().get(id) === 1
    );
  }

  /** Oldest first. */
  inState(state: ChangeState): Change[] {
    return this.#where(new Where().is('state', state));
  }

  pendingFor(target: string): Change[] {
    return this.#where(new Where().is('state', 'pending').is('target', target));
  }

  /** What no run has published yet: what is pending, and what has failed with its run. Oldest first. */
  unpublished(): Change[] {
    return this.#where(
      new Where().holds(
        `(state = 'pending' OR state = 'failed' AND EXISTS
         (SELECT 1 FROM runs WHERE runs.id = changes.run AND runs.state <> 'done'))`,
      ),
    );
  }

  /** Those that some machines did not have when they became live. */
  liveWithProblem(): Change[] {
    return this.#where(new Where().is('state', 'live').holds('problem IS NOT NULL'));
  }

  /** Whether a later change that is published has written the same event, or has moved or removed its studio. */
  isOvertaken(id: string): boolean {
    return (
      this.#db
        .prepare<[string], number>(
          `SELECT 1 FROM changes AS own JOIN changes AS later ON later.sequence > own.sequence
           WHERE own.id = ? AND later.state NOT IN ('intended', 'pending', 'dropped') AND (
             EXISTS (SELECT 1 FROM json_each(own.changed_rows) AS mine, json_each(later.changed_rows) AS other
               WHERE mine.value ->> 'table' = 'showcases' AND other.value ->> 'table' = 'showcases'
               AND mine.value ->> 'id' = other.value ->> 'id')
             OR (later.kind = 'studio' AND later.old_values ->> 'key' = own.studio
               AND later.new_values ->> 'key' IS NOT own.studio))
           LIMIT 1`,
        )
        .pluck()
        .get(id) === 1
    );
  }

  /** Oldest first. */
  ofRun(run: string, states?: readonly ChangeState[]): Change[] {
    return this.#where(new Where().is('run', run).isOneOf('state', states));
  }

  set(id: string, { state, run, after, live, problem }: Movable): void {
    const { sql, values } = assignments({
      ...(state === undefined ? {} : { state }),
      ...(run === undefined ? {} : { run }),
      ...(after === undefined ? {} : { new_values: jsonOrNull(after) }),
      ...(live === undefined ? {} : { live: jsonOrNull(live) }),
      ...(problem === undefined ? {} : { problem: jsonOrNull(problem) }),
    });
    if (values.length > 0) this.#db.prepare(`UPDATE changes SET ${sql} WHERE id = ?`).run(...values, id);
  }

  list({ states, kinds, studio, by, text, since, before, ...paged }: ChangeFilter): Page<Change> {
    const where = new Where()
      .isOneOf('state', states)
      .isOneOf('kind', kinds)
      .is('studio', studio)
      .is('who', by);
    if (since !== undefined) where.holds('made_at >= ?', Date.parse(since));
    if (before !== undefined) where.holds('made_at < ?', Date.parse(before));
    if (text !== undefined) where.holds('instr(lower(subject), lower(?)) > 0', text);
    const rows = this.#db
      .prepare<Cell[], ChangeRow>(
        `SELECT * FROM changes ${where.sql} ORDER BY sequence DESC LIMIT ? OFFSET ?`,
      )
      .all(...where.values, ...pageOf(paged))
      .map(changeOf);
    const count = this.#db.prepare<Cell[], number>(`SELECT count(*) FROM changes ${where.sql}`).pluck();
    return { rows, total: count.get(...where.values) ?? 0 };
  }

  #where(where: Where): Change[] {
    return this.#db
      .prepare<Cell[], ChangeRow>(`SELECT * FROM changes ${where.sql} ORDER BY sequence`)
      .all(...where.values)
      .map(changeOf);
  }
}

function changeOf(row: ChangeRow): Change {
  return {
    id: row.id,
    at: isoOf(row.made_at),
    by: row.who,
    kind: row.kind as Change['kind'],
    action: row.action as Change['action'],
    subject: row.subject,
    studio: row.studio,
    before: parsedOrNull<Values>(row.old_values),
    after: parsedOrNull<Values>(row.new_values),
    rows: JSON.parse(row.changed_rows) as RowChange[],
    state: row.state as ChangeState,
    target: row.target,
    run: row.run,
    live: parsedOrNull<LiveCheck>(row.live),
    problem: parsedOrNull<Problem>(row.problem),
  };
}
