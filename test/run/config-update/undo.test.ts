import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { FleetHistoryRow } from '../../../src/journal/journal-model.ts';
import { decodeEvent } from '../../../src/report/decode.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

const KEY = 'db/index.sqlite3';
const SAMPLE = makeSampleIndex();
const named = (name: string) => altered(SAMPLE, `UPDATE locations SET name = '${name}' WHERE id = 1`);

useSource();
let scene: Scene;
/** The host that a test works on: the one that has published twice, unless it asks for a new one. */
let host: AdminHost;
let published: { readonly host: AdminHost; readonly runs: string[]; readonly stored: Stored };
const template = mkdtempSync(join(tmpdir(), 'template-'));
beforeAll(async () => {
  scene = await startScene();
  host = scene.host(named('one'));
  const runs = await publishTwice();
  const got = await scene.published.store.get(KEY, { maxBytes: 2 ** 24 });
  if (got.kind !== 'found') throw new Error(got.kind);
  published = { host, runs, stored: { bytes: got.bytes, metadata: { ...got.object.metadata } } };
  cpSync(host.home, template, { recursive: true, preserveTimestamps: true });
});
afterAll(async () => {
  rmSync(template, { recursive: true });
  await scene.close();
});
/** Back to where the host has published twice. */
beforeEach(async () => {
  host = published.host;
  host.isFromSource = true;
  rmSync(host.home, { recursive: true });
  cpSync(template, host.home, { recursive: true, preserveTimestamps: true });
  await scene.published.store.put(KEY, published.stored.bytes, {
    condition: { replaces: 'anything' },
    metadata: published.stored.metadata,
    contentType: 'application/vnd.sqlite3',
  });
});

interface Stored {
  readonly bytes: Buffer;
  readonly metadata: Record<string, string>;
}

/** A host that has published nothing yet, as nobody has. */
function startAnew(): void {
  scene.published.remove(KEY);
  host = scene.host(named('one'));
}

const json = async (...args: string[]) => {
  const { stdout, exitCode } = await host.configUpdate([...args, '--json']);
  return { exitCode, report: JSON.parse(stdout) as FleetReport };
};
const lines = async <T>(option: string): Promise<T[]> => {
  const { stdout } = await host.configUpdate([option, '--json']);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
};

async function storedName(): Promise<unknown> {
  const got = await scene.published.store.get(KEY, { maxBytes: 2 ** 24 });
  if (got.kind !== 'found') return got.kind;
  got.bytes.writeUInt16BE(0x0101, 18);
  const db = openDatabase(got.bytes);
  try {
    return db.prepare('SELECT name FROM locations WHERE id = 1').pluck().get();
  } finally {
    db.close();
  }
}

function rename(name: string): void {
  const db = openDatabase(host.path('index.sqlite3'));
  db.prepare('UPDATE locations SET name = ? WHERE id = 1').run(name);
  db.close();
}

async function publishTwice(): Promise<string[]> {
  const first = await json();
  rename('two');
  const second = await json();
  expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
  return [first.report.run, second.report.run];
}

describe('config-update --undo', () => {
  it('is a run of its own: machines are asked, the history says what it took back, and --undo brings that back', async () => {
    host.isFromSource = false;
    const [, second] = published.runs;
    const { stdout, exitCode } = await host.configUpdate(['--undo']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Published the index: ETag /m);
    expect(stdout).toContain(`\nIt is the index that run ${second} replaced.\n`);
    expect(stdout).toContain('\nStep 3: Triggering configuration update on each machine...\n');
    expect(stdout).toContain('  m1... ✓ Success\n');
    expect(stdout).toContain('\nSuccessfully updated: 2 machines\n');
    expect(await storedName()).toBe('one');
    const [undo] = await lines<FleetHistoryRow>('--history');
    expect(undo).toMatchObject({
      operation: 'undo',
      undoes: second,
      published: 'published',
      outcome: 'done',
    });
    expect((await host.configUpdate(['--history'])).stdout).toContain(`published, undo of ${second}`);
    expect(await json()).toMatchObject({ exitCode: 0, report: { publish: { kind: 'unchanged' } } });
    const redo = await json('--undo');
    expect(redo).toMatchObject({
      exitCode: 0,
      report: { operation: 'undo', publish: { undoes: undo?.run } },
    });
    expect(await storedName()).toBe('two');
  });

  it('tells programs in events that our own decoder takes', async () => {
    const { stdout } = await host.configUpdate(['--undo', '--events']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => decodeEvent(line))
      .map((decoded) => (decoded.kind === 'event' ? decoded.event : decoded));
    expect(events).toContainEqual(expect.objectContaining({ type: 'run-began', operation: 'undo' }));
    expect(events.at(-1)).toMatchObject({
      type: 'run-ended',
      result: { operation: 'undo', outcome: 'done' },
    });
  });

  it('in a dry run says what would change, row by row, and is not recorded', async () => {
    const [, second] = published.runs;
    const { stdout, exitCode } = await host.configUpdate(['--undo', '--dry-run']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Would publish the index: ETag /m);
    expect(stdout).toContain(`\nIt is the index that run ${second} replaced.\n`);
    expect(stdout).toMatch(/^ {2}studio .*: changed in name$/m);
    expect(await storedName()).toBe('two');
    expect(await lines('--history')).toHaveLength(2);
  });

  it('does not run what comes before a publication', async () => {
    const { stdout } = await host.configUpdate(['--undo'], { env: { FLEET_BEFORE: '/bin/false' } });
    expect(stdout).not.toContain('/bin/false');
    expect(await storedName()).toBe('one');
  });

  it('ends with 4 where another host has published meanwhile, and changes nothing', async () => {
    await scene.published.publish(named('theirs'));
    const { exitCode, report } = await json('--undo');
    expect({ exitCode, outcome: report.outcome }).toEqual({ exitCode: 4, outcome: 'changed-elsewhere' });
    expect(await storedName()).toBe('theirs');
    expect(host.read('index.sqlite3')).toContain('two');
  });

  it('refuses to take away what was never published, and does so on request', async () => {
    rename('three');
    const refused = await json('--undo');
    expect(refused).toMatchObject({
      exitCode: 1,
      report: { outcome: 'failed', error: { code: 'pending-changes' } },
    });
    expect(await storedName()).toBe('two');
    expect(await json('--undo', '--discard-pending')).toMatchObject({ exitCode: 0 });
    expect(await storedName()).toBe('one');
    expect(await json('--undo')).toMatchObject({ exitCode: 0 });
    expect(await storedName()).toBe('three');
  });

  it('fails where there is nothing to take back, and says so in the history', async () => {
    startAnew();
    const { exitCode, stdout } = await host.configUpdate(['--undo']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (nothing-to-undo): this host keeps no index that it published there\n');
    const [row] = await lines<FleetHistoryRow>('--history');
    expect(row).toMatchObject({ operation: 'undo', undoes: null, errorCode: 'nothing-to-undo' });
  });

  it('refuses what makes no sense: --published with --events', async () => {
    const { exitCode, stdout, stderr } = await host.configUpdate(['--published', '--events']);
    expect({ exitCode, said: stdout + stderr }).toEqual({
      exitCode: 2,
      said: expect.stringContaining('--events and --published cannot be combined'),
    });
  });
});

describe('config-update --published', () => {
  it('is a table for people, and an object a line for programs', async () => {
    asBuilt();
    startAnew();
    expect((await host.configUpdate(['--published'])).stdout).toBe('No published index is kept here yet.\n');
    const [first, second] = await publishTwice();
    const { report } = await json('--undo');
    const rows = await lines('--published');
    expect(rows).toMatchObject([
      { run: report.run, origin: 'run', isPresent: true, replacedBy: null, undoes: second },
      { run: second, isPresent: false, replacedBy: report.run, undoes: null },
      { run: first, isPresent: false, replacedBy: second, etag: report.index?.etag },
    ]);
    const { stdout } = await host.configUpdate(['--published']);
    const [head, ...table] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^when +run +by +ETag +bytes +digest +state$/);
    expect(table[0]).toMatch(
      new RegExp(
        `^20\\S+Z +${report.run} +\\S+@\\S+ +"\\w+" +\\d+ +[0-9a-f]{12} +present, undo of ${second}$`,
      ),
    );
    expect(table[2]).toMatch(new RegExp(`replaced by ${second}$`));
  });

  it('has as many as FLEET_KEEP_PUBLISHED says, and none for 0', async () => {
    startAnew();
    host.env['FLEET_KEEP_PUBLISHED'] = '1';
    await publishTwice();
    rename('three');
    await json();
    expect(await lines('--published')).toHaveLength(2);
    host.env['FLEET_KEEP_PUBLISHED'] = '0';
    rename('four');
    expect(await json()).toMatchObject({ exitCode: 0 });
    expect(await lines('--published')).toHaveLength(0);
    expect(await json('--undo')).toMatchObject({
      exitCode: 1,
      report: { error: { code: 'nothing-to-undo' } },
    });
  });
});
