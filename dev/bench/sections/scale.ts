import { BenchFleet, type FleetRun } from '../fleet.ts';
import { fitLine } from '../numbers.ts';
import {
  type Figures,
  installing,
  publishing,
  received,
  rendering,
  tenants,
  webPages,
} from '../scale-parts.ts';
import type { Section } from '../section.ts';
import { mib, ms, table } from '../table.ts';

/** Milliseconds that a played machine takes. */
const DELAY_MS = 300;
const DEFAULT = 100;
/** What this is about: the most events that an index may have. */
const EVENTS = 100_000;
/** Of them, those of one machine. */
const SERVED = 1000;
const FLEETS = [1000, 3000, 10_000];
/** Asked at once, of the largest fleet. */
const TUNED = [300, 1000];

/** What is measured at three sizes each. */
const PARTS = [
  { name: 'publish the index', of: 'events', measure: publishing, sizes: [1000, 3000, 10_000], full: EVENTS },
  {
    name: 'one machine installs it',
    of: 'events',
    measure: installing,
    sizes: [1000, 10_000, 100_000],
    full: EVENTS,
  },
  { name: 'pages of the site', of: 'events', measure: rendering, sizes: [300, 1000, 3000], full: EVENTS },
  { name: 'databases of one machine', of: 'events', measure: tenants, sizes: [100, 200, 400], full: SERVED },
  {
    name: 'pages of the web part',
    of: 'events',
    measure: webPages,
    sizes: [1000, 3000, 10_000],
    full: EVENTS,
  },
  { name: 'received deploys', of: 'deploys', measure: received, sizes: [100, 300, 1000], full: 10_000 },
] as const;

const section: Section = {
  title: 'What 10,000 machines and 100,000 events cost',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 'p-limit', 'hono'],
  async measure({ quick }) {
    const fleets: Fleet[] = [];
    const sizes = quick ? FLEETS.map((machines) => machines / 10) : FLEETS;
    const largest = sizes.at(-1) ?? Number.NaN;
    for (const machines of sizes) fleets.push(await measureFleet(machines, DEFAULT));
    const tuned: Fleet[] = [];
    for (const concurrency of TUNED) tuned.push(await measureFleet(largest, concurrency));
    const rows: string[][] = fleetLines(fleets);
    for (const part of PARTS) {
      const measured: Point[] = [];
      for (const size of part.sizes) {
        const x = quick ? size / 10 : size;
        measured.push({ x, figures: await part.measure(x) });
      }
      rows.push(...lines(part, measured));
    }
    return [renderFleets([...fleets, ...tuned]), renderLines(rows)].join('\n\n');
  },
};
export default section;

interface Fleet {
  readonly machines: number;
  readonly concurrency: number;
  readonly run: FleetRun;
}

interface Point {
  readonly x: number;
  readonly figures: Figures;
}

async function measureFleet(machines: number, concurrency: number): Promise<Fleet> {
  const fleet = await BenchFleet.start({ machines, delayMs: DELAY_MS, faults: '' });
  try {
    const args = ['--concurrency', String(concurrency)];
    return { machines, concurrency, run: await fleet.update({ count: true, args }) };
  } finally {
    await fleet.stop();
  }
}

function renderFleets(fleets: readonly Fleet[]): string {
  const head = [
    ...['machines', 'at once', 'whole process', 'asking', 'ideal', 'slowest machine'],
    ...['CPU time', 'peak memory', 'connections', 'open at once'],
  ];
  const rows = fleets.map(({ machines, concurrency, run }) => [
    machines.toLocaleString('en-US'),
    String(concurrency),
    ms(run.ms),
    ms(run.askingMs),
    ms(Math.ceil(machines / concurrency) * DELAY_MS),
    ms(run.slowestMs),
    ms(run.counts?.cpuMs ?? Number.NaN),
    mib(run.counts?.peakMiB ?? Number.NaN),
    String(run.counts?.opened),
    String(run.counts?.mostOpen),
  ]);
  return table(head, rows);
}

function fleetLines(fleets: readonly Fleet[]): string[][] {
  const points = fleets.map(({ machines: x, run }) => ({
    x,
    figures: {
      'ms, list': run.findMs,
      'CPU ms, all': run.counts?.cpuMs ?? Number.NaN,
      MiB: run.counts?.peakMiB ?? Number.NaN,
    },
  }));
  return lines({ name: 'a fleet is asked', of: 'machines', full: 10_000 }, points);
}

interface Part {
  readonly name: string;
  readonly of: string;
  /** The size that this is about. */
  readonly full: number;
}

function lines({ name, of, full }: Part, points: readonly Point[]): string[][] {
  return Object.keys(points[0]?.figures ?? {}).map((figure) => {
    const measured = points.map(({ x, figures }) => ({ x, y: figures[figure] ?? Number.NaN }));
    const { slope, intercept } = fitLine(measured);
    return [
      `${name}: ${figure}`,
      `${measured.map(({ x }) => x.toLocaleString('en-US')).join('; ')} ${of}`,
      measured.map(({ y }) => short(y)).join('; '),
      short(slope * 1000),
      short(intercept),
      `${short(intercept + slope * full)} (${full.toLocaleString('en-US')})`,
    ];
  });
}

function renderLines(rows: readonly string[][]): string {
  const head = ['what', 'of', 'measured', 'a thousand more', 'with none', 'so, of all'];
  return table(head, rows);
}

const short = (value: number): string =>
  Math.abs(value) < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
