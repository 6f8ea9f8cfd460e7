import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSite, siteFrom } from '../../../src/site/read-site.ts';
import { failureOf } from '../../support/suite/failure.ts';

const HOST = { defaultAppRoot: '/rails', hostname: 'admin', totalMemoryBytes: 2.9 * 2 ** 30 };

describe('a site', () => {
  it('is local, below the default app root, when the environment says nothing', async () => {
    expect(await readSite({}, HOST)).toEqual({
      deployment: 'local',
      appRoot: '/rails',
      dbDir: '/rails/db',
      storageDir: '/rails/storage',
      logDir: null,
      appName: null,
      region: null,
      machineId: 'admin',
      listenPort: 9999,
      memoryGiB: 2,
      web: null,
      overrides: null,
    });
  });

  it('takes an empty variable for an unset one', async () => {
    const names = [
      'APP_ROOT',
      'RAILS_DB_VOLUME',
      'RAILS_STORAGE',
      'RAILS_LOG_VOLUME',
      'FLY_APP_NAME',
      'FLY_REGION',
    ];
    const more = [
      'FLY_MACHINE_ID',
      'KAMAL_CONTAINER_NAME',
      'NAVIGATOR_PORT',
      'NAVIGATOR_OVERRIDES',
      'SHOWCASE_WEB',
      'WEB_LISTEN',
    ];
    const env = Object.fromEntries([...names, ...more].map((name) => [name, '']));
    expect(await readSite(env, HOST)).toEqual(await readSite({}, HOST));
  });

  it('takes its directories from the environment', async () => {
    const env = { APP_ROOT: '/a', RAILS_DB_VOLUME: '/data/db/', RAILS_STORAGE: '/s', RAILS_LOG_VOLUME: '/l' };
    expect(await readSite(env, HOST)).toMatchObject({
      ...{ appRoot: '/a', dbDir: '/data/db', storageDir: '/s', logDir: '/l' },
    });
  });

  it('takes relative directories from the app root, and a relative app root from the working directory', async () => {
    const site = await readSite({ APP_ROOT: 'here', RAILS_DB_VOLUME: 'vol/db', RAILS_STORAGE: '../s' }, HOST);
    const root = join(process.cwd(), 'here');
    expect(site).toMatchObject({
      appRoot: root,
      dbDir: `${root}/vol/db`,
      storageDir: join(process.cwd(), 's'),
    });
  });

  it('on Fly has the machine, app and region of Fly', async () => {
    const env = {
      FLY_APP_NAME: 'smooth',
      FLY_REGION: 'iad',
      FLY_MACHINE_ID: '9080e',
      KAMAL_CONTAINER_NAME: 'c',
    };
    const site = await readSite(env, HOST);
    expect(site).toMatchObject({ deployment: 'fly', appName: 'smooth', region: 'iad', machineId: '9080e' });
    expect(siteFrom({ FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' }, HOST, null).machineId).toBe('admin');
  });

  it('on Kamal has the name of its container', async () => {
    const site = await readSite({ KAMAL_CONTAINER_NAME: 'showcase-web' }, HOST);
    expect(site).toMatchObject({
      deployment: 'kamal',
      appName: null,
      region: null,
      machineId: 'showcase-web',
    });
  });

  it('listens where NAVIGATOR_PORT says, else where the overrides do, else on 9999', () => {
    const overrides = { server: { listen: 3000 } };
    expect(siteFrom({ NAVIGATOR_PORT: '65535' }, HOST, overrides).listenPort).toBe(65_535);
    expect(siteFrom({}, HOST, overrides).listenPort).toBe(3000);
    expect(siteFrom({}, HOST, { server: {} }).listenPort).toBe(9999);
  });
});

describe('a wrong environment', () => {
  it.each([
    [{ FLY_APP_NAME: 'smooth' }, 'FLY_REGION is not set'],
    [{ FLY_REGION: 'iad' }, 'FLY_APP_NAME is not set'],
    [{ FLY_REGION: '../x', FLY_APP_NAME: 'a' }, 'FLY_REGION'],
    [{ FLY_REGION: 'i.d', FLY_APP_NAME: 'a' }, 'FLY_REGION'],
    [{ FLY_REGION: 'iad', FLY_APP_NAME: 'a/b' }, 'FLY_APP_NAME'],
    [{ FLY_REGION: 'iad|syd', FLY_APP_NAME: 'a' }, 'FLY_REGION'],
    [{ NAVIGATOR_PORT: '0' }, 'NAVIGATOR_PORT'],
    [{ NAVIGATOR_PORT: '65536' }, 'NAVIGATOR_PORT'],
    [{ NAVIGATOR_PORT: '80 ' }, 'NAVIGATOR_PORT'],
    [{ NAVIGATOR_PORT: '1e3' }, 'NAVIGATOR_PORT'],
    [{ NAVIGATOR_PORT: '-1' }, 'NAVIGATOR_PORT'],
    [{ NAVIGATOR_PORT: '0x50' }, 'NAVIGATOR_PORT'],
    [{ RAILS_DB_VOLUME: '/data\n/db' }, 'RAILS_DB_VOLUME'],
    [{ RAILS_STORAGE: `/data/$${'{database}'}` }, 'RAILS_STORAGE'],
    [{ APP_ROOT: '/a\u0000b' }, 'APP_ROOT'],
    [{ KAMAL_CONTAINER_NAME: 'a\u001b[31m' }, 'KAMAL_CONTAINER_NAME'],
    [{ FLY_APP_NAME: 'a', FLY_REGION: 'iad', FLY_MACHINE_ID: 'a\u001b[31m' }, 'FLY_MACHINE_ID'],
    [{ NAVIGATOR_OVERRIDES: '/nowhere/at/all.yml' }, '/nowhere/at/all.yml'],
  ])('is a failure that names the variable: %j', async (env, name) => {
    const failure = await failureOf(() => readSite(env, HOST));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain(name);
    expect(failure.hint).not.toBe('');
  });
});
