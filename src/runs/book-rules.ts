import type { Problem } from '../failure.ts';
import type { Change, LiveResult, RunTrigger } from './run-model.ts';

/** Which run a change with this reason begins. */
export const TRIGGERS: Readonly<Record<Change['kind'], RunTrigger>> = {
  event: 'request',
  password: 'password',
  studio: 'edit',
  user: 'edit',
  region: 'edit',
  update: 'administrator',
};

/** Whether a run for one target reaches all machines of the other. */
export function covers(target: string, other: string): boolean {
  const reached = target.split(',');
  return other.split(',').every((name) => reached.includes(name));
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
