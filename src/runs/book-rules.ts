import type { Problem } from '../failure.ts';
import type { Change, LiveResult, Run, RunTrigger } from './run-model.ts';

/** Which run a change with this reason begins. */
export const TRIGGERS: Readonly<Record<Change['kind'], RunTrigger>> = {
  event: 'request',
  password: 'password',
  studio: 'edit',
  user: 'edit',
  region: 'edit',
  update: 'administrator',
};

/** What a run is that does another one again. */
export function retryOf({ trigger }: Pick<Run, 'trigger'>): RunTrigger {
  return trigger === 'store' ? 'store' : 'retry';
}

/** Whether a run for one target reaches all machines of the other. */
export function covers(target: string, other: string): boolean {
  const reached = target.split(',');
  return other.split(',').every((name) => reached.includes(name));
}

/** Whether two runs would update the same machines. */
export function overlap(one: string, other: string): boolean {
  const targets = one.split(',');
  return other.split(',').some((target) => targets.includes(target));
}

export function takenBack(by: string): Problem {
  return {
    code: 'cancelled',
    message: `${by} took it back before it began`,
    hint: 'Update the machines to have it done after all.',
  };
}

export function unanswered({ live }: Pick<Change, 'live'>, { reason }: LiveResult): Problem {
  return {
    code: 'machine-failed',
    message: `${live?.url} does not answer with it: ${reason}`,
    hint: 'Look at the machine that serves it, then try again.',
  };
}
