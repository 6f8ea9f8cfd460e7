import { forbidden } from '../../http/http-failures.ts';
import { type Person, personOf } from '../person.ts';
import type { WebContext } from '../web-context.ts';

/**
 * Somebody as the index has her now, who may see what other places tell of their runs: whoever has waited for news is looked
 * at again by it.
 *
 * @throws {Failure} `forbidden`; those of `people`
 */
export async function personWhoMaySeeDeploys(
  userid: string,
  { people }: Pick<WebContext, 'people'>,
): Promise<Person> {
  const person = personOf(userid, await people());
  if (person?.rights.isAdministrator) return person;
  throw forbidden(`${userid} may not see this`, 'It is for administrators.');
}
