import { rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { SAMPLE_ADMINISTRATOR } from '../../sample/sample.ts';
import { startCaddy } from '../comparison/caddy-site.ts';
import { cpuMs } from '../comparison/cpu.ts';
import {
  layPlatform,
  makeHome,
  runPlatform,
  startOurs,
  startPlatform,
} from '../comparison/navigator-sites.ts';
import { findPrograms, type Programs, renderMissing } from '../comparison/programs.ts';
import { type Site, untilAnswered, Visitors } from '../comparison/site.ts';
import { firstIndex, indexAfter } from '../comparison/source.ts';
import { startConfd, startConsulTemplate } from '../comparison/template-sites.ts';
import { BenchFleet } from '../fleet.ts';
import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { ms, table } from '../table.ts';

const MACHINES = 8;
const VISITORS = 2;
/** As an administrator, whom each machine tells what it would change. */
const DRY_RUN = ['--dry-run', '--user', `${SAMPLE_ADMINISTRATOR.userid}:${SAMPLE_ADMINISTRATOR.password}`];
/** Visitors go on asking so long after a change is in force: what a reload breaks may show a little later. */
const AFTERWARDS_MS = 300;

const section: Section = {
  title: 'beside other tools',
  packages: ['better-sqlite3'],
  document: 'COMPARISON.md',
  async measure({ quick }) {
    const programs = findPrograms();
    const sites = await startSites(programs);
    const one = await measureSites(sites, quick ? 1 : 9);
    const all = await measureMachines(programs, quick ? 1 : 5);
    return [renderSites(one), renderMachines(all), renderMissing(programs)].join('\n\n');
  },
};
export default section;

interface Row {
  readonly name: string;
  readonly publishMs: number[];
  readonly inForceMs: number[];
  readonly dryRunMs: number[];
  /** Of publishes without visitors, whose requests would count, too. */
  readonly cpuMs: number[];
  asked: number;
  lost: number;
  keptWhenBroken: boolean;
}

async function startSites(programs: Programs): Promise<Site[]> {
  const { navigator, nginx, caddy, confd, consulTemplate, platform } = programs;
  const sites: Site[] = [];
  if (navigator) sites.push(await startOurs(navigator));
  if (navigator && platform) sites.push(await startPlatform(navigator, platform));
  if (nginx && confd) sites.push(await startConfd(confd, nginx));
  if (nginx && consulTemplate) sites.push(await startConsulTemplate(consulTemplate, nginx));
  if (caddy) sites.push(await startCaddy(caddy));
  return sites;
}

/** Every site in turn, so that what else the machine does meets all of them. The first round fills caches and does not count. */
async function measureSites(sites: readonly Site[], times: number): Promise<Row[]> {
  const rows = sites.map(
    ({ name }): Row => ({
      ...{ name, publishMs: [], inForceMs: [], dryRunMs: [], cpuMs: [] },
      ...{ asked: 0, lost: 0, keptWhenBroken: false },
    }),
  );
  try {
    for (let nth = 1; nth <= times + 1; nth++) {
      for (const [at, site] of sites.entries()) await measureOnce(site, nth, nth > 1 ? rows[at] : undefined);
    }
    for (let nth = times + 2; nth <= 2 * times + 1; nth++) {
      for (const [at, site] of sites.entries()) rows[at]?.cpuMs.push(await countOnce(site, nth));
    }
    for (const [at, site] of sites.entries()) {
      const before = site.live();
      await site.publishBroken();
      await untilAnswered(site.origin, site.old);
      const row = rows[at];
      if (row) row.keptWhenBroken = before.equals(site.live());
    }
  } finally {
    for (const site of sites) await site.stop();
  }
  return rows;
}

async function measureOnce(site: Site, nth: number, row: Row | undefined): Promise<void> {
  await site.change(nth);
  const dryRunMs = site.dryRun ? await timed(site.dryRun) : null;
  const visitors = new Visitors(site, VISITORS);
  const began = performance.now();
  await site.publish();
  const published = performance.now();
  await untilAnswered(site.origin, site.added(nth));
  const inForce = performance.now();
  await delay(AFTERWARDS_MS);
  const { asked, lost } = await visitors.stop();
  if (!row) return;
  row.publishMs.push(published - began);
  row.inForceMs.push(inForce - began);
  if (dryRunMs !== null) row.dryRunMs.push(dryRunMs);
  row.asked += asked;
  row.lost += lost;
}

/** CPU time of having the nth change in force. */
async function countOnce(site: Site, nth: number): Promise<number> {
  await site.change(nth);
  const before = cpuMs([site.pid]);
  await site.publish();
  await untilAnswered(site.origin, site.added(nth));
  await delay(AFTERWARDS_MS);
  return cpuMs([site.pid]) - before;
}

/** Milliseconds of each time, and CPU time of it. */
interface Run {
  readonly what: string;
  readonly ms: number[];
  readonly cpuMs: number[];
}

async function measureMachines({ platform }: Programs, times: number): Promise<Run[]> {
  const fleet = await BenchFleet.start({ machines: MACHINES, delayMs: null, faults: '' });
  const homes = platform ? Array.from({ length: MACHINES }, () => makeHome()) : [];
  const machines = platform ? homes.map((home) => ({ home, env: layPlatform(platform, home, 9999) })) : [];
  const inTurn = async (index: Buffer) => {
    for (const { home, env } of machines) runPlatform(home, env, index);
  };
  const runs: Run[] = [];
  const measure = async (what: string, run: () => Promise<unknown>) => {
    const before = cpuMs([fleet.pid]);
    const ms = await timed(run);
    const cpu = cpuMs([fleet.pid]) - before;
    const known = runs.find((each) => each.what === what) ?? { what, ms: [], cpuMs: [] };
    if (known.ms.length === 0) runs.push(known);
    known.ms.push(ms);
    known.cpuMs.push(cpu);
  };
  try {
    await inTurn(firstIndex());
    await fleet.update(); // The machines are new: this installs everything.
    for (let nth = 1; nth <= times; nth++) {
      await measure(`ours: publish, and update ${MACHINES} machines at once`, () => fleet.update());
      if (platform) {
        const index = indexAfter(nth);
        await measure(`the platform's scripts: update ${MACHINES}, one after another`, () => inTurn(index));
      }
      await measure(`ours: dry run, each of ${MACHINES} asked`, () => fleet.run(DRY_RUN));
      await measure(`ours: verify, each of ${MACHINES} asked`, () => fleet.run(['--verify']));
    }
    for (let nth = 1; nth <= times; nth++) {
      await measure(`ours: take a publication back, on ${MACHINES}`, () => fleet.run(['--undo']));
    }
  } finally {
    await fleet.stop();
    for (const home of homes) rmSync(home, { recursive: true, force: true });
  }
  return runs;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/** Of figures that the kernel counts in steps of 10 ms. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function renderSites(rows: readonly Row[]): string {
  const head = [
    'tool, server',
    'publish: the command has ended',
    'the change is in force',
    'fastest',
    'CPU time',
    'requests lost meanwhile',
    'dry run',
    'files after a broken source',
  ];
  const cells = rows.map((row) => [
    row.name,
    ms(median(row.publishMs)),
    ms(median(row.inForceMs)),
    ms(Math.min(...row.inForceMs)),
    ms(mean(row.cpuMs)),
    `${row.lost} of ${row.asked.toLocaleString('en-US')}`,
    row.dryRunMs.length === 0 ? 'none' : ms(median(row.dryRunMs)),
    row.keptWhenBroken ? 'as before' : 'replaced',
  ]);
  return rows.length === 0 ? 'No server to compare was found here.' : table(head, cells);
}

function renderMachines(runs: readonly Run[]): string {
  return table(
    [`${MACHINES} machines, all on this one`, 'whole', 'fastest', 'CPU time'],
    runs.map((run) => [run.what, ms(median(run.ms)), ms(Math.min(...run.ms)), ms(mean(run.cpuMs))]),
  );
}
