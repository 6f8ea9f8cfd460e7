import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { never } from '../../support/store/fault-proxy.ts';
import { eventIndex, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

const LONG_AGO = new Date('2026-01-02T03:04:05Z');

useSource();
let store: EventStore;
let iad: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
});

afterEach(async () => {
  iad.remove();
  await store.close();
});

describe('scripts/idle', () => {
  it('uploads a database that the store does not have, and enters it into the inventory', async () => {
    iad.isFromSource = false;
    iad.write('2026-boston', 'first', LONG_AGO);
    const { exitCode, stdout } = await iad.script('idle');
    expect(stdout).toContain('2026-boston: changed, uploaded');
    expect(exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('first');
    expect(await store.lastModified('2026-boston')).toBe('2026-01-02 03:04:05 UTC');
    expect(await store.inventory('iad')).toEqual({
      '2026-boston.sqlite3': {
        etag: await store.etag('2026-boston'),
        date: '2026-05-01',
        last_modified: '2026-01-02 03:04:05 UTC',
      },
    });
  });

  it('asks the store nothing when nothing was changed', async () => {
    iad.write('2026-boston', 'first', LONG_AGO);
    await iad.syncHere();
    store.proxy.plan(never);
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Summary: done, 1 unchanged');
    expect(store.requests()).toEqual([]);
  });

  it('does not upload a database that was only touched', async () => {
    iad.write('2026-boston', 'first', LONG_AGO);
    await iad.syncHere();
    iad.write('2026-boston', 'first', new Date('2026-01-03T00:00:00Z'));
    store.proxy.plan(never);
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(store.requests()).toEqual([]);
  });

  it('uploads a change with one request for the database and two for the inventory', async () => {
    iad.write('2026-boston', 'first', LONG_AGO);
    await iad.syncHere();
    iad.write('2026-boston', 'second');
    store.proxy.plan(never);
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(store.requests()).toEqual([
      'PUT db/2026-boston.sqlite3',
      'GET inventory/iad.json',
      'PUT inventory/iad.json',
    ]);
    expect(await store.event('2026-boston')).toBe('second');
  });

  it('uploads a change that was made in the second of the upload before it', async () => {
    for (const event of ['first', 'second', 'third']) {
      iad.write('2026-boston', event, new Date(Math.floor(Date.now() / 1000) * 1000));
      expect((await iad.script('idle')).exitCode).toBe(0);
      expect(await store.event('2026-boston')).toBe(event);
    }
  });

  it('uploads neither the index, nor databases of another region, nor a file that is not a tenant', async () => {
    for (const name of ['2026-sydney', '2026-boston-old', 'demo']) iad.write(name, 'first');
    const { exitCode } = await iad.script('idle');
    expect(exitCode).toBe(0);
    expect(store.requests()).toEqual([]);
  });

  it('names the row of an event that is left out, whose database is not uploaded', async () => {
    writeFileSync(iad.path('index.sqlite3'), eventIndex({ iad: ['a/b'] }));
    iad.write('2026-boston', 'first');
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('] Warning: studio "a/b" (locations 10): key "a/b" ');
    expect(await store.event('2026-boston')).toBe('first');
  });

  it('uploads a database that no region owns, into the inventory of the index', async () => {
    iad.write('2026-nowhere', 'first');
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-nowhere')).toBe('first');
    expect(Object.keys((await store.inventory('index')) ?? {})).toEqual(['2026-nowhere.sqlite3']);
    expect(await store.inventory('iad')).toBeNull();
  });

  it('says what it would upload, and does not, in a test app', async () => {
    iad.isFromSource = false;
    iad.write('2026-boston', 'first');
    const { exitCode, stdout } = await iad.script('idle', [], { env: { FLY_APP_NAME: 'smooth-trial' } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'this is the Fly app smooth-trial, and only smooth (UPLOADING_APP) uploads: nothing is uploaded',
    );
    expect(stdout).toContain('2026-boston: would-change, would be uploaded, new in the store');
    expect(await store.etag('2026-boston')).toBeNull();
  });

  it('does nothing where it is not Fly, or no store is configured', async () => {
    iad.write('2026-boston', 'first');
    const kamal = { FLY_APP_NAME: '', FLY_REGION: '', KAMAL_CONTAINER_NAME: 'showcase-web' };
    expect(await iad.script('idle', [], { env: kamal })).toMatchObject({ exitCode: 0 });
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };
    const { exitCode, stdout } = await iad.script('idle', [], { env: none });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('no object store is configured');
    expect(store.requests()).toEqual([]);
  });

  it('uploads neither an empty database, nor one without tables, nor a damaged one', async () => {
    const keys = ['empty', 'bare', 'broken', 'torn'];
    iad.remove();
    iad = new Region('iad', store.env, eventIndex({ iad: keys }));
    writeFileSync(iad.tenant('2026-empty'), '');
    const bare = openDatabase(iad.tenant('2026-bare'));
    bare.exec('CREATE TABLE a (b); DROP TABLE a');
    bare.close();
    writeFileSync(iad.tenant('2026-broken'), 'this is no database at all, and long enough'.repeat(100));
    iad.write('2026-torn', 'first');
    truncateSync(iad.tenant('2026-torn'), statSync(iad.tenant('2026-torn')).size - 4096);
    iad.write('2026-boston', 'first');
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (tenant-invalid): 2026-broken: ');
    expect(stdout).toContain('Failed (tenant-invalid): 2026-torn: ');
    expect(stdout).toContain('1 uploaded, 3 missing, 2 failed');
    expect(store.requests().filter((line) => line.startsWith('PUT db/'))).toEqual([
      'PUT db/2026-boston.sqlite3',
    ]);
  });
});
