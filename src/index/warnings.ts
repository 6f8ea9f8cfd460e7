import type { Warning } from '../warning.ts';
import { nameRows } from './row-names.ts';

/** Rows of one kind that are told one by one. */
const MOST = 100;

/** What tells two warnings of one kind apart: what they quote, and numbers. */
const PARTICULARS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/**
 * Warnings as they are told: of each kind the first rows, then how many more there are, so that an index with thousands
 * of bad rows neither floods a log at every update nor hides what is wrong beside them.
 */
export function firstOfEachKind(warnings: readonly Warning[]): Warning[] {
  const seen = new Map<string, number>();
  const told: Warning[] = [];
  const last = new Map<string, Warning>();
  for (const warning of warnings) {
    const kind = `${warning.table} ${warning.reason.replace(PARTICULARS, '#')}`;
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    if (count <= MOST) told.push(warning);
    else last.set(kind, warning);
  }
  for (const [kind, { table, reason }] of last) {
    const rows = (seen.get(kind) ?? 0) - MOST;
    const like = `${rows} more like this: ${reason} (update_config --warnings names every row)`;
    told.push({ table, id: null, row: nameRows(table), reason: like, rows });
  }
  return told;
}
