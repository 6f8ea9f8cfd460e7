import type { Database } from '../database/sqlite.ts';
import type { User } from './index-model.ts';
import { readUsers } from './users.ts';

/** A studio, as far as it says who may act for it. */
export interface OwnedStudio {
  readonly key: string;
  readonly name: string;
  /** Row of its owner; null for none. */
  readonly owner: number | null;
  /** Names of the studios that its owner owns too. */
  readonly sisters: readonly string[];
}

/** Who there is, and who may act for which studio. */
export interface People {
  /** Good rows alone: who cannot log in anywhere has no rights either. */
  readonly users: readonly User[];
  readonly studios: readonly OwnedStudio[];
}

/** Reads them from an index, also from one that has no columns for owners: nobody owns anything there. */
export function readPeople(db: Database): People {
  const rows = db
    .prepare<[], Readonly<Record<string, unknown>>>('SELECT * FROM locations ORDER BY key')
    .all();
  const studios = rows.flatMap(({ key, name, user_id: owner, sisters }) =>
    typeof key === 'string' && typeof name === 'string'
      ? [
          {
            key,
            name: name.trim(),
            owner: typeof owner === 'number' ? owner : null,
            sisters: namesIn(sisters),
          },
        ]
      : [],
  );
  return { users: readUsers(db, []), studios };
}

function namesIn(list: unknown): string[] {
  if (typeof list !== 'string') return [];
  return list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}
