import type { Warning } from '../warning.ts';
import { nameRows } from './row-names.ts';

/** How many rows of one kind are named. */
const MOST = 100;

/** The parts in which two warnings of one kind differ: quoted text, and numbers. */
const PARTICULARS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/**
 * Warnings as they are shown: of each kind the first rows, then the number of the others. So an index with thousands of
 * bad rows neither floods the log at every update nor hides other warnings.
 */
export function firstOfEachKind(warnings: readonly Warning[]): Warning[] {
  const seen = new Map<string, number>();
  const shown: Warning[] = [];
  const last = new Map<string, Warning>();
  for (const warning of warnings) {
    const kind = `${warning.table} ${warning.reason.replace(PARTICULARS, '#')}`;
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    if (count <= MOST) shown.push(warning);
    else last.set(kind, warning);
  }
  for (const [kind, { table, reason }] of last) {
    const rows = (seen.get(kind) ?? 0) - MOST;
    const like = `${rows} more like this: ${reason} (update_config --warnings names every row)`;
    shown.push({ table, id: null, row: nameRows(table), reason: like, rows });
  }
  return shown;
}
