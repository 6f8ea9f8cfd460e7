import { openImage } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import { cut, printable } from '../text.ts';
import { differingColumns, KINDS, type Kind, pairRows } from './row-pairs.ts';
import { validateIndex } from './validate.ts';

/** The words for the three kinds of differences. */
interface Words {
  readonly onlyOther: string;
  readonly onlyLocal: string;
  /** The names of columns follow. */
  readonly both: string;
}

/** For an administrator who must choose between the two. */
const COMPARED: Words = { onlyOther: 'only in theirs', onlyLocal: 'only in ours', both: 'differs in' };

/** For an administrator who replaces theirs with ours. */
export const CHANGES: Words = { onlyOther: 'removed', onlyLocal: 'added', both: 'changed in' };

/** Lines that are shown; one more line gives the number of the others. */
const MOST_LINES = 30;
/** Characters of a name that are shown. */
const MOST_NAME = 80;

/**
 * The differences between two indexes, a line per row: rows that only one of them has, and columns that differ. Values
 * are never shown, since some of them are secret.
 */
export function describeDifferences(other: Buffer, local: Buffer, words = COMPARED): string[] {
  const there = openImage(other);
  const here = openImage(local);
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
  return pairRows(there, here, kind).flatMap(({ name, other, local }) => {
    const say = (what: string): string[] => [`${kind.noun} ${shown(name)}: ${what}`];
    if (other === null) return say(words.onlyLocal);
    if (local === null) return say(words.onlyOther);
    const columns = differingColumns(other, local);
    return columns.length === 0 ? [] : say(`${words.both} ${columns.map(shown).join(', ')}`);
  });
}

function shown(name: string): string {
  return printable(name.length > MOST_NAME ? `${cut(name, MOST_NAME)}...` : name);
}
