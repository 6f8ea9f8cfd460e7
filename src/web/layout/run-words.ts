import type { Html } from '../../html/html.ts';
import type { Change, ChangeState, RunState } from '../../runs/run-model.ts';
import { badge } from './pieces.ts';
import { CHANGE_WORDS, RUN_WORDS } from './state-words.ts';

/** @param action of a deletion, what is published is not live but gone */
export function changeBadge(state: ChangeState, action?: Change['action']): Html {
  if (state === 'live' && action === 'delete') return badge('good', 'Removed');
  return badge(...CHANGE_WORDS[state]);
}

export function runBadge(state: RunState): Html {
  return badge(...RUN_WORDS[state]);
}

/** Whether nothing more will happen to a run. */
export function isOver(state: RunState): boolean {
  return state !== 'waiting' && state !== 'running';
}
