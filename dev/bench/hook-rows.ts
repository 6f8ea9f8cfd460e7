import { median } from './numbers.ts';
import { mib, ms, requestsOf, table } from './table.ts';
import type { HookRun, TenantMachine } from './tenants.ts';

/** One kind of run of a hook. */
export interface HookKind {
  readonly name: string;
  readonly run: HookRun;
  /** Brings the machine, or the store, to where each run begins. */
  readonly prepare: () => Promise<void> | void;
  /** How many of them are timed. */
  readonly runs: number;
}

/** What such runs took, and bare Node in turn with them. */
export interface HookRow {
  readonly name: string;
  /** Milliseconds. */
  readonly bare: readonly number[];
  readonly ours: readonly number[];
  readonly requests: readonly string[];
  readonly peakMiB: number;
}

export async function measureHook(machine: TenantMachine, kind: HookKind): Promise<HookRow> {
  const { name, run, prepare, runs } = kind;
  const bare: number[] = [];
  const ours: number[] = [];
  for (let at = 0; at < runs; at++) {
    await prepare();
    bare.push(await machine.bare());
    ours.push(await machine.time(run));
  }
  await prepare();
  const requests = await machine.requests(run);
  await prepare();
  const { peakMiB } = await machine.counts(run);
  return { name, bare, ours, requests, peakMiB };
}

export function hookTable(executable: string, rows: readonly HookRow[]): string {
  return table(
    ['of 400 events', 'bare Node', executable, 'fastest', 'ratio', 'requests', 'peak memory'],
    rows.map(({ name, bare, ours, requests, peakMiB }) => [
      name,
      ms(median(bare)),
      ms(median(ours)),
      ms(Math.min(...ours)),
      (median(ours) / median(bare)).toFixed(1),
      requestsOf(requests) || 'none',
      mib(peakMiB),
    ]),
  );
}
