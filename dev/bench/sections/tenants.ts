import { type HookRow, hookTable, measureHook } from '../hook-rows.ts';
import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, ms } from '../table.ts';
import { TENANTS, TenantMachine } from '../tenants.ts';

/** Of 400 unchanged ones: milliseconds, and requests. */
const GOALS = { ms: 2000, lists: 2 };

const section: Section = {
  title: 'The databases of 400 events, by scripts/ready',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 'p-limit'],
  async measure({ quick }) {
    const machine = await TenantMachine.start();
    try {
      await machine.upload(TENANTS);
      // Fills the code cache, and makes the databases.
      await machine.time({ hook: 'ready', databases: TENANTS });
      const runs = quick ? 2 : 11;
      const rows: HookRow[] = [await measureChanged(machine, 0, runs)];
      for (const changed of [1, 3, 10]) {
        rows.push(await measureChanged(machine, changed, Math.ceil(runs / 2)));
      }
      const all = { hook: 'ready', databases: TENANTS } as const;
      const prepare = () => machine.empty();
      rows.push(await measureHook(machine, { name: 'all new', run: all, prepare, runs: quick ? 1 : 5 }));
      return render(rows);
    } finally {
      await machine.stop();
    }
  },
};
export default section;

async function measureChanged(machine: TenantMachine, changed: number, runs: number): Promise<HookRow> {
  return await measureHook(machine, {
    name: changed === 0 ? 'unchanged' : `${changed} changed`,
    run: { hook: 'ready', databases: changed },
    prepare: () => machine.upload(changed),
    runs,
  });
}

function render(rows: readonly HookRow[]): string {
  const [unchanged] = rows;
  const most = median(unchanged?.ours ?? []);
  const lists = unchanged?.requests.length ?? Number.NaN;
  return [
    hookTable('scripts/ready', rows),
    '',
    `400 unchanged take ${ms(most)} (goal: ${goal(most, GOALS.ms, 'ms')}), by this many requests: ${lists} (goal: ${goal(lists, GOALS.lists)}).`,
  ].join('\n');
}
