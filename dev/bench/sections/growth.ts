import { makeSampleIndex } from '../../sample/sample.ts';
import { BenchMachine, type Measured } from '../machine.ts';
import { exponent, median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, table } from '../table.ts';

const SIZES = [1000, 10_000, 100_000];
/** What the largest may take. */
const LARGEST = { ms: 2000, MiB: 400 };
/** Most that an unchanged run takes with the largest index, in times one with the smallest. */
const UNCHANGED_TIMES = 3;

const section: Section = {
  title: 'update_config as the index grows',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 're2js', 'pino'],
  async measure({ quick }) {
    const machine = await BenchMachine.start();
    try {
      return renderGrowth(await measureGrowth(machine, quick ? 1 : 5));
    } finally {
      await machine.stop();
    }
  },
};
export default section;

interface GrowthRow {
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

interface Growth {
  readonly rows: readonly GrowthRow[];
  /** Median of `node -e 0` in between, milliseconds, and its peak memory. */
  readonly bareMs: number;
  readonly barePeakMiB: number;
}

/** Whole processes, as the index grows; medians of so many runs. */
async function measureGrowth(machine: BenchMachine, runs: number): Promise<Growth> {
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
      installPeakMiB: await peak(() => install(true)),
      unchangedPeakMiB: await peak(() => unchanged(true)),
    });
  }
  const { counts } = await machine.bare({ count: true });
  return { rows, bareMs: median(bare), barePeakMiB: counts?.peakMiB ?? Number.NaN };
}

function renderGrowth({ rows: growth, bareMs, barePeakMiB }: Growth): string {
  const rows = growth.map((row) => [
    row.events.toLocaleString('en-US'),
    row.studios.toLocaleString('en-US'),
    `${(row.indexBytes / 2 ** 20).toFixed(1)} MiB`,
    ms(row.installMs),
    ms(row.fastestMs),
    ms(row.unchangedMs),
    mib(row.installPeakMiB),
    mib(row.unchangedPeakMiB),
  ]);
  const steps = growth.slice(1).map((row, at) => {
    const before = growth[at] ?? row;
    const over = (key: keyof GrowthRow, base: number) =>
      exponent([before.events, row.events], [before[key] - base, row[key] - base]).toFixed(2);
    const size = (events: number) => events.toLocaleString('en-US');
    return [
      `${size(before.events)} to ${size(row.events)}`,
      over('installMs', bareMs),
      over('unchangedMs', bareMs),
      over('installPeakMiB', barePeakMiB),
      over('unchangedPeakMiB', barePeakMiB),
    ];
  });
  const last = growth.at(-1);
  const times = (last?.unchangedMs ?? Number.NaN) / (growth[0]?.unchangedMs ?? Number.NaN);
  const most = Math.max(last?.installMs ?? 0, last?.unchangedMs ?? 0);
  const peak = Math.max(last?.installPeakMiB ?? 0, last?.unchangedPeakMiB ?? 0);
  return [
    table(
      [
        'events',
        'studios',
        'index',
        'first install',
        'fastest',
        'unchanged',
        'peak, install',
        'peak, unchanged',
      ],
      rows,
    ),
    `\nThe largest takes ${ms(most)} (goal: ${goal(most, LARGEST.ms, 'ms')}) and ${mib(peak)} (goal: ${goal(peak, LARGEST.MiB, 'MiB')}).\nUnchanged it takes ${times.toFixed(1)} times what the smallest does (goal: ${goal(times, UNCHANGED_TIMES)}).\n`,
    'Exponents of growth, over what bare Node takes (1 is in proportion to the events, below 1 slower):\n',
    table(['events', 'install time', 'unchanged time', 'install memory', 'unchanged memory'], steps),
  ].join('\n');
}

/** When V8 collects is chance, and so is how large its heap has grown by then. */
const PEAK_RUNS = 3;

async function peak(run: () => Promise<Measured>): Promise<number> {
  const peaks: number[] = [];
  for (let at = 0; at < PEAK_RUNS; at++) peaks.push((await run()).counts?.peakMiB ?? Number.NaN);
  return median(peaks);
}
