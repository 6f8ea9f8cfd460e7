import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../../src/database/sqlite.ts';
import { readColumn } from '../../../../src/tenants/column.ts';
import { readApplied } from '../../../../src/tenants/migrations.ts';
import { COSTLY, rewritten } from '../../../support/indexes/costly-images.ts';
import { altered } from '../../../support/indexes/indexes.ts';
import { provenVersion, versionImage } from '../../../support/install/images.ts';
import { Machine } from '../../../support/machine/machine.ts';
import { READY } from '../../../support/ready/ready.ts';
import { runOutOfTime } from '../../../support/tenants/inspector.ts';
import { openStoreRoom } from '../../../support/tenants/store-room.ts';
import { indexImage, T1, T2, TenantRoom } from '../../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const OTHER = '2026-other';

/** Checking it would take hours. */
const ENDLESS = rewritten(versionImage(2), `CREATE TABLE t (a, b AS (${COSTLY}) NOT NULL)`, 5000);
const COMPUTED = altered(
  versionImage(2),
  'CREATE TABLE t (a, b AS (a + 1) NOT NULL)',
  'INSERT INTO t VALUES (1)',
);
/** Too long for us, though it costs SQLite nothing: a test that fails must end. */
const LONG = rewritten(versionImage(1), `CREATE TABLE t (a /* ${'x'.repeat(70_000)} */)`);

/** Runs the ready hook on a machine with these events, whose store has these databases; the check of one may be endless. */
async function ready(
  stored: Readonly<Record<string, Buffer>>,
  locals: Readonly<Record<string, Buffer>> = {},
  endless = false,
) {
  const room = await openStoreRoom();
  for (const [name, bytes] of Object.entries(stored)) await room.upload(name, bytes, T2);
  const tenants = new TenantRoom(room.store);
  const machine = new Machine(tenants.storeEnv(room.settings));
  onTestFinished(() => machine.remove());
  for (const [name, bytes] of Object.entries(locals)) tenants.write(name, bytes, T1);
  tenants.migrations('20250101000000');
  tenants.program('bin/prepare', 'exit 0');
  writeFileSync(tenants.path('index'), indexImage([NAME, OTHER]));
  const options = {
    executable: READY,
    args: ['--only', 'tenants'],
    env: { READY_PREPARE_COMMAND: 'bin/prepare' },
  };
  const { stdout } = endless
    ? await runOutOfTime(machine, 10, options)
    : await machine.run(options.args, options);
  return { stdout, path: (name: string) => tenants.path(name) };
}

describe('a database in the store', () => {
  it('whose check never ends is given up and named, and the others are downloaded', async () => {
    const { stdout, path } = await ready({ [NAME]: ENDLESS, [OTHER]: versionImage(2) }, {}, true);
    expect(stdout).toMatch(
      /2026-boston.*the store's database of 2026-boston could not be proved to be in order: its check was ended after 10 s/,
    );
    expect(existsSync(path(NAME))).toBe(false);
    expect(provenVersion(path(OTHER))).toBe(2);
  });

  it('that has computed columns, and is in order, is downloaded', async () => {
    const { path } = await ready({ [NAME]: COMPUTED });
    expect(provenVersion(path(NAME))).toBe(2);
  });
});

it('a local database whose schema cannot be read at a bounded cost is named, and the others are prepared', async () => {
  const { stdout } = await ready({}, { [NAME]: LONG, [OTHER]: versionImage(1) });
  expect(stdout).toMatch(/2026-boston.* cannot be used: its schema has \d+ characters in one statement/);
  expect(stdout).toMatch(/2026-other: failed, bin.prepare/);
});

describe('the applied migrations of a database', () => {
  const versions = (image: Buffer, dryRun = false) => {
    const room = new TenantRoom(null);
    room.write(NAME, image, T1);
    return [...readApplied({ name: NAME, path: room.path(NAME), region: null }, { dryRun })];
  };
  const made = (...statements: string[]) => altered(Buffer.alloc(0), ...statements);

  it.each([false, true])('are those of an ordinary table (dry run: %s)', (dryRun) => {
    const ordinary = made(
      'CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY) WITHOUT ROWID',
      "INSERT INTO schema_migrations VALUES ('20250101000000'), (7)",
    );
    expect(versions(ordinary, dryRun).sort()).toEqual(['20250101000000', '7']);
  });

  it.each([
    ['a view', ["CREATE VIEW schema_migrations AS SELECT '1' AS version"]],
    [
      'computed',
      ["CREATE TABLE schema_migrations (a, version AS ('1'))", 'INSERT INTO schema_migrations VALUES (1)'],
    ],
    [
      'of a module',
      [
        'CREATE VIRTUAL TABLE schema_migrations USING fts5(version)',
        'INSERT INTO schema_migrations VALUES (1)',
      ],
    ],
    ['absent', ['CREATE TABLE schema_migrations (a)', 'INSERT INTO schema_migrations VALUES (1)']],
    [
      'too long',
      [
        'CREATE TABLE schema_migrations (version)',
        'INSERT INTO schema_migrations VALUES (hex(zeroblob(1000)))',
      ],
    ],
  ])('are none outside an ordinary column of an ordinary table: %s', (_, statements) => {
    for (const dryRun of [false, true]) expect(versions(made(...statements), dryRun)).toEqual([]);
  });

  it('are read from the first rows only', () => {
    const db = openDatabase(made('CREATE TABLE t (a)', "INSERT INTO t SELECT 'x' FROM pragma_function_list"));
    expect(readColumn(db, 't', 'a', { rows: 3, bytes: 1 })).toEqual(['x', 'x', 'x']);
    db.close();
  });

  it('are not read from a sparse file of 1.5 GiB', () => {
    const room = new TenantRoom(null);
    room.writeLive(NAME, 1, 'wal', T1);
    truncateSync(room.path(NAME), 1.5 * 2 ** 30);
    const tenant = { name: NAME, path: room.path(NAME), region: null };
    expect(() => readApplied(tenant, { dryRun: true })).toThrow(
      /has \d+ bytes, more than the 536870912 allowed/,
    );
  });
});
