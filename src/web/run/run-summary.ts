import { DEPLOYMENT, type Run, type RunTrigger } from '../../runs/run-model.ts';
import { duration } from '../../text.ts';
import { countsOf, haveItWords, type ShownMachine } from './shown-machines.ts';

const TRIGGERS: Readonly<Record<RunTrigger, string>> = {
  request: 'An event was requested',
  edit: 'The index was edited',
  password: 'A password was set',
  administrator: 'An administrator asked for it',
  retry: 'It is done again',
  hook: 'A signed request asked for it',
  store: 'Another host has published an index',
};

export function triggerWords(trigger: RunTrigger): string {
  return TRIGGERS[trigger];
}

/** What a run does, as a heading. */
export function runTitle({ target }: Pick<Run, 'target'>): string {
  return target === DEPLOYMENT ? 'Deployment of the application' : `Update of ${target}`;
}

/** Milliseconds that a run has taken so far, or took; null for one that has not begun. */
export function runMs({ beganAt, endedAt }: Pick<Run, 'beganAt' | 'endedAt'>, now: number): number | null {
  if (beganAt === null) return null;
  return Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(beganAt));
}

/** How a run stands, a sentence. */
export function runSentence(run: Run, machines: readonly ShownMachine[], now: number): string {
  const ms = runMs(run, now);
  const counts = countsOf(machines);
  const have = counts.total === 0 ? '' : `: ${haveItWords(counts)}`;
  const after = ms === null ? '' : ` after ${duration(ms)}`;
  switch (run.state) {
    case 'waiting':
      return run.notBefore === null
        ? 'It begins as soon as no other run is under way.'
        : 'It begins by itself, after a pause.';
    case 'running':
      return `It has been running for ${Math.floor((ms ?? 0) / 1000)} s${have}.`;
    case 'done':
      return `It ended well${after}${have}.`;
    case 'failed':
      return `It failed${after}${have}.`;
    case 'cancelled':
      return 'It was taken back before it began.';
    case 'interrupted':
      return 'This server ended while it ran.';
  }
}
