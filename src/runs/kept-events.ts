import type { Database, Statement } from '../database/sqlite.ts';
import type { RunEvent } from '../report/events.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import type { StoredEvent } from './run-model.ts';
import { lightly } from './runs-file.ts';

interface EventRow {
  readonly seq: number;
  readonly at: string;
  readonly event: string;
}

/** Answers that are remembered until there is another event. */
const MOST_ANSWERS = 16;

/** The table of events. */
export class KeptEvents {
  readonly #db: Database;
  readonly #select: Statement<[string, number, number], EventRow>;
  /** Hundreds of watchers ask the same when they are woken. */
  readonly #answers = new Map<string, readonly StoredEvent[]>();

  constructor(db: Database) {
    this.#db = db;
    this.#select = db.prepare(
      `SELECT seq, at, event FROM events WHERE run = (SELECT sequence FROM runs WHERE id = ?) AND seq > ?
       ORDER BY seq LIMIT ?`,
    );
  }

  /** Numbers and keeps events of a run, all of them or none, without a flush to the disk. */
  append(run: string, events: readonly RunEvent[]): void {
    this.#answers.clear();
    lightly(this.#db, () => {
      const place = this.#db
        .prepare<[string], { sequence: number; last_seq: number }>(
          'SELECT sequence, last_seq FROM runs WHERE id = ?',
        )
        .get(run);
      if (!place) return;
      const insert = this.#db.prepare('INSERT INTO events (run, seq, at, event) VALUES (?, ?, ?, ?)');
      const at = new Date().toISOString();
      events.forEach((event, index) => {
        insert.run(place.sequence, place.last_seq + index + 1, at, JSON.stringify(event));
      });
      this.#db
        .prepare('UPDATE runs SET last_seq = ? WHERE sequence = ?')
        .run(place.last_seq + events.length, place.sequence);
    });
  }

  /** Oldest first. */
  after(run: string, after: number, limit: number): readonly StoredEvent[] {
    const question = `${run} ${after} ${limit}`;
    const known = this.#answers.get(question);
    if (known) return known;
    const answer = this.#select.all(run, after, limit).map(storedOf);
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    this.#answers.set(question, answer);
    return answer;
  }

  /** The name that config-update gave to the run, and its report; null for what was not kept. */
  factsOf(run: string): { readonly fleetRun: string | null; readonly report: FleetReport | null } {
    const [last] = this.#db
      .prepare<[string], EventRow>(
        `SELECT seq, at, event FROM events WHERE run = (SELECT sequence FROM runs WHERE id = ?)
         AND event LIKE '%"type":"run-ended"%' ORDER BY seq DESC LIMIT 1`,
      )
      .all(run)
      .map(storedOf);
    const ended = last?.event;
    const report = ended?.type === 'run-ended' && ended.kind === 'fleet' ? ended.result : null;
    const named = this.after(run, 0, 20).find(({ event }) => event.run !== null);
    return { fleetRun: named?.event.run ?? null, report };
  }
}

function storedOf({ seq, at, event }: EventRow): StoredEvent {
  return { seq, at, event: JSON.parse(event) as RunEvent };
}
