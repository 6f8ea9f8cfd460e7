import type { FleetContext } from '../../../src/fleet/fleet-context.ts';
import type { Target } from '../../../src/fleet/fleet-model.ts';
import { type FleetSettings, readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import { runFleet } from '../../../src/fleet/run-fleet.ts';
import { FLY } from '../../../src/fleet/targets/fly.ts';
import type { EventBody } from '../../../src/report/events.ts';
import type {
  FleetOperation,
  FleetReport,
  Machine,
  PublishedIndex,
} from '../../../src/report/fleet-results.ts';
import { ETAG, SHA256, TIME } from './machines.ts';

export const INDEX: PublishedIndex = {
  etag: ETAG,
  sha256: SHA256,
  size: 1,
  time: TIME,
  publishedAt: TIME,
  by: 'anna@admin',
};

/** Settings with the production's values, but without pauses to speak of. */
export function settings(url: URL, changes: Partial<FleetSettings> = {}): FleetSettings {
  const read = readFleetSettings({ FLEET_FLY_URL: url.href, FLEET_KAMAL_URL: url.href });
  return { ...read, firstPauseMs: 2, longestPauseMs: 4, ...changes };
}

export function machine(id: string, state = 'started'): Machine {
  return { id, region: 'iad', state };
}

/** Fly's target with a list that is given. */
export function fixed(settings: FleetSettings, ...machines: (string | Machine)[]): Target {
  const all = machines.map((one) => (typeof one === 'string' ? machine(one) : one));
  return {
    ...FLY.create(settings),
    list: () =>
      Promise.resolve({
        active: all.filter(({ state }) => state === 'started'),
        skipped: all.filter(({ state }) => state !== 'started'),
        source: 'a list',
      }),
  };
}

export interface Told {
  readonly report: FleetReport;
  readonly events: readonly EventBody[];
}

/** Runs over a fleet whose index is published already, unless told otherwise. */
export async function run(
  context: Pick<FleetContext, 'target' | 'settings'> & Partial<FleetContext>,
  options: { operation?: FleetOperation; signal?: AbortSignal; on?: (event: EventBody) => void } = {},
): Promise<Told> {
  const events: EventBody[] = [];
  const report = await runFleet(
    {
      credentials: null,
      publish: () => Promise.resolve({ kind: 'published', index: INDEX }),
      stored: () => Promise.resolve({ index: INDEX, from: 'store' }),
      report: (event) => {
        events.push(event);
        options.on?.(event);
      },
      unexpected: (error) => {
        throw error;
      },
      ...context,
    },
    {
      run: 'run-1',
      by: 'anna@admin',
      operation: options.operation ?? 'update',
      ...(options.signal ? { signal: options.signal } : {}),
    },
  );
  return { report, events };
}

/** Whether an event says that a machine is done that was asked, or was to be asked. */
export function isDone(event: EventBody): boolean {
  return (
    event.type === 'item' && event.kind === 'machine' && event.phase === 'done' && event.outcome !== 'skipped'
  );
}
