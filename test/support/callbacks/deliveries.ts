import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeliveryOptions, openDelivery } from '../../../src/callbacks/delivery.ts';
import type { DeliveryLimits } from '../../../src/callbacks/delivery-limits.ts';
import type { Dashboard, Delivery, ReportedRun } from '../../../src/callbacks/delivery-model.ts';
import { prepareOutbox } from '../../../src/callbacks/outbox-place.ts';
import { newRunId } from '../../../src/run-id.ts';
import { atEnd } from '../suite/at-end.ts';
import { COMPLETED, line, STARTED } from './reported.ts';

/** Times that a test need not wait for; the rest is as in production. */
export const QUICK: Partial<DeliveryLimits> = {
  flushMs: 20,
  urgentMs: 5,
  backoff: { firstPauseMs: 5, longestPauseMs: 20 },
};

export function reportedRun(more: Partial<ReportedRun> = {}): ReportedRun {
  return { deployId: '12345', run: newRunId(), operation: 'deploy', by: 'ann@host', target: 'fly', ...more };
}

/** An outbox of its own. */
export class TestOutbox {
  readonly dir: string;

  constructor() {
    const home = mkdtempSync(join(tmpdir(), 'outbox-'));
    atEnd(() => rmSync(home, { recursive: true }));
    this.dir = prepareOutbox(join(home, 'outbox'));
  }

  get files(): string[] {
    return readdirSync(this.dir).sort();
  }
}

export interface Opened {
  readonly delivery: Delivery;
  readonly reported: ReportedRun;
  readonly notes: string[];
}

export function open(
  dashboard: Dashboard,
  options: Partial<DeliveryOptions> & { readonly reported?: ReportedRun } = {},
): Opened {
  const notes: string[] = [];
  const reported = options.reported ?? reportedRun();
  const note = (message: string) => void notes.push(message);
  const { outboxDir = null } = options;
  const limits = { ...QUICK, ...options.limits };
  return { delivery: openDelivery(dashboard, reported, { note, outboxDir, limits }), reported, notes };
}

/** A whole run of so many lines. */
export async function deliver(opened: Opened, messages: readonly string[], isStopped = false) {
  const { delivery } = opened;
  delivery.start(STARTED);
  for (const message of messages) delivery.line(line(message));
  delivery.end(COMPLETED);
  return await delivery.close(isStopped);
}

export function numbered(count: number, prefix = 'line'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`);
}
