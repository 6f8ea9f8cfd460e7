import type { FleetReport } from '../fleet/types.ts';
import type { FleetHistoryRow } from '../journal/types.ts';
import { duration } from './fleet-words.ts';
import { displayWidth, fitted, padded } from './width.ts';

/** Columns. Longer cells come from strangers. */
const LONGEST_CELL = 60;

/** A line for each machine, in the order in which they were listed; '' for none. */
export function renderMachines({ machines }: FleetReport): string {
  if (machines.length === 0) return '';
  return table([
    ['machine', 'region', 'outcome', 'index', 'attempts', 'duration'],
    ...machines.map(({ machine, outcome, etag, attempts, ms }) => [
      machine.id,
      machine.region ?? '-',
      outcome,
      etag ?? '-',
      String(attempts),
      attempts === 0 ? '-' : duration(ms),
    ]),
  ]);
}

/** `--history` as text, newest first. */
export function renderFleetHistory(rows: readonly FleetHistoryRow[]): string {
  if (rows.length === 0) return 'No run has been recorded here yet.\n';
  return table([
    ['began', 'who', 'target', 'index', 'outcome', 'machines', 'duration'],
    ...rows.map((row) => [
      row.beganAt,
      row.who,
      row.target,
      row.published ?? '-',
      row.errorCode ? `${row.outcome} (${row.errorCode})` : row.outcome,
      machinesOf(row),
      row.durationMs === null ? '-' : duration(row.durationMs),
    ]),
  ]);
}

function machinesOf({ outcome, updated, failed, skipped }: FleetHistoryRow): string {
  if (outcome === 'running' || outcome === 'interrupted') return '-';
  return [
    `${updated} updated`,
    ...(failed.length > 0 ? [`${failed.length} failed: ${failed.join(' ')}`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
}

function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => fitted(cell, LONGEST_CELL)));
  const widths = (cells[0] ?? []).map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), 0),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return cells.map((row) => `${line(row)}\n`).join('');
}
