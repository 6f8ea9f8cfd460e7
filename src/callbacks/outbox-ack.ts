import { isRecord, parseJson } from '../json.ts';
import type { LostRange } from './wire.ts';

/** What the dashboard has of a run: the file `<run>.ack`. */
export interface OutboxAck {
  /** The last line up to which it has all that it will ever get; 0 for none. */
  readonly acked: number;
  /** Numbers of the statuses that it has, or has refused. */
  readonly statuses: readonly number[];
  readonly lost: readonly LostRange[];
  /** How often it has missed lines that it had taken. */
  readonly rewinds: number;
}

export const NOTHING_ACKED: OutboxAck = { acked: 0, statuses: [], lost: [], rewinds: 0 };

export function writtenAck(ack: OutboxAck): string {
  return `${JSON.stringify(ack)}\n`;
}

/** What a file says; nothing was acknowledged where it says nothing that can be understood. */
export function readAck(text: string): OutboxAck {
  const found = parseJson(text);
  if (!isRecord(found)) return NOTHING_ACKED;
  const { acked, statuses, lost, rewinds } = found;
  if (!isCount(acked) || !isCount(rewinds) || !isListOf(statuses, isCount) || !isListOf(lost, isRange)) {
    return NOTHING_ACKED;
  }
  return { acked, statuses, lost, rewinds };
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isListOf<T>(value: unknown, is: (one: unknown) => one is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function isRange(value: unknown): value is LostRange {
  if (!isListOf(value, isCount) || value.length !== 2) return false;
  const [first = 0, last = 0] = value;
  return first <= last;
}
