import { makeSampleIndex } from '../../sample/sample.ts';
import type { Measured } from '../machine.ts';
import { median } from '../numbers.ts';
import type { Counts } from '../process.ts';
import { ReadyMachine, type Rendering } from '../ready.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, table } from '../table.ts';

const SIZES = [
  { events: 160, studios: 48, runs: 15 },
  { events: 10_000, studios: 1000, runs: 3 },
];

/** Milliseconds that the sample site may take, all in all and to be rendered. */
const GOALS = { cold: 1000, rendering: 200 };

const section: Section = {
  title: 'The pages of the site, by scripts/ready',
  packages: ['better-sqlite3', 'hono', 'd3-geo', 'world-atlas', 'us-atlas', 'topojson-simplify'],
  async measure({ quick }) {
    const rows: Row[] = [];
    for (const size of SIZES) rows.push(await measureSite(size, quick ? 1 : size.runs));
    return render(rows);
  },
};
export default section;

interface Row {
  readonly events: number;
  readonly studios: number;
  readonly pages: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly cold: readonly number[];
  readonly unchanged: readonly number[];
  readonly rendering: readonly number[];
  /** Of one run that wrote all pages, and of one that wrote none. */
  readonly all: Counts;
  readonly none: Counts;
}

async function measureSite(
  { events, studios }: { events: number; studios: number },
  runs: number,
): Promise<Row> {
  const machine = await ReadyMachine.make(makeSampleIndex({ events, studios }));
  try {
    // Fills the code cache.
    await machine.ready('all');
    const times = { cold: [] as number[], unchanged: [] as number[], rendering: [] as Rendering[] };
    for (let run = 0; run < runs; run++) {
      machine.empty();
      times.cold.push((await machine.ready('all')).ms);
      times.unchanged.push((await machine.ready('none')).ms);
      times.rendering.push(machine.render());
    }
    machine.empty();
    const { pages = 0, bytes = 0 } = times.rendering[0] ?? {};
    return {
      events,
      studios,
      pages,
      bytes,
      cold: times.cold,
      unchanged: times.unchanged,
      rendering: times.rendering.map((rendering) => rendering.ms),
      all: counted(await machine.ready('all', { count: true })),
      none: counted(await machine.ready('none', { count: true })),
    };
  } finally {
    machine.remove();
  }
}

function counted({ counts }: Measured): Counts {
  if (!counts) throw new Error('a run was not counted');
  return counts;
}

function render(rows: readonly Row[]): string {
  const both = (times: readonly number[]) => `${ms(median(times))} (${ms(Math.min(...times))})`;
  const [sample] = rows;
  const cold = median(sample?.cold ?? []);
  const rendering = median(sample?.rendering ?? []);
  return [
    table(
      [
        'events',
        'studios',
        'pages',
        'bytes',
        'all written (fastest)',
        'unchanged (fastest)',
        'rendering alone (fastest)',
        'CPU time',
        'peak memory',
      ],
      rows.map((row) => [
        row.events.toLocaleString('en-US'),
        row.studios.toLocaleString('en-US'),
        row.pages.toLocaleString('en-US'),
        `${(row.bytes / 2 ** 20).toFixed(1)} MiB`,
        both(row.cold),
        both(row.unchanged),
        both(row.rendering),
        `${ms(row.all.cpuMs)}, ${ms(row.none.cpuMs)}`,
        `${mib(row.all.peakMiB)}, ${mib(row.none.peakMiB)}`,
      ]),
    ),
    '',
    `The sample site takes ${ms(cold)} (goal: ${goal(cold, GOALS.cold, 'ms')}), of which rendering ${ms(rendering)} (goal: ${goal(rendering, GOALS.rendering, 'ms')}).`,
  ].join('\n');
}
