import { openImage } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import { cut, printable } from '../text.ts';
import { differingColumns, KINDS, type Kind, pairRows } from './row-pairs.ts';
import { validateIndex } from './validate.ts';

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
  return pairRows(there, here, kind).flatMap(({ name, theirs, ours }) => {
    const say = (what: string): string[] => [`${kind.noun} ${shown(name)}: ${what}`];
    if (theirs === null) return say(words.onlyOurs);
    if (ours === null) return say(words.onlyTheirs);
    const columns = differingColumns(theirs, ours);
    return columns.length === 0 ? [] : say(`${words.both} ${columns.map(shown).join(', ')}`);
  });
}

function shown(name: string): string {
  return printable(name.length > MOST_NAME ? `${cut(name, MOST_NAME)}...` : name);
}
