/** config-update sends the index to a server that has no object store: a real web server with the real update_config. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { Machine } from '../../support/machine/machine.ts';
import { giveKeys, newKey } from '../../support/machine/pushing.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { startWebServer, type WebServer } from '../../support/servers/web-servers.ts';

const KEY = newKey();
const FIRST = makeSampleIndex();
const SECOND = changeSample(FIRST).index;
const KAMAL = ['--target', 'kamal'];

useSource();
let server: Machine;
let web: WebServer;
let host: AdminHost;
beforeAll(async () => {
  server = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web' });
  giveKeys(server, `${KEY}\n`);
  web = await startWebServer('lighttpd', server);
});
afterAll(async () => {
  await web.close();
  server.remove();
});
const urls = () => ({ FLEET_KAMAL_URL: `http://127.0.0.1:${web.port}/showcase/update_config` });
/** So that each index is newer than the one before. */
let clock = Date.now() - 3_600_000;
function put(index: Buffer, on = host): void {
  clock += 60_000;
  on.put(index, new Date(clock));
}
beforeEach(() => {
  host = new AdminHost(urls(), FIRST);
  giveKeys(host, `${KEY}\n`);
  put(FIRST);
});
afterEach(() => host.remove());

const reportOf = (stdout: string): FleetReport => JSON.parse(stdout) as FleetReport;
const json = async (...args: string[]) => {
  const { stdout, exitCode } = await host.configUpdate([...KAMAL, ...args, '--json']);
  return { exitCode, ...reportOf(stdout) };
};
const serverKnows = (text: string) => server.read('navigator.yml').includes(text);

describe('on a host without any variable of an object store', () => {
  it('the server gets the index of the host, and its answer is compared with that', async () => {
    host.isFromSource = false;
    const first = await host.configUpdate(KAMAL);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^The index goes to the machines of kamal themselves, not by the store: \d+ bytes, changed /m,
    );
    expect(first.stdout).toContain('  127.0.0.1... ✓ Success\n');
    expect(readFileSync(server.path('navigator.yml'), 'utf8')).toMatch(/^auth:/m);

    expect(await json()).toMatchObject({
      exitCode: 0,
      publish: { kind: 'push' },
      machines: [{ outcome: 'unchanged' }],
    });
    put(SECOND);
    expect(await json('--dry-run')).toMatchObject({
      exitCode: 0,
      machines: [{ outcome: 'dry-run', attempts: 1, detail: expect.stringContaining('would do: ') }],
    });
    expect(serverKnows('tea-dance')).toBe(false);
    expect(await json('--verify')).toMatchObject({ exitCode: 1, machines: [{ outcome: 'differs' }] });
    expect(await json()).toMatchObject({ exitCode: 0, machines: [{ outcome: 'updated' }] });
    expect(serverKnows('tea-dance')).toBe(true);
    expect(await json('--verify')).toMatchObject({ exitCode: 0, machines: [{ outcome: 'same' }] });
    const history = await host.configUpdate(['--history', '--json']);
    expect(JSON.parse(history.stdout.split('\n')[0] ?? '')).toMatchObject({
      target: 'kamal',
      published: 'push',
      etag: null,
      updated: 1,
    });
  });

  it('the server refuses an older index, and installs it with --force', async () => {
    put(SECOND);
    await host.configUpdate(KAMAL);
    host.put(FIRST, new Date('2026-01-01T00:00:00Z'));
    const { exitCode, stdout } = await host.configUpdate(KAMAL);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /Failed after 1 attempt: status 422: the pushed index .* is older than the local one/,
    );
    expect(stdout).toMatch(/What to do \(says 127.0.0.1\): .*--force/);
    expect(await json('--force')).toMatchObject({ exitCode: 0, machines: [{ outcome: 'updated' }] });
  });

  it('an index that no machine could install is not sent', async () => {
    host.put(Buffer.from('no database'));
    const { exitCode, stdout } = await host.configUpdate(KAMAL);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (index-invalid): ');
  });
});

describe('a key for pushing', () => {
  it('that the server does not know is reported as such, and the server is not asked again', async () => {
    giveKeys(host, newKey());
    const { exitCode, stdout } = await host.configUpdate(KAMAL);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed after 1 attempt: status 401: it does not know the key of this host\n');
  });

  it('is the first one in the file', async () => {
    giveKeys(host, `${KEY}\n${newKey()}\n`);
    expect(await host.configUpdate(KAMAL)).toMatchObject({ exitCode: 0 });
  });

  it('that is missing, or that others can read, stops the run before it begins, and is never shown', async () => {
    giveKeys(host, KEY, 0o644);
    const open = await host.configUpdate(KAMAL);
    expect(open).toMatchObject({ exitCode: 1 });
    expect(open.stdout).toContain('can be read by others than its owner');
    expect(open.stdout).not.toContain(KEY);
    delete host.env['UPDATE_CONFIG_KEY_FILE'];
    for (const args of [['--push'], [...KAMAL, '--push'], ['--target', 'fly,kamal', '--push']]) {
      const { exitCode, stdout } = await host.configUpdate(args);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(
        /^Failed \(config-invalid\): .* no key to sign it with\nWhat to do: Set UPDATE_CONFIG_KEY_FILE /,
      );
    }
  });
});

describe('several targets in one run', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await startScene();
    host.env = { ...host.env, ...scene.published.env, FLEET_FLY_URL: scene.fleet.url };
  });
  afterEach(() => scene.close());
  const BOTH = ['--target', 'fly,kamal'];

  it('get the index by publishing or by pushing, and are asked in one list', async () => {
    put(SECOND);
    const { exitCode, stdout } = await host.configUpdate([...BOTH, '--verbose']);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    expect(stdout.match(/^Published the index: /gm)).toHaveLength(1);
    expect(stdout.match(/^The index goes to the machines of kamal themselves/gm)).toHaveLength(1);
    expect(stdout).toContain('Step 2: Finding the machines of fly and kamal...\n');
    expect(stdout).toContain('Will update 3 active machines: fly m1, fly m2, kamal 127.0.0.1\n');
    expect(stdout.match(/✓ Success$/gm)).toHaveLength(3);
    expect(stdout).toMatch(/^target +machine +region/m);
    expect(stdout).toMatch(/^kamal +127\.0\.0\.1 /m);
    const { report } = { report: reportOf((await host.configUpdate([...BOTH, '--json'])).stdout) };
    expect(report).toMatchObject({
      target: 'fly,kamal',
      publish: { kind: 'unchanged' },
      machines: [
        { machine: { id: 'm1', target: 'fly' } },
        { machine: { id: 'm2', target: 'fly' } },
        { machine: { id: '127.0.0.1', target: 'kamal' }, outcome: 'unchanged' },
      ],
    });
    expect(report.pushed?.digest).toBe(report.index?.digest);
    expect(await host.configUpdate([...BOTH, '--dry-run'])).toMatchObject({ exitCode: 0 });
    expect(scene.fleet.headers.every((one) => one['webhook-signature'] === undefined)).toBe(true);
  });

  it('count as failed if one machine of one target fails', async () => {
    giveKeys(host, newKey());
    const { exitCode, stdout } = await host.configUpdate(BOTH);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Successfully updated: 2 machines\nFailed updates: 1 machines\n');
    expect(stdout).toContain('  kamal 127.0.0.1: status 401');
  });

  it('are all left alone if the index changed elsewhere', async () => {
    await scene.published.publish(makeSampleIndex({ events: 30, studios: 20 }), new Date());
    put(FIRST);
    const before = server.snapshot();
    const { exitCode } = await host.configUpdate(BOTH);
    expect(exitCode).toBe(4);
    expect(server.snapshot()).toEqual(before);
  });

  it('are verified each against its own', async () => {
    const { stdout } = await host.configUpdate([...BOTH, '--verify', '--events']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { standard?: { from: string } });
    expect(events.flatMap(({ standard }) => standard?.from ?? [])).toEqual(['store', 'push']);
  });
});

it('a push does not touch the store of this host, even if its variables are set, all or some', async () => {
  Object.assign(host.env, { AWS_ACCESS_KEY_ID: 'me', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' });
  put(SECOND);
  const { exitCode, stdout } = await host.configUpdate(KAMAL);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain('Note: store: not asked; target: kamal at http://127.0.0.1:');
  expect(await host.configUpdate([...KAMAL, '--verify'])).toMatchObject({ exitCode: 0 });
});
