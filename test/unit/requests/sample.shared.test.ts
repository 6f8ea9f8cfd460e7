import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { type Edited, EditSession } from '../../../src/requests/edit-session.ts';
import { updateEvent } from '../../../src/requests/event-edits.ts';
import { rowsIn } from '../../../src/requests/index-tables.ts';
import { updateRegion } from '../../../src/requests/region-edits.ts';
import * as views from '../../../src/requests/row-views.ts';
import { updateStudio } from '../../../src/requests/studio-edits.ts';
import { updateUser } from '../../../src/requests/user-edits.ts';
import { shared } from '../../support/suite/shared.ts';

const db = openDatabase(readFileSync(join(shared ?? '', 'data/index.sqlite3')));
const rows: views.AllRows = {
  users: rowsIn(db, 'users'),
  locations: rowsIn(db, 'locations'),
  showcases: rowsIn(db, 'showcases'),
  regions: rowsIn(db, 'regions'),
};

const degrees = ({ latitude, longitude }: { latitude: number | null; longitude: number | null }) => ({
  latitude: String(latitude ?? ''),
  longitude: String(longitude ?? ''),
});

/** What is wrong with saving a row as its form shows it; '' if nothing is, and nothing would be written. */
function trouble(edit: (session: EditSession) => Edited): string {
  const session = new EditSession(db, new Date());
  const { kind } = edit(session);
  if (kind === 'done' && session.problems.none && session.changes.length === 0) return '';
  return JSON.stringify([kind, session.problems.list, session.changes]);
}

describe('every row of the sample index can be saved as its form shows it, and stays as it is:', () => {
  it('events', () => {
    const found = views.eventViews(rows).map((view) => {
      const form = { ...view, year: String(view.year), firstDay: '', lastDay: '' };
      return trouble((session) => updateEvent(session, view, form));
    });
    expect(found.filter((text) => text !== '')).toEqual([]);
    expect(found.length).toBeGreaterThan(300);
  });

  it('studios', () => {
    const found = views.studioViews(rows).map((view) => {
      const form = { ...view, ...degrees(view), trustLevel: String(view.trustLevel) };
      return trouble((session) => updateStudio(session, view, form));
    });
    expect(found.filter((text) => text !== '')).toEqual([]);
  });

  it('users', () => {
    const found = views.userViews(rows).map((view) => trouble((session) => updateUser(session, view, view)));
    expect(found.filter((text) => text !== '')).toEqual([]);
  });

  it('regions', () => {
    const found = views
      .regionViews(rows)
      .map((view) => trouble((session) => updateRegion(session, view, { ...view, ...degrees(view) })));
    expect(found.filter((text) => text !== '')).toEqual([]);
  });
});
