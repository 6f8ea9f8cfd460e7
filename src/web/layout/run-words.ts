import type { Html } from '../../html/html.ts';
import type { ChangeState, RunState } from '../../runs/run-model.ts';
import { badge } from './pieces.ts';
import { CHANGE_WORDS, RUN_WORDS } from './state-words.ts';

export function changeBadge(state: ChangeState): Html {
  return badge(...CHANGE_WORDS[state]);
}

export function runBadge(state: RunState): Html {
  return badge(...RUN_WORDS[state]);
}

/** Whether nothing more will happen to a run. */
export function isOver(state: RunState): boolean {
  return state !== 'waiting' && state !== 'running';
}
