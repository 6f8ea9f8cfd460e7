import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { useSource } from '../../support/machine/use-source.ts';
import { READY } from '../../support/ready/ready.ts';
import type { Fault } from '../../support/store/fault-proxy.ts';
import { Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';
import { applied } from '../../support/tenants/applied.ts';

const MIGRATION = '20250101000000';

useSource();
let store: EventStore;
let iad: Region;
/** The event's database was made, written to, and uploaded. */
const template = mkdtempSync(join(tmpdir(), 'template-'));
let version: string | null;

/** A machine of that store with an application. */
function withRails({ env }: EventStore): Region {
  const region = new Region('iad', { ...env, APP_USER: 'root' });
  const migrations = join(region.appRoot, 'db/migrate');
  const prepare = join(region.appRoot, 'bin/rails');
  for (const path of [migrations, dirname(prepare)]) mkdirSync(path, { recursive: true });
  writeFileSync(join(migrations, `${MIGRATION}_change.rb`), '');
  writeFileSync(prepare, `#!/bin/sh\npath="\${DATABASE_URL#sqlite3://}"\nexec ${applied(MIGRATION)}\n`);
  chmodSync(prepare, 0o755);
  return region;
}

beforeAll(async () => {
  store = await EventStore.start();
  iad = withRails(store);
  iad.write('2026-boston', 'Spring Showcase', new Date('2026-01-02T00:00:00Z'));
  await ready();
  await iad.syncHere();
  expect(await store.event('2026-boston')).toBe('Spring Showcase');
  version = await store.etag('2026-boston');
  cpSync(iad.home, template, { recursive: true, preserveTimestamps: true });
});

beforeEach(() => {
  rmSync(iad.home, { recursive: true });
  cpSync(template, iad.home, { recursive: true, preserveTimestamps: true });
});

afterAll(async () => {
  iad.remove();
  rmSync(template, { recursive: true });
  await store.close();
});

const ready = (machine = iad) => machine.run(['--only', 'tenants'], { executable: READY });
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
    // The volume is as it was, but for the database: what this machine saw last is known there.
    rmSync(iad.tenant('2026-boston'));
    let left = 1;
    store.proxy.plan(({ path }) => (path.includes('list-type=2') && left-- > 0 ? fault : undefined));
    await ready();
    expect([null, 'Spring Showcase']).toContain(iad.event('2026-boston'));
    await iad.syncHere();
    expect(await store.etag('2026-boston')).toBe(version);
    await ready();
    expect(iad.event('2026-boston')).toBe('Spring Showcase');
  },
);

it('an event that the store does not have, by its own answer, gets a database', async () => {
  iad.isFromSource = false;
  const empty = await EventStore.start();
  const machine = withRails(empty);
  onTestFinished(async () => {
    machine.remove();
    await empty.close();
  });
  const { stdout } = await ready(machine);
  expect(stdout).toContain('prepared: a copy of the prepared database');
  expect(empty.requests()).toContain('HEAD db/2026-boston.sqlite3');
  // One that nobody has written to is not uploaded.
  expect((await machine.script('idle')).stdout).not.toContain('new in the store');
  machine.write('2026-boston', 'Spring Showcase');
  const { stdout: again } = await machine.script('idle');
  expect(again).toContain('new in the store');
});
