import type { EditSession } from './edit-session.ts';
import { namesIn, textOf } from './index-tables.ts';
import type { TableName } from './request-model.ts';

/** Comma lists of studio names: `users.sites`, `locations.sisters`. */
const LISTS: readonly (readonly [TableName, string])[] = [
  ['users', 'sites'],
  ['locations', 'sisters'],
];

/**
 * Puts another name in the place of a studio's, in every list that has it; null takes it out. Lists without it stay as
 * they are.
 *
 * @returns how many rows had it
 */
export function renameInLists(session: EditSession, from: string, to: string | null): number {
  let count = 0;
  for (const [table, column] of LISTS) {
    for (const row of session.rows(table)) {
      const names = namesIn(textOf(row, column));
      if (!names.includes(from)) continue;
      const renamed = names.flatMap((name) => (name !== from ? [name] : to === null ? [] : [to]));
      session.update(table, Number(row['id']), { [column]: listOf(renamed) });
      count += 1;
    }
  }
  return count;
}

/** Lets a user enter a studio. */
export function addSite(session: EditSession, user: number, name: string): void {
  const row = session.row('users', user);
  if (row === null) return;
  const names = namesIn(textOf(row, 'sites'));
  if (!names.includes(name)) session.update('users', user, { sites: listOf([...names, name]) });
}

/** As the platform writes them; each name once. */
export function listOf(names: readonly string[]): string {
  return [...new Set(names)].join(',');
}
