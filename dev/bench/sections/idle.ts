import { type HookRow, hookTable, measureHook } from '../hook-rows.ts';
import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, ms } from '../table.ts';
import { TENANTS, TenantMachine } from '../tenants.ts';

/** Milliseconds: `IDLE_DEADLINE` as it is when nobody sets it. */
const DEADLINE = 240_000;

const section: Section = {
  title: 'The databases of 400 events, by scripts/idle',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 'p-limit'],
  async measure({ quick }) {
    const machine = await TenantMachine.start();
    try {
      await machine.upload(TENANTS);
      await machine.time({ hook: 'ready', databases: TENANTS });
      // Fills the code cache, and makes the inventory.
      machine.change(1);
      await machine.time({ hook: 'idle', databases: 1 });
      const rows: HookRow[] = [];
      for (const changed of [0, 1, 10, TENANTS]) {
        const row = await measureHook(machine, {
          name: changed === 0 ? 'unchanged' : `${changed} changed`,
          run: { hook: 'idle', databases: changed },
          prepare: () => machine.change(changed),
          runs: quick ? 1 : changed === TENANTS ? 5 : 11,
        });
        rows.push(row);
      }
      return render(rows);
    } finally {
      await machine.stop();
    }
  },
};
export default section;

function render(rows: readonly HookRow[]): string {
  const most = median(rows.at(-1)?.ours ?? []);
  return [
    hookTable('scripts/idle', rows),
    '',
    `All 400 changed take ${ms(most)}, ${((100 * most) / DEADLINE).toFixed(1)}% of the deadline (goal: ${goal(most, DEADLINE, 'ms')}).`,
  ].join('\n');
}
