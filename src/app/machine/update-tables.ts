import type { Generation } from '../../install/generations.ts';
import { renderFitting } from '../../report/fitting-table.ts';
import { describeWarning } from '../../report/plain-text.ts';
import type { HistoryRow } from '../../report/results.ts';
import type { Warning } from '../../warning.ts';

/** `--history` as text, newest first. `columns`: of the terminal. */
export function renderHistory(rows: readonly HistoryRow[], columns?: number): string {
  if (rows.length === 0) return 'No run has been recorded here yet.\n';
  const head = ['began', 'run', 'trigger', 'outcome', 'duration', 'changed'];
  return renderFitting(
    [
      head,
      ...rows.map((row) => [
        row.beganAt,
        row.run,
        row.trigger,
        row.errorCode ? `${row.outcome} (${row.errorCode})` : row.outcome,
        row.durationMs === null ? '-' : `${Math.round(row.durationMs)} ms`,
        row.changed.join(' ') || '-',
      ]),
    ],
    columns,
  );
}

/** `--generations` as text, newest first. `columns`: of the terminal. */
export function renderGenerations(generations: readonly Generation[], columns?: number): string {
  if (generations.length === 0) return 'Nothing has been replaced here yet.\n';
  return renderFitting(
    [
      ['replaced at', 'run', 'what the run replaced'],
      ...generations.map(({ replacedAt, run, members }) => [
        replacedAt,
        run,
        members.flatMap(({ kind, sha256 }) => (sha256 === null ? [] : [kind])).join(' ') || '-',
      ]),
    ],
    columns,
  );
}

/** `--warnings` as text: a line for each row. */
export function renderWarnings(warnings: readonly Warning[]): string {
  if (warnings.length === 0) return 'Every row of the local index is good.\n';
  return warnings.map((warning) => `${describeWarning(warning)}\n`).join('');
}
