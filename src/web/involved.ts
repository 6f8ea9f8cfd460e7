import { forbidden, notFound } from '../http/http-failures.ts';
import { type Change, DEPLOYMENT } from '../runs/run-model.ts';
import type { Runs } from '../runs/runs.ts';
import { type Person, personOf } from './person.ts';
import type { WebContext } from './web-context.ts';

/** Whether somebody has to do with a change or a run, which nobody has with a deployment; `missing` where there is none of that id. */
export type Involvement = 'involved' | 'stranger' | 'missing';

/** @param id of a change or of a run: both are random, and none is the other's */
export function involvementOf(
  { userid, rights }: Pick<Person, 'userid' | 'rights'>,
  id: string,
  runs: Pick<Runs, 'run' | 'change' | 'changesOf'>,
): Involvement {
  // Whoever was an administrator when it began must not be able to have it done again.
  const isHers = ({ by, studio, target }: Pick<Change, 'by' | 'studio' | 'target'>): boolean =>
    target !== DEPLOYMENT && (by === userid || (studio !== null && rights.owns(studio)));
  const change = runs.change(id);
  if (change) return isHers(change) ? 'involved' : 'stranger';
  const run = runs.run(id);
  if (!run) return 'missing';
  return isHers({ ...run, studio: null }) || runs.changesOf(id).some(isHers) ? 'involved' : 'stranger';
}

/**
 * Somebody as the index has her now, who may see a change or a run. Whoever has waited for news is looked at again by it:
 * rights may have been taken away meanwhile.
 *
 * @throws {Failure} `forbidden`, `not-found`; those of `people`
 */
export async function personWhoMaySee(
  userid: string,
  id: string,
  { people, runs }: Pick<WebContext, 'people' | 'runs'>,
): Promise<Person> {
  const person = personOf(userid, await people());
  if (person?.rights.isAdministrator && runs.run(id)) return person;
  const involvement = person === null ? 'stranger' : involvementOf(person, id, runs);
  if (involvement === 'missing') throw notFound('this request or run');
  if (person !== null && (person.rights.isAdministrator || involvement === 'involved')) return person;
  throw forbidden(
    `${userid} may not see this`,
    'It is for those who asked for it, and for owners of its studio.',
  );
}
