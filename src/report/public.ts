import type { Warning } from '../warning.ts';
import type { RunResult } from './results.ts';

/**
 * The part of a result for callers who are not administrators: only the number of warnings per table, no row and no
 * reason; no diff.
 */
export function forPublic(result: RunResult): RunResult {
  const { diff: _, ...rest } = result;
  return { ...rest, warnings: summarise(result.warnings) };
}

function summarise(warnings: readonly Warning[]): Warning[] {
  const counts = new Map<Warning['table'], number>();
  for (const { table, rows = 1 } of warnings) counts.set(table, (counts.get(table) ?? 0) + rows);
  return [...counts].map(([table, count]) => ({
    table,
    id: null,
    row: table,
    reason: `${count} ${count === 1 ? 'row has' : 'rows have'} a warning; administrators see which`,
  }));
}
