import { openDatabase } from '../../src/database/sqlite.ts';
import { SAMPLE_PASSWORD, SAMPLE_REMOVED_USER } from './people.ts';
import { makeSampleIndex, SAMPLE_ADMINISTRATOR, type SampleOptions } from './sample.ts';

export interface Account {
  readonly userid: string;
  readonly password: string;
}

interface Owner extends Account {
  /** Key of a studio that nobody else owns. */
  readonly studio: string;
}

export interface OwnedSample {
  readonly index: Buffer;
  readonly owners: readonly Owner[];
  /** Key of a studio that the first owner owns as a sister of her own. */
  readonly sister: string;
  readonly administrator: Account;
}

/**
 * The sample index with owners in it: each user who has a password owns the studio that he may enter. The same options
 * give the same bytes.
 *
 * @param regions codes of the regions of Fly's that have a machine: no others are in it
 */
export function makeOwnedSample(regions: readonly string[], options: SampleOptions = {}): OwnedSample {
  const db = openDatabase(makeSampleIndex(options));
  try {
    const rows = db
      .prepare<[string], { user: number; userid: string; location: number; key: string; name: string }>(
        `SELECT users.id AS user, userid, locations.id AS location, key, name FROM users
         JOIN locations ON users.sites = locations.name WHERE password IS NOT NULL AND userid <> ? ORDER BY locations.id`,
      )
      .all(SAMPLE_REMOVED_USER);
    const codes = JSON.stringify(regions);
    db.prepare(`DELETE FROM regions WHERE type = 'fly' AND code NOT IN (SELECT value FROM json_each(?))`).run(
      codes,
    );
    db.prepare('UPDATE locations SET region = NULL WHERE region NOT IN (SELECT value FROM json_each(?))').run(
      codes,
    );
    const own = db.prepare('UPDATE locations SET user_id = ?, sisters = ? WHERE id = ?');
    const [first, sister] = [rows[0], rows.at(-1)];
    if (!first || !sister || first === sister) throw new Error('the sample has too few studios');
    for (const row of rows) own.run(row.user, row === first ? sister.name : null, row.location);
    return {
      index: db.serialize(),
      owners: rows.map(({ userid, key }) => ({ userid, password: SAMPLE_PASSWORD, studio: key })),
      sister: sister.key,
      administrator: SAMPLE_ADMINISTRATOR,
    };
  } finally {
    db.close();
  }
}
