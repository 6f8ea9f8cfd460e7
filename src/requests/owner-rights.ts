import { namesIn, textOf, type WholeRow } from './index-tables.ts';

interface OwnedStudio {
  readonly id: number;
  readonly key: string;
  readonly name: string;
}

/** What a user may do, by the rows as they are now. */
export interface Rights {
  readonly userid: string;
  /** Id of the user's row; null for somebody whom the index does not know: no rights. */
  readonly id: number | null;
  readonly isAdministrator: boolean;
  /** Studios that the user may ask events for as their owner, by name. */
  readonly owned: readonly OwnedStudio[];
}

/**
 * The rights of a userid. An administrator is who has `index` among the sites, and nobody else: not because nobody is
 * one, and not by another spelling. An owner is whom a studio's row names, of that studio and of those that the row
 * calls its sisters; sites make nobody an owner. Of two rows with one userid the first counts, as for `readIndex`.
 */
export function rightsOf(
  userid: string,
  { users, locations }: { readonly users: readonly WholeRow[]; readonly locations: readonly WholeRow[] },
): Rights {
  const row = userid === '' ? undefined : users.find((user) => user['userid'] === userid);
  if (!row) return { userid, id: null, isAdministrator: false, owned: [] };
  const id = Number(row['id']);
  const own = locations.filter((studio) => studio['user_id'] === id);
  const sisters = new Set(own.flatMap((studio) => namesIn(textOf(studio, 'sisters'))));
  const owned = locations
    .filter((studio) => own.includes(studio) || sisters.has(textOf(studio, 'name').trim()))
    .map((studio) => ({
      id: Number(studio['id']),
      key: textOf(studio, 'key'),
      name: textOf(studio, 'name'),
    }));
  const isAdministrator = namesIn(textOf(row, 'sites')).includes('index');
  return { userid, id, isAdministrator, owned: owned.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Whether a user may ask for events of a studio. */
export function mayRequestFor(rights: Rights, studioKey: string): boolean {
  return rights.isAdministrator || rights.owned.some(({ key }) => key === studioKey);
}
