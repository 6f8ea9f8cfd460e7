import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { DEPLOY_KEY, Receiver } from '../../support/callbacks/receiver.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import {
  type Given,
  masked,
  putConfig,
  putDashboard,
  statusesOf,
} from '../../support/config-update/dashboards.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

const OTHER_KEY = 'f'.repeat(64);
const ANOTHER = changeSample(makeSampleIndex()).index;

/** Its store has the sample index. Hosts come and go. */
useSource();
let scene: Scene;
let receiver: Receiver;
/** What a host without a deploy.enc says, masked. */
let saidWithoutDashboard: string;
beforeAll(async () => {
  scene = await startScene();
  await scene.host().configUpdate();
  saidWithoutDashboard = masked((await scene.host().configUpdate(['--concurrency', '1'])).stdout);
});
afterAll(() => scene.close());
beforeEach(async () => {
  receiver = await Receiver.start();
  scene.fleet.asked.length = 0;
});

/** Each names the receiver, and cannot be used. */
const UNUSABLE: readonly [string, (host: AdminHost, url: string) => void, RegExp][] = [
  [
    'without a key',
    (host, url) => putConfig(host, `callback_url: ${url}`),
    /there is no deploy key for .*deploy\.enc/,
  ],
  [
    'with another key',
    (host, url) => putConfig(withKey(host), `callback_url: ${url}`, { key: OTHER_KEY }),
    /was not encrypted with this deploy key/,
  ],
  [
    'with a key of another form',
    (host, url) => putConfig(withKey(host, 'no-key-at-all'), `callback_url: ${url}`),
    /DEPLOY_KEY does not hold a deploy key/,
  ],
  ['that is no file', (host) => mkdirSync(join(withKey(host).appRoot, 'deploy.enc')), /is not a file/],
  [
    'that is cut short',
    (host) => writeFileSync(join(withKey(host).appRoot, 'deploy.enc'), 'abc'),
    /too short/,
  ],
  ['with broken YAML', (host, url) => putConfig(withKey(host), `callback_url: [${url}`), /is not YAML/],
  [
    'with an address that is not encrypted',
    (host) => putConfig(withKey(host), 'callback_url: http://dash.example/x?token=in-the-query'),
    /callback_url is not encrypted: everybody on the way to dash\.example/,
  ],
  [
    'with a bad secret',
    (host, url) => putConfig(withKey(host), `callback_url: ${url}\ncallback_secret: word`),
    /whsec_/,
  ],
];

/** Those that a run goes on with, beside the one that is to have a dashboard: for each part of what is read, one. */
const SAID = ['without a key', 'with a key of another form', 'with another key', 'with broken YAML'];

function withKey(host: AdminHost, key = DEPLOY_KEY): AdminHost {
  host.env = { ...host.env, DEPLOY_KEY: key };
  return host;
}

describe('config-update', () => {
  it.each(UNUSABLE.filter(([kind]) => SAID.includes(kind)))(
    'says in one note that it tells no dashboard, given a deploy.enc %s',
    async (_, put, why) => {
      const host = scene.host();
      put(host, receiver.dashboard.url.href);
      const { stdout, stderr, exitCode } = await host.configUpdate(['--concurrency', '1']);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      const [first = '', ...rest] = stdout.split('\n');
      expect(first).toMatch(/^Note: no dashboard gets the log of this run: /);
      expect(first).toMatch(why);
      expect(first).not.toMatch(/in-the-query|no-key-at-all|0123456789abcdef/);
      expect(masked(rest.join('\n'))).toBe(saidWithoutDashboard);
      expect(receiver.seen).toEqual([]);
      expect(readdirSync(join(host.dbDir, '.update_config'))).not.toContain('outbox');
    },
  );

  it.each(UNUSABLE)('updates nothing with --dashboard, given a deploy.enc %s', async (_, put, why) => {
    const host = scene.host(ANOTHER);
    put(host, receiver.dashboard.url.href);
    const before = await scene.published.store.head('db/index.sqlite3');
    const { stdout, stderr, exitCode } = await host.configUpdate(['--dashboard']);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 });
    expect(stdout).toMatch(/^Failed \(config-invalid\): .+\nWhat to do: .+\n$/);
    expect(stdout).toMatch(why);
    expect(stdout).not.toMatch(/in-the-query|no-key-at-all|0123456789abcdef/);
    expect(await scene.published.store.head('db/index.sqlite3')).toEqual(before);
    expect(scene.fleet.asked).toEqual([]);
  });

  it('updates nothing with --dashboard where there is no deploy.enc, or none that names a dashboard', async () => {
    const host = withKey(scene.host());
    expect((await host.configUpdate(['--dashboard'])).stdout).toContain('there is no deploy.enc in');
    putConfig(host, 'application: {name: shop}');
    const { stdout, exitCode } = await host.configUpdate(['--dashboard']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('names no dashboard');
    expect(scene.fleet.asked).toEqual([]);
    putDashboard(host, receiver);
    expect((await host.configUpdate(['--dashboard'])).exitCode).toBe(0);
    expect(receiver.runs.size).toBe(1);
  });

  it.each(['--deploy-config', '--deploy-key'])(
    'takes --dashboard with a %s that is not there for a mistake',
    async (name) => {
      asBuilt();
      const host = scene.host();
      putDashboard(host, receiver);
      const nowhere = [name, join(host.home, 'nowhere')];
      expect(await host.configUpdate(['--dashboard', ...nowhere])).toMatchObject({
        ...{ exitCode: 2, stdout: '', stderr: expect.stringContaining('nowhere') },
      });
      expect(receiver.seen).toEqual([]);
      expect(scene.fleet.asked).toEqual([]);
      const { exitCode, stdout } = await host.configUpdate(nowhere);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Note: no dashboard gets the log of this run: .*nowhere is not there\n/);
    },
  );

  // `test/unit/callbacks/deploy-key.test.ts` goes through all places for the key.
  it.each<[string, Given, (host: AdminHost) => string[]]>([
    ['deploy.enc in the application, its key in DEPLOY_KEY', {}, () => []],
    [
      'a deploy.enc that is named',
      { file: 'other.enc' },
      (host) => ['--deploy-config', join(host.appRoot, 'other.enc')],
    ],
    [
      'deploy.enc in config, its key beside it',
      { file: 'config/deploy.enc' },
      (host) => keyIn(host, 'config/deploy.key'),
    ],
    [
      'its key in a file that is named',
      {},
      (host) => {
        keyIn(host, 'named');
        host.env = { ...host.env, DEPLOY_KEY: OTHER_KEY };
        return ['--deploy-key', join(host.appRoot, 'named')];
      },
    ],
  ])('finds %s', async (_, given, arrange) => {
    const host = scene.host();
    mkdirSync(join(host.appRoot, 'config'), { recursive: true });
    putDashboard(host, receiver, given);
    const { exitCode, stdout } = await host.configUpdate(arrange(host));
    expect(exitCode).toBe(0);
    expect(stdout.match(/^Note: .*dashboard.*/gm)).toBe(null);
    expect(statusesOf(receiver).map(({ status }) => status)).toEqual(['started', 'completed']);
  });

  it('says in one note at its end what else there is to know of the dashboard', async () => {
    const host = scene.host();
    putDashboard(host, receiver);
    keyIn(host, 'deploy.key', 0o644);
    host.env = { ...host.env, NVOI_DEPLOY_ID: '../x', GITHUB_RUN_ID: '77' };
    const { stdout } = await host.configUpdate(['--outbox', join(host.home, 'no', 'such')]);
    expect(stdout.match(/^Note: /gm)).toHaveLength(3);
    expect(stdout.match(/^Note: live log: /gm)).toHaveLength(1);
    expect(stdout).toMatch(
      /\nNote: .*: chmod 600 .*; NVOI_DEPLOY_ID is not used: .*; what the dashboard does not get .* is not kept .*\n$/,
    );
    expect(receiver.seen[0]?.body.deploy_id).toBe('77');
    expect(statusesOf(receiver)).toHaveLength(2);
  });

  it('keeps what is not sent yet where --outbox says', async () => {
    asBuilt();
    const host = scene.host();
    putDashboard(host, receiver);
    await receiver.die();
    const outbox = join(host.home, 'outbox');
    await host.configUpdate(['--outbox', outbox]);
    expect(readdirSync(outbox).filter((name) => name.endsWith('.ndjson'))).toHaveLength(1);
    expect(readdirSync(join(host.dbDir, '.update_config'))).not.toContain('outbox');
  });

  it.each([
    [['--dry-run'], 0],
    [['--verify'], 0],
    [['--history'], 0],
    [['--help'], 0],
    [['--no-dashboard'], 0],
    [['--nonsense'], 2],
    [['--broadcast', 'x', '--broadcast-url', 'ftp://localhost/'], 2],
  ])('never tells a dashboard of %j, and does not say that its deploy.enc is broken', async (args, code) => {
    const host = withKey(scene.host());
    writeFileSync(join(host.appRoot, 'deploy.enc'), 'broken');
    const broken = await host.configUpdate(args);
    expect(broken.exitCode).toBe(code);
    expect(broken.stdout + broken.stderr).not.toMatch(/no dashboard gets|deploy\.enc is|deploy\.enc was/);
    rmSync(join(host.appRoot, 'deploy.enc'));
    putDashboard(host, receiver);
    expect((await host.configUpdate(args)).exitCode).toBe(code);
    expect(receiver.seen).toEqual([]);
  });
});

/** Puts the key into a file and out of the environment. */
function keyIn(host: AdminHost, path: string, mode = 0o600): string[] {
  writeFileSync(join(host.appRoot, path), `${DEPLOY_KEY}\n`, { mode });
  host.env = { ...host.env, DEPLOY_KEY: '' };
  return [];
}
