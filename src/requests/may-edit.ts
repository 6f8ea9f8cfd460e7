import type { Database } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { quoted } from '../text.ts';
import { rowsIn, tablesOf } from './index-tables.ts';
import { mayRequestFor, type Rights, rightsOf } from './owner-rights.ts';
import type { Edit } from './request-model.ts';

/**
 * Looks inside the transaction whether somebody still has the right to an edit: between the page and the index an
 * administrator may have taken it away.
 *
 * @param by userid
 * @throws {Failure} `forbidden`; `index-invalid`
 */
export function refuseStranger(db: Database, edit: Edit, by: string): void {
  tablesOf(db); // says what such an index lacks
  const rights = rightsOf(by, { users: rowsIn(db, 'users'), locations: rowsIn(db, 'locations') });
  if (mayEdit(rights, edit)) return;
  throw new Failure('forbidden', `${quoted(by)} has no right to do this any more`, {
    hint: 'Nothing was changed. Ask an administrator.',
  });
}

function mayEdit(rights: Rights, edit: Edit): boolean {
  if (edit.kind === 'event' && edit.action === 'request') return mayRequestFor(rights, edit.studio);
  if (edit.kind === 'password' && edit.userid === rights.userid) return rights.id !== null;
  return rights.isAdministrator;
}
