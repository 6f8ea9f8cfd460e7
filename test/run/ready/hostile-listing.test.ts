import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { READY } from '../../support/ready/ready.ts';
import type { Fault } from '../../support/store/fault-proxy.ts';
import { Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

const MIGRATION = '20250101000000';
const APPLY = join(import.meta.dirname, '../../support/tenants/apply-process.ts');

let store: EventStore;
let iad: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', { ...store.env, APP_USER: 'root' });
  const migrations = join(iad.appRoot, 'db/migrate');
  const prepare = join(iad.appRoot, 'bin/rails');
  for (const path of [migrations, dirname(prepare)]) mkdirSync(path, { recursive: true });
  writeFileSync(join(migrations, `${MIGRATION}_change.rb`), '');
  writeFileSync(
    prepare,
    `#!/bin/sh\nexec ${process.execPath} ${APPLY} "\${DATABASE_URL#sqlite3://}" ${MIGRATION}\n`,
  );
  chmodSync(prepare, 0o755);
});

afterEach(async () => {
  iad.remove();
  await store.close();
});

const ready = () => iad.run(['--only', 'tenants'], { executable: READY });
const page = (body: string): Fault => ({ kind: 'answer', status: 200, body });

const ANSWERS: readonly (readonly [string, Fault])[] = [
  ['an S3 error', page('<?xml version="1.0"?>\n<Error><Code>InternalError</Code></Error>')],
  ['a page of something else', page('<!doctype html><html><body>It works!</body></html>')],
  ['nothing', page('')],
  ['half a listing', page('<ListBucketResult><IsTruncated>false</IsTruncated>')],
  ['an empty listing', page('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>')],
];

it.each(ANSWERS)(
  'with %s in the place of one listing, no event of the store gets an empty database, here or there',
  async (_, fault) => {
    iad.write('2026-boston', 'Spring Showcase', new Date('2026-01-02T00:00:00Z'));
    await ready();
    await iad.sync();
    expect(await store.event('2026-boston')).toBe('Spring Showcase');
    const version = await store.etag('2026-boston');
    // The volume is as it was, but for the database: what this machine saw last is known there.
    rmSync(iad.tenant('2026-boston'));
    let left = 1;
    store.proxy.plan(({ path }) => (path.includes('list-type=2') && left-- > 0 ? fault : undefined));
    await ready();
    expect([null, 'Spring Showcase']).toContain(iad.event('2026-boston'));
    await iad.script('idle');
    expect(await store.etag('2026-boston')).toBe(version);
    await ready();
    expect(iad.event('2026-boston')).toBe('Spring Showcase');
  },
);

it('an event that the store does not have, by its own answer, gets a database', async () => {
  const { stdout } = await ready();
  expect(stdout).toContain('prepared: a copy of the prepared database');
  expect(store.requests()).toContain('HEAD db/2026-boston.sqlite3');
  // One that nobody has written to is not uploaded.
  expect((await iad.script('idle')).stdout).not.toContain('new in the store');
  iad.write('2026-boston', 'Spring Showcase');
  const { stdout: again } = await iad.script('idle');
  expect(again).toContain('new in the store');
});
