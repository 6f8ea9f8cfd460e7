import { changeSample, makeSampleIndex } from '../../sample/sample.ts';
import { BenchMachine, type Measured } from '../machine.ts';
import { median } from '../numbers.ts';
import type { Counts } from '../process.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, table } from '../table.ts';

/** Most that the peak memory may be, in times bare Node's. */
const PEAK_GOAL = 2;

const section: Section = {
  title: 'A cold process of update_config against `node -e 0`',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 're2js', 'pino'],
  async measure({ quick }) {
    const machine = await BenchMachine.start();
    try {
      return renderCold(await measureCold(machine, quick ? 5 : 20));
    } finally {
      await machine.stop();
    }
  },
};
export default section;

/** One kind of run against bare Node, both started in turn. */
interface ColdRow {
  readonly name: string;
  /** Medians, milliseconds. */
  readonly bareMs: number;
  readonly ms: number;
  /** Median of the pairs' ratios, and the middle half of them. */
  readonly ratio: number;
  readonly quartiles: readonly [number, number];
  /** The fastest run to the fastest bare Node: what other work on the machine has disturbed least. */
  readonly fastestRatio: number;
  /** Most that the ratio may be; null for what is only shown. */
  readonly goal: number | null;
  /** Medians. */
  readonly cpuRatio: number;
  readonly peakMiB: number;
  readonly peakRatio: number;
  readonly barePeakMiB: number;
}

/** Whole processes, cold, with the sample index on the embedded store; each kind in so many pairs with bare Node. */
async function measureCold(machine: BenchMachine, pairs: number): Promise<ColdRow[]> {
  const first = makeSampleIndex();
  const indexes = [changeSample(first).index, first];
  let published = 0;
  const publishNext = () => machine.publish(indexes[published++ % 2] ?? first);

  await machine.publish(first);
  await machine.update('updated');
  machine.layDatabases();
  await publishNext();
  await machine.update('updated');
  machine.layDatabases();
  const kinds = [
    {
      name: 'index unchanged',
      goal: 2.6,
      prepare: async () => {},
      run: (options: object) => machine.update('unchanged', options),
    },
    {
      name: 'index changed',
      goal: 3.6,
      prepare: publishNext,
      run: (options: object) => machine.update('updated', options),
    },
    {
      name: 'index unchanged, no code cache',
      goal: null,
      prepare: async () => {},
      run: (options: object) => machine.update('unchanged', { ...options, codeCache: 'off' }),
    },
  ];
  const rows: ColdRow[] = [];
  for (const kind of kinds) rows.push(await measureKind(machine, kind, pairs));
  return rows;
}

interface Kind {
  readonly name: string;
  readonly goal: number | null;
  readonly prepare: () => Promise<void>;
  readonly run: (options: object) => Promise<Measured>;
}

async function measureKind(
  machine: BenchMachine,
  { name, goal, prepare, run }: Kind,
  pairs: number,
): Promise<ColdRow> {
  const bare: number[] = [];
  const ours: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    await prepare();
    bare.push((await machine.bare()).ms);
    ours.push((await run({})).ms);
  }
  const ratios = ours.map((ms, at) => ms / (bare[at] ?? Number.NaN)).sort((a, b) => a - b);
  const quartile = (part: number) => ratios[Math.round((ratios.length - 1) * part)] ?? Number.NaN;

  const counts = { bare: [] as Counts[], ours: [] as Counts[] };
  for (let at = 0; at < Math.ceil(pairs / 2); at++) {
    await prepare();
    counts.bare.push(counted(await machine.bare({ count: true })));
    counts.ours.push(counted(await run({ count: true })));
  }
  const middle = (of: readonly Counts[], key: keyof Counts) => median(of.map((count) => count[key]));
  const peakMiB = middle(counts.ours, 'peakMiB');
  return {
    name,
    goal,
    bareMs: median(bare),
    ms: median(ours),
    ratio: median(ratios),
    fastestRatio: Math.min(...ours) / Math.min(...bare),
    quartiles: [quartile(0.25), quartile(0.75)],
    cpuRatio: middle(counts.ours, 'cpuMs') / middle(counts.bare, 'cpuMs'),
    peakMiB,
    peakRatio: peakMiB / middle(counts.bare, 'peakMiB'),
    barePeakMiB: middle(counts.bare, 'peakMiB'),
  };
}

function counted({ counts }: Measured): Counts {
  if (!counts) throw new Error('a run was not counted');
  return counts;
}

function renderCold(rows: readonly ColdRow[]): string {
  return table(
    [
      'run',
      'bare Node',
      'update_config',
      'ratio (middle half)',
      'goal',
      'fastest',
      'CPU time',
      'peak memory',
      'goal',
    ],
    rows.map((row) => {
      const [low, high] = row.quartiles;
      return [
        row.name,
        ms(row.bareMs),
        ms(row.ms),
        `${row.ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
        goal(row.ratio, row.goal),
        row.fastestRatio.toFixed(2),
        row.cpuRatio.toFixed(2),
        `${mib(row.peakMiB)}, ${row.peakRatio.toFixed(2)}`,
        goal(row.peakRatio, row.goal === null ? null : PEAK_GOAL),
      ];
    }),
  );
}
