import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { altered, buildIndex } from '../../support/indexes/indexes.ts';
import { useSource } from '../../support/machine/use-source.ts';

/** Two events of one studio, whose databases have the event's key in their names, and one of another studio. */
const INDEX = buildIndex({
  locations: [
    { id: 1, key: 'boston', name: 'Boston', latitude: 42.4, longitude: -71.1 },
    { id: 2, key: 'kobe', name: 'Kobe', latitude: 34.7, longitude: 135.2 },
  ],
  showcases: [
    { id: 1, year: 2026, key: 'spring', name: 'Spring', order: 1, location_id: 1, date: '2026-03-01' },
    { id: 2, year: 2026, key: 'autumn', name: 'Autumn', order: 2, location_id: 1, date: '2026-10-01' },
    { id: 3, year: 2026, key: 'showcase', name: 'Showcase', order: 3, location_id: 2, date: null },
  ],
});

useSource();
let scene: Scene;
let host: AdminHost;
beforeEach(async () => {
  scene = await startScene();
  host = scene.host(INDEX);
});
afterEach(async () => await scene.close());

const pathOf = (name: string): string => join(host.dbDir, `${name}.sqlite3`);

/** Puts a date into an event's own database, as the application does, and makes that where there is none. */
function setDate(name: string, date: string): void {
  const db = openDatabase(pathOf(name));
  db.exec('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, date TEXT); DELETE FROM events');
  db.prepare('INSERT INTO events (date) VALUES (?)').run(date);
  db.close();
}

function inIndex<T>(work: (db: Database) => T): T {
  const db = openDatabase(host.path('index.sqlite3'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}
const datesOf = (db: Database) => db.prepare('SELECT date FROM showcases ORDER BY id').pluck().all();
const dates = () => inIndex(datesOf);

async function publishedDates(): Promise<unknown[]> {
  const got = await scene.published.store.get('db/index.sqlite3', { maxBytes: 2 ** 24 });
  if (got.kind !== 'found') return [];
  const db = openDatabase(got.bytes);
  try {
    return datesOf(db);
  } finally {
    db.close();
  }
}

async function run(args: readonly string[] = [], env: Record<string, string> = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await host.configUpdate(args, { env });
  expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

describe('config-update on the admin host', () => {
  it('takes the dates of events from their own databases into the index, says so, and publishes them', async () => {
    host.isFromSource = false;
    setDate('2026-boston-spring', ' 2026-03-07  - 2026-03-08');
    setDate('2026-boston-autumn', '2026-10-01');
    setDate('2026-kobe', '25th of May');
    const stdout = await run();
    expect(stdout).toContain(
      [
        `Step 1: Syncing index database...\n${'='.repeat(50)}`,
        'Date of 2026-boston-spring: from "2026-03-01" to "2026-03-07 - 2026-03-08"',
        'Date of 2026-kobe: from none to "25th of May"',
        'Event dates: 2 taken; 3 of 3 event databases changed since the last look',
        'Published the index: ',
      ].join('\n'),
    );
    const expected = ['2026-03-07 - 2026-03-08', '2026-10-01', '25th of May'];
    expect([dates(), await publishedDates()]).toEqual([expected, expected]);
  });

  it('looks only at databases that changed since the last look, so that manual changes of the index stay', async () => {
    for (const name of ['2026-boston-spring', '2026-boston-autumn', '2026-kobe']) setDate(name, '2026-05-05');
    await run();
    inIndex((db) => db.exec("UPDATE showcases SET date = '2026-06-06'"));
    expect(await run()).not.toContain('Event dates');
    expect(dates()).toEqual(['2026-06-06', '2026-06-06', '2026-06-06']);

    setDate('2026-boston-autumn', '2026-07-07');
    const stdout = await run();
    expect(stdout).toContain('Event dates: 1 taken; 1 of 3 event databases changed');
    expect(dates()).toEqual(['2026-06-06', '2026-07-07', '2026-06-06']);
  });

  it('looks at all databases again after the index of another host replaced its own', async () => {
    setDate('2026-kobe', '2026-05-05');
    await run();
    const other = scene.host(altered(INDEX, "UPDATE locations SET name = 'Bostonia' WHERE id = 1"));
    const etag = /--replace (\S+)/.exec((await other.configUpdate()).stdout)?.[1] ?? '';
    expect(await other.configUpdate(['--replace', etag])).toMatchObject({ exitCode: 0 });
    expect(await host.run(['--force'])).toMatchObject({ exitCode: 0 });
    expect(dates()).toEqual(['2026-03-01', '2026-10-01', null]);
    expect(await run()).toContain('Event dates: 1 taken');
    expect(dates()).toEqual(['2026-03-01', '2026-10-01', '2026-05-05']);
    expect(await run()).not.toContain('Event dates');
  });

  it('reports a database that cannot be read, and goes on', async () => {
    setDate('2026-boston-spring', 'to be announced');
    writeFileSync(pathOf('2026-boston-autumn'), 'this is not a database at all '.repeat(100));
    const stdout = await run();
    expect(stdout).toContain(
      'Note: no event date: the database of 2026-boston-spring: its date has no digit, so it is not a date\n',
    );
    expect(stdout).toMatch(/Note: no event date: the database of 2026-boston-autumn .*not a database/);
    expect(stdout).toContain(
      'Note: no event date: 1 of 3 event databases are not on this host (2026-kobe)\n',
    );
    expect(stdout).toContain(
      'Event dates: 0 taken; 2 of 3 event databases changed since the last look, 2 could not',
    );
    expect(stdout).toContain('Published the index');
    expect(dates()).toEqual(['2026-03-01', '2026-10-01', null]);
    expect(await run()).not.toContain('not a database'); // told once, until it changes
  });

  it('does not wait for a database that is locked, and looks again the next time', async () => {
    host.isFromSource = false;
    setDate('2026-kobe', '2026-05-05');
    const holder = openDatabase(pathOf('2026-kobe'));
    holder.exec('BEGIN EXCLUSIVE');
    expect(await run()).toContain(
      'Note: no event date: the database of 2026-kobe is locked by another process\n',
    );
    holder.close();
    expect(await run()).toContain('Event dates: 1 taken');
  });

  it('publishes the index as it is if another process is writing to it, and tries again the next time', async () => {
    host.isFromSource = false;
    setDate('2026-kobe', '2026-05-05');
    const writer = openDatabase(host.path('index.sqlite3'));
    writer.exec("BEGIN IMMEDIATE; UPDATE locations SET name = 'Unfinished' WHERE id = 1");
    const stdout = await run();
    writer.close();
    expect(stdout).toMatch(/Note: 1 event date is not taken: .*index.sqlite3 has been busy for 5 s/);
    expect(stdout).toContain('Published the index');
    expect(dates()).toEqual(['2026-03-01', '2026-10-01', null]);
    expect(await run()).toContain('Event dates: 1 taken');
  });

  it('takes no date if a trigger would run', async () => {
    setDate('2026-kobe', '2026-05-05');
    inIndex((db) => db.exec('CREATE TRIGGER t AFTER UPDATE ON showcases BEGIN DELETE FROM users; END'));
    expect(await run()).toContain(
      'Note: 1 event date is not taken: the table showcases of the index has a trigger',
    );
  });

  it('says in a dry run what it would take, and changes nothing', async () => {
    setDate('2026-kobe', '2026-05-05');
    const before = host.snapshot();
    const stdout = await run(['--dry-run']);
    expect(stdout).toContain(
      'Date of 2026-kobe: from none to "2026-05-05"\nEvent dates: 1 would be taken; 1 of 3',
    );
    expect(host.snapshot()).toEqual(before);
    expect(await run()).toContain('Event dates: 1 taken');
  });

  it('takes no date with FLEET_DATES=off, nor with options that exclude it or publish nothing', async () => {
    await run();
    setDate('2026-kobe', '2026-05-05');
    for (const args of [['--no-dates'], ['--no-publish'], ['--verify'], ['--history'], []]) {
      const env = args.length === 0 ? { FLEET_DATES: 'off' } : {};
      expect(await run(args, env), args.join()).not.toContain('2026-kobe: from');
      expect(dates(), args.join()).toEqual(['2026-03-01', '2026-10-01', null]);
    }
    expect(await run()).toContain('2026-kobe: from');
  });

  it('takes no date on a machine of the fleet, whose index is that of the store', async () => {
    setDate('2026-kobe', '2026-05-05');
    expect(await run([], { KAMAL_CONTAINER_NAME: 'showcase-web' })).not.toContain('2026-kobe: from');
    expect(dates()).toEqual(['2026-03-01', '2026-10-01', null]);
  });

  it('refuses another word for FLEET_DATES', async () => {
    const { exitCode, stdout, stderr } = await host.configUpdate([], { env: { FLEET_DATES: 'no' } });
    expect([exitCode, stdout + stderr]).toEqual([1, expect.stringContaining('config-invalid')]);
  });

  it('leaves the index byte for byte as it is when no date differs', async () => {
    setDate('2026-boston-spring', '2026-03-01');
    const before = imageDigest(INDEX);
    await run();
    expect(inIndex((db) => imageDigest(db.serialize()))).toBe(before);
    rmSync(pathOf('2026-boston-spring'));
    expect(await run()).not.toContain('no event date');
  });
});
