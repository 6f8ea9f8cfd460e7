import { problemOf } from '../failure.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import type { Summary } from '../report/results.ts';
import type { World } from './machine/machine-context.ts';

/**
 * Writes what this machine knows where `METRICS_DIR` says. Without it nothing is done, and nothing loaded.
 *
 * @param operations that have just ended; none for an update, which then could begin
 * @returns why nothing was written, as a warning; null if all was. Never rejects: no run fails by it
 */
export async function keepMetrics(world: World, operations: readonly Summary[] = []): Promise<string | null> {
  const directory = world.env['METRICS_DIR'];
  if (!directory) return null;
  try {
    const { writeMachine } = await import('./machine/machine-metrics.ts');
    await writeMachine(directory, world, operations);
    return null;
  } catch (error) {
    return notWritten(error);
  }
}

/**
 * Writes there that an update could not even begin: a setting makes no sense, or a directory is missing. No journal has such
 * a run, so `keepMetrics` would go on telling of the one before.
 *
 * @returns as `keepMetrics`
 */
export async function keepRefusal({ env }: World, error: unknown): Promise<string | null> {
  const directory = env['METRICS_DIR'];
  if (!directory) return null;
  try {
    const { writeRefusal } = await import('./machine/machine-metrics.ts');
    writeRefusal(directory, problemOf(error).code);
    return null;
  } catch (failure) {
    return notWritten(failure);
  }
}

/** The same of a run over the fleet. */
export async function keepFleetMetrics(
  { env }: World,
  dbDir: string,
  ended: FleetReport,
): Promise<string | null> {
  const directory = env['METRICS_DIR'];
  if (!directory || ended.operation === 'dry-run') return null;
  try {
    const { writeFleet } = await import('./fleet/fleet-metrics.ts');
    await writeFleet(directory, dbDir, ended);
    return null;
  } catch (error) {
    return notWritten(error);
  }
}

function notWritten(error: unknown): string {
  return `no metrics were written: ${problemOf(error).message}`;
}
