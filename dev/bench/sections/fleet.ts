import { BenchFleet, type FleetRun } from '../fleet.ts';
import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, table } from '../table.ts';

const DELAY_MS = 300;
/** What config-update asks at the same time, unless it is told. */
const CONCURRENCY = 100;
const SIZES = [8, 100, 1000];
const FAILING_ONCE = 'fail-once=5%';

/** Most that it may be. */
const GOALS = { smallRatio: 1.3, largeMs: 10_000, largeMiB: 150, realMs: 15_000 };

const section: Section = {
  title: 'config-update over a fleet',
  packages: ['better-sqlite3', '@aws-sdk/client-s3', 'p-limit', 'pino'],
  async measure({ quick }) {
    const rows: Row[] = [];
    for (const faults of ['', FAILING_ONCE]) {
      for (const machines of SIZES) rows.push(await measurePlayed(machines, faults, quick ? 1 : 5));
    }
    const real = await measureReal(quick ? 1 : 5);
    return [renderPlayed(rows), renderGoals(rows), renderReal(real)].join('\n\n');
  },
};
export default section;

interface Row {
  readonly machines: number;
  readonly faults: string;
  readonly runs: readonly FleetRun[];
  readonly peakMiB: number;
}

async function measurePlayed(machines: number, faults: string, times: number): Promise<Row> {
  const fleet = await BenchFleet.start({ machines, delayMs: DELAY_MS, faults });
  try {
    await fleet.update(); // fills the code cache
    const runs: FleetRun[] = [];
    for (let at = 0; at < times; at++) runs.push(await fleet.update());
    const { peakMiB } = await fleet.update({ count: true });
    return { machines, faults, runs, peakMiB: peakMiB ?? Number.NaN };
  } finally {
    await fleet.stop();
  }
}

async function measureReal(times: number): Promise<readonly FleetRun[]> {
  const fleet = await BenchFleet.start({ machines: 8, delayMs: null, faults: '' });
  try {
    await fleet.update(); // the machines are new: the first run installs everything
    const runs: FleetRun[] = [];
    for (let at = 0; at < times; at++) runs.push(await fleet.update());
    return runs;
  } finally {
    await fleet.stop();
  }
}

const middle = (runs: readonly FleetRun[], value: (run: FleetRun) => number): number =>
  median(runs.map(value));
/** All at once as far as that goes: what asking would take if nothing else took any time. */
const roundsMs = (machines: number): number => Math.ceil(machines / CONCURRENCY) * DELAY_MS;

function renderPlayed(rows: readonly Row[]): string {
  const cells = rows.map(({ machines, faults, runs, peakMiB }) => {
    const whole = middle(runs, (run) => run.ms);
    const asking = middle(runs, (run) => run.askingMs);
    const ideal = whole - asking + roundsMs(machines);
    return [
      `${machines.toLocaleString('en-US')}${faults === '' ? '' : ', 5% fail once'}`,
      ms(whole),
      ms(Math.min(...runs.map((run) => run.ms))),
      ms(whole - asking),
      ms(asking),
      ms(roundsMs(machines)),
      (whole / ideal).toFixed(2),
      String(Math.round(middle(runs, (run) => run.requests))),
      mib(peakMiB),
    ];
  });
  return table(
    [
      'machines',
      'whole process',
      'fastest',
      'start, publish, find',
      'asking',
      'ideal asking',
      'whole to ideal',
      'requests',
      'peak memory',
    ],
    cells,
  );
}

function renderGoals(rows: readonly Row[]): string {
  const [small] = rows;
  const large = rows.find(({ machines, faults }) => machines === 1000 && faults === '');
  if (!small || !large) throw new Error('nothing was measured');
  const ratio = middle(small.runs, (run) => run.askingMs / run.slowestMs);
  const largeMs = middle(large.runs, (run) => run.ms);
  return [
    `- 8 machines: asking takes ${ratio.toFixed(2)} times the slowest machine's answer (goal: ${goal(Number(ratio.toFixed(2)), GOALS.smallRatio)}).`,
    `- 1,000 machines, ${CONCURRENCY} at a time: ${ms(largeMs)} for the whole process (goal: ${goal(Math.round(largeMs), GOALS.largeMs, 'ms')}), ${mib(large.peakMiB)} (goal: ${goal(Math.round(large.peakMiB), GOALS.largeMiB, 'MiB')}).`,
  ].join('\n');
}

function renderReal(runs: readonly FleetRun[]): string {
  const whole = middle(runs, (run) => run.ms);
  const slowest = middle(runs, (run) => run.slowestMs);
  return [
    `From a changed index to 8 installed configurations, each by the real update_config, all on this machine: ${ms(whole)}`,
    `(fastest ${ms(Math.min(...runs.map((run) => run.ms)))}; the platform's own target is 15 to 20 s: ${goal(Math.round(whole), GOALS.realMs, 'ms')}).`,
    `Of that the slowest machine takes ${ms(slowest)}, since the 8 share the CPUs of this one.`,
  ].join('\n');
}
