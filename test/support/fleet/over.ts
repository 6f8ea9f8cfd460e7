import type { FleetContext } from '../../../src/fleet/fleet-context.ts';
import type { FleetOperation } from '../../../src/report/fleet-results.ts';
import { fixed, run, settings } from './fleet.ts';
import { type Behaviour, result, startMachines } from './machines.ts';

export const ANN = { scheme: 'basic', user: 'ann', password: 'secret' } as const;

/** One run over machines that behave so, from their start to their end. */
export async function over(
  behave: Behaviour,
  operation: FleetOperation,
  context: Partial<FleetContext> = {},
  { ids = ['d1', 'd2', 'd3'], host = '127.0.0.1' } = {},
) {
  const machines = await startMachines(behave);
  try {
    const url = new URL(machines.url);
    url.hostname = host;
    const config = settings(url, { attempts: 2 });
    const told = await run({ target: fixed(config, ...ids), settings: config, ...context }, { operation });
    const outcomes = told.report.machines.map(({ outcome }) => outcome);
    const notes = told.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    const { arrived } = machines;
    return { ...told, outcomes, notes, arrived, urls: arrived.map(({ url: asked }) => asked) };
  } finally {
    await machines.close();
  }
}

/** The answer of a machine that was asked for its state. */
export function state(id: string, fields: Record<string, unknown> = {}): string {
  const told = { outcome: 'state', machine: id, region: 'iad', pendingReload: false, lastRun: null };
  return `RESULT ${JSON.stringify({ ...told, index: result(id)['index'], ...fields })}\n`;
}

/** An index that is not the published one. */
export const OTHER = { ...(result('d1')['index'] as object), etag: '"other"', sha256: 'cd'.repeat(32) };
