import { openImage } from '../database/image.ts';
import { KINDS, pairRows } from './row-pairs.ts';
import { validateIndex } from './validate.ts';

/**
 * Names of the users whose password is another one in the second of two indexes, and of those who are only there.
 *
 * @throws {Failure} `index-invalid`
 */
export function changedPasswords(before: Buffer, after: Buffer): string[] {
  const [there, here] = [openImage(before), openImage(after)];
  try {
    for (const db of [there, here]) validateIndex(db);
    const pairs = KINDS.filter(({ table }) => table === 'users').flatMap((kind) =>
      pairRows(there, here, kind),
    );
    const changed = pairs.filter(
      ({ other, local }) => local !== null && local['password'] !== other?.['password'],
    );
    return changed.map(({ name }) => name);
  } finally {
    there.close();
    here.close();
  }
}
