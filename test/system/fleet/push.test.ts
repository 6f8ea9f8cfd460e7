/** The index is pushed to a played fleet of real machines, with no object store anywhere. */

import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { RunEvent } from '../../../src/report/events.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { CONFIG_UPDATE, MachineHome } from '../../support/fleet/fleet-host.ts';
import { FleetSimProcess } from '../../support/fleet/fleet-sim.ts';
import { FEW } from '../../support/indexes/few.ts';
import { EXECUTABLE, Machine } from '../../support/machine/machine.ts';
import { giveKeys, newKey } from '../../support/machine/pushing.ts';
import { indexContent } from '../../support/machine/stand.ts';

const KEY = newKey();
const home = mkdtempSync(join(tmpdir(), 'fleet-push-'));

let admin: Machine;
let keys: Record<string, string>;
let sim: FleetSimProcess;
let index = makeSampleIndex(FEW);
/** So that each index is newer than the one before. */
let clock = Math.floor(Date.now() / 1000) - 100_000;

function change(): void {
  index = changeSample(index).index;
  clock += 60;
  writeFileSync(admin.path('index.sqlite3'), index);
  utimesSync(admin.path('index.sqlite3'), clock, clock);
}

beforeAll(async () => {
  admin = new Machine();
  keys = { UPDATE_CONFIG_KEY_FILE: giveKeys(admin, KEY) };
  const args = '--machines 4 --regions iad,syd --delay 1';
  sim = await FleetSimProcess.start(
    [...args.split(' '), '--flyctl', join(home, 'flyctl'), '--cgi', EXECUTABLE, '--home', home],
    keys,
  );
});
afterAll(async () => {
  await sim.stop();
  admin.remove();
  rmSync(home, { recursive: true });
});
afterEach(() => sim.setFaults(''));

async function push(...args: string[]) {
  const { stdout, exitCode } = await admin.run([...args, '--events'], {
    executable: CONFIG_UPDATE,
    env: { ...sim.variables, HOME: home },
  });
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const report = (events.at(-1) as { result: FleetReport }).result;
  return { exitCode, events, report };
}

const machines = () => sim.machines.map(({ id, region }) => new MachineHome(home, id, region));

function expectConverged(): void {
  const ours = indexContent(admin.path('index.sqlite3'));
  for (const machine of machines()) {
    expect(indexContent(machine.path('index.sqlite3'))).toEqual(ours);
    expect(machine.read('navigator.yml')).toContain(`/regions/${machine.region}/`);
  }
}

it('a push reaches all machines of Fly, and their answers say so', async () => {
  change();
  const { exitCode, report } = await push('--push');
  expect({ exitCode, report }).toMatchObject({ exitCode: 0, report: { publish: { kind: 'push' } } });
  expect(report.machines.map(({ outcome, attempts }) => `${outcome} ${attempts}`)).toEqual(
    Array.from({ length: 4 }, () => 'updated 1'),
  );
  expectConverged();
  expect(await push('--push', '--verify')).toMatchObject({ exitCode: 0 });
});

it('a push whose answer was lost is repeated with another id, and finds the index there already', async () => {
  change();
  await sim.setFaults('truncate-once=1,fail-once=1,die-once=1');
  const { exitCode, report, events } = await push('--push');
  expect({ exitCode, report }).toMatchObject({ exitCode: 0 });
  expect(report.machines.map(({ attempts }) => attempts).sort()).toEqual([1, 2, 2, 2]);
  expect(events.filter((event) => event.type === 'item' && event.phase === 'pausing')).toHaveLength(3);
  expectConverged();
});

it('an answer to a push that names another machine does not count, and one by the platform’s own script, which is named, ends the asking', async () => {
  await sim.setFaults('wrong-machine=1,platform=1');
  const { exitCode, report } = await push('--push');
  expect(exitCode).toBe(1);
  const failed = report.machines.filter(({ outcome }) => outcome === 'failed');
  expect(failed.sort((a, b) => a.attempts - b.attempts)).toMatchObject([
    { attempts: 1, error: { message: "it runs the platform's own script, not update_config" } },
    { attempts: 4 },
  ]);
});

it('machines of the simulator accept a signed push, and say so', async () => {
  const played = await FleetSimProcess.start(['--machines', '3', '--delay', '1'], keys);
  try {
    const run = (...args: string[]) =>
      admin.run([...args], { executable: CONFIG_UPDATE, env: { ...played.variables, HOME: home } });
    expect(await run('--push')).toMatchObject({ exitCode: 0 });
    expect(await run('--push', '--verify')).toMatchObject({ exitCode: 0 });
    expect(await run('--push', '--dry-run')).toMatchObject({ exitCode: 0 });
    const headers = { 'content-type': 'application/vnd.sqlite3' };
    const unsigned = await played.post(null, '', { body: new Uint8Array(index), headers });
    expect(unsigned.status).toBe(401);
  } finally {
    await played.stop();
  }
});
