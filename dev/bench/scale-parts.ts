import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { CallbackLine, LogsBody } from '../../src/callbacks/wire.ts';
import { createDeploys } from '../../src/runs/deploys/create-deploys.ts';
import type { Deploys } from '../../src/runs/deploys/deploys.ts';
import { openRunsFile } from '../../src/runs/runs-file.ts';
import { Watchers } from '../../src/runs/watchers.ts';
import { makeSampleIndex } from '../sample/sample.ts';
import { BenchFleet } from './fleet.ts';
import { BenchMachine, type Measured } from './machine.ts';
import { median } from './numbers.ts';
import { ReadyMachine } from './ready.ts';
import { TenantMachine } from './tenants.ts';
import { withSite } from './web-site.ts';

/* One measurement for each size of one part; names of figures to what was measured. */

export type Figures = Readonly<Record<string, number>>;

/** Studios grow with the events. */
const sampleOf = (events: number) => ({ events, studios: Math.max(10, events / 10) });

function whole({ counts }: Measured): { cpu: number; peak: number } {
  if (!counts) throw new Error('a run was not counted');
  return { cpu: counts.cpuMs, peak: counts.peakMiB };
}

/** The index is proved, sent and asked for by one machine that is played. */
export async function publishing(events: number): Promise<Figures> {
  const fleet = await BenchFleet.start({ machines: 1, delayMs: 0, faults: '', index: sampleOf(events) });
  try {
    await fleet.update(); // fills the code cache
    const { publishMs, counts } = await fleet.update({ count: true });
    return { ms: publishMs, MiB: counts?.peakMiB ?? Number.NaN };
  } finally {
    await fleet.stop();
  }
}

/** One machine fetches an index, generates, proves and installs all files; then finds nothing to do. */
export async function installing(events: number): Promise<Figures> {
  const machine = await BenchMachine.start();
  try {
    await machine.publish(makeSampleIndex(sampleOf(events)));
    await machine.update('updated'); // fills the code cache
    machine.empty();
    const first = whole(await machine.update('updated', { count: true }));
    const { ms } = await machine.update('unchanged');
    return { 'CPU ms': first.cpu, MiB: first.peak, 'ms, unchanged': ms };
  } finally {
    await machine.stop();
  }
}

export async function rendering(events: number): Promise<Figures> {
  const machine = await ReadyMachine.make(makeSampleIndex(sampleOf(events)));
  try {
    const all = whole(await machine.ready('all', { count: true }));
    const none = whole(await machine.ready('none', { count: true }));
    return { 'CPU ms, all': all.cpu, 'MiB, all': all.peak, 'CPU ms, unchanged': none.cpu };
  } finally {
    machine.remove();
  }
}

/** The databases of so many events: all new, then all unchanged. */
export async function tenants(count: number): Promise<Figures> {
  const machine = await TenantMachine.start(count);
  try {
    await machine.upload(count);
    const all = await machine.counts({ hook: 'ready', databases: count });
    const none = await machine.counts({ hook: 'ready', databases: 0 });
    const requests = await machine.requests({ hook: 'ready', databases: 0 });
    return { 'CPU ms, new': all.cpuMs, 'CPU ms, unchanged': none.cpuMs, 'LIST, unchanged': requests.length };
  } finally {
    await machine.stop();
  }
}

/** Pages of the web part, asked one after another. */
export async function webPages(events: number): Promise<Figures> {
  const sample = sampleOf(events);
  return await withSite({ machines: 1, playedMs: 0, sample }, async (rig) => {
    await rig.configUpdate();
    await rig.startServer();
    const administrator = rig.visitor(rig.sample.administrator, rig.serverUrl);
    const times = async (path: string): Promise<number> => {
      const taken: number[] = [];
      for (let at = 0; at < 8; at += 1) {
        const began = performance.now();
        const { status } = await administrator.ask(path);
        if (status !== 200) throw new Error(`${path} answers ${status}`);
        if (at > 2) taken.push(performance.now() - began);
      }
      return median(taken);
    };
    return { 'ms, events': await times('/admin/events/'), 'ms, apply': await times('/admin/apply') };
  });
}

const BATCH = 200;

function batchOf(run: string, batch: number): LogsBody {
  const lines = Array.from(
    { length: BATCH },
    (_, at): CallbackLine => ({
      ...{ level: 'info', seq: batch * BATCH + at + 1, machine: '3d8d9930b32d89', step: 'update' },
      ...{
        logged_at: '2026-01-02T03:04:05.680Z',
        message: `a machine says how far it is: ${'x'.repeat(70)}`,
      },
    }),
  );
  return {
    ...{ deploy_id: run, run, operation: 'deploy', logs: lines },
    ...{ first_seq: batch * BATCH + 1, last_seq: (batch + 1) * BATCH },
  };
}

/** So many deploys of 200 lines each, received on a disk: one more, and a page of the list. */
export async function received(count: number): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), 'bench-scale-'));
  const db = openRunsFile(home);
  try {
    const deploys: Deploys = createDeploys({
      db,
      watchers: new Watchers(),
      damaged: () => {},
      now: Date.now,
    });
    deploys.projects.addKey('default', '0123456789abcdef'.repeat(4));
    const stored = Array.from({ length: count }, (_, at) =>
      timed(() => deploys.logs('default', batchOf(`deploy-${at}`, 0), Date.now())),
    );
    const listed = Array.from({ length: 20 }, () => timed(() => deploys.list({ text: 'deploy-9', page: 2 })));
    return { 'ms, one more': median(stored.slice(-100)), 'ms, a page of the list': median(listed) };
  } finally {
    db.close();
    rmSync(home, { recursive: true });
  }
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
