import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, requestsOf, table } from '../table.ts';
import { TenantMachine } from '../tenants.ts';

const TENANTS = 400;

/** Milliseconds: `IDLE_DEADLINE` as it is when nobody sets it. */
const DEADLINE = 240_000;

const section: Section = {
  title: 'The databases of 400 events, by scripts/idle',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 'p-limit'],
  async measure({ quick }) {
    const machine = await TenantMachine.start(TENANTS);
    try {
      await machine.upload(TENANTS);
      await machine.time({ hook: 'ready', databases: TENANTS });
      // Fills the code cache, and makes the inventory.
      machine.change(1);
      await machine.time({ hook: 'idle', databases: 1 });
      const rows: Row[] = [];
      for (const changed of [0, 1, 10, TENANTS]) {
        rows.push(await measureChanged(machine, changed, quick ? 1 : changed === TENANTS ? 5 : 11));
      }
      return render(rows);
    } finally {
      await machine.stop();
    }
  },
};
export default section;

interface Row {
  readonly changed: number;
  /** Milliseconds, of runs in turn. */
  readonly bare: readonly number[];
  readonly ours: readonly number[];
  readonly requests: readonly string[];
  readonly peakMiB: number;
}

async function measureChanged(machine: TenantMachine, changed: number, runs: number): Promise<Row> {
  const run = { hook: 'idle', databases: changed } as const;
  const times = { bare: [] as number[], ours: [] as number[] };
  for (let at = 0; at < runs; at++) {
    machine.change(changed);
    times.bare.push(await machine.bare());
    times.ours.push(await machine.time(run));
  }
  machine.change(changed);
  const requests = await machine.requests(run);
  machine.change(changed);
  const { peakMiB } = await machine.counts(run);
  return { changed, ...times, requests, peakMiB };
}

function render(rows: readonly Row[]): string {
  const most = median(rows.at(-1)?.ours ?? []);
  return [
    table(
      ['of 400 events', 'bare Node', 'scripts/idle', 'fastest', 'ratio', 'requests', 'peak memory'],
      rows.map(({ changed, bare, ours, requests, peakMiB }) => [
        changed === 0 ? 'unchanged' : `${changed} changed`,
        ms(median(bare)),
        ms(median(ours)),
        ms(Math.min(...ours)),
        (median(ours) / median(bare)).toFixed(1),
        requestsOf(requests) || 'none',
        mib(peakMiB),
      ]),
    ),
    '',
    `All 400 changed take ${ms(most)}, ${((100 * most) / DEADLINE).toFixed(1)}% of the deadline (goal: ${goal(most, DEADLINE, 'ms')}).`,
  ].join('\n');
}
