import { describe, expect, it } from 'vitest';
import { readDateSettings } from '../../../src/dates/dates-settings.ts';
import { readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import { readBeforeSettings } from '../../../src/publish/publish-settings.ts';
import { readReadySettings } from '../../../src/ready/ready-settings.ts';
import { readStoreSettings } from '../../../src/store/store-settings.ts';
import { readSyncSettings } from '../../../src/sync/sync-settings.ts';
import { readTenantSettings, UNTOUCHED } from '../../../src/tenants/tenants-settings.ts';
import { readUpdateSettings } from '../../../src/update/update-settings.ts';

type Env = Record<string, string>;

const STORE: Env = {
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_ENDPOINT_URL_S3: 'https://store.example/',
};

describe.each([
  ['unset', undefined],
  ['empty', ''],
])('with every variable %s,', (_, value) => {
  const env = (...names: string[]) =>
    value === undefined ? {} : Object.fromEntries(names.map((name) => [name, value]));

  it('an update has the values of production', () => {
    const names = ['LOCK_TIMEOUT', 'MAX_INDEX_MIB', 'GENERATIONS', 'PREPARE_TIMEOUT', 'TOKEN'];
    expect(readUpdateSettings(env(...names.map((name) => `UPDATE_CONFIG_${name}`)))).toEqual({
      lockTimeoutMs: 60_000,
      maxIndexBytes: 64 * 2 ** 20,
      generations: 10,
      prepareTimeoutMs: 20_000,
      token: null,
    });
  });

  it('tenants have the values of production', () => {
    const names = ['CONCURRENCY', 'MAX_DATABASE_MIB', 'PREPARE_COMMAND', 'SEED_COMMAND', 'PREPARE_TIMEOUT'];
    expect(readTenantSettings(env(...names.map((name) => `READY_${name}`)))).toEqual({
      concurrency: 4,
      maxDatabaseBytes: 512 * 2 ** 20,
      prepareCommand: ['bin/rails', 'db:prepare'],
      seedCommand: ['bin/rails', 'db:seed'],
      prepareTimeoutMs: 120_000,
      prepareConcurrency: 2,
    });
    expect(readDateSettings({}).maxDatabaseBytes).toBe(512 * 2 ** 20);
    expect(UNTOUCHED.toISOString()).toBe('2000-01-01T00:00:00.000Z');
  });

  it('uploads have the values of production', () => {
    const names = ['IDLE_DEADLINE', 'TENANT_STOP_DEADLINE', 'UPLOADING_APP', 'SYNC_WEBHOOK'];
    expect(readSyncSettings(env(...names))).toEqual({
      idleMs: 240_000,
      tenantStopMs: 100_000,
      uploadingApp: 'smooth',
      webhook: { url: null, problem: null },
    });
  });

  it('nothing runs before a publication', () => {
    const names = ['FLEET_BEFORE', 'FLEET_BEFORE_TIMEOUT'];
    expect(readBeforeSettings(env(...names))).toEqual({ command: [], timeoutMs: 300_000 });
  });

  it('there is no store, or one with the values of production', () => {
    expect(readStoreSettings(env(...Object.keys(STORE)))).toBe(null);
    const names = ['AWS_REGION', 'BUCKET_NAME', 'AWS_SESSION_TOKEN', 'UPDATE_CONFIG_STORE_TIMEOUT'];
    expect(readStoreSettings({ ...STORE, ...env(...names) })).toEqual({
      endpoint: 'https://store.example',
      region: 'auto',
      bucket: 'showcase',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      timeoutMs: 30_000,
    });
  });

  it('the fleet is asked as in production', () => {
    const { concurrency, attempts, timeoutMs, deadlineMs, firstPauseMs, longestPauseMs, maxAnswerBytes } =
      readFleetSettings({});
    expect([
      concurrency,
      attempts,
      timeoutMs,
      deadlineMs,
      firstPauseMs,
      longestPauseMs,
      maxAnswerBytes,
    ]).toEqual([100, 4, 60_000, 300_000, 500, 10_000, 2 ** 20]);
  });
});

/** The least and the most of each setting that is a whole number. */
const LIMITS: readonly [name: string, least: number, most: number, read: (env: Env) => unknown][] = [
  ['UPDATE_CONFIG_LOCK_TIMEOUT', 0, 3600, readUpdateSettings],
  ['UPDATE_CONFIG_MAX_INDEX_MIB', 1, 2048, readUpdateSettings],
  ['UPDATE_CONFIG_GENERATIONS', 1, 1000, readUpdateSettings],
  ['READY_CONCURRENCY', 1, 64, readTenantSettings],
  ['READY_MAX_DATABASE_MIB', 1, 2047, readTenantSettings],
  ['READY_PREPARE_TIMEOUT', 1, 3600, readTenantSettings],
  ['READY_PREPARE_CONCURRENCY', 1, 64, readTenantSettings],
  ['READY_PRERENDER_TIMEOUT', 1, 86_400, readReadySettings],
  ['FLEET_BEFORE_TIMEOUT', 1, 3600, readBeforeSettings],
  ['FLEET_CONCURRENCY', 1, 1000, readFleetSettings],
  ['FLEET_ATTEMPTS', 1, 100, readFleetSettings],
  ['FLEET_TIMEOUT', 1, 3600, readFleetSettings],
  ['FLEET_DEADLINE', 1, 86_400, readFleetSettings],
];

it.each(LIMITS)('%s is a whole number from %d to %d', (name, least, most, read) => {
  for (const value of [least, most]) expect(() => read({ [name]: String(value) })).not.toThrow();
  for (const value of [least - 1, most + 1]) expect(() => read({ [name]: String(value) })).toThrow(name);
});

it('a seed can be left out, and each setting of its own is read', () => {
  expect(readTenantSettings({ READY_SEED_COMMAND: 'off' }).seedCommand).toBe(null);
  expect(readTenantSettings({ READY_SEED_COMMAND: 'off now' }).seedCommand).toEqual(['off', 'now']);
  expect(readUpdateSettings({ UPDATE_CONFIG_TOKEN: 't' }).token).toBe('t');
  expect(readSyncSettings({ UPLOADING_APP: 'x', IDLE_DEADLINE: '0.5' })).toMatchObject({
    uploadingApp: 'x',
    idleMs: 500,
  });
});

describe('the fleet', () => {
  it('has its list from a program that sees no secret of ours', () => {
    const secrets = [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'UPDATE_CONFIG_TOKEN',
    ];
    const more = [
      'UPDATE_CONFIG_KEY',
      'FLEET_USER',
      'FLEET_PASSWORD',
      'SMTP_URL',
      'WEBHOOK_KEY',
      'DEPLOY_KEY',
      'NVOI_MASTER_KEY',
    ];
    const env = Object.fromEntries([...secrets, ...more, 'FLY_API_TOKEN', 'PATH'].map((name) => [name, 'x']));
    expect(readFleetSettings(env).fly.cliEnv).toEqual({ FLY_API_TOKEN: 'x', PATH: 'x' });
  });

  it.each([
    'https://user@a.b/',
    'https://:password@a.b/',
    'ftp://a.b/',
    'https://a.b/?x',
    'https://a.b/#x',
    'http://',
  ])('is not at %s', (url) => {
    for (const name of ['FLEET_FLY_URL', 'FLEET_KAMAL_URL', 'FLY_API_HOSTNAME'])
      expect(() => readFleetSettings({ [name]: url })).toThrow(name);
  });
});

describe('a store', () => {
  it.each(Object.keys(STORE))('of which only %s is missing is half a configuration', (name) => {
    expect(() => readStoreSettings({ ...STORE, [name]: '' })).toThrow(`but not ${name}`);
  });

  it.each([
    ['AWS_ENDPOINT_URL_S3', 'store.example'],
    ['AWS_ENDPOINT_URL_S3', 'ftp://store.example'],
    ['AWS_ENDPOINT_URL_S3', 'https://user@store.example'],
    ['AWS_ENDPOINT_URL_S3', 'https://:password@store.example'],
    ['AWS_ENDPOINT_URL_S3', 'https://store.example/?a=b'],
    ['AWS_ENDPOINT_URL_S3', 'https://store.example/#a'],
    ['AWS_ACCESS_KEY_ID', 'id\n'],
    ['AWS_SECRET_ACCESS_KEY', ' secret'],
    ['AWS_SESSION_TOKEN', 'to ken'],
    ['AWS_REGION', 'é'],
    ['BUCKET_NAME', 'ab'],
    ['BUCKET_NAME', 'x'.repeat(64)],
    ['BUCKET_NAME', 'Show'],
    ['BUCKET_NAME', '-ab'],
    ['BUCKET_NAME', 'a/b'],
    ['BUCKET_NAME', 'a--x-s3'],
    ['UPDATE_CONFIG_STORE_TIMEOUT', '0'],
  ])('cannot have for its %s: %j', (name, value) => {
    const read = () => readStoreSettings({ ...STORE, [name]: value });
    expect(read).toThrow(name);
    if (name !== 'UPDATE_CONFIG_STORE_TIMEOUT' && value.length > 3) expect(read).not.toThrow(value);
  });

  it('may have names of 3 to 63 characters, and a path', () => {
    for (const bucket of ['abc', 'x'.repeat(63), 'a.b_c-1'])
      expect(readStoreSettings({ ...STORE, BUCKET_NAME: bucket })?.bucket).toBe(bucket);
    const url = 'http://127.0.0.1:9/a/b//';
    expect(readStoreSettings({ ...STORE, AWS_ENDPOINT_URL_S3: url })?.endpoint).toBe(
      'http://127.0.0.1:9/a/b',
    );
  });
});
