import { makeSampleIndex } from '../sample/sample.ts';
import type { BenchMachine } from './machine.ts';
import { median } from './numbers.ts';

const SIZES = [1000, 10_000, 100_000];

export interface GrowthRow {
  readonly events: number;
  readonly studios: number;
  readonly indexBytes: number;
  /** Medians: milliseconds of a first install and of a run that finds nothing to do, and MiB at the peak of each. */
  readonly installMs: number;
  readonly unchangedMs: number;
  /** The fastest first install. */
  readonly fastestMs: number;
  readonly installPeakMiB: number;
  readonly unchangedPeakMiB: number;
}

export interface Growth {
  readonly rows: readonly GrowthRow[];
  /** Median of `node -e 0` in between, milliseconds, and its peak memory. */
  readonly bareMs: number;
  readonly barePeakMiB: number;
}

/** Whole processes, as the index grows; medians of so many runs. */
export async function measureGrowth(machine: BenchMachine, runs: number): Promise<Growth> {
  const rows: GrowthRow[] = [];
  const bare: number[] = [];
  for (const events of SIZES) {
    const studios = events / 10;
    const index = makeSampleIndex({ events, studios });
    await machine.publish(index);
    const install = async (count: boolean) => {
      machine.empty();
      return await machine.update('updated', { count });
    };
    const unchanged = (count: boolean) => machine.update('unchanged', { count });
    const times = { install: [] as number[], unchanged: [] as number[] };
    for (let run = 0; run < runs; run++) {
      bare.push((await machine.bare()).ms);
      times.install.push((await install(false)).ms);
      times.unchanged.push((await unchanged(false)).ms);
    }
    rows.push({
      events,
      studios,
      indexBytes: index.length,
      installMs: median(times.install),
      unchangedMs: median(times.unchanged),
      fastestMs: Math.min(...times.install),
      installPeakMiB: (await install(true)).counts?.peakMiB ?? Number.NaN,
      unchangedPeakMiB: (await unchanged(true)).counts?.peakMiB ?? Number.NaN,
    });
  }
  const { counts } = await machine.bare({ count: true });
  return { rows, bareMs: median(bare), barePeakMiB: counts?.peakMiB ?? Number.NaN };
}
