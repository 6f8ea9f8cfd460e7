import { quoted } from '../text.ts';
import type { PendingChange, PendingColumn } from './pending-model.ts';

/** Columns whose values are never shown. */
export const SECRET_WORDS: ReadonlyMap<string, string> = new Map([
  ['password', 'password'],
  ['token', 'reset token'],
  ['link', 'link of a reset'],
]);

/** What people call a column; others are called as they are. */
const LABELS: Readonly<Record<string, string>> = {
  name1: 'first name',
  name2: 'second name',
  trust_level: 'trust level',
  location: 'place',
  email: 'e-mail address',
};

export function labelOf(column: string): string {
  return SECRET_WORDS.get(column) ?? LABELS[column] ?? column;
}

/** What became of a row, as a sentence without its subject. */
export function wordsOfChange(
  kind: PendingChange['kind'],
  action: PendingChange['action'],
  columns: readonly PendingColumn[],
): string {
  if (action === 'removed') return 'removed';
  if (action === 'added') return ['added', ...additions(kind, columns)].join(', ');
  return columns.map((column) => changed(kind, column)).join('; ');
}

/** What is worth to be told of a new row; the columns have the rest. */
function additions(kind: PendingChange['kind'], columns: readonly PendingColumn[]): string[] {
  const shownColumns = {
    event: ['name', 'date'],
    studio: ['name', 'region'],
    region: ['type', 'location'],
    user: ['sites'],
  };
  return shownColumns[kind].flatMap((wanted) => {
    const found = columns.find(({ column }) => column === wanted);
    return found && found.to !== null && found.to !== '' ? [`${found.label} ${shown(found.to)}`] : [];
  });
}

function changed(kind: PendingChange['kind'], { column, label, from, to }: PendingColumn): string {
  if (SECRET_WORDS.has(column)) return `${label} changed`;
  const values = `from ${shown(from)} to ${shown(to)}`;
  if (column === 'region' && kind === 'studio') return `moved ${values}`;
  if (column === 'studio' || (column === 'year' && kind === 'event'))
    return `moved to another ${column} ${values}`;
  if (column === 'name' || column === 'userid') return `renamed ${values}`;
  return `${label} ${values}`;
}

function shown(value: PendingColumn['from']): string {
  if (value === null || value === '') return 'none';
  return typeof value === 'string' ? quoted(value) : String(value);
}
