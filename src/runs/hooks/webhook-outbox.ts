import type { Database } from '../../database/sqlite.ts';
import { onDisk } from '../../files/disk.ts';
import { isoOf, newId } from '../row-values.ts';
import type { Page } from '../run-model.ts';
import { type DeliveryRow, deliveryOf, dueOf, endpointStateIn, SELECT_DELIVERY } from './delivery-row.ts';
import type {
  Attempt,
  Delivery,
  DeliveryState,
  DueDelivery,
  EndpointOf,
  EndpointState,
  WebhookType,
} from './webhook-model.ts';

/** After so many failures a message no longer holds up those behind it. The index of those that wait aside has it, too. */
const HOLDS_UP = 4;
const DAY_MS = 86_400_000;
/** Days that a message stays when all of its deliveries are over. */
const KEPT_DAYS = 30;

/** What is told, once for each key. */
export interface NewMessage {
  readonly key: string;
  readonly type: WebhookType;
  readonly data: object;
}

/** Messages to endpoints, each step durable when it returns. `put` stands in the transaction of who calls it. */
export class WebhookOutbox {
  readonly #db: Database;
  readonly #endpoints: readonly EndpointOf[];

  /** @param endpoints of the settings; none where nothing is told */
  constructor(db: Database, endpoints: readonly EndpointOf[]) {
    this.#db = db;
    this.#endpoints = endpoints;
  }

  /**
   * What was under way when a server ended may have arrived or not: lost would be worse than twice. Nor does it count as an attempt,
   * or a server that is started again and again would use all of them up.
   */
  recover(): void {
    this.#step(() => {
      this.#db
        .prepare(
          `UPDATE webhook_deliveries SET state = 'waiting', due_at = ?, attempts = max(attempts - 1, 0)
           WHERE state = 'sending'`,
        )
        .run(Date.now());
      const known = JSON.stringify(this.#endpoints.map(({ id }) => id));
      this.#db
        .prepare(
          `UPDATE webhook_deliveries SET state = 'ended', due_at = NULL
           WHERE state = 'waiting' AND endpoint NOT IN (SELECT value FROM json_each(?))`,
        )
        .run(known);
    });
  }

  put({ key, type, data }: NewMessage): void {
    const takers = this.#endpoints.filter((endpoint) => endpoint.takes(type) && !this.#hasEnded(endpoint.id));
    if (takers.length === 0) return;
    const message = this.#message(key, type, data);
    if (message !== null) for (const { id } of takers) this.#deliver(message, id, false);
  }

  /** How many deliveries there are of each. */
  sizes(): { readonly state: DeliveryState; readonly count: number }[] {
    const select = 'SELECT state, count(*) AS count FROM webhook_deliveries GROUP BY state';
    return this.#db.prepare<[], { state: DeliveryState; count: number }>(select).all();
  }

  /** A message for one endpoint alone, whether it has ended or not. */
  test(endpoint: string): string {
    return this.#step(() => {
      const message = this.#message(`test/${newId()}`, 'webhook.test', {});
      return this.#deliver(message ?? 0, endpoint, true);
    });
  }

  /** Sends the message of a delivery again, or at once if it waits. @returns null if there is none */
  again(id: string): string | null {
    return this.#step(() => {
      const found = this.#db
        .prepare<[string], { message: number; endpoint: string; state: DeliveryState }>(
          'SELECT message, endpoint, state FROM webhook_deliveries WHERE id = ?',
        )
        .get(id);
      if (!found || !this.#endpoints.some((endpoint) => endpoint.id === found.endpoint)) return null;
      if (found.state === 'sending') return id;
      if (found.state !== 'waiting') return this.#deliver(found.message, found.endpoint, true);
      this.#db
        .prepare('UPDATE webhook_deliveries SET due_at = ?, by_hand = 1 WHERE id = ?')
        .run(Date.now(), id);
      return id;
    });
  }

  /**
   * What is sent to an endpoint next, due or not: in order, but that a message which has failed four times waits aside until it
   * is due, and that what somebody sends by hand goes first.
   */
  next(endpoint: string): DueDelivery | null {
    const first = (index: string, condition: string): DeliveryRow | undefined =>
      this.#db
        .prepare<[string, number], DeliveryRow>(
          `${SELECT_DELIVERY} WHERE deliveries.sequence = (SELECT sequence FROM webhook_deliveries INDEXED BY ${index}
           WHERE endpoint = ? AND state = 'waiting' AND (${condition}) ORDER BY sequence LIMIT 1)`,
        )
        .get(endpoint, Date.now());
    const row =
      first('webhook_deliveries_by_hand', 'by_hand = 1 AND due_at <= ?') ??
      first('webhook_deliveries_by_endpoint', `due_at <= ? OR by_hand = 0 AND attempts < ${HOLDS_UP}`);
    return row ? dueOf(row) : null;
  }

  /** When the first of an endpoint's is due; null for none. */
  nextDueAt(endpoint: string): number | null {
    return (
      this.#db
        .prepare<[string], number | null>(
          "SELECT min(due_at) FROM webhook_deliveries WHERE endpoint = ? AND state = 'waiting'",
        )
        .pluck()
        .get(endpoint) ?? null
    );
  }

  began(id: string): void {
    this.#step(() => {
      this.#db
        .prepare(
          "UPDATE webhook_deliveries SET state = 'sending', attempts = attempts + 1, last_at = ? WHERE id = ?",
        )
        .run(Date.now(), id);
    });
  }

  /** It was taken: so are others, and those that wait aside need not any longer. */
  delivered(id: string, endpoint: string, attempt: Attempt): void {
    this.#step(() => {
      this.#close(id, 'delivered', attempt);
      this.#db.prepare('DELETE FROM webhook_ends WHERE endpoint = ?').run(endpoint);
      this.#db
        .prepare(
          `UPDATE webhook_deliveries INDEXED BY webhook_deliveries_aside SET due_at = ?
           WHERE endpoint = ? AND state = 'waiting' AND attempts >= ${HOLDS_UP}`,
        )
        .run(Date.now(), endpoint);
    });
  }

  /** @param dueAt when it is tried again; null for never */
  failed(id: string, dueAt: number | null, attempt: Attempt): void {
    this.#step(() => {
      if (dueAt === null) return this.#close(id, 'given-up', attempt);
      const { status, problem, ms } = attempt;
      this.#db
        .prepare(
          `UPDATE webhook_deliveries SET state = 'waiting', due_at = ?, status = ?, problem = ?, ms = ?
           WHERE id = ?`,
        )
        .run(dueAt, status, problem, ms, id);
    });
  }

  /** The endpoint wants nothing any more: neither this, nor what waits. */
  gone(id: string, endpoint: string, attempt: Attempt): void {
    this.#step(() => {
      this.#close(id, 'ended', attempt);
      this.#db.prepare('INSERT OR IGNORE INTO webhook_ends VALUES (?, ?)').run(endpoint, Date.now());
      this.#db
        .prepare(
          "UPDATE webhook_deliveries SET state = 'ended', due_at = NULL WHERE endpoint = ? AND state = 'waiting'",
        )
        .run(endpoint);
    });
  }

  /** Newest first. */
  list({ page, limit }: { readonly page: number; readonly limit: number }): Page<Delivery> {
    const rows = this.#db
      .prepare<[number, number], DeliveryRow>(
        `${SELECT_DELIVERY} ORDER BY deliveries.sequence DESC LIMIT ? OFFSET ?`,
      )
      .all(limit, (page - 1) * limit)
      .map(deliveryOf);
    const total = this.#db.prepare<[], number>('SELECT count(*) FROM webhook_deliveries').pluck().get() ?? 0;
    return { rows, total };
  }

  stateOf(endpoint: string): EndpointState {
    return endpointStateIn(this.#db, endpoint);
  }

  removeOld(now: number): void {
    this.#step(() => {
      const old = `SELECT sequence FROM webhook_messages AS one WHERE made_at < ${now - KEPT_DAYS * DAY_MS} AND NOT EXISTS
        (SELECT 1 FROM webhook_deliveries WHERE message = one.sequence AND state IN ('waiting', 'sending'))`;
      this.#db.exec(`DELETE FROM webhook_deliveries WHERE message IN (${old})`);
      this.#db.exec(`DELETE FROM webhook_messages WHERE sequence IN (${old})`);
    });
  }

  /** Its number; null if there is one of that key already. */
  #message(key: string, type: WebhookType, data: object): number | null {
    const now = Date.now();
    const body = JSON.stringify({ type, timestamp: isoOf(now), data });
    const { changes, lastInsertRowid } = this.#db
      .prepare('INSERT OR IGNORE INTO webhook_messages (id, key, type, made_at, body) VALUES (?, ?, ?, ?, ?)')
      .run(`msg_${newId()}`, key, type, now, body);
    return changes === 0 ? null : Number(lastInsertRowid);
  }

  #deliver(message: number, endpoint: string, byHand: boolean): string {
    const [id, now] = [newId(), Date.now()];
    this.#db
      .prepare(
        `INSERT INTO webhook_deliveries (id, message, endpoint, made_at, state, by_hand, due_at)
         VALUES (?, ?, ?, ?, 'waiting', ?, ?)`,
      )
      .run(id, message, endpoint, now, Number(byHand), now);
    return id;
  }

  #close(id: string, state: DeliveryState, { status, problem, ms }: Attempt): void {
    this.#db
      .prepare(
        'UPDATE webhook_deliveries SET state = ?, due_at = NULL, status = ?, problem = ?, ms = ? WHERE id = ?',
      )
      .run(state, status, problem, ms, id);
  }

  #hasEnded(endpoint: string): boolean {
    const select = 'SELECT 1 FROM webhook_ends WHERE endpoint = ?';
    return this.#db.prepare<[string], number>(select).pluck().get(endpoint) === 1;
  }

  #step<T>(work: () => T): T {
    return onDisk('cannot write', this.#db.name, () => this.#db.transaction(work).immediate());
  }
}
