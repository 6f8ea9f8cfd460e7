import type { RunEvent } from '../../../src/report/events.ts';
import type { Change, Run } from '../../../src/runs/run-model.ts';
import { type RequestStatus, statusOf } from '../../../src/web/request/request-status.ts';
import { progressOf } from '../../../src/web/run/shown-machines.ts';

export const CHANGE: Change = {
  id: 'c',
  at: '2026-11-30T12:00:00.000Z',
  by: 'ann',
  kind: 'event',
  action: 'create',
  subject: '2027/boston/gala',
  studio: 'boston',
  before: null,
  after: { name: 'Gala' },
  state: 'asked',
  target: 'fly',
  run: 'r',
  live: { url: 'https://smooth.example/showcase/2027/boston/gala' },
  problem: null,
  rows: [],
};
export const RUN: Run = {
  id: 'r',
  target: 'fly',
  state: 'running',
  attempt: 1,
  trigger: 'request',
  by: 'ann',
  madeAt: CHANGE.at,
  beganAt: CHANGE.at,
  endedAt: null,
  notBefore: null,
  report: null,
  error: null,
  exitCode: null,
  lastSeq: 0,
  next: null,
};
export const FAILED: Run = {
  ...RUN,
  id: 'before',
  state: 'failed',
  error: { code: 'machine-failed', message: 'm2 does not answer', hint: 'Look at it.' },
};

/** How such a change stands, in words. */
export function stand(
  change: Partial<Change>,
  {
    run = RUN,
    before = null,
    isBehind = false,
    events = [],
  }: Partial<{ run: Run | null; before: Run | null; isBehind: boolean; events: readonly RunEvent[] }> = {},
): RequestStatus {
  return statusOf({
    change: { ...CHANGE, ...change },
    run,
    before,
    isBehind,
    progress: progressOf(events),
  });
}

export const PROBLEM = { code: 'machine-failed', message: 'm2 failed', hint: 'Look at it.' } as const;
