import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { RunResult } from '../../../src/report/results.ts';
import { EXECUTABLE, Machine, ROOT } from '../../support/machine/machine.ts';
import { type Published, startPublished, storeEnvironment } from '../../support/machine/published.ts';
import { EARLIER, FIRST, FLY_MACHINE, LATER, SECOND } from '../../support/machine/use-machine.ts';
import { NavigatorCgi } from '../../support/servers/navigator-cgi.ts';
import { always, type FaultProxy, never, s3Error, startFaultProxy } from '../../support/store/fault-proxy.ts';

let published: Published;
let proxy: FaultProxy;
let machine: Machine;

beforeAll(async () => {
  published = await startPublished();
  proxy = await startFaultProxy(published.settings.endpoint);
});
afterAll(async () => {
  await proxy.close();
  await published.close();
});
beforeEach(async () => {
  proxy.plan(never);
  await published.publish(SECOND, LATER);
  machine = new Machine({
    ...storeEnvironment(published.settings, proxy.endpoint),
    ...FLY_MACHINE,
  });
});
afterEach(() => machine.remove());

let known: string[] | null = null;

/** The arguments with which the maintenance configuration has Navigator run update_config first of all. */
async function maintenanceArgs(): Promise<string[]> {
  if (known) return known;
  await machine.run([], { executable: join(ROOT, 'scripts/maintenance-config') });
  const text = readFileSync(join(machine.appRoot, 'config/navigator-maintenance.yml'), 'utf8');
  const { hooks } = parse(text) as { hooks: { server: { ready: { command: string; args: string[] }[] } } };
  const [hook] = hooks.server.ready;
  if (!hook) throw new Error('there is no hook');
  expect(hook.command).toBe(join(machine.appRoot, 'cgi-bin/update_config'));
  known = hook.args;
  return known;
}

function hangs(): Record<string, string> {
  proxy.plan(always({ kind: 'hang', after: 'request' }));
  return { UPDATE_CONFIG_STORE_TIMEOUT: '2' };
}

async function boot(env: Record<string, string> = {}) {
  const args = await maintenanceArgs();
  const answer = await machine.run(args, { env });
  const result = JSON.parse(/^RESULT (.*)$/m.exec(answer.stdout)?.[1] ?? 'null') as RunResult;
  return { ...answer, result };
}

/** As on a machine that was up before, whose container is new: of all that was installed only the index is there. */
function onVolume(): void {
  writeFileSync(machine.path('index.sqlite3'), FIRST);
  utimesSync(machine.path('index.sqlite3'), EARLIER, EARLIER);
}

describe('a machine that boots', () => {
  it.each([
    ['is down', () => ({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }), 'store-unreachable'],
    ['hangs', () => hangs(), 'store-timeout'],
    ['rejects the key', () => proxy.plan(always(s3Error(403, 'AccessDenied'))), 'store-refused'],
    ['lacks a variable', () => ({ AWS_SECRET_ACCESS_KEY: '' }), 'config-invalid'],
    ['has no index', () => proxy.plan(always(s3Error(404, 'NoSuchKey'))), 'store-no-index'],
  ] as const)('comes up with the good index on its volume if the store %s', async (_, spoil, code) => {
    onVolume();
    const answer = await boot(spoil() ?? {});
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(answer.result).toMatchObject({ outcome: 'updated', reload: true, fallback: { code } });
    expect(answer.stdout).toContain('Served from the index of this machine');
    expect(machine.read('navigator.yml')).toContain('auth:');
    expect(machine.read('navigator.yml')).not.toContain('tea-dance');
    const { result, body } = await machine.post('state=1');
    expect(result).toMatchObject({ outcome: 'state', fallback: { code } });
    expect(body).toContain('Served from the index of this machine');
  });

  it.each([
    [
      'a damaged one',
      () => published.publish(Buffer.from(SECOND).fill(0xff, 4096, 8192), LATER),
      /index-invalid/,
    ],
    ['an older one', () => published.publish(SECOND, new Date('2020-01-01T00:00:00Z')), /index-older/],
  ] as const)(
    'comes up with the good index on its volume if that of the store is %s',
    async (_, publish, code) => {
      onVolume();
      await publish();
      const answer = await boot();
      expect(answer.exitCode, answer.stdout).toBe(0);
      expect(answer.result.fallback?.code).toMatch(code);
      expect(machine.read('navigator.yml')).toContain('auth:');
    },
  );

  it('comes up and makes Navigator reload even if its configuration is there already', async () => {
    onVolume();
    await boot({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    machine.settle();
    const began = Date.now();
    const answer = await boot({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    expect(answer.result).toMatchObject({ reload: true, fallback: { code: 'store-unreachable' } });
    expect(machine.mtime('navigator.yml')).toBeGreaterThanOrEqual(began + 1000);
    machine.settle();
    expect((await boot()).result).toMatchObject({ outcome: 'updated', reload: true });
    expect((await boot()).result.fallback).toBeUndefined();
  });

  it('converges with the next update that gets through', async () => {
    onVolume();
    await boot({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    expect((await machine.post()).result).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
    expect((await machine.post('state=1')).result).toMatchObject({ fallback: null });
    expect(machine.read('navigator.yml')).toContain('tea-dance');
  });

  it('lets its ready hook ask again until it gets through', async () => {
    onVolume();
    await boot({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    const navigator = await NavigatorCgi.start({
      script: EXECUTABLE,
      appRoot: machine.appRoot,
      env: { PATH: process.env['PATH'] ?? '', ...machine.env },
    });
    onTestFinished(() => navigator.close());
    let refusals = 2;
    proxy.plan(({ path }) => {
      const isIndex = path.includes('index.sqlite3');
      return isIndex && refusals-- > 0 ? s3Error(403, 'AccessDenied') : undefined;
    });
    const hook = await machine.run([], {
      executable: join(ROOT, 'scripts/ready'),
      env: {
        NAVIGATOR_PORT: new URL(navigator.url).port,
        READY_RETRY: '0.1',
        READY_PRERENDER: 'off',
        READY_PREPARE_COMMAND: 'true',
      },
    });
    expect(hook.stdout.match(/the update that is owed was requested; the answer was status \d+/g)).toEqual([
      'the update that is owed was requested; the answer was status 502',
      'the update that is owed was requested; the answer was status 502',
      'the update that is owed was requested; the answer was status 200',
    ]);
    await expect.poll(() => navigator.runs.map(({ reloaded }) => reloaded)).toEqual([false, false, true]);
    expect((await machine.post('state=1')).result).toMatchObject({ fallback: null });
  });

  it('comes up on a new volume without any directories', async () => {
    rmSync(machine.dbDir, { recursive: true });
    const logDir = join(machine.home, 'volume/log');
    const answer = await boot({ RAILS_LOG_VOLUME: logDir });
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(answer.stdout).toContain(`made ${machine.dbDir}`);
    expect(answer.stdout).not.toContain('no log is written');
    expect(readFileSync(join(logDir, 'update_config.log'), 'utf8')).toContain(`made ${logDir}`);
    expect(machine.read('navigator.yml')).toContain('tea-dance');
  });

  it('fails without a usable index, and says why none was fetched', async () => {
    const answer = await boot({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    expect(answer).toMatchObject({ exitCode: 1, result: { error: { code: 'store-unreachable' } } });
    writeFileSync(machine.path('index.sqlite3'), 'no database');
    expect((await boot({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' })).exitCode).toBe(1);
  });
});

describe('a machine that resumes', () => {
  it('serves from the index that it has when the store does not answer, and says so', async () => {
    await machine.post();
    const executable = join(ROOT, 'scripts/resume');
    const answer = await machine.run([], { executable, env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } });
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(answer.stdout).toContain('Served from the index of this machine');
    expect((await machine.post('state=1')).result).toMatchObject({ fallback: { code: 'store-unreachable' } });
  });

  it('fails without an index', async () => {
    const executable = join(ROOT, 'scripts/resume');
    const answer = await machine.run([], { executable, env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } });
    expect(answer.exitCode).toBe(1);
  });
});

it('an update on request fails without the store, and leaves the machine as it is', async () => {
  await machine.post();
  const before = machine.snapshot();
  const env = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
  expect(await machine.post('', { env })).toMatchObject({ status: 502, exitCode: 1 });
  expect((await machine.run([], { env })).exitCode).toBe(1);
  expect(machine.snapshot()).toEqual(before);
});

describe('an index that was changed by hand', () => {
  const byHand = async (name: string) => {
    const { openDatabase } = await import('../../../src/database/sqlite.ts');
    openDatabase(machine.path('index.sqlite3'))
      .exec(`UPDATE locations SET name = '${name}' WHERE id = 1`)
      .close();
  };

  it('gives way to the store’s on a machine, and what is replaced is kept and named', async () => {
    await published.publish(FIRST, EARLIER);
    await machine.post();
    await byHand('By hand');
    const answer = await machine.post();
    expect(answer.result).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
    expect(answer.body).toContain('had been changed by hand');
    expect(machine.read('map.yml')).not.toContain('By hand');
    const generations = await machine.run(['--generations']);
    expect(generations.stdout).toMatch(new RegExp(`${answer.result.run} +index`));
    await machine.run(['--rollback']);
    expect(machine.read('map.yml')).toContain('By hand');
  });

  it('is held on the admin host, until it is published or the store’s is forced', async () => {
    const token = 'a-token-of-mine';
    machine.env = { ...machine.env, FLY_APP_NAME: '', FLY_REGION: '', UPDATE_CONFIG_TOKEN: token };
    await published.publish(FIRST, EARLIER);
    await machine.post();
    await byHand('Not published');
    await published.publish(SECOND, LATER);
    const before = machine.snapshot();
    const answer = await machine.post();
    expect(answer).toMatchObject({ status: 200, exitCode: 0, result: { outcome: 'held', reload: false } });
    expect(answer.body).toContain('has edits that were not published');
    expect(answer.body).not.toContain('studio ');
    expect(machine.snapshot()).toEqual(before);

    const told = await machine.run([]);
    expect(told.exitCode).toBe(1);
    expect(told.stdout).toMatch(/studio .*: differs in name/);
    const env = { HTTP_AUTHORIZATION: `Bearer ${token}` };
    const forced = await machine.post('force=1', { env });
    expect(forced.result).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
    rmSync(machine.path('htpasswd'));
    expect((await machine.post()).result.outcome).toBe('updated');
  });
});
