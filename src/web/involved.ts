import type { Change } from '../runs/run-model.ts';
import type { Runs } from '../runs/runs.ts';
import type { Person } from './person.ts';

/** Whether somebody has to do with a change or a run; `missing` where there is none of that id. */
export type Involvement = 'involved' | 'stranger' | 'missing';

/** @param id of a change or of a run: both are random, and none is the other's */
export function involvementOf(
  { userid, rights }: Pick<Person, 'userid' | 'rights'>,
  id: string,
  runs: Pick<Runs, 'run' | 'change' | 'changesOf'>,
): Involvement {
  const isHers = ({ by, studio }: Pick<Change, 'by' | 'studio'>): boolean =>
    by === userid || (studio !== null && rights.owns(studio));
  const change = runs.change(id);
  if (change) return isHers(change) ? 'involved' : 'stranger';
  const run = runs.run(id);
  if (!run) return 'missing';
  return run.by === userid || runs.changesOf(id).some(isHers) ? 'involved' : 'stranger';
}
