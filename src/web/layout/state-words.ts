import type { ChangeState, RunState } from '../../runs/run-model.ts';
import type { Tone } from './pieces.ts';

/** How a change stands. Plain data, which the client script has, too. */
export const CHANGE_WORDS: Readonly<Record<ChangeState, readonly [Tone, string]>> = {
  intended: ['busy', 'Being saved'],
  pending: ['wait', 'Saved, not published'],
  asked: ['busy', 'Being published'],
  checking: ['busy', 'Being checked'],
  live: ['good', 'Live'],
  failed: ['bad', 'Failed'],
  dropped: ['none', 'Not saved'],
};

/** How a run stands. */
export const RUN_WORDS: Readonly<Record<RunState, readonly [Tone, string]>> = {
  waiting: ['wait', 'Waiting'],
  running: ['busy', 'Running'],
  done: ['good', 'Done'],
  failed: ['bad', 'Failed'],
  cancelled: ['none', 'Cancelled'],
  interrupted: ['bad', 'Interrupted'],
};
