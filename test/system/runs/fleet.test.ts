import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { readFleetHistory } from '../../../src/journal/fleet-history.ts';
import { createRuns, type RunsContext } from '../../../src/runs/create-runs.ts';
import type { Change } from '../../../src/runs/run-model.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { CONFIG_UPDATE, FleetHost } from '../../support/fleet/fleet-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { indexContent } from '../../support/machine/stand.ts';
import { newChange, quiet } from '../../support/runs/parts.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

// Machines answer with a real CGI each, to the built config-update.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost;
let proxy: FaultProxy;
let stateDir: string;
let runs: Runs | null = null;

beforeAll(async () => {
  host = await FleetHost.start('--machines 4 --regions iad,gru'.split(' '), { real: true });
  proxy = await startFaultProxy(host.published.settings.endpoint);
});
afterAll(async () => {
  await proxy.close();
  await host.close();
});
afterEach(async () => {
  await runs?.close();
  runs = null;
  rmSync(stateDir, { recursive: true });
  proxy.plan(() => undefined);
  await host.sim.setFaults('');
});

function open(context: Partial<RunsContext> = {}, home = mkdtempSync(join(tmpdir(), 'runs-fleet-'))): Runs {
  stateDir = home;
  const { UPDATE_CONFIG_STORE_TIMEOUT: _, ...environment } = host.environment();
  runs = createRuns({
    stateDir,
    dbDir: host.admin.dbDir,
    target: 'fly',
    command: [CONFIG_UPDATE],
    cwd: host.admin.appRoot,
    env: { ...environment, AWS_ENDPOINT_URL_S3: proxy.endpoint, FLEET_ATTEMPTS: '1' },
    isInIndex: () => true,
    authorization: () => null,
    report: (problem) => expect.unreachable(problem),
    limits: { firstRetryMs: 10, longestRetryMs: 20 },
    ...context,
  });
  runs.start();
  return runs;
}

let count = 0;

/** Somebody renames a studio in the live index, and asks for a run; gives the change's id. */
function rename(room: Runs): string {
  count += 1;
  const id = room.intend(newChange(`name ${count}`, { kind: 'studio', action: 'update' }));
  const db = openDatabase(host.admin.path('index.sqlite3'));
  db.prepare('UPDATE locations SET name = ? WHERE id = 1').run(`name ${count}`);
  db.close();
  room.saved(id, { publish: true });
  return id;
}

async function settled(room: Runs): Promise<readonly Change[]> {
  await quiet(room);
  return room.changes({ limit: 1000 }).rows;
}

const expectConverged = (): void => {
  const ours = indexContent(host.admin.path('index.sqlite3'));
  for (const machine of host.machines) expect(indexContent(machine.path('index.sqlite3'))).toBe(ours);
};

describe('over real machines', () => {
  it('fifty changes at once cost two runs at most, after which every machine has all of them', async () => {
    const room = open();
    for (let change = 0; change < 50; change += 1) rename(room);
    const changes = await settled(room);
    expect(new Set(changes.map(({ state }) => state))).toEqual(new Set(['live']));
    const { rows } = room.runs();
    expect(rows.length).toBeLessThanOrEqual(2);
    expectConverged();
    const [last] = rows;
    expect(last).toMatchObject({ state: 'done', exitCode: 0, error: null, by: 'ann' });
    expect(last?.report?.machines).toHaveLength(4);
    expect(last?.report?.by).toMatch(/^ann@/);
    // What it says itself is what was kept of it.
    const events = room.events(last?.id ?? '', 0, 1000);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    expect(events.at(-1)?.event).toMatchObject({ type: 'run-ended', result: last?.report });
    expect((await readFleetHistory(host.admin.dbDir, 1))[0]?.run).toBe(last?.report?.run);
  });

  it('a change that comes while a run is under way is served by the next one', async () => {
    const room = open();
    const first = rename(room);
    const run = room.change(first)?.run ?? '';
    await room.waitFor(run, 0, 60_000, new AbortController().signal); // it has begun
    while (room.run(run)?.state === 'waiting')
      await room.waitFor(run, 0, 60_000, new AbortController().signal);
    const second = rename(room);
    expect(room.change(second)?.run).not.toBe(run);
    expect((await settled(room)).map(({ state }) => state)).toEqual(['live', 'live']);
    expect(room.runs().rows.map(({ state }) => state)).toEqual(['done', 'done']);
    expectConverged();
  });

  it('a run that is cut off with its server is done again after the next start', async () => {
    const room = open();
    let speak = (): void => {};
    const silent = new Promise<undefined>((resolve) => {
      speak = () => resolve(undefined);
    });
    proxy.plan(() => silent);
    const id = rename(room);
    const run = room.change(id)?.run ?? '';
    while (room.run(run)?.lastSeq === 0) await room.waitFor(run, 0, 60_000, new AbortController().signal);
    await room.close();
    speak();
    const again = open({}, stateDir);
    expect(await settled(again)).toMatchObject([{ state: 'live', problem: null }]);
    expect(again.runs().rows.map(({ state }) => state)).toEqual(['done', 'interrupted']);
    expect(again.run(run)).toMatchObject({ next: again.change(id)?.run });
    expectConverged();
  });

  it('a store that is down and comes back lets a retry go well', async () => {
    const room = open();
    proxy.plan(({ number }) => (number <= 1000 ? { kind: 'reset', when: 'before-request' } : undefined));
    const id = rename(room);
    while (room.runs({ states: ['failed'] }).total === 0)
      await room.waitForChange(id, 60_000, new AbortController().signal);
    proxy.plan(() => undefined);
    expect(await settled(room)).toMatchObject([{ state: 'live', problem: null }]);
    const rows = room.runs().rows.toReversed();
    expect(rows[0]).toMatchObject({ state: 'failed', error: { code: 'store-unreachable' } });
    expect(rows.at(-1)).toMatchObject({ state: 'done', trigger: 'retry' });
    expectConverged();
  });

  it('a machine that fails is named, and the run is done again when it is well', async () => {
    await host.sim.setFaults('fail=1');
    const [machine] = Object.keys((await host.sim.status()).faults);
    const room = open();
    rename(room);
    const [change] = await settled(room);
    expect(change).toMatchObject({ state: 'failed', problem: { code: 'machine-failed' } });
    expect(change?.problem?.message).toContain(machine);
    expect(room.runs().total).toBe(4);
    await host.sim.setFaults('');
    room.retry(change?.id ?? '', 'bob');
    expect(await settled(room)).toMatchObject([{ state: 'live', problem: null }]);
    expectConverged();
  });

  it('an index that was published elsewhere stops it, without a retry, until somebody decides', async () => {
    const room = open();
    const elsewhere = altered(host.index, "UPDATE locations SET name = 'elsewhere' WHERE id = 2");
    await host.published.publish(elsewhere);
    rename(room);
    const [change] = await settled(room);
    expect(change).toMatchObject({ state: 'failed', problem: { code: 'changed-elsewhere' } });
    expect(room.runs().rows).toMatchObject([{ state: 'failed', exitCode: 4, next: null }]);
  });
});
