import { openImage } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import { cut, printable } from '../text.ts';
import { validateIndex } from './validate.ts';

type Row = Readonly<Record<string, unknown>>;

interface Kind {
  readonly noun: string;
  readonly table: string;
  /** As people know it; null for a row without a name. */
  readonly nameOf: (row: Row, studios: ReadonlyMap<unknown, unknown>) => unknown;
}

/** The tables that a configuration is made from. */
const KINDS: readonly Kind[] = [
  { noun: 'region', table: 'regions', nameOf: ({ code }) => code },
  { noun: 'studio', table: 'locations', nameOf: ({ key }) => key },
  {
    noun: 'event',
    table: 'showcases',
    nameOf: ({ year, key, location_id: studio }, studios) =>
      year === null || key === null ? null : `${year}/${studios.get(studio) ?? 'no studio'}/${key}`,
  },
  { noun: 'user', table: 'users', nameOf: ({ userid }) => userid },
];

/** Columns that each host numbers or stamps in its own way, even for equal rows. */
const INCIDENTAL = new Set(['id', 'location_id', 'user_id', 'created_at', 'updated_at']);

/** The words for the three kinds of differences. */
interface Words {
  readonly onlyTheirs: string;
  readonly onlyOurs: string;
  /** The names of columns follow. */
  readonly both: string;
}

/** For an administrator who must choose between the two. */
const COMPARED: Words = { onlyTheirs: 'only in theirs', onlyOurs: 'only in ours', both: 'differs in' };

/** For an administrator who replaces theirs with ours. */
export const CHANGES: Words = { onlyTheirs: 'removed', onlyOurs: 'added', both: 'changed in' };

/** Lines that are shown; one more line gives the number of the others. */
const MOST_LINES = 30;
/** Characters of a name that are shown. */
const MOST_NAME = 80;

/**
 * The differences between two indexes, a line per row: rows that only one of them has, and columns that differ. Values
 * are never shown, since some of them are secret.
 */
export function describeDifferences(theirs: Buffer, ours: Buffer, words = COMPARED): string[] {
  const there = openImage(theirs);
  const here = openImage(ours);
  try {
    validateIndex(there); // a view in the place of a table could run for ever
    const lines = KINDS.flatMap((kind) => compare(kind, there, here, words));
    if (lines.length === 0) return ['no row that a configuration is made from differs'];
    if (lines.length <= MOST_LINES) return lines;
    return [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];
  } finally {
    there.close();
    here.close();
  }
}

function compare(kind: Kind, there: Database, here: Database, words: Words): string[] {
  const { noun } = kind;
  const theirs = byName(there, kind);
  const ours = byName(here, kind);
  const lines: string[] = [];
  const say = (name: string, what: string) => lines.push(`${noun} ${shown(name)}: ${what}`);
  for (const [name, row] of theirs) {
    const own = ours.get(name);
    if (!own) say(name, words.onlyTheirs);
    else {
      const columns = differingColumns(row, own);
      if (columns.length > 0) say(name, `${words.both} ${columns.map(shown).join(', ')}`);
    }
  }
  for (const name of ours.keys()) if (!theirs.has(name)) say(name, words.onlyOurs);
  return lines;
}

/** Rows by name; of several with one name, the later ones are numbered. */
function byName(db: Database, { table, nameOf }: Kind): Map<string, Row> {
  const rows = new Map<string, Row>();
  const seen = new Map<string, number>();
  // Put together here: where ids are not unique, a join has no end.
  const studios = new Map(
    db.prepare<[], [unknown, unknown]>('SELECT id, key FROM main.locations').raw().all(),
  );
  for (const row of db.prepare(`SELECT * FROM main.${table}`).iterate() as IterableIterator<Row>) {
    const name = String(nameOf(row, studios) ?? 'without a name');
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    rows.set(nth === 1 ? name : `${name} (${nth})`, row);
  }
  return rows;
}

function differingColumns(theirs: Row, ours: Row): string[] {
  const columns = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  return [...columns].filter(
    (column) => !INCIDENTAL.has(column) && !sameCell(theirs[column] ?? null, ours[column] ?? null),
  );
}

function sameCell(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}

function shown(name: string): string {
  return printable(name.length > MOST_NAME ? `${cut(name, MOST_NAME)}...` : name);
}
