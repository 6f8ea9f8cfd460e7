import type { Database } from '../../database/sqlite.ts';
import { isoOf } from '../row-values.ts';

/** Which address it came to. */
export type Hook = 'update' | 'store';

/** A request of a program, as it is remembered. */
export interface Receipt {
  readonly id: string;
  readonly hook: Hook;
  /** How it proved itself: `webhook`, `github` or `token`. */
  readonly sender: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The run that it was answered with; null for one that needed none. */
  readonly run: string | null;
}

/** What is new of one. */
export interface NewReceipt extends Pick<Receipt, 'hook' | 'sender' | 'run'> {
  /** The name of the delivery first, then what else it is known by. */
  readonly ids: readonly string[];
  readonly etag?: string;
  readonly target?: string;
  /** The run at whose end it is found out whether it needs one of its own. */
  readonly waitsFor?: string;
}

/** A notification of an index, while our own run may be what wrote it. */
export interface Undecided {
  readonly id: string;
  readonly etag: string;
  readonly target: string;
}

interface Row {
  readonly id: string;
  readonly hook: Hook;
  readonly sender: string;
  readonly received_at: number;
  readonly run: string | null;
}

/** Days. Nothing in a signature of GitHub's says when it was made, so that it could be sent again for ever. */
const KEPT_DAYS = 400;
/** What a delivery is known by besides its name: whoever repeats it may give it another one. */
const BODY = 'body:';

export function bodyId(digest: string): string {
  return `${BODY}${digest}`;
}

/** The table of deliveries that were taken. Who calls it opens the transaction. */
export class KeptReceipts {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The first of these that is known. */
  find(ids: readonly string[]): Receipt | null {
    const select = this.#db.prepare<[string], Row>('SELECT * FROM hook_receipts WHERE id = ?');
    for (const id of ids) {
      const row = select.get(id);
      if (row) return receiptOf(row);
    }
    return null;
  }

  add({ ids, hook, sender, run, etag, target, waitsFor }: NewReceipt): void {
    const insert = this.#db.prepare(
      `INSERT INTO hook_receipts (id, hook, sender, received_at, run, etag, target, waits_for)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    ids.forEach((id, at) => {
      const waits = at === 0 ? (waitsFor ?? null) : null;
      insert.run(id, hook, sender, Date.now(), run, etag ?? null, target ?? null, waits);
    });
  }

  waitingFor(run: string): Undecided[] {
    return this.#db
      .prepare<[string], Undecided>('SELECT id, etag, target FROM hook_receipts WHERE waits_for = ?')
      .all(run);
  }

  /** @param waitsFor another run; null once it is decided */
  decide(id: string, waitsFor: string | null): void {
    this.#db.prepare('UPDATE hook_receipts SET waits_for = ? WHERE id = ?').run(waitsFor, id);
  }

  /** Newest first. */
  last(most: number): Receipt[] {
    return this.#db
      .prepare<[string, number], Row>(
        'SELECT * FROM hook_receipts WHERE id NOT GLOB ? ORDER BY received_at DESC LIMIT ?',
      )
      .all(`${BODY}*`, most)
      .map(receiptOf);
  }

  removeOld(now: number): void {
    this.#db
      .prepare('DELETE FROM hook_receipts WHERE received_at < ? AND waits_for IS NULL')
      .run(now - KEPT_DAYS * 86_400_000);
  }
}

function receiptOf({ id, hook, sender, received_at, run }: Row): Receipt {
  return { id, hook, sender, at: isoOf(received_at), run };
}
