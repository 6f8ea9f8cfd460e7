import { problemOf } from '../../failure.ts';
import type { FleetReport } from '../../report/fleet-results.ts';
import type { World } from '../machine/machine-context.ts';
import { whoRuns } from './operator-name.ts';

/** The report of a run that could not begin. */
export function refusedReport(
  { env }: World,
  facts: Pick<FleetReport, 'run' | 'target' | 'operation'>,
  error: unknown,
): FleetReport {
  const found = { publish: null, index: null, machines: [], skipped: [] };
  const { run, target, operation } = facts;
  const beganAt = new Date().toISOString();
  const by = whoRuns(env);
  return { run, by, target, operation, outcome: 'failed', ...found, beganAt, ms: 0, error: problemOf(error) };
}

/** Of a run whose end was reported. */
export function exitCodeOf({ outcome, error }: FleetReport): number {
  if (error?.code === 'usage') return 2;
  if (outcome === 'changed-elsewhere' || error?.code === 'changed-elsewhere') return 4;
  if (outcome === 'nothing-to-do') return 3;
  return outcome === 'done' ? 0 : 1;
}
