import type { User } from '../index/index-model.ts';
import type { WholeRow } from '../requests/index-tables.ts';
import { rightsOf } from '../requests/owner-rights.ts';

/** What the index says of people at one moment. Rows are whole, with their secrets: nothing of them is shown. */
export interface People {
  /** Those whose rows are in order: who cannot log in anywhere has no rights either. */
  readonly users: readonly User[];
  readonly rows: { readonly users: readonly WholeRow[]; readonly locations: readonly WholeRow[] };
}

/** What somebody who has logged in may do. */
interface Rights {
  readonly isAdministrator: boolean;
  /** Studios that this person owns, sisters among them, by name. Administrators may act for all, and own few. */
  readonly studios: readonly StudioName[];
  /** Whether she may act for the studio of this key. */
  owns(key: string): boolean;
}

export interface StudioName {
  readonly key: string;
  readonly name: string;
}

/** Somebody who has logged in. */
export interface Person {
  /** Row in `users`. */
  readonly id: number;
  readonly userid: string;
  readonly rights: Rights;
}

/** Of each state of the index, whom it was asked for: hundreds of watchers are looked at again with every event. */
const known = new WeakMap<People, Map<string, Person | null>>();
/** Names that are remembered. */
const MOST_KNOWN = 1000;

/** The person of that name; null where the index has none. */
export function personOf(userid: string, people: People): Person | null {
  const persons = known.get(people) ?? new Map<string, Person | null>();
  known.set(people, persons);
  const found = persons.get(userid);
  if (found !== undefined) return found;
  const person = readPerson(userid, people);
  if (persons.size < MOST_KNOWN) persons.set(userid, person);
  return person;
}

function readPerson(userid: string, { users, rows }: People): Person | null {
  const user = users.find((one) => one.userid === userid);
  if (user === undefined) return null;
  // Of that very row: another one of the same name, which no login is of, gives no rights.
  const own = { users: rows.users.filter((row) => row['id'] === user.id), locations: rows.locations };
  const { id, isAdministrator, owned } = rightsOf(userid, own);
  if (id === null) return null;
  // A key means the first studio that has it.
  const firsts = new Map(rows.locations.toReversed().map((row) => [row['key'], row['id']]));
  const keys = new Set(owned.flatMap((one) => (firsts.get(one.key) === one.id ? [one.key] : [])));
  const studios = owned.map(({ key, name }) => ({ key, name }));
  return {
    id,
    userid,
    rights: { isAdministrator, studios, owns: (key) => isAdministrator || keys.has(key) },
  };
}
