import type { FleetHistoryRow } from '../journal/journal-model.ts';
import { renderFitting } from '../report/fitting-table.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import { displayWidth, fitted } from '../report/table.ts';
import { duration } from '../text.ts';

/** Columns. Longer cells come from strangers. */
const LONGEST_CELL = 60;

/** Columns: with fewer there is room for a machine's name and its outcome alone. */
const NARROW = 60;

/** Columns. So much of an ETag still tells one from another. */
const SHORTEST_ETAG = 9;

/**
 * A line for each machine, in the order in which they were listed; '' for none.
 *
 * @param columns of a terminal, on which a row takes one line: ETags are cut, and left out with all else that can be where
 * it is narrow; none for a pipe
 */
export function renderMachines({ machines }: FleetReport, columns = Number.POSITIVE_INFINITY): string {
  if (machines.length === 0) return '';
  const isMixed = machines.some(({ machine }) => machine.target !== undefined);
  const targets = (...cells: string[]): string[] => (isMixed ? cells : []);
  if (columns < NARROW)
    return table([
      [...targets('target'), 'machine', 'outcome'],
      ...machines.map(({ machine, outcome }) => [...targets(machine.target ?? '-'), machine.id, outcome]),
    ]);
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

/** `--history` as text, newest first. `columns`: of the terminal. */
export function renderFleetHistory(rows: readonly FleetHistoryRow[], columns?: number): string {
  if (rows.length === 0) return 'No run has been recorded here yet.\n';
  return table(
    [
      ['began', 'who', 'target', 'index', 'outcome', 'machines', 'duration'],
      ...rows.map((row) => [
        row.beganAt,
        row.who,
        row.target,
        row.operation === 'undo' ? undone(row) : (row.published ?? '-'),
        row.errorCode ? `${row.outcome} (${row.errorCode})` : row.outcome,
        machinesOf(row),
        row.durationMs === null ? '-' : duration(row.durationMs),
      ]),
    ],
    columns,
  );
}

function undone({ published, undoes }: FleetHistoryRow): string {
  return `${published ?? '-'}, undo${undoes === null ? '' : ` of ${undoes}`}`;
}

function machinesOf({ outcome, updated, failed, skipped }: FleetHistoryRow): string {
  if (outcome === 'running' || outcome === 'interrupted') return '-';
  return [
    `${updated} updated`,
    ...(failed.length > 0 ? [`${failed.length} failed: ${failed.join(' ')}`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
}

function table(rows: readonly (readonly string[])[], columns?: number): string {
  return renderFitting(
    rows.map((row) => row.map((cell) => fitted(cell, LONGEST_CELL))),
    columns,
  );
}
