import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../../src/runs/run-model.ts';
import { endProgram } from '../web/child.ts';
import { type RigOptions, WebRig } from '../web/rig.ts';
import type { Visitor } from '../web/visitor.ts';
import { end, startStore, storeVariables } from './process.ts';

/** Has something measured with a whole site, whose store is a process of its own. */
export async function withSite<T>(
  options: Omit<RigOptions, 'store'>,
  measure: (rig: WebRig) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'showcase-bench-store-'));
  const { server, endpoint } = await startStore(dir);
  try {
    const rig = await WebRig.start({ ...options, store: storeVariables(endpoint) });
    try {
      return await measure(rig);
    } finally {
      await rig.close();
    }
  } finally {
    await end(server);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Milliseconds from before the server is started until it says that it listens; it is ended again. */
export async function timeStart(rig: WebRig): Promise<number> {
  const began = performance.now();
  await rig.startServer();
  const ms = performance.now() - began;
  await endProgram(rig.server);
  return ms;
}

/** Milliseconds after which the server has let go of what only logins need. */
const QUIET_MS = 65_000;

/** Of the server, MiB, as the kernel counts it; a minute after the last page, so that nothing is under way. */
export async function quietMiB(rig: WebRig): Promise<number> {
  await wait(QUIET_MS);
  return residentMiB(rig);
}

/** Of the server, MiB, as the kernel counts it. */
export function residentMiB(rig: WebRig): number {
  const status = readFileSync(`/proc/${rig.server.child.pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** Milliseconds of CPU that the server has used, on whatever there is of it. */
export function serverCpuMs(rig: WebRig): number {
  const [, rest = ''] = readFileSync(`/proc/${rig.server.child.pid}/stat`, 'latin1').split(') ');
  const fields = rest.split(' ').map(Number);
  // utime and stime, the 14th and 15th of proc_pid_stat(5), in ticks of 10 ms.
  return ((fields[11] ?? Number.NaN) + (fields[12] ?? Number.NaN)) * 10;
}

/** An administrator has the machines updated; gives the id of the run. */
export async function askForRun(administrator: Visitor): Promise<string> {
  const { status, text } = await administrator.ask('/admin/apply', {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    body: '{}',
  });
  const { run } = JSON.parse(text) as { run?: string };
  if (status !== 202 || run === undefined) throw new Error(`an update is answered by ${status}: ${text}`);
  return run;
}

/** Resolves with a run when it is over. */
export async function untilRunEnds(visitor: Visitor, id: string): Promise<Run> {
  for (let after = 0; ; ) {
    const {
      run,
      events,
      end: isOver,
    } = await visitor.json<{ run: Run; events: { seq: number }[]; end: boolean }>(
      `/runs/${id}/events?after=${after}&wait=25`,
    );
    if (isOver && run.state === 'done') return run;
    if (isOver) throw new Error(`run ${id} is ${run.state}: ${JSON.stringify(run.error)}`);
    after = events.at(-1)?.seq ?? after;
  }
}
