import { counted, quoted } from '../text.ts';
import { type Edited, type EditSession, REFUSED } from './edit-session.ts';
import { numberOf, textOf } from './index-tables.ts';
import { addSite, renameInLists } from './name-lists.ts';
import type { StudioForm } from './request-model.ts';
import { readStudioForm } from './studio-form.ts';

interface Existing {
  readonly id: number;
  readonly version: string;
}

/** The owner may enter the new studio, too. */
export function createStudio(session: EditSession, form: StudioForm): Edited {
  const cells = readStudioForm(session, form, null);
  if (cells === null) return REFUSED;
  const id = session.insert('locations', cells);
  if (cells.user_id !== null) addSite(session, cells.user_id, cells.name);
  return done('create', id, cells.key);
}

/** A new name goes into the lists that have the old one, so that nobody loses access. */
export function updateStudio(session: EditSession, existing: Existing, form: StudioForm): Edited {
  const found = session.current('locations', existing);
  if (found.kind !== 'current') return found;
  const cells = readStudioForm(session, form, found.row);
  if (cells === null) return REFUSED;
  const { id } = existing;
  session.update('locations', id, cells);
  const old = textOf(found.row, 'name').trim();
  if (old !== '' && old !== cells.name) renameInLists(session, old, cells.name);
  if (cells.user_id !== null && cells.user_id !== numberOf(found.row, 'user_id')) {
    addSite(session, cells.user_id, cells.name);
    session.warnings.push(`The new owner may enter the events of ${quoted(cells.name)}, too.`);
  }
  return done('update', id, cells.key);
}

/** Its events go with it, and its name goes out of the lists that have it. */
export function deleteStudio(session: EditSession, existing: Existing): Edited {
  const found = session.current('locations', existing);
  if (found.kind !== 'current') return found;
  const { id } = existing;
  for (const event of session.rows('showcases')) {
    if (event['location_id'] === id) session.remove('showcases', Number(event['id']));
  }
  const name = textOf(found.row, 'name').trim();
  const users = name === '' ? 0 : renameInLists(session, name, null);
  if (users > 0) {
    session.warnings.push(
      `${quoted(name)} goes out of the lists of ${counted(users, 'user or studio row')}.`,
    );
  }
  session.remove('locations', id);
  return done('delete', id, textOf(found.row, 'key'));
}

function done(action: 'create' | 'update' | 'delete', id: number, key: string): Edited {
  return {
    kind: 'done',
    table: 'locations',
    id,
    change: { kind: 'studio', action, subject: key, studio: key },
  };
}
