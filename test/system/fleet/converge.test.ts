import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { entriesOf } from '../../../src/index/index-model.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { databaseOf } from '../../../src/index/tenant-names.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { FleetHost, type MachineHome } from '../../support/fleet/fleet-host.ts';
import { resultOf } from '../../support/fleet/fleet-sim.ts';
import { Machine } from '../../support/machine/machine.ts';
import { INSTALLED, indexContent } from '../../support/machine/stand.ts';

// Eight machines answer with a real CGI each.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const FILES = INSTALLED.filter((name) => name !== 'index.sqlite3');

/** Machines that are asked: in two regions, one of which has two. */
const ASKED = 3;

let host: FleetHost;

beforeAll(async () => {
  host = await FleetHost.start(
    `--machines ${ASKED + 1} --regions iad,syd --states suspended=1 --workers 1`.split(' '),
    { real: true },
  );
});
afterAll(() => host.close());

const started = (): MachineHome[] => host.machines.slice(0, ASKED);
const suspended = (): MachineHome => host.machines[ASKED] ?? expect.unreachable('no such machine');

/** By the index that was published, and the region. */
const fresh = new Map<string, Promise<Record<string, string>>>();

/** What update_config installs on a new machine of that region, wherever its directories are. */
function freshInstall(region: string): Promise<Record<string, string>> {
  const key = `${imageDigest(readFileSync(host.admin.path('index.sqlite3')))} ${region}`;
  const known = fresh.get(key) ?? installAnew(region);
  fresh.set(key, known);
  return known;
}

async function installAnew(region: string): Promise<Record<string, string>> {
  const machine = new Machine({ ...host.published.env, FLY_APP_NAME: 'smooth', FLY_REGION: region });
  try {
    expect(await machine.post()).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    const place = (text: string) => text.replaceAll(machine.appRoot, '/APP').replaceAll(machine.dbDir, '/DB');
    return Object.fromEntries(FILES.map((name) => [name, place(machine.read(name))]));
  } finally {
    machine.remove();
  }
}

/** The name of an event's own database. */
function someDatabase(): string {
  const [entry] = entriesOf(readValidIndex(host.index).index);
  const [event] = entry?.events ?? [];
  if (!entry || !event) return expect.unreachable('no event');
  return databaseOf(entry, event);
}

const installedOn = (machine: MachineHome) =>
  Object.fromEntries(FILES.map((name) => [name, machine.read(name)]));

/** Every machine has what it would have if it were new, and an index that holds the same as this host's. */
async function expectConverged(machines: readonly MachineHome[]): Promise<void> {
  const ours = indexContent(host.admin.path('index.sqlite3'));
  for (const region of new Set(machines.map((machine) => machine.region))) {
    const expected = await freshInstall(region);
    for (const machine of machines.filter((one) => one.region === region)) {
      expect({ id: machine.id, files: installedOn(machine) }).toEqual({ id: machine.id, files: expected });
    }
  }
  expect(machines.map((machine) => indexContent(machine.path('index.sqlite3')))).toEqual(
    machines.map(() => ours),
  );
}

function expectFound(report: FleetReport): void {
  expect(report.machines.map(({ machine }) => machine.id)).toEqual(started().map(({ id }) => id));
  expect(report.skipped.map(({ id }) => id)).toEqual([suspended().id]);
}

describe('config-update over machines with a real CGI each', () => {
  it('brings them from a changed index to configurations that say the same', async () => {
    const first = await host.run();
    expect({ code: first.exitCode, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    await expectConverged(started());

    host.changeIndex();
    const { exitCode, stdout } = await host.run();
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain(`Successfully updated: ${ASKED} machines`);
    await expectConverged(started());
    for (const machine of started()) expect(machine.read('showcases.yml')).toContain('tea-dance');
  });

  it('writes the lines that the application’s job reads, whatever comes before them', async () => {
    const event = openDatabase(join(host.admin.dbDir, `${someDatabase()}.sqlite3`));
    event.exec("CREATE TABLE events (date TEXT); INSERT INTO events VALUES ('2026-12-31 ✓ Success')");
    event.close();
    const before = { APP_USER: 'root', FLEET_BEFORE: 'echo m1... ✓ Success' };
    const { stdout } = await host.run([], before);
    expect(stdout).toContain('Event dates: 1 taken');
    const ids = started().map(({ id }) => id);
    const lines = stdout.split('\n');
    expect(lines).toContain('Step 1: Syncing index database...');
    expect(lines).toContain(`Will update ${ASKED} active machines: ${ids.join(', ')}`);
    expect(lines).toContain('Step 3: Triggering configuration update on each machine...');
    expect(lines).toContain(`Successfully updated: ${ASKED} machines`);
    expect(lines.filter((line) => line.endsWith('... ✓ Success')).sort()).toEqual(
      ids.map((id) => `  ${id}... ✓ Success`).sort(),
    );
  });

  it('finds nothing to change the second time, by the Machines API, and every machine equal to the store in a verification', async () => {
    const again = await host.report();
    expectFound(again.report);
    expect(again.report).toMatchObject({ outcome: 'done', publish: { kind: 'unchanged' } });
    expect(again.report.machines.map(({ outcome }) => outcome)).toEqual(Array(ASKED).fill('unchanged'));
    const { exitCode, report } = await host.report(['--verify'], { FLEET_FLY_SOURCE: '' });
    expect(exitCode).toBe(0);
    expect(report.machines.map(({ outcome }) => outcome)).toEqual(Array(ASKED).fill('same'));
  });

  it('leaves a suspended machine alone, which converges by its resume hook and is updated from then on', async () => {
    const { id } = suspended();
    // By a flyctl that is on the PATH.
    const onPath = { FLY_CLI_PATH: '', FLY_API_TOKEN: '', FLEET_FLY_SOURCE: '' };
    const PATH = `${host.home}:${process.env['PATH']}`;
    const { exitCode, report } = await host.report([], { ...onPath, PATH });
    expect(exitCode).toBe(0);
    expectFound(report);
    expect(report.skipped).toMatchObject([{ id, state: 'suspended' }]);
    expect((await host.sim.status()).asked).not.toHaveProperty(id);

    await host.sim.api(`/${id}/start`, { method: 'POST' });
    const line = await host.sim.printed((text) => text.includes(`${id} `) && text.includes('now started'));
    expect(line).toContain('the resume hook ended with 0');
    await expectConverged([suspended()]);

    const state = resultOf(await (await host.sim.post(id, '?state=1')).text());
    expect(state).toMatchObject({ machine: id, lastRun: { trigger: 'resume' } });
    const next = await host.report();
    expect(next.report.machines).toContainEqual(
      expect.objectContaining({ machine: expect.objectContaining({ id }), outcome: 'unchanged' }),
    );
  });
});
