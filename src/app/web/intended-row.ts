import type { RowChange, TableName } from '../../requests/request-model.ts';
import type { Change } from '../../runs/run-model.ts';

const TABLES: Readonly<Record<Exclude<Change['kind'], 'update'>, TableName>> = {
  event: 'showcases',
  studio: 'locations',
  user: 'users',
  password: 'users',
  region: 'regions',
};

/** The row that a change was meant to write, as it was kept; null for a change that writes none. */
export function intendedRow({
  kind,
  before,
  after,
}: Pick<Change, 'kind' | 'before' | 'after'>): RowChange | null {
  const id = after?.['id'] ?? before?.['id'];
  if (kind === 'update' || typeof id !== 'number') return null;
  return { table: TABLES[kind], id, before, after };
}
