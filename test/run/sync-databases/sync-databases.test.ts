import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { never } from '../../support/store/fault-proxy.ts';
import { eventIndex, eventOf, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

const T1 = new Date('2026-01-02T03:04:05Z');
const T2 = new Date('2026-01-02T03:04:06Z');

let store: EventStore;
let iad: Region;
let other: Region;

beforeEach(async () => {
  store = await EventStore.start();
  const index = eventIndex({ iad: ['newton', 'salem'] });
  iad = new Region('iad', store.env, index);
  // The same region's other machine: what it uploads, this one can download.
  other = new Region('iad', store.env, index);
});

afterEach(async () => {
  iad.remove();
  other.remove();
  await store.close();
});

async function uploadedElsewhere(name: string, event: string, at: Date): Promise<void> {
  other.write(name, event, at);
  expect((await other.syncHere(['--only', name])).counts).toEqual({ uploaded: 1 });
}

const keptEvents = (machine: Region): (string | null)[] =>
  machine.keptAside().map((name) => eventOf(openImage(readFileSync(join(machine.dbDir, name)))));

describe('scripts/sync-databases', () => {
  it('uploads databases that are newer here, downloads those that are newer there, and leaves the rest', async () => {
    await uploadedElsewhere('2026-boston', 'there', T2);
    iad.write('2026-boston', 'here', T1);
    iad.write('2026-newton', 'here', T1);
    const result = await iad.sync();
    expect(result).toMatchObject({
      operation: 'sync-databases',
      outcome: 'done',
      region: 'iad',
      counts: { uploaded: 1, downloaded: 1, missing: 2 },
      failures: [],
      items: [
        { name: '2026-newton', action: 'upload', outcome: 'changed' },
        { name: '2026-boston', action: 'download', outcome: 'changed' },
      ],
    });
    expect(iad.event('2026-boston')).toBe('there');
    expect(statSync(iad.tenant('2026-boston')).mtime).toEqual(T2);
    expect(await store.event('2026-newton')).toBe('here');
    store.proxy.plan(never);
    expect((await iad.sync()).counts).toEqual({ unchanged: 2, missing: 2 });
    expect(store.requests()).toEqual(['LIST db/']);
  });

  it('uploads a change that was made in the very second that the fetched version has for its time', async () => {
    const time = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
    await uploadedElsewhere('2026-boston', 'there', new Date(time + 200));
    expect((await iad.syncHere()).counts).toMatchObject({ downloaded: 1 });
    iad.write('2026-boston', 'here', new Date(time + 500));
    expect((await iad.syncHere()).counts).toMatchObject({ uploaded: 1 });
    expect(await store.event('2026-boston')).toBe('here');
    store.proxy.plan(never);
    expect((await iad.syncHere()).counts).toMatchObject({ unchanged: 1 });
    expect(store.requests()).toEqual(['LIST db/']);
  });

  it('says with --dry-run what it would do, and changes nothing', async () => {
    await uploadedElsewhere('2026-boston', 'there', T2);
    iad.write('2026-newton', 'here', T1);
    const before = iad.snapshot();
    store.proxy.plan(never);
    const scratch = mkdtempSync(join(iad.home, 'scratch-'));
    vi.stubEnv('TMPDIR', scratch);
    const { outcome, counts, items } = await iad.syncHere(['--dry-run']);
    vi.unstubAllEnvs();
    expect([outcome, readdirSync(scratch)]).toEqual(['dry-run', []]);
    expect(counts).toEqual({ 'to upload': 1, 'to download': 1, missing: 2 });
    expect(items.map(({ name, outcome: each }) => `${name} ${each}`)).toEqual([
      '2026-newton would-change',
      '2026-boston would-change',
    ]);
    expect(iad.snapshot()).toEqual(before);
    expect(store.requests().filter((line) => /^(PUT|DELETE)/.test(line))).toEqual([]);
  });

  it('names the directory in which --dry-run cannot make copies', async () => {
    const TMPDIR = join(iad.home, 'none');
    const { error } = await iad.sync(['--dry-run'], { env: { TMPDIR } });
    expect(error).toMatchObject({
      code: 'disk',
      message: expect.stringContaining(TMPDIR),
      hint: expect.stringContaining('TMPDIR'),
    });
  });

  it('handles with --only just those, with or without their file extension, of other regions too', async () => {
    for (const name of ['2026-boston', '2026-newton']) iad.write(name, 'here', T1);
    await store.put(
      'db/2026-sydney.sqlite3',
      readFileSync(iad.tenant('2026-boston')),
      '2026-01-02 03:04:05 UTC',
    );
    expect((await iad.syncHere(['--only', '2026-newton.sqlite3,2026-sydney'])).counts).toEqual({
      uploaded: 1,
      downloaded: 1,
    });
    expect(await store.event('2026-boston')).toBeNull();
    expect(iad.event('2026-sydney')).toBe('here');
  });

  it('never uploads a database of another region, however new it is here', async () => {
    await store.put('db/2026-sydney.sqlite3', 'whatever', '2026-01-02 03:04:05 UTC');
    iad.write('2026-sydney', 'here');
    expect(await iad.syncHere(['--only', '2026-sydney'])).toMatchObject({
      outcome: 'done',
      counts: { unchanged: 1 },
      notes: ['this machine only downloads, and never uploads: 2026-sydney (syd)'],
    });
    expect(await store.bytes('db/2026-sydney.sqlite3')).toEqual(Buffer.from('whatever'));
  });

  it('downloads with --safe only missing databases, and replaces none of this region', async () => {
    for (const name of ['2026-boston', '2026-newton']) await uploadedElsewhere(name, 'there', T2);
    iad.write('2026-boston', 'here', T1);
    expect((await iad.syncHere(['--safe'])).counts).toEqual({ downloaded: 1, missing: 2, 'left alone': 1 });
    expect(iad.event('2026-boston')).toBe('here');
    expect(iad.event('2026-newton')).toBe('there');
  });

  it('downloads nothing over a database that was changed in both places, and keeps a copy', async () => {
    await uploadedElsewhere('2026-boston', 'common', T1);
    await iad.syncHere();
    await uploadedElsewhere('2026-boston', 'there', new Date(Date.now() + 60_000));
    iad.write('2026-boston', 'here');
    const { exitCode, stdout } = await iad.script('sync-databases');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (changed-elsewhere): 2026-boston');
    expect(iad.event('2026-boston')).toBe('here');
    expect(await store.event('2026-boston')).toBe('there');
    expect(keptEvents(iad)).toEqual(['here']);
  });

  it('keeps a copy of a change that a download replaces on a machine that may not upload it', async () => {
    await uploadedElsewhere('2026-boston', 'common', T1);
    const kamal = { FLY_APP_NAME: '', FLY_REGION: '', KAMAL_CONTAINER_NAME: 'showcase-web' };
    iad.env = { ...iad.env, ...kamal };
    expect((await iad.syncHere()).counts).toMatchObject({ downloaded: 1 });
    iad.write('2026-boston', 'changed on the copy');
    expect((await iad.syncHere()).counts).toMatchObject({ unchanged: 1 });
    await uploadedElsewhere('2026-boston', 'there', new Date(Date.now() + 60_000));
    expect((await iad.syncHere()).counts).toMatchObject({ downloaded: 1 });
    expect(iad.event('2026-boston')).toBe('there');
    expect(keptEvents(iad)).toEqual(['changed on the copy']);
  });

  it('replaces an older copy that was restored, and keeps it beside; if touched, it is uploaded', async () => {
    await uploadedElsewhere('2026-boston', 'common', T2);
    await iad.syncHere();
    iad.write('2026-boston', 'put back', T1);
    expect((await iad.syncHere(['--safe'])).counts).toMatchObject({ 'left alone': 1 });
    expect((await iad.syncHere()).counts).toMatchObject({ downloaded: 1 });
    expect(iad.event('2026-boston')).toBe('common');
    expect(keptEvents(iad)).toEqual(['put back']);
    iad.write('2026-boston', 'put back');
    expect((await iad.syncHere()).counts).toMatchObject({ uploaded: 1 });
    expect(await store.event('2026-boston')).toBe('put back');
  });

  it('leaves a symbolic link and its target alone', async () => {
    other.write('2026-boston', 'linked', T1);
    symlinkSync(other.tenant('2026-boston'), iad.tenant('2026-boston'));
    await store.put('db/2026-boston.sqlite3', 'newer', '2027-01-02 03:04:05 UTC');
    expect(await iad.syncHere()).toMatchObject({ outcome: 'done' });
    expect(other.event('2026-boston')).toBe('linked');
    expect(await store.bytes('db/2026-boston.sqlite3')).toEqual(Buffer.from('newer'));
  });

  it.each([
    ['2025-11-19 12:00:00.123456789 UTC', 'downloaded'],
    ['not a time at all', 'failed'],
    ['2020-01-01 00:00:00 UTC', 'uploaded'],
  ])('uses last-modified %j if it is a time, and decides nothing if it is not', async (time, what) => {
    other.write('2026-boston', 'there');
    iad.write('2026-boston', 'here', new Date('2025-01-01T00:00:00Z'));
    await store.put('db/2026-boston.sqlite3', readFileSync(other.tenant('2026-boston')), time);
    expect((await iad.syncHere()).counts).toMatchObject({ [what]: 1 });
  });

  it.each([
    [['--only', '2026-nobody'], 'no event whose database is "2026-nobody"'],
    [['--only', 'Nobody'], 'ready --list --only tenants'],
    [['--only', 'index'], '--index-only'],
    [['--only', ''], '--only names no event'],
    [['--only', '2026-boston', '--index-only'], 'cannot be combined'],
    [['--upload'], '--upload'],
    [['extra'], 'extra'],
    [['--app-root', '/nowhere/at/all'], '/nowhere/at/all'],
  ])('refuses %j with exit code 2', async (args, told) => {
    const { exitCode, stdout, stderr } = await iad.runHere(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^sync-databases: .+ \(.+\)\n$/);
    expect(stderr).toContain(told);
    const json = await iad.runHere(['--json', ...args]);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: 'failed', error: { code: 'usage' } });
  });

  it('says that no store is configured, and ends', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };
    expect(await iad.runHere([], none)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('no object store is configured; nothing to do'),
    });
    expect(await iad.sync([], { env: none })).toMatchObject({
      outcome: 'done',
      items: [],
      notes: ['no object store is configured; nothing to do'],
    });
  });
});

describe('scripts/sync-databases and the index:', () => {
  it('the script never uploads the index, even if it is newer here', async () => {
    await store.published.publish(eventIndex(), T1);
    const etag = await store.etag('index');
    for (const args of [[], ['--only', '2026-boston']]) await iad.runHere(args);
    await iad.script('sync-databases', ['--index-only']);
    expect(await store.etag('index')).toBe(etag);
    expect(store.requests().filter((line) => line.startsWith('PUT'))).toEqual([]);
  });

  it('the script installs the index with --index-only by a whole update', async () => {
    await store.published.publish(eventIndex({ iad: ['published'] }), new Date(Date.now() + 60_000));
    const { stdout: dry } = await iad.runHere(['--index-only', '--dry-run', '--json']);
    expect(JSON.parse(dry)).toMatchObject({ outcome: 'dry-run' });
    const { exitCode, stdout } = await iad.script('sync-databases', ['--index-only', '--safe', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'updated', reload: true });
    expect(iad.read('tenants.list')).toContain('2026-published.sqlite3');
  });
});
