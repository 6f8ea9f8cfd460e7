import type { FleetHistoryRow } from '../journal/journal-model.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import { displayWidth, fitted, renderTable } from '../report/table.ts';
import { duration } from '../text.ts';

/** Columns. Longer cells come from strangers. */
const LONGEST_CELL = 60;

/** Columns. So much of an ETag still tells one from another. */
const SHORTEST_ETAG = 9;

/**
 * A line for each machine, in the order in which they were listed; '' for none.
 *
 * @param columns of a terminal, on which ETags are cut so that a row takes one line; none for a pipe
 */
export function renderMachines({ machines }: FleetReport, columns = Number.POSITIVE_INFINITY): string {
  if (machines.length === 0) return '';
  const isMixed = machines.some(({ machine }) => machine.target !== undefined);
  const targets = (...cells: string[]): string[] => (isMixed ? cells : []);
  const draw = (etagWidth: number): string =>
    table([
      [...targets('target'), 'machine', 'region', 'outcome', 'index', 'attempts', 'duration'],
      ...machines.map(({ machine, outcome, etag, attempts, ms }) => [
        ...targets(machine.target ?? '-'),
        machine.id,
        machine.region ?? '-',
        outcome,
        fitted(etag ?? '-', etagWidth),
        String(attempts),
        attempts === 0 ? '-' : duration(ms),
      ]),
    ]);
  const text = draw(LONGEST_CELL);
  const widest = (of: readonly string[]): number =>
    of.reduce((most, one) => Math.max(most, displayWidth(one)), 0);
  const excess = widest(text.split('\n')) - columns;
  if (excess <= 0) return text;
  const etags = Math.min(LONGEST_CELL, widest(machines.map(({ etag }) => etag ?? '-')));
  return draw(Math.max(SHORTEST_ETAG, etags - excess));
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
  return renderTable(rows.map((row) => row.map((cell) => fitted(cell, LONGEST_CELL))));
}
