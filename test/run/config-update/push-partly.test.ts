/** Runs over several targets, or with a push, in which something is wrong for a part of it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { Machine } from '../../support/machine/machine.ts';
import { giveKeys, newKey } from '../../support/machine/pushing.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { startWebServer, type WebServer } from '../../support/servers/web-servers.ts';

const KEY = newKey();
const FIRST = makeSampleIndex();
const SECOND = changeSample(FIRST).index;
const BOTH = ['--target', 'fly,kamal'];

let server: Machine;
let web: WebServer;
useSource();
let scene: Scene;
beforeAll(async () => {
  server = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web' });
  giveKeys(server, KEY);
  web = await startWebServer('lighttpd', server);
  scene = await startScene();
});
afterAll(async () => {
  await scene.close();
  await web.close();
  server.remove();
});

let host: AdminHost;
beforeEach(() => {
  const kamal = `http://127.0.0.1:${web.port}/showcase/update_config`;
  host = scene.host(FIRST, { FLEET_KAMAL_URL: kamal });
  giveKeys(host, KEY);
});
afterEach(() => host.remove());

const reportOf = (stdout: string): FleetReport => JSON.parse(stdout) as FleetReport;

it('if the machines of one target cannot be found, those of the other are updated, and the run fails', async () => {
  host.env = { ...host.env, FLY_CLI_PATH: '/bin/false' };
  const { exitCode, stdout } = await host.configUpdate(BOTH);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('  kamal 127.0.0.1... ✓ Success\n');
  expect(stdout).toMatch(
    /^Failed \(fleet-unreachable\): no machine of fly was asked: \/bin\/false does not list the machines of smooth: /m,
  );
  const again = await host.configUpdate([...BOTH, '--json']);
  expect(reportOf(again.stdout)).toMatchObject({
    outcome: 'failed',
    machines: [{ machine: { target: 'kamal' }, outcome: 'unchanged' }],
    error: { code: 'fleet-unreachable', hint: expect.stringContaining('flyctl') },
  });
  const neither = await host.configUpdate(['--target', 'fly', '--json']);
  expect(reportOf(neither.stdout)).toMatchObject({ outcome: 'failed', machines: [] });
});

it('a run whose key cannot be used publishes nothing either', async () => {
  host.isFromSource = false;
  await host.configUpdate(BOTH);
  host.put(SECOND);
  const before = await scene.published.store.head('db/index.sqlite3');
  for (const key of ['no key', `${KEY}!`]) {
    giveKeys(host, key);
    const { exitCode, stdout } = await host.configUpdate(BOTH);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Failed \(config-invalid\): UPDATE_CONFIG_KEY_FILE, line 1, is not /);
  }
  host.env['UPDATE_CONFIG_KEY_FILE'] = '/nowhere/key';
  const { exitCode, stdout } = await host.configUpdate(BOTH);
  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/^Failed \(config-/),
  });
  expect(await scene.published.store.head('db/index.sqlite3')).toEqual(before);
});

it('an index, which has hashes of passwords, is not sent over a connection that others can read', async () => {
  host.env['FLEET_KAMAL_URL'] = 'http://showcase.example/update_config';
  for (const more of [[], ['--dry-run'], ['--push']]) {
    const { exitCode, stdout } = await host.configUpdate(['--target', 'kamal', ...more]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Failed \(config-invalid\): .*showcase\.example.*\nWhat to do: .*https/);
  }
});

it('config-update reports that machines that sleep during a push do not have the index', async () => {
  host.list({ id: 'm1' }, { id: 'm2', state: 'suspended' });
  const { stdout } = await host.configUpdate(['--push']);
  expect(stdout).toMatch(/^Note: machines that sleep are not sent the index \(1 here\): /m);
  const published = await host.configUpdate([]);
  expect(published.stdout).not.toContain('not sent the index');
});

it('a verification of a pushed index does not mention a store', async () => {
  await host.configUpdate(['--target', 'kamal']);
  host.put(SECOND);
  const { exitCode, stdout } = await host.configUpdate(['--target', 'kamal', '--verify']);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^What to do \(127\.0\.0\.1\): Run config-update, /m);
  expect(stdout.replace(/^Note: store: .*$/m, '')).not.toMatch(/the store/);
});
