import type { Change, Values } from '../../runs/run-model.ts';

/** A column that a change has written. */
export interface ChangedColumn {
  readonly column: string;
  readonly from: string | number | null;
  readonly to: string | number | null;
}

/** They change with every edit, and say nothing. */
const STAMPS = ['created_at', 'updated_at'];

/** The columns whose values a change has changed; all that are not empty of a row that came or went. */
export function changedColumns({ before, after }: Pick<Change, 'before' | 'after'>): ChangedColumn[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .filter((name) => !STAMPS.includes(name))
    .map((column) => ({ column, from: cellIn(before, column), to: cellIn(after, column) }))
    .filter(({ from, to }) => (from ?? '') !== (to ?? ''));
}

function cellIn(values: Values | null, column: string): string | number | null {
  return values?.[column] ?? null;
}

const ACTIONS: Readonly<Record<Change['action'], string>> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  publish: 'asked for an update',
};

/** `created the event 2027/boston/gala`. */
export function wordsOfChange({
  kind,
  action,
  subject,
}: Pick<Change, 'kind' | 'action' | 'subject'>): string {
  if (kind === 'update') return `${ACTIONS.publish} of ${subject}`;
  if (kind === 'password') return `set the password of ${subject}`;
  return `${ACTIONS[action]} the ${kind} ${subject}`;
}

/** In one line: old and new values; of a row that came or went its values. */
export function columnWords(change: Pick<Change, 'before' | 'after'>): string {
  const isWhole = change.before === null || change.after === null;
  return changedColumns(change)
    .filter(({ column }) => column !== 'id')
    .map(({ column, from, to }) =>
      isWhole ? `${column}: ${shown(from ?? to)}` : `${column}: ${shown(from)} -> ${shown(to)}`,
    )
    .join('; ');
}

function shown(value: string | number | null): string {
  return value === null || value === '' ? '(none)' : String(value);
}
