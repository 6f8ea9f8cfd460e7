import type { Html } from '../../html/html.ts';
import type { ChangeState, RunState } from '../../runs/run-model.ts';
import { badge, type Tone } from './pieces.ts';

const CHANGES: Readonly<Record<ChangeState, readonly [Tone, string]>> = {
  intended: ['busy', 'Being saved'],
  pending: ['wait', 'Saved, not published'],
  asked: ['busy', 'Being published'],
  checking: ['busy', 'Being checked'],
  live: ['good', 'Live'],
  failed: ['bad', 'Failed'],
  dropped: ['none', 'Not saved'],
};

const RUNS: Readonly<Record<RunState, readonly [Tone, string]>> = {
  waiting: ['wait', 'Waiting'],
  running: ['busy', 'Running'],
  done: ['good', 'Done'],
  failed: ['bad', 'Failed'],
  cancelled: ['none', 'Cancelled'],
  interrupted: ['bad', 'Interrupted'],
};

export function changeBadge(state: ChangeState): Html {
  return badge(...CHANGES[state]);
}

export function runBadge(state: RunState): Html {
  return badge(...RUNS[state]);
}

/** Whether nothing more will happen to a run. */
export function isOver(state: RunState): boolean {
  return state !== 'waiting' && state !== 'running';
}
