import { SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import { makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';

export type Role = 'nobody' | 'user' | 'owner' | 'administrator';

export interface Account {
  readonly userid: string;
  readonly password: string;
}

/** Somebody of each role in `webIndex`: `owner` owns `OWNED`, and by it `SISTER`; `user` owns nothing. */
export const ACCOUNTS: Readonly<Record<Exclude<Role, 'nobody'>, Account>> = {
  user: { userid: 'studio4', password: SAMPLE_PASSWORD },
  owner: { userid: 'studio1', password: SAMPLE_PASSWORD },
  administrator: SAMPLE_ADMINISTRATOR,
};

/** Keys of studios. */
export interface Owned {
  readonly owned: string;
  readonly sister: string;
  /** Nobody's. */
  readonly other: string;
}

/** The sample index with owners in it, and which studios they own. */
export function webIndex(): { readonly image: Buffer; readonly studios: Owned } {
  const db = openDatabase(makeSampleIndex());
  try {
    const [first, second, third] = db
      .prepare<[], { id: number; key: string; name: string }>(
        'SELECT id, key, name FROM locations ORDER BY id',
      )
      .all();
    if (!first || !second || !third) throw new Error('the sample has too few studios');
    const owner = db
      .prepare<[string], number>('SELECT id FROM users WHERE userid = ?')
      .pluck()
      .get(ACCOUNTS.owner.userid);
    db.prepare('UPDATE locations SET user_id = ?, sisters = ? WHERE id = ?').run(
      owner,
      second.name,
      first.id,
    );
    const studios = { owned: first.key, sister: second.key, other: third.key };
    return { image: db.serialize(), studios };
  } finally {
    db.close();
  }
}

/** The value of an `Authorization` header. */
export function basic({ userid, password }: Account): string {
  return `Basic ${Buffer.from(`${userid}:${password}`).toString('base64')}`;
}
