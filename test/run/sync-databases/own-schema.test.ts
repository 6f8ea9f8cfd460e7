import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { eventIndex, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

/** Studios with an event each, so that a run has several databases. */
const STUDIOS = ['first', 'second', 'third', 'fourth'];
const NAMES = STUDIOS.map((key) => `2026-${key}`);
const [NAME = ''] = NAMES;
const INDEX = eventIndex({ iad: STUDIOS });

let store: EventStore;
let iad: Region;
let other: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, INDEX);
  other = new Region('syd', store.env, INDEX);
});

afterEach(async () => {
  for (const region of [iad, other]) region.remove();
  await store.close();
});

/** An event's database, with what an application of its own does to it. */
function image(change: (db: Database) => void): Buffer {
  const db = openDatabase(':memory:');
  try {
    db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, date TEXT)');
    db.exec("CREATE INDEX by_name ON events (name); INSERT INTO events VALUES (1, 'Spring', '2026-05-01')");
    db.function('own', { deterministic: true }, (value) => value);
    change(db);
    return db.serialize();
  } finally {
    db.close();
  }
}

const ownCollation = image((db) => {
  db.unsafeMode();
  db.pragma('writable_schema = ON');
  db.exec("UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'own')");
});

const OWN: readonly (readonly [string, Buffer])[] = [
  ['collation', ownCollation],
  [
    'function in a check',
    image((db) => db.exec("CREATE TABLE c (x CHECK (own(x) <> 'z')); INSERT INTO c VALUES (1)")),
  ],
  ['function in an index', image((db) => db.exec('CREATE INDEX e ON events (own(date))'))],
  [
    'function in a column',
    image((db) => db.exec('CREATE TABLE g (x, y AS (own(x)) STORED); INSERT INTO g (x) VALUES (1)')),
  ],
];

describe("a database with the application's own", () => {
  it(`${OWN.map(([what]) => what).join(', or ')} is uploaded, and downloaded by another region`, async () => {
    for (const [at, [, bytes]] of OWN.entries()) writeFileSync(iad.tenant(NAMES[at] ?? ''), bytes);
    const up = await iad.script('idle');
    expect(up.stdout.match(/uploaded/g)?.length).toBeGreaterThanOrEqual(OWN.length);
    expect(up.exitCode).toBe(0);
    const down = await other.script('sync-databases', ['--only', NAMES.join()]);
    expect(down.stdout.match(/downloaded/g)?.length).toBeGreaterThanOrEqual(OWN.length);
    expect(down.exitCode).toBe(0);
    // SQLite numbers the changes of each copy for itself.
    expect(OWN.map((_, at) => imageDigest(readFileSync(other.tenant(NAMES[at] ?? ''))))).toEqual(
      OWN.map(([, bytes]) => imageDigest(bytes)),
    );
  });

  it('collation that is damaged is not uploaded', async () => {
    const damaged = Buffer.from(ownCollation);
    damaged.fill(0xff, 4096, 4200);
    await store.put(`db/${NAME}.sqlite3`, damaged, '2026-01-01 00:00:00 UTC');
    const { items, failures } = await other.sync(['--only', NAME]);
    expect({ items: items.length, failures }).toMatchObject({
      failures: [{ name: NAME, code: 'tenant-invalid' }],
    });
  });
});

describe('a database of a newer SQLite', () => {
  const newer = (offset: number): Buffer => {
    const bytes = image(() => {});
    bytes[offset] = 9;
    return bytes;
  };

  it('(by its read version, its write version, or the format of its schema) is reported as invalid, here and in the store', async () => {
    const odd = new Map([19, 18, 47].map((offset, at) => [NAMES[at] ?? '', newer(offset)]));
    for (const [name, bytes] of odd) writeFileSync(iad.tenant(name), bytes);
    const up = await iad.script('idle');
    expect(up.exitCode).toBe(1);
    for (const [name, bytes] of odd) await store.put(`db/${name}.sqlite3`, bytes, '2026-01-01 00:00:00 UTC');
    const down = await other.script('sync-databases', ['--only', [...odd.keys()].join()]);
    for (const { stdout } of [up, down]) {
      const lines = stdout.split('\n').filter((line) => line.includes('(tenant-invalid)'));
      for (const name of odd.keys()) expect(lines.filter((line) => line.includes(name))).not.toEqual([]);
      expect(stdout).not.toContain('Report it');
    }
  });
});
