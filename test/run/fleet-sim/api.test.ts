import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MachinesApi } from '../../../src/rehearsal/api.ts';
import { makeMachines } from '../../../src/rehearsal/machines.ts';
import { FleetSimProcess, runFleetSim, TOKEN } from '../../support/fleet/fleet-sim.ts';

const home = mkdtempSync(join(tmpdir(), 'fleet-sim-test-'));
const flyctl = join(home, 'bin/flyctl');
const envFile = join(home, 'env');
let sim: FleetSimProcess;

beforeAll(async () => {
  sim = await FleetSimProcess.start(
    '--machines 3 --states suspended=1 --workers 1 --delay 0 --etag abc --flyctl'
      .split(' ')
      .concat(flyctl, '--env', envFile),
  );
});
afterAll(async () => {
  await sim.stop();
  rmSync(home, { recursive: true });
});

describe('the played Machines API', () => {
  it('lists machines with the documented properties', async () => {
    const response = await sim.api();
    expect(response.headers.get('content-type')).toBe('application/json');
    const listing = (await response.json()) as Record<string, unknown>[];
    expect(listing).toHaveLength(4);
    expect(listing[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{14}$/),
      name: expect.any(String),
      state: 'started',
      region: 'ams',
      instance_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      private_ip: expect.stringMatching(/^fdaa:/),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      updated_at: expect.any(String),
      image_ref: { registry: 'docker-hub-mirror.fly.io', repository: 'smooth', digest: expect.any(String) },
      config: { metadata: { fly_process_group: 'app' } },
      events: [{ type: 'start', status: 'started' }],
    });
    expect(listing[2]).toMatchObject({ state: 'suspended' });
    expect(listing[3]).toMatchObject({ config: { metadata: { fly_process_group: 'worker' } } });
  });

  it('requires its token, and knows only its app', async () => {
    for (const Authorization of ['', 'Bearer other', `Basic ${TOKEN}`]) {
      expect((await sim.api('', { headers: { Authorization } })).status).toBe(401);
    }
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${sim.url}/v1/apps/rough/machines`, { headers })).status).toBe(404);
    expect((await sim.api('/00000000000000')).status).toBe(404);
    expect((await sim.api('', { method: 'POST' })).status).toBe(405);
  });

  it('stops, suspends and starts a machine', async () => {
    const { id } = sim.machines[0] ?? { id: '' };
    const act = async (action: string) => (await sim.api(`/${id}/${action}`, { method: 'POST' })).json();
    expect(await act('suspend')).toEqual({ ok: true });
    expect((await sim.post(id)).status).toBe(503);
    expect(await act('start')).toEqual({ previous_state: 'suspended' });
    expect((await sim.post(id)).status).toBe(200);
  });

  it('lets one request a second pass in the long run, and three at once, for each action', () => {
    const machines = makeMachines({ machines: 2, regions: ['iad'], states: {}, workers: 0, seed: 1 });
    const api = new MachinesApi({
      app: 'smooth',
      machines,
      token: TOKEN,
      since: new Date(0),
      change: () => {},
    });
    const ask = (nowMs: number, path = '') =>
      api.answer({
        method: 'GET',
        url: new URL(`http://localhost/v1/apps/smooth/machines${path}`),
        authorization: `Bearer ${TOKEN}`,
        nowMs,
      });
    expect([0, 0, 0, 0, 999].map((now) => ask(now).status)).toEqual([200, 200, 200, 429, 429]);
    expect(ask(999)).toMatchObject({ headers: { 'retry-after': '1' } });
    expect([1000, 1500, 2000, 3000].map((now) => ask(now).status)).toEqual([200, 429, 200, 200]);
    expect(ask(3000, `/${machines[0]?.id}`).status).toBe(200);
  });
});

describe('the stand-in for flyctl', () => {
  const run = (...args: string[]) =>
    promisify(execFile)(flyctl, args).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );

  it('prints what the API lists, whichever way it is asked', async () => {
    const expected = (await (await fetch(`${sim.url}/_sim/machines`)).json()) as unknown;
    for (const args of [
      ['machines', 'list', '--json'],
      ['machine', 'list', '-j', '-a', 'smooth'],
      ['machines', 'list', '--app=smooth', '--json'],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stderr, list: JSON.parse(stdout) }).toEqual({ code: 0, stderr: '', list: expected });
    }
  });

  it('fails for another app, and for what it does not know', async () => {
    expect(await run('machines', 'list', '--json', '-a', 'rough')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Could not find App "rough"'),
    });
    expect(await run('status')).toMatchObject({ code: 1, stdout: '' });
    expect(await run('machines', 'list')).toMatchObject({ code: 1, stdout: '' });
  });

  it('does not replace a file that is not its own', async () => {
    const mine = join(home, 'mine');
    writeFileSync(mine, 'precious');
    for (const option of ['--flyctl', '--env']) {
      const { exitCode, stderr } = await runFleetSim(['--etag', 'abc', option, mine]);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(mine) });
      expect(readFileSync(mine, 'utf8')).toBe('precious');
    }
  });
});

describe('the variables of the simulator', () => {
  it('direct every request to the simulator, also in a shell', async () => {
    expect(sim.variables).toEqual({
      FLEET_FLY_APP: 'smooth',
      FLEET_FLY_URL: `${sim.url}/showcase/update_config`,
      FLEET_FLY_SOURCE: 'flyctl',
      FLEET_KAMAL_URL: `${sim.url}/update_config`,
      FLY_API_HOSTNAME: sim.url,
      FLY_API_TOKEN: TOKEN,
      FLY_CLI_PATH: flyctl,
    });
    const { stdout } = await promisify(execFile)('sh', ['-c', `. ${envFile}; echo "$FLY_CLI_PATH"`]);
    expect(stdout).toBe(`${flyctl}\n`);
    expect(statSync(flyctl).mode & 0o777).toBe(0o755);
  });

  it('and its files are removed when it ends, with the directories made for them if they are empty', async () => {
    const paths = [join(home, 'new/bin/flyctl'), join(home, 'new/env')];
    const other = await FleetSimProcess.start([
      '--etag',
      'abc',
      '--flyctl',
      paths[0] ?? '',
      '--env',
      paths[1] ?? '',
    ]);
    expect(paths.map((path) => existsSync(path))).toEqual([true, true]);
    const mine = join(home, 'new/mine');
    writeFileSync(mine, '');
    expect(await other.stop('SIGINT')).toBe(0);
    expect(paths.map((path) => existsSync(path))).toEqual([false, false]);
    expect(readdirSync(join(home, 'new'))).toEqual(['mine']);
  });
});
