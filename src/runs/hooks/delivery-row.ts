import type { Database } from '../../database/sqlite.ts';
import { isoOf, isoOrNull } from '../row-values.ts';
import type { Delivery, DeliveryState, DueDelivery, EndpointState, WebhookType } from './webhook-model.ts';

export interface DeliveryRow {
  readonly id: string;
  readonly message_id: string;
  readonly type: WebhookType;
  readonly body: string;
  readonly message_at: number;
  readonly endpoint: string;
  readonly made_at: number;
  readonly state: DeliveryState;
  readonly by_hand: number;
  readonly attempts: number;
  readonly due_at: number | null;
  readonly last_at: number | null;
  readonly status: number | null;
  readonly problem: string | null;
  readonly ms: number | null;
}

/** A delivery with its message, to which conditions are added. */
export const SELECT_DELIVERY = `SELECT deliveries.*, messages.id AS message_id, messages.type, messages.body,
  messages.made_at AS message_at FROM webhook_deliveries AS deliveries
  JOIN webhook_messages AS messages ON messages.sequence = deliveries.message`;

export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    message: row.message_id,
    type: row.type,
    endpoint: row.endpoint,
    state: row.state,
    madeAt: isoOf(row.made_at),
    attempts: row.attempts,
    dueAt: isoOrNull(row.due_at),
    lastAt: isoOrNull(row.last_at),
    status: row.status,
    problem: row.problem,
    ms: row.ms,
  };
}

export function dueOf(row: DeliveryRow): DueDelivery {
  return {
    id: row.id,
    message: row.message_id,
    type: row.type,
    attempts: row.attempts,
    body: row.body,
    messageAt: row.message_at,
    dueAt: row.due_at ?? 0,
    byHand: row.by_hand === 1,
  };
}

/** An endpoint as its deliveries show it. */
export function endpointStateIn(db: Database, endpoint: string): EndpointState {
  const one = <T>(select: string): T | null =>
    db.prepare<[string], T | null>(select).pluck().get(endpoint) ?? null;
  const from = 'FROM webhook_deliveries WHERE endpoint = ?';
  const endedAt = one<number>('SELECT ended_at FROM webhook_ends WHERE endpoint = ?');
  const last = 'ORDER BY last_at DESC LIMIT 1';
  const deliveredAt = one<number>(`SELECT last_at ${from} AND state = 'delivered' ${last}`);
  return {
    endedAt: endedAt === null ? null : isoOf(endedAt),
    waiting: one<number>(`SELECT count(*) ${from} AND state IN ('waiting', 'sending')`) ?? 0,
    deliveredAt: deliveredAt === null ? null : isoOf(deliveredAt),
    problem: one<string>(`SELECT problem ${from} AND last_at IS NOT NULL ${last}`),
  };
}
