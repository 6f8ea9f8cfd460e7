import { describe, expect, it } from 'vitest';
import { identityOf, logDirOf } from '../../../src/site/identity.ts';
import { siteFrom } from '../../../src/site/read-site.ts';

const FLY = { FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' };
const HOST = { defaultAppRoot: '/rails', hostname: 'admin', totalMemoryBytes: 2 ** 31 };

describe('the name of a machine', () => {
  it.each([
    ['on Fly its machine id', { ...FLY, FLY_MACHINE_ID: 'd8912' }, { machine: 'd8912', region: 'iad' }],
    ['on Fly without an id the host name', FLY, { machine: 'admin', region: 'iad' }],
    [
      'on Fly its machine id, though a container is named',
      { ...FLY, FLY_MACHINE_ID: 'd8912', KAMAL_CONTAINER_NAME: 'web' },
      { machine: 'd8912', region: 'iad' },
    ],
    ['under Kamal the container', { KAMAL_CONTAINER_NAME: 'web' }, { machine: 'web', region: null }],
    [
      'under Kamal the container, though an id of Fly is left over',
      { KAMAL_CONTAINER_NAME: 'web', FLY_MACHINE_ID: 'd8912' },
      { machine: 'web', region: null },
    ],
    [
      'elsewhere the host name, though an id of Fly is left over',
      { FLY_MACHINE_ID: 'd8912' },
      { machine: 'admin', region: null },
    ],
    [
      'elsewhere the host name, with empty variables',
      { FLY_MACHINE_ID: '', KAMAL_CONTAINER_NAME: '' },
      { machine: 'admin', region: null },
    ],
  ])('is %s, in results of refusals and of runs alike', (_, env, identity) => {
    expect(identityOf(env, 'admin')).toEqual(identity);
    const { machineId, region } = siteFrom(env, HOST, null);
    expect({ machine: machineId, region }).toEqual(identity);
  });

  it.each([
    [
      'a region that Fly does not have',
      { FLY_APP_NAME: 'smooth', FLY_REGION: 'i/ad', FLY_MACHINE_ID: 'd8912' },
    ],
    ['a container with a line break', { KAMAL_CONTAINER_NAME: 'web\nRESULT {}' }],
  ])('is the host name in a refusal because of %s', (_, env) => {
    expect(identityOf(env, 'admin')).toEqual({ machine: 'admin', region: null });
    expect(() => siteFrom(env, HOST, null)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });
});

describe('the place of logs', () => {
  it.each([
    ['nowhere without RAILS_LOG_VOLUME', {}, null],
    ['nowhere if it is empty', { RAILS_LOG_VOLUME: '' }, null],
    ['an absolute directory as it is', { RAILS_LOG_VOLUME: '/data/log' }, '/data/log'],
    [
      'a relative one below the app root',
      { RAILS_LOG_VOLUME: 'logs', APP_ROOT: '/srv/app' },
      '/srv/app/logs',
    ],
    ['a relative one below the default app root', { RAILS_LOG_VOLUME: 'logs' }, '/rails/logs'],
  ])('is %s, for the log and for everything else', (_, env, directory) => {
    expect(logDirOf(env, '/rails')).toBe(directory);
    expect(siteFrom(env, HOST, null).logDir).toBe(directory);
  });

  it.each(['a\nb', `/data/$${'{x}'}`])('does not exist for %j, which the run refuses', (value) => {
    expect(logDirOf({ RAILS_LOG_VOLUME: value }, '/rails')).toBeNull();
    expect(() => siteFrom({ RAILS_LOG_VOLUME: value }, HOST, null)).toThrow(/RAILS_LOG_VOLUME/);
  });
});
