import type { IndexReader } from './index-reader.ts';
import { sameValues, textOf, valuesOf } from './index-tables.ts';
import type { RowChange } from './request-model.ts';

/**
 * Whether the index has a change that a killed process may or may not have committed. All of its rows were written in
 * one transaction, so one of them tells.
 *
 * @throws {Failure} as `IndexReader`
 */
export async function isInIndex(
  reader: IndexReader,
  { rows }: { readonly rows: readonly RowChange[] },
): Promise<boolean> {
  const [change] = rows;
  if (!change) return false;
  const all = await reader.rows();
  const row = all[change.table].find(({ id }) => id === change.id);
  if (change.after === null) return row === undefined;
  if (row === undefined) return false;
  if (change.before === null) return true;
  if (sameValues(valuesOf(row), change.before)) return false;
  const written = String(change.after['updated_at'] ?? '');
  // Who edited it since has left a later time; Rails' form of times sorts as text.
  return textOf(row, 'updated_at') >= written;
}
