import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { makeImage } from '../../../src/tenants/made.ts';
import { ensureTemplate, readTemplate } from '../../../src/tenants/template.ts';
import { NOTHING } from '../../support/indexes/invented-index.ts';
import { failureOf } from '../../support/suite/failure.ts';
import { applied } from '../../support/tenants/applied.ts';
import { TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const VERSIONS = ['20240101000000', '20250101000000'];

/** Has a database made by a command that applies some migrations; leaves files beside it, too. */
async function make(room: TenantRoom, versions: readonly string[]) {
  room.migrations(...VERSIONS);
  room.program(
    'bin/rails',
    `path=\${DATABASE_URL#sqlite3://}
${applied(...versions)}
for suffix in wal shm journal; do : >"$path-$suffix"; done`,
  );
  room.env = { ...room.env, READY_SEED_COMMAND: 'off' };
  const context = { ...room.context(() => {}, NOTHING), migrations: VERSIONS };
  return await makeImage(context, { name: NAME, path: room.path(NAME) });
}

it('a database that is made has all migrations, and nothing is left of its files', async () => {
  const room = new TenantRoom(null);
  const { bytes } = await make(room, VERSIONS);
  const db = openImage(bytes);
  expect(db.prepare('SELECT count(*) FROM schema_migrations').pluck().get()).toBe(2);
  db.close();
  expect(room.files()).toEqual([]);
});

it('a database that lacks one migration is refused, and nothing is left of its files', async () => {
  const room = new TenantRoom(null);
  const { code, message } = await failureOf(() => make(room, VERSIONS.slice(1)));
  expect([code, message]).toEqual([
    'command-failed',
    expect.stringMatching(/ended well, but left 1 of the migrations pending$/),
  ]);
  expect(room.files()).toEqual([]);
});

it('the prepared database is made once where two ask for it, and again where its seed is gone', async () => {
  const room = new TenantRoom(null);
  room.migrations(...VERSIONS);
  room.program(
    'bin/rails',
    `path=\${DATABASE_URL#sqlite3://}
echo "$1" >>runs
if [ "$1" = db:prepare ]; then ${applied(...VERSIONS)}; fi
sqlite3 -init /dev/null "$path" "CREATE TABLE IF NOT EXISTS events (x); INSERT INTO events SELECT 1 WHERE '$1' = 'db:seed'"`,
  );
  const context = { ...room.context(() => {}, NOTHING), migrations: VERSIONS };
  const stateDir = ensureStateDir(room.dbDir);
  const [one, two] = await Promise.all([1, 2].map(() => ensureTemplate(context, stateDir)));
  expect(one?.digest).toBe(two?.digest);
  expect(readFileSync(join(room.appRoot, 'runs'), 'utf8')).toBe('db:prepare\ndb:seed\n');
  const [kept = ''] = readdirSync(stateDir).filter((name) => name.startsWith('template-'));
  expect((await readTemplate(context, stateDir))?.digest).toBe(one?.digest);
  const db = openDatabase(join(stateDir, kept));
  db.exec('DELETE FROM events');
  db.close();
  expect(await readTemplate(context, stateDir)).toBe(null);
});
