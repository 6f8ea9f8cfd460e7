import { quoted } from '../text.ts';
import { type Edited, type EditSession, REFUSED } from './edit-session.ts';
import { sameValues, textOf, valuesOf, type WholeRow } from './index-tables.ts';
import type { Edit, NewChange, RowChange, TableName, Values } from './request-model.ts';
import { renamedLine } from './user-edits.ts';

type Undone = Extract<Edit, { kind: 'undo' }>['of'];

const TABLE_OF: Readonly<Record<Exclude<NewChange['kind'], 'password'>, TableName>> = {
  event: 'showcases',
  studio: 'locations',
  user: 'users',
  region: 'regions',
};

const OPPOSITE = { create: 'delete', update: 'update', delete: 'create' } as const;

/**
 * Puts the rows of an edit back as they were before it, time stamps included. Refused where one of them was changed
 * since, or where something that came later needs it. Secrets are not kept anywhere: a user who was deleted comes back
 * without a password.
 */
export function undo(session: EditSession, change: Undone): Edited {
  const { problems } = session;
  const { kind, action, subject, studio, rows } = change;
  if (kind === 'password' || rows.length === 0) {
    problems.add(
      '',
      kind === 'password'
        ? 'A password cannot be undone: set another one.'
        : 'Nothing of this change was kept that could be undone.',
    );
    return REFUSED;
  }
  for (const row of [...rows].reverse()) {
    const theirs = takenMeanwhile(session, row);
    if (theirs === 'gone') return { kind: 'missing' };
    if (theirs !== null) return { kind: 'conflict', theirs };
    refuseNeeded(session, row);
    if (!problems.none) return REFUSED;
    putBack(session, row);
  }
  const table = TABLE_OF[kind];
  const id = mainRow(rows, table)?.id ?? 0;
  return { kind: 'done', table, id, change: { kind, action: OPPOSITE[action], subject, studio } };
}

/** The row as it is now, where it is not as the edit left it any more. */
function takenMeanwhile(session: EditSession, { table, id, after }: RowChange): Values | 'gone' | null {
  const row = session.row(table, id);
  if (row === null) return after === null ? null : 'gone';
  const values = valuesOf(row);
  return after !== null && sameValues(values, after, ['updated_at']) ? null : values;
}

/** Rows that refer to each other must both be there afterwards, whether or not the database minds. */
function refuseNeeded(session: EditSession, { table, id, before }: RowChange): void {
  const { problems } = session;
  const users = (name: TableName, column: string): boolean =>
    session.rows(name).some((row) => row[column] === id);
  if (before === null) {
    if (table === 'locations' && users('showcases', 'location_id')) {
      problems.add('', 'The studio has events by now: delete them first.');
    }
    if (table === 'users' && users('locations', 'user_id')) {
      problems.add('', 'The user owns a studio by now: give it to somebody else first.');
    }
    return;
  }
  const lacks = (name: TableName, column: string): boolean => {
    const other = before[column] ?? null;
    return typeof other === 'number' && session.row(name, other) === null;
  };
  if (table === 'showcases' && lacks('locations', 'location_id')) {
    problems.add('', 'The studio of the event is not there any more.');
  }
  if (table === 'locations' && lacks('users', 'user_id')) {
    problems.add('', 'The owner of the studio is not there any more.');
  }
  const hasName = (row: WholeRow): boolean => row['id'] !== id && row['name'] === before['name'];
  if (table === 'locations' && session.rows('locations').some(hasName)) {
    problems.add(
      '',
      'Another studio has that name by now, and what is asked about one would be asked about both.',
    );
  }
}

function putBack(session: EditSession, { table, id, before, after }: RowChange): void {
  if (before === null) {
    session.remove(table, id);
    return;
  }
  if (after === null) {
    session.insert(table, before);
    if (table === 'users') {
      session.warnings.push(`${quoted(String(before['userid'] ?? ''))} has no password now: set one.`);
    }
    return;
  }
  const changed = Object.entries(before).filter(([column, value]) => (after[column] ?? null) !== value);
  session.update(table, id, { ...Object.fromEntries(changed), ...lineWith(session, table, id, before) });
}

/** The htpasswd line goes with the userid here, too. */
function lineWith(session: EditSession, table: TableName, id: number, before: Values): Values {
  const row = table === 'users' ? session.row(table, id) : null;
  const userid = before['userid'];
  if (row === null || typeof userid !== 'string' || userid === textOf(row, 'userid')) return {};
  const line = renamedLine(row, userid);
  return line === null ? {} : { password: line };
}

/** Of several rows of the table that which came or went; else the first. */
function mainRow(rows: readonly RowChange[], table: TableName): RowChange | undefined {
  const own = rows.filter((row) => row.table === table);
  return own.find(({ before, after }) => before === null || after === null) ?? own[0];
}
