import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, requestsOf, table } from '../table.ts';
import { TenantMachine } from '../tenants.ts';

const TENANTS = 400;

/** Of 400 unchanged ones: milliseconds, and requests. */
const GOALS = { ms: 2000, lists: 2 };

const section: Section = {
  title: 'The databases of 400 events, by scripts/ready',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 'p-limit'],
  async measure({ quick }) {
    const machine = await TenantMachine.start(TENANTS);
    try {
      await machine.upload(TENANTS);
      const runs = quick ? 2 : 11;
      const rows: Row[] = [];
      // Fills the code cache, and makes the databases.
      await machine.time({ hook: 'ready', databases: TENANTS });
      rows.push(await measureKind(machine, 'unchanged', 0, runs));
      for (const changed of [1, 3, 10]) {
        rows.push(await measureKind(machine, `${changed} changed`, changed, Math.ceil(runs / 2)));
      }
      rows.push(await measureNew(machine, quick ? 1 : 5));
      return render(rows);
    } finally {
      await machine.stop();
    }
  },
};
export default section;

interface Row {
  readonly name: string;
  /** Milliseconds, of runs in turn. */
  readonly bare: readonly number[];
  readonly ours: readonly number[];
  readonly requests: readonly string[];
  readonly peakMiB: number;
}

async function measureKind(
  machine: TenantMachine,
  name: string,
  changed: number,
  runs: number,
): Promise<Row> {
  const times = { bare: [] as number[], ours: [] as number[] };
  const prepare = () => (changed > 0 ? machine.upload(changed) : Promise.resolve());
  for (let run = 0; run < runs; run++) {
    await prepare();
    times.bare.push(await machine.bare());
    times.ours.push(await machine.time({ hook: 'ready', databases: changed }));
  }
  await prepare();
  const requests = await machine.requests({ hook: 'ready', databases: changed });
  await prepare();
  const { peakMiB } = await machine.counts({ hook: 'ready', databases: changed });
  return { name, ...times, requests, peakMiB };
}

async function measureNew(machine: TenantMachine, runs: number): Promise<Row> {
  const times = { bare: [] as number[], ours: [] as number[] };
  for (let run = 0; run < runs; run++) {
    machine.empty();
    times.bare.push(await machine.bare());
    times.ours.push(await machine.time({ hook: 'ready', databases: TENANTS }));
  }
  machine.empty();
  const requests = await machine.requests({ hook: 'ready', databases: TENANTS });
  machine.empty();
  const { peakMiB } = await machine.counts({ hook: 'ready', databases: TENANTS });
  return { name: 'all new', ...times, requests, peakMiB };
}

function render(rows: readonly Row[]): string {
  const [unchanged] = rows;
  const most = median(unchanged?.ours ?? []);
  const lists = unchanged?.requests.length ?? Number.NaN;
  return [
    table(
      ['of 400 events', 'bare Node', 'scripts/ready', 'fastest', 'ratio', 'requests', 'peak memory'],
      rows.map((row) => [
        row.name,
        ms(median(row.bare)),
        ms(median(row.ours)),
        ms(Math.min(...row.ours)),
        (median(row.ours) / median(row.bare)).toFixed(1),
        requestsOf(row.requests),
        mib(row.peakMiB),
      ]),
    ),
    '',
    `400 unchanged take ${ms(most)} (goal: ${goal(most, GOALS.ms, 'ms')}), by this many requests: ${lists} (goal: ${goal(lists, GOALS.lists)}).`,
  ].join('\n');
}
